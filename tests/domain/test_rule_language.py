"""The language of the rules: what may be written, what is refused, and how it is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.law import load_rates, load_rules
from processes.domain.facts import FactKind
from processes.domain.money import Money
from processes.domain.periods import Month, Period
from processes.domain.rates import Confidence
from processes.domain.rules.book import Rule, RuleBook, rules_from_rows
from processes.domain.rules.language import ExpressionError, parse
from processes.domain.rules.linting import lint
from processes.domain.rules.run import Run
from tests.builders.facts import UNKNOWN, a_fact, known

SINCE = Period(date(2025, 7, 1))
RATES = load_rates()


def a_rule(text: str, rule_id: str = "proeve.regel", *, valid: Period = SINCE) -> Rule:
    return Rule(
        rule_id, 1, valid, "LAS § 1", "Prøve", "En prøve.", Confidence.HIGH, parse(text), text=text
    )


def value_of(text: str, *facts: object) -> object:
    run = Run(
        "anna",
        who="ansøgeren",
        month=Month(2026, 3),
        facts=known(*facts),  # type: ignore[arg-type] – the facts of a test
        rates=RATES,
        rules=RuleBook([a_rule(text)]),
        given={},
    )
    return run.result("proeve.regel").value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('kr(100) + kr("0,50") - oere(1)', Money(10049)),
        ("-kr(1) * 3", Money(-300)),
        ("2 + 3 * 4", 14),
        ("1 < 2 <= 2 and not no", True),
        ('if_(yes, "a", "b") in ("a", "b") or no', True),
        ("if_(no, kr(1), yes, kr(2), kr(3))", Money(200)),
        ("min(kr(3), kr(1), kr(2))", Money(100)),
        ("max(1, 3, 2)", 3),
        ('choose(if_(no, "a", "b"), a=1, b=2)', 2),
        ('choose(if_(no, "a", "b"), a=1, otherwise=3)', 3),
        ('share(oere(2869), percent("50"))', Money(1435)),
        ('share(-oere(2869), percent("50"))', Money(-1435)),
        ("part(kr(100), 16, 31)", Money(5161)),
        ("part(kr(31), days, days_in_month)", Money(3100)),
        ("how_many(kr(100), kr(30))", 3),
        ('round_to(kr("12,50"), kr(1), "nearest")', Money(1300)),
        ('round_to(-kr("12,50"), kr(1), "nearest")', Money(-1300)),
        ('round_to(kr("12,01"), kr(1), "up")', Money(1300)),
        ('round_to(kr("12,99"), kr(1), "down")', Money(1200)),
        ('round_to(kr(3175), kr(50), "nearest")', Money(320000)),
        ("all_of(yes, no)", False),
        ("any_of(no, yes)", True),
        ('age(day("1996-03-02"))', 29),
        ('age(day("1996-03-01"))', 30),
        ('age(day("1996-02-29"))', 30),
        ('days_since(day("2026-02-01"))', 28),
        ('months_since(day("2025-12-31"))', 3),
        ('first_day == day("2026-03-01")', True),
        ("rate.kh.grundsats", Money(752900)),
        ("# a comment\nkr(1)\n+ kr(2)", Money(300)),
    ],
)
def test_a_formula_gives(text: str, value: object) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1 +", "Det er ikke en formel."),
        ("kr(1) / 2", "share, part, how_many"),
        ("lambda: 1", "Sådan kan der ikke skrives"),
        ("[1, 2]", "Sådan kan der ikke skrives"),
        ("kh['sats']", "Sådan kan der ikke skrives"),
        ("1 if yes else 2", "Sådan kan der ikke skrives"),
        ("__import__('os')", "Funktionen '__import__' findes ikke."),
        ("fact.formue.__class__", "Der er ingen oplysning 'fact.formue.__class__'."),
        ("open('/etc/passwd')", "Funktionen 'open' findes ikke."),
        ("(1).bit_length()", "findes ikke"),
        ("f'{1}'", "Sådan kan der ikke skrives"),
        ("1.5", "'1.5' kan ikke bruges."),
        ("True", "'True' kan ikke bruges."),
        ("10**100", "Det regnetegn findes ikke her."),
        ("9999999999999", "kan ikke bruges"),
        ("navn", "'navn' er ikke et navn."),
        ('kr("1,234")', "kr kan ikke læse sin værdi."),
        ('day("2025-02-30")', "day kan ikke læse sin værdi."),
        ("if_(yes, 1)", "if_ tager mindst 3 værdier og fik 2."),
        ("if_(yes, 1, no, 2)", "if_ har 4 værdier."),
        ('round_to(kr(1), kr(1), "sideways")', "round_to mangler sin tekst."),
        ('round_to(kr(1), kr(0), "up")', "Der rundes af til et beløb, der skrives ud."),
        ("part(kr(1), 1, 0)", "part deles med et tal, der kan være 0."),
        ("part(kr(1), 1, fact.hjemmeboende_boern)", "part deles med et tal, der kan være 0."),
        ("kr(1) + 1", "tal og beløb kan ikke bruges sammen."),
        ("kr(1) * kr(2)", "To beløb kan ikke ganges."),
        ("fact.formue > 0", "tal og beløb kan ikke bruges sammen."),
        ("fact.formue and yes", "Her skal stå ja/nej, men her står beløb."),
        ("not 1", "Her skal stå ja/nej, men her står tal."),
        ("if_(yes, kr(1), 0)", "tal og beløb kan ikke bruges sammen."),
        ("share(kr(1), 1)", "Her skal stå andel, men her står tal."),
        ("fact.formuen", "Mente du formue?"),
        ("proeve.anden", "Der er ingen regel 'proeve.anden'."),
        ("given.noget", "Der er ingen oplysning i ansøgningen 'given.noget'."),
        ("choose(fact.civilstand, gift=1)", "choose svarer ikke på: alle andre ord."),
        ('choose(if_(yes, "a", "b"), a=1)', "choose svarer ikke på: b."),
        ('choose(if_(yes, "a", "b"), a=1, c=2, b=3)', "Ordet 'c' kommer aldrig her"),
        ('if_(yes, "a", "b") == "c"', "Ordet 'c' kommer aldrig her"),
        ("said(kr(1))", "said spørger om en oplysning."),
        ("happened(fact.formue)", "Her skal stå dag, men her står beløb."),
        ("for_days(fact.formue)", "for_days spørger om en regel for samme person."),
        ("proeve.regel + kr(1)", "Reglerne spørger hinanden i ring"),
        ("spouse.proeve.regel", "Reglerne spørger hinanden i ring"),
    ],
)
def test_what_is_wrong_is_refused_with_rule_place_and_way_out(text: str, says: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        RuleBook([a_rule(text)])

    said = str(refused.value)
    assert says in said
    assert said.endswith((".", "?", "…"))


def test_an_error_names_rule_version_line_and_column() -> None:
    row = {
        "id": "kh.proeve",
        "version": "3",
        "valid_from": "2026-01-01",
        "law": "LAS § 1",
        "label": "Prøve",
        "says": "En prøve.",
        "confidence": "hoej",
        "expression": "if_(\n  yes, kr(1),\n  2)",
    }

    with pytest.raises(ExpressionError) as refused:
        RuleBook(rules_from_rows([row]))

    assert str(refused.value) == (
        "Reglen kh.proeve@3, linje 3, tegn 3: tal og beløb kan ikke bruges sammen."
        " Gør dem til det samme, for eksempel kr(0) i stedet for 0."
    )


def test_a_column_counts_letters_and_a_danish_letter_is_one() -> None:
    with pytest.raises(ExpressionError) as refused:
        RuleBook([a_rule('require(yes, fact.formue, "Æøå.", not 1)')])
    assert "linje 1, tegn 39" in str(refused.value)


def test_a_formula_that_is_too_long_or_too_deep_is_refused() -> None:
    with pytest.raises(ExpressionError, match="tegn"):
        parse("1 + " * 4000 + "1")
    with pytest.raises(ExpressionError):
        parse("-" * 100 + "1")
    with pytest.raises(ExpressionError):
        parse("(" * 1000 + "1" + ")" * 1000)


def test_one_part_that_decides_is_enough_whatever_is_unknown_of_the_others() -> None:
    away = a_fact(FactKind.AVAILABLE, value=False)
    unknown = a_fact(FactKind.SINGLE, UNKNOWN)

    assert value_of("fact.reelt_enlig and fact.staar_til_raadighed", unknown, away) is False
    assert value_of("fact.staar_til_raadighed and fact.reelt_enlig", unknown, away) is False
    assert value_of("fact.reelt_enlig or not fact.staar_til_raadighed", unknown, away) is True
    assert value_of("all_of(fact.reelt_enlig, fact.staar_til_raadighed)", unknown, away) is None


def test_a_way_to_stop_says_why_in_its_own_words() -> None:
    text = 'require(fact.formue < kr(10), fact.formue, "Skriv beløbet igen.", kr(5))'
    run = Run(
        "anna",
        who="ansøgeren",
        month=Month(2026, 3),
        facts=known(a_fact(FactKind.WEALTH, Money(100_000))),
        rates=RATES,
        rules=RuleBook([a_rule(text)]),
        given={},
    )

    result = run.result("proeve.regel")

    assert result.value is None
    assert [(each.what, each.sentence) for each in result.missing] == [
        ("formue", "Skriv beløbet igen.")
    ]


def test_lint_finds_rates_that_are_not_there_and_rules_not_in_force() -> None:
    later = Period(date(2026, 1, 1))
    book = RuleBook(
        [
            a_rule("rate.ingen.sats + proeve.senere"),
            a_rule("rate.kh.grundsats", "proeve.senere", valid=later),
            a_rule("count.kh.grundsats", "proeve.antal"),
            replace(a_rule("proeve.loes", "proeve.maaned"), per_month=True),
            a_rule("kr(1)", "proeve.loes"),
            replace(a_rule("kr(1)", "proeve.delt"), folds="proeve.ingen"),
        ]
    )

    found = {finding.rule: str(finding) for finding in lint(book, RATES)}

    assert "ingen.sats" in " ".join(str(finding) for finding in lint(book, RATES))
    assert "ikke er i kraft fra 1. juli 2025" in found["proeve.regel@1"]
    assert "Skriv rate.kh.grundsats." in found["proeve.antal@1"]
    assert "kan skifte i måneden" in found["proeve.maaned@1"]
    assert "at dele måneden efter" in found["proeve.delt@1"]


def test_lint_finds_a_gap_between_versions() -> None:
    first = a_rule("kr(1)", valid=Period(date(2025, 7, 1), date(2025, 12, 31)))
    second = replace(a_rule("kr(2)", valid=Period(date(2026, 1, 1))), version=2)

    (found,) = lint(RuleBook([first, second]), RATES)

    assert "Der er ingen version fra 31. december 2025 til 31. december 2025." in str(found)


def test_nothing_is_found_in_the_shipped_book() -> None:
    assert [str(finding) for finding in lint(load_rules(), RATES)] == []
