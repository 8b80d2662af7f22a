"""A diagram says the same in words as in the drawing, and two versions say what parts them."""

import re

import pytest

from processes.engine.difference import ADDED, CHANGED, MOVED, REMOVED, differences
from processes.engine.outline import outline
from processes.engine.reading import read_diagram
from tests.bpmn import shipped

FILE = "hear_party.bpmn"


def hear_party() -> bytes:
    return (shipped.BPMN / "processes" / FILE).read_bytes()


@pytest.mark.parametrize("path", sorted((shipped.BPMN / "processes").glob("*.bpmn")), ids=str)
def test_every_element_of_a_shipped_diagram_stands_once_in_its_text(path) -> None:
    diagram = read_diagram(path.name, path.read_bytes())

    steps = outline(diagram)

    assert sorted(step.id for step in steps) == sorted(diagram.nodes)
    assert len({step.number for step in steps}) == len(steps)
    numbers = {step.number for step in steps}
    assert {way.number for step in steps for way in step.exits} <= numbers
    assert not any("Ingen pil" in said for step in steps for said in step.details)


def test_the_text_goes_the_usual_way_first_and_says_who_has_what() -> None:
    steps = {step.id: step for step in outline(read_diagram(FILE, hear_party()))}

    task = steps["task_prepare_hearing"]
    assert task.details[:2] == (
        "Ydelsessagsbehandler har opgaven.",
        "Formular: casework.prepare_hearing.",
    )
    assert [way.when for way in steps["when_facts_known"].exits] == ["Nej", "Ja"]
    assert "Hører til “Afvent partens svar”, der stopper." in steps["on_hearing_deadline"].details


def test_what_nothing_leads_to_is_in_the_text_and_says_so() -> None:
    loose = hear_party().replace(b'targetRef="step_lapse"', b'targetRef="task_after_deadline"')

    steps = {step.id: step for step in outline(read_diagram(FILE, loose))}

    assert steps["step_lapse"].details[0] == "Ingen pil fører hertil."


def change(old: str, new: str) -> dict[str, tuple[str, ...]]:
    """Return what is another when some words of the diagram are, by kind and element."""
    before = hear_party()
    after = before.replace(old.encode(), new.encode())
    assert before != after
    return {
        f"{each.what} {each.element}": each.says
        for each in differences({FILE: before}, {FILE: after})
    }


def test_the_same_is_no_difference() -> None:
    assert differences({FILE: hear_party()}, {FILE: hear_party()}) == ()


def test_a_new_name_is_a_change_of_one_element_and_not_of_its_arrows() -> None:
    assert change("Åbn partshøringen", "Begynd høringen") == {
        f"{CHANGED} step_open": ("Navn: før “Åbn partshøringen”, nu “Begynd høringen”.",)
    }


def test_another_form_and_another_expression_are_told_in_words() -> None:
    assert change("casework.hearing_reply", "casework.assess") == {
        f"{CHANGED} task_assess_reply": (
            "Formular: før “casework.hearing_reply”, nu “casework.assess”.",
        )
    }
    said = change('value="calculation_id"', 'value="other_id"')
    assert said[f"{CHANGED} step_open"] == (
        "Oplysning til trinnet calculation_id: før “calculation_id”, nu “other_id”.",
    )


def test_what_only_moved_on_the_drawing_is_no_change() -> None:
    found = re.search(
        r'bpmnElement="step_open"[^>]*>\s*<dc:Bounds x="(\d+)"', hear_party().decode()
    )
    assert found is not None

    assert change(found.group(0), found.group(0).replace(f'x="{found.group(1)}"', 'x="7"')) == {
        f"{MOVED} step_open": ()
    }


def test_another_id_is_one_element_gone_and_one_come() -> None:
    said = change('"step_open"', '"step_begin"')

    assert said[f"{ADDED} step_begin"] == said[f"{REMOVED} step_open"] == ()


def test_what_cannot_be_read_counts_as_nothing() -> None:
    found = differences({FILE: hear_party()}, {FILE: b"<not xml"})

    assert [(each.what, each.element) for each in found] == [(REMOVED, "hear_party")]
