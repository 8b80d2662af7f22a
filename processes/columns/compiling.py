"""Turns a formula into a function for many persons at once.

The other of the two run-times of a rule; the first is `processes/domain/rules/scalar.py`, and a
property test holds them together to the øre. Every branch is worked out for everybody; a value is
known where everything it rests on is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from processes.columns.column import NOTHING_KNOWN, Column, Mask, Values, Whole, both, either, where
from processes.columns.words import WORDS
from processes.domain.errors import BrokenStateError
from processes.domain.facts import FactKind
from processes.domain.money import PPM
from processes.domain.rules.language import (
    COUNT,
    FACT,
    GIVEN,
    PERCENT,
    RATE,
    RULE,
    Ask,
    Call,
    Expression,
    Literal,
    Raw,
)
from processes.domain.rules.scalar import READ_RATE, years_between
from processes.domain.rules.sharing import MONTHS_PER_YEAR

if TYPE_CHECKING:
    from processes.columns.batch import Batch, FactColumn

ColumnFormula: TypeAlias = Callable[["Batch"], Column]
OLDEST = 150
"""No age is asked for above this one."""


def compiled(expression: Expression) -> ColumnFormula:
    """Return the column function of a formula that has been checked."""
    if isinstance(expression, Literal):
        column = Column(as_number(expression.value))
        return lambda _batch: column
    if isinstance(expression, Ask):
        return ASKS[expression.what](expression)
    return CALLS[expression.name](expression)


def as_number(value: Raw) -> int:
    """Return what stands for a value in a column: words and days have numbers."""
    if isinstance(value, str):
        return WORDS.code(value)
    return value.toordinal() if isinstance(value, date) else value


# --- questions ------------------------------------------------------------------------------------


def _ask_fact(ask: Ask) -> ColumnFormula:
    kind = FactKind(ask.name)

    def own(batch: Batch) -> Column:
        found = batch.fact(kind)
        return NOTHING_KNOWN if found is None else Column(found.values, found.known)

    return _perhaps_spouse(ask, own)


def _ask_rule(ask: Ask) -> ColumnFormula:
    return _perhaps_spouse(ask, lambda batch: batch.result(ask.name))


def _perhaps_spouse(ask: Ask, own: ColumnFormula) -> ColumnFormula:
    if not ask.spouse:
        return own
    return lambda batch: batch.spouses(ask.spelled, own(batch))


def _ask_rate(ask: Ask) -> ColumnFormula:
    read = READ_RATE[ask.what]

    def rate(batch: Batch) -> Column:
        found = batch.rate(ask.name)
        return NOTHING_KNOWN if found is None else Column(read(found))

    return rate


def _ask_given(ask: Ask) -> ColumnFormula:
    return lambda batch: Column(batch.given(ask.name))


ASKS: dict[str, Callable[[Ask], ColumnFormula]] = {
    FACT: _ask_fact,
    RULE: _ask_rule,
    RATE: _ask_rate,
    PERCENT: _ask_rate,
    COUNT: _ask_rate,
    GIVEN: _ask_given,
}

# --- arithmetic and comparison --------------------------------------------------------------------


def _on_pair(work: Callable[..., Values]) -> Callable[[Call], ColumnFormula]:
    def made(call: Call) -> ColumnFormula:
        left, right = (compiled(each) for each in call.args)

        def pair(batch: Batch) -> Column:
            one, two = left(batch), right(batch)
            return Column(work(one.values, two.values), both(one.known, two.known))

        return pair

    return made


def _on_one(work: Callable[..., Values]) -> Callable[[Call], ColumnFormula]:
    def made(call: Call) -> ColumnFormula:
        part = compiled(call.args[0])

        def one(batch: Batch) -> Column:
            column = part(batch)
            return Column(work(column.values), column.known)

        return one

    return made


def _on_all(work: Callable[..., Values]) -> Callable[[Call], ColumnFormula]:
    def made(call: Call) -> ColumnFormula:
        parts = [compiled(each) for each in call.args]

        def together(batch: Batch) -> Column:
            first, *others = (part(batch) for part in parts)
            values, known = first.values, first.known
            for other in others:
                values = work(values, other.values)
                known = both(known, other.known)
            return Column(values, known)

        return together

    return made


def _table(column: Column, answers: Sequence[int], other: int) -> Whole | int:
    """Look the answer to each word up; words that came later than the table have the other one."""
    if not isinstance(column.values, np.ndarray):
        return answers[column.values] if column.values < len(answers) else other
    table: Whole = np.asarray([*answers, other], dtype=np.int64)
    return table.take(column.values, mode="clip")


def _among(call: Call) -> ColumnFormula:
    part = compiled(call.args[0])
    codes = {WORDS.code(word) for word in call.words}
    answers = [int(code in codes) for code in range(max(codes) + 1)]

    def among(batch: Batch) -> Column:
        column = part(batch)
        return Column(np.equal(_table(column, answers, 0), 1), column.known)

    return among


def _half_up(numerator: Values, denominator: int) -> Values:
    doubled: Whole = np.abs(np.asarray(numerator)) * 2 + denominator
    result: Whole = np.sign(numerator) * (doubled // (2 * denominator))
    return result


def _share(amount: Values, ppm: Values) -> Values:
    return _half_up(amount * ppm, PPM)


def _part(call: Call) -> ColumnFormula:
    amount, over, under = (compiled(each) for each in call.args)

    def part(batch: Batch) -> Column:
        whole, above, below = amount(batch), over(batch), under(batch)
        if isinstance(below.values, np.ndarray):
            raise BrokenStateError("the last of part is the same for everybody")
        values = _half_up(whole.values * above.values, below.values)
        return Column(values, both(both(whole.known, above.known), below.known))

    return part


def _how_many(call: Call) -> ColumnFormula:
    left, right = (compiled(each) for each in call.args)

    def how_many(batch: Batch) -> Column:
        whole, each = left(batch), right(batch)
        some = np.greater(each.values, 0)
        values: Whole = np.asarray(whole.values) // np.where(some, each.values, 1)
        return Column(values, both(both(whole.known, each.known), some))

    return how_many


def _round(call: Call) -> ColumnFormula:
    part, way = compiled(call.args[0]), call.text
    step = as_number(call.args[1].value) if isinstance(call.args[1], Literal) else 1

    def to_step(batch: Batch) -> Column:
        column = part(batch)
        if way == "nearest":
            return Column(_half_up(column.values, step) * step, column.known)
        size = np.abs(column.values)
        steps = size // step if way == "down" else -(-size // step)
        return Column(np.sign(column.values) * steps * step, column.known)

    return to_step


# --- choices --------------------------------------------------------------------------------------


def _until(*, decisive: bool) -> Callable[[Call], ColumnFormula]:
    """Compile `and` and `or`: one decisive part decides, whatever is not known of the others."""
    work = np.logical_or if decisive else np.logical_and

    def made(call: Call) -> ColumnFormula:
        parts = [compiled(each) for each in call.args]

        def until(batch: Batch) -> Column:
            first, *others = (part(batch) for part in parts)
            values, known = first.values, first.known
            for other in others:
                known = _still_known(values, known, other, decisive=decisive)
                values = work(values, other.values)
            return Column(values, known)

        return until

    return made


def _still_known(values: Values, known: Mask, other: Column, *, decisive: bool) -> Mask:
    """Return where both are known or one of them decides; unknown values must not decide."""
    if known is True and other.known is True:
        return True
    decided = either(
        both(known, _is(values, decisive=decisive)),
        both(other.known, _is(other.values, decisive=decisive)),
    )
    return either(both(known, other.known), decided)


def _is(values: Values, *, decisive: bool) -> Mask:
    if isinstance(values, np.ndarray):
        return values.astype(np.bool_) if decisive else np.logical_not(values)
    return bool(values) is decisive


def _if(call: Call) -> ColumnFormula:
    conditions = [compiled(each) for each in call.args[:-1:2]]
    values = [compiled(each) for each in call.args[1::2]]
    otherwise = compiled(call.args[-1])
    pairs = list(zip(conditions, values, strict=True))[::-1]

    def if_(batch: Batch) -> Column:
        result = otherwise(batch)
        for condition, value in pairs:
            holds, then = condition(batch), value(batch)
            result = _picked(holds, then, result)
        return result

    return if_


def _picked(holds: Column, then: Column, otherwise: Column) -> Column:
    if not isinstance(holds.values, np.ndarray):
        chosen = then if holds.values else otherwise
        return Column(chosen.values, both(holds.known, chosen.known))
    truth = holds.values.astype(np.bool_, copy=False)
    values = np.where(truth, then.values, otherwise.values)
    return Column(values, both(holds.known, where(truth, then.known, otherwise.known)))


def _choose(call: Call) -> ColumnFormula:
    selector, *values = (compiled(each) for each in call.args)
    codes = [WORDS.code(word) if word else None for word in call.words]

    def choose(batch: Batch) -> Column:
        chosen = selector(batch)
        columns = [value(batch) for value in values]
        plain = all(
            column.known is True and not isinstance(column.values, np.ndarray) for column in columns
        )
        if plain:
            return _from_table(chosen, codes, columns)
        result = next(
            (column for code, column in zip(codes, columns, strict=True) if code is None),
            NOTHING_KNOWN,
        )
        for code, column in zip(codes, columns, strict=True):
            if code is not None:
                same = Column(np.equal(chosen.values, code), chosen.known)
                result = _picked(same, column, result)
        return Column(result.values, both(chosen.known, result.known))

    return choose


def _from_table(chosen: Column, codes: Sequence[int | None], columns: Sequence[Column]) -> Column:
    """Choose among plain amounts by one look-up."""
    by_code = {
        code: int(column.values)
        for code, column in zip(codes, columns, strict=True)
        if not isinstance(column.values, np.ndarray)
    }
    other = by_code.pop(None, 0)
    largest = max((code for code in by_code if code is not None), default=0)
    answers = [by_code.get(code, other) for code in range(largest + 1)]
    return Column(_table(chosen, answers, other), chosen.known)


def _require(call: Call) -> ColumnFormula:
    condition, value = compiled(call.args[0]), compiled(call.args[2])

    def require(batch: Batch) -> Column:
        holds, then = condition(batch), value(batch)
        met = both(holds.known, _is(holds.values, decisive=True))
        return Column(then.values, both(met, then.known))

    return require


# --- facts and days -------------------------------------------------------------------------------


def _about_fact(
    work: Callable[[Batch, FactColumn], Column], nobody: Column
) -> Callable[[Call], ColumnFormula]:
    def made(call: Call) -> ColumnFormula:
        ask = call.args[0]
        if not isinstance(ask, Ask):
            raise BrokenStateError(f"{call.name} asks for no fact")
        kind = FactKind(ask.name)

        def own(batch: Batch) -> Column:
            found = batch.fact(kind)
            return nobody if found is None else work(batch, found)

        if not ask.spouse:
            return own
        return lambda batch: batch.spouses(f"{call.name} {ask.spelled}", own(batch))

    return made


def _since(work: Callable[[Batch, Values], Values]) -> Callable[[Call], ColumnFormula]:
    def made(call: Call) -> ColumnFormula:
        part = compiled(call.args[0])

        def since(batch: Batch) -> Column:
            column = part(batch)
            if not np.any(column.known):
                return NOTHING_KNOWN
            return Column(work(batch, column.values), column.known)

        return since

    return made


def _ages(batch: Batch, born: Values) -> Values:
    """Count the birthdays up to the day: how many of the latest births for each age come after."""
    latest = batch_latest_births(batch.day)
    if not isinstance(born, np.ndarray):
        return years_between(date.fromordinal(born), batch.day)
    return len(latest) - np.searchsorted(latest, born, side="left") - 1


_LATEST: dict[date, np.ndarray[tuple[int], np.dtype[np.int64]]] = {}


def batch_latest_births(day: date) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the latest days of birth of each age on a day, the oldest first."""
    found = _LATEST.get(day)
    if found is None:
        found = _LATEST[day] = np.array(
            [_latest_birth(day, age) for age in range(OLDEST, -1, -1)], dtype=np.int64
        )
    return found


def _latest_birth(day: date, age: int) -> int:
    if (day.month, day.day) == (2, 29):
        # In a year without the day itself, whoever was born on the 28th is the last to be of age.
        leap = (day.year - age) % 4 == 0 and ((day.year - age) % 100 or not (day.year - age) % 400)
        return date(day.year - age, 2, 29 if leap else 28).toordinal()
    return date(day.year - age, day.month, day.day).toordinal()


def _months(batch: Batch, day: Values) -> Values:
    now = batch.day.year * MONTHS_PER_YEAR + batch.day.month
    if not isinstance(day, np.ndarray):
        then = date.fromordinal(day)
        return now - then.year * MONTHS_PER_YEAR - then.month
    months = (day - EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return now - (months + EPOCH_MONTH)


EPOCH = date(1970, 1, 1).toordinal()
EPOCH_MONTH = 1970 * MONTHS_PER_YEAR + 1


def _steady(call: Call) -> ColumnFormula:
    # The month is whole and nothing changes in it, so every yes or no is the same on every day.
    return compiled(call.args[0])


def _for_days(call: Call) -> ColumnFormula:
    # These days are the whole month.
    return compiled(call.args[0])


CALLS: dict[str, Callable[[Call], ColumnFormula]] = {
    "+": _on_pair(lambda one, two: one + two),
    "-": _on_pair(lambda one, two: one - two),
    "*": _on_pair(lambda one, two: one * two),
    "<": _on_pair(np.less),
    "<=": _on_pair(np.less_equal),
    ">": _on_pair(np.greater),
    ">=": _on_pair(np.greater_equal),
    "==": _on_pair(np.equal),
    "!=": _on_pair(np.not_equal),
    "neg": _on_one(lambda value: -value),
    "not": _on_one(np.logical_not),
    "in": _among,
    "and": _until(decisive=False),
    "or": _until(decisive=True),
    "all_of": _on_all(np.logical_and),
    "any_of": _on_all(np.logical_or),
    "if_": _if,
    "min": _on_all(np.minimum),
    "max": _on_all(np.maximum),
    "choose": _choose,
    "share": _on_pair(_share),
    "part": _part,
    "how_many": _how_many,
    "round_to": _round,
    "is_none": _about_fact(
        lambda _batch, fact: Column(np.logical_not(fact.said), fact.known), NOTHING_KNOWN
    ),
    "said": _about_fact(lambda _batch, fact: Column(fact.said), Column(values=False)),
    "happened": _about_fact(
        lambda batch, fact: Column(np.logical_and(fact.said, fact.values < batch.after)),
        Column(values=False),
    ),
    "spread": _about_fact(
        lambda _batch, fact: Column(
            np.where(fact.said, fact.values, 0), either(fact.known, ~fact.said)
        ),
        Column(0),
    ),
    "age": _since(_ages),
    "days_since": _since(lambda batch, day: batch.day.toordinal() - day),
    "months_since": _since(_months),
    "for_days": _for_days,
    "steady": _steady,
    "require": _require,
    "first_day": lambda _call: lambda batch: Column(batch.day.toordinal()),
    "days": lambda _call: lambda batch: Column(batch.days_in_month),
    "days_in_month": lambda _call: lambda batch: Column(batch.days_in_month),
}
"""Every function and operator, and how it is compiled; the same names as in the other run-time."""
