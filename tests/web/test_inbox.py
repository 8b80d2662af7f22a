"""The inbox: views, bands, the next task."""

import re
from dataclasses import replace

from tests.web.client import Client
from tests.web.fake_core import FakeCore
from tests.web.world import TASK_IDS


def bands(text: str) -> list[str]:
    names = ("Frist overskredet", "I dag og i morgen", "Senere i ugen", "Næste uge", "Senere")
    return [name for name in names if re.search(rf"{name} \d", text)]


def test_rows_stand_under_the_band_of_their_deadline(karin: Client) -> None:
    page = karin.get("/opgaver?visning=enhed")

    assert bands(page.text) == ["Frist overskredet", "I dag og i morgen", "Senere i ugen"]
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
