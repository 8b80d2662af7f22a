"""Answers: what must somebody know to say whether help is needed now? Stores nothing."""

from __future__ import annotations

from datetime import timedelta

from processes.domain import immediate_help, payments
from processes.domain.calculation import Calculation, HelpKind
from processes.domain.cases import Case
from processes.domain.decisions import Proposal
from processes.domain.errors import RuleError
from processes.domain.facts import Facts
from processes.domain.hearings import PartyHearing
from processes.domain.periods import Month
from processes.ports.pages import HelpNow
from processes.ports.records import UserTask
from processes.ports.stores import UnitOfWork
from processes.steps import StepContext


def help_now(ctx: StepContext, case: Case) -> HelpNow | None:
    """Return the question of immediate help with its facts; None when it was never put."""
    asked = ctx.uow.immediate_help.of_case(case.id)
    if asked is None:
        return None
    application = ctx.uow.cases.application(asked.application_id)
    first = payments.disposition_day(
        Month.of(max(application.requested_from, ctx.today.replace(day=1))),
        calendar=ctx.calendar,
        today=ctx.today,
    )
    until_on = max(first - timedelta(days=1), ctx.today)
    decided = ctx.uow.decisions.of_case(case.id, help_kind=HelpKind.IMMEDIATE)
    try:
        ceiling = immediate_help.ceiling(
            Facts.as_known(ctx.uow.facts.of_case(case.id), ctx.now),
            case.primary_party.id,
            today=ctx.today,
            until_on=until_on,
            rates=ctx.rates,
            rules=ctx.rules,
        )
    except RuleError:
        # No rate of the day: the page says so, and the verb refuses an amount.
        ceiling = None
    return HelpNow(
        asked=asked,
        first_payment_on=first,
        until_on=until_on,
        ceiling=ceiling,
        pays_on=payments.same_day(ctx.now, rules=ctx.rules, calendar=ctx.calendar),
        cut_off=payments.cut_off(ctx.rules, ctx.today),
        decision=decided[0] if decided else None,
    )


def calculation_of(uow: UnitOfWork, task: UserTask, case: Case) -> Calculation | None:
    """Return the calculation a task is about: of help now when it says so, else of support."""
    own = task.variables.get("calculation_id")
    if own is not None:
        calculation = uow.calculations.get(str(own))
        if calculation.help_kind is not HelpKind.SUPPORT:
            return calculation
    return uow.calculations.latest(case.id)


def hearing_of(uow: UnitOfWork, case: Case, calculation: Calculation | None) -> PartyHearing | None:
    """Return the newest hearing about the same help."""
    kind = HelpKind.SUPPORT if calculation is None else calculation.help_kind
    if calculation is not None and kind is HelpKind.SANCTION:
        # There may be several; each has a calculation, and a hearing, of its own.
        return next(
            (
                each
                for each in uow.hearings.of_case(case.id)
                if each.calculation_id == calculation.id
            ),
            None,
        )
    for hearing in uow.hearings.of_case(case.id):
        if uow.calculations.get(hearing.calculation_id).help_kind is kind:
            return hearing
    return None


def proposal_of(
    uow: UnitOfWork, task: UserTask, case: Case, calculation: Calculation | None
) -> Proposal | None:
    """Return the proposal a task is about; the last one's words are a start for the next."""
    own = task.variables.get("proposal_id")
    if own:
        return uow.decisions.proposal(str(own))
    if calculation is not None and calculation.help_kind is not HelpKind.SUPPORT:
        return None
    return uow.decisions.latest_proposal(case.id)
