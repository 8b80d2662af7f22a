"""Bills are paid from somebody's help after an agreement or a decision that two people made."""

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE, FORMS
from tests.bpmn.walker import Scope, Script, every_path, walk

PROCESS = "money_management"
DEFINITION = shipped.definition(PROCESS)
WANTED: Scope = {"case_id": "case", "matter_id": "matter", "deadline_at": DEADLINE}
ENTRIES = (WANTED,)
AGREED, AGAINST = FORMS["money.plan"]
GO_ON, CHANGE, STOP = FORMS["money.follow_up"]


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_stopped"}


def test_an_agreement_is_approved_by_another_before_anything_is_paid() -> None:
    here = walk({"task_plan": [AGREED]}, WANTED, definition=DEFINITION)

    order = ["task_plan", "task_propose", "task_approve", "step_mark_sent", "step_begin"]
    places = [here.asked.index(each) for each in order]
    assert places == sorted(places)
    assert "task_prepare_hearing" not in here.asked


def test_against_somebodys_wish_it_is_heard_first() -> None:
    here = walk({"task_plan": [AGAINST]}, WANTED, definition=DEFINITION)

    assert here.asked.index("task_prepare_hearing") < here.asked.index("step_begin")


def test_it_stops_when_it_is_called_off_and_is_told() -> None:
    here = walk({}, WANTED, definition=DEFINITION)

    assert here.asked.index("wait_called_off") < here.asked.index("step_stop")
    assert here.asked[-1] == "step_mark_sent"


def test_it_goes_on_unchanged_when_nobody_says_otherwise() -> None:
    script: Script = {"on_follow_up": ["fires"], "task_follow_up": [GO_ON]}

    here = walk(script, WANTED, definition=DEFINITION)

    assert "step_look_later" in here.asked
    assert here.asked.count("step_begin") == 1


def test_changed_bills_are_planned_and_approved_anew() -> None:
    script: Script = {"on_follow_up": ["fires"], "task_follow_up": [CHANGE]}

    here = walk(script, WANTED, definition=DEFINITION)

    assert here.asked.count("task_approve") == 2
    assert here.asked.count("step_begin") == 2
