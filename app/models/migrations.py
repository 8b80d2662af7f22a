"""Tables of running instances that were moved to another version of their process."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import (
    Identified,
    Model,
    Moment,
    Numbered,
    belongs_to,
    found_by,
    known,
    number_column,
    uuid_column,
)


class MigrationBatchRow(Identified, Model):
    """Instances to be moved from one version to another (flytning)."""

    __tablename__ = "migration_batch"
    __table_args__ = (
        belongs_to("migration_batch", "undoes"),
        found_by("migration_batch_newest", "started_at"),
    )

    process_key: Mapped[str] = mapped_column(Text)
    from_definition: Mapped[int] = mapped_column(BigInteger, ForeignKey("process_definition.id"))
    to_definition: Mapped[int] = mapped_column(BigInteger, ForeignKey("process_definition.id"))
    mapping: Mapped[dict[str, str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    started_by: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    stopped_by: Mapped[str | None] = mapped_column(Text)
    undoes: Mapped[str | None] = uuid_column(nullable=True)


class MigrationItemRow(Numbered, Model):
    """One instance of a move, with its state before and after (flyttet forløb)."""

    __tablename__ = "migration_item"
    __table_args__ = (
        belongs_to("migration_batch", "batch_id"),
        belongs_to("process_instance", "instance_id"),
        known("state", "waiting", "moved", "refused", "passed_over"),
        found_by("migration_item_once", "batch_id", "instance_id", unique=True),
        found_by("migration_item_waiting", "batch_id", "instance_id", where="state = 'waiting'"),
    )

    batch_id: Mapped[str] = uuid_column()
    instance_id: Mapped[int] = number_column()
    state: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    changes: Mapped[list[str]] = mapped_column(JSON)
    before: Mapped[bytes | None] = mapped_column(LargeBinary)
    after: Mapped[bytes | None] = mapped_column(LargeBinary)
    kept: Mapped[dict[str, object]] = mapped_column(JSON)
    handled_at: Mapped[datetime | None] = mapped_column(Moment)
