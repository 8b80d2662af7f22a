"""Answers: what does this BPMN file draw, and is there anything in it we would misread?

The reader knows a white list. An element, attribute or extension outside it is a finding with its
id, a reason and a way out: never an exception, and never silence. What passes here is what the
machine runs and what the linter judges, so the two cannot see different diagrams.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from lxml import etree

from processes.engine.expressions import ExpressionError, parse
from processes.engine.findings import BPMN, BPMNDI, DI, ERROR, SPIFF, XSI, Finding, read_xml


class Kind(StrEnum):
    """What an element is (elementtype)."""

    START = "startEvent"
    END = "endEvent"
    USER_TASK = "userTask"
    SERVICE_TASK = "serviceTask"
    RULE_TASK = "businessRuleTask"
    RECEIVE = "receiveTask"
    CATCH_MESSAGE = "messageCatchEvent"
    CATCH_TIMER = "timerCatchEvent"
    ON_TIMER = "boundaryTimerEvent"
    ON_ERROR = "boundaryErrorEvent"
    EXCLUSIVE = "exclusiveGateway"
    PARALLEL = "parallelGateway"
    SUB_PROCESS = "subProcess"
    CALL = "callActivity"


GATEWAYS = {Kind.EXCLUSIVE, Kind.PARALLEL}
BOUNDARIES = {Kind.ON_TIMER, Kind.ON_ERROR}
WAITS = {Kind.USER_TASK, Kind.RECEIVE, Kind.CATCH_MESSAGE, Kind.CATCH_TIMER}
"""What makes a process stand still until somebody outside does something."""
TIMER_HOSTS = {Kind.USER_TASK, Kind.SERVICE_TASK, Kind.RECEIVE, Kind.SUB_PROCESS, Kind.CALL}
ERROR_HOSTS = {Kind.SERVICE_TASK, Kind.SUB_PROCESS, Kind.CALL}

_DURATION = re.compile(
    r"P(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,5})M)?(?:(?P<seconds>\d{1,6})S)?)?"
)


@dataclass(frozen=True)
class Wait:
    """How long a timer waits: until a moment (FEEL), or for a time."""

    until: str | None = None
    days: int = 0
    clock: timedelta = timedelta()


def parse_duration(text: str) -> Wait | None:
    """Parse `P2D`, `PT4H30M`, `P1DT12H`; months, years, weeks and zero are not durations here."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or text.strip().endswith("T") or not any(match.groupdict().values()):
        return None
    parts = {name: int(value or 0) for name, value in match.groupdict().items()}
    days = parts.pop("days")
    wait = Wait(days=days, clock=timedelta(**parts))
    return wait if wait.days or wait.clock else None


@dataclass(frozen=True)
class Flow:
    """A sequence flow: from, to, and the condition that takes it."""

    id: str
    name: str
    source: str
    target: str
    condition: str | None


@dataclass
class Node:
    """An element of a diagram with what it means to us; the empty fields are not its kind's."""

    id: str
    name: str
    kind: Kind
    process: str
    """The process, or embedded sub-process, it stands in."""
    form_key: str = ""
    role: str = ""
    due: str | None = None
    step: str = ""
    arguments: dict[str, str] = field(default_factory=dict)
    decision: str = ""
    message: str | None = None
    key: str = ""
    wait: Wait | None = None
    error_code: str | None = None
    attached_to: str = ""
    interrupting: bool = True
    default: str | None = None
    called: str = ""
    ins: dict[str, str] = field(default_factory=dict)
    outs: dict[str, str] = field(default_factory=dict)
    sets: dict[str, str] = field(default_factory=dict)
    terminates: bool = False
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    boundaries: list[Node] = field(default_factory=list)

    @property
    def splits(self) -> bool:
        """Tell whether it is a gateway that parts the flow."""
        return self.kind in GATEWAYS and len(self.outgoing) > 1


@dataclass
class Diagram:
    """One BPMN file as read: its process, its elements by id, and what is wrong with it."""

    file: str
    id: str
    name: str
    nodes: dict[str, Node]
    flows: dict[str, Flow]
    drawn: frozenset[str]
    """The ids that have a shape or an edge."""
    problems: tuple[Finding, ...]

    def within(self, process: str) -> Iterator[Node]:
        """Yield the elements that stand directly in the process or sub-process."""
        return (node for node in self.nodes.values() if node.process == process)

    @property
    def start(self) -> Node:
        """The start event of the process itself."""
        return next(node for node in self.within(self.id) if node.kind is Kind.START)

    def start_message_of_call(self) -> str | None:
        """Return the message it starts with, also when it is not fit to run yet."""
        return next(
            (n.message for n in self.within(self.id) if n.kind is Kind.START and n.message), None
        )


# ---- what is not supported, and what to do instead -----------------------------------------

WAY_OUT = {
    "scriptTask": "Brug en servicetask (step_) eller en beslutningstabel (rule_).",
    "manualTask": "Brug en brugertask (task_) med en formular.",
    "task": "Vælg en type: brugertask, servicetask eller forretningsregel.",
    "sendTask": "Brug en servicetask (step_), der sender.",
    "inclusiveGateway": "Brug eksklusive eller parallelle gateways.",
    "complexGateway": "Brug eksklusive eller parallelle gateways.",
    "eventBasedGateway": "Brug en modtageopgave (wait_) med en tidsgrænse på kanten.",
    "transaction": "Brug en delproces med fejlhændelser på kanten.",
    "adHocSubProcess": "Tegn opgaverne i en rækkefølge, eller parallelt.",
    "intermediateThrowEvent": "Brug en servicetask (step_), der sender.",
    "standardLoopCharacteristics": "Tegn løkken med en gateway og et flow tilbage.",
    "multiInstanceLoopCharacteristics": "Lad et trin oprette én proces for hver.",
    "collaboration": "Fjern puljen (pool): en fil har én proces uden pulje.",
    "laneSet": "Fjern banerne (lanes); rollen står på brugertasken.",
    "signalEventDefinition": "Brug en besked.",
    "linkEventDefinition": "Tegn flowet helt frem.",
    "escalationEventDefinition": "Brug en tidsgrænse, der ikke afbryder, og en opgave.",
    "compensateEventDefinition": "Tegn det, der skal ske, som almindelige trin.",
    "conditionalEventDefinition": "Brug en besked.",
    "cancelEventDefinition": "Brug en fejlhændelse.",
    "timeCycle": "Brug et tidspunkt (timeDate) eller en varighed (timeDuration).",
    "dataObject": "Sagens data står i sagen; processen bærer kun id'er. Fjern det.",
    "dataObjectReference": "Sagens data står i sagen; processen bærer kun id'er. Fjern det.",
    "dataStoreReference": "Sagens data står i sagen; processen bærer kun id'er. Fjern det.",
    "ioSpecification": "Brug in: og out: på kaldet; se bpmn/README.md.",
    "preScript": "Et diagram kan ikke køre kode. Brug en servicetask.",
    "postScript": "Et diagram kan ikke køre kode. Brug en servicetask.",
}
FALLBACK = "Fjern elementet, eller tegn det med de elementer, der står i bpmn/README.md."

PLAIN = {"documentation", "extensionElements", "incoming", "outgoing"}
CHILDREN: Mapping[str, set[str]] = {
    "startEvent": {"messageEventDefinition"},
    "endEvent": {"terminateEventDefinition", "errorEventDefinition"},
    "userTask": set(),
    "serviceTask": set(),
    "businessRuleTask": set(),
    "receiveTask": set(),
    "intermediateCatchEvent": {"messageEventDefinition", "timerEventDefinition"},
    "boundaryEvent": {"timerEventDefinition", "errorEventDefinition"},
    "exclusiveGateway": set(),
    "parallelGateway": set(),
    "callActivity": set(),
}
BESIDE = {"sequenceFlow", "textAnnotation", "association", "documentation", "extensionElements"}
ATTRIBUTES = {
    "id", "name", "default", "messageRef", "calledElement", "attachedToRef", "cancelActivity",
    "isExecutable", "gatewayDirection", "isInterrupting", "processType", "isClosed",
    "implementation", "operationRef", "isForCompensation", "startQuantity", "completionQuantity",
    "instantiate", "triggeredByEvent", "parallelMultiple",
}  # fmt: skip
MUST_BE = {
    "isForCompensation": "false",
    "startQuantity": "1",
    "completionQuantity": "1",
    "instantiate": "false",
    "triggeredByEvent": "false",
    "parallelMultiple": "false",
}
EXTENSIONS: Mapping[str, set[str]] = {
    "serviceTask": {"serviceTaskOperator"},
    "userTask": {"properties"},
    "businessRuleTask": {"calledDecisionId"},
    "receiveTask": {"properties"},
    "intermediateCatchEvent": {"properties"},
    "callActivity": {"properties"},
    "endEvent": {"properties"},
}
PROPERTIES: Mapping[str, set[str]] = {
    "userTask": {"formKey", "role", "due"},
    "receiveTask": {"key"},
    "intermediateCatchEvent": {"key"},
    "callActivity": set(),
    "endEvent": set(),
}
PREFIXED: Mapping[str, tuple[str, ...]] = {"callActivity": ("in:", "out:"), "endEvent": ("set:",)}
ONE_KIND = {
    "startEvent": Kind.START,
    "endEvent": Kind.END,
    "userTask": Kind.USER_TASK,
    "serviceTask": Kind.SERVICE_TASK,
    "businessRuleTask": Kind.RULE_TASK,
    "receiveTask": Kind.RECEIVE,
    "exclusiveGateway": Kind.EXCLUSIVE,
    "parallelGateway": Kind.PARALLEL,
    "callActivity": Kind.CALL,
    "subProcess": Kind.SUB_PROCESS,
}


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname


def _space(node: etree._Element) -> str:
    return etree.QName(node).namespace or ""


class _Reader:
    """Reads one file; notes what is wrong and reads on, so that all findings come at once."""

    def __init__(self, file: str, root: etree._Element) -> None:
        self.file = file
        self.root = root
        self.problems: list[Finding] = []
        self.nodes: dict[str, Node] = {}
        self.flows: dict[str, Flow] = {}
        self.flow_process: dict[str, str] = {}
        self.messages: dict[str, str] = {}
        self.errors: dict[str, str] = {}

    def note(self, element: str, rule: str, message: str, way_out: str) -> None:
        self.problems.append(Finding(self.file, element, rule, ERROR, message, way_out))

    def unsupported(self, node: etree._Element, owner: str) -> None:
        what = _local(node)
        self.note(
            node.get("id") or owner, "element.unsupported",
            f"'{what}' kan ikke bruges her.", WAY_OUT.get(what, FALLBACK),
        )  # fmt: skip

    def feel(self, element: str, text: str) -> str:
        """Check that an expression is in the language; return it trimmed."""
        text = text.strip()
        try:
            parse(text)
        except ExpressionError as error:
            self.note(element, "expression.syntax", str(error), "Ret udtrykket.")
            return "null"
        return text

    # -- the file

    def read(self) -> Diagram:
        processes = self.definitions()
        if len(processes) != 1:
            self.note(
                self.file, "process.one", f"Filen har {len(processes)} processer.",
                "En fil skal have netop én proces.",
            )  # fmt: skip
            return Diagram(self.file, "", "", {}, {}, frozenset(), tuple(self.problems))
        process = processes[0]
        key = process.get("id", "")
        if process.get("isExecutable") != "true":
            self.note(
                key, "process.executable", "Processen er ikke sat til at kunne køre.",
                "Sæt 'Executable' til.",
            )  # fmt: skip
        self.foreign_attributes(process)
        self.container(process, key)
        self.connect()
        for scope in [key, *(n.id for n in self.nodes.values() if n.kind is Kind.SUB_PROCESS)]:
            self.check_scope(scope)
        for node in self.nodes.values():
            self.check_flows(node)
        drawn = frozenset(
            each.get("bpmnElement", "")
            for each in self.root.iter(f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge")
            if len(each.findall(f"{{{DI}}}waypoint")) > 1 or "Shape" in _local(each)
        )
        return Diagram(
            self.file, key, process.get("name", ""), self.nodes, self.flows, drawn,
            tuple(self.problems),
        )  # fmt: skip

    def definitions(self) -> list[etree._Element]:
        if self.root.tag != f"{{{BPMN}}}definitions":
            self.note(
                self.file, "bpmn.namespace", "Filen er ikke en BPMN 2.0-fil.",
                "Gem diagrammet som BPMN 2.0.",
            )  # fmt: skip
            return []
        processes = []
        for child in self.root:
            what = _local(child)
            if _space(child) != BPMN:
                if _space(child) != BPMNDI:
                    self.unsupported(child, self.file)
            elif what == "process":
                processes.append(child)
            elif what == "message":
                self.messages[child.get("id", "")] = child.get("name", "")
            elif what == "error":
                self.errors[child.get("id", "")] = child.get("errorCode", "")
            elif what not in {"documentation", "extensionElements"}:
                self.unsupported(child, self.file)
        return processes

    def container(self, parent: etree._Element, process: str) -> None:
        """Read the elements of a process or sub-process."""
        for child in parent:
            what = _local(child)
            key = child.get("id", "")
            if _space(child) != BPMN:
                self.unsupported(child, process)
            elif what == "sequenceFlow":
                self.flow(child, process)
            elif what in BESIDE or (what in PLAIN and _local(parent) == "subProcess"):
                if what == "extensionElements" and len(child):
                    self.unsupported(child[0], process)
            elif what == "subProcess":
                self.add(Node(key, child.get("name", ""), Kind.SUB_PROCESS, process))
                self.foreign_attributes(child)
                self.container(child, key)
            elif what in CHILDREN:
                self.element(child, what, process)
            else:
                self.unsupported(child, process)

    def add(self, node: Node) -> None:
        if not node.id or node.id in self.nodes or node.id in self.flows:
            self.note(
                node.id or self.file, "id.unique", f"Id'et '{node.id}' mangler eller er brugt før.",
                "Giv elementet sit eget id.",
            )  # fmt: skip
        self.nodes[node.id] = node

    def flow(self, child: etree._Element, process: str) -> None:
        key = child.get("id", "")
        condition = None
        for part in child:
            if _space(part) == BPMN and _local(part) == "conditionExpression":
                condition = self.feel(key, part.text or "")
            elif _local(part) not in PLAIN:
                self.unsupported(part, key)
        if not key or key in self.flows or key in self.nodes:
            self.note(
                key or self.file, "id.unique", f"Id'et '{key}' mangler eller er brugt før.",
                "Giv flowet sit eget id.",
            )  # fmt: skip
        source, target = child.get("sourceRef", ""), child.get("targetRef", "")
        self.flows[key] = Flow(key, child.get("name", ""), source, target, condition)
        self.flow_process[key] = process

    # -- one element

    def foreign_attributes(self, child: etree._Element) -> None:
        key = child.get("id", self.file)
        for name, value in child.attrib.items():
            text = str(name)
            if text.startswith("{"):
                if not text.startswith(f"{{{XSI}}}"):
                    self.note(
                        key, "attribute.foreign", "Egenskaben '" + text + "' hører et andet værktøj til.",
                        "Fjern den, og skriv det, den betyder, på vores måde (bpmn/README.md).",
                    )  # fmt: skip
            elif text not in ATTRIBUTES or MUST_BE.get(text, value) != value:
                self.note(
                    key, "attribute.unsupported",
                    f"Egenskaben '{text}' = '{value}' kan ikke bruges her.",
                    "Fjern den.",
                )  # fmt: skip

    def element(self, child: etree._Element, what: str, process: str) -> None:
        key = child.get("id", "")
        self.foreign_attributes(child)
        events: list[etree._Element] = []
        properties: dict[str, str] = {}
        node = Node(key, child.get("name", ""), ONE_KIND.get(what, Kind.CATCH_TIMER), process)
        for part in child:
            name = _local(part)
            if _space(part) == BPMN and name in CHILDREN[what]:
                events.append(part)
            elif _space(part) == BPMN and name == "extensionElements":
                self.extensions(part, what, node, properties)
            elif _space(part) != BPMN or name not in PLAIN:
                self.unsupported(part, key)
        if len(events) > 1:
            self.note(
                key, "event.one", "Hændelsen har flere slags udløsere.", "Behold netop én udløser."
            )
        self.events(node, what, events)
        self.meaning(node, child, properties)
        self.add(node)

    def extensions(
        self, part: etree._Element, what: str, node: Node, properties: dict[str, str]
    ) -> None:
        for extension in part:
            name = _local(extension)
            if _space(extension) != SPIFF or name not in EXTENSIONS.get(what, set()):
                self.unsupported(extension, node.id)
            elif name == "properties":
                for each in extension:
                    properties[each.get("name", "")] = each.get("value", "")
            elif name == "calledDecisionId":
                node.decision = (extension.text or "").strip()
            else:
                node.step = extension.get("id", "")
                if extension.get("resultVariable"):
                    self.note(
                        node.id, "step.result_variable",
                        "resultVariable kan ikke bruges: et trins resultat lægges ind under sine "
                        "egne navne.",
                        "Lad feltet være tomt.",
                    )  # fmt: skip
                for each in extension.iter(f"{{{SPIFF}}}parameter"):
                    node.arguments[each.get("id", "")] = self.feel(node.id, each.get("value", ""))
        for name in properties:
            prefixes = PREFIXED.get(what, ())
            if name not in PROPERTIES.get(what, set()) and not name.startswith(prefixes or "\0"):
                self.note(
                    node.id, "property.unknown", f"Egenskaben '{name}' kendes ikke her.",
                    "Brug navnene i bpmn/README.md.",
                )  # fmt: skip

    def events(self, node: Node, what: str, events: list[etree._Element]) -> None:
        for event in events[:1]:
            name = _local(event)
            if name == "timerEventDefinition":
                node.kind = Kind.ON_TIMER if what == "boundaryEvent" else Kind.CATCH_TIMER
                node.wait = self.timer(event, node.id)
            elif name == "messageEventDefinition":
                node.kind = Kind.START if what == "startEvent" else Kind.CATCH_MESSAGE
                node.message = self.message(event.get("messageRef", ""), node.id)
            elif name == "errorEventDefinition":
                node.kind = Kind.END if what == "endEvent" else Kind.ON_ERROR
                node.error_code = self.errors.get(event.get("errorRef", ""))
                if not node.error_code:
                    self.note(
                        node.id, "error.code", "Fejlhændelsen har ingen fejlkode.",
                        "Vælg en fejl (bpmn:error) med errorCode.",
                    )  # fmt: skip
            else:
                node.terminates = True
        if not events and what in {"intermediateCatchEvent", "boundaryEvent"}:
            self.note(
                node.id, "event.one", "Hændelsen har ingen udløser, vi kan bruge.",
                "Vælg tid, besked eller (på kanten) fejl.",
            )  # fmt: skip

    def timer(self, event: etree._Element, key: str) -> Wait:
        for part in event:
            text = (part.text or "").strip()
            if _local(part) == "timeDate":
                return Wait(until=self.feel(key, text))
            if _local(part) == "timeDuration":
                wait = parse_duration(text)
                if wait is None:
                    self.note(
                        key, "timer.duration", f"Varigheden '{text}' kan ikke bruges.",
                        "Skriv dage, timer, minutter eller sekunder, fx P2D eller PT4H; en frist "
                        "i måneder beregnes af et trin og gives som tidspunkt.",
                    )  # fmt: skip
                return wait or Wait(days=1)
            self.unsupported(part, key)
        if not len(event):
            self.note(
                key, "timer.missing", "Tidshændelsen har intet tidspunkt.",
                "Sæt timeDate eller timeDuration.",
            )  # fmt: skip
        return Wait(days=1)

    def message(self, reference: str, key: str) -> str:
        name = self.messages.get(reference, "")
        if not name:
            self.note(
                key, "message.reference", "Der er ikke valgt en besked med navn.",
                "Vælg en besked (bpmn:message).",
            )  # fmt: skip
        return name

    def meaning(self, node: Node, child: etree._Element, properties: dict[str, str]) -> None:
        """Take what the kind needs from attributes and properties; note what is missing."""
        node.default = child.get("default")
        node.attached_to = child.get("attachedToRef", "")
        node.interrupting = child.get("cancelActivity", "true") != "false"
        node.called = child.get("calledElement", "")
        node.form_key = properties.get("formKey", "")
        node.role = properties.get("role", "")
        if properties.get("due"):
            node.due = self.feel(node.id, properties["due"])
        if node.kind is Kind.RECEIVE:
            node.message = self.message(child.get("messageRef", ""), node.id)
        if "key" in properties:
            node.key = self.feel(node.id, properties["key"])
        for name, target in (("in:", node.ins), ("out:", node.outs), ("set:", node.sets)):
            for each, value in properties.items():
                if each.startswith(name):
                    variable = each.removeprefix(name)
                    if not variable.isidentifier():
                        self.note(
                            node.id, "variable.name", f"'{variable}' er ikke et variabelnavn.",
                            "Brug små bogstaver, tal og understregning.",
                        )  # fmt: skip
                    target[variable] = self.feel(node.id, value)
        missing = {
            Kind.USER_TASK: [(node.form_key, "formKey"), (node.role, "role")],
            Kind.SERVICE_TASK: [(node.step, "serviceTaskOperator")],
            Kind.RULE_TASK: [(node.decision, "calledDecisionId")],
            Kind.RECEIVE: [(node.key, "key")],
            Kind.CATCH_MESSAGE: [(node.key, "key")],
            Kind.CALL: [(node.called, "calledElement")],
        }
        for value, name in missing.get(node.kind, []):
            if not value:
                self.note(
                    node.id, "property.missing", f"Egenskaben '{name}' mangler.",
                    "Udfyld den; se bpmn/README.md.",
                )  # fmt: skip

    # -- what hangs together

    def connect(self) -> None:
        for flow in self.flows.values():
            ends = [self.nodes.get(flow.source), self.nodes.get(flow.target)]
            process = self.flow_process[flow.id]
            source, target = ends
            if source is None or target is None or {source.process, target.process} != {process}:
                self.note(
                    flow.id, "flow.ends", "Flowet forbinder ikke to elementer i samme proces.",
                    "Tegn det om.",
                )  # fmt: skip
                continue
            source.outgoing.append(flow)
            target.incoming.append(flow)
        for node in self.nodes.values():
            if node.kind in BOUNDARIES:
                self.attach(node)

    def attach(self, node: Node) -> None:
        host = self.nodes.get(node.attached_to)
        hosts = TIMER_HOSTS if node.kind is Kind.ON_TIMER else ERROR_HOSTS
        if host is None or host.kind not in hosts or host.process != node.process:
            kinds = ", ".join(sorted(hosts))
            self.note(
                node.id, "boundary.host", "Hændelsen sidder ikke på et element, der kan bære den.",
                f"Sæt den på et af disse: {kinds}.",
            )  # fmt: skip
            return
        if node.kind is Kind.ON_ERROR:
            if not node.interrupting:
                self.note(
                    node.id, "boundary.error", "En fejl afbryder altid.",
                    "Lad hændelsen være afbrydende.",
                )  # fmt: skip
            if any(other.error_code == node.error_code for other in host.boundaries):
                self.note(
                    node.id, "boundary.error", f"Fejlen '{node.error_code}' fanges to gange.",
                    "Behold den ene.",
                )  # fmt: skip
        host.boundaries.append(node)

    def check_scope(self, scope: str) -> None:
        inside = [node for node in self.nodes.values() if node.process == scope]
        kinds = Counter(node.kind for node in inside)
        if kinds[Kind.START] != 1:
            self.note(
                scope, "process.start", f"Der er {kinds[Kind.START]} starthændelser.",
                "Tegn netop én.",
            )  # fmt: skip
        if not kinds[Kind.END]:
            self.note(scope, "process.end", "Der er ingen sluthændelse.", "Tegn mindst én.")
        if self.nodes.get(scope) is not None:
            for node in inside:
                if node.kind is Kind.START and node.message is not None:
                    self.note(
                        node.id, "process.start", "En delproces kan ikke starte med en besked.",
                        "Brug en almindelig starthændelse.",
                    )  # fmt: skip
        reached: set[str] = set()
        todo = [node for node in inside if node.kind is Kind.START]
        while todo:
            node = todo.pop()
            if node.id in reached:
                continue
            reached.add(node.id)
            todo += [self.nodes[flow.target] for flow in node.outgoing] + node.boundaries
        for node in inside:
            if node.id not in reached and node.kind is not Kind.START:
                self.note(
                    node.id, "flow.unreachable", "Elementet kan ikke nås fra starten.",
                    "Forbind det, eller fjern det.",
                )  # fmt: skip

    def check_flows(self, node: Node) -> None:
        count_in, count_out = len(node.incoming), len(node.outgoing)
        if node.kind in {Kind.START, *BOUNDARIES} and count_in:
            self.note(node.id, "flow.into_event", "Et flow kan ikke gå hertil.", "Tegn det om.")
        if node.kind is Kind.END and count_out:
            self.note(node.id, "flow.after_end", "Et flow kan ikke gå herfra.", "Tegn det om.")
        if node.kind is not Kind.END and not count_out:
            self.note(
                node.id, "flow.dead_end", "Intet flow går videre herfra.",
                "Før flowet til en sluthændelse.",
            )  # fmt: skip
        if node.kind not in GATEWAYS and count_out > 1:
            self.note(
                node.id, "flow.implicit_split", "Flere flows går herfra uden en gateway.",
                "Sæt en gateway efter elementet.",
            )  # fmt: skip
        if node.kind in GATEWAYS and count_in > 1 and count_out > 1:
            self.note(
                node.id, "gateway.both", "En gateway kan ikke både samle og dele.",
                "Tegn to gateways.",
            )  # fmt: skip
        twice = [
            key for key, times in Counter(f.target for f in node.outgoing).items() if times > 1
        ]
        if twice:
            self.note(
                node.id, "flow.twice", f"To flows går til '{twice[0]}'.",
                "Behold det ene, og skriv betingelserne sammen.",
            )  # fmt: skip
        exclusive = node.kind is Kind.EXCLUSIVE and node.splits
        for flow in node.outgoing:
            if flow.condition is not None and (not exclusive or flow.id == node.default):
                self.note(
                    flow.id, "flow.condition", "Betingelsen her bliver aldrig læst.",
                    "Kun flows fra en eksklusiv gateway, der deler, har betingelser; og ikke "
                    "standardflowet.",
                )  # fmt: skip
            if exclusive and flow.condition is None and flow.id != node.default:
                self.note(
                    flow.id, "flow.no_condition", "Flowet har ingen betingelse.",
                    "Skriv en betingelse, eller gør flowet til standard.",
                )  # fmt: skip
        if exclusive and node.default not in {flow.id for flow in node.outgoing}:
            self.note(
                node.id, "gateway.default", "Gatewayen har intet standardflow.",
                "Vælg det svar, der skal gælde, når ingen af betingelserne er sande.",
            )  # fmt: skip


def read_diagram(file: str, content: bytes) -> Diagram:
    """Read a BPMN file; what we cannot run is in its `problems`."""
    return _Reader(file, read_xml(file, content)).read()
