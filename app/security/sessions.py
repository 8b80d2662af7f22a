"""Server-side sessions: the cookie holds a random token and nothing else.

Found by the token's digest, so a copy of the table logs nobody in. The token is changed at every
login and choice of role (fixation), ends after idle minutes and after a working day whatever
happens (expiry), and a deleted row is a closed door (revocation).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin

COOKIE = "ky_session"
LONGEST = timedelta(hours=12)
"""No login outlives a working day."""
SEEN_EVERY = timedelta(minutes=1)
"""How often a look is noted: a write per click would be a write too many."""


@dataclass(frozen=True)
class WebSession:
    """A login as it is kept (session): found by the digest of its cookie, never by the cookie."""

    token_digest: str
    user_id: str | None
    """None until somebody has logged in."""
    body: bytes
    """JSON: the token against forgery, the chosen role, an application under way."""
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


class SessionStore(Protocol):
    """Remembers logins; not municipal."""

    def create_session(self, web_session: WebSession) -> None:
        """Keep a new login."""

    def session(self, token_digest: str, *, now: datetime) -> WebSession | None:
        """Return a login that has not expired."""

    def save_session(self, web_session: WebSession) -> bool:
        """Write a login's next state; False when it was revoked in the meantime."""

    def delete_session(self, token_digest: str) -> None:
        """Revoke a login; one that is not there is revoked already."""


class ServerSession(dict[str, Any], SessionMixin):
    """The session a view sees: a dictionary that notices when it was changed."""

    def __init__(self, token: str, created_at: datetime, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.token = token
        self.created_at = created_at
        self.seen_at = created_at
        self.closed: list[str] = []
        """Tokens of before; their rows go when the answer does."""
        self.is_stored = False
        self.is_quiet = False
        """The browser asked by itself: that keeps no login alive."""
        self.loaded = json.dumps(values, sort_keys=True)

    @property
    def changed(self) -> bool:
        """Tell whether it must be written."""
        return bool(self.closed) or json.dumps(self, sort_keys=True) != self.loaded

    def rotate(self, now: datetime) -> None:
        """Take a new token: whoever knew the old one knows nothing."""
        if self.is_stored:
            self.closed.append(self.token)
            self.is_stored = False
        self.token = new_token()
        self.created_at = self.seen_at = now
        self.pop("csrf", None)

    def end(self) -> None:
        """Forget everything; the row is deleted when the answer goes out."""
        self.clear()
        if self.is_stored:
            self.closed.append(self.token)


def new_token() -> str:
    """Return a token nobody can guess."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return what a token is stored under."""
    return hashlib.sha256(token.encode()).hexdigest()


class ServerSessions(SessionInterface):
    """Flask's sessions, kept in the store."""

    def __init__(
        self,
        store: SessionStore,
        now: Callable[[], datetime],
        *,
        idle: timedelta,
        is_secure: bool,
        without: tuple[str, ...] = (),
    ) -> None:
        self._store = store
        self._now = now
        self._idle = idle
        self._is_secure = is_secure
        self._without = without
        """Where paths begin that nobody logs in for: they cost no look in the store."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """Return the login behind the cookie, or an empty session."""
        now = self._now()
        if request.path.startswith(self._without):
            return ServerSession(new_token(), now, {})
        token = request.cookies.get(COOKIE, "")
        stored = self._store.session(digest(token), now=now) if token else None
        if stored is None:
            # A token from outside is never adopted: it may have been planted.
            return ServerSession(new_token(), now, {})
        session = ServerSession(token, stored.created_at, json.loads(stored.body))
        session.is_stored = True
        session.seen_at = stored.seen_at
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed, and note now and then that the login is in use."""
        if not isinstance(session, ServerSession):
            raise TypeError("a session of another kind was opened")
        now = self._now()
        for token in session.closed:
            self._store.delete_session(digest(token))
        if not session:
            if session.closed:
                response.delete_cookie(COOKIE, path="/")
            return
        is_stale = now - session.seen_at >= SEEN_EVERY and not session.is_quiet
        if session.is_stored and not session.changed and not is_stale:
            return
        seen_at = session.seen_at if session.is_quiet else now
        expires_at = min(seen_at + self._idle, session.created_at + LONGEST)
        kept = WebSession(
            digest(session.token),
            session.get("user"),
            json.dumps(session).encode(),
            session.created_at,
            seen_at,
            expires_at,
        )
        if session.is_stored:
            # A login that was revoked while this request ran stays revoked.
            self._store.save_session(kept)
        else:
            self._store.create_session(kept)
            response.set_cookie(
                COOKIE,
                session.token,
                path="/",
                httponly=True,
                secure=self._is_secure,
                samesite="Lax",
            )
