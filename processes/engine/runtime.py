"""Answers: what does this trigger change, and what is wanted now?

`advance` reads and writes nothing: it takes a state and gives a state and effects. Every state
that leaves here is valid: what has no answer stands parked with an incident, and `Retry` goes on
from there. `where_is` tells where an instance stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

from processes.domain.errors import BrokenStateError
from processes.engine.definitions import Definition
from processes.engine.effects import Advanced, Record, Retry, Start, TaskCompleted, Trigger
from processes.engine.machine import Machine
from processes.engine.specs import BoundarySpec, GuardSpec, ManySpec
from processes.engine.state import Instance, check_variables, decode, encode, new_instance
from processes.engine.tables import DecisionTable

NAMESPACE = UUID("6b1f3a52-8c0e-4e55-9d0a-5f6f1d2c7a10")

Tables = Mapping[str, DecisionTable]


@dataclass(frozen=True)
class Place:
    """Where an instance stands: an element with a token in it (for the picture)."""

    process_id: str
    element_id: str
    name: str
    kind: str
    token: str | None
    incident: str | None
    """The code of the incident it is parked on."""


def advance(
    definition: Definition,
    state: bytes | None,
    trigger: Trigger,
    now: datetime,
    *,
    tables: Tables | None = None,
) -> Advanced:
    """Return the state after a trigger, and what is wanted now.

    `state` is None for `Start`, and only then. `tables` are the decision tables in force, by id.
    A trigger whose token nobody waits for any more changes nothing and is recorded as dropped.
    An exception means that nothing may be saved.
    """
    return _advance(definition, state, trigger, now, {} if tables is None else tables, prune=True)


def advance_unpruned(
    definition: Definition,
    state: bytes | None,
    trigger: Trigger,
    now: datetime,
    *,
    tables: Tables | None = None,
) -> Advanced:
    """Do as `advance` does, but keep all history in the state, for tests that compare."""
    return _advance(definition, state, trigger, now, {} if tables is None else tables, prune=False)


def _advance(
    definition: Definition,
    state: bytes | None,
    trigger: Trigger,
    now: datetime,
    tables: Tables,
    *,
    prune: bool,
) -> Advanced:
    if now.tzinfo is None:
        raise BrokenStateError("the moment given to the engine has no time zone")
    if isinstance(trigger, Start) and state is None:
        instance = new_instance(definition, _seed(definition, trigger, now))
    elif state is not None and not isinstance(trigger, Start):
        instance = decode(definition, state)
    else:
        raise BrokenStateError("a start has no state before it, and any other trigger has one")
    machine = Machine(instance, now, tables)
    if not machine.take(trigger) and state is not None:
        by = trigger.by if isinstance(trigger, (TaskCompleted, Retry)) else None
        dropped = Record("-", "unknown", "dropped", now, by)
        return Advanced(state, (dropped,), instance.ended)
    machine.run()
    return Advanced(
        encode(instance, prune=prune),
        machine.wanted(),
        instance.ended,
        tuple(machine.flows),
        tuple(f"{each.process_id}/{each.element_id}" for each in standing(instance)),
    )


def where_is(definition: Definition, state: bytes) -> tuple[Place, ...]:
    """Return the elements that have a token now, with the calls that lead to them."""
    return standing(decode(definition, state))


def standing(instance: Instance) -> tuple[Place, ...]:
    """Return the same of an instance that has been read."""
    return tuple(
        Place(
            instance.definition.owners[task.task_spec.node.process],
            task.task_spec.node.id,
            task.task_spec.node.name,
            task.task_spec.node.kind.value,
            instance.token(task) if "n" in task.internal_data else None,
            task.internal_data.get("parked"),
        )
        for task in instance.live()
        if task.task_spec.node is not None
        and not isinstance(task.task_spec, (BoundarySpec, GuardSpec, ManySpec))
        and "arrived" not in task.internal_data
    )


def _seed(definition: Definition, trigger: Start, now: datetime) -> UUID:
    variables = json.dumps(check_variables(trigger.variables), sort_keys=True)
    moment = now.astimezone(UTC).isoformat()
    return uuid5(NAMESPACE, f"{definition.digest}|{trigger.seed}|{moment}|{variables}")
