"""Rules of every benefit, asked one by one: stories of scenarios/ with both sides of limits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.law import load_rates, load_rules
from processes.domain.facts import Fact, FactKind, FactValue
from processes.domain.money import Money
from processes.domain.periods import Month, Period
from processes.domain.rules.language import FACT_KINDS, Kind
from processes.domain.rules.linting import lint
from processes.domain.rules.run import Result, Run
from processes.domain.rules.trace import Node
from tests.builders.facts import A_LIFE, UNKNOWN, a_fact, known

FOLDER = Path(__file__).parent / "scenarios"
FILES = ("andre_ydelser.yaml", "foer_reformen.yaml", "satser.yaml", "graenser.yaml")
STORIES: list[dict[str, Any]] = [
    story
    for file in FILES
    if (FOLDER / file).exists()
    for story in yaml.safe_load((FOLDER / file).read_text(encoding="utf-8"))
]
CASES = [(story, number) for story in STORIES for number in range(len(story["cases"]))]
RATES = load_rates()
RULES = load_rules()
ALWAYS = Period(date(2000, 1, 1))


def _value(kind: FactKind, said: Any) -> FactValue | None:
    is_text = isinstance(said, str) and said != UNKNOWN
    return Money.kroner(said) if is_text and FACT_KINDS[kind] is Kind.MONEY else said


def _facts(said: dict[str, Any]) -> Iterator[Fact]:
    for kind, what in said.items():
        yield a_fact(FactKind(kind), _value(FactKind(kind), what), party_id="anna", valid=ALWAYS)


def ask(rule_id: str, month: str, said: dict[str, Any]) -> Result:
    """Ask one rule of one person in one month."""
    run = Run(
        "anna",
        who="ansøgeren",
        month=Month.parse(month),
        facts=known(*_facts(said)),
        rates=RATES,
        rules=RULES,
        given={
            name: Node("fact", name, name, value=said.get("civilstand") == "gift")
            for name in ("soeger_sammen", "aegtefaelle_paa_sagen")
        },
    )
    return run.result(rule_id)


@pytest.mark.parametrize(
    ("story", "number"), CASES, ids=[f"{story['title']}-{number}" for story, number in CASES]
)
def test_the_rule_gives_its_answer(story: dict[str, Any], number: int) -> None:
    _, expected, *missing = story["cases"][number]

    result = ask_of(story, number)

    if expected == UNKNOWN:
        assert result.value is None
        assert {each.what for each in result.missing} == set(missing[0])
    elif isinstance(expected, str) and expected[:1].isdigit():
        assert result.value == Money.kroner(expected), result.missing
    else:
        assert result.value == expected, result.missing


def test_every_story_says_where_it_comes_from() -> None:
    assert {story["evidence"] for story in STORIES} == {"published", "derived"}
    assert all(story["source"] for story in STORIES)


def test_the_whole_book_is_without_findings() -> None:
    assert [str(finding) for finding in lint(RULES, RATES)] == []


def test_each_rule_of_these_files_is_asked_by_a_story_or_by_a_rule_that_is() -> None:
    asked = {story["rule"] for story in STORIES} | {
        name for story, number in CASES for name in _under(ask_of(story, number).node)
    }
    ours = {rule.id for rule in RULES if rule.id.split(".")[0] in FAMILIES}

    assert ours - asked == set()


FAMILIES = {
    "pension",
    "merudgift",
    "kompensationsydelse",
    "tabt_arbejdsfortjeneste",
    "saerlig_stoette",
    "bidrag",
    "sanktion",
    "engangshjaelp",
    "tilpasningstillaeg",
    "enkeltydelser",
    "loft",
}


def ask_of(story: dict[str, Any], number: int) -> Result:
    """Ask one case of a story."""
    said = {
        **(A_LIFE if story.get("life") else {}),
        **story["facts"],
        **story["cases"][number][0],
    }
    return ask(story["rule"], str(said.pop("month", story["month"])), said)


def _under(node: Node) -> set[str]:
    return {each.id.partition("@")[0] for each in node.walk() if each.kind == "rule"}
