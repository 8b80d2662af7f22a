"""Answers: how is one element done several times, and what comes of it?

A repeated element stands still while its times go on in a scope of their own, each with a copy of
the variables and its item. A time gives back what the repetition collects and nothing else, so no
two of them can disagree. How many there are is counted before the first begins.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from processes.engine.diagrams import EACH, Node, Repeats
from processes.engine.expressions import as_variable, evaluate, truth
from processes.engine.judging import Fault
from processes.engine.specs import drop_children, is_live, listen, set_state

if TYPE_CHECKING:
    from processes.engine.machine import Machine

MAX_TIMES = 100
"""How often one element is done at most; of each there may be a task, a call, a part."""


def items_of(node: Node, scope: Mapping[str, object]) -> list[object]:
    """Return the items an element is done for; numbers from one where only a number is said."""
    repeats: Repeats | None = node.repeats
    assert repeats is not None  # noqa: S101 – only repeated elements are asked
    found = evaluate(repeats.over or repeats.times, scope)
    if repeats.times:
        whole = isinstance(found, Decimal) and found == int(found) and found >= 0
        number = int(found) if whole and isinstance(found, Decimal) else -1
        items: object = list(range(1, min(number, MAX_TIMES + 1) + 1)) if number >= 0 else None
        wanted = "et helt antal, nul eller mere"
    else:
        items = as_variable(found)
        wanted = "en liste"
    if not isinstance(items, list):
        raise Fault(
            "repetition",
            f"'{node.name}' skal gentages, men '{repeats.over or repeats.times}' er ikke {wanted}."
            " Ret oplysningen, og prøv igen.",
        )
    if len(items) > MAX_TIMES:
        raise Fault(
            "budget",
            f"'{node.name}' skal gentages mere end {MAX_TIMES} gange. Del det op, fx med en proces "
            "for hver.",
        )
    return items


def begin(machine: Machine, task: Task) -> None:
    """Begin the times of an element: all at once, or the first of them."""
    node: Node = task.task_spec.node
    items = items_of(node, task.data)
    machine.check_room(len(items))
    scopes = [_scope(machine, task, items, time) for time in _first(node, items)]
    task.run()
    inside = machine.it.top.create_subprocess(task, node.id + EACH)
    root = inside.task_tree
    drop_children(root)
    set_state(root, TaskState.COMPLETED)
    for time, scope in enumerate(scopes):
        _begin_time(root, node, time, scope)
    if not items:
        _end(machine, task)


def _first(node: Node, items: list[object]) -> range:
    sequential = node.repeats is not None and node.repeats.sequential
    return range(min(1, len(items)) if sequential else len(items))


def _scope(machine: Machine, host: Task, items: list[object], time: int) -> dict[str, object]:
    node: Node = host.task_spec.node
    scope = copy.deepcopy(host.data)
    if node.repeats is not None and node.repeats.item:
        scope[node.repeats.item] = copy.deepcopy(items[time])
    return machine.fits(scope, host)


def _begin_time(root: Task, node: Node, time: int, scope: Mapping[str, object]) -> None:
    child = listen(root, node.id, scope)
    child.internal_data["time"] = time


def end_time(machine: Machine, task: Task) -> None:
    """Note what one time came to, and go on: to the next, or to the end of them all."""
    host: Task = machine.it.host_of(task.workflow)
    node: Node = host.task_spec.node
    repeats = node.repeats
    assert repeats is not None  # noqa: S101 – it has a time, so it is repeated
    items = items_of(node, host.data)
    got = host.internal_data.setdefault("got", {})
    got[str(task.internal_data["time"])] = task.data.get(repeats.gives)
    alive = [each for each in task.workflow.tasks.values() if is_live(each)]
    if repeats.until and _enough(host, task, items, alive):
        for each in alive:
            machine.cancel(each)
        _end(machine, host)
    elif repeats.sequential and len(got) < len(items):
        scope = _scope(machine, host, items, len(got))
        _begin_time(task.workflow.task_tree, node, len(got), scope)
    elif not alive:
        _end(machine, host)


def _enough(host: Task, task: Task, items: list[object], alive: list[Task]) -> bool:
    """Tell whether the times that have ended are enough."""
    repeats: Repeats = host.task_spec.node.repeats
    got = host.internal_data["got"]
    counted: dict[str, Any] = {
        "numberOfInstances": len(items),
        "numberOfCompletedInstances": len(got),
        "numberOfActiveInstances": len(alive),
    }
    collected = {repeats.collects: _in_order(got)} if repeats.collects else {}
    return truth(repeats.until, {**task.data, **collected, **counted})


def _in_order(got: Mapping[str, object]) -> list[object]:
    return [got[key] for key in sorted(got, key=int)]


def _end(machine: Machine, host: Task) -> None:
    """Leave the element, with what its times gave in the order of the items."""
    repeats: Repeats = host.task_spec.node.repeats
    got = host.internal_data.pop("got", {})
    result: dict[str, object] = {repeats.collects: _in_order(got)} if repeats.collects else {}
    scope = machine.fits({**host.data, **result}, host)
    del machine.it.top.subprocesses[host.id]
    host.data = scope
    machine.complete(host, result=result, told=bool(got))
