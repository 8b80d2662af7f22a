"""What a recalculation changes, month by month, and which fact, rate or rule changed it.

Always from facts, with the law of each month; a result is never copied forward. The difference
against what was decided is split by cause, and the causes add up to it, to the øre: the old inputs
become the new ones one at a time, and what each step moves is its own.
Knows no benefit: how a month is calculated is told to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from processes.domain.calculation import Calculation, Missing, PersonMonth
from processes.domain.facts import FACT_LABELS, Fact, FactKind, Facts, FactStatus
from processes.domain.money import Money, total
from processes.domain.periods import Month, Period
from processes.domain.rates import RATE_LABELS, Rate, RateBook, is_share
from processes.domain.rules.book import Rule, RuleBook
from processes.domain.rules.language import ExpressionError
from processes.domain.rules.prose import (
    day_in_words,
    in_words,
    month_in_words,
    percent_in_words,
)

Key = tuple[str, Month]
"""A person and a month."""


@dataclass(frozen=True)
class Inputs:
    """What a calculation is made of (grundlag): facts, rates and rules."""

    facts: Facts
    rates: RateBook
    rules: RuleBook


Calculate = Callable[[Inputs, Sequence[Month]], Calculation]
"""Calculates months from inputs; the benefit's own function with everything else filled in.

A month must hang on what is valid in its own days only: only months a change touches are calculated
again for it.
"""


class CauseKind(StrEnum):
    """What kind of thing changed (årsagstype)."""

    DECISION = "afgoerelse"
    """The old inputs do not give what was decided: a person decided otherwise."""
    RULE = "regel"
    RATE = "sats"
    FACT = "oplysning"


@dataclass(frozen=True)
class Change:
    """One thing that is another than before (ændring)."""

    kind: CauseKind
    key: str
    """A rule id, a rate key, or party and fact kind."""
    says: str
    """In Danish: what it was and what it is."""


@dataclass(frozen=True)
class Cause:
    """What one change moved in one month (årsag).

    Several changes are one cause where the amount could not be told between them: a marriage and
    what is known of the spouse.
    """

    changes: tuple[Change, ...]
    amount: Money

    @property
    def says(self) -> str:
        """Say it to people."""
        return " ".join(change.says for change in self.changes)


@dataclass(frozen=True)
class MonthDifference:
    """What one person's month was, is, and why (månedens forskel)."""

    party_id: str
    month: Month
    decided: Money
    now: Money | None
    """None while something is missing."""
    causes: tuple[Cause, ...]
    missing: tuple[Missing, ...] = ()

    @property
    def difference(self) -> Money | None:
        """More is positive; None while something is missing."""
        return None if self.now is None else self.now - self.decided


@dataclass(frozen=True)
class Recalculation:
    """A recalculation (omberegning): the new calculation and what it changes."""

    calculation: Calculation
    months: tuple[MonthDifference, ...]

    @property
    def changed(self) -> tuple[MonthDifference, ...]:
        """The months that are another amount, or can no longer be calculated."""
        return tuple(each for each in self.months if each.difference != Money(0))

    @property
    def credit(self) -> Money:
        """What is owed to the citizens (efterbetaling)."""
        return total(each for each in self._known() if each > Money(0))

    @property
    def debit(self) -> Money:
        """What was given too much: a claim only after a decision of its own (muligt krav)."""
        return -total(each for each in self._known() if each < Money(0))

    def corrections(self) -> dict[Month, Money]:
        """Return the difference by the month it belongs to: what corrections of refund need."""
        found: dict[Month, Money] = {}
        for each in self.months:
            if each.difference:
                found[each.month] = found.get(each.month, Money(0)) + each.difference
        return found

    def _known(self) -> Iterator[Money]:
        return (each.difference for each in self.months if each.difference is not None)


def recalculate(
    calculate: Calculate,
    *,
    before: Inputs,
    after: Inputs,
    decided: Mapping[Key, Money],
    months: Sequence[Month],
) -> Recalculation:
    """Calculate months again and split what changed by cause (omberegn).

    `before` is what the standing decision was made of, `after` what is known now, `decided` what
    each person was granted in each month. Changes are taken in one order: rules, rates, facts, each
    by name; so a change of law is seen with the old facts, and the same change is always given the
    same part.
    """
    span = _span(months)
    steps = tuple(_steps(before, after, span, months))
    calculation = calculate(after, months)
    last = _by_key(calculation)
    touched = sorted({month for step in steps for month in step.touches})
    # A month nothing touches was with the old inputs what it is with the new.
    states = [{**_untouched(last, touched), **_by_key(_some(calculate, before, touched))}]
    for step in steps[:-1]:
        now = _by_key(_some(calculate, step.inputs, step.touches))
        states.append({**_untouched(states[-1], step.touches), **now})
    if steps:
        states.append(last)
    keys = sorted({*last, *(key for key in decided if key[1] in set(months))})
    return Recalculation(
        calculation,
        tuple(
            _difference(key, decided.get(key, Money(0)), [each.get(key) for each in states], steps)
            for key in keys
        ),
    )


def _by_key(calculation: Calculation | None) -> dict[Key, PersonMonth]:
    return {} if calculation is None else {(m.party_id, m.month): m for m in calculation.months}


def _some(calculate: Calculate, inputs: Inputs, months: Sequence[Month]) -> Calculation | None:
    return calculate(inputs, months) if months else None


def _untouched(
    state: Mapping[Key, PersonMonth], touched: Sequence[Month]
) -> dict[Key, PersonMonth]:
    return {key: month for key, month in state.items() if key[1] not in touched}


@dataclass(frozen=True)
class _Step:
    """The inputs after one more change."""

    change: Change
    inputs: Inputs
    touches: tuple[Month, ...]
    """The months in which something valid is another."""


def _difference(
    key: Key, decided: Money, states: Sequence[PersonMonth | None], steps: Sequence[_Step]
) -> MonthDifference:
    amounts = [_gross(state) for state in states]
    causes: list[Cause] = []
    standing = decided
    pending: list[Change] = []
    told = (None, *(step.change for step in steps))
    for amount, change in zip(amounts, told, strict=True):
        if change is None:
            change = Change(CauseKind.DECISION, "afgoerelse", DECIDED_OTHERWISE)
            if amount is None:
                # It cannot be calculated from the old inputs: the next that can tells both.
                pending.append(replace(change, says=NOT_KNOWN_THEN))
                continue
        pending.append(change)
        if amount is None:
            continue
        if amount != standing:
            causes.append(Cause(tuple(pending), amount - standing))
            standing = amount
        pending = []
    party_id, month = key
    last = states[-1]
    missing = last.missing if last is not None else ()
    return MonthDifference(
        party_id, month, decided, amounts[-1], tuple(causes) if not missing else (), missing
    )


DECIDED_OTHERWISE = "Afgørelsen gav et andet beløb end beregningen af de samme oplysninger."
NOT_KNOWN_THEN = "Beløbet kan ikke beregnes af de oplysninger, der lå til grund for afgørelsen."


def _gross(month: PersonMonth | None) -> Money | None:
    """Return the amount of a month; a month that is not there gives nothing."""
    return Money(0) if month is None else month.gross


def _span(months: Sequence[Month]) -> Period:
    return Period(min(months).first_day, max(months).next().first_day)


def _steps(before: Inputs, after: Inputs, span: Period, months: Sequence[Month]) -> Iterator[_Step]:
    """Yield the inputs after each change, from `before` to `after`."""
    now = before
    for change, rules in _rule_steps(before.rules, after.rules, span):
        now = replace(now, rules=rules)
        yield _Step(change, now, tuple(months))
    # From here on the book itself, so that the end is what was asked for.
    now = replace(now, rules=after.rules)
    for key in _changed_rates(before.rates, after.rates, span):
        now = replace(now, rates=_with_rate(now.rates, after.rates, key))
        touched = tuple(
            month
            for month in months
            if _rate_in(before.rates, key, month) != _rate_in(after.rates, key, month)
        )
        yield _Step(_rate_change(before.rates, after.rates, key, span), now, touched)
    now = replace(now, rates=after.rates)
    for party_id, kind in _changed_facts(before.facts, after.facts, span):
        now = replace(now, facts=_with_fact(now.facts, after.facts, party_id, kind))
        touched = tuple(
            month
            for month in months
            if _is_other(before.facts, after.facts, party_id, kind, month.period())
        )
        change = _fact_change(before.facts, after.facts, party_id, kind, span)
        yield _Step(change, now, touched)


def _rule_steps(
    before: RuleBook, after: RuleBook, span: Period
) -> Iterator[tuple[Change, RuleBook]]:
    old, new = _rules_by_id(before), _rules_by_id(after)
    changed = sorted(
        rule_id
        for rule_id in {*old, *new}
        if _within(old.get(rule_id, ()), span) != _within(new.get(rule_id, ()), span)
    )
    if not changed:
        return
    mixed = dict(old)
    try:
        books = []
        for rule_id in changed:
            mixed[rule_id] = new.get(rule_id, ())
            books.append(RuleBook(rule for versions in mixed.values() for rule in versions))
    except ExpressionError:
        # Half of the changes is a book that means nothing: they are one change.
        yield Change(CauseKind.RULE, " ".join(changed), _says_rules(changed, old, new)), after
        return
    for rule_id, book in zip(changed, books, strict=True):
        yield Change(CauseKind.RULE, rule_id, _says_rules([rule_id], old, new)), book


def _rules_by_id(book: RuleBook) -> dict[str, tuple[Rule, ...]]:
    found: dict[str, tuple[Rule, ...]] = {}
    for rule in book:
        found[rule.id] = (*found.get(rule.id, ()), rule)
    return found


def _within(versions: Iterable[Rule], span: Period) -> tuple[tuple[Period, str, str], ...]:
    """Return what a rule says on the days that count, by its words and not by its version."""
    return tuple(
        (clipped, rule.text or rule.value, rule.folds)
        for rule in versions
        if (clipped := rule.valid.clipped(span)) is not None
    )


def _says_rules(
    ids: Sequence[str], old: Mapping[str, Sequence[Rule]], new: Mapping[str, Sequence[Rule]]
) -> str:
    labels = {
        (new.get(rule_id) or old[rule_id])[-1].label: (new.get(rule_id) or old[rule_id])[-1].law
        for rule_id in ids
    }
    said = ", ".join(f"{label} ({law})" if law else label for label, law in labels.items())
    return f"Reglen er en anden: {said}."


def _changed_rates(before: RateBook, after: RateBook, span: Period) -> list[str]:
    old, new = _rates_by_key(before, span), _rates_by_key(after, span)
    return sorted(key for key in {*old, *new} if old.get(key) != new.get(key))


def _rates_by_key(
    book: RateBook, span: Period
) -> dict[str, tuple[tuple[Period, Money | int], ...]]:
    found: dict[str, tuple[tuple[Period, Money | int], ...]] = {}
    for rate in sorted(book, key=lambda each: each.valid.start):
        clipped = rate.valid.clipped(span)
        if clipped is not None:
            found[rate.key] = (*found.get(rate.key, ()), (clipped, rate.value))
    return found


def _rate_in(book: RateBook, key: str, month: Month) -> tuple[tuple[Period, Money | int], ...]:
    days = month.period()
    rows = sorted(book.of(key), key=lambda rate: rate.valid.start)
    return tuple(
        (clipped, rate.value) for rate in rows if (clipped := rate.valid.clipped(days)) is not None
    )


def _with_rate(now: RateBook, after: RateBook, key: str) -> RateBook:
    kept: list[Rate] = [rate for rate in now if rate.key != key]
    return RateBook([*kept, *(rate for rate in after if rate.key == key)])


def _rate_change(before: RateBook, after: RateBook, key: str, span: Period) -> Change:
    days = {span.start}
    for rate in (*before, *after):
        if rate.key == key:
            days |= {day for day in (rate.valid.start, rate.valid.end) if day and day in span}
    for day in sorted(days):
        was, now = _rate_in_words(before, key, day), _rate_in_words(after, key, day)
        if was != now:
            break
    label = RATE_LABELS.get(key, key)
    return Change(CauseKind.RATE, key, _sentence(f"Satsen '{label}' er {now} og var {was}"))


def _rate_in_words(book: RateBook, key: str, day: date) -> str:
    rate = book.in_force(day).get(key)
    if rate is None:
        return "ikke indlæst"
    return percent_in_words(rate.ppm) if is_share(rate.unit) else in_words(rate.value)


def _sentence(said: str) -> str:
    """End it with one full stop; an amount already ends with one."""
    return said if said.endswith(".") else f"{said}."


def _changed_facts(before: Facts, after: Facts, span: Period) -> list[tuple[str, FactKind]]:
    pairs = {(fact.party_id, fact.kind) for fact in (*before.all, *after.all)}
    return sorted(pair for pair in pairs if _is_other(before, after, *pair, span))


def _is_other(before: Facts, after: Facts, party_id: str, kind: FactKind, days: Period) -> bool:
    """Tell whether a fact is another, as it counts or by the citizen's own word."""
    return any(
        view(before).timeline(party_id, kind, days).map(_said)
        != view(after).timeline(party_id, kind, days).map(_said)
        for view in (_as_it_counts, Facts.by_the_partys_word)
    )


def _as_it_counts(facts: Facts) -> Facts:
    return facts


def _said(fact: Fact) -> tuple[FactStatus, object]:
    return fact.status, fact.value


def _with_fact(now: Facts, after: Facts, party_id: str, kind: FactKind) -> Facts:
    def is_it(fact: Fact) -> bool:
        return fact.party_id == party_id and fact.kind is kind

    kept = tuple(fact for fact in now.all if not is_it(fact))
    return Facts(
        after.known_at, kept + tuple(fact for fact in after.all if is_it(fact)), after.ranks
    )


def _fact_change(
    before: Facts, after: Facts, party_id: str, kind: FactKind, span: Period
) -> Change:
    day = _first_day_of_change(before, after, party_id, kind, span)
    was, now = before.on(party_id, kind, day), after.on(party_id, kind, day)
    source = f" ({now.source.name})" if now is not None else ""
    said = f"{FACT_LABELS[kind]} er {_words(now)} fra den {day_in_words(day)}{source}"
    return Change(
        CauseKind.FACT, f"{party_id}.{kind.value}", _sentence(f"{said} og var {_words(was)}")
    )


def _first_day_of_change(
    before: Facts, after: Facts, party_id: str, kind: FactKind, span: Period
) -> date:
    edges = {span.start}
    for facts in (before, after):
        edges |= set(facts.timeline(party_id, kind, span).changes())
    for day in sorted(day for day in edges if day in span):
        was, now = before.on(party_id, kind, day), after.on(party_id, kind, day)
        if (was and _said(was)) != (now and _said(now)):
            return day
    return span.start


def _words(fact: Fact | None) -> str:
    if fact is None or fact.status is FactStatus.UNKNOWN:
        return "ikke oplyst"
    return "ingen" if fact.status is FactStatus.NONE else in_words(fact.value)


def in_prose(found: Recalculation) -> tuple[str, ...]:
    """Say each changed month to people, with what changed it (forklaring)."""
    lines: list[str] = []
    for each in found.changed:
        month = month_in_words(each.month).capitalize()
        if each.now is None:
            lines.append(f"{month} kan ikke beregnes; der mangler oplysninger.")
            continue
        said = f"{month}: {each.now.danish()} i stedet for {each.decided.danish()}"
        why = [f"{_signed(cause.amount)}: {cause.says}" for cause in each.causes]
        lines.append(" ".join([_sentence(said), *why]))
    return tuple(lines)


def _signed(amount: Money) -> str:
    return f"+{amount.danish()}" if amount > Money(0) else amount.danish()
