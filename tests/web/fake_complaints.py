"""Complaints in memory: one waits for an answer, others are what a test makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from processes.domain.access import Actor, require
from processes.domain.cases import Case
from processes.domain.complaints import Complaint, ComplaintChannel, ComplaintState
from processes.domain.decisions import Decision
from processes.domain.errors import RuleError
from processes.ports.pages import ComplaintPage

WORDS = "Jeg forstår ikke, hvorfor min husleje ikke tæller med."


def a_complaint(**changes: object) -> Complaint:
    """Return a complaint that waits for a new look."""
    made = Complaint(
        id="klage-1",
        case_id="sag-1",
        decision_id="afgoerelse-1",
        party_id="part-1",
        channel=ComplaintChannel.PAGE,
        text=WORDS,
        received_on=date(2026, 3, 12),
        is_late=False,
        state=ComplaintState.RECEIVED,
        registered_by="",
        registered_at=datetime(2026, 3, 12, 10, 0, tzinfo=UTC),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # names are checked by replace


@dataclass
class FakeComplaints:
    """What was complained of, and what was asked for."""

    case: Case
    decisions: Sequence[Decision]
    complaints: list[Complaint] = field(default_factory=list)
    made: list[tuple[str, str]] = field(default_factory=list)
    registered: list[tuple[str, str, ComplaintChannel, date]] = field(default_factory=list)
    maintained: list[str] = field(default_factory=list)
    refuse_with: RuleError | None = None

    def mine(self, case_id: str, by: Actor) -> ComplaintPage:
        require(by, "citizen.follow")
        return ComplaintPage(self.case, self.decisions, self.complaints)

    def of_case(self, case_id: str, by: Actor) -> ComplaintPage:
        require(by, "case.read")
        return ComplaintPage(self.case, self.decisions, self.complaints)

    def complain(self, case_id: str, decision_id: str, text: str, by: Actor) -> Complaint:
        if self.refuse_with is not None:
            raise self.refuse_with
        self.made.append((decision_id, text))
        return a_complaint(text=text)

    def register(
        self,
        case_id: str,
        decision_id: str,
        text: str,
        *,
        channel: ComplaintChannel,
        received_on: date,
        by: Actor,
    ) -> Complaint:
        if self.refuse_with is not None:
            raise self.refuse_with
        self.registered.append((decision_id, text, channel, received_on))
        return a_complaint(text=text)

    def maintain(self, complaint_id: str, by: Actor) -> Complaint:
        self.maintained.append(complaint_id)
        return a_complaint()

    def maintain_for(self, complaint_id: str, by: Actor) -> Complaint:
        self.maintained.append(complaint_id)
        return a_complaint()
