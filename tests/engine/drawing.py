"""Draws small diagrams for the engine's tests: a line for each element, a line for each path."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape

from processes.engine.definitions import Definition, parse_bundle
from processes.engine.effects import (
    Advanced,
    Await,
    Effect,
    Ended,
    MessageArrived,
    OpenTask,
    RaiseIncident,
    Retry,
    RunStep,
    Send,
    SetTimer,
    Start,
    StepDone,
    StepFailed,
    TaskCompleted,
    TimerFired,
    Trigger,
    Withdraw,
)
from processes.engine.runtime import advance, advance_unpruned
from processes.engine.tables import DecisionTable

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
)


def _properties(values: dict[str, str]) -> str:
    rows = "".join(
        f'<spiffworkflow:property name="{name}" value="{escape(value)}"/>'
        for name, value in values.items()
    )
    return (
        "<bpmn:extensionElements><spiffworkflow:properties>"
        f"{rows}</spiffworkflow:properties></bpmn:extensionElements>"
        if rows
        else ""
    )


def _element(tag: str, key: str, inside: str = "", **attributes: str) -> str:
    extra = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f'<bpmn:{tag} id="{key}" name="{key}"{extra}>{inside}</bpmn:{tag}>'


def start(key: str = "start", message: str = "") -> str:
    """A start event."""
    event = f'<bpmn:messageEventDefinition messageRef="message_{message}"/>' if message else ""
    return _element("startEvent", key, event)


def end(key: str = "end", *, terminate: bool = False, error: str = "", **sets: str) -> str:
    """An end event; keywords are variables it sets."""
    event = "<bpmn:terminateEventDefinition/>" if terminate else ""
    if error:
        event = f'<bpmn:errorEventDefinition errorRef="error_{error}"/>'
    return _element(
        "endEvent", key, _properties({f"set:{name}": v for name, v in sets.items()}) + event
    )


def user(key: str, *, due: str = "", form: str = "casework.assess") -> str:
    """A user task."""
    values = {"formKey": form, "role": "caseworker"} | ({"due": due} if due else {})
    return _element("userTask", key, _properties(values))


def service(key: str, step: str = "cases.note", **arguments: str) -> str:
    """A service task."""
    rows = "".join(
        f'<spiffworkflow:parameter id="{name}" type="any" value="{escape(text)}"/>'
        for name, text in arguments.items()
    )
    return _element(
        "serviceTask",
        key,
        f'<bpmn:extensionElements><spiffworkflow:serviceTaskOperator id="{step}" '
        f'resultVariable=""><spiffworkflow:parameters>{rows}</spiffworkflow:parameters>'
        "</spiffworkflow:serviceTaskOperator></bpmn:extensionElements>",
    )


def rule(key: str, decision: str) -> str:
    """A business rule task."""
    return _element(
        "businessRuleTask",
        key,
        "<bpmn:extensionElements><spiffworkflow:calledDecisionId>"
        f"{decision}</spiffworkflow:calledDecisionId></bpmn:extensionElements>",
    )


def receive(key: str, message: str, by: str) -> str:
    """A receive task."""
    return _element("receiveTask", key, _properties({"key": by}), messageRef=f"message_{message}")


def _timer(until: str, duration: str) -> str:
    tag, text = ("timeDate", until) if until else ("timeDuration", duration)
    return (
        f'<bpmn:timerEventDefinition><bpmn:{tag} xsi:type="bpmn:tFormalExpression">'
        f"{escape(text)}</bpmn:{tag}></bpmn:timerEventDefinition>"
    )


def pause(key: str, *, until: str = "", duration: str = "P1D") -> str:
    """An intermediate timer."""
    return _element("intermediateCatchEvent", key, _timer(until, duration))


def on_timer(
    key: str, host: str, *, until: str = "", duration: str = "P1D", interrupting: bool = True
) -> str:
    """A timer on the edge of an element."""
    return _element(
        "boundaryEvent", key, _timer(until, duration), attachedToRef=host,
        cancelActivity="true" if interrupting else "false",
    )  # fmt: skip


def on_error(key: str, host: str, code: str) -> str:
    """An error event on the edge of an element."""
    event = f'<bpmn:errorEventDefinition errorRef="error_{code}"/>'
    return _element("boundaryEvent", key, event, attachedToRef=host)


def on_message(
    key: str, host: str, message: str, by: str = "case_id", *, interrupting: bool = True
) -> str:
    """A message on the edge of an element."""
    event = f'<bpmn:messageEventDefinition messageRef="message_{message}"/>'
    return _element(
        "boundaryEvent", key, _properties({"key": by}) + event, attachedToRef=host,
        cancelActivity="true" if interrupting else "false",
    )  # fmt: skip


def either(key: str, default: str = "") -> str:
    """An exclusive gateway."""
    return _element("exclusiveGateway", key, **({"default": default} if default else {}))


def both(key: str) -> str:
    """A parallel gateway."""
    return _element("parallelGateway", key)


def any_of(key: str, default: str = "") -> str:
    """An inclusive gateway."""
    return _element("inclusiveGateway", key, **({"default": default} if default else {}))


def first(key: str) -> str:
    """An event gateway."""
    return _element("eventBasedGateway", key)


def manual(key: str) -> str:
    """A manual task."""
    return _element("manualTask", key)


def link(key: str, name: str, *, throws: bool) -> str:
    """A link, to jump from or to."""
    event = f'<bpmn:linkEventDefinition name="{name}"/>'
    return _element(f"intermediate{'Throw' if throws else 'Catch'}Event", key, event)


def passed(key: str) -> str:
    """An event that marks that the process has come here."""
    return _element("intermediateThrowEvent", key)


def raised(key: str, code: str, *, ends: bool = False) -> str:
    """An escalation, on the way or at an end."""
    event = f'<bpmn:escalationEventDefinition escalationRef="escalation_{code}"/>'
    return _element("endEvent" if ends else "intermediateThrowEvent", key, event)


def on_escalation(key: str, host: str, code: str, *, interrupting: bool = True) -> str:
    """An escalation on the edge of an element."""
    event = f'<bpmn:escalationEventDefinition escalationRef="escalation_{code}"/>'
    return _element(
        "boundaryEvent", key, event, attachedToRef=host,
        cancelActivity="true" if interrupting else "false",
    )  # fmt: skip


def call(key: str, called: str, ins: dict[str, str], outs: dict[str, str]) -> str:
    """A call activity."""
    values = {f"in:{name}": text for name, text in ins.items()}
    values |= {f"out:{name}": text for name, text in outs.items()}
    return _element("callActivity", key, _properties(values), calledElement=called)


def part(key: str, *inside: str) -> str:
    """An embedded sub-process."""
    return _element("subProcess", key, "".join(inside))


def many(
    element: str, *, over: str = "", times: str = "", item: str = "", collects: str = "",
    gives: str = "", until: str = "", sequential: bool = False,
) -> str:  # fmt: skip
    """An element that is done several times."""
    inside = f"<bpmn:loopCardinality>{escape(times)}</bpmn:loopCardinality>" if times else ""
    inside += f"<bpmn:loopDataInputRef>{over}</bpmn:loopDataInputRef>" if over else ""
    inside += f"<bpmn:loopDataOutputRef>{collects}</bpmn:loopDataOutputRef>" if collects else ""
    inside += f'<bpmn:inputDataItem id="{item}"/>' if item else ""
    inside += f'<bpmn:outputDataItem id="{gives}"/>' if gives else ""
    inside += (
        f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>" if until else ""
    )
    order = "true" if sequential else "false"
    loop = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{order}">{inside}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    tag = re.match(r"<bpmn:(\w+)", element)
    assert tag is not None
    if tag[1] == "subProcess":
        return re.sub(r"^(<bpmn:subProcess[^>]*>)", lambda m: m[1] + loop, element)
    end_of = f"</bpmn:{tag[1]}>"
    return element.removesuffix(end_of) + loop + end_of


def event_part(key: str, starts: str, *inside: str) -> str:
    """A sub-process that an event starts; `starts` is one of the three below."""
    return _element("subProcess", key, starts + "".join(inside), triggeredByEvent="true")


def starts_on(key: str, event: str, by: str = "", *, interrupting: bool = True) -> str:
    """What starts an event sub-process; `event` is `message:…`, `timer:…`, `error:…` or so."""
    kind, _, word = event.partition(":")
    events = {
        "message": f'<bpmn:messageEventDefinition messageRef="message_{word}"/>',
        "timer": _timer("", word),
        "error": f'<bpmn:errorEventDefinition errorRef="error_{word}"/>',
        "escalation": f'<bpmn:escalationEventDefinition escalationRef="escalation_{word}"/>',
    }
    return _element(
        "startEvent", key, _properties({"key": by} if by else {}) + events[kind],
        isInterrupting="true" if interrupting else "false",
    )  # fmt: skip


def thrown(key: str, message: str, by: str = "case_id", *, ends: bool = False, **gives: str) -> str:
    """A message that is sent, on the way or at an end; keywords are what it carries."""
    values = {"key": by} | {f"give:{name}": text for name, text in gives.items()}
    event = f'<bpmn:messageEventDefinition messageRef="message_{message}"/>'
    tag = "endEvent" if ends else "intermediateThrowEvent"
    return _element(tag, key, _properties(values) + event)


def path(*keys: str) -> str:
    """Flows from each element to the next; `"a"`, `"[x = 1]"`, `"b"` puts a condition between."""
    flows = []
    source, condition = keys[0], ""
    for key in keys[1:]:
        if key.startswith("["):
            condition = key[1:-1]
            continue
        inside = (
            f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}'
            "</bpmn:conditionExpression>"
            if condition
            else ""
        )
        flows.append(
            f'<bpmn:sequenceFlow id="{source}_to_{key}" name="{source}_to_{key}" '
            f'sourceRef="{source}" targetRef="{key}">{inside}</bpmn:sequenceFlow>'
        )
        source, condition = key, ""
    return "".join(flows)


def draw(key: str, *inside: str, name: str = "Prøve") -> bytes:
    """The file: the process, and the messages and errors it names."""
    body = "".join(inside)
    messages = sorted(set(re.findall(r'messageRef="message_([^"]+)"', body)))
    errors = sorted(set(re.findall(r'errorRef="error_([^"]+)"', body)))
    escalations = sorted(set(re.findall(r'escalationRef="escalation_([^"]+)"', body)))
    named = "".join(f'<bpmn:message id="message_{m}" name="{m}"/>' for m in messages)
    named += "".join(f'<bpmn:error id="error_{e}" name="{e}" errorCode="{e}"/>' for e in errors)
    named += "".join(
        f'<bpmn:escalation id="escalation_{e}" escalationCode="{e}"/>' for e in escalations
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions {SPACES} id="definitions" '
        f'targetNamespace="urn:test">{named}<bpmn:process id="{key}" name="{name}" '
        f'isExecutable="true">{body}</bpmn:process>{_plane(key, body)}</bpmn:definitions>'
    ).encode()


def _plane(key: str, body: str) -> str:
    """The picture: every element and flow is on it, if not beautifully."""
    tags = "Event|Task|Gateway|Process|Activity|task"
    shapes = re.findall(rf'<bpmn:\w*(?:{tags}) id="([^"]+)"', body)
    edges = re.findall(r'<bpmn:sequenceFlow id="([^"]+)"', body)
    drawn = "".join(
        f'<bpmndi:BPMNShape id="{each}_di" bpmnElement="{each}">'
        '<dc:Bounds x="0" y="0" width="10" height="10"/></bpmndi:BPMNShape>'
        for each in shapes
    ) + "".join(
        f'<bpmndi:BPMNEdge id="{each}_di" bpmnElement="{each}"><di:waypoint x="0" y="0"/>'
        '<di:waypoint x="9" y="9"/></bpmndi:BPMNEdge>'
        for each in edges
    )
    return (
        f'<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="{key}">'
        f"{drawn}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    )


def define(*drawings: bytes, key: str | None = None) -> Definition:
    """A definition from drawings; the main one is the one no other calls, or `key`."""
    files = {}
    for drawing in drawings:
        found = re.search(rb'<bpmn:process id="([^"]+)"', drawing)
        assert found is not None
        files[f"{found[1].decode()}.bpmn"] = drawing
    return parse_bundle(files, key=key)


@dataclass
class Walk:
    """An instance that a test walks through: saved and loaded between every two triggers."""

    definition: Definition
    tables: dict[str, DecisionTable] = field(default_factory=dict)
    prune: bool = True
    now: datetime = NOW
    state: bytes | None = None
    last: Advanced | None = None
    open: dict[str, Effect] = field(default_factory=dict)
    """What is wanted now, by token."""
    incidents: list[RaiseIncident] = field(default_factory=list)
    ended: Ended | None = None
    sent: list[Send] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)

    def send(self, trigger: Trigger) -> Advanced:
        """Give a trigger, and note what came of it."""
        act = advance if self.prune else advance_unpruned
        done = act(self.definition, self.state, trigger, self.now, tables=self.tables)
        self.state, self.last = done.state, done
        self.taken += done.flows
        if not isinstance(trigger, Start):
            before = self.open.pop(trigger.token, None)
            if isinstance(trigger, StepFailed) and before is not None:
                self.open[trigger.token] = before
        self.sent += [effect for effect in done.effects if isinstance(effect, Send)]
        for effect in done.effects:
            match effect:
                case OpenTask() | RunStep() | SetTimer() | Await():
                    self.open[effect.token] = effect
                case RaiseIncident():
                    self.incidents.append(effect)
                case Withdraw(token):
                    self.open.pop(token, None)
                case Ended():
                    self.ended = effect
        return done

    def begin(self, **variables: object) -> Advanced:
        """Start the instance."""
        return self.send(Start(variables))

    def find(self, element: str) -> str:
        """The token of what is wanted at an element."""
        found = [t for t, e in self.open.items() if getattr(e, "element_id", None) == element]
        assert found, f"{element} is not open; open are {self.waiting}"
        return found[0]

    @property
    def waiting(self) -> list[str]:
        """The elements something is wanted at."""
        return sorted(str(getattr(effect, "element_id", "")) for effect in self.open.values())

    def done(self, element: str, **result: object) -> Advanced:
        """Complete what is wanted at an element, whatever it is."""
        token = self.find(element)
        match self.open[token]:
            case OpenTask():
                return self.send(TaskCompleted(token, result, "anna"))
            case RunStep():
                return self.send(StepDone(token, result))
            case Await():
                return self.send(MessageArrived(token, result))
            case _:
                return self.send(TimerFired(token))

    def fail(self, element: str, code: str) -> Advanced:
        """Let a step end in an error."""
        return self.send(StepFailed(self.find(element), code))

    def retry(self, **corrections: object) -> Advanced:
        """Retry the newest incident."""
        token = self.incidents[-1].token
        assert token is not None
        return self.send(Retry(token, corrections))
