"""Nothing is paid on an unknown tax card, and what the bank rejects is somebody's task."""

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE
from tests.bpmn.walker import every_path, walk

PROCESS = "pay_once"
DEFINITION = shipped.definition(PROCESS)
ENTRIES = ({"case_id": "case", "decision_id": "decision", "deadline_at": DEADLINE},)
NOT_PAYABLE = {"plan_id": None, "payable": False, "reason": "skattekort"}
PAYABLE = {"plan_id": "plan", "payable": True, "reason": ""}


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

    assert here.asked == (
        "step_plan", "step_order", "wait_receipts", "step_post", "wait_posted",
    )  # fmt: skip
