"""Answers: what runs, where does it stand still, and how do people steer it by hand?

Whoever looks sees elements, counts and moments. What a token carries is shown to who may read the
case; to others only what the diagram itself asks about. Everything done by hand is audited with
its reason, and to move a token takes a second person.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import Any, cast

from processes.domain.access import Actor, require
from processes.domain.errors import ConflictError, NotFoundError, RuleError, TwoPersonError
from processes.engine.definitions import Definition
from processes.engine.diagrams import BOUNDARIES, GATEWAYS, Diagram, Kind, Node
from processes.engine.runtime import where_is
from processes.engine.steering import carried
from processes.operations.cockpit_pages import InstanceReader
from processes.operations.control import Control, message_item
from processes.ports.cockpit import (
    LIST_LIMIT,
    Counted,
    ElementLoad,
    IncidentFilter,
    InstancePage,
    MoveState,
    OverviewPage,
    Pause,
    QueueCounts,
    RetryPlan,
    RetryReport,
    StopCause,
    StoppedCase,
    TokenMove,
    VersionHead,
    VersionLoad,
    VersionPage,
    WaitingRow,
)
from processes.ports.records import AuditEvent, InstanceState, ProcessInstance
from processes.ports.stores import UnitOfWork

FRESH = timedelta(seconds=10)
"""How long what was counted is good enough at least."""
COUNTING_SHARE = 100
"""And at least so many times as long as it took, so that counting is never most of the work."""
SAMPLE = 300
"""The newest instances whose times are looked at."""
MOST_RETRIES = 200
SECONDS_OF_RETRYING = 3.0
"""Then the page answers; what is left is chosen still."""
HEATS = (timedelta(hours=1), timedelta(days=1), timedelta(days=7))
QUEUES = ("jobs", "running", "dead", "timers", "messages", "kept")
UNPLACED_AT_ONCE = 200


class Cockpit:
    """What runs, for those who keep it running (drift)."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.env = control.env

    # ---- overview ----------------------------------------------------------------------

    def overview(self, by: Actor) -> OverviewPage:
        """Return every process with what it has going on."""
        require(by, "cockpit.read")
        with self.env.uow(by.municipality_id) as uow:
            counted = self._counted(uow, 0, lambda: self._count_all(uow))
            versions = self._versions(uow, counted)
            page = OverviewPage(
                versions=tuple(
                    sorted(
                        (each for each in versions if each.is_in_force or each.total),
                        key=lambda each: (-each.stopped, -each.total, each.head.name),
                    )
                ),
                counted_at=counted.counted_at,
                queues=_queues(counted),
                causes=tuple(self._named_causes(uow)),
                moves=tuple(uow.cockpit.open_moves()),
                names=uow.setup.names(by.municipality_id),
            )
            uow.commit()
        return page

    def queues(self, by: Actor) -> QueueCounts:
        """Return how much waits."""
        require(by, "cockpit.read")
        with self.env.uow(by.municipality_id) as uow:
            counts = _queues(self._counted(uow, 0, lambda: self._count_all(uow)))
            uow.commit()
        return counts

    def count_again(self, by: Actor) -> None:
        """Let the next page count anew."""
        require(by, "cockpit.read")
        with self.env.uow(by.municipality_id) as uow:
            uow.cockpit.forget_counts()
            uow.commit()

    def _counted(
        self, uow: UnitOfWork, definition_id: int, count: Callable[[], Mapping[str, object]]
    ) -> Counted:
        """Return what was counted last, or count anew when that is too long ago."""
        now = self.env.now()
        known = uow.cockpit.counted(definition_id)
        if known is not None:
            good_for = max(FRESH, timedelta(milliseconds=known.took_ms * COUNTING_SHARE))
            if now - known.counted_at < good_for:
                return known
        self._place_the_old(uow)
        began = time.monotonic()
        counts = count()
        counted = Counted(now, int((time.monotonic() - began) * 1000), counts)
        uow.cockpit.keep_count(definition_id, counted)
        return counted

    def _place_the_old(self, uow: UnitOfWork) -> None:
        """Write where instances stand that began before that was written with their state."""
        for each in uow.cockpit.unplaced(limit=UNPLACED_AT_ONCE):
            if each.blob:
                definition = self.control.definition(uow, each.definition_id)
                uow.cockpit.set_places(
                    each.id,
                    [f"{at.process_id}/{at.element_id}" for at in where_is(definition, each.blob)],
                )

    def _count_all(self, uow: UnitOfWork) -> Mapping[str, object]:
        now = self.env.now()
        tomorrow = self.env.gateways.clock.today() + timedelta(days=1)
        tonight = datetime.combine(tomorrow, clock_time(), self.env.zone)
        return {
            "states": {str(key): dict(each) for key, each in uow.cockpit.count_states().items()},
            "queues": vars(uow.cockpit.queue_counts(now=now, tonight=tonight)),
        }

    def _versions(self, uow: UnitOfWork, counted: Counted) -> list[VersionLoad]:
        states = cast(Mapping[str, Mapping[str, int]], counted.counts["states"])
        heads = uow.cockpit.versions()
        today = self.env.gateways.clock.today()
        in_force: dict[str, int] = {}
        for head in heads:  # the newest first
            if head.valid_from <= today:
                in_force.setdefault(head.key, head.id)
        return [
            VersionLoad(
                head,
                is_in_force=in_force.get(head.key) == head.id,
                running=of.get("running", 0),
                stopped=of.get("incident", 0),
                paused=of.get("paused", 0),
            )
            for head in heads
            for of in [states.get(str(head.id), {})]
        ]

    # ---- one version -------------------------------------------------------------------

    def version(self, definition_id: int, process_id: str, by: Actor) -> VersionPage:
        """Return one version with what stands where; the process's own diagram by default."""
        require(by, "cockpit.read")
        with self.env.uow(by.municipality_id) as uow:
            all_of = self._versions(uow, self._counted(uow, 0, lambda: self._count_all(uow)))
            load = next((each for each in all_of if each.head.id == definition_id), None)
            if load is None:
                raise NotFoundError("Versionen findes ikke. Gå til driften, og vælg en anden.")
            definition = self.control.definition(uow, definition_id)
            shown = process_id or definition.key
            if shown not in definition.diagrams:
                raise NotFoundError(
                    f"Processen '{shown}' er ikke en del af versionen. Vælg en anden."
                )
            counted = self._counted(
                uow, definition_id, lambda: self._count_version(uow, definition_id)
            )
            counts = _Counts(definition, counted.counts)
            page = VersionPage(
                load=load,
                others=tuple(
                    each for each in all_of if each.head.key == load.head.key and each is not load
                ),
                process_id=shown,
                processes=tuple(
                    (key, definition.diagrams[key].name, *counts.totals(key))
                    for key in definition.processes
                ),
                diagram_xml=definition.files[f"{shown}.bpmn"].decode(),
                elements=tuple(counts.elements(definition.diagrams[shown], now=self.env.now())),
                counted_at=counted.counted_at,
                sampled=counts.sampled,
                stopped=tuple(
                    self._named(uow, uow.cockpit.stopped(IncidentFilter(load.head.key, limit=10)))
                ),
            )
            uow.commit()
        return page

    def _count_version(self, uow: UnitOfWork, definition_id: int) -> Mapping[str, object]:
        sampled, times = uow.cockpit.durations(definition_id, sample=SAMPLE)
        late = uow.cockpit.count_overdue(definition_id, now=self.env.now())
        return {
            "places": dict(uow.cockpit.count_places(definition_id)),
            "stopped": [
                [element, list(places), number]
                for element, places, number in uow.cockpit.count_stopped(definition_id)
            ],
            "overdue": {
                element: [number, None if oldest is None else oldest.isoformat()]
                for element, (number, oldest) in late.items()
            },
            "times": [[*where, int(median), int(slow)] for *where, median, slow in times],
            "sampled": sampled,
        }

    # ---- stopped cases -----------------------------------------------------------------

    def stopped(self, wanted: IncidentFilter, by: Actor) -> Sequence[StoppedCase]:
        """Return one page of stopped cases."""
        require(by, "incident.read")
        with self.env.uow(by.municipality_id) as uow:
            return self._named(uow, uow.cockpit.stopped(wanted))

    def causes(self, by: Actor) -> Sequence[StopCause]:
        """Return why cases are stopped, the commonest cause first."""
        require(by, "incident.read")
        with self.env.uow(by.municipality_id) as uow:
            return self._named_causes(uow)

    def _named_causes(self, uow: UnitOfWork) -> Sequence[StopCause]:
        newest: dict[str, VersionHead] = {}
        for head in uow.cockpit.versions():
            newest.setdefault(head.key, head)
        return [
            replace(
                each,
                process_name=newest[each.process_key].name,
                element_name=self._name(uow, newest[each.process_key].id, each.element_id),
            )
            for each in uow.cockpit.causes(limit=20)
        ]

    def _named(self, uow: UnitOfWork, cases: Sequence[StoppedCase]) -> list[StoppedCase]:
        """Return stopped cases with the names the diagrams give."""
        return [
            replace(
                each,
                element_name=self._name(uow, each.definition_id, each.incident.element_id or ""),
            )
            for each in cases
        ]

    def _name(self, uow: UnitOfWork, definition_id: int, element_id: str) -> str:
        found = self.control.definition(uow, definition_id).elements.get(element_id)
        return element_id if found is None else found.name or element_id

    def plan_retry(self, incident_ids: Sequence[int], by: Actor) -> RetryPlan:
        """Return what trying again would do; nothing is tried."""
        require(by, "incident.resolve")
        with self.env.uow(by.municipality_id) as uow:
            found = uow.cockpit.stopped_by_id(list(incident_ids)[:MOST_RETRIES])
            cases = self._named(uow, found)
        cannot = [(each, why) for each in cases if (why := _why_not(each))]
        refused = {each.incident.id for each, _ in cannot}
        return RetryPlan(
            tuple(each for each in cases if each.incident.id not in refused), tuple(cannot)
        )

    def retry(self, incident_ids: Sequence[int], by: Actor) -> RetryReport:
        """Try again what stopped, each in a transaction of its own, for as long as a page may take.

        One that fails again is none of the others' business.
        """
        plan = self.plan_retry(incident_ids, by)
        ends = time.monotonic() + SECONDS_OF_RETRYING
        refused = [f"{each.case_number}: {why}" for each, why in plan.cannot]
        tried: list[StoppedCase] = []
        todo = deque(plan.can)
        while todo and (not tried or time.monotonic() < ends):
            each = todo.popleft()
            try:
                self.control.retry(each.incident.id, by)
            except RuleError as error:
                refused.append(f"{each.case_number}: {error}")
            else:
                tried.append(each)
        with self.env.uow(by.municipality_id) as uow:
            again = {each.instance_id for each in uow.processes.incidents()}
            uow.cockpit.forget_counts()
            uow.commit()
        still = sum(each.incident.instance_id in again for each in tried)
        left = tuple(each.incident.id for each in todo)
        return RetryReport(len(tried), still, left, tuple(refused))

    # ---- one instance ------------------------------------------------------------------

    def instance(self, instance_id: int, by: Actor) -> InstancePage:
        """Return one instance, and note who looked."""
        require(by, "cockpit.read")
        with self.env.uow(by.municipality_id) as uow:
            page = InstanceReader(self.control, uow, by).page(instance_id)
            self._audit(uow, by, "instance.read", instance_id)
            if page.is_case_readable and page.instance.case_id:
                uow.audit.add(self._event(by, "instance.read", f"case:{page.instance.case_id}"))
            uow.commit()
        return page

    def pause(self, instance_id: int, reason: str, by: Actor) -> None:
        """Let an instance stand still until somebody says otherwise."""
        require(by, "cockpit.steer")
        why = _given(reason)
        with self.env.uow(by.municipality_id) as uow:
            instance = self._held(uow, instance_id)
            if instance.state is InstanceState.ENDED:
                raise ConflictError("Forløbet er slut og kan ikke sættes på pause.")
            if instance.state is InstanceState.PAUSED:
                raise ConflictError("Forløbet er allerede sat på pause.")
            uow.cockpit.add_pause(
                Pause(self.env.new_id(), instance_id, why, by.user, self.env.now())
            )
            uow.processes.save_instance(replace(instance, state=InstanceState.PAUSED))
            self._audit(uow, by, "instance.pause", instance_id, why)
            uow.cockpit.forget_counts()
            uow.commit()

    def resume(self, instance_id: int, by: Actor) -> None:
        """Let a paused instance go on: what came meanwhile reaches it now."""
        require(by, "cockpit.steer")
        now = self.env.now()
        with self.env.uow(by.municipality_id) as uow:
            instance = self._held(uow, instance_id)
            pause = uow.cockpit.pause_of(instance_id)
            if pause is None or instance.state is not InstanceState.PAUSED:
                raise ConflictError("Forløbet er ikke på pause længere.")
            uow.cockpit.end_pause(replace(pause, resumed_by=by.user, resumed_at=now))
            uow.processes.save_instance(
                replace(instance, state=self._state_beside_pause(uow, instance))
            )
            for token, message, key in uow.cockpit.waited_messages(instance_id):
                early = uow.processes.take_buffered(message, key, now=now)
                if early is not None:
                    uow.outbox.put(
                        message_item(
                            message,
                            key,
                            early,
                            now=now,
                            case_id=instance.case_id,
                            idempotency_key=f"resumed:{pause.id}:{token}",
                        )
                    )
            self._audit(uow, by, "instance.resume", instance_id)
            uow.cockpit.forget_counts()
            uow.commit()
        self.env.wake()

    def _state_beside_pause(self, uow: UnitOfWork, instance: ProcessInstance) -> InstanceState:
        stopped = any(
            each.instance_id == instance.id
            for each in uow.processes.incidents(case_id=instance.case_id or None)
        )
        return InstanceState.INCIDENT if stopped else InstanceState.RUNNING

    def _held(self, uow: UnitOfWork, instance_id: int) -> ProcessInstance:
        return uow.processes.lock_instance(instance_id)

    # ---- moving a token ----------------------------------------------------------------

    def ask_move(self, instance_id: int, token: str, to: str, reason: str, by: Actor) -> TokenMove:
        """Ask that a token is moved; another person answers."""
        require(by, "cockpit.steer")
        why = _given(reason)
        with self.env.uow(by.municipality_id) as uow:
            instance = self._held(uow, instance_id)
            definition = self.control.definition(uow, instance.definition_id)
            standing = () if not instance.blob else carried(definition, instance.blob)
            found = next((each for each in standing if token and each.token == token), None)
            if found is None:
                raise ConflictError(
                    "Forløbet står ikke længere dér. Se det igen, og begynd forfra."
                )
            if to not in dict(found.targets):
                raise RuleError(
                    "Der kan kun flyttes til et trin i samme proces eller delproces. Vælg et andet."
                )
            self._check_way(definition, found.process_id, to)
            if any(
                each.state is MoveState.ASKED and each.token == token
                for each in uow.cockpit.moves(instance_id)
            ):
                raise ConflictError(
                    "Der venter allerede en flytning herfra. Svar på den, eller træk den tilbage."
                )
            move = TokenMove(
                id=self.env.new_id(),
                instance_id=instance_id,
                token=token,
                from_place=f"{found.process_id}/{found.element_id}",
                from_name=_element_name(definition, found.process_id, found.element_id),
                to_place=f"{found.process_id}/{to}",
                to_name=_element_name(definition, found.process_id, to),
                reason=why,
                asked_by=by.user,
                asked_at=self.env.now(),
            )
            uow.cockpit.add_move(move)
            self._audit(uow, by, "token.ask_move", instance_id, f"{_told(move)}: {why}")
            uow.commit()
        return move

    def _check_way(self, definition: Definition, process_id: str, to: str) -> None:
        """Refuse a place from which something could go against the citizen with nobody asked."""
        diagram = definition.diagrams[process_id]
        for node in _until_a_person(diagram, diagram.nodes[to]):
            if node.step and self.env.register.step(node.step).adverse:
                raise RuleError(
                    f"Der kan ikke flyttes til '{diagram.nodes[to].name}': vejen derfra når"
                    f" '{node.name}', der kan gå ud over borgeren, uden at en person har taget"
                    " stilling. Flyt til opgaven før."
                )

    def answer_move(self, move_id: str, by: Actor, *, approved: bool) -> TokenMove:
        """Answer as the second person, and move; a token that has gone on meanwhile is left."""
        require(by, "cockpit.steer")
        now = self.env.now()
        with self.env.uow(by.municipality_id) as uow:
            move = self._asked(uow, move_id)
            if move.asked_by == by.user:
                raise TwoPersonError(
                    "Du har selv bedt om flytningen. En anden skal godkende eller afvise den;"
                    " du kan trække den tilbage."
                )
            state = MoveState.REFUSED
            if approved:
                state = self._moved(uow, move, by)
            answered = replace(move, state=state, answered_by=by.user, answered_at=now)
            uow.cockpit.answer(answered)
            self._audit(uow, by, f"token.{state.value}", move.instance_id, _told(move))
            uow.cockpit.forget_counts()
            uow.commit()
        self.env.wake()
        return answered

    def _moved(self, uow: UnitOfWork, move: TokenMove, by: Actor) -> MoveState:
        instance = uow.processes.lock_instance(move.instance_id)
        definition = self.control.definition(uow, instance.definition_id)
        standing = () if not instance.blob else carried(definition, instance.blob)
        found = next((each for each in standing if each.token == move.token), None)
        if found is None or f"{found.process_id}/{found.element_id}" != move.from_place:
            return MoveState.LAPSED
        for each in uow.processes.incidents(case_id=instance.case_id or None):
            if each.instance_id == instance.id and each.token == move.token:
                uow.processes.resolve_incident(each.id, by=by.user, at=self.env.now())
        if instance.state is InstanceState.INCIDENT:
            instance = replace(instance, state=self._state_beside_pause(uow, instance))
        self.control.steer(uow, instance, move.token, move.to_place.partition("/")[2], by)
        return MoveState.MOVED

    def withdraw_move(self, move_id: str, by: Actor) -> TokenMove:
        """Take back what one has asked for oneself."""
        require(by, "cockpit.steer")
        with self.env.uow(by.municipality_id) as uow:
            move = self._asked(uow, move_id)
            if move.asked_by != by.user:
                raise ConflictError("Kun den, der bad om flytningen, kan trække den tilbage.")
            taken_back = replace(
                move,
                state=MoveState.WITHDRAWN,
                answered_by=by.user,
                answered_at=self.env.now(),
            )
            uow.cockpit.answer(taken_back)
            self._audit(uow, by, "token.withdraw_move", move.instance_id, _told(move))
            uow.commit()
        return taken_back

    def _asked(self, uow: UnitOfWork, move_id: str) -> TokenMove:
        move = uow.cockpit.lock_move(move_id)
        if move.state is not MoveState.ASKED:
            raise ConflictError("Flytningen er allerede besvaret. Se forløbet.")
        return move

    # ---- queues ------------------------------------------------------------------------

    def waiting(self, kind: str, by: Actor, *, process_key: str = "") -> Sequence[WaitingRow]:
        """Return what waits: `jobs`, `running`, `dead`, `timers`, `messages` or `kept`."""
        require(by, "cockpit.read")
        if kind not in QUEUES:
            raise NotFoundError("Listen findes ikke. Vælg en af dem, der står på siden.")
        with self.env.uow(by.municipality_id) as uow:
            rows = uow.cockpit.queue(
                kind, now=self.env.now(), process_key=process_key, limit=LIST_LIMIT
            )
            return [
                replace(each, element_name=self._name(uow, each.definition_id, each.element_id))
                if each.definition_id
                else each
                for each in rows
            ]

    def _audit(
        self, uow: UnitOfWork, by: Actor, action: str, instance_id: int, reason: str = ""
    ) -> None:
        uow.audit.add(self._event(by, action, f"instance:{instance_id}", reason))

    def _event(self, by: Actor, action: str, subject: str, reason: str = "") -> AuditEvent:
        return AuditEvent(self.env.now(), by.user, str(by.role), action, subject, reason)


class _Counts:
    """What was counted of one version, laid out on its diagrams."""

    def __init__(self, definition: Definition, counts: Mapping[str, object]) -> None:
        self.definition = definition
        self.places = cast(Mapping[str, int], counts["places"])
        self.late = cast(Mapping[str, list[Any]], counts["overdue"])
        self.times = {
            (process, element): (visits, median, slow)
            for process, element, visits, median, slow in cast(list[list[Any]], counts["times"])
        }
        self.sampled = cast(int, counts["sampled"])
        self.stopped: dict[str, int] = {}
        for element, places, number in cast(list[list[Any]], counts["stopped"]):
            for place in self._stopped_at(element, places):
                self.stopped[place] = self.stopped.get(place, 0) + number

    def _stopped_at(self, element: str, places: list[str]) -> Iterator[str]:
        """Yield the place of an incident, and the calls that lead to it."""
        at = next((each for each in places if each.endswith(f"/{element}")), "")
        inside = at.partition("/")[0]
        if not inside:
            found = self.definition.elements.get(element)
            inside = "" if found is None else found.process_id
        yield f"{inside}/{element}"
        for place in places:
            process, _, key = place.partition("/")
            node = self.definition.diagrams[process].nodes.get(key)
            if node is not None and node.called and self._reaches(node.called, inside):
                yield place

    def _reaches(self, process: str, wanted: str) -> bool:
        """Tell whether a process is another, or calls it, however deep."""
        if process == wanted:
            return True
        return any(
            self._reaches(node.called, wanted)
            for node in self.definition.diagrams[process].nodes.values()
            if node.called
        )

    def totals(self, process: str) -> tuple[int, int]:
        """Return how many tokens and incidents a diagram has itself, not counting its calls."""
        nodes = self.definition.diagrams[process].nodes
        own = [node for node in nodes.values() if not node.called]
        return (
            sum(self.places.get(f"{process}/{node.id}", 0) for node in own),
            sum(self.stopped.get(f"{process}/{node.id}", 0) for node in own),
        )

    def elements(self, diagram: Diagram, *, now: datetime) -> Iterator[ElementLoad]:
        """Yield the elements of a diagram in the order of its arrows."""
        for node in in_order(diagram):
            place = f"{diagram.id}/{node.id}"
            waiting, stopped = self.places.get(place, 0), self.stopped.get(place, 0)
            shows = node.kind not in GATEWAYS | BOUNDARIES and node.kind is not Kind.START
            if not (shows or waiting or stopped):
                continue
            late, oldest = self.late.get(node.id, (0, None)) if waiting else (0, None)
            oldest_at = None if oldest is None else datetime.fromisoformat(oldest)
            visits, median, slow = self.times.get((diagram.id, node.id), (0, None, None))
            yield ElementLoad(
                process_id=diagram.id,
                element_id=node.id,
                name=node.name or node.id,
                kind=node.kind.value,
                waiting=waiting,
                stopped=stopped,
                overdue=late,
                oldest_at=oldest_at,
                visits=visits,
                median_seconds=median,
                slow_seconds=slow,
                waiting_heat=0 if oldest_at is None else heat(now - oldest_at),
                time_heat=0 if median is None else heat(timedelta(seconds=median)),
            )


def heat(lasted: timedelta) -> int:
    """Return 1 to 4, by how long something takes.

    >>> [heat(timedelta(hours=hours)) for hours in (0, 2, 30, 200)]
    [1, 2, 3, 4]
    """
    return 1 + sum(lasted >= limit for limit in HEATS)


def in_order(diagram: Diagram) -> list[Node]:
    """Return the elements as the arrows lead, the nearest to the start first, then any others."""
    found: dict[str, Node] = {}
    todo = deque([diagram.start])
    while todo:
        node = todo.popleft()
        if node.id in found:
            continue
        found[node.id] = node
        inner = [
            each
            for each in diagram.within(node.id)
            if node.kind is Kind.SUB_PROCESS and each.kind is Kind.START
        ]
        ahead = [diagram.nodes[flow.target] for flow in node.outgoing]
        todo.extend([*inner, *node.boundaries, *ahead])
    return [*found.values(), *(each for key, each in diagram.nodes.items() if key not in found)]


def _until_a_person(diagram: Diagram, first: Node) -> Iterator[Node]:
    """Yield what is reached from an element before a person is asked."""
    seen: set[str] = set()
    todo = [first]
    while todo:
        node = todo.pop()
        if node.id in seen or node.kind is Kind.USER_TASK:
            continue
        seen.add(node.id)
        yield node
        todo += [diagram.nodes[flow.target] for flow in node.outgoing]


def _element_name(definition: Definition, process_id: str, element_id: str) -> str:
    found = definition.element(process_id, element_id)
    return element_id if found is None else found.name or element_id


def _why_not(case: StoppedCase) -> str:
    """Return why a stopped case cannot be tried again; empty when it can."""
    if case.is_paused:
        return "Forløbet er på pause. Sæt det i gang først."
    if case.incident.token is None and case.incident.code == "stuck":
        return "Der er intet trin at prøve igen. Se forløbet, og flyt det i stedet."
    return ""


def _given(reason: str) -> str:
    why = reason.strip()
    if not why:
        raise RuleError("Skriv en grund. Den står i loggen.")
    return why


def _told(move: TokenMove) -> str:
    return f"fra '{move.from_name}' til '{move.to_name}'"


def _queues(counted: Counted) -> QueueCounts:
    return QueueCounts(**cast(dict[str, int], counted.counts["queues"]))
