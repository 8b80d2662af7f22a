"""A question of its own is heard, proposed by one, approved by another, and told, in that order."""

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE, FORMS
from tests.bpmn.walker import Scope, Script, every_path, walk

PROCESS = "decide_matter"
DEFINITION = shipped.definition(PROCESS)
AGAINST: Scope = {
    "case_id": "case",
    "matter_id": "matter",
    "basis_id": "basis",
    "must_hear": True,
    "deadline_at": DEADLINE,
}
AGREED: Scope = {**AGAINST, "must_hear": False}
ENTRIES = (AGAINST, AGREED)
HEARD, _NOT_HEARD = FORMS["matter.prepare_hearing"]
CHANGES = {"hearing_changes_facts": True}


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_decided", "end_reassess"}


def test_what_goes_against_somebody_is_heard_decided_by_two_and_sent() -> None:
    here = walk({"task_prepare_hearing": [HEARD]}, AGAINST, definition=DEFINITION)

    order = ["task_prepare_hearing", "wait_answer", "task_propose", "task_approve", "step_issue"]
    places = [here.asked.index(each) for each in order]
    assert places == sorted(places)
    assert here.asked[-1] == "step_mark_sent"


def test_an_agreement_needs_no_hearing_but_still_two_people() -> None:
    here = walk({}, AGREED, definition=DEFINITION)

    assert "task_prepare_hearing" not in here.asked
    assert {"task_propose", "task_approve"} <= set(here.asked)


def test_a_deadline_that_runs_out_comes_to_a_person_before_anything_is_decided() -> None:
    script: Script = {"task_prepare_hearing": [HEARD], "on_hearing_deadline": ["fires"]}

    here = walk(script, AGAINST, definition=DEFINITION)

    fired = here.asked.index("on_hearing_deadline")
    after = [each for each in here.asked[fired + 1 :] if not each.startswith(("on_", "wait_"))]
    assert after[:3] == ["step_lapse", "task_after_deadline", "task_propose"]


def test_an_answer_that_changes_the_ground_goes_back_to_be_assessed() -> None:
    script: Script = {"task_prepare_hearing": [HEARD], "task_assess_reply": [CHANGES]}

    here = walk(script, AGAINST, definition=DEFINITION)

    assert here.variables["matter_result"] == "vurder_igen"
    assert "step_issue" not in here.asked
