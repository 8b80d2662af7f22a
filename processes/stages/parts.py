"""Pay others what they get of a citizen's payment: a landlord, a supplier (andre modtagere).

Each part is ordered by itself, with its own key and its own receipts, and says nothing of the
citizen: amount, reference and name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from processes.domain.errors import BrokenStateError
from processes.domain.identifiers import Cvr
from processes.domain.payments import PaymentReceipt, PaymentState
from processes.ports.deductions import PartPayment
from processes.ports.gateways import Gateways, PaymentRequest, Receipt, ReceiptState
from processes.steps import StepContext, sends

NOTHING = "nothing"
RECEIPT_STATES = {
    ReceiptState.ACCEPTED: PaymentState.ACCEPTED,
    ReceiptState.SETTLED: PaymentState.SETTLED,
    ReceiptState.REJECTED: PaymentState.REJECTED,
}


def nothing_to_read(_ctx: StepContext, _body: Mapping[str, object]) -> str:
    """Read nothing: everything is read where it is written."""
    return NOTHING


def ask_nobody(_gateways: Gateways, _request: str) -> str:
    """Ask nobody."""
    return NOTHING


def nobody_refused(_ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """Say that nobody outside was asked, so nobody can have refused."""
    raise BrokenStateError(f"ordering parts of {body['payment_ids']} was refused: {reason}")


@sends("parts.order", prepare=nothing_to_read, ask=ask_nobody, given_up=nobody_refused)
def ordered(ctx: StepContext, _answer: str, body: Mapping[str, object]) -> None:
    """Order what others get of some payments, and again what the bank rejected before.

    What is on its way or paid stays as it is, so that the same twice orders once.
    """
    payment_ids = body["payment_ids"]
    if not isinstance(payment_ids, list):
        raise TypeError("payment_ids is a list of ids")
    for part in ctx.uow.deductions.parts_of_payments([str(each) for each in payment_ids]):
        if part.state is PaymentState.PLANNED:
            _order(ctx, part, 0)
        elif part.state is PaymentState.REJECTED and body.get("again"):
            _order(ctx, part, part.tries + 1)


def _order(ctx: StepContext, part: PartPayment, tries: int) -> None:
    receipt = PaymentReceipt(part.id, PaymentState.ORDERED, "", "", ctx.now)
    ctx.uow.deductions.append_receipts([(tries, receipt)])
    body = {"case_id": part.case_id, "part_id": part.id, "tries": tries}
    ctx.leave("send.part", part.case_id, body, key=_key(part.id, tries))


def _key(part_id: str, tries: int) -> str:
    """Return which order it is: each try has its number."""
    return f"part:{part_id}:{tries}"


def prepare(ctx: StepContext, body: Mapping[str, object]) -> PaymentRequest:
    """Read what another payee gets: amount, reference and name, and nothing of the citizen."""
    (part,) = ctx.uow.deductions.parts([str(body["part_id"])])
    municipality = ctx.uow.setup.municipality()
    line = ctx.uow.payments.line(part.payment_id)
    return PaymentRequest(
        idempotency_key=_key(part.id, int(str(body["tries"]))),
        payee_cpr=None,
        amount=part.amount,
        disposition_on=line.disposition_on,
        text=(part.reference or municipality.name)[:40],
        municipality_cvr=Cvr(municipality.cvr),
        payee=part.payee,
    )


def ask_bank(gateways: Gateways, request: PaymentRequest) -> Receipt:
    """Hand the payment over."""
    return gateways.payments.order(request)


def refused(ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """The bank will not take it: it is a difference of its month, and somebody's task."""
    receipt = PaymentReceipt(str(body["part_id"]), PaymentState.REJECTED, "", reason, ctx.now)
    ctx.uow.deductions.append_receipts([(int(str(body["tries"])), receipt)])


@sends("send.part", prepare=prepare, ask=ask_bank, given_up=refused)
def sent(ctx: StepContext, answer: Receipt, _body: Mapping[str, object]) -> None:
    """Append the bank's first receipt about what another payee gets."""
    ctx.uow.deductions.append_receipts([_receipt(answer)])


def _receipt(answer: Receipt) -> tuple[int, PaymentReceipt]:
    _, part_id, tries = answer.idempotency_key.split(":")
    return int(tries), PaymentReceipt(
        part_id, RECEIPT_STATES[answer.state], answer.reference, answer.reason_code, answer.at
    )


def receipts_came(ctx: StepContext, answers: Sequence[Receipt]) -> int:
    """Append what the bank answered later about others' payments; returns how many were new."""
    came = [_receipt(each) for each in answers if each.idempotency_key.startswith("part:")]
    ours = {part.id for part in ctx.uow.deductions.parts([each.payment_id for _, each in came])}
    kept = [(tries, each) for tries, each in came if each.payment_id in ours]
    return len(ctx.uow.deductions.append_receipts(kept))
