"""The team lead's page: who has what, moving tasks, undoing it, and who is away."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from processes.domain.errors import ConflictError
from processes.domain.periods import Period
from tests.web.client import Client
from tests.web.fake_core import FakeCore
from tests.web.fake_team import BATCH, PLAN, STAYS
from tests.web.world import TASK_IDS

ASSESS, PROPOSE = TASK_IDS["casework.assess"], TASK_IDS["decision.propose"]


@pytest.fixture
def tina(as_user: Callable[[str], Client]) -> Client:
    """A team lead at work."""
    client = as_user("tina")
    client.send(client.get("/rolle"), "/rolle", {"chosen": "999-team_lead"})
    return client


def test_the_page_begins_with_what_was_moved_and_who_has_no_hands(tina: Client) -> None:
    page = tina.get("/hold")

    order = (
        "3 opgaver er flyttet fra Karin Holm",
        "Gerda Lund har åbnet opgaven.",
        "Fortryd de 2 andre",
        "Karin Holm er fraværende til og med 20.03.2026",
        "12 åbne opgaver venter, 2 med overskredet frist",
        "Hvem har hvad",
    )
    places = [page.text.index(each) for each in order]
    assert places == sorted(places)
    assert "3 af 4 er på arbejde" in page.text
    assert "Åbne opgaver 27 7 er ufordelte" in page.text


def test_every_person_shows_load_absence_and_who_stands_in(tina: Client) -> None:
    page = tina.get("/hold")

    assert "Afløser for Karin Holm" in page.text
    assert "Fraværende fra 01.04.2026" in page.text
    assert "Arbejder ikke længere i enheden" in page.text
    assert page.links()["Karin Holm"] == "/hold?hos=karin#opgavelisten"
    assert page.links()["Ufordelte"] == "/hold?hos=ufordelte#opgavelisten"


def test_a_persons_tasks_can_be_chosen_and_never_show_a_number(tina: Client) -> None:
    page = tina.get("/hold?hos=karin")

    assert "Karin Holm: åbne opgaver 2" in page.text
    boxes = [each.get("value") for each in page.all("input") if each.get("name") == "opgave"]
    assert boxes == [str(ASSESS), str(PROPOSE)]
    receivers = [each.get("value") for each in page.form("/hold/flyt").iter("option")]
    assert "ole" not in receivers


def test_the_substitute_is_suggested_for_whoever_is_away(tina: Client) -> None:
    page = tina.get("/hold?hos=karin")

    options = list(next(page.all("select")).iter("option"))
    assert [each.get("value") for each in options if each.get("selected") is not None] == ["jonas"]
    assert "karin" not in [each.get("value") for each in options]


def wish(tina: Client, **values: object) -> str:
    """Send the list's form and return the page that comes."""
    page = tina.get("/hold?hos=karin")
    token = next(each for each in page.all("input") if each.get("name") == "csrf_token")
    sent = {"csrf_token": token.get("value"), "hos": "karin", "receiver": "*", **values}
    return tina.http.post("/hold/flyt", data=sent).get_data(as_text=True)


def test_chosen_tasks_are_planned_for_the_chosen_receiver(tina: Client, world: FakeCore) -> None:
    source = wish(tina, opgave=[str(ASSESS), str(PROPOSE)], receiver="jonas")

    assert world.team.asked == [("plan", (ASSESS, PROPOSE), "jonas")]
    assert "Forhåndsvisning: intet er flyttet endnu" in source


def test_all_tasks_of_a_person_can_be_shared(tina: Client, world: FakeCore) -> None:
    wish(tina, alle="1")
    wish(tina, alle="1", hos="ufordelte")

    assert world.team.asked == [("plan_all", "karin", None), ("plan_all", "", None)]


def test_no_task_chosen_is_said_and_nothing_is_planned(tina: Client, world: FakeCore) -> None:
    page = tina.send_and_see(
        tina.get("/hold?hos=karin"), "/hold/flyt", {"opgave": None, "alle": None}, status=422
    )

    assert page.problems() == ["Vælg mindst én opgave, eller flyt alle."]
    assert world.team.asked == []


def test_a_plan_says_who_gets_what_and_why_and_what_stays(tina: Client) -> None:
    page = tina.send_and_see(
        tina.get("/hold"), "/hold/flyt", {"hos": "karin", "alle": "1", "receiver": "*"}, status=200
    )

    assert page.heading == "Flyt 2 opgaver"
    assert "Jonas Brandt 2 1 4 6 Har færrest åbne opgaver" in page.text
    assert "1 opgave bliver, hvor den er" in page.text
    assert "Gerda Lund har selv arbejdet på sagen." in page.text


def test_tasks_are_moved_as_planned_with_the_reason(tina: Client, world: FakeCore) -> None:
    plan = tina.send_and_see(
        tina.get("/hold"), "/hold/flyt", {"hos": "karin", "alle": "1", "receiver": "*"}, status=200
    )

    page = tina.send_and_see(plan, "/hold/flyt/udfoer", {"reason": "Vi er færre"})

    assert world.team.asked[-1] == ("move", PLAN.moves, "Vi er færre", "tina")
    assert "3 opgaver er flyttet fra Karin Holm" in page.text
    assert "1 til Gerda Lund, 2 til Jonas Brandt. Begrundelse: Vi er færre" in page.text


def test_a_move_without_a_reason_is_asked_for_one(tina: Client, world: FakeCore) -> None:
    plan = tina.send_and_see(
        tina.get("/hold"), "/hold/flyt", {"hos": "karin", "alle": "1", "receiver": "*"}, status=200
    )

    page = tina.send_and_see(plan, "/hold/flyt/udfoer", {"reason": " "}, status=422)

    assert page.problems() == ["Skriv, hvorfor opgaverne flyttes. Det gemmes på hver opgave."]
    assert "move" not in {each[0] for each in world.team.asked}


@pytest.mark.parametrize("made_up", ["", "x", "[[1]]", json.dumps([["a", None, "jonas"]])])
def test_a_plan_that_cannot_be_read_moves_nothing(
    tina: Client, world: FakeCore, made_up: str
) -> None:
    plan = tina.send_and_see(
        tina.get("/hold"), "/hold/flyt", {"hos": "karin", "alle": "1", "receiver": "*"}, status=200
    )

    page = tina.send_and_see(
        plan, "/hold/flyt/udfoer", {"plan": made_up, "reason": "Fordi"}, status=422
    )

    assert page.problems() == ["Planen kan ikke læses. Vælg opgaverne igen."]
    assert "move" not in {each[0] for each in world.team.asked}


def test_a_task_that_could_not_be_moved_is_named_with_its_reason(
    tina: Client, world: FakeCore
) -> None:
    world.team.reported = replace(world.team.reported, stays=(STAYS,))
    plan = tina.send_and_see(
        tina.get("/hold"), "/hold/flyt", {"hos": "karin", "alle": "1", "receiver": "*"}, status=200
    )

    page = tina.send_and_see(plan, "/hold/flyt/udfoer", {"reason": "Vi er færre"}, status=200)

    assert page.heading == "1 opgave blev, hvor den er"
    assert "Godkend afgørelse, 2026-000124 : Gerda Lund har åbnet opgaven." in page.text
    assert "3 opgaver er flyttet til Gerda Lund (1), Jonas Brandt (2)." in page.text


def test_nothing_to_move_leads_back(tina: Client, world: FakeCore) -> None:
    world.team.planned = replace(PLAN, moves=(), shares=())

    page = tina.send_and_see(
        tina.get("/hold"), "/hold/flyt", {"hos": "karin", "alle": "1", "receiver": "*"}, status=200
    )

    assert page.heading == "Ingen opgaver kan flyttes"


def test_a_move_is_undone(tina: Client, world: FakeCore) -> None:
    page = tina.send_and_see(tina.get("/hold"), f"/hold/flyt/{BATCH}/fortryd")

    assert world.team.asked == [("undo", BATCH)]
    assert "3 opgaver er lagt tilbage hos Karin Holm." in page.text


def test_an_absence_is_registered_from_first_to_last_day(tina: Client, world: FakeCore) -> None:
    answers = {
        "user": "jonas",
        "first": "23.03.2026",
        "last": "27.03.2026",
        "substitute": "gerda",
    }

    page = tina.send_and_see(tina.get("/hold"), "/hold/fravaer", answers)

    days = Period(date(2026, 3, 23), date(2026, 3, 28))
    assert world.team.asked == [("away", "jonas", days, "gerda")]
    assert "Fraværet er registreret for Jonas Brandt." in page.text


def test_an_absence_may_have_no_end_and_no_substitute(tina: Client, world: FakeCore) -> None:
    tina.send(tina.get("/hold"), "/hold/fravaer", {"user": "jonas"})

    assert world.team.asked == [("away", "jonas", Period(date(2026, 3, 16)), None)]


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"user": ""}, "Vælg, hvem der er fraværende."),
        ({"user": "ole"}, "Vælg et af svarene."),
        ({"user": "jonas", "first": ""}, "Skriv første dag som 24.11.2026."),
        (
            {"user": "jonas", "first": "24.03.2026", "last": "23.03.2026"},
            "Sidste dag ligger før første dag. Ret en af dem.",
        ),
    ],
)
def test_an_absence_that_cannot_be_is_asked_again(
    tina: Client, world: FakeCore, answers: dict[str, str], problem: str
) -> None:
    page = tina.send_and_see(tina.get("/hold"), "/hold/fravaer", answers, status=422)

    assert problem in page.problems()
    assert world.team.asked == []


def test_what_the_core_refuses_is_said_on_the_page(tina: Client, world: FakeCore) -> None:
    world.team.refuse_with = ConflictError("Der er allerede fravær på nogle af dagene.")

    page = tina.send_and_see(tina.get("/hold"), "/hold/fravaer", {"user": "jonas"}, status=422)

    assert "Der er allerede fravær på nogle af dagene." in page.text


def test_who_is_back_gets_new_tasks_again(tina: Client, world: FakeCore) -> None:
    page = tina.send_and_see(tina.get("/hold"), "/hold/fravaer/1/tilbage")

    assert world.team.asked == [("back", 1)]
    assert "Karin Holm er tilbage" in page.text


def test_a_caseworker_moves_nothing(karin: Client, world: FakeCore) -> None:
    page = karin.get("/opgaver")
    token = next(each for each in page.all("input") if each.get("name") == "csrf_token")
    sent = {"csrf_token": token.get("value"), "plan": json.dumps([[1, None, "karin"]])}

    answer = karin.http.post("/hold/flyt/udfoer", data={**sent, "reason": "Nu"})

    assert answer.status_code == 403
    assert world.team.asked == []
