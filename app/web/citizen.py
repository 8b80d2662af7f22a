"""Self-service: apply, follow, answer. Needs no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from app.security.guards import allow, token
from app.web.shell import words
from app.web.shell.core import actor, core
from app.web.shell.files import (
    TooLargeError,
    allow_large_upload,
    download,
    drain,
    far_too_large,
    uploaded,
)
from forms.citizen import (
    PART_BY_SLUG,
    PARTS,
    AnswerHearing,
    PartForm,
    SendForm,
    all_answers,
    shown,
)
from processes.domain.documents import Direction
from processes.domain.errors import NotFoundError, RuleError
from processes.ports.pages import CitizenCase
from processes.ports.records import DRAFT_REGRET

bp = Blueprint("citizen", __name__, url_prefix="/selvbetjening")
TAKES_FILES = "citizen.choose_files"
IN_MESSAGES = ("Besked fra", "Bilag til besked")
"""Documents that are read where the messages are."""

Answer = str | Response | tuple[str, int]

Typed = Mapping[str, str]
"""One part of an application as it was typed: field to text."""


@bp.before_request
def let_files_in() -> None:
    """Let the page for papers bring more than others, so that a refusal can be told there."""
    if request.endpoint == TAKES_FILES:
        allow_large_upload()


@bp.errorhandler(RequestEntityTooLarge)
def too_much(error: RequestEntityTooLarge) -> Answer:
    """Tell on the same page that it was too much; what was chosen before is still there."""
    values = request.view_args or {}
    if request.endpoint != TAKES_FILES or g.get("actor") is None:
        raise error
    drain()
    place = f"filer-{values['request_id']}"
    return _papers_page(str(values["case_id"]), place, far_too_large()), 413


@bp.get("")
@allow("citizen.follow")
def overview() -> str:
    """Show what waits for the citizen, the money, the cases."""
    cases = core().citizen.overview(actor())
    explained = {
        each.case.id: core().citizen.explain(each.case.id, actor())
        for each in cases
        if each.payments or each.decision
    }
    return render_template(
        "citizen/overview.html",
        cases=cases,
        explained=explained,
        papers=[row for each in cases for row in each.letters],
        sent_in=[
            document
            for each in cases
            for document in each.documents
            if document.direction is Direction.IN and not document.title.startswith(IN_MESSAGES)
        ],
        draft=core().drafts.mine(actor()),
        thrown_away=core().drafts.thrown_away(actor()),
        regret=DRAFT_REGRET,
        open_parts=_open_parts(_draft()),
    )


@bp.post("/ansoegning/slet")
@allow("citizen.apply")
def throw_draft_away() -> Response:
    """Throw an application under way away; for a day it can be taken back."""
    core().drafts.throw_away(actor())
    flash("Din ansøgning er slettet. Du kan fortryde indtil i morgen.")
    return redirect(url_for("citizen.overview"))


@bp.post("/ansoegning/fortryd-sletning")
@allow("citizen.apply")
def take_draft_back() -> Response:
    """Take an application back that was thrown away."""
    core().drafts.take_back(actor())
    flash("Din ansøgning er hentet igen. Den er ikke sendt.")
    return redirect(url_for("citizen.overview"))


@bp.get("/ansoegning")
@allow("citizen.apply")
def start() -> str:
    """Show the parts of the application, and how far each is."""
    draft = core().drafts.mine(actor())
    typed = _draft()
    left = _open_parts(typed)
    return render_template(
        "citizen/start.html",
        parts=[(part, part not in left, part.slug in typed) for part in PARTS],
        following=left[0] if left else None,
        draft=draft,
    )


@bp.get("/ansoegning/<slug>")
@allow("citizen.apply")
def part(slug: str) -> Answer:
    """Show one part with what was typed before."""
    return _part_page(_part(slug, _draft().get(slug)), _seen(slug))


@bp.post("/ansoegning/<slug>")
@allow("citizen.apply")
def save_part(slug: str) -> Answer:
    """Keep a part and go on to the next, or take a break with it half done."""
    form = _part(slug, request.form.to_dict())
    seen = request.form.get("seen", "")
    is_break = "pause" in request.form
    if not is_break and not form.validate():
        return _part_page(form, seen), 422
    typed = {field.name: request.form.get(field.name, "") for field in form.questions}
    replaced_at = core().drafts.save(slug, typed, seen=seen, by=actor())
    if replaced_at is not None:
        when = f"{words.dag(replaced_at)} {words.klokken(replaced_at)}"
        flash(
            f"Du havde også gemt “{form.title}” et andet sted {when}."
            " Nu gælder det, du lige har skrevet."
        )
    if is_break:
        flash("Din ansøgning er gemt, men ikke sendt.")
        return redirect(url_for("citizen.overview"))
    return redirect(_after(slug))


@bp.get("/ansoegning/send")
@allow("citizen.apply")
def review() -> Answer:
    """Show every answer before it is sent."""
    left = _open_parts(_draft())
    if left:
        return redirect(url_for("citizen.part", slug=left[0].slug))
    return _review_page(SendForm(token=token()))


@bp.post("/ansoegning/send")
@allow("citizen.apply")
def send() -> Answer:
    """Send the application; only now is it sent."""
    form = SendForm(request.form, token=token())
    parts = _parts()
    wrong = next((slug for slug, each in parts.items() if not each.validate()), None)
    if wrong is not None:
        return redirect(url_for("citizen.part", slug=wrong))
    if not form.validate():
        return _review_page(form), 422
    answers = {**all_answers(parts), "statement_accepted": str(form.statement_accepted.data)}
    answers.setdefault("applies_jointly", "nej")
    case_id = core().citizen.apply(answers, actor())
    return redirect(url_for("citizen.receipt", case_id=case_id))


@bp.get("/kvittering/<case_id>")
@allow("citizen.follow")
def receipt(case_id: str) -> str:
    """Tell that the application has come, and what happens now."""
    return render_template("citizen/receipt.html", mine=_case(case_id))


@bp.get("/beregning/<case_id>")
@allow("citizen.follow")
def calculation(case_id: str) -> str:
    """Show how one's own help was calculated."""
    mine = _case(case_id)
    lines = core().citizen.explain(case_id, actor())
    return render_template("citizen/calculation.html", mine=mine, explanation=lines)


@bp.get("/hoering/<hearing_id>")
@allow("citizen.follow")
def hearing(hearing_id: str) -> str:
    """Show what the municipality considers, and ask what the party says."""
    return _hearing_page(hearing_id, AnswerHearing(token=token()))


@bp.post("/hoering/<hearing_id>")
@allow("citizen.follow")
def answer_hearing(hearing_id: str) -> Answer:
    """Receive the party's answer."""
    form = AnswerHearing(request.form, token=token())
    if not form.validate():
        return _hearing_page(hearing_id, form), 422
    core().citizen.answer_hearing(hearing_id, form.text(), actor())
    flash("Vi har fået dit svar. Du får besked, når vi har afgjort sagen.")
    return redirect(url_for("citizen.overview"))


@bp.get("/papirer/<case_id>")
@allow("citizen.follow")
def papers(case_id: str) -> str:
    """Show what is missing, why and until when, and what was sent."""
    return _papers_page(case_id)


@bp.post("/papirer/<case_id>/<request_id>")
@allow("citizen.follow")
def choose_files(case_id: str, request_id: str) -> Answer:
    """Keep photographs or files until they are sent; one that cannot be used says why."""
    try:
        core().citizen.choose_files(request_id, uploaded("filer"), actor())
    except NotFoundError:
        raise
    except TooLargeError as error:
        return _papers_page(case_id, f"filer-{request_id}", str(error)), 413
    except RuleError as error:
        return _papers_page(case_id, f"filer-{request_id}", str(error)), 422
    flash("Filen er gemt, men ikke sendt endnu.")
    return redirect(url_for("citizen.papers", case_id=case_id))


@bp.post("/papirer/<case_id>/fjern/<file_id>")
@allow("citizen.follow")
def remove_file(case_id: str, file_id: str) -> Response:
    """Take a file away before it is sent."""
    name = core().citizen.remove_file(file_id, actor())
    flash(f"“{name}” er fjernet.")
    return redirect(url_for("citizen.papers", case_id=case_id))


@bp.post("/papirer/<case_id>/send")
@allow("citizen.follow")
def send_papers(case_id: str) -> Response:
    """Send what was chosen; only now does the municipality see it."""
    core().citizen.send_papers(case_id, actor())
    return redirect(url_for("citizen.papers_sent", case_id=case_id))


@bp.get("/papirer/<case_id>/kvittering")
@allow("citizen.follow")
def papers_sent(case_id: str) -> str:
    """Tell that the papers have come."""
    page = core().citizen.papers(case_id, actor())
    return render_template("citizen/papers_sent.html", page=page)


@bp.get("/dokumenter/<document_id>")
@allow("citizen.follow")
def document(document_id: str) -> Response:
    """Hand out a document of one's own case."""
    found, content = core().citizen.document(document_id, actor())
    return download(content, found.media_type, found.title)


def _draft() -> dict[str, Typed]:
    """Return what is typed so far, part by part."""
    draft = core().drafts.mine(actor())
    return {} if draft is None else {slug: part.answers for slug, part in draft.parts.items()}


def _seen(slug: str) -> str:
    """Return which version of a part the page shows, so that a newer one is noticed."""
    draft = core().drafts.mine(actor())
    part = None if draft is None else draft.parts.get(slug)
    return "" if part is None else part.saved_at.isoformat()


def _open_parts(draft: Mapping[str, Typed]) -> list[type[PartForm]]:
    """Return the parts that still lack an answer, in the form's order."""
    return [
        part
        for part in PARTS
        if part.slug not in draft or not _part(part.slug, draft[part.slug]).validate()
    ]


def _part(slug: str, typed: Typed | None) -> PartForm:
    if slug not in PART_BY_SLUG:
        raise NotFoundError("Ansøgningen har ikke den del. Gå til forsiden af ansøgningen.")
    return PART_BY_SLUG[slug](None if typed is None else MultiDict(typed), token=None)


def _parts() -> dict[str, PartForm]:
    draft = _draft()
    return {part.slug: _part(part.slug, draft.get(part.slug, {})) for part in PARTS}


def _after(slug: str) -> str:
    """Return where a kept part leads: back to the review, or to the next part."""
    left = [part.slug for part in _open_parts(_draft())]
    if not left:
        return url_for("citizen.review")
    slugs = [part.slug for part in PARTS]
    later = slugs[slugs.index(slug) + 1 :] + slugs
    following = next(each for each in later if each in left)
    return url_for("citizen.part", slug=following)


def _part_page(form: PartForm, seen: str) -> str:
    number = [part.slug for part in PARTS].index(form.slug) + 1
    today = core().clock.today()
    return render_template(
        "citizen/part.html",
        form=form,
        seen=seen,
        number=number,
        count=len(PARTS) + 1,
        example_day=today + timedelta(days=1),
        previous=PARTS[number - 2] if number > 1 else None,
    )


def _review_page(form: SendForm) -> str:
    answers = [
        (each, [(field, shown(field)) for field in each.questions]) for each in _parts().values()
    ]
    is_married = _draft().get("familie", {}).get("cohabitation") == "gift"
    return render_template(
        "citizen/review.html", form=form, answers=answers, asks_spouse=is_married
    )


def _papers_page(case_id: str, place: str = "", problem: str = "") -> str:
    page = core().citizen.papers(case_id, actor())
    return render_template("citizen/papers.html", page=page, place=place, problem=problem)


def _case(case_id: str) -> CitizenCase:
    cases: Sequence[CitizenCase] = core().citizen.overview(actor())
    for each in cases:
        if each.case.id == case_id:
            return each
    raise NotFoundError("Sagen findes ikke, eller den er ikke din. Gå til Min side.")


def _hearing_page(hearing_id: str, form: AnswerHearing) -> str:
    for each in core().citizen.overview(actor()):
        if each.hearing is not None and each.hearing.id == hearing_id:
            lines = core().citizen.explain(each.case.id, actor())
            return render_template(
                "citizen/hearing.html",
                mine=each,
                hearing=each.hearing,
                form=form,
                explanation=lines,
            )
    raise NotFoundError("Der er ikke noget at svare på her. Gå til Min side.")
