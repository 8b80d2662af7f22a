"""How a case was calculated on any day, decisions as files, and `hvad nu hvis`."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from werkzeug.datastructures import ImmutableMultiDict

from app.security.guards import allow, token
from app.web.shell.charts import Bars, grouped_bars
from app.web.shell.core import actor, core
from app.web.shell.files import download
from forms.calculations import KnownOnForm, WhatIfForm, WhatIfOnCase
from processes.domain.calculation import PersonMonth
from processes.domain.comparison import LineChange, compare
from processes.domain.errors import NotFoundError, RuleError
from processes.domain.periods import Month
from processes.ports.explaining import PersonMonths, WhatIfPage
from processes.ports.pages import CaseTab

bp = Blueprint("calculations", __name__)

Answer = str | tuple[str, int]
OERE_PER_KRONE = 100


@dataclass(frozen=True)
class MonthPair:
    """Two months to hold against each other, and what they can be (to måneder)."""

    before: PersonMonth
    after: PersonMonth
    changes: tuple[LineChange, ...]


# ---- any day, any two months ---------------------------------------------------------------


@bp.get("/sager/<case_id>/beregning/maaneder")
@allow("case.read")
def months(case_id: str) -> Answer:
    """Show every month with what moved it, as it was known on a day; hold two side by side."""
    form = KnownOnForm(request.args, token=None)
    form.validate()
    problem = ""
    view = None
    try:
        view = core().explaining.view(case_id, actor(), known_on=form.kendt.data)
    except NotFoundError:
        raise
    except RuleError as error:
        problem = str(error)
        view = core().explaining.view(case_id, actor())
    page = core().cases.page(case_id, actor(), CaseTab.CALCULATION)
    chosen = [_month(request.args.get(name)) for name in ("fra", "til")]
    status = 422 if problem or form.errors else 200
    drawn = [(each, _drawing(each)) for each in view.people]
    return (
        render_template(
            "cases/months.html",
            page=page,
            tab=CaseTab.CALCULATION.value,
            view=view,
            form=form,
            problem=problem,
            drawn=drawn,
            pairs=[pair for each in view.people if (pair := _pair(each, *chosen))],
            chosen=chosen,
            all_months=sorted({month.month for month in view.calculation.months}),
        ),
        status,
    )


def _month(said: str | None) -> Month | None:
    try:
        return Month.parse(said or "")
    except ValueError:
        return None


def _pair(person: PersonMonths, first: Month | None, second: Month | None) -> MonthPair | None:
    """Return the two months that were chosen; without a choice the last change, else the last."""
    known = [month for month in person.months if month.gross is not None]
    by_month = {month.month: month for month in known}
    after = by_month.get(second) if second else _last_moved(person, known)
    if after is None:
        return None
    earlier = [month for month in known if month.month < after.month]
    before = by_month.get(first) if first else (earlier[-1] if earlier else None)
    return None if before is None else MonthPair(before, after, compare(before, after))


def _last_moved(person: PersonMonths, known: list[PersonMonth]) -> PersonMonth | None:
    moved = [step.month for step in person.steps if step.difference]
    return next(reversed(moved or known), None)


def _drawing(person: PersonMonths) -> Bars:
    """Return the bars: what the facts give, and what was decided, in whole kroner."""
    groups = []
    for step in person.steps:
        decided = person.decided[step.month.month]
        amounts = (step.month.gross, decided)
        values = [amount.oere // OERE_PER_KRONE if amount else 0 for amount in amounts]
        groups.append((f"{step.month.month.number}.{step.month.month.year % 100:02d}", values))
    return grouped_bars(groups)


# ---- decisions as files --------------------------------------------------------------------


@bp.get("/afgoerelser/<decision_id>/genberegning")
@allow("replay.read")
def replay(decision_id: str) -> Response:
    """Hand out a decision as one file that a stranger can check."""
    name, content = core().replays.file(decision_id, actor())
    return download(content, "application/json", name)


@bp.get("/genberegning/kontrolprogram")
@allow("replay.read")
def checker() -> Response:
    """Hand out the program that checks such a file."""
    return download(core().replays.checker(actor()), "text/x-python", "check_replay.py")


# ---- what if -------------------------------------------------------------------------------


@bp.get("/sager/<case_id>/hvad-nu-hvis")
@allow("case.read")
def what_if(case_id: str) -> str:
    """Ask what is to be thought otherwise."""
    page = core().what_if.of_case(case_id, (), actor())
    return _on_case(page, WhatIfOnCase.of(page.party_ids)(None, token=token()))


@bp.post("/sager/<case_id>/hvad-nu-hvis")
@allow("case.read")
def try_what_if(case_id: str) -> Answer:
    """Show next month as it would be; sent by POST, so that nothing of it stands in an address."""
    page = core().what_if.of_case(case_id, (), actor())
    form = WhatIfOnCase.of(page.party_ids)(request.form, token=token())
    if not form.validate():
        return _on_case(page, form), 422
    supposed = form.supposed_of(page.party_ids)
    page = core().what_if.of_case(case_id, supposed, actor())
    return _on_case(page, form, NOTHING if not supposed else "")


@bp.get("/selvbetjening/hvad-nu-hvis/<case_id>")
@allow("citizen.follow")
def my_what_if(case_id: str) -> Answer:
    """Ask a citizen what is to be thought otherwise."""
    return _mine(case_id, None)


@bp.post("/selvbetjening/hvad-nu-hvis/<case_id>")
@allow("citizen.follow")
def try_my_what_if(case_id: str) -> Answer:
    """Show a citizen next month as it would be."""
    return _mine(case_id, request.form)


NOTHING = "Skriv mindst ét sted, hvad der skal være anderledes."


def _on_case(page: WhatIfPage, form: WhatIfForm, problem: str = "") -> str:
    return render_template(
        "cases/what_if.html",
        page=core().cases.page(page.case.id, actor(), CaseTab.CALCULATION),
        tab=CaseTab.CALCULATION.value,
        tried=page,
        form=form,
        problem=problem,
    )


def _mine(case_id: str, typed: ImmutableMultiDict[str, str] | None) -> Answer:
    form = WhatIfForm(typed, token=token())
    try:
        page = core().what_if.mine(case_id, (), actor())
    except NotFoundError:
        raise
    except RuleError as error:
        return render_template("citizen/what_if_later.html", problem=str(error)), 409
    problem = ""
    status = 200
    if typed is not None and not form.validate():
        status = 422
    elif typed is not None:
        supposed = form.supposed(page.party_ids[0])
        problem = "" if supposed else NOTHING
        page = core().what_if.mine(case_id, supposed, actor())
    return (
        render_template("citizen/what_if.html", page=page, form=form, problem=problem),
        status,
    )
