"""A state survives being written down: bounded, refused where foreign, the same pruned or not."""

from __future__ import annotations

import base64
import itertools
import json
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from processes.domain.errors import BrokenStateError
from processes.engine.effects import Start
from processes.engine.runtime import advance, where_is
from processes.engine.state import VERSION, decode, encode
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
    event_part,
    first,
    link,
    manual,
    many,
    on_error,
    on_escalation,
    on_timer,
    part,
    path,
    pause,
    raised,
    receive,
    service,
    start,
    starts_on,
    user,
)

SIMPLE = draw("p", start(), user("t"), end(), path("start", "t", "end"))


def _body(state: bytes) -> list[object]:
    body: list[object] = json.loads(zlib.decompress(state[len(VERSION) :]))
    return body


def test_a_state_of_another_definition_is_refused() -> None:
    mine = Walk(define(SIMPLE))
    mine.begin()
    assert mine.state is not None
    other = define(draw("p", start(), user("t"), end(), path("start", "t", "end"), name="Ny"))

    with pytest.raises(BrokenStateError, match="belongs to definition"):
        decode(other, mine.state)


@pytest.mark.parametrize(
    "state",
    [b"", b"K\x02" + zlib.compress(b"[]"), VERSION, VERSION + b"junk",
     VERSION + zlib.compress(b"[1")],
)  # fmt: skip
def test_a_broken_state_is_refused_not_guessed_at(state: bytes) -> None:
    with pytest.raises(BrokenStateError):
        decode(define(SIMPLE), state)


def test_a_state_that_unpacks_without_end_is_refused() -> None:
    bomb = VERSION + zlib.compress(b"[" + b" " * 10_000_000 + b"]", 9)

    with pytest.raises(BrokenStateError, match="larger than any state"):
        decode(define(SIMPLE), bomb)


def test_finding_4_variables_do_not_depend_on_the_order_of_their_keys() -> None:
    definition = define(
        draw("p", start(), both("s"), user("a"), user("b"), both("j"), user("t"), end(),
             path("start", "s", "a", "j", "t", "end"), path("s", "b", "j"))
    )  # fmt: skip
    ends = []
    for variables in ({"a": {"x": 1, "y": 2}, "b": 1}, {"b": 1, "a": {"y": 2, "x": 1}}):
        walk = Walk(definition)
        walk.begin(**variables)
        assert walk.state is not None
        body = _body(walk.state)
        shuffled = [json.loads(json.dumps(s), object_pairs_hook=_reversed) for s in body[4]]  # type: ignore[union-attr]
        body[4] = shuffled
        walk.state = VERSION + zlib.compress(json.dumps(body).encode())
        for task in ("a", "b", "t"):
            walk.done(task)
        assert walk.ended is not None
        ends.append(walk.ended.variables)

    assert ends[0] == ends[1] == {"a": {"x": 1, "y": 2}, "b": 1}


def _reversed(pairs: list[tuple[str, object]]) -> dict[str, object]:
    return dict(reversed(pairs))


def test_what_is_read_is_what_was_written() -> None:
    walk = Walk(define(SIMPLE))
    walk.begin(a=[1, "æ", None, True], b={"c": -5})
    assert walk.state is not None

    assert encode(decode(walk.definition, walk.state)) == walk.state


scalars = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=12)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(st.text(max_size=8), values, max_size=6))
def test_whatever_a_process_may_carry_comes_back_the_same(variables: dict[str, object]) -> None:
    definition = define(SIMPLE)
    done = advance(definition, None, Start(variables), NOW)

    (task,) = [t for t in decode(definition, done.state).live() if t.task_spec.name == "t"]

    assert task.data == variables


# ---- pruned and unpruned are one -----------------------------------------------------------


@dataclass
class Shape:
    """A block of a random diagram: what it draws, and where it begins and ends."""

    inside: list[str]
    first: str
    last: str


@dataclass
class Pen:
    """Gives each element of a random diagram its own id, and keeps the processes it calls."""

    count: Counter[str] = field(default_factory=Counter)
    called: list[bytes] = field(default_factory=list)

    def id(self, prefix: str) -> str:
        self.count[prefix] += 1
        return f"{prefix}{self.count[prefix]}"


def _task(pen: Pen) -> Shape:
    key = pen.id("t")
    return Shape([user(key)], key, key)


def _row(_pen: Pen, blocks: list[Shape]) -> Shape:
    links = [path(one.last, two.first) for one, two in itertools.pairwise(blocks)]
    inside = [line for block in blocks for line in block.inside]
    return Shape([*inside, *links], blocks[0].first, blocks[-1].last)


def _parallel(pen: Pen, blocks: list[Shape]) -> Shape:
    split, join = pen.id("split"), pen.id("join")
    inside = [both(split), both(join)]
    for block in blocks:
        inside += [*block.inside, path(split, block.first), path(block.last, join)]
    return Shape(inside, split, join)


def _loop(pen: Pen, block: Shape) -> Shape:
    again, asked, when = pen.id("again"), pen.id("t"), pen.id("when")
    out = pen.id("out")
    inside = [
        either(again), *block.inside, user(asked), either(when, default=f"{when}_to_{out}"),
        either(out), path(again, block.first), path(block.last, asked, when, out),
        path(when, f"[{asked} < 2]", again),
    ]  # fmt: skip
    return Shape(inside, again, out)


def _timed(pen: Pen, *, interrupting: bool) -> Shape:
    host, event, late, meet = pen.id("t"), pen.id("on"), pen.id("late"), pen.id("meet")
    inside = [user(host), on_timer(event, host, interrupting=interrupting), user(late)]
    if interrupting:
        inside += [either(meet), path(host, meet), path(event, late, meet)]
        return Shape(inside, host, meet)
    apart = pen.id("end")
    inside += [end(apart), path(event, late, apart)]
    return Shape(inside, host, host)


def _failing(pen: Pen) -> Shape:
    host, event, meet = pen.id("s"), pen.id("on"), pen.id("meet")
    inside = [
        service(host), on_error(event, host, "down"), either(meet), path(host, meet),
        path(event, meet),
    ]  # fmt: skip
    return Shape(inside, host, meet)


def _part(pen: Pen, block: Shape) -> Shape:
    key, begin, stop = pen.id("part"), pen.id("start"), pen.id("end")
    inside = part(
        key, start(begin), *block.inside, end(stop), path(begin, block.first),
        path(block.last, stop),
    )  # fmt: skip
    event, late, apart = pen.id("on"), pen.id("late"), pen.id("end")
    lines = [
        inside, on_timer(event, key, interrupting=False), user(late), end(apart),
        path(event, late, apart),
    ]  # fmt: skip
    return Shape(lines, key, key)


def _any(pen: Pen, blocks: list[Shape], taken: list[bool]) -> Shape:
    split, otherwise, join = pen.id("any"), pen.id("by_hand"), pen.id("met")
    inside = [
        any_of(split, default=f"{split}_to_{otherwise}"), manual(otherwise), any_of(join),
        path(split, otherwise, join),
    ]  # fmt: skip
    for block, true in zip(blocks, taken, strict=True):
        condition = f"[{str(true).lower()}]"
        inside += [*block.inside, path(split, condition, block.first), path(block.last, join)]
    return Shape(inside, split, join)


def _race(pen: Pen, block: Shape) -> Shape:
    gateway, early, late, meet = pen.id("race"), pen.id("on"), pen.id("on"), pen.id("meet")
    message, link_out, link_in = pen.id("m"), pen.id("out"), pen.id("in")
    inside = [
        first(gateway), pause(early, duration="P1D"), pause(late, duration="P2D"), either(meet),
        receive(message, "answer-given", "seed"), *block.inside,
        link(link_out, link_in, throws=True), link(link_in, link_in, throws=False),
        path(gateway, early, block.first), path(block.last, meet), path(gateway, late, meet),
        path(gateway, message, link_out), path(link_in, meet),
    ]  # fmt: skip
    return Shape(inside, gateway, meet)


def _escalating(pen: Pen, block: Shape, *, interrupting: bool) -> Shape:
    key, begin, stop, up = pen.id("part"), pen.id("start"), pen.id("end"), pen.id("up")
    event, late, apart, meet = pen.id("hear"), pen.id("late"), pen.id("end"), pen.id("meet")
    inside = part(
        key, start(begin), *block.inside, raised(up, "late"), end(stop),
        path(begin, block.first), path(block.last, up, stop),
    )  # fmt: skip
    lines = [inside, on_escalation(event, key, "late", interrupting=interrupting), user(late)]
    if interrupting:
        lines += [either(meet), path(key, meet), path(event, late, meet)]
        return Shape(lines, key, meet)
    return Shape([*lines, end(apart), path(event, late, apart)], key, key)


def _many(pen: Pen, *, sequential: bool) -> Shape:
    key = pen.id("t")
    return Shape([many(user(key), over="[1, 2]", item="one", sequential=sequential)], key, key)


def _evented(pen: Pen, block: Shape, *, interrupting: bool) -> Shape:
    key, begin, stop = pen.id("part"), pen.id("start"), pen.id("end")
    inside, event, late, apart = pen.id("by"), pen.id("on"), pen.id("late"), pen.id("end")
    listening = event_part(
        inside, starts_on(event, "timer:P1D", interrupting=interrupting), user(late), end(apart),
        path(event, late, apart),
    )  # fmt: skip
    drawn = part(
        key, start(begin), *block.inside, end(stop), path(begin, block.first),
        path(block.last, stop), listening,
    )  # fmt: skip
    return Shape([drawn], key, key)


def _call(pen: Pen, block: Shape) -> Shape:
    key, process = pen.id("call"), pen.id("called")
    begin, stop = pen.id("start"), pen.id("end")
    pen.called.append(
        draw(
            process, start(begin), *block.inside, end(stop, done="1"), path(begin, block.first),
            path(block.last, stop),
        )
    )  # fmt: skip
    return Shape([call(key, process, {"seed": "seed"}, {key: "done"})], key, key)


@st.composite
def blocks(draw_one: st.DrawFn, pen: Pen, depth: int) -> Shape:  # noqa: C901 – one case a kind
    """A random block; nested at most `depth` times."""
    plain = ["task", "timed", "side", "failing", "many"]
    kind = draw_one(
        st.sampled_from(
            plain
            if depth == 0
            else [*plain, "row", "par", "loop", "part", "call", "any", "race", "up", "event"]
        )
    )

    def inner() -> Shape:
        return draw_one(blocks(pen, depth - 1))

    match kind:
        case "task":
            return _task(pen)
        case "timed":
            return _timed(pen, interrupting=True)
        case "side":
            return _timed(pen, interrupting=False)
        case "failing":
            return _failing(pen)
        case "many":
            return _many(pen, sequential=draw_one(st.booleans()))
        case "event":
            return _evented(pen, inner(), interrupting=draw_one(st.booleans()))
        case "row":
            return _row(pen, [inner() for _ in range(2)])
        case "par":
            return _parallel(pen, [inner() for _ in range(draw_one(st.integers(2, 3)))])
        case "loop":
            return _loop(pen, inner())
        case "part":
            return _part(pen, inner())
        case "any":
            taken = draw_one(st.lists(st.booleans(), min_size=2, max_size=3))
            return _any(pen, [inner() for _ in taken], taken)
        case "race":
            return _race(pen, inner())
        case "up":
            return _escalating(pen, inner(), interrupting=draw_one(st.booleans()))
        case _:
            return _call(pen, inner())


@st.composite
def drawings(draw_one: st.DrawFn) -> list[bytes]:
    """A random process, with the processes it calls."""
    pen = Pen()
    block = draw_one(blocks(pen, 3))
    main = draw(
        "main", start("begin"), *block.inside, end("finish"), path("begin", block.first),
        path(block.last, "finish"),
    )  # fmt: skip
    return [main, *pen.called]


def _seen(walk: Walk) -> tuple[object, ...]:
    assert walk.state is not None
    return (
        walk.waiting,
        walk.ended,
        [(incident.code, incident.element_id) for incident in walk.incidents],
        Counter(walk.taken),
        sorted((p.process_id, p.element_id) for p in where_is(walk.definition, walk.state)),
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawings(), st.data())
def test_pruning_changes_nothing_in_any_order_of_completion(
    files: list[bytes], data: st.DataObject
) -> None:
    definition = define(*files, key="main")
    pruned, kept = Walk(definition), Walk(definition, prune=False)
    visits: Counter[str] = Counter()
    pruned.begin(seed=1)
    kept.begin(seed=1)
    for _ in range(60):
        assert _seen(pruned) == _seen(kept)
        assert not pruned.incidents
        if pruned.ended or not pruned.waiting:
            break
        element = data.draw(st.sampled_from(pruned.waiting))
        visits[element] += 1
        fails = element.startswith("s") and data.draw(st.booleans())
        for walk in (pruned, kept):
            if fails:
                walk.fail(element, "down")
            elif element.startswith("on"):
                walk.done(element)
            else:
                walk.done(element, **{element: visits[element]})
    assert pruned.state is not None
    assert kept.state is not None
    assert len(_body(pruned.state)[5]) <= len(_body(kept.state)[5])  # type: ignore[arg-type]


def _all_orders(definition: object, walk: Walk, done: tuple[str, ...]) -> set[tuple[object, ...]]:
    """Complete what is open in every possible order; return the different endings."""
    if walk.ended is not None:
        return {(walk.ended.element_id, json.dumps(walk.ended.variables, sort_keys=True))}
    endings: set[tuple[object, ...]] = set()
    for element in walk.waiting:
        if element.startswith("on"):
            continue
        again = Walk(walk.definition, prune=walk.prune)
        again.begin()
        for before in (*done, element):
            again.done(before, **{before: 1})
        endings |= _all_orders(definition, again, (*done, element))
    return endings


@pytest.mark.parametrize("prune", [True, False])
def test_every_order_of_completion_ends_the_same(prune: bool) -> None:  # noqa: FBT001 – pytest gives it
    definition = define(
        draw(
            "p", start(), both("s1"), user("a"), both("s2"), user("b"), user("c"), both("j2"),
            user("d"), both("j1"), end(), path("start", "s1", "a", "j1", "end"),
            path("s1", "s2", "b", "j2", "d", "j1"), path("s2", "c", "j2"),
        )
    )  # fmt: skip
    walk = Walk(definition, prune=prune)
    walk.begin()

    endings = _all_orders(definition, walk, ())

    assert endings == {("end", '{"a": 1, "b": 1, "c": 1, "d": 1}')}


def test_finding_8_a_long_life_of_joins_and_timers_stays_small_and_flat() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), either("again"), both("s"), user("a"), on_timer("on_a", "a"),
                either("met"), user("b"), both("j"), either("when", default="when_to_end"), end(),
                path("start", "again", "s", "a", "met", "j", "when", "end"),
                path("on_a", "met"), path("s", "b", "j"), path("when", "[n < 300]", "again"),
            )
        )
    )  # fmt: skip
    walk.begin(n=0)
    sizes = []
    for n in range(1, 301):
        walk.done("on_a" if n % 2 else "a")
        walk.done("b", n=n)
        assert walk.state is not None
        sizes.append(len(walk.state))

    assert walk.ended is not None
    assert max(sizes) <= 2 * sizes[0]


# ---- states that were written before -------------------------------------------------------

GOLDEN = Path(__file__).parent / "golden"
SAVED = define(
    draw(
        "golden", start(), both("s"), user("a"), on_timer("on_late", "a", interrupting=False),
        user("late"), end("late_end"), part("part_b", start("in"), user("b"), end("out"),
                                            path("in", "b", "out")),
        call("c", "called", {"seed": "seed"}, {"given": "done"}), both("j"), user("d"), end(),
        path("start", "s", "a", "j", "d", "end"), path("s", "part_b", "j"), path("s", "c", "j"),
        path("on_late", "late", "late_end"),
    ),
    draw("called", start("begin"), service("step"), end("stop", done="answer"),
         path("begin", "step", "stop")),
    key="golden",
)  # fmt: skip


def _half_way() -> Walk:
    walk = Walk(SAVED)
    walk.begin(seed="x", rows=[100, 100], nested={"typename": "t"})
    walk.done("on_late")
    walk.done("b", known=True)
    return walk


def test_a_state_written_by_an_earlier_release_is_read_and_goes_on() -> None:
    """The file is never written anew: a new format gets a new file beside it."""
    written = base64.b64decode((GOLDEN / "state_1.txt").read_text())
    walk = Walk(SAVED, state=written, open=_half_way().open)

    assert sorted(place.element_id for place in where_is(SAVED, written)) == [
        "a", "c", "j", "late", "step",
    ]  # fmt: skip
    walk.done("step", answer=42)
    walk.done("a", ready=True)
    walk.done("d")
    walk.done("late", told=True)

    assert walk.ended is not None
    assert walk.ended.variables == {
        "seed": "x", "rows": [100, 100], "nested": {"typename": "t"}, "known": True, "given": 42,
        "ready": True,
    }  # fmt: skip
