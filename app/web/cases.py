"""A case on its pages: overview, facts, calculation, payments, documents, journal, course."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.security.guards import allow, token
from app.web.shell import words
from app.web.shell.core import actor, core
from app.web.shell.files import download, uploaded
from forms.desk import NoteForm, SearchForm
from forms.papers import AddDocument
from processes.domain.access import may
from processes.domain.calculation import Calculation, PersonMonth
from processes.domain.cases import PartyRole
from processes.domain.comparison import LineChange, compare
from processes.domain.errors import NotFoundError, RuleError
from processes.domain.periods import danish_day
from processes.ports.pages import CasePage, CaseTab, InstanceView, StepState
from processes.ports.records import TimelineItem

bp = Blueprint("cases", __name__)

Answer = str | AnyResponse | tuple[str, int]

KINDS = {
    "afgoerelse": ("Afgørelse", "Afgørelser"),
    "udbetaling": ("Udbetaling", "Udbetalinger"),
    "brev": ("Brev", "Breve"),
    "besked": ("Besked", "Beskeder"),
    "haendelse": ("Hændelse", "Hændelser"),
    "opgave": ("Opgave", "Opgaver"),
    "oplysning": ("Oplysning", "Oplysninger"),
    "dokument": ("Dokument", "Dokumenter"),
    "notat": ("Notat", "Notater"),
}
"""What a time line tells of, the most important first; keys as in the address."""

TwoMonths = tuple[PersonMonth, PersonMonth, tuple[LineChange, ...]]

DIAGRAM_STATES = {
    StepState.DONE: "done",
    StepState.ACTIVE: "active",
    StepState.INCIDENT: "failed",
}


@bp.get("/sager")
@allow("case.read")
def index() -> str:
    """Show the way to a case."""
    return render_template("cases/index.html", found=None, form=SearchForm(token=token()))


@bp.post("/sager/soeg")
@allow("person.search")
def search() -> Answer:
    """Find cases; sent by POST, so that no name or number stands in an address."""
    form = SearchForm(request.form, token=token())
    if not form.validate():
        return render_template("cases/index.html", found=None, form=form), 422
    found = core().cases.search(form.text.data or "", actor())
    return render_template("cases/index.html", found=found, form=form)


@bp.get("/sager/<case_id>")
@allow("case.read")
def show(case_id: str) -> str:
    """Show what to do now, and what carries the case."""
    return _case_page(CaseTab.OVERVIEW, case_id)


@bp.get("/sager/<case_id>/oplysninger")
@allow("case.read")
def facts(case_id: str) -> str:
    """Show every fact with its source and age."""
    return _case_page(CaseTab.FACTS, case_id)


@bp.get("/sager/<case_id>/beregning")
@allow("case.read")
def calculation(case_id: str) -> str:
    """Show how the help was calculated, line by line, and why a month differs from the last."""
    page = core().cases.page(case_id, actor(), CaseTab.CALCULATION)
    tab = CaseTab.CALCULATION.value
    return render_template(
        "cases/calculation.html", page=page, tab=tab, compared=_compared(page.calculation)
    )


@bp.get("/sager/<case_id>/udbetalinger")
@allow("case.read")
def payments(case_id: str) -> str:
    """Show payments with their receipts and postings."""
    return _case_page(CaseTab.PAYMENTS, case_id)


@bp.get("/sager/<case_id>/dokumenter")
@allow("case.read")
def documents(case_id: str) -> str:
    """Show letters and documents, and where to add what came by post."""
    return _documents_page(case_id, None)


@bp.post("/sager/<case_id>/dokumenter")
@allow("document.add")
def add_documents(case_id: str) -> Answer:
    """File what came by post or at the desk."""
    parties = _parties(core().cases.page(case_id, actor(), CaseTab.DOCUMENTS))
    form = AddDocument.of(parties)(request.form, token=token())
    if not form.validate():
        return _documents_page(case_id, form), 422
    kind, party = str(form.kind.data), str(form.party.data)
    try:
        core().cases.add_documents(case_id, kind, party, uploaded("filer"), actor())
    except NotFoundError:
        raise
    except RuleError as error:
        return _documents_page(case_id, form, str(error)), 422
    flash("Papiret er gemt på sagen.")
    return redirect(url_for("cases.documents", case_id=case_id))


@bp.get("/sager/<case_id>/journal")
@allow("case.read")
def journal(case_id: str) -> str:
    """Show the notes, and where to write one."""
    return _case_page(CaseTab.JOURNAL, case_id, note_form=NoteForm(token=token()))


@bp.post("/sager/<case_id>/journal")
@allow("case.note")
def add_note(case_id: str) -> Answer:
    """Write a journal note."""
    form = NoteForm(request.form, token=token())
    if not form.validate():
        return _case_page(CaseTab.JOURNAL, case_id, note_form=form), 422
    core().cases.add_note(case_id, form.text.data or "", actor())
    flash("Notatet er gemt på sagen.")
    return redirect(url_for("cases.journal", case_id=case_id))


@bp.get("/sager/<case_id>/tidslinje")
@allow("case.read")
def timeline(case_id: str) -> str:
    """Show everything that happened, all of it or the kinds that are chosen."""
    page = core().cases.page(case_id, actor(), CaseTab.TIMELINE)
    chosen = [kind for kind in KINDS if kind in request.args.getlist("vis")]
    shown = [item for item in page.timeline if not chosen or item.kind in chosen]
    counted = Counter(item.kind for item in page.timeline)
    return render_template(
        "cases/timeline.html",
        page=page,
        tab=CaseTab.TIMELINE.value,
        chosen=chosen,
        kinds=[_kind(kind, chosen, counted[kind]) for kind in KINDS if counted[kind]],
        one={kind: name for kind, (name, _many) in KINDS.items()},
        shown=len(shown),
        days=[(day, list(items)) for day, items in groupby(shown, _danish_day)],
    )


@bp.get("/sager/<case_id>/forloeb")
@allow("case.read")
def course(case_id: str) -> str:
    """Show where the case stands in its processes, and who looked."""
    page = core().cases.page(case_id, actor(), CaseTab.COURSE)
    diagrams = [(view, _diagram(view)) for view in page.instances]
    return render_template("cases/course.html", page=page, tab="course", diagrams=diagrams)


@bp.get("/dokumenter/<document_id>")
@allow("document.read")
def document(document_id: str) -> Response:
    """Hand out a document's exact copy."""
    found, content = core().cases.document(document_id, actor())
    return download(content, found.media_type, found.title)


def _parties(page: CasePage) -> list[tuple[str, str]]:
    """Return who a paper can be from: the adults of a case."""
    return [
        (each.id, words.navn(each.name))
        for each in page.case.parties
        if each.role is not PartyRole.CHILD
    ]


def _documents_page(case_id: str, form: AddDocument | None, problem: str = "") -> str:
    page = core().cases.page(case_id, actor(), CaseTab.DOCUMENTS)
    if form is None and may(actor(), "document.add"):
        form = AddDocument.of(_parties(page))(token=token())
    return render_template(
        "cases/documents.html", page=page, tab="documents", form=form, problem=problem
    )


def _case_page(tab: CaseTab, case_id: str, **values: object) -> str:
    page: CasePage = core().cases.page(case_id, actor(), tab)
    return render_template(f"cases/{tab}.html", page=page, tab=tab.value, **values)


def _compared(calculation: Calculation | None) -> list[TwoMonths]:
    """Return the last two months of each person, side by side, when there are two."""
    if calculation is None:
        return []
    months = [calculation.of(party_id)[-2:] for party_id in calculation.party_ids]
    known = [each for each in months if all(month.gross is not None for month in each)]
    return [
        (before, after, compare(before, after))
        for before, after in (each for each in known if len(each) == len(("before", "after")))
    ]


@dataclass(frozen=True)
class Chip:
    """One kind of line a reader can choose (filter)."""

    label: str
    count: int
    is_chosen: bool
    next: list[str]
    """What is chosen after it was pressed."""


def _kind(kind: str, chosen: Sequence[str], count: int) -> Chip:
    pressed = set(chosen) ^ {kind}
    return Chip(KINDS[kind][1], count, kind in chosen, [each for each in KINDS if each in pressed])


def _danish_day(item: TimelineItem) -> date:
    return danish_day(item.at)


def _diagram(view: InstanceView) -> dict[str, object]:
    """Return what the picture of a process is drawn from."""
    states = dict.fromkeys(view.visited, "done")
    states |= dict.fromkeys(view.active, "active")
    states |= {
        step.element_id: DIAGRAM_STATES[step.state]
        for step in view.steps
        if step.state is StepState.INCIDENT
    }
    return {"xml": view.diagram_xml, "states": states, "selected": next(iter(view.active), None)}
