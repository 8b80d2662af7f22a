"""Vouchers: what does not balance cannot exist, and which account is dated data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.law import load_posting_book
from processes.domain.accounting import (
    Posting,
    PostingBook,
    PostingEvent,
    PostingRule,
    Voucher,
    voucher_for_payment,
)
from processes.domain.calculation import Node
from processes.domain.errors import BrokenStateError, RuleError
from processes.domain.money import Money, total
from processes.domain.payments import PaymentLine
from processes.domain.periods import Month
from tests.domain.strategies import amounts, positive_amounts

BOOK = load_posting_book()
DAY = date(2026, 3, 31)


def a_line(gross: Money, tax: Money, month: Month = Month(2026, 3)) -> PaymentLine:  # noqa: B008 – a frozen value
    return PaymentLine(
        id="udbetaling-1",
        plan_id="plan-1",
        case_id="sag-1",
        decision_id="afgoerelse-1",
        party_id="anna",
        month=month,
        sequence=0,
        gross=gross,
        tax=tax,
        net=gross - tax,
        disposition_on=DAY,
        explanation=Node("rule", "betaling.netto", "Til udbetaling", gross - tax),
    )


def posted(
    line: PaymentLine,
    event: PostingEvent = PostingEvent.ORDERED,
    benefit: str = "kontanthjaelp",
) -> Voucher:
    return voucher_for_payment(
        line, book=BOOK, benefit=benefit, voucher_id="bilag-1", posted_on=DAY, event=event
    )


@given(positive_amounts, st.integers(0, 100), st.sampled_from(sorted(BOOK, key=lambda r: r.id)))
def test_every_payment_gives_a_voucher_that_balances(
    gross: Money, percent: int, rule: PostingRule
) -> None:
    tax = gross.share(percent * 10_000)
    if rule.event is PostingEvent.SETTLED and tax == gross:
        tax = Money(0)

    voucher = posted(a_line(gross, tax), rule.event, rule.benefit)

    assert total(entry.amount for entry in voucher.entries) == Money(0)
    assert all(entry.amount for entry in voucher.entries)


@given(st.lists(amounts, min_size=1, max_size=6))
def test_a_voucher_exists_only_when_it_balances(sums: list[Money]) -> None:
    entries = tuple(Posting("1", amount, "x") for amount in sums)

    if total(sums):
        with pytest.raises(RuleError, match="stemmer ikke"):
            Voucher("b", "s", DAY, entries)
    else:
        assert Voucher("b", "s", DAY, entries).entries == entries


def test_a_voucher_of_nothing_cannot_exist() -> None:
    with pytest.raises(RuleError):
        Voucher("b", "s", DAY, ())


def test_the_help_is_spent_gross_and_tax_and_net_are_owed() -> None:
    voucher = posted(a_line(Money.kroner("14201"), Money.kroner("3659")))

    assert [(entry.account, entry.amount) for entry in voucher.entries] == [
        ("5.57.73.007", Money.kroner("14201")),
        ("8.52.59.a-skat", Money.kroner("-3659")),
        ("8.52.59.udbetaling", Money.kroner("-10542")),
    ]


def test_no_tax_leaves_no_entry_of_nothing() -> None:
    voucher = posted(a_line(Money.kroner("14201"), Money(0)))

    assert [entry.account for entry in voucher.entries] == ["5.57.73.007", "8.52.59.udbetaling"]


def test_the_accounts_after_the_reform_are_marked_provisional() -> None:
    assert all(rule.provisional for rule in BOOK)


def test_a_month_without_a_posting_rule_is_refused_by_name() -> None:
    with pytest.raises(RuleError, match=r"01\.12\.2022"):
        posted(a_line(Money(100), Money(0), Month(2022, 12)))


def test_two_posting_rules_on_one_day_are_refused() -> None:
    rule = BOOK.on(PostingEvent.ORDERED, "kontanthjaelp", DAY)

    with pytest.raises(BrokenStateError, match="overlap"):
        PostingBook([rule, replace(rule, id="en-anden")])
