"""`Calculation` (beregning): lines, amounts, and the tree a caseworker can read aloud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from processes.domain.money import Money, total
from processes.domain.periods import Month, Period
from processes.domain.rates import Confidence
from processes.domain.rules.trace import Missing as Missing  # part of this module's own vocabulary
from processes.domain.rules.trace import Node as Node
from processes.domain.rules.trace import NodeValue as NodeValue
from processes.domain.timeline import Timeline

DEMO_NOTE = "Demosatser"
"""How a note on rates we worked out begins."""
UNCONFIRMED_NOTE = "Ikke bekræftet"
"""How a note on a reading of the law of low confidence begins."""
DESK_NOTE = "Til sagsbehandleren"
"""How a note begins that is for the caseworker and not for a letter."""


class Outcome(StrEnum):
    """What comes out (udfald)."""

    GRANTED = "bevilget"
    PARTIAL = "delvis"
    """Less than the party's own word would give, or nothing for one of the persons or months."""
    REFUSED = "afslag"
    UNKNOWN = "ukendt"
    """Cannot be decided yet; the missing facts say why."""


class HelpKind(StrEnum):
    """Which help it is (hjælpens art): the monthly support, what bridges to it, or a sanction."""

    SUPPORT = "forsoergelse"
    IMMEDIATE = "engangshjaelp"
    SANCTION = "sanktion"
    """What is taken from the monthly support once; it decides no month of its own."""


@dataclass(frozen=True)
class Line:
    """One line of a person's month (beregningslinje): what is added or taken, and why."""

    key: str
    """`grundsats`, `boernetillaeg`, `indtaegt`, `aegtefaelles_indtaegt` …"""
    label: str
    amount: Money
    """Deductions are negative."""
    explanation: Node
    days: Period | None = None
    """The days of the month it is for; None is the whole month."""

    @property
    def laws(self) -> tuple[str, ...]:
        """The paragraphs of the line: those of its rate, else that of its rule.

        A line for some days also stands on the paragraph by which they were counted.
        """
        node = self.explanation if self.days is None else self.explanation.inputs[-1]
        counted = () if self.days is None else (self.explanation.law,)
        rates = tuple(each.law for each in node.inputs if each.kind == "rate")
        return (rates or (node.law,)) + counted


@dataclass(frozen=True)
class ConditionOutcome:
    """One condition as judged (betingelse): met, not met, or unknown."""

    key: str
    label: str
    met: bool | None
    """None is unknown."""
    law: str
    reason: str
    explanation: Node
    days: Period | None = None
    """The days it was so; None is every day calculated."""


@dataclass(frozen=True)
class PersonMonth:
    """One person's help for one month (hjælp pr. måned), before tax."""

    party_id: str
    month: Month
    conditions: tuple[ConditionOutcome, ...]
    lines: tuple[Line, ...]
    missing: tuple[Missing, ...]
    days: Period | None = None
    """The days of the month that were calculated; None is the whole month."""

    @property
    def help_periods(self) -> tuple[Period, ...]:
        """The days of the month help is given for, joined (dage med hjælp)."""
        given = {line.days for line in self.lines if line.amount > Money(0)}
        if None in given:
            return (self.month.period(),)
        stretches = [days for days in given if days is not None]
        edges = sorted({edge for days in stretches for edge in (days.start, days.end) if edge})
        cut = [Period(start, end) for start, end in pairwise(edges)]
        kept = [each for each in cut if any(days.covers(each) for days in stretches)]
        return tuple(stretch.period for stretch in Timeline((each, True) for each in kept))

    @property
    def is_part(self) -> bool:
        """Whether help is given for some days of the month only (delt måned)."""
        return bool(self.help_periods) and self.help_periods != (self.month.period(),)

    @property
    def gross(self) -> Money | None:
        """The help before tax; None while something is missing. Never below zero."""
        if self.missing:
            return None
        return max(total(line.amount for line in self.lines), Money(0))

    @property
    def before_income(self) -> Money | None:
        """The full help before any income is taken: what was applied for."""
        if self.missing:
            return None
        return total(line.amount for line in self.lines if line.amount > Money(0))

    @property
    def refused_because(self) -> tuple[ConditionOutcome, ...]:
        """The conditions that are not met."""
        return tuple(each for each in self.conditions if each.met is False)


@dataclass(frozen=True)
class Calculation:
    """A calculation (beregning): months by person, with everything it was made from."""

    id: str
    case_id: str
    application_id: str
    made_at: datetime
    known_at: datetime
    """The moment the facts were taken as known."""
    rule_versions: tuple[str, ...]
    months: tuple[PersonMonth, ...]
    notes: tuple[str, ...]
    """What the reader must know: a part month left out, a derived rate."""
    outcome: Outcome
    help_kind: HelpKind = HelpKind.SUPPORT

    @property
    def missing(self) -> tuple[Missing, ...]:
        """Everything missing, once each."""
        return tuple(dict.fromkeys(each for month in self.months for each in month.missing))

    def months_without(self, missing: Missing) -> tuple[Month, ...]:
        """Return the months that lack something, so that a person knows which to ask about."""
        return tuple(sorted({each.month for each in self.months if missing in each.missing}))

    @property
    def is_adverse(self) -> bool:
        """Whether it is less than applied for: refused or reduced."""
        return self.outcome in {Outcome.REFUSED, Outcome.PARTIAL}

    @property
    def party_ids(self) -> tuple[str, ...]:
        """The persons help is calculated for, the applicant first."""
        return tuple(dict.fromkeys(month.party_id for month in self.months))

    def of(self, party_id: str) -> tuple[PersonMonth, ...]:
        """Return one person's months in order."""
        mine = (month for month in self.months if month.party_id == party_id)
        return tuple(sorted(mine, key=lambda each: each.month))

    def nodes(self) -> Iterator[Node]:
        """Yield every node of every tree."""
        for month in self.months:
            for condition in month.conditions:
                yield from condition.explanation.walk()
            for line in month.lines:
                yield from line.explanation.walk()

    @property
    def provisional_rates(self) -> tuple[Node, ...]:
        """The rates that were used and must be confirmed first, once each."""
        used = {node.id: node for node in self.nodes() if node.kind == "rate"}
        return tuple(node for _, node in sorted(used.items()) if node.is_provisional)

    @property
    def provisional_rules(self) -> tuple[Node, ...]:
        """The readings of low confidence that were used, once each (ikke bekræftede regler).

        They are rules of their own with a word as value and nothing under them.
        """
        rules = [node for node in self.nodes() if node.kind == "rule"]
        explained = {node.id for node in rules if node.inputs}
        unsure = {
            node.id: node
            for node in rules
            if node.confidence is Confidence.LOW and node.id not in explained
        }
        return tuple(node for _, node in sorted(unsure.items()))

    @property
    def is_provisional(self) -> bool:
        """Whether it rests on a rate or rule that may not be paid on in production."""
        return any(node.is_provisional for node in self.nodes())

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The paragraphs the outcome stands on, in force in the months calculated (hjemmel).

        Where nothing is given those of the conditions that are not met, else those of conditions
        and lines.
        """
        laws: list[str] = []
        for month in self.months:
            refused = () if month.lines else month.refused_because
            laws += [condition.law for condition in refused or month.conditions]
            laws += [law for line in month.lines for law in line.laws]
        return tuple(sorted(dict.fromkeys(law for law in laws if law), key=paragraph_order))


def paragraph_order(law: str) -> tuple[str, list[int]]:
    """Sort paragraphs as they stand in the act: § 5 before § 11."""
    act = law.split(" ")[0]
    digits = "".join(each if each.isdigit() else " " for each in law)
    return act, [int(number) for number in digits.split()]
