"""The month's income of everybody with running help: start a look, and see how it came out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.security.guards import allow, token
from app.web.shell.core import actor, core
from forms.incomes import StartIncomeCheck
from processes.domain.errors import RuleError
from processes.domain.periods import Month

bp = Blueprint("incomes", __name__)

Answer = str | Response | tuple[str, int]


@bp.get("/indkomst")
@allow("run.read")
def index() -> str:
    """Show the looks of the last year."""
    return _page(StartIncomeCheck(token=token()))


@bp.post("/indkomst/opgoer")
@allow("run.manage")
def start() -> Answer:
    """Look at a month's income."""
    form = StartIncomeCheck(request.form, token=token())
    if not form.validate() or not isinstance(form.month.data, Month):
        return _page(form), 422
    try:
        core().incomes.start(form.month.data, actor())
    except RuleError as error:
        return _page(form, str(error)), 422
    flash("Månedens indkomst hentes nu. Forskelle bliver til opgaver.")
    return redirect(url_for("incomes.index"))


def _page(form: StartIncomeCheck, problem: str = "") -> str:
    rows = core().incomes.all(actor())
    return render_template("incomes/index.html", rows=rows, form=form, problem=problem)
