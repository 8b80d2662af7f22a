"""Answers: which element of one version of a process is which of another?

By id within the same process or sub-process, or as somebody says. Knows drawings only: no instance,
no state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from processes.engine.definitions import Definition
from processes.engine.diagrams import BOUNDARIES, EACH, GATEWAYS, Diagram, Kind, Node

ALIKE = ({Kind.RECEIVE, Kind.CATCH_MESSAGE},)
"""Kinds that a token can stand at just the same."""
ByHand = Mapping[str, str]
"""Where elements without a namesake go: `process/element` to an element id."""


def place_of(definition: Definition, node: Node) -> str:
    """Return how an element is called from outside its diagram: `process/element`."""
    return f"{definition.owners[node.process]}/{node.id}"


def alike(old: Node, new: Node) -> bool:
    """Tell whether a token that waits at the one can as well wait at the other."""
    return old.kind is new.kind or any({old.kind, new.kind} <= kinds for kinds in ALIKE)


@dataclass(frozen=True)
class Counterparts:
    """Which element of the new version stands for one of the old."""

    old: Definition
    new: Definition
    by_hand: ByHand

    def of(self, node: Node, scope: str) -> Node | None:
        """Return the element that stands for one, in a process or sub-process of the new."""
        diagram = self.new.diagrams[self.new.owners[scope]]
        wanted = self.by_hand.get(place_of(self.old, node), node.id)
        found = diagram.nodes.get(wanted)
        if found is None or scope not in {found.process, found.id + EACH}:
            return None
        return found


@dataclass(frozen=True)
class Match:
    """One element of the old version with its namesake, if it has one of its kind."""

    old: Node
    new: Node | None
    choices: tuple[Node, ...]
    """The elements it could be when it has none."""


def matches(old: Definition, new: Definition) -> Iterator[Match]:
    """Yield each element of the old version with its namesake; a token could stand at them all."""
    for process, diagram in old.diagrams.items():
        there = new.diagrams.get(process)
        for node in diagram.nodes.values():
            if node.kind is Kind.START:
                continue
            found = None if there is None else there.nodes.get(node.id)
            if (
                found is not None
                and alike(node, found)
                and _level(diagram, node) == _level(there, found)
            ):
                yield Match(node, found, ())
            elif node.kind not in GATEWAYS:
                yield Match(node, None, tuple(_choices(node, there)))


def _choices(node: Node, there: Diagram | None) -> Iterator[Node]:
    if there is None:
        return
    for each in there.nodes.values():
        if alike(node, each):
            yield each


def _level(diagram: Diagram | None, node: Node) -> str:
    """Return the part an element stands in; empty for the process itself."""
    return "" if diagram is None or node.process == diagram.id else node.process


def added(old: Definition, new: Definition) -> Iterator[Node]:
    """Yield the elements that only the new version has."""
    for process, diagram in new.diagrams.items():
        before = old.diagrams.get(process)
        for node in diagram.nodes.values():
            if node.kind not in GATEWAYS | BOUNDARIES and (
                before is None or node.id not in before.nodes
            ):
                yield node
