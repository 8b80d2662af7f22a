"""Decide a question of its own: check the hearing's words, propose, approve, issue.

What the question is about is the business of the stage that raised it; this is what all have in
common. Nothing of it has effect before its letter was sent.
"""

from __future__ import annotations

from collections.abc import Mapping

from processes.domain import decisions, hearings, matters
from processes.domain.errors import RuleError
from processes.domain.hearings import PartyHearing
from processes.domain.matters import (
    MATTER_NAMES,
    Basis,
    MatterDecision,
    MatterProposal,
    MatterState,
)
from processes.ports.records import UserTask
from processes.steps import StepContext, Variables, receives, step


@receives("matter.prepare_hearing")
def prepare_hearing(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record the words a caseworker has checked; nothing is sent on what nobody has read."""
    statement, days = str(values["statement"]).strip(), values["hearing_days"]
    if not statement:
        raise RuleError("Skriv, hvad parten skal høres om.")
    if not isinstance(days, int):
        raise TypeError("hearing_days is a whole number")
    basis = ctx.uow.matters.basis(str(task.variables["basis_id"]))
    if not values["facts_unknown_to_party"]:
        # FVL § 19 asks for a hearing on what the party does not know; the proposal says why not.
        ctx.note(task.case_id, "Partshøring er ikke påkrævet: parten kender oplysningerne.")
        return {"hearing_wanted": False, "hearing_id": None}
    hearing = hearings.open_hearing(
        hearing_id=ctx.new_id(),
        case_id=task.case_id,
        calculation_id=basis.calculation_id,
        statement=statement,
        days=days,
        at=ctx.now,
        subject_id=basis.id,
    )
    ctx.uow.hearings.save(hearing)
    return {"hearing_wanted": True, "hearing_id": hearing.id}


@receives("matter.propose")
def propose(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record a proposal, or that the question must be assessed again."""
    if values["reassess"]:
        return {"proposal_id": None, "matter_reassess": True}
    basis = ctx.uow.matters.basis(str(task.variables["basis_id"]))
    hearing = _hearing_about(ctx, basis)
    exception = str(values["hearing_exception"]).strip()
    if basis.is_adverse and hearing is None and len(exception) < matters.LEAST_REASON_CHARACTERS:
        raise RuleError(
            "Parten er ikke hørt. Skriv, hvorfor høring kan undlades (FVL § 19, stk. 2), eller"
            " vælg at vurdere igen, så parten kan blive hørt."
        )
    proposal = MatterProposal(
        id=ctx.new_id(),
        matter_id=basis.matter_id,
        basis_id=basis.id,
        case_id=task.case_id,
        reasoning=str(values["reasoning"]).strip(),
        hearing_id=None if hearing is None else hearing.id,
        hearing_exception="" if hearing is not None else exception,
        proposed_by=ctx.require_actor().user,
        proposed_at=ctx.now,
    )
    if not proposal.reasoning:
        raise RuleError("Skriv begrundelsen. Den kommer til at stå i brevet.")
    ctx.uow.matters.save_proposal(proposal)
    return {"proposal_id": proposal.id, "matter_reassess": False}


@receives("matter.approve")
def approve(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Approve a proposal or send it back with a reason (fire øjne)."""
    by = ctx.require_actor().user
    proposal = ctx.uow.matters.proposal(str(task.variables["proposal_id"]))
    if not values["approved"]:
        reason = str(values["reason"])
        ctx.uow.matters.save_proposal(matters.send_back(proposal, by=by, reason=reason))
        ctx.note(task.case_id, f"Forslag sendt tilbage: {reason}")
        return {"approved": False}
    approved = matters.approve(
        proposal, by=by, contributors=_contributors(ctx, proposal), at=ctx.now
    )
    ctx.uow.matters.save_proposal(approved)
    return {"approved": True}


@step("matters.issue", adverse=True)
def issue(ctx: StepContext, *, proposal_id: str) -> Variables:
    """Issue a decision on a question a person proposed and another approved (udsted afgørelse).

    Law: FVL §§ 19-25. It has no effect before its letter was sent.
    """
    proposal = ctx.uow.matters.proposal(proposal_id)
    case = ctx.uow.cases.lock(proposal.case_id)
    matter = ctx.uow.matters.get(proposal.matter_id)
    for known in ctx.uow.matters.decisions(case.id, matter.kind):
        if known.proposal_id == proposal.id:
            return _issued(known)
    basis = ctx.uow.matters.basis(proposal.basis_id)
    hearing = None if proposal.hearing_id is None else ctx.uow.hearings.get(proposal.hearing_id)
    contributors = _contributors(ctx, proposal)
    matters.check_issue(proposal, basis=basis, hearing=hearing, contributors=contributors)
    made = len(ctx.uow.matters.decisions(case.id, matter.kind))
    decision = matters.issue(
        matter,
        proposal,
        basis,
        decision_id=ctx.new_id(),
        number=matters.number_after(case.number, matter.kind, made),
        appeal_instruction=decisions.appeal_instruction(ctx.uow.setup.municipality().name),
        contributors=contributors,
        at=ctx.now,
    )
    ctx.uow.matters.add_decision(decision)
    ctx.uow.matters.save(matters.moved(matter, MatterState.DECIDED))
    ctx.note(
        case.id,
        f"{MATTER_NAMES[matter.kind]}: afgørelse {decision.number}, {decision.amount.danish()}.",
    )
    return _issued(decision)


def _issued(decision: MatterDecision) -> Variables:
    return {"decision_id": decision.id}


def _contributors(ctx: StepContext, proposal: MatterProposal) -> frozenset[str]:
    """Return everyone who worked on the case, or proposed anything on this question."""
    proposed = {each.proposed_by for each in ctx.uow.matters.proposals(proposal.matter_id)}
    assessed = {each.made_by for each in ctx.uow.matters.bases(proposal.matter_id)}
    return frozenset({*ctx.uow.decisions.contributors(proposal.case_id), *proposed, *assessed})


def _hearing_about(ctx: StepContext, basis: Basis) -> PartyHearing | None:
    """Return the concluded hearing about this very basis."""
    return next(
        (each for each in ctx.uow.hearings.beside(basis.case_id, basis.id) if each.is_held), None
    )
