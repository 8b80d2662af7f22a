"""Answers: how is a system outside called, and what became of the call?

Knows time limits, retries, what may be logged, and the error shapes of the systems around us.
Knows nothing of any one system, of SOAP or of municipal data.
"""

from __future__ import annotations

import logging
import random
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, NoReturn, Protocol, TypeVar

import requests
from lxml import etree

from processes.domain.errors import OutsideError, RuleError
from processes.domain.identifiers import Cvr
from processes.ports.gateways import CallId, Clock

Answer = TypeVar("Answer")

HTTP_OK: Final = 200
HTTP_FIRST_ERROR: Final = 400
HTTP_FIRST_SERVER_ERROR: Final = 500
HTTP_TRY_AGAIN: Final = frozenset({429, 502, 503, 504})
STATUS_ACCEPTED: Final = "20"
CHUNK_BYTES: Final = 65_536
SHOWN_CHARACTERS: Final = 300


# --- What may be logged ---------------------------------------------------------------------

_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_PERSONAL_NUMBER = r"(?<!\d)\d{6}[ -]?\d{4}(?!\d)"
_HIDE = re.compile(f"(?P<keep>{_UUID})|{_PERSONAL_NUMBER}")


def redacted(text: str) -> str:
    """Hide every personal number, but leave correlation ids readable.

    Ten digits in a row are hidden even when they are something else: a log line too short
    to read is cheaper than a leaked number.

    >>> redacted("PNR 610190-1234 ukendt")
    'PNR ******-**** ukendt'
    """
    return _HIDE.sub(lambda found: found["keep"] or "******-****", text)


class RedactingFilter(logging.Filter):
    """Hides personal numbers in a record before any handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; never drop it."""
        record.msg = redacted(record.getMessage())
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = redacted(logging.Formatter().formatException(record.exc_info))
        return True


log = logging.getLogger(__name__)

# zeep logs values it cannot read, urllib3 logs addresses with their query.
for _name in (__name__, "zeep.transports", "zeep.xsd.types.simple", "urllib3.connectionpool"):
    logging.getLogger(_name).addFilter(RedactingFilter())


# --- Tokens and certificates: the seam ------------------------------------------------------


class Credentials(Protocol):
    """What proves to a counterpart who calls: header fields and a client certificate."""

    def headers(self, system: str, municipality_cvr: Cvr) -> Mapping[str, str]:
        """Return header fields, e.g. `Authorization`, for one municipality's call."""

    def certificate(self, system: str) -> tuple[str, str] | None:
        """Return the paths of certificate and key, or None for a plain connection."""


class NoCredentials:
    """Proves nothing: enough for the simulator."""

    def headers(self, system: str, municipality_cvr: Cvr) -> Mapping[str, str]:
        """Return no header fields."""
        return {}

    def certificate(self, system: str) -> tuple[str, str] | None:
        """Return no certificate."""
        return None


NO_CREDENTIALS: Final = NoCredentials()


# --- Limits ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limits:
    """How long a call may take with its retries, and how much it may answer."""

    seconds: float = 10.0
    attempts: int = 3
    pause_seconds: float = 0.2
    """The first pause; each next one is twice as long."""
    answer_bytes: int = 10_000_000


STANDARD_LIMITS: Final = Limits()


@dataclass(frozen=True)
class Pacing:
    """Waiting and chance, so that tests need neither."""

    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    """Between 0 and 1: workers that failed together must not come back together."""
    ticks: Callable[[], float] = time.monotonic


REAL_PACING: Final = Pacing()


@dataclass(frozen=True)
class Attempt:
    """One try of one call."""

    correlation_id: str
    municipality_cvr: Cvr
    deadline: float
    """In the ticks of the pacing."""


@dataclass(frozen=True)
class HttpAnswer:
    """What came back over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes


# --- The error shapes of the systems around us ------------------------------------------------


@dataclass(frozen=True)
class Reported:
    """An error as the counterpart reports it."""

    code: str
    text: str


def reported_error(document: etree._Element) -> Reported | None:
    """Find an error in an answer, whichever of the known shapes it has.

    ServiceplatformFault, the "kontekst" services' Fejl, TransportKvittering, OIO's StandardRetur,
    and last the bare SOAP fault, which is all that a refused token gives.
    """
    # By local name, since the same shape is used in several namespaces.
    for element in document.iter("{*}Error", "{*}Fejl"):
        code = _text(element, "ErrorCode") or _text(element, "FejlId") or _text(element, "FejlKode")
        return Reported(code, _text(element, "ErrorText") or _text(element, "FejlTekst"))
    return _transport_receipt(document) or _standard_return(document) or _bare_fault(document)


def _transport_receipt(document: etree._Element) -> Reported | None:
    for element in document.iter("{*}TransportKvittering"):
        if _text(element, "TransportValideringsKode") == "FEJL":
            return Reported("FEJL", _text(element, "Begrundelse"))
    return None


def _standard_return(document: etree._Element) -> Reported | None:
    for element in document.iter("{*}StandardRetur"):
        status = _text(element, "StatusKode")
        if status != STATUS_ACCEPTED:
            return Reported(status, _text(element, "FejlbeskedTekst"))
    return None


def _bare_fault(document: etree._Element) -> Reported | None:
    for element in document.iter("{http://schemas.xmlsoap.org/soap/envelope/}Fault"):
        return Reported(_text(element, "faultcode"), _text(element, "faultstring"))
    for element in document.iter("{http://www.w3.org/2003/05/soap-envelope}Fault"):
        return Reported(_text(element, "Code"), _text(element, "Reason"))
    return None


def _text(element: etree._Element, name: str) -> str:
    found = element.find(f"{{*}}{name}")
    return "" if found is None else "".join(str(part) for part in found.itertext()).strip()


def parsed_xml(body: bytes) -> etree._Element:
    """Parse XML from outside; no DTD, no entities, no network. `ValueError` when it is not XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        document = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("not well-formed XML") from error
    if document.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # not in the stubs
        raise ValueError("a document type is not accepted")
    return document


# --- The call -------------------------------------------------------------------------------


@dataclass
class Counterpart:
    """One system outside: where it is, how long we wait, and what its error codes mean.

    May be used by several threads: each has its own connections.
    """

    system: str
    """A short stable word, for tables and logs."""
    name: str
    """What people call it, in Danish."""
    url: str
    clock: Clock
    limits: Limits = STANDARD_LIMITS
    credentials: Credentials = NO_CREDENTIALS
    meanings: Mapping[str, str] = field(default_factory=dict)
    """Its own error codes, and the `OutsideError.code` each stands for; the rest is `rejected`."""
    pacing: Pacing = REAL_PACING
    _threads: threading.local = field(default_factory=threading.local, repr=False)

    def call(
        self, operation: str, ask: Callable[[Attempt], Answer], *, municipality_cvr: Cvr
    ) -> tuple[Answer, CallId]:
        """Ask, and ask again while it may help and there is time; one id follows all attempts.

        Assumes: asking twice is safe. Reads are; whatever changes the world carries its own
        idempotency key.
        """
        correlation_id = str(uuid.uuid4())
        deadline = self.pacing.ticks() + self.limits.seconds
        attempt = Attempt(correlation_id, municipality_cvr, deadline)
        for number in range(1, self.limits.attempts + 1):
            started = self.pacing.ticks()
            try:
                answer = ask(attempt)
            except OutsideError as error:
                self._note(operation, correlation_id, number, started, error.code)
                if not error.retryable or not self._pause(number, deadline):
                    raise
            else:
                self._note(operation, correlation_id, number, started, "ok")
                return answer, CallId(correlation_id, self.clock.now())
        raise AssertionError("the last attempt either answers or raises")  # pragma: no cover

    def post(
        self, path: str, body: bytes, *, headers: Mapping[str, str], attempt: Attempt
    ) -> HttpAnswer:
        """Send one request within the time left; whatever goes wrong is an `OutsideError`.

        An answer that carries an error of its own is returned: only the caller can read it.
        """
        sent = {
            "X-TransaktionsId": attempt.correlation_id,
            "X-TransaktionsTid": self.clock.now().isoformat(),
            **self.credentials.headers(self.system, attempt.municipality_cvr),
            **headers,
        }
        try:
            answer = self._exchange(path, body, sent, attempt)
        except requests.Timeout as error:
            raise self.timed_out() from error
        except requests.RequestException as error:
            raise self.unavailable() from error
        if answer.status in HTTP_TRY_AGAIN:
            raise self.unavailable()
        return answer

    def parsed(self, answer: HttpAnswer) -> etree._Element:
        """Parse an answer as XML."""
        try:
            return parsed_xml(answer.body)
        except ValueError as error:
            if answer.status >= HTTP_FIRST_SERVER_ERROR:
                raise self.unavailable() from error
            if answer.status >= HTTP_FIRST_ERROR:
                raise self.refused(Reported(f"HTTP {answer.status}", "")) from error
            raise self.unreadable(retryable=True) from error

    def accepted(self, answer: HttpAnswer) -> etree._Element:
        """Return an answer's document, or raise the error it reports."""
        document = self.parsed(answer)
        error = reported_error(document)
        if error is None and answer.status >= HTTP_FIRST_ERROR:
            error = Reported(f"HTTP {answer.status}", "")
        if error is not None:
            raise self.refused(error)
        return document

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turn a surprise in the content of an answer into an `OutsideError`."""
        try:
            yield
        except (
            ArithmeticError,
            AttributeError,
            LookupError,
            TypeError,
            ValueError,
            RuleError,
        ) as e:
            raise self.unreadable(retryable=False) from e

    # --- The errors, in words ---

    def timed_out(self) -> OutsideError:
        """Return: no answer in time."""
        return OutsideError(
            f"{self.name} svarede ikke inden for {self.limits.seconds:g} sekunder. "
            "Systemet prøver igen senere.",
            system=self.system,
            code="timeout",
            retryable=True,
        )

    def unavailable(self) -> OutsideError:
        """Return: nobody there, or not open."""
        return OutsideError(
            f"{self.name} kan ikke nås lige nu. Systemet prøver igen senere.",
            system=self.system,
            code="unavailable",
            retryable=True,
        )

    def unreadable(self, *, retryable: bool) -> OutsideError:
        """Return: an answer that does not say what it must."""
        return OutsideError(
            f"{self.name} gav et svar, der ikke kan læses. Kontakt driften, hvis det bliver ved.",
            system=self.system,
            code="invalid_answer",
            retryable=retryable,
        )

    def refused(self, error: Reported) -> OutsideError:
        """Return: it answered that it could not, and said why."""
        code = self.meanings.get(error.code, "rejected")
        said = redacted(f"{error.code} {error.text}".strip())[:SHOWN_CHARACTERS]
        return OutsideError(
            f"{self.name} afviste forespørgslen: {said or 'uden begrundelse'}.",
            system=self.system,
            code=code,
            retryable=code == "unavailable",
        )

    # --- Inside ---

    def _exchange(
        self, path: str, body: bytes, headers: Mapping[str, str], attempt: Attempt
    ) -> HttpAnswer:
        left = self._left(attempt)
        with self._session().post(
            self.url.rstrip("/") + path,
            data=body,
            headers=dict(headers),
            timeout=(left, left),
            cert=self.credentials.certificate(self.system),
            stream=True,
            allow_redirects=False,
        ) as response:
            received = bytearray()
            # The library's limit is per read; a counterpart that drips would never meet it.
            for chunk in response.iter_content(CHUNK_BYTES):
                received += chunk
                self._left(attempt)
                if len(received) > self.limits.answer_bytes:
                    raise self.unreadable(retryable=False)
            return HttpAnswer(response.status_code, dict(response.headers), bytes(received))

    def _left(self, attempt: Attempt) -> float:
        left = attempt.deadline - self.pacing.ticks()
        return left if left > 0 else self._out_of_time()

    def _out_of_time(self) -> NoReturn:
        raise self.timed_out()

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._threads, "session", None)
        if session is None:
            session = requests.Session()
            # Proxies and credentials come from the settings, never from the machine's environment.
            session.trust_env = False
            self._threads.session = session
        return session

    def _pause(self, number: int, deadline: float) -> bool:
        """Wait before the next attempt; tell whether there is one."""
        if number >= self.limits.attempts:
            return False
        longest = self.limits.pause_seconds * 2 ** (number - 1)
        pause = longest * (0.5 + self.pacing.jitter() / 2)
        if self.pacing.ticks() + pause >= deadline:
            return False
        self.pacing.sleep(pause)
        return True

    def _note(
        self, operation: str, correlation_id: str, number: int, started: float, outcome: str
    ) -> None:
        level = logging.INFO if outcome == "ok" else logging.WARNING
        milliseconds = round((self.pacing.ticks() - started) * 1000)
        log.log(
            level,
            "call system=%s operation=%s correlation=%s attempt=%d outcome=%s ms=%d",
            self.system,
            operation,
            correlation_id,
            number,
            outcome,
            milliseconds,
        )
