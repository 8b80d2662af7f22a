"""Registers are asked; a silent one costs an earlier answer or a person, and stops nobody else."""

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE
from tests.bpmn.walker import every_path, walk

PROCESS = "collect_register_data"
ENTRIES = ({"case_id": "case", "benefit": "kontanthjaelp", "deadline_at": DEADLINE},)
AWAY = {"step_collect": ["register_unavailable"]}
EARLIER_ANSWER = {
    "collection_id": "collection",
    "registers_away": ["CPR"],
    "missing_registers": [],
    "missing": 0,
    "manual_facts": True,
}


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_collected", "end_entered"}


def test_a_register_that_does_not_answer_makes_a_person_type_the_facts_in() -> None:
    here = walk(AWAY, ENTRIES[0], definition=shipped.definition(PROCESS))

    assert here.asked == (
        "step_collect",
        "step_fall_back",
        "step_recheck_later",
        "task_enter_register_data",
    )
    assert here.variables["manual_facts"] is True


def test_an_earlier_answer_spares_the_typing_but_not_the_second_look() -> None:
    here = walk(
        {**AWAY, "step_fall_back": [EARLIER_ANSWER]},
        ENTRIES[0],
        definition=shipped.definition(PROCESS),
    )

    assert here.asked[-2:] == ("step_fall_back", "step_recheck_later")
    assert here.variables["manual_facts"] is True


def test_facts_from_the_registers_are_not_marked_as_typed_in() -> None:
    here = walk({}, ENTRIES[0], definition=shipped.definition(PROCESS))

    assert here.variables["manual_facts"] is False
