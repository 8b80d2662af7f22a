"""Exactly one guard a view: who may come in, and that a change comes from our own page.

`@allow("case.read")` for people in a role, `@public(reason=…)` for pages without a login,
`@system(reason=…)` for other systems. The factory refuses to start with a view that has none.
A guard asks for the role only; the core asks again, with the case at hand, and notes the look.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, g, request, session
from werkzeug.exceptions import BadRequest, Unauthorized

from forms.base import EmptyForm, Token
from processes.domain.access import ACTIONS, Actor, require

GUARD = "ky_guard"
"""The attribute a guarded view carries: what guards it, in words."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

P = ParamSpec("P")
R = TypeVar("R")
View = Callable[P, R]


class NotLoggedInError(Unauthorized):
    """Nobody is logged in, or the login has ended."""


class StaleFormError(BadRequest):
    """The form was not made by us for this login: its token is missing or old."""


def allow(action: str) -> Callable[[View[P, R]], View[P, R]]:
    """Let in whoever is logged in with a role that may do it."""
    if action not in ACTIONS:
        raise LookupError(f"no role may do '{action}': add it to processes/domain/access.py")

    def guard(view: View[P, R]) -> View[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            require(_actor(), action)
            _refuse_foreign_forms()
            return view(*args, **kwargs)

        return _marked(guarded, f"allow {action}", view)

    return guard


def public(*, reason: str) -> Callable[[View[P, R]], View[P, R]]:
    """Let everybody in; the reason stands beside the view. Forms still need their token."""

    def guard(view: View[P, R]) -> View[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            _refuse_foreign_forms()
            return view(*args, **kwargs)

        return _marked(guarded, f"public: {reason}", view)

    return guard


def system(*, reason: str) -> Callable[[View[P, R]], View[P, R]]:
    """Let another system in; what proves who it is, the reason says."""

    def guard(view: View[P, R]) -> View[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            return view(*args, **kwargs)

        return _marked(guarded, f"system: {reason}", view)

    return guard


def _marked(guarded: View[P, R], words: str, view: View[P, R]) -> View[P, R]:
    if hasattr(view, GUARD):
        raise TypeError(f"{view.__name__} has two guards: one says everything")
    setattr(guarded, GUARD, words)
    return guarded


def _actor() -> Actor:
    actor: Actor | None = g.get("actor")
    if actor is None:
        raise NotLoggedInError
    return actor


def token() -> Token:
    """Return where this login's token against forgery lives."""
    secret: bytes = g.form_secret
    return Token(session, secret)


def _refuse_foreign_forms() -> None:
    """Refuse a change that does not carry this login's token."""
    if request.method not in SAFE_METHODS and not EmptyForm(request.form, token=token()).validate():
        raise StaleFormError


def unguarded(app: Flask) -> list[str]:
    """Return the endpoints that have no guard; the files Flask serves itself need none."""
    return sorted(
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and not hasattr(view, GUARD)
    )
