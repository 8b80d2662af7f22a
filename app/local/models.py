"""Answers: how are diagrams and tables that anybody may have drawn judged without harm?

`./ky bpmn check|run` and `./ky dmn check|test`. Each call has a child process with limits of its
own, and an end after a few seconds: the child may be lost, the answer never is. What the answer
says is `processes.engine.offline`.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.local.places import ROOT

MODULE = "processes.engine.offline"
WALL_SECONDS = 8.0
"""With the start of this program it stays below the ten seconds that are promised."""
LEAST_SECONDS = 1.5
USAGE_ERROR = 2
MOST_DATA = 100_000

USAGE = {
    "bpmn": (
        "Brug: ./ky bpmn check FIL…            én linje JSON for hver fil; 1, når en afvises\n"
        "      ./ky bpmn run FIL [--data JSON]  kør det, til det venter, ender eller standser\n"
        "      --deployed                       tag det, der er i brug, fra databasen: alt, eller\n"
        "                                       de processer, der nævnes ved deres id"
    ),
    "dmn": (
        "Brug: ./ky dmn check FIL…   én linje JSON for hver fil; 1, når en afvises\n"
        "      ./ky dmn test MAPPE   kør prøver i DMN TCK's format; 1, når en fejler"
    ),
}

Line = dict[str, object]


def bpmn(arguments: list[str]) -> int:
    """Check or run diagrams; 0 is good, 1 is refused or an incident, 2 a wrong call."""
    if "--deployed" in arguments:
        return _deployed([each for each in arguments if each != "--deployed"])
    match arguments:
        case ["check", *files] if files and not _options(files):
            return _check("bpmn check", files)
        case ["run", *rest]:
            return _run(rest)
        case _:
            return _usage("bpmn")


def _deployed(arguments: list[str]) -> int:
    """Do the same with what is in use, named by process id instead of by file."""
    command, *words = arguments or [""]
    data = words.index("--data") if "--data" in words else len(words)
    keys, options = tuple(words[:data]), words[data:]
    if command not in {"check", "run"} or (command == "run" and len(keys) != 1):
        return _usage("bpmn")
    # By name, and only now: a file is judged without loading everything that talks to a database.
    copier = importlib.import_module("app.local.deployed")
    with tempfile.TemporaryDirectory(prefix="ky-deployed-") as folder:
        files = copier.copy_deployed(Path(folder), keys)
        if isinstance(files, str):
            return _usage("bpmn", files)
        paths = [str(Path(folder) / name) for name in files]
        if command == "check":
            return _check("bpmn check", paths)
        return _run([f"{folder}/{keys[0]}.bpmn", *options])


def dmn(arguments: list[str]) -> int:
    """Check tables, or run test cases; 0 is good, 1 is refused or failed, 2 a wrong call."""
    match arguments:
        case ["check", *files] if files and not _options(files):
            return _check("dmn check", files)
        case ["test", folder] if not _options([folder]):
            return _test(folder)
        case _:
            return _usage("dmn")


def _options(words: list[str]) -> bool:
    return any(word.startswith("--") for word in words)


def _usage(what: str, because: str = "") -> int:
    sys.stderr.write(f"{because}\n{USAGE[what]}\n".lstrip("\n"))
    return USAGE_ERROR


# ---- the commands --------------------------------------------------------------------------


def _check(command: str, files: list[str]) -> int:
    ends = time.monotonic() + WALL_SECONDS
    todo, accepted = list(files), True
    while todo:
        left = ends - time.monotonic()
        lines = [] if left < LEAST_SECONDS else _ask([command, *todo], left)
        for line in lines:
            accepted &= line.get("accepted") is True
            _say(line)
        todo = todo[len(lines) :]
        if todo:  # the child was lost at this file; the others are still to be judged
            accepted = False
            _say(_refusal(todo.pop(0), in_time=left >= LEAST_SECONDS))
    return 0 if accepted else 1


def _run(words: list[str]) -> int:
    data = "{}"
    if "--data" in words:
        at = words.index("--data")
        if at + 1 == len(words):
            return _usage("bpmn", "Efter --data skal der stå et JSON-objekt.")
        data = words.pop(at + 1)
        words.pop(at)
    if not words or _options(words):
        return _usage("bpmn")
    if problem := _problem_of(data):
        return _usage("bpmn", problem)
    lines = _ask(["bpmn run", data, *words], WALL_SECONDS)
    line = lines[0] if lines else _refusal(words[0])
    empty: Line = {"file": words[0], "status": "refused", "path": [], "waiting": []}
    line = {**empty, "incident": None, **line}
    _say(line)
    return 0 if line["status"] in {"ended", "waiting"} else 1


def _problem_of(data: str) -> str:
    if len(data.encode()) > MOST_DATA:
        return f"--data må højst fylde {MOST_DATA} byte."
    try:
        read = json.loads(data)
    except (ValueError, RecursionError):
        return "--data er ikke gyldig JSON. Skriv fx --data '{\"alder\": 17}'."
    return "" if isinstance(read, dict) else "--data skal være et JSON-objekt."


def _test(folder: str) -> int:
    if not (_called_from() / folder).is_dir():
        return _usage("dmn", f"Mappen '{folder}' findes ikke.")
    lines = _ask(["dmn test", folder], WALL_SECONDS)
    if not lines:
        _say(_refusal(folder))
        return 1
    _say(lines[0])
    return 0 if lines[0].get("failed") == [] and lines[0].get("passed") else 1


def _called_from() -> Path:
    """Return the folder in which the user stands; `ky` itself works in the project's."""
    return Path(os.environ.get("KY_CALLED_FROM", "."))


# ---- the child -----------------------------------------------------------------------------


def _ask(arguments: list[str], seconds: float) -> list[Line]:
    """Run the child; return the lines it got out, whether it ended well or was lost."""
    # -P: what lies in the caller's folder is never imported.
    command = [sys.executable, "-P", "-m", MODULE, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=_called_from(), env=environment, timeout=seconds, check=False,
        )  # fmt: skip
        said = done.stdout
    except subprocess.TimeoutExpired as lost:
        said = lost.output or b""
    except (OSError, ValueError):  # a path that no program can be given
        return []
    return [json.loads(line) for line in said.decode().splitlines(keepends=True) if _whole(line)]


def _whole(line: str) -> bool:
    return line.endswith("\n")


def _refusal(file: str, *, in_time: bool = True) -> Line:
    finding = {
        "id": "check.limits",
        "element": file,
        "message": "Filen bruger mere tid eller hukommelse, end en kontrol må.",
        "way_out": "Del den op, eller fjern det, der gentages eller er indlejret meget dybt.",
        "rule": "check.limits",
        "severity": "error",
    }
    if not in_time:
        finding |= {
            "id": "check.time",
            "rule": "check.time",
            "message": "Kaldet nåede ikke til denne fil.",
            "way_out": "Kontrollér filen i et kald for sig.",
        }
    return {"file": file, "accepted": False, "deployable": False, "findings": [finding]}


def _say(line: Line) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()
