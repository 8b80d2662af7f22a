"""The seam between views and core, in memory: plain code that answers with real records.

It remembers what views ask for, so a test can see that a click reached the core with the right
values. It decides nothing: rules are the core's, and the journeys try them on the real thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from app.config import Mode, Settings
from app.security.interim_login import DemoCitizen
from app.security.sessions import WebSession
from processes.domain.access import Actor, require
from processes.domain.cases import Case
from processes.domain.documents import Document
from processes.domain.errors import ConflictError, NotAllowedError, NotFoundError, RuleError
from processes.domain.life import EventSource, LifeEvent, Told
from processes.ports.pages import (
    CasePage,
    CaseTab,
    CitizenCase,
    ExplainLine,
    LifePage,
    MessageThread,
    PapersPage,
    ReadForm,
    SpousePage,
    TaskPage,
)
from processes.ports.records import (
    ApplicationDraft,
    DraftPart,
    Incident,
    Municipality,
    TaskFilter,
    TaskRow,
    TaskState,
    User,
    UserTask,
)
from tests.builders.cases import a_case
from tests.fakes.clock import FrozenClock
from tests.web.fake_changes import FakeCessations, FakeIncomes, FakeSanctions
from tests.web.fake_complaints import FakeComplaints
from tests.web.fake_deadlines import FakeDeadlines
from tests.web.fake_desk import FakeDesk
from tests.web.fake_explaining import FakeExplaining, FakeReplays, FakeWhatIf
from tests.web.fake_matters import FakeRepayments
from tests.web.fake_production import FakeProduction
from tests.web.fake_team import FakeTeam
from tests.web.fake_workbench import FakeWorkbench

NOW = datetime(2026, 3, 16, 9, 12, tzinfo=UTC)
FAR_AWAY = NOW.replace(year=9999)


def settings(mode: Mode = Mode.TEST) -> Settings:
    """Return settings for tests of the web alone."""
    return Settings(
        mode=mode,
        database_url="postgresql://nowhere",
        secret_key="s" * 40,
        files_dir=Path("var/files"),
        cpr_url="http://127.0.0.1:9/cpr",
        income_url="http://127.0.0.1:9/income",
        payment_url="http://127.0.0.1:9/payment",
        ledger_url="http://127.0.0.1:9/ledger",
        debtor_url="http://127.0.0.1:9/debtor",
        post_url="http://127.0.0.1:9/post",
        events_url="http://127.0.0.1:9/events",
        taxcard_url="http://127.0.0.1:9/taxcard",
        index_url="http://127.0.0.1:9/index",
    )


class FakeCentral:
    """Users, municipalities and logins in memory."""

    def __init__(self, users: Sequence[User], municipalities: Sequence[Municipality]) -> None:
        self.people = {user.id: user for user in users}
        self.places = list(municipalities)
        self.logins: dict[str, WebSession] = {}

    def user(self, user_id: str) -> User:
        if user_id not in self.people:
            raise NotFoundError("Brugeren findes ikke.")
        return self.people[user_id]

    def all_users(self) -> Sequence[User]:
        return [user for user in self.people.values() if user.active]

    def municipalities(self) -> Sequence[Municipality]:
        return self.places

    def create_session(self, web_session: WebSession) -> None:
        self.logins[web_session.token_digest] = web_session

    def session(self, token_digest: str, *, now: datetime) -> WebSession | None:
        stored = self.logins.get(token_digest)
        return stored if stored is not None and stored.expires_at > now else None

    def save_session(self, web_session: WebSession) -> bool:
        if web_session.token_digest not in self.logins:
            return False
        self.logins[web_session.token_digest] = web_session
        return True

    def delete_session(self, token_digest: str) -> None:
        self.logins.pop(token_digest, None)


@dataclass
class FakeInbox:
    """Tasks in memory."""

    pages: dict[int, TaskPage] = field(default_factory=dict)
    completed: list[tuple[int, dict[str, object], str]] = field(default_factory=list)
    released: list[tuple[int, str]] = field(default_factory=list)
    followed: list[tuple[int, date | None]] = field(default_factory=list)
    wanted: list[TaskFilter] = field(default_factory=list)
    same_person: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """By the task that is shown: those that are folded in it."""
    refuse_with: RuleError | None = None

    def rows(self, wanted: TaskFilter, by: Actor) -> Sequence[TaskRow]:
        require(by, "inbox.read")
        self.wanted.append(wanted)
        rows = [row_of(page) for page in self.pages.values() if self._in(wanted.view, page, by)]
        rows = [row for row in rows if wanted.form_key in {None, row.task.form_key}]
        if wanted.is_by_person:
            rows = self._by_person(rows)
        return sorted(
            rows,
            key=lambda row: (-row.task.priority, row.task.due_at or FAR_AWAY, row.task.id),
        )

    def _by_person(self, rows: Sequence[TaskRow]) -> list[TaskRow]:
        known = {row.task.id: row for row in rows}
        hidden = {each for others in self.same_person.values() for each in others}
        return [
            replace(row, others=tuple(known[each] for each in self.same_person.get(number, ())))
            for number, row in known.items()
            if number not in hidden
        ]

    def _in(self, view: str, page: TaskPage, by: Actor) -> bool:
        task = page.task
        if task.state is not TaskState.OPEN or task.role != by.role:
            return False
        return {
            "mine": task.assignee == by.user,
            "unit": True,
            "unassigned": task.assignee is None,
            "waiting": task.follow_up_on is not None,
            "overdue": task.due_at is not None and task.due_at < NOW,
        }[view]

    def counts(self, by: Actor) -> Mapping[str, int]:
        require(by, "inbox.read")
        views = ("mine", "unit", "unassigned", "waiting", "overdue")
        return {
            view: sum(self._in(view, page, by) for page in self.pages.values()) for view in views
        }

    def open(self, task_id: int, by: Actor) -> TaskPage:
        if task_id not in self.pages:
            raise NotFoundError("Opgaven findes ikke.")
        if self.pages[task_id].task.role != by.role:
            raise NotAllowedError("Opgaven hører til en anden rolle.")
        return self.pages[task_id]

    def claim(self, task_id: int, by: Actor) -> None:
        page = self.open(task_id, by)
        if page.task.assignee not in {None, by.user}:
            raise ConflictError("Jonas Brandt tog opgaven kl. 10.44. Vælg en anden.")
        self._put(page, assignee=by.user)

    def release(self, task_id: int, reason: str, by: Actor) -> None:
        self._put(self.open(task_id, by), assignee=None)
        self.released.append((task_id, reason))

    def save_draft(self, task_id: int, values: dict[str, str], revision: int, by: Actor) -> int:
        page = self.open(task_id, by)
        if page.revision != revision:
            raise ConflictError("Opgaven er ændret et andet sted, siden du åbnede den.")
        self._put(page, draft=values, revision=revision + 1)
        self.pages[task_id] = replace(self.pages[task_id], revision=revision + 1)
        return revision + 1

    def complete(self, task_id: int, values: Mapping[str, object], by: Actor) -> None:
        if self.refuse_with is not None:
            raise self.refuse_with
        self._put(self.open(task_id, by), state=TaskState.DONE, completed_by=by.user)
        self.completed.append((task_id, dict(values), by.user))

    def submit(self, task_id: int, read: ReadForm, by: Actor) -> UserTask | None:
        page = self.open(task_id, by)
        values = read(page)
        if values is None:
            return None
        self.complete(task_id, values, by)
        return page.task

    def next(self, by: Actor, wanted: TaskFilter | None = None) -> int | None:
        for row in self.rows(wanted or TaskFilter("unassigned"), by):
            self.claim(row.task.id, by)
            return row.task.id
        return None

    def follow_up(self, task_id: int, day: date | None, by: Actor) -> None:
        self._put(self.open(task_id, by), follow_up_on=day)
        self.followed.append((task_id, day))

    def _put(self, page: TaskPage, **changes: object) -> None:
        task = replace(page.task, **changes)
        self.pages[task.id] = replace(page, task=task)


def row_of(page: TaskPage) -> TaskRow:
    """Return the inbox row of a task's page."""
    party = page.case.primary_party
    is_protected = party.protection.value != "normal"
    return TaskRow(
        task=page.task,
        case_number=page.case.number,
        case_title=page.case.title,
        party_name="" if is_protected else party.name,
        party_born_on=party.birth_date,
        protection=str(party.protection),
        assignee_name=page.names.get(page.task.assignee or "", ""),
    )


@dataclass
class FakeCases:
    """Cases in memory."""

    pages: dict[str, CasePage] = field(default_factory=dict)
    lines: Sequence[ExplainLine] = ()
    files: dict[str, tuple[Document, bytes]] = field(default_factory=dict)
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    searched: list[str] = field(default_factory=list)
    added: list[tuple[str, str, str, int]] = field(default_factory=list)
    refuse_with: RuleError | None = None

    def page(self, case_id: str, by: Actor, tab: CaseTab | None = None) -> CasePage:
        require(by, "case.read")
        if case_id not in self.pages:
            raise NotFoundError("Sagen findes ikke.")
        return replace(self.pages[case_id], explanation=self.lines)

    def explain(self, case_id: str, by: Actor) -> Sequence[ExplainLine]:
        return self.lines

    def document(self, document_id: str, by: Actor) -> tuple[Document, bytes]:
        if document_id not in self.files:
            raise NotFoundError("Dokumentet findes ikke.")
        return self.files[document_id]

    def add_note(self, case_id: str, text: str, by: Actor) -> None:
        self.notes.append((case_id, text, by.user))

    def add_documents(
        self, case_id: str, kind: str, party_id: str, files: Sequence[tuple[str, bytes]], by: Actor
    ) -> None:
        if self.refuse_with is not None:
            raise self.refuse_with
        self.added.append((case_id, kind, party_id, len(files)))

    def search(self, text: str, by: Actor) -> Sequence[Case]:
        self.searched.append(text)
        words = text.casefold()
        return [
            page.case
            for page in self.pages.values()
            if words in page.case.primary_party.name.casefold() or words == page.case.number
        ]


@dataclass
class FakeDrafts:
    """Applications under way in memory."""

    clock: FrozenClock = field(default_factory=lambda: FrozenClock(NOW))
    kept: dict[str, ApplicationDraft] = field(default_factory=dict)
    gone: dict[str, ApplicationDraft] = field(default_factory=dict)

    def mine(self, by: Actor) -> ApplicationDraft | None:
        require(by, "citizen.apply")
        return self.kept.get(by.party_cpr_digits)

    def thrown_away(self, by: Actor) -> ApplicationDraft | None:
        return self.gone.get(by.party_cpr_digits)

    def throw_away(self, by: Actor) -> None:
        draft = self.kept.pop(by.party_cpr_digits)
        self.gone[by.party_cpr_digits] = replace(draft, deleted_at=self.clock.now())

    def take_back(self, by: Actor) -> None:
        draft = self.gone.pop(by.party_cpr_digits)
        self.kept[by.party_cpr_digits] = replace(draft, deleted_at=None)

    def save(
        self, slug: str, answers: Mapping[str, str], *, seen: str, by: Actor
    ) -> datetime | None:
        now = self.clock.now()
        before = self.kept.get(by.party_cpr_digits)
        parts = {} if before is None else dict(before.parts)
        replaced = parts.get(slug)
        parts[slug] = DraftPart(answers, now)
        self.kept[by.party_cpr_digits] = ApplicationDraft(parts, now)
        if replaced is None or seen == replaced.saved_at.isoformat():
            return None
        return replaced.saved_at


@dataclass
class FakeCitizen:
    """Self-service in memory."""

    cases: list[CitizenCase] = field(default_factory=list)
    lines: Sequence[ExplainLine] = ()
    drafts: FakeDrafts = field(default_factory=FakeDrafts)
    applied: list[tuple[dict[str, str], str]] = field(default_factory=list)
    answered: list[tuple[str, str]] = field(default_factory=list)
    paper_page: PapersPage | None = None
    chosen: list[tuple[str, str, bytes]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    refuse_with: RuleError | None = None
    files: dict[str, tuple[Document, bytes]] = field(default_factory=dict)

    def apply(self, answers: dict[str, str], by: Actor) -> str:
        require(by, "citizen.apply")
        self.applied.append((answers, by.party_cpr_digits))
        self.drafts.kept.pop(by.party_cpr_digits, None)
        return self.cases[0].case.id

    def overview(self, by: Actor) -> Sequence[CitizenCase]:
        require(by, "citizen.follow")
        return self.cases

    def papers(self, case_id: str, by: Actor) -> PapersPage:
        require(by, "citizen.follow")
        if self.paper_page is None:
            raise NotFoundError("Sagen findes ikke.")
        return self.paper_page

    def choose_files(self, request_id: str, files: Sequence[tuple[str, bytes]], by: Actor) -> None:
        if self.refuse_with is not None:
            raise self.refuse_with
        self.chosen += [(request_id, name, content) for name, content in files]

    def remove_file(self, file_id: str, by: Actor) -> str:
        self.removed.append(file_id)
        return "side-1.jpg"

    def send_papers(self, case_id: str, by: Actor) -> None:
        self.sent.append(case_id)

    def answer_hearing(self, hearing_id: str, text: str, by: Actor) -> None:
        self.answered.append((hearing_id, text))

    def document(self, document_id: str, by: Actor) -> tuple[Document, bytes]:
        if document_id not in self.files:
            raise NotFoundError("Dokumentet findes ikke.")
        return self.files[document_id]

    def explain(self, case_id: str, by: Actor) -> Sequence[ExplainLine]:
        return self.lines


@dataclass
class FakeMessages:
    """Messages in memory."""

    thread: MessageThread | None = None
    written: list[tuple[str, str, str, tuple[str, ...]]] = field(default_factory=list)
    """Case, party (empty for one's own), words, names of files."""
    refuse_with: RuleError | None = None

    def mine(self, case_id: str, by: Actor) -> MessageThread:
        require(by, "citizen.follow")
        if self.thread is None:
            raise NotFoundError("Sagen findes ikke.")
        return self.thread

    def write(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]], by: Actor) -> None:
        require(by, "citizen.write")
        self._write(case_id, "", text, files)

    def of_case(self, case_id: str, by: Actor) -> Sequence[MessageThread]:
        require(by, "message.read")
        return () if self.thread is None else (self.thread,)

    def write_to(
        self,
        case_id: str,
        party_id: str,
        text: str,
        files: Sequence[tuple[str, bytes]],
        by: Actor,
    ) -> None:
        require(by, "message.write")
        self._write(case_id, party_id, text, files)

    def _write(
        self, case_id: str, party_id: str, text: str, files: Sequence[tuple[str, bytes]]
    ) -> None:
        if self.refuse_with is not None:
            raise self.refuse_with
        self.written.append((case_id, party_id, text, tuple(name for name, _ in files)))


@dataclass
class FakeLife:
    """What happens in a citizen's life, kept in a list."""

    page: LifePage | None = None
    told: list[tuple[str, Told]] = field(default_factory=list)
    withdrawn: list[tuple[str, str, str]] = field(default_factory=list)
    refuses: str = ""
    """What every telling and withdrawal is refused with."""

    def mine(self, case_id: str, by: Actor) -> LifePage:
        return self._page(case_id)

    def of_case(self, case_id: str, by: Actor) -> LifePage:
        require(by, "case.read")
        return self._page(case_id)

    def _page(self, case_id: str) -> LifePage:
        if self.page is None or self.page.case.id != case_id:
            raise NotFoundError("Sagen findes ikke.")
        return self.page

    def withdraw(self, case_id: str, reason: str, by: Actor) -> None:
        self._refuse()
        self.withdrawn.append((case_id, "", reason))

    def withdraw_for(self, case_id: str, party_id: str, reason: str, by: Actor) -> None:
        self._refuse()
        self.withdrawn.append((case_id, party_id, reason))

    def tell(self, case_id: str, told: Told, by: Actor) -> LifeEvent:
        return self.tell_for(case_id, "", told, by)

    def tell_for(self, case_id: str, party_id: str, told: Told, by: Actor) -> LifeEvent:
        self._refuse()
        self.told.append((party_id, told))
        return LifeEvent(
            id="event",
            case_id=case_id,
            party_id=party_id,
            kind=told.kind,
            source=EventSource.CITIZEN,
            happened_on=told.happened_on,
            text=told.text,
            message_id="m",
            received_at=NOW,
            received_by="",
        )

    def deliver(self, raw: bytes) -> bytes:
        if raw != b"<besked/>":
            raise RuleError("Beskeden kan ikke læses.")
        return b"<retur>20</retur>"

    def unreadable(self, reason: str) -> bytes:
        return b"<retur>41</retur>"

    def _refuse(self) -> None:
        if self.refuses:
            raise RuleError(self.refuses)


@dataclass
class FakeSpouses:
    """The spouse's part in memory."""

    shown: SpousePage | None = None
    signed: list[tuple[str, Mapping[str, str], str]] = field(default_factory=list)

    def page(self, case_id: str, by: Actor) -> SpousePage:
        require(by, "citizen.follow")
        if self.shown is None:
            raise NotFoundError("Der er ikke noget, du skal svare på her.")
        return self.shown

    def sign(self, case_id: str, answers: Mapping[str, str], shown: str, by: Actor) -> None:
        self.signed.append((case_id, answers, shown))


@dataclass
class FakeControl:
    """Stopped cases in memory."""

    stopped: list[Incident] = field(default_factory=list)
    retried: list[int] = field(default_factory=list)

    def incidents(self, by: Actor) -> Sequence[Incident]:
        return self.stopped

    def retry(self, incident_id: int, by: Actor) -> None:
        self.retried.append(incident_id)


@dataclass
class FakeIntake:
    """The door for other systems in memory."""

    delivered: list[bytes] = field(default_factory=list)

    def deliver(self, raw: bytes) -> bytes:
        self.delivered.append(raw)
        return b"<ok/>"

    def unreadable(self, reason: str) -> bytes:
        return reason.encode()


@dataclass
class FakeCore:
    """Every desk at once."""

    central: FakeCentral
    inbox: FakeInbox = field(default_factory=FakeInbox)
    desk: FakeDesk = field(default_factory=FakeDesk)
    complaints: FakeComplaints = field(default_factory=lambda: FakeComplaints(a_case(), ()))
    production: FakeProduction = field(default_factory=FakeProduction)
    cases: FakeCases = field(default_factory=FakeCases)
    citizen: FakeCitizen = field(default_factory=FakeCitizen)
    team: FakeTeam = field(default_factory=FakeTeam)
    workbench: FakeWorkbench = field(default_factory=FakeWorkbench)
    deadlines: FakeDeadlines = field(default_factory=FakeDeadlines)
    messages: FakeMessages = field(default_factory=FakeMessages)
    life: FakeLife = field(default_factory=FakeLife)
    explaining: FakeExplaining = field(default_factory=lambda: FakeExplaining(a_case()))
    replays: FakeReplays = field(default_factory=FakeReplays)
    what_if: FakeWhatIf = field(default_factory=lambda: FakeWhatIf(a_case()))
    repayments: FakeRepayments = field(default_factory=lambda: FakeRepayments(a_case()))
    sanctions: FakeSanctions = field(default_factory=FakeSanctions)
    cessations: FakeCessations = field(default_factory=FakeCessations)
    incomes: FakeIncomes = field(default_factory=FakeIncomes)
    spouses: FakeSpouses = field(default_factory=FakeSpouses)
    control: FakeControl = field(default_factory=FakeControl)
    intake: FakeIntake = field(default_factory=FakeIntake)
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(NOW))
    settings: Settings = field(default_factory=settings)
    demo_citizens: tuple[DemoCitizen, ...] = ()

    @property
    def drafts(self) -> FakeDrafts:
        """Applications under way; sending one takes it away."""
        return self.citizen.drafts
