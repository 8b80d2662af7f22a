"""Answers: what do tokens wait for in another version, where they already stand?

Opens the events on edges and in races that the old version did not have, says what the tokens that
stay are to wait for from now, and lets what can go on go on. A deadline that runs keeps its moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial

from SpiffWorkflow.task import Task

from processes.engine.diagrams import Kind, Node
from processes.engine.effects import (
    Await,
    Effect,
    OpenTask,
    RaiseIncident,
    RunStep,
    SetTimer,
    Withdraw,
)
from processes.engine.judging import Fault, deadline, mapped, message_key
from processes.engine.machine import Machine
from processes.engine.relocating import Mover
from processes.engine.specs import LISTENER, GuardSpec, ListenerSpec, is_live, listen
from processes.engine.state import decode, encode
from processes.engine.syntax import ExpressionError
from processes.engine.tables import DecisionTable
from processes.engine.tree import Workflow


class Opening:
    """Opens in the new version what tokens that stay where they are have to wait for there."""

    def __init__(self, mover: Mover, now: datetime, tables: Mapping[str, DecisionTable]) -> None:
        self.mover, self.now = mover, now
        self.it = decode(mover.new, mover.write())
        self.machine = Machine(self.it, now, tables)
        before = decode(mover.old, mover.state)
        self.before = {
            before.token(task): task.task_spec.node
            for task in before.live()
            if "n" in task.internal_data
        }
        self.reworded: list[Effect] = []

    def open(self) -> tuple[bytes, tuple[Effect, ...], tuple[Effect, ...]]:
        """Return the state, what is newly wanted or no longer, and what is wanted otherwise."""
        self._gained()
        self.machine.run()
        for task in self.it.live():
            self._reword(task)
        effects = self.machine.wanted()
        for each in effects:
            if isinstance(each, RaiseIncident):
                node = self._old_node(each.element_id)
                self.mover.hinder(node, f"Sagen ville standse: {each.message}", "Lad den blive.")
        now = {self.it.token(task) for task in self.it.live() if "n" in task.internal_data}
        withdrawn = tuple(
            Withdraw(token)
            for token in self.before
            if token not in now and Withdraw(token) not in effects
        )
        return encode(self.it), (*withdrawn, *effects), tuple(self.reworded)

    def _gained(self) -> None:
        """Open what lies on edges and in races that stand already, and was not there before."""
        for flow in self.it.workflows():
            self._event_parts(flow)
            for task in list(flow.tasks.values()):
                node: Node | None = task.task_spec.node
                if node is None:
                    continue
                if isinstance(task.task_spec, GuardSpec) and any(map(is_live, task.children)):
                    self._try(node, partial(self._listen, task))
                elif node.kind is Kind.FIRST_EVENT:
                    self._race(task)

    def _old_node(self, element_id: str | None) -> Node | None:
        for diagram in self.mover.old.diagrams.values():
            if element_id in diagram.nodes:
                return diagram.nodes[element_id]
        return None

    def _try(self, node: Node, act: Callable[[], None]) -> None:
        try:
            act()
        except (Fault, ExpressionError) as error:
            self.mover.hinder(
                self._old_node(node.id), f"'{node.name}' kan ikke åbnes i den nye version: {error}",
                "Ret det på sagen først, eller lad sagen blive.",
            )  # fmt: skip

    def _listen(self, task: Task) -> None:
        """Listen for the events on an edge that the old version did not have."""
        host = next(
            (each for each in task.children if each.task_spec.name == task.task_spec.guards), None
        )
        if host is None or not is_live(host):
            return
        there = {each.task_spec.name for each in task.children if is_live(each)}
        for node in task.task_spec.node.boundaries:
            if node.id in there or self.mover.had_edge(task.workflow.spec.name, node):
                continue
            heard = self.machine.heard(node, host.data)
            self.machine.listen_for(listen(task, node.id, host.data), heard)
            self.mover.change(f"Der ventes også på '{node.name or node.id}'.")

    def _event_parts(self, flow: Workflow) -> None:
        """Listen for what starts the event sub-processes that the old version did not have."""
        for spec in flow.spec.task_specs.values():
            if not isinstance(spec, ListenerSpec) or spec.node is None:
                continue
            goes_on = any(map(is_live, flow.tasks.values()))
            if not goes_on or self.mover.had(spec.name.removesuffix(LISTENER)):
                continue
            self._try(spec.node, partial(self._begin_listening, flow, spec.name, spec.node))

    def _begin_listening(self, flow: Workflow, name: str, node: Node) -> None:
        scope = self.machine.known_in(flow)
        heard = self.machine.heard(node, scope)
        self.machine.listen_for(listen(flow.task_tree, name, scope), heard)
        self.mover.change(f"Der ventes også på '{node.name or node.id}'.")

    def _race(self, task: Task) -> None:
        """Wait for the events behind an event gateway that the old version did not have."""
        racing = {each.task_spec.name for each in task.children if is_live(each)}
        for flow in task.task_spec.node.outgoing if racing else ():
            if flow.target not in racing:
                listen(task, flow.target, task.data)
                name = self.it.definition.elements[flow.target].name
                self.mover.change(f"Der ventes også på '{name}'.")

    def _reword(self, it: Task) -> None:
        """Say what a token that stays waits for from now, where that is drawn otherwise."""
        if "n" not in it.internal_data or "parked" in it.internal_data:
            return
        token, new = self.it.token(it), it.task_spec.node
        old = self.before.get(token)
        if old is not None and old is not new:
            self._try(new, partial(self._wish, it, token, old, new))

    def _wish(self, it: Task, token: str, old: Node, new: Node) -> None:
        if new.kind in {Kind.CATCH_TIMER, Kind.ON_TIMER}:
            wish: Effect = SetTimer(token, new.id, self.now)
        elif new.kind is Kind.USER_TASK:
            due = deadline(new, it.data, self.now)
            wish = OpenTask(token, new.id, new.name, new.form_key, new.role, due, it.data)
        elif new.kind is Kind.SERVICE_TASK:
            wish = RunStep(token, new.id, new.step, mapped(new.arguments, it.data))
        elif new.message is not None:
            wish = Await(token, new.id, new.message, message_key(new, it.data))
        else:
            return
        told = [text for differs, text in _told(old, new) if differs]
        if told or (old.id, old.name) != (new.id, new.name):
            self.reworded.append(wish)
        for each in told:
            self.mover.change(each)


def _told(old: Node, new: Node) -> Iterator[tuple[bool, str]]:
    """Yield what can differ in what a token waits for, with what is said of it then."""
    name = new.name or new.id
    yield (
        old.form_key != new.form_key,
        f"Opgaven '{name}' får en anden formular; en kladde går tabt.",
    )
    yield old.role != new.role, f"Opgaven '{name}' skal nu løses af rollen '{new.role}'."
    yield old.due != new.due, f"Opgaven '{name}' får en anden frist."
    step = (old.step, old.arguments) != (new.step, new.arguments)
    yield step, f"Trinnet '{name}' begynder forfra, som det er nu."
    message = (old.message, old.key) != (new.message, new.key)
    yield message, f"'{name}' venter på beskeden '{new.message}'."
    yield (
        old.wait != new.wait,
        f"Fristen ved '{name}' løber videre, som den er sat; den nye gælder først næste gang.",
    )
