"""How a case was calculated, in memory: calculated for real from facts that are written here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from app.law import load_rates, load_rules
from processes.domain.access import Actor, require
from processes.domain.cases import Case
from processes.domain.comparison import month_by_month
from processes.domain.errors import NotFoundError, RuleError
from processes.domain.facts import Fact, FactKind, Facts
from processes.domain.money import Money
from processes.domain.periods import Month, Period
from processes.domain.recalculation import Inputs
from processes.domain.what_if import ASKABLE, Supposed, what_if
from processes.operations.casework import explain_lines
from processes.operations.explaining import calculator
from processes.ports.explaining import CalculationView, KnownDay, PersonMonths, WhatIfPage
from tests.builders.cases import NOW, a_decision, an_application
from tests.builders.facts import A_LIFE, KNOWN_AT, a_fact

MONTHS = (Month(2026, 3), Month(2026, 4), Month(2026, 5))
TODAY = date(2026, 3, 16)


def facts_of(party_id: str) -> Facts:
    """Return a life with income in May."""
    known = [
        a_fact(kind, what, party_id=party_id, valid=Period(date(2020, 1, 1)))
        for kind, what in A_LIFE.items()
    ]
    income: Fact = a_fact(
        FactKind.OTHER_INCOME,
        Money.kroner(2000),
        party_id=party_id,
        valid=Month(2026, 5).period(),
    )
    first = known[-1]
    assert first.kind is FactKind.OTHER_INCOME
    before = a_fact(
        FactKind.OTHER_INCOME,
        None,
        party_id=party_id,
        valid=Period(date(2020, 1, 1), date(2026, 5, 1)),
    )
    return Facts(KNOWN_AT, (*known[:-1], before, income))


@dataclass
class FakeExplaining:
    """Months of one person; remembers which day was asked for."""

    case: Case
    asked: list[date | None] = field(default_factory=list)

    def view(self, case_id: str, by: Actor, *, known_on: date | None = None) -> CalculationView:
        require(by, "case.read")
        if case_id != self.case.id:
            raise NotFoundError("Sagen findes ikke.")
        self.asked.append(known_on)
        if known_on is not None and known_on > TODAY:
            raise RuleError("Dagen er ikke kommet endnu. Vælg en dag til og med i dag.")
        party_id = self.case.primary_party.id
        calculate = calculator(an_application(), self.case, NOW)
        calculation = calculate(Inputs(facts_of(party_id), load_rates(), load_rules()), MONTHS)
        decision = a_decision()
        decided = Money.kroner(14201)
        return CalculationView(
            case=self.case,
            known_on=known_on or TODAY,
            is_today=known_on in {None, TODAY},
            first_on=date(2026, 3, 1),
            days=(KnownDay(date(2026, 3, 10), "afgørelse 2026-000123-1"),),
            decision=decision,
            decisions=(decision,),
            calculation=calculation,
            people=(
                PersonMonths(
                    party_id,
                    month_by_month(calculation.of(party_id)),
                    dict.fromkeys(MONTHS, decided),
                    {},
                ),
            ),
            explanation=explain_lines(self.case, calculation),
        )


@dataclass
class FakeReplays:
    """Files that are words."""

    handed_out: list[str] = field(default_factory=list)

    def file(self, decision_id: str, by: Actor) -> tuple[str, bytes]:
        require(by, "replay.read")
        self.handed_out.append(decision_id)
        return f"{decision_id}.json", b"{}"

    def checker(self, by: Actor) -> bytes:
        require(by, "replay.read")
        return b"#!/usr/bin/env python3\n"


@dataclass
class FakeWhatIf:
    """Next month of one person; remembers what was supposed."""

    case: Case
    supposed: list[tuple[Supposed, ...]] = field(default_factory=list)
    refuse_with: RuleError | None = None
    without: frozenset[FactKind] = frozenset()
    """What nobody has said."""

    def of_case(self, case_id: str, supposed: Sequence[Supposed], by: Actor) -> WhatIfPage:
        require(by, "case.read")
        return self._page(case_id, supposed)

    def mine(self, case_id: str, supposed: Sequence[Supposed], by: Actor) -> WhatIfPage:
        require(by, "citizen.follow")
        if self.refuse_with:
            raise self.refuse_with
        return self._page(case_id, supposed)

    def _page(self, case_id: str, supposed: Sequence[Supposed]) -> WhatIfPage:
        if case_id != self.case.id:
            raise NotFoundError("Sagen findes ikke.")
        party_id = self.case.primary_party.id
        month = Month(2026, 4)
        said = facts_of(party_id)
        facts = replace(said, all=tuple(f for f in said.all if f.kind not in self.without))
        known = {
            (party_id, kind): fact
            for kind in ASKABLE
            if (fact := facts.on(party_id, kind, month.first_day)) is not None
        }
        page = WhatIfPage(self.case, (party_id,), month, known)
        if not supposed:
            return page
        self.supposed.append(tuple(supposed))
        result = what_if(
            calculator(an_application(), self.case, NOW),
            Inputs(facts, load_rates(), load_rules()),
            month,
            supposed,
        )
        return WhatIfPage(
            self.case,
            (party_id,),
            month,
            known,
            result,
            (party_id,),
            explain_lines(self.case, result.then),
        )
