"""Answers: which inputs does a decision table have no row for, and which have too many?

The values that its cells name cut each input into finitely many kinds; one of each kind is tried
with one of each other. What differs only within a kind is answered alike, so nothing is missed.
Inputs are taken to be independent: that two of them never come together only a person can know.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from processes.engine.expressions import MAX_STEPS_TOGETHER, Budget, evaluate_tree, passes
from processes.engine.findings import WARNING, Finding
from processes.engine.hits import HitConflictError
from processes.engine.syntax import (
    AnyOf,
    Anything,
    Binary,
    Call,
    Compared,
    ExpressionError,
    Interval,
    ListOf,
    Literal,
    Name,
    Node,
    Unary,
    names_in,
    parse,
)
from processes.engine.tables import DecisionTable

MAX_TRIED = 100_000
MAX_SHOWN = 3
OTHER = "noget andet"


class _TooManyError(Exception):
    """There are more kinds of input than can be tried."""


def coverage_findings(file: str, table: DecisionTable) -> list[Finding]:
    """Return examples of inputs without a row, and of inputs with rows that disagree."""
    try:
        kinds = [_kinds(table, column) for column in range(len(table.inputs))]
        if math.prod(map(len, kinds)) > MAX_TRIED:
            raise _TooManyError
        found = list(_found(table, kinds))
    except (_TooManyError, ExpressionError):
        return [
            Finding(
                file, table.id, "dmn.not_checked", WARNING,
                "Tabellen er for stor eller sammensat til, at der kan ses efter huller og overlap.",
                "Del den op, eller skriv cellerne som værdier og intervaller.",
            )
        ]  # fmt: skip
    return [Finding(file, table.id, rule, WARNING, text, way_out) for rule, text, way_out in found]


def _found(
    table: DecisionTable, kinds: Sequence[Sequence[object]]
) -> Iterator[tuple[str, str, str]]:
    """Try one of each kind with one of each other; yield the first few of each fault."""
    rows = [
        [_rows(table, column, value) for value in values] for column, values in enumerate(kinds)
    ]
    gaps = overlaps = 0
    for places in itertools.product(*(range(len(values)) for values in kinds)):
        fit = (1 << len(table.rules)) - 1
        for column, place in enumerate(places):
            fit &= rows[column][place]
        shown = ", ".join(
            f"{label} = {_shown(kinds[column][place])}"
            for column, (label, place) in enumerate(zip(table.labels, places, strict=True))
        )
        if not fit and gaps < MAX_SHOWN:
            gaps += 1
            yield (
                "dmn.gap", f"Ingen regel dækker {shown}.",
                "Tilføj en regel, hvis det kan forekomme; ellers standser sagen dér.",
            )  # fmt: skip
        elif fit & (fit - 1) and overlaps < MAX_SHOWN and (clash := _clash(table, fit)):
            overlaps += 1
            yield (
                "dmn.overlap", f"Reglerne {clash} gælder begge for {shown}.",
                f"Ret dem, så tabellen følger sin træfregel ({table.hit.policy}).",
            )  # fmt: skip


def _clash(table: DecisionTable, fit: int) -> str:
    """Return the rows that the hit policy does not allow together; empty when it does."""
    together = [rule for place, rule in enumerate(table.rules) if fit >> place & 1]
    try:
        table.hit.settle([(rule.number, rule.outputs) for rule in together])
    except HitConflictError as conflict:
        return str(conflict)
    return ""


def _rows(table: DecisionTable, column: int, value: object) -> int:
    """Return, as bits, the rows whose cell a value passes."""
    return sum(
        1 << place
        for place, rule in enumerate(table.rules)
        if passes(rule.tests[column], value, {})
    )


# ---- kinds ---------------------------------------------------------------------------------


def _kinds(table: DecisionTable, column: int) -> list[object]:
    """Return one value of each kind that the cells of a column tell apart, as far as it can come.

    Where no cell says `null`, the unknown is left to run time: no row, and so an incident.
    """
    limits = table.allowed[column] if table.allowed else Anything()
    tests = [limits, *(rule.tests[column] for rule in table.rules)]
    if any(names_in(test) for test in tests):
        raise _TooManyError  # a cell that asks another variable cuts nothing by itself
    named = list({repr(value): value for test in tests for value in _values(test)}.values())
    kinds: list[object] = [value for value in named if value is None]
    kinds += [True, False] if any(isinstance(value, bool) for value in named) else []
    texts = [value for value in named if isinstance(value, str)]
    kinds += [*texts, OTHER] if texts else []
    numbers = sorted(value for value in named if isinstance(value, Decimal))
    kinds += _around_numbers(numbers, whole=isinstance(parse(table.inputs[column]), Name))
    days = [value for value in named if type(value) is date]
    kinds += sorted({day + timedelta(days=by) for day in days for by in (-1, 0, 1)})
    moments = [value for value in named if isinstance(value, datetime)]
    kinds += sorted({at + timedelta(seconds=by) for at in moments for by in (-1, 0, 1)})
    kinds += [OTHER] if all(value is None for value in kinds) else []
    return [value for value in kinds if passes(limits, value, {})] or [OTHER]


def _around_numbers(numbers: list[Decimal], *, whole: bool) -> list[Decimal]:
    """Return each number and one between each two; a variable of a process is always whole."""
    step = Decimal(1)
    around = {number + by for number in numbers for by in (-step, Decimal(0), step)}
    if not whole:
        around |= {(one + other) / 2 for one, other in itertools.pairwise(numbers)}
    return sorted(around)


def _values(test: Node) -> Iterator[object]:
    """Yield the values that a cell names."""
    match test:
        case Anything():
            return
        case AnyOf(tests=parts) | ListOf(items=parts):
            for each in parts:
                yield from _values(each)
        case Compared(operand=operand):
            yield from _values(operand)
        case Interval(low=low, high=high):
            yield from _values(low)
            yield from _values(high)
        case Literal() | Unary() | Call() | Binary():
            yield evaluate_tree(test, {}, {}, Budget(MAX_STEPS_TOGETHER))
        case _:
            raise _TooManyError


def _shown(value: object) -> str:
    if value is None:
        return "ukendt"
    if isinstance(value, bool):
        return "sand" if value else "falsk"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
