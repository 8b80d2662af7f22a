"""What must be looked up before a municipality is known: users, logins, the municipalities.

Only tables that belong to no municipality are touched; each call is a transaction of its own.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.models.security import UserRow, WebSessionRow
from app.models.setup import MunicipalityRow
from app.security.sessions import WebSession
from app.stores.engine import ALWAYS_FRESH
from app.stores.rows import changed_rows, missing
from app.stores.setup import municipality_of, user_of, users_of
from processes.ports.records import Municipality, User


class CentralStore:
    """Users, logins and municipalities, outside any municipality."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def _open(self) -> Session:
        return Session(self.engine, autoflush=False, execution_options=ALWAYS_FRESH)

    def user(self, user_id: str) -> User:
        """Return a user, inactive ones too."""
        with self._open() as session:
            user = user_of(session, user_id)
            if user is None:
                raise missing("Brugeren")
            return user

    def all_users(self) -> Sequence[User]:
        """Return every active user, by name."""
        with self._open() as session:
            wanted = select(UserRow).where(UserRow.active).order_by(UserRow.name, UserRow.id)
            return users_of(session, session.scalars(wanted).all())

    def municipalities(self) -> Sequence[Municipality]:
        """Return the municipalities, by name."""
        with self._open() as session:
            rows = session.scalars(select(MunicipalityRow).order_by(MunicipalityRow.name))
            return [municipality_of(row) for row in rows]

    def create_session(self, web_session: WebSession) -> None:
        """Keep a new login."""
        with self._open() as session, session.begin():
            session.execute(insert(WebSessionRow).values(_row(web_session)))

    def session(self, token_digest: str, *, now: datetime) -> WebSession | None:
        """Return a login that has not expired."""
        wanted = select(WebSessionRow).where(
            WebSessionRow.token_digest == token_digest, WebSessionRow.expires_at > now
        )
        with self._open() as session:
            row = session.scalars(wanted).first()
            return None if row is None else _session_of(row)

    def save_session(self, web_session: WebSession) -> bool:
        """Write a login's user, data and expiry; False when it was revoked in the meantime."""
        values = _row(web_session)
        with self._open() as session, session.begin():
            mine = WebSessionRow.token_digest == web_session.token_digest
            return changed_rows(session, update(WebSessionRow).where(mine).values(values)) > 0

    def delete_session(self, token_digest: str) -> None:
        """Revoke a login."""
        with self._open() as session, session.begin():
            session.execute(delete(WebSessionRow).where(WebSessionRow.token_digest == token_digest))

    def delete_sessions_of(self, user_id: str) -> int:
        """Revoke every login of a user; returns how many there were."""
        with self._open() as session, session.begin():
            return changed_rows(
                session, delete(WebSessionRow).where(WebSessionRow.user_id == user_id)
            )

    def delete_expired_sessions(self, *, now: datetime) -> int:
        """Forget logins that have expired; returns how many there were."""
        with self._open() as session, session.begin():
            return changed_rows(
                session, delete(WebSessionRow).where(WebSessionRow.expires_at <= now)
            )

    def make_history_months(self, first_on: date, last_on: date) -> int:
        """Make room for history of these months; returns how many months were new."""
        with self._open() as session, session.begin():
            made = select(func.ensure_history_months(first_on, last_on))
            return int(session.execute(made).scalar_one())


def _row(web_session: WebSession) -> dict[str, object]:
    return {
        "token_digest": web_session.token_digest,
        "user_id": web_session.user_id,
        "body": web_session.body,
        "created_at": web_session.created_at,
        "seen_at": web_session.seen_at,
        "expires_at": web_session.expires_at,
    }


def _session_of(row: WebSessionRow) -> WebSession:
    return WebSession(
        token_digest=row.token_digest,
        user_id=row.user_id,
        body=row.body,
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
    )
