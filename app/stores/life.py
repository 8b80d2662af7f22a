"""Rows to what happened in a citizen's life, and back."""

from collections.abc import Sequence

from sqlalchemy import select, update

from app.models.life import LifeEventRow
from app.stores.rows import Store, known_id
from processes.domain.life import EventKind, EventSource, EventState, LifeEvent


def event_of(row: LifeEventRow) -> LifeEvent:
    """Make an event of its row."""
    return LifeEvent(
        id=row.id,
        case_id=row.case_id,
        party_id=row.party_id,
        kind=EventKind(row.kind),
        source=EventSource(row.source),
        happened_on=row.happened_on,
        text=row.text,
        place=row.place,
        message_id=row.message_id,
        received_at=row.received_at,
        received_by=row.received_by,
        state=EventState(row.state),
        conclusion=row.conclusion,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
    )


class SqlLifeStore(Store):
    """What happened to the parties of a case."""

    def save(self, event: LifeEvent) -> None:
        """Insert an event, or write what it came to."""
        state: dict[str, object] = {
            "state": event.state.value,
            "place": event.place,
            "conclusion": event.conclusion,
            "settled_at": event.settled_at,
            "settled_by": event.settled_by,
        }
        changed = self.count_changed(
            update(LifeEventRow).where(LifeEventRow.id == event.id).values(state)
        )
        if not changed:
            told: dict[str, object] = {
                "id": event.id,
                "case_id": event.case_id,
                "party_id": event.party_id,
                "kind": event.kind.value,
                "source": event.source.value,
                "happened_on": event.happened_on,
                "text": event.text,
                "message_id": event.message_id,
                "received_at": event.received_at,
                "received_by": event.received_by,
            }
            self.insert(LifeEventRow, [told | state])

    def event(self, event_id: str) -> LifeEvent:
        """Return one event."""
        wanted = select(LifeEventRow).where(LifeEventRow.id == known_id(event_id, "Hændelsen"))
        return event_of(self.one(wanted, "Hændelsen"))

    def of_case(self, case_id: str) -> Sequence[LifeEvent]:
        """Return what happened in a case, newest first."""
        rows = self.session.scalars(
            select(LifeEventRow)
            .where(LifeEventRow.case_id == known_id(case_id, "Sagen"))
            .order_by(LifeEventRow.received_at.desc(), LifeEventRow.id)
        )
        return [event_of(row) for row in rows]
