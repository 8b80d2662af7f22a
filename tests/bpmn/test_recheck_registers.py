"""A register that is back starts a look of its own, and only a difference is somebody's task."""

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE
from tests.bpmn.walker import Script, every_path, walk

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
    different = ENTRIES[1]

    here = walk({}, different, definition=shipped.definition(PROCESS))

    assert here.asked == ("task_compare",)


def test_a_case_is_assessed_again_when_a_person_says_so_and_not_before() -> None:
    different = ENTRIES[1]
    script: Script = {"task_compare": [{"recheck_changes_facts": True}]}

    here = walk(script, different, definition=shipped.definition(PROCESS))

    assert here.asked == ("task_compare", "step_assess_again")
