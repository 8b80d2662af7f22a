"""Answers: what does somebody see who works on a question of its own, or on a claim?"""

from __future__ import annotations

from processes.domain import claims
from processes.domain.cases import Case, Protection
from processes.domain.claims import DebtClaim, RepaymentBasis
from processes.domain.hearings import PartyHearing
from processes.domain.matter_views import ClaimView, MatterView
from processes.domain.matters import Basis, Matter, MatterKind
from processes.domain.money_management import ManagementPlan
from processes.domain.money_management import from_body as plan_of
from processes.domain.rates import Confidence
from processes.domain.recovery import ground_gate, lapse_day
from processes.domain.rules.prose import law_in_words, month_in_words
from processes.ports.records import UserTask
from processes.stages import claims as claim_stage
from processes.stages.repayments import paid_months
from processes.steps import StepContext

LIMITATION_RATE = "tilbagebetaling.foraeldelse_aar"


def view_of_task(ctx: StepContext, task: UserTask, case: Case) -> MatterView | None:
    """Return the question a task is about; None when it is about something else."""
    if "matter_id" in task.variables and task.variables["matter_id"] is not None:
        matter = ctx.uow.matters.get(str(task.variables["matter_id"]))
    elif task.variables.get("claim_id") is not None:
        claim = ctx.uow.claims.get(str(task.variables["claim_id"]))
        decision = ctx.uow.matters.decision(claim.decision_id)
        matter = ctx.uow.matters.get(decision.matter_id)
    else:
        return None
    return view(ctx, matter, case)


def view(ctx: StepContext, matter: Matter, case: Case) -> MatterView:
    """Return a question with everything that is known of it."""
    bases = ctx.uow.matters.bases(matter.id)
    basis = bases[0] if bases else None
    proposals = [
        each for each in ctx.uow.matters.proposals(matter.id) if basis and each.basis_id == basis.id
    ]
    decisions = [
        each
        for each in ctx.uow.matters.decisions(matter.case_id, matter.kind)
        if each.matter_id == matter.id
    ]
    is_repayment = matter.kind is MatterKind.REPAYMENT
    repayment = claims.from_body(basis) if basis and is_repayment else None
    made = ctx.uow.claims.of_decision(decisions[0].id) if decisions and is_repayment else None
    return MatterView(
        matter=matter,
        months=paid_months(ctx, case.id, matter.party_id) if is_repayment else (),
        basis=basis,
        repayment=repayment,
        gate=ground_gate(repayment.facts) if repayment else None,
        proposal=proposals[0] if proposals else None,
        decision=decisions[0] if decisions else None,
        hearing=_hearing(ctx, basis),
        statement_draft=_draft(basis, repayment),
        claim=None if made is None else claim_view(ctx, made, case),
        plan=plan_of(basis) if basis and not is_repayment else None,
    )


def _hearing(ctx: StepContext, basis: Basis | None) -> PartyHearing | None:
    if basis is None:
        return None
    found = ctx.uow.hearings.beside(basis.case_id, basis.id)
    return found[0] if found else None


def _draft(basis: Basis | None, repayment: RepaymentBasis | None) -> str:
    """Draft what a hearing says: what is considered, how much, and what it rests on."""
    if basis is None:
        return ""
    law = " og ".join(law_in_words(each) for each in basis.legal_basis)
    if repayment is None:
        return _plan_draft(plan_of(basis), law)
    months = "\n".join(
        f"{month_in_words(each.month)}: {each.claimed.danish()} før skat"
        for each in repayment.months
        if each.claimed
    )
    return (
        f"Kommunen overvejer, at du skal betale {basis.amount.danish()} tilbage efter {law}.\n"
        f"{months}\n{repayment.evidence}"
    )


def _plan_draft(plan: ManagementPlan, law: str) -> str:
    bills = "\n".join(
        f"{bill.name} til {bill.payee.name}: {bill.amount.danish()} om måneden"
        for bill in plan.bills
    )
    return (
        f"Kommunen overvejer efter {law} at betale disse faste regninger af din hjælp fra"
        f" {month_in_words(plan.from_month)}:\n{bills}\n{plan.evidence}\n"
        f"Det er prøvet først: {plan.milder}"
    )


def claim_view(ctx: StepContext, claim: DebtClaim, case: Case) -> ClaimView:
    """Return a claim with how it stands today."""
    ended = claim_stage.help_ended_on(ctx, claim)
    decision = ctx.uow.matters.decision(claim.decision_id)
    rate = ctx.rates.on(LIMITATION_RATE, claim.founded_on)
    party = case.party(claim.party_id)
    return ClaimView(
        claim=claim,
        standing=claim_stage.standing_of(ctx, claim),
        events=ctx.uow.claims.events(claim.id),
        arrangement=ctx.uow.claims.arrangement(claim.id),
        decision=decision,
        lapses_on=None if ended is None else lapse_day(ended, rates=ctx.rates),
        limitation_note="ikke bekræftet" if rate.confidence is Confidence.LOW else "",
        name=party.name,
        is_protected=party.protection is Protection.PROTECTED,
        case_number=case.number,
        months=claims.from_body(ctx.uow.matters.basis(decision.basis_id)).months,
    )
