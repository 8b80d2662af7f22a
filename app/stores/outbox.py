"""Rows to what must leave, and back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.models.processes import OutboxRow
from app.stores.codecs import plain_map
from app.stores.queues import FREE, LONGEST_ERROR
from app.stores.rows import Store
from processes.ports.records import Claim, OutboxItem


def item_of(row: OutboxRow) -> OutboxItem:
    """Make an outbox item of its row."""
    return OutboxItem(
        id=row.id,
        topic=row.topic,
        ordering_key=row.ordering_key,
        body=row.body,
        idempotency_key=row.idempotency_key,
        created_at=row.created_at,
        available_at=row.available_at,
        attempts=row.attempts,
        last_error=row.last_error,
    )


class SqlOutboxStore(Store):
    """What must leave."""

    def put(self, item: OutboxItem) -> None:
        """Insert an item; the same idempotency key twice inserts one."""
        self.session.execute(
            upsert(OutboxRow)
            .values(
                topic=item.topic,
                ordering_key=item.ordering_key,
                body=plain_map(item.body),
                idempotency_key=item.idempotency_key,
                created_at=item.created_at,
                available_at=item.available_at,
                attempts=item.attempts,
                last_error=item.last_error,
            )
            .on_conflict_do_nothing(index_elements=["municipality_id", "idempotency_key"])
        )

    def item(self, claim: Claim) -> OutboxItem | None:
        """Return a claimed item, row held; None when the lease is no longer ours or it is sent."""
        held = (
            select(OutboxRow)
            .where(
                OutboxRow.id == claim.id,
                OutboxRow.lease == claim.lease,
                OutboxRow.sent_at.is_(None),
            )
            .with_for_update(key_share=True)
        )
        row = self.session.scalars(held).first()
        return None if row is None else item_of(row)

    def sent(self, item_id: int, *, at: datetime) -> None:
        """Say an item has left."""
        self.session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == item_id, OutboxRow.sent_at.is_(None))
            .values(sent_at=at, last_error="", **FREE)
        )

    def retry(self, item_id: int, *, available_at: datetime, error: str) -> None:
        """Give an item back, to be tried again at a moment; one more attempt has failed."""
        self.session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == item_id, OutboxRow.sent_at.is_(None))
            .values(
                attempts=OutboxRow.attempts + 1,
                available_at=available_at,
                last_error=error[:LONGEST_ERROR],
                **FREE,
            )
        )

    def waiting(self) -> int:
        """Return how many items have not left."""
        counted = select(func.count()).where(OutboxRow.sent_at.is_(None))
        return self.session.execute(counted).scalar_one()

    def of_case(self, case_id: str) -> Sequence[OutboxItem]:
        """Return every item whose ordering key is the case, oldest first, sent ones too."""
        wanted = select(OutboxRow).where(OutboxRow.ordering_key == case_id)
        return [item_of(row) for row in self.session.scalars(wanted.order_by(OutboxRow.id))]
