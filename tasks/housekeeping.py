"""Keep house: room for history ahead, what has expired forgotten, and the month's run planned."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from celery.signals import worker_ready

from tasks.celery_app import celery, core

AHEAD = timedelta(days=92)
"""Three months: many missed days may pass before history has no month of its own."""
DAY_SECONDS = 24 * 60 * 60

log = logging.getLogger(__name__)


@celery.task(name="tasks.housekeeping")
def keep_house() -> None:
    """Make the next months of history, forget what has expired; a missed day costs nothing."""
    it = core()
    today = it.clock.today()
    try:
        months = it.central.make_history_months(today, today + AHEAD)
        logins = it.central.delete_expired_sessions(now=it.clock.now())
        everywhere = [each.id for each in it.central.municipalities()]
        drafts = sum(it.drafts.forget_old(each) for each in everywhere)
        filters = sum(it.desk.forget_old(each) for each in everywhere)
        told = sum(it.drafts.tell_owners(each) for each in everywhere)
        files = sum(it.drafts.forget_files(each) for each in everywhere)
        runs = sum(it.runs.plan_ahead(each) is not None for each in everywhere)
        incomes = sum(it.incomes.start_due(each) is not None for each in everywhere)
        differences = sum(it.books.reconcile(each) for each in everywhere)
        messages = sum(it.upkeep.forget_messages(each) for each in everywhere)
        stuck = sum(it.upkeep.find_stuck(each) for each in everywhere)
    except Exception as error:
        if not it.is_passing(error):
            raise
        log.warning("housekeeping: the database is away; tomorrow goes on")
        return
    log.info(
        "housekeeping: %s months made; %s expired logins, %s old drafts and %s files never sent"
        " forgotten, %s filters; %s people told that their draft will go; %s payment runs planned,"
        " %s months of income looked at, %s differences between the books; %s messages nobody took"
        " forgotten, %s instances found that wait for nothing",
        months,
        logins,
        drafts,
        files,
        filters,
        told,
        runs,
        incomes,
        differences,
        messages,
        stuck,
    )


def wake() -> None:
    """Send the queue one wake-up."""
    celery.send_task("tasks.housekeeping", queue="housekeeping", expires=DAY_SECONDS)


@worker_ready.connect
def wake_daily(sender: Any, **_more: object) -> None:
    """Wake now that a worker is ready, and every day from now; a reconnected one begins anew."""
    wake()
    sender.timer.call_repeatedly(DAY_SECONDS, wake)
