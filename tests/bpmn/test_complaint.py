"""A complaint is seen by other eyes in time, and what is not met goes to Ankestyrelsen."""

from tests.bpmn import shipped
from tests.bpmn.walker import every_path, walk

PROCESS = "complaint"
DEFINITION = shipped.definition(PROCESS)
ENTRIES = ({"case_id": "case", "complaint_id": "complaint", "party_id": "party"},)


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert {"end_closed", "end_stands", "end_carried_out"} <= set(seen.ends)


def test_a_decision_that_stands_is_told_and_sent_on() -> None:
    here = walk({"task_reassess": [{"verdict": "fastholdt"}]}, ENTRIES[0], definition=DEFINITION)

    order = [each for each in here.asked if each in {"step_bundle", "task_forward", "task_board"}]
    assert order == ["step_bundle", "task_forward", "task_board"]
    assert "step_decide_anew" not in here.asked


def test_a_complaint_that_is_met_never_goes_to_the_board() -> None:
    here = walk(
        {
            "task_reassess": [{"verdict": "medhold"}],
            "wait_reassessed": [{"is_changed": True}],
        },
        ENTRIES[0],
        definition=DEFINITION,
    )

    assert "step_decide_anew" in here.asked
    assert "task_forward" not in here.asked
    assert here.asked[-1] == "step_close"


def test_four_weeks_without_a_look_are_told_and_the_task_stays() -> None:
    here = walk({"on_overdue": ["fires"]}, ENTRIES[0], definition=DEFINITION)

    assert "call_send_overdue" in " ".join(here.trail) or here.asked.count("task_reassess") == 1
    assert here.asked.count("task_reassess") == 1
