"""What must be remembered: the unit of work and its stores, as Protocols.

One unit of work is one transaction in one municipality. Nothing is seen by others before
`commit()`; leaving the block without it rolls back. Every method works inside the municipality
of the unit of work and cannot see another's rows. `NotFoundError` when a given id is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from processes.domain.calculation import Calculation, HelpKind
from processes.domain.cases import Application, Case, CaseState, Party
from processes.domain.complaints import Complaint
from processes.domain.deadlines import DeadlineSetting, DelayNotice
from processes.domain.decisions import Decision, Proposal
from processes.domain.documents import Document, DocumentRequest, JournalNote, UploadedFile
from processes.domain.facts import Fact
from processes.domain.hearings import PartyHearing
from processes.domain.immediate_help import ImmediateHelp
from processes.domain.life import LifeEvent
from processes.domain.messages import CaseMessage
from processes.domain.payments import PaymentLine, PaymentPlan, PaymentReceipt, PaymentState
from processes.domain.rates import Rate
from processes.domain.spouses import SpousePart
from processes.ports.books import BookStore
from processes.ports.changes import CessationStore, IncomeCheckStore, SanctionStore
from processes.ports.cockpit import CockpitStore
from processes.ports.deductions import DeductionStore
from processes.ports.law import LawStore
from processes.ports.matters import ClaimStore, MatterStore
from processes.ports.migrations import MigrationStore
from processes.ports.production import ProductionStore
from processes.ports.records import (
    Absence,
    ApplicationDraft,
    Assessment,
    AuditEvent,
    Claim,
    DecisionTableVersion,
    DraftPart,
    HistoryEvent,
    Incident,
    Job,
    LetterRecord,
    Municipality,
    OutboxItem,
    ProcessDefinition,
    ProcessInstance,
    SavedFilter,
    Subscription,
    TaskFilter,
    TaskLoad,
    TaskMove,
    TaskRow,
    TimelineItem,
    Timer,
    User,
    UserTask,
    VoucherRecord,
)
from processes.ports.runs import RunStore
from processes.ports.tryouts import TryoutStore
from processes.ports.workbench import ProcessDraftStore


class CaseStore(Protocol):
    """Cases, parties, applications, documents, notes."""

    def add(self, case: Case) -> None:
        """Save a new case with its parties."""

    def get(self, case_id: str) -> Case:
        """Return a case with its parties."""

    def lock(self, case_id: str) -> Case:
        """Return a case and hold its row until the transaction ends."""

    def next_number(self, year: int) -> str:
        """Return the next case number of the year in this municipality."""

    def set_state(self, case_id: str, state: CaseState) -> None:
        """Write a state the domain has checked the move to."""

    def set_caseworker(self, case_id: str, user: str) -> None:
        """Say who has the case."""

    def add_party(self, party: Party) -> None:
        """Add a party found later."""

    def update_party(self, party: Party) -> None:
        """Refresh name, address and protection of a party."""

    def of_person(self, cpr_digits: str) -> Sequence[Case]:
        """Return the cases a person is party to, newest first."""

    def add_application(self, application: Application) -> None:
        """Save an application as received."""

    def application(self, application_id: str) -> Application:
        """Return an application."""

    def application_of_case(self, case_id: str) -> Application:
        """Return the newest application of a case."""

    def application_by_message(self, channel: str, message_id: str) -> Application | None:
        """Return what a channel's message already became, if it did."""

    def add_document(self, document: Document, content: bytes) -> None:
        """Save a document and its content by digest, written once."""

    def documents(self, case_id: str) -> Sequence[Document]:
        """Return a case's documents, newest first."""

    def document(self, document_id: str) -> Document:
        """Return one document's record."""

    def content(self, document_id: str) -> bytes:
        """Return a document's exact bytes."""

    def add_note(self, note: JournalNote) -> None:
        """Add a journal note."""

    def notes(self, case_id: str) -> Sequence[JournalNote]:
        """Return a case's notes, newest first."""

    def add_assessment(self, assessment: Assessment) -> None:
        """Save what a caseworker made of facts and conditions."""

    def assessments(self, case_id: str) -> Sequence[Assessment]:
        """Return a case's assessments, newest first."""


class FactStore(Protocol):
    """Facts on two time axes."""

    def add(self, facts: Sequence[Fact]) -> None:
        """Save facts; an earlier one of same party, kind, source kind and valid start is closed."""

    def of_case(self, case_id: str) -> Sequence[Fact]:
        """Return every fact ever held of a case, closed ones included."""


class CalculationStore(Protocol):
    """Calculations with their trees."""

    def add(self, calculation: Calculation) -> None:
        """Save a calculation; it never changes."""

    def get(self, calculation_id: str) -> Calculation:
        """Return a calculation."""

    def latest(self, case_id: str) -> Calculation | None:
        """Return the newest calculation of a case's support, never one of immediate help."""


class HearingStore(Protocol):
    """Party hearings."""

    def save(self, hearing: PartyHearing) -> None:
        """Insert a hearing or write its next state."""

    def get(self, hearing_id: str) -> PartyHearing:
        """Return a hearing."""

    def of_case(self, case_id: str) -> Sequence[PartyHearing]:
        """Return a case's hearings about what is calculated, newest first."""

    def beside(self, case_id: str, subject_id: str | None = None) -> Sequence[PartyHearing]:
        """Return a case's hearings about questions of their own, newest first."""


class DecisionStore(Protocol):
    """Proposals and decisions."""

    def save_proposal(self, proposal: Proposal) -> None:
        """Insert a proposal or write its approval or return."""

    def proposal(self, proposal_id: str) -> Proposal:
        """Return a proposal."""

    def latest_proposal(self, case_id: str) -> Proposal | None:
        """Return the newest proposal on a case's support, never one on immediate help."""

    def add(self, decision: Decision) -> None:
        """Save a decision; only `sent_at` can be noted afterwards, once."""

    def mark_sent(self, decision_id: str, at: datetime) -> None:
        """Note when the decision's letters left; a second time changes nothing."""

    def get(self, decision_id: str) -> Decision:
        """Return a decision."""

    def of_case(
        self, case_id: str, *, help_kind: HelpKind = HelpKind.SUPPORT
    ) -> Sequence[Decision]:
        """Return a case's decisions on one kind of help, newest first."""

    def next_number(self, case_id: str) -> str:
        """Return the number of the case's next decision, e.g. `2026-000123-1`."""

    def contributors(self, case_id: str) -> frozenset[str]:
        """Return every user who completed a task, assessed or proposed in a case."""


class LifeStore(Protocol):
    """What happened in the lives of a case's parties."""

    def save(self, event: LifeEvent) -> None:
        """Insert an event, or write what it came to."""

    def event(self, event_id: str) -> LifeEvent:
        """Return one event."""

    def of_case(self, case_id: str) -> Sequence[LifeEvent]:
        """Return what happened in a case, newest first."""


class PaperStore(Protocol):
    """What a party is asked to send, and files chosen but not yet sent."""

    def save(self, request: DocumentRequest) -> None:
        """Insert a request or write its next state."""

    def request(self, request_id: str) -> DocumentRequest:
        """Return a request."""

    def of_case(self, case_id: str) -> Sequence[DocumentRequest]:
        """Return what was asked for in a case, in the order it was first asked for."""

    def add_file(self, file: UploadedFile, content: bytes) -> None:
        """Keep a file until it is sent or taken away."""

    def files(self, case_id: str) -> Sequence[UploadedFile]:
        """Return the files that wait to be sent in a case, oldest first."""

    def file(self, file_id: str) -> UploadedFile:
        """Return one file's record."""

    def take_file(self, file_id: str) -> bytes:
        """Remove a file and return its bytes."""

    def delete_uploaded_before(self, moment: datetime) -> int:
        """Forget files that were chosen before a moment and never sent; return how many."""


class MessageStore(Protocol):
    """Messages in a case; their words never change."""

    def add(self, message: CaseMessage) -> None:
        """Save a message."""

    def get(self, message_id: str) -> CaseMessage:
        """Return one message."""

    def of_case(self, case_id: str) -> Sequence[CaseMessage]:
        """Return a case's messages, oldest first."""

    def mark_read(self, message_ids: Sequence[str], *, at: datetime) -> None:
        """Note when messages were first seen."""

    def mark_answered(self, message_ids: Sequence[str], *, at: datetime) -> None:
        """Note when messages were answered."""


class SpousePartStore(Protocol):
    """The part of an application only the spouse can give, one a case."""

    def of_case(self, case_id: str) -> SpousePart | None:
        """Return a case's spouse part, row held; None when there is none."""

    def save(self, part: SpousePart) -> None:
        """Insert a spouse's part or write its next state."""


class DraftStore(Protocol):
    """Applications under way, one a citizen."""

    def get(self, cpr_digits: str) -> ApplicationDraft | None:
        """Return somebody's application under way; the row is held until the transaction ends."""

    def save_part(self, cpr_digits: str, slug: str, part: DraftPart) -> None:
        """Write one part; the others stay as they are, whoever writes them meanwhile."""

    def delete(self, cpr_digits: str) -> None:
        """Forget somebody's application under way."""

    def delete_saved_before(self, moment: datetime) -> int:
        """Forget what nobody has touched since; returns how many there were."""

    def throw_away(self, cpr_digits: str, *, at: datetime) -> None:
        """Say that somebody threw their application away; it can be taken back."""

    def take_back(self, cpr_digits: str) -> None:
        """Take an application back that was thrown away."""

    def delete_thrown_away_before(self, moment: datetime) -> int:
        """Forget what was thrown away before a moment; returns how many there were."""

    def unwarned_before(self, moment: datetime) -> Sequence[str]:
        """Return whose application was left before a moment and who is not told yet."""

    def warn(self, cpr_digits: str, notice_id: str) -> None:
        """Say under which id its owner is told that an application will go."""

    def by_notice(self, notice_id: str) -> tuple[str, ApplicationDraft] | None:
        """Return whose application a notice is about; None when it was saved again or sent."""


class ImmediateHelpStore(Protocol):
    """The question of immediate help, one an application."""

    def save(self, asked: ImmediateHelp) -> None:
        """Insert the question, or write its answer."""

    def of_application(self, application_id: str) -> ImmediateHelp | None:
        """Return the question of an application; None before it was put."""

    def of_case(self, case_id: str) -> ImmediateHelp | None:
        """Return the newest question of a case."""


class DeadlineStore(Protocol):
    """A municipality's deadlines, and what was told when one was not kept."""

    def add_setting(self, setting: DeadlineSetting) -> None:
        """Insert a proposed deadline."""

    def answer_setting(self, setting: DeadlineSetting) -> None:
        """Write what the second person answered; the rest never changes."""

    def setting(self, setting_id: str) -> DeadlineSetting:
        """Return one setting and hold it until the transaction ends."""

    def settings(self) -> Sequence[DeadlineSetting]:
        """Return every setting, the newest day first."""

    def add_notice(self, notice: DelayNotice) -> None:
        """Insert what the citizen will be told."""

    def notice(self, notice_id: str) -> DelayNotice:
        """Return one notice."""

    def notices(self, case_id: str) -> Sequence[DelayNotice]:
        """Return a case's notices, newest first."""

    def mark_notice_sent(self, notice_id: str, at: datetime) -> None:
        """Note when the notice had reached every party; a second time changes nothing."""


class LetterStore(Protocol):
    """Letters, from words to receipt."""

    def add(self, letters: Sequence[LetterRecord]) -> None:
        """Save the letters of one batch."""

    def save(self, letter: LetterRecord) -> None:
        """Write a letter's next state."""

    def get(self, letter_id: str) -> LetterRecord:
        """Return one letter."""

    def batch(self, batch_id: str) -> Sequence[LetterRecord]:
        """Return the letters of a batch."""

    def of_case(self, case_id: str) -> Sequence[LetterRecord]:
        """Return a case's letters, newest first."""


class PaymentStore(Protocol):
    """Plans, payments, receipts and vouchers."""

    def add_plan(self, plan: PaymentPlan) -> None:
        """Save a plan with its lines; they never change."""

    def plan(self, plan_id: str) -> PaymentPlan:
        """Return a plan with its lines."""

    def plan_of_decision(self, decision_id: str) -> PaymentPlan | None:
        """Return the newest plan of a decision."""

    def add_lines(self, lines: Sequence[PaymentLine]) -> None:
        """Add lines to a plan: a rejected payment tried again under the next sequence."""

    def append_receipt(self, receipt: PaymentReceipt) -> bool:
        """Append a receipt; False when the same one was there already."""

    def states(self, plan_id: str) -> Mapping[str, PaymentState]:
        """Return each line's state, derived from its receipts."""

    def of_case(self, case_id: str) -> Sequence[tuple[PaymentLine, PaymentState]]:
        """Return a case's payments with their states, newest first."""

    def progress_of_case(self, case_id: str) -> Sequence[tuple[PaymentLine, PaymentState, str]]:
        """Return a case's payments, newest first, with state and why one was rejected."""

    def unsettled(self) -> Sequence[PaymentLine]:
        """Return lines that are ordered or accepted, not settled or rejected."""

    def line(self, payment_id: str) -> PaymentLine:
        """Return one payment line."""

    def reason_code(self, payment_id: str) -> str:
        """Return why a payment was rejected, in the counterpart's words; empty otherwise."""

    def is_by_hand(self, payment_id: str) -> bool:
        """Tell whether the money was handed over, and not sent to an account."""

    def mark_ordered(self, payment_id: str, at: datetime) -> None:
        """Append that a payment was ordered; a second time changes nothing."""

    def save_voucher(self, voucher: VoucherRecord) -> None:
        """Insert a voucher or write the finance system's answer."""

    def vouchers(self, plan_id: str) -> Sequence[VoucherRecord]:
        """Return the vouchers of a plan."""

    def voucher(self, voucher_id: str) -> VoucherRecord:
        """Return one voucher."""

    def vouchers_of_case(self, case_id: str) -> Sequence[VoucherRecord]:
        """Return a case's vouchers, newest first."""


class ProcessStore(Protocol):
    """Instances with what they wait for: tasks, jobs, timers, messages, incidents, history."""

    def add_instance(self, instance: ProcessInstance) -> ProcessInstance:
        """Insert an instance; the answer has its id."""

    def lock_instance(self, instance_id: int) -> ProcessInstance:
        """Return an instance and hold its row until the transaction ends."""

    def save_instance(self, instance: ProcessInstance) -> None:
        """Write an instance's state."""

    def instances_of_case(self, case_id: str) -> Sequence[ProcessInstance]:
        """Return a case's instances, newest first."""

    def open_task(self, task: UserTask) -> UserTask:
        """Insert a user task; the answer has its id."""

    def task(self, task_id: int) -> UserTask:
        """Return a user task."""

    def lock_with_instance(self, task_id: int) -> tuple[ProcessInstance, UserTask]:
        """Return a user task and its instance, and hold the rows of both, the instance's first."""

    def lock_task(self, task_id: int) -> UserTask:
        """Return a user task and hold its row."""

    def save_task(self, task: UserTask) -> None:
        """Write a task's state, assignee, follow-up, draft."""

    def tasks_of_case(self, case_id: str) -> Sequence[UserTask]:
        """Return a case's tasks, newest first."""

    def inbox(
        self,
        wanted: TaskFilter,
        *,
        user: str,
        units: frozenset[str],
        roles: frozenset[str],
        now: datetime,
        show_protected: bool,
    ) -> Sequence[TaskRow]:
        """Return one page of an inbox, by priority and then deadline; keyset paging."""

    def inbox_counts(
        self, *, user: str, units: frozenset[str], roles: frozenset[str], now: datetime
    ) -> Mapping[str, int]:
        """Return how many tasks each view holds, in one statement."""

    def add_job(self, job: Job) -> Job:
        """Insert a job; the same idempotency key twice inserts one."""

    def job(self, claim: Claim) -> Job | None:
        """Return a claimed job, row held; None when the lease is no longer ours or it is done."""

    def finish_job(self, job_id: int) -> None:
        """Say the job is done."""

    def retry_job(self, job_id: int, *, next_at: datetime, error: str) -> None:
        """Give the job back, to be tried again at a moment."""

    def fail_job(self, job_id: int, *, error: str) -> None:
        """Say the job is given up; its incident or boundary goes on from here."""

    def revive_job(self, job_id: int, *, next_at: datetime) -> None:
        """Let a given-up job be tried afresh, once a person has looked at its incident."""

    def job_of_token(self, instance_id: int, token: str) -> Job | None:
        """Return the newest job of a token."""

    def add_timer(self, timer: Timer) -> None:
        """Insert a timer."""

    def timer(self, claim: Claim) -> Timer | None:
        """Return a claimed timer, row held; None when it is no longer wanted."""

    def finish_timer(self, timer_id: int) -> None:
        """Say the timer has fired."""

    def subscribe(self, subscription: Subscription) -> None:
        """Insert a wait for a message."""

    def take_subscription(self, message: str, key: str) -> Subscription | None:
        """Remove and return the wait for a message, row held; None when nobody waits."""

    def is_awaited(self, message: str, key: str) -> bool:
        """Tell whether somebody waits for a message."""

    def buffer_message(
        self, message: str, key: str, result: Mapping[str, object], *, until: datetime
    ) -> None:
        """Keep a message nobody waits for yet; the same one twice is kept once."""

    def take_buffered(
        self, message: str, key: str, *, now: datetime
    ) -> Mapping[str, object] | None:
        """Remove and return a buffered message that has not lapsed."""

    def forget_messages(self, *, before: datetime) -> int:
        """Forget kept messages that lapsed before a moment; return how many there were."""

    def waiting_for_nothing(self, *, limit: int, instance_id: int | None = None) -> Sequence[int]:
        """Return running instances with no task, job, timer, wait or incident; or only one."""

    def withdraw(self, instance_id: int, token: str) -> None:
        """Cancel whatever was open for a token: task, job, timer, wait."""

    def add_incident(self, incident: Incident) -> Incident:
        """Insert an incident."""

    def incidents(
        self, *, open_only: bool = True, case_id: str | None = None
    ) -> Sequence[Incident]:
        """Return incidents, of one case or all, newest first."""

    def incident(self, incident_id: int) -> Incident:
        """Return one incident."""

    def resolve_incident(self, incident_id: int, *, by: str, at: datetime) -> None:
        """Say an incident is dealt with."""

    def record(self, events: Sequence[HistoryEvent]) -> None:
        """Append history."""

    def history(self, instance_id: int) -> Sequence[HistoryEvent]:
        """Return an instance's history, oldest first."""

    def histories(
        self, instances: Sequence[ProcessInstance]
    ) -> Mapping[int, Sequence[HistoryEvent]]:
        """Return the history of several instances, each oldest first, in one statement."""


class DefinitionStore(Protocol):
    """Deployed process definitions and decision tables; central, not municipal."""

    def add(self, definition: ProcessDefinition) -> ProcessDefinition:
        """Insert a version; it never changes."""

    def get(self, definition_id: int) -> ProcessDefinition:
        """Return a version."""

    def current(self, key: str, on: date) -> ProcessDefinition:
        """Return the version new cases start on."""

    def latest(self, key: str) -> ProcessDefinition | None:
        """Return the newest version, whatever its date."""

    def by_start_message(self, message: str, on: date) -> ProcessDefinition | None:
        """Return the version a message starts."""

    def add_table(self, table: DecisionTableVersion) -> DecisionTableVersion:
        """Insert a version of a decision table."""

    def tables(self, on: date) -> Mapping[str, DecisionTableVersion]:
        """Return every table in force on a legal date, by key."""


class SetupStore(Protocol):
    """Central and local setup: rates, municipality, users."""

    def rates(self) -> Sequence[Rate]:
        """Return every rate."""

    def put_rates(self, rates: Sequence[Rate], *, by: str, at: datetime) -> int:
        """Insert rates that are not there; a changed one is an error. Returns how many were new."""

    def municipality(self) -> Municipality:
        """Return the municipality of this unit of work."""

    def put_municipality(self, municipality: Municipality) -> None:
        """Insert or rename a municipality."""

    def user(self, user_id: str) -> User:
        """Return a user."""

    def users(self, municipality_id: int) -> Sequence[User]:
        """Return the users with a role in a municipality."""

    def names(self, municipality_id: int) -> Mapping[str, str]:
        """Return the names of everybody with a role in a municipality, by user."""

    def put_user(self, user: User) -> None:
        """Insert or replace a user with roles."""


class OutboxStore(Protocol):
    """What must leave."""

    def put(self, item: OutboxItem) -> None:
        """Insert an item; the same idempotency key twice inserts one."""

    def item(self, claim: Claim) -> OutboxItem | None:
        """Return a claimed item, row held; None when the lease is no longer ours or it is sent."""

    def sent(self, item_id: int, *, at: datetime) -> None:
        """Say an item has left."""

    def retry(self, item_id: int, *, available_at: datetime, error: str) -> None:
        """Give an item back, to be tried again at a moment."""

    def waiting(self) -> int:
        """Return how many items have not left."""

    def of_case(self, case_id: str) -> Sequence[OutboxItem]:
        """Return every item whose ordering key is the case, oldest first, sent ones too."""


class AuditStore(Protocol):
    """Append-only: who saw and did what."""

    def add(self, *events: AuditEvent) -> None:
        """Append, in this order."""

    def of_subject(self, subject: str) -> Sequence[AuditEvent]:
        """Return what was seen and done of a subject, newest first."""

    def touched(self, subjects: Sequence[str], *, since: datetime) -> frozenset[tuple[str, str]]:
        """Return which of these subjects which user saw or changed after a moment."""


class ReadStore(Protocol):
    """Read models for pages that join many tables."""

    def case_timeline(self, case_id: str) -> Sequence[TimelineItem]:
        """Return everything that happened to a case, newest first; in one statement."""

    def search_cases(self, tokens: Sequence[str], *, limit: int) -> Sequence[Case]:
        """Return cases by name prefix, case number or CPR digits, newest first."""


class TeamStore(Protocol):
    """Who has what, who is away, and what was moved."""

    def loads(
        self, units: frozenset[str], *, now: datetime, week_ends: datetime
    ) -> Sequence[TaskLoad]:
        """Return how much each person holds in some units, and nobody; in one statement."""

    def held_by(
        self, user: str | None, *, units: frozenset[str], limit: int, show_protected: bool
    ) -> Sequence[TaskRow]:
        """Return the open tasks somebody has, or nobody, the most urgent first."""

    def rows(self, task_ids: Sequence[int], *, show_protected: bool) -> Sequence[TaskRow]:
        """Return these tasks, whatever their state, the most urgent first."""

    def cases(self, case_ids: Sequence[str]) -> Sequence[Case]:
        """Return these cases with their parties."""

    def add_absence(self, absence: Absence) -> Absence:
        """Insert an absence; the answer has its id."""

    def absence(self, absence_id: int) -> Absence:
        """Return an absence that has days."""

    def absences(self, *, since: date) -> Sequence[Absence]:
        """Return every absence that has a day then or later, the first to begin first."""

    def absent(self, user: str, on: date) -> Absence | None:
        """Return somebody's absence on a day."""

    def end_absence(self, absence_id: int, *, on: date) -> None:
        """Say that somebody is back on a day; before it began, it never was."""

    def add_moves(self, moves: Sequence[TaskMove]) -> None:
        """Insert the tasks of a move."""

    def moves(self, batch_id: str) -> Sequence[TaskMove]:
        """Return the tasks of a move."""

    def moves_since(self, moment: datetime) -> Sequence[TaskMove]:
        """Return every moved task since a moment, the newest first."""

    def undo_moves(self, move_ids: Sequence[int], *, at: datetime) -> None:
        """Say that tasks were moved back."""


class ComplaintStore(Protocol):
    """Complaints of the cases of a municipality."""

    def add(self, complaint: Complaint) -> None:
        """Insert a complaint."""

    def get(self, complaint_id: str) -> Complaint:
        """Return a complaint."""

    def of_case(self, case_id: str) -> Sequence[Complaint]:
        """Return the complaints of a case, the newest first."""

    def save(self, complaint: Complaint) -> None:
        """Write what has become of a complaint; what it says stays as it was."""


class DeskStore(Protocol):
    """Filters of inboxes: those for now, and those somebody keeps."""

    def add_filter(self, saved: SavedFilter) -> None:
        """Insert a filter."""

    def filter(self, filter_id: str) -> SavedFilter:
        """Return a filter."""

    def kept_filters(self, owner: str, units: frozenset[str]) -> Sequence[SavedFilter]:
        """Return what somebody keeps and what is shared with their units, by name."""

    def keep_filter(self, filter_id: str, *, name: str, unit: str) -> None:
        """Give a filter a name, and share it or not."""

    def delete_filter(self, filter_id: str) -> None:
        """Forget a filter."""

    def forget_filters(self, before: datetime) -> int:
        """Forget what was wanted for now before a moment, and answer how many."""


class UnitOfWork(Protocol):
    """One transaction in one municipality."""

    municipality_id: int
    cases: CaseStore
    facts: FactStore
    calculations: CalculationStore
    hearings: HearingStore
    decisions: DecisionStore
    papers: PaperStore
    life: LifeStore
    sanctions: SanctionStore
    cessations: CessationStore
    incomes: IncomeCheckStore
    immediate_help: ImmediateHelpStore
    deadlines: DeadlineStore
    letters: LetterStore
    payments: PaymentStore
    processes: ProcessStore
    definitions: DefinitionStore
    cockpit: CockpitStore
    tryouts: TryoutStore
    setup: SetupStore
    outbox: OutboxStore
    audit: AuditStore
    read: ReadStore
    team: TeamStore
    desk: DeskStore
    complaints: ComplaintStore
    production: ProductionStore
    drafts: DraftStore
    process_drafts: ProcessDraftStore
    runs: RunStore
    deductions: DeductionStore
    books: BookStore
    messages: MessageStore
    migrations: MigrationStore
    spouse_parts: SpousePartStore
    matters: MatterStore
    claims: ClaimStore
    law: LawStore

    def commit(self) -> None:
        """Make it so, all at once."""


class UnitOfWorkFactory(Protocol):
    """Opens units of work."""

    def __call__(self, municipality_id: int) -> AbstractContextManager[UnitOfWork]:
        """Open one transaction in one municipality; rolled back unless committed."""


class Claims(Protocol):
    """Takes work across municipalities: only ids, municipality and lease come back."""

    def jobs(self, *, now: datetime, limit: int, lease_seconds: int) -> Sequence[Claim]:
        """Lease due jobs, at most one an instance."""

    def timers(self, *, now: datetime, limit: int, lease_seconds: int) -> Sequence[Claim]:
        """Lease due timers, at most one an instance."""

    def outbox(self, *, now: datetime, limit: int, lease_seconds: int) -> Sequence[Claim]:
        """Lease items ready to leave, at most one an ordering key."""

    def release(self, kind: str, claim: Claim) -> None:
        """Give a lease back at once."""
