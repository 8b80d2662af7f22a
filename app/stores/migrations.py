"""Rows to moves of running instances between versions of their process, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, literal, select, update

from app.models.migrations import MigrationBatchRow, MigrationItemRow
from app.models.processes import InstanceRow, JobRow, SubscriptionRow, TimerRow, UserTaskRow
from app.stores.codecs import plain_map
from app.stores.queues import CANCELLED, WAITING
from app.stores.rows import Store, known_id, missing
from app.stores.tasks import instance_of
from processes.ports.migrations import (
    MigrationBatch,
    MigrationCounts,
    MigrationItem,
    MoveState,
)
from processes.ports.records import InstanceState, ProcessInstance, TaskState

WITHDRAWN: Mapping[str, tuple[Any, str, str]] = {
    "task": (UserTaskRow, TaskState.CANCELLED.value, TaskState.OPEN.value),
    "job": (JobRow, CANCELLED, WAITING),
    "timer": (TimerRow, CANCELLED, WAITING),
}
"""What can be withdrawn and come back: its table, and its state then and before."""
OPEN = InstanceRow.state != InstanceState.ENDED.value


def batch_of(row: MigrationBatchRow) -> MigrationBatch:
    """Make a move of its row."""
    return MigrationBatch(
        id=row.id,
        process_key=row.process_key,
        from_definition=row.from_definition,
        to_definition=row.to_definition,
        mapping=row.mapping,
        reason=row.reason,
        started_by=row.started_by,
        started_at=row.started_at,
        finished_at=row.finished_at,
        stopped_by=row.stopped_by,
        undoes=row.undoes,
    )


def item_of(row: Any, *, whole: bool) -> MigrationItem:
    """Make an item of its row, with its states when they were read."""
    return MigrationItem(
        id=row.id,
        batch_id=row.batch_id,
        instance_id=row.instance_id,
        state=MoveState(row.state),
        why=row.why,
        changes=tuple(row.changes),
        before=row.before if whole else None,
        after=row.after if whole else None,
        kept=row.kept if whole else {},
        handled_at=row.handled_at,
    )


class SqlMigrationStore(Store):
    """Moves between versions, and which instances are on which version."""

    def open_instances(
        self, definition_id: int, *, after: int = 0, limit: int = 200
    ) -> Sequence[ProcessInstance]:
        """Return instances of a version that have not ended, by id, after one."""
        wanted = (
            select(InstanceRow)
            .where(InstanceRow.definition_id == definition_id, OPEN, InstanceRow.id > after)
            .order_by(InstanceRow.id)
            .limit(limit)
        )
        return [instance_of(row) for row in self.session.scalars(wanted)]

    def instance(self, instance_id: int) -> ProcessInstance:
        """Return one instance, without holding it."""
        wanted = select(InstanceRow).where(InstanceRow.id == instance_id)
        return instance_of(self.one(wanted, "Procesforløbet"))

    def running_counts(self, definition_ids: Sequence[int]) -> Mapping[int, int]:
        """Return how many instances of some versions have not ended."""
        counted = (
            select(InstanceRow.definition_id, func.count())
            .where(InstanceRow.definition_id.in_(definition_ids), OPEN)
            .group_by(InstanceRow.definition_id)
        )
        return {row[0]: row[1] for row in self.session.execute(counted)}

    def add_batch(self, batch: MigrationBatch, instance_ids: Sequence[int] | None) -> int:
        """Insert a move with its instances, all open ones of its version for None; how many."""
        self.insert(
            MigrationBatchRow,
            [
                {
                    "id": batch.id,
                    "process_key": batch.process_key,
                    "from_definition": batch.from_definition,
                    "to_definition": batch.to_definition,
                    "mapping": dict(batch.mapping),
                    "reason": batch.reason,
                    "started_by": batch.started_by,
                    "started_at": batch.started_at,
                    "undoes": batch.undoes,
                }
            ],
        )
        # Named, so that no other instance of the version can slip in; one statement for them all.
        chosen = select(
            literal(batch.id, MigrationItemRow.batch_id.type),
            InstanceRow.id,
            literal(MoveState.WAITING.value),
            literal(""),
            literal([], MigrationItemRow.changes.type),
            literal({}, MigrationItemRow.kept.type),
        ).where(InstanceRow.definition_id == batch.from_definition, OPEN)
        if instance_ids is not None:
            chosen = chosen.where(InstanceRow.id.in_(instance_ids))
        columns = ["batch_id", "instance_id", "state", "why", "changes", "kept"]
        return self.count_changed(insert(MigrationItemRow).from_select(columns, chosen))

    def batch(self, batch_id: str) -> MigrationBatch:
        """Return a move."""
        wanted = select(MigrationBatchRow).where(
            MigrationBatchRow.id == known_id(batch_id, "Flytningen")
        )
        return batch_of(self.one(wanted, "Flytningen"))

    def batches(self, process_key: str | None = None) -> Sequence[MigrationBatch]:
        """Return moves, newest first."""
        wanted = select(MigrationBatchRow).order_by(
            MigrationBatchRow.started_at.desc(), MigrationBatchRow.id
        )
        if process_key is not None:
            wanted = wanted.where(MigrationBatchRow.process_key == process_key)
        return [batch_of(row) for row in self.session.scalars(wanted)]

    def counts(self, batch_ids: Sequence[str]) -> Mapping[str, MigrationCounts]:
        """Return how far some moves are, in one statement."""
        counted = (
            select(MigrationItemRow.batch_id, MigrationItemRow.state, func.count())
            .where(MigrationItemRow.batch_id.in_(batch_ids))
            .group_by(MigrationItemRow.batch_id, MigrationItemRow.state)
        )
        found: dict[str, dict[str, int]] = {each: {} for each in batch_ids}
        for batch_id, state, number in self.session.execute(counted):
            found[batch_id][state] = number
        return {batch_id: MigrationCounts(**states) for batch_id, states in found.items()}

    def waiting(self, batch_id: str, *, limit: int) -> Sequence[tuple[int, int]]:
        """Return items that wait their turn, each with its instance, in order of instances."""
        wanted = (
            select(MigrationItemRow.id, MigrationItemRow.instance_id)
            .where(
                MigrationItemRow.batch_id == batch_id,
                MigrationItemRow.state == MoveState.WAITING.value,
            )
            .order_by(MigrationItemRow.instance_id)
            .limit(limit)
        )
        return [(row[0], row[1]) for row in self.session.execute(wanted)]

    def item(self, item_id: int) -> MigrationItem:
        """Return one item; the row is held until the transaction ends."""
        wanted = select(MigrationItemRow).where(MigrationItemRow.id == item_id)
        return item_of(self.one(wanted.with_for_update(key_share=True), "Flytningen"), whole=True)

    def item_of_instance(self, batch_id: str, instance_id: int) -> MigrationItem | None:
        """Return what a move did to an instance."""
        wanted = select(MigrationItemRow).where(
            MigrationItemRow.batch_id == batch_id, MigrationItemRow.instance_id == instance_id
        )
        row = self.session.scalars(wanted).first()
        return None if row is None else item_of(row, whole=True)

    def items(
        self, batch_id: str, *, state: MoveState | None = None, limit: int = 200
    ) -> Sequence[MigrationItem]:
        """Return items of a move, by instance; states before and after are left out."""
        wanted = (
            select(
                MigrationItemRow.id,
                MigrationItemRow.batch_id,
                MigrationItemRow.instance_id,
                MigrationItemRow.state,
                MigrationItemRow.why,
                MigrationItemRow.changes,
                MigrationItemRow.handled_at,
            )
            .where(MigrationItemRow.batch_id == known_id(batch_id, "Flytningen"))
            .order_by(MigrationItemRow.instance_id)
            .limit(limit)
        )
        if state is not None:
            wanted = wanted.where(MigrationItemRow.state == state.value)
        return [item_of(row, whole=False) for row in self.session.execute(wanted)]

    def moved(self, batch_id: str) -> Sequence[int]:
        """Return the instances that a move has moved."""
        wanted = select(MigrationItemRow.instance_id).where(
            MigrationItemRow.batch_id == batch_id, MigrationItemRow.state == MoveState.MOVED.value
        )
        return list(self.session.scalars(wanted.order_by(MigrationItemRow.instance_id)))

    def save_item(self, item: MigrationItem) -> None:
        """Write what became of one instance."""
        changed = self.count_changed(
            update(MigrationItemRow)
            .where(MigrationItemRow.id == item.id)
            .values(
                state=item.state.value,
                why=item.why,
                changes=list(item.changes),
                before=item.before,
                after=item.after,
                kept=plain_map(item.kept),
                handled_at=item.handled_at,
            )
        )
        if not changed:
            raise missing("Flytningen")

    def finish(self, batch_id: str, *, at: datetime, by: str | None = None) -> None:
        """Say that a move is over, or was stopped by somebody; the first to say so is kept."""
        self.session.execute(
            update(MigrationBatchRow)
            .where(MigrationBatchRow.id == batch_id, MigrationBatchRow.finished_at.is_(None))
            .values(finished_at=at, stopped_by=by)
        )

    def pass_over(self, batch_id: str, *, why: str, at: datetime) -> None:
        """Say of all that wait their turn that they will not have it."""
        self.session.execute(
            update(MigrationItemRow)
            .where(
                MigrationItemRow.batch_id == batch_id,
                MigrationItemRow.state == MoveState.WAITING.value,
            )
            .values(state=MoveState.PASSED_OVER.value, why=why, handled_at=at)
        )

    # ---- what tokens wait for ----------------------------------------------------------

    def waits(self, instance_id: int) -> Mapping[str, Mapping[str, object]]:
        """Return what an instance waits for, by token, as far as a move can change it."""
        found: dict[str, dict[str, object]] = {}
        tasks = select(UserTaskRow).where(
            UserTaskRow.instance_id == instance_id, UserTaskRow.state == TaskState.OPEN.value
        )
        for task in self.session.scalars(tasks):
            found[task.token] = {
                "kind": "task",
                "id": task.id,
                "priority": task.priority,
                "reason": task.reason,
                "element_id": task.element_id,
                "name": task.name,
                "form_key": task.form_key,
                "role": task.role,
                "due_at": None if task.due_at is None else task.due_at.isoformat(),
                "assignee": task.assignee,
                "draft": task.draft,
            }
        queues: tuple[tuple[Any, str], ...] = ((TimerRow, "timer"), (JobRow, "job"))
        for table, kind in queues:
            rows = select(table).where(table.instance_id == instance_id, table.state == WAITING)
            for row in self.session.scalars(rows):
                found[row.token] = {"kind": kind, "id": row.id, "element_id": row.element_id}
        waits = select(SubscriptionRow).where(SubscriptionRow.instance_id == instance_id)
        for wait in self.session.scalars(waits):
            found[wait.token] = {
                "kind": "message",
                "element_id": wait.element_id,
                "message": wait.message,
                "key": wait.key,
            }
        return found

    def rename(self, instance_id: int, token: str, element_id: str) -> None:
        """Write another element on what a token waits for."""
        for table in (UserTaskRow, JobRow, TimerRow, SubscriptionRow):
            self.session.execute(
                update(table)
                .where(table.instance_id == instance_id, table.token == token)
                .values(element_id=element_id)
            )

    def reword_task(self, instance_id: int, token: str, *, words: Mapping[str, object]) -> None:
        """Write what an open task asks from now; with another form, the draft is gone."""
        # Whoever has the page open is told that the task has changed.
        self.session.execute(
            update(UserTaskRow)
            .where(
                UserTaskRow.instance_id == instance_id,
                UserTaskRow.token == token,
                UserTaskRow.state == TaskState.OPEN.value,
            )
            .values(**words, revision=UserTaskRow.revision + 1)
        )

    def reopen(self, instance_id: int, kind: str, row_id: int) -> None:
        """Open again a `task`, `job` or `timer` that was withdrawn, as it was."""
        table, was, now = WITHDRAWN[kind]
        self.session.execute(
            update(table)
            .where(table.instance_id == instance_id, table.id == row_id, table.state == was)
            .values(state=now)
        )
