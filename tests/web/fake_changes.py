"""Sanctions, ends of help and the month's income in memory, as their pages ask for them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from processes.domain.access import Actor, require
from processes.domain.cases import Case
from processes.domain.errors import NotFoundError, RuleError
from processes.domain.gates import Check, Gate
from processes.domain.sanction_cases import SanctionRequest, SanctionSource, SanctionState, Told
from processes.domain.sanctions import Group, Paragraph
from processes.ports.change_desks import SanctionRow, SanctionsPage

RECEIVED_AT = datetime(2026, 3, 17, 8, 2, tzinfo=UTC)
GATE = Gate(
    (
        Check("pligt", "Pligten gjaldt for personen den dag", "LAS § 13", met=True, way_out=""),
        Check("vejledning", "Der er vejledt", "LAS § 35, stk. 1", met=None, way_out="Se efter."),
        Check("indkaldelse", "Indkaldelsen var korrekt", "LAS § 35", met=False, way_out="Spørg."),
    )
)


def a_sanction(party_id: str, **changes: object) -> SanctionRequest:
    """Return a request of the jobcentre for somebody who missed an interview."""
    request = SanctionRequest(
        id="sanktion-1",
        case_id="sag-1",
        party_id=party_id,
        told=Told(
            Paragraph.INTERVIEW,
            date(2026, 3, 16),
            Group.JOB_READY,
            "Mødte ikke til jobsamtalen kl. 10.",
            date(2026, 3, 19),
        ),
        source=SanctionSource.JOB_CENTRE,
        message_id="besked-1",
        received_at=RECEIVED_AT,
        received_by="",
    )
    return replace(request, **changes)  # type: ignore[arg-type]  # changes are fields by name


def a_sanctions_page(case: Case) -> SanctionsPage:
    """Return a case with a request that waits and one that came to nothing."""
    person = case.primary_party
    over = a_sanction(
        person.id,
        id="sanktion-2",
        state=SanctionState.DROPPED,
        conclusion="Der var en rimelig grund. Barnet var sygt.",
        settled_at=RECEIVED_AT,
        settled_by="karin",
    )
    return SanctionsPage(
        case=case,
        rows=(
            SanctionRow(a_sanction(person.id), None, may_withdraw=True),
            SanctionRow(over, None, may_withdraw=False),
        ),
        people=(person,),
        is_closed=False,
        names={"karin": "Karin Holm"},
    )


@dataclass
class FakeSanctions:
    """Requests for sanctions, kept in a list."""

    page: SanctionsPage | None = None
    asked: list[tuple[str, Told]] = field(default_factory=list)
    withdrawn: list[tuple[str, str]] = field(default_factory=list)
    delivered: list[bytes] = field(default_factory=list)
    refuses: str = ""

    def deliver(self, raw: bytes) -> bytes:
        if raw != b"<besked/>":
            raise RuleError("Beskeden kan ikke læses.")
        self.delivered.append(raw)
        return b"<ok/>"

    def unreadable(self, reason: str) -> bytes:
        return reason.encode()

    def of_case(self, case_id: str, by: Actor) -> SanctionsPage:
        require(by, "case.read")
        if self.page is None or self.page.case.id != case_id:
            raise NotFoundError("Sagen findes ikke.")
        return self.page

    def ask_for(self, case_id: str, party_id: str, told: Told, by: Actor) -> SanctionRequest:
        self._refuse()
        self.asked.append((party_id, told))
        return a_sanction(party_id)

    def withdraw(self, case_id: str, sanction_id: str, reason: str, by: Actor) -> None:
        self._refuse()
        self.withdrawn.append((sanction_id, reason))

    def _refuse(self) -> None:
        if self.refuses:
            raise RuleError(self.refuses)
