"""Answers: where does an element stand on a drawing that does not say so?

For diagrams that other tools have written without a picture, or with half of one. Columns follow
the arrows, rows the order of the file; nobody is to keep it, but everybody can begin from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from processes.engine.findings import BPMN, BPMNDI, DC, DI

Element = etree._Element  # noqa: SLF001 – the only name the library gives its element class
GAP_X, GAP_Y, MARGIN = 60, 40, 40
EVENT, GATEWAY, TASK = (36, 36), (50, 50), (120, 80)
PARTS = {"subProcess", "transaction", "adHocSubProcess"}
FLOW_NODES = ("Event", "Gateway", "Task", "task", "callActivity", *sorted(PARTS))


@dataclass
class Box:
    """Where something stands, in the coordinates of what is around it (placering)."""

    x: float
    y: float
    wide: float
    high: float


def is_flow_node(element: Element) -> bool:
    """Tell whether it is an element that flows lead to."""
    name = etree.QName(element)
    return name.namespace == BPMN and name.localname.endswith(FLOW_NODES)


def _local(element: Element) -> str:
    return etree.QName(element).localname


def _nodes(container: Element) -> list[Element]:
    return [child for child in container if is_flow_node(child)]


def _size(node: Element) -> tuple[int, int]:
    name = _local(node)
    return EVENT if name.endswith("Event") else GATEWAY if name.endswith("Gateway") else TASK


def _columns(container: Element, nodes: list[Element]) -> dict[str, int]:
    """Return for each element how many arrows it is from the beginning; rings are walked once."""
    after: dict[str, list[str]] = {node.get("id", ""): [] for node in nodes}
    for flow in container.findall(f"{{{BPMN}}}sequenceFlow"):
        source, target = flow.get("sourceRef", ""), flow.get("targetRef", "")
        if source in after and target in after:
            after[source].append(target)
    for node in nodes:
        host = node.get("attachedToRef", "")
        if host in after:
            after[host] += after[node.get("id", "")]
    reached = {target for targets in after.values() for target in targets}
    columns: dict[str, int] = {}
    todo = [(key, 0) for key in after if key not in reached] or [(next(iter(after), ""), 0)]
    while todo:
        key, column = todo.pop(0)
        if key not in columns:
            columns[key] = column
            todo += [(each, column + 1) for each in after.get(key, [])]
    return {key: columns.get(key, 0) for key in after}


def arrange(container: Element) -> tuple[dict[str, Box], float, float]:
    """Return where each element of a process stands, parts with what is in them, and its size."""
    boxes: dict[str, Box] = {}
    nodes = _nodes(container)
    columns = _columns(container, nodes)
    free = [node for node in nodes if node.get("attachedToRef") is None]
    x, right, bottom = float(MARGIN), 0.0, 0.0
    for column in range(max(columns.values(), default=-1) + 1):
        here = [node for node in free if columns[node.get("id", "")] == column]
        y, widest = float(MARGIN), 0.0
        for node in here:
            inner, (wide, high) = _inside(node)
            boxes[node.get("id", "")] = Box(x, y, wide, high)
            for key, box in inner.items():
                boxes[key] = Box(x + box.x, y + box.y, box.wide, box.high)
            y += high + GAP_Y
            widest = max(widest, wide)
        bottom = max(bottom, y)
        if here:
            x += widest + GAP_X
            right = x
    for node in nodes:
        host = boxes.get(node.get("attachedToRef") or "")
        if host is not None:
            on = sum(each.get("attachedToRef") == node.get("attachedToRef") for each in nodes)
            boxes[node.get("id", "")] = Box(
                host.x + 10 + 40 * (nodes.index(node) % max(on, 1)), host.y + host.high - 18, *EVENT
            )
    return boxes, right, bottom


def _inside(node: Element) -> tuple[dict[str, Box], tuple[float, float]]:
    if _local(node) not in PARTS or not _nodes(node):
        return {}, _size(node)
    inner, wide, high = arrange(node)
    return inner, (max(wide, TASK[0]), max(high, TASK[1]))


# ---- the picture ---------------------------------------------------------------------------


def _drawn(root: Element) -> dict[str, Box]:
    found = {}
    for shape in root.iter(f"{{{BPMNDI}}}BPMNShape"):
        bounds = shape.find(f"{{{DC}}}Bounds")
        if bounds is not None:
            numbers = (float(bounds.get(name, "0")) for name in ("x", "y", "width", "height"))
            found[shape.get("bpmnElement", "")] = Box(*numbers)
    return found


def draw_missing(root: Element) -> list[str]:
    """Add to a diagram what its picture lacks; return the elements that were placed."""
    plane = _plane(root)
    drawn = _drawn(root)
    edges = {each.get("bpmnElement", "") for each in root.iter(f"{{{BPMNDI}}}BPMNEdge")}
    placed: list[str] = []
    below = max((box.y + box.high + MARGIN for box in drawn.values()), default=0.0)
    for process in root.findall(f"{{{BPMN}}}process"):
        boxes, wide, high = arrange(process)
        missing = {key: box for key, box in boxes.items() if key and key not in drawn}
        for key, box in missing.items():
            drawn[key] = Box(box.x + MARGIN, box.y + below, box.wide, box.high)
            _shape(plane, key, drawn[key], expanded=_expanded(root, key))
            placed.append(key)
        if missing:
            _pool(root, plane, process, drawn, Box(0, below, wide + MARGIN, high))
            below += high + MARGIN
        for flow in process.iter(f"{{{BPMN}}}sequenceFlow"):
            if flow.get("id", "") not in edges and _edge(plane, flow, drawn):
                placed.append(flow.get("id", ""))
    return placed


def _plane(root: Element) -> Element:
    plane = next(root.iter(f"{{{BPMNDI}}}BPMNPlane"), None)
    if plane is not None:
        return plane
    whole = root.find(f"{{{BPMN}}}collaboration")
    shown = whole if whole is not None else root.find(f"{{{BPMN}}}process")
    diagram = etree.SubElement(root, f"{{{BPMNDI}}}BPMNDiagram", id="picture")
    return etree.SubElement(
        diagram, f"{{{BPMNDI}}}BPMNPlane", id="picture_plane",
        bpmnElement="" if shown is None else shown.get("id", ""),
    )  # fmt: skip


def _expanded(root: Element, key: str) -> bool:
    return any(bool(_nodes(each)) for each in _by_id(root, key) if _local(each) in PARTS)


def _by_id(root: Element, key: str) -> Iterator[Element]:
    return (each for each in root.iter(f"{{{BPMN}}}*") if each.get("id") == key)


def _shape(plane: Element, key: str, box: Box, *, expanded: bool = False) -> None:
    shape = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", id=f"{key}_shape", bpmnElement=key)
    if expanded:
        shape.set("isExpanded", "true")
    etree.SubElement(
        shape, f"{{{DC}}}Bounds", x=f"{box.x:g}", y=f"{box.y:g}", width=f"{box.wide:g}",
        height=f"{box.high:g}",
    )  # fmt: skip


def _pool(root: Element, plane: Element, process: Element, drawn: dict[str, Box], box: Box) -> None:
    """Draw the pool of a process around it, when it has one that is not drawn."""
    for pool in root.iter(f"{{{BPMN}}}participant"):
        key = pool.get("id", "")
        ours = pool.get("processRef", "").rpartition(":")[2] == process.get("id")
        if ours and key not in drawn:
            drawn[key] = box
            _shape(plane, key, box)


def _edge(plane: Element, flow: Element, drawn: dict[str, Box]) -> bool:
    source, target = (drawn.get(flow.get(end, "")) for end in ("sourceRef", "targetRef"))
    if source is None or target is None:
        return False
    key = flow.get("id", "")
    edge = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", id=f"{key}_edge", bpmnElement=key)
    out_y, in_y = source.y + source.high / 2, target.y + target.high / 2
    turn = (source.x + source.wide + target.x) / 2
    points = [(source.x + source.wide, out_y), (turn, out_y), (turn, in_y), (target.x, in_y)]
    for x, y in points:
        etree.SubElement(edge, f"{{{DI}}}waypoint", x=f"{x:g}", y=f"{y:g}")
    return True
