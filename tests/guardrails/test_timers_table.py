"""The runbook lists every timer the diagrams have, and no timer is a trap."""

import pytest

from processes.engine.diagrams import Diagram, Kind, Node
from tests.bpmn import shipped, timers
from tests.bpmn.timers import leads_to, timers_table

RAISES_PRIORITY = "applications.raise_priority"
"""The one thing a timer may do without a person: let the open tasks stand out."""
TIMERS = [
    (diagram, node)
    for diagram in (shipped.definition(key).diagrams[key] for key in shipped.PROCESSES)
    for node in diagram.nodes.values()
    if node.wait is not None
]


def test_the_runbook_has_exactly_the_timers_the_diagrams_have() -> None:
    runbook = timers.RUNBOOK.read_text()

    written = runbook.split(timers.START)[1].split(timers.END)[0]

    assert written == timers_table(), "run `python -m tests.bpmn.timers` and read what changed"


@pytest.mark.parametrize(
    ("diagram", "timer"), TIMERS, ids=[f"{diagram.id}.{node.id}" for diagram, node in TIMERS]
)
def test_what_comes_after_a_passed_deadline_is_a_person_or_haste(
    diagram: Diagram, timer: Node
) -> None:
    after = list(leads_to(diagram, timer))

    steps = [shipped.register().step(node.step) for node in after if node.step]
    only_haste = [step.id for step in steps] == [RAISES_PRIORITY] and not timer.interrupting
    assert after[-1].kind is (Kind.END if only_haste else Kind.USER_TASK)
    assert not [step.id for step in steps if step.adverse]
