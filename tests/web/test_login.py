"""Logging in, choosing a role, and how a login ends."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from app.config import Mode
from app.factory import create_app
from app.security.sessions import COOKIE
from tests.web.client import Client
from tests.web.fake_core import FakeCore, settings
from tests.web.world import a_world


def cookie_of(client: Client) -> str:
    cookie = client.http.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


def test_one_role_goes_straight_to_the_inbox(client: Client) -> None:
    page = client.log_in("karin")

    assert page.heading == "Mine opgaver"


def test_several_roles_are_chosen_between(client: Client) -> None:
    chosen = client.log_in("tina")
    assert chosen.heading == "Vælg rolle"

    page = client.send_and_see(chosen, "/rolle", {"chosen": "999-team_lead"})

    assert "Standsede sager" in page.links()


def test_a_role_one_does_not_have_is_refused(client: Client) -> None:
    chosen = client.log_in("tina")

    page = client.send_and_see(chosen, "/rolle", {"chosen": "999-auditor"}, status=422)

    assert "Vælg en af dine roller." in page.text


def test_without_login_a_page_leads_to_the_login_and_back(client: Client) -> None:
    asked = client.http.get("/sager/sag-1")
    assert asked.location == "/log-ind?videre=/sager/sag-1"

    page = client.get(asked.location)
    there = client.send(page, "/log-ind/medarbejder", {"chosen": "karin"})

    assert there.location == "/sager/sag-1"


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_way_back_is_never_another_site(client: Client, elsewhere: str) -> None:
    page = client.get("/log-ind")

    changes = {"chosen": "karin", "videre": elsewhere}
    there = client.http.post(
        "/log-ind/medarbejder",
        data={**changes, "csrf_token": token_of(page.form("/log-ind/medarbejder"))},
    )

    assert there.location == "/"


def token_of(form: object) -> str:
    return next(
        str(each.get("value"))
        for each in form.iter("input")  # type: ignore[attr-defined]  # an element
        if each.get("name") == "csrf_token"
    )


def test_the_token_is_new_after_login(client: Client) -> None:
    client.get("/log-ind")
    before = cookie_of(client)

    client.log_in("karin")

    assert cookie_of(client) != before


def test_a_planted_token_is_not_adopted(client: Client) -> None:
    client.http.set_cookie(COOKIE, "planted")

    client.get("/log-ind")

    assert cookie_of(client) != "planted"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Client) -> None:
    header = client.http.get("/log-ind").headers["Set-Cookie"]

    assert "HttpOnly" in header
    assert "SameSite=Lax" in header


def test_logging_off_closes_the_login_in_the_store(karin: Client, world: FakeCore) -> None:
    page = karin.get("/opgaver")
    stolen = cookie_of(karin)

    karin.send(page, "/log-af")
    karin.http.set_cookie(COOKIE, stolen)

    assert karin.http.get("/opgaver").status_code == 302


def test_an_idle_login_ends(karin: Client, world: FakeCore) -> None:
    world.clock.forward(timedelta(minutes=61))

    assert karin.http.get("/opgaver").location.startswith("/log-ind")


def test_a_login_ends_after_a_working_day_however_busy(karin: Client, world: FakeCore) -> None:
    for _ in range(24):
        world.clock.forward(timedelta(minutes=30))
        answer = karin.http.get("/opgaver")

    assert answer.location.startswith("/log-ind")


def test_what_the_browser_asks_by_itself_keeps_no_login_alive(
    karin: Client, world: FakeCore
) -> None:
    for _ in range(7):
        world.clock.forward(timedelta(minutes=10))
        answer = karin.http.get("/opgaver/nyt?visning=mine&set=0")

    assert answer.status_code == 302


def test_a_user_who_lost_the_role_is_out_at_once(karin: Client, world: FakeCore) -> None:
    karin.get("/opgaver")

    world.central.people["karin"] = world.central.people["jonas"]
    world.central.people["karin"] = type(world.central.people["jonas"])("karin", "Karin", "", ())

    assert karin.http.get("/opgaver").status_code == 302


def test_only_made_up_numbers_may_be_used(client: Client) -> None:
    page = client.get("/log-ind")

    refused = client.send_and_see(page, "/log-ind/borger", {"chosen": "0101901234"}, status=422)

    assert "Brug kun opdigtede CPR-numre" in refused.text


def test_the_interim_login_does_not_exist_in_production() -> None:
    world = a_world()
    world.settings = settings(Mode.PRODUCTION)
    client = Client(create_app(world.settings, world))

    assert client.get("/log-ind", status=403).heading == "Du har ikke adgang"
    # Not even with a token that fits.
    world.settings = settings(Mode.TEST)


def test_in_production_the_cookie_needs_a_secure_line() -> None:
    world = a_world()
    world.settings = settings(Mode.PRODUCTION)
    client = create_app(world.settings, world).test_client()

    answer = client.get("/findes-ikke")

    assert "Strict-Transport-Security" in answer.headers


@pytest.mark.parametrize(
    ("path", "who"),
    [("/opgaver", "6101901234"), ("/selvbetjening", "karin"), ("/standsede-sager", "karin")],
)
def test_a_page_of_another_role_is_closed(
    as_user: Callable[[str], Client], path: str, who: str
) -> None:
    page = as_user(who).get(path, status=403)

    assert page.heading == "Du har ikke adgang"


def test_an_auditor_begins_among_the_cases(as_user: Callable[[str], Client]) -> None:
    assert as_user("rita").get("/sager").heading == "Sager"


def test_a_change_without_our_token_is_refused(app: Flask, karin: Client, world: FakeCore) -> None:
    answer = karin.http.post("/opgaver/naeste")

    assert answer.status_code == 400
    assert "Siden var for gammel" in answer.get_data(as_text=True)
