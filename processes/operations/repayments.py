"""Repayment and money management as people work them: raise, look, call off (tilbagebetaling)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from processes.domain.access import Actor, Role, require
from processes.domain.cases import Case, PartyRole, Protection
from processes.domain.errors import NotFoundError
from processes.domain.matter_views import ClaimView
from processes.domain.matters import MatterKind, MatterState
from processes.operations.control import Control
from processes.operations.matters import claim_view, view
from processes.ports.matters import CaseMatters
from processes.ports.records import AuditEvent, TaskState
from processes.ports.stores import UnitOfWork
from processes.stages import money_management as management_stage
from processes.stages import repayments as stage

RAISE = {
    MatterKind.REPAYMENT: stage.raise_repayment,
    MatterKind.MANAGEMENT: management_stage.raise_management,
}
ADULTS = (PartyRole.PRIMARY, PartyRole.SPOUSE)


class Repayments:
    """Questions of their own in a case, and the claims of the municipality."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.env = control.env

    def of_case(self, case_id: str, by: Actor) -> CaseMatters:
        """Return a case's questions with what was decided and claimed."""
        require(by, "case.read")
        with self.env.uow(by.municipality_id) as uow:
            case = self._case(uow, case_id, by)
            ctx = self.env.context(uow, by)
            page = CaseMatters(
                case=case,
                matters=[view(ctx, each, case) for each in uow.matters.of_case(case_id)],
                adults=[each for each in case.parties if each.role in ADULTS],
                tasks=[
                    task
                    for task in uow.processes.tasks_of_case(case_id)
                    if task.state is TaskState.OPEN and "matter_id" in task.variables
                ],
                application=uow.cases.application_of_case(case_id),
                names=uow.setup.names(by.municipality_id),
            )
            self._look(uow, by, "matter.read", f"case:{case_id}")
            uow.commit()
            return page

    def raise_matter(
        self, case_id: str, kind: MatterKind, party_id: str, cause: str, by: Actor
    ) -> None:
        """Raise a question about somebody's help; a person assesses it, and nothing changes."""
        require(by, "matter.raise")
        raise_it = RAISE[kind]
        with self.env.uow(by.municipality_id) as uow:
            case = self._case(uow, case_id, by)
            if party_id not in {each.id for each in case.parties if each.role in ADULTS}:
                raise NotFoundError("Personen er ikke voksen part i sagen. Vælg en af parterne.")
            ctx = self.env.context(uow, by)
            raise_it(ctx, case_id=case_id, party_id=party_id, cause=cause)
            self._look(uow, by, "matter.raise", f"case:{case_id}", cause)
            uow.commit()
        self.env.wake()

    def call_off(self, matter_id: str, by: Actor) -> str:
        """Stop money management because the citizen wants it (opsig aftale); returns the case."""
        require(by, "matter.raise")
        with self.env.uow(by.municipality_id) as uow:
            matter = uow.matters.get(matter_id)
            self._case(uow, matter.case_id, by)
            if matter.kind is not MatterKind.MANAGEMENT or matter.state is not MatterState.DECIDED:
                raise NotFoundError("Der er ingen administration at stoppe. Se sagen.")
            ctx = self.env.context(uow, by)
            ctx.tell("management-called-off", matter_id, {}, case_id=matter.case_id)
            ctx.note(matter.case_id, "Borgeren har bedt om, at administrationen stopper.")
            self._look(uow, by, "management.call_off", f"case:{matter.case_id}")
            uow.commit()
        self.env.wake()
        return matter.case_id

    # ---- claims ----------------------------------------------------------------------------

    def claims(self, by: Actor) -> Sequence[ClaimView]:
        """Return the municipality's claims, newest first; a protected name is left out."""
        require(by, "claim.read")
        with self.env.uow(by.municipality_id) as uow:
            ctx = self.env.context(uow, by)
            found = [
                _shown(claim_view(ctx, each, uow.cases.get(each.case_id)), by)
                for each in uow.claims.all()
            ]
            self._look(uow, by, "claim.list", f"municipality:{by.municipality_id}")
            uow.commit()
            return found

    def claim(self, claim_id: str, by: Actor) -> ClaimView:
        """Return one claim with everything that became of it."""
        require(by, "claim.read")
        with self.env.uow(by.municipality_id) as uow:
            found = uow.claims.get(claim_id)
            ctx = self.env.context(uow, by)
            seen = claim_view(ctx, found, uow.cases.get(found.case_id))
            self._look(uow, by, "claim.read", f"case:{found.case_id}")
            uow.commit()
            return _shown(seen, by)

    # ---- parts -----------------------------------------------------------------------------

    def _case(self, uow: UnitOfWork, case_id: str, by: Actor) -> Case:
        case = uow.cases.get(case_id)
        if case.protection is Protection.PROTECTED:
            require(by, "protected.read")
        return case

    def _look(
        self, uow: UnitOfWork, by: Actor, action: str, subject: str, reason: str = ""
    ) -> None:
        uow.audit.add(AuditEvent(self.env.now(), by.user, str(by.role), action, subject, reason))


def _shown(seen: ClaimView, by: Actor) -> ClaimView:
    """Leave a protected name out for whoever may not see it."""
    if seen.is_protected and by.role not in {Role.CASEWORKER, Role.APPROVER, Role.TEAM_LEAD}:
        return replace(seen, name="")
    return seen
