"""The rule book and its runs: dated versions, unknown all the way up, every value explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.law import load_rates, load_rules
from processes.domain.errors import BrokenStateError, RuleError
from processes.domain.facts import FACT_LABELS, QUESTIONS, FactKind
from processes.domain.money import Money
from processes.domain.periods import Month, Period
from processes.domain.rates import Confidence
from processes.domain.rules.book import Rule, RuleBook, rules_from_rows
from processes.domain.rules.language import FACT_KINDS, ExpressionError, parse
from processes.domain.rules.prose import in_words, law_in_words, spoken
from processes.domain.rules.run import Run
from processes.domain.rules.trace import Missing, Node, once
from tests.builders.facts import UNKNOWN, a_fact, known

MARCH = Month(2026, 3)
ROW = {
    "id": "test.proeve",
    "version": "1",
    "valid_from": "2025-07-01",
    "law": "LAS § 16",
    "label": "Prøve",
    "says": "En prøve.",
    "confidence": "hoej",
}


def a_rule(
    text: str, *, rule_id: str = "test.proeve", version: int = 1, valid: Period | None = None
) -> Rule:
    return Rule(
        id=rule_id,
        version=version,
        valid=valid or Period(date(2025, 7, 1)),
        law="LAS § 16",
        label="Prøve",
        says="En prøve.",
        confidence=Confidence.HIGH,
        expression=parse(text),
        text=text,
    )


def a_run(*rules: Rule, facts: tuple = (), month: Month = MARCH) -> Run:
    return Run(
        "anna",
        who="ansøgeren",
        month=month,
        facts=known(*facts),
        rates=load_rates(),
        rules=RuleBook(rules),
        given={},
    )


def test_a_new_version_stands_beside_the_old_one_and_the_day_chooses() -> None:
    before = a_rule("oere(1)", valid=Period(date(2025, 7, 1), date(2026, 3, 1)))
    after = a_rule("oere(2)", version=2, valid=Period(date(2026, 3, 1)))

    book = RuleBook([after, before])

    assert book.on("test.proeve", date(2026, 2, 28)).name == "test.proeve@1"
    assert book.on("test.proeve", date(2026, 3, 1)).name == "test.proeve@2"


def test_two_versions_on_one_day_are_refused() -> None:
    with pytest.raises(BrokenStateError, match="overlap"):
        RuleBook([a_rule("1"), a_rule("2", version=2)])


def test_a_day_without_a_rule_names_it_and_the_way_out() -> None:
    with pytest.raises(RuleError, match=r"test.proeve.*30\.06\.2025.*01\.07\.2025"):
        RuleBook([a_rule("1")]).on("test.proeve", date(2025, 6, 30))


def test_a_row_without_a_formula_is_refused_with_the_way_out() -> None:
    with pytest.raises(ExpressionError, match=r"test.proeve@1: Reglen har ingen formel\. Skriv"):
        rules_from_rows([ROW])


def test_the_shipped_rules_have_words_and_law_each() -> None:
    rules = list(load_rules())

    for rule in rules:
        assert rule.says.endswith(".")
        assert rule.label
        assert rule.law or rule.id in {"kh.alder", "betaling.samme_dag_frist"}
        if ".betingelse." in rule.id:
            assert rule.met.endswith((".", "}"))
            assert rule.unmet.endswith((".", "}"))


def test_every_kind_of_fact_has_a_name_a_question_and_a_type() -> None:
    assert set(FACT_LABELS) == set(QUESTIONS) == set(FACT_KINDS) == set(FactKind)
    assert all(question.format(who="ansøgeren").endswith(".") for question in QUESTIONS.values())


def test_what_a_rule_asked_for_are_the_inputs_of_its_node() -> None:
    rule = a_rule("fact.formue + rate.kh.grundsats")

    node = a_run(rule, facts=(a_fact(FactKind.WEALTH, Money(5)),)).result("test.proeve").node

    assert node.value == Money(752905)
    assert [(each.kind, each.id) for each in node.inputs] == [
        ("fact", "anna-formue-borger"),
        ("rate", "kh.grundsats.2026"),
    ]


@pytest.mark.parametrize("facts", [(), (a_fact(FactKind.WEALTH, UNKNOWN),)])
def test_unknown_goes_all_the_way_up_and_is_written_down_once(facts: tuple) -> None:
    inner = a_rule("fact.formue", rule_id="test.indre")
    outer = a_rule("test.indre + test.indre")

    result = a_run(inner, outer, facts=facts).result("test.proeve")

    assert result.node.value is None
    assert [(each.party_id, each.what) for each in result.missing] == [("anna", "formue")]


def test_known_to_be_none_is_zero_and_not_unknown() -> None:
    rule = a_rule("fact.formue")

    result = a_run(rule, facts=(a_fact(FactKind.WEALTH, None),)).result("test.proeve")

    assert result.node.value == Money(0)
    assert result.node.inputs[0].value == "ingen"


def test_a_gap_in_the_rates_is_missing_and_names_the_rate() -> None:
    rule = a_rule("rate.kh.grundsats")

    result = a_run(rule, month=Month(2031, 1)).result("test.proeve")

    assert [each.what for each in result.missing] == ["kh.grundsats"]


def test_all_of_lists_everything_that_is_missing_at_once() -> None:
    rule = a_rule(
        "all_of(fact.formue > kr(0), fact.opholdskrav_opfyldt, fact.beskaeftigelseskrav_opfyldt)"
    )

    result = a_run(rule, facts=(a_fact(FactKind.WORK_MET, value=True),)).result("test.proeve")

    assert {each.what for each in result.missing} == {"formue", "opholdskrav_opfyldt"}


def test_a_fact_of_the_wrong_kind_is_a_mistake_of_ours_and_not_a_no() -> None:
    rule = a_rule("fact.staar_til_raadighed")

    with pytest.raises(BrokenStateError, match="staar_til_raadighed"):
        a_run(rule, facts=(a_fact(FactKind.AVAILABLE, Money(5)),)).result("test.proeve")


def test_a_sum_is_no_surer_than_its_least_sure_part() -> None:
    rule = a_rule("rate.kh.hjemmeboende")

    node = a_run(rule).result("test.proeve").node

    assert node.confidence is Confidence.LOW
    assert node.derived
    assert node.is_provisional


def test_a_tax_rule_is_not_run_in_the_calculation() -> None:
    rule = next(rule for rule in load_rules() if rule.id == "betaling.a_skat")

    with pytest.raises(BrokenStateError, match="of the payment"):
        a_run(rule).result("betaling.a_skat")


def test_a_rule_is_explained_in_full_once_and_by_its_value_after_that() -> None:
    leaf = Node("fact", "f", "Alder", 36, source="CPR")
    rule = Node("rule", "a@1", "A", 1, inputs=(leaf,))
    again = replace(rule, id="b@1", inputs=(rule, leaf))

    tree = once(Node("rule", "c@1", "C", 2, inputs=(rule, again)))

    assert tree.inputs[0] == rule
    assert tree.inputs[1].inputs[0] == replace(rule, inputs=())
    assert tree.inputs[1].inputs[1] == leaf


def test_a_tree_is_read_aloud_depth_first_with_law_and_source() -> None:
    leaf = Node("fact", "f", "Arbejdsindtægt i måneden", Money(400000), source="eIndkomst")
    rate = Node("rate", "r", "Grundsats", Money(752900), law="LAS § 16", derived=True)
    node = Node(
        "rule", "a@1", "Hjælp", None, law="LAS § 30", source="Krone for krone.", inputs=(leaf, rate)
    )

    lines = spoken(node)

    assert [(line.depth, line.text) for line in lines] == [
        (0, "Hjælp: ved ikke. Krone for krone."),
        (1, "Arbejdsindtægt i måneden: 4.000,00\u00a0kr. (kilde: eIndkomst)"),
        (1, "Grundsats: 7.529,00\u00a0kr. (sats)"),
    ]
    assert lines[0].law == "lov om aktiv socialpolitik §\u00a030"
    assert [line.provisional for line in lines] == [False, False, True]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "ved ikke"),
        (True, "ja"),
        (False, "nej"),
        (0, "0"),
        (Money(0), "0,00\u00a0kr."),
        (date(2026, 3, 1), "01.03.2026"),
        ("forhoejet_sats", "den forhøjede sats"),
    ],
)
def test_unknown_is_said_and_never_shown_as_nothing(value: object, words: str) -> None:
    assert in_words(value) == words  # type: ignore[arg-type] – parametrised values


def test_an_act_is_named_in_words_and_a_number_stays_with_its_sign() -> None:
    assert law_in_words("FVL § 19, stk. 2, nr. 1") == (
        "forvaltningsloven §\u00a019, stk.\u00a02, nr.\u00a01"
    )


def test_missing_things_are_equal_by_what_they_say() -> None:
    assert Missing("a", "formue", "x") == Missing("a", "formue", "x")
