"""Answers: what is there to say of a draft, all at once, whatever its files hold?

What the gate finds, what each diagram says in words, and what is another than before. Drafts may
be drawn by anybody, so this module is also a program: it gives up time and memory first, reads one
request from its input and writes one answer. `app.judging` runs it.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from processes.engine.definitions import closure, parse_bundle
from processes.engine.diagrams import Diagram
from processes.engine.difference import arrow, differences
from processes.engine.drafts import open_draft
from processes.engine.findings import ERROR, DeploymentError, Finding
from processes.engine.lint import Catalogue, StepFacts, lint
from processes.engine.offline import MAX_FINDINGS, limit, shown, too_much
from processes.engine.outline import outline
from processes.engine.reading import read_diagram
from processes.ports.workbench import Assessment, Exit, FindingLine, Opened, OutlineStep
from processes.ports.workbench import Change as ChangeLine

Files = Mapping[str, bytes]
LATE = "check.time"
"""The rule of a judgement that did not come in time: no fault of a draft."""
CPU_SECONDS = 3
"""Somebody waits for the answer with the pen in the hand."""
BESIDE = frozenset({"decision.unused"})
"""What is no fault of a draft: a table of another process that came along."""


def assess(files: Files, *, base: Files, key: str, catalogue: Catalogue) -> Assessment:
    """Return everything there is to say of a draft of a process or a table."""
    if any(name.endswith(".bpmn") for name in files):
        return _process(files, base, key, catalogue)
    return _table(files, key)


def _process(files: Files, base: Files, key: str, catalogue: Catalogue) -> Assessment:
    diagrams = _readable(files)
    drawn = {name for name in files if name.endswith(".bpmn")}
    found = [each for each in lint(files, catalogue) if each.id not in BESIDE]
    found = [each for each in found if each.file in drawn or each.level == ERROR]
    digest = ""
    if key in diagrams:
        try:
            digest = parse_bundle(files, key=key).digest
        except DeploymentError as error:
            found += [each for each in error.findings if each not in found]
        bound = closure(diagrams, key)[0]
    else:
        bound = sorted(diagrams)
    return Assessment(
        findings=tuple(_lines(found, diagrams, bound)),
        outlines={process: outline(diagrams[process]) for process in bound},
        titles={process: diagrams[process].name or process for process in bound},
        changes=differences(base, files) if base else (),
        digest=digest,
    )


def _readable(files: Files) -> dict[str, Diagram]:
    diagrams = {}
    for file, content in files.items():
        if file.endswith(".bpmn"):
            try:
                diagram = read_diagram(file, content)
            except DeploymentError:
                continue
            diagrams[diagram.id] = diagram
    return diagrams


def _table(files: Files, key: str) -> Assessment:
    found = [each for each in lint(files, Catalogue()) if each.id not in BESIDE]
    return Assessment(findings=tuple(_lines(found, {}, [key])), titles={key: key})


def _lines(
    found: list[Finding], diagrams: Mapping[str, Diagram], order: list[str]
) -> list[FindingLine]:
    """Return findings as a page lists them: the worst first, then in the order of the drawing."""
    places = {
        element.id: (at, nth)
        for at, process in enumerate(order)
        if process in diagrams
        for nth, element in enumerate(outline(diagrams[process]))
    }
    last = (len(order), 0)
    ordered = sorted(
        found, key=lambda each: (each.level != ERROR, places.get(each.element, last), each)
    )
    return [
        FindingLine(
            each.file,
            shown(each.element),
            _name(each, diagrams),
            each.id,
            each.level,
            shown(each.message),
            shown(each.way_out),
        )
        for each in ordered[:MAX_FINDINGS]
    ]


def _name(finding: Finding, diagrams: Mapping[str, Diagram]) -> str:
    for diagram in diagrams.values():
        if diagram.file != finding.file:
            continue
        if finding.element in diagram.nodes:
            return shown(diagram.nodes[finding.element].name or finding.element)
        if finding.element in diagram.flows:
            return shown(arrow(diagram.flows[finding.element], diagram))
    return "Hele diagrammet" if finding.file.endswith(".bpmn") else "Hele tabellen"


# ---- over a pipe ---------------------------------------------------------------------------


def as_request(files: Files, *, base: Files, key: str, catalogue: Catalogue) -> bytes:
    """Return what the program reads; with the catalogue, so that it need not load every stage."""
    return json.dumps(
        {
            "files": _texts(files),
            "base": _texts(base),
            "key": key,
            "steps": {name: asdict(facts) for name, facts in (catalogue.steps or {}).items()},
            "forms": sorted(catalogue.forms or ()),
        }
    ).encode()


def _catalogue_in(asked: Mapping[str, Any]) -> Catalogue:
    steps = {
        name: StepFacts(
            asks=facts["asks"],
            adverse=facts["adverse"],
            arguments=tuple(facts["arguments"]),
            errors=tuple(facts["errors"]),
        )
        for name, facts in asked["steps"].items()
    }
    return Catalogue(steps, frozenset(asked["forms"]))


def as_assessment(answer: bytes) -> Assessment:
    """Read what the program wrote."""
    said = json.loads(answer)
    return Assessment(
        findings=tuple(FindingLine(**each) for each in said["findings"]),
        outlines={
            process: tuple(
                OutlineStep(
                    **{
                        **step,
                        "details": tuple(step["details"]),
                        "exits": tuple(Exit(**each) for each in step["exits"]),
                    }
                )
                for step in steps
            )
            for process, steps in said["outlines"].items()
        },
        titles=said["titles"],
        changes=tuple(
            ChangeLine(**{**each, "says": tuple(each["says"])}) for each in said["changes"]
        ),
        digest=said["digest"],
    )


def as_opening(file: str, content: bytes) -> bytes:
    """Return what the program reads to open a file of another tool."""
    return json.dumps({"open": content.decode("latin-1"), "file": file}).encode()


def as_opened(answer: bytes) -> Opened:
    """Read what the program wrote of a file it opened."""
    said = json.loads(answer)
    content = said["content"].encode("latin-1")
    return Opened(content, said["key"], said["name"], tuple(said["notes"]))


def _open(file: str, content: bytes) -> Opened:
    try:
        draft = open_draft(content, file=file)
    except DeploymentError:
        return Opened(content, "", "")  # the findings of the draft say what it is instead
    taken = [each for each in draft.findings if each.id.startswith("draft.")]
    notes = tuple(shown(f"{each.element}: {each.message}") for each in taken)
    return Opened(draft.content, draft.process, draft.name, notes)


def _texts(files: Files) -> dict[str, str]:
    # One byte, one character: what is no text at all comes out as it went in.
    return {name: content.decode("latin-1") for name, content in files.items()}


def _bytes(texts: Mapping[str, str]) -> dict[str, bytes]:
    return {name: text.encode("latin-1") for name, text in texts.items()}


def lost(key: str) -> Assessment:
    """Return what is said of a draft that takes more than any honest one."""
    file = f"{key}.bpmn"
    found = too_much(file)
    line = FindingLine(file, key, "Filen", found.id, found.level, found.message, found.way_out)
    return Assessment(findings=(line,))


def late(key: str) -> Assessment:
    """Return what is said when the answer did not come in time: it may be the machine's fault."""
    line = FindingLine(
        f"{key}.bpmn",
        key,
        "Filen",
        LATE,
        ERROR,
        "Kontrollen blev ikke færdig i tide.",
        "Vent lidt, og prøv igen. Sker det hver gang, så del diagrammet op.",
    )
    return Assessment(findings=(line,))


def main() -> int:
    """Answer one request."""
    asked = json.loads(sys.stdin.buffer.read())
    if "open" in asked:
        opened = asdict(_open(asked["file"], asked["open"].encode("latin-1")))
        opened["content"] = opened["content"].decode("latin-1")
        sys.stdout.write(json.dumps(opened, ensure_ascii=False))
        return 0
    files, base = _bytes(asked["files"]), _bytes(asked["base"])
    try:
        said = assess(files, base=base, key=asked["key"], catalogue=_catalogue_in(asked))
    except (MemoryError, RecursionError):
        said = lost(asked["key"])
    sys.stdout.write(json.dumps(asdict(said), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    limit()
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    raise SystemExit(main())
