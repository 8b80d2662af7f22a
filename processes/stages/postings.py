"""Post payments to the ledger (kontering), and take in what the finance system answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from processes.domain import accounting, payments
from processes.domain.accounting import Posting, PostingEvent, Voucher
from processes.domain.calculation import HelpKind
from processes.domain.cases import CaseState, check_move
from processes.domain.identifiers import Cvr
from processes.domain.money import Money
from processes.domain.payments import PaymentLine, PaymentState
from processes.ports.gateways import Gateways, Receipt, ReceiptState
from processes.ports.records import UserTask, VoucherRecord
from processes.steps import StepContext, Variables, receives, sends, step


@step("postings.post")
def post(ctx: StepContext, *, plan_id: str) -> Variables:
    """Post each settled payment of a plan as a balanced voucher, and hand over what is not taken.

    A voucher that was rejected goes again once a person has dealt with it, under its next try.
    """
    plan = ctx.uow.payments.plan(plan_id)
    case = ctx.uow.cases.lock(plan.case_id)
    states = ctx.uow.payments.states(plan_id)
    decision = ctx.uow.decisions.get(plan.decision_id)
    is_support = decision.help_kind is HelpKind.SUPPORT
    benefit = case.benefit if is_support else str(decision.help_kind)
    posted = {each.id: each for each in ctx.uow.payments.vouchers(plan_id)}
    for line in plan.lines:
        if states[line.id] is not PaymentState.SETTLED:
            continue
        # One voucher a payment, under the payment's own id: posting twice finds it there.
        record = posted.get(line.id) or _post(ctx, line, benefit)
        if record.accepted_at is None and not record.rejected_reason:
            ctx.leave(
                "send.voucher",
                case.id,
                {"voucher_id": record.id, "try": record.tries},
                key=_key(record.id, record.tries),
            )
    if is_support and case.state is CaseState.ORDERED:
        check_move(case.state, CaseState.CARRIED_OUT)
        ctx.uow.cases.set_state(case.id, CaseState.CARRIED_OUT)
        ctx.index(case.id)
    expected_by = payments.receipt_expected_by(ctx.today, calendar=ctx.calendar)
    return {"receipt_expected_by": expected_by.isoformat()}


def _post(ctx: StepContext, line: PaymentLine, benefit: str) -> VoucherRecord:
    voucher = accounting.voucher_for_payment(
        line,
        book=ctx.postings,
        benefit=benefit,
        voucher_id=line.id,
        posted_on=ctx.today,
        event=_event(ctx, line),
    )
    record = VoucherRecord(
        id=voucher.id,
        plan_id=line.plan_id,
        case_id=line.case_id,
        posted_on=voucher.posted_on,
        entries=tuple(
            {"account": e.account, "amount_oere": e.amount.oere, "text": e.text}
            for e in voucher.entries
        ),
    )
    ctx.uow.payments.save_voucher(record)
    return record


def _event(ctx: StepContext, line: PaymentLine) -> PostingEvent:
    """Return what happened: the bank paid, or somebody handed the money over."""
    is_by_hand = ctx.uow.payments.is_by_hand(line.id)
    return PostingEvent.CASH if is_by_hand else PostingEvent.ORDERED


def _key(voucher_id: str, tries: int) -> str:
    """Return which effect it is: the first try has the voucher's id, each later one its number."""
    return f"voucher:{voucher_id}:{tries}" if tries else f"voucher:{voucher_id}"


@dataclass(frozen=True)
class VoucherRequest:
    """A voucher on its way to the finance system."""

    voucher: Voucher
    idempotency_key: str
    municipality_cvr: Cvr


def prepare_voucher(ctx: StepContext, body: Mapping[str, object]) -> VoucherRequest:
    """Read the voucher; one that does not balance cannot be made again."""
    record = ctx.uow.payments.voucher(str(body["voucher_id"]))
    entries = tuple(
        Posting(str(e["account"]), Money(int(str(e["amount_oere"]))), str(e["text"]))
        for e in record.entries
    )
    return VoucherRequest(
        Voucher(record.id, record.case_id, record.posted_on, entries),
        # One from before there were tries does not say which it is.
        _key(record.id, int(str(body.get("try", 0)))),
        Cvr(ctx.uow.setup.municipality().cvr),
    )


def ask_ledger(gateways: Gateways, request: VoucherRequest) -> Receipt:
    """Hand the voucher over."""
    return gateways.ledger.post(
        request.voucher,
        idempotency_key=request.idempotency_key,
        municipality_cvr=request.municipality_cvr,
    )


def ledger_refused(ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """The finance system will not take the voucher: finance gets a task."""
    record = ctx.uow.payments.voucher(str(body["voucher_id"]))
    ctx.uow.payments.save_voucher(replace(record, rejected_reason=reason))
    _tell_when_all_have_answered(ctx, record)


@sends("send.voucher", prepare=prepare_voucher, ask=ask_ledger, given_up=ledger_refused)
def accepted(ctx: StepContext, answer: Receipt, body: Mapping[str, object]) -> None:
    """Note the finance system's answer."""
    record = ctx.uow.payments.voucher(str(body["voucher_id"]))
    if answer.state is ReceiptState.REJECTED:
        answered = replace(record, rejected_reason=answer.reason_code or "afvist")
    else:
        answered = replace(record, accepted_at=ctx.now, reference=answer.reference)
    ctx.uow.payments.save_voucher(answered)
    _tell_when_all_have_answered(ctx, answered)


def _tell_when_all_have_answered(ctx: StepContext, record: VoucherRecord) -> None:
    vouchers = ctx.uow.payments.vouchers(record.plan_id)
    if any(each.accepted_at is None and not each.rejected_reason for each in vouchers):
        return
    reasons = [each.rejected_reason for each in vouchers if each.rejected_reason]
    because = ", ".join(sorted(set(reasons)))
    if reasons:
        ctx.note(record.case_id, f"Økonomisystemet afviste {len(reasons)} bilag: {because}.")
    tries = max(each.tries for each in vouchers)
    ctx.tell(
        "postings-accepted",
        record.plan_id,
        {"rejected": len(reasons), "rejected_because": because},
        case_id=record.case_id,
        tries=str(tries) if tries else "",
    )


@receives("payment.voucher_rejected")
def resolve_rejection(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what was done about a rejected voucher; the same entries go again as the next try."""
    for record in ctx.uow.payments.vouchers(str(task.variables["plan_id"])):
        if record.rejected_reason:
            ctx.uow.payments.save_voucher(
                replace(record, rejected_reason="", tries=record.tries + 1)
            )
    ctx.note(task.case_id, f"Afvist bilag: {values['cause']}. {values['note']}")
    return {}
