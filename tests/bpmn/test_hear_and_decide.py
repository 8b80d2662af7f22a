"""Heard when it must be, decided by whom it must be, or back to be assessed again."""

import pytest

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE
from tests.bpmn.walker import Scope, every_path, walk

PROCESS = "hear_and_decide"
CALCULATED: Scope = {
    "case_id": "case",
    "application_id": "application",
    "calculation_id": "calculation",
    "outcome": "bevilget",
    "is_adverse": False,
    "discretion": False,
    "manual_facts": False,
    "deadline_at": DEADLINE,
}
REFUSED: Scope = {**CALCULATED, "outcome": "afslag", "is_adverse": True}
ENTRIES = (
    CALCULATED,
    {**CALCULATED, "discretion": True},
    {**CALCULATED, "outcome": "delvis", "is_adverse": True},
    REFUSED,
)


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_issued", "end_assess_again"}


def test_a_full_grant_by_rule_needs_no_person() -> None:
    here = walk({}, CALCULATED, definition=shipped.definition(PROCESS))

    assert not [each for each in here.asked if each.startswith("task_")]


@pytest.mark.parametrize("outcome", ["delvis", "afslag"])
def test_harm_is_heard_before_it_is_proposed(outcome: str) -> None:
    entry = {**REFUSED, "outcome": outcome}

    here = walk({}, entry, definition=shipped.definition(PROCESS))

    assert here.asked.index("task_prepare_hearing") < here.asked.index("task_propose")


def test_an_answer_that_changes_the_facts_decides_nothing() -> None:
    script = {"task_assess_reply": [{"hearing_changes_facts": True}]}

    here = walk(script, REFUSED, definition=shipped.definition(PROCESS))

    assert here.variables["decide_result"] == "reassess"
    assert "step_issue" not in here.asked
