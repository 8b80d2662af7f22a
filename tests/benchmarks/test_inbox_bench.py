"""What an inbox and the timers cost when there are very many of them.

A million rows take a while to write, so the large size is for `./ky bench`; the small one
keeps the test itself alive. Prints milliseconds; asserts plans and who gets which task.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.wiring import Core
from processes.domain.access import Actor
from processes.ports.records import TaskFilter
from tests.database import Database
from tests.journeys.conftest import World

FEW, MANY = 5_000, 1_000_000
BURST = 200
FIRST_IN_LINE = 5_000
"""How many of the many are the caseworkers' own unit's and nobody's."""

TASKS = """
INSERT INTO user_task (municipality_id, instance_id, case_id, token, element_id, name, form_key,
    role, unit, state, assignee, due_at, priority, reason, variables, created_at, draft, revision)
SELECT municipality_id, instance_id, case_id, 'many-' || n, element_id, name, form_key, role,
    CASE WHEN n <= %(own)s THEN unit ELSE 'enhed-' || n %% 40 END, 'open',
    CASE WHEN n <= %(own)s OR n %% 3 = 0 THEN NULL ELSE 'sb-' || n %% 500 END,
    created_at + n %% 90 * interval '1 day', n %% 3, reason, variables, created_at, draft, 0
FROM user_task, generate_series(1, %(many)s) AS n WHERE user_task.id = %(id)s
"""
FEW_TASKS = TASKS.replace("%(many)s", "%(own)s")
USERS = """
WITH made AS (
    INSERT INTO user_account (id, name, cpr_digest, active)
    SELECT 'sb-' || n, name, cpr_digest || n, active FROM user_account, generate_series(0, 499) AS n
    WHERE id = %(like)s RETURNING id
)
INSERT INTO user_role (user_id, municipality_id, role, unit)
SELECT made.id, municipality_id, role, unit FROM made, user_role WHERE user_id = %(like)s
"""
LOOKED_FOR_DUE = """
EXPLAIN (FORMAT TEXT) SELECT id FROM timer WHERE state = 'waiting' AND due_at <= now()
ORDER BY due_at, id LIMIT 20 FOR UPDATE SKIP LOCKED
"""
TIMERS = """
INSERT INTO timer (municipality_id, instance_id, token, element_id, due_at, state)
SELECT municipality_id, instance_id, 'many-' || n, 'on_late',
    %(now)s + n * interval '1 minute', 'waiting'
FROM user_task, generate_series(1, %(many)s) AS n WHERE user_task.id = %(id)s
"""


def spread(spent: list[float]) -> str:
    """The middle and the slow end, in milliseconds."""
    ordered = sorted(each * 1000 for each in spent)
    return (
        f"p50 {statistics.median(ordered):.1f} ms, p95 {ordered[int(len(ordered) * 0.95) - 1]:.1f}"
    )


def timed(act: Callable[[], object], times: int = 40) -> list[float]:
    """How long something takes, several times."""
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        spent.append(time.perf_counter() - begun)
    return spent


@pytest.fixture
def crowd(
    world: World, database: Database, request: pytest.FixtureRequest
) -> Callable[..., tuple[World, int]]:
    """Fill a municipality with very many of some rows."""
    many = MANY if request.config.getoption("--long") else FEW

    def fill(*what: str) -> tuple[World, int]:
        case_id = world.apply("anna")
        world.driver.rest(case_id)
        task = world.driver.open_tasks(case_id)[0]
        values = {
            "many": many, "own": min(many, FIRST_IN_LINE), "id": task.id,
            "now": world.clock.now(), "like": world.driver.team.caseworker.user,
        }  # fmt: skip
        with database.connect() as connection:
            for each in what:
                wanted = {key: values[key] for key in values if f"%({key})s" in each}
                connection.execute(each.encode(), wanted)
            connection.execute("ANALYZE user_task")
            connection.execute("ANALYZE timer")
        return world, many

    return fill


@pytest.mark.long
def test_an_inbox_among_very_many_tasks(crowd: Callable[..., tuple[World, int]]) -> None:
    world, many = crowd(TASKS)
    by = world.driver.team.caseworker
    inbox = world.core.inbox
    sys.stdout.write(f"\ninbox: {many} open tasks\n")
    for view in ("unit", "unassigned", "mine", "overdue"):
        wanted = TaskFilter(view=view)
        sys.stdout.write(f"  {view}: {spread(timed(lambda w=wanted: inbox.rows(w, by)))}\n")  # type: ignore[misc]  # bound now
    sys.stdout.write(f"  counts: {spread(timed(lambda: inbox.counts(by), 5))}\n")

    assert inbox.rows(TaskFilter(view="unassigned"), by)


def test_in_a_burst_no_two_get_the_same_task(crowd: Callable[..., tuple[World, int]]) -> None:
    world, many = crowd(USERS, FEW_TASKS)
    by = world.driver.team.caseworker
    burst = BURST if many == MANY else 20
    begun = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda n: _next(world.core, replace(by, user=f"sb-{n}")), range(burst)))
    spent = time.perf_counter() - begun
    others = iter(range(burst, burst + 20))
    alone = timed(lambda: _next(world.core, replace(by, user=f"sb-{next(others)}")), 20)

    sys.stdout.write(
        f"\nnext task: {burst} requests at once in {spent:.1f} s; one by one {spread(alone)}\n"
    )
    assert None not in got
    assert len(set(got)) == burst


@pytest.mark.long
def test_looking_for_due_timers_reads_the_index_alone(
    crowd: Callable[..., tuple[World, int]], database: Database
) -> None:
    world, many = crowd(TIMERS)

    def look() -> object:
        return world.core.claims.timers(now=world.clock.now(), limit=20, lease_seconds=60)

    sys.stdout.write(f"\ntimers: {many} waiting, none due: {spread(timed(look))}\n")
    with database.connect() as connection:
        plan = "\n".join(str(row[0]) for row in connection.execute(LOOKED_FOR_DUE))
    assert "timer_due" in plan
    assert look() == []


def _next(core: Core, by: Actor) -> int | None:
    return core.inbox.next(by)
