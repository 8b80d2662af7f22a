"""List, claim, release, put away, draft and complete a user task (opgave)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from processes.domain import complaints, decisions
from processes.domain.access import Actor, Role, may, require
from processes.domain.cases import Case
from processes.domain.errors import ConflictError, NotAllowedError
from processes.engine import effects as fx
from processes.operations.control import Control
from processes.operations.holders import APPROVALS
from processes.ports.pages import FormSource, ReadForm, TaskPage
from processes.ports.records import (
    AuditEvent,
    ProcessInstance,
    TaskFilter,
    TaskRow,
    TaskState,
    UserTask,
)
from processes.ports.stores import UnitOfWork
from processes.stages.complaints import REASSESS_FORM


class TaskPages(Protocol):
    """Reads what the page of a task shows."""

    def task_page(self, uow: UnitOfWork, task: UserTask, case: Case, by: Actor) -> TaskPage:
        """Return the page."""

    def form_source(self, uow: UnitOfWork, task: UserTask, case: Case, by: Actor) -> FormSource:
        """Return what the form of a task starts from."""


class Inbox:
    """The inbox and its tasks (indbakke)."""

    def __init__(self, control: Control, pages: TaskPages) -> None:
        self.control = control
        self.env = control.env
        self.pages = pages

    def rows(self, wanted: TaskFilter, by: Actor) -> Sequence[TaskRow]:
        """Return one page of an inbox."""
        require(by, "inbox.read")
        with self.env.uow(by.municipality_id) as uow:
            return uow.processes.inbox(
                wanted,
                user=by.user,
                units=by.units,
                roles=frozenset({str(by.role)}),
                now=self.env.now(),
                show_protected=may(by, "protected.read"),
            )

    def counts(self, by: Actor) -> Mapping[str, int]:
        """Return how many tasks each view holds."""
        require(by, "inbox.read")
        with self.env.uow(by.municipality_id) as uow:
            return uow.processes.inbox_counts(
                user=by.user,
                units=by.units,
                roles=frozenset({str(by.role)}),
                now=self.env.now(),
            )

    def open(self, task_id: int, by: Actor) -> TaskPage:
        """Return what the page of a task shows, and note the look."""
        require(by, "inbox.read")
        with self.env.uow(by.municipality_id) as uow:
            task = uow.processes.task(task_id)
            case = uow.cases.get(task.case_id)
            self._check_may_see(task, by)
            page = self.pages.task_page(uow, task, case, by)
            page = replace(page, deciding_refused=self._refused(uow, task, case, by))
            self._audit(uow, by, "task.read", f"task:{task_id}")
            uow.commit()
            return page

    def claim(self, task_id: int, by: Actor) -> None:
        """Make a task one's own (tag opgaven); the first one wins and is named to the second."""
        require(by, "task.claim")
        with self.env.uow(by.municipality_id) as uow:
            task = self._open_task(uow, task_id, by)
            if task.assignee == by.user:
                return
            if task.assignee is not None:
                name = uow.setup.user(task.assignee).name
                raise ConflictError(f"{name} har allerede taget opgaven. Vælg en anden.")
            refused = self._refused(uow, task, uow.cases.get(task.case_id), by)
            if refused:
                raise NotAllowedError(refused)
            uow.processes.save_task(replace(task, assignee=by.user))
            self._audit(uow, by, "task.claim", f"task:{task_id}")
            uow.commit()

    def release(self, task_id: int, reason: str, by: Actor) -> None:
        """Lay a task back for others (læg tilbage), and say why."""
        require(by, "task.claim")
        with self.env.uow(by.municipality_id) as uow:
            task = self._open_task(uow, task_id, by)
            if task.assignee not in {None, by.user} and by.role is not Role.TEAM_LEAD:
                raise NotAllowedError("Kun den, der har opgaven, kan lægge den tilbage.")
            uow.processes.save_task(replace(task, assignee=None, reason=reason.strip()))
            self._audit(uow, by, "task.release", f"task:{task_id}", reason)
            uow.commit()

    def save_draft(self, task_id: int, values: dict[str, str], revision: int, by: Actor) -> int:
        """Keep what was typed; another's newer draft is never overwritten."""
        require(by, "task.complete")
        with self.env.uow(by.municipality_id) as uow:
            task = self._open_task(uow, task_id, by)
            if task.revision != revision:
                raise ConflictError(
                    "Opgaven er ændret et andet sted, siden du åbnede den."
                    " Din tekst står her på siden; åbn opgaven i et nyt vindue, og sammenlign."
                )
            saved = replace(task, draft=dict(values), revision=revision + 1)
            uow.processes.save_task(saved)
            uow.commit()
            return saved.revision

    def follow_up(self, task_id: int, day: date | None, by: Actor) -> None:
        """Put a task away until a day (opfølgning); None takes it back."""
        require(by, "task.complete")
        with self.env.uow(by.municipality_id) as uow:
            task = self._open_task(uow, task_id, by)
            uow.processes.save_task(replace(task, follow_up_on=day))
            uow.commit()

    def next(self, by: Actor, wanted: TaskFilter | None = None) -> int | None:
        """Claim the most urgent task nobody has (tag næste opgave); None when there is none.

        Of those that fit a filter, when there is one.
        """
        require(by, "task.claim")
        line = replace(
            wanted or TaskFilter(view="unassigned"), view="unassigned", after=None, limit=50
        )
        tried: set[int] = set()
        while rows := [row for row in self.rows(line, by) if row.task.id not in tried]:
            for row in rows:
                tried.add(row.task.id)
                try:
                    self.claim(row.task.id, by)
                except (ConflictError, NotAllowedError):
                    # Somebody was faster, or this one is not mine to decide: try the one after,
                    # and when many were faster, the page after.
                    continue
                return row.task.id
        return None

    def complete(self, task_id: int, values: Mapping[str, object], by: Actor) -> None:
        """Hand the form's values to its receiver and let the process go on, in one transaction."""
        require(by, "task.complete")
        with self.env.uow(by.municipality_id) as uow:
            # The instance first: whoever advances it withdraws tasks, so this order cannot cross.
            instance, task = uow.processes.lock_with_instance(task_id)
            self._check_may_see(task, by)
            self._finish(uow, instance, task, uow.cases.get(task.case_id), values, by)
            self._audit(uow, by, "task.complete", f"task:{task_id}")
            uow.commit()
        self.env.wake()

    def submit(self, task_id: int, read: ReadForm, by: Actor) -> UserTask | None:
        """Read what was handed in against the case as it is now, and complete the task with it.

        None when something is to correct: then nothing is written, and the look is noted by the
        page that shows it. `read` is called with the task held, so what it saw still holds when
        the receiver runs.
        """
        require(by, "inbox.read")
        require(by, "task.complete")
        with self.env.uow(by.municipality_id) as uow:
            instance, task = uow.processes.lock_with_instance(task_id)
            self._check_may_see(task, by)
            case = uow.cases.get(task.case_id)
            values = read(self.pages.form_source(uow, task, case, by))
            if values is None:
                return None
            self._finish(uow, instance, task, case, values, by)
            self._audit(uow, by, ("task.read", "task.complete"), f"task:{task_id}")
            uow.commit()
        self.env.wake()
        return task

    def _finish(
        self,
        uow: UnitOfWork,
        instance: ProcessInstance,
        task: UserTask,
        case: Case,
        values: Mapping[str, object],
        by: Actor,
    ) -> None:
        """Complete a task that is held with its instance, if this person may."""
        self._check_open(uow, task, by)
        if task.assignee not in {None, by.user}:
            name = uow.setup.user(task.assignee).name
            raise ConflictError(f"{name} har opgaven. Din tekst er ikke sendt.")
        refused = self._refused(uow, task, case, by)
        if refused:
            raise NotAllowedError(refused)
        receiver = self.env.register.verb(task.form_key)
        result = receiver(self.env.context(uow, by), task, values)
        uow.processes.save_task(
            replace(
                task,
                state=TaskState.DONE,
                assignee=by.user,
                completed_at=self.env.now(),
                completed_by=by.user,
                draft={},
            )
        )
        self.control.advance(uow, instance, fx.TaskCompleted(task.token, result, by.user), actor=by)

    def _open_task(self, uow: UnitOfWork, task_id: int, by: Actor) -> UserTask:
        task = uow.processes.lock_task(task_id)
        self._check_open(uow, task, by)
        return task

    def _check_open(self, uow: UnitOfWork, task: UserTask, by: Actor) -> None:
        self._check_may_see(task, by)
        if task.state is not TaskState.OPEN:
            who = (
                "systemet" if task.completed_by is None else uow.setup.user(task.completed_by).name
            )
            raise ConflictError(f"Opgaven er allerede afsluttet af {who}. Vælg en anden opgave.")

    def _check_may_see(self, task: UserTask, by: Actor) -> None:
        if task.unit not in by.units or (
            task.role != str(by.role) and by.role is not Role.TEAM_LEAD
        ):
            raise NotAllowedError(
                "Opgaven hører til en anden rolle eller enhed. Vælg en anden rolle øverst på siden."
            )

    def _refused(self, uow: UnitOfWork, task: UserTask, case: Case, by: Actor) -> str:
        """Return why this person may not decide this, or nothing (habilitet, fire øjne)."""
        try:
            decisions.check_impartial(
                own_digest=uow.setup.user(by.user).cpr_digest,
                relatives=(),
                parties={self.env.digest(party.cpr) for party in case.parties},
            )
        except NotAllowedError as error:
            return str(error)
        if task.form_key in APPROVALS and by.user in uow.decisions.contributors(case.id):
            return (
                "Du har selv arbejdet på sagen og kan derfor ikke godkende afgørelsen."
                " En anden fagleder skal gøre det."
            )
        if task.form_key == REASSESS_FORM:
            complaint = uow.complaints.get(str(task.variables["complaint_id"]))
            decision = uow.decisions.get(complaint.decision_id)
            decided_by = frozenset({*decision.contributors, decision.approved_by or ""})
            try:
                complaints.check_other_eyes(decided_by, by.user)
            except NotAllowedError as error:
                return str(error)
        return ""

    def _audit(
        self,
        uow: UnitOfWork,
        by: Actor,
        actions: str | tuple[str, ...],
        subject: str,
        reason: str = "",
    ) -> None:
        now = self.env.now()
        uow.audit.add(
            *(
                AuditEvent(now, by.user, str(by.role), action, subject, reason)
                for action in ((actions,) if isinstance(actions, str) else actions)
            )
        )
