"""Moving cases under way to another version of their process: tried first, then done, and back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.security.guards import allow, token
from app.web.shell.core import actor, core
from forms.workbench import MoveForm
from processes.domain.errors import RuleError
from processes.ports.migrations import MoveState

bp = Blueprint("migrations", __name__)

Answer = str | Response | tuple[str, int]

BY_HAND = "til:"
"""What a field that says where an element goes is called, before the element's own name."""
STATES = {
    MoveState.WAITING: ("hourglass", "Venter", "plain"),
    MoveState.MOVED: ("success", "Flyttet", "info"),
    MoveState.REFUSED: ("error", "Ikke flyttet", "warning"),
    MoveState.PASSED_OVER: ("arrow-forward", "Sprunget over", "plain"),
}


@bp.get("/processer/<key>/flyt")
@allow("instance.migrate")
def preview(key: str) -> Answer:
    """Show what would become of each case under way; nothing is moved."""
    return _preview(key)


def _preview(key: str, form: MoveForm | None = None, problem: str = "") -> str:
    page = core().workbench.process(key, actor())
    ids = {each.line.version: each.line.id for each in page.versions}
    started_from = [each for each in page.versions if each.underway.running]
    current = next((each.line.version for each in page.versions if each.in_force), None)
    to = request.values.get("til", type=int) or current
    others = [each.line.version for each in started_from if each.line.version != to]
    chosen = request.values.get("fra", type=int)
    from_ = chosen if chosen in ids else next(iter(others), None)
    tried = None
    if from_ is not None and to in ids and from_ != to:
        try:
            tried = core().migration.preview(ids[from_], ids[to], actor(), mapping=_by_hand())
        except RuleError as error:
            problem = problem or str(error)
    return render_template(
        "workbench/move.html",
        page=page,
        tried=tried,
        chosen={"fra": from_, "til": to},
        by_hand=_by_hand(),
        prefix=BY_HAND,
        form=form or MoveForm(token=token()),
        problem=problem,
        moves=core().migration.batches(actor(), process_key=key),
    )


def _by_hand() -> dict[str, str]:
    return {
        name.removeprefix(BY_HAND): value
        for name, value in request.values.items()
        if name.startswith(BY_HAND) and value
    }


@bp.post("/processer/<key>/flyt")
@allow("instance.migrate")
def start(key: str) -> Answer:
    """Begin to move cases."""
    form = MoveForm(request.form, token=token())
    if not form.validate():
        return _preview(key, form), 422
    page = core().workbench.process(key, actor())
    ids = {each.line.version: each.line.id for each in page.versions}
    from_ = ids.get(request.form.get("fra", 0, type=int))
    to = ids.get(request.form.get("til", 0, type=int))
    if from_ is None or to is None:
        return _preview(key, form, "Vælg de to versioner igen."), 422
    try:
        batch_id = core().migration.start(
            from_, to, actor(), reason=form.reason.data or "", mapping=_by_hand()
        )
    except RuleError as error:
        return _preview(key, form, str(error)), 422
    return redirect(url_for("migrations.show", batch_id=batch_id))


@bp.get("/processer/flytninger/<batch_id>")
@allow("instance.migrate")
def show(batch_id: str) -> str:
    """Show how far a move is, and what became of each case."""
    return _show(batch_id)


def _show(batch_id: str, form: MoveForm | None = None, problem: str = "") -> str:
    progress = core().migration.progress(batch_id, actor())
    page = core().workbench.process(progress.batch.process_key, actor())
    return render_template(
        "workbench/moved.html",
        page=page,
        progress=progress,
        items=core().migration.items(batch_id, actor()),
        states=STATES,
        form=form or MoveForm(token=token()),
        problem=problem,
    )


@bp.post("/processer/flytninger/<batch_id>/stands")
@allow("instance.migrate")
def stop(batch_id: str) -> Response:
    """Let a move go no further."""
    core().migration.stop(batch_id, actor())
    flash("Flytningen er standset. Det, der er flyttet, er stadig flyttet.")
    return redirect(url_for("migrations.show", batch_id=batch_id))


@bp.post("/processer/flytninger/<batch_id>/tilbage")
@allow("instance.migrate")
def back(batch_id: str) -> Answer:
    """Begin to move back what was moved."""
    form = MoveForm(request.form, token=token())
    if not form.validate():
        return _show(batch_id, form), 422
    try:
        new_id = core().migration.roll_back(batch_id, actor(), reason=form.reason.data or "")
    except RuleError as error:
        return _show(batch_id, form, str(error)), 422
    return redirect(url_for("migrations.show", batch_id=new_id))
