"""Append-only: who saw and did what."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.models.security import AuditEventRow
from app.stores.rows import Store
from processes.ports.records import AuditEvent


class SqlAuditStore(Store):
    """Who saw and did what in this municipality."""

    def add(self, *events: AuditEvent) -> None:
        """Append, all in one statement and in this order."""
        self.insert(
            AuditEventRow,
            [
                {
                    "at": event.at,
                    "user_id": event.user,
                    "role": event.role,
                    "action": event.action,
                    "subject": event.subject,
                    "reason": event.reason,
                }
                for event in events
            ],
        )

    def of_subject(self, subject: str) -> Sequence[AuditEvent]:
        """Return what was seen and done of a subject, newest first."""
        rows = self.session.scalars(
            select(AuditEventRow)
            .where(AuditEventRow.subject == subject)
            .order_by(AuditEventRow.id.desc())
        )
        return [
            AuditEvent(row.at, row.user_id, row.role, row.action, row.subject, row.reason)
            for row in rows
        ]

    def touched(self, subjects: Sequence[str], *, since: datetime) -> frozenset[tuple[str, str]]:
        """Return which of these subjects which user saw or changed after a moment."""
        wanted = (
            select(AuditEventRow.subject, AuditEventRow.user_id)
            .where(AuditEventRow.subject.in_(subjects), AuditEventRow.at > since)
            .distinct()
        )
        return frozenset((subject, user) for subject, user in self.session.execute(wanted))
