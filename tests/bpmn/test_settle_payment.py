"""A payment that goes by itself is looked at when it was rejected, and posted and reported."""

from tests.bpmn import shipped
from tests.bpmn.walker import Script, every_path, walk

PROCESS = "settle_payment"
DEFINITION = shipped.definition(PROCESS)
REJECTED = {"case_id": "case", "plan_id": "plan", "is_rejected": True}
RELEASED = {"case_id": "case", "plan_id": "plan", "is_rejected": False}
ENTRIES = (REJECTED, RELEASED)


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_paid"}


def test_a_rejected_payment_goes_to_a_person_before_it_is_ordered_again() -> None:
    here = walk({}, REJECTED, definition=DEFINITION)

    assert here.asked[:2] == ("task_rejected", "step_order")


def test_a_payment_released_late_is_ordered_at_once_posted_and_reported() -> None:
    here = walk({}, RELEASED, definition=DEFINITION)

    assert [each for each in here.asked if not each.startswith("on_")] == [
        "step_order", "wait_receipts", "step_post", "wait_posted", "step_open_report",
        "step_report_one",
    ]  # fmt: skip


def test_what_the_bank_paid_after_all_is_not_waited_for_again() -> None:
    script: Script = {"step_order": [{"payment_count": 0, "receipt_expected_by": "2026-04-07"}]}

    here = walk(script, REJECTED, definition=DEFINITION)

    assert "wait_receipts" not in here.asked
    assert "step_post" in here.asked
