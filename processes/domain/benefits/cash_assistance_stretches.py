"""Answers: into which stretches do facts, birthdays, rates and rules cut a month of kontanthjælp?

Makes the runs of a household, one for each person and stretch. Knows no amount.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from processes.domain.benefits.cash_assistance_rules import (
    DECISIVE_AGES,
    JOINTLY,
    SPOUSE_ON_CASE,
    birthday,
)
from processes.domain.cases import Application, Case, Party, PartyRole
from processes.domain.facts import MONTHLY_KINDS, FactKind, Facts, FactStatus, FactValue
from processes.domain.periods import ONE_DAY, Month, Period
from processes.domain.rates import RateBook
from processes.domain.rules.book import RuleBook
from processes.domain.rules.month import MonthRun
from processes.domain.rules.run import Run, linked
from processes.domain.rules.trace import Node

NEVER_CUT = MONTHLY_KINDS | {
    FactKind.SPOUSE,
    FactKind.TAX_CARD_KIND,
    FactKind.TAX_CARD_RATE,
    FactKind.TAX_CARD_DEDUCTION,
    FactKind.TAX_CARD_LIMIT,
}
"""Sums of a month, and what no rule of the help asks for."""

ENDS = (FactKind.DEAD, FactKind.EMIGRATED)
"""Their value is the day from which something else is right."""


@dataclass(frozen=True)
class Household:
    """The applicant, and the spouse if there is one on the case (husstand)."""

    applicant: Party
    spouse: Party | None
    jointly: bool
    application_id: str

    @classmethod
    def of(cls, application: Application, case: Case) -> Household:
        """Return who the application is about."""
        spouse = next((party for party in case.parties if party.role is PartyRole.SPOUSE), None)
        return cls(case.primary_party, spouse, application.applies_jointly, application.id)

    @property
    def adults(self) -> tuple[Party, ...]:
        """The applicant and the spouse."""
        return (self.applicant, self.spouse) if self.spouse else (self.applicant,)

    @property
    def applying(self) -> tuple[Party, ...]:
        """Who gets help of their own."""
        return self.adults if self.jointly else (self.applicant,)

    def given(self) -> dict[str, Node]:
        """Return what the application and the case themselves say."""
        return {
            JOINTLY: Node(
                "fact",
                self.application_id,
                "Ægtefællen søger også",
                self.jointly,
                source="Ansøgning",
            ),
            SPOUSE_ON_CASE: Node(
                "fact",
                self.application_id,
                "Ægtefællen er part i sagen",
                self.spouse is not None,
                source="Sagen",
            ),
        }


@dataclass(frozen=True)
class HouseholdMonth:
    """The runs of a household in one month, stretch by stretch (husstandens måned)."""

    month: Month
    span: Period
    """What is calculated of the month."""
    stretches: tuple[Mapping[str, Run], ...]

    def of(self, party_id: str) -> tuple[Run, ...]:
        """Return one person's runs in order."""
        return tuple(runs[party_id] for runs in self.stretches)

    def over(self, party_id: str, parts: Sequence[Run]) -> Run:
        """Return the run over some of a person's stretches, with the spouse's whole month beside.

        A month of one stretch is its own run.
        """
        if len(self.stretches) == 1 and self.span == self.month.period():
            return parts[0]
        run = MonthRun(parts)
        others = [other for other in self.stretches[0] if other != party_id]
        for other in others:
            run.partner = MonthRun(self.of(other))
        return run

    @property
    def runs(self) -> Iterator[Run]:
        """Yield every run of every stretch."""
        for runs in self.stretches:
            yield from runs.values()


def runs_of(
    household: Household,
    facts: Facts,
    month: Month,
    *,
    span: Period,
    rates: RateBook,
    rules: RuleBook,
) -> HouseholdMonth:
    """Make the runs of a household for the days of a month that are calculated."""
    starts = sorted({span.start, *_cuts(household, facts, span, rates, rules)})
    stretches = []
    for start, end in zip(starts, [*starts[1:], span.end], strict=True):
        runs = {
            party.id: Run(
                party.id,
                who="ansøgeren" if party is household.applicant else "ægtefællen",
                month=month,
                facts=facts,
                rates=rates,
                rules=rules,
                given=household.given(),
                days=Period(start, end),
                span=span,
            )
            for party in household.adults
        }
        if household.spouse:
            linked(runs.values())
        stretches.append(runs)
    return HouseholdMonth(month, span, tuple(stretches))


def _cuts(
    household: Household, facts: Facts, span: Period, rates: RateBook, rules: RuleBook
) -> Iterator[date]:
    """Yield every day inside the span from which something may be another than the day before."""
    people = [party.id for party in household.adults]
    days = [
        *_changed_facts(facts, people, span),
        *_days_said(facts, people, span),
        *rates.changes(span),
        *rules.changes(span),
    ]
    yield from (day for day in days if day in span)


def _changed_facts(facts: Facts, people: Sequence[str], span: Period) -> Iterator[date]:
    edges = {
        (fact.party_id, fact.kind, day)
        for fact in facts.all
        if fact.party_id in people and fact.kind not in NEVER_CUT
        for day in (fact.valid.start, fact.valid.end)
        if day is not None and day in span and day != span.start
    }
    for party_id, kind, day in edges:
        if _said(facts, party_id, kind, day - ONE_DAY) != _said(facts, party_id, kind, day):
            yield day


def _said(
    facts: Facts, party_id: str, kind: FactKind, day: date
) -> tuple[FactStatus, FactValue | None]:
    fact = facts.on(party_id, kind, day)
    return (FactStatus.UNKNOWN, None) if fact is None else (fact.status, fact.value)


def _days_said(facts: Facts, people: Sequence[str], span: Period) -> Iterator[date]:
    """Yield birthdays that decide, and days of death and emigration."""
    last = (span.end or span.start) - ONE_DAY
    for party_id in people:
        born = facts.on(party_id, FactKind.BIRTH_DATE, last)
        if born is not None and isinstance(born.value, date):
            yield from (birthday(born.value, age) for age in DECISIVE_AGES)
        for kind in ENDS:
            fact = facts.on(party_id, kind, last)
            if fact is not None and isinstance(fact.value, date):
                yield fact.value
