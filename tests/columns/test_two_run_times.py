"""One rule text, two run-times: for one person with its reasons, and for many at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from random import Random

import pytest

from app.law import load_rates, load_rules
from processes.columns.batch import Batch, ColumnRules
from processes.columns.compiling import as_number
from processes.columns.mass import work_out
from processes.columns.people import population_of
from processes.domain.facts import FactKind
from processes.domain.periods import Month
from processes.domain.rules.run import Run, linked
from tests.builders.households import random_runs

RATES = load_rates()
RULES = load_rules()
COLUMNS = ColumnRules(RULES)
ASKED = (
    "kh.betingelse.alder",
    "kh.betingelse.i_landet",
    "kh.betingelse.lovligt_ophold",
    "kh.betingelse.social_begivenhed",
    "kh.betingelse.kan_ikke_forsoerge",
    "kh.betingelse.ingen_anden_ydelse",
    "kh.betingelse.raadighed",
    "kh.betingelse.ferie",
    "kh.betingelse.formue",
    "kh.betingelse.behov",
    "kh.maalgruppe",
    "kh.ungetillaeg",
    "kh.fradrag_feriepenge",
    "kh.aegtefaelles_overskud",
    "kh.hjaelp",
)
MONTHS = [Month(year, number) for year in (2023, 2024) for number in (1, 6, 12)]
MONTHS += [Month(2025, number) for number in range(1, 13)]
MONTHS += [Month(2026, number) for number in range(1, 13)]
"""The law before the reform of July 2025 too, on its first and last days and in between."""


def asked_in(month: Month) -> list[str]:
    """Return the rules of the month's own law."""
    return [rule_id for rule_id in ASKED if rule_id in RULES.in_force(month.first_day)]


def households(month: Month, first_seed: int, *, unknown: float = 0.02) -> Iterator[list[Run]]:
    """Yield random households whose month is in one piece."""
    seed = first_seed
    while True:
        runs = random_runs(seed, month, rates=RATES, rules=RULES, unknown=unknown)
        seed += 1
        if runs:
            yield list(runs)


def differences(month: Month, runs: list[Run]) -> list[tuple[str, object, object]]:
    """Return what the two run-times say differently."""
    batch = Batch(population_of(runs), month, rates=RATES, rules=COLUMNS)
    found: list[tuple[str, object, object]] = []
    for rule_id in asked_in(month):
        column = batch.result(rule_id)
        values, known = column.whole(len(runs)).tolist(), column.mask(len(runs)).tolist()
        for run, value, is_known in zip(runs, values, known, strict=True):
            raw = run.result(rule_id).raw
            mine = None if raw is None else as_number(raw)
            theirs = value if is_known else None
            if mine != theirs:
                found.append((rule_id, mine, theirs))
    return found


def people(month: Month, first_seed: int, count: int, *, unknown: float = 0.02) -> list[Run]:
    found = households(month, first_seed, unknown=unknown)
    return [run for household in islice(found, count) for run in household]


@pytest.mark.parametrize("month", MONTHS[::5], ids=str)
def test_both_say_the_same_to_the_oere(month: Month) -> None:
    runs = people(month, first_seed=month.number * 10_000, count=200)

    assert differences(month, runs) == []
    # Else the comparison would show little.
    amounts = {run.result("kh.hjaelp").raw for run in runs}
    assert None in amounts
    assert len(amounts) > 25


def test_both_know_the_same_when_much_is_unknown() -> None:
    runs = people(Month(2026, 3), first_seed=7_000_000, count=200, unknown=0.3)

    assert differences(Month(2026, 3), runs) == []


@pytest.mark.long
@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_both_say_the_same_of_a_million_person_months(
    month: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    compared = 0
    wanted = 1_000_000 // len(MONTHS) + 1
    first_seed = (month.year - 2023) * 120_000_000 + month.number * 10_000_000
    while compared < wanted:
        runs = people(month, first_seed=first_seed, count=2_000)
        assert differences(month, runs) == []
        compared += len(runs)
        with capsys.disabled():
            print(f"\r  {month}: {min(compared, wanted):,} of {wanted:,}", end="", flush=True)  # noqa: T201 – progress of a long test
        first_seed += 100_000


def test_pieces_and_workers_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    month = Month(2026, 2)
    runs = people(month, first_seed=1, count=120)
    whole = work_out(population_of(runs), month, ASKED, rates=RATES, rules=COLUMNS)
    monkeypatch.setattr("processes.columns.mass.PIECE", 7)

    cut = work_out(population_of(runs), month, ASKED, rates=RATES, rules=COLUMNS, workers=2)

    for rule_id in ASKED:
        known = whole.results[rule_id].known
        assert (known == cut.results[rule_id].known).all()
        assert (whole.results[rule_id].values == cut.results[rule_id].values)[known].all()


@pytest.mark.parametrize("seed", range(25))
def test_the_order_of_the_questions_never_changes_an_answer(seed: int) -> None:
    month = Month(2026, 2)
    first = random_runs(seed, month, rates=RATES, rules=RULES, unknown=0.1)
    second = random_runs(seed, month, rates=RATES, rules=RULES, unknown=0.1)
    order = Random(seed).sample(ASKED, len(ASKED))  # noqa: S311 – test data, the same for a seed

    for one, other in zip(first, second, strict=True):
        asked = {rule_id: one.result(rule_id) for rule_id in ASKED}
        again = {rule_id: other.result(rule_id) for rule_id in order}
        for rule_id in ASKED:
            assert asked[rule_id].raw == again[rule_id].raw
            assert asked[rule_id].missing == again[rule_id].missing
            assert asked[rule_id].node == again[rule_id].node


def test_what_nobody_knows_is_never_zero() -> None:
    run = people(Month(2026, 2), first_seed=1, count=1, unknown=1.0)[0]

    # Death, emigration and holiday are answered by nobody having said anything.
    answered = {rule_id for rule_id in ASKED if run.result(rule_id).raw is not None}
    assert answered <= {
        "kh.betingelse.i_landet",
        "kh.betingelse.ferie",
        "kh.fradrag_feriepenge",
    }
    assert all(run.result(rule_id).missing for rule_id in set(ASKED) - answered)


SAID = {FactKind.HOLIDAY, FactKind.HOLIDAY_PAY, FactKind.DEAD, FactKind.EMIGRATED}
"""Nobody having said them is an answer, so they are not taken away."""


def knowing_less(runs: Sequence[Run], random: Random) -> list[Run]:
    """Return the same people with some of the facts gone."""
    facts = runs[0].facts
    kept = [fact for fact in facts.all if fact.kind in SAID or random.random() < 0.8]
    less = [
        Run(
            run.party_id,
            who=run.who,
            month=run.month,
            facts=replace(facts, all=tuple(kept)),
            rates=RATES,
            rules=RULES,
            given=run.given,
        )
        for run in runs
    ]
    if len(less) > 1:
        linked(less)
    return less


@pytest.mark.parametrize("seed", range(60))
def test_more_known_facts_never_turn_an_answer_into_unknown(seed: int) -> None:
    runs = random_runs(seed, Month(2026, 2), rates=RATES, rules=RULES)
    random = Random(seed)  # noqa: S311 – test data, the same for a seed

    for less, more in zip(knowing_less(runs, random) if runs else [], runs, strict=True):
        for rule_id in ASKED:
            raw = less.result(rule_id).raw
            if raw is not None:
                assert more.result(rule_id).raw == raw
