"""What each register (register) says, what stands in while it is away, and what its answer changes.

Knows facts and their sources. Knows nothing of calls, retries or tasks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from processes.domain.cases import Protection
from processes.domain.facts import Contradiction, Fact, FactKind, Facts, FactStatus, SourceKind
from processes.domain.identifiers import Cpr
from processes.domain.money import Money
from processes.domain.periods import danish_day


class RegisterName(StrEnum):
    """A register (register) asked when a case is informed; facts name it as their source."""

    CPR = "CPR"
    INCOME = "eIndkomst"
    TAX_CARD = "eSkattekort"


NEEDED = (RegisterName.CPR, RegisterName.INCOME)
"""What a case cannot be decided without; a tax card is first needed when something is paid."""

TYPED_IN_ITS_PLACE: dict[RegisterName, tuple[FactKind, ...]] = {
    RegisterName.CPR: (FactKind.MARITAL_STATUS, FactKind.CHILDREN_AT_HOME),
    RegisterName.INCOME: (FactKind.WORK_INCOME, FactKind.OTHER_INCOME),
    RegisterName.TAX_CARD: (),
}
"""What a person types in when a register is away; a tax card has a task of its own."""

BIRTH_DATE_EVIDENCE = "Følger af personnummeret"
NOT_COMPARED = frozenset({FactKind.SPOUSE, FactKind.BIRTH_DATE})
"""Who the spouse is shows in the civil status and the parties; the birth date in the number."""


@dataclass(frozen=True)
class PersonAnswer:
    """What a person typed in of somebody while CPR was away (personoplysninger med kilde)."""

    party_id: str
    name: str
    address_lines: tuple[str, ...]
    protection: Protection


@dataclass(frozen=True)
class SpouseAnswer:
    """A spouse nobody named, typed in while CPR was away (ægtefælle med kilde)."""

    cpr: Cpr
    name: str
    address_lines: tuple[str, ...]
    protection: Protection


def outdated(answered_at: datetime) -> str:
    """Return what is written on a copy of an earlier answer.

    >>> from datetime import UTC
    >>> outdated(datetime(2026, 2, 12, 9, 0, tzinfo=UTC))
    'forældet, fra 12.02.2026'
    """
    return f"forældet, fra {danish_day(answered_at):%d.%m.%Y}"


def is_own_answer(fact: Fact, register: RegisterName) -> bool:
    """Tell whether a register itself said this now; a copy of an earlier answer is marked."""
    return (
        fact.source.kind is SourceKind.REGISTER
        and fact.source.name == register
        and not fact.source.evidence
    )


@dataclass(frozen=True)
class Difference:
    """What a register says differently from what the case was decided on (forskel)."""

    before: Fact | None
    """What counted until the register answered; None when nobody had said anything."""
    after: Fact

    @property
    def as_contradiction(self) -> Contradiction:
        """Return the two side by side."""
        both = (self.after,) if self.before is None else (self.before, self.after)
        return Contradiction(self.after.kind, self.after.party_id, both)


def differences(
    facts: Iterable[Fact], *, register: RegisterName, checked_at: datetime, start: date
) -> tuple[Difference, ...]:
    """Return what a register's answer at a moment changes for the time a case is about.

    `start` is the first day the case is about; what only concerns earlier months is left out.
    """
    every = tuple(facts)
    # What this answer closed was still held when it came.
    held = tuple(
        fact
        for fact in every
        if fact.known_from < checked_at and (fact.known_to is None or fact.known_to >= checked_at)
    )
    before = Facts(checked_at, held)
    found: dict[tuple[str, FactKind], Difference] = {}
    for fact in every:
        if fact.known_from != checked_at or not is_own_answer(fact, register):
            continue
        if fact.kind in NOT_COMPARED or (fact.valid.end is not None and fact.valid.end <= start):
            continue
        counted = before.on(fact.party_id, fact.kind, max(fact.valid.start, start))
        if _meaning(counted) != _meaning(fact):
            found.setdefault((fact.party_id, fact.kind), Difference(counted, fact))
    return tuple(found.values())


def _meaning(fact: Fact | None) -> object:
    """Return what a fact comes to: nothing said, none and a typed zero are the same."""
    if fact is None or fact.status is not FactStatus.VALUE:
        return None
    is_zero = fact.value == Money(0) or (isinstance(fact.value, int) and fact.value == 0)
    return None if is_zero else fact.value
