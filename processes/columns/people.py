"""Makes columns of persons whose facts are known one by one, row by row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from processes.columns.batch import NO_SPOUSE, FactColumn, Population
from processes.columns.column import Truth, Whole
from processes.columns.compiling import as_number
from processes.domain.facts import FactKind, FactStatus
from processes.domain.money import Money
from processes.domain.periods import Period
from processes.domain.rules.checking import GIVEN_NAMES
from processes.domain.rules.language import FACT_KINDS, Kind
from processes.domain.rules.run import Run
from processes.domain.rules.scalar import ASKED
from processes.domain.rules.sharing import spread_over

SPREAD = frozenset({FactKind.HOLIDAY_PAY})
"""Amounts with days of their own: a column holds what falls on the month."""

Cell = tuple[int, bool, bool]
"""A fact of one person: the value, whether it is known, whether a value was said."""

UNKNOWN_CELL: Cell = (0, False, False)


def population_of(runs: Sequence[Run], kinds: Collection[FactKind] | None = None) -> Population:
    """Return the columns of persons whose whole month is one stretch, couples side by side.

    `kinds` are the facts that will be asked for; None is all of them.
    """
    rows = {id(run): row for row, run in enumerate(runs)}
    spouse = [rows.get(id(run.partner), NO_SPOUSE) for run in runs]
    facts = {
        kind: _column([_cell(run, kind) for run in runs], what)
        for kind, what in FACT_KINDS.items()
        if kinds is None or kind in kinds
    }
    given = {
        name: np.array([name in run.given and run.given[name].value is True for run in runs])
        for name in GIVEN_NAMES
    }
    return Population(
        {
            kind: column
            for kind, column in facts.items()
            if column.said.any() or np.any(column.known)
        },
        given,
        np.array(spouse, dtype=np.int64),
    )


def _column(cells: Sequence[Cell], what: Kind) -> FactColumn:
    values, known, said = zip(*cells, strict=True)
    whole: Whole | Truth = np.array(values, dtype=np.int64)
    if what is Kind.YES_NO:
        whole = whole.astype(np.bool_)
    # Known for everybody costs a mass run nothing, so it is said in one word.
    return FactColumn(whole, True if all(known) else np.array(known), np.array(said))


def _cell(run: Run, kind: FactKind) -> Cell:
    read: Callable[[Run, FactKind], Cell] = READ.get(FACT_KINDS[kind], _plain)
    return _spread(run, kind) if kind in SPREAD else read(run, kind)


def _plain(run: Run, kind: FactKind) -> Cell:
    known = run.known(ASKED[kind.value])
    if known.raw is None or known.fact is None:
        return UNKNOWN_CELL
    return as_number(known.raw), True, known.fact.status is FactStatus.VALUE


def _day(run: Run, kind: FactKind) -> Cell:
    # A day may be known to be none, and then stands for none of the days.
    said = run.said(kind, run.month.last_day)
    known = run.known(ASKED[kind.value])
    value = said.value if said else None
    return (
        as_number(value) if value is not None and not isinstance(value, Money) else 0,
        known.raw is not None,
        said is not None,
    )


def _spread(run: Run, kind: FactKind) -> Cell:
    fact = run.said(kind, run.days.start)
    if fact is None or not isinstance(fact.value, Money):
        return 0, run.known(ASKED[kind.value]).raw is not None, False
    if fact.valid.end is None:
        return 0, False, True
    over = Period(fact.valid.start, fact.valid.end)
    return spread_over(fact.value, over=over, days=run.days).oere, True, True


READ: Mapping[Kind, Callable[[Run, FactKind], Cell]] = {Kind.DAY: _day}
