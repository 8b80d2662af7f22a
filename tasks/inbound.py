"""Fetch what counterparts have for us: receipts of payments."""

from __future__ import annotations

import logging

from processes.domain.errors import OutsideError
from tasks.celery_app import celery, core

log = logging.getLogger(__name__)


@celery.task(name="tasks.inbound")
def fetch_receipts() -> int:
    """Ask the bank what became of payments under way; when it is down, the next round asks."""
    try:
        return core().intake.fetch_receipts()
    except OutsideError as error:
        log.warning("receipts were not fetched: %s", error)
        return 0
