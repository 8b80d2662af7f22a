"""Answers: what do all tables have in common?

`db` carries the metadata; nothing here needs a Flask application. Every municipal table has the
municipality first in its primary key, so that a municipality can be moved to a server of its own
and a foreign key cannot cross from one to another.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    TypeDecorator,
    Uuid,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "pk": "%(table_name)s_pkey",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "uq": "%(table_name)s_%(constraint_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s",
}


class Base(DeclarativeBase):
    """Carries the naming of constraints into `db.Model`."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)

if TYPE_CHECKING:

    class Model(DeclarativeBase):
        """What every table's class inherits, as the type checker sees it."""
else:
    Model = db.Model

THIS_MUNICIPALITY = "current_setting('app.municipality')::integer"


class Moment(TypeDecorator[datetime]):
    """A moment with time zone: a naive one is refused on the way in, UTC comes out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment that does not say where it is."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"a moment needs its time zone, {value!r} has none")
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC, whatever the connection's zone."""
        return None if value is None else value.astimezone(UTC)


class Municipal:
    """A table whose rows belong to one municipality, walled by row-level security."""

    municipality_id: Mapped[int] = mapped_column(
        Integer,
        ForeignKey("municipality.id"),
        primary_key=True,
        autoincrement=False,
        server_default=text(f"({THIS_MUNICIPALITY})"),
        sort_order=-2,
    )


class Numbered(Municipal):
    """A municipal row whose id the database gives."""

    id: Mapped[int] = mapped_column(
        BigInteger, Identity(always=True), primary_key=True, sort_order=-1
    )


class Identified(Municipal):
    """A municipal row whose id the domain gives, as a UUID."""

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True, sort_order=-1)


def uuid_column(*, nullable: bool = False, primary_key: bool = False) -> Any:
    """Return a column that holds another row's UUID."""
    return mapped_column(Uuid(as_uuid=False), nullable=nullable, primary_key=primary_key)


def number_column(*, nullable: bool = False) -> Any:
    """Return a column that holds another row's number, or øre."""
    return mapped_column(BigInteger, nullable=nullable)


def nothing_column() -> Any:
    """Return a column of øre that is nothing where nobody says otherwise."""
    return mapped_column(BigInteger, server_default=text("0"))


def belongs_to(table: str, column: str) -> ForeignKeyConstraint:
    """Return a foreign key within the municipality."""
    return ForeignKeyConstraint(
        ["municipality_id", column], [f"{table}.municipality_id", f"{table}.id"]
    )


def found_by(name: str, *columns: Any, where: str | None = None, unique: bool = False) -> Index:
    """Return an index within the municipality, named for what it finds."""
    return Index(
        name,
        "municipality_id",
        *columns,
        unique=unique,
        postgresql_where=None if where is None else text(where),
    )


def known(column: str, *values: str) -> CheckConstraint:
    """Return a check that a text column holds one of some words."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_known")


def first_of_month(column: str) -> CheckConstraint:
    """Return a check that a date stands for its month."""
    return CheckConstraint(f"extract(day FROM {column}) = 1", name=f"{column}_first_day")
