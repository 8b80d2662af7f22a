"""What a rule's body may ask, and nothing else. Whatever it asks becomes an input of its node."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NoReturn, Protocol

from processes.domain.facts import FactKind, FactValue
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.rules.trace import NodeValue


class Reading(Protocol):
    """One rule's view of one person in one month (opslag).

    What is not known stops the rule: its value is unknown, and the missing fact is written down.
    """

    @property
    def month(self) -> Month:
        """The month that is calculated."""

    @property
    def day(self) -> date:
        """The first day of the month, on which facts, rates and rules are looked up."""

    def need(self, *kinds: FactKind) -> None:
        """Stop unless every one of these facts is known; all that is missing is written down."""

    def fact(self, kind: FactKind) -> FactValue | None:
        """Return a known fact; None when it is known to be none."""

    def said(self, kind: FactKind) -> FactValue | None:
        """Return a fact if anybody said it; None also when nobody did."""

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

    def holds(self, rule_id: str) -> bool:
        """Return another rule's yes or no."""

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
