"""Money that cannot wait goes to the account today, or is handed over against a receipt."""

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE
from tests.bpmn.walker import Script, Walker, every_path, walk

PROCESS = "pay_same_day"
DEFINITION = shipped.definition(PROCESS)
TO_ACCOUNT = {
    "case_id": "case",
    "decision_id": "decision",
    "payout_way": "nemkonto",
    "immediate_due_at": DEADLINE,
}
AT_THE_DESK = {**TO_ACCOUNT, "payout_way": "kasse"}
ENTRIES = (TO_ACCOUNT, AT_THE_DESK)


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_paid"}


def test_nothing_is_ordered_from_the_bank_for_who_has_no_account() -> None:
    here = walk({}, AT_THE_DESK, definition=DEFINITION)

    assert "step_order" not in here.asked
    assert here.asked.index("task_pay_otherwise") < here.asked.index("step_post")


def test_what_the_bank_turns_down_is_handed_over_and_posted_once() -> None:
    script: Script = {"wait_receipts": [{"rejected": 1}]}

    here = walk(script, TO_ACCOUNT, definition=DEFINITION)

    steps = {"step_order", "task_pay_otherwise", "step_post"}
    assert [each for each in here.asked if each in steps] == [
        "step_order", "task_pay_otherwise", "step_post",
    ]  # fmt: skip


def test_an_overdue_receipt_is_looked_into_before_it_is_waited_for_again() -> None:
    walker = Walker(DEFINITION)
    here = walk({}, TO_ACCOUNT, definition=DEFINITION, until="wait_receipts")
    fires = next(move for move in walker.moves(here) if move.label.startswith("on_receipt_overdue"))

    there = walker.take(here, fires)

    assert there.elements == {"task_no_receipt"}
