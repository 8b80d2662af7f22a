"""People nobody has met: a population of any size, straight as columns, the same for a seed.

For trying a draft of the law before it is switched on. Ages, homes, children and wages are drawn so
that every rate and every limit is met by somebody; they are no statistics of anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from processes.columns.batch import NO_SPOUSE, FactColumn, Population
from processes.columns.column import Truth, Whole
from processes.columns.words import WORDS
from processes.domain.facts import FactKind
from processes.domain.money import Money
from processes.domain.rules.language import FACT_KINDS, Kind

SEED = 20_260_701
THOUSAND = 1_000
DAYS_A_YEAR = 365
YOUNGEST, OLDEST = 16, 69

LIKELY: Mapping[FactKind, int] = {
    FactKind.RESIDENCE_MET: 860,
    FactKind.WORK_MET: 620,
    FactKind.REQUIREMENTS_EXEMPT: 60,
    FactKind.EXTRA_CHILD_SUBSIDY: 300,
    FactKind.ACTIVITY_READY: 400,
    FactKind.CANNOT_SUPPORT: 985,
    FactKind.OTHER_BENEFIT_COVERS: 15,
    FactKind.LAWFUL_STAY: 995,
    FactKind.AVAILABLE: 960,
    FactKind.SPOUSE_ON_OTHER_BENEFIT: 80,
    FactKind.VOCATIONAL: 450,
    FactKind.PREGNANT: 20,
    FactKind.MENTAL_ILLNESS: 50,
    FactKind.HOURS_RULE: 60,
}
"""How many of a thousand say yes; every other yes or no is even."""
AMOUNTS: Mapping[FactKind, tuple[int, int]] = {
    FactKind.WORK_INCOME: (140, 16_000),
    FactKind.OTHER_INCOME: (40, 9_000),
    FactKind.WEALTH: (200, 40_000),
    FactKind.HOUSING_COST: (THOUSAND, 12_000),
    FactKind.COST: (THOUSAND, 9_000),
    FactKind.LOST_WAGE: (THOUSAND, 35_000),
    FactKind.LIQUID_WEALTH: (400, 160_000),
}
"""How many of a thousand have any, and the most whole kroner; others are anything to 20.000 kr."""
USUAL_AMOUNT = (THOUSAND, 20_000)
NUMBERS: Mapping[FactKind, int] = {
    FactKind.WORK_HOURS: 60,
    FactKind.MONTHS_ON_HELP: 60,
    FactKind.TAX_CARD_RATE: 45,
    FactKind.SUPPLEMENT_PERCENT: 100,
    FactKind.CHILDREN_ELSEWHERE: 2,
}
"""The most of each number."""
WORDS_SAID: Mapping[FactKind, Sequence[str]] = {
    FactKind.SOCIAL_EVENT: ("ledig", "ledig", "ledig", "sygdom", "samlivsophoer", "udlaert"),
    FactKind.TAX_CARD_KIND: ("hovedkort",),
    FactKind.COMPENSATION_GROUP: ("gruppe1", "gruppe2"),
}
UNSAID = frozenset(
    {FactKind.HOLIDAY, FactKind.HOLIDAY_PAY, FactKind.DEAD, FactKind.EMIGRATED, FactKind.SPOUSE}
)
"""What cuts a month in pieces, or says who somebody is, is said of nobody."""
MAY_BE_NONE = frozenset({FactKind.WORK_INCOME, FactKind.OTHER_INCOME})
CHILDREN = (0, 0, 0, 0, 0, 0, 1, 1, 2, 3)
COUPLES, JOINTLY = 240, 700
"""Of a thousand households, and of a thousand couples."""
ALONE, AT_HOME = 900, 350
"""Of a thousand unmarried, and of a thousand young ones without children."""
YOUNG = 30
TWO = 2


@dataclass(frozen=True)
class MadeUp:
    """A population that was drawn (opdigtede borgere), and who of it applies."""

    people: Population
    applies: Truth

    def facts_of(self, row: int) -> dict[FactKind, object]:
        """Return what one of them is, as values of the domain."""
        return {
            kind: _value(FACT_KINDS[kind], int(column.values[row]))
            for kind, column in self.people.facts.items()
            if column.said[row]
        }


def made_up(persons: int, *, on: date, seed: int = SEED) -> MadeUp:
    """Draw so many persons, or one more where the last is half a couple."""
    draw = np.random.default_rng(seed)
    spouse = _households(draw, persons)
    number = len(spouse)
    wed = spouse != NO_SPOUSE
    given = _given(draw, spouse)
    born = on.toordinal() - draw.integers(
        YOUNGEST * DAYS_A_YEAR, OLDEST * DAYS_A_YEAR, number, dtype=np.int64
    )
    children = _of_the_household(
        np.array(CHILDREN, dtype=np.int64)[draw.integers(0, len(CHILDREN), number)], spouse
    )
    alone = ~wed & (draw.integers(0, THOUSAND, number) < ALONE)
    young = born > on.toordinal() - YOUNG * DAYS_A_YEAR
    at_home = young & ~wed & (children == 0) & (draw.integers(0, THOUSAND, number) < AT_HOME)
    facts: dict[FactKind, FactColumn] = {
        FactKind.BIRTH_DATE: _known(born),
        FactKind.CHILDREN_AT_HOME: _known(children),
        FactKind.SINGLE: _known(alone),
        FactKind.LIVES_WITH_PARENTS: _known(at_home),
        FactKind.MARITAL_STATUS: _known(
            np.where(wed, WORDS.code("gift"), WORDS.code("ugift")).astype(np.int64)
        ),
    }
    for kind in FactKind:
        if kind not in facts and kind not in UNSAID and kind in FACT_KINDS:
            facts[kind] = _drawn(draw, kind, number)
    applies = ~wed | given["soeger_sammen"] | (spouse == np.arange(number) + 1)
    return MadeUp(Population(facts, given, spouse), applies)


def _households(draw: np.random.Generator, persons: int) -> Whole:
    """Return the row of each person's spouse: couples side by side among those who live alone."""
    couples = draw.integers(0, THOUSAND, persons) < COUPLES
    size = np.where(couples, TWO, 1)
    enough = int(np.searchsorted(np.cumsum(size), persons)) + 1
    size = size[:enough]
    first = np.cumsum(size) - size
    spouse = np.full(int(size.sum()), NO_SPOUSE, dtype=np.int64)
    ones = first[size == TWO]
    spouse[ones] = ones + 1
    spouse[ones + 1] = ones
    return spouse


def _given(draw: np.random.Generator, spouse: Whole) -> dict[str, Truth]:
    wed = spouse != NO_SPOUSE
    together = _of_the_household(
        (draw.integers(0, THOUSAND, len(spouse)) < JOINTLY).astype(np.int64), spouse
    )
    return {"soeger_sammen": wed & (together == 1), "aegtefaelle_paa_sagen": wed}


def _of_the_household(values: Whole, spouse: Whole) -> Whole:
    """Let both of a couple have what was drawn for the first of them."""
    rows = np.arange(len(spouse))
    second = (spouse != NO_SPOUSE) & (spouse < rows)
    return np.where(second, values[np.maximum(spouse, 0)], values)


def _drawn(draw: np.random.Generator, kind: FactKind, number: int) -> FactColumn:
    what = FACT_KINDS[kind]
    if what is Kind.YES_NO:
        return _known(draw.integers(0, THOUSAND, number) < LIKELY.get(kind, THOUSAND // 2))
    if what is Kind.MONEY:
        some, most = AMOUNTS.get(kind, USUAL_AMOUNT)
        has = draw.integers(0, THOUSAND, number) < some
        kroner = draw.integers(0, most + 1, number, dtype=np.int64)
        oere = np.where(has, kroner * 100, 0).astype(np.int64)
        return FactColumn(
            oere, known=True, said=has if kind in MAY_BE_NONE else np.ones(number, np.bool_)
        )
    if what is Kind.WORD:
        words = WORDS_SAID.get(kind, ("andet",))
        codes = np.array([WORDS.code(word) for word in words], dtype=np.int64)
        return _known(codes[draw.integers(0, len(codes), number)])
    return _known(draw.integers(0, NUMBERS.get(kind, 3) + 1, number, dtype=np.int64))


def _known(values: Whole | Truth) -> FactColumn:
    return FactColumn(values, known=True, said=np.ones(len(values), np.bool_))


def _value(what: Kind, value: int) -> object:
    match what:
        case Kind.MONEY:
            return Money(value)
        case Kind.YES_NO:
            return bool(value)
        case Kind.WORD:
            return WORDS.word(value)
        case Kind.DAY:
            return date.fromordinal(value)
        case _:
            return value
