"""What was paid is posted until the ledger has taken it; an answer that is late is looked into."""

from tests.bpmn import shipped
from tests.bpmn.walker import Script, every_path, walk

PROCESS = "post_payment"
DEFINITION = shipped.definition(PROCESS)
ENTRIES = ({"plan_id": "plan"},)


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_posted"}


def test_a_rejected_voucher_goes_to_a_person_before_it_is_sent_again() -> None:
    rejected = {"rejected": 1, "rejected_because": "KONTO_LUKKET"}
    script: Script = {"wait_posted": [rejected, {"rejected": 0, "rejected_because": ""}]}

    here = walk(script, ENTRIES[0], definition=DEFINITION)

    people = {"step_post", "task_voucher_rejected"}
    assert [each for each in here.asked if each in people] == [
        "step_post", "task_voucher_rejected", "step_post",
    ]  # fmt: skip
