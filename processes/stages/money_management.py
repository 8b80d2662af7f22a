"""Money management (administration af hjælpen, LAS § 90): plan the bills, begin, look again, stop.

What is paid to others comes off the help in the payment itself; here is only what was agreed or
decided, and from when.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from processes.domain import matters, money_management
from processes.domain.deductions import DeductionDecision, DeductionKind
from processes.domain.errors import BrokenStateError, RuleError
from processes.domain.hearings import end_of_day
from processes.domain.matters import Basis, Matter, MatterKind, MatterState
from processes.domain.money_management import Bill, ManagementPlan
from processes.domain.periods import DENMARK, Month
from processes.ports.records import UserTask
from processes.steps import StepContext, Variables, receives, step

DAYS_TO_DECIDE = 28
MORNING = time(6)
AGREED = "Borgeren har selv aftalt, at regningerne betales af hjælpen."
GO_ON, CHANGE, STOP = "fortsaet", "aendr", "stop"


def raise_management(ctx: StepContext, *, case_id: str, party_id: str, cause: str) -> Matter:
    """Raise the question whether others shall be paid with somebody's help."""
    if not cause.strip():
        raise RuleError("Skriv, hvorfor der skal ses på administration.")
    for known in ctx.uow.matters.of_case(case_id, MatterKind.MANAGEMENT):
        if known.party_id == party_id and known.state in {MatterState.RAISED, MatterState.DECIDED}:
            raise RuleError("Personens regninger administreres eller vurderes allerede. Se sagen.")
    matter = Matter(
        id=ctx.new_id(),
        case_id=case_id,
        party_id=party_id,
        kind=MatterKind.MANAGEMENT,
        cause=cause.strip(),
        raised_by=ctx.user,
        raised_at=ctx.now,
    )
    ctx.uow.matters.add(matter)
    last_day = ctx.calendar.first_working_day_from(ctx.today + timedelta(days=DAYS_TO_DECIDE))
    ctx.tell(
        "management-wanted",
        matter.id,
        {
            "case_id": case_id,
            "matter_id": matter.id,
            "deadline_at": end_of_day(last_day).isoformat(),
        },
        case_id=case_id,
    )
    ctx.note(case_id, f"Der skal ses på administration af hjælpen: {cause.strip()}")
    return matter


@receives("money.plan")
def plan(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record which bills are to be paid, and whether the citizen has agreed."""
    matter = ctx.uow.matters.get(str(task.variables["matter_id"]))
    bills, wanted = values["bills"], values["from_month"]
    if not isinstance(bills, tuple) or not isinstance(wanted, Month):
        raise TypeError("a plan has bills and a month")
    made = ManagementPlan(
        bills=tuple(each for each in bills if isinstance(each, Bill)),
        from_month=money_management.first_month(wanted, ctx.today),
        is_agreed=bool(values["is_agreed"]),
        evidence=str(values["evidence"]).strip(),
        milder=str(values["milder"]).strip(),
    )
    calculation = ctx.uow.calculations.latest(task.case_id)
    if calculation is None:
        raise RuleError("Der er ikke beregnet hjælp på sagen, så der er intet at betale af.")
    basis = Basis(
        id=ctx.new_id(),
        matter_id=matter.id,
        case_id=task.case_id,
        calculation_id=calculation.id,
        amount=made.amount,
        is_adverse=not made.is_agreed,
        legal_basis=(money_management.LAW,),
        body=money_management.to_body(made),
        made_by=ctx.require_actor().user,
        made_at=ctx.now,
    )
    ctx.uow.matters.add_basis(basis)
    return {"basis_id": basis.id, "must_hear": basis.is_adverse}


@step("management.begin")
def begin(ctx: StepContext, *, matter_id: str, decision_id: str) -> Variables:
    """Let the bills come off from now on, and say when to look at it again (start).

    The bills of an earlier plan stop in the month the new ones begin.
    """
    decision = ctx.uow.matters.decision(decision_id)
    if decision.sent_at is None:
        raise BrokenStateError("money management begins when its letter was sent")
    made = money_management.from_body(ctx.uow.matters.basis(decision.basis_id))
    known = ctx.uow.deductions.of_case(decision.case_id)
    if not any(each.decision.id == decision_id for each in known):
        _stop(ctx, matter_id, made.from_month)
        ctx.uow.deductions.decide(
            DeductionDecision(
                id=decision_id,
                case_id=decision.case_id,
                party_id=decision.party_id,
                kind=DeductionKind.ADMINISTRATION,
                number=decision.number,
                law=money_management.LAW,
                reasoning=decision.reasoning,
                hearing_id=decision.hearing_id,
                hearing_exception=decision.hearing_exception
                or ("" if decision.hearing_id else AGREED),
                decided_by=ctx.uow.matters.proposal(decision.proposal_id).proposed_by,
                approved_by=decision.approved_by,
                issued_at=decision.issued_at,
            ),
            money_management.deductions(
                made,
                decision_id=decision_id,
                case_id=decision.case_id,
                party_id=decision.party_id,
                source_id=matter_id,
                new_id=ctx.new_id,
            ),
        )
        ctx.uow.deductions.mark_sent(decision_id, decision.sent_at)
        ctx.note(
            decision.case_id,
            f"Fra {made.from_month} betales {made.amount.danish()} om måneden til andre.",
        )
    day = ctx.calendar.first_working_day_from(money_management.follow_up_day(ctx.today))
    return {"follow_up_at": datetime.combine(day, MORNING, DENMARK).isoformat()}


@receives("money.follow_up")
def follow_up(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what shall happen with the bills: go on, change, or stop."""
    choice = str(values["choice"])
    if choice == STOP:
        matter = ctx.uow.matters.get(str(task.variables["matter_id"]))
        reason = str(values["reason"])
        ctx.uow.matters.save(matters.moved(matter, MatterState.ENDED, reason))
    ctx.note(task.case_id, f"Administration: {choice}. {values['reason']}")
    return {"management_choice": choice}


@step("management.look_later")
def look_later(ctx: StepContext, *, matter_id: str) -> Variables:
    """Say when to look at it again, now that it goes on."""
    ctx.uow.matters.get(matter_id)
    day = ctx.calendar.first_working_day_from(money_management.follow_up_day(ctx.today))
    return {"follow_up_at": datetime.combine(day, MORNING, DENMARK).isoformat()}


@step("management.stop")
def stop(ctx: StepContext, *, matter_id: str) -> Variables:
    """Let nothing come off any more, from the next payment on (ophør).

    This month's help is paid as it was planned when its payment has left; else it is whole too.
    """
    matter = ctx.uow.matters.get(matter_id)
    if matter.state is not MatterState.ENDED:
        matter = matters.moved(matter, MatterState.ENDED, "Borgeren har sagt aftalen op.")
        ctx.uow.matters.save(matter)
    paid = [
        line.month
        for line, _ in ctx.uow.payments.of_case(matter.case_id)
        if line.party_id == matter.party_id
    ]
    now = Month.of(ctx.today)
    since = now if not paid or max(paid) < now else now.next()
    _stop(ctx, matter_id, since)
    ctx.note(matter.case_id, f"Administrationen er hørt op fra {since}: {matter.closed_because}")
    return {}


def _stop(ctx: StepContext, matter_id: str, month: Month) -> None:
    matter = ctx.uow.matters.get(matter_id)
    running = [
        each.deduction.id
        for each in ctx.uow.deductions.of_case(matter.case_id)
        if each.deduction.source_id == matter_id and each.deduction.stopped_from is None
    ]
    if running:
        ctx.uow.deductions.stop(running, month=month)
