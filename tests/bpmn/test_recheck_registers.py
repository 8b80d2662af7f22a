"""A register that is back starts a look of its own, and only a difference is somebody's task."""

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE
from tests.bpmn.walker import every_path, walk

PROCESS = "recheck_registers"
SAME = {
    "case_id": "case",
    "register": "CPR",
    "checked_at": "2026-03-12T09:00:00+00:00",
    "differences": 0,
    "recheck_due_at": DEADLINE,
}
ENTRIES = (SAME, {**SAME, "differences": 2})


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_same", "end_settled", "end_reassess"}


def test_an_answer_that_changes_nothing_is_nobodys_task() -> None:
    here = walk({}, SAME, definition=shipped.definition(PROCESS))

    assert here.asked == ()


def test_nothing_but_a_person_follows_a_difference() -> None:
    diagram = shipped.definition(PROCESS).diagrams[PROCESS]

    assert not [node.id for node in diagram.nodes.values() if node.step]
