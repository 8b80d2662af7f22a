"""Answers: what is an instance after somebody has moved one of its tokens by hand?

The token is given up where it stands, with all that goes on inside it and what listens on its
edge, and begins where it was moved to with the same variables. It stays in its own process or
sub-process: what a called process is given and gives back is never passed by.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from processes.domain.errors import ConflictError, RuleError
from processes.engine.definitions import Definition
from processes.engine.diagrams import BOUNDARIES, EACH, GATEWAYS, Kind, Node
from processes.engine.effects import Advanced
from processes.engine.machine import Machine
from processes.engine.runtime import standing
from processes.engine.specs import GUARD, GuardSpec, make_ready, predict
from processes.engine.state import Instance, decode, encode
from processes.engine.tables import DecisionTable
from processes.engine.tree import boundaries

NOT_TO = {*BOUNDARIES, *GATEWAYS, Kind.START, Kind.END, Kind.LINK, Kind.PASSED}
"""Where nobody is put: what only follows from something else."""


@dataclass(frozen=True)
class Carried:
    """A token with what it carries and where it may be put (token)."""

    token: str
    """Empty for a call: what goes on inside it can be moved, not the call around it."""
    process_id: str
    element_id: str
    variables: Mapping[str, object]
    targets: tuple[tuple[str, str], ...]
    """Elements of the same process or sub-process, by id and name."""


def carried(definition: Definition, state: bytes) -> tuple[Carried, ...]:
    """Return every token somebody could move, with its variables."""
    instance = decode(definition, state)
    return tuple(
        Carried(
            instance.token(task) if "n" in task.internal_data else "",
            definition.owners[task.task_spec.node.process],
            task.task_spec.node.id,
            copy.deepcopy(task.data),
            tuple((node.id, node.name) for node in _targets(definition, task.task_spec.node)),
        )
        for task in instance.live()
        if _is_movable(task)
    )


def _is_movable(task: Task) -> bool:
    node: Node | None = task.task_spec.node
    if node is None or isinstance(task.task_spec, GuardSpec) or node.kind in BOUNDARIES:
        return False
    if task.workflow.spec.name.endswith(EACH):
        return False  # one of several times: it has nowhere else to be
    # What has come in at a join, or to an end, belongs to what still comes.
    return "arrived" not in task.internal_data and "from" not in task.internal_data


def _targets(definition: Definition, node: Node) -> list[Node]:
    diagram = definition.diagrams[definition.owners[node.process]]
    return [
        each
        for each in diagram.within(node.process)
        if each.kind not in NOT_TO and each.id != node.id
    ]


def move(
    definition: Definition,
    state: bytes,
    token: str,
    to: str,
    now: datetime,
    *,
    tables: Mapping[str, DecisionTable],
    by: str,
) -> Advanced:
    """Return the state after a token was moved to another element of its process.

    An exception means that nothing may be saved.
    """
    instance = decode(definition, state)
    task = instance.find(token)
    if task is None or not _is_movable(task):
        raise ConflictError(
            "Forløbet står ikke længere dér, hvor flytningen skulle begynde. Se forløbet igen."
        )
    if to not in {node.id for node in _targets(definition, task.task_spec.node)}:
        raise RuleError(
            f"Der kan ikke flyttes til '{to}'. Vælg et trin i samme proces eller delproces."
        )
    machine = Machine(instance, now, tables)
    _put(instance, machine, task, to, by)
    machine.run()
    return Advanced(
        encode(instance),
        machine.wanted(),
        instance.ended,
        tuple(machine.flows),
        tuple(f"{each.process_id}/{each.element_id}" for each in standing(instance)),
    )


def _put(instance: Instance, machine: Machine, task: Task, to: str, by: str) -> None:
    listening = list(boundaries(task))
    above = task.parent
    if isinstance(above.task_spec, GuardSpec) and above.task_spec.guards == task.task_spec.name:
        above = above.parent
    carries = copy.deepcopy(task.data)
    machine.record(task, "moved", by=by, result={"to": to})
    machine.cancel(task)
    for boundary in listening:
        machine.cancel(boundary)
    specs = task.workflow.spec.task_specs
    placed = above._add_child(  # noqa: SLF001 – the library's own way to add a visit
        specs.get(to + GUARD) or specs[to], TaskState.WAITING
    )
    placed.data = carries
    predict(placed)
    make_ready(placed)
