"""The page of a team's figures: what it says, and the file it gives."""

import csv
import io
from collections.abc import Callable

import pytest

from tests.web.client import Client
from tests.web.fake_core import FakeCore, row_of
from tests.web.world import TASK_IDS


@pytest.fixture
def tina(as_user: Callable[[str], Client]) -> Client:
    """A team lead at work."""
    client = as_user("tina")
    client.send(client.get("/rolle"), "/rolle", {"chosen": "999-team_lead"})
    return client


def test_figures_say_what_they_are_worth(tina: Client) -> None:
    page = tina.get("/produktion")

    assert "Kommet ind 46 opgaver i perioden" in page.text
    assert "Frister holdt 90 % 9 af 10 med frist" in page.text
    assert "Sendt tilbage 2 af 10 forslag" in page.text
    assert "Der kommer flere opgaver ind, end der bliver færdige." in page.text
    assert "2 dage har flere frister, end enheden når" in page.text
    assert "26 t." in page.text
    assert "ingen færdige" in page.text, "unknown is not zero"


def test_every_drawing_has_its_table(tina: Client) -> None:
    page = tina.get("/produktion")

    assert len(list(page.all("{http://www.w3.org/2000/svg}rect"))) == 4 * 2 + 5
    weeks = [row for row in page.tree.iter("tr") if "23.02.2026" in "".join(row.itertext())]
    assert ["".join(cell.itertext()) for cell in weeks[0]] == ["9", "23.02.2026", "10", "12"]


def test_a_period_is_chosen_and_what_is_none_is_the_shortest(tina: Client, world: FakeCore) -> None:
    tina.get("/produktion?uger=13")
    tina.get("/produktion?uger=99")
    tina.get("/produktion?uger=x")

    assert world.production.asked == [13, 4, 4]


def test_a_steps_figures_lead_to_its_tasks(tina: Client, world: FakeCore) -> None:
    world.production.rows = (row_of(world.inbox.pages[TASK_IDS["casework.assess"]]),)
    page = tina.get("/produktion")

    step = tina.get(page.links()["Vurdér oplysninger"])

    assert step.heading == "Vurdér oplysninger"
    assert step.links()["2026-000123"] == "/sager/sag-1"
    assert "Alle frister blev holdt." in step.text


def test_the_file_opens_in_a_spreadsheet_and_runs_nothing(tina: Client) -> None:
    response = tina.http.get("/produktion/regneark?uger=4")

    assert response.mimetype == "text/csv"
    assert "produktion-2026-02-23-2026-03-16.csv" in response.headers["Content-Disposition"]
    text = response.get_data(as_text=True)
    assert text.startswith("\ufeff")
    head, first, second = csv.reader(io.StringIO(text[1:]), delimiter=";")
    assert dict(zip(head, first, strict=True))["Median, timer"] == "26,2"
    assert second[:4] == ["'=1+1", "'@SUM(A1)", "0", ""]
