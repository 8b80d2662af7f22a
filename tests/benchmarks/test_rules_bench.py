"""How fast the rules are: one by one with their reasons, as columns, and the start of the book.

Prints figures with the machine they were taken on; asserts that the work was done, never seconds.
"""

from __future__ import annotations

import gc
import os
import platform
import sys
import time
from collections.abc import Iterator
from itertools import count

import numpy as np
import pytest

from app.law import load_rates, load_rules
from processes.columns.batch import NO_SPOUSE, ColumnRules, FactColumn, Population
from processes.columns.mass import work_out
from processes.columns.people import population_of
from processes.domain.benefits.cash_assistance import CONDITIONS, NEED
from processes.domain.periods import Month
from processes.domain.rules.run import Run
from tests.builders.households import random_runs

MONTH = Month(2026, 2)
WANTED = (*CONDITIONS, NEED)
PERSONS = 100_000
CORES = 2
REPEATS = 3
TARGETS = {"scalar": 250_000, "columns": 50_000_000, "start": 200}

pytestmark = pytest.mark.long


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


@pytest.fixture(scope="module", autouse=True)
def machine() -> None:
    say(
        f"\nrules: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )


def people(number: int, *, unknown: float = 0.0) -> Iterator[Run]:
    rates, rules = load_rates(), load_rules()
    made = 0
    for seed in count():
        for run in random_runs(seed, MONTH, rates=rates, rules=rules, unknown=unknown):
            yield run
            made += 1
        if made >= number:
            return


def test_one_by_one_with_the_reasons_of_every_value() -> None:
    runs = list(people(4_000))
    gc.collect()
    gc.freeze()

    # The processor's time, since the goal is for a core and others may use it too.
    begun = time.process_time()
    for run in runs:
        for rule_id in WANTED:
            run.result(rule_id)
    worked = time.process_time() - begun
    asked = sum(len(run.used_alone) for run in runs)
    written_begun = time.process_time()
    nodes = sum(1 for run in runs for rule_id in WANTED for _ in run.result(rule_id).node.walk())
    written = time.process_time() - written_begun
    gc.unfreeze()

    say(
        f"  one by one: {asked / worked:>12,.0f} rules/s a core, from facts to values with what"
        f" each asked (goal {TARGETS['scalar']:,}); {len(runs) / worked:,.0f} person-months/s"
    )
    say(
        f"  written out: {asked / (worked + written):>11,.0f} rules/s a core with every tree as"
        f" nodes; {nodes / len(runs):,.0f} nodes a person-month"
    )
    assert asked > 20 * len(runs)


def test_as_columns_on_two_cores() -> None:
    rates, rules = load_rates(), ColumnRules(load_rules())
    some = population_of(list(people(4_000)))
    everybody = repeated(some, PERSONS)
    months = [Month(2026, number) for number in range(1, 13)]

    for workers in (1, CORES):
        spent = []
        for _ in range(REPEATS):
            begun = time.perf_counter()
            runs = [
                work_out(everybody, month, WANTED, rates=rates, rules=rules, workers=workers)
                for month in months
            ]
            spent.append(time.perf_counter() - begun)
        asked = sum(run.worked_out for run in runs) * len(everybody)
        person_months = len(everybody) * len(months)
        say(
            f"  columns, {workers} core{'s' if workers > 1 else ''}:"
            f" {asked / min(spent):>13,.0f} rules x person-months/s (goal on two cores"
            f" {TARGETS['columns']:,}); {person_months:,} in {min(spent):.2f} s"
        )
    # Somebody married without a spouse on the case has no answer; most have one.
    assert all(run.results[NEED].known.mean() > 0.5 for run in runs)


def repeated(people: Population, number: int) -> Population:
    times = number // len(people) + 1
    shift = np.repeat(np.arange(times, dtype=np.int64) * len(people), len(people))
    spouse = np.tile(people.spouse, times)
    return Population(
        {
            kind: FactColumn(
                np.tile(column.values, times),
                np.tile(column.known, times) if isinstance(column.known, np.ndarray) else True,
                np.tile(column.said, times),
            )
            for kind, column in people.facts.items()
        },
        {name: np.tile(truth, times) for name, truth in people.given.items()},
        np.where(spouse == NO_SPOUSE, NO_SPOUSE, spouse + shift),
    )


def test_the_start_of_the_book() -> None:
    spent = []
    for _ in range(REPEATS):
        begun = time.process_time()
        rules = load_rules()
        between = time.process_time()
        rates = load_rates()
        spent.append((between - begun, time.process_time() - between))
    read, rates_read = min(spent)

    say(
        f"  start: {read * 1000:.0f} ms to read and check {len(list(rules))} rules,"
        f" {rates_read * 1000:.0f} ms for {len(list(rates))} rates (goal {TARGETS['start']} ms)"
    )
    assert len(list(rules)) > 100
