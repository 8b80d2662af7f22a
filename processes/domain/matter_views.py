"""Questions of their own and claims, with everything that is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from processes.domain.claims import (
    Arrangement,
    ClaimEvent,
    ClaimMonth,
    DebtClaim,
    RepaymentBasis,
)
from processes.domain.gates import Gate
from processes.domain.hearings import PartyHearing
from processes.domain.matters import Basis, Matter, MatterDecision, MatterProposal
from processes.domain.money import Money
from processes.domain.money_management import ManagementPlan
from processes.domain.periods import Month
from processes.domain.recovery import Standing


@dataclass(frozen=True)
class PaidMonth:
    """A month of help as it was paid (udbetalt måned), and what is claimed already."""

    month_key: str
    """`2026-03`."""
    paid: Money
    tax: Money
    due: Money
    """What the newest decision gives for it."""
    claimed: Money
    """What sent decisions have claimed back of it."""

    @property
    def month(self) -> Month:
        """The month itself."""
        return Month.parse(self.month_key)

    @property
    def too_much(self) -> Money:
        """What was paid and not due, less what is claimed already."""
        return max(self.paid - self.due - self.claimed, Money(0))


@dataclass(frozen=True)
class ClaimView:
    """A claim with how it stands (krav)."""

    claim: DebtClaim
    standing: Standing
    events: Sequence[ClaimEvent]
    arrangement: Arrangement | None
    decision: MatterDecision
    lapses_on: date | None
    """When it lapses if nothing can be recovered; None while help goes on."""
    limitation_note: str
    """How sure the day of limitation is."""
    name: str = ""
    is_protected: bool = False
    case_number: str = ""
    months: Sequence[ClaimMonth] = ()


@dataclass(frozen=True)
class MatterView:
    """A question with everything a task about it shows (spørgsmål)."""

    matter: Matter
    months: Sequence[PaidMonth] = ()
    basis: Basis | None = None
    repayment: RepaymentBasis | None = None
    gate: Gate | None = None
    proposal: MatterProposal | None = None
    decision: MatterDecision | None = None
    hearing: PartyHearing | None = None
    statement_draft: str = ""
    claim: ClaimView | None = None
    plan: ManagementPlan | None = None
    """What is paid to others, when the question is about that."""
