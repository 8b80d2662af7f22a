"""The spouse's own part (ægtefællens del): what the spouse sees of it, and its signature."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from processes.domain.access import Actor, require
from processes.domain.documents import Collecting
from processes.domain.errors import ConflictError, NotFoundError
from processes.operations.control import Control
from processes.operations.messages import own_party
from processes.operations.paperwork import collecting_of
from processes.ports.pages import SpousePage
from processes.ports.records import AuditEvent
from processes.stages import documents as paper_stage
from processes.stages import spouses as spouse_stage

DENMARK = ZoneInfo("Europe/Copenhagen")
NOT_YOURS = "Der er ikke noget, du skal svare på her. Gå til Min side."


class SpouseParts:
    """What a spouse can do (ægtefælle)."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.env = control.env

    def page(self, case_id: str, by: Actor) -> SpousePage:
        """Return what the spouse sees of the application: whose it is, and what is asked."""
        require(by, "citizen.follow")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            part = uow.spouse_parts.of_case(case_id)
            if part is None or part.party_id != own_party(case, by):
                raise NotFoundError(NOT_YOURS)
            application = uow.cases.application_of_case(case_id)
            uow.audit.add(
                AuditEvent(self.env.now(), by.user, str(by.role), "case.read", f"case:{case_id}")
            )
            uow.commit()
            return SpousePage(
                part=part,
                case_number=case.number,
                applicant_name=case.primary_party.name,
                applied_on=application.received_at.astimezone(DENMARK).date(),
                applies_jointly=application.applies_jointly,
            )

    def sign(self, case_id: str, answers: Mapping[str, str], shown: str, by: Actor) -> None:
        """Take in the spouse's answers and signature (underskriv)."""
        require(by, "citizen.follow")
        with self.env.uow(by.municipality_id) as uow:
            # Running processes first, as everywhere: they are held before the case's own rows.
            collecting = collecting_of(self.control, uow, case_id)
            case = uow.cases.get(case_id)
            part = uow.spouse_parts.of_case(case_id)
            if part is None or part.party_id != own_party(case, by):
                raise NotFoundError(NOT_YOURS)
            if not part.is_open:
                raise ConflictError("Du har allerede svaret. Skriv til os, hvis noget er ændret.")
            ctx = self.env.context(uow, by)
            spouse_stage.sign(
                ctx,
                case,
                answers,
                party_id=part.party_id,
                original=shown.encode(),
                is_looked_at=collecting is Collecting.UNDER_WAY,
            )
            if collecting is Collecting.ENDED:
                paper_stage.tell_late(ctx, case_id)
            uow.commit()
        self.env.wake()
