"""What Beskedfordeler tells of a person is read exactly, or refused without a word of whom."""

from __future__ import annotations

from datetime import date

import pytest

from integrations import person_events
from integrations.simulator import happenings, scenarios
from processes.domain.errors import RuleError

ANNA = "7205911142"


def a_message(**changes: str) -> bytes:
    told = {"kind": "doedsfald", "cpr": ANNA, "on": "2026-03-02", "municipality_cvr": "99000015"}
    return happenings.message(**{**told, **changes})


def test_a_message_says_whom_what_when_and_to_whom() -> None:
    event = person_events.parse(a_message(message_id="5f1f9a1a-3a1c-5b0e-8f5b-0c6d2f7e4a90"))

    assert event.message_id == "5f1f9a1a-3a1c-5b0e-8f5b-0c6d2f7e4a90"
    assert (event.cpr.digits, event.kind, event.happened_on) == (
        ANNA,
        "doedsfald",
        date(2026, 3, 2),
    )
    assert event.municipality_cvr == "99000015"


@pytest.mark.parametrize(
    "body",
    [
        b"hej",
        b"<hilsen/>",
        a_message(kind="lottogevinst"),
        a_message(on="i dag"),
        a_message(cpr="12"),
        a_message().replace(b"urn:oio:cvr-nr:", b"urn:andet:"),
        a_message()
        .replace(b"<p:Personhaendelse", b"<p:Noget")
        .replace(b"</p:Personhaendelse", b"</p:Noget"),
    ],
    ids=["no xml", "another", "kind", "day", "number", "receiver", "content"],
)
def test_what_is_no_such_message_is_refused_without_naming_anybody(body: bytes) -> None:
    with pytest.raises(RuleError) as refused:
        person_events.parse(body)

    assert ANNA not in str(refused.value)


def test_an_answer_says_that_it_was_taken_or_not() -> None:
    assert b"StatusKode>20<" in person_events.answer_received()
    refused = person_events.answer_unreadable("Beskeden kan ikke læses.")
    assert b"StatusKode>41<" in refused


def test_who_dies_in_the_simulator_leaves_a_widow_and_cpr_says_so() -> None:
    world = scenarios.load("demo")

    happenings.change(world, {"who": "bo", "kind": "doedsfald", "on": "2026-03-02"})

    assert world.people["bo"].dead_on == date(2026, 3, 2)
    assert (world.people["camilla"].civil_status, world.people["camilla"].spouse) == ("E", None)
    assert scenarios.load("demo").people["bo"].dead_on is None, "another world has its own people"


def test_who_moves_away_lives_in_another_municipality() -> None:
    world = scenarios.load("demo")

    happenings.change(world, {"who": "anna", "kind": "flytning", "on": "2026-03-09"})

    address = world.people["anna"].address
    assert address is not None
    assert (address.municipality_code, address.since) == (998, date(2026, 3, 9))
