"""Why one month differs from another: from the trees the amounts were made with, and no others."""

from dataclasses import replace
from datetime import date

from processes.domain.calculation import Line, Node, PersonMonth
from processes.domain.comparison import compare
from processes.domain.money import Money
from processes.domain.periods import Month, Period


def a_line(key: str, kroner: str, *leaves: Node) -> Line:
    tree = Node("rule", f"kh.{key}@1", key, Money.kroner(kroner), "LAS § 30", inputs=leaves)
    return Line(key, key.title(), Money.kroner(kroner), tree)


def a_wage(kroner: str) -> Node:
    return Node("fact", "fact", "Arbejdsindtægt", Money.kroner(kroner), source="eIndkomst")


def a_month(number: int, *lines: Line) -> PersonMonth:
    return PersonMonth("anna", Month(2026, number), (), lines, ())


RATE = a_line("sats", "13060")


def test_a_fact_that_changed_is_the_reason_and_changed_lines_come_first() -> None:
    before = a_month(3, RATE, a_line("indtaegt", "-1000", a_wage("3500")))
    after = a_month(4, RATE, a_line("indtaegt", "-2606", a_wage("5106")))

    income, rate = compare(before, after)

    assert (income.label, income.difference) == ("Indtaegt", Money.kroner("-1606"))
    assert income.because == ("Arbejdsindtægt: 5.106,00\u00a0kr., før 3.500,00\u00a0kr.",)
    assert (rate.difference, rate.because) == (Money(0), ())


def test_a_line_that_comes_or_goes_says_what_it_rested_on() -> None:
    with_wage = a_month(4, RATE, a_line("indtaegt", "-2606", a_wage("5106")))

    come, _ = compare(a_month(3, RATE), with_wage)
    gone, _ = compare(with_wage, a_month(5, RATE))

    assert (come.before, come.because) == (None, ("Arbejdsindtægt: 5.106,00\u00a0kr.",))
    assert (gone.after, gone.because) == (
        None,
        ("Arbejdsindtægt: ikke længere 5.106,00\u00a0kr.",),
    )


def test_part_of_a_month_is_a_reason_of_its_own() -> None:
    days = Period(date(2026, 3, 16), date(2026, 4, 1))
    part = replace(
        RATE, label="Sats, 16.–31. marts 2026", amount=Money.kroner("6740.65"), days=days
    )

    (change,) = compare(a_month(3, part), a_month(4, RATE))

    assert change.label == "Sats", "the name without the days"
    assert change.because == ("I marts 2026 er det kun for 16.–31. marts 2026",)


def test_months_that_are_the_same_have_no_reasons() -> None:
    changes = compare(a_month(3, RATE), a_month(4, RATE))

    assert [(each.difference, each.because) for each in changes] == [(Money(0), ())]
