"""Rows the core reads and writes as they are: no rule of law looks at them.

Frozen records (poster). Moments are aware (UTC), days are Danish calendar days. `id` is what the
store gave it; 0 means not stored yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from processes.domain.periods import Period, danish_day

Variables = Mapping[str, object]


@dataclass(frozen=True)
class ProcessDefinition:
    """One deployed version of a process (procesdefinition): its files as one unit."""

    id: int
    key: str
    version: int
    name: str
    digest: str
    bundle: Mapping[str, bytes]
    """Each file of the unit by its name."""
    valid_from: date
    deployed_by: str
    deployed_at: datetime
    start_message: str | None = None
    """The message that starts it (startbesked); None when it is only started directly."""


@dataclass(frozen=True)
class DecisionTableVersion:
    """One deployed version of a decision table (beslutningstabel), bound by legal date."""

    id: int
    key: str
    version: int
    digest: str
    xml: bytes
    valid_from: date
    deployed_by: str
    deployed_at: datetime


class InstanceState(StrEnum):
    """Whether a process instance goes on (procestilstand)."""

    RUNNING = "running"
    ENDED = "ended"
    INCIDENT = "incident"
    PAUSED = "paused"
    """Nothing moves it until a person lets it go on; what comes meanwhile is kept."""


@dataclass(frozen=True)
class ProcessInstance:
    """One run of a process (procesforløb)."""

    id: int
    definition_id: int
    process_key: str
    case_id: str
    state: InstanceState
    blob: bytes
    started_at: datetime
    ended_at: datetime | None = None
    end_element: str | None = None
    places: tuple[str, ...] = ()
    """Where its tokens stand, as `process/element`, calls too."""


class TaskState(StrEnum):
    """How far a user task is (opgavetilstand)."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class UserTask:
    """Something a person must do (opgave)."""

    id: int
    instance_id: int
    case_id: str
    token: str
    element_id: str
    name: str
    form_key: str
    role: str
    unit: str
    state: TaskState
    assignee: str | None
    due_at: datetime | None
    follow_up_on: date | None
    priority: int
    """0 normal, 1 high, 2 acute."""
    reason: str
    """Why it is here, in Danish, one line."""
    variables: Variables
    """Ids and scalars the form starts from."""
    created_at: datetime
    completed_at: datetime | None = None
    completed_by: str | None = None
    draft: Mapping[str, str] = field(default_factory=dict)
    """What was typed so far, by field; kept until the task is done."""
    revision: int = 0


@dataclass(frozen=True)
class TaskRow:
    """One row of an inbox: a task with what a list shows of its case, never a personal number."""

    task: UserTask
    case_number: str
    case_title: str
    party_name: str
    """Empty when the party is protected and the reader may not see it."""
    party_born_on: date
    protection: str
    assignee_name: str
    others: tuple[TaskRow, ...] = ()
    """The same person's other tasks in the view, when they are shown as one."""


class TaskSort(StrEnum):
    """What an inbox is sorted by (sortering)."""

    DUE = "due"
    """What is urgent, then by deadline."""
    OLDEST = "oldest"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True)
class SavedFilter:
    """What somebody wants to see of an inbox (filter): for now, or kept under a name."""

    id: str
    """An address carries this and nothing else, so no name reaches it."""
    owner: str
    name: str
    """Empty: for now, and forgotten the next day."""
    unit: str
    """The unit it is shared with; empty: the owner's alone."""
    wanted: InboxWish
    saved_at: datetime


@dataclass(frozen=True)
class InboxWish:
    """What is to be seen of a view, as somebody said it (filter)."""

    form_key: str = ""
    due_within: int | None = None
    """Days from today, whole ones."""
    words: str = ""
    """A name, a case number or a personal number."""
    sort: TaskSort = TaskSort.DUE

    @property
    def is_empty(self) -> bool:
        """Whether it leaves everything as it is."""
        return self == InboxWish()


@dataclass(frozen=True)
class TaskFilter:
    """What an inbox shows (indbakkevisning)."""

    view: str
    """`mine`, `unit`, `unassigned`, `waiting`, `overdue`."""
    role: str | None = None
    form_key: str | None = None
    due_before: datetime | None = None
    party_tokens: tuple[str, ...] = ()
    """Normalised words of a name, a case number, or the CPR digest; equality or prefix only."""
    sort: TaskSort = TaskSort.DUE
    after: tuple[int, str, int] | None = None
    """Keyset: the priority, the moment it is sorted by (ISO, empty without one) and id of the last
    row seen. The priority counts only where the sort is by deadline."""
    limit: int = 50
    is_by_person: bool = False
    """Whether a person's tasks are one row: the most urgent, with the others folded in it."""


@dataclass(frozen=True)
class TaskLoad:
    """How much one person holds in a unit (belastning)."""

    user: str | None
    """None: nobody has them."""
    open: int
    overdue: int
    due_this_week: int
    """Due from now until the week is over."""


@dataclass(frozen=True)
class Absence:
    """Days somebody is away (fravær), and who stands in; why is nobody's business here."""

    id: int
    user: str
    days: Period
    """Without an end until the person is back."""
    substitute: str | None
    """Who gets new tasks meanwhile; None leaves them to the unit."""
    registered_by: str
    registered_at: datetime


@dataclass(frozen=True)
class TaskMove:
    """One task moved from one person to another (flytning); those of one batch were one move.

    Where both are the same, it was put away until another day, or taken back.
    """

    id: int
    batch_id: str
    task_id: int
    from_user: str | None
    to_user: str | None
    """None: it was laid back, and is anybody's in the unit."""
    revision: int
    """The draft's revision when it was moved: a later one means that somebody has begun."""
    reason: str
    moved_by: str
    moved_at: datetime
    undone_at: datetime | None = None
    from_follow_up: date | None = None
    to_follow_up: date | None = None


@dataclass(frozen=True)
class Job:
    """A step waiting for a worker (kørsel)."""

    id: int
    instance_id: int
    case_id: str
    token: str
    element_id: str
    step: str
    arguments: Variables
    attempts: int
    max_attempts: int
    next_at: datetime
    idempotency_key: str
    last_error: str = ""


@dataclass(frozen=True)
class Timer:
    """A moment to wake a token at (tidsfrist i processen)."""

    id: int
    instance_id: int
    token: str
    element_id: str
    due_at: datetime


@dataclass(frozen=True)
class Subscription:
    """A token that waits for a message with a key (afventning)."""

    id: int
    instance_id: int
    token: str
    element_id: str
    message: str
    key: str


@dataclass(frozen=True)
class Incident:
    """Something a process cannot get past by itself (hændelsesfejl); somebody must look."""

    id: int
    instance_id: int
    case_id: str
    code: str
    element_id: str | None
    token: str | None
    message: str
    """Danish, without personal data."""
    raised_at: datetime
    resolved_at: datetime | None = None
    resolved_by: str | None = None


@dataclass(frozen=True)
class OutboxItem:
    """Something that must leave, or a message to deliver (udbakke); written with what caused it.

    Topics: `message` (BPMN message), `send.letter`, `send.payment`, `send.voucher`, `send.event`.
    Items of one `ordering_key` are delivered in order.
    """

    id: int
    topic: str
    ordering_key: str
    body: Variables
    idempotency_key: str
    created_at: datetime
    available_at: datetime
    attempts: int = 0
    last_error: str = ""


@dataclass(frozen=True)
class Claim:
    """A leased row of one municipality: what the claim functions return."""

    id: int
    municipality_id: int
    lease: str
    """The lease's own id; finishing needs it, so that an expired worker cannot."""


@dataclass(frozen=True)
class HistoryEvent:
    """One line of an instance's history (forløb), append-only."""

    instance_id: int
    element_id: str
    element_kind: str
    what: str
    at: datetime
    by: str | None
    result: Variables
    process_id: str = ""
    """The diagram the element stands in: a called process has its own."""


DRAFT_LIFETIME = timedelta(days=30)
"""How long an application under way is kept after it was last touched."""
DRAFT_NOTICE = timedelta(days=5)
"""How long before it goes its owner is told."""
DRAFT_REGRET = timedelta(days=1)
"""How long one that was thrown away can be taken back."""


@dataclass(frozen=True)
class DraftPart:
    """One part of an application under way, as it was typed (del af kladde)."""

    answers: Mapping[str, str]
    """Field name to text; it may be half an answer."""
    saved_at: datetime


@dataclass(frozen=True)
class ApplicationDraft:
    """An application under way (kladde til ansøgning): no case, no document, one a citizen."""

    parts: Mapping[str, DraftPart]
    """By the part's name in the form."""
    saved_at: datetime
    """When any part was last saved."""
    deleted_at: datetime | None = None
    """When its owner threw it away; it can be taken back for a day."""

    @property
    def kept_until(self) -> date:
        """The last day it is kept."""
        return danish_day(self.saved_at) + DRAFT_LIFETIME


@dataclass(frozen=True)
class Assessment:
    """What a caseworker made of facts and conditions (vurdering)."""

    id: str
    case_id: str
    by: str
    at: datetime
    discretion: bool
    """Whether discretion (skøn) was used."""
    text: str


class LetterState(StrEnum):
    """How far a letter is (brevtilstand)."""

    COMPOSED = "skrevet"
    RENDERED = "dannet"
    ORDERED = "bestilt"
    DELIVERED = "afleveret"
    REJECTED = "afvist"


@dataclass(frozen=True)
class LetterRecord:
    """One letter to one party (brev): its words, its exact copy, and how it went."""

    id: str
    batch_id: str
    case_id: str
    party_id: str
    kind: str
    subject_id: str
    """The decision or hearing it is about."""
    body: Mapping[str, object]
    """The `Letter` as data (see `processes.domain.letters`)."""
    state: LetterState
    composed_at: datetime
    document_id: str | None = None
    sha256: str | None = None
    channel: str | None = None
    ordered_at: datetime | None = None
    delivered_at: datetime | None = None
    receipt_reference: str = ""
    reason_code: str = ""
    tries: int = 0
    """How often it was sent before: a letter tried again is a new effect."""


@dataclass(frozen=True)
class VoucherRecord:
    """A voucher as posted (bilag), and whether the finance system took it."""

    id: str
    plan_id: str
    case_id: str
    posted_on: date
    entries: tuple[Mapping[str, object], ...]
    """Each with `account`, `amount_oere`, `text`."""
    accepted_at: datetime | None = None
    reference: str = ""
    rejected_reason: str = ""
    tries: int = 0
    """How often it was rejected and tried again: each try is a new effect."""


@dataclass(frozen=True)
class User:
    """A member of staff or a citizen who logs in (bruger); not municipal."""

    id: str
    name: str
    cpr_digest: str
    """To keep people from deciding their own case; empty when not known."""
    roles: tuple[tuple[int, str, str], ...]
    """Municipality, role and unit, one for each job function."""
    active: bool = True


@dataclass(frozen=True)
class Municipality:
    """A municipality (kommune)."""

    id: int
    """Its official code."""
    name: str
    cvr: str
    address_lines: tuple[str, ...]
    phone: str


@dataclass(frozen=True)
class AuditEvent:
    """Who saw or did what (logning): `subject.action`, never a personal number."""

    at: datetime
    user: str
    role: str
    action: str
    subject: str
    """`case:<id>`, `task:<id>`, `document:<id>`, `user:<id>`."""
    reason: str = ""


@dataclass(frozen=True)
class TimelineItem:
    """One thing that happened to a case, for the time line on its page."""

    at: datetime
    kind: str
    """`oplysning`, `opgave`, `afgoerelse`, `brev`, `udbetaling`, `notat`, `dokument`,
    `haendelse`, `besked`."""
    title: str
    detail: str
    by: str
    document_id: str = ""
    """What can be opened; empty when nothing can."""
