"""The Celery app: queues, and one base for every entry. Rows decide retries and timers.

A message carries nothing but "look": each entry claims rows and drains them. There is no beat and
no autoretry; what fails is written on its row by the core.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import lru_cache
from os import environ

from celery import Celery

from app.config import Settings
from app.wiring import Core, build_core
from processes.ports.records import Claim

MEMORY = "memory://"
QUEUES = ("jobs", "outbox", "timers", "inbound", "housekeeping")
"""Every queue there is; the worker consumes them all unless told otherwise."""
BATCH = 5
"""Rows leased at once: few, so that the last one is begun well within the lease."""

log = logging.getLogger(__name__)

celery = Celery(
    "ky",
    broker=environ.get("BROKER_URL") or MEMORY,
    include=["tasks.jobs", "tasks.relay", "tasks.timers", "tasks.inbound", "tasks.housekeeping"],
)
celery.conf.update(
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_default_queue="jobs",
    task_routes={f"tasks.{queue}": {"queue": queue} for queue in QUEUES},
    task_create_missing_queues=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
    broker_transport_options={"polling_interval": 0.05},
)

_lock = threading.Lock()


@lru_cache(maxsize=1)
def _core() -> Core:
    return build_core(Settings.from_environment(environ))


def core() -> Core:
    """Return the core of this process, made once."""
    with _lock:
        return _core()


def close() -> None:
    """Let go of this process's core; the next entry makes a new one."""
    with _lock:
        if _core.cache_info().currsize:
            _core().close()
            _core.cache_clear()


def drain(
    kind: str, act: Callable[[Claim], None], broke: Callable[[Claim, Exception], None]
) -> int:
    """Claim rows of a kind and work until nothing is left; returns how many were worked.

    The one place that catches everything: a row that fails is noted on itself, and the next one is
    none the worse. When it was the database that went away, nothing is wrong with the row: its
    lease is given back, and the next wake-up goes on.
    """
    it = core()
    worked = 0
    try:
        while claims := it.claims_due(kind, limit=BATCH):
            for each in claims:
                worked += 1
                _work(kind, each, act, broke)
    except Exception as error:
        if not it.is_passing(error):
            raise
        log.warning("%s: the database is away; the next wake-up goes on", kind)
    return worked


def _work(
    kind: str,
    claim: Claim,
    act: Callable[[Claim], None],
    broke: Callable[[Claim, Exception], None],
) -> None:
    try:
        act(claim)
    except Exception as error:
        if core().is_passing(error):
            log.warning("%s: the database went away under row %s", kind, claim.id)
            core().claims.release(kind, claim)
            return
        log.exception("row %s of municipality %s failed", claim.id, claim.municipality_id)
        broke(claim, error)
