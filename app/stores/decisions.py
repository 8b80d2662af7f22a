"""Rows to hearings, proposals and decisions, and back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, union, update

from app.models.cases import AssessmentRow, CaseRow
from app.models.decisions import DecidedLineRow, DecisionRow, HearingRow, ProposalRow
from app.models.processes import UserTaskRow
from app.stores.rows import Store, known_id
from processes.domain.access import SYSTEM_NAME, Role
from processes.domain.calculation import HelpKind, Outcome
from processes.domain.decisions import DecidedLine, Decision, Proposal, number_after
from processes.domain.hearings import HearingState, PartyHearing
from processes.domain.money import Money
from processes.domain.periods import Month


def hearing_of(row: HearingRow) -> PartyHearing:
    """Make a hearing of its row."""
    return PartyHearing(
        id=row.id,
        case_id=row.case_id,
        calculation_id=row.calculation_id,
        state=HearingState(row.state),
        statement=row.statement,
        days=row.days,
        opened_at=row.opened_at,
        sent_at=row.sent_at,
        deadline_at=row.deadline_at,
        answer=row.answer,
        answered_at=row.answered_at,
        conclusion=row.conclusion,
        changes_facts=row.changes_facts,
        subject_id=row.subject_id,
    )


def proposal_of(row: ProposalRow) -> Proposal:
    """Make a proposal of its row."""
    return Proposal(
        id=row.id,
        case_id=row.case_id,
        calculation_id=row.calculation_id,
        outcome=Outcome(row.outcome),
        reasoning=row.reasoning,
        legal_basis=tuple(row.legal_basis),
        repayment_condition=row.repayment_condition,
        hearing_id=row.hearing_id,
        hearing_exception=row.hearing_exception,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        second_person_needed=row.second_person_needed,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        returned_reason=row.returned_reason,
        help_kind=HelpKind(row.help_kind),
    )


def decision_of(row: DecisionRow, lines: Sequence[DecidedLineRow]) -> Decision:
    """Make a decision of its row and its lines' rows."""
    return Decision(
        id=row.id,
        case_id=row.case_id,
        proposal_id=row.proposal_id,
        calculation_id=row.calculation_id,
        number=row.number,
        outcome=Outcome(row.outcome),
        reasoning=row.reasoning,
        legal_basis=tuple(row.legal_basis),
        repayment_condition=row.repayment_condition,
        appeal_instruction=row.appeal_instruction,
        lines=tuple(
            DecidedLine(line.party_id, Month.of(line.from_month), Money(line.amount_oere))
            for line in lines
        ),
        valid_from=row.valid_from,
        hearing_id=row.hearing_id,
        hearing_exception=row.hearing_exception,
        contributors=tuple(row.contributors),
        approved_by=row.approved_by,
        issued_at=row.issued_at,
        sent_at=row.sent_at,
        help_kind=HelpKind(row.help_kind),
    )


class SqlHearingStore(Store):
    """Party hearings."""

    def save(self, hearing: PartyHearing) -> None:
        """Insert a hearing or write its next state."""
        state = {
            "state": hearing.state.value,
            "statement": hearing.statement,
            "days": hearing.days,
            "sent_at": hearing.sent_at,
            "deadline_at": hearing.deadline_at,
            "answer": hearing.answer,
            "answered_at": hearing.answered_at,
            "conclusion": hearing.conclusion,
            "changes_facts": hearing.changes_facts,
        }
        changed = self.count_changed(
            update(HearingRow).where(HearingRow.id == hearing.id).values(state)
        )
        if not changed:
            key = {
                "id": hearing.id,
                "case_id": hearing.case_id,
                "calculation_id": hearing.calculation_id,
                "opened_at": hearing.opened_at,
                "subject_id": hearing.subject_id,
            }
            self.insert(HearingRow, [key | state])

    def get(self, hearing_id: str) -> PartyHearing:
        """Return a hearing."""
        wanted = known_id(hearing_id, "Partshøringen")
        return hearing_of(
            self.one(select(HearingRow).where(HearingRow.id == wanted), "Partshøringen")
        )

    def of_case(self, case_id: str) -> Sequence[PartyHearing]:
        """Return a case's hearings about what is calculated, newest first."""
        rows = self.session.scalars(
            select(HearingRow)
            .where(
                HearingRow.case_id == known_id(case_id, "Sagen"), HearingRow.subject_id.is_(None)
            )
            .order_by(HearingRow.opened_at.desc(), HearingRow.id)
        )
        return [hearing_of(row) for row in rows]

    def beside(self, case_id: str, subject_id: str | None = None) -> Sequence[PartyHearing]:
        """Return a case's hearings about questions of their own, newest first."""
        wanted = select(HearingRow).where(
            HearingRow.case_id == known_id(case_id, "Sagen"), HearingRow.subject_id.is_not(None)
        )
        if subject_id is not None:
            wanted = wanted.where(HearingRow.subject_id == subject_id)
        rows = self.session.scalars(wanted.order_by(HearingRow.opened_at.desc(), HearingRow.id))
        return [hearing_of(row) for row in rows]


class SqlDecisionStore(Store):
    """Proposals and decisions."""

    def save_proposal(self, proposal: Proposal) -> None:
        """Insert a proposal or write its approval or return."""
        judged = {
            "second_person_needed": proposal.second_person_needed,
            "approved_by": proposal.approved_by,
            "approved_at": proposal.approved_at,
            "returned_reason": proposal.returned_reason,
        }
        changed = self.count_changed(
            update(ProposalRow).where(ProposalRow.id == proposal.id).values(judged)
        )
        if not changed:
            self.insert(ProposalRow, [_proposed(proposal) | judged])

    def proposal(self, proposal_id: str) -> Proposal:
        """Return a proposal."""
        wanted = known_id(proposal_id, "Forslaget")
        return proposal_of(
            self.one(select(ProposalRow).where(ProposalRow.id == wanted), "Forslaget")
        )

    def latest_proposal(self, case_id: str) -> Proposal | None:
        """Return the newest proposal on a case's support (forsørgelse)."""
        row = self.session.scalars(
            select(ProposalRow)
            .where(
                ProposalRow.case_id == known_id(case_id, "Sagen"),
                ProposalRow.help_kind == HelpKind.SUPPORT.value,
            )
            .order_by(ProposalRow.proposed_at.desc(), ProposalRow.id.desc())
            .limit(1)
        ).first()
        return None if row is None else proposal_of(row)

    def add(self, decision: Decision) -> None:
        """Save a decision; only `sent_at` can be noted afterwards, once."""
        self.insert(DecisionRow, [_decided(decision)])
        self.insert(
            DecidedLineRow,
            [
                {
                    "decision_id": decision.id,
                    "party_id": line.party_id,
                    "from_month": line.from_month.first_day,
                    "position": position,
                    "amount_oere": line.amount.oere,
                }
                for position, line in enumerate(decision.lines)
            ],
        )

    def mark_sent(self, decision_id: str, at: datetime) -> None:
        """Note when the decision's letters left; a second time changes nothing."""
        self.session.execute(
            update(DecisionRow)
            .where(DecisionRow.id == decision_id, DecisionRow.sent_at.is_(None))
            .values(sent_at=at)
        )

    def get(self, decision_id: str) -> Decision:
        """Return a decision."""
        wanted = select(DecisionRow).where(DecisionRow.id == known_id(decision_id, "Afgørelsen"))
        return self._with_lines([self.one(wanted, "Afgørelsen")])[0]

    def of_case(
        self, case_id: str, *, help_kind: HelpKind = HelpKind.SUPPORT
    ) -> Sequence[Decision]:
        """Return a case's decisions on one kind of help, newest first."""
        wanted = (
            select(DecisionRow, DecidedLineRow)
            .outerjoin(DecidedLineRow, DecidedLineRow.decision_id == DecisionRow.id)
            .where(
                DecisionRow.case_id == known_id(case_id, "Sagen"),
                DecisionRow.help_kind == help_kind.value,
            )
            .order_by(DecisionRow.issued_at.desc(), DecisionRow.id, DecidedLineRow.position)
        )
        found: dict[str, tuple[DecisionRow, list[DecidedLineRow]]] = {}
        for row, line in self.session.execute(wanted):
            lines = found.setdefault(row.id, (row, []))[1]
            lines += [] if line is None else [line]
        return [decision_of(row, lines) for row, lines in found.values()]

    def _with_lines(self, rows: Sequence[DecisionRow]) -> list[Decision]:
        wanted = select(DecidedLineRow).where(
            DecidedLineRow.decision_id.in_([row.id for row in rows])
        )
        lines: dict[str, list[DecidedLineRow]] = {}
        for line in self.session.scalars(wanted.order_by(DecidedLineRow.position)):
            lines.setdefault(line.decision_id, []).append(line)
        return [decision_of(row, lines.get(row.id, [])) for row in rows]

    def next_number(self, case_id: str) -> str:
        """Return the number of the case's next decision; the case's row is held meanwhile."""
        wanted = known_id(case_id, "Sagen")
        held = select(CaseRow.number).where(CaseRow.id == wanted).with_for_update(key_share=True)
        number = self.one(held, "Sagen")
        made = select(func.count()).where(DecisionRow.case_id == wanted)
        return number_after(number, self.session.execute(made).scalar_one())

    def contributors(self, case_id: str) -> frozenset[str]:
        """Return every user who completed a task, assessed or proposed.

        An approver's own tasks are left out: whoever returns a proposal has judged it, not made
        it, and may judge the next one.
        """
        wanted = known_id(case_id, "Sagen")
        sources: list[Select[Any]] = [
            select(UserTaskRow.completed_by).where(
                UserTaskRow.case_id == wanted,
                UserTaskRow.completed_by.is_not(None),
                UserTaskRow.role != Role.APPROVER.value,
            ),
            select(AssessmentRow.by).where(AssessmentRow.case_id == wanted),
            select(ProposalRow.proposed_by).where(ProposalRow.case_id == wanted),
        ]
        users = self.session.execute(union(*sources)).scalars()
        return frozenset(user for user in users if user and user != SYSTEM_NAME)


def _proposed(proposal: Proposal) -> dict[str, object]:
    return {
        "id": proposal.id,
        "case_id": proposal.case_id,
        "calculation_id": proposal.calculation_id,
        "outcome": proposal.outcome.value,
        "reasoning": proposal.reasoning,
        "legal_basis": list(proposal.legal_basis),
        "repayment_condition": proposal.repayment_condition,
        "hearing_id": proposal.hearing_id,
        "hearing_exception": proposal.hearing_exception,
        "proposed_by": proposal.proposed_by,
        "proposed_at": proposal.proposed_at,
        "help_kind": proposal.help_kind.value,
    }


def _decided(decision: Decision) -> dict[str, object]:
    return {
        "id": decision.id,
        "case_id": decision.case_id,
        "proposal_id": decision.proposal_id,
        "calculation_id": decision.calculation_id,
        "number": decision.number,
        "outcome": decision.outcome.value,
        "reasoning": decision.reasoning,
        "legal_basis": list(decision.legal_basis),
        "repayment_condition": decision.repayment_condition,
        "appeal_instruction": decision.appeal_instruction,
        "valid_from": decision.valid_from,
        "hearing_id": decision.hearing_id,
        "hearing_exception": decision.hearing_exception,
        "contributors": list(decision.contributors),
        "approved_by": decision.approved_by,
        "issued_at": decision.issued_at,
        "sent_at": decision.sent_at,
        "help_kind": decision.help_kind.value,
    }
