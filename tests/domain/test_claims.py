"""A claim never asks for more than was paid, is behind only on what was due, and lapses in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.law import load_rates
from processes.domain.claims import (
    Arrangement,
    ArrangementKind,
    ClaimEvent,
    ClaimEventKind,
    ClaimMonth,
    DebtClaim,
    RepaymentBasis,
    arrears,
    check_months,
    from_body,
    left_of,
    next_look,
    stands,
    to_body,
)
from processes.domain.errors import RuleError
from processes.domain.matters import Basis
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.recovery import ClaimFacts, Ground

RATES = load_rates()
AT = datetime(2026, 4, 20, 10, tzinfo=UTC)
MARCH = Month(2026, 3)
CLAIM = DebtClaim(
    id="krav",
    decision_id="afgoerelse",
    case_id="sag",
    party_id="anna",
    amount=Money.kroner(4000),
    claim_type="KTTIBAK",
    from_month=MARCH,
    to_month=MARCH,
    founded_on=date(2026, 3, 17),
    limitation_on=date(2029, 3, 17),
    made_at=AT,
)
MONTHLY = Arrangement(
    "ordning", "krav", ArrangementKind.INSTALMENTS, Money.kroner(500), date(2026, 5, 20),
    date(2027, 4, 20), "Aftalt.", "Aftalt.", "finn", AT,
)  # fmt: skip


def paid(on: date, kroner: int, number: int = 1) -> ClaimEvent:
    amount = Money.kroner(kroner)
    return ClaimEvent("krav", ClaimEventKind.PAID, on, amount, f"bev-{number}", "system", AT)


@pytest.mark.parametrize(
    ("month", "ground"),
    [
        (ClaimMonth(MARCH, Money(100), Money(101)), Ground.BAD_FAITH),
        (ClaimMonth(MARCH, Money(100), Money(0)), Ground.BAD_FAITH),
        (ClaimMonth(MARCH, Money(100), Money(60), Money(59)), Ground.COMPENSATED),
    ],
    ids=["more than was paid", "nothing", "more than came later"],
)
def test_what_cannot_be_claimed_is_refused(month: ClaimMonth, ground: Ground) -> None:
    with pytest.raises(RuleError):
        check_months([month], ground)


def test_under_section_94_what_came_later_is_the_ceiling() -> None:
    check_months([ClaimMonth(MARCH, Money(100), Money(60), Money(60))], Ground.COMPENSATED)


def test_the_grounds_come_back_from_plain_data_as_they_were() -> None:
    basis = RepaymentBasis(
        ClaimFacts(Ground.BAD_FAITH, withheld_information=True),
        (ClaimMonth(MARCH, Money(1_000_00), Money(400_00)),),
        "Vejledt den 2. marts.",
        15,
    )
    stored = Basis(
        id="g",
        matter_id="m",
        case_id="sag",
        calculation_id="b",
        amount=basis.amount,
        is_adverse=True,
        legal_basis=(basis.law,),
        body=to_body(basis),
        made_by="karin",
        made_at=AT,
    )

    assert from_body(stored) == basis


def test_an_instalment_is_behind_some_days_after_it_was_due_and_not_before() -> None:
    due = date(2026, 5, 20)

    assert arrears(MONTHLY, CLAIM, (), CLAIM.amount, due + timedelta(days=9)) == Money(0)
    assert arrears(MONTHLY, CLAIM, (), CLAIM.amount, due + timedelta(days=10)) == Money.kroner(500)


@given(st.integers(1, 4000), st.integers(0, 700))
def test_never_more_is_behind_than_is_left(kroner: int, days: int) -> None:
    events = (paid(date(2026, 5, 1), kroner),)
    left = left_of(CLAIM, events)

    behind = arrears(MONTHLY, CLAIM, events, left, date(2026, 5, 1) + timedelta(days=days))

    assert Money(0) <= behind <= left


def test_what_is_paid_before_it_is_due_is_not_asked_for_again() -> None:
    events = (paid(date(2026, 5, 2), 500),)

    assert arrears(MONTHLY, CLAIM, events, left_of(CLAIM, events), date(2026, 6, 5)) == Money(0)


def test_three_years_without_help_and_without_a_krone_and_it_lapses() -> None:
    ended = date(2026, 4, 30)
    day = date(2029, 4, 30)

    nothing = stands(CLAIM, (), help_ended_on=ended, day=day, rates=RATES)
    something = stands(
        CLAIM, (paid(date(2027, 1, 1), 1),), help_ended_on=ended, day=day, rates=RATES
    )

    assert (nothing.left, nothing.lapsed_on) == (Money(0), day)
    assert (something.left, something.lapsed_on) == (Money.kroner(3999), None)


@given(st.dates(date(2026, 4, 20), date(2031, 1, 1)))
def test_a_claim_is_always_looked_at_again_and_in_time_for_its_lapse(day: date) -> None:
    deferred = replace(MONTHLY, kind=ArrangementKind.DEFERRED, monthly=Money(0), first_due_on=None)
    ended = date(2026, 4, 30)

    for arrangement in (MONTHLY, deferred):
        look = next_look(arrangement, day, help_ended_on=ended, rates=RATES)
        assert look > day
        assert day >= date(2029, 4, 30) or look <= date(2029, 4, 30)
    assert next_look(deferred, day, help_ended_on=None, rates=RATES) <= day + timedelta(days=45)
