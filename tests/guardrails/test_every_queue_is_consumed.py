"""A wake-up that nobody hears is work that waits: every queue has an entry and a worker."""

import ast
from pathlib import Path

import pytest

from app import wakeup
from app.local import container, programs
from app.local.places import ROOT
from tasks import celery_app
from tests.guardrails.tree import sources


def entries() -> dict[str, str]:
    """Return each of our Celery entries by name, with the queue its messages go to."""
    celery = celery_app.celery
    celery.loader.import_default_modules()
    ours = [name for name in celery.tasks if name.startswith("tasks.")]
    return {name: celery.amqp.router.route({}, name)["queue"].name for name in ours}


def test_every_queue_has_exactly_one_entry_that_bears_its_name() -> None:
    assert entries() == {f"tasks.{queue}": queue for queue in celery_app.QUEUES}


def test_what_is_woken_after_commit_is_a_queue() -> None:
    assert set(wakeup.QUEUES) <= set(celery_app.QUEUES)


def test_the_worker_takes_every_queue() -> None:
    worker = dict(sources("tasks"))["tasks/worker.py"]
    (taken,) = [
        ast.unparse(keyword.value)
        for node in ast.walk(worker)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "Worker"
        for keyword in node.keywords
        if keyword.arg == "queues"
    ]

    assert taken == "list(QUEUES)"


def test_the_images_worker_is_that_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(container, "become", started.append)

    container.main(["worker"])

    assert started == [programs.WORKER_COMMAND] == [["-m", "tasks.worker"]]
    assert 'ENTRYPOINT ["python", "-m", "app.local.container"]' in (ROOT / "Dockerfile").read_text()


def test_the_runbook_names_every_queue() -> None:
    runbook = Path(ROOT / "docs" / "runbook.md").read_text()
    section = runbook.split("### Queues")[1].split("\n## ")[0]

    assert {queue for queue in celery_app.QUEUES if f"| `{queue}` |" not in section} == set()
