"""Tables of watching and steering what runs, and of trying a draft on what has run."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
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


class PauseRow(Identified, Model):
    """One pause of an instance (pause): who stopped it, why, and who let it go on."""

    __tablename__ = "instance_pause"
    __table_args__ = (
        belongs_to("process_instance", "instance_id"),
        CheckConstraint("btrim(reason) <> ''", name="has_a_reason"),
        found_by("instance_pause_once", "instance_id", where="resumed_at IS NULL", unique=True),
    )

    instance_id: Mapped[int] = number_column()
    reason: Mapped[str] = mapped_column(Text)
    paused_by: Mapped[str] = mapped_column(Text)
    paused_at: Mapped[datetime] = mapped_column(Moment)
    resumed_by: Mapped[str | None] = mapped_column(Text)
    resumed_at: Mapped[datetime | None] = mapped_column(Moment)


class TokenMoveRow(Identified, Model):
    """One token to be moved by hand (håndflytning): asked by one, answered by another."""

    __tablename__ = "token_move"
    __table_args__ = (
        belongs_to("process_instance", "instance_id"),
        known("state", "asked", "moved", "refused", "withdrawn", "lapsed"),
        CheckConstraint("btrim(reason) <> ''", name="has_a_reason"),
        CheckConstraint(
            "(state = 'asked') = (answered_by IS NULL)"
            " AND (answered_by IS NULL) = (answered_at IS NULL)",
            name="answered",
        ),
        CheckConstraint(
            "state NOT IN ('moved', 'refused') OR answered_by <> asked_by", name="two_people"
        ),
        found_by("token_move_once", "instance_id", "token", where="state = 'asked'", unique=True),
        found_by("token_move_of_instance", "instance_id", "asked_at"),
        found_by("token_move_waiting", "asked_at", where="state = 'asked'"),
    )

    instance_id: Mapped[int] = number_column()
    token: Mapped[str] = mapped_column(Text)
    from_place: Mapped[str] = mapped_column(Text)
    from_name: Mapped[str] = mapped_column(Text)
    to_place: Mapped[str] = mapped_column(Text)
    to_name: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)


class ProcessCountRow(Municipal, Model):
    """What was counted last of one version (optælling); 0 is all of them together."""

    __tablename__ = "process_count"

    definition_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    counted_at: Mapped[datetime] = mapped_column(Moment)
    took_ms: Mapped[int] = mapped_column(Integer)
    counts: Mapped[dict[str, object]] = mapped_column(JSONB)


class TryoutRow(Identified, Model):
    """One draft tried on recorded cases (prøve)."""

    __tablename__ = "tryout"
    __table_args__ = (
        known("state", "waiting", "running", "done", "stopped"),
        CheckConstraint("done BETWEEN 0 AND total", name="counted"),
        CheckConstraint("(state = 'done') = (report IS NOT NULL)", name="reported"),
        found_by("tryout_of_subject", "subject", "asked_at"),
    )

    subject: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    process_key: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    files: Mapped[dict[str, str]] = mapped_column(JSONB)
    population: Mapped[dict[str, object]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(Text)
    total: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer)
    asked_by: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    report: Mapped[dict[str, object] | None] = mapped_column(JSONB(none_as_null=True))
    why: Mapped[str] = mapped_column(Text)


class TryoutCaseRow(Municipal, Model):
    """One recorded case of a try-out, and what it came to (prøvet sag)."""

    __tablename__ = "tryout_case"
    __table_args__ = (
        belongs_to("tryout", "tryout_id"),
        belongs_to("process_instance", "instance_id"),
    )

    tryout_id: Mapped[str] = uuid_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    instance_id: Mapped[int] = number_column()
    result: Mapped[dict[str, object] | None] = mapped_column(JSONB(none_as_null=True))
