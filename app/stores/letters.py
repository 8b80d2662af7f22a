"""Rows to letters and back."""

from collections.abc import Sequence

from sqlalchemy import Select, select, update

from app.models.decisions import LetterRow
from app.stores.codecs import plain_map
from app.stores.rows import Store, known_id, missing
from processes.ports.records import LetterRecord, LetterState


def letter_of(row: LetterRow) -> LetterRecord:
    """Make a letter's record of its row."""
    return LetterRecord(
        id=row.id,
        batch_id=row.batch_id,
        case_id=row.case_id,
        party_id=row.party_id,
        kind=row.kind,
        subject_id=row.subject_id,
        body=row.body,
        state=LetterState(row.state),
        composed_at=row.composed_at,
        document_id=row.document_id,
        sha256=row.sha256,
        channel=row.channel,
        ordered_at=row.ordered_at,
        delivered_at=row.delivered_at,
        receipt_reference=row.receipt_reference,
        reason_code=row.reason_code,
        tries=row.tries,
    )


def _progress(letter: LetterRecord) -> dict[str, object]:
    return {
        "state": letter.state.value,
        "document_id": letter.document_id,
        "sha256": letter.sha256,
        "channel": letter.channel,
        "ordered_at": letter.ordered_at,
        "delivered_at": letter.delivered_at,
        "receipt_reference": letter.receipt_reference,
        "reason_code": letter.reason_code,
        "tries": letter.tries,
    }


class SqlLetterStore(Store):
    """Letters, from words to receipt."""

    def add(self, letters: Sequence[LetterRecord]) -> None:
        """Save the letters of one batch."""
        self.insert(
            LetterRow,
            [
                {
                    "id": letter.id,
                    "batch_id": letter.batch_id,
                    "case_id": letter.case_id,
                    "party_id": letter.party_id,
                    "kind": letter.kind,
                    "subject_id": letter.subject_id,
                    "body": plain_map(letter.body),
                    "composed_at": letter.composed_at,
                    **_progress(letter),
                }
                for letter in letters
            ],
        )

    def save(self, letter: LetterRecord) -> None:
        """Write a letter's next state; its words are not written again."""
        changed = self.count_changed(
            update(LetterRow).where(LetterRow.id == letter.id).values(_progress(letter))
        )
        if not changed:
            raise missing("Brevet")

    def get(self, letter_id: str) -> LetterRecord:
        """Return one letter."""
        wanted = known_id(letter_id, "Brevet")
        return letter_of(self.one(select(LetterRow).where(LetterRow.id == wanted), "Brevet"))

    def batch(self, batch_id: str) -> Sequence[LetterRecord]:
        """Return the letters of a batch."""
        return self._all(
            select(LetterRow)
            .where(LetterRow.batch_id == known_id(batch_id, "Forsendelsen"))
            .order_by(LetterRow.composed_at, LetterRow.id)
        )

    def of_case(self, case_id: str) -> Sequence[LetterRecord]:
        """Return a case's letters, newest first."""
        return self._all(
            select(LetterRow)
            .where(LetterRow.case_id == known_id(case_id, "Sagen"))
            .order_by(LetterRow.composed_at.desc(), LetterRow.id)
        )

    def _all(self, statement: Select[LetterRow]) -> Sequence[LetterRecord]:
        return [letter_of(row) for row in self.session.scalars(statement)]
