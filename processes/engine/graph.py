"""Answers: which ways are there through these diagrams, and whom do they pass?

Walks the drawing, not the data: a way counts when the arrows allow it, whatever the conditions
say. Calls are followed, so a path that begins in one process and ends in another is one path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from processes.engine.diagrams import PARTS, SIDE_WAYS, WAITS, Diagram, Kind, Node

Diagrams = Mapping[str, Diagram]
SHORTEST = timedelta(minutes=1)
"""A timer in a ring that waits for less is a ring that never stands still."""
Stops = Callable[[Node], bool]
"""Tells whether a way that must avoid something ends at this element."""


def is_person(node: Node) -> bool:
    """Tell whether somebody must do something here; a repeated task may be done no time at all."""
    return node.kind is Kind.USER_TASK and node.repeats is None


def is_wait(node: Node) -> bool:
    """Tell whether the process stands still here until the world does something."""
    if node.repeats is not None:
        return False
    return node.kind in WAITS or node.kind in {Kind.ON_TIMER, Kind.ON_MESSAGE}


def moves_on(node: Node) -> bool:
    """Tell whether something here keeps a ring from running round by the clock alone.

    Somebody acts, a step or a table may set another moment, or time itself passes. A timer that
    waits until a moment does not: the moment may be past, in every round.
    """
    if node.kind in {Kind.CATCH_TIMER, Kind.ON_TIMER}:
        assert node.wait is not None  # noqa: S101 – the reader has seen to it
        return node.wait.until is None and (node.wait.days > 0 or node.wait.clock >= SHORTEST)
    return is_wait(node) or node.kind in {Kind.SERVICE_TASK, Kind.RULE_TASK}


class Ways:
    """The ways through a set of diagrams that avoid the elements of one kind."""

    def __init__(self, diagrams: Diagrams, stops: Stops) -> None:
        self.diagrams = diagrams
        self.stops = stops
        self._open: dict[str, bool] = {}
        self._asking: set[str] = set()

    def after(self, diagram: Diagram, node: Node, *, side_branches: bool = True) -> Iterator[Node]:
        """Yield where a way can go from an element it has reached, avoiding the stops.

        An event on the edge of an element can happen without the element being finished, so it
        is reached even from an element at which the way would end. One that lets the element go
        on begins a branch beside the way, and is left out without `side_branches`.
        """
        for event in node.boundaries:
            if side_branches or event.interrupting:
                yield event
        if self.stops(node) or not self._passable(diagram, node):
            return
        for flow in node.outgoing:
            yield diagram.nodes[flow.target]

    def _passable(self, diagram: Diagram, node: Node) -> bool:
        if node.repeats is not None:
            return True
        if node.kind in PARTS:
            return self.passes(diagram, node.id)
        if node.kind is Kind.CALL:
            called = self.diagrams.get(node.called)
            return called is None or self.passes(called, called.id)
        return True

    def passes(self, diagram: Diagram, scope: str) -> bool:
        """Tell whether a way leads from the start to an end of a process without a stop.

        A branch beside the way finishes nothing: when it ends, the element it left still goes on.
        """
        if scope not in self._open:
            if scope in self._asking:  # it calls itself; found and refused elsewhere
                return False
            self._asking.add(scope)
            self._open[scope] = any(
                (node.kind is Kind.END and node.error_code is None)
                or (node.kind is Kind.EVENT_PART and self.passes(diagram, node.id))
                for node in self.paths(diagram, scope, side_branches=False).values_of()
            )
            self._asking.discard(scope)
        return self._open[scope]

    def reached(self, diagram: Diagram, scope: str) -> Iterator[Node]:
        """Yield the elements of a scope that a way from its start reaches without a stop."""
        return iter(self.paths(diagram, scope).values_of())

    def paths(self, diagram: Diagram, scope: str, *, side_branches: bool = True) -> Reached:
        """Return the elements reached, each with the one before it on a shortest way.

        An event sub-process can begin at any time, as an event on the edge of its scope does.
        """

        def begins(listener: Node) -> bool:
            return side_branches or listener.interrupting

        starts = [
            node
            for node in diagram.within(scope)
            if node.kind is Kind.START or (node.listener is not None and begins(node.listener))
        ]
        return self.from_here(diagram, starts, side_branches=side_branches)

    def from_here(
        self, diagram: Diagram, starts: list[Node], *, side_branches: bool = True
    ) -> Reached:
        """Return the elements reached from some elements, those included."""
        before: dict[str, str | None] = {node.id: None for node in starts}
        todo = list(starts)
        while todo:
            node = todo.pop(0)
            for following in self.after(diagram, node, side_branches=side_branches):
                if following.id not in before:
                    before[following.id] = node.id
                    todo.append(following)
        return Reached(diagram, before)


class Reached:
    """What a search reached, and by which way."""

    def __init__(self, diagram: Diagram, before: dict[str, str | None]) -> None:
        self.diagram = diagram
        self.before = before

    def values_of(self) -> list[Node]:
        """Return the elements reached, nearest first."""
        return [self.diagram.nodes[key] for key in self.before]

    def way_to(self, node: Node) -> tuple[str, ...]:
        """Return the ids on a shortest way to an element."""
        way: list[str] = []
        key: str | None = node.id
        while key is not None:
            way.append(key)
            key = self.before[key]
        return tuple(reversed(way))


def bare_steps(
    diagrams: Diagrams, main: str, wanted: Callable[[Node], bool]
) -> Iterator[tuple[Diagram, Node, tuple[str, ...]]]:
    """Yield wanted elements that a way from the start of `main` reaches without passing a person.

    Each comes with its diagram and one way to it, through calls and sub-processes.
    """
    ways = Ways(diagrams, is_person)
    entered = {main}

    def search(
        diagram: Diagram, scope: str, led: tuple[str, ...]
    ) -> Iterator[tuple[Diagram, Node, tuple[str, ...]]]:
        reached = ways.paths(diagram, scope)
        for node in reached.values_of():
            way = (*led, *reached.way_to(node))
            if wanted(node):
                yield diagram, node, way
            inner = diagrams.get(node.called) if node.kind is Kind.CALL else None
            if node.kind in PARTS:
                yield from search(diagram, node.id, way)
            elif inner is not None and inner.id not in entered:
                entered.add(inner.id)
                yield from search(inner, inner.id, way)

    yield from search(diagrams[main], main, ())


def circles_without_wait(
    diagrams: Diagrams, diagram: Diagram, stops: Stops = is_wait
) -> Iterator[tuple[str, ...]]:
    """Yield the circles in a diagram that an instance could run round and never stand still."""
    ways = Ways(diagrams, stops)
    seen: set[str] = set()
    for first in diagram.nodes.values():
        if first.id in seen or stops(first):
            continue
        following = [node for node in ways.after(diagram, first) if not stops(node)]
        reached = ways.from_here(diagram, following)
        if first.id in reached.before:
            circle = reached.way_to(first)
            seen.update(circle)
            yield circle


def escaping_errors(diagrams: Diagrams, process: str, *, stack: tuple[str, ...] = ()) -> set[str]:
    """Return the error codes that a called process can end in."""
    diagram = diagrams[process]
    escaped: set[str] = set()
    for node in diagram.nodes.values():
        codes: set[str] = set()
        if node.kind is Kind.END and node.error_code is not None:
            codes = {node.error_code}
        elif node.kind is Kind.CALL and node.called in diagrams and node.called not in stack:
            caught = {each.error_code for each in node.boundaries}
            codes = escaping_errors(diagrams, node.called, stack=(*stack, process)) - caught
        escaped |= codes - set(caught_around(diagram, node))
    return escaped


def caught_around(diagram: Diagram, node: Node) -> Iterator[str]:
    """Yield the errors that are caught around an element: in its scopes, and on their edges."""
    scope = node.process
    while True:
        for each in diagram.within(scope):
            if each.listener is not None and each.listener.error_code:
                yield each.listener.error_code
        if scope == diagram.id:
            return
        host = diagram.nodes[scope]
        yield from (each.error_code for each in host.boundaries if each.error_code)
        scope = host.process


def side_branches(diagram: Diagram) -> Iterator[tuple[Node, Node]]:
    """Yield events that let their element go on, with an element where the branch meets the rest.

    A token that a side branch brings back into the main flow is one token too many: what follows
    would happen twice.
    """
    for event in diagram.nodes.values():
        if event.kind not in SIDE_WAYS or event.interrupting:
            continue
        ways = Ways({}, lambda _node: False)
        branch = ways.from_here(diagram, [event]).before
        without = Ways({}, lambda node, skipped=event: node is skipped)  # type: ignore[misc]  # a default, bound now
        starts = [node for node in diagram.within(event.process) if node.kind is Kind.START]
        rest = without.from_here(diagram, starts).before
        for key in branch:
            if key in rest and key != event.id and diagram.nodes[key].kind is not Kind.END:
                yield event, diagram.nodes[key]
                break
