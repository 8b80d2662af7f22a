"""Fire due timers."""

from __future__ import annotations

from tasks.celery_app import celery, core, drain


@celery.task(name="tasks.timers")
def fire_timers() -> int:
    """Fire every due timer."""
    it = core()
    return drain("timers", it.control.fire_timer, it.control.timer_broke)
