"""The 225-hours rule: who is under it, the window and its extensions, and what must come first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.law import load_rates
from processes.domain.benefits.hours_rule import (
    Warned,
    extended_days,
    hours_in,
    is_under_the_rule,
    lower_months,
    months_before,
    next_first,
    reduction_gate,
    window,
)
from processes.domain.periods import Month, Period

RATES = load_rates()
FIRST = date(2024, 11, 1)
TOLD = Warned(guided=True, exempt=False, heard=True, decided=True)
A_YEAR = set(months_before(FIRST, 12))


def test_an_extension_of_fifteen_days_moves_the_loss_a_month() -> None:
    # 225-01, principafgørelse 33-18: 1 November and 15 days give 15 November and 1 December.
    ill = [Period(date(2024, 6, 1), date(2024, 6, 16))]

    moved = window(FIRST, ill, rates=RATES)

    assert moved.extended_days == 15
    # The last day that counts is 15 November.
    assert moved.counted.end == date(2024, 11, 16)
    assert moved.lapses_on == date(2024, 12, 1)


def test_without_extension_the_window_is_the_twelve_months_before() -> None:
    moved = window(FIRST, [], rates=RATES)

    assert moved.counted == Period(date(2023, 11, 1), FIRST)
    assert moved.lapses_on == FIRST


def test_days_that_do_not_count_inside_the_extension_extend_again() -> None:
    ill = [Period(date(2024, 10, 20), date(2024, 11, 20))]

    moved = window(FIRST, ill, rates=RATES)

    assert moved.extended_days == 31
    assert moved.lapses_on == date(2025, 1, 1)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 11, 1), date(2024, 11, 1)),
        (date(2024, 11, 2), date(2024, 12, 1)),
        (date(2024, 12, 31), date(2025, 1, 1)),
    ],
)
def test_a_loss_begins_on_the_first_of_a_month(day: date, expected: date) -> None:
    assert next_first(day) == expected


exempt_periods = st.lists(
    st.tuples(st.integers(0, 500), st.integers(1, 90)).map(
        lambda pair: Period(
            date(2023, 9, 1) + timedelta(days=pair[0]),
            date(2023, 9, 1) + timedelta(days=pair[0] + pair[1]),
        )
    ),
    max_size=6,
)


@given(exempt_periods)
def test_more_that_does_not_count_never_makes_the_loss_earlier(exempt: list[Period]) -> None:
    moved = window(FIRST, exempt, rates=RATES)

    assert moved.lapses_on >= window(FIRST, exempt[:-1], rates=RATES).lapses_on
    assert moved.lapses_on.day == 1
    assert moved.extended_days == extended_days(moved.counted, exempt)
    assert moved == window(FIRST, list(reversed(exempt)), rates=RATES)


@given(exempt_periods)
def test_a_day_that_does_not_count_is_taken_once(exempt: list[Period]) -> None:
    year = Period(date(2023, 11, 1), FIRST)
    days = {
        each.start + timedelta(days=n)
        for each in exempt
        for n in range(((each.end or each.start) - each.start).days)
    }

    assert extended_days(year, exempt) == sum(1 for day in days if day in year)


@pytest.mark.parametrize(("months", "under"), [(11, False), (12, True), (36, True)])
def test_a_year_of_help_within_three_years_is_under_the_rule(months: int, *, under: bool) -> None:
    helped = set(months_before(FIRST, 36)[:months])

    assert is_under_the_rule(helped, FIRST, rates=RATES) is under


def test_help_of_more_than_three_years_ago_does_not_count() -> None:
    helped = set(months_before(FIRST, 48)[:12])

    assert not is_under_the_rule(helped, FIRST, rates=RATES)


@pytest.mark.parametrize(("hours", "met"), [(224, False), (225, True), (226, True)])
def test_225_hours_are_enough(hours: int, *, met: bool) -> None:
    counted = Period(date(2023, 11, 1), FIRST)

    found = hours_in({Month(2024, 1): hours, Month(2023, 10): 99}, counted, FIRST, rates=RATES)

    assert found.met is met


def test_everything_in_place_may_be_decided() -> None:
    found = reduction_gate(A_YEAR, {}, [], TOLD, first=FIRST, rates=RATES)

    assert found.passed is True


@pytest.mark.parametrize(
    ("warned", "passed"),
    [
        (replace(TOLD, heard=False), False),
        (replace(TOLD, decided=False), False),
        (replace(TOLD, guided=None), None),
        (replace(TOLD, exempt=True), False),
        (replace(TOLD, exempt=None), None),
    ],
)
def test_nothing_is_lower_without_guidance_hearing_and_a_decision_that_was_sent(
    warned: Warned, *, passed: bool | None
) -> None:
    found = reduction_gate(A_YEAR, {}, [], warned, first=FIRST, rates=RATES)

    assert found.passed is passed


def test_an_extension_stops_it_until_the_first_after_it() -> None:
    ill = [Period(date(2024, 6, 1), date(2024, 6, 16))]

    before = reduction_gate(A_YEAR, {}, ill, TOLD, first=FIRST, rates=RATES)
    assert before.passed is False
    assert [check.key for check in before.open] == ["vindue_slut"]


def test_the_rule_is_gone_after_the_reform() -> None:
    helped = set(months_before(date(2025, 7, 1), 12))
    last = reduction_gate(helped, {}, [], TOLD, first=date(2025, 6, 1), rates=RATES)
    gone = reduction_gate(helped, {}, [], TOLD, first=date(2025, 7, 1), rates=RATES)

    assert "i_kraft" not in {check.key for check in last}
    assert gone.passed is False


def test_help_is_lower_from_the_first_until_the_hours_are_there() -> None:
    line = lower_months([(date(2024, 11, 1), date(2025, 2, 1)), (date(2025, 4, 1), None)])

    assert line.on(date(2024, 10, 31)) is None
    assert line.on(date(2025, 1, 31)) is True
    assert line.on(date(2025, 2, 1)) is None
