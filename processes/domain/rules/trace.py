"""Answers: how did a value come about? One node a value, down to fact and rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from processes.domain.money import Money
from processes.domain.rates import Confidence

NodeValue = Money | int | str | bool | date | None

CONFIDENCE_ORDER = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)


@dataclass(frozen=True)
class Missing:
    """Something that must be known before it can be decided (manglende oplysning)."""

    party_id: str
    what: str
    """A fact kind, or the key of a missing rate."""
    sentence: str
    """In Danish, with who can answer: `Det vides ikke, om …; borgeren kan oplyse det.`"""


@dataclass(frozen=True)
class Node:
    """One step of the explanation tree (forklaringstræ); leaves are facts and rates.

    `kind` is `rule`, `rate` or `fact`. `value` None is unknown.
    """

    kind: str
    id: str
    """Rule id with version, rate id, or fact id."""
    label: str
    """Danish, fit to be read aloud."""
    value: NodeValue
    law: str = ""
    source: str = ""
    """Who said the fact, where the rate was read, or what the rule says."""
    confidence: Confidence = Confidence.HIGH
    derived: bool = False
    inputs: tuple[Node, ...] = ()

    @property
    def is_provisional(self) -> bool:
        """Whether it rests on a rate or rule somebody must confirm first."""
        return self.derived or self.confidence is Confidence.LOW

    def walk(self) -> Iterator[Node]:
        """Yield the node and everything under it, depth first."""
        yield self
        for node in self.inputs:
            yield from node.walk()


def once(node: Node) -> Node:
    """Return the tree with each rule explained in full only where it is met first.

    A rule is asked for in many places; its second mention keeps the value and drops the reasons.
    """
    return _once(node, set())


def _once(node: Node, seen: set[Node]) -> Node:
    if not node.inputs:
        return node
    if node in seen:
        return replace(node, inputs=())
    seen.add(node)
    return replace(node, inputs=tuple(_once(child, seen) for child in node.inputs))


def lowest(confidences: Iterator[Confidence]) -> Confidence:
    """Return the lowest confidence: a sum is no surer than its least sure part."""
    return min(confidences, key=CONFIDENCE_ORDER.index, default=Confidence.HIGH)
