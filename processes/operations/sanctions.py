"""Sanctions as the jobcentre and a caseworker meet them: ask for one, look, take it back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from processes.domain.access import Actor, may, require
from processes.domain.calculation import HelpKind
from processes.domain.cases import CaseState
from processes.domain.errors import RuleError
from processes.domain.identifiers import Cpr, Cvr
from processes.domain.letters import TOLD
from processes.domain.sanction_cases import SanctionRequest, SanctionSource, Told
from processes.domain.sanctions import Group, Paragraph
from processes.operations.casework import check_may_see
from processes.operations.control import Control
from processes.ports.change_desks import SanctionRow, SanctionsPage
from processes.ports.records import AuditEvent
from processes.ports.stores import UnitOfWork
from processes.stages import sanctions as stage

PROCESS = "sanction"


class DeliveredSanctionRequest(Protocol):
    """A request for a sanction as the distributor hands it over."""

    @property
    def message_id(self) -> str:
        """The message's own id."""

    @property
    def municipality_cvr(self) -> str:
        """Whom it is for."""

    @property
    def cpr(self) -> Cpr:
        """Whom it is about."""

    @property
    def paragraph(self) -> str:
        """Which rule was broken."""

    @property
    def from_on(self) -> date:
        """When."""

    @property
    def contact_on(self) -> date | None:
        """When contact was there again."""

    @property
    def group(self) -> str:
        """The visitation group."""

    @property
    def text(self) -> str:
        """The jobcentre's own words."""


@dataclass(frozen=True)
class JobcentreChannel:
    """How messages from the jobcentre are read and answered; wiring hands in the adapter's."""

    parse: Callable[[bytes], DeliveredSanctionRequest]
    received: Callable[[], bytes]
    unreadable: Callable[[str], bytes]


class Sanctions:
    """Requests for sanctions (sanktioner)."""

    def __init__(
        self,
        control: Control,
        channel: JobcentreChannel,
        municipality_of: Callable[[Cvr], int | None],
    ) -> None:
        self.env = control.env
        self.channel = channel
        self.municipality_of = municipality_of

    def deliver(self, raw: bytes) -> bytes:
        """Receive one request from the jobcentre; answered after it is safely stored.

        Of somebody who has no open case here nothing is kept. The same message twice is one
        request. What cannot be read raises `RuleError`.
        """
        asked = self.channel.parse(raw)
        municipality = self.municipality_of(Cvr(asked.municipality_cvr))
        if municipality is None:
            raise RuleError("Beskeden er ikke til en kommune, systemet kender.")
        told = Told(
            Paragraph(asked.paragraph),
            asked.from_on,
            Group(asked.group),
            asked.text,
            asked.contact_on,
        )
        told.check(self.env.gateways.clock.today())
        with self.env.uow(municipality) as uow:
            ctx = self.env.context(uow)
            for case in uow.cases.of_person(asked.cpr.digits):
                party = next(each for each in case.parties if each.cpr == asked.cpr)
                if case.state is CaseState.CLOSED or party.role not in TOLD:
                    continue
                stage.receive(
                    ctx,
                    case.id,
                    party.id,
                    told,
                    source=SanctionSource.JOB_CENTRE,
                    message_id=asked.message_id,
                )
            uow.commit()
        self.env.wake()
        return self.channel.received()

    def unreadable(self, reason: str) -> bytes:
        """Return the answer to a message that could not be taken."""
        return self.channel.unreadable(reason)

    # ---- on the case -------------------------------------------------------------------------

    def of_case(self, case_id: str, by: Actor) -> SanctionsPage:
        """Return what was asked for on a case, what came of it, and who may be asked about."""
        require(by, "case.read")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            check_may_see(case, by)
            decided = {
                each.calculation_id: each
                for each in uow.decisions.of_case(case_id, help_kind=HelpKind.SANCTION)
            }
            page = SanctionsPage(
                case=case,
                rows=[
                    SanctionRow(
                        request,
                        decided.get(request.calculation_id or ""),
                        may_withdraw=request.is_open
                        and request.calculation_id not in decided
                        and may(by, "sanction.register"),
                    )
                    for request in uow.sanctions.of_case(case_id)
                ],
                people=[each for each in case.parties if each.role in TOLD],
                is_closed=case.state is CaseState.CLOSED,
                names=uow.setup.names(by.municipality_id),
            )
            self._look(uow, by, "case.read", case_id)
            uow.commit()
            return page

    def ask_for(self, case_id: str, party_id: str, told: Told, by: Actor) -> SanctionRequest:
        """Type in a request the jobcentre made by telephone or letter (registrér anmodning)."""
        require(by, "sanction.register")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            check_may_see(case, by)
            if case.state is CaseState.CLOSED:
                raise RuleError("Sagen er afsluttet, så der kan ikke gives en sanktion i den.")
            request = stage.receive(
                self.env.context(uow, by),
                case_id,
                case.party(party_id).id,
                told,
                source=SanctionSource.CASEWORKER,
                message_id=_once(told),
            )
            self._look(uow, by, "sanction.register", case_id)
            uow.commit()
        self.env.wake()
        return request

    def withdraw(self, case_id: str, sanction_id: str, reason: str, by: Actor) -> None:
        """Take a request back, because the jobcentre does (træk anmodningen tilbage)."""
        require(by, "sanction.register")
        with self.env.uow(by.municipality_id) as uow:
            check_may_see(uow.cases.lock(case_id), by)
            request = uow.sanctions.get(sanction_id)
            if request.case_id != case_id:
                raise RuleError("Anmodningen hører til en anden sag. Gå tilbage, og vælg igen.")
            stage.withdraw(self.env.context(uow, by), sanction_id, reason)
            self._look(uow, by, "sanction.withdraw", case_id)
            uow.commit()
        self.env.wake()

    def _look(self, uow: UnitOfWork, by: Actor, action: str, case_id: str) -> None:
        now = self.env.now()
        uow.audit.add(AuditEvent(now, by.user, str(by.role), action, f"case:{case_id}"))


def _once(told: Told) -> str:
    """Return the id of what was typed in: sent twice in the same words, it is one request."""
    words = "\x1f".join(str(each) for each in vars(told).values())
    return hashlib.sha256(words.encode()).hexdigest()
