"""A spouse is asked when CPR knows the marriage, reminded once, and the application goes in."""

from tests.bpmn import answers, shipped
from tests.bpmn.walker import every_path, walk

PROCESS = "collect_spouse_part"
DEFINITION = shipped.definition(PROCESS)
ENTRIES = ({"case_id": "case"},)
MARRIED, NOT_MARRIED = answers.STEPS["spouses.confirm"]


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_handed_in"}


def test_a_signature_lets_the_case_begin() -> None:
    here = walk({"step_confirm": [MARRIED]}, ENTRIES[0], definition=DEFINITION)

    assert here.asked[-2:] == ("wait_spouse_signed", "step_hand_in")
    assert "step_lapse" not in here.asked


def test_without_a_signature_the_case_begins_all_the_same() -> None:
    here = walk(
        {"step_confirm": [MARRIED], "on_spouse_deadline": ["fires"]},
        ENTRIES[0],
        definition=DEFINITION,
    )

    assert here.asked[-2:] == ("step_lapse", "step_hand_in")


def test_whatever_passes_here_ends_in_a_letter_or_in_the_case_beginning() -> None:
    nodes = DEFINITION.diagrams[PROCESS].nodes.values()

    assert {node.step for node in nodes if node.step} == {
        "spouses.confirm",
        "spouses.not_asked",
        "spouses.lapse",
        "spouses.hand_in",
    }
    assert {node.called for node in nodes if node.called} == {"send_letter"}


def test_nobody_is_written_to_whom_cpr_does_not_know_as_married() -> None:
    here = walk({"step_confirm": [NOT_MARRIED]}, ENTRIES[0], definition=DEFINITION)

    assert here.asked == ("step_confirm", "step_hand_in")


def test_no_step_here_is_adverse() -> None:
    steps = [node.step for node in DEFINITION.diagrams[PROCESS].nodes.values() if node.step]

    assert steps
    assert not [step for step in steps if shipped.register().step(step).adverse]
