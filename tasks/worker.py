"""`python -m tasks.worker`: one process that wakes on NOTIFY, sweeps every second, and works.

Without BROKER_URL the messages go over kombu's memory transport inside this process; with one, the
same entries are also woken by others. Threads only: typst must not be forked after its first use.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from time import monotonic
from types import FrameType

from tasks.celery_app import QUEUES, celery, core

SWEEP_SECONDS = 1.0
DEBOUNCE_SECONDS = 0.02
"""Notices that come together wake once."""
THREADS = 4

log = logging.getLogger(__name__)


class Waker(threading.Thread):
    """Sends each queue one wake-up when the database says so, and at every sweep."""

    def __init__(self) -> None:
        super().__init__(name="waker", daemon=True)
        self.stopping = threading.Event()

    def run(self) -> None:
        """Wake until told to stop."""
        receipts_at = 0.0
        while not self.stopping.is_set():
            if core().wait_for_work(SWEEP_SECONDS):
                time.sleep(DEBOUNCE_SECONDS)
            for queue in ("jobs", "outbox", "timers"):
                celery.send_task(f"tasks.{queue}", queue=queue, expires=10)
            if monotonic() >= receipts_at:
                celery.send_task("tasks.inbound", queue="inbound", expires=10)
                receipts_at = monotonic() + core().settings.receipts_seconds


def main() -> None:
    """Work until told to stop (SIGTERM or Ctrl-C)."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    waker = Waker()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        waker.stopping.set()

    signal.signal(signal.SIGTERM, stop)
    core()
    waker.start()
    worker = celery.Worker(
        pool="threads",
        concurrency=THREADS,
        queues=list(QUEUES),
        loglevel="WARNING",
        without_heartbeat=True,
        without_gossip=True,
        without_mingle=True,
    )
    worker.start()


if __name__ == "__main__":
    main()
