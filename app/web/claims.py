"""Repayment and money management on a case's page, and the municipality's claims (krav)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.security.guards import allow, token
from app.web.shell.core import actor, core
from forms.repayments import RaiseMatter
from processes.domain.claims import EVENT_NAMES, ClaimEventKind
from processes.domain.errors import RuleError
from processes.domain.matters import MATTER_NAMES, MatterKind, MatterState
from processes.domain.money import total
from processes.ports.matters import CaseMatters

bp = Blueprint("claims", __name__)

Answer = str | Response | tuple[str, int]

STATE_WORDS = {
    MatterState.RAISED: "Vurderes",
    MatterState.DROPPED: "Intet besluttet",
    MatterState.DECIDED: "Afgjort",
    MatterState.ENDED: "Hørt op",
}


@bp.get("/sager/<case_id>/krav")
@allow("case.read")
def of_case(case_id: str) -> str:
    """Show the case's questions of their own: repayment and money management."""
    return _case_page(core().repayments.of_case(case_id, actor()), None)


@bp.post("/sager/<case_id>/krav")
@allow("matter.raise")
def raise_matter(case_id: str) -> Answer:
    """Raise the question of repayment, or of money management, for somebody."""
    page = core().repayments.of_case(case_id, actor())
    form = RaiseMatter.for_parties(page.adults, request.form, token=token())
    if form.validate():
        try:
            core().repayments.raise_matter(
                case_id,
                MatterKind(form.kind.data),
                form.party.data,
                form.cause.data or "",
                actor(),
            )
        except RuleError as error:
            form.cause.errors = [str(error)]
        else:
            flash("Det ligger nu som en opgave at vurdere.")
            return redirect(url_for("claims.of_case", case_id=case_id))
    return _case_page(page, form), 422


@bp.post("/saerskilt/<matter_id>/opsig")
@allow("matter.raise")
def call_off(matter_id: str) -> Response:
    """Stop paying somebody's bills, because they want it."""
    case_id = core().repayments.call_off(matter_id, actor())
    flash("Administrationen stopper, og borgeren får brev om det.")
    return redirect(url_for("claims.of_case", case_id=case_id))


@bp.get("/krav")
@allow("claim.read")
def index() -> str:
    """List the municipality's claims."""
    found = core().repayments.claims(actor())
    return render_template(
        "claims/index.html",
        claims=found,
        claimed=total(each.claim.amount for each in found),
        left=total(each.standing.left for each in found),
    )


@bp.get("/krav/<claim_id>")
@allow("claim.read")
def show(claim_id: str) -> str:
    """Show one claim with everything that became of it."""
    return render_template(
        "claims/show.html",
        claim=core().repayments.claim(claim_id, actor()),
        event_names=EVENT_NAMES,
        amounts=set(ClaimEventKind) - {ClaimEventKind.REGISTERED, ClaimEventKind.REJECTED},
    )


def _case_page(page: CaseMatters, form: RaiseMatter | None) -> str:
    return render_template(
        "claims/case.html",
        page=page,
        case=page.case,
        kind_names=MATTER_NAMES,
        state_words=STATE_WORDS,
        raise_form=form or RaiseMatter.for_parties(page.adults, token=token()),
    )
