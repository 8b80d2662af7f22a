"""Whoever may lack money now is answered at once; money leaves after two persons, no before yes."""

from datetime import datetime

import pytest

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE
from tests.bpmn.walker import Script, Walker, every_path, walk
from tests.guardrails.test_safeguards_cannot_be_skipped import runs, steps_around

PROCESS = "consider_immediate_help"
DEFINITION = shipped.definition(PROCESS)
ENTRIES = ({"case_id": "case", "application_id": "application", "immediate_due_at": DEADLINE},)
REFUSED = {
    "immediate_outcome": "afslag",
    "calculation_id": "calculation",
    "proposal_id": None,
    "payout_way": "nemkonto",
}
NOT_NEEDED = {
    "immediate_outcome": "ikke_noedvendig",
    "calculation_id": None,
    "proposal_id": None,
    "payout_way": None,
}


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_answered", "end_stopped"}


def test_a_grant_is_approved_by_another_before_it_is_issued_and_paid_after_the_letter() -> None:
    here = walk({}, ENTRIES[0], definition=DEFINITION)

    steps = ("task_assess_need", "task_approve_help", "step_issue", "wait_delivered", "step_order")
    assert [each for each in here.asked if each in steps] == list(steps)
    assert here.ended is not None
    assert here.ended.element_id == "end_answered"


def test_a_returned_grant_is_assessed_again() -> None:
    script: Script = {"task_approve_help": [{"approved": False}, {"approved": True}]}

    here = walk(script, ENTRIES[0], definition=DEFINITION)

    assert here.asked.count("task_assess_need") == 2
    assert here.asked.count("step_issue") == 1


def test_a_refusal_is_heard_proposed_and_approved_before_it_is_issued() -> None:
    here = walk({"task_assess_need": [REFUSED]}, ENTRIES[0], definition=DEFINITION)

    steps = ("task_prepare_hearing", "task_propose", "task_approve", "step_issue")
    assert [each for each in here.asked if each in steps] == list(steps)
    assert "step_order" not in here.asked
    assert here.ended is not None
    assert here.ended.element_id == "end_answered"


def test_what_is_not_needed_ends_without_a_decision() -> None:
    here = walk({"task_assess_need": [NOT_NEEDED]}, ENTRIES[0], definition=DEFINITION)

    assert set(here.asked) - {"on_help_overdue"} == {
        "on_stopped",
        "task_assess_need",
        "step_check_receivers",
    }
    assert here.ended is not None
    assert here.ended.element_id == "end_answered"


@pytest.mark.parametrize(
    "waits", ["task_assess_need", "task_approve_help", "task_tax_card", "task_pay_otherwise"]
)
def test_a_case_that_has_stopped_ends_the_question_wherever_it_waits(waits: str) -> None:
    walker = Walker(DEFINITION)
    script: Script = {
        "step_plan": [{"plan_id": None, "payable": False}]
        if waits == "task_tax_card"
        else [{"plan_id": "plan", "payable": True}],
        "task_assess_need": [{**REFUSED, "immediate_outcome": "bevilget", "payout_way": "kasse"}],
    }
    here = walk(script, ENTRIES[0], definition=DEFINITION, until=waits)
    assert waits in here.elements
    stops = next(move for move in walker.moves(here) if move.label.startswith("on_stopped"))

    there = walker.take(here, stops)

    assert there.ended is not None
    assert there.ended.element_id == "end_stopped"
    assert "step_order" not in there.asked


def test_no_letter_is_written_before_its_receivers_have_names() -> None:
    walker = Walker(DEFINITION)
    script: Script = {"step_check_receivers": [{"receivers_known": False}]}
    here = walk(script, ENTRIES[0], definition=DEFINITION, until="wait_for_names")

    (fires,) = [each for each in walker.moves(here) if each.label.startswith("wait_for_names")]
    there = walker.take(here, fires)

    assert there.elements == {"on_stopped", "step_check_receivers"}


@pytest.mark.parametrize("task", ["task_assess_need", "task_approve_help"])
def test_the_answer_is_due_the_same_day(task: str) -> None:
    here = walk({}, ENTRIES[0], definition=DEFINITION, until=task)

    due = {each.element_id: getattr(each, "due", "") for each in here.wanted.values()}
    assert datetime.fromisoformat(due[task]) == datetime.fromisoformat(DEADLINE)


def test_a_need_nobody_looked_at_in_time_is_told_and_stays_the_caseworkers() -> None:
    walker = Walker(DEFINITION)
    here = walk({}, ENTRIES[0], definition=DEFINITION, until="task_assess_need")

    (late,) = [each for each in walker.moves(here) if each.label.startswith("on_help_overdue")]
    there = walker.take(here, late)

    assert {"step_tell_lead", "task_assess_need"} <= there.elements


def test_no_arrow_leads_to_money_around_the_letter() -> None:
    paid = runs("payments.plan", "payments.order", "postings.post")

    assert list(steps_around(paid, without=runs("letters.mark_sent"), main=PROCESS)) == []
    assert list(steps_around(paid, without=lambda _: False, main=PROCESS))
