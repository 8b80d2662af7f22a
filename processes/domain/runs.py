"""The monthly payment run (hovedkørsel): its days, what it came to, and whether it all agrees.

Everything that takes many lines at once. Knows lines, payments and vouchers by their sums; knows
no process, no bank and no ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from processes.domain.errors import RuleError, TwoPersonError
from processes.domain.money import ZERO, Money, total
from processes.domain.payments import PaymentState
from processes.domain.periods import DENMARK, ONE_DAY, Calendar, Month

BLOCKERS_DAYS, FREEZE_DAYS, REVIEW_DAYS, SEND_DAYS = 10, 6, 4, 2
"""Banking days before the money is there."""
MORNING, EVENING, CUT_OFF = time(6), time(18), time(15)
LEAST_REASON_CHARACTERS = 5


@dataclass(frozen=True)
class Schedule:
    """When a run does what (kørselsplan)."""

    blockers_at: datetime
    freeze_at: datetime
    review_by: datetime
    send_at: datetime
    """Until then it can be stopped; then the bank gets it."""
    disposition_on: date
    """The day the money is there (dispositionsdag)."""


def schedule(month: Month, *, calendar: Calendar) -> Schedule:
    """Return the days of a month's run.

    Law: LAS § 89, stk. 1 (paid in arrears for a month).
    Assumes: the days before are the municipality's habit; none of them is in the law.
    """
    pays_on = calendar.last_banking_day(month)

    def at(days: int, clock: time) -> datetime:
        return datetime.combine(_banking_days_before(pays_on, days, calendar), clock, DENMARK)

    return Schedule(
        blockers_at=at(BLOCKERS_DAYS, MORNING),
        freeze_at=at(FREEZE_DAYS, MORNING),
        review_by=at(REVIEW_DAYS, EVENING),
        send_at=at(SEND_DAYS, CUT_OFF),
        disposition_on=pays_on,
    )


def _banking_days_before(day: date, count: int, calendar: Calendar) -> date:
    for _ in range(count):
        day -= ONE_DAY
        while not calendar.is_banking_day(day):
            day -= ONE_DAY
    return day


class Verdict(StrEnum):
    """What a person decided about one line of a run (beslutning om en linje)."""

    RELEASED = "frigivet"
    HELD = "tilbageholdt"


def check_reason(reason: str) -> str:
    """Return why somebody holds or releases a payment; nothing said is refused."""
    said = reason.strip()
    if len(said) < LEAST_REASON_CHARACTERS:
        raise RuleError("Skriv hvorfor, så en anden kan forstå det om et år.")
    return said


def check_approver(*, by: str, reviewed_by: str, ruled_by: Iterable[str]) -> None:
    """Refuse an approval by somebody who prepared the run (fire øjne)."""
    if by in {reviewed_by, *ruled_by}:
        raise TwoPersonError(
            "Du har selv klargjort kørslen eller frigivet en betaling i den. Bed en anden om at"
            " godkende."
        )


# ---- is it like last month? ------------------------------------------------------------------


@dataclass(frozen=True)
class RunTotals:
    """What a month comes to (kørslens tal)."""

    count: int
    gross: Money
    without_allowance: int
    """Lines on a main card that nothing is left untaxed of (uden månedsfradrag)."""


def percent_change(now: int, before: int) -> int | None:
    """Return the change in whole percent, away from zero; None when there is nothing before.

    >>> percent_change(103, 100), percent_change(99, 100), percent_change(1, 0)
    (3, -1, None)
    """
    if not before:
        return None
    change = now - before
    share = -(-abs(change) * 100 // before)
    return share if change >= 0 else -share


def percent_of(part: int, whole: int) -> int:
    """Return a share in whole percent, rounded down; nothing of nothing is none."""
    return part * 100 // whole if whole else 0


# ---- does it all agree? ----------------------------------------------------------------------


@dataclass(frozen=True)
class Accounted:
    """One payment with everything that must agree with it (afstemningsgrundlag)."""

    payment_id: str
    case_id: str
    state: PaymentState
    gross: Money
    tax: Money
    net: Money
    posted: Money | None
    """Debit of its accepted voucher; None without one."""
    reported_gross: Money | None
    """What the income register has taken; None when nothing."""
    reported_tax: Money | None
    sanction: Money = ZERO
    set_off_gross: Money = ZERO
    on_top: Money = ZERO
    """What is paid beside the help: the municipality's ATP and mandatory pension."""
    others: Money = ZERO
    """What others get of it."""
    others_paid: Money = ZERO
    others_rejected: Money = ZERO

    @property
    def income(self) -> Money:
        """What is reported: the gross less what comes off before tax."""
        return self.gross - self.sanction - self.set_off_gross

    @property
    def cost(self) -> Money:
        """What is posted: the gross less sanctions, and what is on top."""
        return self.gross - self.sanction + self.on_top


class DifferenceKind(StrEnum):
    """How two books disagree about a payment (difference)."""

    NO_RECEIPT = "uden_kvittering"
    NOT_POSTED = "ikke_bogfoert"
    POSTED_OTHER = "bogfoert_andet"
    POSTED_UNPAID = "bogfoert_uden_betaling"
    NOT_REPORTED = "ikke_indberettet"
    REPORTED_OTHER = "indberettet_andet"
    REPORTED_UNPAID = "indberettet_uden_betaling"
    OTHERS_REJECTED = "andre_afvist"
    OTHERS_NO_RECEIPT = "andre_uden_kvittering"


DIFFERENCE_NAMES: Mapping[DifferenceKind, str] = {
    DifferenceKind.NO_RECEIPT: "Banken har ikke svaret",
    DifferenceKind.NOT_POSTED: "Udbetalt, men ikke bogført",
    DifferenceKind.POSTED_OTHER: "Bogført med et andet beløb",
    DifferenceKind.POSTED_UNPAID: "Bogført, men ikke udbetalt",
    DifferenceKind.NOT_REPORTED: "Udbetalt, men ikke indberettet til eIndkomst",
    DifferenceKind.REPORTED_OTHER: "Indberettet med andre beløb",
    DifferenceKind.REPORTED_UNPAID: "Indberettet, men ikke udbetalt",
    DifferenceKind.OTHERS_REJECTED: "Betaling til en anden modtager er afvist",
    DifferenceKind.OTHERS_NO_RECEIPT: "Betaling til en anden modtager er uden svar",
}


@dataclass(frozen=True)
class Difference:
    """One thing that does not agree (difference), to the øre."""

    kind: DifferenceKind
    payment_id: str
    case_id: str
    expected: Money
    found: Money


@dataclass(frozen=True)
class Reconciliation:
    """Payments against receipts, postings and the income report (afstemning)."""

    paid_count: int
    paid_gross: Money
    paid_tax: Money
    paid_net: Money
    rejected_count: int
    rejected_net: Money
    unanswered_count: int
    unanswered_net: Money
    posted_gross: Money
    reported_gross: Money
    reported_tax: Money
    differences: tuple[Difference, ...]
    paid_sanction: Money = ZERO
    paid_set_off: Money = ZERO
    """§ 94, before tax."""
    paid_income: Money = ZERO
    paid_cost: Money = ZERO
    others: Money = ZERO
    others_paid: Money = ZERO


def reconcile(rows: Sequence[Accounted]) -> Reconciliation:
    """Hold each payment against what receipts, ledger and income register say of it.

    Units: øre in, øre out; nothing is rounded and no difference is too small.
    """
    paid = [row for row in rows if row.state is PaymentState.SETTLED]
    rejected = [row for row in rows if row.state is PaymentState.REJECTED]
    over = {PaymentState.SETTLED, PaymentState.REJECTED}
    unanswered = [row for row in rows if row.state not in over]
    return Reconciliation(
        paid_count=len(paid),
        paid_gross=total(row.gross for row in paid),
        paid_tax=total(row.tax for row in paid),
        paid_net=total(row.net for row in paid),
        rejected_count=len(rejected),
        rejected_net=total(row.net for row in rejected),
        unanswered_count=len(unanswered),
        unanswered_net=total(row.net for row in unanswered),
        posted_gross=total(row.posted for row in rows if row.posted is not None),
        reported_gross=total(row.reported_gross for row in rows if row.reported_gross is not None),
        reported_tax=total(row.reported_tax for row in rows if row.reported_tax is not None),
        differences=tuple(each for row in rows for each in _differences(row)),
        paid_sanction=total(row.sanction for row in paid),
        paid_set_off=total(row.set_off_gross for row in paid),
        paid_income=total(row.income for row in paid),
        paid_cost=total(row.cost for row in paid),
        others=total(row.others for row in rows),
        others_paid=total(row.others_paid for row in rows),
    )


def _differences(row: Accounted) -> Iterator[Difference]:
    yield from _of_paid(row) if row.state is PaymentState.SETTLED else _of_unpaid(row)
    if row.others_rejected:
        yield _found(row, DifferenceKind.OTHERS_REJECTED, row.others, row.others_paid)
    elif row.others != row.others_paid:
        yield _found(row, DifferenceKind.OTHERS_NO_RECEIPT, row.others, row.others_paid)


def _found(
    row: Accounted, kind: DifferenceKind, expected: Money, found: Money | None
) -> Difference:
    return Difference(kind, row.payment_id, row.case_id, expected, found or Money(0))


def _of_paid(row: Accounted) -> Iterator[Difference]:
    if row.posted is None:
        yield _found(row, DifferenceKind.NOT_POSTED, row.cost, None)
    elif row.posted != row.cost:
        yield _found(row, DifferenceKind.POSTED_OTHER, row.cost, row.posted)
    if row.reported_gross is None:
        yield _found(row, DifferenceKind.NOT_REPORTED, row.income, None)
    elif (row.reported_gross, row.reported_tax) != (row.income, row.tax):
        yield _found(row, DifferenceKind.REPORTED_OTHER, row.income, row.reported_gross)


def _of_unpaid(row: Accounted) -> Iterator[Difference]:
    if row.posted:
        yield _found(row, DifferenceKind.POSTED_UNPAID, Money(0), row.posted)
    if row.reported_gross:
        yield _found(row, DifferenceKind.REPORTED_UNPAID, Money(0), row.reported_gross)
    if row.state is not PaymentState.REJECTED:
        yield _found(row, DifferenceKind.NO_RECEIPT, row.net, None)
