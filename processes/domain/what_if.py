"""Answers: what would the help of a month be, if something were otherwise? Stores nothing.

The same facts with some of them changed, calculated by the same rules. What nobody knows of a month
to come is taken as it was last known, and said so; what is still unknown is listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from processes.domain.calculation import Calculation, PersonMonth
from processes.domain.comparison import LineChange, compare
from processes.domain.facts import (
    FACT_LABELS,
    INCOME_KINDS,
    MONTHLY_KINDS,
    Fact,
    FactKind,
    Facts,
    FactStatus,
    FactValue,
    Source,
    SourceKind,
)
from processes.domain.money import Money, total
from processes.domain.periods import Month
from processes.domain.recalculation import Calculate, Inputs
from processes.domain.rules.prose import in_words, month_in_words

SOURCE = Source(SourceKind.CASEWORKER, "Hvad nu hvis", "")
"""Goes before everybody's word, and is nobody's."""
ASKABLE = (
    FactKind.WORK_INCOME,
    FactKind.OTHER_INCOME,
    FactKind.CHILDREN_AT_HOME,
    FactKind.EXTRA_CHILD_SUBSIDY,
    FactKind.LIVES_WITH_PARENTS,
    FactKind.SINGLE,
    FactKind.MARITAL_STATUS,
    FactKind.WEALTH,
    FactKind.ACTIVITY_READY,
    FactKind.WORK_MET,
    FactKind.RESIDENCE_MET,
    FactKind.OTHER_BENEFIT_COVERS,
    FactKind.SPOUSE_ON_OTHER_BENEFIT,
)
"""What may be thought otherwise (hvad der kan prøves)."""


@dataclass(frozen=True)
class Supposed:
    """One thing thought otherwise (antagelse): of whom, what, and how."""

    party_id: str
    kind: FactKind
    value: FactValue | None
    """None is known to be none."""


@dataclass(frozen=True)
class WhatIf:
    """A month as it is and as it would be (hvad nu hvis): never a decision."""

    month: Month
    now: Calculation
    then: Calculation
    facts_now: Facts
    facts_then: Facts
    supposed: tuple[Supposed, ...]
    taken_as_before: tuple[str, ...]
    """What was not known of the month, and was taken as it was last known."""

    def of(self, party_id: str) -> tuple[PersonMonth, PersonMonth]:
        """Return one person's month as it is and as it would be."""
        return self._month(self.now, party_id), self._month(self.then, party_id)

    def changes(self, party_id: str) -> tuple[LineChange, ...]:
        """Return every line, those that would be another first, with the reason."""
        return compare(*self.of(party_id))

    def incomes(self, party_id: str) -> tuple[Money, Money]:
        """Return what a person earns in the month beside the help, before tax: now, and if."""
        now, then = (self._income(facts, party_id) for facts in (self.facts_now, self.facts_then))
        return now, then

    def _income(self, facts: Facts, party_id: str) -> Money:
        said = (facts.on(party_id, kind, self.month.first_day) for kind in sorted(INCOME_KINDS))
        return total(fact.value for fact in said if fact and isinstance(fact.value, Money))

    def _month(self, calculation: Calculation, party_id: str) -> PersonMonth:
        return next(each for each in calculation.of(party_id) if each.month == self.month)


def what_if(
    calculate: Calculate, inputs: Inputs, month: Month, supposed: Sequence[Supposed]
) -> WhatIf:
    """Calculate a month as it is known, and as it would be (beregn hvad nu hvis)."""
    known, said = carried(inputs.facts, month)
    supposing = with_supposed(known, month, supposed)
    return WhatIf(
        month=month,
        now=calculate(replace(inputs, facts=known), [month]),
        then=calculate(replace(inputs, facts=supposing), [month]),
        facts_now=known,
        facts_then=supposing,
        supposed=tuple(supposed),
        taken_as_before=tuple(said),
    )


def with_supposed(facts: Facts, month: Month, supposed: Sequence[Supposed]) -> Facts:
    """Return the facts with some of them otherwise in a month."""
    return replace(facts, all=(*facts.all, *(_fact(facts, month, each) for each in supposed)))


def _fact(facts: Facts, month: Month, each: Supposed) -> Fact:
    case_id = next((fact.case_id for fact in facts.all), "")
    return Fact(
        id=f"hvad-nu-hvis-{each.party_id}-{each.kind.value}",
        case_id=case_id,
        party_id=each.party_id,
        kind=each.kind,
        status=FactStatus.NONE if each.value is None else FactStatus.VALUE,
        value=each.value,
        valid=month.period(),
        source=SOURCE,
        # After everything that is known: among equals the newest counts.
        known_from=facts.known_at,
    )


def carried(facts: Facts, month: Month) -> tuple[Facts, list[str]]:
    """Take sums of a month that nobody knows yet as they were last known (fremført)."""
    taken: list[Fact] = []
    said: list[str] = []
    for party_id, kind in sorted({(fact.party_id, fact.kind) for fact in _sums(facts)}):
        if facts.on(party_id, kind, month.first_day) is not None:
            continue
        earlier = [fact for fact in facts.of(party_id, kind) if _is_before(fact, month)]
        last = max(earlier, key=lambda fact: fact.valid.start, default=None)
        counts = None if last is None else facts.on(party_id, kind, last.valid.start)
        if counts is None or counts.status is FactStatus.UNKNOWN:
            continue
        when = month_in_words(Month.of(counts.valid.start))
        value = "ingen" if counts.status is FactStatus.NONE else in_words(counts.value)
        said.append(f"{FACT_LABELS[kind]}: {value}, som i {when}.")
        taken.append(replace(counts, valid=month.period()))
    return replace(facts, all=(*facts.all, *taken)), said


def _sums(facts: Facts) -> Iterator[Fact]:
    return (fact for fact in facts.all if fact.kind in MONTHLY_KINDS)


def _is_before(fact: Fact, month: Month) -> bool:
    return fact.valid.start < month.first_day
