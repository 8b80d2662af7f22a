"""The demo municipality: staff in every role, synthetic citizens, cases in several states.

People come from the simulator's world, so every register knows them. Loading twice changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from app import law
from app.config import Settings
from app.local.driver import (
    Answer,
    Driver,
    Team,
    approve,
    assess,
    conclude_hearing,
    help_not_needed,
    prepare_hearing,
    propose,
    tax_card,
)
from app.security.interim_login import DemoCitizen
from app.wiring import DEMO_CITIZENS, Core, build_core
from integrations import distribution
from integrations.simulator import scenarios
from integrations.simulator.deliveries import delivery
from processes.domain.access import ROLE_NAMES, Actor, Role
from processes.domain.identifiers import Cpr
from processes.domain.money import Money
from processes.ports.records import Municipality, User

UNIT = "ydelse"
LAST_ADULT_YEAR = 2007
"""Born then or before is of age when the demo begins, in March 2026."""
MUNICIPALITY = Municipality(
    999, "Egekøb Kommune", "99000015", ("Rådhustorvet 1", "9999 Egekøb"), "70 00 00 00"
)
NEIGHBOUR = Municipality(
    998, "Nabokøb Kommune", "99000023", ("Torvegade 2", "9998 Nabokøb"), "70 00 00 01"
)

STAFF: tuple[tuple[str, str, tuple[tuple[int, Role], ...]], ...] = (
    ("mette", "Mette Holm", ((999, Role.CASEWORKER),)),
    ("jonas", "Jonas Brandt", ((999, Role.CASEWORKER),)),
    ("karin", "Karin Lund", ((999, Role.APPROVER), (999, Role.CASEWORKER))),
    ("lars", "Lars Vinther", ((999, Role.TEAM_LEAD), (999, Role.APPROVER))),
    ("sanne", "Sanne Friis", ((999, Role.FINANCE),)),
    ("peter", "Peter Dam", ((999, Role.PROCESS_OWNER),)),
    ("gitte", "Gitte Bang", ((999, Role.PROCESS_OWNER),)),
    ("ulrik", "Ulrik Mark", ((999, Role.LOCAL_ADMIN),)),
    ("vibeke", "Vibeke Toft", ((999, Role.LOCAL_ADMIN),)),
    ("bente", "Bente Ravn", ((999, Role.AUDITOR),)),
    ("nadia", "Nadia Skov", ((998, Role.CASEWORKER), (998, Role.TEAM_LEAD))),
)
"""Everybody who works in the demo: user, name, job functions."""
STAFF_WHO_LIVE_HERE = {"jonas": "brandt"}
"""Who of them is also a citizen of the world, so that somebody meets their own case."""


def load(settings: Settings) -> None:
    """Load setup: municipalities, staff, rates, diagrams and tables."""
    core = build_core(settings)
    try:
        load_setup(core)
    finally:
        core.close()


def load_setup(core: Core) -> None:
    """Put in what every municipality needs before its first case."""
    now = core.clock.now()
    people = scenarios.load("demo").people
    digests = {
        user_id: core.env.digest(Cpr.parse(people[who].cpr))
        for user_id, who in STAFF_WHO_LIVE_HERE.items()
    }
    for municipality in (MUNICIPALITY, NEIGHBOUR):
        with core.env.uow(municipality.id) as uow:
            uow.setup.put_municipality(municipality)
            uow.commit()
    with core.env.uow(MUNICIPALITY.id) as uow:
        for user_id, name, roles in STAFF:
            functions = tuple((m, str(role), UNIT) for m, role in roles)
            uow.setup.put_user(User(user_id, name, digests.get(user_id, ""), functions))
        uow.setup.put_rates(law.rate_rows(), by="system", at=now)
        uow.commit()
    core.deployment.deploy_shipped(by="system")
    core.settings.files_dir.mkdir(parents=True, exist_ok=True)
    file = core.settings.files_dir / DEMO_CITIZENS
    file.write_text(json.dumps([asdict(each) for each in citizens()]))


def actor(user_id: str, role: Role) -> Actor:
    """Return a member of staff in one of their roles."""
    name, municipality = next(
        (name, municipality)
        for each, name, roles in STAFF
        for municipality, has in roles
        if each == user_id and has is role
    )
    return Actor(user_id, name, role, municipality, frozenset({UNIT}))


def team(_core: Core) -> Team:
    """Return who works the demo's cases."""
    return Team(
        caseworker=actor("mette", Role.CASEWORKER),
        approver=actor("karin", Role.APPROVER),
        team_lead=actor("lars", Role.TEAM_LEAD),
        finance=actor("sanne", Role.FINANCE),
    )


def citizens() -> tuple[DemoCitizen, ...]:
    """Return the adults somebody may log in as."""
    world = scenarios.load("demo")
    return tuple(
        DemoCitizen(person.name, person.cpr, MUNICIPALITY.id, person.says)
        for person in world.people.values()
        if person.born_on.year <= LAST_ADULT_YEAR
        and person.dead_on is None
        and not person.is_generated
    )


def citizen(cpr_digits: str) -> Actor:
    """Return a citizen who has logged in."""
    name = next(each.name for each in citizens() if each.cpr_digits == cpr_digits)
    digest = hashlib.sha256(cpr_digits.encode()).hexdigest()[:16]
    return Actor(f"borger-{digest}", name, Role.CITIZEN, MUNICIPALITY.id, frozenset(), cpr_digits)


def logins() -> str:
    """Return who may log in, for the terminal."""
    lines = ["  Log ind som (vælg på forsiden, intet kodeord):"]
    for user_id, name, roles in STAFF:
        titles = " og ".join(dict.fromkeys(ROLE_NAMES[role].lower() for _, role in roles))
        lines.append(f"    {user_id:<8} {name}, {titles}")
    lines.append("    … eller en af de syntetiske borgere, fx Anna Lindegaard Toft")
    return "\n".join(lines)


# ---- cases in several states ------------------------------------------------------------------

FAVOURABLE = "Du opfylder betingelserne for hjælpen, og ingen anden ydelse dækker dit behov."
GRANT: dict[str, Answer] = {
    "casework.assess": assess(text="Betingelserne er opfyldt på det foreliggende grundlag."),
    "decision.propose": propose(FAVOURABLE),
    "decision.approve": approve,
    "payment.tax_card": tax_card(rate=38, deduction="4358"),
}
TOO_WEALTHY: dict[str, Answer] = {
    **GRANT,
    "casework.assess": assess(
        text="Formuen er over grænsen.", wealth=Money.kroner("64000"), discretion=False
    ),
    "casework.prepare_hearing": prepare_hearing,
    "casework.hearing_lapsed": conclude_hearing("Parten har ikke svaret. Oplysningerne står fast."),
}
COUPLE: dict[str, Answer] = {
    **GRANT,
    "casework.assess": assess(text="Begge er uden indtægt og forsørger to børn.", single=False),
}

IN_NEED: dict[str, Answer] = {
    **GRANT,
    "casework.immediate_help": help_not_needed("Freja har penge til mad og husly måneden ud."),
}

STORIES: tuple[tuple[str, dict[str, Answer], str], ...] = (
    # who applies, how the tasks are answered, and which form the case rests at
    ("anna", GRANT, ""),
    ("bo", COUPLE, "payment.tax_card"),
    ("freja", IN_NEED, "decision.approve"),
    ("ulla", TOO_WEALTHY, ""),
    ("brandt", {}, ""),
    ("hjalte", {}, ""),
    ("ida", {}, ""),
    ("jonas", {}, ""),
    ("maria", {}, ""),
    ("samira", {}, ""),
)


def populate(settings: Settings) -> int:
    """Make the demo's cases, once; the registers must be running. Returns how many were made."""
    core = build_core(settings)
    try:
        return make_cases(core)
    finally:
        core.close()


def delivered(
    who: str, *, submitted_at: datetime, fields: Mapping[str, str] | None = None
) -> bytes:
    """Return somebody's application as the distributor delivers it; the same every time.

    `fields` replace the ready-made application, or are one for who has none.
    """
    application_id = str(uuid5(NAMESPACE_URL, f"urn:ky:demo:{who}"))
    form = distribution.application_form(
        {
            **(fields or scenarios.load("demo").applications[who]),
            "application_id": application_id,
            "submitted_at": submitted_at.isoformat(timespec="seconds"),
        }
    )
    return delivery(form, municipality_cvr=MUNICIPALITY.cvr, form_id=application_id)


def make_cases(core: Core, *, tell: Callable[[str], None] = lambda _line: None) -> int:
    """Hand in each application that is not there yet, and work it as far as its story goes.

    `tell` hears of each task before it is opened, e.g. to let time pass.
    """
    world = scenarios.load("demo")
    driver = Driver(core, team(core), tell=tell)
    made = 0
    for who, answers, until in STORIES:
        fields = world.applications[who]
        if core.cases.search(fields["applicant_cpr"], driver.team.caseworker):
            continue
        at = core.clock.now() - timedelta(minutes=5)
        core.intake.deliver(delivered(who, submitted_at=at))
        (case,) = core.cases.search(fields["applicant_cpr"], driver.team.caseworker)
        driver.rest(case.id)
        driver.work(case.id, answers, until=until)
        made += 1
    return made
