"""Answers: why is one month of help different from another, line by line?

Only what was calculated is compared: a difference has a fact, a rate or days as its cause, and
each is read from the trees that the amounts were made with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    because = (
        *_days(earlier, before),
        *_days(later, after),
        *_grounds(earlier, later, before, after),
    )
    return LineChange(change.label, change.before, change.after, change.law, because)


def _days(line: Line | None, month: PersonMonth) -> Iterator[str]:
    if line is not None and line.days is not None:
        yield f"I {month_in_words(month.month)} er det kun for {days_in_words(line.days)}"


def _grounds(
    earlier: Line | None, later: Line | None, before: PersonMonth, after: PersonMonth
) -> Iterator[str]:
    """Say each fact and rate that differs; where a line is new or gone, what of it differs."""
    known, new = _leaves(earlier), _leaves(later)
    if earlier is None:
        yield from _against(new, before, "{label}: {now}, før {was}") or _all_of(new)
        return
    if later is None:
        yield from _against(known, after, "{label}: {was}, før {now}") or (
            f"{label}: ikke længere {in_words(node.value)}" for label, node in known.items()
        )
        return
    for label, node in new.items():
        was = known.get(label)
        if was is None:
            yield f"{label}: {in_words(node.value)}"
        elif was.value != node.value:
            yield f"{label}: {in_words(node.value)}, før {in_words(was.value)}"
    for label, node in known.items():
        if label not in new:
            yield f"{label}: ikke længere {in_words(node.value)}"


def _against(leaves: dict[str, Node], other: PersonMonth, said: str) -> list[str]:
    """Say what a line rests on that the other month also asked for and was told otherwise of."""
    there: dict[str, list[Node]] = {}
    trees = [line.explanation for line in other.lines]
    trees += [condition.explanation for condition in other.conditions]
    for node in (node for tree in trees for node in tree.walk() if node.kind in GROUNDS):
        there.setdefault(node.label, []).append(node)
    return [
        said.format(label=label, now=in_words(node.value), was=in_words(there[label][0].value))
        for label, node in leaves.items()
        if label in there and all(each.value != node.value for each in there[label])
    ]


def _all_of(leaves: dict[str, Node]) -> list[str]:
    return [f"{label}: {in_words(node.value)}" for label, node in leaves.items()]


def _leaves(line: Line | None) -> dict[str, Node]:
    if line is None:
        return {}
    return {node.label: node for node in line.explanation.walk() if node.kind in GROUNDS}


MOST_REASONS = 3
"""What a line of a list has room for; the two months beside each other say all of it."""


@dataclass(frozen=True)
class MonthStep:
    """One month with what moved it since the month before (månedens trin)."""

    month: PersonMonth
    difference: Money | None
    """Against the month before; None for the first, and where one of them is not known."""
    because: tuple[str, ...]
    """Why it is another amount, or why there is none."""


def month_by_month(months: Sequence[PersonMonth]) -> tuple[MonthStep, ...]:
    """Return one person's months in order, each with what moved it (måned for måned)."""
    pairs = zip([None, *months], months, strict=False)
    return tuple(_step(before, month) for before, month in pairs)


def _step(before: PersonMonth | None, month: PersonMonth) -> MonthStep:
    if month.gross is None:
        return MonthStep(month, None, tuple(dict.fromkeys(each.sentence for each in month.missing)))
    if before is None or before.gross is None:
        return MonthStep(month, None, _refused(month))
    difference = month.gross - before.gross
    if not difference:
        return MonthStep(month, difference, _refused(month))
    said = [
        f"{_signed(change.difference)} {change.label[:1].lower()}{change.label[1:]}"
        f"{_reason(change)}"
        for change in compare(before, month)
        if change.difference
    ]
    return MonthStep(month, difference, _refused(month) or tuple(said[:MOST_REASONS]))


def _refused(month: PersonMonth) -> tuple[str, ...]:
    return () if month.lines else tuple(each.reason for each in month.refused_because)


def _reason(change: LineChange) -> str:
    return f" ({change.because[0]})" if change.because else ""


def _signed(amount: Money) -> str:
    return f"+{amount.danish()}" if amount > Money(0) else amount.danish()
