"""Plan and order payments; take in receipts. Nothing leaves that the safeguards have not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from processes.domain import life, payments, safeguards
from processes.domain.calculation import HelpKind
from processes.domain.cases import CaseState, check_move
from processes.domain.decisions import DecidedLine, Decision
from processes.domain.errors import RuleError
from processes.domain.facts import Fact, FactAnswer, Facts, Source, SourceKind
from processes.domain.identifiers import Cvr
from processes.domain.payments import PaymentLine, PaymentReceipt, PaymentState
from processes.domain.periods import Period
from processes.ports.gateways import Gateways, PaymentRequest, Receipt, ReceiptState
from processes.ports.records import UserTask
from processes.steps import StepContext, Variables, receives, sends, step

PRODUCTION = "production"
PAYEE_DIED = "modtageren_er_doed"
BY_HAND = payments.BY_HAND
DEAD_PAYEE = "Modtageren er død. Et beløb, der er til gode, hører til boet."
RECEIPT_STATES = {
    ReceiptState.ACCEPTED: PaymentState.ACCEPTED,
    ReceiptState.SETTLED: PaymentState.SETTLED,
    ReceiptState.REJECTED: PaymentState.REJECTED,
}


@step("payments.plan")
def plan(ctx: StepContext, *, decision_id: str) -> Variables:
    """Plan what a decision makes the municipality pay (effektueringsplan).

    Without a tax card there is no plan yet; the reason says who can give it. Of a month that an
    earlier decision was paid for, only the difference up is planned; the dead are paid nothing.
    """
    known = ctx.uow.payments.plan_of_decision(decision_id)
    if known is not None:
        return {"plan_id": known.id, "payable": True, "reason": ""}
    decision = ctx.uow.decisions.get(decision_id)
    calculation = ctx.uow.calculations.get(decision.calculation_id)
    paid = _paid(ctx, decision)
    planning = payments.plan(
        decision,
        calculation,
        facts=Facts.as_known(ctx.uow.facts.of_case(decision.case_id), ctx.now),
        rules=ctx.rules,
        calendar=ctx.calendar,
        today=ctx.today,
        plan_id=ctx.new_id(),
        new_id=ctx.new_id,
        made_at=ctx.now,
        mode=ctx.mode,
        months={month for _, month in paid} or None,
        pays_on=_same_day(ctx, decision),
        earlier=_of_other_help(ctx, decision),
        rates=ctx.rates,
        deductions=ctx.uow.deductions.of_case(decision.case_id),
    )
    if planning.plan is None:
        return {"plan_id": None, "payable": False, "reason": planning.reason}
    dead = _dead(ctx, decision.case_id)
    owed = [payments.difference(line, paid) for line in planning.plan.lines]
    lines = tuple(line for line in owed if line is not None and line.party_id not in dead)
    if not lines:
        reason = DEAD_PAYEE if dead else "Der er ikke mere at udbetale efter afgørelsen."
        return {"plan_id": None, "payable": False, "reason": reason}
    for line in lines:
        _check(ctx, line, decision)
    ctx.uow.payments.add_plan(replace(planning.plan, lines=lines))
    return {"plan_id": planning.plan.id, "payable": True, "reason": ""}


def _dead(ctx: StepContext, case_id: str) -> frozenset[str]:
    """Return the parties nothing is paid to any more."""
    known = Facts.as_known(ctx.uow.facts.of_case(case_id), ctx.now)
    return life.dead_parties(ctx.uow.cases.get(case_id), known, ctx.today)


def _same_day(ctx: StepContext, decision: Decision) -> date | None:
    """Return when what cannot wait is paid; None for what is paid when its month ends."""
    if decision.help_kind is not HelpKind.IMMEDIATE:
        return None
    return payments.same_day(ctx.now, rules=ctx.rules, calendar=ctx.calendar)


def _own(ctx: StepContext, decision: Decision) -> frozenset[str]:
    """Return the decisions on the same help as this one."""
    same = ctx.uow.decisions.of_case(decision.case_id, help_kind=decision.help_kind)
    return frozenset(each.id for each in same)


def _paid(ctx: StepContext, decision: Decision) -> payments.Paid:
    """Return what was paid before for the same; help until the first payment is never set off."""
    if decision.help_kind is HelpKind.IMMEDIATE:
        return {}
    own = _own(ctx, decision)
    rows = ctx.uow.payments.of_case(decision.case_id)
    return payments.paid_before([row for row in rows if row[0].decision_id in own], decision.id)


def _of_other_help(ctx: StepContext, decision: Decision) -> list[PaymentLine]:
    """Return the payments of other help of the case that have left or will."""
    own = _own(ctx, decision)
    return [
        line
        for line, state in ctx.uow.payments.of_case(decision.case_id)
        if line.decision_id not in own and state is not PaymentState.REJECTED
    ]


def _check(ctx: StepContext, line: PaymentLine, decision: Decision) -> None:
    before = _paid(ctx, decision).get((line.party_id, line.month), payments.NOTHING_PAID).gross
    safeguards.check_payment(
        # A difference is right when it makes up the whole month with what was paid before.
        replace(line, gross=line.gross + before, net=line.net + before),
        decision=decision,
        last_decided=_last_decided(ctx, decision, line.party_id),
        provisional_allowed=ctx.mode != PRODUCTION,
        calculation=ctx.uow.calculations.get(decision.calculation_id),
        deductions=ctx.uow.deductions.of_case(line.case_id),
    )


def _check_same_day(ctx: StepContext, line: PaymentLine) -> None:
    case = ctx.uow.cases.lock(line.case_id)
    safeguards.check_same_day(
        is_stopped=case.state is CaseState.CLOSED
        or life.withdrawal(ctx.uow.life.of_case(case.id)) is not None,
        is_dead=line.party_id in _dead(ctx, case.id),
    )


def _last_decided(ctx: StepContext, decision: Decision, party_id: str) -> tuple[DecidedLine, ...]:
    """Return what the newest decision sent before this one gave the same person."""
    if decision.help_kind is HelpKind.IMMEDIATE:
        # Each is for its own days; a later one may well be smaller.
        return ()
    earlier = [
        each
        for each in ctx.uow.decisions.of_case(decision.case_id)
        if each.sent_at is not None and each.issued_at < decision.issued_at
    ]
    newest = max(earlier, key=lambda each: each.issued_at, default=None)
    if newest is None:
        return ()
    return tuple(line for line in newest.lines if line.party_id == party_id)


@step("payments.order")
def order(ctx: StepContext, *, plan_id: str) -> Variables:
    """Order every payment of a plan that is not on its way (udbetalingsanmodning).

    Settlement is answered on the day the money is there, which may be weeks ahead; what has not
    been answered two banking days later is for a person to look into.
    """
    plan_ = ctx.uow.payments.plan(plan_id)
    decision = ctx.uow.decisions.get(plan_.decision_id)
    states = ctx.uow.payments.states(plan_id)
    dead = _dead(ctx, plan_.case_id)
    ordered = 0
    for line in plan_.lines:
        if states[line.id] is not PaymentState.PLANNED:
            continue
        if decision.help_kind is HelpKind.IMMEDIATE:
            _check_same_day(ctx, line)
        if line.party_id in dead:
            continue
        _check(ctx, line, decision)
        ctx.uow.payments.mark_ordered(line.id, ctx.now)
        if line.net:
            key = f"payment:{line.id}"
            ctx.leave("send.payment", line.case_id, {"payment_id": line.id}, key=key)
        else:
            nothing_left = PaymentReceipt(
                line.id, PaymentState.SETTLED, payments.NO_BANK, "", ctx.now
            )
            _append(ctx, line, nothing_left)
        ordered += 1
    with_parts = [line.id for line in plan_.lines if line.taken]
    if with_parts:
        body = {"payment_ids": with_parts, "case_id": plan_.case_id}
        ctx.leave("parts.order", plan_.case_id, body, key=f"parts:{plan_id}")
    case = ctx.uow.cases.lock(plan_.case_id)
    is_support = decision.help_kind is HelpKind.SUPPORT
    if ordered and is_support and case.state is CaseState.DECIDED:
        check_move(case.state, CaseState.ORDERED)
        ctx.uow.cases.set_state(case.id, CaseState.ORDERED)
        ctx.index(case.id)
    last_day = max(ctx.today, *(line.disposition_on for line in plan_.lines))
    expected_by = payments.receipt_expected_by(last_day, calendar=ctx.calendar)
    return {"payment_count": ordered, "receipt_expected_by": expected_by.isoformat()}


def prepare_order(ctx: StepContext, body: Mapping[str, object]) -> PaymentRequest | None:
    """Read the one payment to hand over; None when its payee has died since it was ordered."""
    line = ctx.uow.payments.line(str(body["payment_id"]))
    if line.party_id in _dead(ctx, line.case_id):
        receipt = PaymentReceipt(line.id, PaymentState.REJECTED, "", PAYEE_DIED, ctx.now)
        _append(ctx, line, receipt)
        ctx.note(line.case_id, f"Udbetalingen for {line.month} er standset. {DEAD_PAYEE}")
        return None
    case = ctx.uow.cases.get(line.case_id)
    municipality = ctx.uow.setup.municipality()
    return PaymentRequest(
        idempotency_key=f"payment:{line.id}",
        payee_cpr=case.party(line.party_id).cpr,
        amount=line.net,
        disposition_on=line.disposition_on,
        # What the payee's bank shows: who pays and for which month, never the legal ground.
        text=f"{municipality.name} {line.month}"[:40],
        municipality_cvr=Cvr(municipality.cvr),
    )


def ask_bank(gateways: Gateways, request: PaymentRequest) -> Receipt:
    """Hand the payment over."""
    return gateways.payments.order(request)


def bank_refused(ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """The bank will not take the payment: it becomes somebody's task."""
    line = ctx.uow.payments.line(str(body["payment_id"]))
    _append(ctx, line, PaymentReceipt(line.id, PaymentState.REJECTED, "", reason, ctx.now))


@sends("send.payment", prepare=prepare_order, ask=ask_bank, given_up=bank_refused)
def ordered(ctx: StepContext, answer: Receipt, body: Mapping[str, object]) -> None:
    """Append the bank's first receipt."""
    line = ctx.uow.payments.line(str(body["payment_id"]))
    _append(ctx, line, _receipt(line, answer))


def _receipt(line: PaymentLine, answer: Receipt) -> PaymentReceipt:
    return PaymentReceipt(
        line.id, RECEIPT_STATES[answer.state], answer.reference, answer.reason_code, answer.at
    )


def receipts_came(ctx: StepContext, answers: Sequence[Receipt]) -> int:
    """Append receipts the bank sent later; the same may come twice. Returns how many were new.

    A receipt for a payment of another municipality or none of ours is not ours to note.
    """
    waiting = {f"payment:{line.id}": line for line in ctx.uow.payments.unsettled()}
    new = 0
    for answer in answers:
        line = waiting.get(answer.idempotency_key)
        if line is not None:
            new += _append(ctx, line, _receipt(line, answer))
    return new


def _append(ctx: StepContext, line: PaymentLine, receipt: PaymentReceipt) -> bool:
    if not ctx.uow.payments.append_receipt(receipt):
        return False
    states = ctx.uow.payments.states(line.plan_id)
    final = {PaymentState.SETTLED, PaymentState.REJECTED}
    dead = _dead(ctx, line.case_id)
    lines = [
        each
        for each in _newest_tries(ctx.uow.payments.plan(line.plan_id).lines)
        # What was never ordered because its payee died is not waited for.
        if states[each.id] is not PaymentState.PLANNED or each.party_id not in dead
    ]
    if all(states[each.id] in final for each in lines):
        rejected = sum(1 for each in lines if states[each.id] is PaymentState.REJECTED)
        tries = max(each.sequence for each in lines)
        ctx.tell(
            "payments-receipted",
            line.plan_id,
            {"rejected": rejected},
            case_id=line.case_id,
            tries=str(tries),
        )
    return True


def _newest_tries(lines: Sequence[PaymentLine]) -> list[PaymentLine]:
    newest: dict[tuple[str, str], PaymentLine] = {}
    for line in sorted(lines, key=lambda each: each.sequence):
        newest[(line.party_id, str(line.month))] = line
    return list(newest.values())


@receives("payment.rejected")
def resolve_rejection(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what was done about a rejected payment; it is tried again under the next sequence."""
    plan_id = str(task.variables["plan_id"])
    states = ctx.uow.payments.states(plan_id)
    again = [
        payments.try_again(line, new_id=ctx.new_id, calendar=ctx.calendar, today=ctx.today)
        for line in _newest_tries(ctx.uow.payments.plan(plan_id).lines)
        if states[line.id] is PaymentState.REJECTED
    ]
    ctx.uow.payments.add_lines(again)
    ctx.note(task.case_id, f"Afvist udbetaling: {values['cause']}. {values['note']}")
    return {}


@receives("payment.pay_otherwise")
def pay_otherwise(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record that money was handed over at the desk, or that the account is tried again.

    What is handed over is settled by the one who did it, with the receipt's number; the bank is
    told nothing of it.
    """
    plan_id = str(task.variables["plan_id"])
    decision = ctx.uow.decisions.get(ctx.uow.payments.plan(plan_id).decision_id)
    states = ctx.uow.payments.states(plan_id)
    waiting = [
        line
        for line in _newest_tries(ctx.uow.payments.plan(plan_id).lines)
        if states[line.id] in {PaymentState.PLANNED, PaymentState.REJECTED}
    ]
    by_hand = values["way"] != "nemkonto"
    for line in waiting:
        now = _next_try(ctx, line, decision) if states[line.id] is PaymentState.REJECTED else line
        if by_hand:
            _hand_over(ctx, now, decision, str(values["reference"]))
    ctx.note(task.case_id, f"Udbetaling på anden måde: {values['way']}. {values['note']}")
    return {"paid_by_hand": by_hand}


def _next_try(ctx: StepContext, line: PaymentLine, decision: Decision) -> PaymentLine:
    again = payments.try_again(line, new_id=ctx.new_id, calendar=ctx.calendar, today=ctx.today)
    again = replace(again, disposition_on=_same_day(ctx, decision) or again.disposition_on)
    _check(ctx, again, decision)
    ctx.uow.payments.add_lines([again])
    return again


def _hand_over(ctx: StepContext, line: PaymentLine, decision: Decision, reference: str) -> None:
    if not reference.strip():
        raise RuleError("Skriv kvitteringens nummer, før udbetalingen noteres.")
    if decision.help_kind is HelpKind.IMMEDIATE:
        _check_same_day(ctx, line)
    _check(ctx, line, decision)
    ctx.uow.payments.append_receipt(
        PaymentReceipt(
            line.id, PaymentState.SETTLED, f"{BY_HAND}:{reference.strip()}", BY_HAND, ctx.now
        )
    )


@receives("payment.no_receipt")
def note_missing_receipt(
    ctx: StepContext, task: UserTask, values: Mapping[str, object]
) -> Variables:
    """Record what was found out about an answer that did not come; the wait for it goes on."""
    ctx.note(task.case_id, f"{task.name}: {values['note']}")
    return {}


@receives("payment.tax_card")
def record_tax_card(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record a tax card a person has seen (skattekort med kilde)."""
    evidence = str(values["evidence"]).strip()
    if not evidence:
        raise RuleError("Skriv, hvad du har set som dokumentation for skattekortet.")
    answers = values["answers"]
    if not isinstance(answers, tuple):
        raise TypeError("a form's answers are a tuple of FactAnswer")
    ctx.uow.facts.add([_tax_fact(ctx, task, each, values) for each in answers])
    return {}


def _tax_fact(
    ctx: StepContext, task: UserTask, answer: FactAnswer, values: Mapping[str, object]
) -> Fact:
    valid_from = values["valid_from"]
    if not isinstance(valid_from, date):
        raise RuleError("Skriv, fra hvilken dag skattekortet gælder.")
    return Fact(
        id=ctx.new_id(),
        case_id=task.case_id,
        party_id=answer.party_id,
        kind=answer.kind,
        status=answer.status,
        value=answer.value,
        valid=Period(valid_from),
        source=Source(
            SourceKind.CASEWORKER,
            ctx.require_actor().name,
            f"task:{task.id}",
            f"{values['source']}: {values['evidence']}",
        ),
        known_from=ctx.now,
    )
