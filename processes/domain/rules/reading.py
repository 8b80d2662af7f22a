"""What a rule's body may ask, and nothing else. Whatever it asks becomes an input of its node.

A rule is asked for some days of one month (a stretch), in which no fact, rate or rule changes. Only
rules marked `per: month` are asked for the month as a whole, and read the others' amounts there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NoReturn, Protocol

from processes.domain.facts import FactKind, FactValue
from processes.domain.money import Money
from processes.domain.periods import Month, Period
from processes.domain.rules.trace import NodeValue


class Reading(Protocol):
    """One rule's view of one person in some days of a month (opslag).

    What is not known stops the rule: its value is unknown, and the missing fact is written down.
    """

    @property
    def month(self) -> Month:
        """The month that is calculated."""

    @property
    def day(self) -> date:
        """The first of the days, on which facts, rates and rules are looked up."""

    @property
    def days(self) -> Period:
        """The days that are calculated: a stretch of the month, or what help is given of it."""

    def need(self, *kinds: FactKind) -> None:
        """Stop unless every one of these facts is known; all that is missing is written down."""

    def fact(self, kind: FactKind) -> FactValue | None:
        """Return a known fact; None when it is known to be none."""

    def said(self, kind: FactKind) -> FactValue | None:
        """Return a fact of the month if anybody said it; None also when nobody did."""

    def said_now(self, kind: FactKind) -> FactValue | None:
        """Return a fact of these days if anybody said it; None also when nobody did."""

    def spread(self, kind: FactKind) -> Money:
        """Return what falls on these days of an amount that covers its own days; none said is 0."""

    def yes(self, kind: FactKind) -> bool:
        """Return a known yes or no; known to be none is no."""

    def money(self, kind: FactKind) -> Money:
        """Return a known amount; known to be none is zero kroner."""

    def number(self, kind: FactKind) -> int:
        """Return a known number; known to be none is zero."""

    def given(self, name: str) -> bool:
        """Return something the application itself says."""

    def rate(self, key: str) -> Money:
        """Return the rate in force."""

    def amount(self, rule_id: str) -> Money:
        """Return another rule's amount."""

    def for_days(self, rule_id: str) -> Money:
        """Return what these days are of another rule's amount, which is for a month."""

    def holds(self, rule_id: str) -> bool:
        """Return another rule's yes or no; of a month, whether it holds on any of its days."""

    def steady(self, rule_id: str, kind: FactKind) -> None:
        """Stop when another rule's yes or no is not the same on every day; `kind` is why."""

    def word(self, rule_id: str) -> str:
        """Return another rule's word."""

    def whole(self, rule_id: str) -> int:
        """Return another rule's number."""

    def spouse(self) -> Reading:
        """Return the same view of the spouse; what is asked there becomes an input here."""

    def stop(self, what: str, sentence: str) -> NoReturn:
        """Stop: it cannot be decided yet, and this is why."""


Body = Callable[[Reading], NodeValue]
"""What a rule computes. A function for now; a compiled expression later."""
