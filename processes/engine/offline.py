"""Answers: what do the gate and the engine say of these files, with no server and no database?

The inside of `./ky bpmn` and `./ky dmn`: one JSON line a file, an error in a line too. It judges
files that anybody may have drawn, so `app.local.models` runs it in a process of its own; the
limits it sets for itself come first, before a file is opened.
"""

from __future__ import annotations

import json
import os
import re
import resource
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NoReturn

from processes.domain.errors import CoreError, RuleError
from processes.engine.cases import FAILED, PASSED, REFUSED, run_folder
from processes.engine.decisions import parse_model
from processes.engine.definitions import Definition, parse_bundle
from processes.engine.effects import (
    Advanced,
    Await,
    Effect,
    Ended,
    OpenTask,
    RaiseIncident,
    Record,
    RunStep,
    SetTimer,
    Start,
    Withdraw,
)
from processes.engine.findings import ERROR, MAX_BYTES, DeploymentError, Finding
from processes.engine.lint import HOUSE, Catalogue, lint, registered
from processes.engine.reading import read_diagram
from processes.engine.runtime import advance
from processes.engine.tables import DecisionTable, parse_table

CPU_SECONDS = 7
MEMORY = 1 << 30
BEHIND = 15
"""How far a judging process stands behind those that work on cases."""
MAX_FINDINGS = 2_000
MAX_SHOWN = 300
MAX_PATH = 2_000
NEIGHBOUR = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,80}")
"""What a called process or a table may be called to be looked for beside a file."""

Line = dict[str, object]


class UsageError(RuleError):
    """The command was called in a way it does not know (forkert kald)."""


def step_back() -> None:
    """Let everybody else's work go first: whoever judges a file has nobody waiting in a queue."""
    os.nice(BEHIND)


def limit() -> None:
    """Give up processor time and memory that no honest file needs."""
    step_back()
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


# ---- files ---------------------------------------------------------------------------------


def content_of(file: str) -> bytes:
    """Read a file that may be missing, endless, or no file at all."""
    path = Path(file)
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise _unreadable(file, "file.kind", "Det er ikke en fil.", "Angiv en fil.")
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "ugyldigt navn"
        raise _unreadable(
            file, "file.unreadable", f"Filen kan ikke læses ({reason}).",
            "Ret stien, eller giv adgang til filen.",
        ) from error  # fmt: skip


def _unreadable(file: str, rule: str, message: str, way_out: str) -> DeploymentError:
    return DeploymentError([Finding(file, file, rule, ERROR, message, way_out)])


class Shelf:
    """The files given, and those beside them that they name."""

    def __init__(self, given: list[str]) -> None:
        self.given = {Path(file).name: file for file in given}

    def find(self, name: str, suffix: str, beside: str) -> tuple[str, bytes] | None:
        """Return a called process or a table, by its id."""
        if not NEIGHBOUR.fullmatch(name):
            return None
        folder = Path(beside).parent
        places = [folder, folder.parent / "decisions", folder.parent / "processes"]
        candidates = [self.given.get(name + suffix), *(str(p / (name + suffix)) for p in places)]
        for candidate in candidates:
            if candidate is not None and Path(candidate).is_file():
                return candidate, content_of(candidate)
        return None

    def bundle(self, file: str, content: bytes) -> dict[str, bytes]:
        """Return a diagram with the processes it calls and the tables it looks up."""
        files = {file: content}
        todo = [(file, content)]
        while todo:
            here, text = todo.pop()
            for name, suffix in _named(here, text):
                found = self.find(name, suffix, here)
                if found is not None and found[0] not in files:
                    files[found[0]] = found[1]
                    todo += [found] if suffix == ".bpmn" else []
        return files


def _named(file: str, content: bytes) -> Iterator[tuple[str, str]]:
    try:
        diagram = read_diagram(file, content)
    except DeploymentError:
        return  # its findings are told where the file itself is judged
    for node in diagram.nodes.values():
        if node.called:
            yield node.called, ".bpmn"
        if node.decision:
            yield node.decision, ".dmn"


# ---- what is said --------------------------------------------------------------------------


def shown(text: str) -> str:
    """Cut a text that a file brought along, so that no line grows without end."""
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def as_line(finding: Finding) -> Line:
    """Return a finding as the commands print it."""
    return {
        "id": finding.id,
        "element": shown(finding.element),
        "message": shown(finding.message),
        "way_out": shown(finding.way_out),
        "rule": finding.id,
        "severity": "warning" if finding.id in HOUSE else finding.level,
    }


def stopping(findings: list[Finding]) -> list[Finding]:
    """Return what the engine cannot run, or must not, whoever drew it."""
    return [each for each in findings if each.level == ERROR and each.id not in HOUSE]


def verdict(file: str, findings: list[Finding]) -> Line:
    """Return the line of a file that has been judged."""
    return {
        "file": file,
        "accepted": not stopping(findings),
        "deployable": not any(each.level == ERROR for each in findings),
        "findings": [as_line(each) for each in findings[:MAX_FINDINGS]],
    }


# ---- bpmn ----------------------------------------------------------------------------------


def check_diagram(file: str, shelf: Shelf) -> Line:
    """Judge one diagram as a deployment would, with what it calls."""
    content = content_of(file)
    files = shelf.bundle(file, content)
    # A name without its ending would be passed over as neither diagram nor table.
    as_drawn = {_as(name, ".bpmn", file): text for name, text in files.items()}
    found = lint(as_drawn, registered())
    here = _as(file, ".bpmn", file)
    mine = [each for each in found if each.file == here]
    others = {each.file for each in stopping(found)} - {here}
    mine += [
        Finding(
            file, file, "call.refused", ERROR, f"'{other}', som processen bruger, har selv fejl.",
            f"Kør ./ky bpmn check {other}.",
        )
        for other in sorted(others)
    ]  # fmt: skip
    return verdict(file, mine)


def _as(name: str, suffix: str, only: str) -> str:
    return name if name != only or name.endswith(suffix) else name + suffix


def run_diagram(file: str, shelf: Shelf, data: Mapping[str, object]) -> Line:
    """Start an instance of one diagram, and tell how far it goes by itself."""
    content = content_of(file)
    files = {_as(name, ".bpmn", file): text for name, text in shelf.bundle(file, content).items()}
    here = _as(file, ".bpmn", file)
    found = lint(files, registered())
    diagram = read_diagram(here, content)
    if stopping(found):
        refused: Line = {"file": file, "status": "refused", "path": [], "waiting": []}
        lines = [as_line(each) for each in stopping(found)[:MAX_FINDINGS]]
        return {**refused, "incident": None, "findings": lines}
    definition = parse_bundle(files, key=diagram.id, draft=True)
    tables = {
        table.id: table
        for name, text in files.items()
        if name.endswith(".dmn")
        for table in [parse_table(text, file=name)]
    }
    return {"file": file, **_run(definition, tables, data)}


def _run(
    definition: Definition, tables: Mapping[str, DecisionTable], data: Mapping[str, object]
) -> Line:
    try:
        now = datetime.now(UTC)  # noqa: TID251 – an entry of its own: no case, and so no clock
        done = advance(definition, None, Start(data), now, tables=tables)
    except CoreError as error:
        incident: Line = {"code": "data", "element": None, "message": shown(str(error))}
        return {"status": "incident", "path": [], "waiting": [], "incident": incident}
    incidents = [each for each in done.effects if isinstance(each, RaiseIncident)]
    waiting = list(_waiting(definition, done))
    status = "incident" if incidents else "ended" if done.ended else "waiting"
    ended = next((each for each in done.effects if isinstance(each, Ended)), None)
    return {
        "status": status,
        "path": list(_path(done))[:MAX_PATH],
        "waiting": waiting,
        "incident": None if not incidents else _incident(incidents[0]),
        "end": None if ended is None else ended.element_id,
        "data": None if ended is None else ended.variables,
    }


def _incident(incident: RaiseIncident) -> Line:
    message = shown(incident.message)
    return {"code": incident.code, "element": incident.element_id, "message": message}


def _path(done: Advanced) -> Iterator[str]:
    """Yield the elements in the order they were reached."""
    entered: dict[str, int] = {}
    for each in done.effects:
        if not isinstance(each, Record):
            continue
        if each.what == "entered":
            entered[each.element_id] = entered.get(each.element_id, 0) + 1
            yield each.element_id
        elif each.what == "completed":
            if entered.get(each.element_id):
                entered[each.element_id] -= 1
            else:
                yield each.element_id


def _waiting(definition: Definition, done: Advanced) -> Iterator[Line]:
    gone = {each.token for each in done.effects if isinstance(each, Withdraw)}
    for each in done.effects:
        if isinstance(each, (OpenTask, RunStep, SetTimer, Await)) and each.token not in gone:
            element = definition.elements.get(each.element_id)
            yield {
                "element": each.element_id,
                "name": "" if element is None else element.name,
                "kind": "" if element is None else element.kind,
                **_wanted(each),
            }


def _wanted(effect: Effect) -> Line:
    match effect:
        case OpenTask(form_key=form_key, role=role, due=due):
            return {"form": form_key, "role": role, "due": due}
        case RunStep(step=step, arguments=arguments):
            return {"step": step, "arguments": dict(arguments)}
        case SetTimer(due_at=due_at):
            return {"due": due_at.isoformat()}
        case Await(message=message, key=key):
            return {"message": message, "key": key}
        case _:
            return {}


# ---- dmn -----------------------------------------------------------------------------------


def check_table(file: str) -> Line:
    """Judge a DMN file: as a table for a process, or else as a model of decisions."""
    content = content_of(file)
    here = _as(file, ".dmn", file)
    found = lint({here: content}, Catalogue())
    found = [each for each in found if each.id != "decision.unused"]
    if not stopping(found):
        return verdict(file, found)
    # No process can look it up as it is; is it sound as a model all the same?
    model = verdict(file, parse_model(content, file=here).findings)
    return {**model, "deployable": False, "table_findings": [as_line(each) for each in found]}


def test_tables(folder: str) -> Line:
    """Run the test cases of a folder."""
    outcomes = list(run_folder(Path(folder)))
    by_result = {
        result: [each.name for each in outcomes if each.result == result]
        for result in (PASSED, FAILED, REFUSED)
    }
    return {
        "folder": folder,
        **by_result,
        "counts": {result: len(names) for result, names in by_result.items()},
        "why": {each.name: shown(each.why) for each in outcomes if each.why},
    }


# ---- the command ---------------------------------------------------------------------------


def say(line: Line) -> None:
    """Print one line, at once: whoever waits must know how far it came."""
    sys.stdout.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def safely(file: str, act: Callable[[], Line]) -> Line:
    """Judge one file; whatever happens there is a line like any other."""
    try:
        return act()
    except DeploymentError as error:
        return verdict(file, list(error.findings))
    except (MemoryError, RecursionError):
        return verdict(file, [too_much(file)])
    except Exception as error:  # a file nobody has foreseen is refused too, in words
        finding = Finding(
            file, file, "check.failed", ERROR,
            f"Filen kunne ikke bedømmes ({type(error).__name__}).",
            "Send filen til dem, der vedligeholder systemet; den tages ikke i brug imens.",
        )  # fmt: skip
        return verdict(file, [finding])


def too_much(file: str) -> Finding:
    """Return what is said of a file that takes more than any honest one."""
    return Finding(
        file, file, "check.limits", ERROR,
        "Filen bruger mere tid eller hukommelse, end en kontrol må.",
        "Del den op, eller fjern det, der gentages eller er indlejret meget dybt.",
    )  # fmt: skip


def data_of(text: str) -> dict[str, object]:
    """Read the variables an instance starts with."""

    def refuse(constant: str) -> NoReturn:
        raise ValueError(constant)

    try:
        data = json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise UsageError("--data er ikke gyldig JSON.") from error
    if not isinstance(data, dict):
        raise UsageError("--data skal være et objekt, fx '{\"alder\": 17}'.")
    return data


def main(arguments: list[str]) -> int:
    """Do one command; `app.local.models` has read what the user wrote."""
    command, *rest = arguments
    if command == "bpmn run":
        data = data_of(rest.pop(0))
        shelf = Shelf(rest)
        line = safely(rest[0], lambda: run_diagram(rest[0], shelf, data))
        line.setdefault("status", "refused")
        say(line)
        return 0
    shelf = Shelf(rest)
    for file in rest:
        say(safely(file, partial(_ACTS[command], file, shelf)))
    return 0


_ACTS: Mapping[str, Callable[[str, Shelf], Line]] = {
    "bpmn check": check_diagram,
    "dmn check": lambda file, _shelf: check_table(file),
    "dmn test": lambda file, _shelf: test_tables(file),
}


if __name__ == "__main__":
    limit()
    raise SystemExit(main(sys.argv[1:]))
