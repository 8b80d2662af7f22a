"""Kontanthjælp: what no situation of processes/law/stories can say."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.law import load_rates, load_rules
from processes.domain.benefits.cash_assistance import (
    assess,
    months_from_start,
    months_to_decide,
)
from processes.domain.calculation import Calculation, Outcome
from processes.domain.errors import RuleError
from processes.domain.facts import Fact, FactKind, SourceKind
from processes.domain.money import Money, total
from processes.domain.periods import Month, Period
from processes.domain.rules.book import RuleBook
from tests.builders.cases import MARCH, NOW, a_case, an_application
from tests.builders.facts import A_LIFE, a_fact, facts_of, known
from tests.builders.people import a_spouse, an_adult

RATES = load_rates()
RULES = load_rules()


def calculate(
    *facts: Fact,
    jointly: bool = False,
    couple: bool = False,
    months: tuple[Month, ...] = (MARCH,),
    start: date | None = None,
    until: date | None = None,
    rules: RuleBook = RULES,
) -> Calculation:
    first = start or (months[0].first_day if months else MARCH.first_day)
    return assess(
        an_application(contact_on=first, requested_from=first, applies_jointly=jointly),
        a_case(parties=[an_adult(), *([a_spouse()] if couple else [])]),
        known(*facts),
        rates=RATES,
        rules=rules,
        months=months,
        calculation_id="beregning-1",
        made_at=NOW,
        until=until,
    )


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in A_LIFE
        # Asked only of a person under 30, or not at all when nothing hangs on it.
        if kind not in {FactKind.LIVES_WITH_PARENTS, FactKind.ACTIVITY_READY}
    ],
)
def test_a_fact_nobody_gave_is_missing_and_never_a_default(kind: FactKind) -> None:
    facts = [fact for fact in facts_of() if fact.kind is not kind]

    calculation = calculate(*facts)

    assert calculation.outcome is Outcome.UNKNOWN
    assert calculation.months[0].gross is None
    assert [each.what for each in calculation.missing] == [kind.value]
    assert calculation.missing[0].sentence.startswith("Det vides ikke")


def test_a_month_has_one_income_and_two_are_missing_their_sum() -> None:
    income = FactKind.WORK_INCOME
    facts = [fact for fact in facts_of() if fact.kind is not income]
    early = a_fact(income, Money(0), valid=Period(date(2026, 1, 1), date(2026, 3, 15)))
    late = a_fact(income, Money.kroner(100), valid=Period(date(2026, 3, 15)))

    calculation = calculate(*facts, early, late)

    assert calculation.outcome is Outcome.UNKNOWN
    assert "15. marts 2026, men en måned har ét beløb" in calculation.missing[0].sentence


def test_the_same_value_from_a_newer_source_is_no_change() -> None:
    again = a_fact(
        FactKind.RESIDENCE_MET,
        value=True,
        source=SourceKind.CASEWORKER,
        valid=Period(date(2026, 3, 12)),
    )

    assert calculate(*facts_of(), again).outcome is Outcome.GRANTED


def test_help_starts_on_the_day_of_the_first_contact_and_not_before() -> None:
    early = an_application(contact_on=date(2026, 3, 2), requested_from=date(2026, 1, 1))

    assert months_from_start(early, count=2) == (MARCH, Month(2026, 4))
    assert months_to_decide(early) == (MARCH, Month(2026, 4))
    assert months_to_decide(an_application()) == (MARCH,)


def test_no_months_at_all_decide_nothing() -> None:
    assert calculate(*facts_of(), months=()).outcome is Outcome.UNKNOWN


def test_a_month_older_than_the_law_we_know_is_refused_by_name() -> None:
    with pytest.raises(RuleError, match=r"tidligst begynde den 1\. januar 2023"):
        calculate(*facts_of(), months=(Month(2022, 12),))


def test_an_application_from_before_the_reform_gets_the_help_of_its_month() -> None:
    calculation = calculate(*facts_of(), months=(Month(2025, 6),))

    # The rate of those days for somebody over 30 without children; the single had no more (§ 25).
    assert calculation.months[0].gross == Money.kroner("12770")


def test_a_rate_of_our_own_making_is_marked_all_the_way_up() -> None:
    calculation = calculate(*facts_of())

    assert calculation.is_provisional
    assert all(line.explanation.derived for line in calculation.months[0].lines)
    assert calculation.notes[0].startswith("Demosatser: ")
    assert {rate.id for rate in calculation.provisional_rates} == {
        "formue.person.2026",
        "kh.forhoejet_sats.2026",
        "kh.tillaeg_enlig_ikke_forsoerger.2026",
    }


def test_published_rates_are_not_marked() -> None:
    facts = facts_of(changes={FactKind.RESIDENCE_MET: False, FactKind.REQUIREMENTS_EXEMPT: False})

    calculation = calculate(*facts, months=(Month(2025, 9),))

    assert not calculation.is_provisional
    assert calculation.notes == ()


def test_supplements_that_are_not_calculated_yet_are_named() -> None:
    young = {
        FactKind.BIRTH_DATE: date(2000, 1, 1),
        FactKind.WORK_MET: False,
        FactKind.REQUIREMENTS_EXEMPT: True,
        FactKind.CHILDREN_AT_HOME: 1,
        FactKind.EXTRA_CHILD_SUBSIDY: True,
    }

    notes = calculate(*facts_of(changes=young)).notes

    assert any(note.startswith("Midlertidigt tilpasningstillæg") for note in notes)
    assert any(note.startswith("Fritidstillæg") for note in notes)


def test_every_line_explains_itself_down_to_facts_and_rates() -> None:
    calculation = calculate(*facts_of(changes={FactKind.WORK_INCOME: Money.kroner(4000)}))

    for line in calculation.months[0].lines:
        leaves = [node for node in line.explanation.walk() if not node.inputs]
        assert {node.kind for node in leaves} >= {"fact", "rate"}
        assert all(node.label and node.value is not None for node in line.explanation.walk())
        assert abs(line.amount.oere) == line.explanation.value.oere  # type: ignore[union-attr] – a line's node holds money


def test_the_legal_basis_is_of_the_conditions_and_lines_in_order() -> None:
    paragraphs = calculate(*facts_of()).paragraphs

    assert paragraphs[0] == "LAS § 2"
    assert paragraphs[-2:] == ("LAS § 16, stk. 1, nr. 2", "LAS § 18")


def test_a_refusal_stands_on_the_condition_that_is_not_met_alone() -> None:
    assert calculate(*facts_of(changes={FactKind.AVAILABLE: False})).paragraphs == ("LAS § 13",)


def test_only_rules_that_ran_are_named_with_their_version() -> None:
    versions = calculate(*facts_of()).rule_versions

    assert "kh.sats@1" in versions
    assert "kh.fribeloeb@1" not in versions


incomes = st.integers(min_value=0, max_value=4_000_000).map(Money)


@given(wage=incomes, other=incomes, spouse_wage=incomes)
def test_help_is_never_negative_and_always_the_sum_of_its_lines(
    wage: Money, other: Money, spouse_wage: Money
) -> None:
    anna = {
        FactKind.MARITAL_STATUS: "gift",
        FactKind.WORK_INCOME: wage,
        FactKind.OTHER_INCOME: other,
    }
    bo = {
        FactKind.MARITAL_STATUS: "gift",
        FactKind.WORK_INCOME: spouse_wage,
        FactKind.SPOUSE_ON_OTHER_BENEFIT: False,
    }

    month = calculate(*facts_of("anna", anna), *facts_of("bo", bo), couple=True).months[0]

    assert month.gross == total(line.amount for line in month.lines)
    assert Money(0) <= month.gross <= Money.kroner(13060)


@given(wage=incomes, more=st.integers(min_value=1, max_value=500_000).map(Money))
def test_whoever_earns_more_never_gets_more_help_and_never_has_less_in_all(
    wage: Money, more: Money
) -> None:
    def help_with(income: Money) -> Money:
        month = calculate(*facts_of(changes={FactKind.WORK_INCOME: income})).months[0]
        assert month.gross is not None
        return month.gross

    before, after = help_with(wage), help_with(wage + more)

    assert after <= before
    assert wage + more + after >= wage + before


@given(stated=incomes, reported=incomes)
def test_less_than_the_partys_own_word_gives_is_never_called_a_full_grant(
    stated: Money, reported: Money
) -> None:
    said = facts_of(changes={FactKind.WORK_INCOME: stated})
    told = a_fact(FactKind.WORK_INCOME, reported, source=SourceKind.REGISTER)

    by_word, by_register = calculate(*said), calculate(*said, told)

    ours, theirs = by_register.months[0].gross, by_word.months[0].gross
    assert ours is not None
    assert theirs is not None
    assert by_register.is_adverse == (ours < theirs or ours == Money(0))
