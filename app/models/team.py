"""Tables of a team: who is away, what was moved between people, and the filters they keep."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import (
    Identified,
    Model,
    Moment,
    Numbered,
    belongs_to,
    found_by,
    number_column,
    uuid_column,
)


class AbsenceRow(Numbered, Model):
    """Days somebody is away (fravær); the last one is the day before `away_to`."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("away_to IS NULL OR away_to >= away_from", name="in_order"),
        CheckConstraint("substitute <> user_id", name="needs_another"),
        found_by("absence_of_user", "user_id", "away_from"),
    )

    user_id: Mapped[str] = mapped_column(Text, ForeignKey("user_account.id"))
    away_from: Mapped[date] = mapped_column(Date)
    away_to: Mapped[date | None] = mapped_column(Date)
    substitute: Mapped[str | None] = mapped_column(Text, ForeignKey("user_account.id"))
    registered_by: Mapped[str] = mapped_column(Text)
    registered_at: Mapped[datetime] = mapped_column(Moment)


class MoveRow(Numbered, Model):
    """One task moved from one person to another (flytning)."""

    __tablename__ = "task_move"
    __table_args__ = (
        belongs_to("user_task", "task_id"),
        found_by("task_move_of_batch", "batch_id", "id"),
        found_by("task_move_by_moment", "moved_at"),
    )

    batch_id: Mapped[str] = uuid_column()
    task_id: Mapped[int] = number_column()
    from_user: Mapped[str | None] = mapped_column(Text)
    to_user: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    moved_by: Mapped[str] = mapped_column(Text)
    moved_at: Mapped[datetime] = mapped_column(Moment)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    from_follow_up: Mapped[date | None] = mapped_column(Date)
    to_follow_up: Mapped[date | None] = mapped_column(Date)


class InboxFilterRow(Identified, Model):
    """What somebody wants to see of an inbox (filter)."""

    __tablename__ = "inbox_filter"
    __table_args__ = (
        CheckConstraint(
            "name = '' OR coalesce(wanted ->> 'words', '') = ''", name="kept_without_words"
        ),
        CheckConstraint("unit = '' OR name <> ''", name="shared_with_a_name"),
        found_by("inbox_filter_of_owner", "owner", "name"),
        found_by("inbox_filter_of_unit", "unit", "name", where="unit <> ''"),
        found_by("inbox_filter_by_moment", "saved_at", where="name = ''"),
    )

    owner: Mapped[str] = mapped_column(Text, ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    wanted: Mapped[dict[str, object]] = mapped_column(JSONB)
    saved_at: Mapped[datetime] = mapped_column(Moment)
