"""Random households over whole months with anything changing on any day: what must always hold."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from app.law import load_benefits, load_rates, load_rules
from processes.domain.benefits.situations import Situation
from processes.domain.calculation import Calculation
from processes.domain.facts import FactKind
from tests.builders.households import a_random_situation

RATES, RULES, BENEFITS = load_rates(), load_rules(), load_benefits()
SILENCE_IS_AN_ANSWER = {
    FactKind.HOLIDAY,
    FactKind.HOLIDAY_PAY,
    FactKind.DEAD,
    FactKind.EMIGRATED,
    FactKind.WORK_HOURS,
}
"""Nobody having said them is an answer, so knowing less of them is knowing something else."""


def calculate(situation: Situation) -> Calculation:
    return situation.calculate(rates=RATES, rules=RULES, benefits=BENEFITS)


@pytest.mark.parametrize("seed", range(80))
def test_more_known_facts_never_turn_an_amount_into_unknown(seed: int) -> None:
    knowing_less_says_the_same_or_nothing(seed)


@pytest.mark.long
@pytest.mark.parametrize("batch", range(20))
def test_more_known_facts_of_many_never_turn_an_amount_into_unknown(batch: int) -> None:
    for seed in range(100 + batch * 1_000, 1_100 + batch * 1_000):
        knowing_less_says_the_same_or_nothing(seed)


def knowing_less_says_the_same_or_nothing(seed: int) -> None:
    more = a_random_situation(seed, unknown=0)
    random = Random(seed)  # noqa: S311 – test data, the same for a seed
    pairs = sorted({(fact.party_id, fact.kind) for fact in more.facts})
    gone = {
        pair for pair in pairs if pair[1] not in SILENCE_IS_AN_ANSWER and random.random() < 0.15
    }
    less = replace(more, facts=tuple(f for f in more.facts if (f.party_id, f.kind) not in gone))

    known, whole = calculate(less), calculate(more)

    for with_less, with_more in zip(known.months, whole.months, strict=True):
        if with_less.gross is not None:
            assert with_more.gross == with_less.gross, gone


@pytest.mark.parametrize("seed", range(25))
def test_the_order_facts_were_told_in_never_changes_an_answer(seed: int) -> None:
    told = a_random_situation(seed, unknown=0.1)
    shuffled = Random(seed).sample(told.facts, len(told.facts))  # noqa: S311 – the same for a seed

    assert calculate(replace(told, facts=tuple(shuffled))) == calculate(told)
