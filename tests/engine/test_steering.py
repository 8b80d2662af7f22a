"""A token is moved by hand without anything of its instance being lost."""

from __future__ import annotations

import pytest

from processes.domain.errors import ConflictError, RuleError
from processes.engine.effects import Ended, OpenTask, Record, SetTimer, TaskCompleted, Withdraw
from processes.engine.runtime import advance
from processes.engine.steering import carried, move
from tests.engine.drawing import (
    NOW,
    Walk,
    both,
    call,
    define,
    draw,
    end,
    on_timer,
    path,
    start,
    user,
)

STRAIGHT = draw(
    "p", start(), user("task_a"), user("task_b"), on_timer("late", "task_b", duration="PT1H"),
    user("task_c"), end(), end("end_late"),
    path("start", "task_a", "task_b", "task_c", "end"), path("late", "end_late"),
)  # fmt: skip


def walked(*drawings: bytes, **variables: object) -> Walk:
    walk = Walk(define(*drawings, key="p"))
    walk.begin(**variables)
    assert walk.state is not None
    return walk


def test_a_moved_token_keeps_its_variables_and_what_was_wanted_of_it_is_withdrawn() -> None:
    walk = walked(STRAIGHT, case_id="c1")
    (token,) = walk.open

    moved = move(walk.definition, walk.state, token, "task_c", NOW, tables={}, by="eva")

    (opened,) = [each for each in moved.effects if isinstance(each, OpenTask)]
    assert (opened.element_id, opened.variables["case_id"]) == ("task_c", "c1")
    assert Withdraw(token) in moved.effects
    assert moved.places == ("p/task_c",)
    said = [(each.what, each.element_id) for each in moved.effects if isinstance(each, Record)]
    assert ("moved", "task_a") in said
    ended = advance(walk.definition, moved.state, TaskCompleted(opened.token, {}, "bo"), NOW)
    assert any(isinstance(each, Ended) for each in ended.effects)


def test_the_events_on_the_edge_come_and_go_with_the_element() -> None:
    walk = walked(STRAIGHT)
    (token,) = walk.open

    into = move(walk.definition, walk.state, token, "task_b", NOW, tables={}, by="eva")
    (timer,) = [each for each in into.effects if isinstance(each, SetTimer)]
    (opened,) = [each for each in into.effects if isinstance(each, OpenTask)]
    away = move(walk.definition, into.state, opened.token, "task_a", NOW, tables={}, by="eva")

    assert Withdraw(timer.token) in away.effects
    assert away.places == ("p/task_a",)


def test_a_branch_that_is_moved_still_meets_the_other() -> None:
    parallel = draw(
        "p", start(), both("all_split"), user("task_a"), user("task_b"), user("task_c"),
        both("all_join"), end(),
        path("start", "all_split", "task_a", "all_join", "end"),
        path("all_split", "task_b", "task_c", "all_join"),
    )  # fmt: skip
    walk = walked(parallel)
    tokens = {each.element_id: each.token for each in carried(walk.definition, walk.state)}

    state = move(
        walk.definition, walk.state, tokens["task_b"], "task_c", NOW, tables={}, by="eva"
    ).state
    tokens = {each.element_id: each.token for each in carried(walk.definition, state)}
    state = advance(walk.definition, state, TaskCompleted(tokens["task_a"], {}, "bo"), NOW).state
    last = advance(walk.definition, state, TaskCompleted(tokens["task_c"], {}, "bo"), NOW)

    assert last.ended


def test_inside_a_called_process_it_stays_there_and_the_caller_goes_on() -> None:
    inner = draw("q", start(), user("task_x"), user("task_y"), end(),
                 path("start", "task_x", "task_y", "end"))  # fmt: skip
    outer = draw("p", start(), call("call_q", "q", {}, {}), user("task_z"), end(),
                 path("start", "call_q", "task_z", "end"))  # fmt: skip
    walk = walked(outer, inner)
    (inside,) = [c for c in carried(walk.definition, walk.state) if c.element_id == "task_x"]
    assert [each for each, _ in inside.targets] == ["task_y"]

    moved = move(walk.definition, walk.state, inside.token, "task_y", NOW, tables={}, by="eva")
    (opened,) = [each for each in moved.effects if isinstance(each, OpenTask)]
    after = advance(walk.definition, moved.state, TaskCompleted(opened.token, {}, "bo"), NOW)

    assert after.places == ("p/task_z",)


def test_nobody_is_put_at_a_gateway_an_end_or_in_another_process() -> None:
    walk = walked(STRAIGHT)
    (token,) = walk.open

    for target in ("end", "late", "nowhere"):
        with pytest.raises(RuleError, match="Vælg et trin"):
            move(walk.definition, walk.state, token, target, NOW, tables={}, by="eva")
    with pytest.raises(ConflictError, match="ikke længere"):
        move(walk.definition, walk.state, "gone", "task_b", NOW, tables={}, by="eva")
