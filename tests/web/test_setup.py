"""A local administrator proposes a deadline, another approves it, and anybody may read it."""

from collections.abc import Callable
from datetime import date

from processes.domain.deadlines import DeadlineKind
from tests.web.client import Client
from tests.web.fake_core import FakeCore

Login = Callable[[str], Client]
PATH = "/opsaetning/frister"
PROPOSED = {
    "benefit": "kontanthjaelp",
    "kind": "sagsbehandling",
    "days": "20",
    "valid_from": "01.04.2026",
}


def test_a_proposed_deadline_waits_for_another(as_user: Login, world: FakeCore) -> None:
    lars = as_user("lars")

    page = lars.send_and_see(lars.get(PATH), PATH, PROPOSED)

    (setting,) = world.deadlines.settings.values()
    assert (setting.kind, setting.days) == (DeadlineKind.CASE, 20)
    assert setting.valid_from == date(2026, 4, 1)
    assert "Venter på en anden" in page.text
    assert "Godkend 20 arbejdsdage" not in page.text
    assert "Tag tilbage" in page.text


def test_another_approves_it(as_user: Login, world: FakeCore) -> None:
    lars = as_user("lars")
    lars.send_and_see(lars.get(PATH), PATH, PROPOSED)
    mette = as_user("mette")

    page = mette.send_and_see(mette.get(PATH), f"{PATH}/frist-1/godkend", {})

    assert world.deadlines.settings["frist-1"].approved_by == "mette"
    assert "Godkendt og gælder senere" in page.text


def test_a_day_that_has_begun_is_refused_with_the_way_out(as_user: Login) -> None:
    lars = as_user("lars")

    page = lars.send(lars.get(PATH), PATH, {**PROPOSED, "valid_from": "16.03.2026"}, status=422)

    assert "tidligst gælde fra i morgen" in page.text


def test_a_caseworker_does_not_set_deadlines(as_user: Login) -> None:
    karin = as_user("karin")

    page = karin.get(PATH)

    assert "Foreslå en frist" not in page.text


def test_anybody_reads_what_is_published(as_user: Login) -> None:
    page = as_user("karin").get("/frister/999")

    assert "Så hurtigt får du svar" in page.text
    assert "15 arbejdsdage" in page.text
