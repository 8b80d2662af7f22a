"""Facts for tests: a person about whom everything the law asks is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from processes.domain.facts import (
    Fact,
    FactKind,
    Facts,
    FactStatus,
    FactValue,
    Source,
    SourceKind,
)
from processes.domain.money import Money
from processes.domain.periods import Period

KNOWN_AT = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)

SOURCES = {
    SourceKind.CITIZEN: Source(SourceKind.CITIZEN, "Ansøgning", "ansoegning-1"),
    SourceKind.REGISTER: Source(SourceKind.REGISTER, "eIndkomst", "kald-1"),
    SourceKind.CASEWORKER: Source(SourceKind.CASEWORKER, "karin", "dokument-1", "set kontoudtog"),
}

UNKNOWN = "ukendt"
"""In place of a value: nobody knows."""

A_LIFE: dict[FactKind, FactValue | None] = {
    FactKind.BIRTH_DATE: date(1990, 1, 1),
    FactKind.MARITAL_STATUS: "ugift",
    FactKind.SINGLE: True,
    FactKind.CHILDREN_AT_HOME: 0,
    FactKind.LIVES_WITH_PARENTS: False,
    FactKind.RESIDENCE_MET: True,
    FactKind.WORK_MET: True,
    FactKind.ACTIVITY_READY: False,
    FactKind.SOCIAL_EVENT: "ledig",
    FactKind.CANNOT_SUPPORT: True,
    FactKind.OTHER_BENEFIT_COVERS: False,
    FactKind.LAWFUL_STAY: True,
    FactKind.AVAILABLE: True,
    FactKind.WEALTH: Money(0),
    FactKind.WORK_INCOME: None,
    FactKind.OTHER_INCOME: None,
}
"""A single person of 36 on the raised rate; None is known to be none."""


def a_fact(
    kind: FactKind,
    value: FactValue | None,
    *,
    party_id: str = "anna",
    source: SourceKind = SourceKind.CITIZEN,
    valid: Period | None = None,
    known_from: datetime = KNOWN_AT,
) -> Fact:
    """Return one fact; None is known to be none, `UNKNOWN` is not known."""
    unknown = value == UNKNOWN
    none = value is None
    status = FactStatus.UNKNOWN if unknown else FactStatus.NONE if none else FactStatus.VALUE
    return Fact(
        id=f"{party_id}-{kind.value}-{source.value}",
        case_id="sag-1",
        party_id=party_id,
        kind=kind,
        status=status,
        value=None if unknown else value,
        valid=valid or Period(date(2025, 1, 1)),
        source=SOURCES[source],
        known_from=known_from,
    )


def facts_of(
    party_id: str = "anna",
    changes: Mapping[FactKind, FactValue | None] | None = None,
    *,
    source: SourceKind = SourceKind.CITIZEN,
) -> tuple[Fact, ...]:
    """Return a person's facts: `A_LIFE` with changes."""
    values = {**A_LIFE, **(changes or {})}
    return tuple(
        a_fact(kind, value, party_id=party_id, source=source) for kind, value in values.items()
    )


def known(*facts: Fact) -> Facts:
    """Return facts as known in March 2026."""
    return Facts(KNOWN_AT, facts)
