"""What other systems hand in; answered "received" after the commit, judged later."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.security.guards import system
from app.web.shell.core import core
from processes.domain.errors import RuleError

bp = Blueprint("inbound", __name__)


@bp.post("/indgang/sf2900")
@system(reason="Fordelingskomponenten calls; the balancer asks for its certificate")
def receive_distribution() -> Response:
    """Receive one distributed form (SF2900)."""
    desk = core().intake
    try:
        status, body = 200, desk.deliver(request.get_data())
    except RuleError as error:
        # SOAP 1.1: what cannot be read is a fault, and a fault is a 500.
        status, body = 500, desk.unreadable(str(error))
    return Response(body, status, content_type="text/xml; charset=utf-8")


@bp.post("/indgang/jobcenter")
@system(reason="Beskedfordeler calls for the jobcentre; the balancer asks for its certificate")
def receive_sanction_request() -> Response:
    """Receive one request for a sanction from the jobcentre (SF1462)."""
    desk = core().sanctions
    try:
        status, body = 200, desk.deliver(request.get_data())
    except RuleError as error:
        status, body = 400, desk.unreadable(str(error))
    return Response(body, status, content_type="text/xml; charset=utf-8")


@bp.post("/indgang/beskedfordeler")
@system(reason="Beskedfordeler calls; the balancer asks for its certificate")
def receive_person_event() -> Response:
    """Receive one event of a person (SF1462)."""
    desk = core().life
    try:
        status, body = 200, desk.deliver(request.get_data())
    except RuleError as error:
        status, body = 400, desk.unreadable(str(error))
    return Response(body, status, content_type="text/xml; charset=utf-8")
