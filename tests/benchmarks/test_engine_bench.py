"""What an advance costs, and that it does not cost more because a case is old.

Prints milliseconds with the machine they were taken on; asserts ratios and bytes, never seconds.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time

import pytest

from processes.engine.definitions import Definition
from tests.engine.drawing import (
    Walk,
    both,
    call,
    define,
    draw,
    either,
    end,
    on_error,
    on_timer,
    part,
    path,
    receive,
    service,
    start,
    user,
)

ROUNDS = (0, 12, 120)
MAX_BYTES = 8_000
REPEATS = 15


def monthly_follow_up() -> Definition:
    """A process of 25 elements that goes round once a month, with everything an engine can keep."""
    return define(
        draw(
            "follow_up", start("start_follow_up"), either("when_round"),
            both("all_begin"), service("step_income", case_id="case_id"),
            on_error("on_down", "step_income", "down"), user("task_income"), either("when_income"),
            user("task_household"), on_timer("on_late", "task_household", interrupting=False),
            user("task_late"), end("end_late"), both("all_known"),
            part(
                "part_judge", start("start_judge"), user("task_judge"), end("end_judge"),
                path("start_judge", "task_judge", "end_judge"),
            ),
            call("call_letter", "letter", {"case_id": "case_id"}, {"letter_id": "letter_id"}),
            either("when_more", default="when_more_to_when_round"), end("end_follow_up"),
            path("start_follow_up", "when_round", "all_begin", "step_income", "when_income",
                 "all_known", "part_judge", "call_letter", "when_more", "when_round"),
            path("all_begin", "task_household", "all_known"),
            path("on_down", "task_income", "when_income"),
            path("on_late", "task_late", "end_late"),
            path("when_more", "[stop = true]", "end_follow_up"),
        ),
        draw(
            "letter", start("start_letter"), service("step_send", case_id="case_id"),
            receive("wait_sent", "letters-delivered", "letter_id"), end("end_letter"),
            path("start_letter", "step_send", "wait_sent", "end_letter"),
        ),
    )  # fmt: skip


def one_round(walk: Walk, number: int) -> None:
    """Go round once."""
    walk.done("step_income", income_id=f"income-{number}")
    walk.done("task_household", household_id=f"household-{number}")
    walk.done("task_judge", outcome="bevilget", calculation_id=f"calculation-{number}")
    walk.done("step_send", letter_id=f"letter-{number}")
    walk.done("wait_sent", undelivered=0, stop=False)


def milliseconds(walk: Walk) -> float:
    """The median time of load, complete and save of one task, from the same state each time."""
    spent = []
    for _ in range(REPEATS):
        again = Walk(walk.definition, state=walk.state, open=dict(walk.open))
        begun = time.perf_counter()
        again.done("task_household", household_id="timed")
        spent.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent)


@pytest.fixture(scope="module")
def figures() -> dict[int, tuple[float, int]]:
    """Milliseconds and stored bytes after 0, 12 and 120 rounds."""
    walk = Walk(monthly_follow_up())
    walk.begin(case_id="0f3c2d7e-2f7f-4f5c-9f59-0c3f8a2a4d11", municipality=101)
    found = {}
    for number in range(max(ROUNDS) + 1):
        if number in ROUNDS:
            assert walk.state is not None
            found[number] = (milliseconds(walk), len(walk.state))
        one_round(walk, number)
    sys.stdout.write(
        f"\nengine: load–complete–save of one task; {platform.machine()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}\n"
    )
    for number, (spent, stored) in found.items():
        sys.stdout.write(f"  after {number:>3} rounds: {spent:6.2f} ms  {stored:>5} bytes\n")
    return found


def test_an_old_case_costs_no_more_than_a_young_one(
    figures: dict[int, tuple[float, int]],
) -> None:
    young, old = figures[ROUNDS[0]], figures[ROUNDS[-1]]

    assert old[0] <= 2 * young[0]
    assert old[1] <= 2 * young[1]


def test_a_state_stays_small(figures: dict[int, tuple[float, int]]) -> None:
    assert max(stored for _, stored in figures.values()) <= MAX_BYTES


def test_without_pruning_age_would_be_paid_for() -> None:
    """Show that the ratio above measures something: kept history grows with every round."""
    walk = Walk(monthly_follow_up(), prune=False)
    walk.begin(case_id="0f3c2d7e-2f7f-4f5c-9f59-0c3f8a2a4d11", municipality=101)
    assert walk.state is not None
    young = len(walk.state)
    for number in range(12):
        one_round(walk, number)

    assert len(walk.state) > 2 * young
