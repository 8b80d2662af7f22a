"""Answers: what is a diagram, once it has been read?

Elements with what they mean to us, flows between them, and what is wrong. The machine runs this
and the linter judges this, so the two cannot see different diagrams. `reading` makes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from processes.engine.findings import Finding


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
    ON_MESSAGE = "boundaryMessageEvent"
    ON_ESCALATION = "boundaryEscalationEvent"
    MANUAL = "manualTask"
    PASSED = "intermediateThrowEvent"
    LINK = "linkEvent"
    ESCALATE = "escalationThrowEvent"
    INCLUSIVE = "inclusiveGateway"
    FIRST_EVENT = "eventBasedGateway"
    EXCLUSIVE = "exclusiveGateway"
    PARALLEL = "parallelGateway"
    THROW_MESSAGE = "messageThrowEvent"
    SUB_PROCESS = "subProcess"
    EVENT_PART = "eventSubProcess"
    CALL = "callActivity"


GATEWAYS = {Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE, Kind.FIRST_EVENT}
ASKING = {Kind.EXCLUSIVE, Kind.INCLUSIVE}
"""The gateways whose flows have conditions."""
BOUNDARIES = {Kind.ON_TIMER, Kind.ON_ERROR, Kind.ON_MESSAGE, Kind.ON_ESCALATION}
SIDE_WAYS = {Kind.ON_TIMER, Kind.ON_ESCALATION, Kind.ON_MESSAGE}
"""What may happen on an edge without ending its element."""
PARTS = {Kind.SUB_PROCESS, Kind.EVENT_PART}
"""What has a drawing of its own inside."""
REPEATED = {Kind.USER_TASK, Kind.SERVICE_TASK, Kind.RULE_TASK, Kind.SUB_PROCESS, Kind.CALL}
"""What can be done several times, for each of some items."""
EACH = ".each"
"""Ends the name of the scope in which the times of a repeated element are done."""
CAUGHT = {Kind.RECEIVE, Kind.CATCH_MESSAGE, Kind.CATCH_TIMER}
"""What can stand behind an event gateway."""
WAITS = {Kind.USER_TASK, Kind.RECEIVE, Kind.CATCH_MESSAGE, Kind.CATCH_TIMER}
"""What makes a process stand still until somebody outside does something."""
TIMER_HOSTS = {Kind.USER_TASK, Kind.SERVICE_TASK, Kind.RECEIVE, Kind.SUB_PROCESS, Kind.CALL}
MESSAGE_HOSTS = {Kind.USER_TASK, Kind.SUB_PROCESS, Kind.CALL}
"""What goes on for long enough that the world may have something to say meanwhile."""
ERROR_HOSTS = {Kind.SERVICE_TASK, Kind.SUB_PROCESS, Kind.CALL}
ESCALATION_HOSTS = {Kind.SUB_PROCESS, Kind.CALL}

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
class Repeats:
    """How often an element is done (multi-instance), and what each time knows."""

    sequential: bool
    over: str = ""
    """A list (FEEL), one time for each item; or else `times`."""
    times: str = ""
    item: str = ""
    """The variable that holds the item in each time."""
    collects: str = ""
    """The variable that each time's `gives` is collected in, in the order of the items."""
    gives: str = ""
    until: str = ""
    """When true (FEEL) after a time has ended, the rest are given up."""


@dataclass(frozen=True)
class Flow:
    """A sequence flow: from, to, and the condition that takes it."""

    id: str
    name: str
    source: str
    target: str
    condition: str | None
    process: str
    """The process, or embedded sub-process, it is drawn in."""


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
    escalation: str | None = None
    link: str = ""
    attached_to: str = ""
    interrupting: bool = True
    default: str | None = None
    called: str = ""
    ins: dict[str, str] = field(default_factory=dict)
    outs: dict[str, str] = field(default_factory=dict)
    sets: dict[str, str] = field(default_factory=dict)
    terminates: bool = False
    sends: str = ""
    """The message it throws; `key` and `gives` say to whom and with what."""
    gives: dict[str, str] = field(default_factory=dict)
    listener: Node | None = None
    """Of an event sub-process: what starts it, as an event that stands in the scope around it."""
    repeats: Repeats | None = None
    """How often it is done, when more than once."""
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
    remarks: tuple[Finding, ...] = ()
    """What is only drawing and has no effect: said, so that nothing is ignored in silence."""

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
