"""Tables of the law as people change it: drafts, approved changes, and what was tried on whom.

Drafts and changes are central, as rates and diagrams are; a trial is a municipality's own.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import (
    Identified,
    Model,
    Moment,
    Municipal,
    belongs_to,
    first_of_month,
    found_by,
    known,
    uuid_column,
)


def _serial() -> Mapped[int]:
    return mapped_column(BigInteger, Identity(always=True), primary_key=True)


def _of_draft() -> Any:
    return mapped_column(Uuid(as_uuid=False), ForeignKey("law_draft.id"))


class LawDraftRow(Model):
    """Changes of the law somebody writes and another approves (kladde)."""

    __tablename__ = "law_draft"
    __table_args__ = (
        known("state", "kladde", "indsendt", "godkendt", "kasseret"),
        CheckConstraint(
            "state <> 'godkendt' OR (decided_by <> '' AND decided_by <> written_by"
            " AND decided_by <> submitted_by AND decided_by <> ALL (authors))",
            name="two_people",
        ),
        CheckConstraint("written_by = ANY (authors)", name="author_named"),
        CheckConstraint(
            "state NOT IN ('indsendt', 'godkendt') OR submitted_at IS NOT NULL", name="handed_in"
        ),
        CheckConstraint(
            "(state IN ('godkendt', 'kasseret')) = (decided_at IS NOT NULL)", name="decided"
        ),
        Index("law_draft_by_state", "state", "saved_at"),
    )

    id: Mapped[str] = uuid_column(primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    stories: Mapped[str] = mapped_column(Text)
    meant: Mapped[dict[str, str]] = mapped_column(JSON)
    recalculates: Mapped[bool] = mapped_column(Boolean)
    revision: Mapped[int] = mapped_column(Integer)
    written_by: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(Moment)
    authors: Mapped[list[str]] = mapped_column(ARRAY(Text))
    saved_by: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(Moment)
    submitted_by: Mapped[str] = mapped_column(Text)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decision: Mapped[str] = mapped_column(Text)


class LawDraftEventRow(Model):
    """What was done with a draft, when and by whom (kladdens historik)."""

    __tablename__ = "law_draft_event"
    __table_args__ = (Index("law_draft_event_of_draft", "draft_id", "id"),)

    id: Mapped[int] = _serial()
    draft_id: Mapped[str] = _of_draft()
    at: Mapped[datetime] = mapped_column(Moment)
    by_user: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)


class LawChangeRow(Model):
    """One approved rate row or rule version (ændring); written once."""

    __tablename__ = "law_change"
    __table_args__ = (
        known("kind", "sats", "regel"),
        CheckConstraint("valid_to > valid_from", name="valid"),
        CheckConstraint("approved_by <> written_by", name="two_people"),
        Index("law_change_version", "kind", "subject", "version", unique=True),
        Index("law_change_of_draft", "draft_id"),
    )

    id: Mapped[int] = _serial()
    draft_id: Mapped[str] = _of_draft()
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    content: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    known_from: Mapped[datetime] = mapped_column(Moment)
    written_by: Mapped[str] = mapped_column(Text)
    approved_by: Mapped[str] = mapped_column(Text)


class LawTrialRow(Identified, Model):
    """A draft tried on a population (prøve): when, on whom, and what came of it."""

    __tablename__ = "law_trial"
    __table_args__ = (
        known("population", "borgere", "opdigtede"),
        first_of_month("month"),
        CheckConstraint("(ended_at IS NULL) = (report IS NULL)", name="ended"),
        found_by("law_trial_of_draft", "draft_id", "started_at"),
    )

    draft_id: Mapped[str] = _of_draft()
    revision: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(Text)
    population: Mapped[str] = mapped_column(Text)
    month: Mapped[date] = mapped_column(Date)
    persons: Mapped[int] = mapped_column(Integer)
    started_by: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class LawTrialPartRow(Municipal, Model):
    """A portion of a trial (prøvens del), so that it can be worked by many and begun again."""

    __tablename__ = "law_trial_part"
    __table_args__ = (
        belongs_to("law_trial", "trial_id"),
        CheckConstraint("(done_at IS NULL) = (result IS NULL)", name="done"),
    )

    trial_id: Mapped[str] = uuid_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    persons: Mapped[int] = mapped_column(Integer)
    cases: Mapped[list[str]] = mapped_column(JSON)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
