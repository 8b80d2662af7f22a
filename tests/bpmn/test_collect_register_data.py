"""Registers are asked; a silent one makes a person type the facts in, and stops nobody else."""

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE
from tests.bpmn.walker import every_path, walk

PROCESS = "collect_register_data"
ENTRIES = ({"case_id": "case", "deadline_at": DEADLINE},)


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_collected", "end_entered"}


def test_a_register_that_does_not_answer_makes_a_person_type_the_facts_in() -> None:
    here = walk(
        {"step_collect": ["register_unavailable"]},
        ENTRIES[0],
        definition=shipped.definition(PROCESS),
    )

    assert here.asked == ("on_two_days", "step_collect", "task_enter_register_data")
    assert here.variables["manual_facts"] is True


def test_two_days_without_an_answer_are_enough_for_a_person_to_take_over() -> None:
    here = walk({"on_two_days": ["fires"]}, ENTRIES[0], definition=shipped.definition(PROCESS))

    assert here.asked[-1] == "task_enter_register_data"
    assert here.variables["manual_facts"] is True


def test_facts_from_the_registers_are_not_marked_as_typed_in() -> None:
    here = walk({}, ENTRIES[0], definition=shipped.definition(PROCESS))

    assert here.variables["manual_facts"] is False
