"""A draft tried on recorded cases: asking for it, how far it is, and the report (prøve)."""

from __future__ import annotations

import csv
import io

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.security.guards import allow, token
from app.web.shell.core import actor, core
from app.web.shell.labels import TRYOUT_STATES
from forms.tryouts import TryoutForm
from processes.ports.tryouts import (
    AmountStep,
    Population,
    TriedCase,
    TryoutReport,
)

bp = Blueprint("tryouts", __name__)

Answer = str | AnyResponse | tuple[str, int]

FIGURES = {
    "changed": "Sager, der går anderledes",
    "decisions": "Sager, der ville blive afgjort anderledes",
    "amounts": "Sager, hvor beløbet er et andet",
    "unknown": "Sager, der ikke kan følges til ende",
    "assumed": "Sager, hvor et svar er lånt fra andre sager",
    "deviating": "Sager, hvor dagens version ikke giver det, der skete",
}
CHART_HEIGHT = 160


@bp.get("/processer/kladder/<draft_id>/proev")
@allow("tryout.run")
def ask(draft_id: str) -> str:
    """Ask on which cases a draft is tried."""
    return _ask(draft_id)


def _ask(draft_id: str, form: TryoutForm | None = None) -> str:
    page = core().workbench.draft(draft_id, actor())
    processes = core().tryouts.processes_of(page.draft.key, actor())
    return render_template(
        "tryouts/ask.html",
        draft=page.draft,
        form=form or TryoutForm(token=token(), processes=processes),
        tryouts=core().tryouts.of_subject(f"draft:{draft_id}", actor()),
        states=TRYOUT_STATES,
    )


@bp.post("/processer/kladder/<draft_id>/proev")
@allow("tryout.run")
def begin(draft_id: str) -> Answer:
    """Begin a try-out of the draft as it was saved last."""
    draft = core().workbench.draft(draft_id, actor()).draft
    processes = core().tryouts.processes_of(draft.key, actor())
    form = TryoutForm(request.form, token=token(), processes=processes)
    if not form.validate():
        return _ask(draft_id, form), 422
    tryout_id = core().tryouts.begin(
        draft.files,
        Population(**form.wanted),
        actor(),
        process_key=form.process_key.data,
        subject=f"draft:{draft_id}",
        digest=str(draft.revision),
    )
    return redirect(url_for("tryouts.show", tryout_id=tryout_id))


@bp.get("/proever/<tryout_id>")
@allow("tryout.read")
def show(tryout_id: str) -> str:
    """Show how far a try-out is, or what it came to."""
    page = core().tryouts.page(tryout_id, actor(), which=request.args.get("vis", ""))
    report = page.tryout.report
    return render_template(
        "tryouts/show.html",
        page=page,
        tryout=page.tryout,
        report=report,
        draft_id=page.tryout.subject.removeprefix("draft:"),
        states=TRYOUT_STATES,
        heading_of_cases=_title(page.which, report),
        bars=_bars(report.steps) if report else [],
    )


def _title(which: str, report: TryoutReport | None) -> str:
    """Return what the cases behind a figure are called."""
    harms = {each.key: each.name for each in report.harms} if report else {}
    return FIGURES.get(which) or harms.get(which) or which


def _bars(steps: tuple[AmountStep, ...]) -> list[tuple[AmountStep, int, int, int]]:
    """Return the chart's bars: where each begins, how high it is, and where its top is."""
    most = max((each.cases for each in steps), default=0) or 1
    return [
        (each, 12 + 94 * place + (20 if each.is_more else 0), high, 200 - high)
        for place, each in enumerate(steps)
        for high in [CHART_HEIGHT * each.cases // most]
    ]


@bp.post("/proever/<tryout_id>/stop")
@allow("tryout.run")
def stop(tryout_id: str) -> AnyResponse:
    """Give a try-out up."""
    core().tryouts.stop(tryout_id, actor())
    flash("Prøven er standset.")
    return redirect(url_for("tryouts.show", tryout_id=tryout_id))


@bp.get("/proever/<tryout_id>/sager")
@allow("tryout.read")
def cases(tryout_id: str) -> Response:
    """Return every case of a try-out as a file, without names."""
    page = core().tryouts.page(tryout_id, actor(), which="*")
    out = io.StringIO()
    written = csv.writer(out, delimiter=";")
    written.writerow(
        ["sag", "i dag", "kladde", "afgørelse i dag", "afgørelse kladde", "beløb i dag",
         "beløb kladde", "opgaver i dag", "opgaver kladde", "skade", "hvorfor"]
    )  # fmt: skip
    for each in page.cases:
        written.writerow(_row(each))
    return Response(
        "\ufeff" + out.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename=proeve-{page.tryout.id[:8]}.csv"},
    )


def _row(case: TriedCase) -> list[object]:
    amounts = [
        "" if each.amount is None else each.amount.danish() for each in (case.today, case.draft)
    ]
    return [
        case.case_number,
        f"{case.today.how} {case.today.end_name}",
        f"{case.draft.how} {case.draft.end_name}",
        case.today.decision,
        case.draft.decision,
        *amounts,
        sum(case.today.tasks.values()),
        sum(case.draft.tasks.values()),
        " ".join(case.harms),
        case.draft.why,
    ]
