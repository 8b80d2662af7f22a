"""A month's income as employers reported it, beside what the help was calculated from.

Each reported line is work, another income, or something a person must name; the sums are held
against the facts that counted. Equal is nobody's business; more was perhaps not told; less may be
to the citizen's good. Nothing changes the help here: a person looks, and the help is assessed anew.
Knows facts and amounts. Knows no register's calls and no process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from processes.domain.facts import FactKind, Facts, FactStatus
from processes.domain.money import Money, total
from processes.domain.periods import Month

WORK, OTHER, IGNORED, UNKNOWN = "arbejde", "anden", "medregnes_ikke", "ukendt"
"""What the decision table calls a line."""
CLASS_NAMES = {
    WORK: "Indtægt ved arbejde",
    OTHER: "Anden indtægt",
    IGNORED: "Regnes ikke med",
    UNKNOWN: "Skal vurderes",
}


@dataclass(frozen=True)
class ReportedIncome:
    """One line an employer reported (indberettet linje)."""

    employer: str
    kind: str
    """The register's own word: `loen`, `sygedagpenge` …"""
    counted: Money
    """Work income after ATP and AM contribution, any other income before tax."""
    hours_hundredths: int | None
    income_class: str
    """`arbejde`, `anden`, `medregnes_ikke` or `ukendt`."""


class Difference(StrEnum):
    """How what was reported differs from what counted (forskel)."""

    MORE = "mere"
    LESS = "mindre"
    UNKNOWN_KIND = "ukendt_slags"
    """Some line is of a kind the table does not name."""


DIFFERENCE_NAMES = {
    Difference.MORE: "Mere indberettet end oplyst",
    Difference.LESS: "Mindre indberettet end oplyst",
    Difference.UNKNOWN_KIND: "En indtægt af en slags, der skal vurderes",
}


class FindingState(StrEnum):
    """What a person made of a finding (fundets tilstand)."""

    FOUND = "fundet"
    REGISTER_COUNTS = "register_gaelder"
    TOLD_COUNTS = "oplyst_gaelder"


@dataclass(frozen=True)
class IncomeFinding:
    """Where a month's reported income and what counted differ (fund i indkomstopgørelsen)."""

    id: str
    check_id: str
    case_id: str
    party_id: str
    month: Month
    difference: Difference
    lines: tuple[ReportedIncome, ...]
    work: Money
    other: Money
    known_work: Money | None
    """What counted when the register was asked; None was not known."""
    known_other: Money | None
    found_at: datetime
    state: FindingState = FindingState.FOUND
    conclusion: str = ""
    settled_at: datetime | None = None
    settled_by: str = ""

    @property
    def hours_hundredths(self) -> int | None:
        """The hours of work, added up; None when an employer gave none."""
        worked = [each.hours_hundredths for each in self.lines if each.income_class == WORK]
        return None if not worked or None in worked else sum(each or 0 for each in worked)


def compared(
    lines: Sequence[ReportedIncome], facts: Facts, party_id: str, month: Month
) -> tuple[Difference | None, Money, Money, Money | None, Money | None]:
    """Hold what was reported against what counts (afstemning); None is no difference.

    Law: LAS § 30: every income counts by its actual amount.
    """
    work = total(each.counted for each in lines if each.income_class == WORK)
    other = total(each.counted for each in lines if each.income_class == OTHER)
    known_work = _known(facts, party_id, FactKind.WORK_INCOME, month)
    known_other = _known(facts, party_id, FactKind.OTHER_INCOME, month)
    told = (known_work or Money(0)).oere + (known_other or Money(0)).oere
    reported = work.oere + other.oere
    difference: Difference | None = None
    if any(each.income_class == UNKNOWN for each in lines):
        difference = Difference.UNKNOWN_KIND
    elif reported > told or work > (known_work or Money(0)):
        difference = Difference.MORE
    elif reported < told:
        difference = Difference.LESS
    return difference, work, other, known_work, known_other


def _known(facts: Facts, party_id: str, kind: FactKind, month: Month) -> Money | None:
    fact = facts.on(party_id, kind, month.first_day)
    if fact is None or fact.status is FactStatus.UNKNOWN:
        return None
    return fact.value if isinstance(fact.value, Money) else Money(0)


def settled(
    finding: IncomeFinding, state: FindingState, *, conclusion: str, by: str, at: datetime
) -> IncomeFinding:
    """Say which of the two counts; a second time changes nothing."""
    if finding.state is not FindingState.FOUND:
        return finding
    return replace(finding, state=state, conclusion=conclusion, settled_by=by, settled_at=at)


def classes_of(lines: Iterable[ReportedIncome], found: Mapping[str, str]) -> list[ReportedIncome]:
    """Return lines with the class the table gave each kind; one it does not name is unknown."""
    return [replace(each, income_class=found.get(each.kind, UNKNOWN)) for each in lines]
