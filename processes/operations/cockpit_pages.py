"""Answers: what does one instance look like to somebody who keeps it running?

Its path on each diagram it has been in, what its tokens wait for and carry, and its time line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from processes.domain.access import Actor, may
from processes.engine.definitions import Definition
from processes.engine.diagrams import GATEWAYS
from processes.engine.runtime import Place, where_is
from processes.engine.steering import Carried, carried
from processes.operations.control import Control
from processes.ports.cockpit import (
    CourseLine,
    InstancePage,
    MoveState,
    ShownVariable,
    StandingToken,
    TokenMove,
    VersionHead,
    WaitingRow,
)
from processes.ports.records import HistoryEvent, Incident, InstanceState
from processes.ports.stores import UnitOfWork

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""A short word of ours: the answer of a choice, never a name or a number of somebody's."""
OF_THE_CASE = "Hører til sagen. Kræver en rolle med adgang til sager."
OF_A_PROTECTED_CASE = "Sagen er beskyttet."
NAMELESS = {kind.value for kind in GATEWAYS}
"""What only joins ways has no name, and says nothing in a list."""
OWN_WORDS = re.compile(r"[A-Za-z_]\w*")
MOVE_WORDS = {
    MoveState.ASKED: "venter på en anden person",
    MoveState.MOVED: "flyttet",
    MoveState.REFUSED: "afvist",
    MoveState.WITHDRAWN: "trukket tilbage",
    MoveState.LAPSED: "ikke flyttet: forløbet var gået videre",
}


class InstanceReader:
    """Reads one instance for its page."""

    def __init__(self, control: Control, uow: UnitOfWork, by: Actor) -> None:
        self.control = control
        self.uow = uow
        self.by = by

    def page(self, instance_id: int) -> InstancePage:
        """Return everything the page shows."""
        instance, number, is_protected = self.uow.cockpit.instance(instance_id)
        definition = self.control.definition(self.uow, instance.definition_id)
        row = self.uow.definitions.get(instance.definition_id)
        head = VersionHead(
            row.id, row.key, row.version, row.name, row.valid_from, row.deployed_by, row.deployed_at
        )
        readable = may(self.by, "case.read")
        readable = readable and (not is_protected or may(self.by, "protected.read"))
        events = self.uow.processes.history(instance_id)
        incidents = [
            each
            for each in self.uow.processes.incidents(
                open_only=False, case_id=instance.case_id or None
            )
            if each.instance_id == instance_id
        ]
        going_on = bool(instance.blob) and instance.state is not InstanceState.ENDED
        standing = where_is(definition, instance.blob) if going_on else ()
        carries = carried(definition, instance.blob) if going_on else ()
        moves = self.uow.cockpit.moves(instance_id)
        pauses = self.uow.cockpit.pauses(instance_id)
        lines = [
            *_course(definition, events),
            *_stops(definition, incidents),
            *_moves(moves),
        ]
        for pause in pauses:
            lines.append(_by_hand(pause.paused_at, "paused", pause.paused_by, pause.reason))
            if pause.resumed_at is not None:
                lines.append(_by_hand(pause.resumed_at, "resumed", pause.resumed_by or ""))
        waits = self.uow.cockpit.waits_of(instance_id) if going_on else ()
        open_stops = [each for each in incidents if each.resolved_at is None]
        masked = _Mask(
            definition, self.control.env.zone, is_readable=readable, is_protected=is_protected
        )
        return InstancePage(
            instance=instance,
            head=head,
            case_number=number,
            is_case_readable=readable,
            is_protected=is_protected,
            diagrams=tuple(
                (key, definition.diagrams[key].name, definition.files[f"{key}.bpmn"].decode())
                for key in _visited(definition, events, standing)
            ),
            states=_states(events, standing, open_stops),
            tokens=tuple(_tokens(standing, carries, waits, open_stops, masked)),
            line=tuple(sorted(lines, key=lambda each: each.at)),
            incidents=tuple(open_stops),
            pause=next((each for each in pauses if each.resumed_at is None), None),
            moves=tuple(moves),
            names=self.uow.setup.names(self.by.municipality_id),
        )


class _Mask:
    """Decides what a reader sees of what tokens carry."""

    def __init__(
        self, definition: Definition, zone: ZoneInfo, *, is_readable: bool, is_protected: bool
    ) -> None:
        self.zone = zone
        self.is_readable = is_readable
        self.is_protected = is_protected
        self.asked = {
            word
            for diagram in definition.diagrams.values()
            for flow in diagram.flows.values()
            for word in OWN_WORDS.findall(flow.condition or "")
        }

    def shown(self, variables: Mapping[str, object]) -> tuple[ShownVariable, ...]:
        """Return variables by name, hidden where the reader may not see them."""
        return tuple(self._one(name, variables[name]) for name in sorted(variables))

    def _one(self, name: str, value: object) -> ShownVariable:
        if self.is_readable:
            return ShownVariable(name, in_words(value))
        if self.is_protected:
            return ShownVariable(name, "", OF_A_PROTECTED_CASE)
        # What a choice asks about is needed to see why it went that way, and says no more.
        is_word = isinstance(value, str) and CODE.fullmatch(value) is not None
        if name in self.asked and (value is None or isinstance(value, bool) or is_word):
            return ShownVariable(name, in_words(value))
        return ShownVariable(name, "", OF_THE_CASE)


def in_words(value: object) -> str:
    """Write a variable's value.

    >>> in_words(True), in_words(None), in_words([1, 2]), in_words({"a": False})
    ('ja', 'ikke kendt', '1, 2', 'a: nej')
    """
    if value is None:
        return "ikke kendt"
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {in_words(each)}" for key, each in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(in_words(each) for each in value)
    return str(value)


def _visited(
    definition: Definition, events: Sequence[HistoryEvent], standing: Sequence[Place]
) -> list[str]:
    been = {each.process_id for each in events} | {each.process_id for each in standing}
    return [key for key in definition.processes if key in been or key == definition.key]


def _states(
    events: Sequence[HistoryEvent], standing: Sequence[Place], stops: Sequence[Incident]
) -> dict[str, dict[str, str]]:
    """Return by process the state of each element."""
    states: dict[str, dict[str, str]] = {}
    for event in events:
        if event.process_id and event.what in {"completed", "cancelled"}:
            word = "done" if event.what == "completed" else "cancelled"
            states.setdefault(event.process_id, {})[event.element_id] = word
    stopped = {each.element_id for each in stops}
    for place in standing:
        is_stopped = place.incident is not None or place.element_id in stopped
        states.setdefault(place.process_id, {})[place.element_id] = (
            "failed" if is_stopped else "active"
        )
    return states


def _tokens(
    standing: Sequence[Place],
    carries: Sequence[Carried],
    waits: Sequence[WaitingRow],
    stops: Sequence[Incident],
    mask: _Mask,
) -> Iterator[StandingToken]:
    by_token = {each.token: each for each in carries if each.token}
    for place in standing:
        held = by_token.get(place.token or "")
        stop = next((each for each in stops if each.token and each.token == place.token), None)
        yield StandingToken(
            place=f"{place.process_id}/{place.element_id}",
            element_id=place.element_id,
            process_id=place.process_id,
            name=place.name or place.element_id,
            kind=place.kind,
            token=place.token,
            incident=stop.message if stop else place.incident,
            waits_for=tuple(
                _in_words(each, mask.zone) for each in waits if each.token == place.token
            ),
            variables=() if held is None else mask.shown(held.variables),
            targets=() if held is None else held.targets,
        )


def _in_words(row: WaitingRow, zone: ZoneInfo) -> str:
    """Say what a token waits for, moments by the Danish clock."""
    tried = f", prøvet {row.attempts} gange" if row.attempts else ""
    match row.process_key:
        case "job":
            return f"at trinnet '{row.what}' køres af en arbejder{tried}"
        case "message":
            return f"beskeden '{row.what}'"
        case _:
            at = None if row.at is None else row.at.astimezone(zone)
            return "et ur" if at is None else f"uret, der ringer {at:%d.%m.%Y} kl. {at:%H.%M}"


def _course(definition: Definition, events: Sequence[HistoryEvent]) -> Iterator[CourseLine]:
    entered: dict[tuple[str, str], datetime] = {}
    for event in events:
        where = (event.process_id, event.element_id)
        seconds = None
        if event.what == "entered":
            entered[where] = event.at
        elif where in entered:
            seconds = int((event.at - entered.pop(where)).total_seconds())
        element = definition.element(*where)
        if element is not None and element.kind in NAMELESS and not element.name:
            continue
        yield CourseLine(
            at=event.at,
            what=event.what,
            name=event.element_id if element is None else element.name or event.element_id,
            kind=event.element_kind,
            process_id=event.process_id,
            element_id=event.element_id,
            by=event.by or "",
            seconds=seconds,
        )


def _stops(definition: Definition, incidents: Sequence[Incident]) -> Iterator[CourseLine]:
    for each in incidents:
        element = definition.elements.get(each.element_id or "")
        name = "" if element is None else element.name
        process = "" if element is None else element.process_id
        key = each.element_id or ""
        yield CourseLine(each.raised_at, "incident", name, "", process, key, detail=each.message)
        if each.resolved_at is not None:
            yield CourseLine(
                each.resolved_at, "resolved", name, "", process, key, each.resolved_by or ""
            )


def _moves(moves: Sequence[TokenMove]) -> Iterator[CourseLine]:
    for each in moves:
        what = f"Fra {each.from_name} til {each.to_name}. {each.reason}"
        yield _by_hand(each.asked_at, "move_asked", each.asked_by, what)
        if each.answered_at is not None:
            yield _by_hand(
                each.answered_at, "move_answered", each.answered_by or "", MOVE_WORDS[each.state]
            )


def _by_hand(at: datetime, what: str, by: str, detail: str = "") -> CourseLine:
    return CourseLine(at, what, "", "", "", "", by, detail)
