"""Answers: which task goes to whom, and why? And which must stay?

Pure but for what it was given. Tasks of one citizen go together; to whoever has the case already,
else to whoever has the fewest open tasks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from processes.domain.access import ROLE_NAMES, Role
from processes.domain.cases import Case
from processes.operations.holders import APPROVALS, Digest, is_party, works_as
from processes.operations.moves import changed
from processes.ports.pages import MovePlan, MoveShare, PlannedMove, TaskStays
from processes.ports.records import Absence, TaskRow, User, UserTask

HAS_THE_CASE = "har sagen i forvejen"
FEWEST = "har færrest åbne opgaver"
TOGETHER = "følger borgerens andre opgaver"
CHOSEN = "valgt af dig"


@dataclass(frozen=True)
class Team:
    """Who can get tasks, and what must be known to say so."""

    municipality_id: int
    people: Mapping[str, User]
    """Everybody with a role in the units, by id."""
    names: Mapping[str, str]
    away: Mapping[str, Absence]
    """Who is away now."""
    open_before: Mapping[str, int]
    cases: Mapping[str, Case]
    contributors: Callable[[str], frozenset[str]]
    """Who has worked on a case."""
    digest: Digest
    due_this_week: Callable[[UserTask], bool]

    def name(self, user: str) -> str:
        """Return what somebody is called."""
        return self.names.get(user, user)

    def why_not(self, task: UserTask, user: str) -> str:
        """Return why somebody may not get a task, or nothing."""
        person, name = self.people.get(user), self.name(user)
        if why := changed(task, task.assignee, self.names):
            return why
        if task.assignee == user:
            return f"{name} har den allerede."
        if person is None or not works_as(
            person, task.role, task.unit, municipality_id=self.municipality_id
        ):
            return f"{name} er ikke {ROLE_NAMES[Role(task.role)].lower()} i enheden."
        if user in self.away:
            return f"{name} er fraværende."
        return self._barred(task, person)

    def _barred(self, task: UserTask, person: User) -> str:
        case = self.cases.get(task.case_id)
        if case is not None and is_party(person, case, self.digest):
            return f"{person.name} er part i sagen og må ikke behandle den."
        if task.form_key in APPROVALS and person.id in self.contributors(task.case_id):
            return f"{person.name} har selv arbejdet på sagen og må ikke godkende afgørelsen."
        return ""


@dataclass
class Sharing:
    """A plan in the making (fordeling)."""

    team: Team
    moves: list[PlannedMove] = field(default_factory=list)
    stays: list[TaskStays] = field(default_factory=list)
    _got: dict[str, list[UserTask]] = field(default_factory=lambda: defaultdict(list))
    _why: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def give(self, rows: Sequence[TaskRow], receiver: str) -> None:
        """Give every task to one person, as far as may be."""
        for row in rows:
            if why := self.team.why_not(row.task, receiver):
                self.stay(row, why)
            else:
                self._give(row.task, receiver, CHOSEN)

    def share(self, rows: Sequence[TaskRow]) -> None:
        """Share tasks evenly; those of one citizen go together where one person may have them."""
        citizens: dict[str, list[TaskRow]] = defaultdict(list)
        for row in rows:
            citizens[self._citizen(row.task)].append(row)
        for each in citizens.values():
            together = self._best([row.task for row in each])
            for row in each:
                chosen = together or self._best([row.task])
                if chosen is None:
                    self.stay(row, self._nobody(row.task))
                    continue
                user, why = chosen
                self._give(row.task, user, why if row is each[0] or not together else TOGETHER)

    def plan(self) -> MovePlan:
        """Return the plan, with what each gets and why."""
        shares = [
            MoveShare(
                user=user,
                name=self.team.name(user),
                tasks=len(tasks),
                due_this_week=sum(self.team.due_this_week(task) for task in tasks),
                open_before=self.team.open_before.get(user, 0),
                why=tuple(
                    why if count == len(tasks) else f"{count} {why}"
                    for why, count in self._why[user].most_common()
                ),
            )
            for user, tasks in self._got.items()
        ]
        by_name = sorted(shares, key=lambda share: share.name)
        return MovePlan(tuple(self.moves), tuple(by_name), tuple(self.stays))

    def stay(self, row: TaskRow, why: str) -> None:
        """Leave a task where it is, and say why."""
        self.stays.append(TaskStays(row.task.id, row.task.name, row.case_number, why))

    def _give(self, task: UserTask, receiver: str, why: str) -> None:
        self.moves.append(PlannedMove(task.id, task.assignee, receiver))
        self._got[receiver].append(task)
        self._why[receiver][why] += 1

    def _citizen(self, task: UserTask) -> str:
        case = self.team.cases.get(task.case_id)
        if case is None or not case.parties:
            return f"task:{task.id}"
        return case.primary_party.cpr.digits

    def _best(self, tasks: Sequence[UserTask]) -> tuple[str, str] | None:
        """Return who may have all of these and should, and why."""
        may = [
            user
            for user in self.team.people
            if not any(self.team.why_not(task, user) for task in tasks)
        ]
        if not may:
            return None
        held = {
            case.caseworker
            for task in tasks
            if (case := self.team.cases.get(task.case_id)) is not None
        }
        best = min(may, key=lambda user: (user not in held, self._load(user), self.team.name(user)))
        return best, HAS_THE_CASE if best in held else FEWEST

    def _load(self, user: str) -> int:
        return self.team.open_before.get(user, 0) + len(self._got.get(user, ()))

    def _nobody(self, task: UserTask) -> str:
        """Return why nobody can have a task: each who has the role, and what is in the way."""
        if why := changed(task, task.assignee, self.team.names):
            return why
        role = ROLE_NAMES[Role(task.role)].lower()
        said = [
            self.team.why_not(task, user)
            for user, person in self.team.people.items()
            if user != task.assignee
            and works_as(person, task.role, task.unit, municipality_id=self.team.municipality_id)
        ]
        return " ".join(said) or f"Ingen anden i enheden er {role}."
