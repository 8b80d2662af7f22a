"""What hostile diagrams cost the cases beside them: printed as a ratio, never asserted.

Diagrams that anybody may have drawn are judged and run in processes of their own, as the workbench
and the command line do; the cases beside them go on in this one. Asserted is what does not depend
on the machine: each hostile file is refused or becomes an incident.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from tests.benchmarks.hostile_load import round_of
from tests.benchmarks.test_throughput_bench import MESSAGE, line, run
from tests.journeys.conftest import World

__all__ = ["line"]
FEW, MANY, TURNS = 3, 60, 6


def test_each_hostile_file_is_refused_or_becomes_an_incident() -> None:
    assert round_of()["through"] == []


def test_cases_beside_a_hostile_load(
    line: tuple[World, str],
    request: pytest.FixtureRequest,
) -> None:
    world, case_id = line
    number = MANY if request.config.getoption("--long") else FEW
    run(world, case_id, FEW)

    load = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.hostile_load"], stdout=subprocess.DEVNULL
    )
    alone: list[float] = []
    beside: list[float] = []
    try:
        # By turns, so that whatever else the machine does meets both alike.
        for _ in range(TURNS):
            load.send_signal(signal.SIGSTOP)
            alone += _taken(world, case_id, number)
            load.send_signal(signal.SIGCONT)
            beside += _taken(world, case_id, number)
    finally:
        load.kill()
        load.wait()
    before, during = _p95(alone), _p95(beside)

    sys.stdout.write(
        f"\ncases beside hostile diagrams ({MESSAGE}): p95 {before * 1000:.1f} ms alone,"
        f" {during * 1000:.1f} ms during, {during / before:.2f} times\n"
    )


def _taken(world: World, case_id: str, number: int) -> list[float]:
    taken = []
    for _ in range(number):
        began = time.perf_counter()
        run(world, case_id, 1)
        taken.append(time.perf_counter() - began)
    return taken


def _p95(taken: list[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.95)]
