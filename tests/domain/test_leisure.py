"""Fritidstillæg: the third that must be documented, the 20th, and the month that is lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.domain.benefits.leisure import DocumentedPeriod, Receipt, document, kept_until
from processes.domain.money import Money
from processes.domain.periods import Month

JULY = DocumentedPeriod(Month(2025, 7), Money.kroner(1350))
OCTOBER = DocumentedPeriod(Month(2025, 10), Money.kroner(1350))


def _receipt(on: date, kroner: str, *, complete: bool = True) -> Receipt:
    return Receipt(on, Money.kroner(kroner), complete)


@pytest.mark.parametrize(
    ("on", "kroner", "paid"),
    [
        # ft-07, randers.dk: received on 20 October 2025 the month is paid
        (date(2025, 10, 20), "450", True),
        (date(2025, 10, 21), "450", False),
        (date(2025, 10, 20), "449.99", False),
        (date(2025, 8, 1), "450", True),
    ],
)
def test_a_third_by_the_twentieth_keeps_the_next_month(
    on: date, kroner: str, *, paid: bool
) -> None:
    (found,) = document([JULY], [_receipt(on, kroner)])

    assert JULY.deadline == date(2025, 10, 20)
    assert found.pays_next_month is paid
    assert found.lost == (() if paid else (Month(2025, 10),))


def test_a_receipt_that_cannot_be_read_counts_for_nothing() -> None:
    (found,) = document([JULY], [_receipt(date(2025, 9, 1), "900", complete=False)])

    assert not found.pays_next_month


def test_one_receipt_may_cover_several_periods() -> None:
    first, second = document([OCTOBER, JULY], [_receipt(date(2025, 9, 1), "900")])

    assert first.left == Money.kroner(450)
    assert first.pays_next_month
    assert second.pays_next_month
    assert second.left == Money(0)


def test_what_came_too_late_for_one_period_counts_for_the_next() -> None:
    first, second = document([JULY, OCTOBER], [_receipt(date(2025, 11, 1), "450")])

    assert not first.pays_next_month
    assert second.pays_next_month


def test_the_supplement_goes_on_three_months_after_leaving_for_work() -> None:
    assert kept_until(Month(2026, 1)) == Month(2026, 3)
    assert kept_until(Month(2026, 11)) == Month(2027, 1)


def _receipt_of(later: int, oere: int) -> Receipt:
    return Receipt(date(2025, 7, 1) + timedelta(days=later), Money(oere), complete=True)


receipts = st.lists(
    st.tuples(st.integers(0, 250), st.integers(1, 100_000)).map(lambda pair: _receipt_of(*pair)),
    max_size=6,
)


@given(receipts, receipts)
def test_more_receipts_never_lose_a_month(some: list[Receipt], more: list[Receipt]) -> None:
    lost = {month for each in document([JULY], some) for month in each.lost}
    after = {month for each in document([JULY], some + more) for month in each.lost}

    assert after <= lost


@given(receipts)
def test_the_order_receipts_are_told_in_changes_nothing(some: list[Receipt]) -> None:
    assert document([JULY, OCTOBER], some) == document([OCTOBER, JULY], list(reversed(some)))
