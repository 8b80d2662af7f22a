"""What a team's work comes to in figures: shapes of the page, of the store and of the desk.

Counts are whole tasks; times are hours (between when a task came and when it was done) or days
(a whole process), as people wait them: nights and weekends count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from processes.domain.access import Actor
from processes.ports.records import TaskRow


@dataclass(frozen=True)
class WeekFlow:
    """What came and what was done in one week (ind og ud)."""

    monday: date
    came: int
    done: int


@dataclass(frozen=True)
class StepFigures:
    """One step of one process in a period (trin)."""

    process_key: str
    process_name: str
    element_id: str
    name: str
    done: int
    median_hours: float | None
    """None: nothing was done."""
    slow_hours: float | None
    """Nine of ten were done within it."""
    kept: int
    with_deadline: int
    """Of what was done: how many had a deadline; `kept` of them were in time."""
    open: int
    overdue: int


@dataclass(frozen=True)
class ProcessFigures:
    """One process in a period, from when it began to when it ended (forløb)."""

    process_key: str
    name: str
    ended: int
    median_days: float


@dataclass(frozen=True)
class DayLoad:
    """What falls due on one working day (frister)."""

    day: date
    due: int


@dataclass(frozen=True)
class ProductionPage:
    """Everything the page of a team's work shows (produktionsstyring)."""

    since: date
    until: date
    """Up to and with."""
    weeks: Sequence[WeekFlow]
    steps: Sequence[StepFigures]
    processes: Sequence[ProcessFigures]
    approved: int
    returned: int
    """Proposals the second person sent back, of those proposed in the period."""
    ahead: Sequence[DayLoad]
    overdue: int
    done_a_day: float
    """What the units did on an ordinary working day of the period."""

    @property
    def open(self) -> int:
        """Open now."""
        return sum(each.open for each in self.steps)

    @property
    def came(self) -> int:
        """What came in the period."""
        return sum(each.came for each in self.weeks)

    @property
    def done(self) -> int:
        """What was done in the period."""
        return sum(each.done for each in self.weeks)

    @property
    def kept(self) -> int:
        """How many of those with a deadline were done in time."""
        return sum(each.kept for each in self.steps)

    @property
    def with_deadline(self) -> int:
        """How many of those done had a deadline."""
        return sum(each.with_deadline for each in self.steps)


@dataclass(frozen=True)
class StepPage:
    """The tasks behind the figures of one step (trin)."""

    figures: StepFigures
    open: Sequence[TaskRow]
    late: Sequence[TaskRow]
    """Done after their deadline, the newest first."""


class ProductionStore(Protocol):
    """Counts of what units did; reads only."""

    def weeks(
        self, units: frozenset[str], mondays: Sequence[date], *, until: datetime
    ) -> Sequence[WeekFlow]:
        """Return what came and was done in each week."""

    def steps(
        self,
        units: frozenset[str],
        since: datetime,
        until: datetime,
        *,
        now: datetime,
        step: tuple[str, str] | None = None,
    ) -> Sequence[StepFigures]:
        """Return the figures of each step that has tasks open, or done in the period; or of one."""

    def processes(
        self, units: frozenset[str], since: datetime, until: datetime
    ) -> Sequence[ProcessFigures]:
        """Return how long the processes took that ended in the period."""

    def proposals(self, units: frozenset[str], since: datetime, until: datetime) -> tuple[int, int]:
        """Return how many proposals were approved, and how many sent back."""

    def due_on(self, units: frozenset[str], days: Sequence[date]) -> Sequence[DayLoad]:
        """Return how many open tasks fall due on each day."""

    def tasks(
        self,
        units: frozenset[str],
        step: tuple[str, str],
        since: datetime,
        until: datetime,
        *,
        limit: int,
        show_protected: bool,
    ) -> tuple[Sequence[TaskRow], Sequence[TaskRow]]:
        """Return a step's open tasks, and those done late in the period."""


class ProductionDesk(Protocol):
    """A team's work in figures (produktionsstyring)."""

    def page(self, weeks: int, by: Actor) -> ProductionPage:
        """Return the figures of the last weeks."""

    def step(self, process_key: str, element_id: str, weeks: int, by: Actor) -> StepPage:
        """Return the tasks behind one step's figures."""
