"""Put and answer the question of immediate help (engangshjælp), in every application."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from processes.domain import immediate_help, letters
from processes.domain.calculation import Calculation, HelpKind, Outcome
from processes.domain.decisions import Proposal, legal_basis
from processes.domain.errors import NotFoundError, RuleError
from processes.domain.facts import Facts
from processes.domain.immediate_help import ImmediateHelp, PayoutWay
from processes.domain.money import Money
from processes.ports.records import UserTask
from processes.steps import StepContext, Variables, receives, step

GRANT, REFUSE, NO_NEED = "bevilg", "afslaa", "ikke_noedvendig"
"""What the form answers."""
NOT_NEEDED = "ikke_noedvendig"


@step("immediate_help.consider")
def consider(ctx: StepContext, *, case_id: str, application_id: str) -> Variables:
    """Put the question, and send it to a person at once unless the citizen has answered it.

    Law: LAS § 25 a; RSL § 3, stk. 1. The application goes on meanwhile.
    """
    if ctx.uow.immediate_help.of_application(application_id) is not None:
        return {}
    application = ctx.uow.cases.application(application_id)
    asked = immediate_help.ask(
        application.answers,
        help_id=ctx.new_id(),
        case_id=case_id,
        application_id=application_id,
        at=ctx.now,
    )
    ctx.uow.immediate_help.save(asked)
    if not asked.is_open:
        ctx.note(case_id, "Engangshjælp: borgeren har oplyst, at der ikke mangler penge nu.")
        return {}
    ctx.tell(
        "immediate-help-asked",
        application_id,
        {
            "case_id": case_id,
            "application_id": application_id,
            "immediate_due_at": immediate_help.answer_by(
                ctx.now, calendar=ctx.calendar
            ).isoformat(),
        },
        case_id=case_id,
    )
    return {}


@step("immediate_help.tell_lead")
def tell_lead(ctx: StepContext, *, case_id: str, application_id: str) -> Variables:
    """Tell the team lead that nobody looked at a need in time; the need itself stays open."""
    ctx.tell(
        "help-overdue",
        application_id,
        {
            "case_id": case_id,
            "application_id": application_id,
            "immediate_due_at": immediate_help.answer_by(
                ctx.now, calendar=ctx.calendar
            ).isoformat(),
        },
        case_id=case_id,
        tries=ctx.now.isoformat(),
    )
    return {}


@receives("casework.help_overdue")
def note_overdue(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what the team lead did about a need that nobody had looked at in time."""
    note = str(values["note"]).strip()
    if not note:
        raise RuleError("Skriv, hvem der svarer borgeren, og hvornår.")
    ctx.note(task.case_id, f"Engangshjælp var ikke vurderet i tide. {note}")
    return {}


@receives("casework.immediate_help")
def assess(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what a caseworker made of the need, and propose a grant (vurdering af behovet)."""
    asked = _asked(ctx, str(task.variables["application_id"]))
    by, reason = ctx.require_actor().user, str(values["reasoning"])
    if values["choice"] == NO_NEED:
        ctx.uow.immediate_help.save(
            immediate_help.not_needed(asked, reason=reason, by=by, at=ctx.now)
        )
        ctx.note(task.case_id, f"Engangshjælp er ikke nødvendig. {reason}")
        return {
            "immediate_outcome": NOT_NEEDED,
            "calculation_id": None,
            "proposal_id": None,
            "payout_way": None,
        }
    calculation = _calculate(ctx, asked, values)
    means = values["means"]
    ctx.uow.calculations.add(calculation)
    ctx.uow.immediate_help.save(
        immediate_help.assessed(
            asked,
            calculation,
            means=means if isinstance(means, Money) else None,
            needs=str(values["needs"]),
            until_on=_day(values["until_on"]),
            payout=PayoutWay(str(values["payout"])),
            reason=reason,
            by=by,
            at=ctx.now,
        )
    )
    proposal_id = None
    if calculation.outcome is Outcome.GRANTED:
        proposal_id = _propose(ctx, calculation, reason, by)
    return {
        "immediate_outcome": str(calculation.outcome),
        "calculation_id": calculation.id,
        "proposal_id": proposal_id,
        "payout_way": str(values["payout"]),
    }


def _asked(ctx: StepContext, application_id: str) -> ImmediateHelp:
    asked = ctx.uow.immediate_help.of_application(application_id)
    if asked is None:
        raise NotFoundError("Spørgsmålet om engangshjælp findes ikke på sagen. Hent sagen igen.")
    return asked


def _calculate(ctx: StepContext, asked: ImmediateHelp, values: Mapping[str, object]) -> Calculation:
    case = ctx.uow.cases.get(asked.case_id)
    facts = Facts.as_known(ctx.uow.facts.of_case(case.id), ctx.now)
    amount, means = values["amount"], values["means"]
    until_on = _day(values["until_on"])
    party_id = case.primary_party.id
    return immediate_help.calculate(
        asked,
        party_id,
        amount=amount if values["choice"] == GRANT and isinstance(amount, Money) else None,
        until_on=until_on,
        means=means if isinstance(means, Money) else None,
        reason=str(values["reasoning"]),
        limit=immediate_help.ceiling(
            facts,
            party_id,
            today=ctx.today,
            until_on=max(until_on, ctx.today),
            rates=ctx.rates,
            rules=ctx.rules,
        ),
        rules=ctx.rules,
        today=ctx.today,
        calculation_id=ctx.new_id(),
        at=ctx.now,
    )


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError("until_on is a day")
    return value


def _propose(ctx: StepContext, calculation: Calculation, reason: str, by: str) -> str:
    proposal = Proposal(
        id=ctx.new_id(),
        case_id=calculation.case_id,
        calculation_id=calculation.id,
        outcome=calculation.outcome,
        reasoning=reason.strip(),
        legal_basis=legal_basis(calculation),
        repayment_condition="",
        hearing_id=None,
        hearing_exception="",
        proposed_by=by,
        proposed_at=ctx.now,
        # Money that leaves the same day has always been seen by two.
        second_person_needed=True,
        help_kind=HelpKind.IMMEDIATE,
    )
    ctx.uow.decisions.save_proposal(proposal)
    return proposal.id


@step("immediate_help.check_receivers")
def check_receivers(ctx: StepContext, *, case_id: str) -> Variables:
    """Tell whether everybody who must get a letter has a name: CPR may not have answered yet."""
    parties = letters.receivers(ctx.uow.cases.get(case_id))
    return {"receivers_known": all(party.name for party in parties)}
