"""A team in memory, as the team lead's page asks for it: one is away, one has left with a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from processes.domain.access import Actor, require
from processes.domain.errors import RuleError
from processes.domain.periods import Period
from processes.ports.pages import (
    MovePlan,
    MoveReport,
    MoveShare,
    PlannedMove,
    TaskStays,
    TeamMember,
    TeamPage,
)
from processes.ports.records import Absence, TaskLoad, TaskRow

MOVED_AT = datetime(2026, 3, 16, 7, 41, tzinfo=UTC)
BATCH = "6b7c1f0e-0d5a-4c58-9f6e-d2a1b0c3e4f5"
NAMES = {
    "gerda": "Gerda Lund",
    "jonas": "Jonas Brandt",
    "karin": "Karin Holm",
    "ole": "Ole Borte",
    "tina": "Tina Bech",
}
STAYS = TaskStays(9, "Godkend afgørelse", "2026-000124", "Gerda Lund har åbnet opgaven.")
PLAN = MovePlan(
    moves=(PlannedMove(1, "karin", "jonas"), PlannedMove(2, None, "jonas")),
    shares=(MoveShare("jonas", "Jonas Brandt", 2, 1, 4, ("har færrest åbne opgaver",)),),
    stays=(replace(STAYS, why="Gerda Lund har selv arbejdet på sagen."),),
)
REPORT = MoveReport(
    batch_id=BATCH,
    at=MOVED_AT,
    by="tina",
    reason="Vi er færre",
    givers=("Karin Holm",),
    shares=(("Gerda Lund", 1), ("Jonas Brandt", 2)),
    can_undo=3,
)
AWAY = Absence(1, "karin", Period(date(2026, 3, 16), date(2026, 3, 21)), "jonas", "tina", MOVED_AT)
LATER = Absence(2, "gerda", Period(date(2026, 4, 1)), None, "tina", MOVED_AT)
MEMBERS = (
    TeamMember("gerda", "Gerda Lund", ("approver",), TaskLoad("gerda", 3, 0, 1), LATER),
    TeamMember(
        "jonas",
        "Jonas Brandt",
        ("caseworker",),
        TaskLoad("jonas", 4, 0, 2),
        stands_in_for=("Karin Holm",),
    ),
    TeamMember(
        "karin", "Karin Holm", ("caseworker",), TaskLoad("karin", 12, 2, 5), AWAY, is_away=True
    ),
    TeamMember("ole", "Ole Borte", (), TaskLoad("ole", 1, 1, 0)),
)


def a_team_page(tasks: Sequence[TaskRow] = ()) -> TeamPage:
    """Return the page, with the tasks that whoever is chosen holds."""
    return TeamPage(
        members=MEMBERS,
        unassigned=TaskLoad(None, 7, 1, 2),
        chosen=None,
        tasks=tasks,
        total=len(tasks),
        moves=[replace(REPORT, stays=(STAYS,), can_undo=2)],
        absences=(AWAY, LATER),
        names=NAMES,
    )


@dataclass
class FakeTeam:
    """It remembers what it was asked to move."""

    shown: TeamPage = field(default_factory=a_team_page)
    planned: MovePlan = PLAN
    reported: MoveReport = REPORT
    asked: list[tuple[object, ...]] = field(default_factory=list)
    refuse_with: RuleError | None = None

    def page(self, chosen: str | None, by: Actor) -> TeamPage:
        require(by, "team.read")
        tasks = self.shown.tasks if chosen is not None else ()
        return replace(self.shown, chosen=chosen, tasks=tasks, total=len(tasks))

    def plan(self, task_ids: Sequence[int], receiver: str | None, by: Actor) -> MovePlan:
        self.asked.append(("plan", tuple(task_ids), receiver))
        return self.planned

    def plan_all(self, holder: str, receiver: str | None, by: Actor) -> MovePlan:
        self.asked.append(("plan_all", holder, receiver))
        return self.planned

    def move(self, moves: Sequence[PlannedMove], reason: str, by: Actor) -> MoveReport:
        self.asked.append(("move", tuple(moves), reason, by.user))
        return self.reported

    def undo(self, batch_id: str, by: Actor) -> MoveReport:
        self.asked.append(("undo", batch_id))
        return self.reported

    def register_absence(
        self, user: str, days: Period, substitute: str | None, by: Actor
    ) -> Absence:
        if self.refuse_with is not None:
            raise self.refuse_with
        self.asked.append(("away", user, days, substitute))
        return Absence(3, user, days, substitute, by.user, MOVED_AT)

    def end_absence(self, absence_id: int, by: Actor) -> Absence:
        self.asked.append(("back", absence_id))
        return next(each for each in self.shown.absences if each.id == absence_id)
