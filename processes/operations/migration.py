"""Answers: can running instances go on under another version of their process, and then do so?

A dry run says for each instance what would happen and why not, and changes nothing. A move is a
batch: a row an instance, worked in the background, each in a transaction of its own with the
instance held, so it can be broken off anywhere and goes on where it was. States before and after
are kept; the way back restores exactly what was, where nothing has happened since.

For pages: `suggest` → `preview` → `start` → `progress` and `items` → `roll_back`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from processes.domain.access import Actor, require
from processes.domain.errors import ConflictError, CoreError, RuleError
from processes.engine.definitions import Definition
from processes.engine.diagrams import Node
from processes.engine.matching import Match, added, matches, place_of
from processes.engine.moving import Moved, move
from processes.engine.relocating import Hindrance
from processes.operations.control import Control, plain
from processes.operations.moving import Carrying
from processes.ports.migrations import (
    MigrationBatch,
    MigrationCounts,
    MigrationItem,
    MoveState,
)
from processes.ports.records import (
    AuditEvent,
    InstanceState,
    OutboxItem,
    ProcessDefinition,
    ProcessInstance,
)
from processes.ports.stores import UnitOfWork

__all__ = ["Hindrance", "Matching", "Migration", "Place", "Preview", "Progress", "Verdict"]

TOPIC = "migration"
"""The outbox topic under which a move calls for its next instances."""
PREVIEWED = 200
"""Instances a dry run looks at, at most; the count of all is told beside."""
AT_ONCE = 25
"""Instances moved for one wake-up: few, so that others' work comes between."""


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
    element_id: str
    """What a mapping names."""
    name: str
    kind: str


@dataclass(frozen=True)
class Matching:
    """Which element of the old version is which of the new (element for element)."""

    same: Mapping[str, str]
    """By namesake: `process/element` to an element id."""
    unmatched: tuple[Place, ...]
    """Elements of the old version with no namesake of their kind; a mapping can name one."""
    choices: Mapping[str, tuple[Place, ...]]
    """For each unmatched one, by its key, the elements of the new version it could be."""
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


class Migration:
    """Moves running instances between versions of their process (flytning af forløb).

    Needs the action `instance.migrate`; everything happens in the actor's own municipality.
    """

    def __init__(self, control: Control) -> None:
        self.control = control
        self.env = control.env
        self.carrying = Carrying(control)

    # ---- before ------------------------------------------------------------------------

    def suggest(self, from_definition: int, to_definition: int, by: Actor) -> Matching:
        """Return which element is which by id, and what has to be said by hand."""
        require(by, "instance.migrate")
        with self.env.uow(by.municipality_id) as uow:
            return self._matching(uow, from_definition, to_definition)

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
        require(by, "instance.migrate")
        with self.env.uow(by.municipality_id) as uow:
            self._check(uow, from_definition, to_definition, mapping or {})
            if instance_ids is None:
                chosen = uow.migrations.open_instances(from_definition, limit=PREVIEWED)
            else:
                chosen = [uow.migrations.instance(each) for each in instance_ids[:PREVIEWED]]
            counted = uow.migrations.running_counts([from_definition])
            return Preview(
                uow.definitions.get(from_definition),
                uow.definitions.get(to_definition),
                self._matching(uow, from_definition, to_definition),
                counted.get(from_definition, 0),
                tuple(
                    self._verdict(uow, each, from_definition, to_definition, mapping or {})
                    for each in chosen
                ),
            )

    def _verdict(
        self,
        uow: UnitOfWork,
        instance: ProcessInstance,
        from_definition: int,
        to_definition: int,
        mapping: Mapping[str, str],
    ) -> Verdict:
        why = _unfit(instance, from_definition)
        if why:
            hindered = Hindrance(instance.process_key, "", "", why, "Der er intet at flytte her.")
            return Verdict(instance.id, instance.case_id, (), (), (hindered,))
        moved = self._move(uow, instance, to_definition, mapping)
        return Verdict(
            instance.id, instance.case_id, moved.stands_at, moved.changes, moved.hindrances
        )

    def _matching(self, uow: UnitOfWork, from_definition: int, to_definition: int) -> Matching:
        old = self.control.definition(uow, from_definition)
        new = self.control.definition(uow, to_definition)
        found = list(matches(old, new))
        lost = [each for each in found if each.new is None]
        return Matching(
            {place_of(old, each.old): each.new.id for each in found if each.new is not None},
            tuple(_place(old, each.old) for each in lost),
            {place_of(old, each.old): _choices(new, each) for each in lost},
            tuple(_place(new, node) for node in added(old, new)),
        )

    def _check(
        self, uow: UnitOfWork, from_definition: int, to_definition: int, mapping: Mapping[str, str]
    ) -> None:
        """Refuse what can be no move at all, whichever instance it is about."""
        old = self.control.definition(uow, from_definition)
        new = self.control.definition(uow, to_definition)
        target = uow.definitions.get(to_definition)
        if from_definition == to_definition:
            raise RuleError("Forløbene er på den version allerede. Vælg en anden version.")
        if old.key != new.key:
            raise RuleError(
                f"'{old.name}' og '{new.name}' er to processer. Vælg en version af samme proces."
            )
        if target.valid_from > self.env.gateways.clock.today():
            raise RuleError(
                f"Version {target.version} gælder først fra {target.valid_from:%d.%m.%Y}."
                " Flyt forløbene, når den dag er kommet."
            )
        for place, element in mapping.items():
            process, _, old_id = place.partition("/")
            if old.element(process, old_id) is None:
                raise RuleError(f"'{place}' findes ikke i den version, der flyttes fra.")
            if not any(element in diagram.nodes for diagram in new.diagrams.values()):
                raise RuleError(f"'{element}' findes ikke i den version, der flyttes til.")

    def _move(
        self,
        uow: UnitOfWork,
        instance: ProcessInstance,
        to_definition: int,
        mapping: Mapping[str, str],
    ) -> Moved:
        return move(
            self.control.definition(uow, instance.definition_id),
            self.control.definition(uow, to_definition),
            instance.blob,
            self.env.now(),
            by_hand=mapping,
            tables=self.control.tables(uow, instance),
            is_adverse=self._is_adverse,
        )

    def _is_adverse(self, step: str) -> bool:
        found = self.env.register.steps.get(step)
        return found is not None and found.adverse

    # ---- the move ----------------------------------------------------------------------

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
        require(by, "instance.migrate")
        with self.env.uow(by.municipality_id) as uow:
            self._check(uow, from_definition, to_definition, mapping or {})
            old = uow.definitions.get(from_definition)
            batch = MigrationBatch(
                self.env.new_id(),
                old.key,
                from_definition,
                to_definition,
                dict(mapping or {}),
                _reason(reason),
                by.user,
                self.env.now(),
            )
            self._begin(uow, batch, by, instance_ids)
            uow.commit()
        self.env.wake()
        return batch.id

    def _begin(
        self, uow: UnitOfWork, batch: MigrationBatch, by: Actor, instances: Sequence[int] | None
    ) -> None:
        if uow.migrations.add_batch(batch, instances) == 0:
            raise RuleError("Der er ingen forløb at flytte. Vælg en version, der kører forløb på.")
        old = uow.definitions.get(batch.from_definition)
        new = uow.definitions.get(batch.to_definition)
        uow.audit.add(
            AuditEvent(
                self.env.now(),
                by.user,
                str(by.role),
                "instance.migrate",
                f"process:{batch.process_key}",
                f"version {old.version} til {new.version}: {batch.reason}",
            )
        )
        self._call_again(uow, batch.id, 0)

    def _call_again(self, uow: UnitOfWork, batch_id: str, part: int) -> None:
        now = self.env.now()
        uow.outbox.put(
            OutboxItem(
                id=0,
                topic=TOPIC,
                ordering_key=f"{TOPIC}:{batch_id}",
                body={"batch_id": batch_id, "part": part},
                idempotency_key=f"{TOPIC}:{batch_id}:{part}",
                created_at=now,
                available_at=now,
            )
        )

    def carry_on(self, municipality_id: int, body: Mapping[str, object]) -> None:
        """Move the next instances of a batch, and call for the ones after; may be done twice."""
        batch_id = str(body["batch_id"])
        with self.env.uow(municipality_id) as uow:
            batch = uow.migrations.batch(batch_id)
            items = uow.migrations.waiting(batch_id, limit=AT_ONCE)
        if batch.finished_at is not None:
            return
        for item_id, instance_id in items:
            self._one(municipality_id, batch, item_id, instance_id)
        with self.env.uow(municipality_id) as uow:
            if uow.migrations.waiting(batch_id, limit=1):
                self._call_again(uow, batch_id, int(str(body["part"])) + 1)
            else:
                uow.migrations.finish(batch_id, at=self.env.now())
            uow.commit()
        self.env.wake()

    def _one(
        self, municipality_id: int, batch: MigrationBatch, item_id: int, instance_id: int
    ) -> None:
        """Move one instance; what is in its way holds up none of the others."""
        try:
            with self.env.uow(municipality_id) as uow:
                instance = uow.processes.lock_instance(instance_id)
                item = uow.migrations.item(item_id)
                if item.state is MoveState.WAITING:
                    uow.migrations.save_item(self._handled(uow, batch, item, instance))
                uow.commit()
        except (CoreError, LookupError, TypeError, ValueError, AttributeError) as error:
            # A step that stumbles in the new version: its transaction is undone, and said here.
            with self.env.uow(municipality_id) as uow:
                uow.processes.lock_instance(instance_id)
                item = uow.migrations.item(item_id)
                if item.state is MoveState.WAITING:
                    uow.migrations.save_item(self._ended(item, MoveState.REFUSED, plain(error)))
                uow.commit()

    def _handled(
        self,
        uow: UnitOfWork,
        batch: MigrationBatch,
        item: MigrationItem,
        instance: ProcessInstance,
    ) -> MigrationItem:
        why = _unfit(instance, batch.from_definition)
        if why:
            return self._ended(item, MoveState.PASSED_OVER, why)
        if batch.undoes is not None:
            before = uow.migrations.item_of_instance(batch.undoes, instance.id)
            if before is not None and before.before is not None and before.after == instance.blob:
                self.carrying.restore(uow, batch, before, instance)
                done = self._ended(item, MoveState.MOVED, "")
                return replace(
                    done,
                    changes=("Alt er, som det var før flytningen.",),
                    before=instance.blob,
                    after=before.before,
                )
        moved = self._move(uow, instance, batch.to_definition, batch.mapping)
        if moved.hindrances:
            return self._ended(item, MoveState.REFUSED, _why(moved.hindrances))
        after, kept = self.carrying.take_over(uow, batch, instance, moved)
        done = self._ended(item, MoveState.MOVED, "")
        return replace(
            done, changes=moved.changes, before=instance.blob, after=after.blob, kept=kept
        )

    def _ended(self, item: MigrationItem, state: MoveState, why: str) -> MigrationItem:
        return replace(item, state=state, why=why, handled_at=self.env.now())

    # ---- after -------------------------------------------------------------------------

    def progress(self, batch_id: str, by: Actor) -> Progress:
        """Return how far a move is."""
        require(by, "instance.migrate")
        with self.env.uow(by.municipality_id) as uow:
            return self._progress(uow, [uow.migrations.batch(batch_id)])[0]

    def batches(self, by: Actor, *, process_key: str | None = None) -> list[Progress]:
        """Return moves of the municipality, newest first."""
        require(by, "instance.migrate")
        with self.env.uow(by.municipality_id) as uow:
            return self._progress(uow, uow.migrations.batches(process_key))

    def _progress(self, uow: UnitOfWork, batches: Iterable[MigrationBatch]) -> list[Progress]:
        found = list(batches)
        counts = uow.migrations.counts([each.id for each in found])
        ids = {each.from_definition for each in found} | {each.to_definition for each in found}
        versions = {each: uow.definitions.get(each).version for each in sorted(ids)}
        return [
            Progress(
                each,
                counts[each.id],
                versions[each.from_definition],
                versions[each.to_definition],
            )
            for each in found
        ]

    def items(
        self, batch_id: str, by: Actor, *, state: MoveState | None = None
    ) -> list[MigrationItem]:
        """Return what became of each instance of a move; states before and after are left out."""
        require(by, "instance.migrate")
        with self.env.uow(by.municipality_id) as uow:
            return list(uow.migrations.items(batch_id, state=state))

    def stop(self, batch_id: str, by: Actor) -> None:
        """Let a move go no further; what is moved stays moved."""
        require(by, "instance.migrate")
        with self.env.uow(by.municipality_id) as uow:
            now = self.env.now()
            uow.migrations.pass_over(batch_id, why="Flytningen blev standset.", at=now)
            uow.migrations.finish(uow.migrations.batch(batch_id).id, at=now, by=by.user)
            uow.commit()

    def roll_back(self, batch_id: str, by: Actor, *, reason: str) -> str:
        """Begin to move back what a batch moved; return the new batch's id."""
        require(by, "instance.migrate")
        with self.env.uow(by.municipality_id) as uow:
            batch = uow.migrations.batch(batch_id)
            if batch.finished_at is None:
                raise ConflictError(
                    "Flytningen er ikke færdig. Stands den, eller vent, til den er."
                )
            moved = uow.migrations.moved(batch_id)
            if not moved:
                raise RuleError("Flytningen har ikke flyttet noget; der er intet at føre tilbage.")
            back = MigrationBatch(
                self.env.new_id(),
                batch.process_key,
                batch.to_definition,
                batch.from_definition,
                _inverse(batch.mapping),
                _reason(reason),
                by.user,
                self.env.now(),
                undoes=batch.id,
            )
            self._begin(uow, back, by, moved)
            uow.commit()
        self.env.wake()
        return back.id


def _unfit(instance: ProcessInstance, from_definition: int) -> str:
    """Return why an instance is none of those to be moved; empty when it is."""
    if instance.state is InstanceState.ENDED:
        return "Forløbet er slut."
    if instance.definition_id != from_definition:
        return "Forløbet er på en anden version nu."
    if instance.state is InstanceState.PAUSED:
        return "Forløbet er sat på pause i driften."
    return ""


def _why(hindrances: Iterable[Hindrance]) -> str:
    return " ".join(
        f"'{each.name}': {each.reason} {each.way_out}" if each.name else each.reason
        for each in hindrances
    )


def _reason(text: str) -> str:
    if not text.strip():
        raise RuleError("Skriv, hvorfor forløbene flyttes. Det kan læses i sagens forløb siden.")
    return text.strip()


def _inverse(mapping: Mapping[str, str]) -> dict[str, str]:
    return {
        f"{place.partition('/')[0]}/{element}": place.partition("/")[2]
        for place, element in mapping.items()
    }


def _place(definition: Definition, node: Node) -> Place:
    return Place(place_of(definition, node), node.id, node.name or node.id, node.kind.value)


def _choices(definition: Definition, match: Match) -> tuple[Place, ...]:
    return tuple(_place(definition, node) for node in match.choices)
