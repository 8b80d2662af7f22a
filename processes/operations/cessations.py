"""The end of running help as the citizen and a caseworker begin it."""

from __future__ import annotations

from datetime import date

from processes.domain.access import Actor, require
from processes.domain.cases import Case, CaseState
from processes.domain.cessations import Cessation, CessationGround, CessationSource
from processes.domain.errors import NotFoundError, RuleError
from processes.domain.letters import TOLD
from processes.domain.periods import Month
from processes.operations.casework import check_may_see
from processes.operations.control import Control
from processes.ports.change_desks import CessationsPage
from processes.ports.records import AuditEvent
from processes.ports.stores import UnitOfWork
from processes.stages import cessations as stage


class Cessations:
    """Ends of running help (ophør)."""

    def __init__(self, control: Control) -> None:
        self.env = control.env

    def mine(self, case_id: str, by: Actor) -> CessationsPage:
        """Return what one can stop in one's own case, and has asked for."""
        require(by, "citizen.follow")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            _own(case, by)
            page = self._page(uow, case)
            self._look(uow, by, "case.read", case_id)
            uow.commit()
            return page

    def wish(
        self, case_id: str, ground: CessationGround, ends_on: date, text: str, by: Actor
    ) -> Cessation:
        """Ask that one's help ends (ønsk ophør)."""
        require(by, "citizen.follow")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            party = _own(case, by)
            cessation = self._receive(
                uow, case, party, ground, ends_on, text, by, source=CessationSource.CITIZEN
            )
            uow.commit()
        self.env.wake()
        return cessation

    def of_case(self, case_id: str, by: Actor) -> CessationsPage:
        """Return whether help runs in a case, and what was asked for."""
        require(by, "case.read")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            check_may_see(case, by)
            page = self._page(uow, case)
            self._look(uow, by, "case.read", case_id)
            uow.commit()
            return page

    def begin(
        self,
        case_id: str,
        party_id: str,
        ground: CessationGround,
        ends_on: date,
        text: str,
        by: Actor,
    ) -> Cessation:
        """Write down that help is to end (registrér ophør)."""
        require(by, "event.register")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            check_may_see(case, by)
            party = case.party(party_id).id
            cessation = self._receive(
                uow, case, party, ground, ends_on, text, by, source=CessationSource.CASEWORKER
            )
            uow.commit()
        self.env.wake()
        return cessation

    # ---- parts -------------------------------------------------------------------------------

    def _receive(
        self,
        uow: UnitOfWork,
        case: Case,
        party_id: str,
        ground: CessationGround,
        ends_on: date,
        text: str,
        by: Actor,
        *,
        source: CessationSource,
    ) -> Cessation:
        if case.state is CaseState.CLOSED:
            raise RuleError("Sagen er afsluttet, så der er ingen hjælp at stoppe.")
        ctx = self.env.context(uow, by)
        cessation = stage.receive(ctx, case.id, party_id, ground, ends_on, text, source=source)
        self._look(uow, by, "cessation.register", case.id)
        return cessation

    def _page(self, uow: UnitOfWork, case: Case) -> CessationsPage:
        rows = uow.cessations.of_case(case.id)
        month = Month.of(self.env.gateways.clock.today()).next()
        ctx = self.env.context(uow)
        runs = bool(stage.running(ctx, case.id, month))
        return CessationsPage(
            case=case,
            rows=rows,
            people=[each for each in case.parties if each.role in TOLD],
            may_end=runs
            and case.state is not CaseState.CLOSED
            and not any(each.is_open for each in rows),
            next_month=month,
        )

    def _look(self, uow: UnitOfWork, by: Actor, action: str, case_id: str) -> None:
        now = self.env.now()
        uow.audit.add(AuditEvent(now, by.user, str(by.role), action, f"case:{case_id}"))


def _own(case: Case, by: Actor) -> str:
    """Return which party one is; somebody else's case does not exist."""
    for party in case.parties:
        if party.cpr.digits == by.party_cpr_digits and party.role in TOLD:
            return party.id
    raise NotFoundError("Sagen findes ikke.")
