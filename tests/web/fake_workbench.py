"""A process with one version and no draft, in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NoReturn

from processes.domain.access import Actor, require
from processes.domain.errors import NotFoundError
from processes.ports.workbench import LibraryPage, LibraryRow, Underway, VersionLine

LINE = VersionLine(
    1,
    "subsistence_application",
    1,
    "Ansøgning om kontanthjælp",
    "d" * 64,
    date(2026, 1, 1),
    "system",
    datetime(2025, 12, 1, 8, tzinfo=UTC),
    "application-received",
)
ROW = LibraryRow(
    key=LINE.key,
    name=LINE.name,
    area="Ydelsesafdelingen",
    number="P01",
    current=LINE,
    coming=None,
    underway=Underway(12, 1),
    others=(),
    drafts=(),
    changed_by="system",
    changed_at=LINE.deployed_at,
)


@dataclass
class FakeWorkbench:
    """The list of one process; everything else is not there."""

    def library(self, by: Actor) -> LibraryPage:
        """Return the list."""
        require(by, "process.read")
        return LibraryPage((ROW,), (), (), (), {}, {"poul": "Poul Krag"})

    def __getattr__(self, name: str) -> NoReturn:
        """Find nothing else."""
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotFoundError("Den findes ikke.")
