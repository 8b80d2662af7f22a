"""Deadlines (frister): how many days, set by whom from when, and what happens when one passes.

A municipality sets and publishes its own; until it has, the usual ones hold. Who proposes a change
does not approve it. A deadline that passes changes nothing but what the citizen is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum

from processes.domain.errors import ConflictError, RuleError, TwoPersonError
from processes.domain.periods import DENMARK, ONE_DAY, Calendar, danish_day


class DeadlineKind(StrEnum):
    """Which deadline it is (fristens art)."""

    CASE = "sagsbehandling"
    """Working days from the application to the decision."""
    DOCUMENTS = "dokumentation"
    """Days a party has to send papers."""
    REMINDER = "rykker"
    """Days more after a reminder."""
    HEARING = "partshoering"
    """Days a party has to answer a hearing."""
    EXTENSION = "ny_frist"
    """Working days to the new day when the first was not kept and nobody chose one."""


@dataclass(frozen=True)
class UsualDeadline:
    """What holds until a municipality has set its own (sædvanlig frist)."""

    label: str
    days: int
    least: int
    most: int
    law: str
    source: str
    """Where the number comes from, and how sure it is."""
    is_working_days: bool = False


USUAL = {
    DeadlineKind.CASE: UsualDeadline(
        "Frist for at afgøre en ansøgning",
        15,
        1,
        90,
        "RSL § 3, stk. 2",
        "Kommunerne sætter selv fristen; 15 arbejdsdage er, hvad flere har offentliggjort.",
        is_working_days=True,
    ),
    DeadlineKind.DOCUMENTS: UsualDeadline(
        "Frist for at sende papirer",
        14,
        7,
        60,
        "RSL § 11",
        "Praksis i kommunerne; loven nævner intet antal dage.",
    ),
    DeadlineKind.REMINDER: UsualDeadline(
        "Frist efter en rykker",
        7,
        5,
        30,
        "RSL § 11",
        "Vores valg; loven nævner intet antal dage.",
    ),
    DeadlineKind.HEARING: UsualDeadline(
        "Frist for at svare på en partshøring",
        14,
        7,
        28,
        "FVL § 19",
        "En rimelig frist; loven nævner intet antal dage.",
    ),
    DeadlineKind.EXTENSION: UsualDeadline(
        "Ny frist, når den første ikke holdes",
        10,
        1,
        60,
        "RSL § 3, stk. 2",
        "Vores valg; loven kræver en forventet dato, men nævner intet antal dage.",
        is_working_days=True,
    ),
}
"""The usual deadlines, by kind."""

BENEFIT_NAMES = {"kontanthjaelp": "Kontanthjælp"}
"""The benefits a municipality can set deadlines for."""


@dataclass(frozen=True)
class DeadlineSetting:
    """How many days a municipality gives from a day on (fristindstilling).

    Law: RSL § 3, stk. 2 (set and published by the municipality).
    """

    id: str
    benefit: str
    kind: DeadlineKind
    days: int
    valid_from: date
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    dropped_by: str | None = None
    dropped_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for a second person."""
        return self.approved_at is None and self.dropped_at is None


def propose(
    *,
    setting_id: str,
    benefit: str,
    kind: DeadlineKind,
    days: int,
    valid_from: date,
    by: str,
    at: datetime,
) -> DeadlineSetting:
    """Propose a deadline from a day ahead; what has begun to hold is never changed afterwards."""
    usual = USUAL[kind]
    if not usual.least <= days <= usual.most:
        raise RuleError(
            f"{usual.label} skal være fra {usual.least} til {usual.most} dage, ikke {days}."
        )
    if valid_from <= danish_day(at):
        raise RuleError("En ny frist kan tidligst gælde fra i morgen. Vælg en senere dag.")
    return DeadlineSetting(setting_id, benefit, kind, days, valid_from, by, at)


def approve(
    setting: DeadlineSetting,
    others: Iterable[DeadlineSetting],
    *,
    by: str,
    at: datetime,
) -> DeadlineSetting:
    """Approve a proposed deadline as the second person (fire øjne); `others` stand beside it."""
    _check_open(setting)
    if by == setting.proposed_by:
        raise TwoPersonError("Du har selv foreslået fristen. Bed en anden om at godkende den.")
    if setting.valid_from <= danish_day(at):
        raise RuleError(
            f"Fristen skulle gælde fra {setting.valid_from:%d.%m.%Y}, og den dag er begyndt."
            " Afvis forslaget, og lav et nyt."
        )
    same = [
        each
        for each in others
        if each.approved_at is not None
        and (each.benefit, each.kind, each.valid_from)
        == (setting.benefit, setting.kind, setting.valid_from)
    ]
    if same:
        raise ConflictError(
            f"Der er allerede godkendt en frist fra {setting.valid_from:%d.%m.%Y}."
            " Afvis forslaget, eller foreslå en anden dag."
        )
    return replace(setting, approved_by=by, approved_at=at)


def drop(setting: DeadlineSetting, *, by: str, at: datetime) -> DeadlineSetting:
    """Turn a proposal down, or take one's own back (afvis forslag)."""
    _check_open(setting)
    return replace(setting, dropped_by=by, dropped_at=at)


def _check_open(setting: DeadlineSetting) -> None:
    if not setting.is_open:
        raise ConflictError("Forslaget er allerede behandlet. Hent siden igen.")


def in_force(
    settings: Iterable[DeadlineSetting], *, benefit: str, kind: DeadlineKind, day: date
) -> DeadlineSetting | None:
    """Return the approved setting in force on a day; None leaves the usual one."""
    held = [
        each
        for each in settings
        if each.approved_at is not None
        and each.benefit == benefit
        and each.kind is kind
        and each.valid_from <= day
    ]
    return max(held, key=lambda each: each.valid_from, default=None)


def days_of(
    settings: Iterable[DeadlineSetting], *, benefit: str, kind: DeadlineKind, day: date
) -> int:
    """Return how many days a deadline has on a day (antal dage)."""
    held = in_force(settings, benefit=benefit, kind=kind, day=day)
    return USUAL[kind].days if held is None else held.days


# ---- a deadline that is not kept ----------------------------------------------------------------

CLOSING_TIME = time(15, 30)
"""When a deadline's last day is over for the citizen and the desk."""
DAYS_TO_WRITE = 2
"""Working days before a new day on which the reason for missing that one as well is asked for."""
PLAIN_REASON = "Vi har ikke nået at behandle sagen færdig inden for fristen."
WRITTEN_BY_NOBODY = "system"

REASONS = {
    "mangler_oplysninger": "Vi venter på oplysninger, som vi ikke kan afgøre sagen uden.",
    "flere_oplysninger": "Der er kommet nye oplysninger, som vi skal vurdere først.",
    "anden_myndighed": "Vi venter på svar fra en anden myndighed.",
    "travlhed": "Vi har mange sager lige nu og har ikke nået at behandle din.",
    "andet": "",
}
"""What a person can choose, in words for the citizen; `andet` is written by hand."""


@dataclass(frozen=True)
class DelayNotice:
    """What the citizen is told when a deadline is not kept (fristbrev).

    Law: RSL § 3, stk. 2: in writing, why, and when the decision can be expected.
    """

    id: str
    case_id: str
    deadline_at: datetime
    """The deadline that is not kept."""
    new_deadline_on: date
    reason: str
    written_by: str
    """A user; `system` when nobody wrote a reason in time."""
    written_at: datetime
    sent_at: datetime | None = None

    @property
    def is_plain(self) -> bool:
        """Whether nobody wrote a reason."""
        return self.written_by == WRITTEN_BY_NOBODY


def write_notice(
    *,
    notice_id: str,
    case_id: str,
    deadline_at: datetime,
    new_deadline_on: date,
    reason: str,
    by: str,
    at: datetime,
) -> DelayNotice:
    """Write what the citizen will be told; a new day lies after the old one and after today."""
    if not reason.strip():
        raise RuleError("Skriv, hvorfor borgeren må vente.")
    if new_deadline_on <= max(danish_day(deadline_at), danish_day(at)):
        raise RuleError("Den nye frist skal ligge efter den gamle og efter i dag. Vælg en ny dag.")
    return DelayNotice(notice_id, case_id, deadline_at, new_deadline_on, reason.strip(), by, at)


def plain_notice(
    *,
    notice_id: str,
    case_id: str,
    deadline_at: datetime,
    days: int,
    at: datetime,
    calendar: Calendar,
) -> DelayNotice:
    """Write the notice nobody wrote: it only tells, so it needs no person (fristbrev af sig selv).

    Units: `days` are working days from today.
    """
    new_day = calendar.working_days_after(danish_day(at), days)
    return write_notice(
        notice_id=notice_id,
        case_id=case_id,
        deadline_at=deadline_at,
        new_deadline_on=max(new_day, danish_day(deadline_at) + ONE_DAY),
        reason=PLAIN_REASON,
        by=WRITTEN_BY_NOBODY,
        at=at,
    )


def ends_at(day: date) -> datetime:
    """Return the moment a deadline's last day is over."""
    return datetime.combine(day, CLOSING_TIME, DENMARK)


def ask_again_at(new_deadline_on: date, *, now: datetime, calendar: Calendar) -> datetime:
    """Return when to ask why the new day is not kept either: two working days before it."""
    day = new_deadline_on
    for _ in range(DAYS_TO_WRITE):
        day -= ONE_DAY
        while not calendar.is_working_day(day):
            day -= ONE_DAY
    return max(datetime.combine(day, time(8), DENMARK), now)
