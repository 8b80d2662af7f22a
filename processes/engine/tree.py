"""Answers: how do the visits of an instance stand to each other?

Reads the library's tree; changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from processes.engine.diagrams import SIDE_WAYS, Node
from processes.engine.specs import BoundarySpec, GuardSpec, ListenerSpec, is_live

Workflow = Any  # the library is untyped


def boundaries(host: Task) -> Iterator[Task]:
    """Yield the events on the edge of an element that still listen."""
    guard = host.parent
    if guard is None or not isinstance(guard.task_spec, GuardSpec):
        return
    if guard.task_spec.guards != host.task_spec.name:
        return
    for child in guard.children:
        if isinstance(child.task_spec, BoundarySpec) and child.has_state(TaskState.WAITING):
            yield child


def listeners(workflow: Workflow) -> Iterator[Task]:
    """Yield what can start an event sub-process in a scope, as far as it still listens."""
    for task in workflow.tasks.values():
        if isinstance(task.task_spec, ListenerSpec) and task.has_state(TaskState.WAITING):
            yield task


def error_boundary(host: Task, code: str) -> Task | None:
    """Return the event on the edge of an element that catches an error."""
    return next((each for each in boundaries(host) if each.task_spec.node.error_code == code), None)


def escalation_boundary(host: Task, code: str) -> Task | None:
    """Return the event on the edge of an element that catches an escalation."""
    return next((each for each in boundaries(host) if each.task_spec.node.escalation == code), None)


def interrupted_by(boundary: Task) -> list[Task]:
    """Return what an event on an edge ends when it happens: its element, and the other events."""
    if not boundary.task_spec.node.interrupting:
        return []
    if isinstance(boundary.task_spec, ListenerSpec):
        return [
            task
            for task in boundary.workflow.tasks.values()
            if is_live(task) and task is not boundary
        ]
    host = boundary.task_spec.node.attached_to
    return [
        sibling
        for sibling in boundary.parent.children
        if is_live(sibling)
        and sibling is not boundary
        and (
            sibling.task_spec.name == host
            or (isinstance(sibling.task_spec, BoundarySpec) and sibling.has_state(_WAITING))
        )
    ]


def opens(node: Node) -> bool:
    """Tell whether it is an event on an edge that lets its element go on."""
    return node.kind in SIDE_WAYS and not node.interrupting


def opens_side_branch(task: Task) -> bool:
    """Tell whether a visit is one to such an event."""
    return task.task_spec.node is not None and opens(task.task_spec.node)


def in_side_branch(task: Task) -> bool:
    """Tell whether a visit belongs to a branch that an event on an edge began."""
    above = task.parent
    while above is not None:
        if opens_side_branch(above):
            return True
        above = above.parent
    return False


def parted_at(tasks: Iterable[Task]) -> Task:
    """Return the visit at which the paths to these visits parted."""
    chains = []
    for task in tasks:
        chain = [task]
        while chain[-1].parent is not None:
            chain.append(chain[-1].parent)
        chains.append(list(reversed(chain)))
    last = chains[0][0]
    for level in zip(*chains, strict=False):
        if any(each is not level[0] for each in level):
            break
        last = level[0]
    return last


_WAITING = TaskState.WAITING
