"""Whoever edits a diagram cannot edit a citizen's rights away: the gate sees to that.

Diagrams are changed at random, several times over. What the gate lets through is then searched to
its end with nobody at work at all: every answer of every step, message and timer, and no adverse
step may come. What the gate does not see, the safeguards must:
tests/journeys/test_edits_at_run_time.py.
"""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from processes.engine import effects as fx
from processes.engine.definitions import parse_bundle
from processes.engine.lint import errors_in, lint
from processes.operations.deployment import catalogue_of
from tests.bpmn import shipped
from tests.bpmn.edits import KINDS, TASKS, B, Drawing, Edit, edited
from tests.bpmn.walker import CALLED, Move, Standing, Walker, WalkError

Files = Mapping[str, bytes]
MANY = 100_000
MOST_SITUATIONS = 3_000
EXAMPLES, EXAMPLES_LONG = 80, 3_000
QUIET = [HealthCheck.too_slow]
AN_APPLICATION = {
    "case_id": "case",
    "application_id": "application",
    "acute": False,
    "benefit": "kontanthjaelp",
}

numbers = st.integers(0, MANY)
one_edit = st.builds(Edit, st.sampled_from(sorted(KINDS)), numbers, numbers)
bundles_of_edits = st.dictionaries(
    st.sampled_from(sorted(shipped.files())),
    st.lists(one_edit, min_size=1, max_size=2),
    min_size=1,
    max_size=2,
)
"""A few edits in one or two of the diagrams: what somebody does before lunch."""


def changed(edits: Mapping[str, list[Edit]]) -> dict[str, bytes]:
    """Return every shipped file, some of them edited."""
    files = {**shipped.files(), **shipped.table_files()}
    return files | {file: edited(files[file], some) for file, some in edits.items()}


def gate(files: Files) -> list[str]:
    """Return the rules by which the deployment gate refuses a bundle."""
    found = lint(files, catalogue_of(shipped.register()))
    return sorted({finding.id for finding in errors_in(found)})


class Unattended(Walker):
    """Walks with nobody at work: tasks are never done."""

    def _check(self, here: Standing) -> None:
        """Let the search look for itself."""

    def moves(self, here: Standing) -> list[Move]:
        """Return what can happen without any person."""
        wanted = {
            token: effect
            for token, effect in here.wanted.items()
            if not isinstance(effect, fx.OpenTask)
        }
        return super().moves(replace(here, wanted=wanted))

    def adverse(self, here: Standing) -> str | None:
        """Return the adverse step that is about to run, if there is one."""
        for effect in here.wanted.values():
            if (
                isinstance(effect, fx.RunStep)
                and not effect.step.startswith(CALLED)
                and self.register.step(effect.step).adverse
            ):
                return effect.step
        return None


def harm_with_nobody_at_work(files: Files) -> tuple[str, ...]:
    """Search every situation a case can come to by itself; return the way to harm, if any.

    A walk that stops with an incident, or with a step that no longer knows its words, is safe: it
    stands still until a person looks.
    """
    walker = Unattended(parse_bundle(files, key=shipped.MAIN))
    seen: set[str] = set()
    todo = [walker.start(AN_APPLICATION)]
    while todo and len(seen) < MOST_SITUATIONS:
        here = todo.pop()
        if walker.adverse(here):
            return here.trail
        if here.ended is not None:
            continue
        for move in walker.moves(here):
            try:
                there = walker.take(here, move)
            except WalkError:
                continue
            name = walker.situation(there)
            if name not in seen:
                seen.add(name)
                todo.append(there)
    assert len(seen) < MOST_SITUATIONS, "the search did not come to its end"
    return ()


def check(edits: Mapping[str, list[Edit]]) -> None:
    files = changed(edits)
    refused = gate(files)
    event("refused" if refused else "let through")
    if not refused:
        assert harm_with_nobody_at_work(files) == ()


@given(bundles_of_edits)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=QUIET)
def test_what_the_gate_lets_through_harms_nobody_by_itself(
    edits: dict[str, list[Edit]],
) -> None:
    check(edits)


@pytest.mark.long
@given(bundles_of_edits)
@settings(max_examples=EXAMPLES_LONG, deadline=None, suppress_health_check=QUIET)
def test_what_the_gate_lets_through_harms_nobody_by_itself_at_length(
    edits: dict[str, list[Edit]],
) -> None:
    check(edits)


def test_a_way_past_everybody_is_found_by_the_search_and_refused_by_the_gate() -> None:
    files = changed({}) | {
        "subsistence_application.bpmn": past("subsistence_application.bpmn", "task_assess"),
        "decide.bpmn": straight_to("decide.bpmn", "step_issue"),
    }

    assert "adverse.no_person" in gate(files)
    assert harm_with_nobody_at_work(files)


def past(file: str, task: str) -> bytes:
    """Return a diagram where a task is taken away."""
    places = [each.get("id") for each in Drawing(shipped.files()[file]).all(*TASKS)]
    return edited(shipped.files()[file], [Edit("drop", places.index(task), 0)])


def straight_to(file: str, target: str) -> bytes:
    """Return a diagram whose start leads to an element at once."""
    drawing = Drawing(shipped.files()[file])
    (start,) = drawing.all(f"{B}startEvent")
    (flow,) = drawing.out_of(start)
    drawing.lead(flow, target)
    return drawing.tidy()


def test_edits_of_every_kind_change_something_and_many_are_let_through() -> None:
    untouched = {file: edited(content, []) for file, content in shipped.files().items()}
    let_through = 0
    everything = sorted(shipped.files().items())
    for number, kind in enumerate(sorted(KINDS)):
        # Every fourth diagram, other ones for each kind: all together is a matter of minutes.
        some = [
            {file: edited(content, [Edit(kind, place, place + 1)])}
            for file, content in everything[number % 4 :: 4]
            for place in (0, 3, 5)
        ]
        assert any(one[file] != untouched[file] for one in some for file in one), kind
        let_through += sum(not gate({**changed({}), **one}) for one in some)

    assert let_through >= len(KINDS)


def test_a_diagram_that_is_only_tidied_is_let_through() -> None:
    tidied = {file: edited(content, []) for file, content in shipped.files().items()}

    assert gate({**changed({}), **tidied}) == []
