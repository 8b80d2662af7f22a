"""Repeated elements, event sub-processes, messages that are sent, and what is only drawing.

Every walk saves and loads the state between any two triggers; small parallel shapes are walked in
every order of completion, with history pruned and not.
"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.engine.definitions import Definition
from processes.engine.effects import Await, OpenTask, RunStep, StepDone, TaskCompleted
from processes.engine.findings import WARNING, DeploymentError
from processes.engine.graph import is_person
from processes.engine.lint import Catalogue, lint
from processes.engine.moving import move
from processes.engine.repeating import MAX_TIMES
from processes.engine.specs import fingerprint
from tests.engine.drawing import (
    NOW,
    Walk,
    both,
    call,
    define,
    draw,
    end,
    event_part,
    manual,
    many,
    on_error,
    on_message,
    on_timer,
    part,
    path,
    raised,
    service,
    start,
    starts_on,
    thrown,
    user,
)

PRUNE = pytest.mark.parametrize("prune", [True, False], ids=["pruned", "whole"])


def line(*elements: str, key: str = "p") -> Definition:
    """A process of these elements one after the other."""
    names = [each.split('id="')[1].split('"')[0] for each in elements]
    return define(draw(key, start(), *elements, end(), path("start", *names, "end")))


def all_tokens(walk: Walk, element: str) -> list[str]:
    return [t for t, e in walk.open.items() if getattr(e, "element_id", "") == element]


# ---- repeated ------------------------------------------------------------------------------

ASK = many(user("ask"), over="people", item="who", collects="answers", gives="said")


@PRUNE
def test_a_task_is_opened_for_each_item_and_answers_keep_their_order(prune: bool) -> None:  # noqa: FBT001 – pytest gives it
    for order in itertools.permutations(range(3)):
        walk = Walk(line(ASK, user("after")), prune=prune)
        walk.begin(people=["a", "b", "c"])
        tokens = all_tokens(walk, "ask")
        assert [variables(walk, t)["who"] for t in tokens] == ["a", "b", "c"]
        for number in order:
            assert walk.waiting.count("after") == 0
            walk_on(walk, tokens[number], said=f"{number}!", other=number)
        assert walk.waiting == ["after"]
        walk.done("after")
        assert walk.ended is not None
        # Only what is collected comes out: two times cannot disagree about anything else.
        assert walk.ended.variables == {
            "people": ["a", "b", "c"], "answers": ["0!", "1!", "2!"]
        }  # fmt: skip


def walk_on(walk: Walk, token: str, **result: object) -> None:
    """Complete what is wanted under a token, of several at one element."""
    step = isinstance(walk.open[token], RunStep)
    walk.send(StepDone(token, result) if step else TaskCompleted(token, result, "anna"))


def variables(walk: Walk, token: str) -> dict[str, object]:
    """What the task under a token begins with."""
    task = walk.open[token]
    assert isinstance(task, OpenTask)
    return dict(task.variables)


@PRUNE
def test_in_a_row_the_next_is_opened_when_the_one_before_is_done(prune: bool) -> None:  # noqa: FBT001 – as above
    one = many(
        user("ask"), over="people", item="who", collects="answers", gives="said", sequential=True
    )
    walk = Walk(line(one), prune=prune)
    walk.begin(people=["a", "b"])
    for who in ("a", "b"):
        (token,) = all_tokens(walk, "ask")
        assert variables(walk, token)["who"] == who
        walk_on(walk, token, said=who.upper())
    assert walk.ended is not None
    assert walk.ended.variables["answers"] == ["A", "B"]


@pytest.mark.parametrize("times", ["0", "3"])
def test_a_number_of_times_may_be_none_at_all(times: str) -> None:
    walk = Walk(line(many(service("look"), times=times, item="number"), user("after")))
    walk.begin()
    for _ in range(int(times)):
        walk.done("look")
    assert walk.waiting == ["after"]


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"people": None}, "repetition"),
        ({"people": "abc"}, "repetition"),
        ({}, "repetition"),
        ({"people": list(range(MAX_TIMES + 1))}, "budget"),
    ],
)
def test_finding_14_and_15_no_list_or_a_too_long_one_is_an_incident_and_can_be_mended(
    variables: dict[str, object], code: str
) -> None:
    walk = Walk(line(ASK))
    walk.begin(**variables)
    assert [incident.code for incident in walk.incidents] == [code]
    assert walk.waiting == []

    walk.retry(people=["a"])
    assert walk.waiting == ["ask"]


@pytest.mark.parametrize("times", ["-1", "1.5", "null", "1000000000", '"3"'])
def test_a_number_of_times_is_a_small_whole_number(times: str) -> None:
    walk = Walk(line(many(user("ask"), times=times)))
    walk.begin()
    assert [incident.element_id for incident in walk.incidents] == ["ask"]


def test_enough_answers_end_the_rest() -> None:
    vote = many(
        user("ask"), over="people", item="who", collects="votes", gives="yes",
        until="numberOfCompletedInstances >= 2",
    )  # fmt: skip
    walk = Walk(line(vote, user("after")))
    walk.begin(people=["a", "b", "c"])
    for token in all_tokens(walk, "ask")[1:]:
        walk_on(walk, token, yes=True)
    assert walk.waiting == ["after"]
    walk.done("after")
    assert walk.ended is not None
    assert walk.ended.variables["votes"] == [True, True]


@pytest.mark.parametrize("sequential", [True, False])
def test_a_part_and_a_call_are_repeated_whole(sequential: bool) -> None:  # noqa: FBT001 – as above
    inner = draw("inner", start(), user("i"), end(), path("start", "i", "end"))
    calls = many(
        call("c", "inner", {"who": "who"}, {"said": "said"}), over="people", item="who",
        collects="answers", gives="said", sequential=sequential,
    )  # fmt: skip
    inside = many(
        part("part", start("s"), user("x"), user("y"), end("e"), path("s", "x", "y", "e")),
        over="people", item="who", sequential=sequential,
    )  # fmt: skip
    walk = Walk(
        define(
            draw("p", start(), calls, inside, end(), path("start", "c", "part", "end")), inner,
            key="p",
        )
    )  # fmt: skip
    walk.begin(people=["a", "b"])
    for _ in range(2):
        token = all_tokens(walk, "i")[0]
        walk_on(walk, token, said=variables(walk, token)["who"])
    for _ in range(4):
        walk.done(sorted(set(walk.waiting))[0])
    assert walk.ended is not None
    assert walk.ended.variables == {"people": ["a", "b"], "answers": ["a", "b"]}


def test_an_edge_around_a_repeated_element_ends_all_of_its_times() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), ASK, on_timer("late", "ask"), end(), end("over"),
                path("start", "ask", "end"), path("late", "over"),
            )
        )
    )  # fmt: skip
    walk.begin(people=["a", "b"])
    walk.done("late")
    assert walk.waiting == []
    assert walk.ended is not None
    assert walk.ended.element_id == "over"


def test_an_error_in_one_time_reaches_the_edge_of_them_all() -> None:
    steps = many(service("look"), over="people", item="who")
    walk = Walk(
        define(
            draw(
                "p", start(), steps, on_error("broken", "look", "silent"), user("type"), end(),
                path("start", "look", "end"), path("broken", "type", "end"),
            )
        )
    )  # fmt: skip
    walk.begin(people=["a", "b"])
    walk.fail("look", "silent")
    assert walk.waiting == ["type"]


def test_no_person_is_sure_to_be_on_a_way_through_a_task_that_may_be_done_no_time() -> None:
    once, repeated = line(user("ask")), line(ASK)
    assert is_person(once.diagrams["p"].nodes["ask"])
    assert not is_person(repeated.diagrams["p"].nodes["ask"])


@given(
    people=st.lists(st.integers(0, 3), max_size=4),
    order=st.lists(st.integers(0, 9), min_size=14, max_size=14),
    sequential=st.booleans(),
    prune=st.booleans(),
)
def test_a_repetition_beside_other_branches_meets_them_in_any_order(
    people: list[int],
    order: list[int],
    sequential: bool,  # noqa: FBT001 – as above
    prune: bool,  # noqa: FBT001 – as above
) -> None:
    ask = many(
        user("ask"), over="people", item="who", collects="got", gives="said",
        sequential=sequential,
    )  # fmt: skip
    definition = define(
        draw(
            "p", start(), both("split"), ask, user("a"), service("b"), both("met"), user("after"),
            end(), path("start", "split", "ask", "met", "after", "end"),
            path("split", "a", "b", "met"),
        )
    )  # fmt: skip
    before = {name: fingerprint(spec) for name, spec in definition.specs.items()}
    walk = Walk(definition, prune=prune)
    walk.begin(people=people)
    for number in order:
        if walk.ended is None and walk.open:
            token = sorted(walk.open)[number % len(walk.open)]
            name = str(getattr(walk.open[token], "element_id", ""))
            said = variables(walk, token)["who"] if name == "ask" else None
            walk_on(walk, token, **({"said": said} if name == "ask" else {f"{name}_done": True}))
    assert walk.ended is not None
    assert walk.ended.variables == {
        "people": people, "got": people, "a_done": True, "b_done": True, "after_done": True
    }  # fmt: skip
    assert {name: fingerprint(spec) for name, spec in definition.specs.items()} == before


# ---- event sub-processes -------------------------------------------------------------------


def with_part(begins: str, *tail: str) -> Definition:
    names = [each.split('id="')[1].split('"')[0] for each in tail]
    return define(
        draw(
            "p", start(), user("a"), service("b"), end(), path("start", "a", "b", "end"),
            event_part("part_x", begins, *tail, end("part_end"),
                       path("begins", *names, "part_end")),
        )
    )  # fmt: skip


@PRUNE
@pytest.mark.parametrize("event", ["message:case-withdrawn", "timer:P2D"])
def test_an_event_that_interrupts_ends_what_goes_on_and_then_the_process(
    event: str,
    prune: bool,  # noqa: FBT001 – as above
) -> None:
    by = "case_id" if event.startswith("message") else ""
    walk = Walk(with_part(starts_on("begins", event, by), user("x")), prune=prune)
    walk.begin(case_id="c")
    assert walk.waiting == ["a", "begins"]
    walk.done("a", seen=True)

    walk.done("begins")

    assert walk.waiting == ["x"]
    walk.done("x", why="late")
    assert walk.ended is not None
    assert walk.ended.variables == {"case_id": "c", "seen": True, "why": "late"}


@PRUNE
def test_an_event_that_does_not_interrupt_goes_on_beside_and_may_come_again(prune: bool) -> None:  # noqa: FBT001 – as above
    begins = starts_on("begins", "message:paper-came", "case_id", interrupting=False)
    walk = Walk(with_part(begins, user("x")), prune=prune)
    walk.begin(case_id="c")
    walk.done("begins", paper="1")
    walk.done("begins", paper="2")
    assert walk.waiting == ["a", "begins", "x", "x"]
    walk.done("a")
    walk.done("b")
    # The process is over when what it began is over too; then nobody listens any more.
    assert "begins" in walk.waiting
    walk.done("x", gone=True)
    walk.done("x", gone=True)
    assert walk.ended is not None
    assert walk.waiting == []
    assert walk.ended.variables == {"case_id": "c"}


def test_when_a_process_ends_nobody_listens_for_its_events_any_more() -> None:
    walk = Walk(with_part(starts_on("begins", "timer:P2D"), user("x")))
    walk.begin()
    walk.done("a")
    walk.done("b")
    assert walk.ended is not None
    assert walk.waiting == []


@PRUNE
def test_an_error_is_caught_by_the_part_for_it_in_the_nearest_scope(prune: bool) -> None:  # noqa: FBT001 – as above
    walk = Walk(with_part(starts_on("begins", "error:silent"), user("x")), prune=prune)
    walk.begin()
    walk.done("a", seen=True)
    walk.fail("b", "silent")
    assert walk.waiting == ["x"]
    walk.done("x")
    assert walk.ended is not None
    assert walk.ended.variables == {"seen": True}


def test_an_error_end_is_caught_with_the_variables_of_where_it_was_thrown() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), user("a"), end(error="wrong", why='"x"'), path("start", "a", "end"),
                event_part("part_x", starts_on("begins", "error:wrong"), user("x"), end("pe"),
                           path("begins", "x", "pe")),
            )
        )
    )  # fmt: skip
    walk.begin()
    walk.done("a", seen=1)
    assert variables(walk, walk.find("x")) == {"seen": 1, "why": "x"}


def test_an_escalation_starts_a_part_beside_the_way() -> None:
    begins = starts_on("begins", "escalation:look", interrupting=False)
    walk = Walk(
        define(
            draw(
                "p", start(), raised("tell", "look"), user("a"), end(),
                path("start", "tell", "a", "end"),
                event_part("part_x", begins, user("x"), end("pe"), path("begins", "x", "pe")),
            )
        )
    )  # fmt: skip
    walk.begin()
    assert walk.waiting == ["a", "x"]


@PRUNE
def test_a_part_in_a_part_ends_its_own_scope_only(prune: bool) -> None:  # noqa: FBT001 – as above
    inside = part(
        "inside", start("s"), user("a"), end("e"), path("s", "a", "e"),
        event_part("part_x", starts_on("begins", "timer:P1D"), user("x"), end("pe"),
                   path("begins", "x", "pe")),
    )  # fmt: skip
    walk = Walk(
        define(draw("p", start(), inside, user("after"), end(),
                    path("start", "inside", "after", "end"))),
        prune=prune,
    )  # fmt: skip
    walk.begin()
    walk.done("begins")
    assert walk.waiting == ["x"]
    walk.done("x")
    assert walk.waiting == ["after"]


def test_where_branches_disagree_an_interrupting_part_knows_what_was_before() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), both("split"), user("a"), user("b"), user("c"), both("met"), end(),
                path("start", "split", "a", "c", "met", "end"), path("split", "b", "met"),
                event_part("part_x", starts_on("begins", "timer:P1D"), user("x"), end("pe"),
                           path("begins", "x", "pe")),
            )
        )
    )  # fmt: skip
    walk.begin(v=0, only=0)
    walk.done("a", v=1, only=1)
    walk.done("b", v=2)
    walk.done("begins")
    assert variables(walk, walk.find("x")) == {"v": 0, "only": 1}


def test_a_listener_is_gained_and_lost_when_an_instance_is_moved() -> None:
    plain = define(
        draw("p", start(), user("a"), service("b"), end(), path("start", "a", "b", "end"))
    )
    heard = with_part(starts_on("begins", "message:case-withdrawn", "case_id"), user("x"))
    walk = Walk(plain)
    walk.begin(case_id="c")
    assert walk.state is not None
    gained = move(plain, heard, walk.state, NOW)
    assert [type(each).__name__ for each in gained.effects] == ["Await"]
    lost = move(heard, plain, gained.state, NOW)
    assert [type(each).__name__ for each in lost.effects] == ["Withdraw"]
    stays = move(heard, heard, gained.state, NOW)
    assert stays.effects == ()
    walk.definition, walk.state = heard, stays.state
    (wait,) = gained.effects
    assert isinstance(wait, Await)
    walk.open[wait.token] = wait
    walk.done("begins")
    assert walk.waiting == ["x"]


def test_a_repetition_is_moved_with_all_its_times() -> None:
    old, new = line(ASK), line(ASK, user("after"))
    walk = Walk(old)
    walk.begin(people=["a", "b"])
    walk.done("ask", said=1)
    assert walk.state is not None
    done = move(old, new, walk.state, NOW)
    assert (done.hindrances, done.effects) == ((), ())
    walk.definition, walk.state = new, done.state
    walk.done("ask", said=2)
    assert walk.waiting == ["after"]
    assert move(new, line(user("ask")), walk.state, NOW).hindrances


@pytest.mark.parametrize(
    ("inside", "rule"),
    [
        (event_part("x", start("s"), end("e"), path("s", "e")), "part.event_start"),
        (event_part("x", starts_on("s", "error:e", interrupting=False), end("e"), path("s", "e")),
         "boundary.error"),
        (event_part("x", starts_on("s", "message:m-came"), end("e"), path("s", "e")),
         "property.missing"),
        (event_part("x", starts_on("s", "timer:P1M"), end("e"), path("s", "e")), "timer.duration"),
        (event_part("x", starts_on("s", "timer:P1D"), end("e"), path("s", "e")) + path("a", "x"),
         "part.event_flow"),
    ],
)  # fmt: skip
def test_a_part_nothing_can_start_is_refused_by_name(inside: str, rule: str) -> None:
    with pytest.raises(DeploymentError) as caught:
        define(draw("p", start(), user("a"), end(), path("start", "a", "end"), inside))
    assert rule in {each.id for each in caught.value.findings}


# ---- messages that are sent ----------------------------------------------------------------


def test_a_message_is_sent_with_its_key_and_what_it_carries() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), thrown("tell", "case-looked-at", why="reason"), user("a"),
                thrown("end", "case-closed", ends=True), path("start", "tell", "a", "end"),
            )
        )
    )  # fmt: skip
    walk.begin(case_id="c", reason="r")
    walk.done("a")
    sent = [(each.message, each.key, dict(each.variables)) for each in walk.sent]
    assert sent == [("case-looked-at", "c", {"why": "r"}), ("case-closed", "c", {})]
    assert len({each.token for each in walk.sent}) == 2
    assert walk.ended is not None


def test_processes_that_would_start_each_other_for_ever_are_refused() -> None:
    def passes_on(key: str, hears: str, tells: str) -> bytes:
        return draw(
            key, start(message=hears), thrown("tell", tells), end(), path("start", "tell", "end")
        )

    def endless(*drawings: bytes) -> list[str]:
        files = {f"{number}.bpmn": drawing for number, drawing in enumerate(drawings)}
        return [e.file for e in lint(files, Catalogue()) if e.id == "message.endless"]

    first = passes_on("a", "a-came", "b-came")
    assert endless(first, passes_on("b", "b-came", "a-came")) == ["0.bpmn", "1.bpmn"]
    assert endless(passes_on("a", "a-came", "a-came")) == ["0.bpmn"]
    assert endless(first, passes_on("b", "b-came", "c-came")) == []


def test_a_message_without_a_known_key_is_not_sent() -> None:
    walk = Walk(line(thrown("tell", "case-looked-at", by="nothing")))
    walk.begin()
    assert walk.sent == []
    assert [incident.element_id for incident in walk.incidents] == ["tell"]


def test_a_message_on_an_edge_may_let_its_element_go_on_and_come_again() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), user("a"), on_message("hear", "a", "paper-came", interrupting=False),
                user("read"), end(), end("e"), path("start", "a", "end"), path("hear", "read", "e"),
            )
        )
    )  # fmt: skip
    walk.begin(case_id="c")
    walk.done("hear")
    walk.done("hear")
    assert walk.waiting == ["a", "hear", "read", "read"]


# ---- what is only drawing ------------------------------------------------------------------

POOL = (
    b'<bpmn:collaboration id="c"><bpmn:participant id="us" processRef="p"/>'
    b'<bpmn:participant id="citizen" name="Borger"/>'
    b'<bpmn:messageFlow id="m" sourceRef="citizen" targetRef="us"/></bpmn:collaboration>'
    b"<bpmn:process id="
)


def test_pools_lanes_and_data_are_accepted_as_the_drawing_they_are_and_said() -> None:
    lanes = (
        '<bpmn:laneSet id="lanes"><bpmn:lane id="l"><bpmn:flowNodeRef>a</bpmn:flowNodeRef>'
        "</bpmn:lane></bpmn:laneSet>"
    )
    data = '<bpmn:dataObject id="d"/><bpmn:dataObjectReference id="r" dataObjectRef="d"/>'
    drawing = draw("p", lanes, data, start(), user("a"), end(), path("start", "a", "end")).replace(
        b"<bpmn:process id=", POOL, 1
    )

    walk = Walk(define(drawing))
    walk.begin()
    walk.done("a")
    said = lint({"p.bpmn": drawing}, Catalogue())

    assert walk.ended is not None
    ignored = {each.element: each.level for each in said if each.id == "element.drawing"}
    assert ignored == dict.fromkeys(["citizen", "m", "lanes", "d", "r"], WARNING)


def test_of_two_processes_the_one_that_can_run_is_run() -> None:
    other = b'<bpmn:process id="theirs"><bpmn:task id="t"/></bpmn:process><bpmn:process id='
    drawing = draw("p", start(), manual("a"), end(), path("start", "a", "end"))
    both_of_them = drawing.replace(b"<bpmn:process id=", other, 1)
    findings = lint({"p.bpmn": both_of_them}, Catalogue())
    assert {(e.element, e.level) for e in findings if e.id == "process.other"} == {
        ("theirs", WARNING)
    }


def test_data_that_would_compute_something_is_refused() -> None:
    task = (
        '<bpmn:userTask id="a" name="a"><bpmn:dataInputAssociation id="x"><bpmn:targetRef>a'
        "</bpmn:targetRef><bpmn:assignment><bpmn:from>1</bpmn:from><bpmn:to>2</bpmn:to>"
        "</bpmn:assignment></bpmn:dataInputAssociation></bpmn:userTask>"
    )
    drawing = draw("p", start(), task, end(), path("start", "a", "end"))
    found = lint({"p.bpmn": drawing}, Catalogue())
    assert "element.unsupported" in {each.id for each in found if each.element == "a"}


def test_a_clock_starts_no_process_and_the_way_out_is_said() -> None:
    begins = starts_on("start", "timer:P1D").replace(' isInterrupting="true"', "")
    drawing = draw("p", begins, user("a"), end(), path("start", "a", "end"))
    found = lint({"p.bpmn": drawing}, Catalogue())
    (refused,) = [each for each in found if each.id == "element.unsupported"]
    assert "Lad en besked starte den" in refused.way_out
