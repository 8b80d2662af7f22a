"""Answers: what does this trigger change, and what is wanted now?

`advance` reads and writes nothing: it takes a state and gives a state and effects. An element is
judged before it is entered; when its expression, table or merge has no answer, its token is parked
where it stands, an incident says why, and the rest goes on. So every state that leaves here is
valid, and `Retry` continues from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NoReturn
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from processes.domain.errors import BrokenStateError
from processes.engine.definitions import MAX_NESTING, Definition
from processes.engine.diagrams import Kind, Node, Wait
from processes.engine.effects import (
    Advanced,
    Await,
    Effect,
    Ended,
    MessageArrived,
    OpenTask,
    RaiseIncident,
    Record,
    Retry,
    RunStep,
    SetTimer,
    Start,
    StepDone,
    StepFailed,
    TaskCompleted,
    TimerFired,
    Trigger,
    Variables,
    Withdraw,
)
from processes.engine.expressions import as_variable, evaluate, truth
from processes.engine.merging import MergeConflictError, merge
from processes.engine.specs import (
    BoundarySpec,
    GuardSpec,
    JoinSpec,
    is_live,
    make_ready,
    set_state,
    sources,
    update,
)
from processes.engine.state import (
    Instance,
    Workflow,
    check_variables,
    decode,
    encode,
    new_instance,
    opens_side_branch,
)
from processes.engine.syntax import ExpressionError
from processes.engine.tables import DecisionTable, TableError, decide

MAX_STEPS = 1_000
MAX_LIVE = 500
MAX_SUBPROCESSES = 200

DENMARK = ZoneInfo("Europe/Copenhagen")
NAMESPACE = UUID("6b1f3a52-8c0e-4e55-9d0a-5f6f1d2c7a10")

Tables = Mapping[str, DecisionTable]


class Fault(Exception):  # noqa: N818 – caught here, always: it becomes an incident
    """An element cannot be entered or left as things are; nothing has been changed by it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


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
    return advance_unpruned(definition, state, trigger, now, tables=tables, prune=True)


def advance_unpruned(  # noqa: PLR0913 – the same as `advance`, with one switch for the tests
    definition: Definition,
    state: bytes | None,
    trigger: Trigger,
    now: datetime,
    *,
    tables: Tables | None = None,
    prune: bool = False,
) -> Advanced:
    """Do as `advance` does, but keep all history in the state, for tests that compare."""
    if now.tzinfo is None:
        raise BrokenStateError("the moment given to the engine has no time zone")
    if isinstance(trigger, Start) != (state is None):
        raise BrokenStateError("a start has no state before it, and every other trigger has one")
    if state is None:
        assert isinstance(trigger, Start)
        instance = new_instance(definition, _seed(definition, trigger, now))
    else:
        instance = decode(definition, state)
    machine = Machine(instance, now, tables or {})
    if not machine.take(trigger):
        assert state is not None
        dropped = Record("-", "unknown", "dropped", now, _by(trigger))
        return Advanced(state, (dropped,), instance.ended)
    machine.run()
    return Advanced(
        encode(instance, prune=prune), machine.wanted(), instance.ended, tuple(machine.flows)
    )


def where_is(definition: Definition, state: bytes) -> tuple[Place, ...]:
    """Return the elements that have a token now, with the calls that lead to them."""
    instance = decode(definition, state)
    machine = Machine(instance, datetime.min.replace(tzinfo=UTC), {})
    places = []
    for task in instance.live():
        node: Node | None = task.task_spec.node
        if node is None or isinstance(task.task_spec, (BoundarySpec, GuardSpec)):
            continue
        if task.internal_data.get("arrived"):
            continue
        has_token = "n" in task.internal_data
        places.append(
            Place(
                definition.owner_of(node.process),
                node.id,
                node.name,
                node.kind.value,
                machine.token(task) if has_token else None,
                task.internal_data.get("parked"),
            )
        )
    return tuple(places)


def _seed(definition: Definition, trigger: Start, now: datetime) -> UUID:
    variables = json.dumps(check_variables(trigger.variables), sort_keys=True)
    return uuid5(NAMESPACE, f"{definition.digest}|{trigger.seed}|{now.astimezone(UTC)}|{variables}")


def _by(trigger: Trigger) -> str | None:
    return trigger.by if isinstance(trigger, (TaskCompleted, Retry)) else None


class Machine:
    """One advance of one instance."""

    def __init__(self, instance: Instance, now: datetime, tables: Tables) -> None:
        self.it = instance
        self.now = now
        self.tables = tables
        self.effects: list[Effect] = []
        self.flows: list[str] = []
        self.left = MAX_STEPS

    # -- tokens and effects

    def token(self, task: Task) -> str:
        """Return the token of a visit, making one when it has none."""
        if "n" not in task.internal_data:
            self.it.counter += 1
            task.internal_data["n"] = self.it.counter
        return str(uuid5(self.it.seed, str(task.internal_data["n"])))

    def owner(self, node: Node) -> str:
        """Return the process an element is drawn in."""
        if node.process not in self.it.places:
            self.it.places[node.process] = self.it.definition.owner_of(node.process)
        return self.it.places[node.process]

    def record(
        self, task: Task, what: str, *, by: str | None = None, result: Variables | None = None
    ) -> None:
        """Note a line of history for an element that people see."""
        node: Node | None = task.task_spec.node
        if node is None or isinstance(task.task_spec, GuardSpec):
            return
        self.effects.append(
            Record(node.id, node.kind.value, what, self.now, by, result or {}, self.owner(node))
        )

    def wanted(self) -> tuple[Effect, ...]:
        """Return the effects; what was wanted and given up in the same advance never existed."""
        asked = {
            effect.token
            for effect in self.effects
            if isinstance(effect, (OpenTask, RunStep, SetTimer, Await, RaiseIncident))
        }
        withdrawn = {effect.token for effect in self.effects if isinstance(effect, Withdraw)}
        void = asked & withdrawn
        return tuple(
            effect for effect in self.effects if getattr(effect, "token", None) not in void
        )

    # -- triggers

    def take(self, trigger: Trigger) -> bool:
        """Apply a trigger; False when nobody waits for it any more."""
        if isinstance(trigger, Start):
            self.it.top.task_tree.data = check_variables(trigger.variables)
            return True
        if self.it.ended:
            return False
        task = next(
            (
                task
                for task in self.it.live()
                if "n" in task.internal_data and self.token(task) == trigger.token
            ),
            None,
        )
        if task is None:
            return False
        if isinstance(trigger, Retry):
            return self.retry(task, trigger)
        if "parked" in task.internal_data:
            return False
        return self.answer(task, trigger)

    def answer(self, task: Task, trigger: Trigger) -> bool:
        kind = task.task_spec.node.kind
        match trigger, kind:
            case StepDone(_, result), Kind.SERVICE_TASK:
                self.end_wait(task, result)
            case TaskCompleted(_, result, by), Kind.USER_TASK:
                self.end_wait(task, result, by=by)
            case MessageArrived(_, result), (Kind.RECEIVE | Kind.CATCH_MESSAGE):
                self.end_wait(task, result)
            case TimerFired(), Kind.CATCH_TIMER:
                self.end_wait(task, {})
            case TimerFired(), Kind.ON_TIMER:
                self.fire(task)
            case StepFailed(_, code), Kind.SERVICE_TASK:
                self.fail(task, code)
            case _:
                return False
        return True

    def end_wait(self, task: Task, result: Variables, *, by: str | None = None) -> None:
        """Merge an answer into the scope and let the token go on."""
        checked = check_variables(result)
        task.data.update(checked)
        self.complete(task, by=by, result=checked)

    def fail(self, task: Task, code: str) -> None:
        """Lead a step's error to its boundary event, or say that there is none."""
        boundary = self.error_boundary(task, code)
        if boundary is not None:
            self.fire(boundary)
            return
        node = task.task_spec.node
        self.effects.append(
            RaiseIncident(
                "unhandled_error",
                node.id,
                f"Trinnet '{node.name}' endte i fejlen '{code}', og diagrammet har ingen "
                "fejlhændelse for den. Ret årsagen, og prøv igen.",
                self.token(task),
            )
        )

    def retry(self, task: Task, trigger: Retry) -> bool:
        corrections = check_variables(trigger.corrections)
        standing = "parked" not in task.internal_data
        if standing and task.task_spec.node.kind is not Kind.SERVICE_TASK:
            return False
        together = [task]
        if task.internal_data.get("arrived") or isinstance(task.task_spec, JoinSpec):
            # Branches that met and disagree: the correction is for all of them.
            together = [
                other
                for other in task.workflow.tasks.values()
                if is_live(other)
                and (other.task_spec is task.task_spec or other.internal_data.get("arrived"))
            ]
        for each in together:
            each.data.update(corrections)
            each.internal_data.pop("parked", None)
        self.record(task, "retried", by=trigger.by, result=corrections)
        if standing:
            try:
                self.ask_step(task)
            except ExpressionError as error:
                self.park(task, "expression", str(error))
        return True

    # -- the loop

    def run(self) -> None:
        """Let every token go as far as it can by itself."""
        while True:
            task = self.next_ready()
            if task is not None:
                if self.left <= 0 or len(self.it.live()) > MAX_LIVE:
                    self.park(
                        task, "budget",
                        f"Processen har taget {MAX_STEPS} trin i ét stræk uden at vente på nogen. "
                        "Se, om diagrammet går i ring; prøv så igen.",
                    )  # fmt: skip
                    continue
                self.left -= 1
                self.guarded(task, self.step)
            elif not (self.join() or self.finish()):
                break
        self.look_for_standstill()

    def guarded(self, task: Task, act: object) -> None:
        """Do one thing with a token; park it when that has no answer."""
        try:
            act(task)  # type: ignore[operator]  # one of our own methods
        except Fault as fault:
            self.park(task, fault.code, str(fault))
        except ExpressionError as error:
            self.park(task, "expression", str(error))
        except TableError as error:
            self.park(task, error.code, str(error))
        except MergeConflictError as error:
            self.park(task, "merge_conflict", str(error))

    def next_ready(self) -> Task | None:
        return next(
            (
                task
                for workflow in reversed(self.it.workflows())
                for task in workflow.tasks.values()
                if task.has_state(TaskState.READY) and "parked" not in task.internal_data
            ),
            None,
        )

    def park(self, task: Task, code: str, message: str) -> None:
        """Let a token stand where it is until somebody has looked."""
        task.internal_data["parked"] = code
        node = task.task_spec.node
        self.effects.append(
            RaiseIncident(code, None if node is None else node.id, message, self.token(task))
        )

    def look_for_standstill(self) -> None:
        """Raise an incident when nothing and nobody can ever move this instance again."""
        if self.it.ended:
            return
        live = self.it.live()
        moves = [
            task
            for task in live
            if "n" in task.internal_data and not isinstance(task.task_spec, BoundarySpec)
        ]
        if moves:
            return
        waiting = next((task for task in live if isinstance(task.task_spec, JoinSpec)), None)
        element = None if waiting is None else waiting.task_spec.node.id
        self.effects.append(
            RaiseIncident(
                "stuck",
                element,
                "Processen står stille, uden at nogen eller noget kan bringe den videre. "
                "Diagrammet venter på en gren, der ikke kommer.",
            )
        )

    # -- one element

    def step(self, task: Task) -> None:
        """Enter an element: judge first, then change."""
        if isinstance(task.task_spec, GuardSpec):
            self.open_guard(task)
            return
        node: Node | None = task.task_spec.node
        match None if node is None else node.kind:
            case Kind.USER_TASK:
                self.ask_person(task)
            case Kind.SERVICE_TASK:
                self.ask_step(task)
            case Kind.RULE_TASK:
                self.ask_table(task)
            case Kind.RECEIVE | Kind.CATCH_MESSAGE:
                self.ask_message(task)
            case Kind.CATCH_TIMER:
                due = self.moment(task, _wait(task))
                self.stand(task, SetTimer(self.token(task), task.task_spec.node.id, due))
            case Kind.EXCLUSIVE if task.task_spec.node.splits:
                self.choose(task)
            case Kind.SUB_PROCESS | Kind.CALL:
                self.call(task)
            case Kind.END:
                self.arrive(task)
            case _:
                self.complete(task)

    def stand(self, task: Task, effect: Effect) -> None:
        """Let a token wait, and say for what."""
        task.run()
        self.record(task, "entered")
        self.effects.append(effect)

    def ask_person(self, task: Task) -> None:
        node = task.task_spec.node
        due = None
        if node.due is not None and evaluate(node.due, task.data) is not None:
            due = self.moment(task, Wait(until=node.due)).isoformat()
        self.stand(
            task,
            OpenTask(
                self.token(task), node.id, node.name, node.form_key, node.role, due,
                dict(task.data),
            ),
        )  # fmt: skip

    def ask_step(self, task: Task) -> None:
        node = task.task_spec.node
        arguments = {
            name: as_variable(evaluate(text, task.data)) for name, text in node.arguments.items()
        }
        effect = RunStep(self.token(task), node.id, node.step, arguments)
        if task.has_state(TaskState.READY):
            self.stand(task, effect)
        else:
            self.effects.append(effect)

    def ask_table(self, task: Task) -> None:
        node = task.task_spec.node
        table = self.tables.get(node.decision)
        if table is None:
            raise Fault(
                "table_missing",
                f"Beslutningstabellen '{node.decision}' findes ikke i en udgave, der gælder nu. "
                "Idriftsæt tabellen, og prøv igen.",
            )
        decided = decide(table, task.data)
        task.data.update(decided.outputs)
        self.complete(task, result={**decided.outputs, "rule": decided.rule})

    def ask_message(self, task: Task) -> None:
        node = task.task_spec.node
        key = as_variable(evaluate(node.key, task.data))
        if isinstance(key, bool) or not isinstance(key, (str, int)) or key == "":
            raise Fault(
                "expression",
                f"Nøglen '{node.key}' til beskeden '{node.message}' er ikke kendt. "
                "Sørg for, at den er sat, før processen når hertil.",
            )
        self.stand(task, Await(self.token(task), node.id, node.message or "", str(key)))

    def choose(self, task: Task) -> None:
        node = task.task_spec.node
        flow_to = task.task_spec.flow_to
        taken = [
            name
            for name, flow in flow_to.items()
            if flow.condition is not None and truth(flow.condition, task.data)
        ]
        if len(taken) > 1:
            answers = " og ".join(f"'{flow_to[name].name or flow_to[name].id}'" for name in taken)
            raise Fault(
                "ambiguous",
                f"'{node.name}' har flere sande svar: {answers}. Ret betingelserne, så kun ét "
                "kan være sandt.",
            )
        default = next(name for name, flow in flow_to.items() if flow.id == node.default)
        task.internal_data["chosen"] = taken[0] if taken else default
        self.complete(task)

    def open_guard(self, task: Task) -> None:
        """Open an element and the events on its edge; the timers' moments are computed first."""
        due = {
            node.id: self.moment(task, node.wait)
            for node in task.task_spec.node.boundaries
            if node.wait is not None
        }
        task.run()
        for child in task.children:
            if child.task_spec.name in due:
                key = child.task_spec.name
                self.effects.append(SetTimer(self.token(child), key, due[key]))

    def moment(self, task: Task, wait: Wait) -> datetime:
        """Return the absolute moment a timer is due, in Danish wall time when it counts days."""
        if wait.until is None:
            wall = self.now.astimezone(DENMARK).replace(tzinfo=None) + timedelta(days=wait.days)
            return wall.replace(tzinfo=DENMARK).astimezone(UTC) + wait.clock
        value = evaluate(wait.until, task.data)
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value)
            except ValueError:
                value = None
        if not isinstance(value, datetime) or value.tzinfo is None:
            shown = "ukendt" if value is None else f"'{value}'"
            if isinstance(value, date) and not isinstance(value, datetime):
                shown = f"dagen {value} uden klokkeslæt"
            raise Fault(
                "timer",
                f"Tidspunktet '{wait.until}' er {shown}; det skal være et tidspunkt med tidszone. "
                "Lad et trin beregne det.",
            )
        return value.astimezone(UTC)

    # -- calls

    def call(self, task: Task) -> None:
        node = task.task_spec.node
        top = self.it.top
        depth = getattr(task.workflow, "depth", 0) + 1
        if depth > MAX_NESTING or len(top.subprocesses) >= MAX_SUBPROCESSES:
            raise Fault(
                "budget",
                f"Processen er kaldt i mere end {MAX_NESTING} led eller har over "
                f"{MAX_SUBPROCESSES} delprocesser i gang.",
            )
        if node.kind is Kind.CALL:
            scope = {
                name: as_variable(evaluate(text, task.data)) for name, text in node.ins.items()
            }
        else:
            scope = json.loads(json.dumps(task.data))
        task.run()
        self.record(task, "entered")
        inner = top.create_subprocess(task, node.called if node.kind is Kind.CALL else node.id)
        inner.task_tree.data = scope

    # -- ends

    def arrive(self, task: Task) -> None:
        """Come to an end event: it ends this branch, the process, or throws an error."""
        node = task.task_spec.node
        sets = {name: as_variable(evaluate(text, task.data)) for name, text in node.sets.items()}
        if node.error_code is not None:
            self.throw(task, node.error_code, sets)
            return
        task.data.update(sets)
        if node.terminates:
            for other in list(task.workflow.tasks.values()):
                if other is not task and is_live(other):
                    self.cancel(other)
        elif self.in_side_branch(task):
            # A side branch has its own copy of the variables; it ends without giving them back.
            self.record(task, "completed")
            set_state(task, TaskState.COMPLETED)
            return
        task.internal_data["arrived"] = True
        task.run()
        self.record(task, "completed")

    def in_side_branch(self, task: Task) -> bool:
        above = task.parent
        while above is not None:
            if opens_side_branch(above):
                return True
            above = above.parent
        return False

    def throw(self, task: Task, code: str, sets: Variables) -> None:
        """Carry an error out to the nearest event on an edge that catches it."""
        workflow: Workflow = task.workflow
        while workflow.parent_task_id is not None:
            host = self.it.top.get_task_from_id(workflow.parent_task_id)
            boundary = self.error_boundary(host, code)
            if boundary is not None:
                self.record(task, "completed", result=sets)
                if host.task_spec.node.kind is Kind.SUB_PROCESS and host is self.host_of(task):
                    boundary.data = {**task.data, **sets}
                self.fire(boundary)
                return
            workflow = host.workflow
        raise Fault(
            "unhandled_error",
            f"Fejlen '{code}' fra '{task.task_spec.node.name}' fanges ikke af nogen. "
            "Sæt en fejlhændelse på kaldet.",
        )

    def host_of(self, task: Task) -> Task | None:
        """Return the call or sub-process a visit happens in."""
        above = task.workflow.parent_task_id
        return None if above is None else self.it.top.get_task_from_id(above)

    def error_boundary(self, host: Task, code: str) -> Task | None:
        return next(
            (each for each in self.boundaries(host) if each.task_spec.node.error_code == code),
            None,
        )

    def boundaries(self, host: Task) -> Iterator[Task]:
        """Yield the events on the edge of an element that still listen."""
        guard = host.parent
        if guard is None or not isinstance(guard.task_spec, GuardSpec):
            return
        if guard.task_spec.guards != host.task_spec.name:
            return
        for child in guard.children:
            if isinstance(child.task_spec, BoundarySpec) and child.has_state(TaskState.WAITING):
                yield child

    def fire(self, boundary: Task) -> None:
        """Let an event on an edge happen; an interrupting one ends its element."""
        node = boundary.task_spec.node
        if node.interrupting:
            for sibling in boundary.parent.children:
                is_host = sibling.task_spec.name == node.attached_to
                other = isinstance(sibling.task_spec, BoundarySpec) and sibling is not boundary
                if is_live(sibling) and (is_host or (other and sibling.has_state(_WAITING))):
                    self.cancel(sibling)
        boundary.internal_data["fired"] = True
        update(boundary)

    def cancel(self, task: Task) -> None:
        """Give up a visit and all that goes on inside it."""
        inner = self.it.top.subprocesses.pop(task.id, None)
        if inner is not None:
            for each in [each for each in inner.tasks.values() if is_live(each)]:
                self.cancel(each)
        if "n" in task.internal_data:
            self.effects.append(Withdraw(self.token(task)))
        if ("n" in task.internal_data or inner is not None) and not isinstance(
            task.task_spec, BoundarySpec
        ):
            self.record(task, "cancelled")
        task.cancel()

    def complete(
        self, task: Task, *, by: str | None = None, result: Variables | None = None
    ) -> None:
        """Leave an element: the events on its edge stop listening, and the next are reached."""
        listening = list(self.boundaries(task))
        if task.has_state(TaskState.READY):
            task.run()
        else:
            task.complete()
        self.record(task, "completed", by=by, result=result)
        for boundary in listening:
            self.cancel(boundary)
        for child in task.children:
            flow = task.task_spec.flow_to.get(child.task_spec.name)
            if flow is not None:
                self.flows.append(f"{self.owner(task.task_spec.node)}/{flow.id}")

    # -- where branches meet

    def join(self) -> bool:
        """Let one parallel join fire if a token has come in on each of its flows."""
        for workflow in self.it.workflows():
            waiting: dict[str, dict[str, Task]] = {}
            for task in workflow.tasks.values():
                if isinstance(task.task_spec, JoinSpec) and task.has_state(TaskState.WAITING):
                    by_flow = waiting.setdefault(task.task_spec.name, {})
                    by_flow.setdefault(task.internal_data["from"], task)
            for name, by_flow in waiting.items():
                arrivals = list(by_flow.values())
                complete = set(by_flow) == sources(workflow.spec, name)
                if complete and not any("parked" in task.internal_data for task in arrivals):
                    self.guarded(arrivals[-1], lambda last, all_=arrivals: self.meet(last, all_))
                    return True
        return False

    def meet(self, last: Task, arrivals: list[Task]) -> None:
        merged = self.merged(arrivals)
        for task in arrivals:
            if task is not last:
                task.cancel()
        last.data = merged
        make_ready(last)

    def merged(self, arrivals: list[Task]) -> dict[str, object]:
        """Return what branches changed since they parted, put together."""
        if len(arrivals) == 1:
            return dict(arrivals[0].data)
        return merge(_parted_at(arrivals).data, [task.data for task in arrivals])

    def finish(self) -> bool:
        """End one process, innermost first, in which every branch has come to an end event."""
        for workflow in reversed(self.it.workflows()):
            live = [task for task in workflow.tasks.values() if is_live(task)]
            arrived = all(
                task.internal_data.get("arrived") and "parked" not in task.internal_data
                for task in live
            )
            if live and arrived:
                self.guarded(live[-1], lambda last, all_=live: self.close(last, all_))
                return True
        return False

    def close(self, last: Task, arrivals: list[Task]) -> None:
        """End a process with what its branches ended with."""
        scope = self.merged(arrivals)
        host = self.host_of(last)
        outs: dict[str, object] = scope
        if host is not None and host.task_spec.node.kind is Kind.CALL:
            outs = {
                name: as_variable(evaluate(text, scope))
                for name, text in host.task_spec.node.outs.items()
            }
        for task in arrivals:
            set_state(task, TaskState.COMPLETED)
        if host is None:
            self.it.ended = True
            self.it.top.completed = True
            self.effects.append(Ended(last.task_spec.node.id, scope))
            return
        del self.it.top.subprocesses[host.id]
        host.data = scope if outs is scope else {**host.data, **outs}
        self.complete(host, result={} if outs is scope else outs)


_WAITING = TaskState.WAITING


def _wait(task: Task) -> Wait:
    wait: Wait | None = task.task_spec.node.wait
    if wait is None:
        _broken(task)
    return wait


def _broken(task: Task) -> NoReturn:
    raise BrokenStateError(f"element '{task.task_spec.name}' has no timer")


def _parted_at(tasks: Iterable[Task]) -> Task:
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
