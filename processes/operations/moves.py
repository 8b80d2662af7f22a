"""Answers: what became of a moved task, and can it be moved back?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from processes.ports.pages import MoveReport, TaskStays
from processes.ports.records import TaskMove, TaskRow, TaskState, UserTask
from processes.ports.stores import UnitOfWork

NOBODY = "ufordelte"
"""What nobody is called in the list of who gave tasks away."""

Names = Mapping[str, str]
Touched = frozenset[tuple[str, str]]


def changed(task: UserTask, holder: str | None, names: Names) -> str:
    """Return what happened to a task since somebody planned to move it, or nothing."""
    if task.state is TaskState.DONE:
        return f"Opgaven er afsluttet af {_name(task.completed_by, names)}."
    if task.state is TaskState.CANCELLED:
        return "Opgaven er ikke længere nødvendig, fordi sagen er gået videre."
    if task.assignee != holder:
        return f"Opgaven ligger nu hos {_name(task.assignee, names)}."
    return ""


def touched(uow: UnitOfWork, moves: Sequence[TaskMove]) -> Touched:
    """Return which tasks were looked at or changed by whom since the first of these moves."""
    since = min(each.moved_at for each in moves)
    return uow.audit.touched([f"task:{each.task_id}" for each in moves], since=since)


def used(task: UserTask, move: TaskMove, seen: Touched, names: Names) -> str:
    """Return why a moved task cannot be moved back, or nothing."""
    if why := changed(task, move.to_user, names):
        return why
    if task.follow_up_on != move.to_follow_up:
        return "Opgaven har fået en anden dag til opfølgning."
    if move.to_user is None:
        return ""
    name = _name(move.to_user, names)
    if task.revision != move.revision:
        return f"{name} er begyndt på opgaven."
    if move.to_user != move.moved_by and (f"task:{task.id}", move.to_user) in seen:
        return f"{name} har åbnet opgaven."
    return ""


def give_back(
    uow: UnitOfWork, moves: Mapping[int, TaskMove], rows: Sequence[TaskRow], names: Names
) -> tuple[list[TaskMove], list[TaskStays]]:
    """Give back what nobody has touched since it was moved; answer that, and what stays and why."""
    locked = [(row, uow.processes.lock_task(row.task.id)) for row in in_lock_order(rows)]
    seen = touched(uow, list(moves.values()))
    back: list[TaskMove] = []
    stays: list[TaskStays] = []
    for row, task in locked:
        move = moves[task.id]
        if move.undone_at is not None:
            continue
        if why := used(task, move, seen, names):
            stays.append(TaskStays(task.id, task.name, row.case_number, why))
            continue
        uow.processes.save_task(
            replace(task, assignee=move.from_user, follow_up_on=move.from_follow_up)
        )
        back.append(move)
    return back, stays


def report(
    moves: Sequence[TaskMove], names: Names, *, stays: Sequence[TaskStays], can_undo: int
) -> MoveReport:
    """Return what one move did, and what stayed."""
    first = moves[0]
    given = Counter(_name(each.to_user, names) for each in moves)
    return MoveReport(
        batch_id=first.batch_id,
        at=first.moved_at,
        by=first.moved_by,
        reason=first.reason,
        givers=tuple(sorted({_name(each.from_user, names) for each in moves})),
        shares=tuple(sorted(given.items())),
        stays=tuple(stays),
        can_undo=can_undo,
    )


def recent(
    uow: UnitOfWork, moves: Sequence[TaskMove], rows: Mapping[int, TaskRow], names: Names
) -> list[MoveReport]:
    """Return moves that can still be undone, in their order, with what is touched already."""
    seen = touched(uow, moves)
    batches: dict[str, list[TaskMove]] = {}
    for each in moves:
        if each.task_id in rows:
            batches.setdefault(each.batch_id, []).append(each)
    reports = []
    for batch in batches.values():
        stays = [
            TaskStays(row.task.id, row.task.name, row.case_number, why)
            for each in batch
            if (why := used((row := rows[each.task_id]).task, each, seen, names))
        ]
        reports.append(report(batch, names, stays=stays, can_undo=len(batch) - len(stays)))
    return reports


def in_lock_order(rows: Sequence[TaskRow]) -> list[TaskRow]:
    """Return rows as everybody locks them: by instance, then task, so no two wait in a ring."""
    return sorted(rows, key=lambda row: (row.task.instance_id, row.task.id))


def _name(user: str | None, names: Names) -> str:
    return NOBODY if user is None else names.get(user, user)
