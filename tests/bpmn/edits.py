"""Changes diagrams as somebody might who draws without a thought for the law.

An edit takes XML and gives XML; which one, and where, is a number from a generator. Afterwards the
drawing is tidied as a careful editor would: what nothing leads to any more is taken away, with its
shapes, so that the gate cannot refuse it for looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from lxml import etree

from processes.engine.findings import BPMN, BPMNDI, SPIFF

B, S = f"{{{BPMN}}}", f"{{{SPIFF}}}"
TASKS = tuple(
    B + kind
    for kind in ("userTask", "serviceTask", "businessRuleTask", "receiveTask", "callActivity")
)
NODES = (
    *TASKS,
    *(
        B + kind
        for kind in (
            "exclusiveGateway",
            "parallelGateway",
            "startEvent",
            "endEvent",
            "boundaryEvent",
            "intermediateCatchEvent",
            "subProcess",
        )
    ),
)
Element = etree._Element  # noqa: SLF001 – lxml has no other name for it


@dataclass(frozen=True)
class Edit:
    """One change (ændring): what to do, and two numbers that say where."""

    kind: str
    one: int
    other: int


class Drawing:
    """One diagram that is being changed."""

    def __init__(self, content: bytes) -> None:
        self.root = etree.fromstring(content)

    def all(self, *tags: str) -> list[Element]:
        """Return the elements of some kinds, in the order of the file."""
        return [each for each in self.root.iter() if each.tag in tags]

    def flows(self) -> list[Element]:
        """Return every sequence flow."""
        return self.all(B + "sequenceFlow")

    def into(self, node: Element) -> list[Element]:
        """Return the flows into an element."""
        return [flow for flow in self.flows() if flow.get("targetRef") == node.get("id")]

    def out_of(self, node: Element) -> list[Element]:
        """Return the flows out of an element."""
        return [flow for flow in self.flows() if flow.get("sourceRef") == node.get("id")]

    def same_scope(self, flow: Element) -> list[Element]:
        """Return the elements a flow may lead to without leaving its process."""
        parent = flow.getparent()
        assert parent is not None
        unreachable = {B + "startEvent", B + "boundaryEvent"}
        return [each for each in parent if each.tag in NODES and each.tag not in unreachable]

    def lead(self, flow: Element, target: str) -> None:
        """Let a flow end somewhere else."""
        flow.set("targetRef", target)

    def remove(self, *elements: Element) -> None:
        """Take elements away."""
        for each in elements:
            parent = each.getparent()
            if parent is not None:
                parent.remove(each)

    def tidy(self) -> bytes:
        """Take away what cannot be reached, and write down again who comes in and goes out."""
        while unreached := self._unreached():
            gone = {each.get("id") for each in unreached}
            self.remove(*unreached)
            self.remove(
                *(f for f in self.flows() if {f.get("sourceRef"), f.get("targetRef")} & gone)
            )
        self._drop_lone_conditions()
        self._write_ends()
        self._drop_shapes()
        return etree.tostring(self.root, encoding="UTF-8", xml_declaration=True)

    def _unreached(self) -> list[Element]:
        """Return what no way from a start leads to; a sub-process is reached as a whole."""
        hosts: dict[str | None, list[str]] = {}
        for event in self.all(B + "boundaryEvent"):
            hosts.setdefault(event.get("attachedToRef"), []).append(str(event.get("id")))
        targets: dict[str | None, list[str]] = {}
        for flow in self.flows():
            targets.setdefault(flow.get("sourceRef"), []).append(str(flow.get("targetRef")))
        reached: set[str] = set()
        todo = [str(start.get("id")) for start in self.all(B + "startEvent")]
        while todo:
            place = todo.pop()
            if place not in reached:
                reached.add(place)
                todo += hosts.get(place, []) + targets.get(place, [])
        return [node for node in self.all(*NODES) if node.get("id") not in reached]

    def _drop_lone_conditions(self) -> None:
        """A gateway with one way left asks nothing."""
        for gateway in self.all(B + "exclusiveGateway"):
            left = self.out_of(gateway)
            if len(left) == 1:
                gateway.attrib.pop("default", None)
                self.remove(*left[0].findall(B + "conditionExpression"))

    def _write_ends(self) -> None:
        for node in self.all(*NODES):
            self.remove(*node.findall(B + "incoming"), *node.findall(B + "outgoing"))

    def _drop_shapes(self) -> None:
        ids = {each.get("id") for each in self.root.iter() if each.get("id")}
        for tag in ("BPMNShape", "BPMNEdge"):
            for shape in self.all(f"{{{BPMNDI}}}{tag}"):
                if shape.get("bpmnElement") not in ids:
                    self.remove(shape)


def _pick(found: list[Element], number: int) -> Element | None:
    return found[number % len(found)] if found else None


def drop(it: Drawing, edit: Edit) -> None:
    """Take a task away and let its flow go past."""
    node = _pick(it.all(*TASKS), edit.one)
    if node is None:
        return
    (onwards,) = it.out_of(node)
    for flow in it.into(node):
        it.lead(flow, str(onwards.get("targetRef")))
    it.remove(node, onwards)


def bypass(it: Drawing, edit: Edit) -> None:
    """Lead one of the flows into an element past it."""
    flow = _pick(it.flows(), edit.one)
    if flow is None:
        return
    (target,) = [each for each in it.all(*NODES) if each.get("id") == flow.get("targetRef")]
    onwards = _pick(it.out_of(target), edit.other)
    if onwards is not None:
        it.lead(flow, str(onwards.get("targetRef")))


def swap_targets(it: Drawing, edit: Edit) -> None:
    """Let two flows of one process change where they lead."""
    one = _pick(it.flows(), edit.one)
    if one is None:
        return
    other = _pick([flow for flow in it.flows() if flow.getparent() is one.getparent()], edit.other)
    if other is not None:
        first, second = str(one.get("targetRef")), str(other.get("targetRef"))
        it.lead(one, second)
        it.lead(other, first)


def lead_elsewhere(it: Drawing, edit: Edit) -> None:
    """Let a flow lead to any other element of its process."""
    flow = _pick(it.flows(), edit.one)
    target = None if flow is None else _pick(it.same_scope(flow), edit.other)
    if flow is not None and target is not None:
        it.lead(flow, str(target.get("id")))


def change_default(it: Drawing, edit: Edit) -> None:
    """Let another answer be the one that counts when no condition is true."""
    gateway = _pick([g for g in it.all(B + "exclusiveGateway") if g.get("default")], edit.one)
    if gateway is None:
        return
    ways = it.out_of(gateway)
    (old,) = [flow for flow in ways if flow.get("id") == gateway.get("default")]
    new = _pick([flow for flow in ways if flow is not old], edit.other)
    if new is not None:
        gateway.set("default", str(new.get("id")))
        for condition in new.findall(B + "conditionExpression"):
            old.append(condition)


def invert(it: Drawing, edit: Edit) -> None:
    """Let a condition say the opposite."""
    condition = _pick(it.all(B + "conditionExpression"), edit.one)
    if condition is not None:
        condition.text = f"not({condition.text})"


def remove_boundary(it: Drawing, edit: Edit) -> None:
    """Take an event off the edge of an element."""
    event = _pick(it.all(B + "boundaryEvent"), edit.one)
    if event is not None:
        it.remove(event, *it.out_of(event))


def swap_steps(it: Drawing, edit: Edit) -> None:
    """Let two service tasks do each other's work."""
    steps = it.all(B + "serviceTask")
    one, other = _pick(steps, edit.one), _pick(steps, edit.other)
    if one is None or other is None or one is other:
        return
    (first,) = one.findall(B + "extensionElements")
    (second,) = other.findall(B + "extensionElements")
    one.replace(first, etree.fromstring(etree.tostring(second)))
    other.replace(second, etree.fromstring(etree.tostring(first)))


def swap_roles(it: Drawing, edit: Edit) -> None:
    """Let two user tasks change who does them."""
    roles = [each for each in it.all(S + "property") if each.get("name") == "role"]
    one, other = _pick(roles, edit.one), _pick(roles, edit.other)
    if one is not None and other is not None:
        first, second = str(one.get("value")), str(other.get("value"))
        one.set("value", second)
        other.set("value", first)


def settle_a_value(it: Drawing, edit: Edit) -> None:
    """Write a fixed word where a step or a call should be told what the case says."""
    given = [each for each in it.all(S + "parameter") if each.get("value")]
    given += [each for each in it.all(S + "property") if str(each.get("name")).startswith("in:")]
    parameter = _pick(given, edit.one)
    if parameter is not None:
        parameter.set("value", ("false", "true", '"bevilget"', "null")[edit.other % 4])


KINDS: Mapping[str, Callable[[Drawing, Edit], None]] = {
    each.__name__: each
    for each in (
        drop,
        bypass,
        swap_targets,
        lead_elsewhere,
        change_default,
        invert,
        remove_boundary,
        swap_steps,
        swap_roles,
        settle_a_value,
    )
}


def edited(content: bytes, edits: Iterable[Edit]) -> bytes:
    """Return a diagram after some edits, tidied."""
    drawing = Drawing(content)
    for edit in edits:
        KINDS[edit.kind](drawing, edit)
        drawing = Drawing(drawing.tidy())
    return drawing.tidy()
