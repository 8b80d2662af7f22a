"""Tells a load balancer that the process answers; no login, no database."""

from __future__ import annotations

from flask import Blueprint, g, redirect, session, url_for
from werkzeug.wrappers import Response

from app.security.guards import public
from app.web.shell.context import landing

bp = Blueprint("shell", __name__)


@bp.get("/sundhed")
@public(reason="the load balancer has no login")
def health() -> tuple[str, dict[str, str]]:
    """Tell that the process answers."""
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/")
@public(reason="the door: sends everybody to where their role begins")
def front_door() -> Response:
    """Send everybody to where their role begins."""
    if g.get("actor") is not None:
        return redirect(landing(g.actor))
    return redirect(url_for("auth.choose_role" if session.get("user") else "auth.login"))
