"""What other systems hand in; answered "received" after the commit, judged later."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.security.guards import system
from app.web.shell.core import core

bp = Blueprint("inbound", __name__)


@bp.post("/indgang/sf2900")
@system(reason="Fordelingskomponenten calls; the balancer asks for its certificate")
def receive_distribution() -> Response:
    """Receive one distributed form (SF2900)."""
    body = core().intake.deliver(request.get_data())
    return Response(body, content_type="text/xml; charset=utf-8")
