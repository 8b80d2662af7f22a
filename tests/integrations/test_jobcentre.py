"""What the jobcentre asks for is read exactly, or refused without a word of whom."""

from __future__ import annotations

from datetime import date

import pytest

from integrations import jobcentre
from integrations.simulator import jobcentre as simulated
from processes.domain.errors import RuleError

ANNA = "7205911142"


def a_message(**changes: str) -> bytes:
    wanted = {"on": "2026-03-16", "contact_on": "2026-03-19", **changes}
    return simulated.request(wanted, cpr=changes.get("cpr", ANNA), municipality_cvr="99000015")


def test_a_message_says_whom_what_when_and_why() -> None:
    asked = jobcentre.parse(a_message(message_id="5f1f9a1a-3a1c-5b0e-8f5b-0c6d2f7e4a90"))

    assert asked.message_id == "5f1f9a1a-3a1c-5b0e-8f5b-0c6d2f7e4a90"
    assert (asked.cpr.digits, asked.paragraph, asked.group) == (ANNA, "37", "jobparat")
    assert (asked.from_on, asked.contact_on) == (date(2026, 3, 16), date(2026, 3, 19))
    assert asked.municipality_cvr == "99000015"
    assert asked.text == "Borgeren mødte ikke til jobsamtalen."


@pytest.mark.parametrize(
    "body",
    [
        b"hej",
        b"<hilsen/>",
        a_message(paragraph="99"),
        a_message(group="rask"),
        a_message(on="i dag"),
        a_message(cpr="12"),
        a_message(text="x" * 2001),
        a_message(message_id=""),
    ],
    ids=["no_xml", "no_message", "paragraph", "group", "day", "person", "long", "id"],
)
def test_what_cannot_be_read_is_refused_and_names_nobody(body: bytes) -> None:
    with pytest.raises(RuleError) as refused:
        jobcentre.parse(body)

    assert ANNA not in str(refused.value)


def test_the_distributor_is_told_that_we_have_it_or_why_not() -> None:
    assert b"<oio:StatusKode>20<" in jobcentre.answer_received()
    assert b"Ret den" in jobcentre.answer_unreadable("Ret den.")
