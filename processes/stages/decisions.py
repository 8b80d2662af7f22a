"""Propose, approve by a second person, and issue a decision (afgørelse)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from processes.domain import (
    decisions,
    immediate_help,
    life,
    reassessment,
    safeguards,
    sanction_cases,
)
from processes.domain.calculation import Calculation, HelpKind, Outcome
from processes.domain.cases import Application, CaseState, PartyRole, check_move
from processes.domain.cessations import WISHED
from processes.domain.decisions import DecidedLine, Decision, Proposal
from processes.domain.errors import RuleError, SafeguardError
from processes.domain.facts import Facts
from processes.domain.hearings import PartyHearing
from processes.domain.immediate_help import ImmediateHelp
from processes.ports.records import UserTask
from processes.steps import StepContext, Variables, receives, step

BESIDE = {HelpKind.IMMEDIATE: "engangshjælp", HelpKind.SANCTION: "en sanktion"}
"""What stands beside the monthly support, as the journal calls it."""


@receives("decision.propose")
def propose(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record a proposal, or that the party must be heard or the facts assessed first."""
    hear_first, reassess = bool(values["hear_first"]), bool(values["reassess"])
    calculation = ctx.uow.calculations.get(str(task.variables["calculation_id"]))
    scalars = {
        "outcome": str(calculation.outcome),
        "is_adverse": calculation.is_adverse,
        "hear_first": hear_first,
        "reassess": reassess,
    }
    if hear_first or reassess:
        return {**scalars, "proposal_id": None}
    hearing = _hearing_of(ctx, calculation)
    exception = str(values["hearing_exception"]).strip() or _own_wish(ctx, calculation)
    proposal = Proposal(
        id=ctx.new_id(),
        case_id=task.case_id,
        calculation_id=calculation.id,
        outcome=calculation.outcome,
        reasoning=str(values["reasoning"]).strip(),
        legal_basis=_texts(values["legal_basis"]),
        repayment_condition=str(values["repayment_condition"]),
        hearing_id=None if hearing is None else hearing.id,
        hearing_exception="" if hearing is not None else exception,
        proposed_by=ctx.require_actor().user,
        proposed_at=ctx.now,
        help_kind=calculation.help_kind,
    )
    if calculation.outcome is Outcome.UNKNOWN:
        raise RuleError(
            "Der kan ikke træffes afgørelse, før alle oplysninger er kendt."
            " Vælg «Vurdér sagen igen», og indhent det, der mangler."
        )
    if proposal.is_adverse and hearing is None and not exception:
        raise RuleError(
            "Parten skal høres, før du kan foreslå afslag eller mindre end ansøgt."
            " Vælg «Hør parten først», eller skriv, hvorfor høring kan undlades (FVL § 19, stk. 2)."
        )
    ctx.uow.decisions.save_proposal(proposal)
    return {**scalars, "proposal_id": proposal.id}


def _own_wish(ctx: StepContext, calculation: Calculation) -> str:
    """Return why nobody is heard on what they asked for themselves (FVL § 19); else nothing."""
    cessation = ctx.uow.cessations.of_calculation(calculation.id)
    return WISHED if cessation is not None and cessation.is_wished else ""


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, tuple | list):
        raise TypeError("legal_basis is a tuple of texts")
    return tuple(str(each) for each in value)


def _hearing_of(ctx: StepContext, calculation: Calculation) -> PartyHearing | None:
    """Return the concluded hearing that counts for this calculation."""
    return next(
        (
            hearing
            for hearing in ctx.uow.hearings.of_case(calculation.case_id)
            if hearing.is_held and hearing.calculation_id == calculation.id
        ),
        None,
    )


@receives("decision.approve")
def approve(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Approve a proposal or send it back with a reason (godkend afgørelse, fire øjne)."""
    by = ctx.require_actor().user
    proposal = ctx.uow.decisions.proposal(str(task.variables["proposal_id"]))
    if values["approved"]:
        approved = decisions.approve(
            proposal,
            by=by,
            contributors=ctx.uow.decisions.contributors(task.case_id),
            at=ctx.now,
        )
        ctx.uow.decisions.save_proposal(approved)
        return {"approved": True}
    returned = decisions.send_back(proposal, by=by, reason=str(values["reason"]))
    ctx.uow.decisions.save_proposal(returned)
    ctx.note(task.case_id, f"Forslag sendt tilbage: {values['reason']}")
    return {"approved": False}


@step("decisions.propose_automatically")
def propose_automatically(ctx: StepContext, *, case_id: str, calculation_id: str) -> Variables:
    """Propose what is fully favourable and needs no discretion; anything else is refused."""
    calculation = ctx.uow.calculations.get(calculation_id)
    proposal = Proposal(
        id=ctx.new_id(),
        case_id=case_id,
        calculation_id=calculation_id,
        outcome=calculation.outcome,
        reasoning="Du opfylder betingelserne og får det, du har søgt om.",
        legal_basis=decisions.legal_basis(calculation),
        repayment_condition="",
        hearing_id=None,
        hearing_exception="",
        proposed_by=ctx.user,
        proposed_at=ctx.now,
        second_person_needed=False,
    )
    safeguards.check_issue_favourable(proposal, calculation=calculation)
    ctx.uow.decisions.save_proposal(proposal)
    return {"proposal_id": proposal.id}


@step("decisions.issue_favourable")
def issue_favourable(ctx: StepContext, *, proposal_id: str) -> Variables:
    """Issue a decision that gives everything applied for; it cannot issue anything else."""
    proposal = ctx.uow.decisions.proposal(proposal_id)
    calculation = ctx.uow.calculations.get(proposal.calculation_id)
    _check_still_holds(ctx, calculation)
    safeguards.check_favourable_change(calculation, _standing(ctx, proposal.case_id))
    safeguards.check_issue_favourable(proposal, calculation=calculation)
    return _issue(ctx, proposal, calculation)


@step("decisions.issue", adverse=True)
def issue(ctx: StepContext, *, proposal_id: str, second_person: bool) -> Variables:
    """Issue a decision (udsted afgørelse) a person has proposed and, when needed, another approved.

    Law: FVL §§ 19-25. The safeguards refuse what has no person, reasons, hearing or approval.
    """
    proposal = replace(ctx.uow.decisions.proposal(proposal_id), second_person_needed=second_person)
    ctx.uow.decisions.save_proposal(proposal)
    calculation = ctx.uow.calculations.get(proposal.calculation_id)
    hearing = None if proposal.hearing_id is None else ctx.uow.hearings.get(proposal.hearing_id)
    _check_still_holds(ctx, calculation)
    if calculation.help_kind is HelpKind.SANCTION:
        _check_sanction(ctx, calculation)
    if calculation.help_kind is HelpKind.SUPPORT:
        safeguards.check_lowering(
            proposal,
            calculation=calculation,
            hearing=hearing,
            earlier=_standing(ctx, proposal.case_id),
        )
    safeguards.check_issue(
        proposal,
        calculation=calculation,
        hearing=hearing,
        contributors=ctx.uow.decisions.contributors(proposal.case_id),
    )
    return _issue(ctx, proposal, calculation)


def _check_sanction(ctx: StepContext, calculation: Calculation) -> None:
    """Ask once more whether every condition of a sanction is known to be met.

    Law: LAS § 35. Whatever the diagrams did before; that there was help on the day was calculated.
    """
    request = ctx.uow.sanctions.of_calculation(calculation.id)
    if request is None:
        raise SafeguardError("Sanktionen har ingen anmodning. Vurdér sagen igen.")
    case = ctx.uow.cases.get(calculation.case_id)
    found = sanction_cases.conditions(
        request,
        ctx.uow.sanctions.of_case(case.id),
        is_helped=True,
        has_spouse=any(party.role is PartyRole.SPOUSE for party in case.parties),
        today=ctx.today,
        rates=ctx.rates,
    )
    sanction_cases.check_may_decide(request, found, calculation.id)


def _check_still_holds(ctx: StepContext, calculation: Calculation) -> None:
    """Ask whether life has overtaken the case since it was calculated."""
    case = ctx.uow.cases.lock(calculation.case_id)
    facts = ctx.uow.facts.of_case(case.id)
    known = Facts.as_known(facts, ctx.now)
    dead = life.dead_parties(case, known, ctx.today)
    application = ctx.uow.cases.application_of_case(case.id)
    is_support = calculation.help_kind is HelpKind.SUPPORT
    changed = life.changed_kinds(
        Facts.as_known(facts, calculation.made_at),
        known,
        parties=[party.id for party in case.parties],
        months=[month.month for month in calculation.months],
    )
    if is_support:
        safeguards.check_help_answered(_question(ctx, application))
    safeguards.check_still_holds(
        # Help now is judged on what the citizen can dispose of; registers may answer afterwards.
        changed if is_support else (),
        is_withdrawn=life.withdrawal(ctx.uow.life.of_case(case.id)) is not None,
        nobody_lives=not life.survivors(case, application, dead),
    )


def _question(ctx: StepContext, application: Application) -> ImmediateHelp:
    """Return the question of immediate help; one from before it was put has its own answer."""
    return ctx.uow.immediate_help.of_application(application.id) or immediate_help.ask(
        application.answers,
        help_id="",
        case_id=application.case_id,
        application_id=application.id,
        at=application.received_at,
    )


def _standing(ctx: StepContext, case_id: str) -> tuple[DecidedLine, ...]:
    """Return what the newest decision that was sent gives."""
    sent = [each for each in ctx.uow.decisions.of_case(case_id) if each.sent_at is not None]
    newest = max(sent, key=lambda each: each.issued_at, default=None)
    return () if newest is None else newest.lines


def lines_of(ctx: StepContext, calculation: Calculation) -> tuple[DecidedLine, ...] | None:
    """Return the lines of a decision that follows another; None when it is the first."""
    standing = _standing(ctx, calculation.case_id)
    if calculation.help_kind is not HelpKind.SUPPORT or not standing:
        return None
    refused = calculation.outcome is Outcome.REFUSED
    return reassessment.lines_after(
        () if refused else decisions.decided_lines(calculation),
        standing,
        calculation,
        Facts.as_known(ctx.uow.facts.of_case(calculation.case_id), ctx.now),
    )


def _issue(ctx: StepContext, proposal: Proposal, calculation: Calculation) -> Variables:
    case = ctx.uow.cases.lock(proposal.case_id)
    for known in ctx.uow.decisions.of_case(case.id, help_kind=proposal.help_kind):
        if known.proposal_id == proposal.id:
            return _issued(known)
    decision = decisions.issue(
        proposal,
        calculation,
        decision_id=ctx.new_id(),
        number=ctx.uow.decisions.next_number(case.id),
        municipality_name=ctx.uow.setup.municipality().name,
        contributors=ctx.uow.decisions.contributors(case.id),
        at=ctx.now,
        lines=lines_of(ctx, calculation),
    )
    if decision.help_kind is not HelpKind.SUPPORT:
        # It stands beside the monthly support, and moves the case nowhere.
        ctx.uow.decisions.add(decision)
        what = BESIDE[decision.help_kind]
        ctx.note(case.id, f"Afgørelse {decision.number} om {what}: {decision.outcome}.")
        return _issued(decision)
    check_move(case.state, CaseState.DECIDED)
    ctx.uow.decisions.add(decision)
    ctx.uow.cases.set_state(case.id, CaseState.DECIDED)
    ctx.index(case.id)
    if ctx.uow.processes.is_awaited("case-decided", case.id):
        ctx.tell("case-decided", case.id, {}, case_id=case.id, tries=decision.id)
    ctx.note(case.id, f"Afgørelse {decision.number}: {decision.outcome}.")
    ctx.leave(
        "send.event",
        case.id,
        {"case_id": case.id, "kind": "sag.afgjort"},
        key=f"event:{decision.id}:sag.afgjort",
    )
    return _issued(decision)


def _issued(decision: Decision) -> Variables:
    return {"decision_id": decision.id, "outcome": str(decision.outcome)}
