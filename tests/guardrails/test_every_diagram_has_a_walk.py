"""Every diagram has a test of its own whose walks take each of its flows and reach each end."""

import importlib
import importlib.util

import pytest

from processes.engine.diagrams import Kind
from tests.bpmn import shipped
from tests.bpmn.walker import every_path


@pytest.mark.parametrize("process", shipped.PROCESSES)
def test_a_diagram_has_a_test_that_walks_all_of_it(process: str) -> None:
    name = f"tests.bpmn.test_{process}"
    assert importlib.util.find_spec(name), f"write {name} for bpmn/processes/{process}.bpmn"
    module = importlib.import_module(name)

    seen = every_path(process, module.ENTRIES)

    assert not seen.untaken
    diagram = shipped.definition(process).diagrams[process]
    # An end inside a sub-process, or of a branch beside the main one, never ends the instance;
    # that it is reached shows in its flow.
    assert seen.ends <= {node.id for node in diagram.within(process) if node.kind is Kind.END}
    assert seen.ends


def test_no_walk_is_left_over_from_a_diagram_that_is_gone() -> None:
    tests = (shipped.BPMN.parent / "tests" / "bpmn").glob("test_*.py")
    written = {path.stem.removeprefix("test_") for path in tests} - {"walker", "edits"}

    assert written == set(shipped.PROCESSES)
