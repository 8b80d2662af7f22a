"""Deliver what is in the outbox, in order per case, safe to run twice."""

from __future__ import annotations

from functools import partial

from tasks.celery_app import BATCH, LEASE_SECONDS, celery, core, drain


@celery.task(name="tasks.outbox")
def deliver_outbox() -> int:
    """Deliver everything that is ready to leave."""
    it = core()
    return drain(
        partial(it.claims_due, "outbox", limit=BATCH, lease_seconds=LEASE_SECONDS),
        it.relay.deliver,
        it.relay.broke,
    )
