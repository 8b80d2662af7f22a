"""Next month as it would be if something were otherwise (hvad nu hvis). Stores nothing.

For a caseworker on a case, and for citizens on their own page once their case is decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from processes.domain.access import Actor, require
from processes.domain.calculation import DESK_NOTE
from processes.domain.cases import Case, PartyRole
from processes.domain.errors import NotFoundError, RuleError
from processes.domain.facts import Fact, FactKind, Facts
from processes.domain.periods import Month
from processes.domain.recalculation import Inputs
from processes.domain.what_if import ASKABLE, Supposed, what_if
from processes.operations.casework import check_may_see, explain_lines
from processes.operations.control import Control
from processes.operations.explaining import as_known, calculator
from processes.ports.explaining import WhatIfPage
from processes.ports.records import AuditEvent
from processes.steps import StepContext

ADULTS = (PartyRole.PRIMARY, PartyRole.SPOUSE)


class WhatIfs:
    """Trying something that is not so (hvad nu hvis)."""

    def __init__(self, control: Control) -> None:
        self.env = control.env

    def of_case(self, case_id: str, supposed: Sequence[Supposed], by: Actor) -> WhatIfPage:
        """Return next month as it would be; without anything supposed, the questions only."""
        require(by, "case.read")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            check_may_see(case, by)
            ctx = self.env.context(uow, by)
            known = Facts.as_known(uow.facts.of_case(case_id), ctx.now)
            people = [party.id for party in case.parties if party.role in ADULTS]
            page = _page(ctx, case, known, people, supposed)
            # That somebody looked is kept; what was supposed is not.
            uow.audit.add(
                AuditEvent(ctx.now, by.user, str(by.role), "calculation.read", f"case:{case_id}")
            )
            uow.commit()
            return page

    def mine(self, case_id: str, supposed: Sequence[Supposed], by: Actor) -> WhatIfPage:
        """Return the same of one's own help.

        Of a spouse only what the decision was made of counts: what has come since is theirs to hear
        of first.
        """
        require(by, "citizen.follow")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            own = [
                party.id
                for party in case.parties
                if party.cpr.digits == by.party_cpr_digits and party.role in ADULTS
            ]
            if not own:
                raise NotFoundError("Sagen findes ikke, eller den er ikke din. Gå til Min side.")
            sent = [each for each in uow.decisions.of_case(case_id) if each.sent_at is not None]
            if not sent:
                raise RuleError("Du kan prøve dig frem, når vi har afgjort din sag.")
            ctx = self.env.context(uow, by)
            decided = max(sent, key=lambda each: each.issued_at)
            then = uow.calculations.get(decided.calculation_id).known_at
            history = uow.facts.of_case(case_id)
            known = Facts(
                ctx.now,
                (
                    *(f for f in Facts.as_known(history, ctx.now).all if f.party_id in own),
                    *(f for f in Facts.as_known(history, then).all if f.party_id not in own),
                ),
            )
            jointly = uow.cases.application_of_case(case_id).applies_jointly
            if not jointly and case.primary_party.id not in own:
                raise RuleError("Hjælpen er din ægtefælles. Kun din ægtefælle kan prøve her.")
            return _page(ctx, case, known, own, supposed)


def _page(
    ctx: StepContext,
    case: Case,
    known: Facts,
    askable: Sequence[str],
    supposed: Sequence[Supposed],
) -> WhatIfPage:
    """Work next month out; `askable` may be thought otherwise, and only their help is shown."""
    month = Month.of(ctx.today).next()
    page = WhatIfPage(case, tuple(askable), month, _known(known, askable, month))
    if not supposed:
        return page
    _check(supposed, askable)
    application = ctx.uow.cases.application_of_case(case.id)
    household = as_known(case, known)
    result = what_if(
        calculator(application, household, ctx.now),
        Inputs(known, ctx.rates, ctx.rules),
        month,
        supposed,
    )
    people = [party_id for party_id in result.then.party_ids if party_id in askable]
    only = tuple(each for each in result.then.months if each.party_id in people)
    lines = explain_lines(household, replace(result.then, months=only))
    return replace(
        page,
        result=result,
        people=tuple(people),
        explanation=tuple(each for each in lines if not each.label.startswith(DESK_NOTE)),
    )


def _check(supposed: Iterable[Supposed], askable: Sequence[str]) -> None:
    for each in supposed:
        if each.party_id not in askable or each.kind not in ASKABLE:
            raise RuleError("Det kan ikke prøves her. Ring til os, eller ret svaret.")


def _known(known: Facts, people: Sequence[str], month: Month) -> dict[tuple[str, FactKind], Fact]:
    """Return what counts in the month, so that a page can say what we have."""
    found = (
        (party_id, kind, known.on(party_id, kind, month.first_day))
        for party_id in people
        for kind in ASKABLE
    )
    return {(party_id, kind): fact for party_id, kind, fact in found if fact is not None}
