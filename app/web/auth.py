"""Login by choosing a person, choosing a role, logging off."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.security import interim_login
from app.security.guards import NotLoggedInError, public, token
from app.web.shell.context import landing
from app.web.shell.core import core
from app.web.shell.core import login as session_now
from forms.desk import ChoiceOfOne
from processes.domain.access import Role
from processes.domain.errors import RuleError
from processes.ports.records import User

bp = Blueprint("auth", __name__)

Answer = str | Response | tuple[str, int]


@bp.get("/log-ind")
@public(reason="nobody is logged in yet")
def login() -> Answer:
    """Show who can be chosen."""
    interim_login.check(core().settings)
    return _login_page()


@bp.post("/log-ind/medarbejder")
@public(reason="nobody is logged in yet")
def log_in_staff() -> Answer:
    """Log a member of staff in; one with several roles chooses next."""
    interim_login.check(core().settings)
    form = ChoiceOfOne(request.form, token=token())
    staff = {user.id: user for user in _staff()}
    user = staff.get(form.chosen.data or "") if form.validate() else None
    if user is None:
        return _login_page("Vælg en medarbejder på listen."), 422
    session = session_now()
    session.clear()
    session.rotate(core().clock.now())
    session["user"] = user.id
    jobs = interim_login.job_functions(user)
    if len(jobs) == 1:
        session["role"] = jobs[0].key
    return redirect(_onwards() if len(jobs) == 1 else url_for("auth.choose_role"))


@bp.post("/log-ind/borger")
@public(reason="nobody is logged in yet")
def log_in_citizen() -> Answer:
    """Log a made-up citizen in, from the list or by number."""
    interim_login.check(core().settings)
    form = ChoiceOfOne(request.form, token=token())
    try:
        cpr = interim_login.synthetic(form.chosen.data or "")
    except RuleError as error:
        return _login_page(str(error)), 422
    known = {each.cpr_digits: each for each in core().demo_citizens}.get(cpr.digits)
    first = core().central.municipalities()[0]
    session = session_now()
    session.clear()
    session.rotate(core().clock.now())
    session["citizen"] = {
        "cpr": cpr.digits,
        "name": known.name if known else "",
        "municipality": known.municipality_id if known else first.id,
    }
    return redirect(url_for("citizen.overview"))


@bp.get("/rolle")
@public(reason="the role is what is chosen here; the login is asked for in the view")
def choose_role() -> Answer:
    """Show the roles of whoever is logged in."""
    return _role_page(_user())


@bp.post("/rolle")
@public(reason="the role is what is chosen here; the login is asked for in the view")
def take_role() -> Answer:
    """Take one of one's own roles, under a new token."""
    user = _user()
    form = ChoiceOfOne(request.form, token=token())
    if not form.validate() or interim_login.staff_actor(user, form.chosen.data or "") is None:
        return _role_page(user, "Vælg en af dine roller."), 422
    session = session_now()
    session.rotate(core().clock.now())
    session["role"] = form.chosen.data
    return redirect(url_for("shell.front_door"))


@bp.post("/log-af")
@public(reason="everybody may leave")
def log_out() -> Answer:
    """Close the login at once."""
    session_now().end()
    return redirect(url_for("auth.login"))


def _user() -> User:
    user_id = session_now().get("user")
    user = core().central.user(str(user_id)) if user_id else None
    if user is None or not user.active:
        raise NotLoggedInError
    return user


def _staff() -> list[User]:
    """Return who can be chosen: users with a role besides the citizen's."""
    return [
        user
        for user in core().central.all_users()
        if any(job.role is not Role.CITIZEN for job in interim_login.job_functions(user))
    ]


def _onwards() -> str:
    """Return where somebody was on the way to, if it is a path of ours."""
    wanted = request.form.get("videre", "")
    # "//evil.example" and "/\evil.example" are other sites to a browser.
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if is_ours else url_for("shell.front_door")


def _login_page(problem: str = "") -> str:
    return render_template(
        "auth/login.html",
        staff=[(user, interim_login.job_functions(user)) for user in _staff()],
        citizens=core().demo_citizens,
        municipalities={each.id: each for each in core().central.municipalities()},
        form=ChoiceOfOne(token=token()),
        onwards=request.values.get("videre", ""),
        problem=problem,
    )


def _role_page(user: User, problem: str = "") -> str:
    return render_template(
        "auth/role.html",
        user=user,
        jobs=interim_login.job_functions(user),
        municipalities={each.id: each for each in core().central.municipalities()},
        form=ChoiceOfOne(token=token()),
        current=session_now().get("role"),
        back=landing(g.actor) if g.get("actor") else None,
        problem=problem,
    )
