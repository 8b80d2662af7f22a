"""A caseworker's tasks: find, take, fill in, hand over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.security.guards import allow, token
from app.web.shell import words
from app.web.shell.background import background_of
from app.web.shell.core import actor, core, login
from forms.base import TaskForm
from forms.desk import (
    DUE_WITHIN,
    SORTS,
    FilterForm,
    FollowUpForm,
    GiveForm,
    KeepFilterForm,
    ReleaseForm,
    SeveralForm,
    TaskNoteForm,
)
from forms.registry import FORMS, form_for
from processes.domain.errors import ConflictError, RuleError
from processes.ports.pages import DeskAct, DeskChange, FormSource, TaskPage
from processes.ports.records import InboxWish, SavedFilter, TaskRow, TaskSort, TaskState

bp = Blueprint("inbox", __name__)

Answer = str | Response | tuple[str | Response, int]

VIEWS = {
    "mine": "Mine opgaver",
    "enhed": "Enhedens opgaver",
    "ufordelte": "Ufordelte",
    "venter": "Lagt til opfølgning",
    "overskredne": "Frist overskredet",
}
STORED_VIEWS = {
    "mine": "mine",
    "enhed": "unit",
    "ufordelte": "unassigned",
    "venter": "waiting",
    "overskredne": "overdue",
}
PAGE_SIZE = 50


@bp.get("/opgaver")
@allow("inbox.read")
def index() -> str:
    """Show one view of the inbox, in bands of deadline."""
    return list_page(_view(), chosen_filter())


def list_page(
    view: str,
    chosen: SavedFilter | None,
    *,
    several: SeveralForm | None = None,
    keep_form: KeepFilterForm | None = None,
) -> str:
    """Return the page of a view, with what is filtered and what is ticked."""
    by = actor()
    wish = chosen.wanted if chosen else InboxWish(form_key=_form_key() or "")
    wanted = core().desk.listed(STORED_VIEWS[view], wish)
    wanted = replace(wanted, after=_after(), limit=PAGE_SIZE + 1, is_by_person=True)
    rows = core().inbox.rows(wanted, by)
    counts = core().inbox.counts(by)
    shown = rows[:PAGE_SIZE]
    several = several or SeveralForm(
        token=token(), colleagues=core().desk.colleagues(by), today=core().clock.today()
    )
    return render_template(
        "inbox/index.html",
        view=view,
        views=[(key, label, counts.get(STORED_VIEWS[key], 0)) for key, label in VIEWS.items()],
        counts=counts,
        bands=list(_bands(shown, wish.sort)),
        shown=sum(1 + len(row.others) for row in shown),
        next_page=_next_page(shown, view, wish.sort) if len(rows) > PAGE_SIZE else None,
        wish=wish,
        chosen=chosen,
        kept=core().desk.filters(by),
        filter_form=FilterForm(token=token(), kinds=KINDS, data=_as_typed(wish)),
        keep_form=keep_form or KeepFilterForm(token=token(), units=sorted(by.units)),
        several=several,
        kinds=KINDS,
        due_within=DUE_WITHIN,
        sorts=SORTS,
        came_from=request.args.get("fra", type=int),
        undo_batch=request.args.get("fortryd", ""),
    )


@bp.get("/opgaver/nyt")
@allow("inbox.read")
def news() -> str:
    """Tell how many tasks the view holds now; the browser asks by itself."""
    login().is_quiet = True
    seen = request.args.get("set", 0, type=int)
    count = core().inbox.counts(actor()).get(STORED_VIEWS[_view()], 0)
    return render_template("inbox/news.html", more=count - seen, view=_view(), seen=seen)


@bp.post("/opgaver/naeste")
@allow("task.claim")
def take_next() -> Response:
    """Take the most urgent task nobody has, of those that fit the filter one looks through."""
    chosen = chosen_filter()
    wish = chosen.wanted if chosen else InboxWish(form_key=_form_key() or "")
    task_id = core().inbox.next(actor(), core().desk.listed("unassigned", wish))
    if task_id is None and not wish.is_empty:
        flash("Der er ingen ufordelte opgaver i filteret. Fjern det, og tag den næste af alle.")
        return redirect(url_for("inbox.index", f=request.args.get("f"), type=_form_key()))
    if task_id is None:
        flash("Der er ingen ufordelte opgaver til din rolle lige nu.")
        return redirect(url_for("inbox.index"))
    return redirect(url_for("inbox.show", task_id=task_id))


@bp.get("/opgaver/<int:task_id>")
@allow("inbox.read")
def show(task_id: int) -> Answer:
    """Show a task with its form, as far as it was filled in."""
    page = core().inbox.open(task_id, actor())
    if page.task.state is not TaskState.OPEN:
        return render_template("inbox/done.html", page=page), 410
    draft = MultiDict(page.task.draft) if page.task.draft else None
    return _task_page(page, _form(page, draft))


@bp.post("/opgaver/<int:task_id>")
@allow("task.complete")
def complete(task_id: int) -> Answer:
    """Complete a task with its form."""
    try:
        done = core().inbox.submit(task_id, _handed_in, actor())
    except RuleError as error:
        return _to_correct(task_id, str(error)), 422
    if done is None:
        return _to_correct(task_id), 422
    flash(f"Færdig: {done.name}.")
    return redirect(url_for("inbox.index"))


@bp.post("/opgaver/<int:task_id>/udkast")
@allow("task.complete")
def save_draft(task_id: int) -> Answer:
    """Keep what was typed: by itself two seconds after the last key, or on the way out."""
    kept = {key: text for key, text in request.form.items() if key not in NOT_KEPT}
    revision = request.form.get("revision", 0, type=int)
    is_leaving = "luk" in request.form
    try:
        revision = core().inbox.save_draft(task_id, kept, revision, actor())
    except ConflictError as error:
        if is_leaving:
            page = core().inbox.open(task_id, actor())
            return _task_page(page, _form(page, request.form), str(error)), 409
        return jsonify(message=str(error)), 409
    if is_leaving:
        flash("Udkastet er gemt.")
        return redirect(url_for("inbox.index", fra=task_id))
    saved_at = words.klokken(core().clock.now())
    return jsonify(revision=revision, message=f"Udkast gemt {saved_at}"), 200


@bp.post("/opgaver/<int:task_id>/tag")
@allow("task.claim")
def claim(task_id: int) -> Response:
    """Make a task one's own."""
    try:
        core().inbox.claim(task_id, actor())
    except ConflictError as error:
        flash(str(error))
        return redirect(url_for("inbox.index", fra=task_id))
    return redirect(url_for("inbox.show", task_id=task_id))


@bp.post("/opgaver/<int:task_id>/laeg-tilbage")
@allow("task.claim")
def release(task_id: int) -> Answer:
    """Lay a task back for others, and say why."""
    form = ReleaseForm(request.form, token=token())
    if not form.validate():
        page = core().inbox.open(task_id, actor())
        return _task_page(page, _form(page, None), release_form=form), 422
    core().inbox.release(task_id, form.reason.data or "", actor())
    flash("Opgaven ligger i enhedens indbakke igen. Udkastet følger med.")
    return redirect(url_for("inbox.index"))


@bp.post("/opgaver/<int:task_id>/giv")
@allow("task.claim")
def give(task_id: int) -> Answer:
    """Give a task to a colleague, and say why."""
    colleagues = core().desk.colleagues(actor())
    form = GiveForm(request.form, token=token(), colleagues=colleagues)
    problem = ""
    if form.validate():
        wanted = DeskChange(DeskAct.GIVE, str(form.receiver.data), reason=form.reason.data or "")
        report = core().desk.change([task_id], wanted, actor())
        if not report.stays:
            flash(f"{colleagues[wanted.receiver]} har opgaven nu. Udkastet følger med.")
            return redirect(url_for("inbox.index", fortryd=report.batch_id))
        problem = f"Opgaven blev hos dig. {report.stays[0].why}"
    page = core().inbox.open(task_id, actor())
    return _task_page(page, _form(page, None), problem, give_form=form), 422


@bp.post("/opgaver/<int:task_id>/opfoelgning")
@allow("task.claim")
def follow_up(task_id: int) -> Answer:
    """Put a task away until a day."""
    form = FollowUpForm(request.form, token=token())
    if not form.validate():
        page = core().inbox.open(task_id, actor())
        return _task_page(page, _form(page, None), follow_form=form), 422
    core().inbox.follow_up(task_id, form.day.data, actor())
    flash(f"Opgaven venter til {words.dag(form.day.data)}. Fristen er den samme.")
    return redirect(url_for("inbox.index"))


@bp.post("/opgaver/<int:task_id>/tag-frem")
@allow("task.claim")
def take_back(task_id: int) -> Response:
    """Take a task that was put away back before its day."""
    core().inbox.follow_up(task_id, None, actor())
    flash("Opgaven er taget frem igen.")
    return redirect(url_for("inbox.show", task_id=task_id))


@bp.post("/opgaver/<int:task_id>/notat")
@allow("case.note")
def add_note(task_id: int) -> Answer:
    """Write a note on the case of a task."""
    page = core().inbox.open(task_id, actor())
    form = TaskNoteForm(request.form, token=token())
    if not form.validate():
        return _task_page(page, _form(page, None), note_form=form), 422
    core().cases.add_note(page.case.id, form.text.data or "", actor())
    flash("Notatet er gemt på sagen.")
    return redirect(url_for("inbox.show", task_id=task_id))


ACUTE = 2
URGENT = {1: "Haster", ACUTE: "Akut"}
"""What stands above the deadlines, by priority."""
NOT_KEPT = frozenset({"csrf_token", "revision", "luk"})
KINDS = {
    "casework.assess": "Vurdér oplysninger",
    "casework.register_data": "Indtast registeroplysninger",
    "casework.recheck": "Sammenlign med register",
    "casework.death": "Dødsfald",
    "casework.assess_move": "Flytning",
    "casework.change": "Ændring",
    "casework.overpaid": "Udbetalt for meget",
    "sanctions.conditions": "Betingelser for sanktion",
    "sanctions.ground": "Rimelig grund",
    "incomes.difference": "Forskel i indkomst",
    "cessations.review": "Ophør af hjælp",
    "incomes.unanswered": "Indkomst mangler",
    "casework.complete_facts": "Manglende oplysninger",
    "casework.review_documents": "Gennemgå liste over papirer",
    "casework.check_documents": "Se papirer igennem",
    "casework.documents_lapsed": "Papirer kom ikke",
    "casework.late_paper": "Papir kom sent",
    "casework.answer_message": "Besvar besked",
    "complaint.reassess": "Klage: genvurdering",
    "complaint.escalated": "Klage tæt på fristen",
    "complaint.forward": "Klage: send videre",
    "complaint.board": "Klage: Ankestyrelsen",
    "casework.prepare_hearing": "Gennemgå høringsbrev",
    "casework.hearing_reply": "Vurdér svar på høring",
    "casework.hearing_lapsed": "Høringsfrist udløbet",
    "casework.immediate_help": "Engangshjælp",
    "casework.delay_reason": "Frist, der ikke holdes",
    "casework.deadline_passed": "Sagsfrist overskredet",
    "casework.help_overdue": "Engangshjælp over tiden",
    "decision.propose": "Foreslå afgørelse",
    "decision.approve": "Godkend afgørelse",
    "payment.tax_card": "Registrér skattekort",
    "payment.rejected": "Udbetaling afvist",
    "payment.voucher_rejected": "Bilag afvist",
    "payment.no_receipt": "Kvittering mangler",
    "payment.pay_otherwise": "Udbetal på anden måde",
    "post.undelivered": "Brev ikke afleveret",
    "matter.prepare_hearing": "Gennemgå høringsbrev",
    "matter.propose": "Foreslå afgørelse",
    "matter.approve": "Godkend afgørelse",
    "repayment.assess": "Vurdér tilbagebetaling",
    "repayment.police": "Politianmeldelse",
    "claim.confirm": "Rejs krav",
    "claim.rejected": "Krav afvist",
    "claim.income": "Indtægt til betalingsevne",
    "claim.agree": "Aftal betaling af krav",
    "claim.transfer": "Overdrag krav",
    "money.plan": "Administration af hjælpen",
    "money.follow_up": "Følg op på administration",
    "run.blockers": "Blokeringer før udbetaling",
    "run.review": "Gennemgå udbetaling",
    "run.approve": "Godkend udbetaling",
    "run.escalated": "Udbetaling forsinket",
    "run.vouchers": "Månedens bilag afvist",
    "run.differences": "Differencer i afstemning",
    "books.differences": "Daglig afstemning",
}


def _view() -> str:
    view = request.args.get("visning", "mine")
    return view if view in VIEWS else "mine"


def _as_typed(wish: InboxWish) -> dict[str, str]:
    """Return a filter as its form shows it."""
    return {
        "kind": wish.form_key,
        "due_within": "" if wish.due_within is None else str(wish.due_within),
        "words": wish.words,
        "sort": wish.sort.value,
    }


def chosen_filter() -> SavedFilter | None:
    """Return the filter an address names, or none."""
    filter_id = request.args.get("f", "")
    return core().desk.filter(filter_id, actor()) if filter_id else None


def _form_key() -> str | None:
    key = request.args.get("type", "")
    return key if key in FORMS else None


def _after() -> tuple[int, str, int] | None:
    last_id = request.args.get("efter", type=int)
    if last_id is None:
        return None
    return request.args.get("haster", 0, type=int), _moment(request.args.get("frist", "")), last_id


def _moment(text: str) -> str:
    """Return a moment from an address; what is none there means the end of the list."""
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _next_page(rows: Sequence[TaskRow], view: str, sort: TaskSort) -> str:
    last = rows[-1].task
    place = {
        TaskSort.DUE: last.due_at,
        TaskSort.OLDEST: last.created_at,
        TaskSort.FOLLOW_UP: last.follow_up_on,
    }[sort]
    return url_for(
        "inbox.index",
        visning=view,
        f=request.args.get("f"),
        type=_form_key(),
        haster=last.priority,
        frist=place.isoformat() if place else "",
        efter=last.id,
    )


def _bands(
    rows: Sequence[TaskRow], sort: TaskSort
) -> Iterator[tuple[str, list[tuple[TaskRow, words.Due]]]]:
    """Yield the rows under headings: what is urgent, then by deadline, in the order they came."""
    now = core().clock.now()
    dated = [(row, words.due(row.task.due_at, now)) for row in rows]
    if sort is not TaskSort.DUE:
        if dated:
            yield SORTS[sort.value], dated
        return
    for band, each in groupby(dated, key=_band):
        yield band, list(each)


def _band(dated: tuple[TaskRow, words.Due]) -> str:
    row, when = dated
    return URGENT[min(row.task.priority, ACUTE)] if row.task.priority > 0 else when.band


def _handed_in(source: FormSource) -> Mapping[str, object] | None:
    """Return the values of the form that was handed in, or None when something is to correct."""
    form = _form(source, request.form)
    return form.to_variables() if form.validate() else None


def _to_correct(task_id: int, problem: str = "") -> str:
    """Return the page of a task with what was handed in, and what is wrong with it."""
    page = core().inbox.open(task_id, actor())
    form = _form(page, request.form)
    form.validate()
    return _task_page(page, form, problem)


def _form(page: FormSource, typed: MultiDict[str, str] | None) -> TaskForm:
    background = background_of(page, core().clock.today())
    return form_for(page.task.form_key).build(background, token=token(), formdata=typed)


def _task_page(
    page: TaskPage,
    form: TaskForm,
    problem: str = "",
    *,
    release_form: ReleaseForm | None = None,
    follow_form: FollowUpForm | None = None,
    note_form: TaskNoteForm | None = None,
    give_form: GiveForm | None = None,
) -> str:
    return render_template(
        "inbox/task.html",
        page=page,
        form=form,
        problem=problem,
        release_form=release_form or ReleaseForm(token=token()),
        follow_form=follow_form or FollowUpForm(token=token()),
        note_form=note_form or TaskNoteForm(token=token()),
        give_form=give_form or GiveForm(token=token(), colleagues=core().desk.colleagues(actor())),
        writes_note="notat" in request.args,
        revision=request.form.get("revision", page.revision, type=int),
    )
