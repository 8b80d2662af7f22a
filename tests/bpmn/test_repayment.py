"""Nothing is claimed back without ground, hearing, two people and a decision that was sent."""

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE, FORMS, MESSAGES, STEPS
from tests.bpmn.walker import Scope, Script, every_path, walk

PROCESS = "repayment"
DEFINITION = shipped.definition(PROCESS)
RAISED: Scope = {"case_id": "case", "matter_id": "matter", "deadline_at": DEADLINE}
ENTRIES = (RAISED,)
_CLAIMS, NO_CLAIM = FORMS["repayment.assess"]
_QUIET, POLICE = STEPS["repayments.after_decision"]
TAKEN, TURNED_DOWN = MESSAGES["claim-answered"]
APPEAL_OVER: Script = {"wait_appeal": ["fires"]}


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_no_claim", "end_claimed"}


def test_without_a_ground_nothing_is_heard_decided_or_claimed() -> None:
    here = walk({"task_assess_ground": [NO_CLAIM]}, RAISED, definition=DEFINITION)

    assert here.asked == ("task_assess_ground",)


def test_a_claim_is_raised_after_the_letter_and_the_time_to_complain() -> None:
    here = walk(APPEAL_OVER, RAISED, definition=DEFINITION)

    order = ["task_assess_ground", "task_prepare_hearing", "task_propose", "task_approve",
             "step_issue", "step_after_decision", "wait_appeal", "task_confirm_claim",
             "step_claim", "step_collect"]  # fmt: skip
    places = [here.asked.index(each) for each in order]
    assert places == sorted(places)
    sent = [place for place, each in enumerate(here.asked) if each == "step_mark_sent"]
    assert sent[-1] < here.asked.index("step_claim")


def test_a_claim_the_police_must_know_of_waits_for_somebody_to_tell_them() -> None:
    script: Script = {**APPEAL_OVER, "step_after_decision": [POLICE]}

    here = walk(script, RAISED, definition=DEFINITION)

    assert here.asked.index("task_police") < here.asked.index("step_claim")


def test_a_complaint_lets_the_claim_wait_and_it_is_asked_again() -> None:
    goes, waits = FORMS["claim.confirm"]
    script: Script = {"wait_appeal": ["fires", "fires"], "task_confirm_claim": [waits, goes]}

    here = walk(script, RAISED, definition=DEFINITION)

    assert here.asked.count("wait_appeal") == 2
    assert here.asked.count("step_claim") == 1


def test_a_claim_that_was_turned_down_is_a_person_s_before_it_goes_again() -> None:
    script: Script = {**APPEAL_OVER, "wait_registered": [TURNED_DOWN, TAKEN]}

    here = walk(script, RAISED, definition=DEFINITION)

    first = here.asked.index("step_claim")
    assert "task_claim_rejected" in here.asked[first:]
    assert here.asked.count("step_claim") == 2
