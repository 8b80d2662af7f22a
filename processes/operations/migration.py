"""Answers: can running instances go on under another version of their process, and then do so?

A dry run says for each instance what would happen and why not, and changes nothing. A move is a
batch: a row an instance, worked in the background, each in a transaction of its own with the
instance held, so it can be broken off anywhere and goes on where it was. States before and after
are kept; the way back restores exactly what was, where nothing has happened since.

For pages: `versions` → `suggest` → `preview` → `start` → `progress` / `items` → `roll_back`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from processes.domain.access import Actor
from processes.operations.control import Control
from processes.ports.migrations import MigrationBatch, MigrationCounts, MigrationItem, MoveState
from processes.ports.records import ProcessDefinition

PREVIEWED = 200
"""Instances a dry run looks at, at most; the count of all is told beside."""


@dataclass(frozen=True)
class Hindrance:
    """Why an instance cannot be moved as it stands (forhindring); words in Danish."""

    process_id: str
    element_id: str
    """In the old version; with the process, the place on its diagram."""
    name: str
    reason: str
    way_out: str


@dataclass(frozen=True)
class Verdict:
    """What would happen to one instance (prøveflytning)."""

    instance_id: int
    case_id: str
    stands_at: tuple[str, ...]
    """Names of the elements it stands at."""
    changes: tuple[str, ...]
    """What would happen, a sentence each."""
    hindrances: tuple[Hindrance, ...]

    @property
    def movable(self) -> bool:
        """Whether nothing is in the way."""
        return not self.hindrances


@dataclass(frozen=True)
class Place:
    """An element of a version, to choose from (element)."""

    key: str
    """`process/element`."""
    name: str
    kind: str


@dataclass(frozen=True)
class Matching:
    """Which element of the old version is which of the new (element for element)."""

    same: Mapping[str, str]
    """By namesake: `process/element` to `process/element`."""
    unmatched: tuple[Place, ...]
    """Elements of the old version with no namesake of their kind; a mapping can name one."""
    choices: Mapping[str, tuple[Place, ...]]
    """For each unmatched one, the elements of the new version it could be."""
    added: tuple[Place, ...]
    """Elements only the new version has."""


@dataclass(frozen=True)
class Preview:
    """A dry run (prøveflytning af alle)."""

    from_definition: ProcessDefinition
    to_definition: ProcessDefinition
    matching: Matching
    total: int
    """Open instances of the old version; `verdicts` has the first of them."""
    verdicts: tuple[Verdict, ...]
    warnings: tuple[str, ...] = ()

    @property
    def movable(self) -> int:
        """How many of those looked at can be moved."""
        return sum(each.movable for each in self.verdicts)


@dataclass(frozen=True)
class Progress:
    """How far a move is (fremdrift)."""

    batch: MigrationBatch
    counts: MigrationCounts
    from_version: int
    to_version: int

    @property
    def finished(self) -> bool:
        """Whether no instance waits its turn any more."""
        return self.batch.finished_at is not None


@dataclass(frozen=True)
class VersionCount:
    """A version of a process with how many instances of this municipality run on it."""

    definition: ProcessDefinition
    running: int
    bundle_names: tuple[str, ...] = field(default=())


class Migration:
    """Moves running instances between versions of their process (flytning af forløb).

    Needs the action `instance.migrate`; everything happens in the actor's own municipality.
    """

    def __init__(self, control: Control) -> None:
        self.control = control
        self.env = control.env

    def versions(self, process_key: str, by: Actor) -> list[VersionCount]:
        """Return the versions of a process, newest first, with what runs on each here."""
        raise NotImplementedError

    def suggest(self, from_definition: int, to_definition: int, by: Actor) -> Matching:
        """Return which element is which by id, and what has to be said by hand."""
        raise NotImplementedError

    def preview(
        self,
        from_definition: int,
        to_definition: int,
        by: Actor,
        *,
        mapping: Mapping[str, str] | None = None,
        instance_ids: Sequence[int] | None = None,
    ) -> Preview:
        """Say what would happen to each instance, and why not; nothing is changed.

        `mapping` has an element id for each `process/element` that has no namesake.
        """
        raise NotImplementedError

    def start(
        self,
        from_definition: int,
        to_definition: int,
        by: Actor,
        *,
        reason: str,
        mapping: Mapping[str, str] | None = None,
        instance_ids: Sequence[int] | None = None,
    ) -> str:
        """Begin to move instances in the background; return the batch's id."""
        raise NotImplementedError

    def progress(self, batch_id: str, by: Actor) -> Progress:
        """Return how far a move is."""
        raise NotImplementedError

    def batches(self, by: Actor, *, process_key: str | None = None) -> list[Progress]:
        """Return moves of the municipality, newest first."""
        raise NotImplementedError

    def items(
        self, batch_id: str, by: Actor, *, state: MoveState | None = None
    ) -> list[MigrationItem]:
        """Return what became of each instance of a move."""
        raise NotImplementedError

    def stop(self, batch_id: str, by: Actor) -> None:
        """Let a move go no further; what is moved stays moved."""
        raise NotImplementedError

    def roll_back(self, batch_id: str, by: Actor, *, reason: str) -> str:
        """Begin to move back what a batch moved; return the new batch's id."""
        raise NotImplementedError
