"""What runs, where it stands still, and steering it by hand (drift)."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.security.guards import allow, token
from app.web.shell.core import actor, core
from forms.cockpit import MoveForm, PauseForm, StoppedFilter
from processes.domain.errors import RuleError
from processes.ports.cockpit import (
    ElementLoad,
    IncidentFilter,
    InstancePage,
    MoveState,
    StoppedCase,
    TokenMove,
)

bp = Blueprint("cockpit", __name__)

Answer = str | Response | tuple[str, int]

LAYERS = (("vent", "Sager lige nu og ventetid"), ("tid", "Hvor lang tid trinnet tager"))
QUEUES = (
    ("jobs", "Kørsler, der venter"),
    ("running", "Kørsler i gang"),
    ("dead", "Opgivne kørsler"),
    ("timers", "Ure"),
    ("messages", "Beskeder, der ventes på"),
    ("kept", "Beskeder uden modtager"),
)
KIND_WORDS = {
    "startEvent": "start",
    "endEvent": "slut",
    "userTask": "opgave",
    "serviceTask": "systemet",
    "businessRuleTask": "tabel",
    "receiveTask": "venter på besked",
    "messageCatchEvent": "venter på besked",
    "timerCatchEvent": "venter på et ur",
    "callActivity": "fælles proces",
    "subProcess": "delproces",
}
LINE_WORDS = {
    "entered": "Nåede til",
    "completed": "Gjort",
    "cancelled": "Opgivet",
    "retried": "Prøvet igen",
    "moved": "Flyttet herfra",
    "dropped": "Kom for sent",
    "incident": "Gik i stå",
    "resolved": "Fejlen er håndteret",
    "paused": "Sat på pause",
    "resumed": "Sat i gang igen",
    "move_asked": "Flytning ønsket",
    "move_answered": "Flytning besvaret",
}
MOVE_TOLD = {
    MoveState.MOVED: "Forløbet er flyttet.",
    MoveState.REFUSED: "Flytningen er afvist. Forløbet står, hvor det stod.",
    MoveState.LAPSED: "Forløbet var gået videre af sig selv. Intet er flyttet.",
    MoveState.WITHDRAWN: "Flytningen er trukket tilbage.",
    MoveState.ASKED: "Flytningen venter nu på, at en anden godkender den.",
}


@bp.get("/drift")
@allow("cockpit.read")
def index() -> str:
    """Show every process with what it has going on."""
    return render_template("cockpit/index.html", page=core().cockpit.overview(actor()))


@bp.post("/drift/opdater")
@allow("cockpit.read")
def count_again() -> Response:
    """Count anew, and show the same page."""
    core().cockpit.count_again(actor())
    version = request.form.get("version", "")
    if version.isdecimal():
        return redirect(url_for("cockpit.version", definition_id=int(version)))
    return redirect(url_for("cockpit.index"))


@bp.get("/drift/version/<int:definition_id>")
@allow("cockpit.read")
def version(definition_id: int) -> str:
    """Show one version on its diagram and in a table."""
    layer = request.args.get("lag", "vent")
    page = core().cockpit.version(definition_id, request.args.get("proces", ""), actor())
    return render_template(
        "cockpit/version.html",
        page=page,
        layer=layer if layer in dict(LAYERS) else "vent",
        layers=LAYERS,
        kinds=KIND_WORDS,
        bars=_bars(page.elements),
    )


def _bars(elements: tuple[ElementLoad, ...]) -> dict[str, tuple[int, int]]:
    """Return the lengths of the two bars of each element that takes time, of 0 to 1000."""
    timed = [each for each in elements if each.median_seconds is not None]
    longest = max((each.slow_seconds or 0 for each in timed), default=0) or 1
    return {
        each.element_id: (
            1000 * (each.median_seconds or 0) // longest,
            1000 * (each.slow_seconds or 0) // longest,
        )
        for each in timed
    }


# ---- stopped cases -----------------------------------------------------------------------------


@bp.get("/drift/standsede")
@allow("incident.read")
def stopped() -> str:
    """List stopped cases, filtered, with a box to choose each."""
    wanted = IncidentFilter(
        process_key=request.args.get("proces", ""),
        element_id=request.args.get("trin", ""),
        code=request.args.get("kode", ""),
        words=request.args.get("ord", ""),
        after=_after(request.args.get("efter", "")),
    )
    cases = core().cockpit.stopped(wanted, actor())
    causes = core().cockpit.causes(actor())
    processes = sorted({(each.process_key, each.process_name) for each in causes})
    return render_template(
        "cockpit/stopped.html",
        cases=cases,
        causes=causes,
        wanted=wanted,
        form=StoppedFilter(request.args, processes=processes),
        next_page=_next(cases, wanted),
    )


def _after(text: str) -> tuple[datetime, int] | None:
    moment, _, number = text.rpartition("_")
    with contextlib.suppress(ValueError):
        at = datetime.fromisoformat(moment)
        return (at, int(number)) if at.tzinfo is not None else None
    return None


def _next(cases: Sequence[StoppedCase], wanted: IncidentFilter) -> str:
    if len(cases) < wanted.limit:
        return ""
    last = cases[-1].incident
    return f"{last.raised_at.isoformat()}_{last.id}"


def _chosen() -> list[int]:
    return [int(each) for each in request.form.getlist("valgt") if each.isdecimal()]


@bp.post("/drift/standsede/forhaandsvisning")
@allow("incident.resolve")
def plan_retry() -> Response | str:
    """Show what trying the chosen cases again would do; nothing is tried."""
    chosen = _chosen()
    if not chosen:
        raise RuleError("Vælg mindst én sag på listen, før du prøver igen.")
    plan = core().cockpit.plan_retry(chosen, actor())
    return render_template("cockpit/retry.html", plan=plan)


@bp.post("/drift/standsede/proev-igen")
@allow("incident.resolve")
def retry() -> str:
    """Try the chosen cases again, and tell what came of it."""
    report = core().cockpit.retry(_chosen(), actor())
    return render_template("cockpit/retried.html", report=report)


# ---- one instance ------------------------------------------------------------------------------


@bp.get("/drift/forloeb/<int:instance_id>")
@allow("cockpit.read")
def instance(instance_id: int) -> str:
    """Show one instance: path, variables, time line, and what can be done."""
    return _instance_page(instance_id)


def _instance_page(
    instance_id: int, *, pause_form: PauseForm | None = None, move_form: MoveForm | None = None
) -> str:
    page = core().cockpit.instance(instance_id, actor())
    wrong = request.form.get("token", "")
    forms = {
        each.token: move_form
        if move_form is not None and each.token == wrong
        else MoveForm(token=token(), targets=each.targets, number=number)
        for number, each in enumerate(page.tokens, 1)
        if each.token and each.targets
    }
    return render_template(
        "cockpit/instance.html",
        page=page,
        drawings=_drawings(page),
        pause_form=pause_form or PauseForm(token=token()),
        move_forms=forms,
        kinds=KIND_WORDS,
        line_words=LINE_WORDS,
        waiting_moves=[each for each in page.moves if each.state is MoveState.ASKED],
        problems=[
            *(pause_form.problems if pause_form else ()),
            *(move_form.problems if move_form else ()),
        ],
    )


def _drawings(page: InstancePage) -> list[tuple[str, str, dict[str, object]]]:
    """Return each diagram with the states the picture shows."""
    return [
        (key, name, {"xml": xml, "states": dict(page.states.get(key, {}))})
        for key, name, xml in page.diagrams
    ]


@bp.post("/drift/forloeb/<int:instance_id>/pause")
@allow("cockpit.steer")
def pause(instance_id: int) -> Answer:
    """Pause an instance, with a reason."""
    form = PauseForm(request.form, token=token())
    if not form.validate():
        return _instance_page(instance_id, pause_form=form), 422
    core().cockpit.pause(instance_id, form.reason.data or "", actor())
    flash("Forløbet er på pause. Det, der kommer imens, venter.")
    return redirect(url_for("cockpit.instance", instance_id=instance_id))


@bp.post("/drift/forloeb/<int:instance_id>/fortsaet")
@allow("cockpit.steer")
def resume(instance_id: int) -> Response:
    """Let a paused instance go on."""
    core().cockpit.resume(instance_id, actor())
    flash("Forløbet er sat i gang igen.")
    return redirect(url_for("cockpit.instance", instance_id=instance_id))


@bp.post("/drift/forloeb/<int:instance_id>/flyt")
@allow("cockpit.steer")
def ask_move(instance_id: int) -> Answer:
    """Ask that a token is moved."""
    wanted = request.form.get("token", "")
    page = core().cockpit.instance(instance_id, actor())
    numbered = ((n, each) for n, each in enumerate(page.tokens, 1) if each.token == wanted)
    number, found = next(numbered, (0, None))
    form = MoveForm(
        request.form, token=token(), targets=found.targets if found else (), number=number
    )
    if found is not None and not form.validate():
        return _instance_page(instance_id, move_form=form), 422
    move = core().cockpit.ask_move(
        instance_id, wanted, form.to.data or "", form.reason.data or "", actor()
    )
    return _told(move)


@bp.post("/drift/flytninger/<move_id>/godkend")
@allow("cockpit.steer")
def approve_move(move_id: str) -> Response:
    """Approve as the second person, and move."""
    return _told(core().cockpit.answer_move(move_id, actor(), approved=True))


@bp.post("/drift/flytninger/<move_id>/afvis")
@allow("cockpit.steer")
def refuse_move(move_id: str) -> Response:
    """Refuse as the second person."""
    return _told(core().cockpit.answer_move(move_id, actor(), approved=False))


@bp.post("/drift/flytninger/<move_id>/traek-tilbage")
@allow("cockpit.steer")
def withdraw_move(move_id: str) -> Response:
    """Take one's own wish back."""
    return _told(core().cockpit.withdraw_move(move_id, actor()))


def _told(move: TokenMove) -> Response:
    flash(MOVE_TOLD[move.state])
    return redirect(url_for("cockpit.instance", instance_id=move.instance_id))


# ---- queues ------------------------------------------------------------------------------------


@bp.get("/drift/koeer/<kind>")
@allow("cockpit.read")
def queue(kind: str) -> str:
    """List what waits: jobs, timers or messages."""
    rows = core().cockpit.waiting(kind, actor(), process_key=request.args.get("proces", ""))
    return render_template(
        "cockpit/queue.html",
        rows=rows,
        kind=kind,
        queues=QUEUES,
        title=dict(QUEUES)[kind],
        counts=core().cockpit.queues(actor()),
    )
