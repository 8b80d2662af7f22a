"""Rows of what runs: counted, listed, paused and moved by hand.

Lists are one page each, read straight from an index. What must be counted over everything is kept
with its moment, so that looking again costs one row.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    delete,
    exists,
    extract,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from app.models.cases import CaseRow, PartyRow
from app.models.cockpit import PauseRow, ProcessCountRow, TokenMoveRow
from app.models.processes import (
    BufferedMessageRow,
    DefinitionRow,
    HistoryEventRow,
    IncidentRow,
    InstanceRow,
    JobRow,
    OutboxRow,
    SubscriptionRow,
    TimerRow,
    UserTaskRow,
)
from app.stores.processes import incident_of
from app.stores.queues import FAILED, WAITING
from app.stores.rows import Store, known_id, missing
from app.stores.tasks import instance_of
from processes.domain.cases import Protection
from processes.ports.cockpit import (
    Counted,
    IncidentFilter,
    MoveState,
    Pause,
    QueueCounts,
    StopCause,
    StoppedCase,
    TokenMove,
    VersionHead,
    WaitingRow,
)
from processes.ports.records import InstanceState, ProcessInstance, TaskState

PAUSED = "paused"
GOES_ON = InstanceRow.state != InstanceState.ENDED.value
OPEN = IncidentRow.resolved_at.is_(None)


def move_of(row: TokenMoveRow) -> TokenMove:
    """Make a move of its row."""
    return TokenMove(
        id=row.id,
        instance_id=row.instance_id,
        token=row.token,
        from_place=row.from_place,
        from_name=row.from_name,
        to_place=row.to_place,
        to_name=row.to_name,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        state=MoveState(row.state),
        answered_by=row.answered_by,
        answered_at=row.answered_at,
    )


def pause_of(row: PauseRow) -> Pause:
    """Make a pause of its row."""
    return Pause(
        id=row.id,
        instance_id=row.instance_id,
        reason=row.reason,
        paused_by=row.paused_by,
        paused_at=row.paused_at,
        resumed_by=row.resumed_by,
        resumed_at=row.resumed_at,
    )


class SqlCockpitStore(Store):
    """What runs, counted and listed, and how it was steered."""

    # ---- versions and counts -----------------------------------------------------------

    def versions(self) -> Sequence[VersionHead]:
        """Return every deployed version, by process and then the newest first."""
        wanted = select(
            DefinitionRow.id,
            DefinitionRow.key,
            DefinitionRow.version,
            DefinitionRow.name,
            DefinitionRow.valid_from,
            DefinitionRow.deployed_by,
            DefinitionRow.deployed_at,
        ).order_by(DefinitionRow.key, DefinitionRow.version.desc())
        return [VersionHead(*each) for each in self.session.execute(wanted)]

    def counted(self, definition_id: int) -> Counted | None:
        """Return what was counted last of a version; 0 is all of them."""
        wanted = select(ProcessCountRow).where(ProcessCountRow.definition_id == definition_id)
        row = self.session.scalars(wanted).first()
        return None if row is None else Counted(row.counted_at, row.took_ms, row.counts)

    def keep_count(self, definition_id: int, counted: Counted) -> None:
        """Remember what was counted."""
        values = {
            "counted_at": counted.counted_at,
            "took_ms": counted.took_ms,
            "counts": dict(counted.counts),
        }
        self.session.execute(
            upsert(ProcessCountRow)
            .values(definition_id=definition_id, **values)
            .on_conflict_do_update(index_elements=["municipality_id", "definition_id"], set_=values)
        )

    def forget_counts(self) -> None:
        """Say that something was done by hand: the next to look counts anew."""
        self.session.execute(delete(ProcessCountRow))

    def count_states(self) -> Mapping[int, Mapping[str, int]]:
        """Return how many instances of each version are in each state, ended ones left out."""
        wanted = (
            select(InstanceRow.definition_id, InstanceRow.state, func.count())
            .where(GOES_ON)
            .group_by(InstanceRow.definition_id, InstanceRow.state)
        )
        counts: dict[int, dict[str, int]] = {}
        for definition_id, state, number in self.session.execute(wanted):
            counts.setdefault(definition_id, {})[state] = number
        return counts

    def count_places(self, definition_id: int) -> Mapping[str, int]:
        """Return how many tokens of a version stand at each place."""
        # Unnested below and grouped above: a set in the list of columns is not grouped by.
        each = (
            select(func.unnest(InstanceRow.places).label("place"))
            .where(InstanceRow.definition_id == definition_id, GOES_ON)
            .subquery()
        )
        wanted = select(each.c.place, func.count()).group_by(each.c.place)
        return {str(row[0]): int(row[1]) for row in self.session.execute(wanted)}

    def count_stopped(self, definition_id: int) -> Sequence[tuple[str, tuple[str, ...], int]]:
        """Return open incidents of a version: element, the instance's places, and how many."""
        wanted = (
            select(func.coalesce(IncidentRow.element_id, ""), InstanceRow.places, func.count())
            .select_from(IncidentRow)
            .join(InstanceRow, _of_instance(IncidentRow))
            .where(OPEN, InstanceRow.definition_id == definition_id)
            .group_by(IncidentRow.element_id, InstanceRow.places)
        )
        return [
            (element, tuple(places), number)
            for element, places, number in self.session.execute(wanted)
        ]

    def count_overdue(
        self, definition_id: int, *, now: datetime
    ) -> Mapping[str, tuple[int, datetime | None]]:
        """Return by element how many tasks are late, and since when the oldest has waited."""
        late = func.count(case((UserTaskRow.due_at < now, 1)))
        wanted = (
            select(UserTaskRow.element_id, late, func.min(UserTaskRow.created_at))
            .join(InstanceRow, _of_instance(UserTaskRow))
            .where(
                UserTaskRow.state == TaskState.OPEN.value,
                InstanceRow.definition_id == definition_id,
                GOES_ON,
            )
            .group_by(UserTaskRow.element_id)
        )
        return {
            element: (number, oldest) for element, number, oldest in self.session.execute(wanted)
        }

    def durations(
        self, definition_id: int, *, sample: int
    ) -> tuple[int, Sequence[tuple[str, str, int, float, float]]]:
        """Return how many instances were looked at, and the times of each element in seconds."""
        newest = (
            select(InstanceRow.id, InstanceRow.started_at)
            .where(InstanceRow.definition_id == definition_id)
            .order_by(InstanceRow.id.desc())
            .limit(sample)
        )
        found = self.session.execute(newest).all()
        if not found:
            return 0, []
        since = min(each.started_at for each in found)
        visit = (
            HistoryEventRow.instance_id,
            HistoryEventRow.process_id,
            HistoryEventRow.element_id,
        )
        lines = (
            select(
                HistoryEventRow.process_id,
                HistoryEventRow.element_id,
                HistoryEventRow.what,
                HistoryEventRow.at,
                func.lag(HistoryEventRow.at)
                .over(partition_by=visit, order_by=HistoryEventRow.id)
                .label("entered_at"),
                func.lag(HistoryEventRow.what)
                .over(partition_by=visit, order_by=HistoryEventRow.id)
                .label("before"),
            )
            .where(
                HistoryEventRow.instance_id.in_([each.id for each in found]),
                HistoryEventRow.at >= since,
                HistoryEventRow.what.in_(["entered", "completed"]),
            )
            .subquery()
        )
        seconds = extract("epoch", lines.c.at - lines.c.entered_at)
        wanted = (
            select(
                lines.c.process_id,
                lines.c.element_id,
                func.count(),
                func.percentile_cont(0.5).within_group(seconds),
                func.percentile_cont(0.9).within_group(seconds),
            )
            .where(lines.c.what == "completed", lines.c.before == "entered")
            .group_by(lines.c.process_id, lines.c.element_id)
        )
        times = [
            (process, element, visits, float(median), float(slow))
            for process, element, visits, median, slow in self.session.execute(wanted)
        ]
        return len(found), times

    def unplaced(self, *, limit: int) -> Sequence[ProcessInstance]:
        """Return instances that go on and whose places are not written yet."""
        wanted = select(InstanceRow).where(GOES_ON, InstanceRow.places == []).limit(limit)
        return [instance_of(row) for row in self.session.scalars(wanted)]

    def set_places(self, instance_id: int, places: Sequence[str]) -> None:
        """Write where an instance stands, unless it has been written meanwhile."""
        self.session.execute(
            update(InstanceRow)
            .where(InstanceRow.id == instance_id, InstanceRow.places == [])
            .values(places=list(places))
        )

    # ---- stopped cases -----------------------------------------------------------------

    def stopped(self, wanted: IncidentFilter) -> Sequence[StoppedCase]:
        """Return open incidents, the newest first; keyset paging."""
        chosen = _stopped().where(OPEN)
        if wanted.process_key:
            chosen = chosen.where(InstanceRow.process_key == wanted.process_key)
        if wanted.element_id:
            chosen = chosen.where(IncidentRow.element_id == wanted.element_id)
        if wanted.code:
            chosen = chosen.where(IncidentRow.code == wanted.code)
        if wanted.words:
            chosen = chosen.where(IncidentRow.message.icontains(wanted.words, autoescape=True))
        if wanted.after is not None:
            last = tuple_(IncidentRow.raised_at, IncidentRow.id)
            chosen = chosen.where(last < tuple_(literal(wanted.after[0]), literal(wanted.after[1])))
        newest = chosen.order_by(IncidentRow.raised_at.desc(), IncidentRow.id.desc())
        return self._stopped(newest.limit(wanted.limit))

    def stopped_by_id(self, incident_ids: Sequence[int]) -> Sequence[StoppedCase]:
        """Return these incidents as far as they are open."""
        if not incident_ids:
            return []
        chosen = _stopped().where(OPEN, IncidentRow.id.in_(incident_ids))
        return self._stopped(chosen.order_by(IncidentRow.raised_at, IncidentRow.id))

    def _stopped(self, chosen: Select[*tuple[Any, ...]]) -> list[StoppedCase]:
        return [
            StoppedCase(
                incident=incident_of(incident),
                process_key=key,
                process_name=name,
                version=version,
                definition_id=definition_id,
                case_number=number or "",
                is_paused=state == InstanceState.PAUSED.value,
                job_attempts=attempts,
            )
            for incident, definition_id, key, name, version, number, state, attempts in (
                self.session.execute(chosen)
            )
        ]

    def causes(self, *, limit: int) -> Sequence[StopCause]:
        """Return open incidents by cause, the commonest first."""
        many = func.count()
        what = (
            InstanceRow.process_key,
            func.coalesce(IncidentRow.element_id, ""),
            IncidentRow.code,
            IncidentRow.message,
        )
        wanted = (
            select(*what, many)
            .select_from(IncidentRow)
            .join(InstanceRow, _of_instance(IncidentRow))
            .where(OPEN)
            .group_by(InstanceRow.process_key, IncidentRow.element_id, *what[2:])
            .order_by(many.desc(), IncidentRow.message)
            .limit(limit)
        )
        return [StopCause(*each) for each in self.session.execute(wanted)]

    # ---- one instance ------------------------------------------------------------------

    def instance(self, instance_id: int) -> tuple[ProcessInstance, str, bool]:
        """Return an instance, its case's number, and whether the case is protected."""
        normal = Protection.NORMAL.value
        kept = exists().where(
            PartyRow.case_id == InstanceRow.case_id, PartyRow.protection != normal
        )
        wanted = (
            select(InstanceRow, CaseRow.number, or_(CaseRow.protection != normal, kept))
            .outerjoin(CaseRow, _of_case(InstanceRow))
            .where(InstanceRow.id == instance_id)
        )
        row = self.session.execute(wanted).first()
        if row is None:
            raise missing("Forløbet")
        return instance_of(row[0]), row[1] or "", bool(row[2])

    def waits_of(self, instance_id: int) -> Sequence[WaitingRow]:
        """Return jobs, timers and messages an instance waits for, by token, in one statement."""
        jobs = select(
            literal("job"), JobRow.id, JobRow.element_id, JobRow.step, JobRow.next_at,
            JobRow.attempts, JobRow.last_error, literal(""), JobRow.token,
        ).where(JobRow.instance_id == instance_id, JobRow.state.in_([WAITING, PAUSED]))  # fmt: skip
        timers = select(
            literal("timer"), TimerRow.id, TimerRow.element_id, literal(""), TimerRow.due_at,
            literal(0), literal(""), literal(""), TimerRow.token,
        ).where(
            TimerRow.instance_id == instance_id, TimerRow.state.in_([WAITING, PAUSED])
        )  # fmt: skip
        messages = select(
            literal("message"), SubscriptionRow.id, SubscriptionRow.element_id,
            SubscriptionRow.message, null(), literal(0), literal(""), SubscriptionRow.key,
            SubscriptionRow.token,
        ).where(SubscriptionRow.instance_id == instance_id)  # fmt: skip
        rows: Sequence[Any] = self.session.execute(union_all(jobs, timers, messages)).all()
        return [
            WaitingRow(
                id=row[1],
                instance_id=instance_id,
                process_key=row[0],
                process_name="",
                case_number="",
                element_id=row[2],
                what=row[3],
                at=row[4],
                attempts=row[5],
                error=row[6],
                key=row[7],
                token=row[8],
            )
            for row in rows
        ]

    # ---- queues ------------------------------------------------------------------------

    def queue_counts(self, *, now: datetime, tonight: datetime) -> QueueCounts:
        """Return how much waits in each queue."""
        waiting_job, waiting_timer = JobRow.state == WAITING, TimerRow.state == WAITING
        dead = select(func.count()).select_from(IncidentRow).join(JobRow, _dead()).where(OPEN)
        wanted = select(
            select(func.count()).where(waiting_job).scalar_subquery(),
            select(func.count()).where(waiting_job, JobRow.lease_until > now).scalar_subquery(),
            dead.scalar_subquery(),
            select(func.count()).where(waiting_timer, TimerRow.due_at < tonight).scalar_subquery(),
            select(func.count()).where(waiting_timer, TimerRow.due_at < now).scalar_subquery(),
            select(func.count()).where(waiting_timer).scalar_subquery(),
            select(func.count()).select_from(SubscriptionRow).scalar_subquery(),
            select(func.count()).where(BufferedMessageRow.until > now).scalar_subquery(),
            select(func.count()).where(OutboxRow.sent_at.is_(None)).scalar_subquery(),
        )
        return QueueCounts(*self.session.execute(wanted).one())

    def queue(
        self, kind: str, *, now: datetime, process_key: str, limit: int
    ) -> Sequence[WaitingRow]:
        """Return one page of a queue, the next first."""
        if kind == "kept":
            return self._kept(now, limit)
        queues: dict[str, tuple[Any, tuple[Any, ...], tuple[Any, ...], ColumnElement[bool]]] = {
            "jobs": (
                JobRow,
                (JobRow.step, JobRow.next_at, *_TRIES),
                _NEXT_JOB,
                JobRow.state == WAITING,
            ),
            "running": (
                JobRow,
                (JobRow.step, JobRow.lease_until, *_TRIES),
                _NEXT_JOB,
                and_(JobRow.state == WAITING, JobRow.lease_until > now),
            ),
            "dead": (
                JobRow,
                (JobRow.step, JobRow.next_at, *_TRIES),
                (JobRow.id.desc(),),
                and_(JobRow.state == FAILED, exists().where(OPEN, _dead())),
            ),
            "timers": (
                TimerRow,
                (literal(""), TimerRow.due_at, literal(0), literal(""), literal("")),
                (TimerRow.due_at, TimerRow.id),
                TimerRow.state == WAITING,
            ),
            "messages": (
                SubscriptionRow,
                (
                    SubscriptionRow.message,
                    null(),
                    literal(0),
                    literal(""),
                    SubscriptionRow.key,
                ),
                (SubscriptionRow.id,),
                literal(value=True),
            ),
        }
        table, columns, order, condition = queues[kind]  # fmt: skip
        wanted = (
            select(
                table.id, table.instance_id, InstanceRow.process_key, DefinitionRow.name,
                CaseRow.number, table.element_id, *columns, table.token,
                InstanceRow.definition_id,
            )
            .join(InstanceRow, _of_instance(table))
            .join(DefinitionRow, DefinitionRow.id == InstanceRow.definition_id)
            .outerjoin(CaseRow, _of_case(InstanceRow))
            .where(condition)
            .order_by(*order)
            .limit(limit)
        )  # fmt: skip
        if process_key:
            wanted = wanted.where(InstanceRow.process_key == process_key)
        rows: Sequence[Any] = self.session.execute(wanted).all()
        return [
            WaitingRow(
                id=row[0],
                instance_id=row[1],
                process_key=row[2],
                process_name=row[3],
                case_number=row[4] or "",
                element_id=row[5],
                what=row[6],
                at=row[7],
                attempts=row[8],
                error=row[9],
                key=row[10],
                token=row[11],
                definition_id=row[12],
            )
            for row in rows
        ]

    def _kept(self, now: datetime, limit: int) -> Sequence[WaitingRow]:
        wanted = (
            select(BufferedMessageRow)
            .where(BufferedMessageRow.until > now)
            .order_by(BufferedMessageRow.until, BufferedMessageRow.id)
            .limit(limit)
        )
        return [
            WaitingRow(row.id, 0, "", "", "", "", row.message, row.until, key=row.key)
            for row in self.session.scalars(wanted)
        ]

    # ---- pauses ------------------------------------------------------------------------

    def add_pause(self, pause: Pause) -> None:
        """Insert a pause, and take the instance's jobs and timers out of the queues."""
        self.insert(
            PauseRow,
            [
                {
                    "id": pause.id,
                    "instance_id": pause.instance_id,
                    "reason": pause.reason,
                    "paused_by": pause.paused_by,
                    "paused_at": pause.paused_at,
                }
            ],
        )
        self._put_aside(pause.instance_id, WAITING, PAUSED)

    def end_pause(self, pause: Pause) -> None:
        """Write who let it go on, and put jobs and timers back."""
        self.session.execute(
            update(PauseRow)
            .where(PauseRow.id == pause.id, PauseRow.resumed_at.is_(None))
            .values(resumed_by=pause.resumed_by, resumed_at=pause.resumed_at)
        )
        self._put_aside(pause.instance_id, PAUSED, WAITING)

    def _put_aside(self, instance_id: int, before: str, after: str) -> None:
        for table in (JobRow, TimerRow):
            self.session.execute(
                update(table)
                .where(table.instance_id == instance_id, table.state == before)
                .values(state=after, lease=None, lease_until=None)
            )

    def pause_of(self, instance_id: int) -> Pause | None:
        """Return the pause an instance is in."""
        return next((each for each in self.pauses(instance_id) if each.resumed_at is None), None)

    def pauses(self, instance_id: int) -> Sequence[Pause]:
        """Return every pause of an instance, the oldest first."""
        wanted = select(PauseRow).where(PauseRow.instance_id == instance_id)
        return [pause_of(row) for row in self.session.scalars(wanted.order_by(PauseRow.paused_at))]

    def waited_messages(self, instance_id: int) -> Sequence[tuple[str, str, str]]:
        """Return the token, message and key of each wait of an instance."""
        wanted = select(SubscriptionRow.token, SubscriptionRow.message, SubscriptionRow.key).where(
            SubscriptionRow.instance_id == instance_id
        )
        rows = self.session.execute(wanted.order_by(SubscriptionRow.id))
        return [(token, message, key) for token, message, key in rows]

    # ---- moves by hand -----------------------------------------------------------------

    def add_move(self, move: TokenMove) -> None:
        """Insert a wish to move a token."""
        self.session.execute(
            insert(TokenMoveRow).values(
                id=move.id,
                instance_id=move.instance_id,
                token=move.token,
                from_place=move.from_place,
                from_name=move.from_name,
                to_place=move.to_place,
                to_name=move.to_name,
                reason=move.reason,
                asked_by=move.asked_by,
                asked_at=move.asked_at,
                state=move.state.value,
            )
        )

    def lock_move(self, move_id: str) -> TokenMove:
        """Return a move and hold its row, its instance's first."""
        wanted = select(TokenMoveRow).where(TokenMoveRow.id == known_id(move_id, "Flytningen"))
        found = self.one(wanted, "Flytningen")
        held = select(InstanceRow.id).where(InstanceRow.id == found.instance_id)
        self.session.execute(held.with_for_update())
        return move_of(self.one(wanted.with_for_update(), "Flytningen"))

    def answer(self, move: TokenMove) -> None:
        """Write what a move was answered; an answered one is refused by the database."""
        self.session.execute(
            update(TokenMoveRow)
            .where(TokenMoveRow.id == move.id)
            .values(
                state=move.state.value, answered_by=move.answered_by, answered_at=move.answered_at
            )
        )

    def moves(self, instance_id: int) -> Sequence[TokenMove]:
        """Return the moves of an instance, the newest first."""
        wanted = select(TokenMoveRow).where(TokenMoveRow.instance_id == instance_id)
        newest = wanted.order_by(TokenMoveRow.asked_at.desc())
        return [move_of(row) for row in self.session.scalars(newest)]

    def open_moves(self) -> Sequence[TokenMove]:
        """Return the moves that wait for a second person, the oldest first."""
        wanted = select(TokenMoveRow).where(TokenMoveRow.state == MoveState.ASKED.value)
        return [
            move_of(row)
            for row in self.session.scalars(wanted.order_by(TokenMoveRow.asked_at).limit(100))
        ]


_TRIES = (JobRow.attempts, JobRow.last_error, literal(""))
_NEXT_JOB = (JobRow.next_at, JobRow.id)


def _of_instance(table: Any) -> ColumnElement[bool]:
    return and_(
        InstanceRow.municipality_id == table.municipality_id, InstanceRow.id == table.instance_id
    )


def _of_case(table: type[InstanceRow]) -> ColumnElement[bool]:
    return and_(CaseRow.municipality_id == table.municipality_id, CaseRow.id == table.case_id)


def _dead() -> ColumnElement[bool]:
    """Return that a job was given up and an incident came of it."""
    return and_(
        JobRow.municipality_id == IncidentRow.municipality_id,
        JobRow.instance_id == IncidentRow.instance_id,
        JobRow.token == IncidentRow.token,
        JobRow.state == FAILED,
    )


def _stopped() -> Select[*tuple[Any, ...]]:
    attempts = (
        select(func.max(JobRow.attempts))
        .where(
            JobRow.municipality_id == IncidentRow.municipality_id,
            JobRow.instance_id == IncidentRow.instance_id,
            JobRow.token == IncidentRow.token,
        )
        .correlate(IncidentRow)
        .scalar_subquery()
    )
    return (
        select(
            IncidentRow,
            InstanceRow.definition_id,
            InstanceRow.process_key,
            DefinitionRow.name,
            DefinitionRow.version,
            CaseRow.number,
            InstanceRow.state,
            attempts.cast(Integer),
        )
        .select_from(IncidentRow)
        .join(InstanceRow, _of_instance(IncidentRow))
        .join(DefinitionRow, DefinitionRow.id == InstanceRow.definition_id)
        .outerjoin(CaseRow, _of_case(InstanceRow))
    )
