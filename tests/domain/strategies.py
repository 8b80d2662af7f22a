"""Hypothesis strategies, one a type of the domain."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from processes.domain.money import Money
from processes.domain.periods import Month, Period
from processes.domain.timeline import Timeline

START = date(2025, 1, 1)

amounts = st.integers(min_value=-10_000_000, max_value=10_000_000).map(Money)
positive_amounts = st.integers(min_value=1, max_value=10_000_000).map(Money)
days = st.integers(min_value=0, max_value=800).map(lambda count: START + timedelta(days=count))
months = st.builds(Month, st.integers(2024, 2030), st.integers(1, 12))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """Draw a period; some have no end."""
    start = draw(days)
    length = draw(st.one_of(st.none(), st.integers(min_value=1, max_value=400)))
    return Period(start, None if length is None else start + timedelta(days=length))


@st.composite
def timelines(draw: st.DrawFn) -> Timeline[int]:
    """Draw a timeline of a few stretches with gaps."""
    day = draw(days)
    values: list[tuple[Period, int]] = []
    for length, gap, value in draw(
        st.lists(st.tuples(st.integers(1, 60), st.integers(0, 30), st.integers(0, 2)), max_size=6)
    ):
        values.append((Period(day, day + timedelta(days=length)), value))
        day += timedelta(days=length + gap)
    return Timeline(values)
