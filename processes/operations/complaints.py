"""Complaints (klager): made by the citizen, written down for them, and followed to the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from processes.domain.access import Actor, require
from processes.domain.cases import Case
from processes.domain.complaints import Complaint, ComplaintChannel
from processes.domain.decisions import Decision
from processes.domain.errors import NotFoundError
from processes.operations.casework import check_may_see
from processes.operations.control import Control
from processes.operations.messages import own_party
from processes.ports.pages import ComplaintPage
from processes.ports.records import AuditEvent
from processes.ports.stores import UnitOfWork
from processes.stages import complaints as stage


class Complaints:
    """What citizens complain of, and what became of it (klager)."""

    def __init__(self, control: Control) -> None:
        self.env = control.env

    # ---- the citizen ---------------------------------------------------------------------

    def mine(self, case_id: str, by: Actor) -> ComplaintPage:
        """Return the decisions one can complain of, and one's own complaints."""
        require(by, "citizen.follow")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            own = own_party(case, by)
            page = self._page(uow, case, only=own)
            self._look(uow, by, "case.read", case_id)
            uow.commit()
            return page

    def complain(self, case_id: str, decision_id: str, text: str, by: Actor) -> Complaint:
        """Complain of a decision in one's own case (klag)."""
        require(by, "citizen.write")
        today = self.env.gateways.clock.today()
        with self.env.uow(by.municipality_id) as uow:
            own = own_party(uow.cases.lock(case_id), by)
            made = stage.receive(
                self.env.context(uow, by),
                case_id,
                decision_id,
                text,
                party_id=own,
                channel=ComplaintChannel.PAGE,
                received_on=today,
            )
            self._look(uow, by, "complaint.make", case_id)
            uow.commit()
        self.env.wake()
        return made

    def maintain(self, complaint_id: str, by: Actor) -> Complaint:
        """Say that one's own complaint stands, though it was met in part (fasthold)."""
        require(by, "citizen.write")
        with self.env.uow(by.municipality_id) as uow:
            complaint = uow.complaints.get(complaint_id)
            case = uow.cases.lock(complaint.case_id)
            if own_party(case, by) != complaint.party_id:
                raise NotFoundError("Klagen findes ikke, eller den er ikke din. Gå til Min side.")
            stage.maintain(self.env.context(uow, by), complaint)
            self._look(uow, by, "complaint.maintain", case.id)
            uow.commit()
        self.env.wake()
        return complaint

    # ---- for the citizen -----------------------------------------------------------------

    def of_case(self, case_id: str, by: Actor) -> ComplaintPage:
        """Return the decisions of a case, and the complaints of them."""
        require(by, "case.read")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            check_may_see(case, by)
            page = self._page(uow, case)
            self._look(uow, by, "case.read", case_id)
            uow.commit()
            return page

    def register(
        self,
        case_id: str,
        decision_id: str,
        text: str,
        *,
        channel: ComplaintChannel,
        received_on: date,
        by: Actor,
    ) -> Complaint:
        """Write down a complaint that was told or sent (registrér klage)."""
        require(by, "complaint.register")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.lock(case_id)
            check_may_see(case, by)
            made = stage.receive(
                self.env.context(uow, by),
                case_id,
                decision_id,
                text,
                party_id=case.primary_party.id,
                channel=channel,
                received_on=received_on,
            )
            self._look(uow, by, "complaint.register", case_id)
            uow.commit()
        self.env.wake()
        return made

    def maintain_for(self, complaint_id: str, by: Actor) -> Complaint:
        """Write down that the citizen's complaint stands."""
        require(by, "complaint.register")
        with self.env.uow(by.municipality_id) as uow:
            complaint = uow.complaints.get(complaint_id)
            case = uow.cases.lock(complaint.case_id)
            check_may_see(case, by)
            stage.maintain(self.env.context(uow, by), complaint)
            self._look(uow, by, "complaint.maintain", case.id)
            uow.commit()
        self.env.wake()
        return complaint

    # ---- parts ---------------------------------------------------------------------------

    def _page(self, uow: UnitOfWork, case: Case, *, only: str | None = None) -> ComplaintPage:
        made: Sequence[Complaint] = [
            each
            for each in uow.complaints.of_case(case.id)
            if only is None or each.party_id == only
        ]
        decisions: list[Decision] = [
            each for each in uow.decisions.of_case(case.id) if each.sent_at is not None
        ]
        return ComplaintPage(
            case=case,
            decisions=decisions,
            complaints=made,
            names=uow.setup.names(uow.municipality_id),
        )

    def _look(self, uow: UnitOfWork, by: Actor, action: str, case_id: str) -> None:
        uow.audit.add(AuditEvent(self.env.now(), by.user, str(by.role), action, f"case:{case_id}"))
