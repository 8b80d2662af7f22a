"""Where the daily reconciliation looks, and where what it found is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from processes.domain.access import Actor
from processes.domain.books import BookDifference


@dataclass(frozen=True)
class BookReconciliation:
    """One time the books were held against each other (daglig afstemning)."""

    id: str
    case_id: str | None
    """The case somebody has a task about it in; None when everything agreed."""
    at: datetime
    figures: Mapping[str, int]
    differences: tuple[BookDifference, ...]


class BookStore(Protocol):
    """Daily reconciliations."""

    def look(self, *, answered_by: date, now: datetime) -> Sequence[BookDifference]:
        """Return everything that does not agree now; what was sent after a day may still wait."""

    def add(self, found: BookReconciliation) -> None:
        """Append a reconciliation."""

    def newest(self, *, limit: int) -> Sequence[BookReconciliation]:
        """Return the newest reconciliations, the newest first."""

    def open_case(self) -> str | None:
        """Return the case somebody has an open task about differences in; None without one."""


class BookDesk(Protocol):
    """What the page of daily reconciliations asks for."""

    def page(self, by: Actor) -> Sequence[BookReconciliation]:
        """Return the newest reconciliations."""

    def reconcile(self, municipality_id: int) -> int:
        """Hold the books against each other; returns how many differences there are."""
