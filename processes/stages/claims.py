"""A claim until it is paid, handed over or lapsed (opkrævning): how it is paid, and what is behind.

Help is never touched here: what comes off somebody's help needs a decision of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from processes.domain import claims, payments
from processes.domain.cases import CaseState
from processes.domain.claims import (
    MOST_REMINDERS,
    RECHECK_DAYS,
    Arrangement,
    ArrangementKind,
    ClaimEvent,
    ClaimEventKind,
    DebtClaim,
)
from processes.domain.errors import ConflictError, RuleError
from processes.domain.identifiers import Cvr
from processes.domain.money import ZERO, Money
from processes.domain.payments import PaymentState
from processes.domain.periods import DENMARK, ONE_DAY, Month
from processes.domain.recovery import Standing
from processes.ports.gateways import ClaimMovement, Gateways, MovementKind, Receipt, ReceiptState
from processes.ports.records import UserTask
from processes.steps import StepContext, Variables, receives, sends, step

LAW = "LAS § 95"
LIVES_ON_HELP = "Du får kontanthjælp, og så længe skal du ikke betale af på gælden."
MORNING = time(6)
FIRST_DUE_DAYS = 30
"""How long before the first instalment; a habit of ours, not the law's."""
MONTHS_A_YEAR = 12
REFUSED_TRANSFER = "overdragelse:"
PER_HUNDRED_PERCENT = 10_000
"""Hundredths of a percent in a whole."""
MOVEMENTS = {
    MovementKind.PAID: ClaimEventKind.PAID,
    MovementKind.SET_OFF: ClaimEventKind.SET_OFF,
    MovementKind.WRITTEN_OFF: ClaimEventKind.WRITTEN_OFF,
}


# ---- what is known ---------------------------------------------------------------------------


def is_on_help(ctx: StepContext, claim: DebtClaim) -> bool:
    """Tell whether whoever owes has running help in this month (får løbende hjælp)."""
    case = ctx.uow.cases.get(claim.case_id)
    if case.state is CaseState.CLOSED:
        return False
    sent = [each for each in ctx.uow.decisions.of_case(claim.case_id) if each.sent_at is not None]
    newest = max(sent, key=lambda each: each.issued_at, default=None)
    if newest is None:
        return False
    now = payments.decided_amount(newest.lines, claim.party_id, Month.of(ctx.today))
    return bool(now)


def help_ended_on(ctx: StepContext, claim: DebtClaim) -> date | None:
    """Return the last day of the last month with help; None while help goes on (ophør)."""
    if is_on_help(ctx, claim):
        return None
    months = [
        line.month
        for line, state in ctx.uow.payments.of_case(claim.case_id)
        if line.party_id == claim.party_id and state is PaymentState.SETTLED
    ]
    return max(months, default=claim.to_month).last_day


def standing_of(ctx: StepContext, claim: DebtClaim) -> Standing:
    """Return what is left of a claim today."""
    return claims.stands(
        claim,
        ctx.uow.claims.events(claim.id),
        help_ended_on=help_ended_on(ctx, claim),
        day=ctx.today,
        rates=ctx.rates,
    )


# ---- how it is paid --------------------------------------------------------------------------


@step("claims.look")
def look(ctx: StepContext, *, claim_id: str) -> Variables:
    """Say what decides how a claim is paid: whether whoever owes lives on help."""
    return {"on_help": is_on_help(ctx, ctx.uow.claims.get(claim_id))}


@step("claims.defer")
def defer(ctx: StepContext, *, claim_id: str) -> Variables:
    """Put the claim off, as the law demands for whoever lives on help (obligatorisk henstand)."""
    return _arrange(
        ctx,
        claim_id,
        ArrangementKind.DEFERRED,
        ZERO,
        LIVES_ON_HELP,
        "Henstanden følger af reglerne og kræver ikke, at du søger.",
    )


@receives("claim.income")
def income(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what somebody has a year after tax, which the ability to pay is read from."""
    amount = values["net_income"]
    if not isinstance(amount, Money):
        raise TypeError("net_income is an amount")
    ctx.note(
        task.case_id,
        f"Nettoindtægt om året til betalingsevne: {amount.danish()}. {values['evidence']}",
    )
    return {
        "net_income_kroner": amount.down_to_krone().oere // 100,
        "provides": bool(values["provides"]),
    }


@step("claims.arrange_by_table")
def arrange_by_table(
    ctx: StepContext,
    *,
    claim_id: str,
    net_income_kroner: int,
    share_hundredths: int,
    table_source: str,
) -> Variables:
    """Arrange instalments by the table of ability to pay; who cannot pay is put off.

    Units: whole kroner a year and hundredths of a percent in. Rounds: down to the krone a month.
    """
    yearly = Money.kroner(int(net_income_kroner)) * int(share_hundredths)
    monthly = Money(yearly.oere // PER_HUNDRED_PERCENT // MONTHS_A_YEAR).down_to_krone()
    said = f"Beløbet følger tabellen over betalingsevne. Kilde: {table_source}"
    if not monthly:
        reason = "Din indtægt er for lille til, at du skal betale af på gælden."
        return _arrange(ctx, claim_id, ArrangementKind.DEFERRED, ZERO, reason, said)
    reason = "Beløbet er regnet ud fra, hvad du har om året efter skat."
    return _arrange(ctx, claim_id, ArrangementKind.INSTALMENTS, monthly, reason, said)


@receives("claim.agree")
def agree(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what was agreed with whoever owes, while no table is set up (aftale om afdrag)."""
    kind = ArrangementKind(str(values["kind"]))
    monthly = values["monthly"] if kind is ArrangementKind.INSTALMENTS else ZERO
    reason = str(values["reason"]).strip()
    if not reason:
        raise RuleError("Skriv, hvad der er aftalt, og hvorfor.")
    if not isinstance(monthly, Money) or (kind is ArrangementKind.INSTALMENTS and not monthly):
        raise RuleError("Skriv, hvad der skal betales om måneden.")
    return _arrange(
        ctx,
        str(task.variables["claim_id"]),
        kind,
        monthly,
        reason,
        "Det er aftalt med dig. Du kan altid bede om en anden aftale.",
    )


def _arrange(
    ctx: StepContext, claim_id: str, kind: ArrangementKind, monthly: Money, reason: str, source: str
) -> Variables:
    claim = ctx.uow.claims.lock(claim_id)
    left = standing_of(ctx, claim).left
    first = ctx.calendar.first_working_day_from(ctx.today + timedelta(days=FIRST_DUE_DAYS))
    arrangement = Arrangement(
        id=ctx.new_id(),
        claim_id=claim_id,
        kind=kind,
        monthly=min(monthly, left) if monthly else ZERO,
        first_due_on=None if kind is ArrangementKind.DEFERRED else first,
        recheck_on=ctx.today + timedelta(days=RECHECK_DAYS),
        reason=reason,
        source=source,
        by=ctx.user,
        at=ctx.now,
    )
    ctx.uow.claims.arrange(arrangement)
    ctx.note(claim.case_id, f"Krav: {kind.value}. {reason}")
    return {"arrangement_kind": kind.value}


# ---- looked after ----------------------------------------------------------------------------


@step("claims.plan_look")
def plan_look(ctx: StepContext, *, claim_id: str) -> Variables:
    """Say when the claim must be looked at next: an instalment, the yearly recheck, its lapse."""
    claim = ctx.uow.claims.get(claim_id)
    day = claims.next_look(
        _arranged(ctx, claim_id),
        ctx.today,
        help_ended_on=help_ended_on(ctx, claim),
        rates=ctx.rates,
    )
    return {"look_at": datetime.combine(day, MORNING, DENMARK).isoformat()}


@step("claims.stand")
def stand(ctx: StepContext, *, claim_id: str) -> Variables:
    """Say how a claim stands: paid, lapsed, behind, to be arranged anew, or as it should be."""
    claim = ctx.uow.claims.lock(claim_id)
    arrangement, events = _arranged(ctx, claim_id), ctx.uow.claims.events(claim_id)
    stands = standing_of(ctx, claim)
    if stands.lapsed_on is not None:
        return {"claim_standing": "bortfaldet", "reminders": 0}
    if not stands.left:
        ctx.note(claim.case_id, "Kravet er betalt.")
        return {"claim_standing": "betalt", "reminders": 0}
    reminders = _reminders(events, arrangement)
    if _must_arrange_anew(ctx, claim, arrangement):
        return {"claim_standing": "genberegn", "reminders": reminders}
    if claims.arrears(arrangement, claim, events, stands.left, ctx.today):
        return {"claim_standing": "restance", "reminders": reminders}
    return {"claim_standing": "uaendret", "reminders": reminders}


def _must_arrange_anew(ctx: StepContext, claim: DebtClaim, arrangement: Arrangement) -> bool:
    """Tell whether a year has gone, or whoever owes has begun or stopped to live on help."""
    if ctx.today >= arrangement.recheck_on:
        return True
    if arrangement.kind is not ArrangementKind.DEFERRED:
        return is_on_help(ctx, claim)
    return arrangement.reason == LIVES_ON_HELP and not is_on_help(ctx, claim)


def _arranged(ctx: StepContext, claim_id: str) -> Arrangement:
    found = ctx.uow.claims.arrangement(claim_id)
    if found is None:
        raise ConflictError("Der er ikke aftalt, hvordan kravet betales. Åbn opgaven igen.")
    return found


def _reminders(events: Sequence[ClaimEvent], arrangement: Arrangement) -> int:
    return sum(
        1 for each in events if each.kind is ClaimEventKind.REMINDED and each.at >= arrangement.at
    )


@step("claims.remind")
def remind(ctx: StepContext, *, claim_id: str) -> Variables:
    """Note that a reminder goes out, and until when to wait (rykker)."""
    claim = ctx.uow.claims.lock(claim_id)
    arrangement, events = _arranged(ctx, claim_id), ctx.uow.claims.events(claim_id)
    number = _reminders(events, arrangement) + 1
    left = standing_of(ctx, claim).left
    behind = claims.arrears(arrangement, claim, events, left, ctx.today)
    ctx.uow.claims.append(
        ClaimEvent(
            claim_id,
            ClaimEventKind.REMINDED,
            ctx.today,
            behind,
            f"{arrangement.id}:{number}",
            ctx.user,
            ctx.now,
            f"Rykker {number} af {MOST_REMINDERS}",
        )
    )
    return {}


@step("claims.start_reminder")
def start_reminder(ctx: StepContext, *, claim_id: str) -> Variables:
    """Let the reminder's own time begin, now that its letter has left."""
    ctx.uow.claims.get(claim_id)
    day = claims.pay_by(ctx.today, calendar=ctx.calendar) + ONE_DAY
    return {"look_at": datetime.combine(day, MORNING, DENMARK).isoformat()}


@step("claims.lapse")
def lapse(ctx: StepContext, *, claim_id: str) -> Variables:
    """Note that a claim has lapsed: three years without help and nothing recovered (bortfald)."""
    claim = ctx.uow.claims.lock(claim_id)
    events = ctx.uow.claims.events(claim_id)
    before = claims.stands(
        claim,
        events,
        help_ended_on=None,
        day=ctx.today,
        rates=ctx.rates,
    )
    if standing_of(ctx, claim).lapsed_on is None:
        raise ConflictError("Kravet er ikke bortfaldet. Se, hvad der er betalt.")
    ctx.uow.claims.append(
        ClaimEvent(
            claim_id,
            ClaimEventKind.LAPSED,
            ctx.today,
            before.left,
            claim_id,
            ctx.user,
            ctx.now,
            LAW,
        )
    )
    ctx.note(claim.case_id, f"Resten af kravet, {before.left.danish()}, er bortfaldet ({LAW}).")
    return {}


@receives("claim.transfer")
def decide_transfer(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record whether an unpaid claim goes to the collector, or is arranged anew."""
    goes = bool(values["transfer"])
    said = "Kravet overdrages til Gældsstyrelsen" if goes else "Kravet aftales på ny"
    ctx.note(task.case_id, f"{said}: {values['reason']}")
    return {"transfer": goes}


@step("claims.transfer", adverse=True)
def transfer(ctx: StepContext, *, claim_id: str) -> Variables:
    """Hand an unpaid claim to the collector, by the debtor system (overdrag til inddrivelse)."""
    claim = ctx.uow.claims.lock(claim_id)
    claims.check_claim(ctx.uow.matters.decision(claim.decision_id), now=ctx.now)
    tries = _transfers_refused(ctx, claim_id)
    ctx.leave(
        "send.claim_transfer",
        claim.case_id,
        {"claim_id": claim_id, "try": tries},
        key=f"claim-transfer:{claim_id}:{tries}",
    )
    return {}


def _transfers_refused(ctx: StepContext, claim_id: str) -> int:
    events = ctx.uow.claims.events(claim_id)
    return sum(1 for each in events if each.reference.startswith(REFUSED_TRANSFER))


@dataclass(frozen=True)
class TransferOnItsWay:
    """A claim on its way to the collector."""

    claim_id: str
    idempotency_key: str
    municipality_cvr: Cvr


def prepare_transfer(ctx: StepContext, body: Mapping[str, object]) -> TransferOnItsWay:
    """Read what is handed over."""
    claim_id = str(body["claim_id"])
    return TransferOnItsWay(
        claim_id, f"claim-transfer:{claim_id}:{body['try']}", Cvr(ctx.uow.setup.municipality().cvr)
    )


def ask_transfer(gateways: Gateways, request: TransferOnItsWay) -> Receipt:
    """Hand it over."""
    return gateways.debts.transfer(
        request.claim_id,
        idempotency_key=request.idempotency_key,
        municipality_cvr=request.municipality_cvr,
    )


def transfer_refused(ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """The debtor system will not hand it over: finance decides anew."""
    claim = ctx.uow.claims.get(str(body["claim_id"]))
    ctx.uow.claims.append(
        ClaimEvent(
            claim.id,
            ClaimEventKind.REJECTED,
            ctx.today,
            ZERO,
            f"{REFUSED_TRANSFER}{body['try']}",
            ctx.user,
            ctx.now,
            reason,
        )
    )
    _tell_transfer(ctx, claim.id, str(body["try"]), is_rejected=True)
    ctx.note(claim.case_id, f"Debitorsystemet ville ikke overdrage kravet: {reason}.")


@sends("send.claim_transfer", prepare=prepare_transfer, ask=ask_transfer, given_up=transfer_refused)
def transferred(ctx: StepContext, answer: Receipt, body: Mapping[str, object]) -> None:
    """Note that the collector has it."""
    claim = ctx.uow.claims.lock(str(body["claim_id"]))
    if answer.state is ReceiptState.REJECTED:
        transfer_refused(ctx, body, answer.reason_code or "afvist")
        return
    ctx.uow.claims.append(
        ClaimEvent(
            claim.id,
            ClaimEventKind.TRANSFERRED,
            ctx.today,
            standing_of(ctx, claim).left,
            answer.reference,
            ctx.user,
            ctx.now,
        )
    )
    ctx.note(claim.case_id, "Kravet er overdraget til Gældsstyrelsen.")
    _tell_transfer(ctx, claim.id, str(body["try"]), is_rejected=False)


def _tell_transfer(ctx: StepContext, claim_id: str, tries: str, *, is_rejected: bool) -> None:
    claim = ctx.uow.claims.get(claim_id)
    ctx.tell(
        "claim-transferred",
        claim_id,
        {"transfer_rejected": is_rejected},
        case_id=claim.case_id,
        tries=tries,
    )


# ---- what the debtor system tells ------------------------------------------------------------


def movements_came(ctx: StepContext, movements: Sequence[ClaimMovement]) -> int:
    """Append what was paid or written off; a claim that is paid is told of. Returns how many."""
    known = {each.id: each for each in ctx.uow.claims.all()}
    new = 0
    for movement in movements:
        claim = known.get(movement.claim_id)
        if claim is None:
            continue
        event = ClaimEvent(
            claim.id,
            MOVEMENTS[movement.kind],
            movement.on,
            movement.amount,
            movement.reference,
            ctx.user,
            ctx.now,
        )
        if not ctx.uow.claims.append(event):
            continue
        new += 1
        ctx.note(claim.case_id, f"Krav: {event.kind.value} {event.amount.danish()}.")
        if not standing_of(ctx, claim).left:
            ctx.tell("claim-settled", claim.id, {}, case_id=claim.case_id)
    return new
