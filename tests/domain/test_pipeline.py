"""From gross to net: every øre is somewhere, in the order of the law, and nothing is below zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.law import load_posting_book, load_rates, load_rules
from processes.domain.accounting import voucher_for_payment
from processes.domain.calculation import Node
from processes.domain.deductions import (
    BEFORE_TAX,
    DecidedDeduction,
    DeductionDecision,
    DeductionKind,
    Payee,
    PayeeKind,
    PaymentDeduction,
    check_decision,
    due,
)
from processes.domain.errors import RuleError, SafeguardError
from processes.domain.money import Money, total
from processes.domain.payments import (
    PaidMonth,
    PaymentLine,
    difference,
    paid_before,
    try_again,
    with_net,
)
from processes.domain.payments import PaymentState as State
from processes.domain.periods import Month
from processes.domain.pipeline import NO_CONTRIBUTIONS, Contributions, Net, contributions, net_of
from processes.domain.safeguards import check_deductions
from processes.domain.tax import TaxCard, TaxCardKind
from tests.builders.days import a_calendar

RULES, RATES, POSTINGS = load_rules(), load_rates(), load_posting_book()
MARCH, DAY = Month(2026, 3), date(2026, 3, 31)
ISSUED, SENT = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 3, 9, tzinfo=UTC)
LANDLORD = Payee(PayeeKind.ACCOUNT, "12345678901234", "Egekøb Boligforening")
CARD = TaxCard(TaxCardKind.MAIN, 38, Money.kroner(4358), ())


def a_decision(kind: DeductionKind, **changes: object) -> DeductionDecision:
    decision = DeductionDecision(
        id=f"afgoerelse-{kind.value}",
        case_id="sag",
        party_id="anna",
        kind=kind,
        number="2026-000001-2",
        law="LAS § 36",
        reasoning="Du udeblev den 2. marts uden en rimelig grund.",
        hearing_id="hoering",
        hearing_exception="",
        decided_by="karin",
        approved_by=None,
        issued_at=ISSUED,
        sent_at=SENT,
    )
    return replace(decision, **changes)  # type: ignore[arg-type] – any field


def a_deduction(
    kind: DeductionKind, amount: Money, name: str = "fradrag", **changes: object
) -> DecidedDeduction:
    decision = a_decision(kind)
    deduction = PaymentDeduction(
        id=name,
        decision_id=decision.id,
        case_id="sag",
        party_id="anna",
        kind=kind,
        amount=amount,
        from_month=MARCH,
        to_month=MARCH,
        law="LAS § 36",
        label="Sanktion for den 2. marts",
        payee=LANDLORD if kind is DeductionKind.ADMINISTRATION else None,
    )
    return DecidedDeduction(replace(deduction, **changes), decision)  # type: ignore[arg-type] – any field


def a_line(net: Net, **changes: object) -> PaymentLine:
    line = PaymentLine(
        id="udbetaling",
        plan_id="plan",
        case_id="sag",
        decision_id="bevilling",
        party_id="anna",
        month=MARCH,
        sequence=0,
        gross=net.gross,
        tax=net.tax,
        net=net.net,
        disposition_on=DAY,
        explanation=net.explanation,
    )
    return replace(with_net(line, net), **changes)  # type: ignore[arg-type] – any field


def worked_out(
    gross: Money,
    deductions: Sequence[DecidedDeduction],
    *,
    card: TaxCard = CARD,
    beside: Contributions = NO_CONTRIBUTIONS,
) -> Net:
    found = due(deductions, "anna", MARCH, DAY)
    return net_of(gross, card, rules=RULES, day=DAY, deductions=found, contributions=beside)


oere = st.integers(min_value=1, max_value=3_000_000).map(Money)
some_deductions = st.lists(st.tuples(st.sampled_from(list(DeductionKind)), oere), max_size=6).map(
    lambda pairs: [a_deduction(kind, amount, f"f{n}") for n, (kind, amount) in enumerate(pairs)]
)
cards = st.builds(
    TaxCard,
    kind=st.just(TaxCardKind.MAIN),
    rate_percent=st.integers(min_value=0, max_value=100),
    monthly_deduction=st.integers(min_value=0, max_value=900_000).map(Money),
    inputs=st.just(()),
)
contributed = st.builds(
    Contributions,
    atp=st.integers(min_value=0, max_value=20_000).map(Money),
    atp_municipality=st.just(Money(18_900)),
    pension=st.just(Money(30_000)),
)


@given(gross=oere, deductions=some_deductions, card=cards, beside=contributed)
def test_every_oere_of_the_gross_is_somewhere_and_nothing_is_below_zero(
    gross: Money, deductions: list[DecidedDeduction], card: TaxCard, beside: Contributions
) -> None:
    net = worked_out(gross, deductions, card=card, beside=beside)
    steps = (net.sanction, net.set_off_gross, net.tax, net.atp, net.set_off, net.administration)

    assert net.net + total(steps) == gross
    assert min(net.net, *steps) >= Money(0)
    assert net.net + net.tax + net.atp + net.set_off + net.administration == net.income
    for kind, amount in (
        (DeductionKind.SANCTION, net.sanction),
        (DeductionKind.SET_OFF_GROSS, net.set_off_gross),
        (DeductionKind.SET_OFF, net.set_off),
        (DeductionKind.ADMINISTRATION, net.administration),
    ):
        assert amount == total(each.amount for each in net.taken if each.kind is kind)


@given(gross=oere, deductions=some_deductions, card=cards, beside=contributed)
def test_the_posting_lines_balance_and_are_what_came_off(
    gross: Money, deductions: list[DecidedDeduction], card: TaxCard, beside: Contributions
) -> None:
    line = a_line(worked_out(gross, deductions, card=card, beside=beside))
    voucher = voucher_for_payment(
        line, book=POSTINGS, benefit="kontanthjaelp", voucher_id="bilag", posted_on=DAY
    )

    assert not total(each.amount for each in voucher.entries)
    assert total(each.amount for each in voucher.entries if each.amount > Money(0)) == line.cost


@given(gross=oere, deductions=some_deductions, card=cards)
def test_an_earlier_step_never_gives_way_to_a_later_one(
    gross: Money, deductions: list[DecidedDeduction], card: TaxCard
) -> None:
    net = worked_out(gross, deductions, card=card)
    first = [each for each in deductions if each.deduction.kind in BEFORE_TAX]

    # What comes before tax is the same whatever comes after it, and so is the tax.
    alone = worked_out(gross, first, card=card)
    assert (alone.sanction, alone.set_off_gross, alone.tax) == (
        net.sanction,
        net.set_off_gross,
        net.tax,
    )
    # A later step is cut only when nothing is left for it.
    wanted = total(
        each.deduction.amount for each in deductions if each.deduction.kind not in BEFORE_TAX
    )
    assert net.set_off + net.administration == wanted or not net.net


@given(gross=oere, deductions=some_deductions)
def test_nothing_comes_off_that_was_not_sent_before_the_day(
    gross: Money, deductions: list[DecidedDeduction]
) -> None:
    late = datetime(2026, 3, 31, 0, 30, tzinfo=UTC)
    unsent = [
        replace(each, decision=replace(each.decision, sent_at=sent_at))
        for each, sent_at in zip(deductions, [None, late] * len(deductions), strict=False)
    ]

    assert worked_out(gross, unsent) == worked_out(gross, [])


@given(gross=oere, deductions=some_deductions, first=st.integers(min_value=1, max_value=100))
def test_a_month_paid_in_two_parts_comes_to_what_it_comes_to_in_one(
    gross: Money, deductions: list[DecidedDeduction], first: int
) -> None:
    flat = TaxCard(TaxCardKind.SECONDARY, 0, Money(0), ())
    part = Money(max(gross.oere * first // 100, 1))
    whole = a_line(worked_out(gross, deductions, card=flat))
    before = a_line(worked_out(part, deductions, card=flat), decision_id="foerste")
    paid = paid_before([(before, State.SETTLED)], "bevilling")
    rest = difference(whole, paid)

    assert (rest is None) == (part == gross)
    if rest is not None:
        assert rest.gross + before.gross == gross
        assert (
            rest.net
            + rest.sanction
            + rest.set_off_gross
            + rest.set_off
            + (rest.administration + rest.tax + rest.atp)
            == rest.gross
        )
        both = PaidMonth().plus(before).plus(rest)
        for each in deductions:
            assert both.taken.get(each.deduction.id, Money(0)) <= each.deduction.amount


def test_the_order_is_that_of_the_law() -> None:
    net = worked_out(
        Money.kroner(12_000),
        [
            a_deduction(DeductionKind.ADMINISTRATION, Money.kroner(3_000), "husleje"),
            a_deduction(DeductionKind.SET_OFF, Money.kroner(500), "gaeld"),
            a_deduction(DeductionKind.SET_OFF_GROSS, Money.kroner(1_000), "efterbetaling"),
            a_deduction(DeductionKind.SANCTION, Money.kroner(600), "sanktion"),
        ],
        beside=Contributions(atp=Money.kroner(95), nodes=(Node("rule", "atp", "ATP", Money(1)),)),
    )

    # 12.000 - 600 - 1.000 = 10.400; 38 % of 10.400 - 4.358 is 2.295,96, the øre are struck off.
    assert net.income == Money.kroner(10_400)
    assert net.tax == Money.kroner(2_295)
    assert net.net == Money.kroner(10_400 - 2_295 - 95 - 500 - 3_000)
    assert [node.id.partition("@")[0] for node in net.explanation.inputs] == [
        "betaling.brutto",
        "betaling.sanktion",
        "betaling.modregning_brutto",
        "betaling.a_skat",
        "atp",
        "betaling.modregning",
        "betaling.administration",
    ]
    assert all(node.law for node in net.explanation.inputs if node.id.startswith("betaling.s"))


def test_no_atp_is_held_back_where_the_floor_is_not_reached_or_was_not_read() -> None:
    # Below the floor of those who provide, which counts when it is not known who does.
    below = contributions(Money.kroner(13_000), Month(2025, 3), rates=RATES, rules=RULES)
    # No floor was read after the reform.
    unread = contributions(Money.kroner(23_000), MARCH, rates=RATES, rules=RULES)

    assert (below.atp, unread.atp) == (Money(0), Money(0))


def test_atp_is_a_third_from_the_help_and_two_from_the_municipality_when_it_reaches_the_floor() -> (
    None
):
    found = contributions(Money.kroner(17_500), Month(2025, 3), rates=RATES, rules=RULES)

    assert (found.atp, found.atp_municipality) == (Money.kroner(95), Money.kroner(189))


def test_mandatory_pension_is_on_top_and_never_from_the_help() -> None:
    beside = contributions(Money.kroner(10_000), MARCH, rates=RATES, rules=RULES)
    net = worked_out(Money.kroner(10_000), [], beside=beside)

    assert beside.pension == Money.kroner(210)
    assert net.net == Money.kroner(10_000) - net.tax


def test_a_payment_that_is_tried_again_takes_nothing_once_more() -> None:
    line = a_line(
        worked_out(Money.kroner(9_000), [a_deduction(DeductionKind.SET_OFF, Money.kroner(100))])
    )
    again = try_again(line, new_id=lambda: "igen", calendar=a_calendar(), today=date(2026, 4, 7))

    assert (again.net, again.set_off, again.taken) == (line.net, line.set_off, ())
    check_deductions(again, [])


@pytest.mark.parametrize(
    "broken",
    [
        lambda each: replace(each, decision=replace(each.decision, sent_at=None)),
        lambda each: replace(
            each, decision=replace(each.decision, sent_at=datetime(2026, 3, 31, 8, tzinfo=UTC))
        ),
        lambda each: replace(each, deduction=replace(each.deduction, amount=Money(1))),
        lambda each: replace(each, deduction=replace(each.deduction, stopped_from=MARCH)),
        lambda each: replace(each, deduction=replace(each.deduction, party_id="bo")),
        lambda each: replace(each, deduction=replace(each.deduction, id="en anden")),
    ],
)
def test_the_gate_lets_nothing_come_off_that_was_not_decided_for_it(broken: object) -> None:
    decided = a_deduction(DeductionKind.SANCTION, Money.kroner(600))
    line = a_line(worked_out(Money.kroner(9_000), [decided]))
    check_deductions(line, [decided])

    with pytest.raises(SafeguardError):
        check_deductions(line, [broken(decided)])  # type: ignore[operator] – one of those above


def test_the_gate_lets_nothing_come_off_that_no_deduction_says() -> None:
    line = a_line(worked_out(Money.kroner(9_000), []))

    with pytest.raises(SafeguardError):
        check_deductions(replace(line, sanction=Money(100), net=line.net - Money(100)), [])


@pytest.mark.parametrize(
    "changes",
    [
        {"decided_by": "system"},
        {"decided_by": ""},
        {"reasoning": " "},
        {"law": ""},
        {"hearing_id": None, "hearing_exception": "for kort"},
    ],
)
def test_a_decision_to_take_something_has_a_person_reasons_and_a_hearing(
    changes: dict[str, object],
) -> None:
    with pytest.raises(SafeguardError):
        check_decision(a_decision(DeductionKind.SANCTION, **changes))


@pytest.mark.parametrize(
    ("kind", "number"), [(PayeeKind.CVR, "123"), (PayeeKind.EAN, "57a0000000000"), ("konto", "1")]
)
def test_a_payee_whose_number_is_none_is_refused(kind: PayeeKind, number: str) -> None:
    with pytest.raises(RuleError):
        Payee(PayeeKind(kind), number, "Navn")


def test_a_sanction_is_one_months() -> None:
    with pytest.raises(RuleError):
        a_deduction(DeductionKind.SANCTION, Money(1), to_month=None)
