"""What somebody might draw to harm the system, over and over, in a process of its own.

`python -m tests.benchmarks.hostile_load`: judges and runs hostile files until it is ended, one line
of JSON a round: how long the slowest took and how many were refused or became an incident.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from processes.domain.errors import CoreError
from processes.engine.definitions import parse_bundle
from processes.engine.drafts import open_draft
from processes.engine.effects import RaiseIncident, Start
from processes.engine.lint import Catalogue, errors_in, lint
from processes.engine.offline import step_back
from processes.engine.runtime import advance
from processes.engine.tables import parse_table
from tests.engine.drawing import draw, either, end, manual, many, part, path, pause, start, user
from tests.engine.tabling import table

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def _run(drawing: bytes, **variables: object) -> bool:
    definition = parse_bundle({"p.bpmn": drawing})
    done = advance(definition, None, Start(variables), NOW)
    return any(isinstance(each, RaiseIncident) for each in done.effects)


def _gate(content: bytes) -> bool:
    return bool(errors_in(lint({"p.bpmn": content}, Catalogue())))


def _bombs() -> Mapping[str, Callable[[], bool]]:
    """Each is True when it was refused, or became an incident."""
    line = draw("p", start(), user("a"), end(), path("start", "a", "end"))
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><x>&b;</x>'
    reads = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'
    script = line.replace(b"</bpmn:process>", b'<bpmn:scriptTask id="x"/></bpmn:process>')
    inner = part("i", start("s"), many(user("t"), times="100"), end("e"), path("s", "t", "e"))
    nested = draw("p", start(), many(inner, times="100"), end(), path("start", "i", "end"))
    ring = draw(
        "p", start(), either("again"), manual("m"), either("more", default="more_to_again"), end(),
        path("start", "again", "m", "more", "again"), path("more", "[false]", "end"),
    )  # fmt: skip
    deep = "(" * 400 + "1" + ")" * 400
    powers = draw(
        "p", start(), pause("w", until="9 ** 9 ** 9 ** 9"), end(), path("start", "w", "end")
    )
    code = draw("p", start(), pause("w", until="__import__('os').system('id')"), end(),
                path("start", "w", "end"))  # fmt: skip
    wide = table("t", list("abcdefgh"), ["y"], [(*(f"< {k}" for _ in range(8)), "1")
                                               for k in range(400)])  # fmt: skip
    return {
        "entities": lambda: _gate(entities),
        "reads a file": lambda: _gate(reads),
        "script": lambda: _gate(script),
        "code in a timer": lambda: _gate(code),
        "many of many": lambda: _run(nested),
        "a million times": lambda: _run(
            draw("p", start(), many(user("t"), times="1000000"), end(), path("start", "t", "end"))
        ),
        "a ring without a wait": lambda: _run(ring),
        "a tower of powers": lambda: _gate(powers) or _run(powers),
        "deep brackets": lambda: _gate(line.replace(b'name="a"', f'name="{deep}"'.encode())) or
        _gate(draw("p", start(), pause("w", until=deep), end(), path("start", "w", "end"))),
        "a wide table": lambda: bool(lint({"t.dmn": wide}, Catalogue())),
        "a great draft": lambda: bool(open_draft(_great()).findings),
        "a cell that runs code": lambda: _refused(table("t", ["x"], ["y"], [("exec('1')", "1")])),
    }  # fmt: skip


def _refused(content: bytes) -> bool:
    parse_table(content)
    return False


def _great() -> bytes:
    keys = [f"t{n}" for n in range(900)]
    return draw("p", start(), *map(user, keys), end(), path("start", *keys, "end"))


def round_of() -> dict[str, object]:
    """Do each once; return how long the slowest took, and which came through unharmed."""
    slowest, seconds, through = "", 0.0, []
    for name, bomb in _bombs().items():
        began = time.monotonic()
        try:
            stopped = bomb()
        except CoreError:
            stopped = True
        took = time.monotonic() - began
        if took > seconds:
            slowest, seconds = name, took
        if not stopped:
            through.append(name)
    return {"slowest": slowest, "seconds": round(seconds, 2), "through": through}


if __name__ == "__main__":
    step_back()  # as every process does that judges a file
    while True:
        sys.stdout.write(json.dumps(round_of()) + "\n")
        sys.stdout.flush()
