"""What happens in a citizen's life: told on the citizen's page, and on the case for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response

from app.security.guards import allow, token
from app.web.shell import words
from app.web.shell.core import actor, core
from forms.life import (
    DESK_NAMES,
    TELL_FORMS,
    TELL_NAMES,
    TellForm,
    WithdrawForCitizen,
    WithdrawForm,
    reported,
)
from processes.domain.access import may
from processes.domain.cases import Case, PartyRole
from processes.domain.errors import NotFoundError, RuleError
from processes.domain.life import EventKind
from processes.ports.pages import CaseTab, LifePage

bp = Blueprint("life", __name__)

Answer = str | Response | tuple[str, int]
Typed = ImmutableMultiDict[str, str]
"""A form as it was sent."""


# ---- the citizen ------------------------------------------------------------------------------


@bp.get("/selvbetjening/aendring/<case_id>")
@allow("citizen.follow")
def mine(case_id: str) -> str:
    """Show what can be told, and what was."""
    page = core().life.mine(case_id, actor())
    return render_template("citizen/changes.html", page=page, names=TELL_NAMES)


@bp.get("/selvbetjening/aendring/<case_id>/<kind>")
@allow("citizen.follow")
def tell_form(case_id: str, kind: str) -> str:
    """Show the questions of one kind of change."""
    form = TELL_FORMS[_kind(kind, TELL_NAMES)](token=token())
    return _tell_page(case_id, form)


@bp.post("/selvbetjening/aendring/<case_id>/<kind>")
@allow("citizen.follow")
def tell(case_id: str, kind: str) -> Answer:
    """Take in a change."""
    form = TELL_FORMS[_kind(kind, TELL_NAMES)](request.form, token=token())
    if not form.validate():
        return _tell_page(case_id, form), 422
    try:
        core().life.tell(case_id, form.told(), actor())
    except NotFoundError:
        raise
    except RuleError as error:
        return _tell_page(case_id, form, str(error)), 422
    flash("Tak. Vi har gemt det på din sag, og en sagsbehandler ser på det.")
    return redirect(url_for("life.mine", case_id=case_id))


@bp.get("/selvbetjening/traek-tilbage/<case_id>")
@allow("citizen.follow")
def withdraw_form(case_id: str) -> str:
    """Say what it means to withdraw an application, before it is done."""
    return _withdraw_page(case_id, WithdrawForm(token=token()))


@bp.post("/selvbetjening/traek-tilbage/<case_id>")
@allow("citizen.follow")
def withdraw(case_id: str) -> Answer:
    """Withdraw an application."""
    form = WithdrawForm(request.form, token=token())
    if not form.validate():
        return _withdraw_page(case_id, form), 422
    try:
        core().life.withdraw(case_id, form.reason.data or "", actor())
    except NotFoundError:
        raise
    except RuleError as error:
        return _withdraw_page(case_id, form, str(error)), 422
    flash("Din ansøgning er trukket tilbage. Du får et brev om det.")
    return redirect(url_for("citizen.overview"))


def _tell_page(case_id: str, form: TellForm, problem: str = "") -> str:
    page = core().life.mine(case_id, actor())
    return render_template(
        "citizen/tell.html", page=page, form=form, heading=TELL_NAMES[form.kind], problem=problem
    )


def _withdraw_page(case_id: str, form: WithdrawForm, problem: str = "") -> str:
    page = core().life.mine(case_id, actor())
    return render_template("citizen/withdraw.html", page=page, form=form, problem=problem)


# ---- on the case ------------------------------------------------------------------------------


@bp.get("/sager/<case_id>/aendringer")
@allow("case.read")
def of_case(case_id: str) -> str:
    """Show what happened, and where to write down more."""
    return _case_page(case_id, None)


@bp.get("/sager/<case_id>/aendringer/<kind>")
@allow("event.register")
def report_form(case_id: str, kind: str) -> str:
    """Show the questions of one kind of event."""
    return _report_page(case_id, _report(case_id, kind, None))


@bp.post("/sager/<case_id>/aendringer/<kind>")
@allow("event.register")
def report(case_id: str, kind: str) -> Answer:
    """Write down what somebody told, on the citizen's behalf."""
    form = _report(case_id, kind, request.form)
    if not form.validate():
        return _report_page(case_id, form), 422
    try:
        core().life.tell_for(case_id, _party(form), form.told(), actor())
    except NotFoundError:
        raise
    except RuleError as error:
        return _report_page(case_id, form, str(error)), 422
    flash("Hændelsen er gemt på sagen. En opgave kommer, hvis der skal ses på den.")
    return redirect(url_for("life.of_case", case_id=case_id))


@bp.post("/sager/<case_id>/traek-tilbage")
@allow("application.withdraw")
def withdraw_for(case_id: str) -> Answer:
    """Withdraw an application on the citizen's behalf."""
    page = core().life.of_case(case_id, actor())
    form = _withdraw_form(page, request.form)
    if not form.validate():
        return _case_page(case_id, form), 422
    try:
        core().life.withdraw_for(case_id, _party(form), form.reason.data or "", actor())
    except NotFoundError:
        raise
    except RuleError as error:
        return _case_page(case_id, form, str(error)), 422
    flash("Ansøgningen er trukket tilbage. Sagen lukker, og alle parter får brev.")
    return redirect(url_for("life.of_case", case_id=case_id))


def _case_page(case_id: str, form: WithdrawForCitizen | None, problem: str = "") -> str:
    told = core().life.of_case(case_id, actor())
    if form is None and told.may_withdraw and may(actor(), "application.withdraw"):
        form = _withdraw_form(told, None)
    return render_template(
        "cases/changes.html",
        page=core().cases.page(case_id, actor(), CaseTab.CHANGES),
        life=told,
        tab="changes",
        form=form,
        problem=problem,
        kinds={kind.value: name for kind, name in DESK_NAMES.items()},
    )


def _report_page(case_id: str, form: TellForm, problem: str = "") -> str:
    page = core().cases.page(case_id, actor(), CaseTab.CHANGES)
    heading = f"Registrér: {DESK_NAMES[form.kind].lower()}"
    return render_template(
        "cases/report.html", page=page, tab="changes", form=form, heading=heading, problem=problem
    )


def _report(case_id: str, kind: str, typed: Typed | None) -> TellForm:
    page = core().life.of_case(case_id, actor())
    form = reported(_kind(kind, DESK_NAMES), _people(page.case))
    return form(typed, token=token())


def _withdraw_form(page: LifePage, typed: Typed | None) -> WithdrawForCitizen:
    people = [(each.id, _name(each.name)) for each in page.applicants]
    return WithdrawForCitizen.of(people)(typed, token=token())


def _people(case: Case) -> Sequence[tuple[str, str]]:
    told_of = {PartyRole.PRIMARY, PartyRole.SPOUSE, PartyRole.CHILD}
    return [(each.id, _name(each.name)) for each in case.parties if each.role in told_of]


def _name(name: str) -> str:
    return words.navn(name) or "Navnet er ikke hentet endnu"


def _party(form: object) -> str:
    return str(form.party.data)  # type: ignore[attr-defined]  # the field is made with the form


def _kind(word: str, offered: Mapping[EventKind, str]) -> EventKind:
    found = next((kind for kind in offered if kind.value == word), None)
    if found is None:
        raise NotFoundError("Den slags ændring findes ikke. Gå tilbage, og vælg på listen.")
    return found
