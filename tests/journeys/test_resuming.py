"""An application is begun, left, gone on with in another login, and sent."""

from datetime import timedelta

import pytest

from app.factory import create_app
from integrations.simulator import scenarios
from processes.domain.access import Actor, Role
from processes.domain.errors import NotFoundError
from tests.journeys.conftest import World
from tests.web.client import Client, values_of

START = "/selvbetjening/ansoegning"
ANSWERS: dict[str, dict[str, str]] = {
    "hvorfor": {"reason": "ledig", "requested_from": "02.03.2026", "acute_need": "nej"},
    "familie": {
        "cohabitation": "enlig",
        "children_at_home": "0",
        "lives_with_parents": "nej",
        "housing": "lejebolig",
    },
    "penge": {
        "income_known": "ved_ikke",
        "wealth_known": "beloeb",
        "wealth_applicant_kroner": "3.150,00",
    },
    "aar": {"residence_9_of_10_years": "ja", "work_two_and_a_half_years": "ved_ikke"},
    "kontakt": {"phone": "70 00 00 00"},
}
ANNA = scenarios.load("demo").applications["anna"]["applicant_cpr"]
CITIZEN = Actor(ANNA, "Anna", Role.CITIZEN, 999, frozenset(), party_cpr_digits=ANNA)


def logged_in(world: World) -> Client:
    client = Client(create_app(world.core.settings, world.core))
    client.log_in(ANNA)
    return client


def fill_in(client: Client, slug: str, **more: str) -> None:
    path = f"{START}/{slug}"
    client.send(client.get(path), path, {**ANSWERS[slug], **more})


def test_half_an_application_is_gone_on_with_after_logging_out_and_sent(world: World) -> None:
    first = logged_in(world)
    fill_in(first, "hvorfor")
    path = f"{START}/familie"
    half = {"cohabitation": "enlig", "pause": "ja"}
    mine = first.send_and_see(first.get(path), path, half)
    assert "hvis du ikke har sendt den senest onsdag 1. april 2026." in mine.text
    first.send(mine, "/log-af")
    world.move(days=10)

    second = logged_in(world)
    assert "Du mangler 4 dele: Dig og din familie" in second.get("/selvbetjening").text
    assert values_of(second.get(path).form(path))["cohabitation"] == "enlig"
    for slug in ("familie", "penge", "aar", "kontakt"):
        fill_in(second, slug)
    review = second.get(f"{START}/send")
    receipt = second.send_and_see(review, f"{START}/send", {"statement_accepted": "ja"})

    assert receipt.heading == "Vi har fået din ansøgning"
    assert world.core.drafts.mine(CITIZEN) is None
    (case,) = world.core.cases.search(ANNA, world.driver.team.caseworker)
    page = world.core.cases.page(case.id, world.driver.team.caseworker)
    assert page.application is not None
    assert page.application.answers["wealth_applicant_kroner"] == "3150"


def test_an_application_that_is_left_is_gone_after_thirty_days(world: World) -> None:
    fill_in(logged_in(world), "hvorfor")

    world.clock.forward(timedelta(days=30))
    assert world.core.drafts.forget_old(999) == 0
    assert world.core.drafts.mine(CITIZEN) is not None

    world.clock.forward(timedelta(days=1))
    assert world.core.drafts.mine(CITIZEN) is None
    assert world.core.drafts.forget_old(999) == 1


def test_an_application_thrown_away_can_be_taken_back_for_a_day(world: World) -> None:
    drafts = world.core.drafts
    drafts.save("hvorfor", {"reason": "ledig"}, seen="", by=CITIZEN)

    drafts.throw_away(CITIZEN)
    assert drafts.mine(CITIZEN) is None
    drafts.take_back(CITIZEN)
    assert drafts.mine(CITIZEN) is not None

    drafts.throw_away(CITIZEN)
    world.clock.forward(timedelta(hours=25))
    with pytest.raises(NotFoundError):
        drafts.take_back(CITIZEN)
    assert drafts.forget_old(999) == 1


def test_whoever_begins_anew_does_not_get_back_what_was_thrown_away(world: World) -> None:
    drafts = world.core.drafts
    drafts.save("hvorfor", {"reason": "ledig"}, seen="", by=CITIZEN)
    drafts.throw_away(CITIZEN)

    drafts.save("familie", {"children_at_home": "0"}, seen="", by=CITIZEN)

    draft = drafts.mine(CITIZEN)
    assert draft is not None
    assert list(draft.parts) == ["familie"]


def test_the_owner_is_told_once_before_an_application_goes(world: World) -> None:
    drafts = world.core.drafts
    drafts.save("hvorfor", {"reason": "ledig"}, seen="", by=CITIZEN)

    world.clock.forward(timedelta(days=24))
    assert drafts.tell_owners(999) == 0
    world.clock.forward(timedelta(days=2))
    assert drafts.tell_owners(999) == 1
    assert drafts.tell_owners(999) == 0
    world.driver.settle()

    assert len(world.control("received")["letters"]) == 1


def test_nobody_is_told_of_an_application_that_was_saved_again_meanwhile(world: World) -> None:
    drafts = world.core.drafts
    drafts.save("hvorfor", {"reason": "ledig"}, seen="", by=CITIZEN)
    world.clock.forward(timedelta(days=26))
    assert drafts.tell_owners(999) == 1

    drafts.save("hvorfor", {"reason": "sygdom"}, seen="", by=CITIZEN)
    world.driver.settle()

    assert world.control("received")["letters"] == []
