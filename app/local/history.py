"""The months before the demo begins: cases that are over, and cases that wait for somebody.

Made by the same core as all others, with a clock that stands earlier and is only moved on, never
past now. Who applies and when comes from a seed: the same municipality on every machine. It is a
year, so that the oldest cases were decided by the law before the reform of 1 July 2025.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from app.config import Settings
from app.local import demo
from app.local.driver import (
    Answer,
    Driver,
    approve,
    assess,
    conclude_hearing,
    prepare_hearing,
    propose,
    tax_card,
)
from app.local.story import StoryClock
from app.wiring import Core, build_core
from integrations.simulator import scenarios
from integrations.simulator.scenarios import Person, World
from processes.domain.money import Money
from processes.domain.periods import danish_day

DENMARK = ZoneInfo("Europe/Copenhagen")
SEED = 20260301
MAIN = "subsistence_application"
FIRST_DAY = date(2025, 3, 3)
OVER, WAITING = 10, 34
"""How many cases are finished, and how many wait for somebody: what a first start has time for."""
OLDEST_WAITING_DAYS = 19
"""An application is to be answered in 15 working days: a few of the oldest are close to it."""
LAST_BEFORE_NOW = timedelta(hours=1)
SATURDAY = 5
EVERYTHING = ""

GRANT: Mapping[str, Answer] = {
    "casework.assess": assess(text="Betingelserne er opfyldt. Oplysningerne er set i original."),
    "decision.propose": propose(demo.FAVOURABLE),
    "decision.approve": approve,
    "payment.tax_card": tax_card(rate=37, deduction="4358"),
}
COUPLE: Mapping[str, Answer] = {
    **GRANT,
    "casework.assess": assess(text="Begge er uden indtægt.", single=False),
}
WEALTHY: Mapping[str, Answer] = {
    "casework.assess": assess(text="Formuen er over grænsen.", wealth=Money.kroner("71000")),
    "casework.prepare_hearing": prepare_hearing,
}
REFUSAL: Mapping[str, Answer] = {
    **WEALTHY,
    "casework.hearing_lapsed": conclude_hearing("Parten har ikke svaret. Formuen står fast."),
    "decision.propose": propose("Din formue er større end grænsen i § 14."),
    "decision.approve": approve,
}
HEARING_DAYS = 16

WAITS_AT: tuple[tuple[str, Mapping[str, Answer], int], ...] = (
    # where a case waits, what has been answered until then, and how many in a round
    ("casework.assess", {}, 5),
    ("decision.propose", GRANT, 2),
    ("decision.approve", GRANT, 2),
    ("payment.tax_card", GRANT, 1),
    (EVERYTHING, WEALTHY, 1),
)


@dataclass(frozen=True)
class Past:
    """One case of the months before (sag i historikken)."""

    who: Person
    at: datetime
    answers: Mapping[str, Answer]
    until: str
    """The form it rests at; empty when it goes as far as the answers do."""
    is_refused: bool = False


def begin(settings: Settings) -> None:
    """Take diagrams, rates and staff into use on the first day, if nothing has been so before."""
    core = build_core(settings, clock=StoryClock(datetime.combine(FIRST_DAY, time(7), DENMARK)))
    try:
        with core.env.uow(demo.MUNICIPALITY.id) as uow:
            is_new = uow.definitions.latest(MAIN) is None
        if is_new:
            demo.load_setup(core)
    finally:
        core.close()


def make(settings: Settings) -> int:
    """Make every case of the months before, once; returns how many."""
    world = scenarios.load("demo")
    now_core = build_core(settings)
    try:
        now = now_core.clock.now().astimezone(DENMARK)
        cases = list(planned(world, now))
        last = cases[-1].who.cpr
        if now_core.cases.search(last, demo.team(now_core).caseworker):
            return 0
    finally:
        now_core.close()
    clock = StoryClock(cases[0].at)
    core = build_core(settings, clock=clock)
    try:
        return sum(_play(core, clock, each, now - LAST_BEFORE_NOW) for each in cases)
    finally:
        core.close()


def planned(world: World, now: datetime) -> Iterator[Past]:
    """Yield the cases in the order they come, the last of them before now."""
    chance = Random(SEED)  # noqa: S311 – the same each time, no secret
    applicants = [
        person for person in world.people.values() if person.is_generated and _may_apply(person)
    ]
    chance.shuffle(applicants)
    people = iter(applicants)
    last_over = danish_day(now) - timedelta(days=OLDEST_WAITING_DAYS + HEARING_DAYS + 15)
    days = (last_over - FIRST_DAY).days
    for number in range(OVER):
        who = next(people)
        at = _moment(chance, FIRST_DAY + timedelta(days=days * number // OVER))
        refused = number % 4 == 3  # noqa: PLR2004 – every fourth
        answers = REFUSAL if refused else _grant(who)
        yield Past(who, at, answers, EVERYTHING, is_refused=refused)
    rounds = [(form, answers) for form, answers, often in WAITS_AT for _ in range(often)]
    chance.shuffle(rounds)
    for number in range(WAITING):
        who = next(people)
        form, answers = rounds[number % len(rounds)]
        back = OLDEST_WAITING_DAYS - OLDEST_WAITING_DAYS * number // WAITING
        at = _moment(chance, danish_day(now) - timedelta(days=back))
        done = answers if answers is WEALTHY or not answers else _grant(who)
        yield Past(who, min(at, now - LAST_BEFORE_NOW), done, form)


def _grant(who: Person) -> Mapping[str, Answer]:
    return COUPLE if who.spouse else GRANT


def _may_apply(person: Person) -> bool:
    """Tell whether somebody is a grown-up without wages; of a couple only the first applies."""
    return not person.mother and not person.income and not person.key.endswith("_b")


def _moment(chance: Random, day: date) -> datetime:
    while day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
    at = time(chance.randint(7, 15), chance.randrange(0, 60))
    return datetime.combine(day, at, DENMARK)


def _play(core: Core, clock: StoryClock, past: Past, no_later_than: datetime) -> int:
    clock.move_to(past.at)
    driver = Driver(core, demo.team(core))
    driver.settle()
    fields = _fields(past)
    core.intake.deliver(demo.delivered(past.who.key, submitted_at=clock.now(), fields=fields))
    (case,) = core.cases.search(past.who.cpr, driver.team.caseworker)
    driver.work(case.id, past.answers, until=past.until)
    if past.is_refused:
        clock.move_to(min(past.at + timedelta(days=HEARING_DAYS), no_later_than))
        driver.work(case.id, past.answers)
    return 1


def _fields(past: Past) -> dict[str, str]:
    world = scenarios.load("demo")
    who = past.who
    day = danish_day(past.at)
    couple = who.spouse is not None
    return {
        **world.applications["anna"],
        "applicant_cpr": who.cpr,
        "contact_on": day.isoformat(),
        "requested_from": day.replace(day=1).isoformat(),
        "cohabitation": "gift" if couple else "enlig",
        "applies_jointly": "ja" if couple else "nej",
        **({"spouse_cpr": world.number_of(who.spouse) or ""} if couple else {}),
        "children_at_home": str(len(who.children)),
        "wealth_applicant_kroner": "1200" if past.answers is not WEALTHY else "71000",
        "email": f"{who.key}@eksempel.invalid",
    }
