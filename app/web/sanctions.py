"""Sanctions on a case: what was asked for and what came of it, ask for one, take one back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.security.guards import allow, token
from app.web.shell import words
from app.web.shell.core import actor, core
from forms.sanctions import SanctionReport, SanctionWithdrawal
from processes.domain.errors import NotFoundError, RuleError
from processes.ports.change_desks import SanctionsPage
from processes.ports.pages import CaseTab

bp = Blueprint("sanctions", __name__)

Answer = str | Response | tuple[str, int]
TAB = CaseTab.CHANGES.value


@bp.get("/sager/<case_id>/sanktioner")
@allow("case.read")
def of_case(case_id: str) -> str:
    """Show every request with what came of it."""
    return _page(case_id)


@bp.get("/sager/<case_id>/sanktioner/ny")
@allow("sanction.register")
def report_form(case_id: str) -> str:
    """Show the questions about what the jobcentre asks for."""
    return _report_page(case_id, _form(core().sanctions.of_case(case_id, actor())))


@bp.post("/sager/<case_id>/sanktioner/ny")
@allow("sanction.register")
def report(case_id: str) -> Answer:
    """Type in a request."""
    kind = SanctionReport.of(_people(core().sanctions.of_case(case_id, actor())))
    form = kind(request.form, token=token())
    if not form.validate():
        return _report_page(case_id, form), 422
    try:
        core().sanctions.ask_for(case_id, str(form["party"].data), form.told(), actor())
    except NotFoundError:
        raise
    except RuleError as error:
        return _report_page(case_id, form, str(error)), 422
    flash("Anmodningen er gemt på sagen. Hjælpen er uændret.")
    return redirect(url_for("sanctions.of_case", case_id=case_id))


@bp.post("/sager/<case_id>/sanktioner/<sanction_id>/traek-tilbage")
@allow("sanction.register")
def withdraw(case_id: str, sanction_id: str) -> Answer:
    """Take a request back."""
    form = SanctionWithdrawal(request.form, token=token())
    if not form.validate():
        return _page(case_id, form, sanction_id), 422
    try:
        core().sanctions.withdraw(case_id, sanction_id, form.reason.data or "", actor())
    except NotFoundError:
        raise
    except RuleError as error:
        return _page(case_id, form, sanction_id, str(error)), 422
    flash("Anmodningen er trukket tilbage. Hjælpen er uændret.")
    return redirect(url_for("sanctions.of_case", case_id=case_id))


def _page(
    case_id: str, form: SanctionWithdrawal | None = None, about: str = "", problem: str = ""
) -> str:
    return render_template(
        "cases/sanctions.html",
        page=core().cases.page(case_id, actor(), CaseTab.CHANGES),
        sanctions=core().sanctions.of_case(case_id, actor()),
        tab=TAB,
        form=form or SanctionWithdrawal(token=token()),
        about=about,
        problem=problem,
    )


def _report_page(case_id: str, form: SanctionReport, problem: str = "") -> str:
    page = core().cases.page(case_id, actor(), CaseTab.CHANGES)
    return render_template(
        "cases/sanction_report.html", page=page, tab=TAB, form=form, problem=problem
    )


def _form(page: SanctionsPage) -> SanctionReport:
    return SanctionReport.of(_people(page))(token=token())


def _people(page: SanctionsPage) -> list[tuple[str, str]]:
    return [(each.id, words.navn(each.name) or "Navnet er ikke hentet") for each in page.people]
