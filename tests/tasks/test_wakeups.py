"""A message only says "look": rows are the truth, whoever carries the message."""

import os
import threading
from collections.abc import Iterator

import pytest
from celery import Celery
from kombu import Connection

from app.wakeup import QUEUES, Waker
from tasks import celery_app
from tasks.jobs import run_jobs
from tasks.relay import deliver_outbox
from tests.journeys.conftest import World

BROKER = "memory://wakeups"


@pytest.fixture
def worker(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A worker process's core, on the same database as the test's."""
    for name, value in world.core.settings.as_environment().items():
        monkeypatch.setenv(name, value)
    celery_app.close()
    yield world
    celery_app.close()


def test_an_entry_drains_every_row_that_is_due_and_can_be_run_twice(worker: World) -> None:
    case_id = worker.apply("anna")

    worked = [deliver_outbox.apply().get(), run_jobs.apply().get(), deliver_outbox.apply().get()]

    assert all(count > 0 for count in worked[:2])
    assert worker.forms(case_id) == ["casework.assess"]
    assert deliver_outbox.apply().get() + run_jobs.apply().get() == 0


def test_a_wake_up_over_a_broker_carries_the_names_of_the_queues_and_nothing_else() -> None:
    Waker(BROKER)()

    received = []
    with Connection(BROKER) as connection:
        for queue in QUEUES:
            with connection.SimpleQueue(queue) as waiting:
                message = waiting.get(timeout=5)
                received.append((message.headers["task"], message.payload[0], message.payload[1]))
                message.ack()

    assert received == [(f"tasks.{queue}", [], {}) for queue in QUEUES]


def test_a_broker_that_is_away_fails_nobodys_request(caplog: pytest.LogCaptureFixture) -> None:
    Waker("amqp://127.0.0.1:1/")()

    assert "work waits for the sweep" in caplog.text


@pytest.mark.filterwarnings("ignore::celery.exceptions.SecurityWarning")  # tests may run as root
def test_a_worker_of_threads_takes_the_message_and_works_the_rows(worker: World) -> None:
    """The embedded mode: one process, kombu's memory transport, threads."""
    case_id = worker.apply("anna")
    consumer = celery_app.celery.Worker(
        pool="threads",
        concurrency=2,
        queues=["outbox", "jobs"],
        loglevel="ERROR",
        without_heartbeat=True,
        without_gossip=True,
        without_mingle=True,
        quiet=True,
    )
    thread = threading.Thread(target=consumer.start, daemon=True)
    thread.start()
    try:
        for _try in range(200):
            celery_app.celery.send_task("tasks.outbox")
            celery_app.celery.send_task("tasks.jobs")
            if worker.forms(case_id) == ["casework.assess"]:
                break
            worker.core.wait_for_work(0.05)
    finally:
        consumer.stop()
        thread.join(10)

    assert worker.forms(case_id) == ["casework.assess"]
    assert isinstance(celery_app.celery, Celery)
    assert "BROKER_URL" not in os.environ
