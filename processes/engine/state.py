"""Answers: how is a running instance written down, and read again?

One blob an instance: a version byte, then compressed ordered arrays. It carries the digest of its
definition and is refused under another. Only visits that are going on are kept, with the few
finished ones that a later join, or the end of a side branch, must look back at; so an instance of
ten years is as small as one of ten days. Variables stand once, however many visits share them.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from processes.domain.errors import BrokenStateError
from processes.engine.definitions import Definition
from processes.engine.specs import empty_workflow, is_live, predict
from processes.engine.tree import opens_side_branch

VERSION = b"K\x01"
MAX_STATE_BYTES = 4_000_000
MAX_VARIABLE_DEPTH = 8
PARTS = 6
"""Digest, seed, counter, ended, variables, and the tree of visits."""

REACHED = TaskState.DEFINITE_MASK | TaskState.FINISHED_MASK
Workflow = Any  # a BpmnWorkflow or BpmnSubWorkflow; the library is untyped


@dataclass
class Instance:
    """A running instance in memory: the library's tree, and what its tokens are made from."""

    definition: Definition
    seed: UUID
    top: BpmnWorkflow
    counter: int = 0
    ended: bool = False

    def workflows(self) -> list[Workflow]:
        """Return the process itself, then what it has called, outermost first."""
        return [self.top, *self.top.subprocesses.values()]

    def token(self, task: Task) -> str:
        """Return the token of a visit, making one when it has none."""
        if "n" not in task.internal_data:
            self.counter += 1
            task.internal_data["n"] = self.counter
        return str(uuid5(self.seed, str(task.internal_data["n"])))

    def fresh_token(self) -> str:
        """Return a token for something that nobody will answer."""
        self.counter += 1
        return str(uuid5(self.seed, str(self.counter)))

    def find(self, token: str) -> Task | None:
        """Return the visit with this token, if it is still going on."""
        return next(
            (t for t in self.live() if "n" in t.internal_data and self.token(t) == token), None
        )

    def host_of(self, workflow: Workflow) -> Task | None:
        """Return the call or sub-process that a process is the inside of."""
        above = workflow.parent_task_id
        return None if above is None else self.top.get_task_from_id(above)

    def end(self) -> None:
        """Mark the instance as ended: nothing can move it any more."""
        self.ended = True
        self.top.completed = True

    def live(self) -> list[Task]:
        """Return the visits that are going on, oldest first in each process."""
        return [task for flow in self.workflows() for task in flow.tasks.values() if is_live(task)]


def new_instance(definition: Definition, seed: UUID) -> Instance:
    """Return an instance that has not begun."""
    specs = definition.specs
    top = empty_workflow(specs[definition.key], specs)
    top.task_tree = Task(top, top.spec.start, state=TaskState.READY)
    predict(top.task_tree)
    return Instance(definition, seed, top)


def check_variables(variables: Mapping[str, object]) -> dict[str, object]:
    """Return variables that a process may carry; others are a fault in the step that gave them."""
    return {key: _checked(key, value, 1) for key, value in variables.items()}


def _checked(path: str, value: object, depth: int) -> object:
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if depth < MAX_VARIABLE_DEPTH:
        if isinstance(value, (list, tuple)):
            return [_checked(path, item, depth + 1) for item in value]
        if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
            return {key: _checked(f"{path}.{key}", each, depth + 1) for key, each in value.items()}
    raise BrokenStateError(
        f"variable '{path}' is a {type(value).__name__}; a process carries text, whole numbers, "
        "true and false, null, and lists and maps of them"
    )


# ---- what must be remembered ---------------------------------------------------------------


def _needed(workflow: Workflow) -> list[Task]:
    """Return the visits that the future of this process can still depend on.

    What goes on; the beginning; where paths of what goes on part (the base of a later merge, and
    the place where an element meets the events on its edge); and the events that opened a side
    branch still going on, since such a branch gives nothing back when it ends.
    """
    through: dict[UUID, set[UUID]] = {}
    live = [task for task in workflow.tasks.values() if is_live(task)]
    for task in live:
        child, parent = task, task.parent
        while parent is not None:
            seen = through.setdefault(parent.id, set())
            if child.id in seen:
                break
            seen.add(child.id)
            child, parent = parent, parent.parent
    return [
        task
        for task in workflow.tasks.values()
        if is_live(task)
        or task is workflow.task_tree
        or len(through.get(task.id, ())) > 1
        or (task.id in through and opens_side_branch(task))
    ]


def encode(instance: Instance, *, prune: bool = True) -> bytes:
    """Write an instance down; `prune` is off only in tests that compare."""
    scopes: dict[str, int] = {}
    written: list[object] = []
    index: dict[UUID, tuple[int, int]] = {}
    flows = [] if instance.ended else instance.workflows()
    for number, workflow in enumerate(flows):
        kept = (
            _needed(workflow)
            if prune
            else [task for task in workflow.tasks.values() if task.has_state(REACHED)]
        )
        for place, task in enumerate(kept):
            index[task.id] = (number, place)
        specs = {name: place for place, name in enumerate(workflow.spec.task_specs)}
        rows = [
            [
                specs[task.task_spec.name],
                task.state,
                _kept_parent(task, index),
                _scope(task.data, scopes),
                task.internal_data or 0,
            ]
            for task in kept
        ]
        above = -1 if workflow.parent_task_id is None else index[workflow.parent_task_id]
        written.append([workflow.spec.name, above, rows])
    body = [
        instance.definition.digest, str(instance.seed), instance.counter, instance.ended,
        [json.loads(text) for text in scopes], written,
    ]  # fmt: skip
    return pack(body)


def _kept_parent(task: Task, index: Mapping[UUID, tuple[int, int]]) -> int:
    parent = task.parent
    while parent is not None and parent.id not in index:
        parent = parent.parent
    return -1 if parent is None else index[parent.id][1]


def _scope(data: Mapping[str, object], scopes: dict[str, int]) -> int:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return scopes.setdefault(text, len(scopes))


def unpack(state: bytes) -> list[Any]:
    """Return what is written in a state, whatever definition it belongs to."""
    if not state.startswith(VERSION):
        raise BrokenStateError("the state is not written in a version this engine reads")
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(state[len(VERSION) :], MAX_STATE_BYTES)
        if not unpacker.eof:
            raise BrokenStateError("the state is cut off, or larger than any state can be")
        body: list[Any] = json.loads(text)
    except (zlib.error, ValueError) as error:
        raise BrokenStateError("the state cannot be read") from error
    if not isinstance(body, list) or len(body) != PARTS:
        raise BrokenStateError("the state cannot be read")
    return body


def pack(body: list[Any]) -> bytes:
    """Write down what `unpack` reads."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    written_out = text.encode()
    if len(written_out) > MAX_STATE_BYTES:
        raise BrokenStateError(
            f"the state takes {len(written_out)} bytes; at most {MAX_STATE_BYTES} are read again"
        )
    return VERSION + zlib.compress(written_out, 9)


def decode(definition: Definition, state: bytes) -> Instance:
    """Read an instance; a state of another definition or version is refused."""
    digest, seed, counter, ended, scopes, written = unpack(state)
    if digest != definition.digest:
        raise BrokenStateError(
            f"the state belongs to definition {digest[:12]}, not to {definition.digest[:12]} "
            f"({definition.key} version {definition.version})"
        )
    specs = definition.specs
    top = empty_workflow(specs[definition.key], specs)
    instance = Instance(definition, UUID(seed), top, counter, ended)
    made: list[list[Task]] = []
    for key, above, rows in written:
        workflow: Workflow = top
        if above != -1:
            host = made[above[0]][above[1]]
            workflow = BpmnSubWorkflow(specs[key], host.id, top, deserializing=True)
            top.subprocesses[host.id] = workflow
        made.append(_tasks(workflow, rows, scopes))
    if ended:
        top.completed = True
    return instance


def _tasks(workflow: Workflow, rows: list[list[object]], scopes: list[object]) -> list[Task]:
    names = list(workflow.spec.task_specs)
    made: list[Task] = []
    for spec, task_state, parent, scope, internal in rows:
        task = Task(
            workflow,
            workflow.spec.task_specs[names[spec]],  # type: ignore[call-overload]  # rows are ours
            parent=None if parent == -1 else made[parent],  # type: ignore[call-overload]  # as above
            state=task_state,
        )
        # Two visits may have written the same variables; each gets its own copy again.
        task.data = json.loads(json.dumps(scopes[scope]))  # type: ignore[call-overload]  # as above
        task.internal_data = internal or {}
        made.append(task)
    workflow.task_tree = made[0]
    for task in made:
        if is_live(task):
            predict(task)
    return made
