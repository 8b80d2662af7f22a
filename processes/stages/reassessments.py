"""Compare what was decided with what comes out now, and settle the difference (revurdering).

Only up is paid: what was paid too much is for a case of its own, with its own decision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from processes.domain import payments, reassessment, recalculation
from processes.domain.benefits.cash_assistance import assess
from processes.domain.calculation import Calculation
from processes.domain.cases import CaseState
from processes.domain.complaints import ComplaintState
from processes.domain.decisions import Decision
from processes.domain.facts import Facts
from processes.domain.money import Money
from processes.domain.payments import PaymentState
from processes.domain.periods import Month
from processes.domain.reassessment import Effect
from processes.domain.recalculation import Inputs, Recalculation
from processes.ports.records import UserTask
from processes.steps import StepContext, Variables, receives, step


@step("reassessments.compare")
def compare(ctx: StepContext, *, case_id: str, calculation_id: str) -> Variables:
    """Say whether the help changes, and which way (virkning af revurderingen).

    Less than was decided is to the citizen's harm, also when it is all that is applied for.
    """
    calculation = ctx.uow.calculations.get(calculation_id)
    standing = _standing(ctx, case_id)
    effect = reassessment.effect_of(calculation, standing)
    if effect is not Effect.SAME:
        for said in recalculation.in_prose(_causes(ctx, calculation, standing)):
            ctx.note(case_id, said)
    return {
        "effect": str(effect),
        "is_adverse": calculation.is_adverse or effect is Effect.LESS,
    }


def _causes(ctx: StepContext, calculation: Calculation, standing: Decision) -> Recalculation:
    """Say which fact, rate or rule makes each month another than was decided (årsager)."""
    facts = ctx.uow.facts.of_case(calculation.case_id)
    then = ctx.uow.calculations.get(standing.calculation_id).known_at
    law = ctx.law_known_at(then)
    application = ctx.uow.cases.application(calculation.application_id)
    case = ctx.uow.cases.get(calculation.case_id)

    def calculate(inputs: Inputs, months: Sequence[Month]) -> Calculation:
        return assess(
            application,
            case,
            inputs.facts,
            rates=inputs.rates,
            rules=inputs.rules,
            months=months,
            calculation_id=calculation.id,
            made_at=ctx.now,
        )

    decided = {
        (each.party_id, each.month): payments.decided_amount(
            standing.lines, each.party_id, each.month
        )
        or Money(0)
        for each in calculation.months
    }
    return recalculation.recalculate(
        calculate,
        before=Inputs(Facts.as_known(facts, then), law.rates, law.rules),
        after=Inputs(Facts.as_known(facts, calculation.known_at), ctx.rates, ctx.rules),
        decided=decided,
        months=sorted({each.month for each in calculation.months}),
    )


def _standing(ctx: StepContext, case_id: str) -> Decision:
    """Return the decision that stands: the newest one."""
    return max(ctx.uow.decisions.of_case(case_id), key=lambda each: each.issued_at)


@step("reassessments.keep")
def keep(ctx: StepContext, *, case_id: str) -> Variables:
    """Let the decision stand: nothing came out differently (uændret)."""
    case = ctx.uow.cases.lock(case_id)
    state = _state_before(ctx, case_id)
    if case.state is CaseState.INFORMED:
        ctx.uow.cases.set_state(case_id, state)
        ctx.index(case_id)
    ctx.note(case_id, "Revurderingen ændrer ikke hjælpen. Afgørelsen gælder stadig.")
    _tell_complaints(ctx, case_id, is_changed=False)
    return {}


def _state_before(ctx: StepContext, case_id: str) -> CaseState:
    """Return how far the decision that stands has been carried out."""
    decided = {each.id for each in ctx.uow.decisions.of_case(case_id)}
    rows = ctx.uow.payments.of_case(case_id)
    states = [state for line, state in rows if line.decision_id in decided]
    if PaymentState.SETTLED in states:
        return CaseState.CARRIED_OUT
    if {PaymentState.ORDERED, PaymentState.ACCEPTED} & set(states):
        return CaseState.ORDERED
    return CaseState.DECIDED


@step("reassessments.settle")
def settle(ctx: StepContext, *, case_id: str, decision_id: str) -> Variables:
    """Say what is owed after a new decision: more to the citizen, or too much already paid."""
    decision = ctx.uow.decisions.get(decision_id)
    decided = {each.id for each in ctx.uow.decisions.of_case(case_id)}
    rows = [row for row in ctx.uow.payments.of_case(case_id) if row[0].decision_id in decided]
    paid = payments.paid_before(rows, decision_id)
    differences = reassessment.differences(decision, paid)
    state = _state_before(ctx, case_id)
    pay_more = reassessment.is_more(decision, paid)
    overpaid = any(amount.oere < 0 for amount in differences.values())
    case = ctx.uow.cases.lock(case_id)
    if not pay_more and case.state is CaseState.DECIDED and state is not CaseState.DECIDED:
        ctx.uow.cases.set_state(case_id, state)
        ctx.index(case_id)
    if overpaid:
        said = "; ".join(
            f"{month}: {(-amount).danish()}"
            for (_, month), amount in differences.items()
            if amount.oere < 0
        )
        ctx.note(case_id, f"Der er udbetalt for meget før skat: {said}.")
    return {"pay_more": pay_more, "overpaid": overpaid}


@receives("casework.overpaid")
def note_overpaid(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what is done about money paid too much (for meget udbetalt).

    Law: LAS §§ 91-95. Repayment needs a decision of its own; nothing is set off here.
    """
    ctx.note(task.case_id, f"For meget udbetalt: {values['note']}")
    return {}


@step("reassessments.publish")
def publish(ctx: StepContext, *, case_id: str, decision_id: str) -> Variables:
    """Tell others that the help has changed (udsend hændelse)."""
    ctx.leave(
        "send.event",
        case_id,
        {"case_id": case_id, "kind": "ydelse.aendret", "subject": decision_id},
        key=f"event:{decision_id}:ydelse.aendret",
    )
    _tell_complaints(ctx, case_id, is_changed=True)
    return {}


def _tell_complaints(ctx: StepContext, case_id: str, *, is_changed: bool) -> None:
    """Let complaints that were met know what the new look at the case came to."""
    for complaint in ctx.uow.complaints.of_case(case_id):
        if complaint.state is ComplaintState.REASSESSED:
            ctx.tell(
                "case-reassessed",
                complaint.id,
                {"is_changed": is_changed},
                case_id=case_id,
                tries=ctx.now.isoformat(),
            )
