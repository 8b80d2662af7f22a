"""Answers: why is one month of help different from another, line by line?

Only what was calculated is compared: a difference has a fact, a rate or days as its cause, and
each is read from the trees that the amounts were made with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from processes.domain.calculation import Line, PersonMonth
from processes.domain.money import Money
from processes.domain.rules.prose import days_in_words, in_words, law_in_words, month_in_words
from processes.domain.rules.trace import Node

GROUNDS = {"fact", "rate"}
"""What a difference can come from; rules only carry it on."""


@dataclass(frozen=True)
class LineChange:
    """One line in two months (ændret post): both amounts, and why they differ."""

    label: str
    before: Money | None
    """None when the month has no such line."""
    after: Money | None
    law: str
    because: tuple[str, ...]
    """In words; empty when nothing has changed."""

    @property
    def difference(self) -> Money:
        """How much more it is in the later month."""
        return (self.after or Money(0)) - (self.before or Money(0))


def compare(before: PersonMonth, after: PersonMonth) -> tuple[LineChange, ...]:
    """Return every line of two months (sammenligning), those that changed first."""
    earlier = {line.key: line for line in before.lines}
    later = {line.key: line for line in after.lines}
    changes = [
        _change(earlier.get(key), later.get(key), before, after)
        for key in dict.fromkeys((*earlier, *later))
    ]
    return tuple(sorted(changes, key=lambda each: not each.difference))


def _change(
    earlier: Line | None, later: Line | None, before: PersonMonth, after: PersonMonth
) -> LineChange:
    there = [each for each in (earlier, later) if each is not None]
    change = LineChange(
        # A line of a part month carries its days; the same line of a whole month does not.
        label=min((each.label for each in there), key=len),
        before=None if earlier is None else earlier.amount,
        after=None if later is None else later.amount,
        law=law_in_words(there[-1].explanation.law),
        because=(),
    )
    if not change.difference:
        return change
    because = (*_days(earlier, before), *_days(later, after), *_grounds(earlier, later))
    return LineChange(change.label, change.before, change.after, change.law, because)


def _days(line: Line | None, month: PersonMonth) -> Iterator[str]:
    if line is not None and line.days is not None:
        yield f"I {month_in_words(month.month)} er det kun for {days_in_words(line.days)}"


def _grounds(earlier: Line | None, later: Line | None) -> Iterator[str]:
    """Say each fact and rate that differs; where a line is new, what it rests on."""
    known, new = _leaves(earlier), _leaves(later)
    for label, node in new.items():
        was = known.get(label)
        if was is None:
            yield f"{label}: {in_words(node.value)}"
        elif was.value != node.value:
            yield f"{label}: {in_words(node.value)}, før {in_words(was.value)}"
    for label, node in known.items():
        if label not in new:
            yield f"{label}: ikke længere {in_words(node.value)}"


def _leaves(line: Line | None) -> dict[str, Node]:
    if line is None:
        return {}
    return {node.label: node for node in line.explanation.walk() if node.kind in GROUNDS}
