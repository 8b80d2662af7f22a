"""The monthly payment run as finance works it: how far, what was remarked, released or held."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.security.guards import allow, token
from app.web.shell.core import actor, core
from forms.runs import Why
from processes.domain.access import may
from processes.domain.books import BOOK_DIFFERENCE_NAMES, BookLayer
from processes.domain.deviations import DEVIATION_NAMES
from processes.domain.errors import RuleError
from processes.domain.grants import REMARK_NAMES
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.runs import DIFFERENCE_NAMES, Verdict

bp = Blueprint("runs", __name__)

Answer = str | Response | tuple[str, int]

WHICH = (
    ("bemaerket", "Undtagelser"),
    ("aabne", "Åbne"),
    ("holdt", "Holdt tilbage"),
    ("frigivet", "Frigivet"),
    ("afvist", "Afvist af banken"),
    ("alle", "Alle betalinger"),
)
"""Which lines the page of a run lists, and what the choice is called."""
WEIGHTS = {
    "alvorlig": ("error", "Alvorlig", "serious"),
    "skal_ses": ("warning", "Skal ses", "warning"),
    "noteret": ("info", "Noteret", "plain"),
}
FIGURES = (
    ("paid_net", "Udbetalt, netto"),
    ("paid_gross", "Udbetalt, før skat"),
    ("paid_cost", "Udgift med pension og ATP, uden sanktioner"),
    ("posted_gross", "Bogført udgift"),
    ("paid_income", "A-indkomst"),
    ("reported_gross", "Indberettet A-indkomst"),
    ("paid_tax", "Indeholdt A-skat"),
    ("reported_tax", "Indberettet A-skat"),
    ("rejected_net", "Afvist af banken"),
    ("unanswered_net", "Banken har ikke svaret"),
    ("others", "Til andre modtagere"),
    ("others_paid", "Udbetalt til andre modtagere"),
)
"""The sums of a reconciliation, in the order they are compared."""


@bp.get("/udbetaling")
@allow("run.read")
def index() -> str:
    """List the runs, and plan the next."""
    month = Month.of(core().clock.today())
    return render_template(
        "runs/index.html", runs=core().runs.all(actor()), months=(month, month.next())
    )


LAYER_NAMES = {
    BookLayer.DAILY: "Sendt og svaret",
    BookLayer.CONSISTENCY: "Afgjort og gjort",
}
HALF = 360
"""How long the longest bar of a simulated run is, to either side."""


@bp.get("/udbetaling/proeve")
@allow("run.read")
def simulated() -> str:
    """Show what would be paid today, and why it differs from last month."""
    page = core().runs.simulate(actor())
    most = max((abs(each.amount.oere) for each in page.causes), default=1)
    bars = [
        {
            "label": DEVIATION_NAMES[each.kind],
            "width": max(abs(each.amount.oere) * HALF // most, 1),
            "x": 660 - (abs(each.amount.oere) * HALF // most if each.amount < Money(0) else 0),
        }
        for each in page.causes
    ]
    return render_template(
        "runs/simulated.html",
        page=page,
        bars=bars,
        names=DEVIATION_NAMES,
        remark_names=REMARK_NAMES,
        weights=WEIGHTS,
    )


@bp.get("/udbetaling/afstemning")
@allow("run.read")
def books() -> str:
    """Show the newest daily reconciliation with every difference, and how the days before went."""
    return render_template(
        "runs/books.html",
        found=core().books.page(actor()),
        names=BOOK_DIFFERENCE_NAMES,
        layers=LAYER_NAMES,
    )


@bp.post("/udbetaling/planlaeg")
@allow("run.manage")
def plan() -> Response:
    """Plan a month's run; the one that is there is shown."""
    try:
        month = Month.parse(request.form.get("maaned", ""))
    except ValueError:
        raise RuleError("Vælg den måned, der skal udbetales for.") from None
    return redirect(url_for("runs.show", run_id=core().runs.plan(month, actor())))


@bp.get("/udbetaling/<run_id>")
@allow("run.read")
def show(run_id: str) -> str:
    """Show how far a run is, what was remarked, and how it compares."""
    return _page(run_id)


def _page(run_id: str, *, stop_form: Why | None = None) -> str:
    which = request.args.get("vis", "bemaerket")
    kind = request.args.get("slags", "")
    return render_template(
        "runs/show.html",
        page=core().runs.page(run_id, actor(), which=which, kind=kind),
        which=which,
        kind=kind,
        choices=WHICH,
        remark_names=REMARK_NAMES,
        difference_names=DIFFERENCE_NAMES,
        weights=WEIGHTS,
        figures=FIGURES,
        stop_form=stop_form or Why(token=token()),
    )


@bp.post("/udbetaling/<run_id>/stop")
@allow("run.manage")
def stop(run_id: str) -> Answer:
    """Stop an approved run before the bank gets it."""
    form = Why(request.form, token=token())
    if not form.validate():
        return _page(run_id, stop_form=form), 422
    core().runs.stop(run_id, form.reason.data or "", actor())
    flash("Kørslen bliver stoppet. Den skal klargøres og godkendes igen.")
    return redirect(url_for("runs.show", run_id=run_id))


@bp.get("/udbetaling/betaling/<line_id>")
@allow("run.read")
def line(line_id: str) -> str:
    """Show one payment, with every amount and its reason."""
    return _line_page(line_id)


def _line_page(line_id: str, form: Why | None = None, problem: str = "") -> str:
    return render_template(
        "runs/line.html",
        page=core().runs.line(line_id, actor()),
        form=form or Why(token=token()),
        problem=problem,
        remark_names=REMARK_NAMES,
        weights=WEIGHTS,
        may_manage=may(actor(), "run.manage"),
    )


@bp.post("/udbetaling/betaling/<line_id>/afgoer")
@allow("run.manage")
def rule(line_id: str) -> Answer:
    """Release or hold one payment, with a reason."""
    form = Why(request.form, token=token())
    verdict = Verdict.HELD if "hold" in request.form else Verdict.RELEASED
    if not form.validate():
        return _line_page(line_id, form), 422
    try:
        core().runs.rule(line_id, verdict, form.reason.data or "", actor())
    except RuleError as error:
        return _line_page(line_id, form, str(error)), 422
    flash("Betalingen er holdt tilbage." if verdict is Verdict.HELD else "Betalingen er frigivet.")
    return redirect(url_for("runs.line", line_id=line_id))


@bp.post("/udbetaling/betaling/<line_id>/beregn-igen")
@allow("run.manage")
def again(line_id: str) -> Answer:
    """Calculate one payment again, now that something was put right."""
    try:
        core().runs.calculate_again(line_id, actor())
    except RuleError as error:
        return _line_page(line_id, problem=str(error)), 422
    flash("Betalingen er beregnet igen.")
    return redirect(url_for("runs.line", line_id=line_id))
