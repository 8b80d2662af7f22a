"""Answers: what is another in one version of a process than in another?

An element keeps its id when it is changed or moved, so it is found again by it. A shape that only
moved is told apart from a change: it changes nothing for any case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from processes.engine.diagrams import Diagram, Flow, Node
from processes.engine.findings import BPMNDI, DC, DI, DeploymentError, read_xml
from processes.engine.outline import kind_word, waits
from processes.engine.reading import read_diagram
from processes.ports.workbench import Change

ADDED = "added"
REMOVED = "removed"
CHANGED = "changed"
MOVED = "moved"

Place = tuple[str, ...]


def differences(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[Change, ...]:
    """Return what is another in a bundle; a file that cannot be read counts as empty."""
    old, new = _read(before), _read(after)
    found: list[Change] = []
    for key in sorted(old.keys() | new.keys()):
        if key not in old:
            found.append(Change(key, key, new[key][0].name or key, "proces", ADDED, ()))
        elif key not in new:
            found.append(Change(key, key, old[key][0].name or key, "proces", REMOVED, ()))
        else:
            found += _between(key, *old[key], *new[key])
    return tuple(found)


def _read(files: Mapping[str, bytes]) -> dict[str, tuple[Diagram, dict[str, Place]]]:
    found = {}
    for file, content in files.items():
        if not file.endswith(".bpmn"):
            continue
        try:
            diagram = read_diagram(file, content)
            found[diagram.id] = (diagram, _places(read_xml(file, content)))
        except DeploymentError:
            continue  # the findings say what is wrong with it
    return found


def _places(root: etree._Element) -> dict[str, Place]:
    """Return where each element is drawn."""
    places: dict[str, Place] = {}
    for shape in root.iter(f"{{{BPMNDI}}}BPMNShape"):
        bounds = shape.find(f"{{{DC}}}Bounds")
        if bounds is not None:
            sizes = tuple(_number(bounds.get(side, "0")) for side in ("x", "y", "width", "height"))
            places[shape.get("bpmnElement", "")] = sizes
    for edge in root.iter(f"{{{BPMNDI}}}BPMNEdge"):
        places[edge.get("bpmnElement", "")] = tuple(
            _number(point.get(side, "0"))
            for point in edge.findall(f"{{{DI}}}waypoint")
            for side in ("x", "y")
        )
    return places


def _number(text: str) -> str:
    """Return a coordinate so that 100 and 100.0 are the same."""
    return text.removesuffix(".0")


def _between(
    key: str,
    old: Diagram,
    old_places: Mapping[str, Place],
    new: Diagram,
    new_places: Mapping[str, Place],
) -> Iterator[Change]:
    if old.name != new.name:
        yield Change(key, key, new.name, "proces", CHANGED, (_said("Navn", old.name, new.name),))
    for node_id in dict.fromkeys((*new.nodes, *old.nodes)):
        before, after = old.nodes.get(node_id), new.nodes.get(node_id)
        shown = after or before
        if shown is None:
            continue
        kind, name = kind_word(shown.kind), shown.name or node_id
        if before is None or after is None:
            yield Change(key, node_id, name, kind, REMOVED if after is None else ADDED, ())
        elif says := tuple(_told(before, after, old, new)):
            yield Change(key, node_id, name, kind, CHANGED, says)
        elif old_places.get(node_id) != new_places.get(node_id):
            yield Change(key, node_id, name, kind, MOVED, ())
    for flow_id in dict.fromkeys((*new.flows, *old.flows)):
        yield from _flow(key, old.flows.get(flow_id), new.flows.get(flow_id), old, new)


def _flow(
    key: str, before: Flow | None, after: Flow | None, old: Diagram, new: Diagram
) -> Iterator[Change]:
    # Where an arrow bends says nothing, and it bends whenever what it joins is moved.
    if after is None:
        if before is not None:
            yield Change(key, before.id, arrow(before, old), "pil", REMOVED, ())
    elif before is None:
        yield Change(key, after.id, arrow(after, new), "pil", ADDED, ())
    elif says := tuple(_flow_told(before, after, old, new)):
        yield Change(key, after.id, arrow(after, new), "pil", CHANGED, says)


def _flow_told(before: Flow, after: Flow, old: Diagram, new: Diagram) -> Iterator[str]:
    if before.name != after.name:
        yield _said("Navn", before.name, after.name)
    if before.source != after.source:
        yield _said("Går fra", _name(old, before.source), _name(new, after.source))
    if before.target != after.target:
        yield _said("Går til", _name(old, before.target), _name(new, after.target))
    if before.condition != after.condition:
        yield _said("Tages, når", _plain(before.condition), _plain(after.condition))


def arrow(flow: Flow, diagram: Diagram) -> str:
    """Return what an arrow is called: it has an id, but people see two ends."""
    ends = f"fra “{_name(diagram, flow.source)}” til “{_name(diagram, flow.target)}”"
    return f"Pilen “{flow.name}” {ends}" if flow.name else f"Pilen {ends}"


def _name(diagram: Diagram, element: str) -> str:
    node = diagram.nodes.get(element)
    return element if node is None else node.name or element


def _plain(text: str | None) -> str:
    return text or ""


PROPERTIES: tuple[tuple[str, Callable[[Node], str]], ...] = (
    ("Navn", lambda node: node.name),
    ("Slags", lambda node: kind_word(node.kind)),
    ("Formular", lambda node: node.form_key),
    ("Rolle", lambda node: node.role),
    ("Frist", lambda node: _plain(node.due)),
    ("Trin", lambda node: node.step),
    ("Tabel", lambda node: node.decision),
    ("Besked", lambda node: _plain(node.message)),
    ("Nøgle", lambda node: node.key),
    ("Tid", lambda node: waits(node.wait) if node.wait else ""),
    ("Fejl", lambda node: _plain(node.error_code)),
    ("Melding", lambda node: _plain(node.escalation)),
    ("Spring", lambda node: node.link),
    ("Stopper det, den sidder på", lambda node: "ja" if node.interrupting else "nej"),
    ("Kaldt proces", lambda node: node.called),
    ("Stopper alt andet", lambda node: "ja" if node.terminates else "nej"),
)
MAPPINGS: tuple[tuple[str, Callable[[Node], Mapping[str, str]]], ...] = (
    ("Oplysning til trinnet", lambda node: node.arguments),
    ("Oplysning ind", lambda node: node.ins),
    ("Oplysning ud", lambda node: node.outs),
    ("Sætter", lambda node: node.sets),
)


def _told(before: Node, after: Node, old: Diagram, new: Diagram) -> Iterator[str]:
    for label, value in PROPERTIES:
        if value(before) != value(after):
            yield _said(label, value(before), value(after))
    if _default(before, old) != _default(after, new):
        yield _said("Vejen ellers", _default(before, old), _default(after, new))
    if before.attached_to != after.attached_to:
        yield _said("Sidder på", _name(old, before.attached_to), _name(new, after.attached_to))
    if before.process != after.process:
        yield _said("Står i", _name(old, before.process), _name(new, after.process))
    for label, mapping in MAPPINGS:
        yield from _mapped(label, mapping(before), mapping(after))


def _mapped(label: str, was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in dict.fromkeys((*now, *was)):
        if was.get(name) != now.get(name):
            yield _said(f"{label} {name}", was.get(name, ""), now.get(name, ""))


def _default(node: Node, diagram: Diagram) -> str:
    flow = diagram.flows.get(node.default or "")
    return "" if flow is None else flow.name or _name(diagram, flow.target)


def _said(label: str, was: str, now: str) -> str:
    if not was:
        return f"{label}: “{now}” er ny."
    if not now:
        return f"{label}: “{was}” er fjernet."
    return f"{label}: før “{was}”, nu “{now}”."
