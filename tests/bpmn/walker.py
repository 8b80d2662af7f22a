"""Walks diagrams with the real engine: by a script, or along every path there is.

Between any two steps the state is what would lie in the database: bytes, read anew. A walk stops
with its trail when the engine raises an incident, when an adverse step is reached before any
person has acted, or when an instance has ended while something is still wanted of somebody.

`explore` takes every answer in every situation until no new situation turns up; loops are thereby
walked any number of times at no extra cost. A called process is explored by itself, from each
scope it is called with, and answers its caller with everything it can end with.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache

from processes.engine import effects as fx
from processes.engine.definitions import Definition, parse_bundle
from processes.engine.diagrams import Kind
from processes.engine.findings import BPMN, SPIFF
from processes.engine.runtime import advance
from processes.engine.state import decode
from tests.bpmn import answers, shipped

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CALLED = "called:"
MOST_SITUATIONS = 20_000

Scope = Mapping[str, object]
Script = Mapping[str, Sequence[Scope | str]]
Wanted = fx.OpenTask | fx.RunStep | fx.SetTimer | fx.Await


class WalkError(AssertionError):
    """A walk came somewhere no process may come; says where, and how it got there."""


@dataclass(frozen=True)
class Move:
    """One thing that can happen next, and how to say it in a trail."""

    label: str
    trigger: fx.Trigger


@dataclass(frozen=True)
class Standing:
    """Where a walk stands: the saved state, what is wanted, and how it came here."""

    state: bytes
    wanted: Mapping[str, Wanted] = field(default_factory=dict)
    ended: fx.Ended | None = None
    by_person: bool = False
    """Whether a person has completed a task on the way."""
    trail: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    """Every sequence flow taken so far, as `process/flow`."""
    asked: tuple[str, ...] = ()
    """Every element that has come to want something, in order."""

    @property
    def elements(self) -> set[str]:
        """The ids of the elements that want something."""
        return {each.element_id for each in self.wanted.values()}

    @property
    def variables(self) -> Scope:
        """The variables the process ended with."""
        assert self.ended is not None
        return self.ended.variables


@dataclass(frozen=True)
class End:
    """One way a process can end: its end event, its variables, and whether a person had a say."""

    element_id: str
    variables: str
    by_person: bool

    @property
    def scope(self) -> dict[str, object]:
        """The variables."""
        found: dict[str, object] = json.loads(self.variables)
        return found


@dataclass
class Explored:
    """What an exploration saw."""

    flows: set[str] = field(default_factory=set)
    """Flows of the process itself, by id."""
    ends: set[End] = field(default_factory=set)
    situations: int = 0


class Walker:
    """Walks one definition."""

    def __init__(self, definition: Definition, calls: Explorer | None = None) -> None:
        self.definition = definition
        self.calls = calls
        self.register = shipped.register()

    # ---- one step ----------------------------------------------------------------------

    def start(self, variables: Scope, *, by_person: bool = False) -> Standing:
        """Begin an instance."""
        return self._go(Standing(b"", by_person=by_person), Move("start", fx.Start(variables)))

    def take(self, here: Standing, move: Move) -> Standing:
        """Let one thing happen."""
        return self._go(here, move)

    def _go(self, here: Standing, move: Move) -> Standing:
        # The engine gets the bytes and nothing else: this is the save and the load.
        advanced = advance(
            self.definition, here.state or None, move.trigger, NOW, tables=shipped.tables()
        )
        trail = (*here.trail, move.label)
        wanted = dict(here.wanted)
        wanted.pop(getattr(move.trigger, "token", ""), None)
        asked: list[str] = []
        ended: fx.Ended | None = None
        for effect in advanced.effects:
            match effect:
                case fx.OpenTask() | fx.RunStep() | fx.SetTimer() | fx.Await():
                    wanted[effect.token] = effect
                    asked.append(effect.element_id)
                case fx.Withdraw():
                    wanted.pop(effect.token, None)
                case fx.RaiseIncident():
                    raise WalkError(f"{effect.element_id}: {effect.message}\n{_told(trail)}")
                case fx.Ended():
                    ended = effect
        there = replace(
            here,
            state=advanced.state,
            wanted=wanted,
            ended=ended,
            by_person=here.by_person or isinstance(move.trigger, fx.TaskCompleted),
            trail=trail,
            flows=(*here.flows, *advanced.flows),
            asked=(*here.asked, *asked),
        )
        self._check(there)
        return there

    def _check(self, here: Standing) -> None:
        if here.ended is not None and here.wanted:
            left = ", ".join(sorted(here.elements))
            raise WalkError(f"ended while {left} still wait\n{_told(here.trail)}")
        for effect in here.wanted.values():
            if isinstance(effect, fx.RunStep) and not effect.step.startswith(CALLED):
                adverse = self.register.step(effect.step).adverse
                if adverse and not here.by_person:
                    raise WalkError(
                        f"{effect.element_id} is adverse, and no person has acted\n"
                        f"{_told(here.trail)}"
                    )

    # ---- what can happen ---------------------------------------------------------------

    def moves(self, here: Standing) -> list[Move]:
        """Return everything that can happen here, in the order it came to be wanted.

        A step that asks nobody runs in the transaction that reached it: nothing comes before it.
        """
        inline = [effect for effect in here.wanted.values() if self._is_inline(effect)]
        first = inline[:1] or here.wanted.values()
        return [move for effect in first for move in self._moves(here, effect)]

    def _is_inline(self, effect: Wanted) -> bool:
        if not isinstance(effect, fx.RunStep) or effect.step.startswith(CALLED):
            return False
        return self.register.step(effect.step).ask is None

    def _moves(self, here: Standing, effect: Wanted) -> Iterator[Move]:
        place, token = effect.element_id, effect.token
        match effect:
            case fx.OpenTask():
                for answer in answers.FORMS[effect.form_key]:
                    yield Move(f"{place} ← {answer}", fx.TaskCompleted(token, answer, "anna"))
            case fx.Await():
                for answer in answers.MESSAGES[effect.message]:
                    yield Move(f"{place} ← {answer}", fx.MessageArrived(token, answer))
            case fx.SetTimer():
                yield Move(f"{place} fires", fx.TimerFired(token))
            case fx.RunStep():
                yield from self._ways_of_step(here, effect)

    def _ways_of_step(self, here: Standing, effect: fx.RunStep) -> Iterator[Move]:
        place, token = effect.element_id, effect.token
        if effect.step.startswith(CALLED):
            for end in self._ends_of_call(here, effect):
                result = {**end.scope, "by_person": end.by_person}
                yield Move(f"{place} ends in {end.element_id}", fx.StepDone(token, result))
            return
        for answer in answers.STEPS[effect.step]:
            yield Move(f"{place} ← {answer}", fx.StepDone(token, answer))
        for code in self.register.step(effect.step).errors:
            yield Move(f"{place} fails: {code}", fx.StepFailed(token, code))

    def _ends_of_call(self, here: Standing, effect: fx.RunStep) -> Iterable[End]:
        if self.calls is None:
            raise WalkError(f"{effect.step} is cut away and nobody answers for it")
        called = effect.step.removeprefix(CALLED)
        explored = self.calls.explore(called, effect.arguments, by_person=here.by_person)
        return sorted(explored.ends, key=lambda end: (end.element_id, end.variables))

    def situation(self, here: Standing) -> str:
        """Return what the future of this walk depends on, the same by whatever way it came."""
        live = sorted(
            (task.workflow.spec.name, task.task_spec.name, json.dumps(task.data, sort_keys=True))
            for task in decode(self.definition, here.state).live()
        )
        return json.dumps([live, here.by_person])


def _told(trail: Iterable[str]) -> str:
    return "\n".join(f"  {number}. {step}" for number, step in enumerate(trail, 1))


# ---- by a script -----------------------------------------------------------------------------


def walk(
    script: Script,
    variables: Scope,
    *,
    definition: Definition | None = None,
    until: str | None = None,
    most: int = 200,
) -> Standing:
    """Walk a whole process, calls included; what the script does not name takes its first answer.

    The script gives answers by element id, used in order, the last one again and again. A text is
    a BPMN error code, or `fires` for a timer; a timer that is not named never fires, and a message
    on an edge that is not named never comes. The walk stops at the end, or where the
    element `until` wants something.
    """
    walker = Walker(definition or shipped.definition())
    left = {place: list(given) for place, given in script.items()}
    here = walker.start(variables)
    for _ in range(most):
        if here.ended is not None or until in here.elements:
            return here
        here = walker.take(here, _scripted(walker, here, left))
    raise WalkError(f"not at an end after {most} steps\n{_told(here.trail)}")


def _scripted(walker: Walker, here: Standing, left: dict[str, list[Scope | str]]) -> Move:
    ordered = sorted(here.wanted.values(), key=lambda effect: not _comes_unasked(effect))
    for effect in ordered:
        given = left.get(effect.element_id)
        if _comes_unasked(effect):
            if given:
                said = given.pop()
                if isinstance(effect, fx.SetTimer):
                    return Move(f"{effect.element_id} fires", fx.TimerFired(effect.token))
                return Move(f"{effect.element_id} ← {said}", _trigger(effect, said))
            continue
        if not given:
            return walker.moves(replace(here, wanted={effect.token: effect}))[0]
        answer = given.pop(0) if len(given) > 1 else given[0]
        return Move(f"{effect.element_id} ← {answer}", _trigger(effect, answer))
    raise WalkError(f"only timers nobody lets fire are left\n{_told(here.trail)}")


def _comes_unasked(effect: Wanted) -> bool:
    """Tell whether it is a timer, or a message on the edge of an element: it may never come."""
    on_an_edge = isinstance(effect, fx.Await) and effect.element_id.startswith("on_")
    return isinstance(effect, fx.SetTimer) or on_an_edge


def _trigger(effect: Wanted, answer: Scope | str) -> fx.Trigger:
    if isinstance(answer, str):
        return fx.StepFailed(effect.token, answer)
    match effect:
        case fx.OpenTask():
            return fx.TaskCompleted(effect.token, answer, "anna")
        case fx.Await():
            return fx.MessageArrived(effect.token, answer)
        case _:
            return fx.StepDone(effect.token, answer)


# ---- along every path ------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """What the walks of one diagram have seen, over all its entries."""

    untaken: frozenset[str]
    ends: frozenset[str]
    situations: int


def every_path(process: str, entries: Iterable[Scope]) -> Seen:
    """Explore a shipped diagram from each of some scopes it can be started with."""
    explored = [shared().explore(process, entry) for entry in entries]
    taken = {flow for each in explored for flow in each.flows}
    drawn = shipped.definition(process).diagrams[process].flows
    return Seen(
        frozenset(drawn) - taken,
        frozenset(end.element_id for each in explored for end in each.ends),
        sum(each.situations for each in explored),
    )


@lru_cache
def shared() -> Explorer:
    """Return the explorer of the shipped diagrams; what it has found it does not walk again."""
    return Explorer(shipped.files())


class Explorer:
    """Explores processes, each cut away from those it calls; remembers what it found."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.found: dict[tuple[str, str, bool], Explored] = {}
        self.cut: dict[str, Definition] = {}

    def explore(self, process: str, entry: Scope, *, by_person: bool = False) -> Explored:
        """Take every answer in every situation a process can come to from these variables."""
        key = (process, json.dumps(entry, sort_keys=True), by_person)
        if key not in self.found:
            self.found[key] = self._explore(process, entry, by_person=by_person)
        return self.found[key]

    def _explore(self, process: str, entry: Scope, *, by_person: bool) -> Explored:
        walker = Walker(self._cut(process), self)
        result = Explored()
        begun = walker.start(entry, by_person=by_person)
        names = {walker.situation(begun): 0}
        leads_to: list[set[int]] = [set()]
        ends: set[int] = set()
        todo = [(0, begun)]
        while todo:
            number, here = todo.pop()
            result.flows.update(_own(here.flows, process))
            if here.ended is not None:
                ends.add(number)
                result.ends.add(_end(here))
                continue
            for move in walker.moves(here):
                there = _with_person(walker.take(replace(here, flows=()), move), move)
                result.flows.update(_own(there.flows, process))
                name = f"{number} {there.trail[-1]}" if there.ended else walker.situation(there)
                if name not in names:
                    names[name] = len(names)
                    leads_to.append(set())
                    todo.append((names[name], there))
                leads_to[number].add(names[name])
                if len(names) > MOST_SITUATIONS:
                    raise WalkError(f"{process} has more than {MOST_SITUATIONS} situations")
        _check_all_can_end(process, leads_to, ends)
        result.situations = len(names)
        return result

    def _cut(self, process: str) -> Definition:
        if process not in self.cut:
            own = {f"{process}.bpmn": self.files[f"{process}.bpmn"]}
            whole = parse_bundle(self.files, key=process)
            for node in whole.diagrams[process].nodes.values():
                if node.kind is Kind.CALL:
                    # Two calls may hand over different things; the stand-in takes them all.
                    own[f"{node.called}.bpmn"] = _stand_in(whole, process, node.called)
            self.cut[process] = parse_bundle(own, key=process)
        return self.cut[process]


def _own(flows: Iterable[str], process: str) -> Iterator[str]:
    return (flow.split("/")[1] for flow in flows if flow.split("/")[0] == process)


def _end(here: Standing) -> End:
    assert here.ended is not None
    variables = json.dumps(here.ended.variables, sort_keys=True)
    return End(here.ended.element_id, variables, here.by_person)


def _with_person(there: Standing, move: Move) -> Standing:
    """Carry over that a person had a say inside a called process."""
    if isinstance(move.trigger, fx.StepDone) and move.trigger.result.get("by_person") is True:
        return replace(there, by_person=True)
    return there


def _check_all_can_end(process: str, leads_to: list[set[int]], ends: set[int]) -> None:
    """Refuse a situation from which no end can be reached, whatever is answered."""
    comes_from: list[set[int]] = [set() for _ in leads_to]
    for number, nexts in enumerate(leads_to):
        for each in nexts:
            comes_from[each].add(number)
    can = set(ends)
    todo = list(ends)
    while todo:
        for each in comes_from[todo.pop()] - can:
            can.add(each)
            todo.append(each)
    if len(can) != len(leads_to):
        raise WalkError(f"{process}: {len(leads_to) - len(can)} situations never come to an end")


def _stand_in(whole: Definition, caller: str, called: str) -> bytes:
    """Return a process that hands what it was given to one step, and ends with what that says."""
    given = sorted(
        {
            name
            for node in whole.diagrams[caller].nodes.values()
            if node.called == called
            for name in node.ins
        }
    )
    parameters = "".join(f'<s:parameter id="{name}" type="any" value="{name}"/>' for name in given)
    return f"""<b:definitions xmlns:b="{BPMN}" xmlns:s="{SPIFF}" targetNamespace="urn:test">
      <b:process id="{called}" name="{called}" isExecutable="true">
        <b:startEvent id="start_it"><b:outgoing>to_it</b:outgoing></b:startEvent>
        <b:serviceTask id="step_{called}" name="{called}"><b:extensionElements>
          <s:serviceTaskOperator id="{CALLED}{called}" resultVariable=""><s:parameters>{parameters}
          </s:parameters></s:serviceTaskOperator></b:extensionElements></b:serviceTask>
        <b:endEvent id="end_it"/>
        <b:sequenceFlow id="to_it" sourceRef="start_it" targetRef="step_{called}"/>
        <b:sequenceFlow id="from_it" sourceRef="step_{called}" targetRef="end_it"/>
      </b:process></b:definitions>""".encode()
