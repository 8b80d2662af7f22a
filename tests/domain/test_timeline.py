"""Timelines: one value a day, cut at every change, joined where equal."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.domain.periods import Period
from processes.domain.timeline import Timeline
from tests.domain.strategies import START, days, periods, timelines

ALL_DAYS = [START + timedelta(days=count) for count in range(-2, 1400)]


def test_two_values_on_one_day_are_refused() -> None:
    with pytest.raises(ValueError, match="2026-01-15"):
        Timeline(
            [
                (Period(date(2026, 1, 1), date(2026, 2, 1)), "a"),
                (Period(date(2026, 1, 15), date(2026, 3, 1)), "b"),
            ]
        )


def test_nothing_follows_a_value_without_an_end() -> None:
    with pytest.raises(ValueError, match="2026-02-01"):
        Timeline([(Period(date(2026, 1, 1)), "a"), (Period(date(2026, 2, 1)), "a")])


@given(timelines())
def test_equal_neighbours_are_one_stretch(line: Timeline[int]) -> None:
    stretches = list(line)

    for earlier, later in pairwise(stretches):
        assert earlier.period.end is not None
        assert earlier.period.end < later.period.start or earlier.value != later.value


@given(timelines(), periods())
def test_clipping_keeps_the_days_inside_and_no_others(line: Timeline[int], kept: Period) -> None:
    clipped = line.clip(kept)

    for day in ALL_DAYS:
        assert clipped.on(day) == (line.on(day) if day in kept else None)


@given(timelines())
def test_the_value_changes_on_the_days_it_says_and_on_no_other(line: Timeline[int]) -> None:
    changed = {day for day in ALL_DAYS if line.on(day) != line.on(day - timedelta(days=1))}

    assert set(line.changes()) == changed


@given(timelines(), timelines())
def test_combining_asks_for_each_day_what_both_say(
    mine: Timeline[int], theirs: Timeline[int]
) -> None:
    both = mine.combine(theirs, lambda a, b: None if a is None or b is None else a + b)
    either = mine.combine(theirs, lambda a, b: (a or 0) + (b or 0))

    for day in ALL_DAYS:
        a, b = mine.on(day), theirs.on(day)
        assert both.on(day) == (None if a is None or b is None else a + b)
        assert either.on(day) == (None if a is None and b is None else (a or 0) + (b or 0))


@given(timelines(), days, st.integers(0, 9))
def test_a_last_value_without_an_end_lasts(line: Timeline[int], day: date, value: int) -> None:
    endless = Timeline([(Period(day), value)])

    joined = line.combine(endless, lambda a, b: b if a is None else a)

    assert joined.on(date(2999, 1, 1)) == value


@given(timelines())
def test_values_that_become_equal_are_joined(line: Timeline[int]) -> None:
    same = line.map(lambda _: "x")

    assert [same.on(day) is None for day in ALL_DAYS] == [line.on(day) is None for day in ALL_DAYS]
    assert len(same) <= len(line)
