"""A team's work in figures: what comes in, what gets done, how long it takes, what falls due."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from flask import Blueprint, Response, render_template, request

from app.security.guards import allow
from app.web.shell.charts import grouped_bars
from app.web.shell.core import actor, core
from processes.ports.production import ProductionPage

bp = Blueprint("production", __name__)

PERIODS = {4: "Seneste 4 uger", 13: "Seneste kvartal", 52: "Seneste år"}


@bp.get("/produktion")
@allow("production.read")
def index() -> str:
    """Show the figures of a period, each with the way to the tasks behind it."""
    page = core().production.page(_weeks(), actor())
    return render_template(
        "production/index.html",
        page=page,
        weeks=_weeks(),
        periods=PERIODS,
        flow=grouped_bars([(f"{each.monday:%V}", (each.came, each.done)) for each in page.weeks]),
        ahead=grouped_bars(
            [(f"{each.day:%d.%m}", (each.due,)) for each in page.ahead], line=page.done_a_day
        ),
    )


@bp.get("/produktion/<process_key>/<element_id>")
@allow("production.read")
def step(process_key: str, element_id: str) -> str:
    """Show the tasks behind one step's figures."""
    page = core().production.step(process_key, element_id, _weeks(), actor())
    return render_template("production/step.html", page=page, weeks=_weeks(), periods=PERIODS)


@bp.get("/produktion/regneark")
@allow("production.read")
def export() -> Response:
    """Answer the figures as a file a spreadsheet opens as it is in Danish: semicolons, commas."""
    page = core().production.page(_weeks(), actor())
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerows(_rows(page))
    name = f"produktion-{page.since:%Y-%m-%d}-{page.until:%Y-%m-%d}.csv"
    return Response(
        # The mark is how a spreadsheet knows that the letters are UTF-8.
        "\ufeff" + file.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _rows(page: ProductionPage) -> Iterator[tuple[str, ...]]:
    yield (
        "Proces",
        "Trin",
        "Færdige",
        "Median, timer",
        "9 af 10 inden, timer",
        "Med frist",
        "Frist holdt",
        "Åbne nu",
        "Overskredet nu",
    )
    for each in page.steps:
        yield (
            _plain(each.process_name),
            _plain(each.name),
            str(each.done),
            _hours(each.median_hours),
            _hours(each.slow_hours),
            str(each.with_deadline),
            str(each.kept),
            str(each.open),
            str(each.overdue),
        )


def _plain(text: str) -> str:
    """Return words no spreadsheet takes for a formula, whoever named the step."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def _hours(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}".replace(".", ",")


def _weeks() -> int:
    """Return the period asked for; what is none of ours is the shortest."""
    weeks = request.args.get("uger", 4, type=int)
    return weeks if weeks in PERIODS else 4
