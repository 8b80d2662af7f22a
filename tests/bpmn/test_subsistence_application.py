"""From application to posted payment, and every way a case can turn on the way there."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bpmn import answers, shipped
from tests.bpmn.walker import Scope, Script, Standing, Walker, every_path, walk

PROCESS = "subsistence_application"


def an_application(*, acute: bool = False) -> Scope:
    return {
        "case_id": "case",
        "application_id": "application",
        "acute": acute,
        "benefit": "kontanthjaelp",
    }


ENTRIES = (an_application(),)
STOPS = {"on_withdrawn", "on_municipality_left", "on_died"}
"""What can stop a case until its decision is sent."""
GRANTED, PARTIAL, REFUSED, UNKNOWN = answers.STEPS["calculations.calculate"]
BY_DISCRETION, BY_RULE = answers.FORMS["casework.assess"]


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    # A passed deadline, or one that is near, ends only its own branch: it is never how a case ends.
    assert seen.ends == {
        "end_granted",
        "end_refused",
        "end_closed",
        "end_died",
        "end_died_before_payment",
    }


def test_the_straight_path_is_the_one_the_law_draws() -> None:
    here = walk({"task_assess": [BY_DISCRETION]}, an_application())

    standing_still = ("on_", "wait_")
    assert [each for each in here.asked if not each.startswith(standing_still)] == [
        "step_set_deadline",
        "step_consider_help",
        "step_collect",
        "step_grounds",
        "step_request",
        "task_assess",
        "step_calculate",
        "task_propose",
        "task_approve",
        "step_issue",
        "step_compose",
        "step_render",
        "step_send",
        "step_mark_sent",
        "step_plan",
        "step_order",
        "step_post",
        "step_publish_grant",
    ]
    assert here.ended is not None
    assert here.ended.element_id == "end_granted"


def test_whether_help_is_needed_now_is_asked_before_any_register() -> None:
    here = walk({}, an_application(acute=True))

    assert here.asked.index("step_consider_help") < here.asked.index("step_collect")
    assert here.variables["deadline_days"] == 15


@pytest.mark.parametrize("outcome", [PARTIAL, REFUSED], ids=["partial", "refused"])
def test_less_than_applied_for_is_heard_proposed_approved_and_sent(outcome: Scope) -> None:
    here = walk({"step_calculate": [outcome]}, an_application())

    places = [
        here.asked.index(each)
        for each in ("task_prepare_hearing", "task_assess_reply", "task_propose", "task_approve",
                     "step_issue")
    ]  # fmt: skip
    assert places == sorted(places)
    assert here.asked.count("step_mark_sent") == 2


def test_a_refusal_pays_nothing() -> None:
    here = walk({"step_calculate": [REFUSED]}, an_application())

    assert here.ended is not None
    assert here.ended.element_id == "end_refused"
    assert not {"step_plan", "step_order"} & set(here.asked)


def test_nothing_is_decided_while_something_is_missing() -> None:
    here = walk({"step_calculate": [UNKNOWN, UNKNOWN, GRANTED]}, an_application())

    assert here.asked.count("task_complete_facts") == 2
    assert here.asked.index("step_issue") > here.asked.index("task_complete_facts")


def test_facts_a_person_typed_in_are_never_decided_by_rule() -> None:
    script: Script = {"task_assess": [BY_RULE], "step_calculate": [UNKNOWN, GRANTED]}

    here = walk(script, an_application())

    assert "step_issue_favourable" not in here.asked
    assert "task_approve" in here.asked


def test_an_answer_that_changes_the_facts_starts_the_assessment_again() -> None:
    script: Script = {
        "step_calculate": [REFUSED, GRANTED],
        "task_assess_reply": [{"hearing_changes_facts": True}],
    }

    here = walk(script, an_application())

    assert here.asked.count("task_assess") == 2
    assert here.ended is not None
    assert here.ended.element_id == "end_granted"


def test_a_near_deadline_raises_the_priority_asks_for_a_reason_and_changes_nothing() -> None:
    walker = Walker(shipped.definition())
    here = walk({}, an_application(), until="task_assess")
    fires = next(m for m in walker.moves(here) if m.label.startswith("on_case_warning"))

    there = walker.take(here, fires)
    raised = next(m for m in walker.moves(there) if m.label.startswith("step_raise_priority"))
    asking = walker.take(there, raised)
    asked = next(m for m in walker.moves(asking) if m.label.startswith("step_ask_for_reason"))
    after = walker.take(asking, asked)

    assert there.elements - STOPS == {"task_assess", "step_raise_priority"}
    assert asking.elements - STOPS == {"task_assess", "step_ask_for_reason"}
    assert after.elements - STOPS == {"task_assess"}


EVERYWHERE = (
    "step_collect",
    "task_assess",
    "task_complete_facts",
    "task_prepare_hearing",
    "wait_answer",
    "task_propose",
    "task_approve",
    "wait_delivered",
)


@pytest.mark.parametrize("place", EVERYWHERE)
@pytest.mark.parametrize("stop", ["on_withdrawn", "on_municipality_left"])
def test_a_case_that_stops_closes_everything_and_ends_with_a_letter(place: str, stop: str) -> None:
    outcome = {"task_complete_facts": UNKNOWN}.get(place, REFUSED)
    here = walk({"step_calculate": [outcome]}, an_application(), until=place)

    there = _rest(_let(here, stop))

    assert _after(there, here) == [
        "step_close_case",
        "step_compose",
        "step_render",
        "step_send",
        "wait_delivered",
        "step_mark_sent",
        "step_publish_closed",
    ]
    assert there.ended is not None
    assert there.ended.element_id == "end_closed"


@pytest.mark.parametrize("place", EVERYWHERE)
def test_after_a_death_nothing_more_happens_in_the_case(place: str) -> None:
    outcome = {"task_complete_facts": UNKNOWN}.get(place, REFUSED)
    here = walk({"step_calculate": [outcome]}, an_application(), until=place)

    there = _let(here, "on_died")

    assert _after(there, here) == []
    assert there.ended is not None
    assert there.ended.element_id == "end_died"


def test_a_death_before_the_money_left_stops_the_payment() -> None:
    here = walk({}, an_application(), until="wait_receipts")

    there = _let(here, "on_died_before_payment")

    assert _after(there, here) == []
    assert there.ended is not None


def test_once_the_decision_is_sent_it_is_too_late_to_withdraw() -> None:
    here = walk({}, an_application(), until="step_plan")

    assert not here.elements & STOPS


@pytest.mark.parametrize("place", ["task_prepare_hearing", "wait_answer", "task_propose"])
def test_facts_that_change_after_a_calculation_bring_the_case_back_to_assessment(
    place: str,
) -> None:
    here = walk({"step_calculate": [REFUSED]}, an_application(), until=place)

    there = _let(here, "on_facts_changed")

    assert "task_assess" in there.elements
    assert place not in there.elements
    assert "step_issue" not in there.asked


def _let(here: Standing, element: str) -> Standing:
    """Let the message on an edge come."""
    walker = Walker(shipped.definition())
    return walker.take(here, next(m for m in walker.moves(here) if m.label.startswith(element)))


def _rest(here: Standing) -> Standing:
    """Take the first answer everywhere until the process has ended."""
    walker = Walker(shipped.definition())
    while here.ended is None:
        first = [m for m in walker.moves(here) if not m.label.startswith("on_")]
        here = walker.take(here, first[0])
    return here


def _after(there: Standing, here: Standing) -> list[str]:
    asked = there.asked[len(here.asked) :]
    return [each for each in asked if not each.startswith("on_")]


def _acted_before(here: Standing, element: str) -> bool:
    return any(each.startswith("task_") for each in here.asked[: here.asked.index(element)])


def _last_calculation(here: Standing) -> Scope:
    """Return what was calculated last: by its place in the trail, since ids are all the same."""
    last = [each for each in here.trail if each.startswith("step_calculate")][-1]
    return next(each for each in (GRANTED, PARTIAL, REFUSED, UNKNOWN) if str(each) in last)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_happens_nobody_is_decided_against_unheard_or_paid_undecided(
    data: st.DataObject,
) -> None:
    # The walker itself refuses incidents, leftovers at the end and unattended adverse steps;
    # here it goes through the real calls, in any order, timers included.
    walker = Walker(shipped.definition())
    here = walker.start(an_application())

    for _ in range(80):
        if here.ended is not None:
            break
        here = walker.take(here, data.draw(st.sampled_from(walker.moves(here)), label="next"))

    if "step_issue" in here.asked:
        assert _acted_before(here, "step_issue")
        if _last_calculation(here)["is_adverse"]:
            assert "task_prepare_hearing" in here.asked
            assert "task_approve" in here.asked
    if "step_order" in here.asked:
        before = here.asked[: here.asked.index("step_order")]
        assert {"step_issue", "step_issue_favourable"} & set(before)
