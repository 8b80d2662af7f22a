"""A request for a sanction (sanktionsanmodning): from what the jobcentre told to what is taken.

The jobcentre asks; a person answers the conditions, the citizen is heard, a person decides. What
was asked for is kept as it was told. A time that runs out ends a request and never lowers anything.
Knows sanctions, calculations and months. Knows no process, letter or bank.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum

from processes.domain.calculation import (
    Calculation,
    ConditionOutcome,
    HelpKind,
    Line,
    Node,
    Outcome,
    PersonMonth,
)
from processes.domain.errors import ConflictError, RuleError
from processes.domain.gates import Check, Gate
from processes.domain.money import Money
from processes.domain.payments import PaymentLine, PaymentState
from processes.domain.periods import DENMARK, ONE_DAY, Calendar, Month, Period
from processes.domain.rates import RATE_LABELS, Rate, RateBook
from processes.domain.rules.prose import day_in_words, days_in_words, month_in_words
from processes.domain.rules.trace import lowest
from processes.domain.sanctions import (
    BY_DAY,
    INTERVALS,
    DecidedSanction,
    Group,
    Incident,
    Paragraph,
    amount_of,
    gate,
    how_many,
    last_month,
    sats,
    settle,
)

MOST_WORDS = 2_000
LINE = "sanktion"
NO_GROUND = "ingen_rimelig_grund"
"""The condition only the hearing can answer."""

PARAGRAPH_NAMES = {
    Paragraph.OFFER: "Udeblivelse fra et tilbud",
    Paragraph.INTERVIEW: "Udeblivelse fra en jobsamtale",
    Paragraph.NOT_BOOKED: "En samtale blev ikke booket",
    Paragraph.REFUSED_OFFER: "Afvist tilbud",
    Paragraph.LEFT_WORK: "Ophør med arbejde",
    Paragraph.OTHER: "Anden manglende rådighed",
    Paragraph.SHARPENED: "Skærpet rådighedssanktion",
}
"""What each paragraph is about, as a page calls it."""
GROUP_NAMES = {
    Group.JOB_READY: "Jobparat",
    Group.EDUCATION_READY: "Uddannelsesparat",
    Group.ACTIVITY_READY: "Aktivitetsparat",
}


class SanctionSource(StrEnum):
    """Who asked for it (kilde til anmodningen)."""

    JOB_CENTRE = "jobcenter"
    CASEWORKER = "sagsbehandler"


class SanctionState(StrEnum):
    """How far a request is (anmodningens tilstand)."""

    RECEIVED = "modtaget"
    DECIDED = "afgjort"
    """A sanction was decided, and its letter has been sent."""
    DROPPED = "ingen_sanktion"
    LAPSED = "bortfaldet"
    """The time to take it in ran out: nothing is ever taken."""


STATE_NAMES = {
    SanctionState.RECEIVED: "Under behandling",
    SanctionState.DECIDED: "Sanktion givet",
    SanctionState.DROPPED: "Ingen sanktion",
    SanctionState.LAPSED: "Bortfaldet",
}


@dataclass(frozen=True)
class Told:
    """What is told of an incident (fortalt hændelse), before it is a request of a case."""

    paragraph: Paragraph
    from_on: date
    group: Group
    text: str = ""
    contact_on: date | None = None
    """The day contact was there again; the day itself costs nothing."""

    def check(self, today: date) -> None:
        """Refuse what nobody could act on."""
        if self.from_on > today:
            raise RuleError("Hændelsen ligger i fremtiden. Ret dagen.")
        if len(self.text) > MOST_WORDS:
            raise RuleError(f"Skriv højst {MOST_WORDS} tegn.")
        _check_contact(self.from_on, self.contact_on)


def _check_contact(from_on: date, contact_on: date | None) -> None:
    if contact_on is not None and contact_on <= from_on:
        raise RuleError(
            "Kontakten kan tidligst være genoprettet dagen efter udeblivelsen. Ret en af dagene."
        )


@dataclass(frozen=True)
class Answers:
    """What a person found of the conditions (svar på betingelserne); None is not known."""

    had_duty: bool | None = None
    """The duty lay on the citizen that day: not ill, on leave, or otherwise free of it."""
    guided_on: date | None = None
    convened_correctly: bool | None = None
    personal_contact_tried: bool | None = None
    furthers_availability: bool | None = None
    reason: str = ""
    sharpened_guided_on: date | None = None
    spouse_guided_on: date | None = None
    sanctioned_before: bool | None = None
    no_reasonable_ground: bool | None = None


@dataclass(frozen=True)
class SanctionRequest:
    """A request for a sanction (sanktionsanmodning) and what came of it."""

    id: str
    case_id: str
    party_id: str
    told: Told
    source: SanctionSource
    message_id: str
    """The channel's own id: the same one twice is one request."""
    received_at: datetime
    received_by: str
    """The user who typed it in; empty when the jobcentre sent it."""
    state: SanctionState = SanctionState.RECEIVED
    answers: Answers = Answers()
    calculation_id: str | None = None
    decision_id: str | None = None
    conclusion: str = ""
    settled_at: datetime | None = None
    settled_by: str = ""

    @property
    def is_open(self) -> bool:
        """Whether nothing has come of it yet."""
        return self.state is SanctionState.RECEIVED

    @property
    def days(self) -> Period:
        """The days it is about: one for what happens once, or until contact is there again."""
        start = self.told.from_on
        if self.told.paragraph in BY_DAY:
            return Period(start, self.told.contact_on)
        return Period(start, start + ONE_DAY)

    def incident(self, *, has_spouse: bool) -> Incident:
        """Return it as the rules ask for it."""
        known = self.answers
        return Incident(
            id=self.id,
            party_id=self.party_id,
            paragraph=self.told.paragraph,
            days=self.days,
            group=self.told.group,
            guided_on=known.guided_on,
            convened_correctly=known.convened_correctly,
            no_reasonable_ground=known.no_reasonable_ground,
            personal_contact_tried=known.personal_contact_tried,
            furthers_availability=known.furthers_availability,
            reason=known.reason,
            sharpened_guided_on=known.sharpened_guided_on,
            spouse_guided_on=known.spouse_guided_on,
            has_spouse=has_spouse,
            sanctioned_before=known.sanctioned_before,
        )


def settled(
    request: SanctionRequest, state: SanctionState, *, conclusion: str, by: str, at: datetime
) -> SanctionRequest:
    """Say what came of a request; a second time changes nothing."""
    if not request.is_open:
        return request
    return replace(request, state=state, conclusion=conclusion, settled_by=by, settled_at=at)


# ---- may one be given --------------------------------------------------------------------------


def expires_at(from_on: date, *, rates: RateBook) -> datetime:
    """Return the moment after which nothing can be taken any more (frist for fradrag).

    Law: LAS § 35, stk. 3: three whole calendar months after the incident.
    """
    month = last_month(from_on, rates=rates)
    return datetime.combine(month.next().first_day, time(), DENMARK)


def conditions(
    request: SanctionRequest,
    others: Collection[SanctionRequest],
    *,
    is_helped: bool,
    has_spouse: bool,
    today: date,
    rates: RateBook,
) -> Gate:
    """Return every condition in the order of the law (betingelser for en sanktion).

    `others` are the person's other requests; `is_helped` says whether help was granted that day.
    Law: LAS §§ 13, 35 and 40 a.
    """
    last = last_month(request.told.from_on, rates=rates)
    first = (
        Check(
            "hjaelp_paa_dagen",
            "Personen fik hjælp til forsørgelse den dag",
            "LAS § 35, stk. 1",
            is_helped,
            "Uden hjælp er der intet at trække i.",
        ),
        Check(
            "pligt",
            "Pligten gjaldt for personen den dag",
            "LAS § 13",
            request.answers.had_duty,
            "Se efter, om personen var syg, på barsel eller fritaget.",
        ),
        Check(
            "inden_for_frist",
            f"Beløbet kan nå at blive trukket senest i hjælpen for {month_in_words(last)}",
            "LAS § 35, stk. 3",
            Month.of(today) <= last,
            "Fristen er tre hele kalendermåneder efter hændelsen. Den er gået.",
        ),
        Check(
            "ikke_sanktioneret_for_det",
            "Der er ikke allerede givet en sanktion for de samme dage",
            "LAS § 35, stk. 3",
            not any(_same_days(request, other) for other in others),
            "Dagene er allerede med i en anden sanktion.",
        ),
    )
    return Gate((*first, *gate(request.incident(has_spouse=has_spouse), rates=rates)))


def _same_days(request: SanctionRequest, other: SanctionRequest) -> bool:
    return (
        other.id != request.id
        and other.party_id == request.party_id
        and other.state is SanctionState.DECIDED
        and other.days.clipped(request.days) is not None
    )


def before_hearing(found: Gate) -> Gate:
    """Return the conditions that must be met before anybody is heard."""
    return Gate(tuple(check for check in found if check.key != NO_GROUND))


# ---- how much ----------------------------------------------------------------------------------


def calculate(
    request: SanctionRequest,
    found: Gate,
    *,
    monthly_help: Money,
    has_spouse: bool,
    rates: RateBook,
    calculation_id: str,
    application_id: str,
    at: datetime,
) -> Calculation:
    """Make the calculation of a sanction (beregning af sanktionen).

    It stands on the same paper as any other, so that hearing, decision and letter ask it in the
    same way. Each of a couple has a help of their own; only that of the one who was away counts.
    Law: LAS § 35, stk. 4. Units: øre. Rounds: nothing, the satser are whole.
    """
    _check_counted(request)
    incident = request.incident(has_spouse=has_spouse)
    amount = amount_of(incident, monthly_help=monthly_help, rates=rates)
    count = how_many(incident, rates=rates)
    day = incident.days.start
    law = f"LAS § {request.told.paragraph}"
    one = sats(monthly_help, day, rates=rates)
    used = [rates.on(key, day) for key in INTERVALS]
    inside = (
        Node("fact", f"sanktion.hjaelp@{request.id}", "Hjælp om måneden", monthly_help),
        *(_rate_node(each) for each in used),
    )
    per_day = Node(
        "rule",
        "sanktion.sats",
        "Sanktionssats",
        one,
        law="LAS § 35, stk. 4",
        source="Satserne er faste. Hvilken der gælder, følger af hjælpen om måneden.",
        confidence=lowest(iter([each.confidence for each in used])),
        inputs=inside,
    )
    number = Node("fact", f"sanktion.antal@{request.id}", "Antal satser", count)
    total = Node(
        "rule",
        "sanktion.beloeb",
        "Sanktion",
        -amount,
        law=law,
        source=f"{count} x {one.danish()}",
        confidence=per_day.confidence,
        inputs=(per_day, number),
    )
    line = Line(LINE, _label(request), -amount, total)
    month = PersonMonth(
        request.party_id,
        Month.of(day),
        tuple(_condition(check) for check in found if check.key != NO_GROUND),
        (line,),
        (),
    )
    return Calculation(
        id=calculation_id,
        case_id=request.case_id,
        application_id=application_id,
        made_at=at,
        known_at=at,
        rule_versions=("sanktion.sats",),
        months=(month,),
        notes=(),
        outcome=Outcome.PARTIAL,
        help_kind=HelpKind.SANCTION,
    )


def _check_counted(request: SanctionRequest) -> None:
    if request.told.paragraph in BY_DAY and request.told.contact_on is None:
        raise RuleError(
            "Skriv, hvilken dag der var kontakt igen. Satsen gives for hver dag indtil da."
        )


def _label(request: SanctionRequest) -> str:
    what = PARAGRAPH_NAMES[request.told.paragraph]
    return f"{what}, {days_in_words(request.days)}"


def _condition(check: Check) -> ConditionOutcome:
    node = Node("rule", f"sanktion.{check.key}", check.label, check.met, law=check.law)
    reason = "" if check.met else check.way_out
    return ConditionOutcome(check.key, check.label, check.met, check.law, reason, node)


def _rate_node(rate: Rate) -> Node:
    return Node(
        "rate",
        rate.id,
        RATE_LABELS[rate.key],
        rate.value,
        law=rate.law,
        source=rate.source,
        confidence=rate.confidence,
        derived=rate.derived,
    )


def amount_in(calculation: Calculation) -> Money:
    """Return what a calculation of a sanction comes to."""
    return Money(sum(-line.amount.oere for month in calculation.months for line in month.lines))


# ---- in which months ---------------------------------------------------------------------------


def planned(
    request: SanctionRequest,
    amount: Money,
    *,
    helped: Mapping[Month, Money],
    closed: Iterable[Month],
    from_day: date,
    rates: RateBook,
) -> tuple[tuple[tuple[Month, Money], ...], Money]:
    """Return how much is taken in which month, and what can never be taken (plan for fradrag).

    `helped` is what the person has left of their own help in each month that can still be paid;
    `closed` are the months that are being paid already. The letter has been sent on `from_day`.
    Law: LAS § 35, stk. 3.
    """
    shut = set(closed)
    last = last_month(request.told.from_on, rates=rates)
    months = {
        month: left
        for month, left in helped.items()
        if month not in shut and Month.of(request.told.from_on) <= month <= last
    }
    sanction = DecidedSanction(request.id, request.party_id, request.told.from_on, amount, from_day)
    done = settle(
        [sanction],
        help_by_month=months,
        taken_from={month: month.last_day for month in months},
        rates=rates,
    )
    taken = tuple((each.month, each.amount) for each in done.deductions)
    return taken, Money(amount.oere - sum(each.oere for _, each in taken))


def paid_months(
    rows: Iterable[tuple[PaymentLine, PaymentState]], party_id: str
) -> frozenset[Month]:
    """Return the months a person has been paid for, or whose money is on its way (betalt)."""
    return frozenset(
        line.month
        for line, state in rows
        if line.party_id == party_id and state is not PaymentState.REJECTED
    )


def is_closed(month: Month, today: date, *, paid: Collection[Month], calendar: Calendar) -> bool:
    """Tell whether a month is paid already, or the money is there today or before."""
    return month in paid or calendar.last_banking_day(month) <= today


def months_left(from_on: date, today: date, *, rates: RateBook) -> tuple[Month, ...]:
    """Return the months from this one to the last a deduction may be made in."""
    last = last_month(from_on, rates=rates)
    month = max(Month.of(today), Month.of(from_on))
    found = []
    while month <= last:
        found.append(month)
        month = month.next()
    return tuple(found)


def check_may_decide(request: SanctionRequest | None, found: Gate, calculation_id: str) -> None:
    """Refuse a sanction that is not fit to be decided, whatever the diagrams did before."""
    if request is None or request.calculation_id != calculation_id:
        raise ConflictError(
            "Sanktionen bygger på en anden beregning end den, der ligger på sagen. Vurdér igen."
        )
    if not request.is_open:
        raise ConflictError(
            f"Anmodningen om en sanktion er allerede afsluttet: {STATE_NAMES[request.state]}."
        )
    found.demand("Sanktionen kan ikke afgøres.")


def in_words(request: SanctionRequest) -> str:
    """Say what was asked for, without a name."""
    what = PARAGRAPH_NAMES[request.told.paragraph]
    return f"{what.lower()} den {day_in_words(request.told.from_on)}"
