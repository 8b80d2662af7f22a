"""Answers: what lies ahead of tokens that were drawn for another diagram?

Each check takes the places of the tokens in one process or sub-process, and walks the drawing. A
token may not wait for a branch that was never begun, nor run into another one; and no new way may
lead from where it stands to a step that can do harm without passing a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from processes.engine.diagrams import PARTS, Diagram, Kind, Node
from processes.engine.graph import Ways, is_person
from processes.engine.specs import upstream

Arrived = Mapping[str, set[str]]
"""For each join, the elements from which a token has come in."""
IsAdverse = Callable[[str], bool]
"""Tells of a step whether it can be to somebody's harm."""


def unmet_joins(
    diagram: Diagram, scope: str, standing: set[str], arrived: Arrived
) -> Iterator[tuple[Node, str]]:
    """Yield parallel joins that would wait for ever, with the element nothing will come from."""
    for node in diagram.within(scope):
        if node.kind is not Kind.PARALLEL or len(node.incoming) < 2:  # noqa: PLR2004 – it joins
            continue
        ways = upstream(node, diagram)
        here = arrived.get(node.id, set())
        if not here and not any(standing & ways[source] for source in ways):
            continue  # no token is on its way to it: none waits there either
        for source, way in ways.items():
            if source not in here and not standing & way:
                yield node, source


def downstream(diagram: Diagram, node: Node, *, over_joins: bool) -> set[str]:
    """Return the elements that arrows lead to from one, itself left out unless they lead back."""
    found: set[str] = set()
    todo = [flow.target for flow in node.outgoing]
    while todo:
        key = todo.pop()
        if key in found:
            continue
        found.add(key)
        reached = diagram.nodes[key]
        joins = reached.kind in {Kind.PARALLEL, Kind.INCLUSIVE} and len(reached.incoming) > 1
        if over_joins or not joins:
            todo += [flow.target for flow in reached.outgoing]
            todo += [event.id for event in reached.boundaries if event.interrupting]
    return found


def collisions(diagram: Diagram, standing: set[str]) -> set[tuple[str, str]]:
    """Return pairs of places of which the first leads to the second with no join between."""
    ahead = {
        key: downstream(diagram, diagram.nodes[key], over_joins=False) for key in sorted(standing)
    }
    return {(one, other) for one in ahead for other in standing if other in ahead[one]}


def missed(diagram: Diagram, scope: str, standing: set[str]) -> Iterator[Node]:
    """Yield what every way from the start to the tokens would have passed, though none of them did.

    Only what is certain: people's tasks, steps and calls behind all tokens and before none.
    """
    ahead: set[str] = set()
    for key in standing:
        ahead |= {key} | downstream(diagram, diagram.nodes[key], over_joins=True)
    start = next(node for node in diagram.within(scope) if node.kind is Kind.START)
    behind = downstream(diagram, start, over_joins=True) - ahead
    for node in diagram.within(scope):
        if (
            node.id in behind
            and node.kind in PASSED
            and _on_every_way(diagram, start, standing, node)
        ):
            yield node


PASSED = {Kind.USER_TASK, Kind.SERVICE_TASK, Kind.RULE_TASK, Kind.CALL, Kind.SUB_PROCESS}


def _on_every_way(diagram: Diagram, start: Node, standing: set[str], skipped: Node) -> bool:
    """Tell whether no way from the start leads to any token without passing an element."""
    ways = Ways({}, lambda node: node is skipped)
    reached = ways.from_here(diagram, [start]).before
    return not standing & (set(reached) - {skipped.id})


def bare_harm(
    diagrams: Mapping[str, Diagram], diagram: Diagram, node: Node, is_adverse: IsAdverse
) -> set[str]:
    """Return the steps that can do harm and are reached from a place without passing a person."""
    ways = Ways(diagrams, is_person)
    seen: set[tuple[str, str]] = set()
    found: set[str] = set()

    def search(inside: Diagram, starts: list[Node]) -> None:
        for each in ways.from_here(inside, starts).values_of():
            if each.kind is Kind.SERVICE_TASK and is_adverse(each.step):
                found.add(each.step)
            called = diagrams.get(each.called) if each.kind is Kind.CALL else None
            inner, scope = (inside, each.id) if each.kind in PARTS else (called, "")
            if inner is None or (each.kind not in PARTS | {Kind.CALL}):
                continue
            scope = scope or inner.id
            if (inner.id, scope) not in seen:
                seen.add((inner.id, scope))
                search(inner, [n for n in inner.within(scope) if n.kind is Kind.START])

    starts = [node]
    if node.kind in {Kind.SUB_PROCESS, Kind.CALL}:
        # What goes on inside may be past every person there is.
        starts = [*(diagram.nodes[flow.target] for flow in node.outgoing), *node.boundaries]
    search(diagram, starts)
    return found
