"""The inbox: views, bands, the next task."""

import re
from dataclasses import replace
from datetime import date

import pytest

from processes.domain.access import Actor, Role
from processes.domain.errors import ConflictError
from processes.ports.pages import TaskStays
from processes.ports.records import InboxWish, SavedFilter
from tests.web.client import Client
from tests.web.fake_core import FakeCore
from tests.web.fake_desk import AT, BATCH
from tests.web.world import TASK_IDS


def bands(text: str) -> list[str]:
    names = "Akut|Haster|Frist overskredet|I dag og i morgen|Senere i ugen|Næste uge|Senere"
    return re.findall(rf"\b({names}) \d", text.split("Tilstand")[1])


def test_rows_stand_under_what_is_urgent_and_then_the_band_of_their_deadline(
    karin: Client, world: FakeCore
) -> None:
    number = TASK_IDS["casework.assess"]
    task = replace(world.inbox.pages[number].task, priority=1)
    world.inbox.pages[number] = replace(world.inbox.pages[number], task=task)

    page = karin.get("/opgaver?visning=enhed")

    assert bands(page.text) == ["Akut", "Haster", "I dag og i morgen", "Senere i ugen"]
    assert "3 dage over" in page.text
    assert "Ti. 17.03. kl. 18.00 i morgen" in page.text.replace("\u00a0", " ")


def test_a_task_whose_deadline_is_near_stands_out(karin: Client, world: FakeCore) -> None:
    number = TASK_IDS["casework.assess"]
    task = replace(world.inbox.pages[number].task, priority=1, reason="Fristen nærmer sig")
    world.inbox.pages[number] = replace(world.inbox.pages[number], task=task)

    page = karin.get("/opgaver?visning=enhed")

    assert "Haster" in page.text
    assert "Fristen nærmer sig" in page.text


def test_counts_stand_beside_the_views(karin: Client, world: FakeCore) -> None:
    unassigned = sum(page.task.assignee is None for page in world.inbox.pages.values())

    page = karin.get("/opgaver")

    assert f"Ufordelte {unassigned}" in page.links()


def test_a_protected_person_has_no_name_in_a_list(karin: Client) -> None:
    page = karin.get("/opgaver?visning=ufordelte")

    assert "Anna" not in page.text
    assert "Beskyttet" in page.text


def test_no_list_shows_a_personal_number(karin: Client) -> None:
    page = karin.get("/opgaver?visning=enhed")

    assert not re.search(r"\d{6}-?\d{4}", page.text.replace("2026-000123", ""))


def test_next_task_is_taken_and_opened(karin: Client, world: FakeCore) -> None:
    page = karin.send_and_see(karin.get("/opgaver"), "/opgaver/naeste")

    assert page.heading == "Vurdér oplysninger og betingelser"
    assert world.inbox.pages[50].task.assignee == "karin"


def test_no_next_task_says_so(karin: Client) -> None:
    karin.send(karin.get("/opgaver"), "/opgaver/naeste")

    page = karin.send_and_see(karin.get("/opgaver"), "/opgaver/naeste")

    assert "Der er ingen ufordelte opgaver" in page.text


def test_a_filter_is_sent_not_addressed_and_can_be_removed(karin: Client, world: FakeCore) -> None:
    asked = {"type": "payment.tax_card", "words": "Anna Prøve"}
    page = karin.send_and_see(
        karin.get("/opgaver?visning=enhed"), "/opgaver/filter?visning=enhed", asked
    )

    assert page.path == "/opgaver?visning=enhed&f=filter-1"
    assert world.inbox.wanted[-1].form_key == "payment.tax_card"
    assert world.inbox.wanted[-1].party_tokens == ("anna", "prøve")
    assert "Søgt på person eller sag" in page.text
    assert page.links()["Fjern filteret"] == "/opgaver?visning=enhed"


def test_an_empty_filter_is_no_filter(karin: Client) -> None:
    page = karin.send_and_see(karin.get("/opgaver"), "/opgaver/filter?visning=mine")

    assert page.path == "/opgaver?visning=mine"


def test_a_filter_is_kept_under_a_name_and_what_is_wrong_with_it_is_said(
    karin: Client, world: FakeCore
) -> None:
    filtered = karin.send_and_see(
        karin.get("/opgaver"), "/opgaver/filter?visning=mine", {"due_within": "7"}
    )
    keep = "/opgaver/filter/filter-1/gem?visning=mine"

    unnamed = karin.send_and_see(filtered, keep, status=422)
    assert "Skriv, hvad filteret skal hedde." in unnamed.text
    world.desk.refuse_with = ConflictError("Der er allerede et filter, der hedder Ugen.")
    taken = karin.send_and_see(filtered, keep, {"name": "Ugen"}, status=422)
    assert "Der er allerede et filter" in taken.text
    world.desk.refuse_with = None
    page = karin.send_and_see(filtered, keep, {"name": "Ugen", "unit": "Ydelse Nord"})

    assert "Filteret Ugen er gemt og delt med Ydelse Nord." in page.text
    assert "Ugen Delt i Ydelse Nord" in page.links()
    gone = karin.send_and_see(page, "/opgaver/filter/filter-1/slet?visning=mine")
    assert "Filteret Ugen er slettet." in gone.text


def test_next_is_the_next_of_the_filter(karin: Client, world: FakeCore) -> None:
    world.desk.saved["f1"] = SavedFilter(
        "f1", "karin", "Kort", "", InboxWish(form_key="payment.tax_card"), AT
    )
    page = karin.get("/opgaver?f=f1")

    nothing = karin.send_and_see(page, "/opgaver/naeste?f=f1")

    assert "Der er ingen ufordelte opgaver i filteret." in nothing.text
    assert world.inbox.wanted[-2].form_key == "payment.tax_card"


def test_ticked_tasks_are_given_away_and_the_way_back_stands_on_the_page(
    karin: Client, world: FakeCore
) -> None:
    ticked = {"opgave": ["51", "1"], "handling": "give", "receiver": "jonas", "reason": "Ferie"}

    page = karin.send_and_see(karin.get("/opgaver"), "/opgaver/flere?visning=mine", ticked)

    ((tasks, wanted),) = world.desk.changes
    assert (tasks, wanted.receiver, wanted.reason) == ((51, 1), "jonas", "Ferie")
    assert "2 opgaver er givet til Jonas Brandt." in page.text
    undone = karin.send_and_see(page, f"/opgaver/flere/{BATCH}/fortryd?visning=mine")
    assert world.desk.undone == [BATCH]
    assert "Fortrudt: 1 opgave er som før." in undone.text


@pytest.mark.parametrize(
    ("ticked", "said"),
    [
        ({"handling": "claim"}, "Vælg mindst én opgave på listen."),
        ({"opgave": "51", "handling": "give", "reason": "x"}, "Vælg den kollega, der skal have"),
        ({"opgave": "51", "handling": "put_back"}, "Skriv hvorfor, så den næste kan gå videre."),
        ({"opgave": "51", "handling": "follow_up"}, "Skriv, hvilken dag du følger op"),
        (
            {"opgave": "51", "handling": "follow_up", "day": "16.03.2026"},
            "Vælg en dag efter i dag.",
        ),
        ({"opgave": "51", "handling": "slet"}, "Vælg, hvad der skal ske med opgaverne."),
    ],
)
def test_what_is_missing_is_asked_for_and_the_ticks_stay(
    karin: Client, world: FakeCore, ticked: dict[str, str], said: str
) -> None:
    page = karin.send_and_see(
        karin.get("/opgaver"), "/opgaver/flere?visning=mine", ticked, status=422
    )

    assert said in page.text
    assert world.desk.changes == []
    boxes = [box for box in page.all("input") if box.get("name") == "opgave"]
    assert {box.get("value") for box in boxes if box.get("checked") is not None} == (
        {ticked["opgave"]} if "opgave" in ticked else set()
    )


def test_what_could_not_follow_is_named(karin: Client, world: FakeCore) -> None:
    world.desk.stays = (TaskStays(51, "Foreslå afgørelse", "2026-000123", "Jonas er væk."),)
    ticked = {"opgave": ["51", "1"], "handling": "give", "receiver": "jonas", "reason": "Ferie"}

    page = karin.send_and_see(
        karin.get("/opgaver"), "/opgaver/flere?visning=mine", ticked, status=200
    )

    assert page.heading == "1 opgave blev, hvor den er"
    assert "Jonas er væk." in page.text
    assert "1 opgave er givet til Jonas Brandt." in page.text


def test_a_task_is_given_to_a_colleague_with_a_reason(karin: Client, world: FakeCore) -> None:
    task = karin.get("/opgaver/51")

    nobody = karin.send_and_see(task, "/opgaver/51/giv", {"reason": "Ferie"}, status=422)
    assert "Vælg den kollega" in nobody.text
    page = karin.send_and_see(task, "/opgaver/51/giv", {"receiver": "tina", "reason": "Ferie"})

    assert "Tina Bech har opgaven nu." in page.text
    assert world.desk.changes[-1][0] == (51,)


def test_an_empty_view_leads_on_to_unassigned_tasks(karin: Client, world: FakeCore) -> None:
    world.inbox.pages = {50: world.inbox.pages[50]}

    page = karin.get("/opgaver")

    assert page.links()["Tag næste fra Ufordelte (1)"] == "/opgaver?visning=ufordelte"


def test_news_is_told_and_not_pushed_into_the_list(karin: Client, world: FakeCore) -> None:
    mine = sum(page.task.assignee == "karin" for page in world.inbox.pages.values())

    quiet = karin.http.get(f"/opgaver/nyt?visning=mine&set={mine}").get_data(as_text=True)
    news = karin.http.get(f"/opgaver/nyt?visning=mine&set={mine - 2}").get_data(as_text=True)

    assert quiet.strip() == ""
    assert "2 nye opgaver: vis dem" in news


def test_the_row_one_came_from_is_marked(karin: Client) -> None:
    number = TASK_IDS["casework.assess"]

    source = karin.http.get(f"/opgaver?fra={number}").get_data(as_text=True)

    assert source.count('class="here"') == 1


def test_a_persons_other_tasks_are_folded_in_the_row(karin: Client, world: FakeCore) -> None:
    first, other = TASK_IDS["casework.assess"], TASK_IDS["decision.propose"]
    world.inbox.same_person = {first: (other,)}
    total = sum(page.task.role == "caseworker" for page in world.inbox.pages.values())

    page = karin.get("/opgaver?visning=enhed")

    assert world.inbox.wanted[-1].is_by_person
    assert "1 opgave mere om samme borger" in page.text
    assert f"/opgaver/{other}" in {link.get("href") for link in page.all("a")}
    assert f"Viser {total} af {total}" in page.text


def test_the_next_page_goes_on_after_the_last_row(karin: Client, world: FakeCore) -> None:
    karin.get("/opgaver?visning=enhed&haster=2&frist=2026-03-13T09:12:00%2B00:00&efter=50")
    karin.get("/opgaver?visning=enhed&frist=i+morgen&efter=7")

    assert [wanted.after for wanted in world.inbox.wanted[-2:]] == [
        (2, "2026-03-13T09:12:00+00:00", 50),
        (0, "", 7),
    ]


def test_what_is_put_away_has_its_own_view_and_can_be_taken_back(
    karin: Client, world: FakeCore
) -> None:
    number = TASK_IDS["casework.assess"]
    world.inbox.follow_up(number, date(2026, 3, 20), world_actor())

    page = karin.get("/opgaver?visning=venter")
    assert page.heading == "Lagt til opfølgning"
    assert "Følg op 20.03.2026" in page.text
    karin.send(karin.get(f"/opgaver/{number}"), f"/opgaver/{number}/tag-frem")

    assert world.inbox.followed[-1] == (number, None)


def world_actor() -> Actor:
    return Actor("karin", "Karin Holm", Role.CASEWORKER, 999, frozenset({"Ydelse Nord"}))


def test_a_note_is_written_from_the_row_and_from_the_task(karin: Client, world: FakeCore) -> None:
    number = TASK_IDS["casework.assess"]
    path = karin.get("/opgaver").links()["Skriv notat på sag 2026-000123"]
    assert path.endswith("?notat=1")

    page = karin.get(f"/opgaver/{number}?notat=1")
    assert any(each.get("open") is not None for each in page.all("details"))
    said = karin.send_and_see(page, f"/opgaver/{number}/notat", {"text": "Anna ringede."})

    assert world.cases.notes == [("sag-1", "Anna ringede.", "karin")]
    assert "Notatet er gemt" in said.text


def test_an_empty_note_on_a_task_is_asked_for(karin: Client, world: FakeCore) -> None:
    number = TASK_IDS["casework.assess"]

    page = karin.send_and_see(
        karin.get(f"/opgaver/{number}"), f"/opgaver/{number}/notat", status=422
    )

    assert page.problems() == ["Skriv notatet, før du gemmer."]
    assert world.cases.notes == []
