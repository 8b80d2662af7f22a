"""A question of its own in a case (særskilt spørgsmål): raised, assessed, heard, decided, told.

Repayment and money management are decided in the case whose help they are about, each by itself: a
basis a person has made, a proposal, another person's approval, and a decision that has effect when
its letter was sent. Knows hearings. Knows nothing of what each question is about.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from processes.domain.errors import ConflictError, RuleError, SafeguardError, TwoPersonError
from processes.domain.hearings import PartyHearing
from processes.domain.money import Money

SYSTEM = "system"
LEAST_REASON_CHARACTERS = 20
"""An exception of fewer characters names nothing."""


class MatterKind(StrEnum):
    """What the question is about (spørgsmålets art)."""

    REPAYMENT = "tilbagebetaling"
    """LAS §§ 91-95: shall help be paid back?"""
    MANAGEMENT = "administration"
    """LAS § 90: shall others be paid with the citizen's help?"""


MATTER_NAMES: Mapping[MatterKind, str] = {
    MatterKind.REPAYMENT: "Tilbagebetaling",
    MatterKind.MANAGEMENT: "Administration af hjælpen",
}
NUMBER_LETTERS: Mapping[MatterKind, str] = {MatterKind.REPAYMENT: "T", MatterKind.MANAGEMENT: "A"}


class MatterState(StrEnum):
    """How far a question is (tilstand)."""

    RAISED = "rejst"
    DROPPED = "frafaldet"
    """Somebody found that there is nothing to decide, and wrote why."""
    DECIDED = "afgjort"
    ENDED = "ophoert"


MOVES: Mapping[MatterState, frozenset[MatterState]] = {
    MatterState.RAISED: frozenset({MatterState.DROPPED, MatterState.DECIDED}),
    MatterState.DROPPED: frozenset(),
    # Money management is decided again whenever its bills change.
    MatterState.DECIDED: frozenset({MatterState.DECIDED, MatterState.ENDED}),
    MatterState.ENDED: frozenset(),
}


@dataclass(frozen=True)
class Matter:
    """A question somebody must decide (spørgsmål), about one person's own help."""

    id: str
    case_id: str
    party_id: str
    kind: MatterKind
    cause: str
    """Why it was raised, in Danish."""
    raised_by: str
    raised_at: datetime
    state: MatterState = MatterState.RAISED
    closed_because: str = ""


def moved(matter: Matter, state: MatterState, because: str = "") -> Matter:
    """Return the matter in its next state; a move the table does not have is refused."""
    if state not in MOVES[matter.state]:
        raise ConflictError(
            f"Spørgsmålet er '{matter.state}' og kan ikke blive '{state}'. Hent sagen igen."
        )
    return replace(matter, state=state, closed_because=because.strip())


@dataclass(frozen=True)
class Basis:
    """What is to be decided, as one person has assessed it (grundlag); another is a new one."""

    id: str
    matter_id: str
    case_id: str
    calculation_id: str
    """The case's newest calculation when it was made; a hearing names it."""
    amount: Money
    """What it comes to: the claim, or what is paid to others a month."""
    is_adverse: bool
    """Whether it goes against the citizen's wish; an agreement does not."""
    legal_basis: tuple[str, ...]
    body: Mapping[str, object]
    """What the kind of question needs besides, as plain data."""
    made_by: str
    made_at: datetime


@dataclass(frozen=True)
class MatterProposal:
    """A proposed answer (forslag); a returned one is replaced, not changed."""

    id: str
    matter_id: str
    basis_id: str
    case_id: str
    reasoning: str
    hearing_id: str | None
    hearing_exception: str
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    returned_reason: str = ""


@dataclass(frozen=True)
class MatterDecision:
    """A decision on a question (afgørelse); never changed, `sent_at` is noted when it was told.

    Law: FVL §§ 19 and 22-25, RSL § 67.
    """

    id: str
    matter_id: str
    proposal_id: str
    basis_id: str
    case_id: str
    party_id: str
    kind: MatterKind
    number: str
    amount: Money
    is_adverse: bool
    legal_basis: tuple[str, ...]
    reasoning: str
    appeal_instruction: str
    hearing_id: str | None
    hearing_exception: str
    contributors: tuple[str, ...]
    """Everyone who worked on it; none of them approved."""
    approved_by: str
    issued_at: datetime
    sent_at: datetime | None = field(default=None)


def number_after(case_number: str, kind: MatterKind, made: int) -> str:
    """Return the number of a case's next decision of a kind, e.g. `2026-000123-T1`."""
    return f"{case_number}-{NUMBER_LETTERS[kind]}{made + 1}"


def approve(
    proposal: MatterProposal, *, by: str, contributors: Collection[str], at: datetime
) -> MatterProposal:
    """Approve a proposal; the approver is none of those who worked on it (fire øjne)."""
    _check_open(proposal)
    if not by or by in {proposal.proposed_by, *contributors}:
        raise TwoPersonError(
            "Du har selv arbejdet på sagen og kan ikke godkende den. Bed en anden om at godkende."
        )
    return replace(proposal, approved_by=by, approved_at=at)


def send_back(proposal: MatterProposal, *, by: str, reason: str) -> MatterProposal:
    """Send a proposal back with what must be changed."""
    _check_open(proposal)
    if not by or by == proposal.proposed_by:
        raise TwoPersonError("Du har selv foreslået afgørelsen. Lav et nyt forslag i stedet.")
    if not reason.strip():
        raise RuleError("Skriv, hvad der skal ændres, før forslaget sendes tilbage.")
    return replace(proposal, returned_reason=reason.strip())


def _check_open(proposal: MatterProposal) -> None:
    if proposal.approved_by is not None:
        raise ConflictError("Forslaget er allerede godkendt. Hent sagen igen.")
    if proposal.returned_reason:
        raise ConflictError("Forslaget er sendt tilbage. Behandl det nye forslag i stedet.")


def check_issue(
    proposal: MatterProposal,
    *,
    basis: Basis,
    hearing: PartyHearing | None,
    contributors: Collection[str],
) -> None:
    """Refuse a decision no two people stand behind, without reasons, law or hearing.

    Law: FVL §§ 19 (hearing) and 22-24 (reasons).
    """
    if proposal.basis_id != basis.id:
        raise SafeguardError(
            "Forslaget bygger på et andet grundlag end det, der ligger på sagen. Foreslå igen."
        )
    if proposal.proposed_by in {SYSTEM, ""} or basis.made_by in {SYSTEM, ""}:
        raise SafeguardError("Systemet må ikke selv afgøre det her. En sagsbehandler skal.")
    if not any(law.strip() for law in basis.legal_basis):
        raise SafeguardError("Afgørelsen har ingen hjemmel. Angiv, hvilken paragraf den bygger på.")
    if not proposal.reasoning.strip():
        raise SafeguardError("Afgørelsen har ingen begrundelse. Skriv de vigtigste hensyn.")
    approver = proposal.approved_by
    if approver is None or approver in {SYSTEM, "", proposal.proposed_by, basis.made_by}:
        raise SafeguardError("Afgørelsen skal godkendes af en anden. Send den til godkendelse.")
    if approver in contributors:
        raise SafeguardError(
            "Den, der har godkendt, har selv arbejdet på sagen. Lad en anden godkende."
        )
    if basis.is_adverse:
        _check_heard(proposal, basis, hearing)


def _check_heard(proposal: MatterProposal, basis: Basis, hearing: PartyHearing | None) -> None:
    if len(proposal.hearing_exception.strip()) >= LEAST_REASON_CHARACTERS:
        return
    if hearing is None or hearing.id != proposal.hearing_id:
        raise SafeguardError(
            "Parten er ikke hørt. Hold partshøring, eller vælg en undtagelse i forvaltningslovens"
            " § 19, stk. 2, og begrund den."
        )
    if hearing.case_id != basis.case_id or hearing.subject_id != basis.id or not hearing.is_held:
        raise SafeguardError(
            "Partshøringen er ikke afsluttet, eller den er om noget andet, end der afgøres."
            " Afslut den, eller hør parten igen."
        )


def issue(
    matter: Matter,
    proposal: MatterProposal,
    basis: Basis,
    *,
    decision_id: str,
    number: str,
    appeal_instruction: str,
    contributors: Collection[str],
    at: datetime,
) -> MatterDecision:
    """Make a proposal a decision; whether it may be is `check_issue` to say."""
    if proposal.approved_by is None:
        raise SafeguardError("Afgørelsen er ikke godkendt. Send den til godkendelse.")
    made = {*contributors, proposal.proposed_by, basis.made_by} - {SYSTEM, proposal.approved_by}
    return MatterDecision(
        id=decision_id,
        matter_id=matter.id,
        proposal_id=proposal.id,
        basis_id=basis.id,
        case_id=matter.case_id,
        party_id=matter.party_id,
        kind=matter.kind,
        number=number,
        amount=basis.amount,
        is_adverse=basis.is_adverse,
        legal_basis=basis.legal_basis,
        reasoning=proposal.reasoning,
        appeal_instruction=appeal_instruction,
        hearing_id=proposal.hearing_id,
        hearing_exception=proposal.hearing_exception,
        contributors=tuple(sorted(made)),
        approved_by=proposal.approved_by,
        issued_at=at,
    )
