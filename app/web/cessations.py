"""The end of running help: asked for on the citizen's page, and on the case for them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.security.guards import allow, token
from app.web.shell import words
from app.web.shell.core import actor, core
from forms.cessations import StopHelp, StopHelpFor
from processes.domain.cessations import CessationGround
from processes.domain.errors import NotFoundError, RuleError
from processes.ports.change_desks import CessationsPage
from processes.ports.pages import CaseTab

bp = Blueprint("cessations", __name__)

Answer = str | Response | tuple[str, int]


@bp.get("/selvbetjening/stop-hjaelp/<case_id>")
@allow("citizen.follow")
def mine(case_id: str) -> str:
    """Say what it means to stop one's help, before it is asked for."""
    return _citizen_page(case_id, StopHelp(token=token()))


@bp.post("/selvbetjening/stop-hjaelp/<case_id>")
@allow("citizen.follow")
def wish(case_id: str) -> Answer:
    """Ask that one's help ends."""
    form = StopHelp(request.form, token=token())
    if not form.validate():
        return _citizen_page(case_id, form), 422
    ground = CessationGround(str(form.ground.data))
    try:
        core().cessations.wish(case_id, ground, form.ends_on, form.text.data or "", actor())
    except NotFoundError:
        raise
    except RuleError as error:
        return _citizen_page(case_id, form, str(error)), 422
    flash("Tak. En sagsbehandler ser på det, og du får et brev, før hjælpen stopper.")
    return redirect(url_for("life.mine", case_id=case_id))


@bp.get("/sager/<case_id>/ophoer")
@allow("case.read")
def of_case(case_id: str) -> str:
    """Show whether help runs, and what was asked for."""
    page = core().cessations.of_case(case_id, actor())
    return _case_page(case_id, page, StopHelpFor.of(_people(page))(token=token()))


@bp.post("/sager/<case_id>/ophoer")
@allow("event.register")
def begin(case_id: str) -> Answer:
    """Write down that help is to end."""
    page = core().cessations.of_case(case_id, actor())
    form = StopHelpFor.of(_people(page))(request.form, token=token())
    if not form.validate():
        return _case_page(case_id, page, form), 422
    ground, party = CessationGround(str(form.ground.data)), str(form["party"].data)
    try:
        core().cessations.begin(case_id, party, ground, form.ends_on, form.text.data or "", actor())
    except NotFoundError:
        raise
    except RuleError as error:
        return _case_page(case_id, page, form, str(error)), 422
    flash("Ophøret er gemt på sagen. Hjælpen er uændret, til en afgørelse er sendt.")
    return redirect(url_for("cessations.of_case", case_id=case_id))


def _citizen_page(case_id: str, form: StopHelp, problem: str = "") -> str:
    page = core().cessations.mine(case_id, actor())
    return render_template("citizen/stop_help.html", page=page, form=form, problem=problem)


def _case_page(case_id: str, ends: CessationsPage, form: StopHelp, problem: str = "") -> str:
    return render_template(
        "cases/cessation.html",
        page=core().cases.page(case_id, actor(), CaseTab.CHANGES),
        ends=ends,
        tab=CaseTab.CHANGES.value,
        form=form,
        problem=problem,
    )


def _people(page: CessationsPage) -> list[tuple[str, str]]:
    return [(each.id, words.navn(each.name) or "Navnet er ikke hentet") for each in page.people]
