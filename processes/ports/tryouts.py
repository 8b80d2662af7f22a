"""What a try-out of a draft is: on which cases it was run, how far it is, and what came of it.

Frozen records (poster). A try-out is kept with its report, so that whoever approves a draft sees
what it was tried on. It holds ids, elements and sums, never names or personal numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from processes.domain.access import Actor
from processes.domain.money import Money

MOST_CASES = 2_000
"""How many cases one try-out runs at most."""
USUAL_CASES = 200
USUAL_MINUTES = 20
"""What one task is taken to cost while nobody has said otherwise; shown beside the hours."""


@dataclass(frozen=True)
class Population:
    """The recorded cases a draft is tried on (prøvesager): of one process, from some days."""

    since: date | None = None
    """The first day a case may have begun; None for as far back as there is."""
    until: date | None = None
    """The first day that no longer counts."""
    is_open: bool = True
    """Whether cases that still go on are among them; they are run as far as they have come."""
    is_closed: bool = True
    case_numbers: tuple[str, ...] = ()
    """Only these cases, when any are named."""
    most: int = USUAL_CASES
    """The newest so many."""
    minutes_per_task: int = USUAL_MINUTES


class TryoutState(StrEnum):
    """How far a try-out is (prøvetilstand)."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    """Given up: by its budget, by a fault, or by whoever asked for it."""


class Harm(StrEnum):
    """What no draft may do, whatever the totals say (skade)."""

    STOPS = "stops"
    """The case would stand still."""
    UNHEARD = "unheard"
    """It would end against the citizen without the hearing it has today."""
    NOBODY = "nobody"
    """It would end against the citizen without a person's answer."""
    UNDECIDED = "undecided"
    """It would end without the decision it has today."""


@dataclass(frozen=True)
class TriedCourse:
    """How one case went through one version (prøvet forløb)."""

    end: str
    """What it came to: an element where it ended, stands or stopped; never empty."""
    end_name: str
    how: str
    """`ended`, `waiting`, `stopped`, or `unknown`: nothing is recorded of what is asked here."""
    path: tuple[str, ...]
    """The elements that were left, in order, each as `process/element`."""
    tasks: Mapping[str, int]
    """How many of each task, by its name in the diagram."""
    decision: str = ""
    """The decision it reached: its outcome, `none`, or `unknown`."""
    amount: Money | None = None
    """A month's help by that decision; None when there is none, or it is not known."""
    assumed: tuple[str, ...] = ()
    """The elements whose answer was taken from other cases, since this one has none."""
    why: str = ""
    """Why it stopped, in Danish."""
    is_against: bool = False
    """Whether a step was taken that goes against the citizen."""
    is_heard: bool = False
    """Whether the party was heard on the way."""
    is_by_person: bool = False
    """Whether a person had answered before anything went against the citizen."""


@dataclass(frozen=True)
class TriedCase:
    """One case through today's version and the draft (prøvet sag)."""

    instance_id: int
    case_id: str
    case_number: str
    today: TriedCourse
    draft: TriedCourse
    is_as_recorded: bool
    """Whether today's version goes the way that was recorded: how far the try-out can be trusted.
    """
    harms: tuple[Harm, ...] = ()

    @property
    def is_same(self) -> bool:
        """Tell whether the draft changes nothing for this case."""
        return (self.today.path, self.today.end, self.today.decision, self.today.amount) == (
            self.draft.path,
            self.draft.end,
            self.draft.decision,
            self.draft.amount,
        )


@dataclass(frozen=True)
class CountedChange:
    """How many today and how many with the draft, of one thing (optælling)."""

    name: str
    today: int
    draft: int
    key: str = ""
    is_harm: bool = False

    @property
    def difference(self) -> int:
        """How many more."""
        return self.draft - self.today


@dataclass(frozen=True)
class StopGroup:
    """Cases that would stop for the same reason (standsning)."""

    element: str
    name: str
    why: str
    cases: int
    key: str = ""


@dataclass(frozen=True)
class AmountStep:
    """How many cases change by about so much a month (beløbstrin)."""

    name: str
    cases: int
    is_more: bool


@dataclass(frozen=True)
class TryoutReport:
    """What a try-out came to (prøverapport); made once, when it is done."""

    tried: int
    same: int
    as_recorded: int
    """How many of them today's version takes the way that was recorded."""
    paths: tuple[CountedChange, ...] = ()
    tasks: tuple[CountedChange, ...] = ()
    harms: tuple[CountedChange, ...] = ()
    stops: tuple[StopGroup, ...] = ()
    decisions: int = 0
    """How many would be decided otherwise."""
    more: int = 0
    less: int = 0
    money_more: Money = field(default=Money(0))
    money_less: Money = field(default=Money(0))
    steps: tuple[AmountStep, ...] = ()
    assumed: int = 0
    """In how many cases an answer was taken from other cases."""
    unknown: int = 0
    """How many could not be followed to the end: nothing is recorded of what the draft asks."""
    minutes: int = 0
    """How much work the draft adds, or takes away, by the minutes a task was said to take."""

    @property
    def is_clean(self) -> bool:
        """Tell whether nobody is harmed; one is enough to make the answer no."""
        return not any(each.draft for each in self.harms)

    @property
    def tasks_added(self) -> int:
        """How many tasks the draft adds, or takes away."""
        return sum(each.difference for each in self.tasks)


@dataclass(frozen=True)
class Tryout:
    """One run of a draft on recorded cases (prøve); its report is kept with the draft."""

    id: str
    subject: str
    """The draft, as its owner names it."""
    digest: str
    """Of exactly the files that were tried: another edition needs another try-out."""
    process_key: str
    name: str
    files: Mapping[str, bytes]
    """The draft's files; what they call or look up besides was taken as in force."""
    population: Population
    state: TryoutState
    total: int
    done: int
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None = None
    report: TryoutReport | None = None
    why: str = ""
    """Why it was stopped, in Danish."""


@dataclass(frozen=True)
class TryoutPage:
    """A try-out with the cases behind one of its figures (prøveside)."""

    tryout: Tryout
    which: str
    """The figure's key; empty when none is chosen."""
    cases: tuple[TriedCase, ...]
    names: Mapping[str, str] = field(default_factory=dict)


class TryoutDesk(Protocol):
    """Try-outs, for pages."""

    def tryout(self, tryout_id: str, by: Actor) -> Tryout:
        """Return one try-out, with its report when it is done."""

    def page(self, tryout_id: str, by: Actor, *, which: str = "") -> TryoutPage:
        """Return one try-out with the cases behind one of its figures."""

    def of_subject(self, subject: str, by: Actor) -> Sequence[Tryout]:
        """Return the try-outs of a draft, newest first."""

    def count(self, process_key: str, population: Population, by: Actor) -> int:
        """Return how many cases a population holds."""

    def processes_of(self, key: str, by: Actor) -> Sequence[tuple[str, str]]:
        """Return the processes in force that are, call or look up something, by id and name."""

    def begin(
        self,
        files: Mapping[str, bytes],
        population: Population,
        by: Actor,
        *,
        process_key: str,
        subject: str,
        digest: str,
    ) -> str:
        """Ask for a try-out, and return its id."""

    def stop(self, tryout_id: str, by: Actor) -> None:
        """Give a try-out up."""


@dataclass(frozen=True)
class Recording:
    """What happened in one instance, as far as a try-out needs it (optagelse)."""

    instance_id: int
    case_id: str
    case_number: str
    started_at: datetime
    ended_at: datetime | None
    start: Mapping[str, object]
    events: Sequence[Mapping[str, object]]
    """The lines of history, oldest first: process, element, kind, what, at, result."""
    definition_id: int
    decisions: Mapping[str, tuple[str, Money | None]] = field(default_factory=dict)
    """What was decided in it, by the decision's id: its outcome, and a month's help."""


@dataclass(frozen=True)
class Bench:
    """What a batch of cases is run on (prøvestand): both versions and the tables of both."""

    process_key: str
    today: Mapping[str, bytes]
    draft: Mapping[str, bytes]
    steps: Mapping[str, bool]
    """The steps there are, and whether each may go against the citizen."""
    until: datetime
    """How far cases that still go on are followed: the moment the try-out was asked for."""


@dataclass(frozen=True)
class Trial:
    """What a batch of cases came to (prøvekørsel)."""

    cases: tuple[TriedCase, ...]
    """Those there was time for; the others are run in the next batch."""
    refused: str = ""
    """Why the draft cannot be run at all, in Danish."""


class TryoutRunner(Protocol):
    """Runs recordings through two versions, in a place of its own with an end to it."""

    def run(self, bench: Bench, recordings: Sequence[Recording]) -> Trial:
        """Return how cases go; one that takes too much is said to have stopped."""


class TryoutStore(Protocol):
    """Try-outs, what each case came to, and the recordings they run on."""

    def add(self, tryout: Tryout, instance_ids: Sequence[int]) -> None:
        """Insert a try-out with the instances it will run."""

    def get(self, tryout_id: str) -> Tryout:
        """Return a try-out."""

    def lock(self, tryout_id: str) -> Tryout:
        """Return a try-out and hold its row until the transaction ends."""

    def save(self, tryout: Tryout) -> None:
        """Write how far it is, and what came of it."""

    def of_subject(self, subject: str) -> Sequence[Tryout]:
        """Return the try-outs of a draft, newest first, without their files."""

    def instances(self, process_key: str, population: Population) -> Sequence[int]:
        """Return the instances a population holds, newest first."""

    def next_batch(self, tryout_id: str, most: int) -> Sequence[int]:
        """Return instances that are not run yet."""

    def recordings(self, instance_ids: Sequence[int]) -> Sequence[Recording]:
        """Return what happened in some instances, in a few statements however many."""

    def add_cases(self, tryout_id: str, cases: Sequence[TriedCase]) -> None:
        """Write how cases went; the same case again changes nothing."""

    def cases(self, tryout_id: str) -> Sequence[TriedCase]:
        """Return every case that has been run."""
