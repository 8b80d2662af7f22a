"""Answers: which balanced entries does an event give? What does not balance cannot exist.

Which account is dated data (konteringsregler), never code: the chart changes with the law.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from processes.domain.errors import BrokenStateError, RuleError
from processes.domain.money import Money, total
from processes.domain.payments import PaymentLine
from processes.domain.periods import ONE_DAY, Period


@dataclass(frozen=True)
class Posting:
    """One entry (kontering): debit is positive, credit negative."""

    account: str
    amount: Money
    text: str


@dataclass(frozen=True)
class Voucher:
    """Entries that belong together (bilag); their sum is zero, always."""

    id: str
    case_id: str
    posted_on: date
    entries: tuple[Posting, ...]

    def __post_init__(self) -> None:
        difference = total(entry.amount for entry in self.entries)
        if difference or not self.entries:
            raise RuleError(
                f"Bilaget stemmer ikke: debet og kredit er {difference.danish()} fra hinanden."
                " Ret konteringsreglen, før der bogføres."
            )


class PostingEvent(StrEnum):
    """What happened that must be posted (konteringshændelse)."""

    ORDERED = "udbetaling"
    """A payment was ordered: the help is spent, tax and net are owed."""
    SETTLED = "afregning"
    """The money left the bank."""
    CASH = "kontant"
    """The money was handed over at the desk: nothing is owed to a bank."""


class Part(StrEnum):
    """Which amount of a payment an entry takes (beløbsdel)."""

    GROSS = "brutto"
    """What the help costs: before tax, less sanctions."""
    TAX = "skat"
    NET = "netto"
    SET_OFF = "modregning"
    """Taken for a debt, before or after tax."""
    ADMINISTRATION = "administration"
    """What somebody else is paid on the citizen's behalf."""
    ATP = "atp"
    """Both parts of it."""
    ATP_MUNICIPALITY = "atp_kommune"
    PENSION = "pension"
    """Mandatory pension, on top of the help."""


@dataclass(frozen=True)
class EntryRule:
    """One entry of a posting rule (konteringslinje): account, side, which part of the payment."""

    account: str
    is_debit: bool
    part: Part
    text: str


@dataclass(frozen=True)
class PostingRule:
    """A dated posting rule (konteringsregel)."""

    id: str
    event: PostingEvent
    benefit: str
    valid: Period
    source: str
    provisional: bool
    """The account was not confirmed for this period: a visible mark."""
    entries: tuple[EntryRule, ...]


class PostingBook:
    """Every posting rule, asked by event, benefit and day (kontoplan)."""

    def __init__(self, rules: Iterable[PostingRule]) -> None:
        self._rules = sorted(rules, key=lambda rule: (rule.event, rule.benefit, rule.valid.start))
        for earlier, later in pairwise(self._rules):
            same = (earlier.event, earlier.benefit) == (later.event, later.benefit)
            if same and earlier.valid.clipped(later.valid):
                raise BrokenStateError(f"posting rules {earlier.id} and {later.id} overlap")

    def on(self, event: PostingEvent, benefit: str, day: date) -> PostingRule:
        """Return the rule in force, or say which one is missing."""
        for rule in self._rules:
            if rule.event is event and rule.benefit == benefit and day in rule.valid:
                return rule
        raise RuleError(
            f"Der er ingen konteringsregel for '{event}' af {benefit} den {day:%d.%m.%Y}."
            " Indlæs reglen i central opsætning, før der bogføres."
        )

    def __iter__(self) -> Iterator[PostingRule]:
        return iter(self._rules)


def posting_book_from_rows(rows: Iterable[Mapping[str, Any]]) -> PostingBook:
    """Read the posting rules; `valid_to` in a row is the last day in force."""
    return PostingBook(_posting_rule(row) for row in rows)


def voucher_for_payment(
    line: PaymentLine,
    *,
    book: PostingBook,
    benefit: str,
    voucher_id: str,
    posted_on: date,
    event: PostingEvent = PostingEvent.ORDERED,
) -> Voucher:
    """Return the balanced voucher of a payment (bilag).

    The account is the one of the month the help is for; entries of nothing are left out.
    """
    rule = book.on(event, benefit, line.month.first_day)
    parts = {
        Part.GROSS: line.gross - line.sanction,
        Part.TAX: line.tax,
        Part.NET: line.net,
        Part.SET_OFF: line.set_off_gross + line.set_off,
        Part.ADMINISTRATION: line.administration,
        Part.ATP: line.atp + line.atp_municipality,
        Part.ATP_MUNICIPALITY: line.atp_municipality,
        Part.PENSION: line.pension,
    }
    entries = tuple(
        Posting(
            entry.account,
            parts[entry.part] if entry.is_debit else -parts[entry.part],
            f"{entry.text} {line.month}",
        )
        for entry in rule.entries
        if parts[entry.part]
    )
    return Voucher(voucher_id, line.case_id, posted_on, entries)


def _posting_rule(row: Mapping[str, Any]) -> PostingRule:
    last_day = row["valid_to"]
    return PostingRule(
        id=row["id"],
        event=PostingEvent(row["event"]),
        benefit=row["benefit"],
        valid=Period(
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(last_day) + ONE_DAY if last_day else None,
        ),
        source=row["source"],
        provisional=row["provisional"] == "true",
        entries=tuple(
            EntryRule(
                entry["account"], entry["side"] == "debet", Part(entry["part"]), entry["text"]
            )
            for entry in row["entries"]
        ),
    )
