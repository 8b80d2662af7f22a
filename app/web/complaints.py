"""Complaints: made on the citizen's pages, written down and followed on the case."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.security.guards import allow, token
from app.web.shell import words
from app.web.shell.core import actor, core
from forms.complaints import ComplainForm, ComplaintForCitizen
from processes.domain.complaints import (
    BOARD_NAMES,
    CHANNEL_NAMES,
    VERDICT_NAMES,
    ComplaintChannel,
    ComplaintState,
)
from processes.domain.errors import NotFoundError, RuleError
from processes.ports.pages import CaseTab

bp = Blueprint("complaints", __name__)

Answer = str | Response | tuple[str, int]

STATE_WORDS = {
    ComplaintState.RECEIVED: "Andre øjne ser på afgørelsen igen",
    ComplaintState.REASSESSED: "Der er medhold, og en ny afgørelse er på vej",
    ComplaintState.ASKED: "Der er medhold i en del; borgeren er spurgt, om resten fastholdes",
    ComplaintState.FORWARDING: "Klagen er ved at blive sendt til Ankestyrelsen",
    ComplaintState.FORWARDED: "Klagen ligger hos Ankestyrelsen",
    ComplaintState.CLOSED: "Klagen er afsluttet",
}
TO_CITIZEN = STATE_WORDS | {
    ComplaintState.RECEIVED: "En anden medarbejder ser på afgørelsen igen",
    ComplaintState.REASSESSED: "Du får medhold, og en ny afgørelse er på vej",
    ComplaintState.ASKED: "Du har fået medhold i en del. Vil du fastholde resten?",
}


@bp.get("/selvbetjening/klage/<case_id>")
@allow("citizen.follow")
def mine(case_id: str) -> str:
    """Show which decisions can be complained of, and what became of one's complaints."""
    page = core().complaints.mine(case_id, actor())
    return render_template("citizen/complaints.html", page=page, states=TO_CITIZEN)


@bp.get("/selvbetjening/klage/<case_id>/<decision_id>")
@allow("citizen.follow")
def complain_form(case_id: str, decision_id: str) -> str:
    """Ask what is wrong with a decision."""
    return _complain_page(case_id, decision_id, ComplainForm(token=token()))


@bp.post("/selvbetjening/klage/<case_id>/<decision_id>")
@allow("citizen.write")
def complain(case_id: str, decision_id: str) -> Answer:
    """Take in a complaint."""
    form = ComplainForm(request.form, token=token())
    if not form.validate():
        return _complain_page(case_id, decision_id, form), 422
    try:
        made = core().complaints.complain(case_id, decision_id, form.text.data or "", actor())
    except NotFoundError:
        raise
    except RuleError as error:
        return _complain_page(case_id, decision_id, form, str(error)), 422
    flash(
        f"Vi har fået din klage. Du får svar senest {words.dato(made.forward_by)}, og vi sender dig"
        " en kvittering."
    )
    return redirect(url_for("complaints.mine", case_id=case_id))


@bp.post("/selvbetjening/klage/<complaint_id>/fasthold")
@allow("citizen.write")
def maintain(complaint_id: str) -> Response:
    """Say that the complaint stands."""
    complaint = core().complaints.maintain(complaint_id, actor())
    flash("Din klage fastholdes. Vi sender den og sagens papirer til Ankestyrelsen.")
    return redirect(url_for("complaints.mine", case_id=complaint.case_id))


@bp.get("/sager/<case_id>/klager")
@allow("case.read")
def of_case(case_id: str) -> str:
    """Show the complaints of a case."""
    return _case_page(case_id, None, None)


@bp.get("/sager/<case_id>/klager/<decision_id>")
@allow("complaint.register")
def register_form(case_id: str, decision_id: str) -> str:
    """Ask for a complaint that was told or sent."""
    form = ComplaintForCitizen(token=token(), today=core().clock.today())
    return _case_page(case_id, decision_id, form)


@bp.post("/sager/<case_id>/klager/<decision_id>")
@allow("complaint.register")
def register(case_id: str, decision_id: str) -> Answer:
    """Write down a complaint that was told or sent."""
    form = ComplaintForCitizen(request.form, token=token(), today=core().clock.today())
    if not form.validate():
        return _case_page(case_id, decision_id, form), 422
    try:
        core().complaints.register(
            case_id,
            decision_id,
            form.text.data or "",
            channel=ComplaintChannel(str(form.channel.data)),
            received_on=form.received_on.data,
            by=actor(),
        )
    except NotFoundError:
        raise
    except RuleError as error:
        return _case_page(case_id, decision_id, form, str(error)), 422
    flash("Klagen er registreret. Borgeren får en kvittering, og en anden ser på afgørelsen igen.")
    return redirect(url_for("complaints.of_case", case_id=case_id))


@bp.post("/sager/<case_id>/klager/<complaint_id>/fasthold")
@allow("complaint.register")
def maintain_for(case_id: str, complaint_id: str) -> Response:
    """Write down that the citizen's complaint stands."""
    core().complaints.maintain_for(complaint_id, actor())
    flash("Klagen fastholdes og sendes til Ankestyrelsen.")
    return redirect(url_for("complaints.of_case", case_id=case_id))


def _complain_page(case_id: str, decision_id: str, form: ComplainForm, problem: str = "") -> str:
    page = core().complaints.mine(case_id, actor())
    decision = next((each for each in page.decisions if each.id == decision_id), None)
    if decision is None:
        raise NotFoundError("Afgørelsen findes ikke i din sag. Vælg en på listen.")
    return render_template(
        "citizen/complain.html", page=page, decision=decision, form=form, problem=problem
    )


def _case_page(
    case_id: str, decision_id: str | None, form: ComplaintForCitizen | None, problem: str = ""
) -> str:
    found = core().complaints.of_case(case_id, actor())
    if decision_id is not None and decision_id not in {each.id for each in found.decisions}:
        raise NotFoundError("Afgørelsen findes ikke i sagen. Vælg en på listen.")
    return render_template(
        "cases/complaints.html",
        page=core().cases.page(case_id, actor(), CaseTab.COMPLAINTS),
        tab="complaints",
        found=found,
        decision_id=decision_id,
        form=form,
        problem=problem,
        states=STATE_WORDS,
        verdicts=VERDICT_NAMES,
        channels=CHANNEL_NAMES,
        board=BOARD_NAMES,
    )
