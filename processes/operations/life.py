"""What people and registers tell while a case is open: changes, deaths, moves, and withdrawal."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from processes.domain.access import Actor, require
from processes.domain.cases import Case, CaseState
from processes.domain.errors import NotFoundError, RuleError
from processes.domain.identifiers import Cpr, Cvr
from processes.domain.life import (
    TOLD_BY_CPR,
    EventKind,
    EventSource,
    LifeEvent,
    Told,
    applicants,
)
from processes.operations.casework import check_may_see, may_withdraw
from processes.operations.control import Control
from processes.ports.pages import LifePage
from processes.ports.records import AuditEvent
from processes.ports.stores import UnitOfWork
from processes.stages import life as life_stage


class DeliveredPersonEvent(Protocol):
    """An event of a person as the distributor hands it over."""

    @property
    def message_id(self) -> str:
        """The message's own id: the same message twice has the same."""

    @property
    def municipality_cvr(self) -> str:
        """Whom it is for."""

    @property
    def kind(self) -> str:
        """What happened, in the distributor's words."""

    @property
    def cpr(self) -> Cpr:
        """Whom it happened to."""

    @property
    def happened_on(self) -> date:
        """When."""


@dataclass(frozen=True)
class PersonChannel:
    """How messages about persons are read and answered; wiring hands in the adapter's."""

    parse: Callable[[bytes], DeliveredPersonEvent]
    received: Callable[[], bytes]
    unreadable: Callable[[str], bytes]


class Life:
    """Takes in what happens in a citizen's life (hændelser)."""

    def __init__(
        self,
        control: Control,
        channel: PersonChannel,
        municipality_of: Callable[[Cvr], int | None],
    ) -> None:
        self.env = control.env
        self.channel = channel
        self.municipality_of = municipality_of

    # ---- the citizen ---------------------------------------------------------------------

    def mine(self, case_id: str, by: Actor) -> LifePage:
        """Return what one can tell about one's own case, and has told."""
        require(by, "citizen.follow")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            own = _own(case, by)
            page = _page(uow, case, only=own)
            self._look(uow, by, "case.read", case_id)
            uow.commit()
            return page

    def withdraw(self, case_id: str, reason: str, by: Actor) -> None:
        """Withdraw one's own application (træk ansøgningen tilbage)."""
        require(by, "citizen.follow")
        with self.env.uow(by.municipality_id) as uow:
            own = _own(uow.cases.get(case_id), by)
            ctx = self.env.context(uow, by)
            life_stage.withdraw(ctx, case_id, own, reason, source=EventSource.CITIZEN)
            self._look(uow, by, "application.withdraw", case_id)
            uow.commit()
        self.env.wake()

    def tell(self, case_id: str, told: Told, by: Actor) -> LifeEvent:
        """Tell of a change in one's own life (fortæl om en ændring)."""
        require(by, "citizen.follow")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            event = self._tell(uow, case, _own(case, by), told, by, source=EventSource.CITIZEN)
            uow.commit()
        self.env.wake()
        return event

    # ---- for the citizen -----------------------------------------------------------------

    def of_case(self, case_id: str, by: Actor) -> LifePage:
        """Return what can be told about a case, and was."""
        require(by, "case.read")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            check_may_see(case, by)
            page = _page(uow, case)
            self._look(uow, by, "case.read", case_id)
            uow.commit()
            return page

    def withdraw_for(self, case_id: str, party_id: str, reason: str, by: Actor) -> None:
        """Withdraw an application on the citizen's behalf."""
        require(by, "application.withdraw")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            check_may_see(case, by)
            ctx = self.env.context(uow, by)
            party = case.party(party_id).id
            life_stage.withdraw(ctx, case_id, party, reason, source=EventSource.CASEWORKER)
            self._look(uow, by, "application.withdraw", case_id)
            uow.commit()
        self.env.wake()

    def tell_for(self, case_id: str, party_id: str, told: Told, by: Actor) -> LifeEvent:
        """Write down a change on the citizen's behalf, or a death somebody has told of."""
        require(by, "event.register")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            check_may_see(case, by)
            party = case.party(party_id).id
            event = self._tell(uow, case, party, told, by, source=EventSource.CASEWORKER)
            uow.commit()
        self.env.wake()
        return event

    # ---- registers -----------------------------------------------------------------------

    def deliver(self, raw: bytes) -> bytes:
        """Receive one message about a person; answered after it is safely stored.

        Of somebody who is party to no open case here nothing is kept: it is none of our business.
        The same message twice is one event. What cannot be read raises `RuleError`.
        """
        event = self.channel.parse(raw)
        kind = EventKind(event.kind)
        municipality = self.municipality_of(Cvr(event.municipality_cvr))
        if municipality is None or kind not in TOLD_BY_CPR:
            raise RuleError("Beskeden er ikke til en kommune eller om noget, systemet kender.")
        told = Told(kind, event.happened_on)
        with self.env.uow(municipality) as uow:
            ctx = self.env.context(uow)
            for case in uow.cases.of_person(event.cpr.digits):
                if case.state is CaseState.CLOSED:
                    continue
                party = next(each for each in case.parties if each.cpr == event.cpr)
                life_stage.receive(
                    ctx,
                    case.id,
                    party.id,
                    told,
                    source=EventSource.CPR,
                    message_id=event.message_id,
                )
            uow.commit()
        self.env.wake()
        return self.channel.received()

    def unreadable(self, reason: str) -> bytes:
        """Return the answer to a message that could not be taken."""
        return self.channel.unreadable(reason)

    # ---- parts ---------------------------------------------------------------------------

    def _tell(
        self,
        uow: UnitOfWork,
        case: Case,
        party_id: str,
        told: Told,
        by: Actor,
        *,
        source: EventSource,
    ) -> LifeEvent:
        told.check(self.env.gateways.clock.today(), by_staff=source is EventSource.CASEWORKER)
        if case.state is CaseState.CLOSED:
            raise RuleError(
                "Sagen er afsluttet, så en ændring kan ikke bruges her. Søg igen, hvis du har brug"
                " for hjælp."
            )
        event = life_stage.receive(
            self.env.context(uow, by),
            case.id,
            party_id,
            told,
            source=source,
            message_id=_once(told),
        )
        self._look(uow, by, "event.register", case.id)
        return event

    def _look(self, uow: UnitOfWork, by: Actor, action: str, case_id: str) -> None:
        now = self.env.now()
        uow.audit.add(AuditEvent(now, by.user, str(by.role), action, f"case:{case_id}"))


def _once(told: Told) -> str:
    """Return the id of what was told: sent twice in the same words, it is one event."""
    words = "\x1f".join(str(each) for each in vars(told).values())
    return hashlib.sha256(words.encode()).hexdigest()


def _own(case: Case, by: Actor) -> str:
    """Return which party one is; somebody else's case does not exist."""
    for party in case.parties:
        if party.cpr.digits == by.party_cpr_digits:
            return party.id
    raise NotFoundError("Sagen findes ikke.")


def _page(uow: UnitOfWork, case: Case, *, only: str | None = None) -> LifePage:
    events = uow.life.of_case(case.id)
    application = uow.cases.application_of_case(case.id)
    decided = [each for each in uow.decisions.of_case(case.id) if each.sent_at is not None]
    return LifePage(
        case=case,
        applicants=applicants(case, application),
        events=[each for each in events if only in {None, each.party_id}],
        may_withdraw=may_withdraw(uow, case),
        is_decided=bool(decided),
        is_closed=case.state is CaseState.CLOSED,
    )
