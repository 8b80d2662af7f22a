"""What runs, where it stands, and how people steer it; and what a store must remember of that.

Frozen records (poster). A cockpit shows elements, counts, ids and moments; whose case it is can be
looked up only by who may read cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from processes.domain.access import Actor
from processes.ports.records import Incident, ProcessInstance

LIST_LIMIT = 50
"""How many rows a list of the cockpit shows at once."""


@dataclass(frozen=True)
class VersionHead:
    """One deployed version without its files (version)."""

    id: int
    key: str
    version: int
    name: str
    valid_from: date
    deployed_by: str
    deployed_at: datetime


@dataclass(frozen=True)
class Counted:
    """What was counted at a moment (optælling), and how long that took."""

    counted_at: datetime
    took_ms: int
    counts: Mapping[str, object]


@dataclass(frozen=True)
class VersionLoad:
    """How much one version has going on (belastning af en version)."""

    head: VersionHead
    is_in_force: bool
    running: int
    stopped: int
    paused: int

    @property
    def total(self) -> int:
        """How many have not ended."""
        return self.running + self.stopped + self.paused


@dataclass(frozen=True)
class ElementLoad:
    """What stands at one element now, and how long it usually takes there (trinbelastning)."""

    process_id: str
    element_id: str
    name: str
    kind: str
    waiting: int
    stopped: int
    overdue: int
    oldest_at: datetime | None
    """Since when the task that has waited the longest has waited."""
    visits: int
    """How many finished visits the times are of."""
    median_seconds: int | None
    slow_seconds: int | None
    """What nine of ten visits are shorter than."""
    waiting_heat: int = 0
    """0 to 4, by how long the oldest task here has waited: none, an hour, a day, a week, more."""
    time_heat: int = 0
    """0 to 4, by how long a visit usually takes, in the same steps."""


@dataclass(frozen=True)
class IncidentFilter:
    """Which stopped cases a list shows (filter)."""

    process_key: str = ""
    element_id: str = ""
    code: str = ""
    words: str = ""
    """Part of what is said to be wrong."""
    after: tuple[datetime, int] | None = None
    """Keyset: the moment and id of the last row seen."""
    limit: int = LIST_LIMIT


@dataclass(frozen=True)
class StoppedCase:
    """An incident with where it is (standset sag)."""

    incident: Incident
    process_key: str
    process_name: str
    version: int
    definition_id: int
    case_number: str
    element_name: str = ""
    is_paused: bool = False
    job_attempts: int | None = None
    """How often the job behind it was tried; None when there is none."""


@dataclass(frozen=True)
class StopCause:
    """Stopped cases with the same cause (årsag)."""

    process_key: str
    element_id: str
    code: str
    message: str
    cases: int
    process_name: str = ""
    element_name: str = ""


@dataclass(frozen=True)
class RetryPlan:
    """What trying again would do (forhåndsvisning): nothing has been tried yet."""

    can: tuple[StoppedCase, ...]
    cannot: tuple[tuple[StoppedCase, str], ...]
    """Each with why not, in Danish."""


@dataclass(frozen=True)
class RetryReport:
    """What trying again came to (kvittering)."""

    tried: int
    still_stopped: int
    left: tuple[int, ...]
    """Incidents there was no time for: try them next."""
    refused: tuple[str, ...]


@dataclass(frozen=True)
class Pause:
    """One pause of an instance (pause)."""

    id: str
    instance_id: int
    reason: str
    paused_by: str
    paused_at: datetime
    resumed_by: str | None = None
    resumed_at: datetime | None = None


class MoveState(StrEnum):
    """How far moving a token by hand is (flyttetilstand)."""

    ASKED = "asked"
    MOVED = "moved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    """The token had gone on by itself meanwhile."""


@dataclass(frozen=True)
class TokenMove:
    """A token to be moved by hand (håndflytning): asked by one, answered by another."""

    id: str
    instance_id: int
    token: str
    from_place: str
    from_name: str
    to_place: str
    to_name: str
    reason: str
    asked_by: str
    asked_at: datetime
    state: MoveState = MoveState.ASKED
    answered_by: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True)
class WaitingRow:
    """Something an instance waits for, or a worker will do (ventende)."""

    id: int
    instance_id: int
    process_key: str
    process_name: str
    case_number: str
    element_id: str
    what: str
    """A job's step, a message's name; empty for a timer."""
    at: datetime | None
    """When it is due, tried next, or lapses."""
    attempts: int = 0
    error: str = ""
    key: str = ""
    token: str = ""
    definition_id: int = 0
    element_name: str = ""


@dataclass(frozen=True)
class QueueCounts:
    """How much waits in the queues (køer)."""

    jobs_waiting: int
    jobs_running: int
    jobs_dead: int
    timers_today: int
    timers_overdue: int
    timers: int
    messages_waited_for: int
    messages_kept: int
    outbox: int


@dataclass(frozen=True)
class ShownVariable:
    """One variable of a token, as far as the reader may see it (oplysning i processen)."""

    name: str
    value: str
    """Empty when it is hidden."""
    why_hidden: str = ""


@dataclass(frozen=True)
class StandingToken:
    """One token with what it waits for and carries (hvor forløbet står)."""

    place: str
    element_id: str
    process_id: str
    name: str
    kind: str
    token: str | None
    incident: str | None
    waits_for: tuple[str, ...] = ()
    """In Danish, one line each."""
    variables: tuple[ShownVariable, ...] = ()
    targets: tuple[tuple[str, str], ...] = ()
    """Where it may be moved: an element's id and name."""


@dataclass(frozen=True)
class CourseLine:
    """One line of an instance's time line (tidslinje)."""

    at: datetime
    what: str
    """`entered`, `completed`, `cancelled`, `retried`, `moved`, `paused`, `resumed`, `incident`."""
    name: str
    kind: str
    process_id: str
    element_id: str
    by: str = ""
    detail: str = ""
    seconds: int | None = None
    """How long it took, when it was left."""


@dataclass(frozen=True)
class InstancePage:
    """One instance, as the cockpit shows it (forløbsside)."""

    instance: ProcessInstance
    head: VersionHead
    case_number: str
    is_case_readable: bool
    is_protected: bool
    diagrams: tuple[tuple[str, str, str], ...]
    """Process id, name and drawing of each process of the version that has been visited."""
    states: Mapping[str, Mapping[str, str]]
    """By process: the state of each element, for the picture."""
    tokens: tuple[StandingToken, ...]
    line: tuple[CourseLine, ...]
    incidents: tuple[Incident, ...]
    pause: Pause | None
    moves: tuple[TokenMove, ...]
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OverviewPage:
    """Every process with what it has going on (driftsoverblik)."""

    versions: tuple[VersionLoad, ...]
    counted_at: datetime
    queues: QueueCounts
    causes: tuple[StopCause, ...]
    moves: tuple[TokenMove, ...]
    """Moves that wait for a second person."""
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class VersionPage:
    """One version with its diagram, what stands where, and the stopped cases (versionsside)."""

    load: VersionLoad
    others: tuple[VersionLoad, ...]
    process_id: str
    """The diagram that is shown: the process's own, or one it calls."""
    processes: tuple[tuple[str, str, int, int], ...]
    """Id, name, tokens and incidents of each diagram of the version."""
    diagram_xml: str
    elements: tuple[ElementLoad, ...]
    counted_at: datetime
    sampled: int
    """How many instances the times are of."""
    stopped: tuple[StoppedCase, ...]


class CockpitDesk(Protocol):
    """What runs, for pages."""

    def overview(self, by: Actor) -> OverviewPage:
        """Return every process with what it has going on."""

    def count_again(self, by: Actor) -> None:
        """Let the next page count anew."""

    def version(self, definition_id: int, process_id: str, by: Actor) -> VersionPage:
        """Return one version with what stands where."""

    def stopped(self, wanted: IncidentFilter, by: Actor) -> Sequence[StoppedCase]:
        """Return one page of stopped cases."""

    def causes(self, by: Actor) -> Sequence[StopCause]:
        """Return why cases are stopped, the commonest cause first."""

    def plan_retry(self, incident_ids: Sequence[int], by: Actor) -> RetryPlan:
        """Return what trying again would do; nothing is tried."""

    def retry(self, incident_ids: Sequence[int], by: Actor) -> RetryReport:
        """Try again what stopped, each by itself."""

    def instance(self, instance_id: int, by: Actor) -> InstancePage:
        """Return one instance."""

    def pause(self, instance_id: int, reason: str, by: Actor) -> None:
        """Let an instance stand still until somebody says otherwise."""

    def resume(self, instance_id: int, by: Actor) -> None:
        """Let a paused instance go on."""

    def ask_move(self, instance_id: int, token: str, to: str, reason: str, by: Actor) -> TokenMove:
        """Ask that a token is moved; another person answers."""

    def answer_move(self, move_id: str, by: Actor, *, approved: bool) -> TokenMove:
        """Answer as the second person, and move."""

    def withdraw_move(self, move_id: str, by: Actor) -> TokenMove:
        """Take back what one has asked for oneself."""

    def waiting(self, kind: str, by: Actor, *, process_key: str = "") -> Sequence[WaitingRow]:
        """Return what waits: `jobs`, `running`, `dead`, `timers`, `messages` or `kept`."""

    def queues(self, by: Actor) -> QueueCounts:
        """Return how much waits."""


class CockpitStore(Protocol):
    """What runs, counted and listed, and how it was steered."""

    def versions(self) -> Sequence[VersionHead]:
        """Return every deployed version, by process and then the newest first."""

    def counted(self, definition_id: int) -> Counted | None:
        """Return what was counted last of a version; 0 is all of them."""

    def keep_count(self, definition_id: int, counted: Counted) -> None:
        """Remember what was counted."""

    def forget_counts(self) -> None:
        """Say that something was done by hand: the next to look counts anew."""

    def count_states(self) -> Mapping[int, Mapping[str, int]]:
        """Return how many instances of each version are in each state, ended ones left out."""

    def count_places(self, definition_id: int) -> Mapping[str, int]:
        """Return how many tokens of a version stand at each place."""

    def count_stopped(self, definition_id: int) -> Sequence[tuple[str, tuple[str, ...], int]]:
        """Return open incidents of a version: element, the instance's places, and how many."""

    def count_overdue(
        self, definition_id: int, *, now: datetime
    ) -> Mapping[str, tuple[int, datetime | None]]:
        """Return by element how many tasks are late, and since when the oldest has waited."""

    def durations(
        self, definition_id: int, *, sample: int
    ) -> tuple[int, Sequence[tuple[str, str, int, float, float]]]:
        """Return how many instances were looked at, and the times of each element in seconds.

        Process, element, visits, median and the ninetieth percentile, of the newest instances.
        """

    def unplaced(self, *, limit: int) -> Sequence[ProcessInstance]:
        """Return instances that go on and whose places are not written yet."""

    def set_places(self, instance_id: int, places: Sequence[str]) -> None:
        """Write where an instance stands, unless it has been written meanwhile."""

    def stopped(self, wanted: IncidentFilter) -> Sequence[StoppedCase]:
        """Return open incidents, the newest first; keyset paging."""

    def stopped_by_id(self, incident_ids: Sequence[int]) -> Sequence[StoppedCase]:
        """Return these incidents as far as they are open."""

    def causes(self, *, limit: int) -> Sequence[StopCause]:
        """Return open incidents by cause, the commonest first."""

    def instance(self, instance_id: int) -> tuple[ProcessInstance, str, bool]:
        """Return an instance, its case's number, and whether the case is protected."""

    def waits_of(self, instance_id: int) -> Sequence[WaitingRow]:
        """Return jobs, timers and messages an instance waits for, by token, in one statement."""

    def queue_counts(self, *, now: datetime, tonight: datetime) -> QueueCounts:
        """Return how much waits in each queue."""

    def queue(
        self, kind: str, *, now: datetime, process_key: str, limit: int
    ) -> Sequence[WaitingRow]:
        """Return one page of a queue, the next first."""

    def add_pause(self, pause: Pause) -> None:
        """Insert a pause, and take the instance's jobs and timers out of the queues."""

    def end_pause(self, pause: Pause) -> None:
        """Write who let it go on, and put jobs and timers back."""

    def pause_of(self, instance_id: int) -> Pause | None:
        """Return the pause an instance is in."""

    def pauses(self, instance_id: int) -> Sequence[Pause]:
        """Return every pause of an instance, the oldest first."""

    def waited_messages(self, instance_id: int) -> Sequence[tuple[str, str, str]]:
        """Return the token, message and key of each wait of an instance."""

    def add_move(self, move: TokenMove) -> None:
        """Insert a wish to move a token."""

    def lock_move(self, move_id: str) -> TokenMove:
        """Return a move and hold its row."""

    def answer(self, move: TokenMove) -> None:
        """Write what a move was answered; an answered one is refused by the database."""

    def moves(self, instance_id: int) -> Sequence[TokenMove]:
        """Return the moves of an instance, the newest first."""

    def open_moves(self) -> Sequence[TokenMove]:
        """Return the moves that wait for a second person, the oldest first."""
