"""Works rules out for everybody in a month, piece by piece on several cores (massekørsel)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from processes.columns.batch import Batch, ColumnRules, Population
from processes.columns.column import Truth, Whole
from processes.domain.periods import Month
from processes.domain.rates import RateBook

PIECE = 32_768
"""Rows at a time: few enough to stay in the processor's own memory, many enough to pay the call."""


@dataclass(frozen=True)
class MassResult:
    """What came of one rule for everybody (masseresultat)."""

    values: Whole
    """Means nothing where it is not known."""
    known: Truth


@dataclass(frozen=True)
class MassRun:
    """Everything a mass run gave (massekørsel)."""

    results: Mapping[str, MassResult]
    worked_out: int
    """How many rules were worked out for each person, those in between included."""


def work_out(
    people: Population,
    month: Month,
    wanted: Sequence[str],
    *,
    rates: RateBook,
    rules: ColumnRules,
    workers: int = 1,
) -> MassRun:
    """Work rules out for everybody in one month in which nothing changes."""
    results = {
        rule_id: MassResult(np.empty(len(people), np.int64), np.empty(len(people), np.bool_))
        for rule_id in wanted
    }

    def piece(rows: tuple[int, int]) -> int:
        start, end = rows
        batch = Batch(people.rows(start, end), month, rates=rates, rules=rules)
        for rule_id, result in results.items():
            column = batch.result(rule_id)
            result.values[start:end] = column.values
            result.known[start:end] = column.known
        return batch.worked_out

    pieces = list(people.pieces(PIECE))
    if workers == 1:
        return MassRun(results, max(map(piece, pieces), default=0))
    # NumPy lets go of the interpreter while it works, so threads are enough.
    with ThreadPoolExecutor(workers) as pool:
        return MassRun(results, max(pool.map(piece, pieces), default=0))
