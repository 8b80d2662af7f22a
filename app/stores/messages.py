"""Rows to messages in a case and to the spouse's part, and back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from app.models.messages import CaseMessageRow, SpousePartRow
from app.stores.rows import Store, known_id
from processes.domain.messages import CaseMessage, MessageKind
from processes.domain.spouses import SpousePart, SpousePartState


def message_of(row: CaseMessageRow) -> CaseMessage:
    """Make a message of its row."""
    return CaseMessage(
        id=row.id,
        case_id=row.case_id,
        party_id=row.party_id,
        kind=MessageKind(row.kind),
        text=row.text,
        by=row.by,
        at=row.at,
        read_at=row.read_at,
        answered_at=row.answered_at,
    )


class SqlMessageStore(Store):
    """Messages in a case."""

    def add(self, message: CaseMessage) -> None:
        """Save a message; its words never change."""
        row = {
            "id": message.id,
            "case_id": message.case_id,
            "party_id": message.party_id,
            "kind": message.kind.value,
            "text": message.text,
            "by": message.by,
            "at": message.at,
            "read_at": message.read_at,
            "answered_at": message.answered_at,
        }
        self.insert(CaseMessageRow, [row])

    def get(self, message_id: str) -> CaseMessage:
        """Return one message."""
        wanted = known_id(message_id, "Beskeden")
        statement = select(CaseMessageRow).where(CaseMessageRow.id == wanted)
        return message_of(self.one(statement, "Beskeden"))

    def of_case(self, case_id: str) -> Sequence[CaseMessage]:
        """Return a case's messages, oldest first."""
        rows = self.session.scalars(
            select(CaseMessageRow)
            .where(CaseMessageRow.case_id == known_id(case_id, "Sagen"))
            .order_by(CaseMessageRow.at, CaseMessageRow.id)
        )
        return [message_of(row) for row in rows]

    def mark_read(self, message_ids: Sequence[str], *, at: datetime) -> None:
        """Note when messages were first seen."""
        unseen = CaseMessageRow.id.in_(message_ids) & CaseMessageRow.read_at.is_(None)
        self.session.execute(update(CaseMessageRow).where(unseen).values(read_at=at))

    def mark_answered(self, message_ids: Sequence[str], *, at: datetime) -> None:
        """Note when messages were answered."""
        waiting = CaseMessageRow.id.in_(message_ids) & CaseMessageRow.answered_at.is_(None)
        self.session.execute(update(CaseMessageRow).where(waiting).values(answered_at=at))


class SqlSpousePartStore(Store):
    """The spouse's part of an application."""

    def of_case(self, case_id: str) -> SpousePart | None:
        """Return a case's spouse part, row held; None when there is none."""
        wanted = select(SpousePartRow).where(SpousePartRow.case_id == known_id(case_id, "Sagen"))
        row = self.session.scalars(wanted.with_for_update()).first()
        if row is None:
            return None
        return SpousePart(
            case_id=row.case_id,
            party_id=row.party_id,
            state=SpousePartState(row.state),
            asked_at=row.asked_at,
            due_on=row.due_on,
            changed_at=row.changed_at,
        )

    def save(self, part: SpousePart) -> None:
        """Insert a spouse's part or write its next state."""
        state: dict[str, object] = {
            "state": part.state.value,
            "due_on": part.due_on,
            "changed_at": part.changed_at,
        }
        changed = self.count_changed(
            update(SpousePartRow).where(SpousePartRow.case_id == part.case_id).values(state)
        )
        if not changed:
            key: dict[str, object] = {
                "case_id": part.case_id,
                "party_id": part.party_id,
                "asked_at": part.asked_at,
            }
            self.insert(SpousePartRow, [key | state])
