"""Tables of people who log in, their sessions, and who saw and did what.

Users, roles and sessions are not municipal: one person can work for two municipalities, and which
one is not known before a role is chosen.
"""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Model, Moment, Numbered, found_by


class UserRow(Model):
    """Somebody who logs in (bruger)."""

    __tablename__ = "user_account"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    cpr_digest: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean)


class UserRoleRow(Model):
    """One job function of a user: role and unit in one municipality (jobfunktionsrolle)."""

    __tablename__ = "user_role"
    __table_args__ = (Index("user_role_by_municipality", "municipality_id"),)

    user_id: Mapped[str] = mapped_column(Text, ForeignKey("user_account.id"), primary_key=True)
    municipality_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("municipality.id"), primary_key=True, autoincrement=False
    )
    role: Mapped[str] = mapped_column(Text, primary_key=True)
    unit: Mapped[str] = mapped_column(Text, primary_key=True)


class WebSessionRow(Model):
    """A login that lasts for a while (session); found by the digest of its cookie, never by it."""

    __tablename__ = "web_session"
    __table_args__ = (
        Index("web_session_by_user", "user_id"),
        Index("web_session_by_expiry", "expires_at"),
    )

    token_digest: Mapped[str] = mapped_column(Text, primary_key=True)
    user_id: Mapped[str | None] = mapped_column(Text)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class AuditEventRow(Numbered, Model):
    """Who saw or did what (logning); append-only."""

    __tablename__ = "audit_event"
    __table_args__ = (
        found_by("audit_event_by_subject", "subject", "id"),
        found_by("audit_event_by_user", "user_id", "at"),
    )

    at: Mapped[datetime] = mapped_column(Moment)
    user_id: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
