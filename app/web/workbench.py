"""The process owner's workbench: processes and their versions, drafts, findings, approval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from app.security.guards import allow, token
from app.web.shell.core import actor, core
from app.web.shell.files import download
from app.web.shell.labels import TRYOUT_STATES
from app.web.shell.words import klokken
from forms.workbench import STAY_OR_MOVE, BackForm, RollBackForm, SubmitForm, UploadForm, WhyForm
from processes.domain.access import may
from processes.domain.errors import ConflictError, NotFoundError, RuleError
from processes.ports.workbench import (
    Assessment,
    Change,
    DraftKind,
    DraftPage,
    DraftStage,
    ProcessPage,
    Running,
)

bp = Blueprint("workbench", __name__)

Answer = str | AnyResponse | tuple[str, int]

LARGEST = 2_000_000
STAGES = {
    DraftStage.OPEN: ("document", "Kladde", "warning"),
    DraftStage.SUBMITTED: ("hourglass", "Venter på godkendelse", "info"),
    DraftStage.APPROVED: ("success", "Godkendt", "info"),
    DraftStage.DISCARDED: ("close", "Smidt ud", "plain"),
}
"""Icon, words and weight of how far a draft is."""
KINDS = {
    DraftKind.PROCESS: "Proces",
    DraftKind.TABLE: "Beslutningstabel",
    DraftKind.RETIREMENT: "Udgår",
}
EVENTS = {
    "created": "begyndte kladden",
    "uploaded": "hentede en fil ind",
    "saved": "tegnede i kladden",
    "submitted": "sendte til godkendelse",
    "taken_back": "tog kladden tilbage",
    "sent_back": "sendte tilbage",
    "approved": "godkendte",
    "discarded": "smed kladden ud",
}
CHANGES = {
    "added": ("plus", "Tilføjet"),
    "removed": ("close", "Fjernet"),
    "changed": ("edit", "Ændret"),
    "moved": ("sync", "Flyttet på tegningen"),
}
"""Icon and words of each kind of difference; a shape that only moved is not a change."""


# ---- the list and one process --------------------------------------------------------------


@bp.get("/processer")
@allow("process.read")
def index() -> str:
    """List processes and tables, and what waits for whoever looks."""
    return _index()


def _index(upload: UploadForm | None = None) -> str:
    which = request.args.get("vis", "alle")
    wanted = request.args.get("q", "").strip().lower()
    page = core().workbench.library(actor())
    rows = {
        "processer": [row for row in page.processes if _fits(row, wanted, which)],
        "tabeller": [row for row in page.tables if _fits(row, wanted, which)],
    }
    return render_template(
        "workbench/index.html",
        page=page,
        rows=rows,
        which=which,
        wanted=request.args.get("q", ""),
        upload=upload or UploadForm(token=token()),
        stages=STAGES,
        may_change=may(actor(), "process.change"),
    )


def _fits(row: Any, wanted: str, which: str) -> bool:
    if wanted and wanted not in f"{row.name} {row.key} {row.number} {row.area}".lower():
        return False
    if which == "standset":
        return bool(row.underway.stopped)
    return bool(row.drafts) if which == "kladde" else True


@bp.post("/processer/hent-ind")
@allow("process.change")
def upload() -> Answer:
    """Begin a draft from a file drawn elsewhere."""
    form = UploadForm(request.form, token=token())
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        form.file.errors = ["Vælg den fil, der skal hentes ind."]
        return _index(form), 422
    try:
        draft_id = core().workbench.upload(sent.filename, sent.stream.read(LARGEST + 1), actor())
    except RuleError as error:
        form.file.errors = [str(error)]
        return _index(form), 422
    finally:
        sent.close()
    flash("Filen er hentet ind som kladde. Intet er i drift, før den er godkendt.")
    return redirect(url_for("workbench.draft", draft_id=draft_id))


@bp.get("/processer/<key>")
@allow("process.read")
def process(key: str) -> str:
    """Show one process or table: versions, drafts, drawing and text."""
    return _process(key)


def _process(key: str, *, back: RollBackForm | None = None, out: BackForm | None = None) -> str:
    page = core().workbench.process(key, actor(), version=request.args.get("version", type=int))
    today = core().clock.today()
    return render_template(
        "workbench/process.html",
        page=page,
        drawings=_drawings(page),
        back=back or _back_form(page),
        out=out or BackForm(token=token(), today=today, prefix="udgaar-"),
        stages=STAGES,
        kinds=KINDS,
        may_change=may(actor(), "process.change"),
    )


def _drawings(page: ProcessPage) -> list[dict[str, object]]:
    """Return what each picture of a version is drawn from, the main one first."""
    order = sorted(page.titles, key=lambda key: (key != page.key, page.titles[key]))
    return [
        {
            "key": key,
            "title": page.titles[key],
            "steps": page.outlines[key],
            "data": {"xml": page.files[f"{key}.bpmn"].decode()},
        }
        for key in order
        if f"{key}.bpmn" in page.files
    ]


@bp.get("/processer/<key>/fil/<int:version>/<name>")
@allow("process.read")
def file(key: str, version: int, name: str) -> Response:
    """Hand out one file of a version."""
    page = core().workbench.process(key, actor(), version=version)
    if name not in page.files:
        raise NotFoundError("Filen findes ikke i den version.")
    return _saved(page.files[name], name)


def _saved(content: bytes, name: str) -> Response:
    """Return a file to be saved: what others have drawn is never shown as a page."""
    return download(content, "application/xml", name)


@bp.get("/processer/<key>/forskelle")
@allow("process.read")
def compare(key: str) -> str:
    """Show what is another in one version than in another, on the drawing and in words."""
    before = request.args.get("fra", type=int)
    after = request.args.get("til", type=int)
    page = core().workbench.process(key, actor())
    versions = [each.line.version for each in page.versions]
    after = after if after is not None else versions[0]
    before = before if before is not None else versions[min(1, len(versions) - 1)]
    found = core().workbench.compare(key, before, after, actor())
    return render_template(
        "workbench/compare.html",
        page=page,
        found=found,
        before=before,
        after=after,
        groups=_grouped(found.changes),
        pictures=_pictures(found.before_files, found.after_files, found.changes, found.titles),
        changes=CHANGES,
    )


def _grouped(found: tuple[Change, ...]) -> list[tuple[str, list[Change]]]:
    return [
        (what, [each for each in found if each.what == what])
        for what in CHANGES
        if any(each.what == what for each in found)
    ]


def _pictures(
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    found: tuple[Change, ...],
    titles: Mapping[str, str],
) -> list[dict[str, object]]:
    """Return two drawings beside each other for each diagram that is another."""
    pictures: list[dict[str, object]] = []
    for key in dict.fromkeys(each.process for each in found):
        mine = [each for each in found if each.process == key]
        pictures.append(
            {
                "key": key,
                "title": titles.get(key, key),
                "before": _drawing(before, key, mine, ("removed", "changed", "moved")),
                "after": _drawing(after, key, mine, ("added", "changed", "moved")),
            }
        )
    return pictures


def _drawing(
    files: Mapping[str, bytes], key: str, found: list[Change], shown: tuple[str, ...]
) -> dict[str, object] | None:
    xml = files.get(f"{key}.bpmn")
    if xml is None:
        return None
    states = {each.element: each.what for each in found if each.what in shown}
    return {"xml": xml.decode("utf-8", "replace"), "states": states}


@bp.post("/processer/<key>/kladde")
@allow("process.change")
def begin(key: str) -> AnyResponse:
    """Begin a draft from a version."""
    version = request.form.get("version", type=int)
    draft_id = core().workbench.open_draft(key, actor(), version=version)
    return redirect(url_for("workbench.draft", draft_id=draft_id))


@bp.post("/processer/<key>/rul-tilbage")
@allow("process.change")
def roll_back(key: str) -> Answer:
    """Ask that an earlier version is taken into use again."""
    page = core().workbench.process(key, actor())
    form = _back_form(page, request.form)
    if not form.validate() or form.day.data is None:
        return _process(key, back=form), 422
    version = int(form.version.data)
    draft_id = core().workbench.roll_back(
        key, version, actor(), reason=form.reason.data or "", day=form.day.data
    )
    flash(f"En anden procesejer er bedt om at godkende, at version {version} kommer tilbage.")
    return redirect(url_for("workbench.approval", draft_id=draft_id))


def _back_form(page: ProcessPage, typed: Any = None) -> RollBackForm:
    older = [each.line.version for each in page.versions[1:]]
    return RollBackForm(typed, token=token(), today=core().clock.today(), versions=older)


@bp.post("/processer/<key>/udgaar")
@allow("process.change")
def retire(key: str) -> Answer:
    """Ask that no case begins on a process any more."""
    form = BackForm(request.form, token=token(), today=core().clock.today(), prefix="udgaar-")
    if not form.validate() or form.day.data is None:
        return _process(key, out=form), 422
    draft_id = core().workbench.retire(
        key, actor(), reason=form.reason.data or "", day=form.day.data
    )
    flash("En anden procesejer er bedt om at godkende, at processen udgår.")
    return redirect(url_for("workbench.approval", draft_id=draft_id))


# ---- a draft -------------------------------------------------------------------------------


@bp.get("/processer/kladder/<draft_id>")
@allow("process.change")
def draft(draft_id: str) -> Answer:
    """Show a draft at the drawing board."""
    return _draft(draft_id)


def _draft(draft_id: str, form: SubmitForm | None = None, problem: str = "") -> Answer:
    page = core().workbench.draft(draft_id, actor())
    if page.draft.stage is not DraftStage.OPEN:
        return redirect(url_for("workbench.approval", draft_id=draft_id))
    names = sorted(page.draft.files, key=lambda name: (not name.startswith(page.draft.key), name))
    chosen = request.args.get("fil", "")
    shown = chosen if chosen in page.draft.files else names[0]
    return render_template(
        "workbench/draft.html",
        page=page,
        names=names,
        shown=shown,
        board=_board(page, shown),
        form=form or SubmitForm(token=token(), today=core().clock.today()),
        problem=problem,
        changes=CHANGES,
        groups=_grouped(page.assessment.changes),
        kinds=KINDS,
        events=EVENTS,
        tryouts=core().tryouts.of_subject(f"draft:{draft_id}", actor()),
        tryout_states=TRYOUT_STATES,
    )


def _board(page: DraftPage, shown: str) -> dict[str, object]:
    """Return what the drawing board is told."""
    draft_id = page.draft.id
    return {
        "xml": page.draft.files[shown].decode("utf-8", "replace"),
        "file": shown,
        "revision": page.draft.revision,
        "save": url_for("workbench.save", draft_id=draft_id),
        "judge": url_for("workbench.judge", draft_id=draft_id),
        "choices": page.choices,
        "arguments": page.arguments,
        **_said(page.assessment, shown),
    }


def _said(found: Assessment, shown: str) -> dict[str, object]:
    """Return what the gate says, as the drawing board reads it."""
    key = shown.rsplit(".", 1)[0]
    return {
        "findings": [asdict(each) for each in found.findings],
        "outline": _part(
            "workbench/_outline.html", steps=found.outlines.get(key, ()), findings=found.findings
        ),
        "list": _part("workbench/_findings.html", findings=found.findings, shown=shown),
        "errors": len(found.errors),
        "warnings": len(found.findings) - len(found.errors),
        "changes": len([each for each in found.changes if each.what != "moved"]),
    }


def _part(template: str, **values: object) -> Markup:
    """Return a part of a page, for the page itself and for the drawing board to put in."""
    return Markup(render_template(template, **values))  # noqa: S704 – the template has escaped it


def _sent_file() -> tuple[str, bytes]:
    """Return the file a drawing board sends: as a file, so that it never counts as form text."""
    sent = request.files.get("xml")
    content = b"" if sent is None else sent.stream.read(LARGEST + 1)
    return request.form.get("file", ""), content


@bp.post("/processer/kladder/<draft_id>/bedoem")
@allow("process.change")
def judge(draft_id: str) -> Response | tuple[Response, int]:
    """Say what is wrong with a draft as it stands on the screen; nothing is saved."""
    name, content = _sent_file()
    try:
        found = core().workbench.judge(draft_id, name, content, actor())
    except RuleError as error:
        return jsonify({"problem": str(error)}), 422
    return jsonify(_said(found, name))


@bp.post("/processer/kladder/<draft_id>/gem")
@allow("process.change")
def save(draft_id: str) -> Response | tuple[Response, int]:
    """Save one file of a draft, unless somebody else did meanwhile."""
    name, content = _sent_file()
    revision = request.form.get("revision", 0, type=int)
    try:
        saved = core().workbench.save(draft_id, name, content, actor(), revision=revision)
    except ConflictError as error:
        return jsonify({"problem": str(error), "conflict": True}), 409
    except RuleError as error:
        return jsonify({"problem": str(error)}), 422
    return jsonify({"revision": saved.revision, "saved": f"Gemt {klokken(saved.changed_at)}"})


@bp.get("/processer/kladder/<draft_id>/fil/<name>")
@allow("process.change")
def draft_file(draft_id: str, name: str) -> Response:
    """Hand out one file of a draft as it was last saved."""
    page = core().workbench.draft(draft_id, actor())
    if name not in page.draft.files:
        raise NotFoundError("Filen findes ikke i kladden.")
    return _saved(page.draft.files[name], name)


@bp.post("/processer/kladder/<draft_id>/send")
@allow("process.change")
def submit(draft_id: str) -> Answer:
    """Ask a second process owner for approval."""
    form = SubmitForm(request.form, token=token(), today=core().clock.today())
    if not form.validate() or form.valid_from.data is None:
        return _unprocessable(_draft(draft_id, form))
    try:
        core().workbench.submit(
            draft_id,
            actor(),
            revision=request.form.get("revision", 0, type=int),
            reason=form.reason.data or "",
            valid_from=form.valid_from.data,
            running=Running(form.running.data),
        )
    except RuleError as error:
        return _unprocessable(_draft(draft_id, form, str(error)))
    flash("Kladden er sendt til godkendelse. En anden procesejer skal godkende den.")
    return redirect(url_for("workbench.approval", draft_id=draft_id))


def _unprocessable(page: Answer) -> Answer:
    return (page, 422) if isinstance(page, str) else page


@bp.get("/processer/kladder/<draft_id>/godkendelse")
@allow("process.change")
def approval(draft_id: str) -> str:
    """Show a draft to the one who approves it: what is another, why, and on what it was tried."""
    return _approval(draft_id)


def _approval(draft_id: str, form: WhyForm | None = None, problem: str = "") -> str:
    page = core().workbench.draft(draft_id, actor())
    changes = page.assessment.changes
    return render_template(
        "workbench/approval.html",
        page=page,
        form=form or WhyForm(token=token()),
        problem=problem,
        groups=_grouped(changes),
        pictures=_pictures(page.base_files, page.draft.files, changes, page.assessment.titles),
        changes=CHANGES,
        stages=STAGES,
        kinds=KINDS,
        events=EVENTS,
        running=STAY_OR_MOVE,
        tryouts=core().tryouts.of_subject(f"draft:{draft_id}", actor()),
        tryout_states=TRYOUT_STATES,
    )


@bp.post("/processer/kladder/<draft_id>/godkend")
@allow("process.approve")
def approve(draft_id: str) -> Answer:
    """Approve a draft as somebody else, and switch it on from its day."""
    try:
        approved = core().workbench.approve(
            draft_id, actor(), digest=request.form.get("digest", "")
        )
    except RuleError as error:
        return _approval(draft_id, problem=str(error)), 422
    day = approved.valid_from
    if approved.kind is DraftKind.RETIREMENT:
        flash(f"Processen udgår fra {day:%d.%m.%Y}. Sager, der er i gang, går til ende.")
        return redirect(url_for("workbench.process", key=approved.key))
    flash(f"Version {approved.version} er godkendt og gælder fra {day:%d.%m.%Y}.")
    if approved.running is Running.MOVE and day == core().clock.today():
        # Nobody is moved unseen: first what would become of each.
        return redirect(url_for("migrations.preview", key=approved.key))
    return redirect(url_for("workbench.process", key=approved.key))


@bp.post("/processer/kladder/<draft_id>/send-tilbage")
@allow("process.approve")
def send_back(draft_id: str) -> Answer:
    """Send a draft back with what must be another."""
    form = WhyForm(request.form, token=token())
    if not form.validate():
        return _approval(draft_id, form), 422
    core().workbench.send_back(draft_id, actor(), reason=form.reason.data or "")
    flash("Kladden er sendt tilbage med din begrundelse.")
    return redirect(url_for("workbench.index"))


@bp.post("/processer/kladder/<draft_id>/tag-tilbage")
@allow("process.change")
def take_back(draft_id: str) -> AnyResponse:
    """Draw on in a draft that waits for approval."""
    core().workbench.take_back(draft_id, actor())
    return redirect(url_for("workbench.draft", draft_id=draft_id))


@bp.post("/processer/kladder/<draft_id>/smid-ud")
@allow("process.change")
def discard(draft_id: str) -> AnyResponse:
    """Throw a draft away."""
    core().workbench.discard(draft_id, actor())
    flash("Kladden er smidt ud. Intet i drift er ændret.")
    return redirect(url_for("workbench.index"))
