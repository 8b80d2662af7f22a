"""Questions of their own and claims, as rows (byggere)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from app.stores.unit_of_work import SqlUnitOfWork
from processes.domain.claims import (
    Arrangement,
    ArrangementKind,
    ClaimEvent,
    ClaimEventKind,
    DebtClaim,
)
from processes.domain.matters import Basis, Matter, MatterDecision, MatterKind, MatterProposal
from processes.domain.money import Money
from tests.stores import builders as a

MATTER, BASIS, PROPOSAL = a.an_id("matter"), a.an_id("basis"), a.an_id("matter proposal")
DECISION, HEARING, CLAIM = a.an_id("matter decision"), a.an_id("about it"), a.an_id("claim")
EXCEPTION = "Parten har selv bedt om det skriftligt."
AMOUNT = Money.kroner(4000)


def a_matter() -> Matter:
    return Matter(MATTER, a.CASE, a.ANNA, MatterKind.REPAYMENT, "Løn.", "karin", a.NOW)


def a_basis() -> Basis:
    return Basis(
        id=BASIS,
        matter_id=MATTER,
        case_id=a.CASE,
        calculation_id=a.CALCULATION,
        amount=AMOUNT,
        is_adverse=True,
        legal_basis=("LAS § 91",),
        body={},
        made_by="karin",
        made_at=a.NOW,
    )


def a_decision(**changes: Any) -> MatterDecision:
    decision = MatterDecision(
        id=DECISION,
        matter_id=MATTER,
        proposal_id=PROPOSAL,
        basis_id=BASIS,
        case_id=a.CASE,
        party_id=a.ANNA,
        kind=MatterKind.REPAYMENT,
        number="2026-000123-T1",
        amount=AMOUNT,
        is_adverse=True,
        legal_basis=("LAS § 91",),
        reasoning="Du havde løn.",
        appeal_instruction="Du kan klage.",
        hearing_id=None,
        hearing_exception=EXCEPTION,
        contributors=("karin",),
        approved_by="gerda",
        issued_at=a.NOW,
    )
    return replace(decision, **changes)


def a_claim(**changes: Any) -> DebtClaim:
    claim = DebtClaim(
        id=CLAIM,
        decision_id=DECISION,
        case_id=a.CASE,
        party_id=a.ANNA,
        amount=AMOUNT,
        claim_type="KTTIBAK",
        from_month=a.MARCH,
        to_month=a.MARCH,
        founded_on=date(2026, 3, 10),
        limitation_on=date(2029, 3, 10),
        made_at=a.NOW + timedelta(days=31),
    )
    return replace(claim, **changes)


def propose(uow: SqlUnitOfWork) -> None:
    """Store a question with a basis and a proposal another person approved."""
    a.store_decision(uow)
    uow.matters.add(a_matter())
    uow.matters.add_basis(a_basis())
    proposal = MatterProposal(
        PROPOSAL, MATTER, BASIS, a.CASE, "Du havde løn.", None, EXCEPTION, "karin", a.NOW
    )  # fmt: skip
    uow.matters.save_proposal(proposal)
    uow.matters.save_proposal(replace(proposal, approved_by="gerda", approved_at=a.NOW))


def store_all(uow: SqlUnitOfWork) -> None:
    """Put a row into each table of questions and claims, on a case that is there already."""
    uow.matters.add(a_matter())
    uow.matters.add_basis(a_basis())
    proposal = MatterProposal(
        PROPOSAL, MATTER, BASIS, a.CASE, "Du havde løn.", None, EXCEPTION, "karin", a.NOW,
        "gerda", a.NOW,
    )  # fmt: skip
    uow.matters.save_proposal(proposal)
    uow.matters.add_decision(a_decision())
    uow.matters.mark_sent(DECISION, a.NOW)
    uow.claims.add(a_claim())
    uow.claims.append(an_event())
    uow.claims.arrange(
        Arrangement(
            a.an_id("arrangement"), CLAIM, ArrangementKind.DEFERRED, Money(0), None,
            date(2027, 3, 10), "Får kontanthjælp.", "Reglerne.", "system", a.NOW,
        )
    )  # fmt: skip


def an_event() -> ClaimEvent:
    return ClaimEvent(
        CLAIM, ClaimEventKind.PAID, date(2026, 5, 1), Money.kroner(500), "bev-1", "system", a.NOW
    )  # fmt: skip
