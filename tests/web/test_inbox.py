"""The inbox: views, bands, the next task."""

import re
from dataclasses import replace
from datetime import date

from processes.domain.access import Actor, Role
from tests.web.client import Client
from tests.web.fake_core import FakeCore
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


def test_a_filter_reaches_the_core_and_can_be_removed(karin: Client, world: FakeCore) -> None:
    page = karin.get("/opgaver?visning=enhed&type=payment.tax_card")

    assert world.inbox.wanted[-1].form_key == "payment.tax_card"
    assert page.links()["Fjern filter: Registrér skattekort"] == "/opgaver?visning=enhed"


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
    assert page.links()["Foreslå afgørelse"] == f"/opgaver/{other}"
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
