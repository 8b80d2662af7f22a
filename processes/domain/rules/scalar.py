"""Turns a formula into a function for one person, which writes down whatever it asks.

One of the two run-times of a rule; the other is `processes/columns`. A value that is not known is
None and goes all the way up; what is missing is listed. Nothing is compiled from text: each part of
the checked tree becomes a closure.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from processes.domain.errors import BrokenStateError
from processes.domain.facts import FACT_LABELS, MONTHLY_KINDS, Fact, FactKind, FactStatus
from processes.domain.money import PPM, Money
from processes.domain.rates import Rate
from processes.domain.rules.language import (
    COUNT,
    FACT,
    FACT_KINDS,
    GIVEN,
    PERCENT,
    RATE,
    RULE,
    Ask,
    Call,
    Expression,
    Kind,
    Literal,
    Raw,
)
from processes.domain.rules.prose import day_in_words
from processes.domain.rules.sharing import MONTHS_PER_YEAR, length, spread_over
from processes.domain.rules.trace import Missing, Node

if TYPE_CHECKING:
    from processes.domain.rules.run import Result, Run

    Item: TypeAlias = Result | Fact | Rate | Node

SPOUSE_PREFIX = "aegtefaelle."
NO_SPOUSE = "Ægtefællen er ikke part i sagen; tilføj ægtefællen, eller ret civilstanden."


class Notes:
    """What one rule asked for while it ran (opslagsliste)."""

    __slots__ = ("asked", "missing", "overruled")

    def __init__(self) -> None:
        self.asked: dict[str, Item] = {}
        self.missing: list[Missing] = []
        self.overruled = False
        """Whether something unknown turned out not to matter."""


Formula = Callable[["Run", Notes], "Raw | None"]
"""A compiled formula; None is unknown."""


@dataclass(frozen=True)
class Asked:
    """A fact a formula asks for, with what a run must know of it, looked up once (opslagsord)."""

    kind: FactKind
    key: str
    what: Kind
    python: type
    words: str
    none: Raw | None
    """What known to be none is in a formula; there is no day that is none."""
    by_month: bool


PYTHON_TYPES: dict[Kind, tuple[type, str, Raw | None]] = {
    Kind.MONEY: (Money, "an amount", 0),
    Kind.NUMBER: (int, "a number", 0),
    Kind.SHARE: (int, "a share", 0),
    Kind.YES_NO: (bool, "yes or no", False),
    Kind.WORD: (str, "a word", ""),
    Kind.DAY: (date, "a day", None),
}
"""What a fact of each kind holds, how that is said, and what none of it is."""


def asked_fact(kind: FactKind) -> Asked:
    """Return how a fact is asked for."""
    what = FACT_KINDS[kind]
    python, words, none = PYTHON_TYPES[what]
    return Asked(kind, kind.value, what, python, words, none, kind in MONTHLY_KINDS)


ASKED = {kind.value: asked_fact(kind) for kind in FACT_KINDS}
"""Every fact there is, by its word."""


def compiled(expression: Expression) -> Formula:
    """Return the function of a formula that has been checked."""
    if isinstance(expression, Literal):
        value = expression.value
        return lambda _run, _notes: value
    if isinstance(expression, Ask):
        return ASKS[expression.what](expression)
    return CALLS[expression.name](expression)


def half_up(numerator: int, denominator: int) -> int:
    """Divide and round half away from zero; the denominator is positive."""
    if numerator < 0:
        return -((-2 * numerator + denominator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


def years_between(born: date, day: date) -> int:
    """Return the whole years from one day to another."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


# --- questions ------------------------------------------------------------------------------------


def _of(run: Run, notes: Notes, *, spouse: bool) -> Run | None:
    """Return whose run is asked; a spouse who is not on the case is something missing."""
    if not spouse:
        return run
    if run.partner is None:
        notes.missing.append(Missing(run.party_id, FactKind.SPOUSE.value, NO_SPOUSE))
    return run.partner


def _named(ask: Ask) -> str:
    return SPOUSE_PREFIX + ask.name if ask.spouse else ask.name


def _ask_fact(ask: Ask) -> Formula:
    asked, key, name, spouse = ASKED[ask.name], ask.name, _named(ask), ask.spouse

    def own(run: Run, notes: Notes) -> Raw | None:
        known = run.facts_known.get(key) or run.known(asked)
        if known.missing is not None:
            notes.missing.append(known.missing)
        elif known.fact is not None:
            notes.asked[name] = known.fact
        return known.raw

    def theirs(run: Run, notes: Notes) -> Raw | None:
        who = _of(run, notes, spouse=True)
        return None if who is None else own(who, notes)

    return theirs if spouse else own


def _ask_rule(ask: Ask) -> Formula:
    rule_id, name, spouse = ask.name, _named(ask), ask.spouse

    def own(run: Run, notes: Notes) -> Raw | None:
        result = run.results.get(rule_id) or run.result(rule_id)
        notes.asked[name] = result
        if result.raw is None:
            notes.missing += result.missing
        return result.raw

    def theirs(run: Run, notes: Notes) -> Raw | None:
        who = _of(run, notes, spouse=True)
        return None if who is None else own(who, notes)

    return theirs if spouse else own


READ_RATE: dict[str, Callable[[Rate], int]] = {
    RATE: lambda rate: rate.amount.oere,
    PERCENT: lambda rate: rate.ppm,
    COUNT: lambda rate: rate.number,
}
"""How a rate is read, by the word it is asked for with; another one than its unit is refused."""


def _ask_rate(ask: Ask) -> Formula:
    key, name = ask.name, _named(ask)
    read = READ_RATE[ask.what]

    def rate(run: Run, notes: Notes) -> Raw | None:
        found = run.rate(key)
        if isinstance(found, Missing):
            notes.missing.append(found)
            return None
        notes.asked[name] = found
        return read(found)

    return rate


def _ask_given(ask: Ask) -> Formula:
    key = ask.name

    def given(run: Run, notes: Notes) -> Raw | None:
        node = run.given[key]
        notes.asked[key] = node
        return node.value is True

    return given


ASKS: dict[str, Callable[[Ask], Formula]] = {
    FACT: _ask_fact,
    RULE: _ask_rule,
    RATE: _ask_rate,
    PERCENT: _ask_rate,
    COUNT: _ask_rate,
    GIVEN: _ask_given,
}

# --- arithmetic and comparison --------------------------------------------------------------------


def _pair(work: Callable[..., Raw], call: Call) -> Formula:
    """Compile what needs both sides; both are asked, so that everything missing is listed."""
    left, right = (compiled(each) for each in call.args)
    other = call.args[1]
    if isinstance(other, Literal):
        value = other.value

        def against(run: Run, notes: Notes) -> Raw | None:
            one = left(run, notes)
            return None if one is None else work(one, value)

        return against

    def both(run: Run, notes: Notes) -> Raw | None:
        one = left(run, notes)
        two = right(run, notes)
        return None if one is None or two is None else work(one, two)

    return both


def _on_pair(work: Callable[..., Raw]) -> Callable[[Call], Formula]:
    return lambda call: _pair(work, call)


def _on_all(work: Callable[[list[Raw]], Raw]) -> Callable[[Call], Formula]:
    def made(call: Call) -> Formula:
        parts = [compiled(each) for each in call.args]

        def all_known(run: Run, notes: Notes) -> Raw | None:
            values = [part(run, notes) for part in parts]
            known = [value for value in values if value is not None]
            return work(known) if len(known) == len(values) else None

        return all_known

    return made


def _on_one(work: Callable[..., Raw]) -> Callable[[Call], Formula]:
    def made(call: Call) -> Formula:
        part = compiled(call.args[0])

        def one(run: Run, notes: Notes) -> Raw | None:
            value = part(run, notes)
            return None if value is None else work(value)

        return one

    return made


def _among(call: Call) -> Formula:
    part, words = compiled(call.args[0]), frozenset(call.words)

    def among(run: Run, notes: Notes) -> Raw | None:
        value = part(run, notes)
        return None if value is None else value in words

    return among


def share(amount: int, ppm: int) -> int:
    """Return a share of an amount, rounded half up to the øre."""
    return half_up(amount * ppm, PPM)


def _part(call: Call) -> Formula:
    amount, over, under = (compiled(each) for each in call.args)

    def part(run: Run, notes: Notes) -> Raw | None:
        values = [each(run, notes) for each in (amount, over, under)]
        whole, above, below = (value if isinstance(value, int) else None for value in values)
        if whole is None or above is None or below is None:
            return None
        return half_up(whole * above, below)

    return part


def _how_many(call: Call) -> Formula:
    left, right = (compiled(each) for each in call.args)

    def how_many(run: Run, notes: Notes) -> Raw | None:
        whole, each = left(run, notes), right(run, notes)
        if not isinstance(whole, int) or not isinstance(each, int):
            return None
        if each <= 0:
            notes.missing.append(
                Missing(
                    run.party_id,
                    "how_many",
                    "Der skulle deles med 0. Ret den sats eller oplysning, der deles med.",
                )
            )
            return None
        return whole // each

    return how_many


def rounded(amount: int, step: int, way: str) -> int:
    """Round an amount to whole steps: to the nearest, or away from or towards zero."""
    if way == "nearest":
        return half_up(amount, step) * step
    sign = -1 if amount < 0 else 1
    steps = abs(amount) // step if way == "down" else -(-abs(amount) // step)
    return sign * steps * step


def _round(call: Call) -> Formula:
    part, way = compiled(call.args[0]), call.text
    step = call.args[1].value if isinstance(call.args[1], Literal) else 1

    def to_step(run: Run, notes: Notes) -> Raw | None:
        value = part(run, notes)
        if not isinstance(value, int) or not isinstance(step, int):
            return None
        return rounded(value, step, way)

    return to_step


# --- choices --------------------------------------------------------------------------------------


def _and(call: Call) -> Formula:
    return _until([compiled(each) for each in call.args], decisive=False)


def _or(call: Call) -> Formula:
    return _until([compiled(each) for each in call.args], decisive=True)


def _until(parts: Sequence[Formula], *, decisive: bool) -> Formula:
    """Compile `and` and `or`: one decisive part decides, whatever is not known of the others."""

    def until(run: Run, notes: Notes) -> Raw | None:
        mark = len(notes.missing)
        for position, part in enumerate(parts):
            value = part(run, notes)
            if value is None:
                return _despite(parts[position + 1 :], run, notes, mark, decisive=decisive)
            if value is decisive:
                return decisive
        return not decisive

    return until


def _despite(
    rest: Sequence[Formula], run: Run, notes: Notes, mark: int, *, decisive: bool
) -> Raw | None:
    """Ask the other parts whether one of them decides; what they miss is not asked for yet."""
    for part in rest:
        inner = Notes()
        if part(run, inner) is decisive:
            del notes.missing[mark:]
            notes.asked.update(inner.asked)
            notes.overruled = True
            return decisive
    return None


def _if(call: Call) -> Formula:
    conditions = [compiled(each) for each in call.args[:-1:2]]
    values = [compiled(each) for each in call.args[1::2]]
    otherwise = compiled(call.args[-1])
    if len(conditions) == 1:
        condition, then = conditions[0], values[0]

        def one(run: Run, notes: Notes) -> Raw | None:
            holds = condition(run, notes)
            if holds is None:
                return None
            return then(run, notes) if holds else otherwise(run, notes)

        return one
    pairs = list(zip(conditions, values, strict=True))

    def many(run: Run, notes: Notes) -> Raw | None:
        for condition, value in pairs:
            holds = condition(run, notes)
            if holds is None:
                return None
            if holds:
                return value(run, notes)
        return otherwise(run, notes)

    return many


def _choose(call: Call) -> Formula:
    selector, *values = (compiled(each) for each in call.args)
    by_word: dict[Raw, Formula] = {
        word: value for word, value in zip(call.words, values, strict=True) if word
    }
    otherwise = dict(zip(call.words, values, strict=True)).get("")

    def choose(run: Run, notes: Notes) -> Raw | None:
        word = selector(run, notes)
        if word is None:
            return None
        chosen = by_word.get(word, otherwise)
        if chosen is None:
            raise BrokenStateError(f"choose has no answer to the word {word!r}")
        return chosen(run, notes)

    return choose


def _require(call: Call) -> Formula:
    condition, value = compiled(call.args[0]), compiled(call.args[2])
    what, sentence = call.args[1], call.text
    name, spouse = (what.name, what.spouse) if isinstance(what, Ask) else ("", False)

    def require(run: Run, notes: Notes) -> Raw | None:
        holds = condition(run, notes)
        if holds is None:
            return None
        if holds:
            return value(run, notes)
        who = _of(run, notes, spouse=spouse)
        if who is not None:
            notes.missing.append(Missing(who.party_id, name, sentence))
        return None

    return require


# --- facts and days -------------------------------------------------------------------------------


def _whose(call: Call) -> tuple[FactKind, str, bool]:
    ask = call.args[0]
    if not isinstance(ask, Ask):
        raise BrokenStateError(f"{call.name} asks for no fact")
    return FactKind(ask.name), _named(ask), ask.spouse


def _is_none(call: Call) -> Formula:
    kind, name, spouse = _whose(call)

    def is_none(run: Run, notes: Notes) -> Raw | None:
        who = _of(run, notes, spouse=spouse)
        if who is None:
            return None
        known = who.known(ASKED[kind.value])
        if known.fact is None:
            notes.missing += [known.missing] if known.missing else []
            return None
        notes.asked[name] = known.fact
        return known.fact.status is FactStatus.NONE

    return is_none


def _said(call: Call) -> Formula:
    kind, name, spouse = _whose(call)

    def said(run: Run, notes: Notes) -> Raw | None:
        who = _of(run, notes, spouse=spouse)
        fact = None if who is None else who.said(kind, who.days.start)
        if fact is not None:
            notes.asked[name] = fact
        return fact is not None

    return said


def _happened(call: Call) -> Formula:
    kind, name, spouse = _whose(call)

    def happened(run: Run, notes: Notes) -> Raw | None:
        who = _of(run, notes, spouse=spouse)
        fact = None if who is None else who.said(kind, who.month.last_day)
        if fact is None:
            return False
        notes.asked[name] = fact
        over = run.days.end or run.month.next().first_day
        return isinstance(fact.value, date) and fact.value < over

    return happened


def _spread(call: Call) -> Formula:
    kind, name, spouse = _whose(call)

    def spread(run: Run, notes: Notes) -> Raw | None:
        who = _of(run, notes, spouse=spouse)
        fact = None if who is None else who.said(kind, who.days.start)
        if who is None or fact is None:
            return 0
        notes.asked[name] = fact
        if not isinstance(fact.value, Money):
            raise BrokenStateError(f"fact {kind.value} is no amount that days could be a part of")
        if fact.valid.end is None:
            sentence = (
                f"'{FACT_LABELS[kind]}' har ingen slutdato. Skriv, til og med hvilken dag beløbet"
                " dækker."
            )
            notes.missing.append(Missing(who.party_id, kind.value, sentence))
            return None
        return spread_over(fact.value, over=fact.valid, days=who.days).oere

    return spread


def _since(work: Callable[[date, date], int]) -> Callable[[Call], Formula]:
    def made(call: Call) -> Formula:
        part = compiled(call.args[0])

        def since(run: Run, notes: Notes) -> Raw | None:
            day = part(run, notes)
            return work(day, run.days.start) if isinstance(day, date) else None

        return since

    return made


def _for_days(call: Call) -> Formula:
    rule_id = call.args[0].name if isinstance(call.args[0], Ask) else ""
    whole = compiled(call.args[0])

    def for_days(run: Run, notes: Notes) -> Raw | None:
        value = whole(run, notes)
        if not value or run.days == run.month.period():
            return value
        result = run.result(rule_id)
        node = run.shared(result.rule, result.node, run.days)
        notes.asked[rule_id] = node
        return node.value.oere if isinstance(node.value, Money) else None

    return for_days


def _steady(call: Call) -> Formula:
    rule_id = call.args[0].name if isinstance(call.args[0], Ask) else ""
    kind = FactKind(call.args[1].name) if isinstance(call.args[1], Ask) else FactKind.SPOUSE

    def steady(run: Run, notes: Notes) -> Raw | None:
        day = run.first_change(rule_id)
        if day is not None:
            sentence = (
                f"'{FACT_LABELS[kind]}' ændrer sig den {day_in_words(day)}. Hvad det betyder for"
                " månedens indtægter, er ikke afklaret; beregn måneden manuelt."
            )
            notes.missing.append(Missing(run.party_id, kind.value, sentence))
            return None
        return run.result(rule_id).raw

    return steady


def _first_day(run: Run, _notes: Notes) -> Raw | None:
    return run.days.start


def _days(run: Run, _notes: Notes) -> Raw | None:
    return length(run.days)


def _days_in_month(run: Run, _notes: Notes) -> Raw | None:
    return length(run.month.period())


def _calendar_months(day: date, now: date) -> int:
    return (now.year - day.year) * MONTHS_PER_YEAR + now.month - day.month


CALLS: dict[str, Callable[[Call], Formula]] = {
    "+": _on_pair(operator.add),
    "-": _on_pair(operator.sub),
    "*": _on_pair(operator.mul),
    "<": _on_pair(operator.lt),
    "<=": _on_pair(operator.le),
    ">": _on_pair(operator.gt),
    ">=": _on_pair(operator.ge),
    "==": _on_pair(operator.eq),
    "!=": _on_pair(operator.ne),
    "neg": _on_one(operator.neg),
    "not": _on_one(operator.not_),
    "in": _among,
    "and": _and,
    "or": _or,
    "all_of": _on_all(all),
    "any_of": _on_all(any),
    "if_": _if,
    "min": _on_all(min),
    "max": _on_all(max),
    "choose": _choose,
    "share": _on_pair(share),
    "part": _part,
    "how_many": _how_many,
    "round_to": _round,
    "is_none": _is_none,
    "said": _said,
    "happened": _happened,
    "spread": _spread,
    "age": _since(years_between),
    "days_since": _since(lambda day, now: (now - day).days),
    "months_since": _since(_calendar_months),
    "for_days": _for_days,
    "steady": _steady,
    "require": _require,
    "first_day": lambda _call: _first_day,
    "days": lambda _call: _days,
    "days_in_month": lambda _call: _days_in_month,
}
"""Every function and operator, and how it is compiled."""
