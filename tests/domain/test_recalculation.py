"""Recalculation: the law of each month, and a difference whose causes add up to the øre."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.law import load_rates, load_rules
from processes.domain.benefits.cash_assistance import assess
from processes.domain.calculation import Calculation
from processes.domain.facts import Fact, FactKind, Facts
from processes.domain.money import Money, total
from processes.domain.periods import Month, Period
from processes.domain.rates import Rate, RateBook
from processes.domain.recalculation import (
    CauseKind,
    Inputs,
    Recalculation,
    in_prose,
    recalculate,
)
from processes.domain.rules.book import RuleBook
from processes.domain.rules.language import parse
from tests.builders.cases import NOW, a_case, an_application
from tests.builders.facts import A_LIFE, KNOWN_AT, UNKNOWN, a_fact, known
from tests.builders.people import a_spouse, an_adult

RATES = load_rates()
RULES = load_rules()
SINCE = date(2024, 1, 1)
ALWAYS = Period(date(2000, 1, 1))
ACROSS = tuple(Month(2025, number) for number in range(5, 10))
"""May to September 2025: two months of the old law and three of the new."""


def _life(*changes: Fact, party_id: str = "anna") -> tuple[Fact, ...]:
    base = (a_fact(kind, what, party_id=party_id, valid=ALWAYS) for kind, what in A_LIFE.items())
    told = {(fact.party_id, fact.kind) for fact in changes}
    return (*(fact for fact in base if (fact.party_id, fact.kind) not in told), *changes)


def _income(kroner: int, first: Month, *, kind: FactKind = FactKind.OTHER_INCOME) -> Fact:
    return a_fact(kind, Money.kroner(kroner), valid=first.period())


def _calculate(inputs: Inputs, months: Sequence[Month]) -> Calculation:
    couple = any(fact.party_id == "bo" for fact in inputs.facts.all)
    return assess(
        an_application(contact_on=SINCE, requested_from=SINCE),
        a_case(parties=[an_adult(), *([a_spouse()] if couple else [])]),
        inputs.facts,
        rates=inputs.rates,
        rules=inputs.rules,
        months=months,
        calculation_id="omberegning-1",
        made_at=NOW,
        since=SINCE,
    )


def _with(facts: Facts, *, rates: RateBook = RATES, rules: RuleBook = RULES) -> Inputs:
    return Inputs(facts, rates, rules)


def _decided(inputs: Inputs, months: Sequence[Month]) -> dict[tuple[str, Month], Money]:
    calculation = _calculate(inputs, months)
    return {
        (each.party_id, each.month): each.gross
        for each in calculation.months
        if each.gross is not None
    }


def _again(before: Inputs, after: Inputs, months: Sequence[Month] = ACROSS) -> Recalculation:
    return recalculate(
        _calculate,
        before=before,
        after=after,
        decided=_decided(before, months),
        months=months,
    )


def test_each_month_is_calculated_with_its_own_law() -> None:
    calculation = _calculate(_with(known(*_life())), ACROSS)

    # 12.770 until June; forhøjet sats 12.498 and 1.092 for being single from July.
    assert [month.gross for month in calculation.months] == [
        *[Money.kroner(12770)] * 2,
        *[Money.kroner(13590)] * 3,
    ]
    first, last = calculation.months[0], calculation.months[-1]
    assert [line.key for line in first.lines] == ["over30_andre"]
    assert {law for line in first.lines for law in line.laws} == {"LAS § 25, stk. 2, nr. 2"}
    assert {law for line in last.lines for law in line.laws} == {
        "LAS § 16, stk. 1, nr. 2",
        "LAS § 18",
    }


def test_unchanged_facts_change_nothing() -> None:
    same = _with(known(*_life()))

    found = _again(same, same)

    assert found.changed == ()
    assert found.corrections() == {}
    assert all(each.causes == () for each in found.months)


def test_income_known_later_is_the_cause_of_its_month_only() -> None:
    before = _with(known(*_life()))
    after = _with(known(*_life(), *_told([_income(2000, Month(2025, 6))])))

    found = _again(before, after)

    (june,) = found.changed
    assert (june.month, june.difference) == (Month(2025, 6), -Money.kroner(2000))
    (cause,) = june.causes
    assert cause.changes[0].kind is CauseKind.FACT
    assert "Anden indtægt i måneden er 2.000,00" in cause.says
    assert found.corrections() == {Month(2025, 6): -Money.kroner(2000)}
    assert (found.credit, found.debit) == (Money(0), Money.kroner(2000))
    (said,) = in_prose(found)
    assert said.replace("\u00a0", " ").startswith(
        "Juni 2025: 10.770,00 kr. i stedet for 12.770,00 kr. −2.000,00 kr.: Anden indtægt i"
        " måneden er 2.000,00 kr. fra den 1. juni 2025"
    )


def test_a_rate_that_was_corrected_is_the_cause_and_is_named() -> None:
    rows = [
        replace(rate, value=Money.kroner(12500)) if rate.id == "kh.forhoejet_sats.2025" else rate
        for rate in RATES
    ]

    found = _again(_with(known(*_life())), _with(known(*_life()), rates=RateBook(rows)), ACROSS)

    assert {each.month for each in found.changed} == set(ACROSS[2:])
    for each in found.changed:
        assert [change.kind for cause in each.causes for change in cause.changes] == [
            CauseKind.RATE
        ]
        assert each.difference == Money.kroner(2)
        assert "'Forhøjet sats' er 12.500,00" in each.causes[0].says


def test_a_rule_that_was_changed_is_the_cause_with_its_paragraph() -> None:
    text = "if_(not kh.gift and not kh.forsoerger, rate.kh.boernetillaeg, kr(0))"
    changed = RuleBook(
        replace(rule, expression=parse(text), text=text)
        if rule.id == "kh.tillaeg_enlig_ikke_forsoerger" and rule.version == 1
        else rule
        for rule in RULES
    )

    found = _again(_with(known(*_life())), _with(known(*_life()), rules=changed))

    assert [each.difference for each in found.changed] == [Money.kroner(2784 - 1092)] * 3
    assert "LAS § 18" in found.changed[0].causes[0].says


def test_the_225_hours_rule_lowers_only_the_months_a_decision_names() -> None:
    decided = a_fact(FactKind.HOURS_RULE, value=True, valid=Month(2025, 6).period())

    found = _again(_with(known(*_life())), _with(known(*_life(), decided)))

    (june,) = found.changed
    assert june.difference == -Money.kroner(1090)
    line = next(m for m in found.calculation.months if m.month == june.month).lines[-1]
    assert (line.key, line.amount) == ("timeregel", -Money.kroner(1090))


def test_what_was_decided_otherwise_than_calculated_is_said_and_not_given_to_a_fact() -> None:
    inputs = _with(known(*_life()))

    found = recalculate(
        _calculate,
        before=inputs,
        after=inputs,
        decided={("anna", Month(2025, 6)): Money.kroner(12000)},
        months=[Month(2025, 6)],
    )

    (june,) = found.changed
    assert june.difference == Money.kroner(770)
    assert june.causes[0].changes[0].kind is CauseKind.DECISION


def test_a_fact_that_is_lost_makes_the_month_unknown_and_never_a_claim() -> None:
    before = _with(known(*_life()))
    after = _with(known(*_life(a_fact(FactKind.WEALTH, UNKNOWN, valid=ALWAYS))))

    found = _again(before, after)

    assert all(each.now is None and each.difference is None for each in found.months)
    assert {each.what for month in found.months for each in month.missing} == {"formue"}
    assert (found.credit, found.debit) == (Money(0), Money(0))
    assert found.corrections() == {}


def test_changes_that_only_make_sense_together_are_one_cause() -> None:
    married = _life(
        a_fact(FactKind.MARITAL_STATUS, "gift", valid=ALWAYS),
        a_fact(FactKind.SPOUSE, "bo", valid=ALWAYS),
        a_fact(FactKind.SPOUSE_ON_OTHER_BENEFIT, value=False, valid=ALWAYS, party_id="bo"),
    )
    spouse = _life(
        a_fact(FactKind.SPOUSE_ON_OTHER_BENEFIT, value=False, valid=ALWAYS, party_id="bo"),
        a_fact(FactKind.OTHER_INCOME, Money.kroner(20000), valid=ALWAYS, party_id="bo"),
        party_id="bo",
    )
    months = [Month(2025, 9)]

    found = _again(_with(known(*_life())), _with(known(*married, *spouse)), months)

    (september,) = found.changed
    assert total(cause.amount for cause in september.causes) == september.difference
    assert any(len(cause.changes) > 1 for cause in september.causes)


@pytest.mark.parametrize("year", [2014])
def test_the_income_of_a_spouse_at_which_nothing_is_left(year: int) -> None:
    # gf-01, detfagligehus.dk: two providers above 30, 2 x 14.203 = 28.406 kr. in 2014. The rule is
    # that of the years before the reform, with the rate of the year in place.
    def of_the_year(rate: Rate) -> Rate:
        is_it = rate.key == "kh_pre.over30_forsoerger" and rate.valid.start.year == 2024
        return replace(rate, value=Money.kroner(14203)) if is_it else rate

    assert year == 2014
    rates = RateBook(of_the_year(rate) for rate in RATES)
    child = a_fact(FactKind.CHILDREN_AT_HOME, 1, valid=ALWAYS)
    theirs = a_fact(FactKind.CHILDREN_AT_HOME, 1, valid=ALWAYS, party_id="bo")
    no_benefit = a_fact(FactKind.SPOUSE_ON_OTHER_BENEFIT, value=False, valid=ALWAYS, party_id="bo")

    def gross(kroner: str) -> Money | None:
        income = a_fact(FactKind.OTHER_INCOME, Money.kroner(kroner), valid=ALWAYS, party_id="bo")
        married = a_fact(FactKind.MARITAL_STATUS, "gift", valid=ALWAYS)
        spouse_married = a_fact(FactKind.MARITAL_STATUS, "gift", valid=ALWAYS, party_id="bo")
        facts = known(
            *_life(child, married),
            *_life(theirs, income, spouse_married, no_benefit, party_id="bo"),
        )
        months = _calculate(_with(facts, rates=rates), [Month(2024, 5)]).months
        return next(month.gross for month in months if month.party_id == "anna")

    assert gross("28405.99") == Money(1)
    assert gross("28406") == Money(0)
    assert gross("14203") == Money.kroner(14203)


def test_saerlig_stoette_paid_with_one_years_limit_for_all_years_is_found() -> None:
    # ss-01 and ss-03, sindvejle.dk: 2.850 used for 2.450 in two months of 2012, for 2.800 in 2014.
    used = Money.kroner(2850)
    key = "saerlig_stoette.graense.ingen_forsoergerpligt"

    def owed(months: Sequence[Month]) -> Money:
        return total(used - RATES.on(key, month.first_day).amount for month in months)

    assert owed([Month(2012, 1), Month(2012, 2)]) == Money.kroner(800)
    assert owed([Month(2014, number) for number in range(1, 13)]) == Money.kroner(600)


MONTHS = st.sampled_from(ACROSS)
random_facts = st.lists(
    st.one_of(
        st.builds(
            lambda month, kroner: _income(kroner, month),
            MONTHS,
            st.integers(1, 20_000),
        ),
        st.builds(
            lambda month, kroner: _income(kroner, month, kind=FactKind.WORK_INCOME),
            MONTHS,
            st.integers(1, 30_000),
        ),
        st.builds(
            lambda count, later: a_fact(
                FactKind.CHILDREN_AT_HOME,
                count,
                valid=Period(date(2025, 5, 1) + timedelta(days=later)),
            ),
            st.integers(0, 4),
            st.integers(0, 150),
        ),
        st.builds(
            lambda yes: a_fact(FactKind.EXTRA_CHILD_SUBSIDY, value=yes, valid=ALWAYS),
            st.booleans(),
        ),
        st.builds(
            lambda kroner: a_fact(FactKind.WEALTH, Money.kroner(kroner), valid=ALWAYS),
            st.integers(0, 40_000),
        ),
        st.builds(
            lambda yes: a_fact(FactKind.RESIDENCE_MET, value=yes, valid=ALWAYS), st.booleans()
        ),
        st.builds(
            lambda yes: a_fact(FactKind.REQUIREMENTS_EXEMPT, value=yes, valid=ALWAYS),
            st.booleans(),
        ),
    ),
    max_size=5,
    unique_by=lambda fact: (fact.kind, fact.valid.start),
)


def _told(drawn: list[Fact], *, later: int = 1) -> tuple[Fact, ...]:
    at = KNOWN_AT + timedelta(minutes=later)
    return tuple(
        replace(fact, id=f"{fact.id}-{later}-{number}", known_from=at)
        for number, fact in enumerate(drawn)
    )


@settings(max_examples=25)
@given(random_facts, random_facts)
def test_the_causes_of_every_month_add_up_to_its_difference(
    some: list[Fact], others: list[Fact]
) -> None:
    the_causes_add_up(some, others)


@pytest.mark.long
@settings(max_examples=3_000, deadline=None)
@given(random_facts, random_facts)
def test_the_causes_of_many_histories_add_up(some: list[Fact], others: list[Fact]) -> None:
    the_causes_add_up(some, others)


def the_causes_add_up(some: list[Fact], others: list[Fact]) -> None:
    base = tuple(a_fact(kind, what, valid=ALWAYS) for kind, what in A_LIFE.items())
    before = _with(known(*base, *_told(some, later=1)))
    after = _with(known(*base, *_told(others, later=2)))

    found = _again(before, after)

    assert found.calculation == _calculate(after, ACROSS)
    for each in found.months:
        if each.difference is not None:
            assert total(cause.amount for cause in each.causes) == each.difference
            assert all(cause.amount for cause in each.causes)
        else:
            assert each.missing
    assert found.credit - found.debit == total(
        each.difference for each in found.months if each.difference is not None
    )


@settings(max_examples=10)
@given(random_facts)
def test_recalculating_what_nobody_changed_changes_nothing(some: list[Fact]) -> None:
    base = tuple(a_fact(kind, what, valid=ALWAYS) for kind, what in A_LIFE.items())
    same = _with(known(*base, *_told(some, later=1)))

    found = _again(same, same)

    assert all(each.difference in {Money(0), None} for each in found.months)
    assert all(each.causes == () for each in found.months)
