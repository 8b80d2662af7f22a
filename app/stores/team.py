"""Rows of a team: who has what, who is away, and what was moved between people."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import case as when
from sqlalchemy import func, insert, or_, select, update

from app.models.cases import CaseRow
from app.models.processes import UserTaskRow
from app.models.team import AbsenceRow, MoveRow
from app.stores.cases import cases_of
from app.stores.rows import Store, known_id, missing
from app.stores.tasks import listed, sorted_by, task_row
from processes.domain.cases import Case
from processes.domain.periods import Period
from processes.ports.records import Absence, TaskLoad, TaskMove, TaskRow, TaskState

HAS_DAYS = or_(AbsenceRow.away_to.is_(None), AbsenceRow.away_to > AbsenceRow.away_from)
"""Somebody who came back before going was never away."""


def absence_of(row: AbsenceRow) -> Absence:
    """Make an absence of its row."""
    return Absence(
        id=row.id,
        user=row.user_id,
        days=Period(row.away_from, row.away_to),
        substitute=row.substitute,
        registered_by=row.registered_by,
        registered_at=row.registered_at,
    )


def move_of(row: MoveRow) -> TaskMove:
    """Make a move of its row."""
    return TaskMove(
        id=row.id,
        batch_id=row.batch_id,
        task_id=row.task_id,
        from_user=row.from_user,
        to_user=row.to_user,
        revision=row.revision,
        reason=row.reason,
        moved_by=row.moved_by,
        moved_at=row.moved_at,
        undone_at=row.undone_at,
        from_follow_up=row.from_follow_up,
        to_follow_up=row.to_follow_up,
    )


class SqlTeamStore(Store):
    """Who has what, who is away, and what was moved."""

    def loads(
        self, units: frozenset[str], *, now: datetime, week_ends: datetime
    ) -> Sequence[TaskLoad]:
        """Return how much each person holds in some units, and nobody; in one statement."""
        is_over = UserTaskRow.due_at < now
        is_near = (UserTaskRow.due_at >= now) & (UserTaskRow.due_at < week_ends)
        statement = (
            select(
                UserTaskRow.assignee,
                func.count(),
                func.count(when((is_over, 1))),
                func.count(when((is_near, 1))),
            )
            .where(
                UserTaskRow.state == TaskState.OPEN.value,
                UserTaskRow.unit.in_(sorted(units)),
            )
            .group_by(UserTaskRow.assignee)
        )
        return [TaskLoad(*each) for each in self.session.execute(statement)]

    def held_by(
        self, user: str | None, *, units: frozenset[str], limit: int, show_protected: bool
    ) -> Sequence[TaskRow]:
        """Return the open tasks somebody has, or nobody, the most urgent first."""
        statement = listed().where(
            UserTaskRow.state == TaskState.OPEN.value,
            UserTaskRow.unit.in_(sorted(units)),
            UserTaskRow.assignee.is_(None) if user is None else UserTaskRow.assignee == user,
        )
        found = self.session.execute(statement.order_by(*sorted_by()).limit(limit))
        return [task_row(*each, show_protected=show_protected) for each in found]

    def rows(self, task_ids: Sequence[int], *, show_protected: bool) -> Sequence[TaskRow]:
        """Return these tasks, whatever their state, the most urgent first."""
        statement = listed().where(UserTaskRow.id.in_(task_ids)).order_by(*sorted_by())
        return [
            task_row(*each, show_protected=show_protected)
            for each in self.session.execute(statement)
        ]

    def cases(self, case_ids: Sequence[str]) -> Sequence[Case]:
        """Return these cases with their parties."""
        wanted = select(CaseRow).where(CaseRow.id.in_(case_ids)).order_by(CaseRow.id)
        return cases_of(self.session, self.session.scalars(wanted).all())

    # ---- absence -----------------------------------------------------------------------

    def add_absence(self, absence: Absence) -> Absence:
        """Insert an absence; the answer has its id."""
        added = (
            insert(AbsenceRow)
            .values(
                user_id=absence.user,
                away_from=absence.days.start,
                away_to=absence.days.end,
                substitute=absence.substitute,
                registered_by=absence.registered_by,
                registered_at=absence.registered_at,
            )
            .returning(AbsenceRow)
        )
        return absence_of(self.session.execute(added).scalar_one())

    def absence(self, absence_id: int) -> Absence:
        """Return an absence that has days."""
        wanted = select(AbsenceRow).where(AbsenceRow.id == absence_id, HAS_DAYS)
        return absence_of(self.one(wanted, "Fraværet"))

    def absences(self, *, since: date) -> Sequence[Absence]:
        """Return every absence that has a day then or later, the first to begin first."""
        wanted = select(AbsenceRow).where(
            HAS_DAYS, or_(AbsenceRow.away_to.is_(None), AbsenceRow.away_to > since)
        )
        ordered = wanted.order_by(AbsenceRow.away_from, AbsenceRow.id)
        return [absence_of(row) for row in self.session.scalars(ordered)]

    def absent(self, user: str, on: date) -> Absence | None:
        """Return somebody's absence on a day."""
        wanted = select(AbsenceRow).where(
            HAS_DAYS,
            AbsenceRow.user_id == user,
            AbsenceRow.away_from <= on,
            or_(AbsenceRow.away_to.is_(None), AbsenceRow.away_to > on),
        )
        row = self.session.scalars(wanted.order_by(AbsenceRow.id).limit(1)).first()
        return None if row is None else absence_of(row)

    def end_absence(self, absence_id: int, *, on: date) -> None:
        """Say that somebody is back on a day; before it began, it never was."""
        back = func.greatest(on, AbsenceRow.away_from)
        ended = update(AbsenceRow).where(AbsenceRow.id == absence_id).values(away_to=back)
        if not self.count_changed(ended):
            raise missing("Fraværet")

    # ---- moves -------------------------------------------------------------------------

    def add_moves(self, moves: Sequence[TaskMove]) -> None:
        """Insert the tasks of a move."""
        self.insert(
            MoveRow,
            [
                {
                    "batch_id": move.batch_id,
                    "task_id": move.task_id,
                    "from_user": move.from_user,
                    "to_user": move.to_user,
                    "revision": move.revision,
                    "reason": move.reason,
                    "moved_by": move.moved_by,
                    "moved_at": move.moved_at,
                    "from_follow_up": move.from_follow_up,
                    "to_follow_up": move.to_follow_up,
                }
                for move in moves
            ],
        )

    def moves(self, batch_id: str) -> Sequence[TaskMove]:
        """Return the tasks of a move."""
        wanted = select(MoveRow).where(MoveRow.batch_id == known_id(batch_id, "Flytningen"))
        return [move_of(row) for row in self.session.scalars(wanted.order_by(MoveRow.id))]

    def moves_since(self, moment: datetime) -> Sequence[TaskMove]:
        """Return every moved task since a moment, the newest first."""
        wanted = select(MoveRow).where(MoveRow.moved_at > moment)
        newest = wanted.order_by(MoveRow.moved_at.desc(), MoveRow.id)
        return [move_of(row) for row in self.session.scalars(newest)]

    def undo_moves(self, move_ids: Sequence[int], *, at: datetime) -> None:
        """Say that tasks were moved back."""
        self.session.execute(update(MoveRow).where(MoveRow.id.in_(move_ids)).values(undone_at=at))
