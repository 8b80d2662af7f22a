"""Messages in a case: the citizen's page and the case's, each with what the other wrote."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from app.security.guards import allow, token
from app.web.shell.core import actor, core
from app.web.shell.files import (
    TooLargeError,
    allow_large_upload,
    drain,
    far_too_large,
    uploaded,
)
from forms.messages import WriteToParty, WriteToUs
from processes.domain.access import may
from processes.domain.errors import NotFoundError, RuleError
from processes.ports.pages import CasePage, CaseTab, MessageThread

bp = Blueprint("dialogue", __name__)

Answer = str | Response | tuple[str, int]
TAKES_FILES = {"dialogue.write", "dialogue.write_to"}


@bp.before_request
def let_files_in() -> None:
    """Let messages bring more than other pages, so that a refusal can be told there."""
    if request.endpoint in TAKES_FILES:
        allow_large_upload()


@bp.errorhandler(RequestEntityTooLarge)
def too_much(error: RequestEntityTooLarge) -> Answer:
    """Tell on the same page that the files were too much."""
    case_id = str((request.view_args or {}).get("case_id", ""))
    if request.endpoint not in TAKES_FILES or g.get("actor") is None:
        raise error
    drain()
    if request.endpoint == "dialogue.write":
        return _mine_page(case_id, WriteToUs(token=token()), far_too_large()), 413
    return _case_page(case_id, None, far_too_large()), 413


@bp.get("/selvbetjening/beskeder/<case_id>")
@allow("citizen.follow")
def mine(case_id: str) -> str:
    """Show one's own messages in a case, and where to write one."""
    return _mine_page(case_id, WriteToUs(token=token()))


@bp.post("/selvbetjening/beskeder/<case_id>")
@allow("citizen.write")
def write(case_id: str) -> Answer:
    """Write to the municipality; what was typed stays when a file cannot be used."""
    form = WriteToUs(request.form, token=token())
    if not form.validate():
        return _mine_page(case_id, form), 422
    try:
        core().messages.write(case_id, form.text.data or "", uploaded("filer"), actor())
    except NotFoundError:
        raise
    except TooLargeError as error:
        return _mine_page(case_id, form, str(error)), 413
    except RuleError as error:
        return _mine_page(case_id, form, str(error)), 422
    flash("Din besked er sendt. Du får svar her, og vi sender dig et brev, når det er kommet.")
    return redirect(url_for("dialogue.mine", case_id=case_id))


@bp.get("/sager/<case_id>/beskeder")
@allow("message.read")
def of_case(case_id: str) -> str:
    """Show what the parties of a case wrote and were answered."""
    return _case_page(case_id, None)


@bp.post("/sager/<case_id>/beskeder")
@allow("message.write")
def write_to(case_id: str) -> Answer:
    """Write to a party of a case."""
    page = core().cases.page(case_id, actor(), CaseTab.MESSAGES)
    form = _form(page, core().messages.of_case(case_id, actor()), request.form)
    if not form.validate():
        return _case_page(case_id, form), 422
    party, text = str(form.party.data), form.text.data or ""
    try:
        core().messages.write_to(case_id, party, text, uploaded("filer"), actor())
    except NotFoundError:
        raise
    except TooLargeError as error:
        return _case_page(case_id, form, str(error)), 413
    except RuleError as error:
        return _case_page(case_id, form, str(error)), 422
    flash("Beskeden er sendt. Borgeren får brev om, at den er der.")
    return redirect(url_for("dialogue.of_case", case_id=case_id))


def _mine_page(case_id: str, form: WriteToUs, problem: str = "") -> str:
    thread = core().messages.mine(case_id, actor())
    return render_template("citizen/messages.html", thread=thread, form=form, problem=problem)


def _form(page: CasePage, threads: Sequence[MessageThread], typed: object) -> WriteToParty:
    names = {each.id: each.name for each in page.case.parties}
    parties = [
        (each.party_id, names.get(each.party_id) or "Navnet er ikke hentet endnu")
        for each in threads
    ]
    form = WriteToParty.of(parties)(typed, token=token())
    if typed is None and len(parties) == 1:
        form.party.data = parties[0][0]
    return form


def _case_page(case_id: str, form: WriteToParty | None, problem: str = "") -> str:
    page = core().cases.page(case_id, actor(), CaseTab.MESSAGES)
    threads = core().messages.of_case(case_id, actor())
    if form is None and may(actor(), "message.write"):
        form = _form(page, threads, None)
    return render_template(
        "cases/messages.html",
        page=page,
        tab="messages",
        threads=threads,
        form=form,
        problem=problem,
    )
