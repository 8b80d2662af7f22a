"""A letter counts as sent when every party has it; until then a person is on it."""

import pytest

from tests.bpmn import shipped
from tests.bpmn.walker import Script, every_path, walk

PROCESS = "send_letter"
DEFINITION = shipped.definition(PROCESS)
ENTRIES = (
    {"case_id": "case", "letter_kind": "decision", "subject_id": "decision"},
    {"case_id": "case", "letter_kind": "hearing", "subject_id": "hearing"},
)
NOT_ALL = {"undelivered": 1}
ALL = {"undelivered": 0}


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_letter_sent"}


def test_a_letter_is_marked_as_sent_only_when_all_are_delivered() -> None:
    here = walk({"wait_delivered": [NOT_ALL, ALL]}, ENTRIES[0], definition=DEFINITION)

    assert here.asked.count("step_send") == 2
    assert here.asked[-2:] == ("wait_delivered", "step_mark_sent")


@pytest.mark.parametrize(
    "script",
    [{"wait_delivered": [NOT_ALL, ALL]}, {"on_no_receipt": ["fires"]}],
    ids=["rejected", "two days without a receipt"],
)
def test_a_letter_that_does_not_arrive_is_a_persons_task(script: Script) -> None:
    here = walk(script, ENTRIES[0], definition=DEFINITION)

    assert "task_undelivered" in here.asked


def test_a_letter_handed_over_by_hand_is_not_waited_for() -> None:
    script: Script = {"wait_delivered": [NOT_ALL], "task_undelivered": [{"handed_over": True}]}

    here = walk(script, ENTRIES[0], definition=DEFINITION)

    assert here.asked[-2:] == ("task_undelivered", "step_mark_sent")
