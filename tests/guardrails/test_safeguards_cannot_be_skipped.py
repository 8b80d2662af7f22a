"""No arrow leads around the safeguards: person, hearing letter checked, decision sent.

Read from the drawing, whatever the conditions say, and across calls. The walkers show the same
with data; `test_safeguards_in_code` shows it for the stages.
"""

from collections.abc import Callable, Iterator, Mapping

import pytest

from processes.engine.definitions import parse_bundle
from processes.engine.diagrams import Diagram, Kind, Node
from processes.engine.graph import Ways
from processes.engine.lint import adverse_without_person
from processes.operations.deployment import catalogue_of
from tests.bpmn import shipped

Diagrams = Mapping[str, Diagram]
DIAGRAMS: Diagrams = {
    each.id: each for key in shipped.PROCESSES for each in shipped.definition(key).diagrams.values()
}
Test = Callable[[Node], bool]


def steps_around(
    wanted: Test, *, without: Test, main: str = shipped.MAIN, diagrams: Diagrams = DIAGRAMS
) -> Iterator[str]:
    """Yield wanted elements that a way from the start of a process reaches without something."""
    ways = Ways(diagrams, without)

    def search(diagram: Diagram, scope: str) -> Iterator[str]:
        for node in ways.reached(diagram, scope):
            if wanted(node):
                yield f"{diagram.id}: {node.id}"
            if node.kind is Kind.SUB_PROCESS:
                yield from search(diagram, node.id)
            elif node.kind is Kind.CALL:
                yield from search(diagrams[node.called], node.called)

    return search(diagrams[main], main)


def runs(*steps: str) -> Test:
    for step in steps:
        shipped.register().step(step)  # a renamed step must not make the test blind
    return lambda node: node.step in steps


def is_form(form_key: str) -> Test:
    assert form_key in shipped.register().verbs
    return lambda node: node.form_key == form_key


def is_adverse(node: Node) -> bool:
    return bool(node.step) and shipped.register().step(node.step).adverse


def is_person(node: Node) -> bool:
    return node.kind is Kind.USER_TASK


def test_something_is_marked_as_adverse_so_that_there_is_something_to_guard() -> None:
    assert "decisions.issue" in {
        key for key, step in shipped.register().steps.items() if step.adverse
    }


@pytest.mark.parametrize("process", shipped.PROCESSES)
def test_each_diagram_by_itself_has_a_person_before_an_adverse_step(process: str) -> None:
    # Stricter than the rule: whoever calls a diagram need not know that a person must come first.
    steps = catalogue_of(shipped.register()).steps
    assert steps is not None

    assert adverse_without_person(DIAGRAMS, process, steps) == []
    assert list(steps_around(is_adverse, without=is_person, main=process)) == []


def test_an_adverse_step_put_on_the_automatic_way_is_found() -> None:
    drawn = shipped.files()["decide.bpmn"].replace(
        b'id="decisions.issue_favourable"', b'id="decisions.issue"'
    )
    spoilt = parse_bundle({**shipped.files(), "decide.bpmn": drawn}, key="decide").diagrams

    found = list(steps_around(is_adverse, without=is_person, main="decide", diagrams=spoilt))

    assert found == ["decide: step_issue_favourable"]


def test_an_adverse_decision_is_issued_only_after_somebody_proposed_it() -> None:
    proposed = is_form("decision.propose")

    assert list(steps_around(is_adverse, without=proposed)) == []


def test_nothing_is_paid_before_the_decision_has_been_sent() -> None:
    ordered = runs("payments.plan", "payments.order", "postings.post")

    assert list(steps_around(ordered, without=runs("letters.mark_sent"))) == []


def test_no_hearing_is_opened_before_a_person_has_checked_its_letter() -> None:
    opened = runs("hearings.open")

    assert list(steps_around(opened, without=is_form("casework.prepare_hearing"))) == []


def test_a_hearing_lapses_only_after_its_letter_was_delivered() -> None:
    lapsed = runs("hearings.lapse")

    assert list(steps_around(lapsed, without=runs("letters.mark_sent"))) == []


def test_after_a_hearing_deadline_a_person_comes_before_any_decision() -> None:
    diagram = DIAGRAMS["hear_party"]
    ways = Ways(DIAGRAMS, is_person)

    reached = ways.from_here(diagram, [diagram.nodes["on_hearing_deadline"]]).values_of()

    assert not [node.id for node in reached if node.kind in {Kind.END, Kind.CALL}]
    assert "task_after_deadline" in {node.id for node in reached}


def test_the_search_around_the_safeguards_can_find_something() -> None:
    nothing_stops = list(steps_around(runs("payments.order"), without=lambda _: False))

    assert nothing_stops == ["pay_once: step_order"]
