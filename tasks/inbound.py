"""Fetch what counterparts have for us: receipts of payments, and movements of claims."""

from __future__ import annotations

import logging
from collections.abc import Callable

from processes.domain.errors import OutsideError
from tasks.celery_app import celery, core

log = logging.getLogger(__name__)


@celery.task(name="tasks.inbound")
def fetch_receipts() -> int:
    """Ask the bank and the debtor system what became of what is under way.

    Each by itself: when one is down the other is asked, and the next round asks again.
    """
    return _asked("receipts", core().intake.fetch_receipts) + _asked(
        "movements of claims", core().intake.fetch_claim_movements
    )


def _asked(what: str, fetch: Callable[[], int]) -> int:
    try:
        return fetch()
    except OutsideError as error:
        log.warning("%s were not fetched: %s", what, error)
        return 0
