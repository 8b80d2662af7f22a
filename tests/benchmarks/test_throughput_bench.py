"""How many instances without a wait a core carries through, and who takes the time.

Each is a transaction of its own with its history, on a real database. Prints figures with the
machine; asserts how many statements one instance is, never seconds.
"""

from __future__ import annotations

import sys
import time
from datetime import date

import pytest

from processes.engine.effects import Start
from processes.engine.runtime import advance
from processes.engine.tables import parse_table
from tests.benchmarks.test_pages_bench import counted
from tests.engine.drawing import draw, either, end, manual, path, rule, start
from tests.engine.tabling import table
from tests.journeys.conftest import World

MESSAGE = "bench-begun"
MOST_STATEMENTS = 12
"""The settings of the transaction, definition, tables, instance, history, and the state."""
FEW, MANY = 20, 400


def five_nodes() -> dict[str, bytes]:
    """Start, table, gateway, manual task, end: everything an instance can do without waiting."""
    drawing = draw(
        "bench_line", start("start_line", MESSAGE), rule("rule_kind", "bench_kind"),
        either("when_large", default="when_large_to_task_note"), manual("task_note"),
        end("end_line"), end("end_large"),
        path("start_line", "rule_kind", "when_large", "task_note", "end_line"),
        path("when_large", '[kind = "large"]', "end_large"),
    )  # fmt: skip
    rows = [("< 10", '"small"', "kilde"), (">= 10", '"large"', "kilde")]
    kinds = table("bench_kind", ["n"], ["kind"], rows)
    return {"bench_line.bpmn": drawing, "bench_kind.dmn": kinds}


@pytest.fixture
def line(world: World) -> tuple[World, str]:
    """The process in use, and a case for its instances."""
    files = five_nodes()
    drawn = files["bench_line.bpmn"]
    for name in ("rule_kind", "task_note", "start_line", "end_line", "end_large"):
        drawn = drawn.replace(f'name="{name}"'.encode(), f'name="Prøve {name}"'.encode())
    files["bench_line.bpmn"] = drawn.replace(b'name="when_large"', b'name="Er den stor?"')
    world.core.deployment.deploy({**_shipped(world), **files}, by="bench")
    return world, world.apply("anna")


def _shipped(world: World) -> dict[str, bytes]:
    return dict(world.core.deployment.shipped())


def run(world: World, case_id: str, number: int) -> None:
    """Carry instances through, a transaction each."""
    control = world.core.control
    for n in range(number):
        with control.env.uow(999) as uow:
            control.deliver(uow, MESSAGE, f"k{n}", {"case_id": case_id, "n": 3})
            uow.commit()


def test_an_instance_without_a_wait_is_one_short_transaction(
    line: tuple[World, str], request: pytest.FixtureRequest
) -> None:
    world, case_id = line
    number = MANY if request.config.getoption("--long") else FEW
    run(world, case_id, FEW)
    with counted(world.core.engine) as statements:
        run(world, case_id, 1)
    ours, all_of_it = time.process_time(), time.perf_counter()
    run(world, case_id, number)
    ours, all_of_it = time.process_time() - ours, time.perf_counter() - all_of_it
    with world.core.env.uow(999) as uow:
        started = uow.definitions.by_start_message(MESSAGE, date.max)
        assert started is not None
        definition = world.core.control.definition(uow, started.id)
    tables = {"bench_kind": parse_table(five_nodes()["bench_kind.dmn"])}
    engine = time.process_time()
    for n in range(number):
        done = advance(
            definition, None, Start({"case_id": case_id, "n": 3}, seed=str(n)),
            world.clock.now(), tables=tables,
        )  # fmt: skip
        assert done.ended
    engine = time.process_time() - engine

    sys.stdout.write(
        f"\nthroughput: {number / all_of_it:.0f} instances of 5 nodes a second, one transaction "
        f"each; {number / ours:.0f} a second of our own core\n"
        f"  share: engine {engine / all_of_it:.0%}, other Python "
        f"{(ours - engine) / all_of_it:.0%}, database and waiting "
        f"{1 - ours / all_of_it:.0%}; {len(statements)} statements each\n"
    )
    assert len(statements) <= MOST_STATEMENTS
