"""Stories touch every rule, each branch, both sides of each limit, each rate's first and last day.

What must be touched is worked out from the rule book. What is not is named, and either gets a story
or stands here with the reason why it cannot have one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from app.law import load_benefits, load_rates, load_rules
from processes.domain.benefits.situations import Situation
from processes.domain.calculation import Calculation
from processes.domain.periods import Period
from processes.domain.rates import Confidence
from processes.domain.rules.book import Rule, RuleBook
from processes.domain.rules.language import parse
from tests.domain import test_rules_one_by_one as one_by_one
from tests.domain.law_coverage import Seen, missing, recorded
from tests.domain.test_stories import STORIES

KNOWN = Period(date(2023, 1, 1), date(2027, 1, 1))
"""The days the tables of kontanthjælp cover: what is of later cannot be worked out yet."""

IN_THE_PAYMENT = "virker i betalingen og prøves i tests/domain/test_payments.py"
OPEN_READING = "et svar på et åbent spørgsmål, som ikke er det valgte"
EVERY_GROUP_IS_NAMED = "grupperne er nævnt alle sammen; vejen er til for en, der kommer til"
IMPOSSIBLE = "kan ikke ske"

EXEMPT = {
    "betaling.maanedsfradrag_i_delt_maaned@1: ingen fortælling spørger reglen": IN_THE_PAYMENT,
    "betaling.frikort_uden_graense@1: ingen fortælling spørger reglen": IN_THE_PAYMENT,
    "betaling.samme_dag_frist@1: ingen fortælling spørger reglen": IN_THE_PAYMENT,
    "kh.engangshjaelp.modregning@1: ingen fortælling spørger reglen": IN_THE_PAYMENT,
    # Help is the full help minus what is taken, so it is never more.
    "kh.betingelse.behov@0: kh.hjaelp <= kh.fuld_hjaelp har aldrig givet nej": IMPOSSIBLE,
    "kh.betingelse.behov@1: kh.hjaelp <= kh.fuld_hjaelp har aldrig givet nej": IMPOSSIBLE,
    # Judged only on days of a holiday somebody told of.
    "kh.betingelse.ferie@0: if_ (linje 1, tegn 1) har aldrig taget vejen 'ellers'": IMPOSSIBLE,
    "kh.betingelse.ferie@1: if_ (linje 1, tegn 1) har aldrig taget vejen 'ellers'": IMPOSSIBLE,
    # A wedding inside the month is unknown before it gets here.
    "kh.aegtefaelles_overskud@0: if_ (linje 8, tegn 5) har aldrig taget vejen 'ellers'": IMPOSSIBLE,
    "kh.aegtefaelles_overskud@1: if_ (linje 8, tegn 5) har aldrig taget vejen 'ellers'": IMPOSSIBLE,
    "kh.sats@0: choose (linje 9, tegn 23) har aldrig taget vejen 'ellers'": EVERY_GROUP_IS_NAMED,
    "kh.sats@0: choose (linje 20, tegn 15) har aldrig taget vejen 'ellers'": EVERY_GROUP_IS_NAMED,
    "kh.hjaelp_som_aegtefaelle@0: choose (linje 3, tegn 3) har aldrig taget vejen"
    " 'som_om_hjaelp'": OPEN_READING,
    "kh.hjaelp_som_aegtefaelle@1: choose (linje 3, tegn 3) har aldrig taget vejen"
    " 'som_om_hjaelp'": OPEN_READING,
    "kh.timeregel_nedsaettelse@1: choose (linje 3, tegn 12) har aldrig taget vejen"
    " 'ellers'": OPEN_READING,
    "kh.timeregel_nedsaettelse@1: choose (linje 8, tegn 5) har aldrig taget vejen"
    " 'mindst'": OPEN_READING,
    "loft.af_saerlig_stoette@1: choose (linje 1, tegn 1) har aldrig taget vejen"
    " 'ellers'": OPEN_READING,
    "timeregel.nedsaettelse_min.2023: første dag 2023-01-01 er ikke prøvet": OPEN_READING,
    "timeregel.nedsaettelse_min.2023: sidste dag 2025-06-30 er ikke prøvet": OPEN_READING,
}
"""What no story can touch, and why."""


@contextmanager
def told(rules: list[Rule], stories: list[Situation]) -> Iterator[tuple[RuleBook, Seen]]:
    """Run stories through a book that writes down what it is asked."""
    rates, benefits = load_rates(), load_benefits()
    with recorded(rules) as (book, seen):
        for story in stories:
            made: Calculation = story.calculate(rates=rates, rules=book, benefits=benefits)
            seen.rules.update(made.rule_versions)
            seen.rules.update(node.id for node in made.nodes() if node.kind == "rule")
        yield book, seen


def test_every_rule_every_limit_and_every_rate_has_its_story(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with told(list(load_rules()), [situation for _, situation in STORIES]) as (book, seen):
        monkeypatch.setattr(one_by_one, "RULES", book)
        for story, number in one_by_one.CASES:
            result = one_by_one.ask_of(story, number)
            seen.rules.update(node.id for node in result.node.walk() if node.kind == "rule")

    found = missing(book, load_rates(), seen, within=KNOWN)

    assert [each for each in found if each not in EXEMPT] == []
    assert [each for each in EXEMPT if each not in found] == [], "now touched: take them out here"


def a_rule(expression: str) -> Rule:
    return Rule(
        id="proeve.regel",
        version=1,
        valid=Period(date(2025, 7, 1)),
        law="",
        label="Prøve",
        says="",
        confidence=Confidence.HIGH,
        expression=parse(expression),
        text=expression,
    )


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("fact.formue <= kr(5)", "fact.formue <= 500 er ikke prøvet med forskellen 1"),
        ("if_(fact.reelt_enlig, kr(1), kr(2))", "har aldrig taget vejen 'ellers'"),
        ("rate.kh.grundsats", "kh.grundsats.2025: første dag 2025-07-01 er ikke prøvet"),
        ("rate.kh.grundsats", "proeve.regel@1: ingen fortælling spørger reglen"),
    ],
)
def test_what_a_new_rule_needs_is_named(expression: str, named: str) -> None:
    with told([*load_rules(), a_rule(expression)], []) as (book, seen):
        pass

    assert any(named in each for each in missing(book, load_rates(), seen, within=KNOWN))
