"""Payments: gross to net, on the day the law says, and never by halves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.law import load_rates, load_rules
from processes.domain.benefits.cash_assistance import assess
from processes.domain.calculation import Calculation, PersonMonth
from processes.domain.decisions import DecidedLine, Decision, decided_lines
from processes.domain.errors import BrokenStateError, RuleError
from processes.domain.facts import Fact, FactKind, SourceKind
from processes.domain.money import Money
from processes.domain.payments import (
    Planning,
    decided_amount,
    disposition_day,
    owed,
    plan,
    receipt_expected_by,
    try_again,
)
from processes.domain.periods import Month, Period
from processes.domain.pipeline import net_of
from processes.domain.rules.book import RuleBook
from processes.domain.rules.prose import UNCONFIRMED, mark_of
from processes.domain.tax import TaxCard, TaxCardKind, tax_card
from tests.builders.cases import MARCH, NOW, TODAY, a_case, a_decision, an_application
from tests.builders.days import a_calendar
from tests.builders.facts import a_fact, facts_of, known
from tests.builders.people import a_spouse, an_adult
from tests.domain.strategies import positive_amounts
from tests.domain.test_cash_assistance import calculate

RULES = load_rules()
CALENDAR = a_calendar()
DAY = date(2026, 3, 31)
SEPTEMBER = Month(2025, 9)
MINIMUM = facts_of(
    changes={FactKind.RESIDENCE_MET: False, FactKind.REQUIREMENTS_EXEMPT: False},
)
"""A person on a rate that was published, so that nothing but a reading can be unsure."""


def a_tax_card(
    kind: str | None = "hovedkort",
    percent: int | None = 37,
    deduction: str | None = "4310.00",
    *,
    party_id: str = "anna",
) -> tuple[Fact, ...]:
    said = {
        FactKind.TAX_CARD_KIND: kind,
        FactKind.TAX_CARD_RATE: percent,
        FactKind.TAX_CARD_DEDUCTION: Money.kroner(deduction) if deduction else None,
    }
    return tuple(
        a_fact(each, value, party_id=party_id, source=SourceKind.CASEWORKER)
        for each, value in said.items()
        if value is not None
    )


def a_card(kind: TaxCardKind, percent: int = 37, deduction: str = "0") -> TaxCard:
    return TaxCard(kind, percent, Money.kroner(deduction), ())


def calculated(*, couple: bool = False, months: tuple[Month, ...] = (MARCH,)) -> Calculation:
    married = {FactKind.MARITAL_STATUS: "gift"} if couple else {}
    facts = facts_of("anna", married) + (facts_of("bo", married) if couple else ())
    return assess(
        an_application(applies_jointly=couple),
        a_case(parties=[an_adult(), *([a_spouse()] if couple else [])]),
        known(*facts),
        rates=load_rates(),
        rules=RULES,
        months=months,
        calculation_id="beregning-1",
        made_at=NOW,
    )


def planned(
    calculation: Calculation,
    *facts: Fact,
    decision: Decision | None = None,
    mode: str = "demo",
    today: date = TODAY,
    months: tuple[Month, ...] | None = None,
) -> Planning:
    numbers = count(1)
    return plan(
        decision or a_decision(lines=decided_lines(calculation)),
        calculation,
        facts=known(*facts),
        rules=RULES,
        calendar=CALENDAR,
        today=today,
        plan_id="plan-1",
        new_id=lambda: f"udbetaling-{next(numbers)}",
        made_at=NOW,
        mode=mode,
        months=months,
    )


@pytest.mark.parametrize(
    ("card", "tax"),
    [
        # (14.201 - 4.310) x 37 % = 3.659,67
        (a_card(TaxCardKind.MAIN, deduction="4310"), "3659"),
        # 14.201 x 37 % = 5.254,37
        (a_card(TaxCardKind.SECONDARY), "5254"),
        (a_card(TaxCardKind.EXEMPTION, percent=0), "0"),
        (a_card(TaxCardKind.MAIN, deduction="20000"), "0"),
    ],
)
def test_tax_is_taken_after_the_deduction_and_the_oere_are_struck_off(
    card: TaxCard, tax: str
) -> None:
    net = net_of(Money.kroner("14201"), card, rules=RULES, day=DAY)

    assert net.tax == Money.kroner(tax)
    assert net.net == Money.kroner("14201") - Money.kroner(tax)


@given(positive_amounts, st.integers(0, 100), st.integers(0, 2_000_000).map(Money))
def test_gross_is_tax_and_net_and_neither_is_negative(
    gross: Money, percent: int, deduction: Money
) -> None:
    card = TaxCard(TaxCardKind.MAIN, percent, deduction, ())

    net = net_of(gross, card, rules=RULES, day=DAY)

    assert net.gross == net.tax + net.net
    assert Money(0) <= net.tax <= gross
    assert net.tax.oere % 100 == 0


def test_a_secondary_card_has_no_deduction_even_when_one_is_written() -> None:
    card = tax_card(known(*a_tax_card("bikort")), "anna", DAY)

    assert isinstance(card, TaxCard)
    assert card.monthly_deduction == Money(0)


def test_an_exemption_card_needs_no_rate() -> None:
    card = tax_card(known(*a_tax_card("frikort", None, None)), "anna", DAY)

    assert isinstance(card, TaxCard)
    assert card.rate_percent == 0


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ((), ["skattekort"]),
        (a_tax_card("hovedkort", None, None), ["traekprocent", "maanedsfradrag"]),
        (a_tax_card("hovedkort", 37, None), ["maanedsfradrag"]),
        (a_tax_card("bikort", None, None), ["traekprocent"]),
    ],
)
def test_a_tax_card_that_is_not_known_is_missing_and_not_guessed(
    facts: tuple[Fact, ...], missing: list[str]
) -> None:
    card = tax_card(known(*facts), "anna", DAY)

    assert isinstance(card, tuple)
    assert [each.what for each in card] == missing


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_rate_that_is_no_percentage_is_refused(percent: int) -> None:
    with pytest.raises(RuleError, match="0 til 100"):
        tax_card(known(*a_tax_card(percent=percent)), "anna", DAY)


def test_a_plan_pays_each_person_what_was_decided_on_the_last_banking_day() -> None:
    calculation = calculated(couple=True)

    planning = planned(calculation, *a_tax_card(), *a_tax_card(party_id="bo"))

    assert planning.plan is not None
    assert [(line.id, line.party_id, line.sequence) for line in planning.plan.lines] == [
        ("udbetaling-1", "anna", 0),
        ("udbetaling-2", "bo", 0),
    ]
    assert {line.gross for line in planning.plan.lines} == {Money.kroner("13060")}
    assert {line.disposition_on for line in planning.plan.lines} == {date(2026, 3, 31)}


def test_only_the_first_month_is_paid_now_unless_others_are_asked_for() -> None:
    calculation = calculated(months=(MARCH, Month(2026, 4)))

    first = planned(calculation, *a_tax_card())
    asked = planned(calculation, *a_tax_card(), months=(Month(2026, 4),))

    assert first.plan is not None
    assert asked.plan is not None
    assert [line.month for line in first.plan.lines] == [MARCH]
    assert [line.month for line in asked.plan.lines] == [Month(2026, 4)]


def test_a_month_with_nothing_is_passed_over_for_the_first_with_something() -> None:
    decision = a_decision(lines=[DecidedLine("anna", Month(2026, 4), Money.kroner("14201"))])
    calculation = calculated(months=(MARCH, Month(2026, 4)))

    planning = planned(calculation, *a_tax_card(), decision=decision)

    assert planning.plan is not None
    assert [line.month for line in planning.plan.lines] == [Month(2026, 4)]


def test_what_tax_leaves_nothing_of_is_not_ordered() -> None:
    planning = planned(calculated(), *a_tax_card(percent=100, deduction="0"))

    assert not planning.payable
    assert planning.reason.startswith("Skatten tager hele beløbet")


def test_one_of_a_couple_is_paid_though_tax_takes_all_of_the_others() -> None:
    planning = planned(
        calculated(couple=True),
        *a_tax_card(percent=100, deduction="0"),
        *a_tax_card(party_id="bo"),
    )

    assert planning.plan is not None
    assert [line.party_id for line in planning.plan.lines] == ["bo"]


def part_month() -> PersonMonth:
    """Return 16 to 31 March: 7.329,55 kr."""
    return calculate(*facts_of(), start=date(2026, 3, 16)).months[0]


def deducting(value: str) -> RuleBook:
    """Return the shipped rules with the deduction in a part month read otherwise."""
    return RuleBook(
        replace(rule, value=value) if rule.id == "betaling.maanedsfradrag_i_delt_maaned" else rule
        for rule in RULES
    )


@pytest.mark.parametrize(
    ("value", "tax"),
    [
        # (7.329,55 - 4.310) x 37 % = 1.117,23
        ("helt", "1117"),
        # 4.310 x 16/31 = 2.224,52; (7.329,55 - 2.224,52) x 37 % = 1.888,86
        ("kalenderdage", "1888"),
    ],
)
def test_the_deduction_in_a_part_month_is_a_choice_of_the_rule_book(value: str, tax: str) -> None:
    gross, card = Money.kroner("7329.55"), a_card(TaxCardKind.MAIN, deduction="4310")

    net = net_of(gross, card, rules=deducting(value), day=DAY, helped=part_month())

    assert net.tax == Money.kroner(tax)
    assert mark_of(net.explanation) == UNCONFIRMED


def test_a_word_for_the_deduction_that_no_program_knows_stops_it() -> None:
    card = a_card(TaxCardKind.MAIN, deduction="4310")

    with pytest.raises(BrokenStateError, match="names no way"):
        net_of(Money(1), card, rules=deducting("andet"), day=DAY, helped=part_month())


@pytest.mark.parametrize(
    "card", [a_card(TaxCardKind.MAIN, deduction="4310"), a_card(TaxCardKind.SECONDARY)]
)
def test_a_whole_month_uses_no_unconfirmed_rule_of_tax(card: TaxCard) -> None:
    month = calculated().months[0]

    net = net_of(Money.kroner("14201"), card, rules=RULES, day=DAY, helped=month)

    assert mark_of(net.explanation) == ""


def test_a_secondary_card_in_a_part_month_asks_no_deduction() -> None:
    card = a_card(TaxCardKind.SECONDARY)

    net = net_of(Money.kroner("7329.55"), card, rules=RULES, day=DAY, helped=part_month())

    assert net.tax == Money.kroner("2711")
    assert mark_of(net.explanation) == ""


def test_an_exemption_card_covers_what_is_left_on_it_and_no_more() -> None:
    card = a_tax_card("frikort", None, None)
    enough = a_fact(FactKind.TAX_CARD_LIMIT, Money.kroner("14201"))
    too_little = a_fact(FactKind.TAX_CARD_LIMIT, Money.kroner("14200.99"))

    paid = planned(calculated(), *card, enough)
    stopped = planned(calculated(), *card, too_little)

    assert paid.plan is not None
    assert paid.plan.lines[0].tax == Money(0)
    assert mark_of(paid.plan.lines[0].explanation) == ""
    assert [each.what for each in stopped.missing] == ["skattekort"]
    assert "14.200,99\u00a0kr. tilbage på frikortet" in stopped.reason


def test_an_exemption_card_without_a_known_limit_is_marked() -> None:
    planning = planned(calculated(), *a_tax_card("frikort", None, None))

    assert planning.plan is not None
    assert mark_of(planning.plan.lines[0].explanation) == UNCONFIRMED


def test_a_negative_rest_of_an_exemption_card_is_refused() -> None:
    rest = a_fact(FactKind.TAX_CARD_LIMIT, Money(-1))

    with pytest.raises(RuleError, match="mindre end 0"):
        tax_card(known(*a_tax_card("frikort", None, None), rest), "anna", DAY)


def test_an_unconfirmed_reading_is_not_paid_on_in_production() -> None:
    calculation = calculate(*MINIMUM, months=(SEPTEMBER,), start=date(2025, 9, 16))

    planning = planned(calculation, *a_tax_card(), mode="production", today=date(2025, 9, 20))

    assert not planning.payable
    assert "Sådan regnes en del af en måned" in planning.reason


def test_an_unconfirmed_reading_of_tax_is_not_paid_on_in_production() -> None:
    calculation = calculate(*MINIMUM, months=(SEPTEMBER,))
    day = date(2025, 9, 20)

    main = planned(calculation, *a_tax_card(), mode="production", today=day)
    exempt = planned(calculation, *a_tax_card("frikort", None, None), mode="production", today=day)

    assert main.payable
    assert "Frikort uden oplyst rest" in exempt.reason


def test_one_unknown_tax_card_means_no_plan_at_all() -> None:
    planning = planned(calculated(couple=True), *a_tax_card())

    assert not planning.payable
    assert [each.party_id for each in planning.missing] == ["bo"]
    assert planning.reason.startswith("Kan ikke udbetales endnu.")


def test_rates_nobody_confirmed_are_not_paid_in_production() -> None:
    planning = planned(calculated(), *a_tax_card(), mode="production")

    assert not planning.payable
    assert "Forhøjet sats" in planning.reason


def test_a_decision_on_another_calculation_is_refused() -> None:
    decision = replace(a_decision(), calculation_id="en-anden")

    with pytest.raises(RuleError, match="en anden beregning"):
        planned(calculated(), *a_tax_card(), decision=decision)


def test_the_payment_explains_itself_from_net_to_fact_and_rate() -> None:
    planning = planned(calculated(), *a_tax_card())

    assert planning.plan is not None
    line = planning.plan.lines[0]
    nodes = list(line.explanation.walk())
    assert line.explanation.value == line.net
    assert {"kh.forhoejet_sats.2026", "betaling.a_skat@1"} <= {node.id for node in nodes}
    assert any(node.label == "Trækprocent" and node.value == 37 for node in nodes)


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 3, 10), date(2026, 3, 31)),
        (date(2026, 3, 31), date(2026, 4, 1)),
        (date(2026, 4, 1), date(2026, 4, 7)),
    ],
)
def test_a_month_that_is_over_is_paid_on_the_next_banking_day(today: date, day: date) -> None:
    assert disposition_day(MARCH, calendar=CALENDAR, today=today) == day


@pytest.mark.parametrize(
    ("day", "expected_by"),
    [
        (date(2026, 3, 31), "2026-04-07T15:30:00+02:00"),  # Easter lies between
        (date(2026, 3, 27), "2026-03-31T15:30:00+02:00"),  # and summer time begins on the 29th
        (date(2026, 12, 23), "2026-12-29T15:30:00+01:00"),  # banks are shut on the 24th
    ],
)
def test_an_answer_is_expected_two_banking_days_later_when_the_desk_closes(
    day: date, expected_by: str
) -> None:
    assert receipt_expected_by(day, calendar=CALENDAR).isoformat() == expected_by


def test_the_next_try_is_the_same_payment_under_the_next_sequence() -> None:
    planning = planned(calculated(), *a_tax_card())
    assert planning.plan is not None
    line = planning.plan.lines[0]

    again = try_again(line, new_id=lambda: "ny", calendar=CALENDAR, today=date(2026, 4, 1))

    assert (again.id, again.sequence) == ("ny", 1)
    assert again.disposition_on == date(2026, 4, 7)
    assert (again.gross, again.tax, again.net, again.decision_id) == (
        line.gross,
        line.tax,
        line.net,
        line.decision_id,
    )
    assert owed(iter([line, again])) == line.net


def test_a_decided_amount_holds_from_its_month_until_the_next_line() -> None:
    lines = (
        DecidedLine("anna", MARCH, Money(1)),
        DecidedLine("anna", Month(2026, 5), Money(2)),
    )

    assert decided_amount(lines, "anna", Month(2026, 2)) is None
    assert decided_amount(lines, "anna", Month(2026, 4)) == Money(1)
    assert decided_amount(lines, "anna", Month(2026, 9)) == Money(2)
    assert decided_amount(lines, "bo", MARCH) is None


def test_the_card_in_force_when_the_money_is_paid_counts() -> None:
    typed_late = tuple(replace(fact, valid=Period(date(2026, 3, 20))) for fact in a_tax_card())

    assert planned(calculated(), *typed_late).payable
