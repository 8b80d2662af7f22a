"""The municipality's own setup: its deadlines, and what anybody may read of them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.security.guards import allow, public, token
from app.web.shell.core import actor, core
from forms.promises import DeadlineForm
from processes.domain.errors import NotFoundError, RuleError

bp = Blueprint("setup", __name__)

Answer = str | Response | tuple[str, int]


@bp.get("/opsaetning/frister")
@allow("deadline.read")
def deadlines() -> str:
    """Show what holds, what will, and what waits for a second person."""
    return _page(DeadlineForm(token=token()))


@bp.post("/opsaetning/frister")
@allow("deadline.set")
def propose() -> Answer:
    """Propose a deadline."""
    form = DeadlineForm(request.form, token=token())
    if not form.validate():
        return _page(form), 422
    try:
        core().deadlines.propose(*form.chosen(), actor())
    except RuleError as error:
        return _page(form, str(error)), 422
    flash("Forslaget er gemt. En anden lokal administrator skal godkende det.")
    return redirect(url_for("setup.deadlines"))


@bp.post("/opsaetning/frister/<setting_id>/godkend")
@allow("deadline.set")
def approve(setting_id: str) -> Answer:
    """Approve what another proposed."""
    try:
        core().deadlines.approve(setting_id, actor())
    except RuleError as error:
        return _page(DeadlineForm(token=token()), str(error)), 422
    flash("Fristen er godkendt.")
    return redirect(url_for("setup.deadlines"))


@bp.post("/opsaetning/frister/<setting_id>/afvis")
@allow("deadline.set")
def drop(setting_id: str) -> Answer:
    """Turn a proposal down, or take one's own back."""
    try:
        core().deadlines.drop(setting_id, actor())
    except RuleError as error:
        return _page(DeadlineForm(token=token()), str(error)), 422
    flash("Forslaget er afvist.")
    return redirect(url_for("setup.deadlines"))


@bp.get("/frister/<int:municipality_id>")
@public(reason="a municipality publishes its deadlines (RSL § 3, stk. 2)")
def published(municipality_id: int) -> str:
    """Show what a municipality has published."""
    known = {each.id: each for each in core().central.municipalities()}
    if municipality_id not in known:
        raise NotFoundError("Kommunen findes ikke her.")
    return render_template(
        "setup/published.html",
        place=known[municipality_id],
        rows=core().deadlines.published(municipality_id),
    )


def _page(form: DeadlineForm, problem: str = "") -> str:
    return render_template(
        "setup/deadlines.html", page=core().deadlines.page(actor()), form=form, problem=problem
    )
