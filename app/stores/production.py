"""Counts of what units did; reads only, from indexes by unit and moment."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Date, and_, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.models.cases import CaseRow
from app.models.decisions import ProposalRow
from app.models.processes import DefinitionRow, InstanceRow, UserTaskRow
from app.stores.rows import Store
from app.stores.tasks import listed, sorted_by, task_row
from processes.domain.periods import DENMARK
from processes.ports.production import DayLoad, ProcessFigures, StepFigures, WeekFlow
from processes.ports.records import TaskRow, TaskState

HOUR, DAY = 3600, 86400
MEDIAN, SLOW = 0.5, 0.9

Column = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
TAKEN = func.extract("epoch", UserTaskRow.completed_at - UserTaskRow.created_at) / HOUR
"""Hours from when a task came to when it was done."""
IS_DONE = UserTaskRow.state == TaskState.DONE.value
IS_OPEN = UserTaskRow.state == TaskState.OPEN.value


def _days_of(column: Column) -> ColumnElement[date]:
    """Return the Danish day of a moment."""
    return cast(func.timezone("Europe/Copenhagen", column), Date)


def _monday(column: Column) -> ColumnElement[date]:
    return cast(func.date_trunc("week", func.timezone("Europe/Copenhagen", column)), Date)


class SqlProductionStore(Store):
    """What units did, in figures."""

    def weeks(
        self, units: frozenset[str], mondays: Sequence[date], *, until: datetime
    ) -> Sequence[WeekFlow]:
        """Return what came and was done in each week."""
        since = datetime(mondays[0].year, mondays[0].month, mondays[0].day, tzinfo=DENMARK)
        ours = UserTaskRow.unit.in_(sorted(units))
        came = self._by_week(UserTaskRow.created_at, ours, since, until)
        gone = self._by_week(UserTaskRow.completed_at, and_(ours, IS_DONE), since, until)
        return [WeekFlow(each, came.get(each, 0), gone.get(each, 0)) for each in mondays]

    def _by_week(
        self,
        moment: Column,
        wanted: ColumnElement[bool],
        since: datetime,
        until: datetime,
    ) -> dict[date, int]:
        monday = _monday(moment)
        counted = select(monday, func.count()).where(wanted, moment >= since, moment < until)
        return {row[0]: row[1] for row in self.session.execute(counted.group_by(monday))}

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
        its = (InstanceRow.process_key, UserTaskRow.element_id)
        ours: ColumnElement[bool] = UserTaskRow.unit.in_(sorted(units))
        if step is not None:
            ours = and_(ours, InstanceRow.process_key == step[0], UserTaskRow.element_id == step[1])
        in_time = UserTaskRow.completed_at <= UserTaskRow.due_at
        done = (
            select(
                *its,
                func.max(UserTaskRow.name),
                func.count(),
                func.percentile_cont(MEDIAN).within_group(TAKEN),
                func.percentile_cont(SLOW).within_group(TAKEN),
                func.count().filter(in_time),
                func.count(UserTaskRow.due_at),
            )
            .join(InstanceRow, InstanceRow.id == UserTaskRow.instance_id)
            .where(ours, IS_DONE, UserTaskRow.completed_at >= since)
            .where(UserTaskRow.completed_at < until)
            .group_by(*its)
        )
        still = (
            select(
                *its,
                func.max(UserTaskRow.name),
                func.count(),
                func.count().filter(UserTaskRow.due_at < now),
            )
            .join(InstanceRow, InstanceRow.id == UserTaskRow.instance_id)
            .where(ours, IS_OPEN)
            .group_by(*its)
        )
        finished = {(row[0], row[1]): row for row in self.session.execute(done)}
        waiting = {(row[0], row[1]): row for row in self.session.execute(still)}
        names = self._names()
        found = []
        for key in {**finished, **waiting}:
            was, now_open = finished.get(key), waiting.get(key)
            found.append(
                StepFigures(
                    process_key=key[0],
                    process_name=str(names.get(key[0], key[0])),
                    element_id=key[1],
                    name=(was or waiting[key])[2],
                    done=was[3] if was else 0,
                    median_hours=float(was[4]) if was else None,
                    slow_hours=float(was[5]) if was else None,
                    kept=was[6] if was else 0,
                    with_deadline=was[7] if was else 0,
                    open=now_open[3] if now_open else 0,
                    overdue=now_open[4] if now_open else 0,
                )
            )
        return sorted(found, key=lambda each: (each.process_name, -each.done, each.name))

    def _names(self) -> dict[str, str]:
        newest = select(DefinitionRow.key, DefinitionRow.name).order_by(DefinitionRow.version)
        return {row[0]: row[1] for row in self.session.execute(newest)}

    def processes(
        self, units: frozenset[str], since: datetime, until: datetime
    ) -> Sequence[ProcessFigures]:
        """Return how long the processes took that ended in the period."""
        days = func.extract("epoch", InstanceRow.ended_at - InstanceRow.started_at) / DAY
        wanted = (
            select(
                InstanceRow.process_key,
                func.count(),
                func.percentile_cont(MEDIAN).within_group(days),
            )
            .join(CaseRow, CaseRow.id == InstanceRow.case_id)
            .where(CaseRow.unit.in_(sorted(units)))
            .where(InstanceRow.ended_at >= since, InstanceRow.ended_at < until)
            .group_by(InstanceRow.process_key)
        )
        names = self._names()
        found = [
            ProcessFigures(key, names.get(key, key), count, float(median))
            for key, count, median in self.session.execute(wanted)
        ]
        return sorted(found, key=lambda each: (-each.ended, each.name))

    def proposals(self, units: frozenset[str], since: datetime, until: datetime) -> tuple[int, int]:
        """Return how many proposals were approved, and how many sent back."""
        wanted = (
            select(
                func.count(ProposalRow.approved_at),
                func.count().filter(ProposalRow.returned_reason != ""),
            )
            .join(CaseRow, CaseRow.id == ProposalRow.case_id)
            .where(CaseRow.unit.in_(sorted(units)))
            .where(ProposalRow.proposed_at >= since, ProposalRow.proposed_at < until)
        )
        approved, returned = self.session.execute(wanted).one()
        return approved, returned

    def due_on(self, units: frozenset[str], days: Sequence[date]) -> Sequence[DayLoad]:
        """Return how many open tasks fall due on each day; a day off counts to the one before."""
        due = _days_of(UserTaskRow.due_at)
        wanted = (
            select(due, func.count())
            .where(UserTaskRow.unit.in_(sorted(units)), IS_OPEN)
            .where(UserTaskRow.due_at.is_not(None), due >= days[0])
            .group_by(due)
        )
        counted = self.session.execute(wanted).all()
        loads = dict.fromkeys(days, 0)
        for day, count in counted:
            on = max((each for each in days if each <= day), default=None)
            if on is not None and day <= days[-1]:
                loads[on] += count
        return [DayLoad(day, count) for day, count in loads.items()]

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
        key, element_id = step
        its = (
            listed()
            .join(InstanceRow, InstanceRow.id == UserTaskRow.instance_id)
            .where(UserTaskRow.unit.in_(sorted(units)))
            .where(InstanceRow.process_key == key, UserTaskRow.element_id == element_id)
            .limit(limit)
        )
        late = (
            its.where(IS_DONE, UserTaskRow.completed_at >= since, UserTaskRow.completed_at < until)
            .where(UserTaskRow.completed_at > UserTaskRow.due_at)
            .order_by(UserTaskRow.completed_at.desc(), UserTaskRow.id)
        )
        still = its.where(IS_OPEN).order_by(*sorted_by())
        return (
            [
                task_row(*each, show_protected=show_protected)
                for each in self.session.execute(still)
            ],
            [task_row(*each, show_protected=show_protected) for each in self.session.execute(late)],
        )
