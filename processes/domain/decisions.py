"""Decision (afgørelse): proposal, grounds, two-person control, right of appeal."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from processes.domain.calculation import Calculation, HelpKind, Outcome
from processes.domain.errors import (
    ConflictError,
    NotAllowedError,
    RuleError,
    TwoPersonError,
    UnknownFactError,
)
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.timeline import Timeline

SYSTEM = "system"
"""Who proposes in the automatic class; never a person."""


@dataclass(frozen=True)
class Proposal:
    """A proposed decision (forslag til afgørelse); a returned one is replaced, not changed."""

    id: str
    case_id: str
    calculation_id: str
    outcome: Outcome
    reasoning: str
    """The main considerations (begrundelse), FVL § 24."""
    legal_basis: tuple[str, ...]
    """Paragraphs in force in the period decided on (hjemmel)."""
    repayment_condition: str
    """`''`, or the paragraph the help must be repaid under (§ 93)."""
    hearing_id: str | None
    hearing_exception: str
    """Why no hearing was needed (FVL § 19, stk. 2), when none was held; empty otherwise."""
    proposed_by: str
    """A user, or `system` for the automatic class."""
    proposed_at: datetime
    second_person_needed: bool | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    returned_reason: str = ""
    help_kind: HelpKind = HelpKind.SUPPORT

    @property
    def is_adverse(self) -> bool:
        """Whether it gives less than was applied for."""
        return self.outcome in {Outcome.REFUSED, Outcome.PARTIAL}


@dataclass(frozen=True)
class DecidedLine:
    """What one person gets from a month on (bevilget ydelse), before tax."""

    party_id: str
    from_month: Month
    amount: Money


@dataclass(frozen=True)
class Decision:
    """A decision (afgørelse). Never changed once issued; `sent_at` is noted when its letter left.

    Law: FVL §§ 22-25 (reasons, appeal); RSL § 67 (four weeks).
    """

    id: str
    case_id: str
    proposal_id: str
    calculation_id: str
    number: str
    outcome: Outcome
    reasoning: str
    legal_basis: tuple[str, ...]
    repayment_condition: str
    appeal_instruction: str
    lines: tuple[DecidedLine, ...]
    valid_from: date | None
    hearing_id: str | None
    hearing_exception: str
    contributors: tuple[str, ...]
    """Everyone who worked on it; none of them may approve."""
    approved_by: str | None
    issued_at: datetime
    sent_at: datetime | None = None
    help_kind: HelpKind = HelpKind.SUPPORT

    @property
    def is_adverse(self) -> bool:
        """Whether it gives less than was applied for."""
        return self.outcome in {Outcome.REFUSED, Outcome.PARTIAL}


APPEAL_WEEKS = 4
"""RSL § 67: counted from when the decision was received."""


def check_impartial(
    *, own_digest: str, relatives: Collection[str], parties: Collection[str]
) -> None:
    """Refuse whoever decides their own or a relative's case (habilitet).

    Law: FVL § 3. Personal numbers come as digests, so that nothing is compared in clear; an empty
    digest is an unknown number and matches nobody.
    """
    concerned = {digest for digest in (own_digest, *relatives) if digest}
    if concerned & set(parties):
        raise NotAllowedError(
            "Du kan ikke behandle en sag om dig selv eller din nære familie."
            " Giv sagen til din teamleder."
        )


def approve(
    proposal: Proposal, *, by: str, contributors: Collection[str], at: datetime
) -> Proposal:
    """Approve a proposal; the approver is none of those who worked on it (fire øjne)."""
    _check_open(proposal)
    if not by or by in {proposal.proposed_by, *contributors}:
        raise TwoPersonError(
            "Du har selv arbejdet på sagen og kan ikke godkende den. Bed en anden om at godkende."
        )
    return replace(proposal, approved_by=by, approved_at=at, returned_reason="")


def send_back(proposal: Proposal, *, by: str, reason: str) -> Proposal:
    """Send a proposal back with what must be changed; it is replaced by a new one."""
    _check_open(proposal)
    if not by or by == proposal.proposed_by:
        raise TwoPersonError("Du har selv foreslået afgørelsen. Lav et nyt forslag i stedet.")
    if not reason.strip():
        raise RuleError("Skriv, hvad der skal ændres, før forslaget sendes tilbage.")
    return replace(proposal, returned_reason=reason.strip())


def _check_open(proposal: Proposal) -> None:
    if proposal.approved_by is not None:
        raise ConflictError("Forslaget er allerede godkendt. Hent sagen igen.")
    if proposal.returned_reason:
        raise ConflictError("Forslaget er sendt tilbage. Behandl det nye forslag i stedet.")


def number_after(case_number: str, made: int) -> str:
    """Return the number of a case's next decision, counted from the first (afgørelsesnummer)."""
    return f"{case_number}-{made + 1}"


def legal_basis(calculation: Calculation) -> tuple[str, ...]:
    """Return the paragraphs in force in the months decided on (hjemmel)."""
    return calculation.paragraphs


def decided_lines(calculation: Calculation) -> tuple[DecidedLine, ...]:
    """Return what each person gets from a month on: one line whenever the amount changes.

    A person who gets nothing at all has no line; nothing after something is a line of zero.
    """
    if calculation.outcome is Outcome.UNKNOWN:
        raise UnknownFactError(
            "Hjælpen kan ikke beregnes endnu. Indhent de oplysninger, der mangler, og beregn igen."
        )
    return tuple(
        line for party_id in calculation.party_ids for line in _lines_of(calculation, party_id)
    )


def _lines_of(calculation: Calculation, party_id: str) -> Iterator[DecidedLine]:
    months = calculation.of(party_id)
    by_month = Timeline((each.month.period(), each.gross or Money(0)) for each in months)
    stretches = list(by_month)
    while stretches and not stretches[0].value:
        stretches.pop(0)
    for stretch in stretches:
        yield DecidedLine(party_id, Month.of(stretch.period.start), stretch.value)


def appeal_instruction(municipality_name: str) -> str:
    """Say how to complain (klagevejledning).

    Law: FVL § 25, RSL §§ 66-67 (four weeks; to the municipality, which looks at it again before
    Ankestyrelsen does).
    """
    return (
        f"Du kan klage over afgørelsen. Klagen skal være hos {municipality_name} senest"
        f" {APPEAL_WEEKS} uger efter, at du har fået dette brev. Du kan klage skriftligt eller"
        " mundtligt. Vi ser på sagen igen. Hvis vi ikke giver dig medhold, sender vi klagen og"
        f" sagens papirer til Ankestyrelsen senest {APPEAL_WEEKS} uger efter, at vi har fået din"
        " klage, og Ankestyrelsen afgør den."
    )


def issue(
    proposal: Proposal,
    calculation: Calculation,
    *,
    decision_id: str,
    number: str,
    municipality_name: str,
    contributors: Collection[str],
    at: datetime,
    lines: tuple[DecidedLine, ...] | None = None,
) -> Decision:
    """Make a proposal a decision (træf afgørelse); whether it may be is the safeguards' to say.

    `lines` are those of a decision that follows another; else they are the calculation's own.
    """
    if calculation.id != proposal.calculation_id or calculation.outcome is not proposal.outcome:
        raise ConflictError(
            "Forslaget bygger ikke på den beregning, der afgøres på. Lav et nyt forslag."
        )
    if lines is None:
        lines = () if proposal.outcome is Outcome.REFUSED else decided_lines(calculation)
    return Decision(
        id=decision_id,
        case_id=proposal.case_id,
        proposal_id=proposal.id,
        calculation_id=calculation.id,
        number=number,
        outcome=proposal.outcome,
        reasoning=proposal.reasoning,
        legal_basis=proposal.legal_basis,
        repayment_condition=proposal.repayment_condition,
        appeal_instruction=appeal_instruction(municipality_name),
        lines=lines,
        valid_from=min(line.from_month for line in lines).first_day if lines else None,
        hearing_id=proposal.hearing_id,
        hearing_exception=proposal.hearing_exception,
        contributors=tuple(sorted({*contributors, proposal.proposed_by} - {SYSTEM})),
        approved_by=proposal.approved_by,
        issued_at=at,
        help_kind=calculation.help_kind,
    )
