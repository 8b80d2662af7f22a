"""Repayment (tilbagebetaling, LAS §§ 91-95): raise, assess the ground, claim what was decided.

Nothing is claimed without a decision that was sent; nothing is set off in somebody's help here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from processes.domain import claims, matters, recovery
from processes.domain.claims import (
    ClaimEvent,
    ClaimEventKind,
    ClaimMonth,
    DebtClaim,
    RepaymentBasis,
)
from processes.domain.decisions import APPEAL_WEEKS, Decision
from processes.domain.errors import BrokenStateError, RuleError
from processes.domain.grants import newest
from processes.domain.hearings import end_of_day
from processes.domain.identifiers import Cvr
from processes.domain.matter_views import PaidMonth
from processes.domain.matters import Basis, Matter, MatterKind, MatterState
from processes.domain.money import ZERO, Money
from processes.domain.payments import PaymentState, decided_amount
from processes.domain.periods import Month, danish_day
from processes.domain.recovery import ClaimFacts, Ground
from processes.ports.gateways import DebtClaimRequest, Gateways, Receipt, ReceiptState
from processes.ports.records import UserTask
from processes.steps import StepContext, Variables, receives, sends, step

DAYS_TO_DECIDE = 28
"""How long a repayment may lie before the team lead sees it; a habit of ours, not the law's."""
LEFT = {PaymentState.ORDERED, PaymentState.ACCEPTED, PaymentState.SETTLED}


# ---- raised ----------------------------------------------------------------------------------


def raise_repayment(ctx: StepContext, *, case_id: str, party_id: str, cause: str) -> Matter:
    """Raise the question whether somebody must pay help back; a person assesses it."""
    if not cause.strip():
        raise RuleError("Skriv, hvorfor der skal ses på tilbagebetaling.")
    for known in ctx.uow.matters.of_case(case_id, MatterKind.REPAYMENT):
        if known.party_id == party_id and known.state is MatterState.RAISED:
            ctx.note(case_id, f"Tilbagebetaling vurderes allerede. Ny oplysning: {cause}")
            return known
    if not any(each.paid for each in paid_months(ctx, case_id, party_id)):
        raise RuleError("Der er ikke udbetalt noget til personen, så der er intet at kræve.")
    matter = Matter(
        id=ctx.new_id(),
        case_id=case_id,
        party_id=party_id,
        kind=MatterKind.REPAYMENT,
        cause=cause.strip(),
        raised_by=ctx.user,
        raised_at=ctx.now,
    )
    ctx.uow.matters.add(matter)
    last_day = ctx.calendar.first_working_day_from(ctx.today + timedelta(days=DAYS_TO_DECIDE))
    ctx.tell(
        "repayment-raised",
        matter.id,
        {
            "case_id": case_id,
            "matter_id": matter.id,
            "deadline_at": end_of_day(last_day).isoformat(),
        },
        case_id=case_id,
    )
    ctx.note(case_id, f"Der skal ses på tilbagebetaling: {cause.strip()}")
    return matter


@step("repayments.open")
def open_repayments(ctx: StepContext, *, case_id: str, decision_id: str) -> Variables:
    """Raise repayment for everybody who was paid more than a new decision gives (udbetalt mere).

    Only the question is raised: whether and what to claim is for a person, and a decision.
    """
    number = ctx.uow.decisions.get(decision_id).number
    case = ctx.uow.cases.get(case_id)
    raised = 0
    for party in case.parties:
        if any(each.too_much for each in paid_months(ctx, case_id, party.id)):
            cause = f"Afgørelse {number} giver mindre, end der er udbetalt."
            raise_repayment(ctx, case_id=case_id, party_id=party.id, cause=cause)
            raised += 1
    return {"repayments_raised": raised}


def paid_months(ctx: StepContext, case_id: str, party_id: str) -> tuple[PaidMonth, ...]:
    """Return what somebody was paid month by month, beside what they should have had."""
    support = ctx.uow.decisions.of_case(case_id)
    own = {each.id for each in support}
    paid: dict[Month, tuple[Money, Money]] = {}
    for line, state in ctx.uow.payments.of_case(case_id):
        if line.party_id == party_id and state in LEFT and line.decision_id in own:
            gross, tax = paid.get(line.month, (ZERO, ZERO))
            paid[line.month] = (gross + line.gross, tax + line.tax)
    taken = _claimed_already(ctx, case_id, party_id)
    return tuple(
        PaidMonth(
            str(month),
            gross,
            tax,
            _due(support, party_id, month),
            taken.get(month, ZERO),
        )
        for month, (gross, tax) in sorted(paid.items())
    )


def _due(support: Sequence[Decision], party_id: str, month: Month) -> Money:
    """Return what the newest sent decision that says anything of the month gives for it."""
    decision = newest(support, party_id, month)
    found = None if decision is None else decided_amount(decision.lines, party_id, month)
    return found or ZERO


def _claimed_already(ctx: StepContext, case_id: str, party_id: str) -> dict[Month, Money]:
    found: dict[Month, Money] = {}
    for decision in ctx.uow.matters.decisions(case_id, MatterKind.REPAYMENT):
        if decision.party_id == party_id:
            for each in claims.from_body(ctx.uow.matters.basis(decision.basis_id)).months:
                found[each.month] = found.get(each.month, ZERO) + each.claimed
    return found


# ---- the ground ------------------------------------------------------------------------------


@receives("repayment.assess")
def assess(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record on what ground and how much is claimed, or that there is nothing to claim.

    Law: LAS §§ 91-95, one paragraph's conditions at a time; what is not known is no ground.
    """
    matter = ctx.uow.matters.get(str(task.variables["matter_id"]))
    evidence = str(values["evidence"]).strip()
    if not evidence:
        raise RuleError("Skriv, hvad vurderingen bygger på.")
    if not values["claims"]:
        ctx.uow.matters.save(matters.moved(matter, MatterState.DROPPED, evidence))
        ctx.note(task.case_id, f"Tilbagebetaling kræves ikke: {evidence}")
        return {"claims": False, "basis_id": None, "ground": None}
    facts = values["facts"]
    if not isinstance(facts, ClaimFacts):
        raise TypeError("facts are the answers about one ground")
    recovery.ground_gate(facts).demand("Der kan ikke kræves tilbagebetaling endnu.")
    wanted, came = _amounts(values["months"]), _amounts(values["compensation"])
    months = tuple(
        ClaimMonth(
            Month.parse(each.month_key),
            each.paid - each.claimed,
            wanted.get(each.month_key, ZERO),
            came.get(each.month_key, ZERO),
        )
        for each in paid_months(ctx, task.case_id, matter.party_id)
    )
    claims.check_months(months, facts.ground)
    repayment = RepaymentBasis(facts, months, evidence, int(str(values["days_abroad"])))
    calculation = ctx.uow.calculations.latest(task.case_id)
    if calculation is None:
        raise BrokenStateError("help was paid on a case without a calculation")
    basis = Basis(
        id=ctx.new_id(),
        matter_id=matter.id,
        case_id=task.case_id,
        calculation_id=calculation.id,
        amount=repayment.amount,
        is_adverse=True,
        legal_basis=(repayment.law,),
        body=claims.to_body(repayment),
        made_by=ctx.require_actor().user,
        made_at=ctx.now,
    )
    ctx.uow.matters.add_basis(basis)
    return {"claims": True, "basis_id": basis.id, "ground": facts.ground.value}


def _amounts(values: object) -> dict[str, Money]:
    if not isinstance(values, Mapping):
        raise TypeError("amounts are by month")
    return {str(key): value for key, value in values.items() if isinstance(value, Money)}


# ---- after the decision ----------------------------------------------------------------------


@step("repayments.after_decision")
def after_decision(ctx: StepContext, *, decision_id: str) -> Variables:
    """Say until when the citizen may complain, and whether the police must be told.

    Law: RSL § 67 (four weeks from receipt); LAS § 91, stk. 5. Nothing is collected meanwhile.
    """
    decision = ctx.uow.matters.decision(decision_id)
    if decision.sent_at is None:
        raise BrokenStateError("the time to complain runs from a letter that was sent")
    repayment = claims.from_body(ctx.uow.matters.basis(decision.basis_id))
    sent_on = danish_day(decision.sent_at)
    must = recovery.must_report(
        decision.amount,
        decided_on=danish_day(decision.issued_at),
        bad_faith=repayment.facts.ground is Ground.BAD_FAITH,
        days_abroad_in_a_row=repayment.days_abroad,
        rates=ctx.rates,
    )
    last_day = ctx.calendar.first_working_day_from(sent_on + timedelta(weeks=APPEAL_WEEKS))
    return {"appeal_ends_at": end_of_day(last_day).isoformat(), "police_must_know": must}


@receives("repayment.police")
def report(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record that the police were told, or who decided that they need not be (politianmeldelse)."""
    said = "Anmeldt til politiet" if values["reported"] else "Ikke anmeldt til politiet"
    ctx.note(task.case_id, f"{said} (LAS § 91, stk. 5): {values['note']}")
    return {}


@receives("claim.confirm")
def confirm(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record that nobody complained, or that the claim waits for the complaint.

    Law: RSL § 72 (a complaint may put a decision off). It is asked again after four weeks.
    """
    goes = bool(values["goes"])
    said = "Kravet rejses" if goes else "Kravet venter på en klage"
    ctx.note(task.case_id, f"{said}: {values['note']}")
    if goes:
        return {"claim_goes": True}
    day = ctx.calendar.first_working_day_from(ctx.today + timedelta(weeks=APPEAL_WEEKS))
    return {"claim_goes": False, "appeal_ends_at": end_of_day(day).isoformat()}


@step("repayments.claim", adverse=True)
def claim(ctx: StepContext, *, decision_id: str, claim_type: str) -> Variables:
    """Make the claim a sent decision carries, and hand it to the debtor system (debitorkrav)."""
    decision = ctx.uow.matters.decision(decision_id)
    ctx.uow.cases.lock(decision.case_id)
    claims.check_claim(decision, now=ctx.now)
    made = ctx.uow.claims.of_decision(decision_id) or _make(ctx, decision_id, claim_type)
    tries = _tries(ctx, made.id)
    ctx.leave(
        "send.claim",
        made.case_id,
        {"claim_id": made.id, "try": tries},
        key=f"claim:{made.id}:{tries}",
    )
    return {"claim_id": made.id}


def _make(ctx: StepContext, decision_id: str, claim_type: str) -> DebtClaim:
    decision = ctx.uow.matters.decision(decision_id)
    months = [
        each.month
        for each in claims.from_body(ctx.uow.matters.basis(decision.basis_id)).months
        if each.claimed
    ]
    made = DebtClaim(
        id=ctx.new_id(),
        decision_id=decision_id,
        case_id=decision.case_id,
        party_id=decision.party_id,
        amount=decision.amount,
        claim_type=claim_type,
        from_month=min(months),
        to_month=max(months),
        founded_on=danish_day(decision.sent_at or ctx.now),
        limitation_on=claims.limitation_day(
            danish_day(decision.sent_at or ctx.now), rates=ctx.rates
        ),
        made_at=ctx.now,
    )
    ctx.uow.claims.add(made)
    ctx.note(decision.case_id, f"Krav på {made.amount.danish()} rejst ({made.claim_type}).")
    return made


def _tries(ctx: StepContext, claim_id: str) -> int:
    events = ctx.uow.claims.events(claim_id)
    return sum(1 for each in events if each.kind is ClaimEventKind.REJECTED)


@dataclass(frozen=True)
class ClaimOnItsWay:
    """A claim on its way to the debtor system."""

    request: DebtClaimRequest


def prepare_claim(ctx: StepContext, body: Mapping[str, object]) -> ClaimOnItsWay | None:
    """Read the claim; None when it is there already."""
    made = ctx.uow.claims.get(str(body["claim_id"]))
    events = ctx.uow.claims.events(made.id)
    if any(each.kind is ClaimEventKind.REGISTERED for each in events):
        return None
    case = ctx.uow.cases.get(made.case_id)
    return ClaimOnItsWay(
        DebtClaimRequest(
            idempotency_key=f"claim:{made.id}:{body['try']}",
            claim_id=made.id,
            case_number=case.number,
            debtor=case.party(made.party_id).cpr,
            claim_type=made.claim_type,
            amount=made.amount,
            from_month=made.from_month,
            to_month=made.to_month,
            founded_on=made.founded_on,
            limitation_on=made.limitation_on,
            municipality_cvr=Cvr(ctx.uow.setup.municipality().cvr),
        )
    )


def ask_claim(gateways: Gateways, request: ClaimOnItsWay) -> Receipt:
    """Hand the claim over."""
    return gateways.debts.register(request.request)


def claim_refused(ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """The debtor system will not take the claim: finance gets a task."""
    _answered(ctx, body, ClaimEventKind.REJECTED, f"{reason}:{body['try']}", reason)


@sends("send.claim", prepare=prepare_claim, ask=ask_claim, given_up=claim_refused)
def registered(ctx: StepContext, answer: Receipt, body: Mapping[str, object]) -> None:
    """Note the debtor system's answer."""
    if answer.state is ReceiptState.REJECTED:
        claim_refused(ctx, body, answer.reason_code or "afvist")
    else:
        _answered(ctx, body, ClaimEventKind.REGISTERED, answer.reference, "")


def _answered(
    ctx: StepContext,
    body: Mapping[str, object],
    kind: ClaimEventKind,
    reference: str,
    note: str,
) -> None:
    made = ctx.uow.claims.get(str(body["claim_id"]))
    ctx.uow.claims.append(
        ClaimEvent(made.id, kind, ctx.today, ZERO, reference, ctx.user, ctx.now, note)
    )
    is_rejected = kind is ClaimEventKind.REJECTED
    if is_rejected:
        ctx.note(made.case_id, f"Debitorsystemet afviste kravet: {note}.")
    ctx.tell(
        "claim-answered",
        made.id,
        {"claim_rejected": is_rejected},
        case_id=made.case_id,
        tries=str(body["try"]),
    )


@receives("claim.rejected")
def resolve_rejection(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what was done about a claim the debtor system turned down; it goes again."""
    ctx.note(task.case_id, f"Afvist krav: {values['note']}")
    return {}


@step("repayments.collect")
def collect(ctx: StepContext, *, case_id: str, claim_id: str) -> Variables:
    """Let the claim's own course begin (opkrævning)."""
    ctx.tell(
        "claim-registered",
        claim_id,
        {"case_id": case_id, "claim_id": claim_id},
        case_id=case_id,
    )
    return {}
