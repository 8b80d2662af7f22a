"""A month in columns is the month one by one, to the øre; the rest is left to the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from app.law import load_rates, load_rules
from processes.columns.months import MassCase, MassRules, reach_of, whole_months
from processes.domain.benefits.cash_assistance import assess
from processes.domain.calculation import PersonMonth
from processes.domain.cases import Party
from processes.domain.facts import Fact, FactKind
from processes.domain.money import Money
from processes.domain.periods import Month, Period
from processes.domain.rates import Confidence, RateBook
from tests.builders.cases import NOW, a_case, an_application
from tests.builders.facts import a_fact, known
from tests.builders.households import ALWAYS, ASKED, USUAL, a_value, random_facts
from tests.builders.people import a_spouse, an_adult

RATES, RULES = load_rates(), load_rules()
MASS = MassRules(RULES)
MONTHS = [Month(2025, 3), Month(2025, 6), Month(2025, 7), Month(2026, 1), Month(2026, 3)]


MET = USUAL | {
    FactKind.SOCIAL_EVENT: "ledig",
    FactKind.WEALTH: Money(0),
    FactKind.BIRTH_DATE: date(1990, 2, 3),
}


def a_mass_case(seed: int, month: Month) -> MassCase:
    """Draw a household; in some something changes in the middle of the month."""
    random = Random(seed)  # noqa: S311 – test data, the same for a seed
    couple = random.random() < 0.4
    people: list[Party] = [an_adult(id=f"anna-{seed}")]
    if couple:
        people.append(a_spouse(id=f"bo-{seed}"))
    facts: list[Fact] = []
    for person in people:
        drawn = list(random_facts(random, person.id, month, unknown=0.01))
        if random.random() < 0.8:
            # Most people with running help meet its conditions.
            drawn = [fact for fact in drawn if fact.kind not in MET]
            drawn += [
                a_fact(kind, value, party_id=person.id, valid=Period(ALWAYS))
                for kind, value in MET.items()
            ]
        facts += drawn
    if random.random() < 0.1:
        day = month.first_day + timedelta(days=random.randint(0, 27))
        kind = random.choice(ASKED)
        changed = a_fact(
            kind, a_value(random, kind), party_id=people[0].id, valid=Period(day, None)
        )
        facts.append(replace(changed, id=f"{changed.id}-2", known_from=NOW + timedelta(hours=1)))
    start = month.first_day - timedelta(days=random.choice((-5, 0, 40)))
    application = an_application(
        applies_jointly=couple and random.random() < 0.6, contact_on=start, requested_from=start
    )
    return MassCase(application, a_case(id=f"sag-{seed}", parties=people), known(*facts))


def one_by_one(each: MassCase, month: Month) -> dict[str, PersonMonth]:
    found = assess(
        each.application,
        each.case,
        each.facts,
        rates=RATES,
        rules=RULES,
        months=(month,),
        calculation_id="en",
        made_at=NOW,
    )
    return {made.party_id: made for made in found.months}


def differences(month: Month, seeds: range) -> tuple[int, int]:
    """Hold the two run-times together; returns how many were compared, and how many amounts."""
    cases = [a_mass_case(seed, month) for seed in seeds]
    mass = whole_months(cases, month, rates=RATES, rules=MASS)
    compared, amounts = 0, set()
    for each in cases:
        for party in each.case.parties:
            found = mass.get(party.id)
            if found is None:
                continue
            mine = one_by_one(each, month)[party.id]
            assert (found.gross, found.is_part) == (mine.gross, mine.is_part), (each.case.id, mine)
            compared += 1
            amounts.add(found.gross)
    return compared, len(amounts)


@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_columns_and_one_by_one_give_the_same_to_the_oere(month: Month) -> None:
    compared, amounts = differences(month, range(month.number * 1_000, month.number * 1_000 + 150))

    # Else the comparison would show little.
    assert compared > 40
    # Before the reform a rate of income from work was not read, and much is left out.
    assert amounts > (12 if month >= Month(2025, 7) else 1)


@pytest.mark.long
@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_columns_and_one_by_one_give_the_same_for_tens_of_thousands(month: Month) -> None:
    for first in range(1_000_000, 1_020_000, 1_000):
        differences(month, range(first, first + 1_000))


def test_what_is_unknown_cut_or_another_benefit_is_left_to_the_other_run_time() -> None:
    month = Month(2026, 3)
    whole = next(
        each
        for each in (a_mass_case(seed, month) for seed in range(1_000))
        if whole_months([each], month, rates=RATES, rules=MASS)
    )
    party = whole.case.primary_party
    born = [fact for fact in whole.facts.all if fact.kind is FactKind.BIRTH_DATE]
    unknown = replace(whole, facts=known(*(f for f in whole.facts.all if f not in born)))
    late = replace(whole, application=replace(whole.application, requested_from=month.last_day))
    other = replace(whole, case=replace(whole.case, benefit="merudgifter_voksen"))

    for each in (unknown, late, other):
        assert party.id not in whole_months([each], month, rates=RATES, rules=MASS)


def test_a_month_says_what_each_line_is_and_by_which_paragraph() -> None:
    month = Month(2026, 3)
    cases = [a_mass_case(seed, month) for seed in range(200)]
    made = whole_months(cases, month, rates=RATES, rules=MASS).values()

    assert any(each.gross for each in made)
    for each in made:
        assert all(line.explanation.law for line in each.lines)
        assert each.gross == max(Money(sum(line.amount.oere for line in each.lines)), Money(0))


def test_what_must_be_confirmed_is_seen_without_calculating_anything() -> None:
    day = Month(2026, 3).first_day
    reach = MASS.reach(day)
    sure = reach_of(["kh.alder"], RULES, day)
    used = next(iter(sorted(key for key in reach.rates if key in RATES.in_force(day))))
    unsure = RateBook(
        replace(each, confidence=Confidence.LOW) if each.key == used else each for each in RATES
    )

    assert "kh.hjaelp" in reach.rules
    assert FactKind.WORK_INCOME in reach.facts
    assert not sure.is_unconfirmed(RATES, RULES, day)
    assert reach.is_unconfirmed(unsure, RULES, day)
