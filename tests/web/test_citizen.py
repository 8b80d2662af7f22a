"""Self-service: nothing is lost, nothing is half sent, and every krone opens."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from forms.citizen import PARTS
from tests.web.client import Client, values_of
from tests.web.fake_core import FakeCore
from tests.web.world import a_citizen_case

START = "/selvbetjening/ansoegning"
ANSWERS: dict[str, dict[str, str]] = {
    "hvorfor": {"reason": "ledig", "requested_from": "16.03.2026", "acute_need": "nej"},
    "familie": {
        "cohabitation": "enlig",
        "children_at_home": "0",
        "lives_with_parents": "nej",
        "housing": "lejebolig",
    },
    "penge": {
        "income_known": "ved_ikke",
        "wealth_known": "beloeb",
        "wealth_applicant_kroner": "3.150,00",
    },
    "aar": {"residence_9_of_10_years": "ja", "work_two_and_a_half_years": "ved_ikke"},
    "kontakt": {"phone": "70 00 00 00"},
}


def fill_in(client: Client, *slugs: str) -> None:
    for slug in slugs:
        path = f"{START}/{slug}"
        client.send(client.get(path), path, ANSWERS[slug])


def test_an_application_is_filled_in_reviewed_and_sent(anna: Client, world: FakeCore) -> None:
    fill_in(anna, *ANSWERS)
    review = anna.get(f"{START}/send")
    assert "3.150,00" in review.text
    assert "Det ved jeg ikke" in review.text
    assert world.citizen.applied == [], "nothing is sent before the last button"

    receipt = anna.send_and_see(review, f"{START}/send", {"statement_accepted": "ja"})

    assert receipt.heading == "Vi har fået din ansøgning"
    assert world.citizen.applied == [
        (
            {
                "reason": "ledig",
                "requested_from": "2026-03-16",
                "acute_need": "nej",
                "cohabitation": "enlig",
                "children_at_home": "0",
                "lives_with_parents": "nej",
                "housing": "lejebolig",
                "income_this_month_kroner": "ved_ikke",
                "wealth_applicant_kroner": "3150",
                "residence_9_of_10_years": "ja",
                "work_two_and_a_half_years": "ved_ikke",
                "phone": "70 00 00 00",
                "statement_accepted": "ja",
                "applies_jointly": "nej",
            },
            "6101901234",
        )
    ]


def test_a_sent_application_leaves_no_draft(anna: Client) -> None:
    fill_in(anna, *ANSWERS)
    anna.send(anna.get(f"{START}/send"), f"{START}/send", {"statement_accepted": "ja"})

    assert "0 af 5 dele er færdige" in anna.get(START).text


def test_each_part_is_kept_and_leads_to_the_next(anna: Client) -> None:
    path = f"{START}/hvorfor"

    onwards = anna.send_and_see(anna.get(path), path, ANSWERS["hvorfor"])

    assert onwards.heading == "Dig og din familie"
    assert values_of(anna.get(path).form(path))["requested_from"] == "16.03.2026"
    assert "1 af 5 dele er færdige" in anna.get(START).text


def test_a_break_keeps_half_an_answer_and_says_until_when(anna: Client, world: FakeCore) -> None:
    fill_in(anna, "hvorfor")
    path = f"{START}/familie"

    mine = anna.send_and_see(anna.get(path), path, {"cohabitation": "enlig", "pause": "ja"})

    assert "hvis du ikke har sendt den senest onsdag 15. april 2026." in mine.text
    assert "Du mangler 4 dele: Dig og din familie" in mine.text
    assert "Senest gemt mandag 16. marts 2026" in mine.text
    assert values_of(anna.get(path).form(path))["cohabitation"] == "enlig"
    assert "1 af 5 dele er færdige" in anna.get(START).text
    assert "Mangler svar" in anna.get(START).text


def test_an_application_goes_on_in_another_login(as_user: Callable[[str], Client]) -> None:
    fill_in(as_user("6101901234"), "hvorfor", "familie")

    at_the_library = as_user("6101901234")

    assert "Fortsæt din ansøgning" in at_the_library.get("/selvbetjening").links()
    assert "2 af 5 dele er færdige" in at_the_library.get(START).text


def test_the_newest_answer_counts_and_says_what_it_replaced(
    as_user: Callable[[str], Client], world: FakeCore
) -> None:
    path = f"{START}/hvorfor"
    phone, computer = as_user("6101901234"), as_user("6101901234")
    seen_on_phone = phone.get(path)
    computer.send(computer.get(path), path, {**ANSWERS["hvorfor"], "reason": "sygdom"})
    world.drafts.clock.forward(timedelta(minutes=5))

    onwards = phone.send_and_see(seen_on_phone, path, ANSWERS["hvorfor"])

    assert "Du havde også gemt “Hvorfor du søger” et andet sted" in onwards.text
    assert values_of(computer.get(path).form(path))["reason"] == "ledig"


def test_an_answer_saved_twice_in_a_row_replaces_nothing(anna: Client) -> None:
    path = f"{START}/hvorfor"
    fill_in(anna, "hvorfor")

    onwards = anna.send_and_see(anna.get(path), path, {"acute_need": "ja"})

    assert "et andet sted" not in onwards.text


def test_a_mistake_keeps_what_was_typed(anna: Client) -> None:
    path = f"{START}/penge"
    typed = {**ANSWERS["penge"], "wealth_applicant_kroner": "en del"}

    page = anna.send_and_see(anna.get(path), path, typed, status=422)

    assert page.problems() == ["'en del' er ikke et beløb. Skriv det som 1.234,50."]
    assert values_of(page.form(path))["wealth_applicant_kroner"] == "en del"


def test_a_spouse_is_asked_about_only_when_there_is_one(anna: Client) -> None:
    path = f"{START}/familie"
    married = {**ANSWERS["familie"], "cohabitation": "gift"}

    page = anna.send_and_see(anna.get(path), path, married, status=422)

    assert page.problems() == [
        "Skriv din ægtefælles CPR-nummer, ti cifre.",
        "Svar på, om din ægtefælle også søger.",
    ]


def test_an_unfinished_application_cannot_be_sent(anna: Client, world: FakeCore) -> None:
    fill_in(anna, "hvorfor")

    answer = anna.http.get(f"{START}/send")

    assert answer.location == f"{START}/familie"


def test_a_correction_leads_back_to_the_review(anna: Client) -> None:
    fill_in(anna, *ANSWERS)
    path = f"{START}/hvorfor"

    back = anna.send_and_see(anna.get(path), path, {"acute_need": "ja"})

    assert back.heading == "Læs igennem, og send din ansøgning"


def test_sending_needs_the_statement(anna: Client, world: FakeCore) -> None:
    fill_in(anna, *ANSWERS)

    page = anna.send_and_see(anna.get(f"{START}/send"), f"{START}/send", status=422)

    assert len(page.problems()) == 1
    assert world.citizen.applied == []


def test_a_part_that_does_not_exist_is_not_found(anna: Client) -> None:
    assert anna.get(f"{START}/hemmelig", status=404).heading == "Det findes ikke"


def test_my_page_begins_with_the_money_when_nothing_waits(anna: Client) -> None:
    page = anna.get("/selvbetjening")

    assert page.heading == "Hej Anna"
    assert page.text.index("9.911,76") < page.text.index("Din sag")
    assert page.links()["Du får kontanthjælp fra 1. marts 2026"].endswith("/dokumenter/dokument-1")


def test_every_krone_opens(anna: Client) -> None:
    page = anna.get("/selvbetjening/beregning/sag-1")

    assert "14.201,00" in page.text
    assert "aktiv socialpolitik" in page.text
    assert "13.370,76" in page.text


def test_what_waits_for_the_citizen_comes_first(anna: Client, world: FakeCore) -> None:
    world.citizen.cases = [a_citizen_case(is_heard=True)]

    page = anna.get("/selvbetjening")

    assert page.text.index("Vi venter på dig") < page.text.index("Din sag")
    assert "Din hjælp ændrer sig ikke, før vi har truffet en afgørelse." in page.text


def test_a_hearing_is_answered(anna: Client, world: FakeCore) -> None:
    world.citizen.cases = [a_citizen_case(is_heard=True)]
    path = "/selvbetjening/hoering/hoering-1"

    page = anna.send_and_see(
        anna.get(path), path, {"agrees": "passer_ikke", "words": "Det er solgt."}
    )

    assert world.citizen.answered == [("hoering-1", "Nej, det passer ikke. Det er solgt.")]
    assert "Vi har fået dit svar" in page.text


def test_disagreeing_needs_words(anna: Client, world: FakeCore) -> None:
    world.citizen.cases = [a_citizen_case(is_heard=True)]
    path = "/selvbetjening/hoering/hoering-1"

    page = anna.send_and_see(anna.get(path), path, {"agrees": "passer_ikke"}, status=422)

    assert page.problems() == ["Skriv, hvad vi skal vide."]


@pytest.mark.parametrize(
    "path", ["/selvbetjening/hoering/andens", "/selvbetjening/beregning/andens"]
)
def test_anothers_case_does_not_exist(anna: Client, path: str) -> None:
    assert anna.get(path, status=404).heading == "Det findes ikke"


def test_a_newcomer_is_invited_to_apply(anna: Client, world: FakeCore) -> None:
    world.citizen.cases = []

    page = anna.get("/selvbetjening")

    assert "Begynd en ansøgning" in page.links()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.slug)
def test_citizen_pages_need_no_script(anna: Client, part: type) -> None:
    page = anna.get(f"{START}/{part.slug}")  # type: ignore[attr-defined]  # a part of the form

    assert list(page.all("script")) == []
