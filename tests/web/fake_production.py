"""A team's figures in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from processes.domain.access import Actor, require
from processes.domain.errors import NotFoundError
from processes.ports.production import (
    DayLoad,
    ProcessFigures,
    ProductionPage,
    StepFigures,
    StepPage,
    WeekFlow,
)
from processes.ports.records import TaskRow

MONDAY = date(2026, 2, 23)
STEP = StepFigures(
    process_key="subsistence_application",
    process_name="Ansøgning om kontanthjælp",
    element_id="task_assess",
    name="Vurdér oplysninger",
    done=12,
    median_hours=26.25,
    slow_hours=98.0,
    kept=9,
    with_deadline=10,
    open=4,
    overdue=1,
)
NEW = StepFigures("=hack", "=1+1", "task_x", "@SUM(A1)", 0, None, None, 0, 0, 2, 0)


@dataclass
class FakeProduction:
    """Figures that do not change, and what was asked for."""

    asked: list[int] = field(default_factory=list)
    rows: tuple[TaskRow, ...] = ()

    def page(self, weeks: int, by: Actor) -> ProductionPage:
        require(by, "production.read")
        self.asked.append(weeks)
        mondays = [MONDAY + timedelta(days=7 * n) for n in range(4)]
        return ProductionPage(
            since=MONDAY,
            until=date(2026, 3, 16),
            weeks=[WeekFlow(each, 10 + n, 12 - n) for n, each in enumerate(mondays)],
            steps=(STEP, NEW),
            processes=(ProcessFigures("subsistence_application", "Ansøgning", 7, 11.5),),
            approved=8,
            returned=2,
            ahead=[DayLoad(date(2026, 3, 16 + n), n) for n in range(5)],
            overdue=1,
            done_a_day=2.5,
        )

    def step(self, process_key: str, element_id: str, weeks: int, by: Actor) -> StepPage:
        require(by, "production.read")
        if element_id != STEP.element_id:
            raise NotFoundError("Trinnet har ingen opgaver i perioden.")
        return StepPage(STEP, self.rows, ())
