"""The monthly payment run: freeze, calculate, check, order, post, report, reconcile.

Each phase is cut into batches that leave through the outbox, each in a lane of its own: so they
are leased and tried again like everything else, and whoever ends the last one tells the process.
What a batch writes, it writes in one transaction with the word that it is done; begun again after
a crash it writes the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from processes.columns.months import MassCase, MassRules, whole_months
from processes.domain import accounting, payments, runs, safeguards
from processes.domain.accounting import Posting, Voucher
from processes.domain.benefits import cash_assistance
from processes.domain.benefits.cash_assistance_stretches import Household
from processes.domain.benefits.single import Benefit, work_out
from processes.domain.calculation import Calculation, Node, PersonMonth
from processes.domain.cases import Application, Case
from processes.domain.errors import BrokenStateError, ConflictError, RuleError, SafeguardError
from processes.domain.facts import Facts
from processes.domain.grants import (
    WEIGHTS,
    Limits,
    MonthLine,
    Remark,
    RemarkKind,
    before,
    compared,
    heaviest,
    in_full,
    month_line,
    newest,
)
from processes.domain.identifiers import Cpr, Cvr
from processes.domain.money import Money
from processes.domain.payments import PaymentLine, PaymentReceipt, PaymentState
from processes.domain.periods import ONE_DAY, Month
from processes.domain.pipeline import Net
from processes.domain.rates import RateBook
from processes.domain.rules.book import RuleBook
from processes.domain.runs import DifferenceKind
from processes.ports.gateways import (
    BenefitReport,
    BenefitReportAnswer,
    BenefitReportLine,
    Gateways,
    PaymentRequest,
    Receipt,
    ReceiptState,
)
from processes.ports.records import UserTask, VoucherRecord
from processes.ports.runs import (
    PaymentRun,
    ReconciliationRow,
    ReportLine,
    RunBasis,
    RunItem,
    RunLine,
    RunResult,
)
from processes.steps import StepContext, Variables, receives, sends, step

BATCH_SIZE = 100
"""Cases in a batch: some hundred milliseconds of work, so that little is lost with a worker."""
REPORT_SIZE = 500
SIMULATED_SIZE = 1_000
NO_LIMIT = 1_000_000
"""A simulated run makes nobody look at anything: what differs is its own page."""
CALCULATE, ORDER, SEND = "beregn", "bestil", "send"
RECEIPT_STATES = {
    ReceiptState.ACCEPTED: PaymentState.ACCEPTED,
    ReceiptState.SETTLED: PaymentState.SETTLED,
    ReceiptState.REJECTED: PaymentState.REJECTED,
}
NOTHING = "nothing"
"""What a batch that asks nobody hands on."""


# ---- before the run ------------------------------------------------------------------------


@step("runs.list_blockers")
def list_blockers(ctx: StepContext, *, run_id: str) -> Variables:
    """Count what stands in the way, ten banking days ahead (blokeringer)."""
    run = ctx.uow.runs.get(run_id)
    found = ctx.uow.runs.blockers(run.month, pays_on=run.disposition_on)
    return {"blockers": len(found)}


@receives("run.blockers")
def clear_blockers(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what was done about the blockers; what is left shows in the run."""
    ctx.note(task.case_id, f"Blokeringer gennemgået: {values['note']}")
    return {}


# ---- freeze and calculate ------------------------------------------------------------------


@step("runs.freeze")
def freeze(ctx: StepContext, *, run_id: str, change_percent: int, largest_kroner: int) -> Variables:
    """Freeze the running grants, and let them be calculated batch by batch (frys)."""
    run = ctx.uow.runs.lock(run_id)
    if run.frozen_at is None:
        count = ctx.uow.runs.freeze(run, batch_size=BATCH_SIZE)
        ctx.uow.runs.save(
            replace(
                run,
                frozen_at=ctx.now,
                change_percent=change_percent,
                largest=Money.kroner(largest_kroner),
            )
        )
        _begin(ctx, run, CALCULATE, "run.calculate", count, "run-calculated")
    return {}


def _begin(
    ctx: StepContext, run: PaymentRun, phase: str, topic: str, count: int, told: str
) -> None:
    """Let a phase begin: one item a batch, each in its own lane; nothing to do is told at once."""
    ctx.uow.runs.add_batches(run.id, phase, count)
    for number in range(count):
        key = f"{topic}:{run.id}:{phase}:{number}"
        body = {"case_id": run.case_id, "run_id": run.id, "phase": phase, "batch": number}
        ctx.leave(topic, run.case_id, body, key=key, lane=key)
    if count == 0:
        _tell(ctx, run, told, phase)


def _done(ctx: StepContext, body: Mapping[str, object], told: str) -> None:
    """Say a batch is done; whoever ends the last one tells the process."""
    run_id, phase = str(body["run_id"]), str(body["phase"])
    left = ctx.uow.runs.finish_batch(run_id, phase, _batch(body), at=ctx.now)
    if left == 0:
        _tell(ctx, ctx.uow.runs.get(run_id), told, phase)


def _tell(ctx: StepContext, run: PaymentRun, told: str, phase: str) -> None:
    # One name a branch: the diagrams' test reads which messages the code sends.
    variables: Variables = {}
    match told:
        case "run-calculated":
            ctx.tell("run-calculated", run.id, variables, case_id=run.case_id, tries=phase)
        case "run-sent":
            ctx.tell("run-sent", run.id, variables, case_id=run.case_id, tries=phase)
        case "run-posted":
            rejected = {"rejected": ctx.uow.runs.rejected_vouchers(run.id)}
            ctx.tell("run-posted", run.id, rejected, case_id=run.case_id, tries=phase)
        case "run-reported":
            ctx.tell("run-reported", run.id, variables, case_id=run.case_id, tries=phase)
        case _:
            raise BrokenStateError(f"no process waits for '{told}'")


def _batch(body: Mapping[str, object]) -> int:
    return int(str(body["batch"]))


@dataclass(frozen=True)
class Sum:
    """A batch to calculate, and everything it takes (regneopgave)."""

    run: PaymentRun
    basis: RunBasis
    rates: RateBook
    rules: RuleBook
    benefits: Mapping[str, Benefit]
    now: datetime
    pays_on: date
    mode: str
    version: int = 0


def prepare_batch(ctx: StepContext, body: Mapping[str, object]) -> Sum:
    """Read what a batch is calculated from, in the same statements whatever its size."""
    run = ctx.uow.runs.get(str(body["run_id"]))
    return _sum(ctx, run, ctx.uow.runs.basis(run.id, _batch(body)))


def _sum(ctx: StepContext, run: PaymentRun, basis: RunBasis, *, version: int = 0) -> Sum:
    return Sum(
        run,
        basis,
        ctx.rates,
        ctx.rules,
        ctx.benefits,
        ctx.now,
        _pays_on(ctx, run),
        ctx.mode,
        version,
    )


def _pays_on(ctx: StepContext, run: PaymentRun) -> date:
    """Return the run's day, or the next banking day when that is gone."""
    day = run.disposition_on
    if day > ctx.today:
        return day
    day = ctx.today + ONE_DAY
    while not ctx.calendar.is_banking_day(day):
        day += ONE_DAY
    return day


def calculate_batch(_gateways: Gateways, wanted: Sum) -> list[RunResult]:
    """Calculate with no transaction open: it takes its time, and holds nothing meanwhile."""
    return calculate(wanted)


def calculate(wanted: Sum) -> list[RunResult]:
    """Make each line of a batch: the decided amount, and where it no longer fits (tørkørsel).

    Whole months are worked out for everybody at once; the others one by one.
    """
    facts = {
        case_id: Facts.as_known(held, wanted.now) for case_id, held in wanted.basis.facts.items()
    }
    months = _in_columns(wanted, facts) if len(wanted.basis.lines) > 1 else {}
    return [_result(wanted, line, months, facts) for line in wanted.basis.lines]


Months = dict[tuple[str, Month], tuple[PersonMonth | None, str]]
"""What each person's month came to, or why it did not."""


@lru_cache(maxsize=8)
def _mass_rules(book: RuleBook) -> MassRules:
    return MassRules(book)


def _in_columns(wanted: Sum, facts: Mapping[str, Facts]) -> Months:
    """Work out the whole months of a batch in columns; what is left out is for the other way.

    In production a month that rests on anything unconfirmed is calculated one by one, so that it
    is known whose month it is.
    """
    rules = _mass_rules(wanted.rules)
    found: Months = {}
    for month in sorted({line.grant.month for line in wanted.basis.lines}):
        day = month.first_day
        if wanted.mode == payments.PRODUCTION and rules.reach(day).is_unconfirmed(
            wanted.rates, wanted.rules, day
        ):
            continue
        ids = {line.grant.case_id for line in wanted.basis.lines if line.grant.month == month}
        cases = [
            MassCase(application, wanted.basis.cases[case_id], facts[case_id])
            for case_id in sorted(ids)
            if (application := wanted.basis.applications.get(case_id)) is not None
            and case_id in facts
        ]
        for party_id, made in whole_months(cases, month, rates=wanted.rates, rules=rules).items():
            found[party_id, month] = (made, "")
    return found


def _result(
    wanted: Sum,
    line: RunLine,
    months: Months,
    facts: Mapping[str, Facts],
) -> RunResult:
    grant, basis = line.grant, wanted.basis
    known = facts.get(grant.case_id, Facts.as_known((), wanted.now))
    if (grant.party_id, grant.month) not in months:
        months.update(_calculated(wanted, line, known))
    calculated, trouble = months.get((grant.party_id, grant.month), (None, ""))
    made = month_line(
        grant,
        calculated,
        facts=known,
        rules=wanted.rules,
        pays_on=wanted.pays_on,
        mode=wanted.mode,
        trouble=trouble,
        rates=wanted.rates,
        deductions=basis.deductions.get(grant.case_id, ()),
    )
    limits = Limits(wanted.run.change_percent, wanted.run.largest)
    made = compared(
        made,
        last_gross=basis.last_gross.get(grant.party_id)
        if grant.month == wanted.run.month
        else None,
        is_shared=grant.party_id in basis.shared,
        limits=limits,
    )
    return _stored(wanted, line, _guarded(wanted, line, made))


def _calculated(wanted: Sum, line: RunLine, known: Facts) -> Months:
    """Calculate a case's month by its own law; everybody in the case comes out of it at once."""
    grant = line.grant
    key = (grant.party_id, grant.month)
    application = wanted.basis.applications.get(grant.case_id)
    if application is None:
        return {key: (None, "Sagen har ingen ansøgning at regne efter.")}
    try:
        calculation = month_by_its_benefit(
            application,
            wanted.basis.cases[grant.case_id],
            known,
            grant.month,
            rates=wanted.rates,
            rules=wanted.rules,
            benefits=wanted.benefits,
            calculation_id=line.id,
            made_at=wanted.now,
        )
    except RuleError as error:
        # One case that cannot be calculated is remarked on; the others are none the worse.
        return {key: (None, str(error))}
    return {(each.party_id, each.month): (each, "") for each in calculation.months}


def month_by_its_benefit(
    application: Application,
    case: Case,
    known: Facts,
    month: Month,
    *,
    rates: RateBook,
    rules: RuleBook,
    benefits: Mapping[str, Benefit],
    calculation_id: str,
    made_at: datetime,
) -> Calculation:
    """Calculate a month of a case by the benefit the case is about, one by one (månedens hjælp)."""
    if case.benefit == cash_assistance.BENEFIT:
        return cash_assistance.assess(
            application,
            case,
            known,
            rates=rates,
            rules=rules,
            months=(month,),
            calculation_id=calculation_id,
            made_at=made_at,
        )
    benefit = benefits.get(case.benefit)
    if benefit is None:
        raise RuleError(f"Der er ingen regler at beregne '{case.benefit}' efter.")
    return work_out(
        benefit,
        Household.of(application, case),
        known,
        rates=rates,
        rules=rules,
        months=(month,),
        start=month.first_day,
        calculation_id=calculation_id,
        made_at=made_at,
    )


def _guarded(wanted: Sum, line: RunLine, made: MonthLine) -> MonthLine:
    """Ask the safeguards now, so that what they will refuse is seen while there is time."""
    if made.net is None:
        return made
    try:
        _check(_payment(line, wanted.pays_on, made.net), wanted.basis)
    except SafeguardError as error:
        return replace(made, remarks=(*made.remarks, Remark(RemarkKind.GUARD, str(error))))
    return made


def _check(payment: PaymentLine, basis: RunBasis) -> None:
    decisions = basis.decisions.get(payment.case_id, ())
    decision = next((each for each in decisions if each.id == payment.decision_id), None)
    safeguards.check_running_payment(
        payment,
        decision=decision,
        newest=newest(decisions, payment.party_id, payment.month),
        last_decided=() if decision is None else before(decision, decisions, payment.party_id),
        deductions=basis.deductions.get(payment.case_id, ()),
    )


def _payment(line: RunLine, pays_on: date, net: Net) -> PaymentLine:
    grant = line.grant
    planned = PaymentLine(
        id=line.id,
        plan_id=line.id,
        case_id=grant.case_id,
        decision_id=grant.decision_id,
        party_id=grant.party_id,
        month=grant.month,
        sequence=0,
        gross=grant.amount,
        tax=net.tax,
        net=net.net,
        disposition_on=pays_on,
        explanation=net.explanation,
    )
    return payments.with_net(planned, replace(net, gross=grant.amount))


def _stored(wanted: Sum, line: RunLine, made: MonthLine) -> RunResult:
    net = made.net
    return RunResult(
        line_id=line.id,
        version=wanted.version,
        calculated=made.calculated,
        gross=Money(0) if net is None else net.gross,
        tax=Money(0) if net is None else net.tax,
        net=Money(0) if net is None else net.net,
        is_payable=made.is_payable,
        weight=str(heaviest(made.remarks)),
        remarks=tuple(
            {"kind": str(each.kind), "text": each.text, "weight": str(WEIGHTS[each.kind])}
            for each in made.remarks
        ),
        card_kind="" if made.card is None else str(made.card.kind),
        allowance=Money(0) if made.card is None else made.card.monthly_deduction,
        explanation=None if net is None else net.explanation,
        made_at=wanted.now,
        **({} if net is None else amounts_of(net)),
    )


def amounts_of(net: Net) -> dict[str, Any]:
    """Return everything that comes off, as a result keeps it."""
    return {
        "sanction": net.sanction,
        "set_off_gross": net.set_off_gross,
        "atp": net.atp,
        "set_off": net.set_off,
        "administration": net.administration,
        "atp_municipality": net.atp_municipality,
        "pension": net.pension,
        "taken": net.taken,
    }


def simulated(ctx: StepContext, lines: Sequence[RunLine], month: Month) -> Mapping[str, RunResult]:
    """Calculate lines as the run would today, batch by batch; returns what each came to, by line.

    A run of the day is made up for it, and nothing is written.
    """
    days = runs.schedule(month, calendar=ctx.calendar)
    run = PaymentRun(
        id="",
        case_id="",
        month=month,
        blockers_at=days.blockers_at,
        freeze_at=days.freeze_at,
        review_by=days.review_by,
        send_at=days.send_at,
        disposition_on=days.disposition_on,
        started_by=ctx.user,
        started_at=ctx.now,
        change_percent=NO_LIMIT,
        largest=Money.kroner(NO_LIMIT),
    )
    found: dict[str, RunResult] = {}
    for start in range(0, len(lines), SIMULATED_SIZE):
        some = lines[start : start + SIMULATED_SIZE]
        for result in calculate(_sum(ctx, run, ctx.uow.runs.basis_of(some, month))):
            found[result.line_id] = result
    return found


def batch_broke(ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """Say that nobody outside was asked, so nobody can have refused."""
    raise BrokenStateError(f"batch {body['batch']} asks nobody, and was refused: {reason}")


@sends("run.calculate", prepare=prepare_batch, ask=calculate_batch, given_up=batch_broke)
def calculated(ctx: StepContext, answer: list[RunResult], body: Mapping[str, object]) -> None:
    """Save what a batch came to."""
    ctx.uow.runs.add_results(answer)
    _done(ctx, body, "run-calculated")


def again(ctx: StepContext, run: PaymentRun, item: RunItem) -> RunResult:
    """Calculate one line again, now that something was put right (beregn igen)."""
    if item.payment is not None:
        raise ConflictError("Betalingen er sendt. Den kan ikke beregnes igen.")
    basis = ctx.uow.runs.basis(run.id, None, line_id=item.line.id)
    version = 0 if item.result is None else item.result.version + 1
    (result,) = calculate(_sum(ctx, run, basis, version=version))
    ctx.uow.runs.add_results([result])
    return result


def explained(ctx: StepContext, item: RunItem, basis: RunBasis) -> Node | None:
    """Return a line's tree in full: what was worked out in columns is worked out one by one.

    From the facts and the law as they were known when the line was calculated. Where that no
    longer gives what it gave, the short tree is what there is.
    """
    result, grant = item.result, item.line.grant
    if result is None or result.explanation is None:
        return None
    application = basis.applications.get(grant.case_id)
    if application is None or result.calculated is None:
        return result.explanation
    law = ctx.law_known_at(result.made_at)
    try:
        calculation = month_by_its_benefit(
            application,
            basis.cases[grant.case_id],
            Facts.as_known(ctx.uow.facts.of_case(grant.case_id), result.made_at),
            grant.month,
            rates=law.rates,
            rules=law.rules,
            benefits=ctx.benefits,
            calculation_id=item.line.id,
            made_at=result.made_at,
        )
    except RuleError:
        return result.explanation
    made = next((each for each in calculation.of(grant.party_id)), None)
    if made is None or made.gross != result.calculated:
        return result.explanation
    return in_full(result.explanation, made)


# ---- check, review, approve ----------------------------------------------------------------


@step("runs.check")
def check(ctx: StepContext, *, run_id: str) -> Variables:
    """Say how the whole run compares with last month, for the decision table (rimelighed)."""
    figures = ctx.uow.runs.figures(run_id)
    rows = ctx.uow.runs.compared(run_id)
    return {
        "total_change_percent": runs.percent_change(
            sum(each.gross.oere for each in rows), sum(each.last_gross.oere for each in rows)
        ),
        "count_change_percent": runs.percent_change(
            sum(each.count for each in rows), sum(each.last_count for each in rows)
        ),
        "without_allowance_percent": runs.percent_of(figures.without_allowance, figures.main_cards),
    }


@step("runs.note_check")
def note_check(ctx: StepContext, *, run_id: str, run_stop: bool, run_stop_reason: str) -> Variables:
    """Keep what the table said of the whole run, for those who review and approve it."""
    run = ctx.uow.runs.lock(run_id)
    ctx.uow.runs.save(replace(run, stop_reason=run_stop_reason if run_stop else ""))
    return {}


@receives("run.review")
def review(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Say the run is ready: each exception has been released or held (klargør)."""
    run = ctx.uow.runs.lock(str(task.variables["run_id"]))
    figures = ctx.uow.runs.figures(run.id)
    if figures.open:
        raise RuleError(
            f"{figures.open} undtagelser er ikke afgjort. Frigiv eller hold hver af dem først."
        )
    note = str(values["note"]).strip()
    if run.stop_reason and not note:
        raise RuleError(f"{run.stop_reason} Skriv, hvorfor kørslen alligevel er rigtig.")
    by = ctx.require_actor().user
    ctx.uow.runs.save(
        replace(run, reviewed_by=by, reviewed_at=ctx.now, approved_by=None, approved_at=None)
    )
    ctx.note(task.case_id, f"Kørslen er klargjort. {note}".strip())
    return {}


@receives("run.escalated")
def look_into_delay(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what a team lead did about a review that is late; nothing is released by itself."""
    ctx.note(task.case_id, f"Forsinket gennemgang: {values['note']}")
    return {}


@receives("run.approve")
def approve(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Approve the run, or send it back with a reason (fire øjne)."""
    run = ctx.uow.runs.lock(str(task.variables["run_id"]))
    by = ctx.require_actor().user
    if not values["approved"]:
        said = runs.check_reason(str(values["reason"]))
        ctx.note(task.case_id, f"Kørslen er sendt tilbage: {said}")
        return {"approved": False}
    runs.check_approver(
        by=by, reviewed_by=run.reviewed_by or "", ruled_by=ctx.uow.runs.rulers(run.id)
    )
    if ctx.uow.runs.figures(run.id).open:
        raise RuleError("Der er undtagelser, som ikke er afgjort. Send kørslen tilbage.")
    ctx.uow.runs.save(replace(run, approved_by=by, approved_at=ctx.now))
    ctx.note(task.case_id, "Kørslen er godkendt.")
    return {"approved": True}


# ---- order and send ------------------------------------------------------------------------


@step("runs.send")
def send(ctx: StepContext, *, run_id: str) -> Variables:
    """Order what may go, batch by batch; from here on it cannot be stopped (betalingsfil)."""
    run = ctx.uow.runs.lock(run_id)
    if run.sent_at is None:
        ctx.uow.runs.save(replace(run, sent_at=ctx.now))
        count = ctx.uow.runs.batches(run.id)
        ctx.uow.runs.add_batches(run.id, SEND, count)
        _begin(ctx, run, ORDER, "run.order", count, "run-sent")
    expected_by = payments.receipt_expected_by(_pays_on(ctx, run), calendar=ctx.calendar)
    return {"receipt_expected_by": expected_by.isoformat()}


def nothing_to_read(_ctx: StepContext, _body: Mapping[str, object]) -> str:
    """Read nothing: everything is read where it is written."""
    return NOTHING


def ask_nobody(_gateways: Gateways, _request: str) -> str:
    """Ask nobody."""
    return NOTHING


@sends("run.order", prepare=nothing_to_read, ask=ask_nobody, given_up=batch_broke)
def order_batch(ctx: StepContext, _answer: str, body: Mapping[str, object]) -> None:
    """Write a batch's payments, each seen by the safeguards once more, and let them leave."""
    run = ctx.uow.runs.get(str(body["run_id"]))
    basis = ctx.uow.runs.checks(run.id, _batch(body))
    items = ctx.uow.runs.items(run.id, batch=_batch(body), which="klar", limit=len(basis.lines))
    lines = [_ordered(ctx, run, item) for item in items]
    for line in lines:
        _check(line, basis)
    ctx.uow.runs.order(run, lines, at=ctx.now)
    for line in lines:
        if line.taken:
            body_of_parts = {"case_id": line.case_id, "payment_ids": [line.id]}
            ctx.leave("parts.order", line.case_id, body_of_parts, key=f"parts:{line.id}")
    _append(
        ctx,
        [
            PaymentReceipt(line.id, PaymentState.SETTLED, payments.NO_BANK, "", ctx.now)
            for line in lines
            if not line.net
        ],
    )
    ctx.uow.runs.finish_batch(run.id, ORDER, _batch(body), at=ctx.now)
    key = f"run.send:{run.id}:{_batch(body)}"
    ctx.leave("run.send", run.case_id, {**body, "phase": SEND}, key=key, lane=key)


def _ordered(ctx: StepContext, run: PaymentRun, item: RunItem) -> PaymentLine:
    if item.result is None or item.result.explanation is None:
        raise BrokenStateError(f"line {item.line.id} is ready to be paid and has no result")
    result = item.result
    whole = item.result.explanation
    # The whole tree is kept with the line; the payment carries gross, tax and net.
    gross = Node(
        "rule", "betaling.brutto", whole.inputs[0].label, result.gross,
        source=f"Afgjort i {item.line.grant.decision_number}",
    )  # fmt: skip
    short = replace(whole, inputs=(gross, *whole.inputs[1:]))
    net = Net(
        result.gross,
        result.tax,
        result.net,
        short,
        result.sanction,
        result.set_off_gross,
        result.atp,
        result.set_off,
        result.administration,
        result.atp_municipality,
        result.pension,
        result.taken,
    )
    return _payment(item.line, _pays_on(ctx, run), net)


def prepare_send(ctx: StepContext, body: Mapping[str, object]) -> list[PaymentRequest]:
    """Read the payments of a batch that the bank has not answered."""
    lines = ctx.uow.runs.ordered(str(body["run_id"]), _batch(body))
    payees = ctx.uow.runs.payees(sorted({line.case_id for line in lines}))
    municipality = ctx.uow.setup.municipality()
    return [
        PaymentRequest(
            idempotency_key=f"payment:{line.id}",
            payee_cpr=Cpr(payees[line.party_id]),
            amount=line.net,
            disposition_on=line.disposition_on,
            # What the payee's bank shows: who pays and for which month, never the legal ground.
            text=f"{municipality.name} {line.month}"[:40],
            municipality_cvr=Cvr(municipality.cvr),
        )
        for line in lines
    ]


def ask_bank(gateways: Gateways, requests: list[PaymentRequest]) -> Sequence[Receipt]:
    """Hand a batch over; each payment has its own key, so that again costs nothing."""
    return gateways.payments.order_many(requests)


def bank_refused_batch(ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """The bank takes none of the batch: each payment is rejected, and somebody's task."""
    lines = ctx.uow.runs.ordered(str(body["run_id"]), _batch(body))
    _append(
        ctx,
        [PaymentReceipt(line.id, PaymentState.REJECTED, "", reason, ctx.now) for line in lines],
    )
    _done(ctx, body, "run-sent")


@sends("run.send", prepare=prepare_send, ask=ask_bank, given_up=bank_refused_batch)
def sent(ctx: StepContext, answer: Sequence[Receipt], body: Mapping[str, object]) -> None:
    """Append the bank's first receipts."""
    _append(ctx, [_receipt(each) for each in answer])
    _done(ctx, body, "run-sent")


def _receipt(answer: Receipt) -> PaymentReceipt:
    return PaymentReceipt(
        answer.idempotency_key.removeprefix("payment:"),
        RECEIPT_STATES[answer.state],
        answer.reference,
        answer.reason_code,
        answer.at,
    )


def receipts_came(ctx: StepContext, answers: Sequence[Receipt]) -> int:
    """Append what the bank answered about payments of runs; the same may come twice.

    Returns how many receipts were new. Others' payments are not ours to note.
    """
    came = [_receipt(each) for each in answers if each.idempotency_key.startswith("payment:")]
    ours = ctx.uow.runs.of_run(sorted({each.payment_id for each in came}))
    return _append(ctx, [each for each in came if each.payment_id in ours])


def _append(ctx: StepContext, receipts: Sequence[PaymentReceipt]) -> int:
    new = ctx.uow.runs.append_receipts(receipts)
    ours = ctx.uow.runs.of_run(sorted({each.payment_id for each in new}))
    for each in new:
        if each.state is PaymentState.REJECTED:
            _, case_id = ours[each.payment_id]
            _open(ctx, case_id, each.payment_id, is_rejected=True)
    over = {PaymentState.SETTLED, PaymentState.REJECTED}
    for run_id in sorted({ours[each.payment_id][0] for each in new if each.state in over}):
        run = ctx.uow.runs.lock(run_id)
        if run.sent_at is not None and ctx.uow.runs.unanswered(run_id) == 0:
            ctx.tell("run-receipted", run_id, {}, case_id=run.case_id)
    return len(new)


def _open(ctx: StepContext, case_id: str, plan_id: str, *, is_rejected: bool) -> None:
    """Let a payment go on by itself in its own case: rejected by the bank, or released late."""
    body = {"case_id": case_id, "plan_id": plan_id, "is_rejected": is_rejected}
    ctx.tell("payment-open", plan_id, body, case_id=case_id)


def release_late(ctx: StepContext, run: PaymentRun, item: RunItem) -> None:
    """Pay one line by itself, after its run was sent: it was held, and is released now."""
    line = replace(_ordered(ctx, run, item), plan_id=_late_plan(item.line.id))
    _check(line, ctx.uow.runs.basis(run.id, None, line_id=item.line.id))
    ctx.uow.payments.add_plan(
        payments.PaymentPlan(line.plan_id, line.case_id, line.decision_id, ctx.now, (line,))
    )
    _open(ctx, line.case_id, line.plan_id, is_rejected=False)


def _late_plan(line_id: str) -> str:
    return str(uuid5(NAMESPACE_OID, f"late:{line_id}"))


# ---- post ----------------------------------------------------------------------------------


@step("runs.post")
def post(ctx: StepContext, *, run_id: str) -> Variables:
    """Post what the bank has paid and nobody has posted, batch by batch (bogfør)."""
    run = ctx.uow.runs.lock(run_id)
    ctx.uow.runs.retry_vouchers(run_id)
    phase = _next(ctx, run, "bogfoer")
    _begin(ctx, run, phase, "run.post", ctx.uow.runs.batches(run_id), "run-posted")
    return {}


def _next(ctx: StepContext, run: PaymentRun, phase: str) -> str:
    """Return the name of a phase that may come more than once: `bogfoer`, `bogfoer 2` …"""
    done = [each for each in ctx.uow.runs.phases(run.id) if each.phase.split(" ")[0] == phase]
    return phase if not done else f"{phase} {len(done) + 1}"


@sends("run.post", prepare=nothing_to_read, ask=ask_nobody, given_up=batch_broke)
def post_batch(ctx: StepContext, _answer: str, body: Mapping[str, object]) -> None:
    """Write a batch's vouchers, each balanced by itself, and let them leave."""
    run_id = str(body["run_id"])
    ctx.uow.runs.add_vouchers(
        [
            _voucher(ctx, line, benefit)
            for line, benefit in ctx.uow.runs.to_post(run_id, _batch(body))
        ]
    )
    key = f"run.book:{run_id}:{body['phase']}:{_batch(body)}"
    ctx.leave("run.book", str(body["case_id"]), body, key=key, lane=key)


def _voucher(ctx: StepContext, line: PaymentLine, benefit: str) -> VoucherRecord:
    voucher = accounting.voucher_for_payment(
        line, book=ctx.postings, benefit=benefit, voucher_id=line.id, posted_on=ctx.today
    )
    return VoucherRecord(
        id=voucher.id,
        plan_id=line.plan_id,
        case_id=line.case_id,
        posted_on=voucher.posted_on,
        entries=tuple(
            {"account": each.account, "amount_oere": each.amount.oere, "text": each.text}
            for each in voucher.entries
        ),
    )


@dataclass(frozen=True)
class Bundle:
    """Vouchers on their way to the finance system together (bilagsbundt)."""

    vouchers: tuple[tuple[str, Voucher], ...]
    municipality_cvr: Cvr


def prepare_book(ctx: StepContext, body: Mapping[str, object]) -> Bundle:
    """Read a batch's vouchers that the finance system has not answered."""
    found = ctx.uow.runs.to_book(str(body["run_id"]), _batch(body))
    return Bundle(
        tuple((_voucher_key(each), _balanced(each)) for each in found),
        Cvr(ctx.uow.setup.municipality().cvr),
    )


def _voucher_key(record: VoucherRecord) -> str:
    return f"voucher:{record.id}:{record.tries}" if record.tries else f"voucher:{record.id}"


def _balanced(record: VoucherRecord) -> Voucher:
    entries = tuple(
        Posting(str(each["account"]), Money(int(str(each["amount_oere"]))), str(each["text"]))
        for each in record.entries
    )
    return Voucher(record.id, record.case_id, record.posted_on, entries)


def ask_ledger(gateways: Gateways, bundle: Bundle) -> Sequence[Receipt]:
    """Hand the vouchers over."""
    return gateways.ledger.post_many(bundle.vouchers, municipality_cvr=bundle.municipality_cvr)


def ledger_refused_batch(ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """The finance system takes none of the batch: finance gets a task."""
    found = ctx.uow.runs.to_book(str(body["run_id"]), _batch(body))
    ctx.uow.runs.book({}, {each.id: reason for each in found}, at=ctx.now)
    _done(ctx, body, "run-posted")


@sends("run.book", prepare=prepare_book, ask=ask_ledger, given_up=ledger_refused_batch)
def booked(ctx: StepContext, answer: Sequence[Receipt], body: Mapping[str, object]) -> None:
    """Note the finance system's answers."""
    accepted, rejected = {}, {}
    for each in answer:
        voucher_id = each.idempotency_key.split(":")[1]
        if each.state is ReceiptState.REJECTED:
            rejected[voucher_id] = each.reason_code or "afvist"
        else:
            accepted[voucher_id] = each.reference
    ctx.uow.runs.book(accepted, rejected, at=ctx.now)
    _done(ctx, body, "run-posted")


@receives("run.vouchers")
def vouchers_dealt_with(
    ctx: StepContext, task: UserTask, values: Mapping[str, object]
) -> Variables:
    """Record what was done about rejected vouchers; they go again under their next try."""
    ctx.note(task.case_id, f"Afviste bilag: {values['note']}")
    return {}


# ---- report --------------------------------------------------------------------------------


@step("runs.report")
def report(ctx: StepContext, *, run_id: str) -> Variables:
    """Report what was paid and not reported, in reports of a bounded size (indberet)."""
    run = ctx.uow.runs.lock(run_id)
    phase = _next(ctx, run, "indberet")
    reports: list[str] = []
    while True:
        report_id = ctx.new_id()
        found = ctx.uow.runs.open_report(
            report_id,
            until=max(run.month.last_day, ctx.today),
            limit=REPORT_SIZE,
            run_id=run_id,
            plan_id=None,
        )
        if not found:
            break
        reports.append(report_id)
    ctx.uow.runs.add_batches(run.id, phase, len(reports))
    for number, report_id in enumerate(reports):
        key = f"run.report:{report_id}"
        body = {
            "case_id": run.case_id,
            "run_id": run.id,
            "phase": phase,
            "batch": number,
            "report_id": report_id,
        }
        ctx.leave("run.report", run.case_id, body, key=key, lane=key)
    if not reports:
        _tell(ctx, run, "run-reported", phase)
    return {}


def prepare_report(ctx: StepContext, body: Mapping[str, object]) -> BenefitReport:
    """Read a report."""
    return _report(ctx, str(body["report_id"]))


def _report(ctx: StepContext, report_id: str) -> BenefitReport:
    lines = tuple(_report_line(each) for each in ctx.uow.runs.report_lines(report_id))
    return BenefitReport(report_id, lines, Cvr(ctx.uow.setup.municipality().cvr))


def _report_line(line: ReportLine) -> BenefitReportLine:
    return BenefitReportLine(
        line.payment_id,
        Cpr(line.cpr_digits),
        line.benefit,
        line.month,
        line.paid_on,
        line.gross,
        line.tax,
    )


def ask_register(gateways: Gateways, report: BenefitReport) -> BenefitReportAnswer | None:
    """Hand a report over; one that was answered before has nothing left to hand over."""
    return gateways.reporting.report(report) if report.lines else None


def register_refused(ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """The income register takes none of the report: each line is a difference, and a task."""
    report_id = str(body["report_id"])
    ids = {each.payment_id: reason for each in ctx.uow.runs.report_lines(report_id)}
    ctx.uow.runs.answer_report(report_id, accepted=(), rejected=ids, reference="", at=ctx.now)
    _done(ctx, body, "run-reported")


@sends("run.report", prepare=prepare_report, ask=ask_register, given_up=register_refused)
def reported(
    ctx: StepContext, answer: BenefitReportAnswer | None, body: Mapping[str, object]
) -> None:
    """Note what the income register took, and what it did not."""
    _note_report(ctx, str(body["report_id"]), answer)
    _done(ctx, body, "run-reported")


def _note_report(ctx: StepContext, report_id: str, answer: BenefitReportAnswer | None) -> None:
    if answer is None:
        return
    rejected = dict(answer.rejected)
    lines = [
        each for each in ctx.uow.runs.report_lines(report_id) if each.payment_id not in rejected
    ]
    told = (answer.count, answer.gross.oere, answer.tax.oere)
    ours = (len(lines), sum(x.gross.oere for x in lines), sum(x.tax.oere for x in lines))
    if told != ours:
        raise BrokenStateError(f"the income register counted {told}, we reported {ours}")
    ctx.uow.runs.answer_report(
        report_id,
        accepted=[each.payment_id for each in lines],
        rejected=rejected,
        reference=answer.reference,
        at=ctx.now,
    )


def prepare_one_report(ctx: StepContext, *, plan_id: str) -> BenefitReport:
    """Read what a plan has paid and nobody has reported; it is put into a report beforehand."""
    return _report(ctx, _report_of_plan(plan_id))


def _report_of_plan(plan_id: str) -> str:
    return str(uuid5(NAMESPACE_OID, f"income-report:{plan_id}"))


@step("runs.report_one", prepare=prepare_one_report, ask=ask_register)
def report_one(ctx: StepContext, answer: BenefitReportAnswer | None, *, plan_id: str) -> Variables:
    """Note the income register's answer about one payment."""
    _note_report(ctx, _report_of_plan(plan_id), answer)
    return {}


@step("runs.open_report")
def open_report(ctx: StepContext, *, plan_id: str) -> Variables:
    """Put one payment that goes by itself into a report of its own."""
    ctx.uow.runs.open_report(
        _report_of_plan(plan_id), until=date.max, limit=REPORT_SIZE, run_id=None, plan_id=plan_id
    )
    return {}


# ---- reconcile -----------------------------------------------------------------------------


@step("runs.reconcile")
def reconcile(ctx: StepContext, *, run_id: str) -> Variables:
    """Hold payments, receipts, vouchers and reports against each other, to the øre (afstem)."""
    run = ctx.uow.runs.lock(run_id)
    found = runs.reconcile(ctx.uow.runs.accounted(run))
    held = ctx.uow.runs.reconciliations(run_id)
    number = 1 + max((each.number for each in held), default=0)
    figures = {
        "paid_count": found.paid_count,
        "paid_gross": found.paid_gross.oere,
        "paid_tax": found.paid_tax.oere,
        "paid_net": found.paid_net.oere,
        "rejected_count": found.rejected_count,
        "rejected_net": found.rejected_net.oere,
        "unanswered_count": found.unanswered_count,
        "unanswered_net": found.unanswered_net.oere,
        "posted_gross": found.posted_gross.oere,
        "reported_gross": found.reported_gross.oere,
        "reported_tax": found.reported_tax.oere,
        "paid_sanction": found.paid_sanction.oere,
        "paid_set_off_gross": found.paid_set_off.oere,
        "paid_income": found.paid_income.oere,
        "paid_cost": found.paid_cost.oere,
        "others": found.others.oere,
        "others_paid": found.others_paid.oere,
        "differences": len(found.differences),
    }
    ctx.uow.runs.add_reconciliation(
        run_id, ReconciliationRow(number, ctx.now, figures, found.differences)
    )
    return {"differences": len(found.differences)}


@receives("run.differences")
def differences_dealt_with(
    ctx: StepContext, task: UserTask, values: Mapping[str, object]
) -> Variables:
    """Record what was done about differences; everything is held against each other again."""
    ctx.note(task.case_id, f"Differencer: {values['note']}")
    run_id = str(task.variables["run_id"])
    rows = ctx.uow.runs.reconciliations(run_id)
    rejected = [
        each
        for each in (rows[0].differences if rows else ())
        if each.kind is DifferenceKind.OTHERS_REJECTED
    ]
    for each in rejected:
        # Whoever dealt with it has put the account right, or made the agreement anew.
        ctx.leave(
            "parts.order",
            each.case_id,
            {"case_id": each.case_id, "payment_ids": [each.payment_id], "again": True},
            key=f"parts:{each.payment_id}:{rows[0].number}",
        )
    return {}


@step("runs.end")
def end(ctx: StepContext, *, run_id: str) -> Variables:
    """Say the run is over: reconciled, with nothing left that does not agree (afstemt)."""
    run = ctx.uow.runs.lock(run_id)
    ctx.uow.runs.save(replace(run, ended_at=ctx.now))
    ctx.note(run.case_id, "Kørslen er afstemt uden differencer.")
    return {}
