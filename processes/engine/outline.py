"""Answers: what does a diagram say, in words and in order, to somebody who cannot see it?

Breadth first from the start, the usual way first. What nothing leads to stands last and says so,
so that no element of a diagram is missing from its text.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from processes.domain.access import ROLE_NAMES, Role
from processes.engine.diagrams import BOUNDARIES, Diagram, Flow, Kind, Node, Wait
from processes.ports.workbench import Exit, OutlineStep

KIND_WORDS = {
    Kind.START: "start",
    Kind.END: "slut",
    Kind.USER_TASK: "opgave",
    Kind.SERVICE_TASK: "systemet",
    Kind.RULE_TASK: "tabel",
    Kind.RECEIVE: "afventer besked",
    Kind.CATCH_MESSAGE: "afventer besked",
    Kind.CATCH_TIMER: "afventer tid",
    Kind.ON_TIMER: "frist",
    Kind.ON_ERROR: "ved fejl",
    Kind.ON_MESSAGE: "ved besked",
    Kind.ON_ESCALATION: "ved melding",
    Kind.MANUAL: "manuelt",
    Kind.PASSED: "milepæl",
    Kind.LINK: "spring",
    Kind.ESCALATE: "melding",
    Kind.INCLUSIVE: "valg, en eller flere",
    Kind.FIRST_EVENT: "det, der først sker",
    Kind.EXCLUSIVE: "valg",
    Kind.PARALLEL: "samtidigt",
    Kind.SUB_PROCESS: "delproces",
    Kind.CALL: "fælles proces",
    Kind.THROW_MESSAGE: "sender besked",
    Kind.EVENT_PART: "delproces ved en hændelse",
}
"""What each kind of element is called by somebody who does not draw."""


def outline(diagram: Diagram) -> tuple[OutlineStep, ...]:
    """Return every element of a diagram in words, in the order a case meets them."""
    return tuple(_Teller(diagram).tell())


class _Teller:
    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.numbers: dict[str, str] = {}
        self.order: list[Node] = []
        self.loose: set[str] = set()
        self.hosts: dict[str, list[Node]] = {}
        for node in diagram.nodes.values():
            if node.attached_to:
                self.hosts.setdefault(node.attached_to, []).append(node)

    def tell(self) -> Iterator[OutlineStep]:
        self.number(self.diagram.id, "")
        places = {node.id: place for place, node in enumerate(self.order)}
        for place, node in enumerate(self.order):
            yield OutlineStep(
                self.numbers[node.id],
                node.id,
                node.name or "(uden navn)",
                kind_word(node.kind),
                tuple(self.details(node)),
                tuple(
                    Exit(
                        self.when(node, flow),
                        self.numbers.get(flow.target, "?"),
                        places.get(flow.target, place) < place,
                    )
                    for flow in _ways(node)
                ),
            )

    def number(self, process: str, prefix: str) -> None:
        """Give the elements of a process, and of those within it, their numbers."""
        inside = list(self.diagram.within(process))
        for counted, node in enumerate(self.in_order(inside), 1):
            self.numbers[node.id] = f"{prefix}{counted}"
            self.order.append(node)
            if node.kind is Kind.SUB_PROCESS:
                self.number(node.id, f"{prefix}{counted}.")

    def in_order(self, inside: list[Node]) -> Iterator[Node]:
        known = {node.id: node for node in inside}
        starts = [node for node in inside if node.kind is Kind.START]
        todo, seen = deque(starts), {node.id for node in starts}
        left = deque(inside)
        while todo or left:
            if not todo:
                node = left.popleft()
                if node.id in seen or (node.attached_to and node.attached_to in known):
                    continue
                seen.add(node.id)
                self.loose.add(node.id)
                todo.append(node)
            node = todo.popleft()
            yield node
            after = [*self.hosts.get(node.id, []), *self.jumps(node, inside)]
            after += [known[flow.target] for flow in _ways(node) if flow.target in known]
            for each in after:
                if each.id in known and each.id not in seen:
                    seen.add(each.id)
                    todo.append(each)

    def jumps(self, node: Node, inside: list[Node]) -> list[Node]:
        if node.kind is not Kind.LINK or node.outgoing:
            return []
        return [
            each
            for each in inside
            if each.kind is Kind.LINK and each.link == node.link and each.outgoing
        ]

    def details(self, node: Node) -> Iterator[str]:
        if node.id in self.loose:
            yield "Ingen pil fører hertil."
        yield from (said.format(value) for said, value in _values(node) if value)
        if node.kind in BOUNDARIES:
            host = self.diagram.nodes.get(node.attached_to)
            name = host.name if host else node.attached_to
            goes_on = "stopper" if node.interrupting else "fortsætter imens"
            yield f"Hører til “{name}”, der {goes_on}."
        if node.terminates:
            yield "Stopper alt andet i processen."

    def when(self, node: Node, flow: Flow) -> str:
        if flow.id == node.default:
            return flow.name or "ellers"
        if flow.name:
            return flow.name
        return f"når {flow.condition}" if flow.condition else ""


def _values(node: Node) -> tuple[tuple[str, str | None], ...]:
    """Return what an element is told, in sentences; an empty value is not told."""
    return (
        ("{} har opgaven.", node.role and _role(node.role)),
        ("Formular: {}.", node.form_key),
        ("Frist: {}.", node.due),
        ("Trin: {}.", node.step),
        ("Slår op i tabellen {}.", node.decision),
        ("Går gennem processen {}.", node.called),
        ("Besked: {}.", node.message),
        ("Tid: {}.", waits(node.wait) if node.wait else None),
        ("Fejl: {}.", node.error_code),
        ("Melding: {}.", node.escalation),
        ("Spring: {}.", node.link),
    )


def _ways(node: Node) -> list[Flow]:
    """Return the flows out of an element, the usual way first."""
    return sorted(node.outgoing, key=lambda flow: flow.id != node.default)


def _role(role: str) -> str:
    try:
        return ROLE_NAMES[Role(role)]
    except ValueError:
        return f"'{role}'"


def kind_word(kind: Kind) -> str:
    """Return what a kind of element is called; a new one by what the standard calls it."""
    return KIND_WORDS.get(kind, kind.value)


def waits(wait: Wait) -> str:
    """Return how long a timer waits, in words."""
    if wait.until is not None:
        return f"til {wait.until}"
    parts = [f"{wait.days} {'dag' if wait.days == 1 else 'dage'}"] if wait.days else []
    minutes, seconds = divmod(int(wait.clock.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    for count, one, many in (
        (hours, "time", "timer"),
        (minutes, "minut", "minutter"),
        (seconds, "sekund", "sekunder"),
    ):
        if count:
            parts.append(f"{count} {one if count == 1 else many}")
    return "efter " + " og ".join(parts)
