"""What the process owner's workbench is told and what it remembers: drafts, versions, findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from processes.domain.access import Actor

Files = Mapping[str, bytes]
ERROR = "error"


@dataclass(frozen=True)
class Exit:
    """A way on (vej videre): when it is taken, and the number of what it leads to."""

    when: str
    number: str
    back: bool
    """It leads to something that stands earlier."""


@dataclass(frozen=True)
class OutlineStep:
    """One element of a diagram in words (trin i teksten)."""

    number: str
    """`4`, or `4.2` for the second element within the fourth."""
    id: str
    name: str
    kind: str
    details: tuple[str, ...]
    """Who does it, with what; whole sentences."""
    exits: tuple[Exit, ...]


@dataclass(frozen=True)
class Change:
    """One difference between two versions (forskel)."""

    process: str
    element: str
    name: str
    kind: str
    what: str
    """`added`, `removed`, `changed` or `moved`."""
    says: tuple[str, ...]
    """What is another, one sentence a property."""


@dataclass(frozen=True)
class FindingLine:
    """One thing wrong with a draft (bemærkning), as a page shows it."""

    file: str
    element: str
    name: str
    """What a person calls the element."""
    rule: str
    level: str
    message: str
    way_out: str


class DraftKind(StrEnum):
    """What a draft is a draft of (kladdens slags)."""

    PROCESS = "process"
    TABLE = "table"
    RETIREMENT = "retirement"
    """The wish that no case begins on a process any more (udgår)."""


class DraftStage(StrEnum):
    """How far a draft is (kladdens tilstand)."""

    OPEN = "open"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    DISCARDED = "discarded"


class Running(StrEnum):
    """What becomes of the cases under way when a version is switched on (igangværende sager)."""

    STAY = "stay"
    MOVE = "move"


@dataclass(frozen=True)
class ProcessDraft:
    """A draft of a process or table (kladde): its files as one unit, and who is at it."""

    id: str
    kind: DraftKind
    key: str
    name: str
    files: Files
    base_version: int | None
    """The version it was made from; None when it was drawn elsewhere."""
    revision: int
    """Counts the times it was saved, so that two who draw at once do not overwrite each other."""
    stage: DraftStage
    created_by: str
    created_at: datetime
    changed_by: str
    changed_at: datetime
    reason: str = ""
    valid_from: date | None = None
    running: Running = Running.STAY
    digest: str = ""
    """Of the files as they were submitted."""
    submitted_by: str | None = None
    submitted_at: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    version: int | None = None
    """The version it became."""


@dataclass(frozen=True)
class DraftEvent:
    """Something somebody did to a draft (hændelse)."""

    draft_id: str
    at: datetime
    by: str
    what: str
    words: str = ""


@dataclass(frozen=True)
class VersionLine:
    """One version of a process or table without its files (version)."""

    id: int
    key: str
    version: int
    name: str
    digest: str
    valid_from: date
    deployed_by: str
    deployed_at: datetime
    start_message: str | None = None


@dataclass(frozen=True)
class Underway:
    """How many cases run on a version here (sager i gang), and how many of them stand still."""

    running: int = 0
    stopped: int = 0


@dataclass(frozen=True)
class Retired:
    """From when no case begins on a process (udgået)."""

    key: str
    from_day: date
    after_version: int


class ProcessDraftStore(Protocol):
    """Drafts, their course, and what is told of versions; central, except who runs on them."""

    def add(self, draft: ProcessDraft) -> None:
        """Insert a draft with its files."""

    def get(self, draft_id: str) -> ProcessDraft:
        """Return a draft with its files."""

    def lock(self, draft_id: str) -> ProcessDraft:
        """Return a draft, its row held until the transaction ends."""

    def save(self, draft: ProcessDraft) -> None:
        """Write everything about a draft but its files."""

    def save_file(self, draft_id: str, name: str, content: bytes) -> None:
        """Write one file of a draft."""

    def unfinished(self) -> Sequence[ProcessDraft]:
        """Return the drafts that are open or wait for approval, without files, newest first."""

    def of_key(self, key: str) -> Sequence[ProcessDraft]:
        """Return every draft of a process or table, without files, newest first."""

    def note(self, event: DraftEvent) -> None:
        """Append to a draft's course."""

    def events(self, draft_id: str) -> Sequence[DraftEvent]:
        """Return a draft's course, oldest first."""

    def versions(self, key: str | None = None) -> Sequence[VersionLine]:
        """Return the versions of a process or of all, newest first."""

    def table_versions(self, key: str | None = None) -> Sequence[VersionLine]:
        """Return the versions of a table or of all, newest first."""

    def table_xml(self, key: str, version: int) -> bytes:
        """Return one version of a table."""

    def underway(self) -> Mapping[int, Underway]:
        """Return what runs on each version in this municipality, by the version's id."""

    def retire(self, draft_id: str, retired: Retired) -> None:
        """Say from when no case begins on a process."""

    def retired(self) -> Sequence[Retired]:
        """Return every process that is, or will be, taken out of use."""


@dataclass(frozen=True)
class Assessment:
    """What the gate says of a draft, and what it says in words (bedømmelse)."""

    findings: tuple[FindingLine, ...] = ()
    outlines: Mapping[str, tuple[OutlineStep, ...]] = field(default_factory=dict)
    """The text of each diagram, by process."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """The name of each process, by its key."""
    changes: tuple[Change, ...] = ()
    """What is another than in the version it was made from."""
    digest: str = ""
    """Of the unit; empty while it cannot be read."""

    @property
    def errors(self) -> tuple[FindingLine, ...]:
        """The findings that stop a deployment."""
        return tuple(each for each in self.findings if each.level == ERROR)


@dataclass(frozen=True)
class Opened:
    """A file drawn elsewhere as it can be worked on here (hentet fil)."""

    content: bytes
    key: str
    name: str
    notes: tuple[str, ...] = ()
    """What was taken away or added, a sentence each."""


class Judge(Protocol):
    """Judges files anybody may have drawn, with an end in time whatever is in them."""

    def __call__(self, files: Files, *, base: Files, key: str) -> Assessment:
        """Return what is wrong, what it says in words, and what is another than in the base."""

    def open(self, file: str, content: bytes) -> Opened:
        """Return a diagram of another tool as a draft; what is none comes back as it is."""


# ---- pages -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class LibraryRow:
    """One process or table in the list (proces på listen)."""

    key: str
    name: str
    area: str
    number: str
    current: VersionLine | None
    """The version new cases start on today; None before the first day, or when it is retired."""
    coming: VersionLine | None
    """A version that is approved and not in force yet."""
    underway: Underway
    others: tuple[tuple[int, int], ...]
    """Version and number of cases under way on older versions."""
    drafts: tuple[ProcessDraft, ...]
    changed_by: str
    changed_at: datetime | None
    retired: Retired | None = None


@dataclass(frozen=True)
class LibraryPage:
    """The list of processes and tables, and what waits for whoever looks (overblik)."""

    processes: tuple[LibraryRow, ...]
    tables: tuple[LibraryRow, ...]
    to_approve: tuple[ProcessDraft, ...]
    """Submitted by somebody else, and not drawn in by the one who looks."""
    mine: tuple[ProcessDraft, ...]
    """The open drafts that the one who looks last drew in."""
    sent_back: Mapping[str, DraftEvent]
    """Why a draft came back, by its id."""
    names: Mapping[str, str]
    """What people are called, by user."""


@dataclass(frozen=True)
class VersionRow:
    """One version with who runs on it and why it came (version på siden)."""

    line: VersionLine
    underway: Underway
    draft: ProcessDraft | None
    """The draft it was; None when it came with the system."""
    in_force: bool


@dataclass(frozen=True)
class ProcessPage:
    """One process or table (side om en proces)."""

    key: str
    kind: DraftKind
    name: str
    area: str
    legal_basis: tuple[str, ...]
    versions: tuple[VersionRow, ...]
    drafts: tuple[ProcessDraft, ...]
    shown: VersionLine
    files: Files
    """The files of the version that is shown."""
    outlines: Mapping[str, tuple[OutlineStep, ...]]
    titles: Mapping[str, str]
    retired: Retired | None
    names: Mapping[str, str]
    may_retire: str
    """Why it cannot be taken out of use; empty when it can."""


@dataclass(frozen=True)
class DraftPage:
    """A draft at the drawing board, or before the one who approves (side om en kladde)."""

    draft: ProcessDraft
    assessment: Assessment
    base: VersionLine | None
    base_files: Files
    underway: int
    events: tuple[DraftEvent, ...]
    names: Mapping[str, str]
    why_not_approve: str
    """Why the one who looks may not approve it; empty when they may."""
    shared: Mapping[str, tuple[str, ...]]
    """Which other processes have their own copy of each diagram it calls."""
    choices: Mapping[str, Sequence[tuple[str, str]]]
    """What a diagram may name: forms, roles, steps, tables, processes and messages, with words."""
    arguments: Mapping[str, tuple[str, ...]]
    """What each step takes."""


@dataclass(frozen=True)
class Comparison:
    """Two versions beside each other (sammenligning)."""

    key: str
    name: str
    before: str
    after: str
    before_files: Files
    after_files: Files
    changes: tuple[Change, ...]
    titles: Mapping[str, str]


class WorkbenchDesk(Protocol):
    """What the process owner does to processes (processer)."""

    def library(self, by: Actor) -> LibraryPage:
        """Return the list."""

    def process(self, key: str, by: Actor, *, version: int | None = None) -> ProcessPage:
        """Return one process or table, with the text and drawing of one version."""

    def compare(self, key: str, before: int, after: int, by: Actor) -> Comparison:
        """Return what is another in one version than in another."""

    def open_draft(self, key: str, by: Actor, *, version: int | None = None) -> str:
        """Begin a draft from a version; return its id."""

    def upload(self, name: str, content: bytes, by: Actor) -> str:
        """Begin a draft from a file drawn elsewhere; return its id."""

    def draft(self, draft_id: str, by: Actor) -> DraftPage:
        """Return a draft with what the gate says of it."""

    def judge(self, draft_id: str, file: str, content: bytes, by: Actor) -> Assessment:
        """Say what is wrong with a draft as it stands on somebody's screen; nothing is saved."""

    def save(
        self, draft_id: str, file: str, content: bytes, by: Actor, *, revision: int
    ) -> ProcessDraft:
        """Save one file of a draft; refused when somebody else saved it meanwhile."""

    def submit(
        self,
        draft_id: str,
        by: Actor,
        *,
        revision: int,
        reason: str,
        valid_from: date,
        running: Running,
    ) -> None:
        """Ask for approval."""

    def take_back(self, draft_id: str, by: Actor) -> None:
        """Draw on in a draft that waits for approval."""

    def approve(self, draft_id: str, by: Actor, *, digest: str) -> ProcessDraft:
        """Approve a draft as somebody else, and switch it on from its day."""

    def send_back(self, draft_id: str, by: Actor, *, reason: str) -> None:
        """Send a draft back with what must be another."""

    def discard(self, draft_id: str, by: Actor) -> None:
        """Throw a draft away."""

    def roll_back(self, key: str, version: int, by: Actor, *, reason: str, day: date) -> str:
        """Ask that an earlier version is taken into use again; return the draft to approve."""

    def retire(self, key: str, by: Actor, *, reason: str, day: date) -> str:
        """Ask that no case begins on a process from a day on; return the draft to approve."""
