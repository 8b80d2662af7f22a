"""Sanctions (sanktioner): may one be given, how much is it, and in which month is it taken?

Three questions, kept apart: a gate that only a person may pass, an amount that follows from the
month's help, and a fold over the months that takes what may be taken in time.
Knows rates and gates. Knows nothing of payments: what is left of the help is told to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from processes.domain.decisions import SYSTEM
from processes.domain.errors import BrokenStateError, SafeguardError
from processes.domain.gates import Check, Gate
from processes.domain.money import Money, total
from processes.domain.periods import ONE_DAY, Month, Period
from processes.domain.rates import RateBook

SATSER = (200, 400, 600, 700)
INTERVALS = ("sanktion.interval1", "sanktion.interval2", "sanktion.interval3")
SHARPENED_NOT_FOR_ACTIVITY_READY = date(2025, 1, 1)
"""LAS § 40 a: from here only for the education and job ready."""


class Paragraph(StrEnum):
    """Which rule was broken (hjemmel)."""

    OFFER = "36"
    """Away from an offer (udeblivelse fra tilbud): one sats a day."""
    INTERVIEW = "37"
    """Away from a jobsamtale: one sats a day until contact is there again."""
    NOT_BOOKED = "37 a"
    """Did not book an interview: as § 37."""
    REFUSED_OFFER = "38"
    LEFT_WORK = "39"
    OTHER = "40"
    SHARPENED = "40 a"
    """Keeps away on purpose (skærpet rådighedssanktion): needs an earlier sanction."""


BY_DAY = frozenset({Paragraph.OFFER, Paragraph.INTERVIEW, Paragraph.NOT_BOOKED})
"""What is counted in days; the others are a number of satser at once."""


class Group(StrEnum):
    """Visitation group (målgruppe)."""

    JOB_READY = "jobparat"
    EDUCATION_READY = "uddannelsesparat"
    ACTIVITY_READY = "aktivitetsparat"


@dataclass(frozen=True)
class Incident:
    """What happened (hændelse), as the jobcentre told it; None is not known."""

    id: str
    party_id: str
    paragraph: Paragraph
    days: Period
    """From the missed day to before contact was there again; one day for what happens once."""
    group: Group
    guided_on: date | None
    """When rights and duties were last told in writing; None is never or not known."""
    convened_correctly: bool | None
    """Told of time, place and what being away costs."""
    no_reasonable_ground: bool | None
    """Had no reasonable ground (rimelig grund) for being away."""
    personal_contact_tried: bool | None = None
    furthers_availability: bool | None = None
    """The extended assessment says that a sanction brings the person closer to work."""
    reason: str = ""
    """Why it does, in words that go into the decision."""
    sharpened_guided_on: date | None = None
    """When § 40 a was told apart; the spouse too, if there is one."""
    spouse_guided_on: date | None = None
    has_spouse: bool = False
    sanctioned_before: bool | None = None


def gate(incident: Incident, *, rates: RateBook) -> Gate:
    """Judge what must be in place before a sanction (formelle betingelser).

    Law: LAS § 35, stk. 1 and 2; principmeddelelser 21-22 (guidance at least every half year) and
    13-22 (activity ready: contact, assessment and a concrete reason).
    """
    day = incident.days.start
    months = rates.on("sanktion.vejledning_maaneder", day).number
    checks = [
        Check(
            "vejledning",
            f"Der er vejledt skriftligt inden for {months} måneder før hændelsen",
            "LAS § 35, stk. 1",
            _told_in_time(incident.guided_on, day, months),
            "Uden vejledning kan der ikke gives en sanktion. Vejled nu, så gælder det fremover.",
        ),
        Check(
            "indkaldelse",
            "Indkaldelsen eller tilbuddet var korrekt",
            "LAS § 35, stk. 1",
            incident.convened_correctly,
            "Bed jobcentret om indkaldelsen.",
        ),
        Check(
            "ingen_rimelig_grund",
            "Der var ingen rimelig grund",
            "LAS § 13",
            incident.no_reasonable_ground,
            "Hør borgeren, og vurdér svaret.",
        ),
    ]
    if incident.group is Group.ACTIVITY_READY:
        checks += _for_the_activity_ready(incident)
    if incident.paragraph is Paragraph.SHARPENED:
        checks += _for_the_sharpened(incident, months)
    return Gate(tuple(checks))


def _for_the_activity_ready(incident: Incident) -> list[Check]:
    reasoned = incident.furthers_availability
    if reasoned and not incident.reason.strip():
        reasoned = None
    return [
        Check(
            "personlig_kontakt",
            "Der er forsøgt personlig kontakt",
            "LAS § 35, stk. 1",
            incident.personal_contact_tried,
            "Tag kontakt, før der tages stilling.",
        ),
        Check(
            "fremmer_raadighed",
            "Det er vurderet og begrundet konkret, at sanktionen fremmer rådigheden",
            "LAS § 35, stk. 1",
            reasoned,
            "Skriv begrundelsen; den skal stå i afgørelsen.",
        ),
    ]


def _for_the_sharpened(incident: Incident, months: int) -> list[Check]:
    day = incident.days.start
    ready = incident.group is Group.ACTIVITY_READY and day >= SHARPENED_NOT_FOR_ACTIVITY_READY
    checks = [
        Check(
            "ikke_aktivitetsparat",
            "Personen er ikke aktivitetsparat",
            "LAS § 40 a",
            not ready,
            "Fra 2025 gives den skærpede sanktion ikke til aktivitetsparate.",
        ),
        Check(
            "tidligere_sanktion",
            "Der er givet en sanktion før",
            "LAS § 40 a",
            incident.sanctioned_before,
            "Slå personens sanktioner op.",
        ),
        Check(
            "saerskilt_vejledning",
            "Der er vejledt særskilt om skærpet sanktion",
            "LAS § 35, stk. 2",
            _told_in_time(incident.sharpened_guided_on, day, months),
            "Vejled særskilt, så gælder det fremover.",
        ),
    ]
    if incident.has_spouse:
        checks.append(
            Check(
                "aegtefaelle_vejledt",
                "Ægtefællen er vejledt særskilt",
                "LAS § 35, stk. 2",
                _told_in_time(incident.spouse_guided_on, day, months),
                "Vejled også ægtefællen.",
            )
        )
    return checks


def check_proposal(incident: Incident, *, by: str) -> None:
    """Refuse that the system proposes a sanction of the activity ready by itself.

    Ankestyrelsen would have changed every § 40 a sanction of the activity ready it examined.
    """
    if by == SYSTEM and incident.group is Group.ACTIVITY_READY:
        raise SafeguardError(
            "Systemet foreslår ikke sanktioner til aktivitetsparate. En sagsbehandler skal vurdere"
            " sagen og selv foreslå en sanktion."
        )


def sats(monthly_help: Money, day: date, *, rates: RateBook) -> Money:
    """Return one sanktionssats for a person's own monthly help.

    Law: LAS § 35, stk. 4. The satser are fixed, the intervals are regulated: below the first bound
    200 kr., from it to and with the second 400, to and with the third 600, above it 700.
    """
    first, second, third = (rates.on(key, day).amount for key in INTERVALS)
    if monthly_help < first:
        step = 0
    elif monthly_help <= second:
        step = 1
    else:
        step = 2 if monthly_help <= third else 3
    return rates.on(f"sanktion.sats_{SATSER[step]}", day).amount


def how_many(incident: Incident, *, rates: RateBook) -> int:
    """Return how many satser an incident costs: its days, or the number of the paragraph.

    The numbers of LAS §§ 38-40 a were not read; they are rates, and one that is not there is an
    error that names it.
    """
    if incident.paragraph in BY_DAY:
        if incident.days.end is None:
            raise BrokenStateError(f"incident {incident.id} is not over: contact is not there yet")
        return (incident.days.end - incident.days.start).days
    key = incident.paragraph.value.replace(" ", "_")
    return rates.on(f"sanktion.antal.p{key}", incident.days.start).number


def amount_of(incident: Incident, *, monthly_help: Money, rates: RateBook) -> Money:
    """Return what an incident costs before it is known what the months can bear (sanktion).

    Each of a couple has a help of their own, and only the help of the one who was away counts.
    """
    day = incident.days.start
    return sats(monthly_help, day, rates=rates) * how_many(incident, rates=rates)


def last_month(incident_on: date, *, rates: RateBook) -> Month:
    """Return the last month a deduction may be made in.

    Law: LAS § 35, stk. 3: within three whole calendar months after the incident.
    """
    month = Month.of(incident_on)
    for _ in range(rates.on("sanktion.frist_maaneder", incident_on).number):
        month = month.next()
    return month


@dataclass(frozen=True)
class DecidedSanction:
    """A sanction that was decided (afgjort sanktion)."""

    id: str
    party_id: str
    incident_on: date
    amount: Money
    decided_on: date
    """The letter was sent: nothing is taken before it."""


@dataclass(frozen=True)
class Deduction:
    """What is taken in one month of one sanction (sanktionsfradrag)."""

    sanction_id: str
    party_id: str
    month: Month
    amount: Money


@dataclass(frozen=True)
class Settlement:
    """What came of the sanctions of one person (sanktionsopgørelse)."""

    deductions: tuple[Deduction, ...]
    lapsed: Mapping[str, Money]
    """What could not be taken in time, by sanction: it is never taken (bortfaldet)."""
    waiting: Mapping[str, Money]
    """What is left for months that are not there yet, by sanction."""

    def in_month(self, month: Month) -> Money:
        """Return everything taken in a month: settled once, as one amount."""
        return total(each.amount for each in self.deductions if each.month == month)


def settle(
    sanctions: Iterable[DecidedSanction],
    *,
    help_by_month: Mapping[Month, Money],
    taken_from: Mapping[Month, date],
    rates: RateBook,
) -> Settlement:
    """Take decided sanctions from one person's months, oldest first (månedsopgørelse).

    Law: LAS § 35, stk. 3. `help_by_month` is what the person's own help is in each month that is
    paid, `taken_from` the day a month is paid: a sanction decided after it waits for the next. No
    month bears more than its help, and what the last month in time cannot bear lapses. Særlig
    støtte is worked out as if there were no sanction (§ 34, stk. 5), so it is no part of this help.
    """
    left = dict(help_by_month)
    deductions: list[Deduction] = []
    lapsed: dict[str, Money] = {}
    waiting: dict[str, Money] = {}
    for sanction in sorted(sanctions, key=lambda each: (each.incident_on, each.id)):
        owed = sanction.amount
        last = last_month(sanction.incident_on, rates=rates)
        for month in sorted(left):
            in_time = Month.of(sanction.incident_on) <= month <= last
            if not owed or not in_time or taken_from[month] < sanction.decided_on:
                continue
            taken = min(owed, left[month])
            if taken:
                left[month] = left[month] - taken
                owed = owed - taken
                deductions.append(Deduction(sanction.id, sanction.party_id, month, taken))
        if owed:
            over = any(month >= last for month in help_by_month)
            (lapsed if over else waiting)[sanction.id] = owed
    return Settlement(tuple(deductions), lapsed, waiting)


def _told_in_time(told_on: date | None, day: date, months: int) -> bool | None:
    """Tell whether guidance was given on or before a day and no longer ago than some months."""
    if told_on is None:
        return None
    if told_on > day:
        return False
    month = Month.of(told_on)
    for _ in range(months):
        month = month.next()
    last_valid = min(
        date(month.year, month.number, 1) + (told_on.day - 1) * ONE_DAY, month.last_day
    )
    return day <= last_valid
