"""Rows to user tasks and inboxes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Row,
    Select,
    and_,
    cast,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.orm import aliased

from app.models.cases import CaseRow, PartyRow
from app.models.processes import InstanceRow, UserTaskRow
from app.models.security import UserRow
from app.stores.codecs import plain_map
from app.stores.rows import Store, known_id, missing
from app.stores.search import case_matches
from processes.domain.cases import PartyRole, Protection
from processes.domain.identifiers import Cpr
from processes.domain.periods import DENMARK
from processes.ports.records import (
    InstanceState,
    ProcessInstance,
    TaskFilter,
    TaskRow,
    TaskSort,
    TaskState,
    UserTask,
)

NEVER = "infinity"
"""What a task without a deadline is sorted by."""
MOST_FOUND = 500
"""How many cases a name may find before it is a common one."""
VIEWS = ("mine", "unit", "unassigned", "waiting", "overdue")
Tasks = type[UserTaskRow]
"""The table of tasks, or the same again under another name."""
Listed = Row[UserTaskRow, CaseRow, PartyRow, str]
"""A task with what a list shows of its case."""


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
        places=tuple(row.places),
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


def sorted_by(tasks: Tasks = UserTaskRow, sort: TaskSort = TaskSort.DUE) -> tuple[Any, ...]:
    """Return what an inbox is sorted by: as its index, so that a page is read and not sorted."""
    if sort is TaskSort.OLDEST:
        return (tasks.created_at, tasks.id)
    if sort is TaskSort.FOLLOW_UP:
        # Few are put away, and none of the many others: a view of those is sorted where it stands.
        return (func.coalesce(tasks.follow_up_on, literal_column("'infinity'::date")), tasks.id)
    return (-tasks.priority, _due(tasks), tasks.id)


def _due(tasks: Tasks) -> ColumnElement[datetime]:
    """Return the deadline as the index has it: a task without one comes last."""
    never: ColumnElement[datetime] = literal_column("'infinity'::timestamptz")
    return func.coalesce(tasks.due_at, never)


def listed() -> Select[UserTaskRow, CaseRow, PartyRow, str]:
    """Return the query of tasks with what a list shows of their cases, not narrowed yet."""
    return (
        select(UserTaskRow, CaseRow, PartyRow, UserRow.name)
        .outerjoin(CaseRow, UserTaskRow.case_id == CaseRow.id)
        .outerjoin(
            PartyRow,
            and_(PartyRow.case_id == CaseRow.id, PartyRow.role == PartyRole.PRIMARY.value),
        )
        .outerjoin(UserRow, UserRow.id == UserTaskRow.assignee)
    )


@dataclass(frozen=True)
class Reader:
    """Who looks at an inbox, and when."""

    user: str
    units: frozenset[str]
    roles: frozenset[str]
    now: datetime
    case_ids: tuple[str, ...] | None = None
    """The cases a filter's words find, where they are few."""


def in_view(view: str, reader: Reader, tasks: Tasks = UserTaskRow) -> ColumnElement[bool]:
    """Return the condition that an open task is in a view of the inbox."""
    mine = tasks.assignee == reader.user
    ours = and_(tasks.unit.in_(sorted(reader.units)), tasks.role.in_(sorted(reader.roles)))
    waits = and_(
        tasks.follow_up_on.is_not(None),
        tasks.follow_up_on > reader.now.astimezone(DENMARK).date(),
    )
    conditions = {
        "mine": and_(mine, ~waits),
        "unit": and_(ours, ~waits),
        "unassigned": and_(ours, tasks.assignee.is_(None), ~waits),
        "waiting": and_(or_(mine, ours), waits),
        # As the index has it, so that what is not late is passed over without being read.
        "overdue": and_(or_(mine, ours), _due(tasks) < reader.now),
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
        return self.lock_with_instance(task_id)[1]

    def lock_with_instance(self, task_id: int) -> tuple[ProcessInstance, UserTask]:
        """Return a user task and its instance, and hold the rows of both, the instance's first."""
        # A task never changes its instance, so the one it names is found and held at once.
        its = select(UserTaskRow.instance_id).where(UserTaskRow.id == task_id).scalar_subquery()
        instance = select(InstanceRow).where(InstanceRow.id == its)
        first = instance_of(self.one(instance.with_for_update(key_share=True), "Opgaven"))
        task = select(UserTaskRow).where(UserTaskRow.id == task_id)
        return first, task_of(self.one(task.with_for_update(key_share=True), "Opgaven"))

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
        """Return one page of an inbox, by priority and then deadline; keyset paging."""
        reader = Reader(user, units, roles, now)
        order = sorted_by(sort=wanted.sort)
        reader = replace(reader, case_ids=self._found(wanted))
        statement = listed().where(_shown(wanted, reader)).order_by(*order)
        if wanted.party_tokens and not show_protected:
            # A name that is not shown is not found either.
            statement = statement.where(CaseRow.protection == Protection.NORMAL.value)
        if wanted.after:
            statement = statement.where(tuple_(*order) > _keyset(wanted.after, wanted.sort))
        if wanted.is_by_person:
            statement = statement.where(~_has_earlier_of_person(wanted, reader))
        found = self.session.execute(statement.limit(wanted.limit)).all()
        others = self._others(found, wanted, reader) if wanted.is_by_person else {}
        return [
            task_row(*each, show_protected=show_protected, others=others.get(each[0].id, ()))
            for each in found
        ]

    def _found(self, wanted: TaskFilter) -> tuple[str, ...] | None:
        """Return the cases a filter's words find, where those are few.

        A rare name is looked up first; a common one fits tasks so often that a page of them is
        found by going through the inbox in its order.
        """
        if not wanted.party_tokens:
            return None
        fitting = select(CaseRow.id).where(case_matches(wanted.party_tokens))
        ids = tuple(self.session.scalars(fitting.limit(MOST_FOUND + 1)))
        return None if len(ids) > MOST_FOUND else ids

    def _others(
        self, found: Sequence[Listed], wanted: TaskFilter, reader: Reader
    ) -> dict[int, tuple[Listed, ...]]:
        """Return what else of the view concerns the same people, by the task it is folded under."""
        first = {party.cpr: task.id for task, _, party, _ in found if party is not None}
        rest = listed().where(
            _shown(wanted, reader),
            PartyRow.cpr.in_(list(first)),
            UserTaskRow.id.not_in(list(first.values())),
        )
        folded: dict[int, tuple[Listed, ...]] = {}
        for each in self.session.execute(rest.order_by(*sorted_by(sort=wanted.sort))):
            leader = first[each[2].cpr]
            folded[leader] = (*folded.get(leader, ()), each)
        return folded

    def inbox_counts(
        self, *, user: str, units: frozenset[str], roles: frozenset[str], now: datetime
    ) -> Mapping[str, int]:
        """Return how many tasks each view holds, in one statement."""
        reader = Reader(user, units, roles, now)
        mine = UserTaskRow.assignee == user
        ours = and_(UserTaskRow.unit.in_(sorted(units)), UserTaskRow.role.in_(sorted(roles)))
        # Two looks, each at one index and at no task; what is mine elsewhere is in the second.
        parts = [
            select(
                *[func.count().filter(in_view(view, reader)).label(view) for view in VIEWS]
            ).where(UserTaskRow.state == TaskState.OPEN.value, where)
            for where in (ours, and_(mine, ~ours))
        ]
        both = union_all(*parts).subquery()
        statement = select(*[func.sum(both.c[view]) for view in VIEWS])
        found = self.session.execute(statement).one()
        return {view: int(count) for view, count in zip(VIEWS, found, strict=True)}


def _shown(wanted: TaskFilter, reader: Reader, tasks: Tasks = UserTaskRow) -> ColumnElement[bool]:
    """Return the condition that an open task is in a view and fits its filter."""
    conditions = [tasks.state == TaskState.OPEN.value, in_view(wanted.view, reader, tasks)]
    if wanted.role:
        conditions.append(tasks.role == wanted.role)
    if wanted.form_key:
        conditions.append(tasks.form_key == wanted.form_key)
    if wanted.due_before:
        conditions.append(_due(tasks) < wanted.due_before)
    if reader.case_ids is not None:
        conditions.append(tasks.case_id.in_(reader.case_ids))
    elif wanted.party_tokens:
        its_own = aliased(CaseRow)
        conditions.append(
            exists().where(its_own.id == tasks.case_id, case_matches(wanted.party_tokens, its_own))
        )
    return and_(*conditions)


def _keyset(after: tuple[int, str, int], sort: TaskSort) -> ColumnElement[Any]:
    """Return the place of the last row seen, to be compared with `sorted_by`."""
    priority, due, task_id = after
    if sort is not TaskSort.DUE:
        kind = Date() if sort is TaskSort.FOLLOW_UP else TIMESTAMP(timezone=True)
        return tuple_(cast(due or NEVER, kind), cast(task_id, BigInteger))
    return tuple_(
        cast(-priority, Integer),
        cast(due or NEVER, TIMESTAMP(timezone=True)),
        cast(task_id, BigInteger),
    )


def _has_earlier_of_person(wanted: TaskFilter, reader: Reader) -> ColumnElement[bool]:
    """Return the condition that the view shows the person already, by a more urgent task."""
    tasks, parties = aliased(UserTaskRow), aliased(PartyRow)
    return exists().where(
        parties.cpr == PartyRow.cpr,
        parties.role == PartyRole.PRIMARY.value,
        tasks.case_id == parties.case_id,
        _shown(wanted, reader, tasks),
        tuple_(*sorted_by(tasks, wanted.sort)) < tuple_(*sorted_by(sort=wanted.sort)),
    )


def task_row(
    task: UserTaskRow,
    case: CaseRow | None,
    party: PartyRow | None,
    assignee_name: str | None,
    *,
    show_protected: bool,
    others: Sequence[Listed] = (),
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
        assignee_name=assignee_name or "",
        others=tuple(task_row(*each, show_protected=show_protected) for each in others),
    )
