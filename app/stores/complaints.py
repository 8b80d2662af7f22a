"""Rows to complaints, and back."""

from collections.abc import Sequence

from sqlalchemy import insert, select, update

from app.models.complaints import ComplaintRow
from app.stores.rows import Store, known_id, missing
from processes.domain.complaints import (
    BoardOutcome,
    Complaint,
    ComplaintChannel,
    ComplaintState,
    ReviewOutcome,
    Shortcoming,
)


def complaint_of(row: ComplaintRow) -> Complaint:
    """Make a complaint of its row."""
    return Complaint(
        id=row.id,
        case_id=row.case_id,
        decision_id=row.decision_id,
        party_id=row.party_id,
        channel=ComplaintChannel(row.channel),
        text=row.text,
        received_on=row.received_on,
        is_late=row.is_late,
        state=ComplaintState(row.state),
        registered_by=row.registered_by,
        registered_at=row.registered_at,
        verdict=None if row.verdict is None else ReviewOutcome(row.verdict),
        reasons=row.reasons,
        cause=None if row.cause is None else Shortcoming(row.cause),
        judged_by=row.judged_by,
        judged_at=row.judged_at,
        forwarded_on=row.forwarded_on,
        board_reference=row.board_reference,
        board_outcome=None if row.board_outcome is None else BoardOutcome(row.board_outcome),
        board_answered_on=row.board_answered_on,
    )


def _progress(complaint: Complaint) -> dict[str, object]:
    return {
        "state": complaint.state.value,
        "verdict": complaint.verdict.value if complaint.verdict else None,
        "reasons": complaint.reasons,
        "cause": complaint.cause.value if complaint.cause else None,
        "judged_by": complaint.judged_by,
        "judged_at": complaint.judged_at,
        "forwarded_on": complaint.forwarded_on,
        "board_reference": complaint.board_reference,
        "board_outcome": complaint.board_outcome.value if complaint.board_outcome else None,
        "board_answered_on": complaint.board_answered_on,
    }


class SqlComplaintStore(Store):
    """Complaints of the cases of a municipality."""

    def add(self, complaint: Complaint) -> None:
        """Insert a complaint."""
        self.session.execute(
            insert(ComplaintRow).values(
                id=complaint.id,
                case_id=complaint.case_id,
                decision_id=complaint.decision_id,
                party_id=complaint.party_id,
                channel=complaint.channel.value,
                text=complaint.text,
                received_on=complaint.received_on,
                is_late=complaint.is_late,
                registered_by=complaint.registered_by,
                registered_at=complaint.registered_at,
                **_progress(complaint),
            )
        )

    def get(self, complaint_id: str) -> Complaint:
        """Return a complaint."""
        wanted = select(ComplaintRow).where(ComplaintRow.id == known_id(complaint_id, "Klagen"))
        return complaint_of(self.one(wanted, "Klagen"))

    def of_case(self, case_id: str) -> Sequence[Complaint]:
        """Return the complaints of a case, the newest first."""
        wanted = select(ComplaintRow).where(ComplaintRow.case_id == known_id(case_id, "Sagen"))
        newest = wanted.order_by(ComplaintRow.registered_at.desc(), ComplaintRow.id)
        return [complaint_of(row) for row in self.session.scalars(newest)]

    def save(self, complaint: Complaint) -> None:
        """Write what has become of a complaint; what it says stays as it was."""
        changed = update(ComplaintRow).where(ComplaintRow.id == complaint.id)
        if not self.count_changed(changed.values(_progress(complaint))):
            raise missing("Klagen")
