"""What stands still, and trying it again."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.security.guards import allow
from app.web.shell.core import actor, core

bp = Blueprint("teamlead", __name__)


@bp.get("/standsede-sager")
@allow("incident.read")
def incidents() -> str:
    """Show what cannot go on by itself."""
    return render_template("teamlead/incidents.html", incidents=core().control.incidents(actor()))


@bp.post("/standsede-sager/<int:incident_id>/proev-igen")
@allow("incident.resolve")
def retry(incident_id: int) -> Response:
    """Try a stopped step again."""
    core().control.retry(incident_id, actor())
    flash("Trinnet er sat i gang igen. Sagen går videre, hvis det lykkes.")
    return redirect(url_for("teamlead.incidents"))
