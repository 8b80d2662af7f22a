"""Judge conditions and calculate; save the calculation with its trace."""

from __future__ import annotations

from processes.domain.benefits.cash_assistance import assess, months_to_decide
from processes.domain.facts import Facts
from processes.steps import StepContext, Variables, step


@step("calculations.calculate")
def calculate(ctx: StepContext, *, case_id: str, application_id: str) -> Variables:
    """Calculate from the first day, from the facts as known now (beregning).

    A part month comes with the whole one after it, so that a decision says both amounts.
    No amount leaves for the process: what is decided and paid is read again by id.
    """
    application = ctx.uow.cases.application(application_id)
    calculation = assess(
        application,
        ctx.uow.cases.get(case_id),
        Facts.as_known(ctx.uow.facts.of_case(case_id), ctx.now),
        rates=ctx.rates,
        rules=ctx.rules,
        months=months_to_decide(application),
        calculation_id=ctx.new_id(),
        made_at=ctx.now,
    )
    ctx.uow.calculations.add(calculation)
    return {
        "calculation_id": calculation.id,
        "outcome": str(calculation.outcome),
        "is_adverse": calculation.is_adverse,
        "missing": len(calculation.missing),
    }
