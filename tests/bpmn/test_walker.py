"""The walker itself: a spoilt diagram does not get past it."""

import pytest

from tests.bpmn import shipped, test_decide, test_send_letter
from tests.bpmn.walker import Explorer, WalkError, walk


def spoilt(file: str, *changes: tuple[str, str]) -> Explorer:
    text = shipped.files()[file].decode()
    for old, new in changes:
        assert old in text, "the diagram has changed: choose another place to break"
        text = text.replace(old, new)
    return Explorer({**shipped.files(), file: text.encode()})


def test_an_adverse_step_no_person_is_on_stops_the_walk() -> None:
    explorer = spoilt("decide.bpmn", ('"decisions.issue_favourable"', '"decisions.issue"'))

    with pytest.raises(WalkError, match="no person has acted"):
        explorer.explore("decide", test_decide.an_entry(discretion=False))


def test_an_expression_without_an_answer_stops_the_walk() -> None:
    explorer = spoilt("send_letter.bpmn", ("undelivered = 0", "undelivered_letters &lt; 1"))

    with pytest.raises(WalkError, match="wait_delivered ←"):
        explorer.explore("send_letter", test_send_letter.ENTRIES[0])


def test_a_circle_nobody_can_leave_stops_the_exploration() -> None:
    explorer = spoilt(
        "send_letter.bpmn",
        ("undelivered = 0", "undelivered = 99"),
        ("handed_over = true", "1 = 2"),
    )

    with pytest.raises(WalkError, match="never come to an end"):
        explorer.explore("send_letter", test_send_letter.ENTRIES[0])


def test_a_walk_that_goes_round_and_round_ends_with_its_trail() -> None:
    with pytest.raises(WalkError, match="not at an end after 20 steps"):
        walk(
            {"wait_delivered": [{"undelivered": 1}]},
            test_send_letter.ENTRIES[0],
            definition=shipped.definition("send_letter"),
            most=20,
        )
