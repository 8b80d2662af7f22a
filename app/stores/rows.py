"""Answers: what do all stores do alike? One session, rows in, records out."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Select,
    UpdateBase,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from app.models.base import THIS_MUNICIPALITY
from processes.domain.errors import NotFoundError

Row = TypeVar("Row")


class Store:
    """Holds the session of one unit of work."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def insert(self, table: type[Any], rows: Iterable[Mapping[str, object]]) -> None:
        """Insert rows; the municipality is the transaction's own, by the column's default."""
        values = [dict(row) for row in rows]
        if values:
            self.session.execute(insert(table), values)

    def one(self, statement: Select[Row], what: str) -> Row:
        """Return the one row there must be; `what` is its name in Danish, definite."""
        row = self.session.scalars(statement).first()
        if row is None:
            raise missing(what)
        return row

    def count_changed(self, statement: UpdateBase) -> int:
        """Update or delete, and return how many rows it met."""
        return changed_rows(self.session, statement)

    def hold(self, *parts: object) -> None:
        """Let one transaction at a time of this municipality through for these words."""
        words = "\x1f".join(str(part) for part in parts)
        municipality: ColumnElement[int] = literal_column(THIS_MUNICIPALITY)
        self.session.execute(
            select(func.pg_advisory_xact_lock(func.hashtextextended(words, municipality)))
        )


def changed_rows(session: Session, statement: UpdateBase) -> int:
    """Run an update or delete, and return how many rows it met."""
    return cast(CursorResult[Any], session.execute(statement)).rowcount


def missing(what: str) -> NotFoundError:
    """Return the error for something that is not in this municipality."""
    return NotFoundError(f"{what} findes ikke i kommunen. Gå tilbage til listen, og vælg igen.")


def known_id(text: str, what: str) -> str:
    """Return an id fit for a key column; one that no row can have is simply not found."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise missing(what) from None
