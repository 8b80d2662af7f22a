"""Judge conditions and calculate; save the calculation with its trace."""

from __future__ import annotations

from processes.domain import reassessment
from processes.domain.benefits.cash_assistance import assess, months_to_decide
from processes.domain.calculation import Calculation
from processes.domain.cases import Application
from processes.domain.facts import Facts
from processes.domain.periods import Month
from processes.steps import StepContext, Variables, step

MONTHS_AHEAD = 3
"""How far ahead a change that is known already is decided on."""


@step("calculations.calculate")
def calculate(ctx: StepContext, *, case_id: str, application_id: str) -> Variables:
    """Calculate from the first day, from the facts as known now (beregning).

    A part month comes with the whole one after it, so that a decision says both amounts.
    No amount leaves for the process: what is decided and paid is read again by id.
    """
    application = ctx.uow.cases.application(application_id)
    first = months_to_decide(application)
    months = _months(ctx, case_id, first)
    calculation = _assess(ctx, application, months)
    known = reassessment.known_months(calculation, months, keep=len(first))
    if known != months:
        calculation = _assess(ctx, application, known)
    ctx.uow.calculations.add(calculation)
    return {
        "calculation_id": calculation.id,
        "outcome": str(calculation.outcome),
        "is_adverse": calculation.is_adverse,
        "missing": len(calculation.missing),
    }


def _assess(ctx: StepContext, application: Application, months: tuple[Month, ...]) -> Calculation:
    return assess(
        application,
        ctx.uow.cases.get(application.case_id),
        Facts.as_known(ctx.uow.facts.of_case(application.case_id), ctx.now),
        rates=ctx.rates,
        rules=ctx.rules,
        months=months,
        calculation_id=ctx.new_id(),
        made_at=ctx.now,
    )


def _months(ctx: StepContext, case_id: str, first: tuple[Month, ...]) -> tuple[Month, ...]:
    """Return the months to calculate: of a decided case also those that changed since."""
    decided = [each for each in ctx.uow.decisions.of_case(case_id) if each.sent_at is not None]
    if not decided:
        return first
    newest = max(decided, key=lambda each: each.issued_at)
    known = ctx.uow.calculations.get(newest.calculation_id).known_at
    last = Month.of(ctx.today)
    for _ in range(MONTHS_AHEAD):
        last = last.next()
    facts = ctx.uow.facts.of_case(case_id)
    return reassessment.months_to_reassess(first, facts, decided_at=known, last=last)
