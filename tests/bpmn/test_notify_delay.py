"""A deadline that passes is told with reason and new day, by a person or else by itself."""

import pytest

from tests.bpmn import shipped
from tests.bpmn.answers import ASK_AGAIN_AT, DEADLINE
from tests.bpmn.walker import Scope, Script, Walker, every_path, walk

PROCESS = "notify_delay"
DEFINITION = shipped.definition(PROCESS)
ENTRIES = ({"case_id": "case", "deadline_at": DEADLINE},)
DECIDED = {"notice_needed": False, "notice_id": None, "notice_is_plain": False}
WRITTEN = {
    "notice_needed": True,
    "notice_id": "notice",
    "notice_is_plain": False,
    "deadline_at": DEADLINE,
    "ask_again_at": ASK_AGAIN_AT,
}
PLAIN = {**WRITTEN, "notice_is_plain": True}
ENOUGH: list[Scope | str] = [{"is_undecided": False}]
TIME_PASSES: Script = {"wait_deadline": ["fires"] * 3, "wait_new_deadline": ["fires"] * 3}


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_decided_in_time", "end_no_notice", "end_decided"}


def test_the_letter_waits_for_the_deadline_even_when_the_reason_is_written_early() -> None:
    here = walk({}, ENTRIES[0], definition=DEFINITION, until="wait_deadline")

    assert here.elements == {"wait_deadline"}
    assert "step_compose" not in here.asked


def test_a_plain_notice_leaves_by_itself_and_the_team_lead_is_told() -> None:
    script: Script = {**TIME_PASSES, "step_prepare": [PLAIN], "step_check": ENOUGH}
    walker = Walker(DEFINITION)
    here = walk(script, ENTRIES[0], definition=DEFINITION, until="task_reason")
    silent = next(each for each in walker.moves(here) if each.label.startswith("on_deadline"))
    passed = walker.take(here, silent)

    assert passed.elements == {"step_prepare"}
    there = walk(script, ENTRIES[0], definition=DEFINITION, until="task_deadline_passed")
    roles = {each.element_id: getattr(each, "role", None) for each in there.wanted.values()}
    assert roles["task_deadline_passed"] == "team_lead"
    assert "wait_delivered" in there.asked


def test_a_written_reason_calls_no_team_lead() -> None:
    script: Script = {**TIME_PASSES, "step_prepare": [WRITTEN], "step_check": ENOUGH}

    here = walk(script, ENTRIES[0], definition=DEFINITION)

    assert "task_deadline_passed" not in here.asked
    assert here.ended is not None
    assert here.ended.element_id == "end_decided"


def test_nothing_is_told_of_a_case_that_was_decided() -> None:
    here = walk({**TIME_PASSES, "step_prepare": [DECIDED]}, ENTRIES[0], definition=DEFINITION)

    assert "step_compose" not in here.asked
    assert here.ended is not None
    assert here.ended.element_id == "end_no_notice"


def test_a_decision_takes_the_question_away() -> None:
    walker = Walker(DEFINITION)
    here = walk({}, ENTRIES[0], definition=DEFINITION, until="task_reason")
    decided = next(each for each in walker.moves(here) if each.label.startswith("on_decided"))

    there = walker.take(here, decided)

    assert there.ended is not None
    assert there.ended.element_id == "end_decided_in_time"


@pytest.mark.parametrize("again", [1, 2])
def test_the_new_day_is_asked_about_as_the_first_was(again: int) -> None:
    script: Script = {
        **TIME_PASSES,
        "step_prepare": [WRITTEN] * 3,
        "step_check": [{"is_undecided": True}] * again + ENOUGH,
    }

    here = walk(script, ENTRIES[0], definition=DEFINITION)

    assert here.asked.count("task_reason") == again + 1
    assert here.asked.count("step_compose") == again + 1
