"""A claim is put off, paid by ability or agreed; it is handed over only when somebody says so."""

import pytest

from tests.bpmn import shipped
from tests.bpmn.answers import FORMS, STEPS
from tests.bpmn.walker import Scope, Script, every_path, walk

PROCESS = "collect_claim"
DEFINITION = shipped.definition(PROCESS)
REGISTERED: Scope = {"case_id": "case", "claim_id": "claim"}
ENTRIES = (REGISTERED,)
ON_HELP, ON_OWN_FEET = STEPS["claims.look"]
STANDINGS = {
    (str(each["claim_standing"]), each["reminders"]): each for each in STEPS["claims.stand"]
}
PAID, LAPSED = STANDINGS["betalt", 0], STANDINGS["bortfaldet", 0]
BEHIND, BEHIND_AFTER_TWO = STANDINGS["restance", 0], STANDINGS["restance", 2]
ANEW, AS_IT_SHOULD = STANDINGS["genberegn", 0], STANDINGS["uaendret", 0]


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_paid", "end_lapsed", "end_transferred"}


def test_whoever_lives_on_help_is_put_off_without_asking() -> None:
    here = walk({"step_look": [ON_HELP]}, REGISTERED, definition=DEFINITION)

    assert [each for each in here.asked if each.startswith("task_")] == []
    assert "step_defer" in here.asked


def test_without_a_table_a_person_agrees_what_is_paid() -> None:
    here = walk({"step_look": [ON_OWN_FEET]}, REGISTERED, definition=DEFINITION)

    assert here.asked.index("task_income") < here.asked.index("task_agree")
    assert "step_arrange_by_table" not in here.asked


def test_whoever_has_nothing_is_asked_for_nothing() -> None:
    script: Script = {"step_look": [ON_OWN_FEET], "task_income": [FORMS["claim.income"][1]]}

    here = walk(script, REGISTERED, definition=DEFINITION)

    assert "step_arrange_by_table" in here.asked
    assert "task_agree" not in here.asked


@pytest.mark.parametrize(
    ("standing", "asked"), [(ANEW, "step_look"), (AS_IT_SHOULD, "step_plan_look")]
)
def test_a_claim_is_looked_at_again_until_it_is_over(standing: Scope, asked: str) -> None:
    script: Script = {"on_look": ["fires"], "step_stand": [standing, PAID]}

    here = walk(script, REGISTERED, definition=DEFINITION)

    assert here.asked.count(asked) == 2


def test_two_reminders_go_before_a_person_decides_to_hand_the_debt_over() -> None:
    script: Script = {
        "on_look": ["fires", "fires"],
        "step_stand": [BEHIND, BEHIND_AFTER_TWO],
    }

    here = walk(script, REGISTERED, definition=DEFINITION)

    assert here.asked.index("step_remind") < here.asked.index("task_transfer")
    assert here.asked.index("task_transfer") < here.asked.index("step_transfer")


def test_a_lapsed_claim_is_written_off_and_told() -> None:
    script: Script = {"on_look": ["fires"], "step_stand": [LAPSED]}

    here = walk(script, REGISTERED, definition=DEFINITION)

    assert here.asked.index("step_lapse") < len(here.asked) - 1
    assert here.asked[-1] == "step_mark_sent"
    assert "step_transfer" not in here.asked
