"""How a case was calculated on any day, decisions as files, and `hvad nu hvis`, as pages."""

from __future__ import annotations

from datetime import date

import html5lib

from processes.domain.errors import RuleError
from processes.domain.facts import FactKind
from processes.domain.money import Money
from tests.web.client import Client, Page
from tests.web.fake_core import FakeCore


def send(client: Client, path: str, changes: dict[str, str | None], *, status: int = 200) -> Page:
    """Fill in the form of a page and read the answer."""
    response = client.send(client.get(path), path, changes, status=status)
    tree = html5lib.parse(response.text, namespaceHTMLElements=False)
    return Page(path, response, tree)


MONTHS = "/sager/sag-1/beregning/maaneder"
ON_CASE = "/sager/sag-1/hvad-nu-hvis"
MINE = "/selvbetjening/hvad-nu-hvis/sag-1"


def test_every_month_is_there_with_what_moved_it_as_a_drawing_and_in_words(
    karin: Client, world: FakeCore
) -> None:
    page = karin.get(MONTHS)

    assert "Marts 2026" in page.text
    assert "12.201,00" in page.text
    assert "−2.000,00 kr. fradrag for egen indtægt" in page.text
    assert "Anden indtægt i måneden: 2.000,00 kr., før ingen" in page.text
    assert len(list(page.all("{http://www.w3.org/2000/svg}rect"))) >= 6
    assert world.explaining.asked == [None]


def test_a_day_is_asked_for_in_danish_and_the_page_says_which(
    karin: Client, world: FakeCore
) -> None:
    page = karin.get(f"{MONTHS}?kendt=03.03.2026")

    assert "Som vi kendte sagen den tirsdag 3. marts 2026" in page.text
    assert world.explaining.asked == [date(2026, 3, 3)]


def test_any_two_months_stand_side_by_side(karin: Client) -> None:
    page = karin.get(f"{MONTHS}?fra=2026-03&til=2026-05")

    assert "marts 2026 og maj 2026" in page.text


def test_without_a_choice_the_last_change_is_shown(karin: Client) -> None:
    assert "april 2026 og maj 2026" in karin.get(MONTHS).text


def test_a_day_that_cannot_be_asked_for_is_said_with_the_months_of_today_below(
    karin: Client,
) -> None:
    to_come = karin.get(f"{MONTHS}?kendt=01.01.2030", status=422)
    nonsense = karin.get(f"{MONTHS}?kendt=i+g%C3%A5r", status=422)

    assert "ikke kommet endnu" in to_come.text
    assert "Marts 2026" in to_come.text
    assert "er ikke en dato" in nonsense.text


def test_a_decision_is_handed_out_as_a_file_with_the_program_that_checks_it(
    karin: Client, world: FakeCore
) -> None:
    links = karin.get(MONTHS).links()

    file = karin.http.get(links["Afgørelse 2026-000123-1"])
    program = karin.http.get(links["Hent kontrolprogrammet"])

    assert (file.status_code, file.data) == (200, b"{}")
    assert "attachment" in file.headers["Content-Disposition"]
    assert program.data.startswith(b"#!/usr/bin/env python3")
    assert world.replays.handed_out == ["afgoerelse-1"]


def test_a_caseworker_tries_a_wage_and_sees_why(karin: Client, world: FakeCore) -> None:
    tried = send(karin, ON_CASE, {"work_income": "4.000"})

    assert "Ikke en afgørelse" in tried.text
    assert "−1.500,00 kr. i hjælp" in tried.text
    assert "Arbejdsindtægt i måneden: 4.000,00 kr." in tried.text
    (supposed,) = world.what_if.supposed
    assert [(each.kind, each.value) for each in supposed] == [
        (FactKind.WORK_INCOME, Money.kroner(4000))
    ]


def test_a_citizen_tries_it_and_nothing_of_it_stands_in_an_address(
    anna: Client, world: FakeCore
) -> None:
    tried = send(anna, MINE, {"work_income": "4.000", "children": "1"})

    assert "Ikke en afgørelse" in tried.text
    assert "Det ved vi ikke" in tried.text
    assert "Fortæl os om ændringen" in tried.text
    assert "4.000" not in {form.get("action") for form in tried.all("form")}
    assert {each.kind for each in world.what_if.supposed[0]} == {
        FactKind.WORK_INCOME,
        FactKind.CHILDREN_AT_HOME,
    }


def test_what_is_missing_is_listed_and_never_a_zero(anna: Client, world: FakeCore) -> None:
    world.what_if.without = frozenset({FactKind.WEALTH})

    tried = send(anna, MINE, {"children": "1"})

    assert "Det kan ikke regnes ud endnu" in tried.text
    assert "hvilken formue ansøgeren har" in tried.text
    assert "ville være 0,00" not in tried.text


def test_nothing_otherwise_and_nonsense_are_said(karin: Client, anna: Client) -> None:
    same = send(karin, ON_CASE, {})
    wrong = send(anna, MINE, {"work_income": "mange"}, status=422)

    assert "Skriv mindst ét sted" in same.text
    assert wrong.problems() == ["'mange' er ikke et beløb. Skriv det som 1.234,50."]


def test_before_a_decision_a_citizen_is_told_to_wait(anna: Client, world: FakeCore) -> None:
    world.what_if.refuse_with = RuleError("Du kan prøve dig frem, når vi har afgjort din sag.")

    page = anna.get(MINE, status=409)

    assert "når vi har afgjort din sag" in page.text
