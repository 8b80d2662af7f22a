"""Nothing is paid on an unknown tax card; what is rejected or not answered is somebody's task."""

import pytest

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE
from tests.bpmn.walker import Script, Walker, every_path, walk

PROCESS = "pay_once"
DEFINITION = shipped.definition(PROCESS)
ENTRIES = ({"case_id": "case", "decision_id": "decision", "deadline_at": DEADLINE},)
NOT_PAYABLE = {"plan_id": None, "payable": False, "reason": "skattekort"}
PAYABLE = {"plan_id": "plan", "payable": True, "reason": ""}
WAITS = [
    ("wait_receipts", "on_receipt_overdue", "task_no_receipt"),
    ("wait_posted", "on_posting_overdue", "task_no_posting"),
]


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_paid"}


def test_nothing_is_ordered_before_the_tax_card_is_known() -> None:
    here = walk({"step_plan": [NOT_PAYABLE, PAYABLE]}, ENTRIES[0], definition=DEFINITION)

    assert here.asked[:4] == ("step_plan", "task_tax_card", "step_plan", "step_order")


def test_a_rejected_payment_goes_to_a_person_before_it_is_ordered_again() -> None:
    script = {"wait_receipts": [{"rejected": 1}, {"rejected": 0}]}

    here = walk(script, ENTRIES[0], definition=DEFINITION)

    ordered = [each for each in here.asked if each in {"step_order", "task_rejected"}]
    assert ordered == ["step_order", "task_rejected", "step_order"]


def test_it_is_posted_only_after_the_bank_has_paid() -> None:
    here = walk({}, ENTRIES[0], definition=DEFINITION)

    assert [each for each in here.asked if not each.startswith("on_")] == [
        "step_plan", "step_order", "wait_receipts", "step_post", "wait_posted",
    ]  # fmt: skip


def test_a_rejected_voucher_goes_to_a_person_before_it_is_sent_again() -> None:
    script: Script = {"wait_posted": [{"rejected": 1}, {"rejected": 0}]}

    here = walk(script, ENTRIES[0], definition=DEFINITION)

    sent = [each for each in here.asked if each in {"step_post", "task_voucher_rejected"}]
    assert sent == ["step_post", "task_voucher_rejected", "step_post"]
    assert here.asked.count("step_order") == 1


@pytest.mark.parametrize(("wait", "timer", "task"), WAITS)
def test_an_overdue_answer_is_looked_into_while_it_is_still_waited_for(
    wait: str, timer: str, task: str
) -> None:
    walker = Walker(DEFINITION)
    here = walk({}, ENTRIES[0], definition=DEFINITION, until=wait)
    fires = next(move for move in walker.moves(here) if move.label == f"{timer} fires")

    there = walker.take(here, fires)

    assert there.elements == {wait, task}
    roles = {each.element_id: getattr(each, "role", None) for each in there.wanted.values()}
    assert roles[task] == "finance"


@pytest.mark.parametrize(("wait", "timer", "task"), WAITS)
def test_an_answer_that_comes_late_takes_the_task_to_look_into_it_away(
    wait: str, timer: str, task: str
) -> None:
    walker = Walker(DEFINITION)
    here = walk({}, ENTRIES[0], definition=DEFINITION, until=wait)
    fires = next(move for move in walker.moves(here) if move.label == f"{timer} fires")
    overdue = walker.take(here, fires)
    comes = next(move for move in walker.moves(overdue) if move.label.startswith(wait))

    there = walker.take(overdue, comes)

    assert not {wait, timer, task} & there.elements
    assert there.ended is not None or there.elements == {"step_post"}


@pytest.mark.parametrize(("wait", "timer", "task"), WAITS)
def test_looking_into_it_does_not_end_the_wait(wait: str, timer: str, task: str) -> None:
    walker = Walker(DEFINITION)
    here = walk({}, ENTRIES[0], definition=DEFINITION, until=wait)
    fires = next(move for move in walker.moves(here) if move.label == f"{timer} fires")
    overdue = walker.take(here, fires)
    looked = next(move for move in walker.moves(overdue) if move.label.startswith(task))

    there = walker.take(overdue, looked)

    assert there.elements == {wait}
