"""Answers: what is one version of a process, as a unit that can be stored, named and run?

A bundle is one main `.bpmn` and every `.bpmn` it calls, however deep; together they have one
digest, so a call can never reach another version than the one that was approved. Decision tables
are not in it: they are bound by legal date, and handed to `advance` by whoever knows the day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from processes.domain.errors import BrokenStateError
from processes.engine.diagrams import EACH, PARTS, Diagram, Kind, Node
from processes.engine.findings import ERROR, DeploymentError, Finding
from processes.engine.reading import read_diagram
from processes.engine.specs import ProcessSpec, build_specs

MAX_NESTING = 10
FORGIVEN = frozenset({"process.executable", "task.typeless", "task.unassigned"})
"""What a draft may lack: it can be run, though not taken into use."""


@dataclass(frozen=True)
class Element:
    """One element of a diagram, for lists and for the picture (element)."""

    id: str
    name: str
    kind: str
    process_id: str


@dataclass(frozen=True)
class Definition:
    """One version of a process, with every process it calls (procesdefinition)."""

    key: str
    version: int
    files: Mapping[str, bytes]
    """The BPMN as deployed, by file name: what `parse_bundle` takes to give this again."""
    diagrams: Mapping[str, Diagram] = field(repr=False)
    digest: str

    @property
    def name(self) -> str:
        """The Danish name of the main process."""
        return self.diagrams[self.key].name

    @property
    def processes(self) -> tuple[str, ...]:
        """The main process, then those it calls, by id."""
        return (self.key, *sorted(key for key in self.diagrams if key != self.key))

    def _nodes(self) -> Iterable[Node]:
        return (node for key in self.processes for node in self.diagrams[key].nodes.values())

    @cached_property
    def steps(self) -> frozenset[str]:
        """The steps its service tasks name."""
        return frozenset(node.step for node in self._nodes() if node.step)

    @cached_property
    def form_keys(self) -> frozenset[str]:
        """The forms its user tasks name."""
        return frozenset(node.form_key for node in self._nodes() if node.form_key)

    @cached_property
    def messages(self) -> frozenset[str]:
        """The messages it starts with or waits for."""
        waited = (each for node in self._nodes() for each in (node, node.listener))
        return frozenset(each.message for each in waited if each is not None and each.message)

    @cached_property
    def throws(self) -> frozenset[str]:
        """The messages it sends itself."""
        return frozenset(node.sends for node in self._nodes() if node.sends)

    @cached_property
    def decisions(self) -> frozenset[str]:
        """The decision tables its rule tasks name."""
        return frozenset(node.decision for node in self._nodes() if node.decision)

    @property
    def start_message(self) -> str | None:
        """The message that starts an instance; None when it is only started directly."""
        return self.diagrams[self.key].start.message

    @cached_property
    def elements(self) -> Mapping[str, Element]:
        """The elements by id; should two processes share an id, the main process's one is here."""
        found: dict[str, Element] = {}
        for key in self.processes:
            for node in self.diagrams[key].nodes.values():
                found.setdefault(node.id, Element(node.id, node.name, node.kind.value, key))
        return found

    def element(self, process_id: str, element_id: str) -> Element | None:
        """Return an element of one of the processes."""
        diagram = self.diagrams.get(process_id)
        node = None if diagram is None else diagram.nodes.get(element_id)
        return None if node is None else Element(node.id, node.name, node.kind.value, process_id)

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """The process each process and embedded sub-process is drawn in."""
        parts = {
            node.id: key
            for key, diagram in self.diagrams.items()
            for node in diagram.nodes.values()
            if node.kind in PARTS
        }
        repeated = {
            node.id + EACH: key
            for key, diagram in self.diagrams.items()
            for node in diagram.nodes.values()
            if node.repeats is not None
        }
        return {**parts, **repeated, **{key: key for key in self.diagrams}}

    @cached_property
    def specs(self) -> dict[str, ProcessSpec]:
        """The specs the machine runs: built once, shared by all instances, never changed."""
        return {
            key: spec
            for process in self.processes
            for key, spec in build_specs(self.diagrams[process]).items()
        }


def parse_bundle(
    files: Mapping[str, bytes], *, key: str | None = None, version: int = 1, draft: bool = False
) -> Definition:
    """Return the definition of the main process in a bundle; refuse what we cannot run.

    `files` maps file names to contents; `.bpmn` files count, others are passed over. The main
    process is `key`, or else the only one that no other calls. Files it does not call are left
    out, so a whole folder may be given. A `draft` may lack what only a deployment demands.
    """
    named = tuple(sorted((file, content) for file, content in files.items()))
    return _parse(named, key, version, draft=draft)


@lru_cache(maxsize=128)
def _parse(
    files: tuple[tuple[str, bytes], ...], key: str | None, version: int, *, draft: bool
) -> Definition:
    bpmn = [(file, content) for file, content in files if file.endswith(".bpmn")]
    diagrams: dict[str, Diagram] = {}
    contents: dict[str, bytes] = {}
    problems: list[Finding] = []
    for file, content in bpmn:
        try:
            diagram = read_diagram(file, content)
        except DeploymentError as error:
            if key is None or file.rsplit("/", 1)[-1] == f"{key}.bpmn":
                problems += error.findings
            continue
        if diagram.id in diagrams:
            problems.append(
                Finding(
                    file, diagram.id, "process.twice", ERROR,
                    f"Processen '{diagram.id}' står i to filer.", "Behold den ene.",
                )
            )  # fmt: skip
        diagrams[diagram.id] = diagram
        contents[diagram.id] = content
    if problems:
        raise DeploymentError(problems)
    main = key or _main_of(diagrams)
    bound, missing = closure(diagrams, main)
    problems = [*missing, *(p for process in bound for p in diagrams[process].problems)]
    problems += shared_parts(diagrams[process] for process in bound)
    problems = [each for each in problems if not (draft and each.id in FORGIVEN)]
    if problems:
        raise DeploymentError(problems)
    return _bound(main, version, bound, diagrams, contents)


def _bound(
    main: str,
    version: int,
    bound: Iterable[str],
    diagrams: Mapping[str, Diagram],
    contents: Mapping[str, bytes],
) -> Definition:
    """Return the definition of processes that belong together, with the digest of them all."""
    digest = hashlib.sha256()
    for process in sorted(bound):
        digest.update(f"{process}\0{len(contents[process])}\0".encode())
        digest.update(contents[process])
    return Definition(
        main,
        version,
        {f"{process}.bpmn": contents[process] for process in bound},
        {process: diagrams[process] for process in bound},
        digest.hexdigest(),
    )


def _main_of(diagrams: Mapping[str, Diagram]) -> str:
    called = {node.called for each in diagrams.values() for node in each.nodes.values()}
    mains = sorted(key for key in diagrams if key not in called)
    if len(mains) != 1:
        raise BrokenStateError(
            f"the bundle has {len(mains)} processes that no other calls ({', '.join(mains)}); "
            "name the main one with `key`"
        )
    return mains[0]


def closure(diagrams: Mapping[str, Diagram], main: str) -> tuple[list[str], list[Finding]]:
    """Return the processes a main process calls, itself first, and what is wrong with the calls."""
    if main not in diagrams:
        way_out = "Tilføj filen, eller ret navnet."
        return [], [
            Finding(
                f"{main}.bpmn", main, "process.missing", ERROR,
                f"Processen '{main}' findes ikke.", way_out,
            )
        ]  # fmt: skip
    bound: list[str] = []
    findings: list[Finding] = []

    def visit(process: str, path: tuple[str, ...]) -> int:
        """Visit a process once; return how many levels of calls there are below it."""
        bound.append(process)
        diagram = diagrams[process]
        below = 0
        for node in diagram.nodes.values():
            if node.kind is not Kind.CALL or not node.called:
                continue
            problem = _call_problem(node.called, diagrams, (*path, process))
            if problem:
                findings.append(Finding(diagram.file, node.id, *problem))
            elif node.called not in levels:
                levels[node.called] = visit(node.called, (*path, process))
            below = max(below, 1 + levels.get(node.called, 0))
        return below

    levels: dict[str, int] = {}
    if visit(main, ()) > MAX_NESTING:
        findings.append(
            Finding(
                diagrams[main].file, main, "call.nesting", ERROR,
                f"Processer kalder hinanden i mere end {MAX_NESTING} led.", "Saml nogle af dem.",
            )
        )  # fmt: skip
    return bound, findings


def _call_problem(
    called: str, diagrams: Mapping[str, Diagram], path: tuple[str, ...]
) -> tuple[str, str, str, str] | None:
    if called not in diagrams:
        return (
            "call.missing", ERROR, f"Den kaldte proces '{called}' findes ikke.",
            "Tilføj den, eller ret 'calledElement'.",
        )  # fmt: skip
    if called in path:
        return (
            "call.recursion", ERROR, f"'{called}' kalder sig selv: {' → '.join((*path, called))}.",
            "Tegn gentagelsen som en løkke i processen.",
        )  # fmt: skip
    if diagrams[called].start_message_of_call():
        return (
            "call.start_message", ERROR, f"Den kaldte proces '{called}' starter med en besked.",
            "Brug en almindelig starthændelse i processer, der kaldes.",
        )  # fmt: skip
    return None


def shared_parts(diagrams: Iterable[Diagram]) -> list[Finding]:
    """Return the embedded sub-processes whose id another diagram of the bundle has too."""
    seen: dict[str, str] = {}
    findings = []
    for diagram in diagrams:
        for node in diagram.nodes.values():
            if node.kind not in PARTS and node.repeats is None:
                continue
            if node.id in seen:
                findings.append(
                    Finding(
                        diagram.file, node.id, "part.unique", ERROR,
                        f"'{node.id}' findes også i '{seen[node.id]}'.",
                        "Giv den et id for sig.",
                    )
                )  # fmt: skip
            seen[node.id] = diagram.id
    return findings
