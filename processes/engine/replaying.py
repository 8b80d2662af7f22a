"""Answers: how would recorded cases go through another version of their process?

A case is run as it was: its start, its answers and how long each took, in a throw-away instance
whose clock jumps from one event to the next. Clocks on the diagram ring by the diagram that is
tried, so a shorter deadline rings in time. An answer nobody has given is taken from cases that
have one, and told; a place nobody has an answer for is where the case is followed to, and no
further. Nothing is read, written or sent: a step is its recorded answer.

`python -m processes.engine.replaying` does it for a worker, in a process with limits of its own.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from processes.domain.errors import CoreError
from processes.domain.money import Money
from processes.engine.definitions import Definition, parse_bundle
from processes.engine.diagrams import BOUNDARIES, Kind, Node
from processes.engine.effects import (
    Advanced,
    Await,
    Ended,
    MessageArrived,
    OpenTask,
    RaiseIncident,
    Record,
    RunStep,
    SetTimer,
    Start,
    StepDone,
    StepFailed,
    TaskCompleted,
    TimerFired,
    Trigger,
    Withdraw,
)
from processes.engine.findings import DeploymentError
from processes.engine.runtime import advance
from processes.engine.tables import DecisionTable, parse_table
from processes.ports.tryout_json import case_out, request_in
from processes.ports.tryouts import Bench, Harm, Recording, TriedCase, TriedCourse

MAX_TRIGGERS = 500
MAX_SECONDS = 3.0
"""Processor time of one case through one version."""
CPU_SECONDS = 45
MEMORY = 1 << 30
FARTHEST = timedelta(days=1_200)
"""How long after it began a closed case is followed."""
AGAINST = {"afslag", "delvis"}
SHOWN = {
    Kind.USER_TASK.value,
    Kind.SERVICE_TASK.value,
    Kind.RECEIVE.value,
    Kind.CATCH_MESSAGE.value,
    Kind.END.value,
}
"""What two courses are compared by."""
NOT_PATH = {Kind.START.value, *(k.value for k in (Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE))}


@dataclass(frozen=True)
class Given:
    """One answer that was given (svar)."""

    result: Mapping[str, object]
    seconds: float
    at: datetime
    error: str = ""
    """The code a step ended in."""


@dataclass
class Script:
    """What was answered in one case, by place and by what was asked (manuskript)."""

    by_place: dict[str, deque[Given]] = field(default_factory=dict)
    by_key: dict[str, list[Given]] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    """Places that were reached and never answered: they still stand, or were given up."""

    last: dict[str, Given] = field(default_factory=dict)

    def take(self, place: str, key: str) -> Given | None:
        """Return the next answer at a place, or else the last one there or to the question."""
        waiting = self.by_place.get(place)
        if waiting:
            self.last[place] = waiting.popleft()
            return self.last[place]
        if place in self.unanswered:
            return None
        said = self.by_key.get(key)
        return self.last.get(place) or (said[-1] if said else None)


@dataclass(frozen=True)
class Usual:
    """What is usually answered (almindeligt svar), by what is asked."""

    answers: Mapping[str, Given]

    @staticmethod
    def of(scripts: Sequence[Script]) -> Usual:
        """Return the commonest answer to each question, and how long it usually takes."""
        answers: dict[str, Given] = {}
        for key in {key for script in scripts for key in script.by_key}:
            said = [each for script in scripts for each in script.by_key.get(key, ())]
            texts = Counter(json.dumps(each.result, sort_keys=True) for each in said)
            commonest = texts.most_common(1)[0][0]
            example = next(x for x in said if json.dumps(x.result, sort_keys=True) == commonest)
            seconds = statistics.median(each.seconds for each in said)
            answers[key] = Given(example.result, seconds, example.at)
        return Usual(answers)


def key_of(node: Node) -> str:
    """Return what an element asks, whatever it is called."""
    if node.kind is Kind.USER_TASK:
        return f"form:{node.form_key}"
    if node.kind is Kind.SERVICE_TASK:
        return f"step:{node.step}"
    return f"message:{node.message}" if node.message else ""


def script_of(recording: Recording, *versions: Definition) -> Script:
    """Read a recording as answers; `versions` tell what its elements ask."""
    script = Script()
    entered: dict[str, deque[datetime]] = {}
    errors = _errors(recording, versions)
    for event in recording.events:
        place = f"{event['process']}/{event['element']}"
        at = datetime.fromisoformat(str(event["at"]))
        if event["what"] == "entered":
            entered.setdefault(place, deque()).append(at)
            continue
        if event["what"] not in {"completed", "cancelled"}:
            continue
        began = entered.get(place)
        since = began.popleft() if began else at
        node = _node(place, versions)
        error = errors.get((place, str(event["at"])), "")
        if event["what"] == "cancelled" and not error:
            script.unanswered.add(place)
        elif node is not None and key_of(node):
            given = Given(_variables(event["result"]), (at - since).total_seconds(), at, error)
            script.by_place.setdefault(place, deque()).append(given)
            script.by_key.setdefault(key_of(node), []).append(given)
    script.unanswered |= {place for place, since in entered.items() if since}
    return script


def _variables(result: object) -> Mapping[str, object]:
    return dict(result) if isinstance(result, Mapping) else {}


def _node(place: str, versions: Sequence[Definition]) -> Node | None:
    process, _, element = place.partition("/")
    for version in versions:
        diagram = version.diagrams.get(process)
        if diagram is not None and element in diagram.nodes:
            return diagram.nodes[element]
    return None


def _errors(recording: Recording, versions: Sequence[Definition]) -> dict[tuple[str, str], str]:
    """Return where a step was ended by an error on its edge, and with which code."""
    found = {}
    for event in recording.events:
        if event["kind"] == Kind.ON_ERROR.value and event["what"] == "completed":
            node = _node(f"{event['process']}/{event['element']}", versions)
            if node is not None and node.error_code:
                host = f"{event['process']}/{node.attached_to}"
                found[host, str(event["at"])] = node.error_code
    return found


# ---- one case through one version --------------------------------------------------------------


@dataclass
class _Want:
    effect: OpenTask | RunStep | SetTimer | Await
    at: datetime | None
    """When it is answered; None when it never is."""
    given: Given | None
    number: int


class Replay:
    """One recorded case through one version (gennemløb)."""

    def __init__(
        self,
        definition: Definition,
        tables: Mapping[str, DecisionTable],
        recording: Recording,
        *,
        script: Script,
        usual: Usual,
        bench: Bench,
    ) -> None:
        self.definition = definition
        self.tables = tables
        self.recording = recording
        self.script = script
        self.usual = usual
        self.bench = bench
        self.until = bench.until if recording.ended_at is None else recording.started_at + FARTHEST
        self.now = recording.started_at
        self.wants: dict[str, _Want] = {}
        self.count = 0
        self.path: list[str] = []
        self.tasks: Counter[str] = Counter()
        self.assumed: list[str] = []
        self.is_guessing = False
        """Whether an answer nobody has ever given was passed over."""
        self.decision = ""
        self.amount: Money | None = None
        self.outcome = ""
        self.people = 0
        self.against = self.heard = self.by_person = False
        self.ended: Ended | None = None
        self.stop: RaiseIncident | None = None

    def run(self) -> TriedCourse:
        """Follow the case to where it ends, waits, stops, or is not known any more."""
        began = time.thread_time()
        state: bytes | None = None
        trigger: Trigger = Start(self.recording.start, seed=str(self.recording.instance_id))
        for _ in range(MAX_TRIGGERS):
            try:
                done = advance(self.definition, state, trigger, self.now, tables=self.tables)
            except CoreError as error:
                return self._course("stopped", why=str(error))
            state = done.state
            self._absorb(done)
            if self.ended is not None:
                return self._course("ended")
            if self.stop is not None:
                return self._course("unknown" if self.is_guessing else "stopped")
            following = self._next()
            if following is None:
                return self._course(self._standing())
            if time.thread_time() - began > MAX_SECONDS:
                break
            trigger = following
        why = (
            f"Sagen nåede {MAX_TRIGGERS} hændelser eller {MAX_SECONDS:g} sekunder uden at blive"
            " færdig. Se, om diagrammet går i ring."
        )
        return self._course("stopped", why=why)

    def _absorb(self, done: Advanced) -> None:
        for effect in done.effects:
            match effect:
                case OpenTask() | RunStep() | SetTimer() | Await():
                    self._want(effect)
                case Withdraw(token):
                    self.wants.pop(token, None)
                case Record() if effect.what == "completed" and effect.element_kind not in NOT_PATH:
                    self.path.append(f"{effect.process_id}/{effect.element_id}")
                case RaiseIncident():
                    self.stop = self.stop or effect
                case Ended():
                    self.ended = effect
                case _:
                    pass

    def _want(self, effect: OpenTask | RunStep | SetTimer | Await) -> None:
        self.count += 1
        given: Given | None = None
        at: datetime | None = None
        if isinstance(effect, SetTimer):
            at = effect.due_at
        elif isinstance(effect, Await):
            given, at = self._heard(effect)
        else:
            key = (
                f"form:{effect.form_key}" if isinstance(effect, OpenTask) else f"step:{effect.step}"
            )
            given = self._answered(effect.element_id, key) or self._usual(effect.element_id, key)
            if isinstance(effect, OpenTask):
                self.tasks[effect.name] += 1
            if given is not None:
                at = self.now + timedelta(seconds=given.seconds)
        self.wants[effect.token] = _Want(effect, at, given, self.count)

    def _heard(self, effect: Await) -> tuple[Given | None, datetime | None]:
        """Return the message that came, and when; the world's own events come when they came."""
        place = self._place(effect.element_id)
        node = _node(place, [self.definition])
        if node is None or node.kind is Kind.ON_MESSAGE:
            came = self.script.by_place.get(place)
            given = came.popleft() if came else None
            return given, None if given is None else max(self.now, given.at)
        given = self.script.take(place, f"message:{effect.message}")
        return given, None if given is None else self.now + timedelta(seconds=given.seconds)

    def _place(self, element_id: str) -> str:
        """Return where an element is; two processes may have one of the same id."""
        for place in (f"{process}/{element_id}" for process in self.definition.processes):
            if place in self.script.by_place or place in self.script.unanswered:
                return place
        found = self.definition.elements.get(element_id)
        return f"{'' if found is None else found.process_id}/{element_id}"

    def _answered(self, element_id: str, key: str) -> Given | None:
        return self.script.take(self._place(element_id), key)

    def _usual(self, element_id: str, key: str) -> Given | None:
        """Return what others answered, unless this case is known to have none here."""
        if self._place(element_id) in self.script.unanswered:
            return None
        self.assumed.append(element_id)
        known = self.usual.answers.get(key)
        if known is None:
            self.is_guessing = True
            return Given({}, 0, self.now)
        return known

    def _next(self) -> Trigger | None:
        """Return what happens next, and let the clock jump there."""
        ready = [each for each in self.wants.values() if each.at is not None]
        if not ready:
            return None
        want = min(ready, key=lambda each: (each.at or self.now, each.number))
        at = want.at or self.now
        if at > self.until:
            return None
        self.now = max(self.now, at)
        del self.wants[want.effect.token]
        return self._trigger(want)

    def _trigger(self, want: _Want) -> Trigger:
        result = {} if want.given is None else want.given.result
        match want.effect:
            case SetTimer(token=token):
                return TimerFired(token)
            case Await(token=token):
                return MessageArrived(token, result)
            case OpenTask(token=token):
                self.people += 1
                return TaskCompleted(token, result, "prøve")
            case RunStep(token=token, step=step):
                if want.given is not None and want.given.error:
                    return StepFailed(token, want.given.error)
                self._note_step(step, result)
                return StepDone(token, result)

    def _note_step(self, step: str, result: Mapping[str, object]) -> None:
        """Remember what a step meant for the citizen."""
        self.heard = self.heard or step.startswith("hearings.")
        decided = result.get("decision_id")
        if isinstance(decided, str):
            known = self.recording.decisions.get(decided)
            self.decision, self.amount = known or (str(result.get("outcome") or "unknown"), None)
        outcome = self.decision or str(result.get("outcome") or "")
        if self.bench.steps.get(step) and outcome != "bevilget":
            self.against = True
            self.by_person = self.people > 0

    def _standing(self) -> str:
        """Tell whether it waits for somebody, or nobody knows what comes next."""
        return "unknown" if self.is_guessing else "waiting"

    def _course(self, how: str, *, why: str = "") -> TriedCourse:
        end = self._end()
        node = self.definition.elements.get(end)
        return TriedCourse(
            end=end or "-",
            end_name=end if node is None else node.name or end,
            how=how,
            path=tuple(self.path),
            tasks=dict(self.tasks),
            decision=self.decision,
            amount=self.amount,
            assumed=tuple(dict.fromkeys(self.assumed)),
            why=why or ("" if self.stop is None else self.stop.message),
            is_against=self.against,
            is_heard=self.heard,
            is_by_person=self.by_person,
        )

    def _end(self) -> str:
        if self.ended is not None:
            return self.ended.element_id
        if self.stop is not None and self.stop.element_id:
            return self.stop.element_id
        stands = sorted(self.wants.values(), key=self._rank)
        return stands[0].effect.element_id if stands else ""

    def _rank(self, want: _Want) -> tuple[bool, bool, int]:
        """Sort what is waited for: people's tasks first, what only listens on an edge last."""
        node = _node(self._place(want.effect.element_id), [self.definition])
        on_edge = node is not None and node.kind in BOUNDARIES
        return on_edge, not isinstance(want.effect, OpenTask), want.number


# ---- both, compared ----------------------------------------------------------------------------


def try_cases(bench: Bench, recordings: Sequence[Recording]) -> Iterator[TriedCase]:
    """Yield how each case goes through both versions."""
    today, draft = (
        parse_bundle(files, key=bench.process_key, draft=True)
        for files in (bench.today, bench.draft)
    )
    tables = [_tables(files) for files in (bench.today, bench.draft)]
    usual = Usual.of([script_of(each, today, draft) for each in recordings])
    for recording in recordings:
        courses = [
            Replay(
                version,
                known,
                recording,
                script=script_of(recording, today, draft),
                usual=usual,
                bench=bench,
            ).run()
            for version, known in zip((today, draft), tables, strict=True)
        ]
        yield TriedCase(
            instance_id=recording.instance_id,
            case_id=recording.case_id,
            case_number=recording.case_number,
            today=courses[0],
            draft=courses[1],
            is_as_recorded=_is_as_recorded(recording, courses[0], today),
            harms=tuple(_harms(*courses)),
        )


def _tables(files: Mapping[str, bytes]) -> dict[str, DecisionTable]:
    return {
        table.id: table
        for name, content in sorted(files.items())
        if name.endswith(".dmn")
        for table in [parse_table(content, file=name)]
    }


def _is_as_recorded(recording: Recording, course: TriedCourse, today: Definition) -> bool:
    """Tell whether the same was done as often as it really was."""
    really = Counter(
        f"{event['process']}/{event['element']}"
        for event in recording.events
        if event["what"] == "completed" and event["kind"] in SHOWN
    )
    kinds = {
        f"{key}/{node.id}": node.kind.value
        for key in today.processes
        for node in today.diagrams[key].nodes.values()
    }
    tried = Counter(place for place in course.path if kinds.get(place) in SHOWN)
    return really == tried


def _harms(today: TriedCourse, draft: TriedCourse) -> Iterator[Harm]:
    if draft.how == "stopped" and today.how != "stopped":
        yield Harm.STOPS
    if draft.is_against and not draft.is_heard and (today.is_heard or not today.is_against):
        yield Harm.UNHEARD
    if draft.is_against and not draft.is_by_person:
        yield Harm.NOBODY
    if today.decision and not draft.decision and draft.how == "ended":
        yield Harm.UNDECIDED


# ---- the child ---------------------------------------------------------------------------------


def limit() -> None:
    """Give up what no honest draft needs; what goes on takes the process, and not the worker."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> int:
    """Read what is to be run; print a line a case, as soon as it is known."""
    said: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    bench, recordings = request_in(said)
    try:
        for case in try_cases(bench, recordings):
            _say(case_out(case))
    except DeploymentError as error:
        first = error.findings[0]
        _say({"refused": f"{first.message} {first.way_out}"})
    except CoreError as error:
        _say({"refused": str(error)})
    return 0


def _say(line: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    limit()
    raise SystemExit(main())
