"""A case on its pages, and how one is found."""

from collections.abc import Callable

import pytest

from tests.web.client import Client
from tests.web.fake_core import FakeCore

PAGES = (
    "",
    "/oplysninger",
    "/beregning",
    "/udbetalinger",
    "/dokumenter",
    "/journal",
    "/forloeb",
)


@pytest.mark.parametrize("tail", PAGES)
def test_every_page_of_a_case_says_whose_it_is(karin: Client, tail: str) -> None:
    page = karin.get(f"/sager/sag-1{tail}")

    assert "Anna Prøve" in page.text
    assert "Sag 2026-000123" in page.text


def test_the_overview_begins_with_what_to_do(karin: Client) -> None:
    page = karin.get("/sager/sag-1")

    assert page.text.index("Det skal gøres nu") < page.text.index("Afgørelse 2026-000123-1")


def test_facts_show_source_and_what_others_say(karin: Client) -> None:
    page = karin.get("/sager/sag-1/oplysninger")

    assert "Ansøgning siger 5.240,00" in page.text
    assert "Kilderne er uenige om 1 oplysning" in page.text


def test_a_calculation_opens_down_to_fact_and_source(karin: Client) -> None:
    page = karin.get("/sager/sag-1/beregning")

    for said in ("Forhøjet sats", "Fødselsdato", "CPR", "Demosats"):
        assert said in page.text


def test_postings_stand_in_debit_and_credit(karin: Client) -> None:
    page = karin.get("/sager/sag-1/udbetalinger")

    assert page.text.count("13.370,76") == 3  # gross, debit and credit
    assert "Modtaget hos NemKonto" in page.text


def test_the_course_is_told_in_words_too(karin: Client) -> None:
    page = karin.get("/sager/sag-1/forloeb")

    assert "Her står sagen" in page.text
    assert "Hvem har set sagen (1)" in page.text


def test_a_note_is_written(karin: Client, world: FakeCore) -> None:
    path = "/sager/sag-1/journal"

    page = karin.send_and_see(karin.get(path), path, {"text": "Anna ringede."})

    assert world.cases.notes == [("sag-1", "Anna ringede.", "karin")]
    assert "Notatet er gemt" in page.text


def test_an_empty_note_is_not_written(karin: Client, world: FakeCore) -> None:
    path = "/sager/sag-1/journal"

    page = karin.send_and_see(karin.get(path), path, status=422)

    assert page.problems() == ["Skriv notatet, før du gemmer."]
    assert world.cases.notes == []


def test_markup_in_a_note_is_shown_as_written(karin: Client, world: FakeCore) -> None:
    page = world.cases.pages["sag-1"]
    note = page.notes[0]
    object.__setattr__(note, "text", "<script>alert(1)</script>")

    source = karin.http.get("/sager/sag-1/journal").get_data(as_text=True)

    assert "<script>alert" not in source
    assert "&lt;script&gt;alert" in source


def test_a_search_leaves_nothing_in_the_address(karin: Client, world: FakeCore) -> None:
    page = karin.send_and_see(
        karin.get("/sager"), "/sager/soeg", {"text": "610190-1234"}, status=200
    )

    assert world.cases.searched == ["610190-1234"]
    assert page.path == "/sager/soeg"
    assert "Ingen sager fundet" in page.text


def test_a_case_is_found_by_name(karin: Client) -> None:
    page = karin.send_and_see(karin.get("/sager"), "/sager/soeg", {"text": "anna"}, status=200)

    assert page.links()["Anna Prøve"] == "/sager/sag-1"


def test_a_document_is_handed_out_with_its_name(karin: Client) -> None:
    answer = karin.http.get("/dokumenter/dokument-1")

    assert answer.data == b"%PDF-1.7 prove"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_a_browser_could_run_is_only_ever_saved(karin: Client, world: FakeCore) -> None:
    document, _ = world.cases.files["dokument-1"]
    object.__setattr__(document, "media_type", "text/html")
    world.cases.files["dokument-1"] = (document, b"<script>")

    answer = karin.http.get("/dokumenter/dokument-1")

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_auditor_reads_but_writes_no_note(as_user: Callable[[str], Client]) -> None:
    page = as_user("rita").get("/sager/sag-1/journal")

    assert not [form for form in page.all("form") if form.get("action") == page.path]


def test_a_case_that_is_not_there_says_so(karin: Client) -> None:
    page = karin.get("/sager/ukendt", status=404)

    assert page.heading == "Det findes ikke"
