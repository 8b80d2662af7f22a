"""The end of running help (ophør): on whose word, from which month, and on which ground.

Help ends with a decision that was sent, and from the first of a month. What a part of a month comes
to is for the facts of that month: a wage, a stay abroad or a move cuts it as it always does.
Knows grounds and months. Knows no process, letter or bank.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from processes.domain.calculation import (
    Calculation,
    ConditionOutcome,
    Node,
    Outcome,
    PersonMonth,
)
from processes.domain.errors import RuleError
from processes.domain.periods import Month
from processes.domain.rules.prose import day_in_words

MOST_WORDS = 2_000


class CessationGround(StrEnum):
    """Why help ends (grund til ophør)."""

    OWN_WISH = "eget_oenske"
    JOB = "job"
    EDUCATION = "uddannelse"
    OTHER_BENEFIT = "anden_ydelse"
    WEALTH = "formue"
    MOVED = "flyttet"
    ABROAD = "udland"
    NOT_AVAILABLE = "ikke_raadighed"
    OTHER = "andet"


GROUND_NAMES = {
    CessationGround.OWN_WISH: "Borgeren ønsker ikke hjælp længere",
    CessationGround.JOB: "Borgeren er i arbejde",
    CessationGround.EDUCATION: "Borgeren er begyndt på en uddannelse",
    CessationGround.OTHER_BENEFIT: "En anden ydelse dækker behovet",
    CessationGround.WEALTH: "Formuen er over grænsen",
    CessationGround.MOVED: "Borgeren er flyttet til en anden kommune",
    CessationGround.ABROAD: "Borgeren er rejst til udlandet",
    CessationGround.NOT_AVAILABLE: "Borgeren står ikke til rådighed",
    CessationGround.OTHER: "Borgeren har ikke længere ret til hjælpen",
}
"""What each is called on a page and in a letter."""
GROUND_LAWS = {
    CessationGround.OWN_WISH: "LAS § 11",
    CessationGround.JOB: "LAS § 11",
    CessationGround.EDUCATION: "LAS § 11",
    CessationGround.OTHER_BENEFIT: "LAS § 11",
    CessationGround.WEALTH: "LAS § 14",
    CessationGround.MOVED: "RSL § 9",
    CessationGround.ABROAD: "LAS § 5",
    CessationGround.NOT_AVAILABLE: "LAS § 13",
    CessationGround.OTHER: "LAS § 11",
}
"""The paragraph each stands on; the caseworker may add to it in the proposal."""
WISHED = "Parten har selv bedt om, at hjælpen stopper."
"""Why nobody is heard on what they asked for themselves (FVL § 19)."""
TOLD_BY_CITIZEN = (
    CessationGround.OWN_WISH,
    CessationGround.JOB,
    CessationGround.EDUCATION,
    CessationGround.OTHER_BENEFIT,
)


class CessationSource(StrEnum):
    """Who began it (kilde til ophøret)."""

    CITIZEN = "borger"
    CASEWORKER = "sagsbehandler"


class CessationState(StrEnum):
    """How far it is (ophørets tilstand)."""

    RECEIVED = "modtaget"
    DECIDED = "afgjort"
    DROPPED = "frafaldet"


STATE_NAMES = {
    CessationState.RECEIVED: "Under behandling",
    CessationState.DECIDED: "Hjælpen er stoppet",
    CessationState.DROPPED: "Hjælpen fortsætter",
}


@dataclass(frozen=True)
class Cessation:
    """A wish or a reason to end running help (ophør), and what came of it."""

    id: str
    case_id: str
    party_id: str
    """Who wished it, or whom the reason is about."""
    ground: CessationGround
    ends_on: date
    """The first day without help: the first of a month."""
    text: str
    source: CessationSource
    received_at: datetime
    received_by: str
    state: CessationState = CessationState.RECEIVED
    calculation_id: str | None = None
    decision_id: str | None = None
    conclusion: str = ""
    settled_at: datetime | None = None
    settled_by: str = ""

    @property
    def is_open(self) -> bool:
        """Whether nothing has come of it yet."""
        return self.state is CessationState.RECEIVED

    @property
    def is_wished(self) -> bool:
        """Whether the citizen asked for it, in their own words."""
        return self.source is CessationSource.CITIZEN and self.ground in TOLD_BY_CITIZEN


def check_told(ground: CessationGround, ends_on: date, text: str, *, today: date) -> None:
    """Refuse what nobody could act on."""
    if ends_on.day != 1:
        raise RuleError(
            "Hjælpen stopper fra den første i en måned. Vælg måneden. Er der løn, ferie eller"
            " flytning midt i en måned, så fortæl om det som en ændring; den måned regnes for sig."
        )
    if ends_on < today.replace(day=1):
        raise RuleError("Hjælpen kan ikke stoppe for en måned, der er gået. Vælg en senere måned.")
    if len(text) > MOST_WORDS:
        raise RuleError(f"Skriv højst {MOST_WORDS} tegn.")
    if ground is CessationGround.OTHER and not text.strip():
        raise RuleError("Skriv, hvorfor der ikke længere er ret til hjælpen.")


def settled(
    cessation: Cessation, state: CessationState, *, conclusion: str, by: str, at: datetime
) -> Cessation:
    """Say what came of it; a second time changes nothing."""
    if not cessation.is_open:
        return cessation
    return replace(cessation, state=state, conclusion=conclusion, settled_by=by, settled_at=at)


def calculate(
    cessation: Cessation,
    people: Iterable[str],
    *,
    calculation_id: str,
    application_id: str,
    at: datetime,
) -> Calculation:
    """Make the calculation of an end: nothing to anybody from the month on (beregning af ophør).

    `people` are those who have running help now.
    """
    law = GROUND_LAWS[cessation.ground]
    label = "Har fortsat ret til og ønsker hjælpen"
    reason = (
        f"{GROUND_NAMES[cessation.ground]}. Der er ikke hjælp fra den"
        f" {day_in_words(cessation.ends_on)}."
    )
    condition = ConditionOutcome(
        key="kh.ophoer",
        label=label,
        met=False,
        law=law,
        reason=reason,
        explanation=Node("rule", "kh.ophoer", label, False, law=law, source=reason),  # noqa: FBT003 – the value
    )
    month = Month.of(cessation.ends_on)
    return Calculation(
        id=calculation_id,
        case_id=cessation.case_id,
        application_id=application_id,
        made_at=at,
        known_at=at,
        rule_versions=("kh.ophoer",),
        months=tuple(PersonMonth(party_id, month, (condition,), (), ()) for party_id in people),
        notes=(),
        outcome=Outcome.REFUSED,
    )
