"""A team as its lead sees it: who has what, moving tasks, and who is away."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.security.guards import allow, token
from app.web.shell import words
from app.web.shell.core import actor, core
from forms.teamlead import EVENLY, AbsenceForm, MoveForm, WishForm
from processes.domain.errors import RuleError
from processes.ports.pages import MovePlan, MoveReport, PlannedMove, TeamPage

bp = Blueprint("team", __name__)

Answer = str | Response | tuple[str, int]

UNASSIGNED = "ufordelte"
"""What an address calls the tasks nobody has."""


@bp.get("/hold")
@allow("team.read")
def index() -> str:
    """Show who has what, who is away, and what can be undone."""
    return _team_page(_chosen(request.args.get("hos")))


@bp.post("/hold/flyt")
@allow("task.reassign")
def plan() -> Answer:
    """Show how the chosen tasks would be moved; nothing is moved yet."""
    page = core().team.page(None, actor())
    form = WishForm(request.form, token=token(), people=_receivers(page))
    holder = _chosen(form.holder.data or None)
    if not form.validate():
        return _team_page(holder, wish_form=form), 422
    receiver = form.chosen_receiver
    if form.everything.data:
        found = core().team.plan_all(holder or "", receiver, actor())
    else:
        found = core().team.plan(form.tasks.data, receiver, actor())
    return _plan_page(found, form.receiver.data, _move_form(found, form.receiver.data))


@bp.post("/hold/flyt/udfoer")
@allow("task.reassign")
def move() -> Answer:
    """Move tasks as planned; what cannot be moved any more is named."""
    form = MoveForm(request.form, token=token())
    planned = [PlannedMove(*each) for each in form.plan.data or ()]
    if not form.validate():
        receiver = str(form.receiver.data)
        task_ids = [each.task_id for each in planned]
        wanted = None if receiver == EVENLY else receiver
        found = core().team.plan(task_ids, wanted, actor())
        return _plan_page(found, receiver, form), 422
    report = core().team.move(planned, form.reason.data or "", actor())
    if report.stays:
        return _stayed(report, f"{_moved(report)} flyttet til {_shared(report)}.")
    # The page itself begins with the move and how to undo it.
    return redirect(url_for("team.index"))


@bp.post("/hold/flyt/<batch_id>/fortryd")
@allow("task.reassign")
def undo(batch_id: str) -> Answer:
    """Give back what nobody has touched since it was moved."""
    report = core().team.undo(batch_id, actor())
    back = "enhedens ufordelte" if report.givers == (UNASSIGNED,) else " og ".join(report.givers)
    said = f"{_moved(report)} lagt tilbage hos {back}."
    if report.stays:
        return _stayed(report, said)
    flash(said)
    return redirect(url_for("team.index"))


@bp.post("/hold/fravaer")
@allow("absence.register")
def register_absence() -> Answer:
    """Say that somebody is away, and who stands in."""
    people = _receivers(core().team.page(None, actor()))
    form = AbsenceForm(request.form, token=token(), people=people)
    if not form.validate():
        return _team_page(None, absence_form=form), 422
    user = str(form.user.data)
    try:
        core().team.register_absence(user, form.days, form.chosen_substitute, actor())
    except RuleError as error:
        return _team_page(None, absence_form=form, problem=str(error)), 422
    flash(f"Fraværet er registreret for {people[user]}.")
    return redirect(url_for("team.index"))


@bp.post("/hold/fravaer/<int:absence_id>/tilbage")
@allow("absence.register")
def end_absence(absence_id: int) -> Response:
    """Say that somebody is back today."""
    absence = core().team.end_absence(absence_id, actor())
    name = core().central.user(absence.user).name
    flash(f"{name} er tilbage og får nye opgaver på sine sager igen.")
    return redirect(url_for("team.index"))


def _chosen(text: str | None) -> str | None:
    return "" if text == UNASSIGNED else text


def _receivers(page: TeamPage) -> Mapping[str, str]:
    """Return who can get tasks: everybody who still works there, by name."""
    return {member.user: member.name for member in page.members if member.roles}


def _team_page(
    chosen: str | None,
    *,
    wish_form: WishForm | None = None,
    absence_form: AbsenceForm | None = None,
    problem: str = "",
) -> str:
    page = core().team.page(chosen, actor())
    people = _receivers(page)
    start = next((m.absence.substitute for m in page.members if m.user == chosen and m.absence), "")
    return render_template(
        "teamlead/team.html",
        page=page,
        hos=UNASSIGNED if chosen == "" else chosen,
        unassigned=UNASSIGNED,
        evenly=EVENLY,
        wish_form=wish_form or WishForm(token=token(), people=people, start=start or EVENLY),
        absence_form=absence_form
        or AbsenceForm(token=token(), people=people, data={"first": core().clock.today()}),
        problem=problem,
    )


def _move_form(found: MovePlan, receiver: str) -> MoveForm:
    planned = tuple((each.task_id, each.holder, each.receiver) for each in found.moves)
    return MoveForm(token=token(), data={"plan": planned, "receiver": receiver})


def _plan_page(found: MovePlan, receiver: str, form: MoveForm) -> str:
    return render_template("teamlead/plan.html", plan=found, form=form, is_even=receiver == EVENLY)


def _stayed(report: MoveReport, said: str) -> str:
    """Say what was done, and why the rest was not."""
    return render_template("teamlead/stayed.html", report=report, said=said)


def _moved(report: MoveReport) -> str:
    return words.antal(sum(count for _, count in report.shares), "opgave er", "opgaver er")


def _shared(report: MoveReport) -> str:
    """Write `7 til Sofie, 5 til Jonas`, or only the name when there is one."""
    if len(report.shares) == 1:
        return report.shares[0][0]
    return ", ".join(f"{name} ({count})" for name, count in report.shares)
