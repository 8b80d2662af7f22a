"""What must be remembered of questions of their own in a case, and of the claims they end in.

Frozen records (poster); amounts are `Money`, moments are aware, days are Danish.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from processes.domain.access import Actor
from processes.domain.cases import Application, Case, Party
from processes.domain.claims import (
    Arrangement,
    ClaimEvent,
    DebtClaim,
)
from processes.domain.matter_views import ClaimView, MatterView
from processes.domain.matters import Basis, Matter, MatterDecision, MatterKind, MatterProposal
from processes.ports.records import UserTask


class MatterStore(Protocol):
    """Questions, what they rest on, and what was decided."""

    def add(self, matter: Matter) -> None:
        """Save a question."""

    def save(self, matter: Matter) -> None:
        """Write a question's next state."""

    def get(self, matter_id: str) -> Matter:
        """Return a question."""

    def of_case(self, case_id: str, kind: MatterKind | None = None) -> Sequence[Matter]:
        """Return a case's questions, newest first."""

    def add_basis(self, basis: Basis) -> None:
        """Save what somebody assessed; it never changes."""

    def basis(self, basis_id: str) -> Basis:
        """Return one basis."""

    def bases(self, matter_id: str) -> Sequence[Basis]:
        """Return every basis of a question, newest first."""

    def save_proposal(self, proposal: MatterProposal) -> None:
        """Insert a proposal or write its approval or return."""

    def proposal(self, proposal_id: str) -> MatterProposal:
        """Return a proposal."""

    def proposals(self, matter_id: str) -> Sequence[MatterProposal]:
        """Return every proposal of a question, newest first."""

    def add_decision(self, decision: MatterDecision) -> None:
        """Save a decision; only `sent_at` can be noted afterwards, once."""

    def mark_sent(self, decision_id: str, at: datetime) -> None:
        """Note when a decision's letter left; a second time changes nothing."""

    def decision(self, decision_id: str) -> MatterDecision:
        """Return a decision."""

    def decisions(self, case_id: str, kind: MatterKind | None = None) -> Sequence[MatterDecision]:
        """Return a case's decisions of a kind, newest first."""


class ClaimStore(Protocol):
    """Claims, what became of them, and how they are paid."""

    def add(self, claim: DebtClaim) -> None:
        """Save a claim; refused unless its decision was sent."""

    def get(self, claim_id: str) -> DebtClaim:
        """Return a claim."""

    def lock(self, claim_id: str) -> DebtClaim:
        """Return a claim and hold it until the transaction ends."""

    def of_decision(self, decision_id: str) -> DebtClaim | None:
        """Return the claim of a decision; None before there is one."""

    def of_case(self, case_id: str) -> Sequence[DebtClaim]:
        """Return a case's claims, newest first."""

    def all(self) -> Sequence[DebtClaim]:
        """Return every claim, newest first."""

    def append(self, event: ClaimEvent) -> bool:
        """Append what became of a claim; False when the same one was there already."""

    def events(self, claim_id: str) -> Sequence[ClaimEvent]:
        """Return what became of a claim, oldest first."""

    def arrange(self, arrangement: Arrangement) -> None:
        """Save how a claim is paid from now on."""

    def arrangement(self, claim_id: str) -> Arrangement | None:
        """Return how a claim is paid now; None before anything was arranged."""

    def is_waiting(self) -> bool:
        """Tell whether any claim could be paid: there is something to ask the debtor system for."""


# ---- what pages show -------------------------------------------------------------------------


@dataclass(frozen=True)
class CaseMatters:
    """What the page of a case's own questions shows (særskilte spørgsmål)."""

    case: Case
    matters: Sequence[MatterView]
    adults: Sequence[Party]
    tasks: Sequence[UserTask]
    application: Application | None
    names: Mapping[str, str]
    contradictions: Sequence[object] = ()
    incidents: Sequence[object] = ()
    decisions: Sequence[object] = ()
    decision: None = None


class RepaymentDesk(Protocol):
    """Questions of their own in a case, and the claims of the municipality, as people work them."""

    def of_case(self, case_id: str, by: Actor) -> CaseMatters:
        """Return a case's questions with what was decided and claimed."""

    def raise_matter(
        self, case_id: str, kind: MatterKind, party_id: str, cause: str, by: Actor
    ) -> None:
        """Raise a question about somebody's help."""

    def call_off(self, matter_id: str, by: Actor) -> str:
        """Stop money management because the citizen wants it; returns the case."""

    def claims(self, by: Actor) -> Sequence[ClaimView]:
        """Return the municipality's claims, newest first."""

    def claim(self, claim_id: str, by: Actor) -> ClaimView:
        """Return one claim with everything that became of it."""
