"""Fire due timers."""

from __future__ import annotations

from functools import partial

from tasks.celery_app import BATCH, LEASE_SECONDS, celery, core, drain


@celery.task(name="tasks.timers")
def fire_timers() -> int:
    """Fire every due timer."""
    it = core()
    return drain(
        partial(it.claims_due, "timers", limit=BATCH, lease_seconds=LEASE_SECONDS),
        it.control.fire_timer,
        it.control.timer_broke,
    )
