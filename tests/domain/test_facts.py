"""Facts: whose word counts, and that nothing unknown hides what is known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from processes.domain.facts import FactKind, Facts, FactStatus, SourceKind
from processes.domain.money import Money
from processes.domain.periods import Period
from tests.builders.facts import KNOWN_AT, UNKNOWN, a_fact, known

DAY = date(2026, 3, 1)
INCOME = FactKind.WORK_INCOME


def test_the_caseworkers_word_goes_before_the_registers_and_that_before_the_citizens() -> None:
    citizen = a_fact(INCOME, Money(1))
    register = a_fact(INCOME, Money(2), source=SourceKind.REGISTER)
    caseworker = a_fact(INCOME, Money(3), source=SourceKind.CASEWORKER)

    assert known(citizen, register).on("anna", INCOME, DAY) == register
    assert known(citizen, caseworker, register).on("anna", INCOME, DAY) == caseworker


def test_an_unanswered_register_does_not_hide_an_answer() -> None:
    citizen = a_fact(INCOME, Money(1))
    silent = a_fact(INCOME, UNKNOWN, source=SourceKind.REGISTER)

    assert known(citizen, silent).on("anna", INCOME, DAY) == citizen


def test_by_the_partys_word_their_own_statement_counts() -> None:
    citizen = a_fact(INCOME, Money(1))
    register = a_fact(INCOME, Money(2), source=SourceKind.REGISTER)

    assert known(citizen, register).by_the_partys_word().on("anna", INCOME, DAY) == citizen


def test_by_the_partys_word_income_they_never_spoke_of_is_none() -> None:
    register = a_fact(INCOME, Money(2), source=SourceKind.REGISTER)

    said = known(register).by_the_partys_word().on("anna", INCOME, DAY)

    assert said is not None
    assert said.status is FactStatus.NONE


def test_by_the_partys_word_other_facts_of_a_register_still_stand() -> None:
    born = a_fact(FactKind.BIRTH_DATE, date(1990, 1, 1), source=SourceKind.REGISTER)

    assert known(born).by_the_partys_word().on("anna", FactKind.BIRTH_DATE, DAY) == born


def test_what_was_not_known_yet_and_what_no_longer_is_are_left_out() -> None:
    held = a_fact(INCOME, Money(1))
    later = a_fact(INCOME, Money(2), known_from=KNOWN_AT + timedelta(hours=1))

    assert Facts.as_known([held, later], KNOWN_AT).all == (held,)


def test_a_timeline_of_facts_changes_where_another_one_counts() -> None:
    first = a_fact(INCOME, Money(1), valid=Period(DAY, date(2026, 3, 15)))
    register = a_fact(
        INCOME,
        Money(2),
        source=SourceKind.REGISTER,
        valid=Period(date(2026, 3, 10), date(2026, 3, 12)),
    )

    line = known(first, register).timeline("anna", INCOME, Period(DAY, date(2026, 4, 1)))

    assert [(each.period.start.day, each.value.value) for each in line] == [
        (1, Money(1)),
        (10, Money(2)),
        (12, Money(1)),
    ]
    assert line.on(date(2026, 3, 20)) is None


def test_a_value_goes_with_the_status_value_and_only_then() -> None:
    fact = a_fact(INCOME, Money(1))

    with pytest.raises(ValueError, match="arbejdsindtaegt"):
        type(fact)(**{**vars(fact), "status": FactStatus.NONE})


def test_two_sources_that_disagree_are_a_contradiction_until_a_caseworker_chooses() -> None:
    citizen = a_fact(INCOME, Money(1))
    register = a_fact(INCOME, Money(2), source=SourceKind.REGISTER)
    chosen = a_fact(INCOME, Money(2), source=SourceKind.CASEWORKER)

    assert [each.kind for each in known(citizen, register).contradictions(DAY)] == [INCOME]
    assert known(citizen, register, chosen).contradictions(DAY) == ()
