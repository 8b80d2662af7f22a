"""Takes work across municipalities: only ids, municipality and lease come back.

The functions in the database do the taking, as a role that sees nothing else. What is due is told
by our clock, so that a moved clock moves it; how long a lease lasts is told by the database's, so
that two workers' clocks need not agree.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Function, func, select, update

from app.models.processes import JobRow, OutboxRow, TimerRow
from app.security.row_level import enter_municipality
from processes.ports.records import Claim

TABLES: dict[str, type[JobRow | TimerRow | OutboxRow]] = {
    "jobs": JobRow,
    "timers": TimerRow,
    "outbox": OutboxRow,
}


class SqlClaims:
    """Leases due jobs, timers and outbox items; each call is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def jobs(self, *, now: datetime, limit: int, lease_seconds: int) -> Sequence[Claim]:
        """Lease due jobs, at most one an instance."""
        return self._claim(func.claim_jobs(limit, lease_seconds, now))

    def timers(self, *, now: datetime, limit: int, lease_seconds: int) -> Sequence[Claim]:
        """Lease due timers, at most one an instance."""
        return self._claim(func.claim_timers(limit, lease_seconds, now))

    def outbox(self, *, now: datetime, limit: int, lease_seconds: int) -> Sequence[Claim]:
        """Lease items ready to leave, at most one an ordering key, in order."""
        return self._claim(func.claim_outbox(limit, lease_seconds, now))

    def _claim(self, function: Function[Any]) -> Sequence[Claim]:
        taken = function.table_valued("id", "municipality_id", "lease")
        with self.engine.begin() as connection:
            return [
                Claim(row.id, row.municipality_id, str(row.lease))
                for row in connection.execute(select(taken))
            ]

    def release(self, kind: str, claim: Claim) -> None:
        """Give a lease back at once; `kind` is `jobs`, `timers` or `outbox`."""
        table = TABLES[kind]
        with self.engine.begin() as connection:
            enter_municipality(connection, claim.municipality_id)
            connection.execute(
                update(table)
                .where(table.id == claim.id, table.lease == claim.lease)
                .values(lease=None, lease_until=None)
            )
