"""Who decides: a rule only what is wholly favourable, two people whatever is not."""

from itertools import product

import pytest

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE
from tests.bpmn.walker import Scope, Walker, every_path, walk

PROCESS = "decide"
DEFINITION = shipped.definition(PROCESS)


def an_entry(
    *,
    outcome: str = "bevilget",
    discretion: bool = True,
    manual_facts: bool = False,
    first_payment: bool = True,
) -> Scope:
    return {
        "case_id": "case",
        "application_id": "application",
        "calculation_id": "calculation",
        "hearing_id": None,
        "outcome": outcome,
        "is_adverse": outcome != "bevilget",
        "discretion": discretion,
        "manual_facts": manual_facts,
        "first_payment": first_payment,
        "deadline_at": DEADLINE,
    }


ENTRIES = tuple(
    an_entry(outcome=outcome, discretion=a, manual_facts=b, first_payment=c)
    for outcome, a, b, c in product(
        ("bevilget", "delvis", "afslag"), (True, False), (True, False), (True, False)
    )
)


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {
        "end_issued_automatically",
        "end_issued",
        "end_hear_first",
        "end_reassess",
    }


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_only_a_full_grant_by_rule_on_register_facts_is_decided_without_a_person(
    entry: Scope,
) -> None:
    here = Walker(DEFINITION).start(entry)

    by_rule = (entry["outcome"], entry["discretion"], entry["manual_facts"])
    expected = (
        "step_propose_automatically" if by_rule == ("bevilget", False, False) else "task_propose"
    )
    assert here.asked == (expected,)


@pytest.mark.parametrize("outcome", ["delvis", "afslag"])
def test_less_than_applied_for_is_always_approved_by_another_person(outcome: str) -> None:
    entry = an_entry(outcome=outcome, discretion=False, first_payment=False)

    here = walk({}, entry, definition=DEFINITION)

    assert here.asked == ("task_propose", "task_approve", "step_issue")


def test_a_first_payment_is_approved_by_another_person() -> None:
    here = walk({}, an_entry(first_payment=True), definition=DEFINITION)

    assert "task_approve" in here.asked


def test_a_later_full_grant_needs_no_second_person() -> None:
    here = walk({}, an_entry(first_payment=False), definition=DEFINITION)

    assert here.asked == ("task_propose", "step_issue")
    assert here.variables["second_person"] is False


def test_a_returned_proposal_is_proposed_anew_and_not_issued() -> None:
    script = {"task_approve": [{"approved": False}, {"approved": True}]}

    here = walk(script, an_entry(outcome="afslag"), definition=DEFINITION)

    people = ("task_propose", "task_approve")
    assert here.asked == (*people, *people, "step_issue")


@pytest.mark.parametrize("instead", ["hear_first", "reassess"])
def test_a_case_that_is_not_ready_ends_undecided(instead: str) -> None:
    answer = {"proposal_id": None, "hear_first": False, "reassess": False, instead: True}

    here = walk({"task_propose": [answer]}, an_entry(outcome="afslag"), definition=DEFINITION)

    assert here.variables["decide_result"] == instead
    assert "decision_id" not in here.variables


def test_a_form_that_does_not_say_leads_back_to_assessment() -> None:
    here = walk(
        {"task_propose": [{"proposal_id": "proposal", "hear_first": None, "reassess": None}]},
        an_entry(outcome="afslag"),
        definition=DEFINITION,
    )

    assert here.variables["decide_result"] == "reassess"
