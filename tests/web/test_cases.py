"""A case on its pages, and how one is found."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.web.shell.labels import regler
from processes.domain.calculation import Line, Node
from processes.domain.money import Money
from processes.domain.periods import Month, Period
from processes.ports.pages import ExplainLine
from processes.ports.records import TimelineItem
from tests.web.client import Client, words
from tests.web.fake_core import NOW, FakeCore
from tests.web.world import a_calculation

PAGES = (
    "",
    "/oplysninger",
    "/beregning",
    "/udbetalinger",
    "/dokumenter",
    "/journal",
    "/tidslinje",
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


def test_a_time_line_shows_the_kinds_that_are_chosen_and_each_can_be_taken_away(
    karin: Client, world: FakeCore
) -> None:
    kinds = ("brev", "brev", "opgave", "notat")
    line = [
        TimelineItem(NOW - timedelta(days=n), kind, f"Nummer {n}", "", "karin", "dokument-1")
        for n, kind in enumerate(kinds)
    ]
    object.__setattr__(world.cases.pages["sag-1"], "timeline", line)

    everything = karin.get("/sager/sag-1/tidslinje")
    letters = karin.get("/sager/sag-1/tidslinje?vis=brev")
    both = karin.get("/sager/sag-1/tidslinje?vis=brev&vis=opgave&vis=ukendt")

    assert [f"Nummer {n}" in everything.text for n in range(4)] == [True] * 4
    assert [f"Nummer {n}" in letters.text for n in range(4)] == [True, True, False, False]
    assert "Viser 3 af 4." in both.text
    assert both.links()["Fjern filter: Breve 2"] == "/sager/sag-1/tidslinje?vis=opgave"
    assert letters.links()["Opgaver 1"] == "/sager/sag-1/tidslinje?vis=brev&vis=opgave"
    assert letters.links()["Nummer 0"] == "/dokumenter/dokument-1"
    assert "Udbetalinger" not in [words(each) for each in everything.all("main a")]


def test_each_ground_of_an_amount_names_its_source_once(karin: Client, world: FakeCore) -> None:
    world.cases.lines = (
        ExplainLine(0, "Anna Prøve, marts 2026, før skat", "14.201,00\u00a0kr."),
        ExplainLine(1, "Forhøjet sats", "14.201,00\u00a0kr.", "lov om aktiv socialpolitik § 16"),
        ExplainLine(2, "Alder", "34", why="Alderen i hele år."),
        ExplainLine(3, "Fødselsdato", "12.05.1991", source="Folkeregistret"),
        ExplainLine(2, "Børnetillæg", "0,00\u00a0kr.", "lov om aktiv socialpolitik § 17"),
        ExplainLine(3, "Hjemmeboende børn", "0", source="Folkeregistret"),
    )

    page = karin.get("/sager/sag-1/beregning")

    assert page.text.count("Folkeregistret") == 2, "once for each fact"
    assert "1 post giver intet: Børnetillæg" in [words(each) for each in page.all("summary")]
    nested = [len(list(each.iter("details"))) for each in page.all("details")]
    assert max(nested) == 4, "what lies deeper is folded in what it belongs to"


def test_two_months_stand_side_by_side_with_the_reason_of_each_difference(
    karin: Client, world: FakeCore
) -> None:
    calculation = a_calculation()
    (march,) = calculation.months
    rate, *others = march.lines
    fewer = replace(rate, amount=Money.kroner("7000"), days=Period(date(2026, 3, 16)))
    months = (
        replace(march, lines=(fewer, *others)),
        replace(march, month=Month(2026, 4)),
    )
    object.__setattr__(
        world.cases.pages["sag-1"], "calculation", replace(calculation, months=months)
    )

    page = karin.get("/sager/sag-1/beregning")

    assert "Anna Prøve: marts 2026 og april 2026" in [words(each) for each in page.all("h2")]
    for said in ("+7.201,00", "I marts 2026 er det kun for", "uændret", "Samme grundlag"):
        assert said in page.text.replace("\u00a0", " ")


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


def test_what_is_provisional_is_marked_and_folded(karin: Client, world: FakeCore) -> None:
    world.cases.lines = (
        *world.cases.lines,
        ExplainLine(0, "Demosatser: Børnetillæg 2.909,00 kr.", ""),
        ExplainLine(0, "Til sagsbehandleren: Beregnet til og med marts.", ""),
    )

    page = karin.get("/sager/sag-1/beregning")

    summaries = [words(each) for each in page.all("summary")]
    assert any(each.startswith("Demosatser Nogle satser") for each in summaries)
    assert "Demosatser:" not in page.text
    assert "Beregnet til og med marts." in page.text


def test_the_rules_used_are_named_with_their_versions() -> None:
    rule = Node("rule", "kh.alder@2", "Alder", 36)
    line = Line("grundsats", "Grundsats", Money.kroner("100"), rule)
    usual = a_calculation()
    month = replace(usual.months[0], lines=(line,))
    calculation = replace(usual, rule_versions=("kh.alder@2",), months=(month,))

    assert regler(calculation) == ["Alder, version 2"]


@pytest.mark.parametrize(
    "tab", ["", "/oplysninger", "/beregning", "/dokumenter", "/tidslinje", "/forloeb"]
)
def test_no_page_of_a_case_shows_a_raw_key(karin: Client, tab: str) -> None:
    text = karin.get(f"/sager/sag-1{tab}").text

    assert re.findall(r"\b[a-zæøå]+_[a-zæøå_]+\b|\b[a-z]+\.read\b|\w@\d", text) == []
