"""Deliver what is in the outbox, in order per case, safe to run twice."""

from __future__ import annotations

from tasks.celery_app import celery, core, drain


@celery.task(name="tasks.outbox")
def deliver_outbox() -> int:
    """Deliver everything that is ready to leave."""
    it = core()
    return drain("outbox", it.relay.deliver, it.relay.broke)
