"""Wakes workers after commit, by task name on a bare Celery client; knows no task code.

The rows are the truth: a lost message costs only the sweep interval. Without a broker the
database's own NOTIFY wakes the worker, and nothing is sent here.
"""

from __future__ import annotations

import logging

from celery import Celery
from kombu.exceptions import OperationalError

QUEUES = ("jobs", "outbox", "timers")
log = logging.getLogger(__name__)


class Waker:
    """Sends one small message a queue (vækning)."""

    def __init__(self, broker_url: str | None) -> None:
        self._client = None if broker_url is None else Celery("ky", broker=broker_url)

    def __call__(self) -> None:
        """Wake the workers of every queue, or do nothing without a broker."""
        if self._client is None:
            return
        for queue in QUEUES:
            try:
                self._client.send_task(f"tasks.{queue}", queue=queue, retry=False, expires=60)
            except OperationalError:
                # The sweep finds the rows; the request that made them must not fail for this.
                log.warning("broker unreachable, work waits for the sweep", exc_info=True)
                return
