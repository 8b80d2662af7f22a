"""`Calculation` (beregning): lines, amounts, and the tree a caseworker can read aloud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from processes.domain.money import Money, total
from processes.domain.periods import Month
from processes.domain.rules.trace import Missing as Missing  # part of this module's own vocabulary
from processes.domain.rules.trace import Node as Node
from processes.domain.rules.trace import NodeValue as NodeValue


class Outcome(StrEnum):
    """What comes out (udfald)."""

    GRANTED = "bevilget"
    PARTIAL = "delvis"
    """Less than the party's own word would give, or nothing for one of the persons or months."""
    REFUSED = "afslag"
    UNKNOWN = "ukendt"
    """Cannot be decided yet; the missing facts say why."""


@dataclass(frozen=True)
class Line:
    """One line of a person's month (beregningslinje): what is added or taken, and why."""

    key: str
    """`grundsats`, `boernetillaeg`, `indtaegt`, `aegtefaelles_indtaegt` …"""
    label: str
    amount: Money
    """Deductions are negative."""
    explanation: Node

    @property
    def laws(self) -> tuple[str, ...]:
        """The paragraphs of the line: those of its rate, else that of its rule."""
        rates = tuple(node.law for node in self.explanation.inputs if node.kind == "rate")
        return rates or (self.explanation.law,)


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


@dataclass(frozen=True)
class PersonMonth:
    """One person's help for one month (hjælp pr. måned), before tax."""

    party_id: str
    month: Month
    conditions: tuple[ConditionOutcome, ...]
    lines: tuple[Line, ...]
    missing: tuple[Missing, ...]

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

    @property
    def missing(self) -> tuple[Missing, ...]:
        """Everything missing, once each."""
        return tuple(dict.fromkeys(each for month in self.months for each in month.missing))

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
    def is_provisional(self) -> bool:
        """Whether it rests on a rate or rule that may not be paid on in production."""
        return any(node.is_provisional for node in self.nodes())

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The paragraphs the outcome stands on, in force in the months calculated (hjemmel).

        For a refusal those of the conditions that are not met, else those of conditions and lines.
        """
        laws: list[str] = []
        for month in self.months:
            refused = month.refused_because
            laws += [condition.law for condition in refused or month.conditions]
            laws += [law for line in month.lines for law in line.laws]
        return tuple(sorted(dict.fromkeys(law for law in laws if law), key=paragraph_order))


def paragraph_order(law: str) -> tuple[str, list[int]]:
    """Sort paragraphs as they stand in the act: § 5 before § 11."""
    act = law.split(" ")[0]
    digits = "".join(each if each.isdigit() else " " for each in law)
    return act, [int(number) for number in digits.split()]
