"""A decided case that is looked at again: less is heard and decided first, only more is paid."""

import pytest

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE, FORMS, STEPS
from tests.bpmn.walker import Scope, Script, every_path, walk

PROCESS = "reassessment"
WANTED: Scope = {"case_id": "case", "application_id": "application", "deadline_at": DEADLINE}
ENTRIES = (WANTED,)
SAME, MORE, LESS = STEPS["reassessments.compare"]
PAY_MORE, OVERPAID, BOTH, NEITHER = STEPS["reassessments.settle"]
BY_DISCRETION, BY_RULE = FORMS["casework.assess"]


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_unchanged", "end_changed"}


def test_what_comes_out_the_same_is_neither_decided_nor_told() -> None:
    here = walk({"step_compare": [SAME]}, WANTED, definition=shipped.definition(PROCESS))

    assert not {"step_issue", "step_issue_favourable", "step_compose"} & set(here.asked)


def test_less_than_before_is_never_decided_by_rule_even_when_all_is_granted() -> None:
    script: Script = {
        "task_assess": [BY_RULE],
        "step_compare": [LESS],
        "step_settle": [OVERPAID],
    }

    here = walk(script, WANTED, definition=shipped.definition(PROCESS))

    last = {each: place for place, each in enumerate(here.asked)}
    places = [
        last[each]
        for each in ("task_prepare_hearing", "task_propose", "task_approve", "step_issue",
                     "step_mark_sent", "task_overpaid")
    ]  # fmt: skip
    assert places == sorted(places)
    assert "step_issue_favourable" not in here.asked
    assert not {"step_plan", "step_order"} & set(here.asked)


def test_more_than_before_by_rule_needs_nobody_but_who_assessed() -> None:
    script: Script = {
        "task_assess": [BY_RULE],
        "step_compare": [MORE],
        "step_settle": [PAY_MORE],
    }

    here = walk(script, WANTED, definition=shipped.definition(PROCESS))

    assert [each for each in here.asked if each.startswith("task_")] == ["task_assess"]
    assert here.asked.index("step_mark_sent") < here.asked.index("step_order")


@pytest.mark.parametrize(
    ("settled", "pays", "asks"),
    [(PAY_MORE, True, False), (OVERPAID, False, True), (BOTH, True, True), (NEITHER, False, False)],
)
def test_only_more_is_paid_and_too_much_is_somebodys_task(
    settled: Scope,
    pays: bool,  # noqa: FBT001 – a parameter of the test
    asks: bool,  # noqa: FBT001 – as above
) -> None:
    script: Script = {"step_compare": [MORE], "step_settle": [settled]}

    here = walk(script, WANTED, definition=shipped.definition(PROCESS))

    assert ("step_order" in here.asked) is pays
    assert ("task_overpaid" in here.asked) is asks
