"""Answers: which rates and rules count, once people have changed them?

The shipped law is the base. An approved change takes the place of what stood before in its days,
from the moment it was approved; nothing is written over, so what was known then can be asked for
ever after. See docs/rules.md.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from threading import Lock
from typing import Protocol, TypeVar

from processes.domain.periods import ONE_DAY, Period
from processes.domain.rates import Rate, RateBook, rate_from_row
from processes.domain.rules.book import Rule, RuleBook, rules_from_rows

Row = Mapping[str, str]


class ItemKind(StrEnum):
    """What a change is of (slags ændring)."""

    RATE = "sats"
    RULE = "regel"


class DraftState(StrEnum):
    """How far a draft is (kladdens tilstand)."""

    OPEN = "kladde"
    SUBMITTED = "indsendt"
    APPROVED = "godkendt"
    DROPPED = "kasseret"


RATE_FIELDS = (
    "value", "unit", "valid_from", "valid_to", "law", "source", "confidence", "derived",
)  # fmt: skip
"""What a rate's row says, beside its key."""
RULE_FIELDS = (
    "label", "says", "expression", "value", "met", "unmet", "per", "folds", "computed_in",
    "valid_from", "valid_to", "law", "confidence",
)  # fmt: skip
"""What a rule's row says, beside its id and version."""
FIELDS = {ItemKind.RATE: RATE_FIELDS, ItemKind.RULE: RULE_FIELDS}


@dataclass(frozen=True)
class DraftItem:
    """One rate row or rule version somebody is writing (kladdens post); every field as typed."""

    kind: ItemKind
    subject: str
    """The key of a rate, or the id of a rule."""
    fields: Row
    ends: bool = False
    """It takes nothing's place but ends what is in force from its first day (ophæves)."""

    def said(self, name: str) -> str:
        """Return what was typed in a field, without blanks around it."""
        return self.fields.get(name, "").strip()


@dataclass(frozen=True)
class LawDraft:
    """Changes of the law somebody writes and another approves (kladde)."""

    id: str
    title: str
    reason: str
    state: DraftState
    items: tuple[DraftItem, ...]
    written_by: str
    written_at: datetime
    authors: frozenset[str]
    """Everybody who has saved it; none of them may approve it."""
    saved_by: str
    saved_at: datetime
    revision: int = 1
    """Counts what was saved, so that nobody saves over another."""
    stories: str = ""
    """Situations of its own that must come true, as YAML."""
    meant: Mapping[str, str] = field(default_factory=dict)
    """Stories that shall come out differently, and why."""
    recalculates: bool = False
    """Somebody has said that months already paid are to be calculated again."""
    submitted_by: str = ""
    submitted_at: datetime | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    decision: str = ""
    """Why it was approved, sent back or dropped."""

    @property
    def is_open(self) -> bool:
        """Whether it can be written in."""
        return self.state is DraftState.OPEN

    @property
    def is_over(self) -> bool:
        """Whether it has come to its end."""
        return self.state in {DraftState.APPROVED, DraftState.DROPPED}


@dataclass(frozen=True)
class LawChange:
    """One approved rate row or rule version (ændring): which days, known from when, by whom."""

    id: int
    draft_id: str
    kind: ItemKind
    subject: str
    version: int
    valid: Period
    row: Row | None
    """What it says; None ends what was in force."""
    known_from: datetime
    written_by: str
    approved_by: str

    @property
    def name(self) -> str:
        """What a calculation's trace calls it: `kh.grundsats.2026_v2`, `kh.sats@2`."""
        if self.kind is ItemKind.RULE:
            return f"{self.subject}@{self.version}"
        return f"{self.subject}.{self.valid.start.year}_v{self.version}"

    def rate(self) -> Rate | None:
        """Return the rate it puts in force."""
        if self.row is None:
            return None
        return replace(rate_from_row({**self.row, "id": self.name}), valid=self.valid)

    def rule(self) -> Rule | None:
        """Return the rule it puts in force."""
        if self.row is None:
            return None
        row = {**self.row, "id": self.subject, "version": str(self.version)}
        (made,) = rules_from_rows([{name: text for name, text in row.items() if text}])
        return replace(made, valid=self.valid)


@dataclass(frozen=True)
class Law:
    """Every rate and rule that counts at a moment (gældende ret), under one fingerprint."""

    rates: RateBook
    rules: RuleBook
    digest: str
    """Two that say the same have the same."""
    changes: tuple[LawChange, ...] = ()
    """What has been approved on top of the shipped law, the oldest first."""
    shipped_rates: tuple[Rate, ...] = ()
    shipped_rules: tuple[Rule, ...] = ()

    def versions_of(self, kind: ItemKind, subject: str) -> tuple[LawChange, ...]:
        """Return the approved changes of one rate or rule, the oldest first."""
        return tuple(each for each in self.changes if each.kind is kind and each.subject == subject)


class Dated(Protocol):
    """What stands for some days (dateret)."""

    @property
    def valid(self) -> Period:
        """The days."""


D = TypeVar("D", bound=Dated)


def law_of(
    rates: Sequence[Rate],
    rules: Sequence[Rule],
    changes: Sequence[LawChange],
    *,
    digest: str,
) -> Law:
    """Put approved changes on top of the shipped law, in the order they were approved.

    A rule that cannot be read is an error that names it.
    """
    in_order = tuple(sorted(changes, key=lambda each: (each.known_from, each.id)))
    return Law(
        RateBook(_laid(rates, in_order, ItemKind.RATE, lambda rate: rate.key, _rate)),
        RuleBook(_laid(rules, in_order, ItemKind.RULE, lambda rule: rule.id, _rule)),
        digest,
        in_order,
        tuple(rates),
        tuple(rules),
    )


def with_draft(law: Law, changes: Sequence[LawChange], *, digest: str) -> Law:
    """Return the law as it would be with these changes too: nothing is approved by it."""
    return law_of(law.shipped_rates, law.shipped_rules, (*law.changes, *changes), digest=digest)


def _rate(change: LawChange) -> Rate | None:
    return change.rate()


def _rule(change: LawChange) -> Rule | None:
    return change.rule()


def _laid(
    base: Iterable[D],
    changes: Iterable[LawChange],
    kind: ItemKind,
    subject_of: Callable[[D], str],
    made: Callable[[LawChange], D | None],
) -> list[D]:
    rows: dict[str, list[D]] = {}
    for row in base:
        rows.setdefault(subject_of(row), []).append(row)
    for change in changes:
        if change.kind is not kind:
            continue
        kept = [
            replace(row, valid=days)  # type: ignore[type-var]  # both are frozen dataclasses
            for row in rows.get(change.subject, [])
            for days in without(row.valid, change.valid)
        ]
        new = made(change)
        rows[change.subject] = kept if new is None else [*kept, new]
    return [row for each in rows.values() for row in sorted(each, key=lambda row: row.valid.start)]


def without(days: Period, taken: Period) -> Iterator[Period]:
    """Yield what is left of some days when others are taken out.

    >>> [str(each.start) for each in without(Period(date(2026, 1, 1)), Period(date(2026, 3, 1)))]
    ['2026-01-01']
    """
    if days.clipped(taken) is None:
        yield days
        return
    if days.start < taken.start:
        yield Period(days.start, taken.start)
    if taken.end is not None and (days.end is None or taken.end < days.end):
        yield Period(max(taken.end, days.start), days.end)


def next_version(law: Law, kind: ItemKind, subject: str) -> int:
    """Return the number of the next version; shipped rates are version 1 together."""
    used = [each.version for each in law.versions_of(kind, subject)]
    if kind is ItemKind.RULE:
        used += [rule.version for rule in law.shipped_rules if rule.id == subject]
    elif any(rate.key == subject for rate in law.shipped_rates):
        used.append(1)
    return max(used, default=0) + 1


# ---- what was typed ------------------------------------------------------------------------

_DANISH_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


def day_from(text: str) -> date | None:
    """Read a day as people and files write it: `01.04.2026` or `2026-04-01`; else None."""
    found = _DANISH_DAY.fullmatch(text.strip())
    try:
        if found:
            day, month, year = (int(part) for part in found.groups())
            return date(year, month, day)
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def days_of(item: DraftItem) -> Period | None:
    """Return the days an item is for; `valid_to` is the last of them. None cannot be read."""
    first = day_from(item.said("valid_from"))
    if first is None:
        return None
    typed = item.said("valid_to")
    last = day_from(typed) if typed else None
    if typed and last is None:
        return None
    if last is not None and last < first:
        return None
    return Period(first, None if last is None else last + ONE_DAY)


def item_of_rate(rate: Rate, *, first: date | None = None) -> DraftItem:
    """Return a draft that begins with what a rate says now (kladde til satsen)."""
    ends = rate.valid.end
    return DraftItem(
        ItemKind.RATE,
        rate.key,
        {
            **rate_fields(rate),
            "valid_from": danish(first or rate.valid.start),
            "valid_to": "" if ends is None else danish(ends - ONE_DAY),
        },
    )


def rate_fields(rate: Rate) -> dict[str, str]:
    """Return what a rate says, each as people type it; not its days."""
    return {
        "value": value_in_figures(rate),
        "unit": rate.unit,
        "law": rate.law,
        "source": rate.source,
        "confidence": rate.confidence.value,
        "derived": "true" if rate.derived else "false",
    }


def item_of_rule(rule: Rule, *, first: date | None = None) -> DraftItem:
    """Return a draft that begins with what a rule says now (kladde til reglen)."""
    ends = rule.valid.end
    return DraftItem(
        ItemKind.RULE,
        rule.id,
        {
            **rule_fields(rule),
            "valid_from": danish(first or rule.valid.start),
            "valid_to": "" if ends is None else danish(ends - ONE_DAY),
        },
    )


def rule_fields(rule: Rule) -> dict[str, str]:
    """Return what a rule says, each as people type it; not its days."""
    return {
        "label": rule.label,
        "says": rule.says,
        "expression": rule.text,
        "value": rule.value,
        "met": rule.met,
        "unmet": rule.unmet,
        "per": "month" if rule.per_month else "",
        "folds": rule.folds,
        "computed_in": "" if rule.text or rule.value else "betaling",
        "law": rule.law,
        "confidence": rule.confidence.value,
    }


def value_in_figures(rate: Rate) -> str:
    """Write a rate's value as it is typed: `7.529,00`, `37`, `3`."""
    if not isinstance(rate.value, int):
        return rate.value.danish().removesuffix("kr.").strip().removesuffix("\u00a0")
    if rate.unit.startswith("percent"):
        hundredths = rate.value // 100
        whole, rest = divmod(abs(hundredths), 100)
        sign = "-" if hundredths < 0 else ""
        return f"{sign}{whole}" + (f",{rest:02d}".rstrip("0") if rest else "")
    return str(rate.value)


def plain_figures(rate: Rate) -> str:
    """Write a rate's value as files between systems do: `7529.00`, `37`, `3`."""
    return value_in_figures(rate).replace(".", "").replace(",", ".")


def danish(day: date) -> str:
    """Write a day as it is typed: `01.04.2026`."""
    return f"{day:%d.%m.%Y}"


def canonical(item: DraftItem) -> dict[str, str]:
    """Return the row of an item that has no mistakes, as files write it."""
    row = {name: item.said(name) for name in FIELDS[item.kind]}
    for name in ("valid_from", "valid_to"):
        day = day_from(row[name]) if row[name] else None
        row[name] = "" if day is None else day.isoformat()
    if item.kind is ItemKind.RATE:
        row["derived"] = "true" if row["derived"] == "true" else "false"
    return row


def changes_of(
    draft: LawDraft,
    law: Law,
    *,
    known_from: datetime,
    approved_by: str = "",
) -> tuple[LawChange, ...]:
    """Return what a draft would put in force; items whose days cannot be read are left out."""
    made: list[LawChange] = []
    counted: dict[tuple[ItemKind, str], int] = {}
    for number, item in enumerate(draft.items):
        days = days_of(item)
        if days is None:
            continue
        key = (item.kind, item.subject)
        version = counted.get(key, next_version(law, *key))
        counted[key] = version + 1
        made.append(
            LawChange(
                id=LARGEST_ID + number,
                draft_id=draft.id,
                kind=item.kind,
                subject=item.subject,
                version=version,
                valid=days,
                row=None if item.ends else canonical(item),
                known_from=known_from,
                written_by=draft.written_by,
                approved_by=approved_by,
            )
        )
    return tuple(made)


LARGEST_ID = 10**15
"""Of what is not stored yet: after everything that is."""


# ---- reading it once -----------------------------------------------------------------------

KEPT_LAWS = 8
"""How many are kept ready: what is in force now, and some of what was known earlier."""


class LawBooks:
    """Every law this process has read (lovbøger), by fingerprint: none is read or checked twice."""

    def __init__(self, shipped: Sequence[Rule]) -> None:
        self.shipped = tuple(shipped)
        self._laws: OrderedDict[str, Law] = OrderedDict()
        self._lock = Lock()

    def at(
        self,
        digest: Callable[[], str],
        rates: Callable[[], Sequence[Rate]],
        changes: Callable[[], Sequence[LawChange]],
    ) -> Law:
        """Return the law in force now; only one nobody has asked for yet is read."""
        mark = digest()
        law = self._known(mark)
        while law is None:
            read = law_of(rates(), self.shipped, changes(), digest=mark)
            # Somebody may have approved between the two readings.
            again = digest()
            law = self._keep(read) if again == mark else self._known(again)
            mark = again
        return law

    def known_at(self, law: Law, moment: datetime) -> Law:
        """Return the law as it was known at a moment: what was approved later is left out."""
        known = [each for each in law.changes if each.known_from <= moment]
        if len(known) == len(law.changes):
            return law
        mark = f"{law.digest}@{known[-1].id if known else 0}"
        return self._known(mark) or self._keep(
            law_of(law.shipped_rates, law.shipped_rules, known, digest=mark)
        )

    def _known(self, mark: str) -> Law | None:
        with self._lock:
            found = self._laws.get(mark)
            if found is not None:
                self._laws.move_to_end(mark)
            return found

    def _keep(self, law: Law) -> Law:
        with self._lock:
            self._laws[law.digest] = law
            while len(self._laws) > KEPT_LAWS:
                self._laws.popitem(last=False)
        return law
