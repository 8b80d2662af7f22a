"""Rows to dated facts and back; a newer fact closes the one it replaces."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_, update

from app.models.cases import FactRow
from app.stores.codecs import fact_value_from_data, value_to_data
from app.stores.rows import Store, known_id
from processes.domain.facts import Fact, FactKind, FactStatus, Source, SourceKind
from processes.domain.periods import Period

Key = tuple[str, str, str, object]


def fact_of(row: FactRow) -> Fact:
    """Make a fact of its row."""
    return Fact(
        id=row.id,
        case_id=row.case_id,
        party_id=row.party_id,
        kind=FactKind(row.kind),
        status=FactStatus(row.status),
        value=fact_value_from_data(row.value),
        valid=Period(row.valid_from, row.valid_to),
        source=Source(
            SourceKind(row.source_kind), row.source_name, row.source_reference, row.evidence
        ),
        known_from=row.known_from,
        known_to=row.known_to,
    )


def row_of(fact: Fact, known_to: datetime | None) -> dict[str, object]:
    """Make a fact's row."""
    return {
        "id": fact.id,
        "case_id": fact.case_id,
        "party_id": fact.party_id,
        "kind": fact.kind.value,
        "status": fact.status.value,
        "value": value_to_data(fact.value),
        "valid_from": fact.valid.start,
        "valid_to": fact.valid.end,
        "source_kind": fact.source.kind.value,
        "source_name": fact.source.name,
        "source_reference": fact.source.reference,
        "evidence": fact.source.evidence,
        "known_from": fact.known_from,
        "known_to": known_to,
    }


def replaced_by(fact: Fact) -> Key:
    """Return what two facts share when the newer one closes the older."""
    return (fact.party_id, fact.kind.value, fact.source.kind.value, fact.valid.start)


class SqlFactStore(Store):
    """Facts on two time axes."""

    def add(self, facts: Sequence[Fact]) -> None:
        """Save facts; an earlier one of the same party, kind, source kind and start is closed."""
        ends: dict[str, datetime | None] = {}
        newest: dict[Key, Fact] = {}
        for fact in facts:
            if earlier := newest.get(replaced_by(fact)):
                ends[earlier.id] = fact.known_from
            newest[replaced_by(fact)] = fact
            ends[fact.id] = fact.known_to
        self._close_held(facts)
        self.insert(FactRow, [row_of(fact, ends[fact.id]) for fact in facts])

    def _close_held(self, facts: Sequence[Fact]) -> None:
        """Close what is held now and replaced; one statement for each moment of knowing."""
        first: dict[Key, datetime] = {}
        for fact in facts:
            first.setdefault(replaced_by(fact), fact.known_from)
        for moment in sorted(set(first.values())):
            keys = [key for key, known_from in first.items() if known_from == moment]
            held = tuple_(
                FactRow.party_id, FactRow.kind, FactRow.source_kind, FactRow.valid_from
            ).in_(keys)
            self.session.execute(
                update(FactRow).where(held, FactRow.known_to.is_(None)).values(known_to=moment)
            )

    def of_case(self, case_id: str) -> Sequence[Fact]:
        """Return every fact ever held of a case, closed ones included."""
        rows = self.session.scalars(
            select(FactRow)
            .where(FactRow.case_id == known_id(case_id, "Sagen"))
            .order_by(FactRow.known_from, FactRow.id)
        )
        return [fact_of(row) for row in rows]
