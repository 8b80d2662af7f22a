"""Many persons in one month: their facts as columns, and every rule worked out once for all.

For months in which nothing changes; whoever has a month that is cut is calculated one by one, in
the other run-time. See docs/rules.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from processes.columns.column import (
    NOTHING_KNOWN,
    Column,
    Mask,
    Truth,
    Whole,
    both,
)
from processes.columns.compiling import ColumnFormula, compiled
from processes.columns.words import WORDS
from processes.domain.facts import FactKind
from processes.domain.periods import Month
from processes.domain.rates import Rate, RateBook
from processes.domain.rules.book import RuleBook
from processes.domain.rules.sharing import length

NO_SPOUSE = -1


@dataclass(frozen=True)
class FactColumn:
    """One fact of everybody (oplysningskolonne).

    `said` is where anybody said a value; where it is known and not said, it is known to be none.
    A `known` of True is for everybody.
    An amount with days of its own, such as holiday pay, is what falls on the month.
    """

    values: Whole | Truth
    known: Mask
    said: Truth

    def rows(self, start: int, end: int) -> FactColumn:
        """Return the same fact of some of the persons."""
        known = self.known
        if isinstance(known, np.ndarray):
            known = known[start:end]
        return FactColumn(self.values[start:end], known, self.said[start:end])


@dataclass(frozen=True)
class Population:
    """Everybody a mass run is about, couples side by side (befolkning)."""

    facts: Mapping[FactKind, FactColumn]
    given: Mapping[str, Truth]
    spouse: Whole
    """The row of each person's spouse; -1 is nobody. A spouse is the row before or after."""

    def __post_init__(self) -> None:
        rows = np.arange(len(self.spouse))
        wed = self.spouse != NO_SPOUSE
        if np.any(np.abs(self.spouse - rows)[wed] != 1):
            raise ValueError("a spouse's row is the one before or the one after")
        if not np.array_equal(self.spouse[self.spouse[wed]], rows[wed]):
            raise ValueError("a spouse's spouse is the person again")

    def __len__(self) -> int:
        return len(self.spouse)

    def pieces(self, size: int) -> Iterator[tuple[int, int]]:
        """Yield rows from and to, so many at a time; no couple is cut."""
        start = 0
        while start < len(self):
            end = min(start + size, len(self))
            if end < len(self) and self.spouse[end] == end - 1:
                end += 1
            yield start, end
            start = end

    def rows(self, start: int, end: int) -> Population:
        """Return some of the persons, whose spouses are among them."""
        spouse = self.spouse[start:end]
        return Population(
            {kind: column.rows(start, end) for kind, column in self.facts.items()},
            {name: truth[start:end] for name, truth in self.given.items()},
            np.where(spouse == NO_SPOUSE, NO_SPOUSE, spouse - start),
        )


@dataclass
class ColumnRules:
    """The formulas of a book as column functions, compiled when first asked for."""

    book: RuleBook
    _compiled: dict[str, ColumnFormula] = field(default_factory=dict)

    def of(self, rule_id: str, day: date) -> ColumnFormula:
        """Return the column function of the version in force on a day."""
        rule = self.book.on(rule_id, day)
        found = self._compiled.get(rule.name)
        if found is None:
            found = self._compiled[rule.name] = self._made(rule_id, day)
        return found

    def _made(self, rule_id: str, day: date) -> ColumnFormula:
        rule = self.book.on(rule_id, day)
        if rule.expression is not None:
            return compiled(rule.expression)
        code = WORDS.code(rule.value)
        return lambda _batch: Column(code)


class Batch:
    """The rules of many persons in one whole month (kolonnekørsel)."""

    def __init__(
        self, people: Population, month: Month, *, rates: RateBook, rules: ColumnRules
    ) -> None:
        self.people = people
        self.month = month
        self.day: date = month.first_day
        self.days_in_month: int = length(month.period())
        self.after: int = month.next().first_day.toordinal()
        self._rates = rates.in_force(self.day)
        self._rules = rules
        self._results: dict[str, Column] = {}
        self._spouses: dict[str, Column] = {}
        self._wed: Truth | None = None

    def result(self, rule_id: str) -> Column:
        """Work a rule out for everybody, or return what it gave before."""
        found = self._results.get(rule_id)
        if found is None:
            found = self._results[rule_id] = self._rules.of(rule_id, self.day)(self)
        return found

    @property
    def worked_out(self) -> int:
        """How many rules were worked out."""
        return len(self._results)

    def rate(self, key: str) -> Rate | None:
        """Return the rate in force; None when none is."""
        return self._rates.get(key)

    def fact(self, kind: FactKind) -> FactColumn | None:
        """Return a fact of everybody; None when nobody said anything."""
        return self.people.facts.get(kind)

    def given(self, name: str) -> Truth:
        """Return what the applications or cases say."""
        return self.people.given[name]

    def spouses(self, name: str, column: Column) -> Column:
        """Return everybody's spouse's value; unknown for whoever has none."""
        found = self._spouses.get(name)
        if found is not None:
            return found
        if self._wed is None:
            self._wed = self.people.spouse != NO_SPOUSE
        if not self._wed.any():
            found = NOTHING_KNOWN
        else:
            # Row -1 is read for whoever has no spouse, and is not known for them.
            at = self.people.spouse
            values = column.values
            known = column.known
            found = Column(
                values[at] if isinstance(values, np.ndarray) else values,
                both(self._wed, known[at] if isinstance(known, np.ndarray) else known),
            )
        self._spouses[name] = found
        return found
