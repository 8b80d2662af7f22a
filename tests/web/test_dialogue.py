"""Messages and the spouse's part on their pages: read, written, refused at the field, kept."""

from io import BytesIO

import pytest

from processes.domain.documents import LARGEST_FILE_BYTES
from processes.domain.errors import RuleError
from processes.domain.spouses import SpousePartState
from tests.web.client import FAR_TOO_MUCH, Client, multipart, values_of
from tests.web.fake_core import FakeCore
from tests.web.world import TASK_IDS, a_spouse_page

MINE = "/selvbetjening/beskeder/sag-1"
DESK = "/sager/sag-1/beskeder"
SPOUSE = "/selvbetjening/aegtefaelle/sag-2"
SIGNED = {
    "income_known": "beloeb",
    "spouse_income_kroner": "8.412,50",
    "wealth_known": "ved_ikke",
    "spouse_other_benefit": "nej",
    "applies_too": "ja",
    "residence_9_of_10_years": "ja",
    "work_two_and_a_half_years": "ved_ikke",
    "signature": "ja",
}


def test_a_citizen_reads_who_wrote_what_and_who_has_the_ball(anna: Client) -> None:
    page = anna.get(MINE)

    assert page.heading == "Beskeder om din sag"
    for said in ("Dig", "Ja, den er kommet.", "Ny", "Hos kommunen", "8 hverdage"):
        assert said in page.text
    assert "(ikke virusscannet)" in page.text


def test_a_message_is_sent_with_files_without_script(anna: Client, world: FakeCore) -> None:
    token = values_of(anna.get(MINE).form(MINE))["csrf_token"]

    files = [(BytesIO(b"one"), "1.jpg"), (BytesIO(b"two"), "2.jpg")]
    answer = anna.http.post(MINE, data={"csrf_token": token, "text": "Hej", "filer": files})

    assert answer.location == MINE
    assert world.messages.written == [("sag-1", "", "Hej", ("1.jpg", "2.jpg"))]


def test_a_refused_file_is_told_at_its_field_and_the_words_stay(
    anna: Client, world: FakeCore
) -> None:
    world.messages.refuse_with = RuleError("Der er virus i “1.jpg”.")

    refused = anna.send_and_see(anna.get(MINE), MINE, {"text": "Her er mit papir."}, status=422)

    assert refused.problems() == ["Der er virus i “1.jpg”."]
    assert values_of(refused.form(MINE))["text"] == "Her er mit papir."


@pytest.mark.parametrize("path", [MINE, DESK])
def test_a_file_too_large_gives_413_on_the_same_page_and_the_words_stay(
    anna: Client, karin: Client, world: FakeCore, path: str
) -> None:
    who = anna if path == MINE else karin
    form = values_of(who.get(path).form(path))
    typed = {**form, "party": "anna", "text": "Her er mit papir."}

    answer = who.http.post(
        path, **multipart(typed, "stor.pdf", b"%PDF-" + b"0" * LARGEST_FILE_BYTES)
    )

    words = answer.get_data(as_text=True)
    assert answer.status_code == 413
    assert "“stor.pdf” fylder 10,0 MB" in words
    assert "Her er mit papir." in words
    assert world.messages.written == []


def test_far_too_much_at_once_is_told_on_the_same_page(anna: Client) -> None:
    answer = anna.http.post(MINE, **FAR_TOO_MUCH)

    assert answer.status_code == 413
    words = answer.get_data(as_text=True)
    assert "over 64 MB" in words
    assert "Beskeder om din sag" in words


def test_a_caseworker_reads_the_thread_and_is_led_to_the_task(karin: Client) -> None:
    page = karin.get(DESK)

    assert page.heading == "Beskeder"
    assert "Ikke læst endnu" in page.text
    assert page.links()["Svar i opgaven"] == f"/opgaver/{TASK_IDS['casework.answer_message']}"


def test_a_caseworker_writes_unasked(karin: Client, world: FakeCore) -> None:
    karin.send(karin.get(DESK), DESK, {"party": "anna", "text": "Ring til mig."})

    assert world.messages.written == [("sag-1", "anna", "Ring til mig.", ())]


def test_the_answer_says_which_message_was_seen(karin: Client, world: FakeCore) -> None:
    path = f"/opgaver/{TASK_IDS['casework.answer_message']}"
    page = karin.get(path)
    seen = next(each for each in page.all("input") if each.get("name") == "seen")
    assert seen.get("form") == "opgave"

    karin.send(page, path, {"choice": "answer", "text": "I næste uge.", "seen": seen.get("value")})

    [(_, values, _)] = world.inbox.completed
    assert values["seen"] == world.messages.thread.unanswered[-1].id  # type: ignore[union-attr]


def test_a_spouse_sees_whose_application_it_is_and_who_sees_the_answers(anna: Client) -> None:
    page = anna.get(SPOUSE)

    for said in ("Bo Prøve søgte om hjælp", "Svar senest søndag 22.", "kan ikke se dine svar"):
        assert said in page.text


def test_a_spouse_answers_and_signs(anna: Client, world: FakeCore) -> None:
    anna.send(anna.get(SPOUSE), SPOUSE, SIGNED)

    [(case_id, answers, shown)] = world.spouses.signed
    assert case_id == "sag-2"
    assert answers["spouse_income_kroner"] == "8412.50"
    assert answers["spouse_wealth_kroner"] == "ved_ikke"
    assert "signature" not in answers
    assert "Underskrevet af Anna Prøve" in shown
    assert shown.index("Søger du også") < shown.index("Skriv under")


def test_without_a_signature_nothing_is_taken_in(anna: Client, world: FakeCore) -> None:
    page = anna.get(SPOUSE)

    refused = anna.send_and_see(page, SPOUSE, {**SIGNED, "signature": ""}, status=422)

    assert len(refused.problems()) == 1
    assert world.spouses.signed == []


def test_a_part_that_was_signed_is_not_asked_for_again(anna: Client, world: FakeCore) -> None:
    world.spouses.shown = a_spouse_page(SpousePartState.SIGNED)

    page = anna.get(SPOUSE)

    assert "Du har svaret og skrevet under." in page.text
    assert not [each for each in page.all("form") if each.get("action") == SPOUSE]


def test_an_application_is_thrown_away_and_taken_back(anna: Client, world: FakeCore) -> None:
    start = "/selvbetjening/ansoegning/hvorfor"
    why = {"reason": "ledig", "requested_from": "16.03.2026", "acute_need": "nej"}
    anna.send(anna.get(start), start, why)

    gone = anna.send_and_see(anna.get("/selvbetjening"), "/selvbetjening/ansoegning/slet")
    assert "Du har slettet din ansøgning" in gone.text
    back = anna.send_and_see(gone, "/selvbetjening/ansoegning/fortryd-sletning")

    assert "Fortsæt din ansøgning" in back.text
    assert list(world.citizen.drafts.kept["6101901234"].parts) == ["hvorfor"]
