"""What the stories must cover, worked out from the rule book, and what they do cover.

Every formula is compiled with its comparisons, branches and rates written down while it runs. So
what must be tried follows from the book: a new rule, a new limit or a new year's rate that no story
touches is named, with what is missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from operator import ge, gt, le, lt
from typing import Any

from processes.domain.periods import ONE_DAY, Period
from processes.domain.rates import Rate, RateBook
from processes.domain.rules import scalar
from processes.domain.rules.book import Rule, RuleBook
from processes.domain.rules.language import (
    COUNT,
    FACT,
    PERCENT,
    RATE,
    Ask,
    Call,
    Expression,
    Literal,
    asks,
    walk,
)
from processes.domain.rules.run import Run
from processes.domain.rules.scalar import Formula, Notes, compiled

ORDERED: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
AGE = "kh.alder"
SINCE = ("age", "days_since", "months_since")
BOUNDS = {"<": (-1, 0), "<=": (0, 1), ">": (0, 1), ">=": (-1, 0)}
"""The two values beside each other at which an answer turns: left minus right."""


@dataclass
class Seen:
    """What was asked while stories ran (dækket)."""

    rules: set[str] = field(default_factory=set)
    differences: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """By comparison: left minus right, in øre, years, days or pieces."""
    branches: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By `if_` and `choose`: which ways were taken."""
    rates: dict[str, set[date]] = field(default_factory=lambda: defaultdict(set))
    """By rate row: the days it was asked for, first and last of each stretch."""


@contextmanager
def recorded(rules: list[Rule]) -> Iterator[tuple[RuleBook, Seen]]:
    """Give a rule book that writes down what it is asked."""
    seen = Seen()
    held = {name: scalar.CALLS[name] for name in (*ORDERED, "if_", "choose")}
    rate_asks = {name: scalar.ASKS[name] for name in (RATE, PERCENT, COUNT)}
    scalar.CALLS.update({name: _comparing(name, seen) for name in ORDERED})
    scalar.CALLS["if_"] = lambda call: _branching(call, seen)
    scalar.CALLS["choose"] = lambda call: _choosing(call, held["choose"], seen)
    scalar.ASKS.update({name: _rating(work, seen) for name, work in rate_asks.items()})
    try:
        yield RuleBook(rules), seen
    finally:
        scalar.CALLS.update(held)
        scalar.ASKS.update(rate_asks)


def _comparing(name: str, seen: Seen) -> Callable[[Call], Formula]:
    def made(call: Call) -> Formula:
        left, right = (compiled(each) for each in call.args)
        found = seen.differences[id(call)]

        def compare(run: Run, notes: Notes) -> Any:
            one, two = left(run, notes), right(run, notes)
            if one is None or two is None:
                return None
            difference: Any = one - two  # type: ignore[operator]
            found.add(difference if isinstance(difference, int) else difference.days)
            return ORDERED[name](one, two)

        return compare

    return made


def _branching(call: Call, seen: Seen) -> Formula:
    parts = [compiled(each) for each in call.args]
    found = seen.branches[id(call)]

    def branch(run: Run, notes: Notes) -> Any:
        for number in range(0, len(parts) - 1, 2):
            holds = parts[number](run, notes)
            if holds is None:
                return None
            if holds:
                found.add(str(number // 2 + 1))
                return parts[number + 1](run, notes)
        found.add("ellers")
        return parts[-1](run, notes)

    return branch


def _choosing(call: Call, made: Callable[[Call], Formula], seen: Seen) -> Formula:
    selector, whole = compiled(call.args[0]), made(call)
    found = seen.branches[id(call)]

    def choose(run: Run, notes: Notes) -> Any:
        word = selector(run, Notes())
        if word is not None:
            found.add(word if word in call.words else "ellers")
        return whole(run, notes)

    return choose


def _rating(made: Callable[[Ask], Formula], seen: Seen) -> Callable[[Ask], Formula]:
    def asking(ask: Ask) -> Formula:
        work = made(ask)

        def rate(run: Run, notes: Notes) -> Any:
            found = run.rate(ask.name)
            if isinstance(found, Rate):
                end = run.days.end
                seen.rates[found.id].add(run.days.start)
                seen.rates[found.id].update([end - ONE_DAY] if end else [])
            return work(run, notes)

        return rate

    return asking


# --- what must be covered -------------------------------------------------------------------------


def missing(book: RuleBook, rates: RateBook, seen: Seen, *, within: Period) -> list[str]:
    """Name everything no story touches."""
    ours = [rule for rule in book if rule.expression is not None or rule.value]
    found = [
        *(f"{rule.name}: ingen fortælling spørger reglen" for rule in _unasked(ours, seen)),
        *(said for rule in ours for said in _limits(rule, seen)),
        *(said for rule in ours for said in _ways(rule, seen)),
        *_days(ours, rates, seen, within),
    ]
    return list(dict.fromkeys(found))


def _unasked(rules: list[Rule], seen: Seen) -> list[Rule]:
    return [rule for rule in rules if rule.name not in seen.rules]


def _limits(rule: Rule, seen: Seen) -> Iterator[str]:
    """Name comparisons not tried at the two values where the answer turns."""
    for call in _calls(rule.expression, ORDERED):
        if all(isinstance(each, Literal) for each in call.args):
            continue
        tried = seen.differences[id(call)]
        if any(_is_told(each) for each in call.args):
            for each in sorted({*BOUNDS[call.name]} - tried):
                yield f"{rule.name}: {spelled(call)} er ikke prøvet med forskellen {each}"
        else:
            answers = {ORDERED[call.name](each, 0) for each in tried}
            for answer in sorted({True, False} - answers, reverse=True):
                word = "ja" if answer else "nej"
                yield f"{rule.name}: {spelled(call)} har aldrig givet {word}"


def _is_told(expression: Expression) -> bool:
    """Tell whether somebody says it, so that any value can be tried: sums of rates are no such."""
    if isinstance(expression, Ask):
        return expression.what == FACT or expression.name == AGE
    return isinstance(expression, Call) and expression.name in SINCE


def _ways(rule: Rule, seen: Seen) -> Iterator[str]:
    """Name branches that were never taken."""
    for call in _calls(rule.expression, {"if_", "choose"}):
        if call.name == "if_":
            wanted = [str(number // 2 + 1) for number in range(0, len(call.args) - 1, 2)]
            wanted.append("ellers")
        else:
            wanted = [word or "ellers" for word in call.words]
        for each in wanted:
            if each not in seen.branches[id(call)]:
                yield f"{rule.name}: {spelled(call)} har aldrig taget vejen '{each}'"


def _days(rules: list[Rule], rates: RateBook, seen: Seen, within: Period) -> Iterator[str]:
    """Name rates not asked for on their first and on their last day, of those rules may ask."""
    for key, asked in sorted(_asked_rates(rules).items()):
        for rate in rates.of(key):
            for days in asked:
                valid = rate.valid.clipped(days)
                if valid is None or valid.clipped(within) is None:
                    continue
                edges = [("første", max(valid.start, within.start))]
                edges += [("sidste", valid.end - ONE_DAY)] if valid.end else []
                for which, day in edges:
                    if day in within and not any(
                        _same_month(day, each) for each in seen.rates[rate.id]
                    ):
                        yield f"{rate.id}: {which} dag {day} er ikke prøvet"


def _same_month(day: date, other: date) -> bool:
    # A benefit of one amount is looked at on the first of the month its day lies in.
    return (day.year, day.month) == (other.year, other.month)


def _asked_rates(rules: list[Rule]) -> dict[str, list[Period]]:
    found: dict[str, list[Period]] = defaultdict(list)
    for rule in rules:
        if rule.expression is not None:
            for each in asks(rule.expression):
                if each.what in {RATE, PERCENT, COUNT}:
                    found[each.name].append(rule.valid)
    return found


def _calls(expression: Expression | None, names: Any) -> Iterator[Call]:
    for each in () if expression is None else walk(expression):
        if isinstance(each, Call) and each.name in names:
            yield each


def spelled(call: Call) -> str:
    """Write a comparison or a choice so that it is found again in its formula."""
    if call.name in ORDERED:
        return f"{_part(call.args[0])} {call.name} {_part(call.args[1])}"
    return f"{call.name} ({call.place})"


def _part(expression: Expression) -> str:
    if isinstance(expression, Ask):
        return expression.spelled
    return str(expression.value) if isinstance(expression, Literal) else f"{expression.name}(…)"
