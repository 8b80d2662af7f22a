"""Answers: what does an element look like to SpiffWorkflow?

The library keeps the tree of visits and their states; everything it would decide by itself is
decided here or in `machine`. Its own element classes merge lists as sets, let the last branch win
at a join, share nested data between branches, sort flows by where they are drawn and evaluate
Python, so none of them is used: only its bases, its states and its tree.
"""

# ruff: noqa: SLF001 – the library's extension points begin with an underscore

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs import WorkflowSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from processes.engine.diagrams import (
    ASKING,
    BOUNDARIES,
    EACH,
    PARTS,
    WAITS,
    Diagram,
    Flow,
    Kind,
    Node,
)
from processes.engine.expressions import SCRIPT_ENGINE

GUARD = ".guard"
LISTENER = ".listener"
"""Ends the name of what listens for the start of an event sub-process, in the scope around it."""


class ProcessSpec(WorkflowSpec):  # type: ignore[misc]  # untyped library
    """A process or embedded sub-process, as the library wants it; shared, never changed."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.start = RootSpec(self, "Start", node=None)
        self.data_objects: dict[str, object] = {}
        self.correlation_keys: dict[str, object] = {}
        self.io_specification = None


class ElementSpec(BpmnTaskSpec):  # type: ignore[misc]  # untyped library
    """An element: takes a copy of the scope of the one before, and goes when it is run."""

    def __init__(self, wf_spec: ProcessSpec, name: str, *, node: Node | None) -> None:
        # The library's own defaults for these are lists and dicts shared by all specs.
        super().__init__(
            wf_spec, name, inputs=[], outputs=[], data={}, defines={}, pre_assign=[],
            post_assign=[],
        )  # fmt: skip
        self.node = node
        self.bpmn_id = None if node is None else node.id
        self.flow_to: dict[str, Flow] = {}
        """The flow that leads to the spec of this name."""

    def _predict(
        self,
        my_task: Task,
        seen: object = None,
        looked_ahead: int = 0,
        mask: int = TaskState.NOT_FINISHED_MASK,
    ) -> None:
        """Grow the next visits only: there are 2**n ways through n meetings in a row."""
        if my_task.has_state(mask):
            self._predict_hook(my_task)

    def _update(self, my_task: Task) -> None:
        self._predict(my_task)
        if self._update_hook(my_task):
            my_task._ready()

    def _update_hook(self, my_task: Task) -> bool:
        inherit(my_task)
        return True

    def _run_hook(self, my_task: Task) -> bool | None:
        return True

    def _on_complete_hook(self, my_task: Task) -> None:
        """Do nothing: no data objects, no mappings, no listeners."""


def inherit(task: Task) -> None:
    """Give a visit its own copy of the scope it comes from; nothing nested is shared."""
    task.data = copy.deepcopy(task.parent.data)


class RootSpec(ElementSpec):
    """The library's own beginning, before the start event."""

    def _update_hook(self, my_task: Task) -> bool:
        return True

    def test(self) -> None:
        """Accept: a beginning has nothing before it."""


class StandingSpec(ElementSpec):
    """An element that stands still once run, until a trigger or its sub-process ends it."""

    def _run_hook(self, my_task: Task) -> None:
        return None


class ManySpec(StandingSpec):
    """An element that is done several times: stands while the times inside it go on."""


class ChoiceSpec(ElementSpec):
    """A gateway that asks; `machine` has put the chosen targets into `internal_data`."""

    def __init__(self, wf_spec: ProcessSpec, name: str, *, node: Node) -> None:
        super().__init__(wf_spec, name, node=node)
        self.split = node

    def _predict_hook(self, my_task: Task) -> None:
        my_task._sync_children(self.outputs, state=TaskState.MAYBE)

    def _run_hook(self, my_task: Task) -> bool:
        names = my_task.internal_data.pop("chosen")
        chosen = [self._wf_spec.task_specs[name] for name in names]
        my_task._sync_children(chosen, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


class JoinSpec(ElementSpec):
    """A gateway that collects: an arrival waits; `machine` sees when all are there."""

    def __init__(self, wf_spec: ProcessSpec, name: str, *, node: Node) -> None:
        super().__init__(wf_spec, name, node=node)
        self.upstream: dict[str, frozenset[str]] = {}
        """For an inclusive one: by source of a flow in, from where a token can come that way."""

    def _update_hook(self, my_task: Task) -> bool:
        if not my_task.has_state(TaskState.WAITING):
            inherit(my_task)
            # Remembered, since the visit before this one need not be kept.
            my_task.internal_data["from"] = my_task.parent.task_spec.name
            my_task._set_state(TaskState.WAITING)
        return False


class BoundarySpec(ElementSpec):
    """An event on the edge of an element; `machine` fires it."""

    def _update_hook(self, my_task: Task) -> bool:
        if not my_task.has_state(TaskState.WAITING):
            inherit(my_task)
            my_task._set_state(TaskState.WAITING)
        return bool(my_task.internal_data.pop("fired", False))


class ListenerSpec(BoundarySpec):
    """What starts an event sub-process; listens as long as the scope it stands in goes on."""


class GuardSpec(ElementSpec):
    """What stands before an element with events on its edge: opens both, side by side."""

    def __init__(self, wf_spec: ProcessSpec, name: str, *, node: Node) -> None:
        super().__init__(wf_spec, name, node=node)
        self.guards = node.id

    def _predict_hook(self, my_task: Task) -> None:
        my_task._sync_children(self.outputs, state=TaskState.MAYBE)
        # What is certain is foreseen to its end, and a way from the edge back to the same element
        # has none: both are certain only once somebody stands here.
        reached = my_task.has_state(TaskState.DEFINITE_MASK & ~TaskState.FUTURE)
        for child in my_task.children:
            child._set_state(TaskState.FUTURE if reached else TaskState.MAYBE)


def _spec_of(spec: ProcessSpec, node: Node) -> ElementSpec:
    standing = WAITS | PARTS | {Kind.SERVICE_TASK, Kind.END, Kind.CALL}
    if node.repeats is not None and not spec.name.endswith(EACH):
        return ManySpec(spec, node.id, node=node)
    if node.kind in BOUNDARIES:
        return BoundarySpec(spec, node.id, node=node)
    if node.kind in standing:
        return StandingSpec(spec, node.id, node=node)
    if node.kind in ASKING and node.splits:
        return ChoiceSpec(spec, node.id, node=node)
    if node.kind in {Kind.PARALLEL, Kind.INCLUSIVE} and len(node.incoming) > 1:
        return JoinSpec(spec, node.id, node=node)
    return ElementSpec(spec, node.id, node=node)


def build_specs(diagram: Diagram) -> dict[str, ProcessSpec]:
    """Return the specs of a diagram: its process and each embedded sub-process, by id."""
    specs = {diagram.id: ProcessSpec(diagram.id)}
    for node in diagram.nodes.values():
        if node.kind in PARTS:
            specs[node.id] = ProcessSpec(node.id)
        if node.repeats is not None:
            each = specs[node.id + EACH] = ProcessSpec(node.id + EACH)
            each.start.connect(_spec_of(each, node))
    for node in diagram.nodes.values():
        _add_specs(specs[node.process], node, diagram)
    for node in diagram.nodes.values():
        _connect(specs[node.process], node)
    return specs


def _add_specs(spec: ProcessSpec, node: Node, diagram: Diagram) -> None:
    """Add what an element is to the library, with what opens its edge or listens for it."""
    made = _spec_of(spec, node)
    if node.boundaries:
        GuardSpec(spec, node.id + GUARD, node=node)
    if node.kind is Kind.START:
        spec.start.connect(made)
    if node.listener is not None:
        ListenerSpec(spec, node.id + LISTENER, node=node.listener)
    if node.kind is Kind.INCLUSIVE and isinstance(made, JoinSpec):
        made.upstream = upstream(node, diagram)


def upstream(join: Node, diagram: Diagram) -> dict[str, frozenset[str]]:
    """Return from which elements arrows lead to each flow into a join, not through itself."""
    ways = {}
    for flow in join.incoming:
        found: set[str] = set()
        todo = [flow.source]
        while todo:
            key = todo.pop()
            if key not in found and key != join.id:
                found.add(key)
                node = diagram.nodes[key]
                todo += [each.source for each in node.incoming]
                todo += [node.attached_to] if node.attached_to else []
        ways[flow.source] = frozenset(found)
    return ways


def _connect(spec: ProcessSpec, node: Node) -> None:
    """Lead the flows on from an element; into a guarded one they go through its guard."""
    if node.boundaries:
        guard = spec.task_specs[node.id + GUARD]
        for each in [node, *node.boundaries]:
            guard.connect(spec.task_specs[each.id])
    for flow in node.outgoing:
        source = spec.task_specs[node.id]
        target = spec.task_specs.get(flow.target + GUARD) or spec.task_specs[flow.target]
        source.connect(target)
        source.flow_to[target.name] = flow
    if node.listener is not None:
        spec.start.connect(spec.task_specs[node.id + LISTENER])
        spec.task_specs[node.id + LISTENER].connect(spec.task_specs[node.id])


def set_state(task: Task, state: int) -> None:
    """Put a visit into a state without running it."""
    task._set_state(state)


def make_ready(task: Task) -> None:
    """Let a visit that waited be run next."""
    task._ready()


def update(task: Task) -> None:
    """Let a visit see for itself whether it may go on now."""
    task.task_spec._update(task)


def predict(task: Task) -> None:
    """Grow the visits that may follow; the library wants them there before it goes on."""
    task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)


def drop_children(task: Task) -> None:
    """Forget what the library foresaw after a visit."""
    task._drop_children(force=True)


def listen_again(boundary: Task) -> Task:
    """Let an event on an edge that has happened, and does not interrupt, listen once more."""
    child = boundary.parent._add_child(boundary.task_spec, TaskState.FUTURE)
    update(child)
    return child


def listen(parent: Task, name: str, scope: Mapping[str, object]) -> Task:
    """Let an element that was not there begin to wait, under a visit that leads to it."""
    child = parent._add_child(parent.workflow.spec.task_specs[name], TaskState.FUTURE)
    update(child)
    child.data = copy.deepcopy(dict(scope))
    return child


def sources(spec: ProcessSpec, name: str) -> frozenset[str]:
    """Return the elements whose flows lead to an element."""
    return frozenset(spec.task_specs[name]._inputs)


def is_live(task: Task) -> bool:
    """Tell whether a visit is going on: reached and not finished."""
    return bool(task.has_state(TaskState.WAITING | TaskState.READY | TaskState.STARTED))


def fingerprint(spec: ProcessSpec) -> tuple[Any, ...]:
    """Return all that a spec says; equal before and after running, or something changed it."""
    return tuple(
        (
            name,
            type(task_spec).__name__,
            tuple(task_spec._inputs),
            tuple(task_spec._outputs),
            repr(task_spec.node),
            tuple(task_spec.flow_to.items()),
            repr(task_spec.data),
        )
        for name, task_spec in spec.task_specs.items()
    )


def empty_workflow(spec: ProcessSpec, subs: dict[str, ProcessSpec]) -> BpmnWorkflow:
    """Return the library's workflow without a tree, evaluating FEEL and nothing else."""
    return BpmnWorkflow(spec, subs, script_engine=SCRIPT_ENGINE, deserializing=True)
