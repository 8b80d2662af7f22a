"""Whatever somebody draws: no code runs, nothing runs for ever, nothing grows without end.

Each is refused at the gate, or ends as an incident on a state that can still be saved.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from processes.domain.errors import BrokenStateError
from processes.engine import machine
from processes.engine.findings import DeploymentError
from processes.engine.lint import Catalogue, errors_in, lint
from processes.engine.machine import MAX_LIVE, MAX_SUBPROCESSES
from processes.engine.state import MAX_STATE_BYTES
from processes.engine.tables import parse_table
from tests.engine.drawing import (
    Walk,
    both,
    call,
    define,
    draw,
    either,
    end,
    event_part,
    many,
    on_timer,
    part,
    path,
    pause,
    receive,
    rule,
    service,
    start,
    starts_on,
    user,
)
from tests.engine.tabling import table

CODE = [
    '__import__("os").system("true")',
    "().__class__.__bases__",
    "[x for x in (1, 2)]",
    "lambda: 1",
    "open(&quot;/etc/passwd&quot;)",
    "exec(x)",
    "x.y",
    "x[0]",
    "{a: 1}",
    "10 ** 10",
    "'text'",
    "f(x)",
]
PLACES: dict[str, Callable[[str], bytes]] = {
    "condition": lambda text: draw(
        "p", start(), either("w", default="w_to_end"), user("t"), end(),
        path("start", "w", f"[{text}]", "t", "end"), path("w", "end"),
    ),
    "timer": lambda text: draw("p", start(), pause("w", until=text), end(),
                               path("start", "w", "end")),
    "edge": lambda text: draw("p", start(), user("t"), on_timer("on", "t", until=text), end(),
                              path("start", "t", "end"), path("on", "end")),
    "parameter": lambda text: draw("p", start(), service("s", a=text), end(),
                                   path("start", "s", "end")),
    "correlation": lambda text: draw("p", start(), receive("r", "a-b", text), end(),
                                     path("start", "r", "end")),
    "deadline": lambda text: draw("p", start(), user("t", due=text), end(),
                                  path("start", "t", "end")),
    "mapping": lambda text: draw("p", start(), call("c", "q", {"a": text}, {}), end(),
                                 path("start", "c", "end")),
    "end": lambda text: draw("p", start(), end(a=text), path("start", "end")),
}  # fmt: skip


@pytest.mark.parametrize("text", CODE)
@pytest.mark.parametrize("place", PLACES)
def test_code_is_refused_wherever_an_expression_may_stand(place: str, text: str) -> None:
    found = errors_in(lint({"p.bpmn": PLACES[place](text)}, Catalogue()))

    assert "expression.syntax" in {finding.id for finding in found}


@pytest.mark.parametrize("text", [each for each in CODE if each != "'text'"])
def test_code_in_a_table_is_refused(text: str) -> None:
    text = text.replace("&quot;", '"')
    for content in (
        table("k", [text], ["kind"], [("-", '"a"')]),
        table("k", ["n"], ["kind"], [(text, '"a"')]),
        table("k", ["n"], ["kind"], [("-", text)]),
    ):
        with pytest.raises(DeploymentError):
            parse_table(content)


@pytest.mark.parametrize(
    "inside",
    [
        '<bpmn:scriptTask id="t"><bpmn:script>import os</bpmn:script></bpmn:scriptTask>',
        user("t").replace(
            "</bpmn:userTask>",
            '<bpmn:standardLoopCharacteristics testBefore="true"/></bpmn:userTask>',
        ),
        service("t").replace("<bpmn:extensionElements>",
                             "<bpmn:extensionElements><spiffworkflow:preScript>import os"
                             "</spiffworkflow:preScript>"),
    ],
)  # fmt: skip
def test_scripts_and_loop_markers_are_refused(inside: str) -> None:
    found = errors_in(
        lint({"p.bpmn": draw("p", start(), inside, end(), path("start", "t", "end"))}, Catalogue())
    )

    assert "element.unsupported" in {finding.id for finding in found}


@pytest.mark.parametrize(
    "ring",
    [
        [pause("w", until="at"), path("again", "w", "again_2")],
        [pause("w", duration="PT1S"), path("again", "w", "again_2")],
        [user("t"), on_timer("on", "t", until="at"), either("done", default="done_to_end"),
         path("again", "t", "done", "end"), path("on", "again_2")],
    ],
)  # fmt: skip
def test_a_ring_that_only_the_clock_turns_is_refused(ring: list[str]) -> None:
    """A moment that is past is past in every round: the timer would fire for ever."""
    drawing = draw(
        "p", start(), either("again"), *ring, either("again_2", default="again_2_to_again"), end(),
        path("start", "again"), path("again_2", "again"), path("again_2", "[stop]", "end"),
    )  # fmt: skip

    found = errors_in(lint({"p.bpmn": drawing}, Catalogue()))

    assert "circle.clock_only" in {finding.id for finding in found}


def test_a_ring_in_which_a_step_sets_the_moment_is_not() -> None:
    drawing = draw(
        "p", start(), either("again"), service("s"), pause("w", until="at"),
        either("again_2", default="again_2_to_again"), end(), path("start", "again", "s", "w"),
        path("w", "again_2", "again"), path("again_2", "[stop]", "end"),
    )  # fmt: skip

    found = {finding.id for finding in lint({"p.bpmn": drawing}, Catalogue())}

    assert not found & {"circle.clock_only", "circle.no_wait"}


def test_variables_that_double_in_every_part_stop_before_they_fill_the_memory() -> None:
    """Three hundred parts, each of which doubles a list: 2**300 entries, were they made."""
    parts = [
        part(
            f"part_{n}", start(f"in_{n}"), end(f"out_{n}", x="[x, x]"), path(f"in_{n}", f"out_{n}")
        )
        for n in range(300)
    ]
    names = [f"part_{n}" for n in range(300)]
    walk = Walk(define(draw("p", start(), *parts, end(), path("start", *names, "end"))))
    walk.begin(x="a")

    assert [incident.code for incident in walk.incidents] == ["expression"]
    assert walk.state is not None
    assert len(walk.state) < 100_000


def test_variables_that_grow_over_what_an_instance_may_carry_are_an_incident() -> None:
    parts = [
        part(f"part_{n}", start(f"in_{n}"), end(f"out_{n}", **{f"x_{n}": "x"}),
             path(f"in_{n}", f"out_{n}"))
        for n in range(30)
    ]  # fmt: skip
    names = [f"part_{n}" for n in range(30)]
    walk = Walk(define(draw("p", start(), *parts, end(), path("start", *names, "end"))))
    walk.begin(x="a" * 9_000)

    assert [incident.code for incident in walk.incidents] == ["data"]
    walk.retry(x="a")  # what is large already stays; what comes now is small
    assert walk.ended is not None


def test_a_step_that_returns_more_than_an_instance_may_carry_changes_nothing() -> None:
    walk = Walk(define(draw("p", start(), service("s"), end(), path("start", "s", "end"))))
    walk.begin()
    before = walk.state

    with pytest.raises(BrokenStateError, match="64000"):
        walk.send(_done(walk, x="a" * 70_000))

    assert walk.state == before


def _done(walk: Walk, **result: object) -> machine.StepDone:
    return machine.StepDone(walk.find("s"), result)


def test_an_advance_that_takes_too_long_stops_between_two_elements(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(machine, "MAX_SECONDS", 0)
    walk = Walk(
        define(draw("p", start(), both("a"), both("b"), user("t"), end(),
                    path("start", "a", "b", "t", "end")))
    )  # fmt: skip
    walk.begin()

    assert [incident.code for incident in walk.incidents] == ["budget"]
    monkeypatch.undo()
    walk.retry()
    assert walk.waiting == ["t"]


def test_a_table_that_looks_through_lists_all_day_is_stopped() -> None:
    rows = [(f"list contains(items, {n}) and list contains(items, ?)", '"a"') for n in range(480)]
    heavy = parse_table(table("k", ["n"], ["kind"], rows))
    walk = Walk(
        define(draw("p", start(), rule("r", "k"), end(), path("start", "r", "end"))), {"k": heavy}
    )
    walk.begin(n="x", items=["b"] * 900)

    assert [incident.code for incident in walk.incidents] == ["expression"]


def test_a_gateway_that_looks_through_lists_all_day_is_stopped() -> None:
    condition = "[list contains(items, number)]"
    ways = [user(f"t{n}") + path("w", condition, f"t{n}", "end") for n in range(400)]
    walk = Walk(
        define(
            draw("p", start(), either("w", default="w_to_end"), end(), *ways,
                 path("start", "w", "end"))
        )
    )  # fmt: skip
    walk.begin(items=["a"] * 990, number=1)

    assert [incident.code for incident in walk.incidents] == ["expression"]


def test_a_key_no_index_can_hold_is_an_incident() -> None:
    walk = Walk(
        define(draw("p", start(), receive("r", "a-b", "key"), end(), path("start", "r", "end")))
    )
    walk.begin(key="k" * 5_000)

    assert [incident.code for incident in walk.incidents] == ["expression"]


def test_expressions_that_fill_a_file_are_refused() -> None:
    text = " or ".join(["a = 1"] * 200)
    drawing = draw(
        "p", start(), either("w", default="w_to_end"), end(),
        *(user(f"t{n}") + path("w", f"[{text}]", f"t{n}", "end") for n in range(150)),
        path("start", "w", "end"),
    )  # fmt: skip

    found = errors_in(lint({"p.bpmn": drawing}, Catalogue()))

    assert [finding.id for finding in found if finding.id.startswith("expression")] == [
        "expression.total"
    ]


def test_what_is_not_bpmn_is_told_with_the_nearest_element() -> None:
    drawing = draw("p", start(), user("t"), end(), path("start", "t", "end"))
    wrong = drawing.replace(b'<bpmn:userTask id="t"', b'<bpmn:userTask id="t" colour="red"')

    found = [each for each in lint({"p.bpmn": wrong}, Catalogue()) if each.id == "xml.schema"]

    assert [finding.element for finding in found] == ["t"]
    assert "colour" in found[0].message


def test_repetitions_inside_repetitions_stop_before_there_are_too_many() -> None:
    """A hundred times a hundred tasks: each list is short, all together would be ten thousand."""
    inside = many(
        part("inner", start("s"), many(user("t"), times="100"), end("e"), path("s", "t", "e")),
        times="100",
    )
    walk = Walk(define(draw("p", start(), inside, end(), path("start", "inner", "end"))))

    walk.begin()

    assert {incident.code for incident in walk.incidents} == {"budget"}
    assert len(walk.waiting) <= MAX_LIVE
    assert walk.state is not None
    assert len(walk.state) < MAX_STATE_BYTES


def test_a_repetition_over_large_items_is_an_incident_and_not_a_large_state() -> None:
    walk = Walk(
        define(
            draw("p", start(), many(user("t"), over="items", item="one"), end(),
                 path("start", "t", "end"))
        )
    )  # fmt: skip
    walk.begin(items=["x" * 600 for _ in range(100)])

    assert {incident.code for incident in walk.incidents} <= {"data"}
    assert walk.state is not None
    assert len(walk.state) < MAX_STATE_BYTES


def test_events_that_come_without_end_stop_at_the_number_of_parts() -> None:
    begins = starts_on("begins", "message:paper-came", "case_id", interrupting=False)
    walk = Walk(
        define(
            draw(
                "p", start(), user("a"), end(), path("start", "a", "end"),
                event_part("part_x", begins, user("x"), end("pe"), path("begins", "x", "pe")),
            )
        )
    )  # fmt: skip
    walk.begin(case_id="c")
    for _ in range(MAX_SUBPROCESSES + 5):
        walk.done("begins")

    assert walk.waiting.count("x") == MAX_SUBPROCESSES
    assert {incident.code for incident in walk.incidents} == {"budget"}
    walk.done("a")
    assert walk.state is not None
