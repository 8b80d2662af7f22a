"""Telling of a change and withdrawing, by the citizen and at the desk: plain words, both ways."""

from collections.abc import Callable
from datetime import date

import pytest

from app.web.life import DESK_NAMES, TELL_NAMES
from processes.domain.life import EventKind, Told
from processes.domain.money import Money
from tests.web.client import Client
from tests.web.fake_core import FakeCore
from tests.web.world import a_life_page

Login = Callable[[str], Client]
TELL = "/selvbetjening/aendring/sag-1"
WITHDRAW = "/selvbetjening/traek-tilbage/sag-1"
AT_THE_DESK = "/sager/sag-1/aendringer"
DAY = date(2026, 3, 16)

TYPED = {
    EventKind.JOB: ({"amount": "9.000"}, {"amount": Money.kroner("9000")}),
    EventKind.INCOME: ({}, {}),
    EventKind.MOVE: ({"place": "Nabogade 7, Nabokøb"}, {"place": "Nabogade 7, Nabokøb"}),
    EventKind.COHABITATION: ({"lives_together": "sammen"}, {"lives_together": True}),
    EventKind.HOLIDAY: (
        {"until": "20.03.2026", "is_agreed": "ja"},
        {"until": date(2026, 3, 20), "is_agreed": True},
    ),
    EventKind.ABROAD: (
        {"until": "20.03.2026", "place": "Sverige"},
        {"until": date(2026, 3, 20), "place": "Sverige"},
    ),
    EventKind.CHILDREN: ({"children": "2"}, {"children": 2}),
    EventKind.HOUSING: ({}, {}),
    EventKind.ILLNESS: ({"until": "20.03.2026"}, {"until": date(2026, 3, 20)}),
    EventKind.OTHER: ({}, {}),
}


@pytest.mark.parametrize("kind", sorted(TELL_NAMES))
def test_each_kind_of_change_is_told_on_a_page_of_its_own(
    anna: Client, world: FakeCore, kind: EventKind
) -> None:
    typed, told = TYPED[kind]
    path = anna.get(TELL).links()[TELL_NAMES[kind]]
    words = {"happened_on": "16.03.2026", "text": "Fra mandag.", **typed}

    after = anna.send_and_see(anna.get(path), path, words)

    assert "Vi har gemt det på din sag" in after.text
    assert world.life.told == [("", Told(kind, DAY, "Fra mandag.", **told))]


def test_a_change_without_a_day_is_asked_for_again(anna: Client, world: FakeCore) -> None:
    again = anna.send_and_see(anna.get(f"{TELL}/job"), f"{TELL}/job", {"text": "x"}, status=422)

    assert again.problems() == ["Skriv dagen som 16.03.2026."]
    assert not world.life.told


def test_what_cannot_be_used_is_said_with_what_was_typed(anna: Client, world: FakeCore) -> None:
    world.life.refuses = "Sagen er afsluttet, så en ændring kan ikke bruges her."

    again = anna.send_and_see(
        anna.get(f"{TELL}/andet"),
        f"{TELL}/andet",
        {"happened_on": "16.03.2026", "text": "Ny telefon."},
        status=422,
    )

    assert world.life.refuses in again.text
    assert "Ny telefon." in again.text


def test_withdrawing_says_what_it_means_first(anna: Client, world: FakeCore) -> None:
    page = anna.get(WITHDRAW)
    assert "Du får ingen afgørelse og ingen penge" in page.text
    assert "for jer begge" in page.text

    anna.send_and_see(page, WITHDRAW, {"reason": "Jeg har fået arbejde."})

    assert world.life.withdrawn == [("sag-1", "", "Jeg har fået arbejde.")]


def test_after_the_decision_the_page_says_what_to_do_instead(anna: Client, world: FakeCore) -> None:
    world.life.page = a_life_page(is_decided=True, may_withdraw=False)

    page = anna.get(WITHDRAW)

    assert "Fortæl om en ændring" in page.links()
    assert "Så kan du klage" in page.text
    assert not [form for form in page.all("form") if form.get("action") == WITHDRAW]


@pytest.mark.parametrize("kind", sorted(DESK_NAMES))
def test_a_caseworker_writes_down_what_was_told_for_one_of_the_family(
    as_user: Login, world: FakeCore, kind: EventKind
) -> None:
    karin = as_user("karin")
    path = f"{AT_THE_DESK}/{kind.value}"
    child = world.life.page.case.parties[2] if world.life.page else None
    assert child is not None
    typed, _ = TYPED.get(kind, ({}, {}))
    words = {"happened_on": "16.03.2026", "text": "Sagt i telefonen.", "party": child.id, **typed}

    after = karin.send_and_see(karin.get(path), path, words)

    assert "Hændelsen er gemt på sagen" in after.text
    [(party_id, told)] = world.life.told
    assert (party_id, told.kind) == (child.id, kind)


def test_a_caseworker_withdraws_for_whoever_applied(as_user: Login, world: FakeCore) -> None:
    karin = as_user("karin")
    path = "/sager/sag-1/traek-tilbage"
    page = karin.get(AT_THE_DESK)
    spouse = world.life.page.applicants[1] if world.life.page else None
    assert spouse is not None

    karin.send_and_see(page, path, {"party": spouse.id, "reason": "Sagt i telefonen i dag."})

    assert world.life.withdrawn == [("sag-1", spouse.id, "Sagt i telefonen i dag.")]


def test_an_unknown_kind_of_change_is_not_found(anna: Client) -> None:
    assert anna.get(f"{TELL}/doedsfald", status=404).status == 404


def test_a_message_about_a_person_is_answered_in_its_own_words(client: Client) -> None:
    good = client.http.post("/indgang/beskedfordeler", data=b"<besked/>")
    bad = client.http.post("/indgang/beskedfordeler", data=b"<hilsen/>")

    assert (good.status_code, good.data) == (200, b"<retur>20</retur>")
    assert (bad.status_code, bad.data) == (400, b"<retur>41</retur>")
