"""Repayment (LAS §§ 91-95): ground, police, set-off, ability to pay, and the lapse."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.law import load_rates
from processes.domain.errors import RateMissingError, RuleError
from processes.domain.money import Money, total
from processes.domain.periods import Month
from processes.domain.rates import Confidence
from processes.domain.recovery import (
    AbilityRow,
    AbilityTable,
    ClaimFacts,
    Ground,
    Recovered,
    claimed,
    debt,
    ground_gate,
    instalments,
    lapse_day,
    must_report,
    set_off,
    standing,
)

RATES = load_rates()
TABLE = AbilityTable(
    (
        AbilityRow(Money.kroner(100_000), 40_000),
        AbilityRow(Money.kroner(150_000), 100_000),
        AbilityRow(Money.kroner(250_000), 250_000),
    ),
    "opstillet til testen",
    Confidence.LOW,
)
by_month = st.dictionaries(
    st.builds(Month, st.integers(2024, 2026), st.integers(1, 12)),
    st.integers(0, 2_000_000).map(Money),
    max_size=12,
)


@pytest.mark.parametrize(
    ("decided_on", "kroner", "expected"),
    [
        # elov.dk, aktivloven § 91: 30.000 kr. until the end of 2022, 21.500 kr. from 2023
        (date(2022, 12, 31), "30001", True),
        (date(2022, 12, 31), "30000", False),
        (date(2023, 1, 1), "21500", False),
        (date(2023, 1, 1), "21500,01", True),
        (date(2023, 1, 1), "21501", True),
    ],
)
def test_a_claim_is_reported_by_the_limit_on_the_day_of_the_decision(
    decided_on: date, kroner: str, *, expected: bool
) -> None:
    said = must_report(
        Money.kroner(kroner),
        decided_on=decided_on,
        bad_faith=True,
        days_abroad_in_a_row=0,
        rates=RATES,
    )

    assert said is expected


@pytest.mark.parametrize(("days", "expected"), [(14, False), (15, True)])
def test_more_than_fourteen_days_abroad_in_a_row_are_reported_whatever_the_claim(
    days: int, *, expected: bool
) -> None:
    said = must_report(
        Money.kroner(100),
        decided_on=date(2026, 1, 1),
        bad_faith=True,
        days_abroad_in_a_row=days,
        rates=RATES,
    )

    assert said is expected


def test_who_acted_in_good_faith_is_never_reported() -> None:
    assert not must_report(
        Money.kroner(90_000),
        decided_on=date(2026, 1, 1),
        bad_faith=False,
        days_abroad_in_a_row=30,
        rates=RATES,
    )


@pytest.mark.parametrize(
    ("claim", "passed"),
    [
        (ClaimFacts(Ground.BAD_FAITH), None),
        (ClaimFacts(Ground.BAD_FAITH, withheld_information=True), True),
        (ClaimFacts(Ground.BAD_FAITH, against_better_knowledge=True), True),
        (ClaimFacts(Ground.BAD_FAITH, withheld_information=False), None),
        (
            ClaimFacts(
                Ground.BAD_FAITH, withheld_information=False, against_better_knowledge=False
            ),
            False,
        ),
        (ClaimFacts(Ground.IRRESPONSIBLE, situation_met=True), None),
        (ClaimFacts(Ground.IRRESPONSIBLE, situation_met=True, told_at_payment=True), True),
        (ClaimFacts(Ground.SOON_ABLE, situation_met=True, told_at_payment=False), False),
        (ClaimFacts(Ground.COMPENSATED, same_time_and_purpose=True), True),
        (ClaimFacts(Ground.COMPENSATED, same_time_and_purpose=False), False),
        (ClaimFacts(Ground.PROVISIONAL, reserved_in_writing=True), True),
        (ClaimFacts(Ground.PROVISIONAL), None),
    ],
)
def test_each_ground_has_its_own_conditions(claim: ClaimFacts, *, passed: bool | None) -> None:
    assert ground_gate(claim).passed is passed


def test_what_is_open_is_said_with_its_paragraph_and_a_way_out() -> None:
    with pytest.raises(RuleError, match=r"LAS § 95.*uvist.*Find brevet"):
        ground_gate(ClaimFacts(Ground.PROVISIONAL)).demand("Der kan ikke kræves tilbage.")


def test_set_off_is_gross_against_gross_and_only_for_the_same_months() -> None:
    helped = {Month(2025, 9): Money.kroner(7205), Month(2025, 10): Money.kroner(7205)}
    compensated = {Month(2025, 10): Money.kroner(5000), Month(2025, 11): Money.kroner(9000)}

    found = set_off(helped, compensated)

    assert [(each.month, each.claim) for each in found] == [(Month(2025, 10), Money.kroner(5000))]


@given(by_month, by_month)
def test_a_set_off_takes_no_more_than_either_was(
    helped: dict[Month, Money], compensated: dict[Month, Money]
) -> None:
    for each in set_off(helped, compensated):
        assert Money(0) <= each.claim <= min(helped[each.month], compensated[each.month])


@given(by_month, by_month)
def test_a_claim_is_what_was_paid_and_not_due(
    paid: dict[Month, Money], due: dict[Month, Money]
) -> None:
    claim = claimed(paid, due)

    assert all(amount > Money(0) for amount in claim.values())
    assert claimed(paid, paid) == {}
    assert debt([claim]) <= total(paid.values())
    for month in claim:
        assert claim[month] + due.get(month, Money(0)) == paid[month]


@pytest.mark.parametrize(
    ("income", "expected"),
    [(99_999, 0), (100_000, 333), (149_999, 499), (150_000, 1250), (250_000, 5208)],
)
def test_the_table_says_what_can_be_paid_a_month(income: int, expected: int) -> None:
    assert TABLE.monthly(Money.kroner(income)) == Money.kroner(expected)


def test_a_table_that_does_not_rise_is_refused() -> None:
    with pytest.raises(RuleError, match="stiger ikke"):
        AbilityTable((*TABLE.rows, AbilityRow(Money.kroner(200_000), 300_000)), "", Confidence.LOW)


def test_without_a_table_nothing_is_proposed() -> None:
    with pytest.raises(RateMissingError, match="Betalingsevnetabellen"):
        instalments(Money.kroner(1000), Money.kroner(200_000), None)


def test_who_cannot_pay_has_no_instalments() -> None:
    assert instalments(Money.kroner(1000), Money.kroner(50_000), TABLE).months == 0


@given(st.integers(1, 10_000_000), st.integers(0, 50_000_000))
def test_instalments_pay_the_debt_to_the_oere(owed: int, income: int) -> None:
    plan = instalments(Money(owed), Money(income), TABLE)

    if plan.months:
        assert plan.monthly * (plan.months - 1) + plan.last == Money(owed)
        assert Money(0) < plan.last <= plan.monthly


ENDED = date(2023, 5, 31)


def test_a_claim_lapses_three_years_after_help_ended_when_nothing_came_in() -> None:
    claim = Money.kroner(9000)

    the_day_before = standing(claim, [], help_ended_on=ENDED, day=date(2026, 5, 30), rates=RATES)
    on_the_day = standing(claim, [], help_ended_on=ENDED, day=date(2026, 5, 31), rates=RATES)

    assert (the_day_before.left, the_day_before.lapsed_on) == (claim, None)
    assert (on_the_day.left, on_the_day.lapsed_on) == (Money(0), date(2026, 5, 31))


def test_a_payment_in_the_three_years_keeps_the_claim() -> None:
    paid = [Recovered(date(2025, 1, 1), Money.kroner(100))]

    now = standing(Money.kroner(9000), paid, help_ended_on=ENDED, day=date(2027, 1, 1), rates=RATES)

    assert now.left == Money.kroner(8900)


def test_while_help_runs_nothing_lapses() -> None:
    now = standing(Money.kroner(9000), [], help_ended_on=None, day=date(2035, 1, 1), rates=RATES)

    assert now.left == Money.kroner(9000)


def test_help_that_ended_on_a_leap_day_lapses_on_the_first_of_march() -> None:
    assert lapse_day(date(2024, 2, 29), rates=RATES) == date(2027, 3, 1)
