"""Inclusive and event gateways, links, marks, manual tasks and escalations, as they are drawn.

Every walk saves and loads the state between any two triggers, and the parallel shapes are walked
in every order of completion, with history pruned and not.
"""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from processes.engine.effects import SetTimer
from processes.engine.findings import DeploymentError
from tests.engine.drawing import (
    NOW,
    Walk,
    any_of,
    both,
    call,
    define,
    draw,
    either,
    end,
    first,
    link,
    manual,
    on_escalation,
    on_timer,
    part,
    passed,
    path,
    pause,
    raised,
    receive,
    service,
    start,
    user,
)

PRUNE = pytest.mark.parametrize("prune", [True, False], ids=["pruned", "whole"])

# ---- inclusive gateways --------------------------------------------------------------------

ANY = draw(
    "p", start(), any_of("which", default="which_to_none"), user("rent"), user("debt"),
    user("child"), user("none"), any_of("met"), user("decide"), end(),
    path("start", "which", "[n >= 1]", "rent", "met", "decide", "end"),
    path("which", "[n >= 2]", "debt", "met"), path("which", "[n >= 3]", "child", "met"),
    path("which", "none", "met"),
)  # fmt: skip
TAKEN = {0: ["none"], 1: ["rent"], 2: ["debt", "rent"], 3: ["child", "debt", "rent"]}


@PRUNE
@pytest.mark.parametrize("number", TAKEN)
def test_every_true_way_is_taken_and_all_are_waited_for(number: int, prune: bool) -> None:  # noqa: FBT001 – pytest gives it
    for order in itertools.permutations(TAKEN[number]):
        walk = Walk(define(ANY), prune=prune)
        walk.begin(n=number)
        assert walk.waiting == TAKEN[number]
        for element in order:
            assert "decide" not in walk.waiting
            walk.done(element, **{f"{element}_seen": True})
        assert walk.waiting == ["decide"]
        walk.done("decide")
        assert walk.ended is not None
        assert walk.ended.variables == {"n": number} | {f"{e}_seen": True for e in order}


def test_an_unknown_condition_is_an_incident_and_no_way_is_taken() -> None:
    walk = Walk(define(ANY))
    walk.begin()

    assert [incident.element_id for incident in walk.incidents] == ["which"]
    assert walk.waiting == []

    walk.retry(n=1)
    assert walk.waiting == ["rent"]


@PRUNE
def test_an_inclusive_join_waits_for_a_branch_that_is_given_up_no_longer(prune: bool) -> None:  # noqa: FBT001 – as above
    """The branch leaves by its edge and ends elsewhere: nothing can come from it any more."""
    walk = Walk(
        define(
            draw(
                "p", start(), any_of("which", default="which_to_c"), user("a"), user("b"),
                manual("c"), on_timer("late", "a"), end("given_up"), any_of("met"),
                user("decide"), end(),
                path("start", "which", "[true]", "a", "met", "decide", "end"),
                path("which", "[not(false)]", "b", "met"), path("which", "c", "met"),
                path("late", "given_up"),
            )
        ),
        prune=prune,
    )  # fmt: skip
    walk.begin()
    walk.done("b")
    assert walk.waiting == ["a", "late"]

    walk.done("late")

    assert walk.waiting == ["decide"]


@PRUNE
def test_an_inclusive_join_in_a_ring_is_met_once_a_round(prune: bool) -> None:  # noqa: FBT001 – as above
    walk = Walk(
        define(
            draw(
                "p", start(), either("again"), any_of("which", default="which_to_b"), user("a"),
                user("b"), any_of("met"), user("decide"), either("more", default="more_to_end"),
                end(), path("start", "again", "which", "[both]", "a", "met", "decide", "more"),
                path("which", "b", "met"), path("more", "[again]", "again"), path("more", "end"),
            )
        ),
        prune=prune,
    )  # fmt: skip
    walk.begin(both=True, again=True)
    for _ in range(3):
        walk.done("a")
        walk.done("decide")
    walk.done("a")
    walk.done("decide", again=False)

    assert walk.ended is not None
    assert not walk.incidents


@PRUNE
def test_a_join_inside_another_in_a_ring_does_not_wait_for_the_next_round(prune: bool) -> None:  # noqa: FBT001 – as above
    """From the outer branch a token can come back to the inner join, but a round later."""
    walk = Walk(
        define(
            draw(
                "p", start(), either("again"), any_of("outer", default="outer_to_o_hand"),
                manual("o_hand"), user("a"), any_of("inner", default="inner_to_i_hand"),
                manual("i_hand"), user("b"), any_of("i_met"), any_of("o_met"), user("decide"),
                either("more", default="more_to_end"), end(),
                path("start", "again", "outer", "o_hand", "o_met", "decide", "more", "end"),
                path("outer", "[true]", "a", "o_met"), path("outer", "[not(false)]", "inner"),
                path("inner", "i_hand", "i_met", "o_met"), path("inner", "[b]", "b", "i_met"),
                path("more", "[again]", "again"),
            )
        ),
        prune=prune,
    )  # fmt: skip
    walk.begin(b=False, again=True)
    assert walk.waiting == ["a"]
    walk.done("a")
    walk.done("decide", b=True)
    walk.done("a")
    assert walk.waiting == ["b"]
    walk.done("b")
    walk.done("decide", again=False)

    assert walk.ended is not None
    assert not walk.incidents


# ---- event gateways ------------------------------------------------------------------------

RACE = draw(
    "p", start(), first("which"), receive("answer", "hearing-answered", "id"),
    pause("week", duration="P7D"), pause("month", duration="P30D"), user("read"), user("remind"),
    user("close"), either("met"), end(),
    path("start", "which", "answer", "read", "met", "end"), path("which", "week", "remind", "met"),
    path("which", "month", "close", "met"),
)  # fmt: skip


@PRUNE
@pytest.mark.parametrize(
    ("event", "then"), [("answer", "read"), ("week", "remind"), ("month", "close")]
)
def test_the_first_event_goes_on_and_the_others_are_given_up(
    event: str,
    then: str,
    prune: bool,  # noqa: FBT001 – pytest gives it
) -> None:
    walk = Walk(define(RACE), prune=prune)
    walk.begin(id="x")
    assert walk.waiting == ["answer", "month", "week"]
    late = {name: walk.find(name) for name in ("answer", "week", "month") if name != event}

    walk.done(event)

    assert walk.waiting == [then]
    assert not set(late.values()) & set(walk.open)
    walk.done(then)
    assert walk.ended is not None


def test_finding_12_two_timers_behind_one_gateway_each_have_their_own_moment() -> None:
    walk = Walk(define(RACE))
    walk.begin(id="x")

    due = {e.element_id: e.due_at for e in walk.open.values() if isinstance(e, SetTimer)}

    assert due["week"] - NOW == timedelta(days=7)
    assert due["month"] > due["week"] + timedelta(days=22)


def test_an_event_that_cannot_be_waited_for_opens_none_of_them() -> None:
    walk = Walk(define(RACE))
    walk.begin()

    assert [incident.element_id for incident in walk.incidents] == ["which"]
    assert walk.waiting == []

    walk.retry(id="x")
    assert walk.waiting == ["answer", "month", "week"]


@pytest.mark.parametrize(
    "inside",
    [
        [user("a"), pause("b"), path("which", "a", "end"), path("which", "b", "end")],
        [pause("b"), path("which", "b", "end")],
        [pause("a"), pause("b"), path("start", "which", "a", "b", "end"), path("which", "b")],
    ],
)
def test_an_event_gateway_without_events_of_its_own_is_refused(inside: list[str]) -> None:
    with pytest.raises(DeploymentError) as refused:
        define(draw("p", start(), first("which"), end(), path("start", "which"), *inside))

    assert "gateway.first" in {finding.id for finding in refused.value.findings}


# ---- links, marks, manual tasks ------------------------------------------------------------


def test_a_link_goes_on_where_its_name_catches() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), either("w", default="w_to_out_1"), user("a"),
                link("out_1", "on", throws=True), link("out_2", "on", throws=True),
                link("in", "on", throws=False), passed("mark"), manual("by_hand"), user("b"),
                end(), path("start", "w", "[n > 1]", "a", "out_2"), path("w", "out_1"),
                path("in", "mark", "by_hand", "b", "end"),
            )
        )
    )  # fmt: skip
    walk.begin(n=2)
    walk.done("a")
    walk.done("b")

    assert walk.ended is not None
    assert walk.taken[-4:] == ["p/in_to_mark", "p/mark_to_by_hand", "p/by_hand_to_b", "p/b_to_end"]
    assert "p/out_2_to_in" in walk.taken


@pytest.mark.parametrize(
    ("inside", "rule"),
    [
        ([link("out", "a", throws=True), link("in", "b", throws=False)], "link.target"),
        ([link("out", "", throws=True), link("in", "b", throws=False)], "link.name"),
        ([link("out", "b", throws=True), link("in", "b", throws=False),
          link("in_2", "b", throws=False), path("in_2", "end")], "link.target"),
    ],
)  # fmt: skip
def test_a_link_that_leads_nowhere_is_refused(inside: list[str], rule: str) -> None:
    with pytest.raises(DeploymentError) as refused:
        define(draw("p", start(), end(), *inside, path("start", "out"), path("in", "end")))

    assert rule in {finding.id for finding in refused.value.findings}


def test_a_send_task_is_a_step() -> None:
    sends = service("s", "letters.send").replace("serviceTask ", "sendTask ")
    sends = sends.replace("</bpmn:serviceTask>", "</bpmn:sendTask>")
    walk = Walk(define(draw("p", start(), sends, end(), path("start", "s", "end"))))
    walk.begin()

    assert walk.definition.steps == {"letters.send"}
    assert walk.done("s").ended


# ---- escalations ---------------------------------------------------------------------------


def escalating(*, interrupting: bool, ends: bool = False) -> bytes:
    """A part that raises an escalation after its first task, and again after its second."""
    inside = (
        (start("in"), user("a"), raised("up", "late", ends=True), path("in", "a", "up"))
        if ends
        else (start("in"), user("a"), raised("up", "late"), user("b"), raised("up_2", "late"),
              end("out"), path("in", "a", "up", "b", "up_2", "out"))
    )  # fmt: skip
    return draw(
        "p", start(), part("work", *inside),
        on_escalation("on_late", "work", "late", interrupting=interrupting), user("look"),
        end("looked"), user("c"), end(), path("start", "work", "c", "end"),
        path("on_late", "look", "looked"),
    )  # fmt: skip


@PRUNE
def test_an_escalation_that_interrupts_gives_up_the_part(prune: bool) -> None:  # noqa: FBT001 – as above
    walk = Walk(define(escalating(interrupting=True)), prune=prune)
    walk.begin()
    walk.done("a", why="ill")

    assert walk.waiting == ["look"]
    walk.done("look")
    assert walk.ended is not None
    assert walk.ended.variables == {"why": "ill"}


@PRUNE
@pytest.mark.parametrize(
    "order", [("b", "look", "look", "c"), ("look", "b", "c", "look"), ("b", "c", "look", "look")]
)
def test_an_escalation_that_does_not_interrupt_is_heard_every_time(
    order: tuple[str, ...],
    prune: bool,  # noqa: FBT001 – pytest gives it
) -> None:
    walk = Walk(define(escalating(interrupting=False)), prune=prune)
    walk.begin()
    walk.done("a")
    assert walk.waiting == ["b", "look"]

    for element in order:
        assert walk.ended is None
        walk.done(element)

    assert walk.ended is not None
    assert not walk.incidents


@PRUNE
@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_at_an_end(interrupting: bool, prune: bool) -> None:  # noqa: FBT001 – as above
    walk = Walk(define(escalating(interrupting=interrupting, ends=True)), prune=prune)
    walk.begin()
    walk.done("a")

    assert walk.waiting == (["look"] if interrupting else ["c", "look"])


def test_an_escalation_leaves_a_called_process_and_nobody_hearing_it_is_an_incident() -> None:
    inner = draw("inner", start(), user("a"), raised("up", "late"), user("b"), end(),
                 path("start", "a", "up", "b", "end"))  # fmt: skip
    edge = on_escalation("on_late", "c", "late", interrupting=False)
    outer = [start(), call("c", "inner", {}, {}), user("look"), end(), path("start", "c", "end")]

    heard = Walk(define(draw("p", *outer, edge, path("on_late", "look", "end")), inner))
    heard.begin()
    heard.done("a")
    unheard = Walk(define(draw("p", *outer[:2], end(), path("start", "c", "end")), inner))
    unheard.begin()
    unheard.done("a")

    assert heard.waiting == ["b", "look"]
    assert [incident.code for incident in unheard.incidents] == ["unhandled_escalation"]


# ---- all together, in every order ----------------------------------------------------------


@PRUNE
def test_every_order_of_a_race_inside_a_split_ends_the_same(prune: bool) -> None:  # noqa: FBT001 – as above
    drawing = draw(
        "p", start(), both("split"), first("race"), pause("x", duration="P1D"),
        receive("m", "hearing-answered", "id"), manual("hand"), either("one"), user("a"),
        user("b"), both("join"), end(),
        path("start", "split", "race", "x", "hand", "one", "join", "end"),
        path("race", "m", "one"), path("split", "a", "join"), path("split", "b", "join"),
    )  # fmt: skip
    ends = []
    for winner in ("x", "m"):
        for order in itertools.permutations([winner, "a", "b"]):
            walk = Walk(define(drawing), prune=prune)
            walk.begin(id=7)
            for element in order:
                walk.done(element, **({f"{element}_by": element} if element in "ab" else {}))
            assert walk.ended is not None
            assert walk.open == {}
            ends.append(walk.ended.variables)

    assert all(variables == {"id": 7, "a_by": "a", "b_by": "b"} for variables in ends)
