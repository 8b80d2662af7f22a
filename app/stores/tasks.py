"""Rows to user tasks and inboxes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import (
    TIMESTAMP,
    ColumnElement,
    and_,
    cast,
    func,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

from app.models.cases import CaseRow, PartyRow
from app.models.processes import DUE_OR_NEVER, InstanceRow, UserTaskRow
from app.models.security import UserRow
from app.stores.codecs import plain_map
from app.stores.rows import Store, known_id, missing
from app.stores.search import case_matches
from processes.domain.cases import PartyRole, Protection
from processes.domain.identifiers import Cpr
from processes.ports.records import (
    InstanceState,
    ProcessInstance,
    TaskFilter,
    TaskRow,
    TaskState,
    UserTask,
)

DENMARK = ZoneInfo("Europe/Copenhagen")
NEVER = "infinity"
"""What a task without a deadline is sorted by."""
VIEWS = ("mine", "unit", "unassigned", "waiting", "overdue")
SORTED_BY: ColumnElement[datetime] = literal_column(
    DUE_OR_NEVER.replace("due_at", "user_task.due_at")
)


def instance_of(row: InstanceRow) -> ProcessInstance:
    """Make an instance of its row."""
    return ProcessInstance(
        id=row.id,
        definition_id=row.definition_id,
        process_key=row.process_key,
        case_id=row.case_id or "",
        state=InstanceState(row.state),
        blob=row.blob,
        started_at=row.started_at,
        ended_at=row.ended_at,
        end_element=row.end_element,
    )


def task_of(row: UserTaskRow) -> UserTask:
    """Make a user task of its row."""
    return UserTask(
        id=row.id,
        instance_id=row.instance_id,
        case_id=row.case_id or "",
        token=row.token,
        element_id=row.element_id,
        name=row.name,
        form_key=row.form_key,
        role=row.role,
        unit=row.unit,
        state=TaskState(row.state),
        assignee=row.assignee,
        due_at=row.due_at,
        follow_up_on=row.follow_up_on,
        priority=row.priority,
        reason=row.reason,
        variables=row.variables,
        created_at=row.created_at,
        completed_at=row.completed_at,
        completed_by=row.completed_by,
        draft=row.draft,
        revision=row.revision,
    )


def _progress(task: UserTask) -> dict[str, object]:
    return {
        "unit": task.unit,
        "state": task.state.value,
        "assignee": task.assignee,
        "due_at": task.due_at,
        "follow_up_on": task.follow_up_on,
        "priority": task.priority,
        "reason": task.reason,
        "completed_at": task.completed_at,
        "completed_by": task.completed_by,
        "draft": dict(task.draft),
        "revision": task.revision,
    }


def in_view(
    view: str, *, user: str, units: frozenset[str], roles: frozenset[str], now: datetime
) -> ColumnElement[bool]:
    """Return the condition that an open task is in a view of the inbox."""
    mine = UserTaskRow.assignee == user
    ours = and_(UserTaskRow.unit.in_(sorted(units)), UserTaskRow.role.in_(sorted(roles)))
    waits = and_(
        UserTaskRow.follow_up_on.is_not(None),
        UserTaskRow.follow_up_on > now.astimezone(DENMARK).date(),
    )
    conditions = {
        "mine": and_(mine, ~waits),
        "unit": and_(ours, ~waits),
        "unassigned": and_(ours, UserTaskRow.assignee.is_(None), ~waits),
        "waiting": and_(or_(mine, ours), waits),
        "overdue": and_(or_(mine, ours), UserTaskRow.due_at < now),
    }
    if view not in conditions:
        raise missing("Visningen")
    return conditions[view]


class SqlTaskStore(Store):
    """User tasks; whoever holds a task holds its instance first, so that no two wait in a ring."""

    def open_task(self, task: UserTask) -> UserTask:
        """Insert a user task; the answer has its id."""
        key = {
            "instance_id": task.instance_id,
            "case_id": task.case_id or None,
            "token": task.token,
            "element_id": task.element_id,
            "name": task.name,
            "form_key": task.form_key,
            "role": task.role,
            "variables": plain_map(task.variables),
            "created_at": task.created_at,
        }
        opened = insert(UserTaskRow).values(key | _progress(task)).returning(UserTaskRow.id)
        return replace(task, id=self.session.execute(opened).scalar_one())

    def task(self, task_id: int) -> UserTask:
        """Return a user task."""
        return task_of(self.one(select(UserTaskRow).where(UserTaskRow.id == task_id), "Opgaven"))

    def lock_task(self, task_id: int) -> UserTask:
        """Return a user task and hold its row, and its instance's before it."""
        self.lock_instance(self.task(task_id).instance_id)
        held = select(UserTaskRow).where(UserTaskRow.id == task_id)
        return task_of(self.one(held.with_for_update(key_share=True), "Opgaven"))

    def lock_instance(self, instance_id: int) -> ProcessInstance:
        """Return an instance and hold its row until the transaction ends."""
        held = select(InstanceRow).where(InstanceRow.id == instance_id)
        return instance_of(self.one(held.with_for_update(key_share=True), "Procesforløbet"))

    def save_task(self, task: UserTask) -> None:
        """Write a task's state, assignee, follow-up, draft."""
        changed = self.count_changed(
            update(UserTaskRow).where(UserTaskRow.id == task.id).values(_progress(task))
        )
        if not changed:
            raise missing("Opgaven")

    def tasks_of_case(self, case_id: str) -> Sequence[UserTask]:
        """Return a case's tasks, newest first."""
        wanted = select(UserTaskRow).where(UserTaskRow.case_id == known_id(case_id, "Sagen"))
        rows = self.session.scalars(
            wanted.order_by(UserTaskRow.created_at.desc(), UserTaskRow.id.desc())
        )
        return [task_of(row) for row in rows]

    def inbox(
        self,
        wanted: TaskFilter,
        *,
        user: str,
        units: frozenset[str],
        roles: frozenset[str],
        now: datetime,
        show_protected: bool,
    ) -> Sequence[TaskRow]:
        """Return one page of an inbox, by deadline; keyset paging."""
        statement = (
            select(UserTaskRow, CaseRow, PartyRow, UserRow.name)
            .outerjoin(CaseRow, UserTaskRow.case_id == CaseRow.id)
            .outerjoin(
                PartyRow,
                and_(PartyRow.case_id == CaseRow.id, PartyRow.role == PartyRole.PRIMARY.value),
            )
            .outerjoin(UserRow, UserRow.id == UserTaskRow.assignee)
            .where(
                UserTaskRow.state == TaskState.OPEN.value,
                in_view(wanted.view, user=user, units=units, roles=roles, now=now),
                *_filtered(wanted),
            )
            .order_by(SORTED_BY, UserTaskRow.id)
            .limit(wanted.limit)
        )
        return [
            _task_row(task, case, party, name or "", show_protected=show_protected)
            for task, case, party, name in self.session.execute(statement)
        ]

    def inbox_counts(
        self, *, user: str, units: frozenset[str], roles: frozenset[str], now: datetime
    ) -> Mapping[str, int]:
        """Return how many tasks each view holds, in one statement."""
        counts = [
            func.count().filter(in_view(view, user=user, units=units, roles=roles, now=now))
            for view in VIEWS
        ]
        # The index of open tasks is read once, for what is mine or my unit's.
        near = or_(
            UserTaskRow.assignee == user,
            and_(UserTaskRow.unit.in_(sorted(units)), UserTaskRow.role.in_(sorted(roles))),
        )
        statement = select(*counts).where(UserTaskRow.state == TaskState.OPEN.value, near)
        return dict(zip(VIEWS, self.session.execute(statement).one(), strict=True))


def _filtered(wanted: TaskFilter) -> list[ColumnElement[bool]]:
    """Return the conditions a filter adds to its view."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.role:
        conditions.append(UserTaskRow.role == wanted.role)
    if wanted.form_key:
        conditions.append(UserTaskRow.form_key == wanted.form_key)
    if wanted.due_before:
        conditions.append(UserTaskRow.due_at < wanted.due_before)
    if wanted.party_tokens:
        conditions.append(case_matches(wanted.party_tokens))
    if wanted.after:
        due, task_id = wanted.after
        last = tuple_(cast(due or NEVER, TIMESTAMP(timezone=True)), task_id)
        conditions.append(tuple_(SORTED_BY, UserTaskRow.id) > last)
    return conditions


def _task_row(
    task: UserTaskRow,
    case: CaseRow | None,
    party: PartyRow | None,
    assignee_name: str,
    *,
    show_protected: bool,
) -> TaskRow:
    """Make an inbox row; a protected party's name stays here unless the reader may see it."""
    protected = Protection.PROTECTED.value in {
        case.protection if case else "",
        party.protection if party else "",
    }
    hidden = party is None or (protected and not show_protected)
    return TaskRow(
        task=task_of(task),
        case_number=case.number if case else "",
        case_title=case.title if case else "",
        party_name="" if hidden or party is None else party.name,
        party_born_on=Cpr(party.cpr).birth_date if party else date.min,
        protection=(Protection.PROTECTED if protected else Protection.NORMAL).value,
        assignee_name=assignee_name,
    )
