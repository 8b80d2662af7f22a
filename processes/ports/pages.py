"""What the pages ask of the core, and what they get: one frozen record a page, one Protocol a desk.

The core fills the records; a template only writes them down. Nothing here is worked out twice:
states, ages and words come from the same rows as the decision does. Every method takes who asks
(`by`), checks the right to it, and notes the look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Protocol

from processes.domain.access import Actor
from processes.domain.calculation import Calculation, Missing
from processes.domain.cases import Application, Case, Party
from processes.domain.cessations import Cessation
from processes.domain.complaints import Complaint, ComplaintChannel
from processes.domain.deadlines import DeadlineKind, DeadlineSetting, UsualDeadline
from processes.domain.decisions import Decision, Proposal
from processes.domain.documents import (
    Collecting,
    Document,
    DocumentRequest,
    JournalNote,
    UploadedFile,
    still_missing,
)
from processes.domain.facts import Contradiction, Fact, FactKind
from processes.domain.gates import Gate
from processes.domain.hearings import PartyHearing
from processes.domain.immediate_help import Ceiling, ImmediateHelp
from processes.domain.incomes import IncomeFinding
from processes.domain.letters import Letter
from processes.domain.life import LifeEvent, Told
from processes.domain.matter_views import MatterView
from processes.domain.messages import CaseMessage, unanswered
from processes.domain.payments import PaymentLine, PaymentState
from processes.domain.periods import Period
from processes.domain.sanction_cases import SanctionRequest
from processes.domain.spouses import SpousePart
from processes.ports.records import (
    Absence,
    ApplicationDraft,
    AuditEvent,
    InboxWish,
    Incident,
    LetterRecord,
    ProcessInstance,
    SavedFilter,
    TaskFilter,
    TaskLoad,
    TaskRow,
    TimelineItem,
    UserTask,
    VoucherRecord,
)
from processes.ports.workbench import OutlineStep

GAP = "[Her kommer begrundelsen, når du har skrevet den]"
"""Stands in a letter's preview where words are still to be written; pages mark it."""

Names = Mapping[str, str]
"""User id to the name a reader may see; one that is missing is shown as it is."""


@dataclass(frozen=True)
class FactRow:
    """One fact as a page shows it (oplysning): what counts today, and what else was said."""

    party_id: str
    kind: FactKind
    fact: Fact | None
    """What counts; None when nobody has said anything."""
    others: tuple[Fact, ...] = ()
    """What other sources say of the same day, newest first."""
    age_days: int | None = None
    """How many days ago the system came to know it."""


@dataclass(frozen=True)
class ExplainLine:
    """One line of the explanation, ready to be read aloud (forklaringslinje)."""

    depth: int
    """0 a person's month with its sum, 1 a line of it or a condition, deeper what it rests on."""
    label: str
    value: str
    """The amount, day or word in Danish; empty for a heading, `ved ikke endnu` when unknown."""
    law: str = ""
    source: str = ""
    """Who said it, or where the rate was read."""
    mark: str = ""
    """`demosats` when a rate is derived by us, `ikke bekræftet` when it rests on a rate or reading
    of low confidence, else empty."""
    why: str = ""
    """What a rule does, in a sentence or two."""


@dataclass(frozen=True)
class PaymentRow:
    """One payment with how far it is (udbetaling)."""

    line: PaymentLine
    state: PaymentState
    reason_code: str = ""
    """Why it was rejected, in the counterpart's words; empty otherwise."""


@dataclass(frozen=True)
class LetterRow:
    """One letter to one party (brev), with the title that a list shows."""

    record: LetterRecord
    title: str


@dataclass(frozen=True)
class HelpNow:
    """What somebody must know to answer whether help is needed now (engangshjælp)."""

    asked: ImmediateHelp
    first_payment_on: date
    until_on: date
    """The last day without the first payment."""
    ceiling: Ceiling | None
    """None while no rate is known for the day."""
    pays_on: date
    """When money that is ordered now is there."""
    cut_off: time
    """Until when the bank takes what must be there the same day."""
    decision: Decision | None = None
    """The newest decision on it."""


@dataclass(frozen=True)
class DeadlineRow:
    """One deadline as it holds today (frist): the municipality's own, or the usual one."""

    benefit: str
    kind: DeadlineKind
    usual: UsualDeadline
    held: DeadlineSetting | None

    @property
    def days(self) -> int:
        """How many days it has."""
        return self.usual.days if self.held is None else self.held.days


@dataclass(frozen=True)
class DeadlinesPage:
    """A municipality's deadlines (frister): what holds, what will, what waits for another."""

    rows: Sequence[DeadlineRow]
    waiting: Sequence[DeadlineSetting]
    ahead: Sequence[DeadlineSetting]
    names: Names


@dataclass(frozen=True)
class TaskPage:
    """Everything the page of one task shows (opgaveside)."""

    task: UserTask
    case: Case
    revision: int
    """The draft's revision: who saves must hand it back."""
    application: Application | None = None
    facts: Sequence[FactRow] = ()
    contradictions: Sequence[Contradiction] = ()
    calculation: Calculation | None = None
    explanation: Sequence[ExplainLine] = ()
    proposal: Proposal | None = None
    decision: Decision | None = None
    hearing: PartyHearing | None = None
    missing: Sequence[Missing] = ()
    letters: Sequence[LetterRow] = ()
    letter_preview: Letter | None = None
    """The letter the task would send, as it stands now."""
    statement_draft: str = ""
    """What a hearing would say, drafted from the calculation; the caseworker edits it."""
    payments: Sequence[PaymentRow] = ()
    papers: Sequence[DocumentRequest] = ()
    """What the party was asked to send."""
    documents: Sequence[Document] = ()
    thread: MessageThread | None = None
    """The messages of the party the task is about."""
    answered_registers: Sequence[str] = ()
    """Registers that answered after the task to type in for them was opened."""
    event: LifeEvent | None = None
    """What happened, when the task is about that."""
    told: Sequence[Fact] = ()
    """The facts that whoever told of it gave."""
    help_now: HelpNow | None = None
    """The question of help until the first payment."""
    matter: MatterView | None = None
    """The question of its own the task is about (tilbagebetaling, administration)."""
    sanction: SanctionRequest | None = None
    """The request for a sanction the task is about."""
    gate: Gate | None = None
    """The conditions of that sanction, as they stand."""
    cessation: Cessation | None = None
    """The end of help the task is about."""
    finding: IncomeFinding | None = None
    """What the income register said otherwise, when the task is about that."""
    complaint: Complaint | None = None
    """The complaint the task is about."""
    complained_of: Decision | None = None
    """The decision it is a complaint of."""
    hearing_days: int = 14
    """How long a party usually has to answer a hearing here."""
    deciding_refused: str = ""
    """Why the reader may not complete this task (habilitet, fire øjne), in Danish; else empty."""
    names: Names = field(default_factory=dict)


class FormSource(Protocol):
    """What a task's form starts from (formulargrundlag): the task's page, or as much as is asked.

    One that is not a whole page reads when it is asked, so it lives as long as its transaction.
    """

    @property
    def task(self) -> UserTask:
        """The task."""

    @property
    def case(self) -> Case:
        """Its case."""

    @property
    def application(self) -> Application | None:
        """The application the case is about."""

    @property
    def facts(self) -> Sequence[FactRow]:
        """The facts that count."""

    @property
    def contradictions(self) -> Sequence[Contradiction]:
        """What sources disagree on."""

    @property
    def missing(self) -> Sequence[Missing]:
        """What the calculation lacks."""

    @property
    def calculation(self) -> Calculation | None:
        """The calculation the task is about."""

    @property
    def proposal(self) -> Proposal | None:
        """The proposal the task is about."""

    @property
    def hearing(self) -> PartyHearing | None:
        """The newest hearing about the same help."""

    @property
    def statement_draft(self) -> str:
        """What a hearing would say."""

    @property
    def matter(self) -> MatterView | None:
        """The question of its own the task is about."""

    @property
    def sanction(self) -> SanctionRequest | None:
        """The request for a sanction the task is about."""

    @property
    def cessation(self) -> Cessation | None:
        """The end of help the task is about."""

    @property
    def finding(self) -> IncomeFinding | None:
        """What the income register said otherwise, when the task is about that."""

    @property
    def payments(self) -> Sequence[PaymentRow]:
        """The case's payments."""

    @property
    def papers(self) -> Sequence[DocumentRequest]:
        """What the party was asked to send."""

    @property
    def answered_registers(self) -> Sequence[str]:
        """Registers that answered after the task to type in for them was opened."""

    @property
    def help_now(self) -> HelpNow | None:
        """The question of help until the first payment."""

    @property
    def hearing_days(self) -> int:
        """How long a party usually has to answer a hearing here."""


ReadForm = Callable[[FormSource], Mapping[str, object] | None]
"""Reads what was handed in: the values for the receiver, or None when something is to correct."""


class StepState(StrEnum):
    """How far one step of a process is (trintilstand)."""

    DONE = "done"
    ACTIVE = "active"
    INCIDENT = "incident"


@dataclass(frozen=True)
class ProcessStep:
    """One step a process has been through or stands at (trin), in words."""

    element_id: str
    name: str
    """The diagram's own Danish name."""
    state: StepState
    at: str
    """When, as a Danish text."""
    by: str = ""


@dataclass(frozen=True)
class InstanceView:
    """One run of a process as a picture and its twin in words (forløb)."""

    instance: ProcessInstance
    name: str
    diagram_xml: str
    active: tuple[str, ...]
    """Ids of the elements where it stands."""
    visited: tuple[str, ...]
    """Ids of the elements it has been through."""
    steps: tuple[ProcessStep, ...] = ()
    """The same in words, oldest first."""
    text: tuple[OutlineStep, ...] = ()
    """The whole drawing in words: where a case can go, not only where this one has been."""


class CaseTab(StrEnum):
    """One of the pages of a case (sagsfane); what it does not show is not read for it."""

    OVERVIEW = "overview"
    FACTS = "facts"
    CALCULATION = "calculation"
    PAYMENTS = "payments"
    DOCUMENTS = "documents"
    MESSAGES = "messages"
    CHANGES = "changes"
    JOURNAL = "journal"
    TIMELINE = "timeline"
    COURSE = "course"
    COMPLAINTS = "complaints"


@dataclass(frozen=True)
class CasePage:
    """Everything the pages of one case show (sagsside)."""

    case: Case
    application: Application | None = None
    facts: Sequence[FactRow] = ()
    contradictions: Sequence[Contradiction] = ()
    missing: Sequence[Missing] = ()
    calculation: Calculation | None = None
    explanation: Sequence[ExplainLine] = ()
    decisions: Sequence[Decision] = ()
    proposal: Proposal | None = None
    """The newest proposal that is not issued."""
    hearings: Sequence[PartyHearing] = ()
    letters: Sequence[LetterRow] = ()
    payments: Sequence[PaymentRow] = ()
    vouchers: Sequence[VoucherRecord] = ()
    documents: Sequence[Document] = ()
    papers: Sequence[DocumentRequest] = ()
    """What the party was asked to send."""
    events: Sequence[LifeEvent] = ()
    """What happened in the parties' lives, newest first."""
    may_withdraw: bool = False
    """Whether the application can still be withdrawn."""
    notes: Sequence[JournalNote] = ()
    timeline: Sequence[TimelineItem] = ()
    tasks: Sequence[UserTask] = ()
    instances: Sequence[InstanceView] = ()
    incidents: Sequence[Incident] = ()
    audit: Sequence[AuditEvent] = ()
    names: Names = field(default_factory=dict)


@dataclass(frozen=True)
class LifePage:
    """What can be told about a case, and was (ændringer og hændelser)."""

    case: Case
    applicants: Sequence[Party]
    """Who can withdraw the application."""
    events: Sequence[LifeEvent]
    """Newest first; a citizen sees their own."""
    may_withdraw: bool
    is_decided: bool
    """Whether a decision was sent: what changes now may start a reassessment."""
    is_closed: bool


@dataclass(frozen=True)
class CitizenStep:
    """One step of a citizen's case, and who has the ball (trin)."""

    label: str
    state: str
    """`done`, `now` or `later`."""
    who: str
    """`Hos dig` or `Hos kommunen`; empty when it is nobody's turn."""
    on: date | None = None
    """When it was done, or by when it will be."""
    note: str = ""
    """One sentence more; may be empty."""


@dataclass(frozen=True)
class CitizenCase:
    """One case as its party sees it (min sag)."""

    case: Case
    state_words: str
    """Where it stands, in a sentence."""
    steps: Sequence[CitizenStep] = ()
    answer_by: date | None = None
    """When the municipality must have answered."""
    application: Application | None = None
    calculation: Calculation | None = None
    decision: Decision | None = None
    """The newest decision whose letter was sent."""
    payments: Sequence[PaymentRow] = ()
    """Newest first, own payments only."""
    letters: Sequence[LetterRow] = ()
    documents: Sequence[Document] = ()
    hearing: PartyHearing | None = None
    """The hearing that can still be answered."""
    papers: Sequence[DocumentRequest] = ()
    """What the citizen was asked to send, dropped ones left out."""
    spouse_part: SpousePart | None = None
    """The part only the spouse can give, seen from both sides; never what it says."""
    is_spouse: bool = False
    """Whether the reader is the spouse: then the application is another's."""
    unread_messages: int = 0
    may_withdraw: bool = False
    """Whether the reader can still withdraw the application."""

    @property
    def missing_papers(self) -> Sequence[DocumentRequest]:
        """What the citizen has not sent, or must send again."""
        return still_missing(self.papers)


@dataclass(frozen=True)
class TeamMember:
    """One person of a team, and what they hold (medarbejder)."""

    user: str
    name: str
    roles: tuple[str, ...]
    """Role keys in the team's units; empty when the person works there no longer."""
    load: TaskLoad
    absence: Absence | None = None
    """The present absence, or the next one."""
    is_away: bool = False
    stands_in_for: tuple[str, ...] = ()
    """Names of those who are away now."""


@dataclass(frozen=True)
class PlannedMove:
    """One task on its way to somebody (planlagt flytning)."""

    task_id: int
    holder: str | None
    """Who had it when it was planned; somebody else since then, and it stays."""
    receiver: str


@dataclass(frozen=True)
class MoveShare:
    """What one person gets in a move, and why (andel)."""

    user: str
    name: str
    tasks: int
    due_this_week: int
    open_before: int
    why: tuple[str, ...]


@dataclass(frozen=True)
class TaskStays:
    """One task that is not moved, and why (bliver liggende)."""

    task_id: int
    name: str
    case_number: str
    why: str


@dataclass(frozen=True)
class MovePlan:
    """How tasks would be moved (forhåndsvisning); nothing is moved yet."""

    moves: tuple[PlannedMove, ...]
    shares: tuple[MoveShare, ...]
    stays: tuple[TaskStays, ...]


@dataclass(frozen=True)
class MoveReport:
    """What was moved, and what of it can be undone (flytning)."""

    batch_id: str
    at: datetime
    by: str
    reason: str
    givers: tuple[str, ...]
    """Names of those it was moved from; `ufordelte` stands for nobody."""
    shares: tuple[tuple[str, int], ...]
    """Name and number of each receiver."""
    stays: tuple[TaskStays, ...] = ()
    """When it was just moved or undone: what was left. Later: what is touched, and cannot be."""
    can_undo: int = 0


class DeskAct(StrEnum):
    """What somebody does to several tasks at once (handling)."""

    CLAIM = "claim"
    GIVE = "give"
    PUT_BACK = "put_back"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True)
class DeskChange:
    """What becomes of several tasks at once (handling)."""

    act: DeskAct
    receiver: str = ""
    """Who gets them, when they are given."""
    day: date | None = None
    """When they come back, when they are put away."""
    reason: str = ""


@dataclass(frozen=True)
class TeamPage:
    """Everything the page of a team shows (hold)."""

    members: Sequence[TeamMember]
    unassigned: TaskLoad
    chosen: str | None
    """Whose tasks are listed: a user, empty for nobody's, None for no list."""
    tasks: Sequence[TaskRow]
    total: int
    """How many there are, also those the list leaves out."""
    moves: Sequence[MoveReport]
    absences: Sequence[Absence]
    names: Names


@dataclass(frozen=True)
class PapersPage:
    """What a citizen sees of the papers of one case (papirer)."""

    case: Case
    papers: Sequence[DocumentRequest]
    """What was asked for, dropped ones left out."""
    collecting: Collecting
    """Whether somebody waits for papers: what comes afterwards is looked at by itself."""
    chosen: Mapping[str, Sequence[UploadedFile]]
    """By request: files that were chosen and not sent."""
    sent: Mapping[str, Sequence[Document]]
    """By request: what was sent."""
    is_decided: bool
    """Whether the case is decided, so that a paper no longer helps it."""


@dataclass(frozen=True)
class MessageThread:
    """What one party and the municipality wrote to each other about a case (beskeder)."""

    case: Case
    party_id: str
    messages: Sequence[CaseMessage]
    """Oldest first."""
    attachments: Mapping[str, Sequence[Document]]
    """By message: the files that came with it."""
    answer_task: int | None = None
    """The open task to answer in; pages of citizens never show it."""
    names: Names = field(default_factory=dict)

    @property
    def unanswered(self) -> Sequence[CaseMessage]:
        """What the party wrote and nobody has answered."""
        return unanswered(self.messages, self.party_id)


@dataclass(frozen=True)
class SpousePage:
    """What a spouse sees of an application that is not theirs (ægtefællens side)."""

    part: SpousePart
    case_number: str
    applicant_name: str
    applied_on: date
    applies_jointly: bool
    """Whether the spouse is said to apply too: then more is asked."""


class InboxDesk(Protocol):
    """The inbox and its tasks (indbakke)."""

    def rows(self, wanted: TaskFilter, by: Actor) -> Sequence[TaskRow]:
        """Return one page of an inbox."""

    def counts(self, by: Actor) -> Mapping[str, int]:
        """Return how many tasks each view holds."""

    def open(self, task_id: int, by: Actor) -> TaskPage:
        """Return what the page of a task shows."""

    def claim(self, task_id: int, by: Actor) -> None:
        """Make a task one's own; `ConflictError` names who was first."""

    def release(self, task_id: int, reason: str, by: Actor) -> None:
        """Lay a task back for others, and say why."""

    def save_draft(self, task_id: int, values: dict[str, str], revision: int, by: Actor) -> int:
        """Keep what was typed, return the new revision; `ConflictError` if another saved first."""

    def complete(self, task_id: int, values: Mapping[str, object], by: Actor) -> None:
        """Hand the form's values to its receiver and let the process go on."""

    def submit(self, task_id: int, read: ReadForm, by: Actor) -> UserTask | None:
        """Read the form and complete the task in one transaction; None when it is to correct."""

    def next(self, by: Actor, wanted: TaskFilter | None = None) -> int | None:
        """Claim the most urgent task nobody has, of those wanted; None when there is none."""

    def follow_up(self, task_id: int, day: date | None, by: Actor) -> None:
        """Put a task away until a day; None takes it back."""


@dataclass(frozen=True)
class ComplaintPage:
    """What can be complained of in a case, and was (klager)."""

    case: Case
    decisions: Sequence[Decision]
    """Those that are sent, the newest first."""
    complaints: Sequence[Complaint]
    names: Names = field(default_factory=dict)


class ComplaintDesk(Protocol):
    """Complaints (klager)."""

    def mine(self, case_id: str, by: Actor) -> ComplaintPage:
        """Return the decisions one can complain of, and one's own complaints."""

    def complain(self, case_id: str, decision_id: str, text: str, by: Actor) -> Complaint:
        """Complain of a decision in one's own case."""

    def maintain(self, complaint_id: str, by: Actor) -> Complaint:
        """Say that one's own complaint stands, though it was met in part."""

    def of_case(self, case_id: str, by: Actor) -> ComplaintPage:
        """Return the decisions of a case, and the complaints of them."""

    def register(
        self,
        case_id: str,
        decision_id: str,
        text: str,
        *,
        channel: ComplaintChannel,
        received_on: date,
        by: Actor,
    ) -> Complaint:
        """Write down a complaint that was told or sent."""

    def maintain_for(self, complaint_id: str, by: Actor) -> Complaint:
        """Write down that the citizen's complaint stands."""


class WorkDesk(Protocol):
    """Many tasks at once, and the filters somebody keeps (skrivebord)."""

    def colleagues(self, by: Actor) -> Mapping[str, str]:
        """Return who else works in one's units: name by user."""

    def change(self, task_ids: Sequence[int], wanted: DeskChange, by: Actor) -> MoveReport:
        """Take, give, lay back or put away tasks; one that cannot be stays, and says why."""

    def undo(self, batch_id: str, by: Actor) -> MoveReport:
        """Take back what one did, as far as nobody has touched it since."""

    def listed(self, view: str, wanted: InboxWish) -> TaskFilter:
        """Return the filter of a view: what is asked for, in days and words of today."""

    def want(self, wanted: InboxWish, by: Actor) -> SavedFilter:
        """Remember what somebody wants to see now."""

    def filters(self, by: Actor) -> Sequence[SavedFilter]:
        """Return the filters one keeps, and those shared with one's units."""

    def filter(self, filter_id: str, by: Actor) -> SavedFilter:
        """Return a filter of one's own, or one shared with one's units."""

    def keep(self, filter_id: str, name: str, unit: str, by: Actor) -> SavedFilter:
        """Keep a filter under a name, for oneself or for the unit."""

    def forget(self, filter_id: str, by: Actor) -> str:
        """Forget a filter one keeps; the answer is what it was called."""


class CaseDesk(Protocol):
    """Cases (sager)."""

    def page(self, case_id: str, by: Actor, tab: CaseTab | None = None) -> CasePage:
        """Return what a page of a case shows; without a page's name everything is read."""

    def explain(self, case_id: str, by: Actor) -> Sequence[ExplainLine]:
        """Return the newest calculation, line by line."""

    def document(self, document_id: str, by: Actor) -> tuple[Document, bytes]:
        """Return a document and its exact bytes."""

    def add_note(self, case_id: str, text: str, by: Actor) -> None:
        """Write a journal note."""

    def add_documents(
        self, case_id: str, kind: str, party_id: str, files: Sequence[tuple[str, bytes]], by: Actor
    ) -> None:
        """File what came by post or at the desk; what was asked for is told to the process."""

    def search(self, text: str, by: Actor) -> Sequence[Case]:
        """Return cases by name, case number or personal number."""


class CitizenDesk(Protocol):
    """Self-service (selvbetjening)."""

    def apply(self, answers: dict[str, str], by: Actor) -> str:
        """Receive an application; return the case's id."""

    def overview(self, by: Actor) -> Sequence[CitizenCase]:
        """Return one's own cases, newest first."""

    def answer_hearing(self, hearing_id: str, text: str, by: Actor) -> None:
        """Receive an answer to a hearing."""

    def document(self, document_id: str, by: Actor) -> tuple[Document, bytes]:
        """Return a document of one's own case."""

    def papers(self, case_id: str, by: Actor) -> PapersPage:
        """Return what one was asked to send, chose and sent."""

    def choose_files(self, request_id: str, files: Sequence[tuple[str, bytes]], by: Actor) -> None:
        """Keep files, by name and content, until they are sent."""

    def remove_file(self, file_id: str, by: Actor) -> str:
        """Take a file away before it is sent; return its name."""

    def send_papers(self, case_id: str, by: Actor) -> None:
        """Send every chosen file of a case."""

    def explain(self, case_id: str, by: Actor) -> Sequence[ExplainLine]:
        """Return how one's own help was calculated, line by line."""


class MessageDesk(Protocol):
    """Messages in a case (beskeder)."""

    def mine(self, case_id: str, by: Actor) -> MessageThread:
        """Return one's own messages in a case; what was new is read from now on."""

    def write(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]], by: Actor) -> None:
        """Write to the municipality about one's own case."""

    def of_case(self, case_id: str, by: Actor) -> Sequence[MessageThread]:
        """Return what each adult of a case and the municipality wrote to each other."""

    def write_to(
        self,
        case_id: str,
        party_id: str,
        text: str,
        files: Sequence[tuple[str, bytes]],
        by: Actor,
    ) -> None:
        """Write to a party of a case."""


class LifeDesk(Protocol):
    """What happens in a citizen's life (ændringer og hændelser)."""

    def mine(self, case_id: str, by: Actor) -> LifePage:
        """Return what one can tell about one's own case, and has told."""

    def withdraw(self, case_id: str, reason: str, by: Actor) -> None:
        """Withdraw one's own application."""

    def tell(self, case_id: str, told: Told, by: Actor) -> LifeEvent:
        """Tell of a change in one's own life."""

    def of_case(self, case_id: str, by: Actor) -> LifePage:
        """Return what can be told about a case, and was."""

    def withdraw_for(self, case_id: str, party_id: str, reason: str, by: Actor) -> None:
        """Withdraw an application on the citizen's behalf."""

    def tell_for(self, case_id: str, party_id: str, told: Told, by: Actor) -> LifeEvent:
        """Write down a change on the citizen's behalf."""

    def deliver(self, raw: bytes) -> bytes:
        """Receive one message about a person; answered after it is safely stored."""

    def unreadable(self, reason: str) -> bytes:
        """Return the answer to a message that could not be taken."""


class SpouseDesk(Protocol):
    """The spouse's own part of an application (ægtefællens del)."""

    def page(self, case_id: str, by: Actor) -> SpousePage:
        """Return what the spouse sees of the application."""

    def sign(self, case_id: str, answers: Mapping[str, str], shown: str, by: Actor) -> None:
        """Take in the spouse's answers; `shown` is what was read and signed, word for word."""


class DraftDesk(Protocol):
    """Applications under way (kladder)."""

    def mine(self, by: Actor) -> ApplicationDraft | None:
        """Return one's own application under way."""

    def thrown_away(self, by: Actor) -> ApplicationDraft | None:
        """Return one's own application that was thrown away and can be taken back."""

    def throw_away(self, by: Actor) -> None:
        """Throw one's own application away; it can be taken back for a day."""

    def take_back(self, by: Actor) -> None:
        """Take one's own application back that was thrown away."""

    def save(
        self, slug: str, answers: Mapping[str, str], *, seen: str, by: Actor
    ) -> datetime | None:
        """Keep one part as typed; return when a newer one was saved elsewhere that it replaces."""


class ControlDesk(Protocol):
    """Stopped cases (standsede sager)."""

    def incidents(self, by: Actor) -> Sequence[Incident]:
        """Return what stands still, newest first."""

    def retry(self, incident_id: int, by: Actor) -> None:
        """Try a stopped step again."""


class DeadlineDesk(Protocol):
    """A municipality's own deadlines (frister)."""

    def page(self, by: Actor) -> DeadlinesPage:
        """Return what holds today, what will, and what waits for a second person."""

    def propose(
        self, benefit: str, kind: DeadlineKind, days: int, valid_from: date, by: Actor
    ) -> None:
        """Propose a deadline; it holds for nobody before another has approved it."""

    def approve(self, setting_id: str, by: Actor) -> None:
        """Approve what another proposed."""

    def drop(self, setting_id: str, by: Actor) -> None:
        """Turn a proposal down, or take one's own back."""

    def published(self, municipality_id: int) -> Sequence[DeadlineRow]:
        """Return what a municipality has published; anybody may know it."""


class TeamDesk(Protocol):
    """A team, seen by its lead (hold)."""

    def page(self, chosen: str | None, by: Actor) -> TeamPage:
        """Return who has what; `chosen` lists one person's tasks, empty those of nobody."""

    def plan(self, task_ids: Sequence[int], receiver: str | None, by: Actor) -> MovePlan:
        """Return how tasks would go to somebody, or to everybody evenly; moves nothing."""

    def plan_all(self, holder: str, receiver: str | None, by: Actor) -> MovePlan:
        """Return the same for everything somebody has, or nobody when `holder` is empty."""

    def move(self, moves: Sequence[PlannedMove], reason: str, by: Actor) -> MoveReport:
        """Move tasks; one that was changed meanwhile stays and is named."""

    def undo(self, batch_id: str, by: Actor) -> MoveReport:
        """Give back what nobody has touched since it was moved, for a day."""

    def register_absence(
        self, user: str, days: Period, substitute: str | None, by: Actor
    ) -> Absence:
        """Say that somebody is away, and who stands in."""

    def end_absence(self, absence_id: int, by: Actor) -> Absence:
        """Say that somebody is back today."""


class IntakeDesk(Protocol):
    """What other systems hand in (indgang)."""

    def deliver(self, raw: bytes) -> bytes:
        """Receive one SF2900 message; return the body of the answer.

        `RuleError` when it cannot be read: `unreadable` words the answer to that.
        """

    def unreadable(self, reason: str) -> bytes:
        """Return the body that tells the sender why a message could not be read."""
