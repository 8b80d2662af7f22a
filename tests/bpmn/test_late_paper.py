"""A paper that comes after the collecting ended is somebody's task, and changes nothing itself."""

from tests.bpmn import shipped
from tests.bpmn.walker import every_path, walk

PROCESS = "late_paper"
DEFINITION = shipped.definition(PROCESS)
ENTRIES = ({"case_id": "case"},)


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_late_matters", "end_late_filed"}


def test_nothing_but_a_person_follows() -> None:
    here = walk({}, ENTRIES[0], definition=DEFINITION)

    assert here.asked == ("step_set_look_deadline", "task_late_paper")


def test_no_step_here_is_adverse() -> None:
    steps = [node.step for node in DEFINITION.diagrams[PROCESS].nodes.values() if node.step]

    assert steps
    assert not [step for step in steps if shipped.register().step(step).adverse]
