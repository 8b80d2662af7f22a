"""Answers: which HTTP status and which Danish page does an error become? The only such table.

Every page says what happened and shows a way out. A bug keeps its traceback in the log, under the
reference that the page shows.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass

from flask import Flask, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.security.guards import NotLoggedInError, StaleFormError
from processes.domain.errors import (
    BrokenStateError,
    ConflictError,
    NotAllowedError,
    NotFoundError,
    OutsideError,
    RuleError,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """How one kind of error is told (fejlside)."""

    status: int
    heading: str
    way_out: str
    sentence: str = ""
    """Instead of the error's own words; empty when those are fit for the screen."""


PAGES: tuple[tuple[type[Exception], Page], ...] = (
    (NotFoundError, Page(404, "Det findes ikke", "Gå tilbage, eller søg efter sagen.")),
    (NotAllowedError, Page(403, "Du har ikke adgang", "Gå tilbage til det, din rolle omfatter.")),
    (
        ConflictError,
        Page(409, "En anden kom først", "Gå tilbage, og se, hvordan det står nu."),
    ),
    (RuleError, Page(422, "Det kan ikke lade sig gøre", "Gå tilbage, og ret det, der mangler.")),
    (
        OutsideError,
        Page(
            503,
            "Et andet system svarer ikke",
            "Intet er tabt. Prøv igen om et øjeblik.",
            "Vi kunne ikke få svar fra et system uden for kommunen.",
        ),
    ),
    (
        BrokenStateError,
        Page(
            500,
            "Noget er galt hos os",
            "Intet er ændret. Fortæl driften, hvad du var ved, og oplys nummeret.",
            "Sagens tilstand kunne ikke læses.",
        ),
    ),
    (
        StaleFormError,
        Page(
            400,
            "Siden var for gammel",
            "Gå tilbage, genindlæs siden, og send igen. Udkast er gemt.",
            "Siden hørte til en login, der er sluttet, så intet blev sendt.",
        ),
    ),
    (
        NotLoggedInError,
        Page(
            401,
            "Du er logget af",
            "Log ind igen. Det, du skrev, er gemt som udkast.",
            "Din login er sluttet, fordi der ikke er sket noget i et stykke tid.",
        ),
    ),
)
HTTP_PAGES = {
    403: Page(403, "Du har ikke adgang", "Gå tilbage.", "Siden er ikke for dig."),
    404: Page(404, "Siden findes ikke", "Gå til forsiden.", "Adressen fører ingen steder hen."),
    405: Page(405, "Det kan man ikke her", "Gå tilbage.", "Siden tager ikke imod det, der kom."),
    413: Page(
        413,
        "Det fylder for meget",
        "Gå tilbage, og send en fil ad gangen.",
        "Det, du sendte, fylder over 16 MB tilsammen.",
    ),
}
BUG = Page(
    500,
    "Noget gik galt hos os",
    "Det, der er gemt, ligger der endnu. Prøv igen, eller oplys nummeret til driften.",
    "Vi nåede ikke at gøre det, du bad om.",
)


def page_of(error: Exception) -> Page:
    """Return how an error is told: the first kind in the table that fits."""
    for kind, page in PAGES:
        if isinstance(error, kind):
            return page
    if isinstance(error, HTTPException):
        fallback = Page(error.code or 500, "Det gik ikke", "Gå tilbage.", "Siden kan ikke vises.")
        return HTTP_PAGES.get(error.code or 500, fallback)
    return BUG


def answer(error: Exception) -> Response | tuple[str, int]:
    """Turn any error into its page."""
    if isinstance(error, HTTPException) and (error.code or 500) < 400:  # noqa: PLR2004 – a redirect is no error
        return error.get_response()
    if isinstance(error, NotLoggedInError) and request.method == "GET":
        return redirect(url_for("auth.login", videre=request.full_path.rstrip("?")))
    page = page_of(error)
    reference = ""
    if page.status >= 500:  # noqa: PLR2004 – from here on it is ours or a counterpart's
        reference = secrets.token_hex(4)
        # The path holds ids only; neither form nor message is logged, they may hold personal data.
        log.error("error %s at %s", reference, request.endpoint, exc_info=error)
    return (
        render_template(
            "errors/error.html",
            page=page,
            sentence=page.sentence or str(error),
            reference=reference,
        ),
        page.status,
    )


def install(app: Flask) -> None:
    """Let every error end in its page."""
    app.register_error_handler(Exception, answer)
