"""Answers: do the elements of a diagram hang together so that the machine reads them as drawn?

Each check is a generator of findings on one element, flow or scope. What is found here would make
the machine wait for ever, drop something, or take a way that nobody drew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from processes.engine.diagrams import (
    ASKING,
    BOUNDARIES,
    CAUGHT,
    ERROR_HOSTS,
    ESCALATION_HOSTS,
    GATEWAYS,
    MESSAGE_HOSTS,
    PARTS,
    TIMER_HOSTS,
    Flow,
    Kind,
    Node,
)
from processes.engine.findings import ERROR, Finding

Fault = tuple[str, str, str, str]
"""Element, rule, message, way out."""
Nodes = Mapping[str, Node]
HOSTS = {
    Kind.ON_TIMER: TIMER_HOSTS,
    Kind.ON_ERROR: ERROR_HOSTS,
    Kind.ON_MESSAGE: MESSAGE_HOSTS,
    Kind.ON_ESCALATION: ESCALATION_HOSTS,
}
"""What an event may sit on the edge of."""


def check_structure(
    file: str, process: str, nodes: Nodes, flows: Mapping[str, Flow]
) -> list[Finding]:
    """Tie elements and flows together; return what does not hang together."""
    faults = list(_connect(nodes, flows))
    for node in nodes.values():
        if node.kind in BOUNDARIES:
            faults += _attach(node, nodes)
    parts = [node.id for node in nodes.values() if node.kind in PARTS]
    for scope in [process, *parts]:
        inside = [node for node in nodes.values() if node.process == scope]
        faults += _ends(scope, inside, is_part=scope != process)
        faults += _unreachable(inside, nodes)
        faults += _endless(inside)
    for node in nodes.values():
        faults += _event_part(node) if node.kind is Kind.EVENT_PART else _ways_in_and_out(node)
        faults += _doubles(node)
        faults += _first_event(node, nodes)
        faults += _conditions(node)
    return [Finding(file, fault[0], fault[1], ERROR, fault[2], fault[3]) for fault in faults]


def _connect(nodes: Nodes, flows: Mapping[str, Flow]) -> Iterator[Fault]:
    for flow in flows.values():
        source, target = nodes.get(flow.source), nodes.get(flow.target)
        if source is None or target is None or not source.process == target.process == flow.process:
            yield (
                flow.id, "flow.ends", "Flowet forbinder ikke to elementer i samme proces.",
                "Tegn det om.",
            )  # fmt: skip
            continue
        source.outgoing.append(flow)
        target.incoming.append(flow)


def _attach(node: Node, nodes: Nodes) -> Iterator[Fault]:
    host = nodes.get(node.attached_to)
    hosts = HOSTS[node.kind]
    if host is None or host.kind not in hosts or host.process != node.process:
        yield (
            node.id, "boundary.host", "Hændelsen sidder ikke på et element, der kan bære den.",
            f"Sæt den på et af disse: {', '.join(sorted(hosts))}.",
        )  # fmt: skip
        return
    if node.kind is Kind.ON_ERROR and not node.interrupting:
        yield (
            node.id, "boundary.error", "En fejl afbryder altid.", "Lad hændelsen være afbrydende.",
        )  # fmt: skip
    if node.kind is Kind.ON_MESSAGE and any(e.message == node.message for e in host.boundaries):
        yield (
            node.id, "boundary.message", f"Beskeden '{node.message}' fanges to gange.",
            "Behold den ene.",
        )  # fmt: skip
    same = [each for each in host.boundaries if each.error_code == node.error_code]
    if node.kind is Kind.ON_ERROR and same:
        yield (
            node.id, "boundary.error", f"Fejlen '{node.error_code}' fanges to gange.",
            "Behold den ene.",
        )  # fmt: skip
    if node.escalation and any(each.escalation == node.escalation for each in host.boundaries):
        yield (
            node.id, "boundary.escalation", f"Eskaleringen '{node.escalation}' fanges to gange.",
            "Behold den ene.",
        )  # fmt: skip
    host.boundaries.append(node)


def _ends(scope: str, inside: list[Node], *, is_part: bool) -> Iterator[Fault]:
    kinds = Counter(node.kind for node in inside)
    if kinds[Kind.START] != 1:
        yield (
            scope, "process.start", f"Der er {kinds[Kind.START]} starthændelser.",
            "Tegn netop én.",
        )  # fmt: skip
    if not kinds[Kind.END]:
        yield scope, "process.end", "Der er ingen sluthændelse.", "Tegn mindst én."
    for node in inside:
        if is_part and node.kind is Kind.START and node.message is not None:
            yield (
                node.id, "process.start", "En delproces kan ikke starte med en besked.",
                "Brug en almindelig starthændelse.",
            )  # fmt: skip


def _unreachable(inside: list[Node], nodes: Nodes) -> Iterator[Fault]:
    reached: set[str] = set()
    todo = [node for node in inside if node.kind in {Kind.START, Kind.EVENT_PART}]
    while todo:
        node = todo.pop()
        if node.id not in reached:
            reached.add(node.id)
            todo += [nodes[flow.target] for flow in node.outgoing] + node.boundaries
    for node in inside:
        if node.id not in reached:
            yield (
                node.id, "flow.unreachable", "Elementet kan ikke nås fra starten.",
                "Forbind det, eller fjern det.",
            )  # fmt: skip


def _endless(inside: list[Node]) -> Iterator[Fault]:
    """A round that nothing leads out of: the machine would foresee it without an end."""
    ends = {node.id for node in inside if node.kind is Kind.END}
    grown = True
    while grown:
        more = {
            node.id
            for node in inside
            if node.id not in ends
            and (
                any(flow.target in ends for flow in node.outgoing)
                or any(event.id in ends for event in node.boundaries)
            )
        }
        ends |= more
        grown = bool(more)
    for node in inside:
        if node.id not in ends and node.outgoing:
            yield (
                node.id, "flow.no_end", "Ingen vej herfra fører til en sluthændelse.",
                "Tegn en vej ud af ringen.",
            )  # fmt: skip


def _event_part(node: Node) -> Iterator[Fault]:
    if node.incoming or node.outgoing or node.boundaries:
        yield (
            node.id, "part.event_flow",
            "En delproces ved en hændelse har ingen flows og ingen hændelser på kanten.",
            "Tegn det, der følger, inde i den.",
        )  # fmt: skip


def _ways_in_and_out(node: Node) -> Iterator[Fault]:
    count_in, count_out = len(node.incoming), len(node.outgoing)
    if count_in and node.kind in {Kind.START, *BOUNDARIES}:
        yield node.id, "flow.into_event", "Et flow kan ikke gå hertil.", "Tegn det om."
    if node.kind is Kind.END:
        if count_out:
            yield node.id, "flow.after_end", "Et flow kan ikke gå herfra.", "Tegn det om."
    elif not count_out:
        yield (
            node.id, "flow.dead_end", "Intet flow går videre herfra.",
            "Før flowet til en sluthændelse.",
        )  # fmt: skip
    if count_out > 1 and node.kind not in GATEWAYS:
        yield (
            node.id, "flow.implicit_split", "Flere flows går herfra uden en gateway.",
            "Sæt en gateway efter elementet.",
        )  # fmt: skip
    if count_out > 1 and count_in > 1 and node.kind in GATEWAYS:
        yield (
            node.id, "gateway.both", "En gateway kan ikke både samle og dele.",
            "Tegn to gateways.",
        )  # fmt: skip


def _first_event(node: Node, nodes: Nodes) -> Iterator[Fault]:
    """Judge that behind an event gateway there is nothing but events it alone leads to."""
    if node.kind is not Kind.FIRST_EVENT:
        return
    if not node.splits:
        yield (
            node.id, "gateway.first", "En hændelsesgateway venter på den første af flere.",
            "Før mindst to flows til hver sin hændelse.",
        )  # fmt: skip
    for flow in node.outgoing:
        target = nodes[flow.target]
        if target.kind not in CAUGHT or target.boundaries or len(target.incoming) != 1:
            yield (
                target.id, "gateway.first",
                f"'{target.id}' kan ikke stå efter en hændelsesgateway.",
                "Brug en besked, en tidshændelse eller en modtagetask, som intet andet går til.",
            )  # fmt: skip


def _doubles(node: Node) -> Iterator[Fault]:
    for target, times in Counter(flow.target for flow in node.outgoing).items():
        if times > 1:
            yield (
                node.id, "flow.twice", f"{times} flows går til '{target}'.",
                "Behold det ene, og skriv betingelserne sammen.",
            )  # fmt: skip


def _conditions(node: Node) -> Iterator[Fault]:
    exclusive = node.kind in ASKING and node.splits
    for flow in node.outgoing:
        asked = exclusive and flow.id != node.default
        if flow.condition is not None and not asked:
            yield (
                flow.id, "flow.condition", "Betingelsen her bliver aldrig læst.",
                "Kun flows fra en gateway, der spørger, har betingelser; standardflowet ikke.",
            )  # fmt: skip
        if flow.condition is None and asked:
            yield (
                flow.id, "flow.no_condition", "Flowet har ingen betingelse.",
                "Skriv en betingelse, eller gør flowet til standard.",
            )  # fmt: skip
    if exclusive and node.default not in {flow.id for flow in node.outgoing}:
        yield (
            node.id, "gateway.default", "Gatewayen har intet standardflow.",
            "Vælg det svar, der skal gælde, når ingen af betingelserne er sande.",
        )  # fmt: skip
