"""Answers: what would the letter say, if the task were completed now?

Composes with the same words as the letter that is sent. Stores nothing, holds no row.
"""

from __future__ import annotations

from processes.domain import decisions, hearings, letters
from processes.domain.calculation import HelpKind, Outcome
from processes.domain.cases import Case
from processes.domain.deadlines import DeadlineKind
from processes.domain.decisions import Proposal
from processes.domain.errors import RuleError, UnknownFactError
from processes.domain.hearings import PartyHearing
from processes.domain.letters import Letter
from processes.ports.pages import GAP
from processes.ports.records import UserTask
from processes.stages.decisions import lines_of
from processes.stages.letters import decision_letter, sender_of
from processes.steps import StepContext

PREVIEW_ID = "forhaandsvisning"
"""Stands where an id will stand; a letter does not show it."""


def letter_preview(
    ctx: StepContext,
    task: UserTask,
    case: Case,
    *,
    proposal: Proposal | None,
    hearing: PartyHearing | None,
) -> Letter | None:
    """Return the letter a task would send, as it stands now; None when it cannot be written yet."""
    try:
        match task.form_key:
            case "casework.prepare_hearing":
                return _hearing(ctx, task, case, hearing)
            case "decision.propose":
                return _decision(ctx, case, _as_typed(ctx, task, proposal))
            case "decision.approve" if proposal is not None:
                return _decision(ctx, case, proposal)
    except RuleError:
        # What is missing is told on the page and refused by the verb; half a letter is not shown.
        return None
    return None


def _hearing(ctx: StepContext, task: UserTask, case: Case, last: PartyHearing | None) -> Letter:
    calculation = ctx.uow.calculations.get(str(task.variables["calculation_id"]))
    drafted = last.statement if last else hearings.draft_statement(calculation, case)
    days = task.draft.get("hearing_days", "")
    hearing = hearings.open_hearing(
        hearing_id=PREVIEW_ID,
        case_id=case.id,
        calculation_id=calculation.id,
        statement=task.draft.get("statement") or drafted,
        days=int(days) if days.isdigit() else ctx.deadline_days(case.benefit, DeadlineKind.HEARING),
        at=ctx.now,
    )
    return letters.compose_hearing(
        hearing,
        calculation=calculation,
        case=case,
        receiver=case.primary_party,
        sender=sender_of(ctx, case),
        letter_id=PREVIEW_ID,
        dated_on=ctx.today,
        calendar=ctx.calendar,
    )


def _as_typed(ctx: StepContext, task: UserTask, last: Proposal | None) -> Proposal:
    """Return the proposal as it would be: what is saved of it, and a gap for the reasons."""
    calculation = ctx.uow.calculations.get(str(task.variables["calculation_id"]))
    typed = task.draft
    said = typed.get("reasoning", "" if last is None else last.reasoning).strip()
    laws = typed.get("legal_basis", "").splitlines() or decisions.legal_basis(calculation)
    condition = "" if last is None else last.repayment_condition
    return Proposal(
        id=PREVIEW_ID,
        case_id=task.case_id,
        calculation_id=calculation.id,
        outcome=calculation.outcome,
        reasoning=said or GAP,
        legal_basis=tuple(law.strip() for law in laws if law.strip()),
        repayment_condition=typed.get("repayment_condition", condition).strip(),
        hearing_id=None,
        hearing_exception="",
        proposed_by=ctx.user,
        proposed_at=ctx.now,
        help_kind=calculation.help_kind,
    )


def _made(ctx: StepContext, case: Case) -> int:
    """Count the decisions of a case, whatever help they are about."""
    return sum(len(ctx.uow.decisions.of_case(case.id, help_kind=kind)) for kind in HelpKind)


def _decision(ctx: StepContext, case: Case, proposal: Proposal) -> Letter:
    calculation = ctx.uow.calculations.get(proposal.calculation_id)
    if calculation.outcome is Outcome.UNKNOWN:
        raise UnknownFactError("Brevet kan ikke skrives, før alle oplysninger er kendt.")
    decision = decisions.issue(
        proposal,
        calculation,
        decision_id=PREVIEW_ID,
        number=decisions.number_after(case.number, _made(ctx, case)),
        municipality_name=ctx.uow.setup.municipality().name,
        contributors=(),
        at=ctx.now,
        lines=lines_of(ctx, calculation),
    )
    return decision_letter(
        ctx,
        decision,
        calculation,
        case=case,
        receiver=case.primary_party,
        sender=sender_of(ctx, case),
        letter_id=PREVIEW_ID,
    )
