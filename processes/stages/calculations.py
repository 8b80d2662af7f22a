"""Judge conditions and calculate; save the calculation with its trace."""

from __future__ import annotations

from processes.domain.benefits.cash_assistance import assess, whole_months
from processes.domain.facts import Facts
from processes.steps import StepContext, Variables, step


@step("calculations.calculate")
def calculate(ctx: StepContext, *, case_id: str, application_id: str) -> Variables:
    """Calculate the first whole month from the facts as known now (beregning).

    No amount leaves for the process: what is decided and paid is read again by id.
    """
    application = ctx.uow.cases.application(application_id)
    calculation = assess(
        application,
        ctx.uow.cases.get(case_id),
        Facts.as_known(ctx.uow.facts.of_case(case_id), ctx.now),
        rates=ctx.rates,
        rules=ctx.rules,
        months=whole_months(application),
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
