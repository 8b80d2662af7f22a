"""Tables of the case: parties, application, documents, notes, assessments and facts."""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import (
    Identified,
    Model,
    Moment,
    Municipal,
    belongs_to,
    found_by,
    known,
    number_column,
    uuid_column,
)


class CaseRow(Identified, Model):
    """A case (sag)."""

    __tablename__ = "case_file"
    __table_args__ = (
        known("state", "opstaaet", "oplyst", "afgjort", "bestilt", "udfoert", "afsluttet"),
        known("protection", "normal", "beskyttet"),
        found_by("case_file_by_number", "number", unique=True),
        found_by("case_file_newest", "opened_at"),
    )

    number: Mapped[str] = mapped_column(Text(collation="C"))
    kle_subject: Mapped[str] = mapped_column(Text)
    kle_facet: Mapped[str] = mapped_column(Text)
    benefit: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    caseworker: Mapped[str | None] = mapped_column(Text)
    protection: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(Moment)


class CaseCounterRow(Municipal, Model):
    """How many cases a municipality has numbered in a year."""

    __tablename__ = "case_counter"

    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    last_number: Mapped[int] = mapped_column(Integer)


class PartyRow(Identified, Model):
    """One person in one case (part)."""

    __tablename__ = "party"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        known("role", "primaer_part", "aegtefaelle", "barn", "partsrepraesentant", "vaerge"),
        known("protection", "normal", "beskyttet"),
        CheckConstraint(r"cpr ~ '^\d{10}$'", name="cpr_digits"),
        found_by("party_of_case", "case_id", "position", unique=True),
        found_by("party_once", "case_id", "cpr", "role", unique=True),
        found_by("party_primary", "case_id", where="role = 'primaer_part'", unique=True),
        found_by("party_by_cpr", "cpr"),
    )

    case_id: Mapped[str] = uuid_column()
    position: Mapped[int] = mapped_column(Integer)
    """The order in which they came to the case."""
    role: Mapped[str] = mapped_column(Text)
    cpr: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    address_lines: Mapped[list[str]] = mapped_column(ARRAY(Text))
    protection: Mapped[str] = mapped_column(Text)


class PartyTokenRow(Municipal, Model):
    """A word of a party's name, normalised: what a search finds by its beginning.

    `LIKE` cannot use an index behind row-level security; comparing text can.
    """

    __tablename__ = "party_token"
    __table_args__ = (
        belongs_to("party", "party_id"),
        found_by("party_token_of_case", "case_id"),
    )

    token: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    party_id: Mapped[str] = uuid_column(primary_key=True)
    case_id: Mapped[str] = uuid_column()


class ApplicationRow(Identified, Model):
    """An application as received (ansøgning); never changed."""

    __tablename__ = "application"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        found_by("application_of_case", "case_id", "received_at"),
        found_by("application_once", "channel", "message_id", unique=True),
    )

    case_id: Mapped[str] = uuid_column()
    received_at: Mapped[datetime] = mapped_column(Moment)
    contact_on: Mapped[date] = mapped_column(Date)
    requested_from: Mapped[date] = mapped_column(Date)
    applies_jointly: Mapped[bool] = mapped_column(Boolean)
    channel: Mapped[str] = mapped_column(Text)
    answers: Mapped[dict[str, str]] = mapped_column(JSON)
    message_id: Mapped[str] = mapped_column(Text)


class DocumentContentRow(Municipal, Model):
    """The exact bytes of documents, by digest; written once."""

    __tablename__ = "document_content"
    __table_args__ = (CheckConstraint("encode(sha256(content), 'hex') = sha256", name="digest"),)

    sha256: Mapped[str] = mapped_column(Text, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class DocumentRow(Identified, Model):
    """A document (dokument); never changed."""

    __tablename__ = "document"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("party", "party_id"),
        ForeignKeyConstraint(
            ["municipality_id", "sha256"],
            ["document_content.municipality_id", "document_content.sha256"],
        ),
        known("direction", "indgaaende", "udgaaende", "internt"),
        found_by("document_of_case", "case_id", "recorded_at"),
    )

    case_id: Mapped[str] = uuid_column()
    title: Mapped[str] = mapped_column(Text)
    direction: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int] = number_column()
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    party_id: Mapped[str | None] = uuid_column(nullable=True)
    subject_id: Mapped[str | None] = mapped_column(Text)
    is_scanned: Mapped[bool | None] = mapped_column(Boolean)


class NoteRow(Identified, Model):
    """A journal note (journalnotat); never changed."""

    __tablename__ = "journal_note"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        found_by("journal_note_of_case", "case_id", "at"),
    )

    case_id: Mapped[str] = uuid_column()
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class AssessmentRow(Identified, Model):
    """What a caseworker made of facts and conditions (vurdering); never changed."""

    __tablename__ = "assessment"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        found_by("assessment_of_case", "case_id", "at"),
    )

    case_id: Mapped[str] = uuid_column()
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    discretion: Mapped[bool] = mapped_column(Boolean)
    text: Mapped[str] = mapped_column(Text)


class FactRow(Identified, Model):
    """A dated fact (oplysning); only `known_to` is noted afterwards, once."""

    __tablename__ = "fact"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("party", "party_id"),
        known("status", "ukendt", "ingen", "vaerdi"),
        known("source_kind", "register", "borger", "sagsbehandler"),
        CheckConstraint("(status = 'vaerdi') = (value IS NOT NULL)", name="value_with_status"),
        CheckConstraint("valid_to > valid_from", name="valid"),
        CheckConstraint("known_to >= known_from", name="known"),
        found_by("fact_of_case", "case_id", "known_from"),
        found_by(
            "fact_held_once",
            "party_id",
            "kind",
            "source_kind",
            "valid_from",
            where="known_to IS NULL",
            unique=True,
        ),
    )

    case_id: Mapped[str] = uuid_column()
    party_id: Mapped[str] = uuid_column()
    kind: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    value: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    source_kind: Mapped[str] = mapped_column(Text)
    source_name: Mapped[str] = mapped_column(Text)
    source_reference: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    known_from: Mapped[datetime] = mapped_column(Moment)
    known_to: Mapped[datetime | None] = mapped_column(Moment)
