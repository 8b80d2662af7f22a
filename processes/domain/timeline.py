"""Answers: which value holds when? Values over half-open periods, with gaps where nothing is known.

The only loop over time: cut at every change, ask once for each stretch, join what is equal.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from processes.domain.periods import Period

T = TypeVar("T")
U = TypeVar("U")
V = TypeVar("V")


@dataclass(frozen=True)
class Stretch(Generic[T]):
    """A value and the days it holds (tidsrum)."""

    period: Period
    value: T


class Timeline(Generic[T]):
    """Values over time (tidslinje): stretches in order, none overlapping, equal neighbours joined.

    >>> line = Timeline([(Period(date(2026, 1, 1), date(2026, 2, 1)), "a"),
    ...                  (Period(date(2026, 2, 1)), "a")])
    >>> [(str(each.period.start), each.value) for each in line]
    [('2026-01-01', 'a')]
    """

    def __init__(self, values: Iterable[tuple[Period, T]]) -> None:
        stretches: list[Stretch[T]] = []
        for period, value in sorted(values, key=lambda pair: pair[0].start):
            if stretches:
                last = stretches[-1]
                if last.period.end is None or period.start < last.period.end:
                    raise ValueError(f"two values on {period.start}: a day has at most one")
                if last.period.end == period.start and last.value == value:
                    joined = Period(last.period.start, period.end)
                    stretches[-1] = Stretch(joined, value)
                    continue
            stretches.append(Stretch(period, value))
        self._stretches = tuple(stretches)

    def __iter__(self) -> Iterator[Stretch[T]]:
        return iter(self._stretches)

    def __len__(self) -> int:
        return len(self._stretches)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Timeline) and self._stretches == other._stretches

    def __hash__(self) -> int:
        return hash(self._stretches)

    def __repr__(self) -> str:
        return f"Timeline({[(each.period, each.value) for each in self._stretches]!r})"

    def on(self, day: date) -> T | None:
        """Return the value on a day; None in a gap."""
        return next((each.value for each in self._stretches if day in each.period), None)

    def clip(self, period: Period) -> Timeline[T]:
        """Keep the days of a period."""
        clipped = [(each.period.clipped(period), each.value) for each in self._stretches]
        return Timeline((kept, value) for kept, value in clipped if kept is not None)

    def changes(self) -> tuple[date, ...]:
        """Return every day on which the value is another than the day before, gaps included."""
        edges = {each.period.start for each in self._stretches}
        edges |= {each.period.end for each in self._stretches if each.period.end is not None}
        return tuple(sorted(edges))

    def map(self, change: Callable[[T], U]) -> Timeline[U]:
        """Change each value; what becomes equal is joined."""
        return Timeline((each.period, change(each.value)) for each in self._stretches)

    def combine(
        self, other: Timeline[U], join: Callable[[T | None, U | None], V | None]
    ) -> Timeline[V]:
        """Cut at the changes of both and ask once for each stretch; None leaves a gap.

        `join` is not asked where neither has a value.
        """
        edges = sorted({*self.changes(), *other.changes()})
        endless = any(each.period.end is None for each in (*self, *other))
        ends: list[date | None] = [*edges[1:], *([None] if endless else [])]
        joined: list[tuple[Period, V]] = []
        for start, end in zip(edges, ends, strict=False):
            mine, theirs = self.on(start), other.on(start)
            if mine is None and theirs is None:
                continue
            value = join(mine, theirs)
            if value is not None:
                joined.append((Period(start, end), value))
        return Timeline(joined)


class InForce(Generic[T]):
    """What is in force on a day, by key (gældende): looked up once for each span without change.

    Values of one key do not overlap; whoever makes this has seen to it.
    """

    def __init__(self, values: Iterable[tuple[str, Period, T]]) -> None:
        self._values = tuple(values)
        edges = {period.start for _, period, _ in self._values}
        edges |= {period.end for _, period, _ in self._values if period.end is not None}
        self._edges = sorted(edges)
        self._found: dict[int, Mapping[str, T]] = {}

    def changes(self, within: Period) -> tuple[date, ...]:
        """Return the days inside a period on which something begins or ends."""
        inside = self._edges[bisect_left(self._edges, within.start) :]
        if within.end is None:
            return tuple(inside)
        return tuple(inside[: bisect_left(inside, within.end)])

    def on(self, day: date) -> Mapping[str, T]:
        """Return everything in force on a day; the same mapping until something changes."""
        span = bisect_right(self._edges, day)
        found = self._found.get(span)
        if found is None:
            found = {key: value for key, period, value in self._values if day in period}
            self._found[span] = found
        return found
