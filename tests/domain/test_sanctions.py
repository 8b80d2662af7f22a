"""Sanctions (LAS §§ 35-40 a): the gate, the satser by interval, the months they are taken in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.law import load_rates
from processes.domain.decisions import SYSTEM
from processes.domain.errors import BrokenStateError, RateMissingError, RuleError, SafeguardError
from processes.domain.money import Money, total
from processes.domain.periods import Month, Period
from processes.domain.sanctions import (
    DecidedSanction,
    Group,
    Incident,
    Paragraph,
    amount_of,
    check_proposal,
    gate,
    how_many,
    last_month,
    sats,
    settle,
)

RATES = load_rates()
AWAY = Incident(
    id="h1",
    party_id="anna",
    paragraph=Paragraph.INTERVIEW,
    days=Period(date(2024, 3, 12), date(2024, 3, 15)),
    group=Group.JOB_READY,
    guided_on=date(2024, 1, 10),
    convened_correctly=True,
    no_reasonable_ground=True,
)


@pytest.mark.parametrize(
    ("monthly_help", "expected"),
    [
        # The minister's table 1.1 of 2021 (ft.dk, BEU svar 621), each bound from both sides.
        ("5632", 200),
        ("5632,99", 200),
        ("5633", 400),
        ("9935", 400),
        ("9935,01", 600),
        ("13519", 600),
        ("13519,01", 700),
        ("0", 200),
    ],
)
def test_a_sats_follows_from_the_months_help(monthly_help: str, expected: int) -> None:
    one = sats(Money.kroner(monthly_help), date(2021, 6, 1), rates=RATES)

    assert one == Money.kroner(expected)


@pytest.mark.parametrize(("day", "expected"), [(date(2023, 12, 31), 400), (date(2024, 1, 1), 200)])
def test_the_intervals_change_with_the_year_and_the_satser_do_not(day: date, expected: int) -> None:
    assert sats(Money.kroner(5800), day, rates=RATES) == Money.kroner(expected)


@given(st.integers(0, 3_000_000), st.integers(0, 3_000_000))
def test_more_help_never_makes_a_sats_smaller(oere: int, more: int) -> None:
    day = date(2024, 6, 1)

    assert sats(Money(oere), day, rates=RATES) <= sats(Money(oere + more), day, rates=RATES)


def test_the_intervals_after_the_reform_are_marked() -> None:
    assert RATES.on("sanktion.interval2", date(2026, 3, 1)).is_provisional
    assert not RATES.on("sanktion.interval1", date(2023, 3, 1)).is_provisional


def test_the_missed_day_counts_and_the_day_of_contact_does_not() -> None:
    assert how_many(AWAY, rates=RATES) == 3
    same_day = replace(AWAY, days=Period(date(2024, 3, 12), date(2024, 3, 13)))
    assert how_many(same_day, rates=RATES) == 1


def test_an_incident_that_is_not_over_has_no_amount() -> None:
    with pytest.raises(BrokenStateError, match="not over"):
        how_many(replace(AWAY, days=Period(date(2024, 3, 12))), rates=RATES)


@pytest.mark.parametrize(
    "paragraph",
    [Paragraph.REFUSED_OFFER, Paragraph.LEFT_WORK, Paragraph.OTHER, Paragraph.SHARPENED],
)
def test_a_number_of_satser_that_was_not_read_is_missing_and_no_guess(
    paragraph: Paragraph,
) -> None:
    with pytest.raises(RateMissingError, match=r"sanktion\.antal\.p"):
        amount_of(replace(AWAY, paragraph=paragraph), monthly_help=Money.kroner(12000), rates=RATES)


def test_three_days_away_cost_three_satser() -> None:
    cost = amount_of(AWAY, monthly_help=Money.kroner(12000), rates=RATES)

    assert cost == Money.kroner(1800)


def test_each_of_a_couple_is_sanctioned_by_the_help_of_ones_own() -> None:
    both = Money.kroner(12770) + Money.kroner(8231)

    own = amount_of(AWAY, monthly_help=Money.kroner(8231), rates=RATES)

    assert own == Money.kroner(1200)
    assert own < amount_of(AWAY, monthly_help=both, rates=RATES)


def test_everything_in_place_passes() -> None:
    assert gate(AWAY, rates=RATES).passed is True


@pytest.mark.parametrize(
    ("guided_on", "passed"),
    [
        (None, None),
        (date(2023, 9, 11), False),
        (date(2023, 9, 12), True),
        (date(2024, 3, 12), True),
        (date(2024, 3, 13), False),
    ],
)
def test_guidance_counts_for_half_a_year_and_not_backwards(
    guided_on: date | None, *, passed: bool | None
) -> None:
    assert gate(replace(AWAY, guided_on=guided_on), rates=RATES).passed is passed


@pytest.mark.parametrize("name", ["convened_correctly", "no_reasonable_ground"])
@pytest.mark.parametrize(("said", "passed"), [(False, False), (None, None)])
def test_what_is_not_met_or_not_known_stops_it(
    name: str, *, said: bool | None, passed: bool | None
) -> None:
    incident = replace(AWAY, **{name: said})

    assert gate(incident, rates=RATES).passed is passed
    with pytest.raises(RuleError, match="LAS § "):
        gate(incident, rates=RATES).demand("Der kan ikke gives en sanktion.")


READY = replace(
    AWAY,
    group=Group.ACTIVITY_READY,
    personal_contact_tried=True,
    furthers_availability=True,
    reason="Anna er mødt hver gang, hun er blevet ringet op; en sanktion støtter aftalen.",
)


def test_the_activity_ready_need_contact_and_a_concrete_reason() -> None:
    assert gate(READY, rates=RATES).passed is True
    assert gate(replace(READY, reason=" "), rates=RATES).passed is None
    assert gate(replace(READY, personal_contact_tried=False), rates=RATES).passed is False
    assert gate(replace(READY, furthers_availability=False), rates=RATES).passed is False


def test_the_system_never_proposes_a_sanction_of_the_activity_ready() -> None:
    with pytest.raises(SafeguardError, match="aktivitetsparate"):
        check_proposal(READY, by=SYSTEM)

    check_proposal(READY, by="mette")
    check_proposal(AWAY, by=SYSTEM)


SHARP = replace(
    AWAY,
    paragraph=Paragraph.SHARPENED,
    sanctioned_before=True,
    sharpened_guided_on=date(2024, 1, 10),
)


def test_the_sharpened_sanction_needs_an_earlier_one_and_its_own_guidance() -> None:
    assert gate(SHARP, rates=RATES).passed is True
    assert gate(replace(SHARP, sanctioned_before=False), rates=RATES).passed is False
    assert gate(replace(SHARP, sharpened_guided_on=None), rates=RATES).passed is None
    assert gate(replace(SHARP, has_spouse=True), rates=RATES).passed is None
    both = replace(SHARP, has_spouse=True, spouse_guided_on=date(2024, 1, 10))
    assert gate(both, rates=RATES).passed is True


@pytest.mark.parametrize(("day", "passed"), [(date(2024, 12, 31), True), (date(2025, 1, 1), False)])
def test_from_2025_the_sharpened_sanction_is_not_for_the_activity_ready(
    day: date, *, passed: bool
) -> None:
    incident = replace(
        READY,
        paragraph=Paragraph.SHARPENED,
        sanctioned_before=True,
        days=Period(day, date(2025, 1, 10)),
        guided_on=date(2024, 12, 1),
        sharpened_guided_on=date(2024, 12, 1),
    )

    assert gate(incident, rates=RATES).passed is passed


def test_a_deduction_is_made_within_three_whole_months_after_the_incident() -> None:
    assert last_month(date(2024, 3, 1), rates=RATES) == Month(2024, 6)
    assert last_month(date(2024, 3, 31), rates=RATES) == Month(2024, 6)
    assert last_month(date(2024, 11, 5), rates=RATES) == Month(2025, 2)


def _months(kroner: list[int]) -> dict[Month, Money]:
    return {Month(2024, number): Money.kroner(k) for number, k in enumerate(kroner, start=1)}


def _paid(months: dict[Month, Money]) -> dict[Month, date]:
    return {month: month.last_day for month in months}


def _sanction(name: str, kroner: int, on: date, decided: date | None = None) -> DecidedSanction:
    return DecidedSanction(name, "anna", on, Money.kroner(kroner), decided or on)


def test_several_are_settled_as_one_amount_a_month() -> None:
    months = _months([12000, 12000])

    done = settle(
        [_sanction("a", 600, date(2024, 1, 5)), _sanction("b", 1200, date(2024, 1, 9))],
        help_by_month=months,
        taken_from=_paid(months),
        rates=RATES,
    )

    assert done.in_month(Month(2024, 1)) == Money.kroner(1800)
    assert done.in_month(Month(2024, 2)) == Money(0)
    assert not done.waiting
    assert not done.lapsed


def test_a_month_bears_no_more_than_its_help_and_the_rest_waits() -> None:
    months = _months([1000, 1000])

    done = settle(
        [_sanction("a", 2500, date(2024, 1, 5))],
        help_by_month=months,
        taken_from=_paid(months),
        rates=RATES,
    )

    assert done.in_month(Month(2024, 2)) == Money.kroner(1000)
    assert done.waiting == {"a": Money.kroner(500)}


def test_what_the_third_month_cannot_bear_lapses() -> None:
    months = _months([1000, 1000, 1000, 1000, 9000])

    done = settle(
        [_sanction("a", 5000, date(2024, 1, 5))],
        help_by_month=months,
        taken_from=_paid(months),
        rates=RATES,
    )

    assert done.lapsed == {"a": Money.kroner(1000)}
    assert done.in_month(Month(2024, 5)) == Money(0)


def test_nothing_is_taken_before_the_decision_was_sent() -> None:
    months = _months([9000, 9000])

    done = settle(
        [_sanction("a", 600, date(2024, 1, 5), decided=date(2024, 2, 1))],
        help_by_month=months,
        taken_from=_paid(months),
        rates=RATES,
    )

    assert done.in_month(Month(2024, 1)) == Money(0)
    assert done.in_month(Month(2024, 2)) == Money.kroner(600)


sanction_lists = st.lists(
    st.tuples(st.integers(1, 9000), st.integers(1, 12), st.integers(1, 28), st.integers(0, 60)),
    max_size=6,
)


@given(sanction_lists, st.lists(st.integers(0, 13000), min_size=1, max_size=12), st.randoms())
def test_every_krone_is_taken_waits_or_lapses_and_no_month_goes_below_zero(
    drawn: list[tuple[int, int, int, int]], kroner: list[int], random: object
) -> None:
    months = _months(kroner)
    sanctions = [
        DecidedSanction(
            f"s{number}",
            "anna",
            date(2024, month, day),
            Money.kroner(amount),
            date.fromordinal(date(2024, month, day).toordinal() + later),
        )
        for number, (amount, month, day, later) in enumerate(drawn)
    ]
    done = settle(sanctions, help_by_month=months, taken_from=_paid(months), rates=RATES)

    for sanction in sanctions:
        taken = [each for each in done.deductions if each.sanction_id == sanction.id]
        rest = done.waiting.get(sanction.id, Money(0)) + done.lapsed.get(sanction.id, Money(0))
        assert total(each.amount for each in taken) + rest == sanction.amount
        for each in taken:
            assert each.month <= last_month(sanction.incident_on, rates=RATES)
            assert each.month.last_day >= sanction.decided_on
    for month, amount in months.items():
        assert done.in_month(month) <= amount
    shuffled = list(sanctions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert settle(shuffled, help_by_month=months, taken_from=_paid(months), rates=RATES) == done


@pytest.mark.parametrize(("year", "month"), [(2018, 12364), (2019, 12519), (2020, 12663)])
def test_the_published_day_rates_of_before_2020_are_twelve_months_over_260_days(
    year: int, month: int
) -> None:
    # ps-01, behandlosordentligt.dk and bm.dk: 571, 578 and 584 kr. a day
    day = RATES.on("sanktion.periodesanktion_dag", date(year, 6, 1)).amount

    assert Money(month * 12 * 100 // 260).to_nearest_krone() == day
