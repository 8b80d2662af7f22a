"""Puts the web application together; reads like a list.

Knows what is installed and in which order. Knows nothing of what any part does.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from datetime import timedelta
from functools import cache
from typing import cast

from flask import Flask, Response, g, request, session

from app import cli, errors
from app.config import Mode, Settings
from app.security.guards import unguarded
from app.security.interim_login import citizen_actor, staff_actor
from app.security.sessions import ServerSessions
from app.web import (
    auth,
    calculations,
    cases,
    cessations,
    citizen,
    claims,
    cockpit,
    complaints,
    desk,
    dialogue,
    inbound,
    inbox,
    incomes,
    life,
    migrations,
    production,
    rules,
    runs,
    sanctions,
    setup,
    spouse,
    team,
    teamlead,
    tryouts,
    workbench,
)
from app.web.shell import context, health
from app.web.shell.core import Core
from app.wiring import Core as WholeCore
from app.wiring import build_core
from processes.ports.records import Municipality

LARGEST_BODY = 16 * 1024 * 1024
WITHOUT_LOGIN = ("/static/", "/sundhed", "/indgang/")
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
A_YEAR_SECONDS = 365 * 24 * 3600


def create_app(settings: Settings | None = None, core: Core | None = None) -> Flask:
    """Return the application; the core is built from the settings unless one is handed in."""
    settings = settings or Settings.from_environment(os.environ)
    core = core or build_core(settings)
    app = Flask(__name__)
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        SECRET_KEY=settings.secret_key,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
    )
    app.session_interface = ServerSessions(
        core.central,
        core.clock.now,
        idle=timedelta(minutes=settings.session_minutes),
        is_secure=settings.mode is Mode.PRODUCTION,
        without=WITHOUT_LOGIN,
    )
    _know_who_asks(app, core)
    context.install(app)
    errors.install(app)
    cli.install(app, cast(WholeCore, core))
    for blueprint in (
        health.bp,
        auth.bp,
        inbox.bp,
        desk.bp,
        cases.bp,
        team.bp,
        production.bp,
        complaints.bp,
        teamlead.bp,
        setup.bp,
        claims.bp,
        runs.bp,
        rules.bp,
        calculations.bp,
        sanctions.bp,
        cessations.bp,
        incomes.bp,
        workbench.bp,
        migrations.bp,
        cockpit.bp,
        tryouts.bp,
        citizen.bp,
        dialogue.bp,
        life.bp,
        spouse.bp,
        inbound.bp,
    ):
        app.register_blueprint(blueprint)
    _set_headers(app, settings)
    _refuse_open_doors(app)
    return app


def _know_who_asks(app: Flask, core: Core) -> None:
    """Before each request: the core, who asks, and the key that signs forms."""
    secret = hashlib.sha256(b"forms:" + core.settings.secret_key.encode()).digest()

    @cache
    def municipality(municipality_id: int) -> Municipality | None:
        """Return a municipality; a name changes so seldom that a restart may bring it."""
        known = core.central.municipalities()
        return next((each for each in known if each.id == municipality_id), None)

    @app.before_request
    def know_who_asks() -> None:
        g.core = core
        g.form_secret = secret
        g.actor = None
        g.municipality = None
        if session.get("citizen"):
            digits = str(session["citizen"]["cpr"])
            # A log must tell two citizens apart without holding their numbers.
            who = hmac.new(secret, digits.encode(), hashlib.sha256).hexdigest()[:12]
            g.actor = citizen_actor(
                digits,
                str(session["citizen"]["name"]),
                int(session["citizen"]["municipality"]),
                f"borger-{who}",
            )
        elif session.get("user") and session.get("role"):
            g.actor = staff_actor(core.central.user(str(session["user"])), str(session["role"]))
        if g.actor is not None:
            g.municipality = municipality(g.actor.municipality_id)


def _set_headers(app: Flask, settings: Settings) -> None:
    """After each request: what the browser may do with the answer."""

    @app.after_request
    def set_headers(response: Response) -> Response:
        # A document somebody sent in has a narrower one of its own.
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if settings.mode is not Mode.DEMO:
            response.headers["Strict-Transport-Security"] = f"max-age={A_YEAR_SECONDS}"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response


def _refuse_open_doors(app: Flask) -> None:
    """Stop at the start when a view has no guard."""
    open_doors = unguarded(app)
    if open_doors:
        raise RuntimeError(f"views without a guard: {', '.join(open_doors)}")
