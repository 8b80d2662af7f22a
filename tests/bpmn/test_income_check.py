"""The month's income: every kind is named by the table, and only differences are anybody's task."""

from tests.bpmn import shipped
from tests.bpmn.walker import every_path, walk

PROCESS = "income_check"
ENTRIES = ({"case_id": "case", "check_id": "check"},)
DEFINITION = shipped.definition(PROCESS)


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_checked", "end_followed"}


def test_no_person_is_asked_when_everybody_was_answered_about() -> None:
    here = walk({}, ENTRIES[0], definition=DEFINITION)

    assert not [each for each in here.asked if each.startswith("task_")]


def test_a_kind_is_named_before_anything_is_compared() -> None:
    here = walk({}, ENTRIES[0], definition=DEFINITION)

    assert here.asked.index("step_classify") < here.asked.index("step_compare")


def test_those_nobody_answered_about_are_a_team_leads_task() -> None:
    here = walk({"wait_compared": [{"unanswered": 3}]}, ENTRIES[0], definition=DEFINITION)

    assert here.asked[-1] == "task_unanswered"
