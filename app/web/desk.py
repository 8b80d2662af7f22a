"""Many tasks at once, and the filters somebody keeps of their inbox."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.security.guards import allow, token
from app.web.inbox import KINDS, VIEWS, list_page
from app.web.shell import words
from app.web.shell.core import actor, core
from forms.desk import FilterForm, KeepFilterForm, SeveralForm
from processes.domain.errors import RuleError
from processes.ports.pages import DeskAct, DeskChange, MoveReport
from processes.ports.records import InboxWish, TaskSort

bp = Blueprint("desk", __name__)

Answer = str | Response | tuple[str, int]

SAID = {
    DeskAct.CLAIM: "din nu",
    DeskAct.GIVE: "givet videre",
    DeskAct.PUT_BACK: "lagt tilbage til enheden",
    DeskAct.FOLLOW_UP: "lagt til opfølgning",
}


@bp.post("/opgaver/filter")
@allow("inbox.read")
def want() -> Response:
    """Filter a view; what was asked for is stored, and the address only points to it."""
    form = FilterForm(request.form, token=token(), kinds=KINDS)
    wish = _wish(form) if form.validate() else InboxWish()
    if wish.is_empty:
        return redirect(url_for("inbox.index", visning=_view()))
    saved = core().desk.want(wish, actor())
    return redirect(url_for("inbox.index", visning=_view(), f=saved.id))


@bp.post("/opgaver/filter/<filter_id>/gem")
@allow("inbox.read")
def keep(filter_id: str) -> Answer:
    """Keep a filter under a name, for oneself or for the unit."""
    form = KeepFilterForm(request.form, token=token(), units=sorted(actor().units))
    chosen = core().desk.filter(filter_id, actor())
    if form.validate():
        try:
            unit = str(form.unit.data or "")
            kept = core().desk.keep(filter_id, form.name.data or "", unit, actor())
        except RuleError as error:
            form.name.errors = [str(error)]
        else:
            flash(
                f"Filteret {kept.name} er gemt{f' og delt med {kept.unit}' if kept.unit else ''}."
            )
            return redirect(url_for("inbox.index", visning=_view(), f=filter_id))
    return list_page(_view(), chosen, keep_form=form), 422


@bp.post("/opgaver/filter/<filter_id>/slet")
@allow("inbox.read")
def forget(filter_id: str) -> Response:
    """Forget a kept filter."""
    name = core().desk.forget(filter_id, actor())
    flash(f"Filteret {name} er slettet.")
    return redirect(url_for("inbox.index", visning=_view()))


@bp.post("/opgaver/flere")
@allow("task.claim")
def change() -> Answer:
    """Take, give, lay back or put away the ticked tasks."""
    colleagues = core().desk.colleagues(actor())
    form = SeveralForm(
        request.form, token=token(), colleagues=colleagues, today=core().clock.today()
    )
    filter_id = request.form.get("f", "")
    chosen = core().desk.filter(filter_id, actor()) if filter_id else None
    if not form.validate():
        return list_page(_view(), chosen, several=form), 422
    wanted = DeskChange(
        act=DeskAct(str(form.act.data)),
        receiver=str(form.receiver.data or ""),
        day=form.day.data,
        reason=form.reason.data or "",
    )
    report = core().desk.change(form.tasks.data, wanted, actor())
    said = _said(report, wanted, colleagues.get(wanted.receiver, ""))
    if report.stays:
        return render_template("inbox/stayed.html", report=report, said=said, view=_view())
    flash(said)
    return redirect(
        url_for("inbox.index", visning=_view(), f=filter_id or None, fortryd=report.batch_id)
    )


@bp.post("/opgaver/flere/<batch_id>/fortryd")
@allow("task.claim")
def undo(batch_id: str) -> Answer:
    """Take back what was done to several tasks, as far as nobody has touched them."""
    report = core().desk.undo(batch_id, actor())
    back = sum(count for _, count in report.shares)
    said = f"Fortrudt: {words.antal(back, 'opgave er', 'opgaver er')} som før."
    if report.stays:
        return render_template("inbox/stayed.html", report=report, said=said, view=_view())
    flash(said)
    return redirect(url_for("inbox.index", visning=_view()))


def _wish(form: FilterForm) -> InboxWish:
    """Return what a filter asks for."""
    days = str(form.due_within.data or "")
    return InboxWish(
        form_key=str(form.kind.data or ""),
        due_within=int(days) if days else None,
        words=str(form.words.data or "").strip(),
        sort=TaskSort(str(form.sort.data or TaskSort.DUE.value)),
    )


def _view() -> str:
    """Return the view somebody came from."""
    view = request.values.get("visning", "mine")
    return view if view in VIEWS else "mine"


def _said(report: MoveReport, wanted: DeskChange, receiver: str) -> str:
    done = sum(count for _, count in report.shares)
    what = words.antal(done, "opgave er", "opgaver er")
    if wanted.act is DeskAct.GIVE:
        return f"{what} givet til {receiver}."
    if wanted.act is DeskAct.FOLLOW_UP and wanted.day is not None:
        return f"{what} lagt til opfølgning {words.dag(wanted.day)}. Fristerne er de samme."
    if wanted.act is DeskAct.CLAIM and done != 1:
        return f"{what} dine nu."
    return f"{what} {SAID[wanted.act]}."
