"""Repayment, money management and claims in memory, as their pages ask for them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from processes.domain.access import Actor, require
from processes.domain.cases import Case
from processes.domain.claims import (
    Arrangement,
    ArrangementKind,
    ClaimEvent,
    ClaimEventKind,
    ClaimMonth,
    DebtClaim,
    RepaymentBasis,
    to_body,
)
from processes.domain.deductions import Payee, PayeeKind
from processes.domain.matter_views import ClaimView, MatterView, PaidMonth
from processes.domain.matters import (
    Basis,
    Matter,
    MatterDecision,
    MatterKind,
    MatterProposal,
    MatterState,
)
from processes.domain.money import Money
from processes.domain.money_management import Bill, ManagementPlan
from processes.domain.money_management import to_body as plan_body
from processes.domain.periods import Month
from processes.domain.recovery import ClaimFacts, Ground, Standing, ground_gate
from processes.ports.matters import CaseMatters

AT = datetime(2026, 3, 17, 8, 2, tzinfo=UTC)
MARCH = Month(2026, 3)
FACTS = ClaimFacts(Ground.BAD_FAITH, withheld_information=True, against_better_knowledge=True)
REPAYMENT = RepaymentBasis(
    FACTS,
    (ClaimMonth(MARCH, Money.kroner(13370), Money.kroner(4000)),),
    "Anna fik vejledning den 2. marts og skrev under på den.",
)
PLAN = ManagementPlan(
    bills=(
        Bill(
            "Husleje",
            Payee(PayeeKind.ACCOUNT, "12341234567890", "Egekøb Boligforening"),
            "Lejer 4711",
            Money.kroner(4200),
        ),
    ),
    from_month=Month(2026, 4),
    is_agreed=False,
    evidence="Huslejen er ikke betalt i tre måneder, og udlejeren har ophævet lejemålet.",
    milder="Budgetrådgivning og Betalingsservice.",
)


def a_matter(kind: MatterKind = MatterKind.REPAYMENT, **changes: object) -> Matter:
    """Return a question about Anna's help."""
    cause = "Løn, der ikke var oplyst."
    matter = Matter(f"{kind.value}-1", "sag-1", "anna", kind, cause, "karin", AT)
    return replace(matter, **changes)  # type: ignore[arg-type]  # changes are fields by name


def a_basis(kind: MatterKind = MatterKind.REPAYMENT) -> Basis:
    """Return what was assessed."""
    is_repayment = kind is MatterKind.REPAYMENT
    return Basis(
        id="grundlag-1",
        matter_id=f"{kind.value}-1",
        case_id="sag-1",
        calculation_id="beregning-1",
        amount=REPAYMENT.amount if is_repayment else PLAN.amount,
        is_adverse=True,
        legal_basis=("LAS § 91",) if is_repayment else ("LAS § 90",),
        body=to_body(REPAYMENT) if is_repayment else plan_body(PLAN),
        made_by="karin",
        made_at=AT,
    )


def a_decision() -> MatterDecision:
    """Return a decision on repayment that was sent."""
    return MatterDecision(
        id="tb-afgoerelse-1",
        matter_id="tilbagebetaling-1",
        proposal_id="tb-forslag-1",
        basis_id="grundlag-1",
        case_id="sag-1",
        party_id="anna",
        kind=MatterKind.REPAYMENT,
        number="2026-000123-T1",
        amount=REPAYMENT.amount,
        is_adverse=True,
        legal_basis=("LAS § 91",),
        reasoning="Du havde løn i marts, som du ikke fortalte os om.",
        appeal_instruction="Du kan klage.",
        hearing_id="hoering-1",
        hearing_exception="",
        contributors=("karin",),
        approved_by="gerda",
        issued_at=AT,
        sent_at=AT,
    )


def a_claim() -> ClaimView:
    """Return a claim somebody pays off."""
    return ClaimView(
        claim=DebtClaim(
            id="krav-1",
            decision_id="tb-afgoerelse-1",
            case_id="sag-1",
            party_id="anna",
            amount=REPAYMENT.amount,
            claim_type="KTTIBAK",
            from_month=MARCH,
            to_month=MARCH,
            founded_on=date(2026, 3, 17),
            limitation_on=date(2029, 3, 17),
            made_at=AT,
        ),
        standing=Standing(Money.kroner(2500), None),
        events=(
            ClaimEvent("krav-1", ClaimEventKind.REJECTED, date(2026, 4, 20), Money(0), "a:0",
                       "system", AT, "FORDRINGSTYPE_UKENDT"),
            ClaimEvent("krav-1", ClaimEventKind.REGISTERED, date(2026, 4, 21), Money(0), "b",
                       "system", AT),
            ClaimEvent("krav-1", ClaimEventKind.PAID, date(2026, 5, 1), Money.kroner(1500), "c",
                       "system", AT),
        ),
        arrangement=Arrangement(
            id="ordning-1",
            claim_id="krav-1",
            kind=ArrangementKind.INSTALMENTS,
            monthly=Money.kroner(500),
            first_due_on=date(2026, 5, 20),
            recheck_on=date(2027, 4, 21),
            reason="Du har råd til 500 kr. om måneden.",
            source="Det er aftalt med dig.",
            by="finn",
            at=AT,
        ),
        decision=a_decision(),
        lapses_on=date(2029, 3, 31),
        limitation_note="ikke bekræftet",
        name="Anna Eksempel",
        case_number="2026-000123",
        months=REPAYMENT.months,
    )  # fmt: skip


def a_view(form_key: str) -> MatterView | None:
    """Return the question a task is about, as far as it has come."""
    area = form_key.partition(".")[0]
    if area not in {"matter", "repayment", "claim", "money"}:
        return None
    kind = MatterKind.MANAGEMENT if area == "money" else MatterKind.REPAYMENT
    is_repayment = kind is MatterKind.REPAYMENT
    is_assessed = form_key not in {"repayment.assess", "money.plan"}
    proposal = MatterProposal(
        id="tb-forslag-1",
        matter_id=f"{kind.value}-1",
        basis_id="grundlag-1",
        case_id="sag-1",
        reasoning="Du havde løn i marts, som du ikke fortalte os om.",
        hearing_id=None,
        hearing_exception="",
        proposed_by="karin",
        proposed_at=AT,
    )
    return MatterView(
        matter=a_matter(kind),
        months=(PaidMonth("2026-03", Money.kroner(13370), Money.kroner(3000), Money.kroner(9370),
                          Money(0)),)
        if is_repayment
        else (),
        basis=a_basis(kind) if is_assessed else None,
        repayment=REPAYMENT if is_assessed and is_repayment else None,
        gate=ground_gate(FACTS) if is_assessed and is_repayment else None,
        proposal=proposal if form_key == "matter.approve" else None,
        decision=a_decision() if area == "claim" or form_key == "repayment.police" else None,
        statement_draft="Kommunen overvejer, at du skal betale tilbage."
        if form_key == "matter.prepare_hearing"
        else "",
        claim=a_claim() if area == "claim" else None,
        plan=PLAN if is_assessed and not is_repayment else None,
    )  # fmt: skip


@dataclass
class FakeRepayments:
    """The desk of repayment, money management and claims."""

    case: Case
    raised: list[tuple[MatterKind, str, str]] = field(default_factory=list)
    called_off: list[str] = field(default_factory=list)

    def of_case(self, case_id: str, by: Actor) -> CaseMatters:
        """Return a claim that is paid off and a money management."""
        require(by, "case.read")
        management = replace(
            a_view("money.follow_up") or MatterView(a_matter()),
            matter=a_matter(MatterKind.MANAGEMENT, state=MatterState.DECIDED),
        )
        repayment = replace(
            a_view("claim.agree") or MatterView(a_matter()),
            matter=a_matter(state=MatterState.DECIDED),
        )
        return CaseMatters(
            case=self.case,
            matters=(repayment, management),
            adults=self.case.parties[:1],
            tasks=(),
            application=None,
            names={"karin": "Karin Holm"},
        )

    def raise_matter(
        self, case_id: str, kind: MatterKind, party_id: str, cause: str, by: Actor
    ) -> None:
        """Keep what was raised."""
        require(by, "matter.raise")
        self.raised.append((kind, party_id, cause))

    def call_off(self, matter_id: str, by: Actor) -> str:
        """Keep what was called off."""
        require(by, "matter.raise")
        self.called_off.append(matter_id)
        return self.case.id

    def claims(self, by: Actor) -> list[ClaimView]:
        """Return one claim."""
        require(by, "claim.read")
        return [a_claim()]

    def claim(self, claim_id: str, by: Actor) -> ClaimView:
        """Return the claim."""
        require(by, "claim.read")
        return a_claim()
