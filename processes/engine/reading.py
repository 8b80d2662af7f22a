"""Answers: what does this BPMN file draw, and is there anything in it we would misread?

The reader knows a white list. An element, attribute or extension outside it is a finding with its
id, a reason and a way out: never an exception, and never silence.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from processes.engine.diagrams import (
    REPEATED,
    Diagram,
    Flow,
    Kind,
    Node,
    Repeats,
    Wait,
    parse_duration,
)
from processes.engine.findings import (
    BPMN,
    BPMNDI,
    DI,
    ERROR,
    SPIFF,
    WARNING,
    XSI,
    Finding,
    read_xml,
)
from processes.engine.structure import check_structure
from processes.engine.syntax import ExpressionError, parse

MAX_ELEMENTS = 2_000
MAX_DEPTH = 10
MAX_EXPRESSIONS = 200_000

# ---- what is not supported, and what to do instead -----------------------------------------

WAY_OUT = {
    "scriptTask": "Brug en servicetask (step_) eller en beslutningstabel (rule_).",
    "complexGateway": "Brug eksklusive eller parallelle gateways.",
    "transaction": "Brug en delproces med fejlhændelser på kanten.",
    "adHocSubProcess": "Tegn opgaverne i en rækkefølge, eller parallelt.",
    "standardLoopCharacteristics": "Tegn løkken med en gateway og et flow tilbage.",
    "multiInstanceLoopCharacteristics": "Kun opgaver, trin, tabeller, delproces og kald kan "
    "gentages. Sæt gentagelsen på en delproces omkring elementet.",
    "participantMultiplicity": "Tegn en pulje for hver part, eller skriv det i dens navn.",
    "signalEventDefinition": "Brug en besked: den når den ene, der venter med nøglen.",
    "linkEventDefinition": "Brug den som mellemhændelse, der kaster eller griber.",
    "escalationEventDefinition": "Kast den i en delproces, og grib den på delprocessens kant.",
    "compensateEventDefinition": "Tegn det, der skal ske, som almindelige trin.",
    "conditionalEventDefinition": "Brug en besked.",
    "cancelEventDefinition": "Brug en fejlhændelse.",
    "timeCycle": "Brug et tidspunkt (timeDate) eller en varighed (timeDuration).",
    "assignment": "Lad et trin eller en opgave sætte variablen.",
    "transformation": "Lad et trin eller en opgave sætte variablen.",
    "preScript": "Et diagram kan ikke køre kode. Brug en servicetask.",
    "postScript": "Et diagram kan ikke køre kode. Brug en servicetask.",
}
FALLBACK = "Fjern elementet, eller tegn det med de elementer, der står i bpmn/README.md."

REASONS = {
    ("startEvent", "timerEventDefinition"): "Lad en besked starte den: en proces begynder i en "
    "sag, og et ur har ingen. Kørsler på faste dage planlægges af systemet.",
    ("startEvent", "signalEventDefinition"): "Lad en besked starte den.",
}
"""What to do instead, where it depends on the element too."""

PLAIN = {"documentation", "extensionElements", "incoming", "outgoing"}
DRAWN_ONLY = {
    "laneSet": "Banerne er navne på tegningen; hvem der skal løse en opgave, står på opgaven.",
    "dataObject": "Dataobjektet er kun tegning; sagens oplysninger står på sagen.",
    "dataObjectReference": "Dataobjektet er kun tegning; sagens oplysninger står på sagen.",
    "dataStoreReference": "Datalageret er kun tegning; sagens oplysninger står på sagen.",
    "dataStore": "Datalageret er kun tegning; sagens oplysninger står på sagen.",
    "dataInputAssociation": "Pilen fra data er kun tegning.",
    "dataOutputAssociation": "Pilen til data er kun tegning.",
    "ioSpecification": "Beskrivelsen af data er kun tegning; et trin får sine parametre.",
    "property": "Beskrivelsen af data er kun tegning.",
    "itemDefinition": "Beskrivelsen af data er kun tegning.",
    "messageFlow": "Pilen mellem puljer er kun tegning; en besked sendes ved navn og nøgle.",
    "participant": "Puljen er en anden part og kun tegning; systemet kører den ikke.",
    "category": "Kategorien er kun tegning.",
}
"""What has no effect on how a process runs: accepted, and said."""
CHILDREN: Mapping[str, set[str]] = {
    "startEvent": {"messageEventDefinition"},
    "endEvent": {
        "terminateEventDefinition", "errorEventDefinition", "escalationEventDefinition",
        "messageEventDefinition",
    },
    "task": set(),
    "manualTask": set(),
    "sendTask": set(),
    "userTask": set(),
    "serviceTask": set(),
    "businessRuleTask": set(),
    "receiveTask": set(),
    "intermediateCatchEvent": {
        "messageEventDefinition", "timerEventDefinition", "linkEventDefinition",
    },
    "intermediateThrowEvent": {
        "linkEventDefinition", "escalationEventDefinition", "messageEventDefinition",
    },
    "boundaryEvent": {
        "timerEventDefinition", "errorEventDefinition", "messageEventDefinition",
        "escalationEventDefinition",
    },
    "inclusiveGateway": set(),
    "eventBasedGateway": set(),
    "exclusiveGateway": set(),
    "parallelGateway": set(),
    "callActivity": set(),
}  # fmt: skip
LOOP_PARTS = {
    "loopCardinality", "loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem",
    "completionCondition",
}  # fmt: skip
EVENT_STARTS = {
    "messageEventDefinition", "timerEventDefinition", "errorEventDefinition",
    "escalationEventDefinition",
}  # fmt: skip
"""What can start an event sub-process."""
BESIDE = {
    "sequenceFlow", "textAnnotation", "association", "group", "documentation", "extensionElements",
}  # fmt: skip
ATTRIBUTES = {
    "id", "name", "default", "messageRef", "calledElement", "attachedToRef", "cancelActivity",
    "isExecutable", "gatewayDirection", "isInterrupting", "processType", "isClosed",
    "implementation", "operationRef", "isForCompensation", "startQuantity", "completionQuantity",
    "instantiate", "triggeredByEvent", "parallelMultiple", "eventGatewayType",
}  # fmt: skip
MUST_BE = {
    "isForCompensation": "false",
    "startQuantity": "1",
    "completionQuantity": "1",
    "instantiate": "false",
    "parallelMultiple": "false",
    "eventGatewayType": "Exclusive",
}
EXTENSIONS: Mapping[str, set[str]] = {
    "serviceTask": {"serviceTaskOperator"},
    "sendTask": {"serviceTaskOperator"},
    "userTask": {"properties"},
    "businessRuleTask": {"calledDecisionId"},
    "receiveTask": {"properties"},
    "intermediateCatchEvent": {"properties"},
    "boundaryEvent": {"properties"},
    "callActivity": {"properties"},
    "endEvent": {"properties"},
    "intermediateThrowEvent": {"properties"},
    "startEvent": {"properties"},
}
PROPERTIES: Mapping[str, set[str]] = {
    "userTask": {"formKey", "role", "due"},
    "receiveTask": {"key"},
    "intermediateCatchEvent": {"key"},
    "boundaryEvent": {"key"},
    "callActivity": set(),
    "endEvent": {"key"},
    "intermediateThrowEvent": {"key"},
    "startEvent": {"key"},
}
PREFIXED: Mapping[str, tuple[str, ...]] = {
    "callActivity": ("in:", "out:"),
    "endEvent": ("set:", "give:"),
    "intermediateThrowEvent": ("give:",),
}
MESSAGE_KINDS = {
    "startEvent": Kind.START,
    "endEvent": Kind.END,
    "intermediateThrowEvent": Kind.THROW_MESSAGE,
    "intermediateCatchEvent": Kind.CATCH_MESSAGE,
    "boundaryEvent": Kind.ON_MESSAGE,
}
ONE_KIND = {
    "startEvent": Kind.START,
    "endEvent": Kind.END,
    "userTask": Kind.USER_TASK,
    "serviceTask": Kind.SERVICE_TASK,
    "sendTask": Kind.SERVICE_TASK,
    "task": Kind.MANUAL,
    "manualTask": Kind.MANUAL,
    "intermediateThrowEvent": Kind.PASSED,
    "inclusiveGateway": Kind.INCLUSIVE,
    "eventBasedGateway": Kind.FIRST_EVENT,
    "businessRuleTask": Kind.RULE_TASK,
    "receiveTask": Kind.RECEIVE,
    "exclusiveGateway": Kind.EXCLUSIVE,
    "parallelGateway": Kind.PARALLEL,
    "callActivity": Kind.CALL,
    "subProcess": Kind.SUB_PROCESS,
}


ESCALATION_KINDS = {
    "endEvent": Kind.END,
    "intermediateThrowEvent": Kind.ESCALATE,
    "boundaryEvent": Kind.ON_ESCALATION,
}
MISSING = {
    "formKey": "Formularen",
    "role": "Rollen, der har opgaven,",
    "serviceTaskOperator": "Trinnet",
    "calledDecisionId": "Tabellen",
    "key": "Nøglen, beskeden findes på,",
    "calledElement": "Processen, der kaldes,",
}
"""What a property is called by somebody who draws."""
LOOSE_ENDS = {
    "flow.dead_end", "flow.unreachable", "flow.no_end", "process.start", "process.end",
    "gateway.default", "boundary.host", "gateway.first", "part.event_start",
}  # fmt: skip
"""What may only be wrong because an element beside it is refused."""


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
        self.remarks: list[Finding] = []
        self.nodes: dict[str, Node] = {}
        self.flows: dict[str, Flow] = {}
        self.messages: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self.escalations: dict[str, str] = {}
        self.ghosts: set[str] = set()
        """What is drawn but cannot be used: flows to it are not a fault of their own."""
        self.throwing: set[str] = set()
        self.expressions = 0
        self.expressions_noted = False
        self.linked: set[str] = set()

    def note(self, element: str, rule: str, message: str, way_out: str) -> None:
        self.problems.append(Finding(self.file, element, rule, ERROR, message, way_out))

    def drawing_only(self, node: etree._Element, owner: str) -> None:
        """Accept what has no effect, and say so; what would compute something is refused."""
        what = _local(node)
        for part in node.iter(f"{{{BPMN}}}assignment", f"{{{BPMN}}}transformation"):
            self.unsupported(part, owner)
        self.remarks.append(
            Finding(
                self.file, node.get("id") or owner, "element.drawing", WARNING,
                DRAWN_ONLY[what], "Lad det stå, hvis tegningen bliver lettere at læse.",
            )
        )  # fmt: skip

    def unsupported(self, node: etree._Element, owner: str) -> None:
        what = _local(node)
        above = node.getparent()
        kind = "" if above is None else _local(above)
        self.note(
            node.get("id") or owner, "element.unsupported", f"'{what}' kan ikke bruges her.",
            REASONS.get((kind, what)) or WAY_OUT.get(what, FALLBACK),
        )  # fmt: skip

    def feel(self, element: str, text: str) -> str:
        """Check that an expression is in the language; return it trimmed."""
        text = text.strip()
        self.expressions += len(text)
        if self.expressions > MAX_EXPRESSIONS:
            if not self.expressions_noted:
                self.note(
                    element, "expression.total",
                    f"Diagrammets udtryk fylder over {MAX_EXPRESSIONS} tegn tilsammen.",
                    "Læg reglerne i beslutningstabeller, eller del diagrammet op.",
                )  # fmt: skip
            self.expressions_noted = True
            return "null"
        try:
            parse(text)
        except ExpressionError as error:
            self.note(element, "expression.syntax", str(error), "Ret udtrykket.")
            return "null"
        return text

    # -- the file

    def read(self) -> Diagram:
        processes = self.ours(self.definitions())
        if len(processes) != 1:
            self.note(
                self.file, "process.one", f"Filen har {len(processes)} processer.",
                "En fil skal have netop én proces.",
            )  # fmt: skip
            for each in processes:  # nobody can run it, but all that is wrong is told
                self.foreign_attributes(each)
                self.container(each, each.get("id", ""))
            return Diagram(
                self.file, "", "", {}, {}, frozenset(), tuple(self.problems), tuple(self.remarks)
            )
        process = processes[0]
        key = process.get("id", "")
        if process.get("isExecutable") != "true":
            self.note(
                key, "process.executable", "Processen er ikke sat til at kunne køre.",
                "Sæt 'Executable' til.",
            )  # fmt: skip
        self.foreign_attributes(process)
        self.container(process, key)
        self.links()
        if len(self.nodes) + len(self.flows) > MAX_ELEMENTS:
            self.note(
                key, "diagram.size",
                f"Diagrammet har {len(self.nodes)} elementer og {len(self.flows)} flows; det må "
                f"højst have {MAX_ELEMENTS} tilsammen.",
                "Del det op med kaldte processer.",
            )  # fmt: skip
        else:
            self.problems += self.structure(key)
        drawn = frozenset(
            each.get("bpmnElement", "")
            for each in self.root.iter(f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge")
            if len(each.findall(f"{{{DI}}}waypoint")) > 1 or "Shape" in _local(each)
        )
        return Diagram(
            self.file, key, process.get("name", ""), self.nodes, self.flows, drawn | self.linked,
            tuple(self.problems), tuple(self.remarks),
        )  # fmt: skip

    def ours(self, processes: list[etree._Element]) -> list[etree._Element]:
        """Return the processes that are to be run: of several, the one that says it can be."""
        run = [each for each in processes if each.get("isExecutable") == "true"]
        if len(processes) < 2 or len(run) != 1:  # noqa: PLR2004 – one is the plain case
            return processes
        for each in processes:
            if each is not run[0]:
                self.remarks.append(
                    Finding(
                        self.file, each.get("id") or self.file, "process.other", WARNING,
                        "Processen er en anden parts og kun tegning; systemet kører den ikke.",
                        "Lad den stå, hvis tegningen bliver lettere at læse.",
                    )
                )  # fmt: skip
        return run

    def structure(self, key: str) -> list[Finding]:
        """Judge how it hangs together; where something is refused, only what stays wrong."""
        sound = {
            name: flow
            for name, flow in self.flows.items()
            if flow.source not in self.ghosts and flow.target not in self.ghosts
        }
        found = check_structure(self.file, key, self.nodes, sound)
        return [each for each in found if not self.ghosts or each.id not in LOOSE_ENDS]

    def definitions(self) -> list[etree._Element]:
        if self.root.tag != f"{{{BPMN}}}definitions":
            self.note(
                self.file, "bpmn.namespace", "Filen er ikke en BPMN 2.0-fil.",
                "Gem diagrammet som BPMN 2.0.",
            )  # fmt: skip
            return []
        processes = []
        for child in self.root:
            what = _local(child) if _space(child) == BPMN else ""
            if what == "process":
                processes.append(child)
            elif _space(child) != BPMNDI:
                self.beside_process(child, what)
        return processes

    def beside_process(self, child: etree._Element, what: str) -> None:
        """Read what stands beside the processes of a file."""
        match what:
            case "message" | "error" | "escalation":
                self.name_of(child, what)
            case "collaboration":
                self.collaboration(child)
            case "documentation" | "extensionElements":
                pass
            case _ if what in DRAWN_ONLY:
                self.drawing_only(child, self.file)
            case _:
                self.unsupported(child, self.file)

    def name_of(self, child: etree._Element, what: str) -> None:
        """Remember what an event of the file can refer to, by id."""
        named, attribute = {
            "message": (self.messages, "name"),
            "error": (self.errors, "errorCode"),
            "escalation": (self.escalations, "escalationCode"),
        }[what]
        named[child.get("id", "")] = child.get(attribute, "")

    def collaboration(self, child: etree._Element) -> None:
        """Take pools as the drawing they are: say of each other party that it is not run."""
        ours = {each.get("id") for each in self.root.iter(f"{{{BPMN}}}process")}
        for part in child:
            what = _local(part)
            for inner in part if what == "participant" else ():
                if _local(inner) == "participantMultiplicity":
                    self.unsupported(inner, part.get("id") or self.file)
            if what == "participant" and part.get("processRef", "").rpartition(":")[2] in ours:
                continue
            if _space(part) == BPMN and what in DRAWN_ONLY:
                self.drawing_only(part, self.file)
            elif _space(part) != BPMN or what not in BESIDE | PLAIN:
                self.unsupported(part, self.file)

    def container(self, parent: etree._Element, process: str, depth: int = 1) -> None:
        """Read the elements of a process or sub-process."""
        for child in parent:
            what = _local(child)
            if _space(child) != BPMN:
                self.unsupported(child, process)
            elif what == "sequenceFlow":
                self.flow(child, process)
            elif what == "subProcess":
                self.part(child, process, depth)
            elif what in CHILDREN:
                self.element(child, what, process)
            else:
                self.no_element(child, what, process)

    def no_element(self, child: etree._Element, what: str, process: str) -> None:
        """Pass by what is no element of a process, say what is only drawing, refuse the rest."""
        above = child.getparent()
        part = above is not None and _local(above) == "subProcess"
        if what in BESIDE or (part and what in PLAIN):
            if what == "extensionElements" and len(child):
                self.unsupported(child[0], process)
        elif what in DRAWN_ONLY:
            self.drawing_only(child, process)
        elif not (part and what == "multiInstanceLoopCharacteristics"):  # read with its part
            self.ghosts.add(child.get("id", ""))
            self.unsupported(child, process)

    def part(self, child: etree._Element, process: str, depth: int) -> None:
        """Read an embedded sub-process and what is in it."""
        key = child.get("id", "")
        by_event = child.get("triggeredByEvent") == "true"
        node = Node(
            key, child.get("name", ""), Kind.EVENT_PART if by_event else Kind.SUB_PROCESS, process
        )
        self.foreign_attributes(child)
        for part in child.findall(f"{{{BPMN}}}multiInstanceLoopCharacteristics"):
            self.repeats(part, node)
        self.add(node)
        if depth < MAX_DEPTH:
            self.container(child, key, depth + 1)
            if by_event:
                self.event_start(child, node)
        else:
            self.note(
                key, "part.nesting", f"Delprocesser ligger mere end {MAX_DEPTH} lag dybt.",
                "Saml nogle af dem, eller kald en proces.",
            )  # fmt: skip

    def event_start(self, child: etree._Element, part: Node) -> None:
        """Read what starts an event sub-process: an event that listens in the scope around it."""
        for start in child.findall(f"{{{BPMN}}}startEvent"):
            events = [each for each in start if _local(each) in EVENT_STARTS]
            key = start.get("id", "")
            if len(events) != 1:
                self.note(
                    key or part.id, "part.event_start", "Delprocessen har ingen udløser, vi kan "
                    "bruge.", "Vælg besked, tid, fejl eller eskalering på dens starthændelse.",
                )  # fmt: skip
                continue
            listener = Node(key, start.get("name", ""), Kind.ON_TIMER, part.process)
            self.event(listener, "boundaryEvent", events[0])
            listener.interrupting = start.get("isInterrupting", "true") != "false"
            inside = self.nodes.get(key)
            if inside is not None:
                inside.message = None
                listener.key, inside.key = inside.key, ""
            if listener.kind is Kind.ON_MESSAGE and not listener.key:
                self.note(
                    key, "property.missing", "Egenskaben 'key' mangler.",
                    "Udfyld den; se bpmn/README.md.",
                )  # fmt: skip
            if listener.kind is Kind.ON_ERROR and not listener.interrupting:
                self.note(
                    key, "boundary.error", "En fejl afbryder altid.",
                    "Lad starthændelsen være afbrydende.",
                )  # fmt: skip
            part.listener = listener

    def repeats(self, loop: etree._Element, node: Node) -> None:
        """Read how often an element is done, and what each time gets and gives."""
        if node.kind not in REPEATED:
            self.unsupported(loop, node.id)
            return
        for part in loop:
            if _space(part) != BPMN or _local(part) not in LOOP_PARTS | PLAIN:
                self.unsupported(part, node.id)
        if loop.get("behavior", "All") != "All":
            self.note(
                node.id, "repeat.behavior", "Gentagelsen kaster hændelser undervejs.",
                "Brug en afslutningsbetingelse (completionCondition).",
            )  # fmt: skip
        texts = {_local(part): (part.text or "").strip() for part in loop}
        over, times, until = (
            self.feel(node.id, texts[name]) if texts.get(name) else ""
            for name in ("loopDataInputRef", "loopCardinality", "completionCondition")
        )
        item, gives = self.named(loop, "inputDataItem"), self.named(loop, "outputDataItem")
        collects = texts.get("loopDataOutputRef", "")
        for name in filter(None, (item, gives, collects)):
            if not name.isidentifier():
                self.variable_name(node, name)
        sequential = loop.get("isSequential") == "true"
        node.repeats = Repeats(sequential, over, times, item, collects, gives, until)
        self.enough_said(node, node.repeats)

    def enough_said(self, node: Node, repeats: Repeats) -> None:
        """Note what a repetition leaves open."""
        if bool(repeats.over) == bool(repeats.times):
            self.note(
                node.id, "repeat.items", "Gentagelsen siger ikke, hvor mange gange.",
                "Angiv enten en liste (loopDataInputRef) eller et antal (loopCardinality).",
            )  # fmt: skip
        if bool(repeats.collects) != bool(repeats.gives):
            self.note(
                node.id, "repeat.output", "Gentagelsen siger ikke, hvad der samles, og hvor.",
                "Angiv både loopDataOutputRef og outputDataItem, eller ingen af dem.",
            )  # fmt: skip

    @staticmethod
    def named(loop: etree._Element, what: str) -> str:
        """Return the variable that a part of a repetition names."""
        found = loop.find(f"{{{BPMN}}}{what}")
        return "" if found is None else str(found.get("name") or found.get("id") or "")

    def variable_name(self, node: Node, name: str) -> None:
        self.note(
            node.id, "variable.name", f"'{name}' er ikke et variabelnavn.",
            "Brug små bogstaver, tal og understregning.",
        )  # fmt: skip

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
        self.flows[key] = Flow(key, child.get("name", ""), source, target, condition, process)

    # -- one element

    def foreign_attributes(self, child: etree._Element) -> None:
        key = child.get("id", self.file)
        for text, value in ((str(name), str(value)) for name, value in child.attrib.items()):
            if text.startswith("{"):
                if not text.startswith(f"{{{XSI}}}"):
                    self.note(
                        key, "attribute.foreign",
                        "Egenskaben '" + text + "' hører et andet værktøj til.",
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
        properties: dict[str, str] = {}
        node = Node(key, child.get("name", ""), ONE_KIND.get(what, Kind.CATCH_TIMER), process)
        events, loops = self.inside(child, what, node, properties)
        if len(events) > 1:
            self.note(
                key, "event.one", "Hændelsen har flere slags udløsere.", "Behold netop én udløser."
            )
        self.told_apart(child, what)
        self.events(node, what, events)
        self.meaning(node, child, properties)
        for loop in loops:
            self.repeats(loop, node)
        self.add(node)

    def inside(
        self, child: etree._Element, what: str, node: Node, properties: dict[str, str]
    ) -> tuple[list[etree._Element], list[etree._Element]]:
        """Return what triggers an element and what repeats it; note what else is in it."""
        events: list[etree._Element] = []
        loops: list[etree._Element] = []
        for part in child:
            name = _local(part) if _space(part) == BPMN else ""
            if name in CHILDREN[what]:
                events.append(part)
            elif name == "multiInstanceLoopCharacteristics":
                loops.append(part)
            elif name == "extensionElements":
                self.extensions(part, what, node, properties)
            elif name in DRAWN_ONLY:
                self.drawing_only(part, node.id)
            elif name not in PLAIN and not self.starts_part(child, name):
                self.unsupported(part, node.id)
        return events, loops

    @staticmethod
    def starts_part(child: etree._Element, name: str) -> bool:
        """Tell whether it is what starts an event sub-process; it is read with its part."""
        above = child.getparent()
        inside = above is not None and above.get("triggeredByEvent") == "true"
        return inside and _local(child) == "startEvent" and name in EVENT_STARTS

    def told_apart(self, child: etree._Element, what: str) -> None:
        """Note what makes an element another than those of its kind."""
        key = child.get("id", "")
        if what == "intermediateThrowEvent":
            self.throwing.add(key)
        if what == "task":
            self.note(
                key, "task.typeless", "Opgaven har ingen type.",
                "Vælg en type: brugertask, servicetask eller forretningsregel.",
            )  # fmt: skip
        if what == "sendTask" and child.get("messageRef"):
            self.note(
                key, "attribute.unsupported", "En sendetask sender ved sit trin, ikke en besked.",
                "Fjern beskeden, og vælg et trin, der sender.",
            )  # fmt: skip

    def extensions(
        self, part: etree._Element, what: str, node: Node, properties: dict[str, str]
    ) -> None:
        for extension in part:
            name = _local(extension)
            if _space(extension) != SPIFF or name not in EXTENSIONS.get(what, set()):
                self.unsupported(extension, node.id)
            elif name == "properties":
                properties.update(
                    {each.get("name", ""): each.get("value", "") for each in extension}
                )
            elif name == "calledDecisionId":
                node.decision = (extension.text or "").strip()
            else:
                self.operator(extension, node)
        prefixes = PREFIXED.get(what, ("\0",))
        for name in properties:
            if name not in PROPERTIES.get(what, set()) and not name.startswith(prefixes):
                self.note(
                    node.id, "property.unknown", f"Egenskaben '{name}' kendes ikke her.",
                    "Brug navnene i bpmn/README.md.",
                )  # fmt: skip

    def operator(self, extension: etree._Element, node: Node) -> None:
        node.step = extension.get("id", "")
        if extension.get("resultVariable"):
            self.note(
                node.id, "step.result_variable",
                "resultVariable kan ikke bruges: et trins resultat lægges ind under sine egne "
                "navne.",
                "Lad feltet være tomt.",
            )  # fmt: skip
        for each in extension.iter(f"{{{SPIFF}}}parameter"):
            node.arguments[each.get("id", "")] = self.feel(node.id, each.get("value", ""))

    def events(self, node: Node, what: str, events: list[etree._Element]) -> None:
        for event in events[:1]:
            self.event(node, what, event)
        if not events and what in {"intermediateCatchEvent", "boundaryEvent"}:
            self.note(
                node.id, "event.one", "Hændelsen har ingen udløser, vi kan bruge.",
                "Vælg tid, besked eller (på kanten) fejl eller eskalering.",
            )  # fmt: skip

    def event(self, node: Node, what: str, event: etree._Element) -> None:
        name = _local(event)
        if name == "timerEventDefinition":
            node.kind = Kind.ON_TIMER if what == "boundaryEvent" else Kind.CATCH_TIMER
            node.wait = self.timer(event, node.id)
        elif name == "messageEventDefinition":
            node.kind = MESSAGE_KINDS[what]
            name_of = self.message(event.get("messageRef", ""), node.id)
            if node.kind in {Kind.END, Kind.THROW_MESSAGE}:
                node.sends = name_of
            else:
                node.message = name_of
        elif name == "errorEventDefinition":
            node.kind = Kind.END if what == "endEvent" else Kind.ON_ERROR
            node.error_code = self.errors.get(event.get("errorRef", ""))
            self.coded(node, node.error_code, "error")
        elif name == "linkEventDefinition":
            self.link(node, event)
        elif name == "escalationEventDefinition":
            node.kind = ESCALATION_KINDS[what]
            node.escalation = self.escalations.get(event.get("escalationRef", ""))
            self.coded(node, node.escalation, "escalation")
        else:
            node.terminates = True

    def coded(self, node: Node, code: str | None, what: str) -> None:
        if not code:
            self.note(
                node.id, f"{what}.code", "Hændelsen har ingen kode.",
                f"Vælg en bpmn:{what} med {what}Code.",
            )  # fmt: skip

    def link(self, node: Node, event: etree._Element) -> None:
        node.kind = Kind.LINK
        node.link = event.get("name", "").strip()
        if not node.link:
            self.note(
                node.id, "link.name", "Linket har intet navn.",
                "Giv linket, der kaster, og det, der griber, samme navn.",
            )  # fmt: skip

    def links(self) -> None:
        """Let a flow go from each link that throws to the one of its name that catches."""
        links = [node for node in self.nodes.values() if node.kind is Kind.LINK and node.link]
        for node in links:
            if node.id not in self.throwing:
                continue
            ends = [
                each
                for each in links
                if each.id not in self.throwing
                and (each.link, each.process) == (node.link, node.process)
            ]
            if len(ends) != 1:
                self.note(
                    node.id, "link.target",
                    f"Linket '{node.link}' gribes {len(ends)} steder i samme proces.",
                    "Tegn netop ét link med navnet, der griber.",
                )  # fmt: skip
                continue
            key = f"{node.id}_to_{ends[0].id}"
            made = Flow(key, node.link, node.id, ends[0].id, None, node.process)
            self.flows.setdefault(key, made)
            self.linked.add(key)

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
        if properties.get("key"):
            node.key = self.feel(node.id, properties["key"])
        self.mapping(node, "in:", properties, node.ins)
        self.mapping(node, "out:", properties, node.outs)
        self.mapping(node, "set:", properties, node.sets)
        self.mapping(node, "give:", properties, node.gives)
        self.missing(node)

    def mapping(
        self, node: Node, prefix: str, properties: dict[str, str], target: dict[str, str]
    ) -> None:
        for each, value in properties.items():
            if not each.startswith(prefix):
                continue
            variable = each.removeprefix(prefix)
            if not variable.isidentifier():
                self.variable_name(node, variable)
            target[variable] = self.feel(node.id, value)

    def missing(self, node: Node) -> None:
        missing = {
            Kind.USER_TASK: [(node.form_key, "formKey"), (node.role, "role")],
            Kind.SERVICE_TASK: [(node.step, "serviceTaskOperator")],
            Kind.RULE_TASK: [(node.decision, "calledDecisionId")],
            Kind.RECEIVE: [(node.key, "key")],
            Kind.CATCH_MESSAGE: [(node.key, "key")],
            Kind.ON_MESSAGE: [(node.key, "key")],
            Kind.CALL: [(node.called, "calledElement")],
        }
        if node.sends:
            missing[node.kind] = [(node.key, "key")]
        for value, name in missing.get(node.kind, []):
            if not value:
                rule = "task.unassigned" if node.kind is Kind.USER_TASK else "property.missing"
                self.note(
                    node.id, rule, f"{MISSING.get(name, name)} mangler ({name}).",
                    "Udfyld feltet ved siden af tegningen; se også bpmn/README.md.",
                )  # fmt: skip


def read_diagram(file: str, content: bytes) -> Diagram:
    """Read a BPMN file; what we cannot run is in its `problems`."""
    return _Reader(file, read_xml(file, content)).read()
