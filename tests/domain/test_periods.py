"""Periods and calendar: half-open, and a deadline never ends on a closing day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.domain.periods import Calendar, Month, Period
from tests.builders.days import a_calendar
from tests.domain.strategies import days, months, periods


@given(periods(), periods(), days)
def test_a_day_in_both_is_in_what_both_have(one: Period, other: Period, day: date) -> None:
    both = one.clipped(other)

    assert (both is not None and day in both) == (day in one and day in other)


@given(periods(), periods())
def test_what_covers_another_has_all_of_it(one: Period, other: Period) -> None:
    assert one.covers(other) == (one.clipped(other) == other)


@given(months)
def test_months_follow_each_other_without_gap(month: Month) -> None:
    assert month.period().end == month.next().first_day
    assert Month.of(month.last_day) == month
    assert Month.parse(str(month)) == month


@given(months, st.integers(min_value=1, max_value=30))
def test_a_period_touches_its_months_in_order(first: Month, count: int) -> None:
    month, expected = first, [first]
    for _ in range(count - 1):
        month = month.next()
        expected.append(month)

    assert list(Period(first.first_day, month.next().first_day).months()) == expected


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after it starts"):
        Period(date(2026, 1, 2), date(2026, 1, 2))


@pytest.mark.parametrize(
    ("month", "day"),
    [
        (Month(2026, 3), date(2026, 3, 31)),
        (Month(2026, 5), date(2026, 5, 29)),
        (Month(2026, 12), date(2026, 12, 30)),
    ],
)
def test_money_is_there_on_the_last_banking_day(month: Month, day: date) -> None:
    assert a_calendar().last_banking_day(month) == day


def test_working_days_leave_out_easter() -> None:
    assert a_calendar().working_days_after(date(2026, 4, 1), 2) == date(2026, 4, 8)


@given(st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 12, 20)))
def test_a_deadline_moved_on_is_a_working_day_and_never_earlier(day: date) -> None:
    moved = a_calendar().first_working_day_from(day)

    assert moved >= day
    assert a_calendar().is_working_day(moved)


def test_a_day_the_calendar_was_not_made_for_is_an_error() -> None:
    small = Calendar(frozenset(), frozenset(), Period(date(2026, 1, 1), date(2027, 1, 1)))

    with pytest.raises(ValueError, match="2027-01-01"):
        small.is_working_day(date(2027, 1, 1))
