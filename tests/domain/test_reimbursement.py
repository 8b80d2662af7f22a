"""What the state and other municipalities bear: steps by weeks, fixed shares, RSL § 9 c."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.law import load_rates
from processes.domain.errors import RateMissingError, RuleError
from processes.domain.money import Money, total
from processes.domain.periods import Month, Period
from processes.domain.reimbursement import (
    MoveFacts,
    Scheme,
    WeekCost,
    by_scheme,
    by_weeks,
    corrections,
    intermunicipal_claim,
    intermunicipal_gate,
    of_month,
    step_of,
    weeks_of,
)

RATES = load_rates()
DAY = date(2026, 3, 2)
SAID = {"ja": True, "nej": False, "uvist": None}


def _move(covered: str, took_part: str, in_time: str) -> MoveFacts:
    return MoveFacts(SAID[covered], SAID[took_part], SAID[in_time])


@pytest.mark.parametrize(
    ("week", "percent"),
    # docplayer.dk 163797753, konteringsregler 5.57: both sides of each step
    [(1, 80), (4, 80), (5, 40), (26, 40), (27, 30), (52, 30), (53, 20), (500, 20)],
)
def test_the_states_share_falls_with_the_weeks(week: int, percent: int) -> None:
    assert step_of(week, DAY, rates=RATES) == percent * 10_000


def test_there_is_no_week_before_the_first() -> None:
    with pytest.raises(ValueError, match="from 1"):
        step_of(0, DAY, rates=RATES)


@given(st.integers(1, 200))
def test_a_later_week_never_gives_more(week: int) -> None:
    assert step_of(week + 1, DAY, rates=RATES) <= step_of(week, DAY, rates=RATES)


def test_before_2016_there_were_no_steps() -> None:
    with pytest.raises(RateMissingError, match="2015"):
        step_of(1, date(2015, 12, 31), rates=RATES)


def test_the_fifth_week_is_the_first_of_forty_percent() -> None:
    costs = [WeekCost(DAY + timedelta(weeks=n), Money.kroner(1000)) for n in range(5)]

    refunds = by_weeks(costs, weeks_before=0, rates=RATES)

    assert [each.state for each in refunds] == [Money.kroner(800)] * 4 + [Money.kroner(400)]


def test_weeks_of_help_before_count_and_weeks_without_help_do_not() -> None:
    costs = [WeekCost(DAY, Money(100)), WeekCost(DAY + timedelta(weeks=9), Money(100))]

    refunds = by_weeks(costs, weeks_before=3, rates=RATES)

    assert [each.week for each in refunds] == [4, 5]


weekly = st.lists(st.integers(0, 2_000_000), min_size=1, max_size=60)


@given(weekly, st.integers(0, 80))
def test_state_and_municipality_bear_the_cost_to_the_oere(amounts: list[int], before: int) -> None:
    costs = [WeekCost(DAY + timedelta(weeks=n), Money(a)) for n, a in enumerate(amounts)]

    refunds = by_weeks(reversed(costs), weeks_before=before, rates=RATES)

    assert all(each.state + each.municipality == each.cost for each in refunds)
    assert total(each.cost for each in refunds) == Money(sum(amounts))
    assert [each.on for each in refunds] == [each.monday for each in costs]


@given(st.integers(0, 3_000_000), st.integers(1, 62), st.integers(0, 400))
def test_an_amount_is_spread_over_its_weeks_to_the_oere(oere: int, length: int, later: int) -> None:
    start = date(2026, 1, 1) + timedelta(days=later)

    weeks = weeks_of(Money(oere), Period(start, start + timedelta(days=length)))

    assert total(each.amount for each in weeks) == Money(oere)
    assert all(each.monday.weekday() == 0 for each in weeks)
    assert len({each.monday for each in weeks}) == len(weeks)


@pytest.mark.parametrize(
    ("scheme", "day", "sho", "expected"),
    [
        (Scheme.SINGLE_COSTS, date(2024, 5, 1), False, 500),
        (Scheme.SINGLE_COSTS, date(2025, 6, 30), True, 0),
        (Scheme.SPECIAL_REFUGEES, date(2026, 5, 1), False, 1000),
        (Scheme.NONE, date(2026, 5, 1), False, 0),
    ],
)
def test_other_costs_have_a_fixed_share(
    scheme: Scheme, day: date, *, sho: bool, expected: int
) -> None:
    refund = by_scheme(scheme, Money.kroner(1000), day, recipient_of_sho=sho, rates=RATES)

    assert refund.state == Money.kroner(expected)
    assert refund.state + refund.municipality == Money.kroner(1000)


def test_nobody_receives_sho_after_the_reform() -> None:
    with pytest.raises(RateMissingError, match=r"01\.07\.2025"):
        by_scheme(
            Scheme.SINGLE_COSTS,
            Money.kroner(1000),
            date(2025, 7, 1),
            recipient_of_sho=True,
            rates=RATES,
        )


@given(weekly, weekly)
def test_corrections_are_the_difference_dated_by_origin(old: list[int], new: list[int]) -> None:
    def refunds(amounts: list[int]) -> tuple[object, ...]:
        costs = [WeekCost(DAY + timedelta(weeks=n), Money(a)) for n, a in enumerate(amounts)]
        return by_weeks(costs, weeks_before=0, rates=RATES)

    before, after = refunds(old), refunds(new)
    found = corrections(before, after)  # type: ignore[arg-type]

    assert total(each.cost for each in found) == Money(sum(new) - sum(old))
    assert corrections(before, before) == ()  # type: ignore[arg-type]
    assert all((each.on - DAY).days % 7 == 0 for each in found)


@pytest.mark.parametrize(
    ("facts", "passed"),
    [
        (_move("ja", "ja", "ja"), True),
        (_move("ja", "ja", "nej"), False),
        (_move("ja", "uvist", "ja"), None),
        (_move("nej", "uvist", "uvist"), False),
    ],
)
def test_another_municipality_pays_only_when_everything_is_met(
    facts: MoveFacts, *, passed: bool | None
) -> None:
    assert intermunicipal_gate(facts).passed is passed


def test_the_other_municipality_owes_what_the_state_does_not_bear() -> None:
    refunds = by_weeks([WeekCost(DAY, Money.kroner(1000))], weeks_before=60, rates=RATES)

    met = intermunicipal_gate(_move("ja", "ja", "ja"))
    assert intermunicipal_claim(refunds, met) == Money.kroner(800)
    not_covered = intermunicipal_gate(_move("nej", "ja", "ja"))
    assert intermunicipal_claim(refunds, not_covered) == Money(0)
    with pytest.raises(RuleError, match="uvist"):
        intermunicipal_claim(refunds, intermunicipal_gate(_move("uvist", "ja", "ja")))


@given(
    months=st.lists(st.integers(0, 8), min_size=1, max_size=4, unique=True),
    oere=st.integers(1, 2_000_000),
)
def test_a_months_refund_is_for_all_of_its_cost_and_never_more_than_the_first_step(
    months: list[int], oere: int
) -> None:
    paid = [(Month(2026, 1 + number), Money(oere)) for number in sorted(months)]
    last = paid[-1][0]

    found = of_month(paid, last, rates=RATES)

    assert found.cost == Money(oere)
    assert Money(0) <= found.state <= Money(oere)
    # Who has been helped longer is refunded no more.
    assert found.state <= of_month(paid[-1:], last, rates=RATES).state
