"""Complaints on the citizen's pages and on the case."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from processes.domain.complaints import ComplaintChannel, ComplaintState, ReviewOutcome
from processes.domain.errors import RuleError
from tests.web.client import Client
from tests.web.fake_complaints import WORDS, a_complaint
from tests.web.fake_core import FakeCore

ANNA = "6101901234"


def test_a_citizen_complains_in_their_own_words(
    as_user: Callable[[str], Client], world: FakeCore
) -> None:
    anna = as_user(ANNA)
    (decision,) = world.complaints.decisions
    page = anna.get("/selvbetjening/klage/sag-1")

    form = anna.get(page.links()[f"Afgørelse {decision.number}"])
    done = anna.send_and_see(form, form.path, {"text": WORDS})

    assert world.complaints.made == [(decision.id, WORDS)]
    assert "Du får svar senest 09.04.2026" in done.text.replace("\u00a0", " ")


def test_what_a_citizen_typed_stays_when_it_cannot_be_taken(
    as_user: Callable[[str], Client], world: FakeCore
) -> None:
    anna = as_user(ANNA)
    (decision,) = world.complaints.decisions
    form = anna.get(f"/selvbetjening/klage/sag-1/{decision.id}")

    empty = anna.send_and_see(form, form.path, {"text": " "}, status=422)
    assert "Skriv, hvad du er utilfreds med." in empty.text
    world.complaints.refuse_with = RuleError("Der er allerede en klage over afgørelsen.")
    refused = anna.send_and_see(form, form.path, {"text": WORDS}, status=422)

    assert "Der er allerede en klage" in refused.text
    assert WORDS in refused.text


def test_a_citizen_sees_who_has_the_ball_and_can_let_the_complaint_stand(
    as_user: Callable[[str], Client], world: FakeCore
) -> None:
    anna = as_user(ANNA)
    world.complaints.complaints = [a_complaint()]
    waiting = anna.get("/selvbetjening/klage/sag-1")
    assert "En anden medarbejder ser på afgørelsen igen." in waiting.text

    world.complaints.complaints = [
        a_complaint(
            state=ComplaintState.ASKED,
            verdict=ReviewOutcome.PARTLY,
            reasons="Bilen tæller ikke med.",
            judged_at=datetime(2026, 3, 14, 9, 0, tzinfo=UTC),
        )
    ]
    asked = anna.get("/selvbetjening/klage/sag-1")
    assert "Bilen tæller ikke med." in asked.text
    done = anna.send_and_see(asked, "/selvbetjening/klage/klage-1/fasthold")

    assert world.complaints.maintained == ["klage-1"]
    assert "Vi sender den og sagens papirer til Ankestyrelsen." in done.text


def test_a_complaint_by_phone_is_written_down(karin: Client, world: FakeCore) -> None:
    (decision,) = world.complaints.decisions
    page = karin.get("/sager/sag-1/klager")
    form = karin.get(page.links()[f"Afgørelse {decision.number}"])

    missing = karin.send_and_see(form, form.path, {"text": WORDS}, status=422)
    assert "Vælg, hvordan klagen kom." in missing.text
    ahead = karin.send_and_see(
        form, form.path, {"text": WORDS, "channel": "brev", "received_on": "17.03.2026"}, status=422
    )
    assert "Klagen kan ikke være kommet efter i dag." in ahead.text
    karin.send_and_see(
        form, form.path, {"text": WORDS, "channel": "telefon", "received_on": "13.03.2026"}
    )

    ((decision_id, text, channel, on),) = world.complaints.registered
    assert (decision_id, text, channel) == (decision.id, WORDS, ComplaintChannel.PHONE)
    assert on == date(2026, 3, 13)


def test_the_case_shows_how_far_each_complaint_is(karin: Client, world: FakeCore) -> None:
    world.complaints.complaints = [
        a_complaint(
            is_late=True,
            state=ComplaintState.FORWARDED,
            verdict=ReviewOutcome.UPHELD,
            reasons="Loven giver ikke mulighed for andet.",
            judged_by="gerda",
            judged_at=datetime(2026, 3, 14, 9, 0, tzinfo=UTC),
            forwarded_on=date(2026, 3, 16),
            board_reference="26-1234",
        )
    ]

    page = karin.get("/sager/sag-1/klager")

    assert "Kom efter klagefristen" in page.text
    assert "Klagen ligger hos Ankestyrelsen." in page.text
    assert "Sagsnummer 26-1234" in page.text
    assert WORDS in page.text
