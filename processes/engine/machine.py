"""Answers: how does one trigger move the tokens of one instance?

Every element is judged first and changed after. One that has no answer is parked where it stands
with an incident, and the other tokens go on; so between two elements the instance is always whole.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from time import thread_time

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from processes.domain.errors import BrokenStateError
from processes.engine import repeating
from processes.engine.definitions import MAX_NESTING
from processes.engine.diagrams import EACH, Flow, Kind, Node
from processes.engine.effects import (
    Await,
    Effect,
    Ended,
    MessageArrived,
    OpenTask,
    RaiseIncident,
    Record,
    Retry,
    RunStep,
    Send,
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
from processes.engine.judging import (
    Fault,
    answer,
    chosen,
    deadline,
    fitting,
    mapped,
    message_key,
    moment,
    several,
)
from processes.engine.merging import MergeConflictError, merge, merge_agreed
from processes.engine.specs import (
    BoundarySpec,
    ChoiceSpec,
    GuardSpec,
    JoinSpec,
    ListenerSpec,
    ManySpec,
    RootSpec,
    is_live,
    listen_again,
    make_ready,
    set_state,
    sources,
    update,
)
from processes.engine.state import Instance, Workflow, check_variables
from processes.engine.syntax import ExpressionError
from processes.engine.tables import DecisionTable, TableError
from processes.engine.tree import (
    boundaries,
    error_boundary,
    escalation_boundary,
    in_side_branch,
    interrupted_by,
    listeners,
    parted_at,
)

MAX_STEPS = 1_000
MAX_LIVE = 500
MAX_SUBPROCESSES = 200
MAX_SECONDS = 2.0
"""Processor time of one advance."""


class Machine:
    """One advance of one instance."""

    def __init__(
        self, instance: Instance, now: datetime, tables: Mapping[str, DecisionTable]
    ) -> None:
        self.it = instance
        self.now = now
        self.tables = tables
        self.effects: list[Effect] = []
        self.flows: list[str] = []
        self.left = MAX_STEPS
        self.began = thread_time()
        self.stillborn: set[str] = set()
        self.tokens_before = instance.counter

    # -- effects

    def record(
        self, task: Task, what: str, *, by: str | None = None, result: Variables | None = None
    ) -> None:
        """Note a line of history for an element that people see."""
        node: Node | None = task.task_spec.node
        if node is None or isinstance(task.task_spec, GuardSpec):
            return
        process = self.it.definition.owners[node.process]
        self.effects.append(
            Record(node.id, node.kind.value, what, self.now, by, result or {}, process)
        )

    def raise_incident(self, task: Task, code: str, message: str) -> None:
        """Ask that somebody looks at a token."""
        node: Node | None = task.task_spec.node
        element = None if node is None else node.id
        self.effects.append(RaiseIncident(code, element, message, self.it.token(task)))

    def withdraw(self, task: Task) -> None:
        """Take back what was wanted for a token, or never ask for it if it is this young."""
        token = self.it.token(task)
        if task.internal_data["n"] > self.tokens_before:
            self.stillborn.add(token)
        else:
            self.effects.append(Withdraw(token))

    def wanted(self) -> tuple[Effect, ...]:
        """Return the effects, without what was wanted and given up in the same advance."""
        return tuple(
            effect
            for effect in self.effects
            if getattr(effect, "token", None) not in self.stillborn or isinstance(effect, Record)
        )

    # -- triggers

    def take(self, trigger: Trigger) -> bool:
        """Apply a trigger; False when nobody waits for it any more."""
        if isinstance(trigger, Start):
            self.it.top.task_tree.data = check_variables(trigger.variables)
            self.fitting_or_broken(self.it.top.task_tree.data)
            return True
        task = None if self.it.ended else self.it.find(trigger.token)
        if task is None:
            return False
        if isinstance(trigger, Retry):
            return self.retry(task, trigger)
        return "parked" not in task.internal_data and self.respond(task, trigger)

    def respond(self, task: Task, trigger: Trigger) -> bool:
        """Give a waiting token what it waits for; False when it waits for something else."""
        match trigger, task.task_spec.node.kind:
            case StepDone(_, result), Kind.SERVICE_TASK:
                self.end_wait(task, result)
            case TaskCompleted(_, result, by), Kind.USER_TASK:
                self.end_wait(task, result, by=by)
            case MessageArrived(_, result), (Kind.RECEIVE | Kind.CATCH_MESSAGE):
                self.end_wait(task, result)
            case TimerFired(), Kind.CATCH_TIMER:
                self.end_wait(task, {})
            case TimerFired(), Kind.ON_TIMER:
                self.happen(task, {})
            case MessageArrived(_, result), Kind.ON_MESSAGE:
                self.happen(task, check_variables(result))
            case StepFailed(_, code), Kind.SERVICE_TASK:
                self.fail(task, code)
            case _:
                return False
        return True

    def end_wait(self, task: Task, result: Variables, *, by: str | None = None) -> None:
        """Merge an answer into the scope and let the token go on."""
        checked = check_variables(result)
        task.data = self.fitting_or_broken({**task.data, **checked}, task)
        self.complete(task, by=by, result=checked)

    def happen(self, event: Task, result: Variables) -> None:
        """Let an event on an edge, or in a scope, happen, with what it says in the variables."""
        if isinstance(event.task_spec, ListenerSpec):
            event.data = self.known_in(event.workflow)
        event.data.update(result)
        self.fire(event)

    def known_in(self, inside: Workflow) -> dict[str, object]:
        """Return what the tokens of a scope know together; where they disagree, what was before."""
        tokens = [
            task
            for task in inside.tasks.values()
            if is_live(task) and not isinstance(task.task_spec, BoundarySpec)
        ]
        if not tokens:
            return {}
        return merge_agreed(parted_at(tokens).data, [task.data for task in tokens])

    def fail(self, task: Task, code: str) -> None:
        """Lead a step's error to its boundary event, or say that there is none."""
        boundary = error_boundary(task, code)
        if boundary is not None:
            self.fire(boundary)
            return
        caught = self.catcher(task, code, error_boundary)
        if caught is not None:
            self.happen(caught, {})
            return
        self.raise_incident(
            task,
            "unhandled_error",
            f"Trinnet '{task.task_spec.node.name}' endte i fejlen '{code}', og diagrammet har "
            "ingen fejlhændelse for den. Ret årsagen, og prøv igen.",
        )

    def retry(self, task: Task, trigger: Retry) -> bool:
        """Correct variables, and let a parked token, or a step that failed, be tried again."""
        parked = "parked" in task.internal_data
        if not parked and task.task_spec.node.kind is not Kind.SERVICE_TASK:
            return False
        corrections = check_variables(trigger.corrections)
        for each in _met(task):
            each.data.update(corrections)
            each.internal_data.pop("parked", None)
        self.record(task, "retried", by=trigger.by, result=corrections)
        if not parked:
            self.guarded(task, self.ask_step)
        return True

    # -- the loop

    def run(self) -> None:
        """Let every token go as far as it can by itself."""
        while True:
            task = self.next_ready()
            if task is not None:
                self.left -= 1
                if self.left < 0 or self.exhausted():
                    self.park_all_ready()
                    break
                self.guarded(task, self.step)
            elif not (self.join() or self.finish()):
                break
        self.look_for_standstill()

    def exhausted(self) -> bool:
        """Tell whether this advance takes more time, or has more branches, than it may."""
        if thread_time() - self.began > MAX_SECONDS:
            return True
        return self.left % 50 == 0 and len(self.it.live()) > MAX_LIVE

    def next_ready(self) -> Task | None:
        """Return a token that can go on, from the innermost process that has one."""
        return next(
            (
                task
                for workflow in reversed(self.it.workflows())
                for task in workflow.tasks.values()
                if task.has_state(TaskState.READY) and "parked" not in task.internal_data
            ),
            None,
        )

    def guarded(self, task: Task, act: Callable[[Task], None]) -> None:
        """Do one thing with a token; park it when that has no answer."""
        try:
            act(task)
        except (Fault, TableError) as fault:
            self.park(task, fault.code, str(fault))
        except ExpressionError as error:
            self.park(task, "expression", str(error))
        except MergeConflictError as error:
            self.park(task, "merge_conflict", str(error))

    def park(self, task: Task, code: str, message: str) -> None:
        """Let a token stand where it is until somebody has looked."""
        task.internal_data["parked"] = code
        self.raise_incident(task, code, message)

    def park_all_ready(self) -> None:
        """Stop in the middle, between two elements, when an advance has used up its budget."""
        while (task := self.next_ready()) is not None:
            self.park(
                task, "budget",
                f"Processen har i ét stræk taget {MAX_STEPS} trin eller {MAX_SECONDS:g} sekunder, "
                f"eller har over {MAX_LIVE} grene. Se, om diagrammet går i ring; prøv så igen.",
            )  # fmt: skip

    def look_for_standstill(self) -> None:
        """Raise an incident when nothing and nobody can ever move this instance again."""
        live = self.it.live()
        moves = any(
            "n" in task.internal_data
            and (
                isinstance(task.task_spec, ListenerSpec)
                or not isinstance(task.task_spec, BoundarySpec)
            )
            for task in live
        )
        if self.it.ended or moves:
            return
        waiting = next((task for task in live if isinstance(task.task_spec, JoinSpec)), None)
        self.effects.append(
            RaiseIncident(
                "stuck",
                None if waiting is None else waiting.task_spec.node.id,
                "Processen står stille, uden at nogen eller noget kan bringe den videre. "
                "Diagrammet venter på en gren, der ikke kommer.",
            )
        )

    # -- into an element

    def step(self, task: Task) -> None:
        """Enter an element."""
        node: Node | None = task.task_spec.node
        if isinstance(task.task_spec, GuardSpec):
            self.open_guard(task)
        elif isinstance(task.task_spec, RootSpec):
            self.open_scope(task)
        elif isinstance(task.task_spec, ManySpec):
            repeating.begin(self, task)
        elif isinstance(task.task_spec, ChoiceSpec):
            ways: Mapping[str, Flow] = task.task_spec.flow_to
            split = task.task_spec.split
            several_ways = split.kind is Kind.INCLUSIVE
            task.internal_data["chosen"] = (
                several(split, ways, task.data)
                if several_ways
                else [chosen(split, ways, task.data)]
            )
            self.complete(task)
        else:
            enter = None if node is None else self.ENTER.get(node.kind)
            (enter or Machine.complete)(self, task)

    def stand(self, task: Task, effect: Effect) -> None:
        """Let a token wait, and say for what."""
        task.run()
        self.record(task, "entered")
        self.effects.append(effect)

    def ask_person(self, task: Task) -> None:
        """Open a user task."""
        node = task.task_spec.node
        due = deadline(node, task.data, self.now)
        self.stand(
            task,
            OpenTask(
                self.it.token(task), node.id, node.name, node.form_key, node.role, due,
                copy.deepcopy(task.data),
            ),
        )  # fmt: skip

    def ask_step(self, task: Task) -> None:
        """Want a step run; again, when its token stands already."""
        node = task.task_spec.node
        arguments = mapped(node.arguments, task.data)
        effect = RunStep(self.it.token(task), node.id, node.step, arguments)
        if task.has_state(TaskState.READY):
            self.stand(task, effect)
        else:
            self.effects.append(effect)

    def ask_table(self, task: Task) -> None:
        """Look up a decision table, here and now."""
        decided = answer(task.task_spec.node, task.data, self.tables)
        task.data = self.fits({**task.data, **decided.outputs}, task)
        self.complete(task, result={**decided.outputs, "rule": decided.rule})

    def ask_message(self, task: Task) -> None:
        """Wait for a message."""
        node = task.task_spec.node
        key = message_key(node, task.data)
        self.stand(task, Await(self.it.token(task), node.id, node.message or "", key))

    def ask_clock(self, task: Task) -> None:
        """Wait for a moment."""
        node = task.task_spec.node
        due = moment(node.wait, task.data, self.now)
        self.stand(task, SetTimer(self.it.token(task), node.id, due))

    def open_guard(self, task: Task) -> None:
        """Open an element and the events on its edge; moments and keys are computed first."""
        due = {
            node.id: moment(node.wait, task.data, self.now)
            for node in task.task_spec.node.boundaries
            if node.wait is not None
        }
        keys = {
            node.id: (node.message or "", message_key(node, task.data))
            for node in task.task_spec.node.boundaries
            if node.kind is Kind.ON_MESSAGE
        }
        task.run()
        for child in task.children:
            name = child.task_spec.name
            if name in due:
                self.effects.append(SetTimer(self.it.token(child), name, due[name]))
            elif name in keys:
                self.effects.append(Await(self.it.token(child), name, *keys[name]))

    def open_scope(self, task: Task) -> None:
        """Begin a process or part, and listen for what can start an event sub-process in it."""
        specs = task.workflow.spec.task_specs
        parts = [each for each in specs.values() if isinstance(each, ListenerSpec)]
        wanted = {
            each.name: self.heard(each.node, task.data) for each in parts if each.node is not None
        }
        self.complete(task)
        for child in task.children:
            if wanted.get(child.task_spec.name) is not None:
                self.listen_for(child, wanted[child.task_spec.name])

    def heard(self, node: Node, scope: Variables) -> datetime | str | None:
        """Return what an event waits for: a moment, a message's key, or nothing by itself."""
        if node.wait is not None:
            return moment(node.wait, scope, self.now)
        return message_key(node, scope) if node.kind is Kind.ON_MESSAGE else None

    def listen_for(self, event: Task, heard: datetime | str | None) -> None:
        """Want what an event waits for."""
        node, token = event.task_spec.node, self.it.token(event)
        if isinstance(heard, datetime):
            self.effects.append(SetTimer(token, node.id, heard))
        elif heard is not None:
            self.effects.append(Await(token, node.id, node.message or "", heard))

    def send(self, node: Node, scope: Variables) -> Send | None:
        """Return the message that an element sends, if it does."""
        if not node.sends:
            return None
        key, gives = message_key(node, scope), mapped(node.gives, scope)
        return Send(self.it.fresh_token(), node.id, node.sends, key, gives)

    def throw_message(self, task: Task) -> None:
        """Send a message on the way, and go on."""
        sent = self.send(task.task_spec.node, task.data)
        if sent is not None:
            self.effects.append(sent)
        self.complete(task)

    def open_events(self, task: Task) -> None:
        """Open all events behind an event gateway; the first that happens ends the others."""
        for child in task.children:
            node = child.task_spec.node
            if node.kind is Kind.CATCH_TIMER:
                moment(node.wait, task.data, self.now)
            else:
                message_key(node, task.data)
        self.complete(task)

    def escalate(self, task: Task) -> None:
        """Raise an escalation, and go on unless it was caught by an event that interrupts."""
        self.carry(task, task.task_spec.node.escalation, task.data)
        if is_live(task):
            self.complete(task)

    def carry(self, task: Task, code: str, scope: Variables) -> None:
        """Carry an escalation out to the nearest event on an edge that catches it."""
        boundary = self.catcher(task, code, escalation_boundary)
        if boundary is not None:
            self.caught(boundary, task, scope)
            return
        raise Fault(
            "unhandled_escalation",
            f"Eskaleringen '{code}' fra '{task.task_spec.node.name}' fanges ikke af nogen. "
            "Sæt en eskaleringshændelse på delprocessen eller kaldet.",
        )

    def call(self, task: Task) -> None:
        """Begin a called process or an embedded sub-process."""
        node = task.task_spec.node
        top = self.it.top
        if self.depth(task.workflow) > MAX_NESTING:
            raise Fault("budget", f"Processen er kaldt i mere end {MAX_NESTING} led.")
        self.check_room(1)
        calls = node.kind is Kind.CALL
        scope = self.fits(mapped(node.ins, task.data)) if calls else copy.deepcopy(task.data)
        task.run()
        self.record(task, "entered")
        inner = top.create_subprocess(task, node.called if calls else node.id)
        inner.task_tree.data = scope

    def depth(self, workflow: Workflow) -> int:
        """Return how deep what is begun here would lie; times of a repetition are no level."""
        levels = 1
        while (host := self.it.host_of(workflow)) is not None:
            levels += not workflow.spec.name.endswith(EACH)
            workflow = host.workflow
        return levels

    def check_room(self, more: int) -> None:
        """Stop before an instance has more going on at once than anybody can look through."""
        parts = len(self.it.top.subprocesses)
        if parts + min(more, 1) > MAX_SUBPROCESSES or len(self.it.live()) + more > MAX_LIVE:
            raise Fault(
                "budget",
                f"Processen har over {MAX_SUBPROCESSES} delprocesser eller {MAX_LIVE} grene i "
                "gang. Se, om diagrammet går i ring, og del det op.",
            )

    def arrive(self, task: Task) -> None:
        """Come to an end event: it ends this branch, ends the process, or throws an error."""
        node = task.task_spec.node
        sets = mapped(node.sets, task.data)
        self.fits({**task.data, **sets}, task)
        sent = self.send(node, {**task.data, **sets})
        if sent is not None:
            self.effects.append(sent)
        if not self.thrown(task, node, sets):
            return
        task.data.update(sets)
        if node.terminates:
            for other in [each for each in task.workflow.tasks.values() if is_live(each)]:
                if other is not task and is_live(other):
                    self.cancel(other)
        elif in_side_branch(task):
            # A side branch has its own copy of the variables; it ends without giving them back.
            self.record(task, "completed")
            set_state(task, TaskState.COMPLETED)
            return
        task.internal_data["arrived"] = True
        task.run()
        self.record(task, "completed")

    def thrown(self, task: Task, node: Node, sets: Variables) -> bool:
        """Throw what an end event throws; False when the event is over with that."""
        if node.error_code is not None:
            self.throw(task, node.error_code, sets)
            return False
        if node.escalation is not None:
            self.carry(task, node.escalation, {**task.data, **sets})
        return is_live(task)

    ENTER: Mapping[Kind, Callable[[Machine, Task], None]] = {
        Kind.USER_TASK: ask_person,
        Kind.SERVICE_TASK: ask_step,
        Kind.RULE_TASK: ask_table,
        Kind.RECEIVE: ask_message,
        Kind.CATCH_MESSAGE: ask_message,
        Kind.CATCH_TIMER: ask_clock,
        Kind.SUB_PROCESS: call,
        Kind.EVENT_PART: call,
        Kind.THROW_MESSAGE: throw_message,
        Kind.CALL: call,
        Kind.FIRST_EVENT: open_events,
        Kind.ESCALATE: escalate,
        Kind.END: arrive,
    }

    # -- out of an element

    def complete(
        self,
        task: Task,
        *,
        by: str | None = None,
        result: Variables | None = None,
        told: bool = False,
    ) -> None:
        """Leave an element: the events on its edge stop listening, and the next are reached.

        `told`: what was done at it stands in history already.
        """
        listening = list(boundaries(task))
        if task.has_state(TaskState.READY):
            task.run()
        else:
            task.complete()
        if not told:
            self.record(task, "completed", by=by, result=result)
        for boundary in listening:
            self.cancel(boundary)
        self.end_race(task)
        for child in task.children:
            flow = task.task_spec.flow_to.get(child.task_spec.name)
            if flow is not None:
                self.flows.append(f"{self.it.definition.owners[flow.process]}/{flow.id}")
        if task.workflow.spec.name.endswith(EACH) and "time" in task.internal_data:
            repeating.end_time(self, task)

    def end_race(self, task: Task) -> None:
        """Give up the events that stood behind the same event gateway and came too late."""
        gateway = None if task.parent is None else task.parent.task_spec.node
        if gateway is None or gateway.kind is not Kind.FIRST_EVENT:
            return
        for rival in task.parent.children:
            if rival is not task and is_live(rival):
                self.cancel(rival)

    def throw(self, task: Task, code: str, sets: Variables) -> None:
        """Carry an error out to the nearest event on an edge that catches it."""
        boundary = self.catcher(task, code, error_boundary)
        if boundary is not None:
            self.record(task, "completed", result=sets)
            self.caught(boundary, task, {**task.data, **sets})
            return
        raise Fault(
            "unhandled_error",
            f"Fejlen '{code}' fra '{task.task_spec.node.name}' fanges ikke af nogen. "
            "Sæt en fejlhændelse på kaldet.",
        )

    def catcher(
        self, task: Task, code: str, on_edge: Callable[[Task, str], Task | None]
    ) -> Task | None:
        """Return what catches an error or escalation: in the nearest scope, or on its edge."""
        inside: Workflow = task.workflow
        while True:
            listening = next((each for each in listeners(inside) if _catches(each, code)), None)
            host = self.it.host_of(inside)
            caught = listening or (None if host is None else on_edge(host, code))
            if caught is not None or host is None:
                return caught
            inside = host.workflow

    def caught(self, event: Task, task: Task, scope: Variables) -> None:
        """Let what was caught happen, with the variables of where it was thrown if it knows them.

        A called process keeps its own: only what it gives out leaves it.
        """
        host = self.it.host_of(task.workflow)
        around = isinstance(event.task_spec, ListenerSpec)
        here = event.workflow is task.workflow
        part = host is not None and host.task_spec.node.kind is not Kind.CALL
        if here if around else (part and host is not None and event.parent is host.parent):
            event.data = copy.deepcopy(dict(scope))
            self.fire(event)
        elif around:
            self.happen(event, {})
        else:
            self.fire(event)

    def fits(self, scope: dict[str, object], *instead_of: Task) -> dict[str, object]:
        """Return variables that the instance may carry, in the place of those of some tokens."""
        others = (task.data for task in self.it.live() if task not in instead_of)
        return fitting(scope, others)

    def fitting_or_broken(self, scope: dict[str, object], *instead_of: Task) -> dict[str, object]:
        """Do the same for variables from outside: who gave them is told, nothing is changed."""
        try:
            return self.fits(scope, *instead_of)
        except Fault as fault:
            raise BrokenStateError(str(fault)) from fault

    def fire(self, boundary: Task) -> None:
        """Let an event on an edge happen; an interrupting one ends its element."""
        for ended in interrupted_by(boundary):
            if is_live(ended):
                self.cancel(ended)
        node = boundary.task_spec.node
        again = not node.interrupting and node.kind in {Kind.ON_ESCALATION, Kind.ON_MESSAGE}
        heard = self.heard(node, boundary.data) if again else None
        boundary.internal_data["fired"] = True
        update(boundary)
        if again:
            self.listen_for(listen_again(boundary), heard)

    def cancel(self, task: Task) -> None:
        """Give up a visit and all that goes on inside it."""
        inner = self.it.top.subprocesses.pop(task.id, None)
        if inner is not None:
            for each in [each for each in inner.tasks.values() if is_live(each)]:
                self.cancel(each)
        wanted = "n" in task.internal_data
        if wanted:
            self.withdraw(task)
        silent = isinstance(task.task_spec, (BoundarySpec, ManySpec))
        if (wanted or inner is not None) and not silent:
            self.record(task, "cancelled")
        task.cancel()

    # -- where branches meet

    def join(self) -> bool:
        """Let one parallel join fire if a token has come in on each of its flows."""
        for workflow in self.it.workflows():
            arrived: dict[str, dict[str, Task]] = {}
            for task in workflow.tasks.values():
                if isinstance(task.task_spec, JoinSpec) and task.has_state(TaskState.WAITING):
                    by_flow = arrived.setdefault(task.task_spec.name, {})
                    by_flow.setdefault(task.internal_data["from"], task)
            for name, by_flow in arrived.items():
                tasks = list(by_flow.values())
                parked = any("parked" in task.internal_data for task in tasks)
                if not parked and self.all_came(workflow, name, by_flow):
                    self.guarded(tasks[-1], partial(self.meet, arrivals=tasks))
                    return True
        return False

    def all_came(self, workflow: Workflow, name: str, by_flow: Mapping[str, Task]) -> bool:
        """Tell whether a join has all it waits for: its flows, or all that can still come."""
        if by_flow.keys() == sources(workflow.spec, name):
            return True
        spec: JoinSpec = workflow.spec.task_specs[name]
        node: Node | None = spec.node
        if node is None or node.kind is not Kind.INCLUSIVE:
            return False
        # As the standard has it: what can only come by a flow that is still empty is waited for;
        # what could as well come by one that is taken belongs to a later round.
        empty = [ways for source, ways in spec.upstream.items() if source not in by_flow]
        taken = [ways for source, ways in spec.upstream.items() if source in by_flow]
        standing = {
            task.task_spec.node.id
            for task in workflow.tasks.values()
            if is_live(task) and task.task_spec is not spec and task.task_spec.node is not None
        }
        return not any(
            any(at in ways for ways in empty) and not any(at in ways for ways in taken)
            for at in standing
        )

    def meet(self, last: Task, arrivals: list[Task]) -> None:
        """Make one token of those that have come in."""
        merged = self.fits(_merged(arrivals), *arrivals)
        for task in arrivals:
            if task is not last:
                task.cancel()
        last.data = merged
        make_ready(last)

    def finish(self) -> bool:
        """End one process, innermost first, in which every branch has come to an end event."""
        for workflow in reversed(self.it.workflows()):
            live = [
                task
                for task in workflow.tasks.values()
                if is_live(task) and not isinstance(task.task_spec, ListenerSpec)
            ]
            arrived = all(
                "arrived" in task.internal_data and "parked" not in task.internal_data
                for task in live
            )
            if live and arrived:
                self.guarded(live[-1], partial(self.close, arrivals=live))
                return True
        return False

    def close(self, last: Task, arrivals: list[Task]) -> None:
        """End a process with what its branches ended with."""
        scope = self.fits(_merged(arrivals), *arrivals)
        host = self.it.host_of(last.workflow)
        calls = host is not None and host.task_spec.node.kind is Kind.CALL
        outs = mapped(host.task_spec.node.outs, scope) if host is not None and calls else {}
        after = (
            self.fits({**host.data, **outs}, host, *arrivals)
            if host is not None and calls
            else scope
        )
        for task in arrivals:
            set_state(task, TaskState.COMPLETED)
        for each in list(listeners(last.workflow)):
            self.cancel(each)
        if host is None:
            self.it.end()
            self.effects.append(Ended(last.task_spec.node.id, scope))
            return
        del self.it.top.subprocesses[host.id]
        host.data = after
        if host.task_spec.node.kind is Kind.EVENT_PART:
            self.end_event_part(host)
        else:
            self.complete(host, result=outs)

    def end_event_part(self, host: Task) -> None:
        """End an event sub-process: one that interrupted has come to the end of its scope."""
        self.record(host, "completed")
        # The visit that began it need not be kept, so its drawing is asked.
        listener: Node = host.task_spec.node.listener
        if listener.interrupting:
            host.internal_data["arrived"] = True
        else:
            set_state(host, TaskState.COMPLETED)


def _catches(listener: Task, code: str) -> bool:
    node = listener.task_spec.node
    return code in {node.error_code, node.escalation}


def _merged(arrivals: list[Task]) -> dict[str, object]:
    """Return what branches know together, given what they had when they parted."""
    if len(arrivals) == 1:
        return dict(arrivals[0].data)
    return merge(parted_at(arrivals).data, [task.data for task in arrivals])


def _met(task: Task) -> list[Task]:
    """Return the tokens a correction is for: all that met and disagree, or the one alone."""
    if isinstance(task.task_spec, JoinSpec):
        return [
            each
            for each in task.workflow.tasks.values()
            if each.task_spec is task.task_spec and is_live(each)
        ]
    if "arrived" in task.internal_data:
        return [
            each
            for each in task.workflow.tasks.values()
            if "arrived" in each.internal_data and is_live(each)
        ]
    return [task]
