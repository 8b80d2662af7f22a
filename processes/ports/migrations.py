"""What is remembered of running instances that were moved to another version of their process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from processes.ports.records import ProcessInstance


class MoveState(StrEnum):
    """How far the move of one instance is (flyttetilstand)."""

    WAITING = "waiting"
    MOVED = "moved"
    REFUSED = "refused"
    """It could not be moved as it stood; `why` says what is in the way."""
    PASSED_OVER = "passed_over"
    """It had ended, or was on another version already, before its turn came."""


@dataclass(frozen=True)
class MigrationBatch:
    """Instances to be moved from one version of a process to another (flytning)."""

    id: str
    process_key: str
    from_definition: int
    to_definition: int
    mapping: Mapping[str, str]
    """Where elements without a namesake go: `process/element` to an element id."""
    reason: str
    started_by: str
    started_at: datetime
    finished_at: datetime | None = None
    stopped_by: str | None = None
    undoes: str | None = None
    """The batch it takes back."""


@dataclass(frozen=True)
class MigrationItem:
    """One instance in a move (flyttet forløb), with its state before and after."""

    id: int
    batch_id: str
    instance_id: int
    state: MoveState
    why: str = ""
    changes: tuple[str, ...] = ()
    before: bytes | None = None
    after: bytes | None = None
    kept: Mapping[str, object] = field(default_factory=dict)
    """What it waited for before, as far as the move changed it: what a way back must restore."""
    handled_at: datetime | None = None


@dataclass(frozen=True)
class MigrationCounts:
    """How many instances of a move are in each state (fremdrift)."""

    waiting: int = 0
    moved: int = 0
    refused: int = 0
    passed_over: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.waiting + self.moved + self.refused + self.passed_over


class MigrationStore(Protocol):
    """Moves between versions, and which instances are on which version."""

    def open_instances(
        self, definition_id: int, *, after: int = 0, limit: int = 200
    ) -> Sequence[ProcessInstance]:
        """Return instances of a version that have not ended, by id, after one."""

    def instance(self, instance_id: int) -> ProcessInstance:
        """Return one instance, without holding it."""

    def running_counts(self, definition_ids: Sequence[int]) -> Mapping[int, int]:
        """Return how many instances of some versions have not ended."""

    def add_batch(self, batch: MigrationBatch, instance_ids: Sequence[int] | None) -> int:
        """Insert a move with its instances, all open ones of its version for None; how many."""

    def batch(self, batch_id: str) -> MigrationBatch:
        """Return a move."""

    def batches(self, process_key: str | None = None) -> Sequence[MigrationBatch]:
        """Return moves, newest first."""

    def counts(self, batch_ids: Sequence[str]) -> Mapping[str, MigrationCounts]:
        """Return how far some moves are, in one statement."""

    def waiting(self, batch_id: str, *, limit: int) -> Sequence[tuple[int, int]]:
        """Return items that wait their turn, each with its instance, in order of instances."""

    def item(self, item_id: int) -> MigrationItem:
        """Return one item; the row is held until the transaction ends."""

    def item_of_instance(self, batch_id: str, instance_id: int) -> MigrationItem | None:
        """Return what a move did to an instance."""

    def items(
        self, batch_id: str, *, state: MoveState | None = None, limit: int = 200
    ) -> Sequence[MigrationItem]:
        """Return items of a move, by instance; states before and after are left out."""

    def moved(self, batch_id: str) -> Sequence[int]:
        """Return the instances that a move has moved."""

    def save_item(self, item: MigrationItem) -> None:
        """Write what became of one instance."""

    def finish(self, batch_id: str, *, at: datetime, by: str | None = None) -> None:
        """Say that a move is over, or was stopped by somebody; the first to say so is kept."""

    def pass_over(self, batch_id: str, *, why: str, at: datetime) -> None:
        """Say of all that wait their turn that they will not have it."""

    def waits(self, instance_id: int) -> Mapping[str, Mapping[str, object]]:
        """Return what an instance waits for, by token, as far as a move can change it."""

    def rename(self, instance_id: int, token: str, element_id: str) -> None:
        """Write another element on what a token waits for."""

    def reword_task(self, instance_id: int, token: str, *, words: Mapping[str, object]) -> None:
        """Write what an open task asks from now."""

    def reopen(self, instance_id: int, kind: str, row_id: int) -> None:
        """Open again a `task`, `job` or `timer` that was withdrawn, as it was."""
