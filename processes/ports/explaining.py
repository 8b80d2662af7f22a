"""What pages ask of how a case was calculated – then, now, and if – and what they get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from processes.domain.access import Actor
from processes.domain.calculation import Calculation, PersonMonth
from processes.domain.cases import Case
from processes.domain.comparison import MonthStep
from processes.domain.decisions import Decision
from processes.domain.facts import Fact, FactKind
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.recalculation import MonthDifference
from processes.domain.what_if import Supposed, WhatIf
from processes.ports.pages import ExplainLine


@dataclass(frozen=True)
class KnownDay:
    """A day on which something was learned or decided (dag med nyt): the days worth asking for."""

    on: date
    what: str


@dataclass(frozen=True)
class PersonMonths:
    """One person's months, each beside the one before and beside what was decided (måneder)."""

    party_id: str
    steps: tuple[MonthStep, ...]
    decided: Mapping[Month, Money | None]
    """What the decision that stood gave; None where it said nothing of the month."""
    differences: Mapping[Month, MonthDifference]
    """Where the facts of the day give another amount than was decided, and why."""

    @property
    def months(self) -> tuple[PersonMonth, ...]:
        """The months themselves."""
        return tuple(step.month for step in self.steps)


@dataclass(frozen=True)
class CalculationView:
    """How a case was calculated, as it was known at the end of a day (beregning på en dag)."""

    case: Case
    known_on: date
    is_today: bool
    first_on: date
    """The day the case was opened: nothing was known before."""
    days: tuple[KnownDay, ...]
    """Newest first."""
    decision: Decision | None
    """The decision that stood at the end of the day."""
    decisions: tuple[Decision, ...]
    """All there are today, newest first."""
    calculation: Calculation
    """Every month from the first day of help on, from what was known."""
    people: tuple[PersonMonths, ...]
    explanation: Sequence[ExplainLine]

    def month(self, party_id: str, month: Month) -> PersonMonth | None:
        """Return one person's month."""
        return next((each for each in self.calculation.of(party_id) if each.month == month), None)


@dataclass(frozen=True)
class WhatIfPage:
    """What the page of `hvad nu hvis` shows (hvad nu hvis-side)."""

    case: Case
    party_ids: tuple[str, ...]
    """Whose facts may be thought otherwise: one's own, or every adult's for a caseworker."""
    month: Month
    known: Mapping[tuple[str, FactKind], Fact]
    """What counts in the month today."""
    result: WhatIf | None = None
    people: tuple[str, ...] = ()
    """Whose help is shown."""
    explanation: Sequence[ExplainLine] = ()


class ExplainDesk(Protocol):
    """How a case was calculated (forklaring)."""

    def view(self, case_id: str, by: Actor, *, known_on: date | None = None) -> CalculationView:
        """Return every month as it was known at the end of a day; without one, as it is now."""


class ReplayDesk(Protocol):
    """Decisions as files a stranger can check (genberegning)."""

    def file(self, decision_id: str, by: Actor) -> tuple[str, bytes]:
        """Return the name of a decision's file, and its content."""

    def checker(self, by: Actor) -> bytes:
        """Return the program that checks one."""


class WhatIfDesk(Protocol):
    """Trying something that is not so (hvad nu hvis); nothing is stored."""

    def of_case(self, case_id: str, supposed: Sequence[Supposed], by: Actor) -> WhatIfPage:
        """Return next month as it would be; without anything supposed, the questions only."""

    def mine(self, case_id: str, supposed: Sequence[Supposed], by: Actor) -> WhatIfPage:
        """Return the same of one's own help."""
