"""Tables of drafts of processes, and of processes that are taken out of use.

Definitions are not municipal, and neither are their drafts: a diagram is drawn once for all.
"""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Model, Moment, known


class ProcessDraftRow(Model):
    """A draft of a process or a table, or the wish to take a process out of use (kladde)."""

    __tablename__ = "process_draft"
    __table_args__ = (
        known("kind", "process", "table", "retirement"),
        known("state", "open", "submitted", "approved", "discarded"),
        known("running", "stay", "move"),
        CheckConstraint("decided_by <> submitted_by", name="two_persons"),
        CheckConstraint(
            "state <> 'approved' OR (submitted_by IS NOT NULL AND decided_by IS NOT NULL"
            " AND valid_from IS NOT NULL AND reason <> '')",
            name="approved_by_somebody",
        ),
        Index("process_draft_by_key", "key"),
        Index("process_draft_by_state", "state"),
    )

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    base_version: Mapped[int | None] = mapped_column(Integer)
    revision: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date | None] = mapped_column(Date)
    running: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    submitted_by: Mapped[str | None] = mapped_column(Text)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int | None] = mapped_column(Integer)
    """The version it became."""


class ProcessDraftFileRow(Model):
    """One file of a draft, as it was last saved."""

    __tablename__ = "process_draft_file"

    draft_id: Mapped[str] = mapped_column(
        Uuid(as_uuid=False), ForeignKey("process_draft.id"), primary_key=True
    )
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ProcessDraftEventRow(Model):
    """Who did what to a draft, and why (forløb); append-only."""

    __tablename__ = "process_draft_event"
    __table_args__ = (
        known(
            "what",
            "created",
            "uploaded",
            "saved",
            "submitted",
            "taken_back",
            "sent_back",
            "approved",
            "discarded",
        ),
        Index("process_draft_event_of_draft", "draft_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    draft_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), ForeignKey("process_draft.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)


class ProcessRetirementRow(Model):
    """From when no case begins on a process (udgået); a later version takes it up again."""

    __tablename__ = "process_retirement"
    __table_args__ = (Index("process_retirement_by_key", "key"),)

    draft_id: Mapped[str] = mapped_column(
        Uuid(as_uuid=False), ForeignKey("process_draft.id"), primary_key=True
    )
    key: Mapped[str] = mapped_column(Text)
    from_day: Mapped[date] = mapped_column(Date)
    after_version: Mapped[int] = mapped_column(Integer)
