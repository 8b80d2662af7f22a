"""Documents (dokumenter) and journal notes (journalnotater): what a case is written down in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Direction(StrEnum):
    """Which way a document went (retning)."""

    IN = "indgaaende"
    OUT = "udgaaende"
    INTERNAL = "internt"


@dataclass(frozen=True)
class Document:
    """A document (dokument): its content is found by digest and never changes."""

    id: str
    case_id: str
    title: str
    direction: Direction
    media_type: str
    sha256: str
    size_bytes: int
    recorded_at: datetime
    party_id: str | None
    """The party it is to or from."""
    subject_id: str | None
    """The letter, application or evidence it is the copy of."""


@dataclass(frozen=True)
class JournalNote:
    """A journal note (journalnotat): a sentence that must be findable later."""

    id: str
    case_id: str
    text: str
    by: str
    """A user, or `system`."""
    at: datetime
