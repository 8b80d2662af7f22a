"""Sanctions, ends of help and the month's income in memory, as their pages ask for them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from processes.domain.access import Actor, require
from processes.domain.cases import Case
from processes.domain.cessations import Cessation, CessationGround, CessationSource
from processes.domain.errors import NotFoundError, RuleError
from processes.domain.gates import Check, Gate
from processes.domain.incomes import Difference, IncomeFinding, ReportedIncome
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.sanction_cases import SanctionRequest, SanctionSource, SanctionState, Told
from processes.domain.sanctions import Group, Paragraph
from processes.ports.change_desks import (
    CessationsPage,
    IncomeCheckRow,
    SanctionRow,
    SanctionsPage,
)
from processes.ports.changes import IncomeCheck, IncomeFigures

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


def a_cessation(party_id: str, **changes: object) -> Cessation:
    """Return a citizen's wish to end help."""
    cessation = Cessation(
        id="ophoer-1",
        case_id="sag-1",
        party_id=party_id,
        ground=CessationGround.JOB,
        ends_on=date(2026, 5, 1),
        text="Jeg begynder i en butik.",
        source=CessationSource.CITIZEN,
        received_at=RECEIVED_AT,
        received_by="",
    )
    return replace(cessation, **changes)  # type: ignore[arg-type]  # changes are fields by name


def a_cessations_page(case: Case) -> CessationsPage:
    """Return a case with running help that nobody has asked to end."""
    return CessationsPage(case, (), (case.primary_party,), may_end=True, next_month=Month(2026, 4))


@dataclass
class FakeCessations:
    """Ends of running help, kept in a list."""

    page: CessationsPage | None = None
    asked: list[tuple[str, CessationGround, date, str]] = field(default_factory=list)
    refuses: str = ""

    def mine(self, case_id: str, by: Actor) -> CessationsPage:
        return self._page(case_id)

    def of_case(self, case_id: str, by: Actor) -> CessationsPage:
        require(by, "case.read")
        return self._page(case_id)

    def _page(self, case_id: str) -> CessationsPage:
        if self.page is None or self.page.case.id != case_id:
            raise NotFoundError("Sagen findes ikke.")
        return self.page

    def wish(
        self, case_id: str, ground: CessationGround, ends_on: date, text: str, by: Actor
    ) -> Cessation:
        return self.begin(case_id, "", ground, ends_on, text, by)

    def begin(
        self,
        case_id: str,
        party_id: str,
        ground: CessationGround,
        ends_on: date,
        text: str,
        by: Actor,
    ) -> Cessation:
        if self.refuses:
            raise RuleError(self.refuses)
        self.asked.append((party_id, ground, ends_on, text))
        return a_cessation(party_id)


def a_finding(party_id: str) -> IncomeFinding:
    """Return a month somebody earned in and did not tell of."""
    return IncomeFinding(
        id="fund-1",
        check_id="opgoerelse-1",
        case_id="sag-1",
        party_id=party_id,
        month=Month(2026, 2),
        difference=Difference.MORE,
        lines=(
            ReportedIncome("SE-nr. 12345678", "loen", Money.kroner("5671"), 3850, "arbejde"),
            ReportedIncome("SE-nr. 87654321", "sygedagpenge", Money.kroner("900"), None, "anden"),
        ),
        work=Money.kroner("5671"),
        other=Money.kroner("900"),
        known_work=Money(0),
        known_other=None,
        found_at=RECEIVED_AT,
    )


@dataclass
class FakeIncomes:
    """Looks at a month's income, kept in a list."""

    started: list[Month] = field(default_factory=list)
    refuses: str = ""

    def start(self, month: Month, by: Actor) -> str:
        if self.refuses:
            raise RuleError(self.refuses)
        self.started.append(month)
        return "opgoerelse-1"

    def all(self, by: Actor) -> list[IncomeCheckRow]:
        require(by, "run.read")
        check = IncomeCheck("opgoerelse-1", "sag-2", Month(2026, 2), "finn", RECEIVED_AT)
        figures = IncomeFigures(2, 2, 60, 1, 1, 1)
        return [IncomeCheckRow(check, figures, [a_finding("part-1")])]
