"""A message is answered by a person; when the answer is late, the citizen is told until when."""

from tests.bpmn import shipped
from tests.bpmn.walker import every_path, walk

PROCESS = "answer_message"
DEFINITION = shipped.definition(PROCESS)
ENTRIES = ({"case_id": "case", "party_id": "party", "message_id": "message"},)


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert "end_answered" in seen.ends


def test_an_answer_in_time_needs_no_holding_reply() -> None:
    here = walk({}, ENTRIES[0], definition=DEFINITION)

    assert "step_hold" not in here.asked
    assert here.asked[-1] == "task_answer_message"


def test_a_late_answer_is_held_and_the_task_stays_open() -> None:
    here = walk({"on_answer_deadline": ["fires"]}, ENTRIES[0], definition=DEFINITION)

    assert here.asked.count("step_hold") == 1
    assert here.asked.count("task_answer_message") == 1
