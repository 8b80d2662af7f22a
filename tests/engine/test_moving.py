"""A running instance goes on under another version, or is told what is in the way; nothing is lost.

Moves are tried on every state a walk comes through, saved and loaded in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from processes.domain.errors import BrokenStateError
from processes.engine.definitions import Definition
from processes.engine.effects import Await, OpenTask, RunStep, SetTimer, Withdraw
from processes.engine.moving import Moved, move
from tests.engine.drawing import (
    NOW,
    Walk,
    both,
    call,
    define,
    draw,
    either,
    end,
    first,
    on_message,
    on_timer,
    part,
    path,
    pause,
    receive,
    service,
    start,
    user,
)
from tests.engine.test_state import drawings


def moved(walk: Walk, new: Definition, **by_hand: str) -> Moved:
    """Move a walk to another version; the walk goes on there when nothing is in the way."""
    assert walk.state is not None
    done = move(
        walk.definition, new, walk.state, walk.now,
        by_hand={f"p/{old}": to for old, to in by_hand.items()}, tables=walk.tables,
    )  # fmt: skip
    if done.hindrances:
        assert done.state == walk.state
        assert not done.effects
        return done
    walk.definition, walk.state = new, done.state
    for effect in (*done.effects, *done.reworded):
        match effect:
            case SetTimer(token=token) if token in walk.open:
                pass  # its moment stays
            case OpenTask() | RunStep() | SetTimer() | Await():
                walk.open[effect.token] = effect
            case Withdraw(token):
                walk.open.pop(token, None)
            case _:
                pass
    return done


def reasons(done: Moved) -> list[tuple[str, str]]:
    return [(each.element_id, each.reason) for each in done.hindrances]


PLAIN = define(draw("p", start(), user("a"), user("b"), end(), path("start", "a", "b", "end")))


# ---- where it stands -----------------------------------------------------------------------


def test_a_task_that_stays_keeps_its_token_and_goes_on_in_the_new_version() -> None:
    new = define(
        draw("p", start(), user("a"), user("more"), user("b"), end(),
             path("start", "a", "more", "b", "end"))
    )  # fmt: skip
    walk = Walk(PLAIN)
    walk.begin(x=1)
    token = walk.find("a")

    moved(walk, new)

    assert walk.find("a") == token
    walk.done("a", y=2)
    assert walk.waiting == ["more"]
    walk.done("more")
    walk.done("b")
    assert walk.ended is not None
    assert walk.ended.variables == {"x": 1, "y": 2}


def test_an_element_that_is_gone_is_a_hindrance_with_its_id_and_a_way_out() -> None:
    new = define(draw("p", start(), user("b"), end(), path("start", "b", "end")))
    walk = Walk(PLAIN)
    walk.begin()

    done = moved(walk, new)

    assert [each.element_id for each in done.hindrances] == ["a"]
    assert "findes ikke" in done.hindrances[0].reason
    assert "Vælg" in done.hindrances[0].way_out
    assert not moved(walk, new, a="b").hindrances
    walk.done("b")
    assert walk.ended is not None


def test_a_token_is_not_moved_to_an_element_of_another_kind() -> None:
    new = define(draw("p", start(), service("a"), end(), path("start", "a", "end")))
    walk = Walk(PLAIN)
    walk.begin()

    assert "serviceTask" in reasons(moved(walk, new))[0][1]


def test_an_instance_that_has_ended_is_not_moved() -> None:
    walk = Walk(PLAIN)
    walk.begin()
    walk.done("a")
    walk.done("b")

    assert "slut" in reasons(moved(walk, PLAIN))[0][1]


def test_another_process_is_no_version_of_this_one() -> None:
    other = define(draw("q", start(), user("a"), end(), path("start", "a", "end")))
    walk = Walk(PLAIN)
    walk.begin()

    assert "en anden proces" in reasons(moved(walk, other))[0][1]


def test_a_state_is_moved_only_from_the_version_it_is_on() -> None:
    walk = Walk(PLAIN)
    walk.begin()
    new = define(draw("p", start(), user("a"), end(), path("start", "a", "end")))

    assert walk.state is not None
    with pytest.raises(BrokenStateError):
        move(new, PLAIN, walk.state, NOW)


def test_a_step_that_the_case_is_past_is_said_not_to_be_done() -> None:
    new = define(
        draw("p", start(), service("check"), user("a"), user("b"), end(),
             path("start", "check", "a", "b", "end"))
    )  # fmt: skip
    walk = Walk(PLAIN)
    walk.begin()

    assert any("'check' er nyt" in text for text in moved(walk, new).changes)


# ---- what it waits for ---------------------------------------------------------------------


def test_a_task_gets_its_new_form_and_role_under_its_old_token() -> None:
    new = define(
        draw("p", start(), user("a", form="casework.other"), user("b"), end(),
             path("start", "a", "b", "end"))
    )  # fmt: skip
    walk = Walk(PLAIN)
    walk.begin(x=1)
    token = walk.find("a")

    done = moved(walk, new)

    (task,) = done.reworded
    assert isinstance(task, OpenTask)
    assert (task.token, task.form_key, task.variables) == (token, "casework.other", {"x": 1})
    assert any("anden formular" in text for text in done.changes)


def test_a_deadline_that_runs_keeps_its_moment() -> None:
    def drawn(days: str) -> Definition:
        return define(
            draw("p", start(), user("a"), on_timer("late", "a", duration=days), end(), end("over"),
                 path("start", "a", "end"), path("late", "over"))
        )  # fmt: skip

    walk = Walk(drawn("P14D"))
    walk.begin()
    before = walk.open[walk.find("late")]

    done = moved(walk, drawn("P30D"))

    assert walk.open[walk.find("late")] == before
    assert not [each for each in done.effects if isinstance(each, SetTimer)]
    assert any("løber videre" in text for text in done.changes)
    walk.done("late")
    assert walk.ended is not None
    assert walk.ended.element_id == "over"


def test_what_is_new_on_an_edge_is_listened_for_at_once() -> None:
    new = define(
        draw(
            "p", start(), user("a"), on_timer("late", "a", duration="P2D"),
            on_message("stop", "a", "case-withdrawn"), user("b"), end(), end("over"), end("gone"),
            path("start", "a", "b", "end"), path("late", "over"), path("stop", "gone"),
        )
    )  # fmt: skip
    walk = Walk(PLAIN)
    walk.begin(case_id="c")

    moved(walk, new)

    assert walk.waiting == ["a", "late", "stop"]
    due = walk.open[walk.find("late")]
    assert isinstance(due, SetTimer)
    assert due.due_at == NOW + timedelta(days=2)
    walk.done("stop")
    assert walk.waiting == []
    assert walk.ended is not None
    assert walk.ended.element_id == "gone"


def test_what_is_gone_from_an_edge_is_waited_for_no_longer() -> None:
    old = define(
        draw("p", start(), user("a"), on_timer("late", "a"), user("b"), end(), end("over"),
             path("start", "a", "b", "end"), path("late", "over"))
    )  # fmt: skip
    walk = Walk(old)
    walk.begin()
    token = walk.find("late")

    done = moved(walk, PLAIN)

    assert Withdraw(token) in done.effects
    assert walk.waiting == ["a"]
    walk.done("a")
    assert walk.waiting == ["b"]


def test_a_deadline_that_has_passed_does_not_pass_again() -> None:
    def drawn(form: str) -> Definition:
        late = on_timer("late", "a", interrupting=False)
        return define(
            draw("p", start(), user("a", form=form), late, user("remind"), end(), end("e"),
                 path("start", "a", "end"), path("late", "remind", "e"))
        )  # fmt: skip

    walk = Walk(drawn("casework.assess"))
    walk.begin()
    walk.done("late")

    moved(walk, drawn("casework.other"))

    assert walk.waiting == ["a", "remind"]


def test_a_message_is_waited_for_by_its_new_name_and_key() -> None:
    old = define(
        draw("p", start(), receive("w", "answer-came", "x"), end(), path("start", "w", "end"))
    )
    new = define(
        draw("p", start(), receive("w", "paper-came", "y"), end(), path("start", "w", "end"))
    )
    walk = Walk(old)
    walk.begin(x="1", y="2")

    (wait,) = moved(walk, new).reworded

    assert isinstance(wait, Await)
    assert (wait.message, wait.key, wait.token) == ("paper-came", "2", walk.find("w"))


def test_a_key_the_case_does_not_know_is_a_hindrance() -> None:
    old = define(
        draw("p", start(), receive("w", "answer-came", "x"), end(), path("start", "w", "end"))
    )
    new = define(
        draw("p", start(), receive("w", "answer-came", "y"), end(), path("start", "w", "end"))
    )
    walk = Walk(old)
    walk.begin(x="1")

    assert reasons(moved(walk, new))[0][0] == "w"


def test_a_race_loses_and_gains_events_and_is_still_one_race() -> None:
    def race(*events: str, flows: Iterator[str] | None = None) -> Definition:
        names = [each.split('id="')[1].split('"')[0] for each in events]
        return define(
            draw("p", start(), first("which"), *events, either("met"), end(),
                 path("start", "which"), path("met", "end"),
                 *(path("which", name, "met") for name in names))
        )  # fmt: skip

    old = race(receive("answer", "answer-came", "id"), pause("week", duration="P7D"))
    new = race(receive("answer", "answer-came", "id"), pause("month", duration="P30D"))
    walk = Walk(old)
    walk.begin(id="1")

    moved(walk, new)

    assert walk.waiting == ["answer", "month"]
    walk.done("month")
    assert walk.waiting == []
    assert walk.ended is not None


# ---- branches ------------------------------------------------------------------------------

FORK = define(
    draw("p", start(), both("split"), user("a"), user("b"), both("met"), user("c"), end(),
         path("start", "split", "a", "met", "c", "end"), path("split", "b", "met"))
)  # fmt: skip


def test_a_join_with_a_branch_that_never_began_is_a_hindrance() -> None:
    new = define(
        draw("p", start(), both("split"), user("a"), user("b"), user("n"), both("met"), user("c"),
             end(), path("start", "split", "a", "met", "c", "end"), path("split", "b", "met"),
             path("split", "n", "met"))
    )  # fmt: skip
    walk = Walk(FORK)
    walk.begin()
    assert "aldrig er begyndt" in reasons(moved(walk, new))[0][1]
    walk.done("a")
    assert "aldrig er begyndt" in reasons(moved(walk, new))[0][1]
    walk.done("b")
    assert not moved(walk, new).hindrances
    walk.done("c")
    assert walk.ended is not None


def test_a_branch_that_has_come_in_counts_when_something_is_drawn_before_the_join() -> None:
    new = define(
        draw("p", start(), both("split"), user("a"), user("check"), user("b"), both("met"),
             user("c"), end(), path("start", "split", "a", "check", "met", "c", "end"),
             path("split", "b", "met"))
    )  # fmt: skip
    walk = Walk(FORK)
    walk.begin()
    walk.done("a")

    assert any("regnes" in text for text in moved(walk, new).changes)
    walk.done("b")
    assert walk.waiting == ["c"]


def test_two_branches_are_not_moved_into_one_line() -> None:
    new = define(
        draw("p", start(), user("a"), user("b"), user("c"), end(),
             path("start", "a", "b", "c", "end"))
    )  # fmt: skip
    walk = Walk(FORK)
    walk.begin()

    assert any("to gange" in reason for _, reason in reasons(moved(walk, new)))


def test_a_branch_less_lets_the_join_be_met_when_the_others_are_there() -> None:
    three = define(
        draw("p", start(), both("split"), user("a"), user("b"), user("n"), both("met"), user("c"),
             end(), path("start", "split", "a", "met", "c", "end"), path("split", "b", "met"),
             path("split", "n", "met"))
    )  # fmt: skip
    walk = Walk(three)
    walk.begin()
    walk.done("n")
    walk.done("a")
    # The branch that came in from the element that is gone has no way to the join any more.
    assert moved(walk, FORK).hindrances

    walk = Walk(three)
    walk.begin()
    walk.done("a")
    walk.done("b")
    assert walk.waiting == ["n"]
    assert reasons(moved(walk, FORK))[0][0] == "n"


# ---- calls and parts -----------------------------------------------------------------------

INNER = draw("inner", start(), user("i"), end(), path("start", "i", "end"))
OUTER = draw("p", start(), call("c", "inner", {"x": "x"}, {"y": "y"}), user("b"), end(),
             path("start", "c", "b", "end"))  # fmt: skip


def test_a_token_in_a_called_process_is_moved_with_it() -> None:
    old = define(OUTER, INNER, key="p")
    new = define(
        OUTER,
        draw("inner", start(), user("i"), user("j"), end(), path("start", "i", "j", "end")),
        key="p",
    )
    walk = Walk(old)
    walk.begin(x=1)

    moved(walk, new)

    walk.done("i", y=5)
    walk.done("j")
    assert walk.waiting == ["b"]
    walk.done("b")
    assert walk.ended is not None
    assert walk.ended.variables == {"x": 1, "y": 5}


def test_a_token_in_a_part_is_moved_with_it_and_not_out_of_it() -> None:
    inside = part("part", start("s"), user("a"), end("e"), path("s", "a", "e"))
    old = define(draw("p", start(), inside, end(), path("start", "part", "end")))
    wide = part("part", start("s"), user("a"), user("z"), end("e"), path("s", "a", "z", "e"))
    new = define(draw("p", start(), wide, end(), path("start", "part", "end")))
    walk = Walk(old)
    walk.begin()

    assert reasons(moved(walk, PLAIN))[0][0] == "part"
    moved(walk, new)
    walk.done("a")
    walk.done("z")
    assert walk.ended is not None


def test_an_edge_around_a_part_is_gained_by_an_instance_that_is_inside() -> None:
    inside = part("part", start("s"), user("a"), end("e"), path("s", "a", "e"))
    old = define(draw("p", start(), inside, end(), path("start", "part", "end")))
    new = define(
        draw("p", start(), inside, on_message("stop", "part", "case-withdrawn"), end(), end("gone"),
             path("start", "part", "end"), path("stop", "gone"))
    )  # fmt: skip
    walk = Walk(old)
    walk.begin(case_id="c")

    moved(walk, new)

    walk.done("stop")
    assert walk.waiting == []
    assert walk.ended is not None
    assert walk.ended.element_id == "gone"


# ---- what stands still ---------------------------------------------------------------------


def test_an_incident_is_solved_by_the_version_that_mends_its_cause() -> None:
    def asks(condition: str) -> Definition:
        return define(
            draw("p", start(), either("q", default="q_to_b"), user("a"), user("b"), end(),
                 path("start", "q", f"[{condition}]", "a", "end"), path("q", "b", "end"))
        )  # fmt: skip

    walk = Walk(asks("unknown > 1"))
    walk.begin(x=1)
    assert len(walk.incidents) == 1

    moved(walk, asks("x = 1"))
    walk.retry()

    assert walk.waiting == ["a"]


# ---- harm ----------------------------------------------------------------------------------


def test_nobody_is_moved_past_the_person_before_a_step_that_can_do_harm() -> None:
    old = define(
        draw("p", start(), service("look"), user("decide"), service("refuse", "harm.done"), end(),
             path("start", "look", "decide", "refuse", "end"))
    )  # fmt: skip
    walk = Walk(old)
    walk.begin()
    assert walk.state is not None
    straight = define(
        draw("p", start(), user("decide"), service("look"), service("refuse", "harm.done"), end(),
             path("start", "decide", "look", "refuse", "end"))
    )  # fmt: skip

    done = move(old, straight, walk.state, NOW, is_adverse=lambda step: step == "harm.done")

    assert "til skade" in done.hindrances[0].reason
    assert not move(
        old, old, walk.state, NOW, is_adverse=lambda step: step == "harm.done"
    ).hindrances


# ---- there and back ------------------------------------------------------------------------


def versions() -> list[tuple[Definition, Definition]]:
    """Pairs of versions that differ on edges, forms and what follows, not in where one stands."""

    def one(*, edge: bool, more: bool) -> Definition:
        fork = [both("split"), user("a"), user("b"), service("s"), both("met"), user("c")]
        edges = [on_timer("late", "a"), on_message("stop", "b", "case-withdrawn")] if edge else []
        ends = [end("over"), end("gone")] if edge else []
        flows = [path("late", "over"), path("stop", "gone")] if edge else []
        tail = ["c", "d", "end"] if more else ["c", "end"]
        return define(
            draw("p", start(), *fork, *edges, *([user("d")] if more else []), end(), *ends,
                 path("start", "split", "a", "met", *tail), path("split", "b", "s", "met"), *flows)
        )  # fmt: skip

    made = [one(edge=edge, more=more) for edge in (False, True) for more in (False, True)]
    return [(old, new) for old in made for new in made if old is not new]


PAIRS = versions()


@given(
    st.sampled_from(PAIRS),
    st.integers(0, 5),
    st.lists(st.integers(0, 9), min_size=12, max_size=12),
)
def test_wherever_it_is_moved_an_instance_loses_nothing_and_can_be_moved_back(
    pair: tuple[Definition, Definition], steps: int, choices: list[int]
) -> None:
    """Walk a while, move, walk on to the end: the same as never having been moved."""
    old, new = pair
    walk = Walk(old)
    walk.begin(case_id="c")
    people = {"a", "b", "s", "c", "d"}
    done: list[str] = []

    def step(number: int) -> None:
        open_now = [name for name in walk.waiting if name in people]
        if open_now:
            name = open_now[choices[number] % len(open_now)]
            walk.done(name, **{f"{name}_done": True})
            done.append(name)

    for number in range(steps):
        step(number)
    if not walk.waiting:
        return
    tokens = {name: walk.find(name) for name in walk.waiting if name in people}
    if "d" in walk.waiting:
        assert [each.element_id for each in moved(walk, new).hindrances] in ([], ["d"])
        return

    assert not moved(walk, new).hindrances
    assert {name: walk.find(name) for name in walk.waiting if name in people} == tokens
    assert not moved(walk, old).hindrances
    assert {name: walk.find(name) for name in walk.waiting if name in people} == tokens
    assert not moved(walk, new).hindrances
    for number in range(steps, 12):
        step(number)

    wanted = {"a", "b", "s", "c"} | ({"d"} if "d" in new.elements else set())
    assert sorted(done) == sorted(wanted)
    assert walk.ended is not None
    assert walk.ended.variables == {"case_id": "c"} | {f"{name}_done": True for name in wanted}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(drawings(), st.data())
def test_moved_before_every_step_a_random_process_goes_as_if_it_had_never_been_moved(
    files: list[bytes], data: st.DataObject
) -> None:
    """The same drawing under another digest, back and forth: every element, part, call and edge."""
    versions = [
        define(*(each.replace(b"Pr\xc3\xb8ve", name) for each in files), key="main")
        for name in (b"Gammel", b"Ny")
    ]
    stays, moves = Walk(versions[0]), Walk(versions[0])
    stays.begin(seed=1)
    moves.begin(seed=1)
    for number in range(1, 40):
        if stays.ended or not stays.waiting:
            break
        done = moved(moves, versions[number % 2])
        assert (done.hindrances, done.effects, done.reworded, done.changes) == ((), (), (), ())
        element = data.draw(st.sampled_from(stays.waiting))
        fails = element.startswith("s") and data.draw(st.booleans())
        for walk in (stays, moves):
            if fails:
                walk.fail(element, "down")
            else:
                walk.done(element, **({} if element.startswith("on") else {element: number}))
        assert (stays.waiting, stays.ended) == (moves.waiting, moves.ended)
        assert set(stays.open) == set(moves.open)
