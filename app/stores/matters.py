"""Rows to questions of their own in a case and to claims, and back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.models.matters import (
    ClaimArrangementRow,
    ClaimEventRow,
    DebtClaimRow,
    MatterBasisRow,
    MatterDecisionRow,
    MatterProposalRow,
    MatterRow,
)
from app.stores.rows import Store, known_id
from processes.domain.claims import (
    Arrangement,
    ArrangementKind,
    ClaimEvent,
    ClaimEventKind,
    DebtClaim,
)
from processes.domain.matters import (
    Basis,
    Matter,
    MatterDecision,
    MatterKind,
    MatterProposal,
    MatterState,
)
from processes.domain.money import Money
from processes.domain.periods import Month

MATTER, BASIS, PROPOSAL = "Spørgsmålet", "Grundlaget", "Forslaget"
DECISION, CLAIM = "Afgørelsen", "Kravet"


def matter_of(row: MatterRow) -> Matter:
    """Make a question of its row."""
    return Matter(
        id=row.id,
        case_id=row.case_id,
        party_id=row.party_id,
        kind=MatterKind(row.kind),
        cause=row.cause,
        raised_by=row.raised_by,
        raised_at=row.raised_at,
        state=MatterState(row.state),
        closed_because=row.closed_because,
    )


def basis_of(row: MatterBasisRow) -> Basis:
    """Make a basis of its row."""
    return Basis(
        id=row.id,
        matter_id=row.matter_id,
        case_id=row.case_id,
        calculation_id=row.calculation_id,
        amount=Money(row.amount_oere),
        is_adverse=row.is_adverse,
        legal_basis=tuple(row.legal_basis),
        body=row.body,
        made_by=row.made_by,
        made_at=row.made_at,
    )


def proposal_of(row: MatterProposalRow) -> MatterProposal:
    """Make a proposal of its row."""
    return MatterProposal(
        id=row.id,
        matter_id=row.matter_id,
        basis_id=row.basis_id,
        case_id=row.case_id,
        reasoning=row.reasoning,
        hearing_id=row.hearing_id,
        hearing_exception=row.hearing_exception,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        returned_reason=row.returned_reason,
    )


def decision_of(row: MatterDecisionRow) -> MatterDecision:
    """Make a decision of its row."""
    return MatterDecision(
        id=row.id,
        matter_id=row.matter_id,
        proposal_id=row.proposal_id,
        basis_id=row.basis_id,
        case_id=row.case_id,
        party_id=row.party_id,
        kind=MatterKind(row.kind),
        number=row.number,
        amount=Money(row.amount_oere),
        is_adverse=row.is_adverse,
        legal_basis=tuple(row.legal_basis),
        reasoning=row.reasoning,
        appeal_instruction=row.appeal_instruction,
        hearing_id=row.hearing_id,
        hearing_exception=row.hearing_exception,
        contributors=tuple(row.contributors),
        approved_by=row.approved_by,
        issued_at=row.issued_at,
        sent_at=row.sent_at,
    )


class SqlMatterStore(Store):
    """Questions, what they rest on, and what was decided."""

    def add(self, matter: Matter) -> None:
        """Save a question."""
        self.insert(
            MatterRow,
            [
                {
                    "id": matter.id,
                    "case_id": matter.case_id,
                    "party_id": matter.party_id,
                    "kind": matter.kind.value,
                    "cause": matter.cause,
                    "raised_by": matter.raised_by,
                    "raised_at": matter.raised_at,
                    "state": matter.state.value,
                    "closed_because": matter.closed_because,
                }
            ],
        )

    def save(self, matter: Matter) -> None:
        """Write a question's next state."""
        self.session.execute(
            update(MatterRow)
            .where(MatterRow.id == matter.id)
            .values(state=matter.state.value, closed_because=matter.closed_because)
        )

    def get(self, matter_id: str) -> Matter:
        """Return a question."""
        wanted = select(MatterRow).where(MatterRow.id == known_id(matter_id, MATTER))
        return matter_of(self.one(wanted, MATTER))

    def of_case(self, case_id: str, kind: MatterKind | None = None) -> Sequence[Matter]:
        """Return a case's questions, newest first."""
        wanted = select(MatterRow).where(MatterRow.case_id == known_id(case_id, "Sagen"))
        if kind is not None:
            wanted = wanted.where(MatterRow.kind == kind.value)
        wanted = wanted.order_by(MatterRow.raised_at.desc(), MatterRow.id)
        return [matter_of(row) for row in self.session.scalars(wanted)]

    def add_basis(self, basis: Basis) -> None:
        """Save what somebody assessed; it never changes."""
        self.insert(
            MatterBasisRow,
            [
                {
                    "id": basis.id,
                    "matter_id": basis.matter_id,
                    "case_id": basis.case_id,
                    "calculation_id": basis.calculation_id,
                    "amount_oere": basis.amount.oere,
                    "is_adverse": basis.is_adverse,
                    "legal_basis": list(basis.legal_basis),
                    "body": dict(basis.body),
                    "made_by": basis.made_by,
                    "made_at": basis.made_at,
                }
            ],
        )

    def basis(self, basis_id: str) -> Basis:
        """Return one basis."""
        wanted = select(MatterBasisRow).where(MatterBasisRow.id == known_id(basis_id, BASIS))
        return basis_of(self.one(wanted, BASIS))

    def bases(self, matter_id: str) -> Sequence[Basis]:
        """Return every basis of a question, newest first."""
        wanted = (
            select(MatterBasisRow)
            .where(MatterBasisRow.matter_id == known_id(matter_id, MATTER))
            .order_by(MatterBasisRow.made_at.desc(), MatterBasisRow.id)
        )
        return [basis_of(row) for row in self.session.scalars(wanted)]

    def save_proposal(self, proposal: MatterProposal) -> None:
        """Insert a proposal or write its approval or return."""
        judged = {
            "approved_by": proposal.approved_by,
            "approved_at": proposal.approved_at,
            "returned_reason": proposal.returned_reason,
        }
        changed = self.count_changed(
            update(MatterProposalRow).where(MatterProposalRow.id == proposal.id).values(judged)
        )
        if not changed:
            made = {
                "id": proposal.id,
                "matter_id": proposal.matter_id,
                "basis_id": proposal.basis_id,
                "case_id": proposal.case_id,
                "reasoning": proposal.reasoning,
                "hearing_id": proposal.hearing_id,
                "hearing_exception": proposal.hearing_exception,
                "proposed_by": proposal.proposed_by,
                "proposed_at": proposal.proposed_at,
            }
            self.insert(MatterProposalRow, [made | judged])

    def proposal(self, proposal_id: str) -> MatterProposal:
        """Return a proposal."""
        wanted = known_id(proposal_id, PROPOSAL)
        return proposal_of(
            self.one(select(MatterProposalRow).where(MatterProposalRow.id == wanted), PROPOSAL)
        )

    def proposals(self, matter_id: str) -> Sequence[MatterProposal]:
        """Return every proposal of a question, newest first."""
        wanted = (
            select(MatterProposalRow)
            .where(MatterProposalRow.matter_id == known_id(matter_id, MATTER))
            .order_by(MatterProposalRow.proposed_at.desc(), MatterProposalRow.id)
        )
        return [proposal_of(row) for row in self.session.scalars(wanted)]

    def add_decision(self, decision: MatterDecision) -> None:
        """Save a decision; only `sent_at` can be noted afterwards, once."""
        self.insert(
            MatterDecisionRow,
            [
                {
                    "id": decision.id,
                    "matter_id": decision.matter_id,
                    "proposal_id": decision.proposal_id,
                    "basis_id": decision.basis_id,
                    "case_id": decision.case_id,
                    "party_id": decision.party_id,
                    "kind": decision.kind.value,
                    "number": decision.number,
                    "amount_oere": decision.amount.oere,
                    "is_adverse": decision.is_adverse,
                    "legal_basis": list(decision.legal_basis),
                    "reasoning": decision.reasoning,
                    "appeal_instruction": decision.appeal_instruction,
                    "hearing_id": decision.hearing_id,
                    "hearing_exception": decision.hearing_exception,
                    "contributors": list(decision.contributors),
                    "approved_by": decision.approved_by,
                    "issued_at": decision.issued_at,
                }
            ],
        )

    def mark_sent(self, decision_id: str, at: datetime) -> None:
        """Note when a decision's letter left; a second time changes nothing."""
        self.session.execute(
            update(MatterDecisionRow)
            .where(MatterDecisionRow.id == decision_id, MatterDecisionRow.sent_at.is_(None))
            .values(sent_at=at)
        )

    def decision(self, decision_id: str) -> MatterDecision:
        """Return a decision."""
        wanted = known_id(decision_id, DECISION)
        return decision_of(
            self.one(select(MatterDecisionRow).where(MatterDecisionRow.id == wanted), DECISION)
        )

    def decisions(self, case_id: str, kind: MatterKind | None = None) -> Sequence[MatterDecision]:
        """Return a case's decisions of a kind, newest first."""
        wanted = select(MatterDecisionRow).where(
            MatterDecisionRow.case_id == known_id(case_id, "Sagen")
        )
        if kind is not None:
            wanted = wanted.where(MatterDecisionRow.kind == kind.value)
        wanted = wanted.order_by(MatterDecisionRow.issued_at.desc(), MatterDecisionRow.id)
        return [decision_of(row) for row in self.session.scalars(wanted)]


# ---- claims ----------------------------------------------------------------------------------


def claim_of(row: DebtClaimRow) -> DebtClaim:
    """Make a claim of its row."""
    return DebtClaim(
        id=row.id,
        decision_id=row.decision_id,
        case_id=row.case_id,
        party_id=row.party_id,
        amount=Money(row.amount_oere),
        claim_type=row.claim_type,
        from_month=Month.of(row.from_month),
        to_month=Month.of(row.to_month),
        founded_on=row.founded_on,
        limitation_on=row.limitation_on,
        made_at=row.made_at,
    )


class SqlClaimStore(Store):
    """Claims, what became of them, and how they are paid."""

    def add(self, claim: DebtClaim) -> None:
        """Save a claim; refused unless its decision was sent."""
        self.insert(
            DebtClaimRow,
            [
                {
                    "id": claim.id,
                    "decision_id": claim.decision_id,
                    "case_id": claim.case_id,
                    "party_id": claim.party_id,
                    "amount_oere": claim.amount.oere,
                    "claim_type": claim.claim_type,
                    "from_month": claim.from_month.first_day,
                    "to_month": claim.to_month.first_day,
                    "founded_on": claim.founded_on,
                    "limitation_on": claim.limitation_on,
                    "made_at": claim.made_at,
                }
            ],
        )

    def get(self, claim_id: str) -> DebtClaim:
        """Return a claim."""
        wanted = select(DebtClaimRow).where(DebtClaimRow.id == known_id(claim_id, CLAIM))
        return claim_of(self.one(wanted, CLAIM))

    def lock(self, claim_id: str) -> DebtClaim:
        """Return a claim and hold it until the transaction ends."""
        wanted = known_id(claim_id, CLAIM)
        # The application may not update a claim, so its row is held by name and not by lock.
        self.hold("claim", wanted)
        return self.get(wanted)

    def of_decision(self, decision_id: str) -> DebtClaim | None:
        """Return the claim of a decision; None before there is one."""
        row = self.session.scalars(
            select(DebtClaimRow).where(DebtClaimRow.decision_id == known_id(decision_id, DECISION))
        ).first()
        return None if row is None else claim_of(row)

    def of_case(self, case_id: str) -> Sequence[DebtClaim]:
        """Return a case's claims, newest first."""
        wanted = (
            select(DebtClaimRow)
            .where(DebtClaimRow.case_id == known_id(case_id, "Sagen"))
            .order_by(DebtClaimRow.made_at.desc(), DebtClaimRow.id)
        )
        return [claim_of(row) for row in self.session.scalars(wanted)]

    def all(self) -> Sequence[DebtClaim]:
        """Return every claim, newest first."""
        wanted = select(DebtClaimRow).order_by(DebtClaimRow.made_at.desc(), DebtClaimRow.id)
        return [claim_of(row) for row in self.session.scalars(wanted)]

    def append(self, event: ClaimEvent) -> bool:
        """Append what became of a claim; False when the same one was there already."""
        added = self.session.execute(
            insert(ClaimEventRow)
            .values(
                claim_id=event.claim_id,
                kind=event.kind.value,
                on_day=event.on,
                amount_oere=event.amount.oere,
                reference=event.reference,
                by_user=event.by,
                at=event.at,
                note=event.note,
            )
            .on_conflict_do_nothing()
            .returning(ClaimEventRow.id)
        ).first()
        return added is not None

    def events(self, claim_id: str) -> Sequence[ClaimEvent]:
        """Return what became of a claim, oldest first."""
        wanted = (
            select(ClaimEventRow)
            .where(ClaimEventRow.claim_id == known_id(claim_id, CLAIM))
            .order_by(ClaimEventRow.id)
        )
        return [
            ClaimEvent(
                claim_id=row.claim_id,
                kind=ClaimEventKind(row.kind),
                on=row.on_day,
                amount=Money(row.amount_oere),
                reference=row.reference,
                by=row.by_user,
                at=row.at,
                note=row.note,
            )
            for row in self.session.scalars(wanted)
        ]

    def arrange(self, arrangement: Arrangement) -> None:
        """Save how a claim is paid from now on."""
        self.insert(
            ClaimArrangementRow,
            [
                {
                    "id": arrangement.id,
                    "claim_id": arrangement.claim_id,
                    "kind": arrangement.kind.value,
                    "monthly_oere": arrangement.monthly.oere,
                    "first_due_on": arrangement.first_due_on,
                    "recheck_on": arrangement.recheck_on,
                    "reason": arrangement.reason,
                    "source": arrangement.source,
                    "by_user": arrangement.by,
                    "at": arrangement.at,
                }
            ],
        )

    def arrangement(self, claim_id: str) -> Arrangement | None:
        """Return how a claim is paid now; None before anything was arranged."""
        row = self.session.scalars(
            select(ClaimArrangementRow)
            .where(ClaimArrangementRow.claim_id == known_id(claim_id, CLAIM))
            .order_by(ClaimArrangementRow.at.desc(), ClaimArrangementRow.id)
            .limit(1)
        ).first()
        if row is None:
            return None
        return Arrangement(
            id=row.id,
            claim_id=row.claim_id,
            kind=ArrangementKind(row.kind),
            monthly=Money(row.monthly_oere),
            first_due_on=row.first_due_on,
            recheck_on=row.recheck_on,
            reason=row.reason,
            source=row.source,
            by=row.by_user,
            at=row.at,
        )

    def is_waiting(self) -> bool:
        """Tell whether any claim could be paid: there is something to ask the debtor system for."""
        over = select(ClaimEventRow.claim_id).where(ClaimEventRow.kind == "bortfaldet")
        wanted = select(DebtClaimRow.id).where(DebtClaimRow.id.not_in(over)).limit(1)
        return self.session.scalars(wanted).first() is not None
