"""An event is news: it opens a task at most, and only what a person concluded reaches the case."""

import pytest

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE, STEPS
from tests.bpmn.walker import Scope, Script, every_path, walk

PROCESS = "life_event"
TOLD: Scope = {
    "case_id": "case",
    "event_id": "event",
    "party_id": "party",
    "event_due_at": DEADLINE,
    "ask_register": False,
}
BY_CPR: Scope = {**TOLD, "ask_register": True}
ENTRIES = (TOLD, BY_CPR)
NOTHING, DEATH, MOVE, CHANGE = STEPS["life.weigh"]


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_nothing", "end_told"}


@pytest.mark.parametrize(
    ("weighed", "task"),
    [(DEATH, "task_death"), (MOVE, "task_assess_move"), (CHANGE, "task_change")],
    ids=["death", "move", "change"],
)
def test_a_person_looks_before_the_case_is_told(weighed: Scope, task: str) -> None:
    here = walk({"step_weigh": [weighed]}, TOLD, definition=shipped.definition(PROCESS))

    assert here.asked.index(task) < here.asked.index("step_let_case_know")


def test_an_event_that_calls_for_nothing_is_nobodys_task() -> None:
    here = walk({"step_weigh": [NOTHING]}, BY_CPR, definition=shipped.definition(PROCESS))

    assert here.asked == ("step_refresh", "on_register_away", "step_weigh") or here.asked == (
        "step_refresh",
        "step_weigh",
    )


def test_cpr_that_does_not_answer_holds_nobody_up() -> None:
    script: Script = {"step_refresh": ["register_unavailable"], "step_weigh": [MOVE]}

    here = walk(script, BY_CPR, definition=shipped.definition(PROCESS))

    assert "task_assess_move" in here.asked


def test_what_people_tell_is_not_looked_up_in_cpr() -> None:
    here = walk({"step_weigh": [CHANGE]}, TOLD, definition=shipped.definition(PROCESS))

    assert "step_refresh" not in here.asked
