"""What happens in a citizen's life while a case is open (hændelser), and what it means for a case.

An event is only news: it says that something happened, who said so, and from which day. What
counts stays with facts, registers and people; what was decided stays decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from processes.domain.cases import Application, Case, Party, PartyRole
from processes.domain.errors import ConflictError, RuleError
from processes.domain.facts import FACT_LABELS, FactKind, Facts, FactStatus, FactValue
from processes.domain.money import Money
from processes.domain.periods import ONE_DAY, Month, Period

MOST_WORDS = 2_000
"""How much somebody may tell in one go."""


class EventKind(StrEnum):
    """What happened (hændelsestype); values are the words kept and shown."""

    WITHDRAWAL = "tilbagetraekning"
    DEATH = "doedsfald"
    MOVE = "flytning"
    EMIGRATION = "udrejse"
    CIVIL_STATUS = "civilstand"
    JOB = "job"
    COHABITATION = "samliv"
    INCOME = "indkomst"
    HOLIDAY = "ferie"
    ABROAD = "udland"
    CHILDREN = "boern"
    HOUSING = "bolig"
    ILLNESS = "sygdom"
    OTHER = "andet"


EVENT_NAMES = {
    EventKind.WITHDRAWAL: "Ansøgningen er trukket tilbage",
    EventKind.DEATH: "Dødsfald",
    EventKind.MOVE: "Flytning",
    EventKind.EMIGRATION: "Udrejse",
    EventKind.CIVIL_STATUS: "Ændret civilstand",
    EventKind.JOB: "Job",
    EventKind.COHABITATION: "Samliv",
    EventKind.INCOME: "Indkomst",
    EventKind.HOLIDAY: "Ferie",
    EventKind.ABROAD: "Ophold i udlandet",
    EventKind.CHILDREN: "Børn",
    EventKind.HOUSING: "Bolig",
    EventKind.ILLNESS: "Sygdom",
    EventKind.OTHER: "Anden ændring",
}
"""What each is called on a page."""

TOLD_BY_PEOPLE = (
    EventKind.JOB,
    EventKind.INCOME,
    EventKind.MOVE,
    EventKind.COHABITATION,
    EventKind.HOLIDAY,
    EventKind.ABROAD,
    EventKind.CHILDREN,
    EventKind.HOUSING,
    EventKind.ILLNESS,
    EventKind.OTHER,
)
"""What a citizen can tell, and a caseworker for them."""
TOLD_BY_CPR = (
    EventKind.DEATH,
    EventKind.MOVE,
    EventKind.EMIGRATION,
    EventKind.CIVIL_STATUS,
)
"""What CPR tells without being asked."""


class EventSource(StrEnum):
    """Who told it (kilde til hændelsen)."""

    CPR = "CPR"
    CITIZEN = "borger"
    CASEWORKER = "sagsbehandler"


class EventState(StrEnum):
    """Whether somebody has dealt with an event (hændelsestilstand)."""

    RECEIVED = "modtaget"
    SETTLED = "behandlet"


@dataclass(frozen=True)
class LifeEvent:
    """One thing that happened to a party of a case (hændelse); never changed, only settled."""

    id: str
    case_id: str
    party_id: str
    kind: EventKind
    source: EventSource
    happened_on: date
    text: str
    """What was told, in the teller's own words; empty when a register told it."""
    message_id: str
    """The channel's own id: the same one twice is one event."""
    received_at: datetime
    received_by: str
    """The user who registered it; empty when nobody did."""
    place: str = ""
    """Where to, when somebody moves: the municipality to apply in, once a person has said it."""
    state: EventState = EventState.RECEIVED
    conclusion: str = ""
    settled_at: datetime | None = None
    settled_by: str = ""


def settle(
    event: LifeEvent, *, conclusion: str, by: str, at: datetime, place: str | None = None
) -> LifeEvent:
    """Say what an event came to (behandl hændelse); a second time changes nothing."""
    if event.state is EventState.SETTLED:
        return event
    return replace(
        event,
        state=EventState.SETTLED,
        place=event.place if place is None else place,
        conclusion=conclusion,
        settled_by=by,
        settled_at=at,
    )


def check_told(
    kind: EventKind, *, happened_on: date, text: str, today: date, by_staff: bool = False
) -> None:
    """Refuse what nobody could act on; a death is told by CPR, or by a caseworker with papers."""
    if kind not in {*TOLD_BY_PEOPLE, *((EventKind.DEATH,) if by_staff else ())}:
        raise RuleError("Vælg, hvad der er sket.")
    if len(text) > MOST_WORDS:
        raise RuleError(f"Skriv højst {MOST_WORDS} tegn.")
    if kind is EventKind.OTHER and not text.strip():
        raise RuleError("Skriv kort, hvad der er sket.")
    if abs((happened_on - today).days) > DAYS_AWAY:
        raise RuleError("Dagen ligger mere end et år væk. Se efter, om du har skrevet den rigtigt.")


DAYS_AWAY = 366
"""A day farther off than this is a slip of the pen."""


# ---- stopping a case --------------------------------------------------------------------------


def check_can_withdraw(events: Sequence[LifeEvent], *, decision_left: bool, ended: bool) -> None:
    """Refuse to stop what is over: after the decision has left, other ways are open."""
    if decision_left:
        raise ConflictError(
            "Afgørelsen er sendt, så ansøgningen kan ikke trækkes tilbage. Er der sket noget nyt,"
            " så fortæl om en ændring. Er du uenig i afgørelsen, så klag; hvordan står i brevet."
        )
    if ended or withdrawal(events) is not None:
        raise ConflictError("Ansøgningen er allerede stoppet. Du kan søge igen, når du vil.")


def withdrawal(events: Iterable[LifeEvent]) -> LifeEvent | None:
    """Return the event that withdrew the application, if there is one."""
    return next((each for each in events if each.kind is EventKind.WITHDRAWAL), None)


def dead_parties(case: Case, facts: Facts, on: date) -> frozenset[str]:
    """Return the parties that are known to be dead (døde parter)."""
    return frozenset(
        party.id
        for party in case.parties
        if (died := died_on(facts, party.id)) is not None and died <= on
    )


def died_on(facts: Facts, party_id: str) -> date | None:
    """Return the day somebody died, by the newest word of it."""
    said = [
        fact
        for fact in facts.all
        if fact.party_id == party_id
        and fact.kind is FactKind.DEAD
        and fact.status is not FactStatus.UNKNOWN
    ]
    # Of two that were said at one moment the word of a death holds: money that was held back can
    # still be paid, and a letter to the dead cannot be taken back.
    newest = max(
        said,
        key=lambda fact: (fact.known_from, isinstance(fact.value, date), fact.id),
        default=None,
    )
    return newest.value if newest is not None and isinstance(newest.value, date) else None


def applicants(case: Case, application: Application) -> tuple[Party, ...]:
    """Return who has applied: the citizen, and the spouse when they apply together."""
    asked = {PartyRole.PRIMARY, *((PartyRole.SPOUSE,) if application.applies_jointly else ())}
    return tuple(party for party in case.parties if party.role in asked)


def survivors(case: Case, application: Application, dead: frozenset[str]) -> tuple[Party, ...]:
    """Return the applicants who live: their own part of an application survives the other's."""
    return tuple(each for each in applicants(case, application) if each.id not in dead)


# ---- facts that changed after a calculation ---------------------------------------------------

NOT_CALCULATED_FROM = frozenset(
    {
        FactKind.TAX_CARD_KIND,
        FactKind.TAX_CARD_RATE,
        FactKind.TAX_CARD_DEDUCTION,
        FactKind.TAX_CARD_LIMIT,
    }
)
"""What is read when the money is paid, not when the help is calculated."""


def changed_kinds(
    before: Facts, now: Facts, *, parties: Iterable[str], months: Sequence[Month]
) -> tuple[FactKind, ...]:
    """Return what counts otherwise now than it did (ændrede oplysninger), in the facts' order.

    Both what counts and what the citizen says are compared: a citizen's new word changes what was
    applied for, even while somebody else's counts. A register that only repeats itself changes
    nothing.
    """
    if not months:
        return ()
    period = Period(min(months).first_day, max(months).last_day + ONE_DAY)
    people = tuple(parties)
    pairs = ((before, now), (before.by_the_partys_word(), now.by_the_partys_word()))
    found = {
        kind
        for kind in FactKind
        if kind not in NOT_CALCULATED_FROM
        for party_id in people
        if any(
            _counting(old, party_id, kind, day) != _counting(new, party_id, kind, day)
            for old, new in pairs
            for day in _edges(before, now, party_id, kind, period)
        )
    }
    return tuple(kind for kind in FactKind if kind in found)


def _edges(
    before: Facts, now: Facts, party_id: str, kind: FactKind, period: Period
) -> Iterator[date]:
    """Yield the days on which what counts can begin to be something else."""
    yield period.start
    for fact in (*before.all, *now.all):
        if fact.party_id == party_id and fact.kind is kind:
            for day in (fact.valid.start, fact.valid.end):
                if day is not None and day in period:
                    yield day


def _counting(
    facts: Facts, party_id: str, kind: FactKind, day: date
) -> tuple[FactStatus, FactValue | None] | None:
    fact = facts.on(party_id, kind, day)
    return None if fact is None else (fact.status, fact.value)


def named(kinds: Iterable[FactKind]) -> str:
    """Say which facts, as a page calls them."""
    return ", ".join(FACT_LABELS[kind].lower() for kind in kinds)


# ---- what was told, as facts ------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A change as somebody tells it (fortalt ændring), before it is an event of a case."""

    kind: EventKind
    happened_on: date
    text: str = ""
    amount: Money | None = None
    """What is earned in the month it begins, before tax; None when it is not known yet."""
    until: date | None = None
    """The last day of a holiday or a stay abroad."""
    place: str = ""
    lives_together: bool | None = None
    """Whether somebody moves in with a partner, or away from one."""
    is_agreed: bool | None = None
    """Whether a holiday is agreed with the job centre."""
    children: int | None = None
    """How many children are supported at home from that day."""

    def stated(self) -> tuple[tuple[FactKind, FactValue, Period], ...]:
        """Return what the teller said that a rule can read, and of which days."""
        if self.amount is not None and self.kind in {EventKind.JOB, EventKind.INCOME}:
            kind = FactKind.WORK_INCOME if self.kind is EventKind.JOB else FactKind.OTHER_INCOME
            return ((kind, self.amount, Period(Month.of(self.happened_on).first_day)),)
        if self.kind is EventKind.COHABITATION and self.lives_together is not None:
            return ((FactKind.SINGLE, not self.lives_together, Period(self.happened_on)),)
        if self.kind is EventKind.HOLIDAY and self.until is not None:
            said = "aftalt" if self.is_agreed else "ikke_aftalt"
            return ((FactKind.HOLIDAY, said, Period(self.happened_on, self.until + ONE_DAY)),)
        if self.kind is EventKind.CHILDREN and self.children is not None:
            return ((FactKind.CHILDREN_AT_HOME, self.children, Period(self.happened_on)),)
        return ()

    def check(self, today: date, *, by_staff: bool = False) -> None:
        """Refuse what nobody could act on."""
        check_told(
            self.kind,
            happened_on=self.happened_on,
            text=self.text,
            today=today,
            by_staff=by_staff,
        )
        if self.kind is EventKind.DEATH and self.happened_on > today:
            raise RuleError("En dødsdag kan ikke ligge i fremtiden. Ret dagen.")
        if self.until is not None and self.until < self.happened_on:
            raise RuleError("Den sidste dag ligger før den første. Ret en af dem.")
