"""Documents (dokumenter) and journal notes (journalnotater): what a case is written down in.

And what a citizen is asked to send (RSL § 11): a paper that does not come changes nothing by
itself, a person goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from processes.domain.errors import ConflictError, RuleError
from processes.domain.periods import DENMARK, ONE_DAY, Calendar, danish_day


class Direction(StrEnum):
    """Which way a document went (retning)."""

    IN = "indgaaende"
    OUT = "udgaaende"
    INTERNAL = "internt"


@dataclass(frozen=True)
class Document:
    """A document (dokument): its content is found by digest and never changes."""

    id: str
    case_id: str
    title: str
    direction: Direction
    media_type: str
    sha256: str
    size_bytes: int
    recorded_at: datetime
    party_id: str | None
    """The party it is to or from."""
    subject_id: str | None
    """The letter, application or evidence it is the copy of."""
    is_scanned: bool | None = None
    """Whether it was looked through for viruses; None for what we made ourselves."""


@dataclass(frozen=True)
class JournalNote:
    """A journal note (journalnotat): a sentence that must be findable later."""

    id: str
    case_id: str
    text: str
    by: str
    """A user, or `system`."""
    at: datetime


# --- what a citizen is asked for ----------------------------------------------------------------


class DocumentKind(StrEnum):
    """What a paper shows (dokumenttype); values are the words of the decision table."""

    MEDICAL = "laegeerklaering"
    PAYSLIPS = "loensedler"
    EDUCATION = "uddannelsesbevis"
    EVENT = "begivenhed"
    TERMINATION = "opsigelse"
    BANK_STATEMENT = "kontoudtog"
    LEASE = "huslejekontrakt"
    SPOUSE_PART = "aegtefaelles_del"
    OTHER = "andet"


KIND_NAMES = {
    DocumentKind.MEDICAL: "Lægeerklæring",
    DocumentKind.PAYSLIPS: "Lønsedler",
    DocumentKind.EDUCATION: "Bevis for uddannelse",
    DocumentKind.EVENT: "Papir om det, der er sket",
    DocumentKind.TERMINATION: "Opsigelse",
    DocumentKind.BANK_STATEMENT: "Kontoudtog",
    DocumentKind.LEASE: "Huslejekontrakt",
    DocumentKind.SPOUSE_PART: "Ægtefællens svar og underskrift",
    DocumentKind.OTHER: "Andet papir",
}
"""What each kind is called on the screen and in a letter."""

KIND_REASONS = {
    DocumentKind.MEDICAL: "Vi skal kunne se, at du er syg, og hvor længe det ventes at vare.",
    DocumentKind.PAYSLIPS: "Vi skal kunne se, hvad du har tjent i de seneste tre måneder.",
    DocumentKind.EDUCATION: "Vi skal kunne se, hvilken dag du blev færdig med uddannelsen.",
    DocumentKind.EVENT: "Vi skal kunne se, hvad der er sket, og hvornår.",
    DocumentKind.TERMINATION: "Vi skal kunne se, hvilken dag dit arbejde holdt op, og hvorfor.",
    DocumentKind.BANK_STATEMENT: "Vi skal kunne se, hvor mange penge du har i banken.",
    DocumentKind.LEASE: "Vi skal kunne se, hvad du betaler for din bolig.",
    DocumentKind.SPOUSE_PART: "Ægtefæller forsørger hinanden, så vi skal kende dine egne tal.",
    DocumentKind.OTHER: "Vi mangler en oplysning. Ring til os, hvis du er i tvivl om hvilken.",
}
"""Why each kind is asked for, as the citizen reads it."""


class RequestState(StrEnum):
    """How far a paper that was asked for is (papirtilstand)."""

    ASKED = "oensket"
    RECEIVED = "modtaget"
    ACCEPTED = "godtaget"
    DROPPED = "frafaldet"


class Collecting(StrEnum):
    """How far the collecting of a case's papers is (indhentningens stade)."""

    BEFORE = "foer"
    UNDER_WAY = "i_gang"
    ENDED = "slut"
    """Nobody waits for papers any more: what comes now is a task of its own."""


MOVES: dict[RequestState, frozenset[RequestState]] = {
    RequestState.ASKED: frozenset({RequestState.RECEIVED, RequestState.DROPPED}),
    # More of the same may come before somebody has looked.
    RequestState.RECEIVED: frozenset(
        {RequestState.RECEIVED, RequestState.ACCEPTED, RequestState.ASKED, RequestState.DROPPED}
    ),
    RequestState.ACCEPTED: frozenset(),
    # What was not needed may be needed after all.
    RequestState.DROPPED: frozenset({RequestState.ASKED}),
}
"""Which state may follow which; none of them takes anything from the citizen."""


@dataclass(frozen=True)
class DocumentRequest:
    """A paper a party is asked to send (ønsket papir), and how far it is."""

    id: str
    case_id: str
    party_id: str
    kind: DocumentKind
    state: RequestState
    asked_at: datetime
    due_on: date | None = None
    """The last day that is in time; none until the letter was delivered."""
    changed_at: datetime | None = None
    """When it came, was judged or was dropped."""
    note: str = ""
    """Why it was not usable, or why it was dropped."""

    @property
    def name(self) -> str:
        """What it is called."""
        return KIND_NAMES[self.kind]

    @property
    def why(self) -> str:
        """Why it is asked for."""
        return KIND_REASONS[self.kind]

    @property
    def is_open(self) -> bool:
        """Whether the citizen has something to send."""
        return self.state is RequestState.ASKED


def kinds_in(listed: str) -> tuple[DocumentKind, ...]:
    """Return the kinds of a decision table's comma list; an unknown word is an error.

    >>> [str(each) for each in kinds_in("laegeerklaering, loensedler")]
    ['laegeerklaering', 'loensedler']
    >>> kinds_in("")
    ()
    """
    return tuple(
        dict.fromkeys(DocumentKind(word.strip()) for word in listed.split(",") if word.strip())
    )


def move(
    request: DocumentRequest, wanted: RequestState, *, at: datetime, note: str = ""
) -> DocumentRequest:
    """Return a request in its next state; a move the table does not have is refused."""
    if wanted not in MOVES[request.state]:
        raise ConflictError(
            f"'{request.name}' er '{request.state}' og kan ikke blive '{wanted}'."
            " Hent sagen igen, og se, hvad der er sket."
        )
    return replace(request, state=wanted, changed_at=at, note=note)


def last_day(told_at: datetime, days: int, calendar: Calendar) -> date:
    """Return the last day to send a paper: counted from delivery, never a closing day.

    Units: calendar days in; the day of delivery is not counted.
    """
    return calendar.first_working_day_from(danish_day(told_at) + timedelta(days=days))


def end_of_last_day(day: date) -> datetime:
    """Return the moment a Danish day is over."""
    return datetime.combine(day + ONE_DAY, time(), DENMARK)


def still_missing(requests: Iterable[DocumentRequest]) -> tuple[DocumentRequest, ...]:
    """Return what the citizen has not sent, or must send again (det, der mangler)."""
    return tuple(each for each in requests if each.state is RequestState.ASKED)


def to_look_at(requests: Iterable[DocumentRequest]) -> tuple[DocumentRequest, ...]:
    """Return what has come and nobody has judged."""
    return tuple(each for each in requests if each.state is RequestState.RECEIVED)


# --- files --------------------------------------------------------------------------------------

LARGEST_FILE_BYTES = 10_000_000
MOST_FILES_WAITING = 20
"""How many files one request may have waiting to be sent."""
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
FILES_KEPT = timedelta(days=30)
"""How long a file that was chosen and never sent is kept."""
HEADER_BYTES = 1024
"""A PDF may begin with a little rubbish; readers look this far for its mark."""
MAGIC = ((b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
PHONE_ONLY = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheif")
"""Pictures that only some phones can show."""


@dataclass(frozen=True)
class CheckedFile:
    """A file that came in and may be kept (kontrolleret fil): what it is, and whether scanned."""

    name: str
    content: bytes
    media_type: str
    is_scanned: bool


@dataclass(frozen=True)
class UploadedFile:
    """A file a party has chosen and not yet sent (valgt fil); it can be taken away again."""

    id: str
    request_id: str
    case_id: str
    party_id: str
    name: str
    media_type: str
    size_bytes: int
    uploaded_at: datetime
    is_scanned: bool = False
    """Whether it was looked through for viruses."""


def too_large(name: str, size_bytes: int) -> str:
    """Return what is said of a file that is too large."""
    size = f"{size_bytes / 1_000_000:.1f}".replace(".", ",")
    most = LARGEST_FILE_BYTES // 1_000_000
    return (
        f"“{name}” fylder {size} MB. En fil må højst fylde {most} MB."
        " Tag et nyt billede med lavere opløsning, eller del papiret op i flere filer."
    )


def media_type_of(content: bytes, *, name: str = "Filen") -> str:
    """Return what a file is by its content, never by its name; others are refused in Danish.

    >>> media_type_of(b"%PDF-1.7 ...")
    'application/pdf'
    """
    if not content:
        raise RuleError(f"“{name}” er tom. Vælg filen igen.")
    if len(content) > LARGEST_FILE_BYTES:
        raise RuleError(too_large(name, len(content)))
    for mark, media_type in MAGIC:
        if content.startswith(mark):
            return media_type
    if b"%PDF-" in content[:HEADER_BYTES]:
        return PDF
    if any(mark in content[:32] for mark in PHONE_ONLY):
        raise RuleError(
            f"“{name}” er et HEIC-billede, som vi ikke kan vise. Gem billedet som JPEG,"
            " eller tag et skærmbillede af det, og send det i stedet."
        )
    raise RuleError(
        f"“{name}” er ikke en PDF eller et billede, vi kan læse. Send papiret som PDF, JPEG"
        " eller PNG, eller tag et billede af det med telefonen."
    )
