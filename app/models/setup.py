"""Tables of central setup: municipalities and dated rates. None is municipal."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Date, Index, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Model, Moment, known


class MunicipalityRow(Model):
    """A municipality (kommune) by its official code."""

    __tablename__ = "municipality"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text)
    cvr: Mapped[str] = mapped_column(Text)
    address_lines: Mapped[list[str]] = mapped_column(ARRAY(Text))
    phone: Mapped[str] = mapped_column(Text)


class RateRow(Model):
    """A dated rate (sats); `valid_to` is the first day that no longer counts."""

    __tablename__ = "rate"
    __table_args__ = (
        known("confidence", "hoej", "mellem", "lav"),
        CheckConstraint("valid_to > valid_from", name="valid"),
        Index("rate_by_key", "key", "valid_from", unique=True),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text)
    amount_oere: Mapped[int] = mapped_column(BigInteger)
    unit: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    law: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    confidence: Mapped[str] = mapped_column(Text)
    derived: Mapped[bool] = mapped_column(Boolean)
    loaded_by: Mapped[str] = mapped_column(Text)
    loaded_at: Mapped[datetime] = mapped_column(Moment)
