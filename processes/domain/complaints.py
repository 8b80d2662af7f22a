"""A complaint about a decision (klage), and the new look at it before anybody else gets it.

Law: RSL §§ 66-67. A complaint is any word of dissatisfaction, spoken or written, within four weeks
of when the decision came; whoever made the decision looks at it again, and within four weeks of
the complaint it is met or on its way to Ankestyrelsen. One that comes too late goes there as well:
Ankestyrelsen alone says whether the delay is excused. Knows nothing of letters or processes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from processes.domain.decisions import APPEAL_WEEKS, Decision
from processes.domain.errors import NotAllowedError, RuleError, SafeguardError
from processes.domain.periods import danish_day

FORWARD_WEEKS = 4
"""RSL § 66: from the day the complaint came until it is met, or on its way."""
WARN_DAYS, ESCALATE_DAYS = 20, 25
"""Days after it came: first it has precedence, then the team lead is told."""
MAINTAIN_WEEKS = 4
"""How long somebody who was met in part has to say that the complaint stands (RSL § 66, stk. 3)."""
BOARD_MONTHS = 12
"""After so long without an answer somebody asks Ankestyrelsen."""
LONGEST_TEXT = 20_000


class ComplaintChannel(StrEnum):
    """How a complaint came (klagevej)."""

    PAGE = "min_side"
    LETTER = "brev"
    PHONE = "telefon"
    MEETING = "fremmoede"


CHANNEL_NAMES = {
    ComplaintChannel.PAGE: "Min side",
    ComplaintChannel.LETTER: "Brev eller Digital Post",
    ComplaintChannel.PHONE: "Telefon",
    ComplaintChannel.MEETING: "Fremmøde",
}


class ComplaintState(StrEnum):
    """How far a complaint is (klagetilstand)."""

    RECEIVED = "modtaget"
    REASSESSED = "genvurderet"
    """Met, wholly or in part: a new decision is on its way."""
    ASKED = "spurgt"
    """Met in part: the citizen is asked whether the complaint stands."""
    FORWARDING = "sendes_videre"
    FORWARDED = "hos_ankestyrelsen"
    CLOSED = "afsluttet"


class ReviewOutcome(StrEnum):
    """What a new look came to (genvurdering)."""

    MET = "medhold"
    PARTLY = "delvist"
    UPHELD = "fastholdt"
    """The decision stands."""
    WITHDRAWN = "trukket"


VERDICT_NAMES = {
    ReviewOutcome.MET: "Medhold: afgørelsen skal laves om",
    ReviewOutcome.PARTLY: "Delvist medhold: noget af afgørelsen skal laves om",
    ReviewOutcome.UPHELD: "Afgørelsen fastholdes, og sagen sendes til Ankestyrelsen",
    ReviewOutcome.WITHDRAWN: "Borgeren har trukket klagen tilbage",
}


class BoardOutcome(StrEnum):
    """What Ankestyrelsen said (Ankestyrelsens afgørelse)."""

    CONFIRMED = "stadfaestet"
    CHANGED = "aendret"
    SENT_BACK = "hjemvist"
    DISMISSED = "afvist"


BOARD_NAMES = {
    BoardOutcome.CONFIRMED: "Stadfæstet: afgørelsen står ved magt",
    BoardOutcome.CHANGED: "Ændret: Ankestyrelsen har afgjort sagen anderledes",
    BoardOutcome.SENT_BACK: "Hjemvist: kommunen skal afgøre sagen igen",
    BoardOutcome.DISMISSED: "Afvist eller bortfaldet",
}
TO_BE_CARRIED_OUT = frozenset({BoardOutcome.CHANGED, BoardOutcome.SENT_BACK})


class Shortcoming(StrEnum):
    """What a decision that did not hold was wrong about (læring)."""

    INFORMATION = "oplysning"
    REASONING = "begrundelse"
    LAW = "lovanvendelse"
    CALCULATION = "beregning"
    DISCRETION = "skoen"
    NEWS = "nyt"
    """Nothing: something new came to light."""


CAUSE_NAMES = {
    Shortcoming.INFORMATION: "Sagen var ikke oplyst godt nok",
    Shortcoming.REASONING: "Begrundelsen holdt ikke",
    Shortcoming.LAW: "Loven var brugt forkert",
    Shortcoming.CALCULATION: "Beregningen var forkert",
    Shortcoming.DISCRETION: "Skønnet holdt ikke",
    Shortcoming.NEWS: "Der er kommet nye oplysninger",
}


@dataclass(frozen=True)
class Complaint:
    """A complaint about one decision (klage)."""

    id: str
    case_id: str
    decision_id: str
    party_id: str
    channel: ComplaintChannel
    text: str
    """The citizen's words, or what was said as somebody wrote it down."""
    received_on: date
    is_late: bool
    """More than four weeks after the decision came."""
    state: ComplaintState
    registered_by: str
    registered_at: datetime
    verdict: ReviewOutcome | None = None
    reasons: str = ""
    """Why the decision stands, or what is made anew: goes into the letter as it is."""
    cause: Shortcoming | None = None
    judged_by: str = ""
    judged_at: datetime | None = None
    forwarded_on: date | None = None
    board_reference: str = ""
    board_outcome: BoardOutcome | None = None
    board_answered_on: date | None = None

    @property
    def forward_by(self) -> date:
        """The last day it may be met or sent on (RSL § 66)."""
        return self.received_on + timedelta(weeks=FORWARD_WEEKS)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has something to do with it."""
        return self.state is not ComplaintState.CLOSED


def checked_text(text: str) -> str:
    """Return what a complaint says; a complaint needs no reasons, but it needs a word."""
    words = text.strip()
    if not words:
        raise RuleError("Skriv, hvad du er utilfreds med. Det behøver ikke være langt.")
    if len(words) > LONGEST_TEXT:
        raise RuleError(
            f"Klagen er på {len(words)} tegn. Der er plads til {LONGEST_TEXT}."
            " Læg resten i et bilag."
        )
    return words


def check_can_complain(decision: Decision) -> None:
    """Refuse a complaint about what nobody has been told yet (RSL § 67)."""
    if decision.sent_at is None:
        raise RuleError("Afgørelsen er ikke sendt endnu. Klag, når du har fået den.")


def is_late(decision: Decision, received_on: date) -> bool:
    """Tell whether a complaint came more than four weeks after the decision did (RSL § 67)."""
    if decision.sent_at is None:
        raise SafeguardError("en klage over en afgørelse, der ikke er sendt")
    return received_on > danish_day(decision.sent_at) + timedelta(weeks=APPEAL_WEEKS)


def check_other_eyes(decided_by: frozenset[str], user: str) -> None:
    """Refuse that somebody judges their own decision anew (andre øjne)."""
    if user in decided_by:
        raise NotAllowedError(
            "Du har selv været med til afgørelsen og kan derfor ikke genvurdere den."
            " En anden skal gøre det."
        )


def judged(
    complaint: Complaint,
    verdict: ReviewOutcome,
    *,
    reasons: str,
    cause: Shortcoming | None,
    by: str,
    at: datetime,
) -> Complaint:
    """Return the complaint with what a new look came to (genvurdering); it needs its reasons."""
    words = reasons.strip()
    if verdict is not ReviewOutcome.WITHDRAWN and not words:
        raise RuleError("Skriv begrundelsen. Den står i brevet til borgeren.")
    if verdict in {ReviewOutcome.MET, ReviewOutcome.PARTLY} and cause is None:
        raise RuleError("Vælg, hvad der gik galt, så vi kan lære af det.")
    state = {
        ReviewOutcome.MET: ComplaintState.REASSESSED,
        ReviewOutcome.PARTLY: ComplaintState.REASSESSED,
        ReviewOutcome.UPHELD: ComplaintState.FORWARDING,
        ReviewOutcome.WITHDRAWN: ComplaintState.CLOSED,
    }[verdict]
    return replace(
        complaint,
        state=state,
        verdict=verdict,
        reasons=words,
        cause=cause,
        judged_by=by,
        judged_at=at,
    )


def forwarded(complaint: Complaint, on: date, *, today: date) -> Complaint:
    """Return the complaint as it lies with Ankestyrelsen since a day."""
    if complaint.state is not ComplaintState.FORWARDING:
        raise RuleError("Klagen er ikke ved at blive sendt til Ankestyrelsen. Se klagen igen.")
    if not complaint.received_on <= on <= today:
        raise RuleError("Skriv den dag, sagen blev sendt. Den kan ikke ligge før klagen.")
    return replace(complaint, state=ComplaintState.FORWARDED, forwarded_on=on)


def answered_by_board(
    complaint: Complaint,
    outcome: BoardOutcome,
    on: date,
    *,
    reference: str,
    cause: Shortcoming | None,
    today: date,
) -> Complaint:
    """Return the complaint with Ankestyrelsen's answer."""
    if complaint.forwarded_on is None:
        raise RuleError("Klagen er ikke sendt til Ankestyrelsen endnu.")
    if not complaint.forwarded_on <= on <= today:
        raise RuleError("Skriv datoen på Ankestyrelsens afgørelse.")
    if outcome in TO_BE_CARRIED_OUT and cause is None:
        raise RuleError("Vælg, hvad der gik galt, så vi kan lære af det.")
    return replace(
        complaint,
        state=ComplaintState.CLOSED,
        board_outcome=outcome,
        board_answered_on=on,
        board_reference=reference.strip(),
        cause=cause or complaint.cause,
    )
