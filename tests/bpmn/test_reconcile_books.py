"""What does not agree from day to day is a task until everything agrees; nothing else changes."""

from tests.bpmn import shipped
from tests.bpmn.walker import every_path, walk

PROCESS = "reconcile_books"
DEFINITION = shipped.definition(PROCESS)
ENTRIES = ({"case_id": "case"},)


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert "end_books_agree" in seen.ends


def test_the_task_comes_again_until_everything_agrees() -> None:
    here = walk(
        {"step_look_again": [{"differences": 2}, {"differences": 0}]},
        ENTRIES[0],
        definition=DEFINITION,
    )

    assert here.asked.count("task_settle_books") == 2
    assert here.asked[-1] == "step_end_books"
