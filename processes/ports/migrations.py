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

    def running_counts(self, process_key: str) -> Mapping[int, int]:
        """Return how many instances have not ended, by definition."""

    def add_batch(self, batch: MigrationBatch, instance_ids: Sequence[int] | None) -> int:
        """Insert a move with its instances, all open ones of its version for None; how many."""

    def batch(self, batch_id: str) -> MigrationBatch:
        """Return a move."""

    def batches(self, process_key: str | None = None) -> Sequence[MigrationBatch]:
        """Return moves, newest first."""

    def counts(self, batch_ids: Sequence[str]) -> Mapping[str, MigrationCounts]:
        """Return how far some moves are, in one statement."""

    def waiting(self, batch_id: str, *, limit: int) -> Sequence[int]:
        """Return ids of items that wait their turn, in order of their instances."""

    def item(self, item_id: int) -> MigrationItem:
        """Return one item; the row is held until the transaction ends."""

    def items(
        self, batch_id: str, *, state: MoveState | None = None, limit: int = 200
    ) -> Sequence[MigrationItem]:
        """Return items of a move, by instance; states before and after are left out."""

    def save_item(self, item: MigrationItem) -> None:
        """Write what became of one instance."""

    def finish(self, batch_id: str, *, at: datetime, by: str | None = None) -> None:
        """Say that a move is over, or was stopped by somebody; the first to say so is kept."""

    def reword(
        self,
        instance_id: int,
        token: str,
        *,
        element_id: str,
        name: str = "",
        form_key: str = "",
        role: str = "",
    ) -> None:
        """Write another element on what a token waits for; an emptied form loses its draft."""

    def reopen(self, instance_id: int, token: str) -> None:
        """Open again what was withdrawn for a token: task, job, timer, each as it was."""
