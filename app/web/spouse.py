"""Self-service for a spouse: answer and sign the part of an application only they can give."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.security.guards import allow, token
from app.web.shell.core import actor, core
from forms.spouse import JointSpouseForm, SpouseForm
from processes.ports.pages import SpousePage

bp = Blueprint("spouse", __name__, url_prefix="/selvbetjening/aegtefaelle")

Answer = str | Response | tuple[str, int]
DENMARK = ZoneInfo("Europe/Copenhagen")


@bp.get("/<case_id>")
@allow("citizen.follow")
def show(case_id: str) -> str:
    """Show whose application it is, what is asked, and who will see the answers."""
    page = core().spouses.page(case_id, actor())
    return _page(case_id, page, _form(page, None))


@bp.post("/<case_id>")
@allow("citizen.follow")
def sign(case_id: str) -> Answer:
    """Take in the answers and the signature."""
    page = core().spouses.page(case_id, actor())
    form = _form(page, request.form)
    if not form.validate():
        return _page(case_id, page, form), 422
    shown = form.as_signed(actor().name, core().clock.now().astimezone(DENMARK))
    core().spouses.sign(case_id, form.answers(), shown, actor())
    flash("Tak. Vi har fået dine svar og din underskrift. Du skal ikke gøre mere nu.")
    return redirect(url_for("citizen.overview"))


def _form(page: SpousePage, typed: object) -> SpouseForm:
    kind = JointSpouseForm if page.applies_jointly else SpouseForm
    return kind(typed, token=token())


def _page(case_id: str, page: SpousePage, form: SpouseForm) -> str:
    return render_template("citizen/spouse.html", case_id=case_id, page=page, form=form)
