"""Situations with what they must give: the files of processes/law/stories, read by ./ky calculate.

Every rule that makes an amount is in one of them, and every limit from both sides.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.law import load_benefits, load_rates, load_rules
from app.local.calculating import read_file
from processes.domain.benefits.single import check_benefits
from processes.domain.benefits.situations import Situation
from processes.domain.calculation import Calculation
from processes.domain.money import Money

FOLDER = Path(str(files("processes").joinpath("law", "stories")))
BENEFITS = load_benefits()
RATES = load_rates()
RULES = load_rules()
STORIES = [
    (file.stem, situation)
    for file in sorted(FOLDER.glob("*.yaml"))
    for situation in read_file(file, BENEFITS)
]


def calculate(situation: Situation) -> Calculation:
    return situation.calculate(rates=RATES, rules=RULES, benefits=BENEFITS)


def amounts(said: Any) -> list[Money | None]:
    each = said if isinstance(said, list) else [said]
    return [None if one is None else Money.kroner(str(one)) for one in each]


@pytest.mark.parametrize(
    "situation",
    [situation for _, situation in STORIES],
    ids=[f"{file}: {situation.title}" for file, situation in STORIES],
)
def test_the_situation_gives_what_it_says(situation: Situation) -> None:
    expect: dict[str, Any] = dict(situation.expect)

    calculation = calculate(situation)

    assert str(calculation.outcome) == expect["outcome"], calculation.missing
    for party_id in calculation.party_ids:
        assert [month.gross for month in calculation.of(party_id)] == amounts(expect[party_id])
    first = calculation.months[0]
    lines = {line.label if line.days else line.key: line.amount for line in first.lines}
    for key, amount in expect.get("lines", {}).items():
        assert lines[key] == Money.kroner(amount)
    if "missing" in expect or str(calculation.outcome) != "ukendt":
        assert {each.what for each in calculation.missing} == set(expect.get("missing", []))
    if "unmet" in expect:
        assert [each.key for each in first.refused_because] == expect["unmet"]
    if "unconfirmed" in expect:
        unsure = {rule.id.partition("@")[0] for rule in calculation.provisional_rules}
        assert unsure == set(expect["unconfirmed"])


def test_every_situation_says_where_it_comes_from_and_some_are_published() -> None:
    said = [
        each
        for file in FOLDER.glob("*.yaml")
        for each in yaml.safe_load_all(file.read_text(encoding="utf-8"))
        if each and set(each) != {"everybody"}
    ]

    assert {each["evidence"] for each in said} == {"published", "derived"}
    assert all(each["source"] and each["title"] for each in said)
    titles = [(each.get("benefit"), each["title"]) for each in said]
    assert len(set(titles)) > len(titles) * 0.9


def test_there_is_a_situation_for_each_benefit() -> None:
    shown = {situation.benefit for _, situation in STORIES}

    assert shown == {"kontanthjaelp", *BENEFITS}


def test_every_benefit_names_rules_that_are_in_the_book() -> None:
    check_benefits(BENEFITS.values(), RULES)


def test_every_rule_of_kontanthjaelp_since_the_reform_is_used_by_a_situation() -> None:
    used = {name for _, situation in STORIES for name in calculate(situation).rule_versions}
    shipped = {
        rule.name
        for rule in RULES
        if rule.id.startswith("kh.") and rule.id in SINCE_THE_REFORM and rule.valid.end is None
    }

    assert shipped - used == set()


SINCE_THE_REFORM = frozenset(
    rule.id
    for rule in RULES
    if rule.expression is not None
    and rule.id.startswith("kh.")
    and not rule.id.startswith(("kh.fritidstillaeg", "kh.timeregel", "kh.engangshjaelp"))
)
