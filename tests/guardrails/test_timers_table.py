"""The runbook lists every timer the diagrams have, and no timer is a trap."""

from collections.abc import Iterator

import pytest

from processes.engine.diagrams import Diagram, Kind, Node
from tests.bpmn import shipped, timers
from tests.bpmn.timers import timers_table

STANDS = {Kind.USER_TASK, Kind.RECEIVE, Kind.CATCH_MESSAGE, Kind.CATCH_TIMER, Kind.END}
REMINDS = "send_letter"
"""A reminder may go out by itself; then the case waits again, and only once."""
HASTE = {
    "applications.raise_priority",
    "complaints.give_precedence",
    "delays.start",
    "immediate_help.tell_lead",
    "messages.hold",
}
"""What a timer may do without a person: let the open tasks stand out, ask why it takes long, tell
a team lead that nobody has looked, and tell a citizen until when an answer comes."""
ONLY_TELLS = {"notify_delay"}
"""A letter that says that the answer comes later is a favour: it leaves by itself when nobody wrote
why. The diagram may do nothing else; a test of its own sees to that."""
LETS_BEGIN = {"collect_spouse_part"}
"""What passes here lets a case begin that was waiting, and in it people are; its own test sees to
that nothing else follows."""
LOOKS_AGAIN = {"wait_for_names", "on_look"}
"""Nobody's deadline: what is waited for is looked for again."""
IN_FAVOUR = {("sanction", "on_expired"), ("cessation", "wait_grace")}
"""What falls away for good, or closes a case whose help has ended: nobody is harmed by it, and a
test of its own sees to that nothing adverse follows."""
TOLD_BEFORE = {("complaint", "on_silence")}
"""What the citizen was told that silence means, and can complain of again: the rest of a complaint
that was met in part lapses, and the new decision has a time for complaints of its own."""
BY_THE_CALENDAR = {"monthly_payment_run"}
"""What is due here is the municipality's own doing, and no citizen's deadline: what is sent when
the time to stop is over was reviewed by one person and approved by another."""
TIMERS = [
    (diagram, node)
    for diagram in (shipped.definition(key).diagrams[key] for key in shipped.PROCESSES)
    for node in diagram.nodes.values()
    if node.wait is not None
    and diagram.id not in BY_THE_CALENDAR | ONLY_TELLS | LETS_BEGIN
    and node.id not in LOOKS_AGAIN
    and (diagram.id, node.id) not in IN_FAVOUR | TOLD_BEFORE
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
    ways = list(ways_after(diagram, timer))

    assert ways
    for way in ways:
        steps = [shipped.register().step(node.step) for node in way if node.step]
        hasten = bool(steps) and {step.id for step in steps} <= HASTE
        only_haste = hasten and not timer.interrupting
        reminded = [node.called for node in way if node.called] == [REMINDS]
        # A letter that says that it takes longer leaves beside the task, which stays.
        only_tells = reminded and not timer.interrupting and way[-1].kind is Kind.END
        beside = only_haste or only_tells
        stops = Kind.END if beside else Kind.RECEIVE if reminded else Kind.USER_TASK
        assert way[-1].kind is stops
        assert not [step.id for step in steps if step.adverse]
    assert any(way[-1].kind is not Kind.RECEIVE for way in ways), "nobody is ever called"


def ways_after(diagram: Diagram, node: Node) -> Iterator[list[Node]]:
    """Yield each way from a timer up to where the case stands again: a person, a wait or an end."""
    for flow in node.outgoing:
        after = diagram.nodes[flow.target]
        if after.kind in STANDS:
            yield [after]
        else:
            yield from ([after, *way] for way in ways_after(diagram, after))


@pytest.mark.parametrize("process", sorted(ONLY_TELLS))
def test_what_only_tells_runs_nothing_but_letters_and_its_own_notes(process: str) -> None:
    nodes = shipped.definition(process).diagrams[process].nodes.values()

    assert {node.called for node in nodes if node.called} == {"send_letter"}
    assert {node.step.partition(".")[0] for node in nodes if node.step} == {"delays"}
    assert not [
        node.id for node in nodes if node.step and shipped.register().step(node.step).adverse
    ]
