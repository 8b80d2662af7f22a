"""Households nobody made up: random people with random facts, some unknown, the same for a seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from processes.domain.benefits.cash_assistance_stretches import Household, runs_of
from processes.domain.benefits.situations import Situation
from processes.domain.facts import MONTHLY_KINDS, Fact, FactKind, FactValue, SourceKind
from processes.domain.money import Money
from processes.domain.periods import Month, Period
from processes.domain.rates import RateBook
from processes.domain.rules.book import RuleBook
from processes.domain.rules.run import Run
from tests.builders.cases import a_case, an_application
from tests.builders.facts import A_LIFE, UNKNOWN, a_fact, known
from tests.builders.people import a_spouse, an_adult

YEARS_OF_BIRTH = (1980, 1995, 1996, 2000, 2001, 2008, 2010)
AMOUNTS = {
    FactKind.WEALTH: (None, Money(0), Money(1_550_000), Money(1_550_001), Money(3_240_001)),
    FactKind.WORK_INCOME: (None, None, Money(250_000), Money(250_001), Money(500_001)),
    FactKind.OTHER_INCOME: (None, None, Money(1), Money(1_306_000), Money(1_420_100)),
}
"""Amounts on and beside the limits; a random one is drawn as often."""
USUAL = {
    FactKind.LAWFUL_STAY: True,
    FactKind.CANNOT_SUPPORT: True,
    FactKind.AVAILABLE: True,
    FactKind.OTHER_BENEFIT_COVERS: False,
}
WORDS = {
    FactKind.MARITAL_STATUS: ("ugift", "gift", "gift", "fraskilt", "registreret_partnerskab"),
    FactKind.SOCIAL_EVENT: ("ledig", "sygdom", "samlivsophoer", None),
    FactKind.CHILDREN_AT_HOME: (None, 0, 0, 1, 2, 5),
    FactKind.WORK_HOURS: (None, 0, 37, 159, 160, 161),
}
ASKED = (
    *A_LIFE,
    FactKind.REQUIREMENTS_EXEMPT,
    FactKind.EXTRA_CHILD_SUBSIDY,
    FactKind.SPOUSE_ON_OTHER_BENEFIT,
)
BEFORE_THE_REFORM = (
    FactKind.VOCATIONAL,
    FactKind.PREGNANT,
    FactKind.MENTAL_ILLNESS,
    FactKind.WORK_HOURS,
)
"""What only the law until 30 June 2025 asks for."""
REFORM = Month(2025, 7)
ALWAYS = date(2023, 1, 1)


def a_value(random: Random, kind: FactKind) -> FactValue | None:
    """Draw what a fact says."""
    if kind is FactKind.BIRTH_DATE:
        return date(random.choice(YEARS_OF_BIRTH), random.randint(1, 12), random.randint(1, 28))
    if kind in AMOUNTS:
        return random.choice((*AMOUNTS[kind], Money(random.randint(0, 2_500_000))))
    if kind in WORDS:
        return random.choice(WORDS[kind])
    if kind in USUAL:
        return USUAL[kind] if random.random() < 0.93 else not USUAL[kind]
    return random.choice((True, False))


def random_facts(
    random: Random, party_id: str, month: Month, *, unknown: float = 0.02, holiday: float = 0.15
) -> Iterator[Fact]:
    """Draw the facts of a person in a month; nothing changes inside it but holiday and death."""
    for kind in (*ASKED, *(BEFORE_THE_REFORM if month < REFORM else ())):
        if random.random() < unknown:
            if random.random() < 0.5:
                yield a_fact(kind, UNKNOWN, party_id=party_id, valid=Period(ALWAYS))
            continue
        source = random.choice(list(SourceKind))
        yield a_fact(
            kind, a_value(random, kind), party_id=party_id, source=source, valid=Period(ALWAYS)
        )
    if random.random() < holiday:
        yield from _a_holiday(random, party_id, month)
    for kind in (FactKind.DEAD, FactKind.EMIGRATED):
        if random.random() < 0.03:
            day = month.first_day + timedelta(days=random.randint(-60, 60))
            yield a_fact(kind, day, party_id=party_id, valid=Period(ALWAYS))


def _a_holiday(random: Random, party_id: str, month: Month) -> Iterator[Fact]:
    # The whole month or more, so that the month stays in one piece.
    start = month.first_day - timedelta(days=random.randint(0, 10))
    valid = Period(start, month.next().first_day + timedelta(days=random.randint(0, 10)))
    word = random.choice(("aftalt", "ikke_aftalt"))
    yield a_fact(FactKind.HOLIDAY, word, party_id=party_id, valid=valid)
    pay = a_fact(
        FactKind.HOLIDAY_PAY, Money(random.randint(0, 900_000)), party_id=party_id, valid=valid
    )
    yield pay if random.random() < 0.9 else replace(pay, valid=Period(valid.start))


def random_runs(
    seed: int, month: Month, *, rates: RateBook, rules: RuleBook, unknown: float = 0.02
) -> Sequence[Run]:
    """Draw a household and return its runs; none when its month is cut in stretches."""
    random = Random(seed)  # noqa: S311 – test data, the same for a seed
    couple = random.random() < 0.5
    facts = [*random_facts(random, "anna", month, unknown=unknown)]
    if couple:
        facts += random_facts(random, "bo", month, unknown=unknown)
    household = Household.of(
        an_application(applies_jointly=couple and random.random() < 0.5),
        a_case(parties=[an_adult(), *([a_spouse()] if couple else [])]),
    )
    made = runs_of(household, known(*facts), month, span=month.period(), rates=rates, rules=rules)
    return list(made.stretches[0].values()) if len(made.stretches) == 1 else []


def a_random_situation(seed: int, *, unknown: float = 0.02) -> Situation:
    """Draw a household over some months in which anything may change on any day."""
    random = Random(seed)  # noqa: S311 – test data, the same for a seed
    first = Month(random.choice((2023, 2024, 2025, 2025, 2026)), random.randint(1, 11))
    months = (first, first.next())
    couple = random.random() < 0.4
    people = ("anna", "bo") if couple else ("anna",)
    facts = [fact for name in people for fact in random_facts(random, name, first, unknown=unknown)]
    for number in range(random.randint(0, 4)):
        facts.append(_a_change(random, random.choice(people), months, number))
    start = first.first_day
    if random.random() < 0.3:
        start += timedelta(days=random.randint(1, 25))
    until = None
    if random.random() < 0.2:
        until = first.next().first_day + timedelta(days=random.randint(0, 27))
    return Situation(
        benefit="kontanthjaelp",
        months=months,
        start=start,
        until=until,
        jointly=couple and random.random() < 0.5,
        people=people,
        facts=tuple(facts),
    )


def _a_change(random: Random, name: str, months: Sequence[Month], number: int) -> Fact:
    """Draw something that is otherwise from a day on, by any source; income is by the month."""
    kind = random.choice(ASKED)
    month = random.choice(months)
    valid = month.period()
    if kind not in MONTHLY_KINDS:
        start = month.first_day + timedelta(days=random.randint(0, 27))
        valid = Period(start, random.choice((None, start + timedelta(days=random.randint(1, 20)))))
    what = a_value(random, kind)
    fact = a_fact(kind, what, party_id=name, source=random.choice(list(SourceKind)), valid=valid)
    return replace(
        fact, id=f"{fact.id}-{number}", known_from=fact.known_from + timedelta(hours=number + 1)
    )
