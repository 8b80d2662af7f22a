"""What a decision that follows another says of months: what ends, and what holds again after."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from processes.domain.calculation import Calculation, Line, Node, Outcome, PersonMonth
from processes.domain.decisions import DecidedLine
from processes.domain.facts import Fact, FactKind, Facts, FactStatus, Source, SourceKind
from processes.domain.money import Money
from processes.domain.periods import Month, Period
from processes.domain.reassessment import known_months, lines_after, months_to_reassess

MARCH, APRIL, MAY = Month(2026, 3), Month(2026, 4), Month(2026, 5)
DECIDED_AT = datetime(2026, 3, 3, 8, tzinfo=UTC)
HELP = Money.kroner("14201")
STANDING = (DecidedLine("anna", MARCH, HELP),)


def a_month(month: Month, amount: Money | None) -> PersonMonth:
    node = Node("rule", "kh.hjaelp", "Hjælp", amount)
    lines = () if amount is None else (Line("grundsats", "Grundsats", amount, node),)
    return PersonMonth("anna", month, (), lines, ())


def a_calculation(*months: PersonMonth, outcome: Outcome = Outcome.PARTIAL) -> Calculation:
    return Calculation("c", "case", "a", DECIDED_AT, DECIDED_AT, (), months, (), outcome)


def an_income(valid: Period, *, known_from: datetime = datetime(2026, 5, 5, tzinfo=UTC)) -> Fact:
    return Fact(
        id="f",
        case_id="case",
        party_id="anna",
        kind=FactKind.WORK_INCOME,
        status=FactStatus.VALUE,
        value=Money.kroner("6000"),
        valid=valid,
        source=Source(SourceKind.CASEWORKER, "eIndkomst", "finding"),
        known_from=known_from,
    )


def test_a_new_look_speaks_of_the_months_in_which_something_changed_since() -> None:
    found = months_to_reassess(
        (MARCH,), [an_income(APRIL.period())], decided_at=DECIDED_AT, last=Month(2026, 8)
    )

    assert found == (MARCH, APRIL, MAY)


def test_what_was_known_when_it_was_decided_changes_no_month() -> None:
    known = an_income(APRIL.period(), known_from=datetime(2026, 3, 1, tzinfo=UTC))

    assert months_to_reassess((MARCH,), [known], decided_at=DECIDED_AT, last=Month(2026, 8)) == (
        MARCH,
    )


def test_an_income_of_one_month_leaves_the_decision_before_to_hold_again() -> None:
    facts = Facts(datetime(2026, 5, 6, tzinfo=UTC), (an_income(APRIL.period()),))
    less = Money.kroner("10701")
    lines = (DecidedLine("anna", MARCH, HELP), DecidedLine("anna", APRIL, less))

    found = lines_after(
        lines, STANDING, a_calculation(a_month(MARCH, HELP), a_month(APRIL, less)), facts
    )

    assert found == (*lines, DecidedLine("anna", MAY, HELP))


def test_an_income_until_further_notice_holds_until_further_notice() -> None:
    facts = Facts(datetime(2026, 5, 6, tzinfo=UTC), (an_income(Period(date(2026, 4, 1))),))
    less = Money.kroner("10701")
    lines = (DecidedLine("anna", MARCH, HELP), DecidedLine("anna", APRIL, less))

    assert (
        lines_after(
            lines, STANDING, a_calculation(a_month(MARCH, HELP), a_month(APRIL, less)), facts
        )
        == lines
    )


def test_help_that_is_refused_ends_in_so_many_words() -> None:
    refused = a_calculation(a_month(APRIL, None), outcome=Outcome.REFUSED)

    found = lines_after((), STANDING, refused, Facts(DECIDED_AT, ()))

    assert found == (DecidedLine("anna", APRIL, Money(0)),)


def test_a_first_month_that_comes_to_nothing_is_said_before_what_follows() -> None:
    lines = (DecidedLine("anna", APRIL, HELP),)
    made = a_calculation(a_month(MARCH, Money(0)), a_month(APRIL, HELP))

    found = lines_after(lines, STANDING, made, Facts(DECIDED_AT, ()))

    assert found == (DecidedLine("anna", MARCH, Money(0)), *lines)


def test_the_last_months_nobody_can_know_are_left_as_decided() -> None:
    unknown = replace(a_month(MAY, None), missing=("unknown",))  # type: ignore[arg-type]  # any will do
    made = a_calculation(a_month(MARCH, HELP), a_month(APRIL, HELP), unknown)

    assert known_months(made, (MARCH, APRIL, MAY), keep=1) == (MARCH, APRIL)
