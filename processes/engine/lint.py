"""Answers: do these diagrams and tables keep the house rules, and what is the way out if not?

What cannot run at all is found by `diagrams`; here is what could run, but must not: names people
cannot read, steps nobody wrote, circles that never stand still, and any way to an adverse step
that no person is on. The same rules judge the shipped files (`./ky check`) and every deployment.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from processes.engine.coverage import coverage_findings
from processes.engine.definitions import closure, shared_parts
from processes.engine.diagrams import ASKING, GATEWAYS, Diagram, Kind, Node
from processes.engine.findings import ERROR, WARNING, DeploymentError, Finding
from processes.engine.graph import (
    bare_steps,
    caught_around,
    circles_without_wait,
    escaping_errors,
    is_wait,
    moves_on,
    side_branches,
)
from processes.engine.reading import read_diagram
from processes.engine.schema import schema_findings
from processes.engine.tables import DecisionTable, lint_table, parse_table

PREFIXES: Mapping[Kind, str] = {
    Kind.START: "start_",
    Kind.END: "end_",
    Kind.USER_TASK: "task_",
    Kind.SERVICE_TASK: "step_",
    Kind.RULE_TASK: "rule_",
    Kind.MANUAL: "task_",
    Kind.PASSED: "at_",
    Kind.LINK: "at_",
    Kind.ESCALATE: "raise_",
    Kind.ON_ESCALATION: "on_",
    Kind.INCLUSIVE: "any_",
    Kind.FIRST_EVENT: "first_",
    Kind.EXCLUSIVE: "when_",
    Kind.PARALLEL: "all_",
    Kind.RECEIVE: "wait_",
    Kind.CATCH_MESSAGE: "wait_",
    Kind.CATCH_TIMER: "wait_",
    Kind.ON_TIMER: "on_",
    Kind.ON_ERROR: "on_",
    Kind.ON_MESSAGE: "on_",
    Kind.CALL: "call_",
    Kind.SUB_PROCESS: "part_",
    Kind.EVENT_PART: "part_",
    Kind.THROW_MESSAGE: "send_",
}
GENERATED = re.compile(
    r"(?:Flow|SequenceFlow|Activity|Gateway|Event|Process|Task|StartEvent|EndEvent|Association"
    r"|TextAnnotation|Message|Error|DataObject|Participant|Definitions|Decision|sid)[_-]"
    r"(?=[0-9a-z-]*\d)[0-9a-zA-Z-]{6,}",
)
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
MESSAGE = re.compile(r"[a-z]+(?:-[a-z]+)+")
SHORT_NAME = 3
ROLES = frozenset({"caseworker", "approver", "team_lead", "finance"})
HOUSE = frozenset(
    {
        "adverse.no_person", "decision.unknown", "decision.unused", "dmn.file_name", "dmn.source",
        "error.never", "error.uncaught", "form.unknown", "gateway.answer", "gateway.question",
        "id.form", "id.generated", "id.prefix", "layout.missing", "message.name",
        "message.unknown", "name.missing", "process.executable", "process.file_name",
        "process.name", "role.unknown", "step.argument", "step.unknown", "task.typeless",
        "task.unassigned",
    }
)  # fmt: skip
"""What only a deployment demands: names, layout, and that what is named exists in this house."""


@dataclass(frozen=True)
class StepFacts:
    """What a rule must know of a step: no more than its declaration says."""

    asks: bool = False
    adverse: bool = False
    arguments: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """What exists for diagrams to name; a part that is None is not judged."""

    steps: Mapping[str, StepFacts] | None = None
    forms: frozenset[str] | None = None
    messages: frozenset[str] | None = None
    roles: frozenset[str] = field(default=ROLES)


StepCatalogue = Mapping[str, StepFacts]


# ---- one file ------------------------------------------------------------------------------


class _Judge:
    """Judges one diagram with what it needs to know of the others."""

    def __init__(
        self,
        diagram: Diagram,
        diagrams: Mapping[str, Diagram],
        tables: Mapping[str, DecisionTable],
        catalogue: Catalogue,
    ) -> None:
        self.diagram = diagram
        self.diagrams = diagrams
        self.tables = tables
        self.catalogue = catalogue
        self.findings: list[Finding] = []

    def note(
        self, element: str, rule: str, message: str, way_out: str, *, level: str = ERROR
    ) -> None:
        self.findings.append(Finding(self.diagram.file, element, rule, level, message, way_out))

    def all(self) -> list[Finding]:
        """Return all findings, those of the reader first."""
        self.findings += self.diagram.problems
        self.findings += self.diagram.remarks
        self.process()
        for node in self.diagram.nodes.values():
            self.names(node)
            self.known(node)
            self.errors(node)
        self.flows()
        self.layout()
        if not self.diagram.problems:
            self.circles()
        return self.findings

    def process(self) -> None:
        stem = self.diagram.file.rsplit("/", 1)[-1].removesuffix(".bpmn")
        key = self.diagram.id
        if stem != key:
            self.note(
                key, "process.file_name", f"Processen hedder '{key}', men filen '{stem}.bpmn'.",
                "Giv dem samme navn.",
            )  # fmt: skip
        if not self.diagram.name.strip() or self.diagram.name == key:
            self.note(
                key, "process.name", "Processen har intet dansk navn.",
                "Skriv det navn, sagsbehandlere kender processen under.",
            )  # fmt: skip

    def names(self, node: Node) -> None:
        prefix = PREFIXES[node.kind]
        if GENERATED.fullmatch(node.id):
            self.note(
                node.id, "id.generated", "Id'et er lavet af tegneværktøjet.",
                f"Giv elementet et engelsk id, der siger, hvad der sker: {prefix}…",
            )  # fmt: skip
        elif not node.id.startswith(prefix) or not IDENTIFIER.fullmatch(node.id):
            self.note(
                node.id, "id.prefix",
                f"Id'et skal begynde med '{prefix}' og have små bogstaver og understregning.",
                "Ret id'et.",
            )  # fmt: skip
        merges = node.kind in GATEWAYS and not node.splits
        parallel = node.kind in {Kind.PARALLEL, Kind.FIRST_EVENT}
        if not merges and not parallel and len(node.name.strip()) < SHORT_NAME:
            self.note(
                node.id, "name.missing", "Elementet har intet navn.",
                "Skriv et dansk navn, som en sagsbehandler forstår.",
            )  # fmt: skip
        if node.kind in ASKING and node.splits:
            if not node.name.strip().endswith("?"):
                self.note(
                    node.id, "gateway.question", "En gateway, der deler, stiller et spørgsmål.",
                    "Skriv navnet som et spørgsmål med spørgsmålstegn.",
                )  # fmt: skip
            for flow in node.outgoing:
                if not flow.name.strip():
                    self.note(
                        flow.id, "gateway.answer", "Flowet svarer ikke på gatewayens spørgsmål.",
                        "Skriv svaret som flowets navn.",
                    )  # fmt: skip

    def flows(self) -> None:
        for flow in self.diagram.flows.values():
            if GENERATED.fullmatch(flow.id):
                self.note(
                    flow.id, "id.generated", "Flowets id er lavet af tegneværktøjet.",
                    "Giv flowet et engelsk id, der siger, hvad det betyder.",
                )  # fmt: skip
            elif not IDENTIFIER.fullmatch(flow.id):
                self.note(
                    flow.id, "id.form", "Flowets id skal have små bogstaver og understregning.",
                    "Ret id'et.",
                )  # fmt: skip

    def layout(self) -> None:
        for key in [*self.diagram.nodes, *self.diagram.flows]:
            if key not in self.diagram.drawn:
                self.note(
                    key, "layout.missing", "Elementet er ikke tegnet.",
                    "Læg det på tegningen; ellers kan ingen se det.",
                )  # fmt: skip

    # -- what it names

    def known(self, node: Node) -> None:
        if node.kind is Kind.USER_TASK:
            self.form(node)
        if node.kind is Kind.SERVICE_TASK and self.catalogue.steps is not None:
            self.step(node, self.catalogue.steps)
        if node.kind is Kind.RULE_TASK and node.decision and node.decision not in self.tables:
            self.note(
                node.id, "decision.unknown", f"Beslutningstabellen '{node.decision}' findes ikke.",
                "Tilføj tabellen, eller ret navnet.",
            )  # fmt: skip
        for name in (node.message, None if node.listener is None else node.listener.message):
            if name:
                self.message(node, name)
        if node.sends:
            self.named(node, node.sends)

    def message(self, node: Node, name: str) -> None:
        known = self.catalogue.messages
        if known is not None and name not in known:
            self.note(
                node.id, "message.unknown", f"Beskeden '{name}' sendes ikke af noget.",
                "Ret navnet, eller få beskeden oprettet.",
            )  # fmt: skip
        self.named(node, name)

    def named(self, node: Node, name: str) -> None:
        if not MESSAGE.fullmatch(name):
            self.note(
                node.id, "message.name", f"Beskedens navn '{name}' følger ikke formen.",
                "Brug engelsk datid med bindestreger, fx hearing-answered.",
            )  # fmt: skip

    def form(self, node: Node) -> None:
        forms = self.catalogue.forms
        if forms is not None and node.form_key and node.form_key not in forms:
            self.note(
                node.id, "form.unknown", f"Formularen '{node.form_key}' findes ikke.",
                "Vælg en formular fra listen, eller få den lavet.",
            )  # fmt: skip
        if node.role not in self.catalogue.roles:
            self.note(
                node.id, "role.unknown", f"Rollen '{node.role}' findes ikke.",
                f"Vælg en af: {', '.join(sorted(self.catalogue.roles))}.",
            )  # fmt: skip

    def step(self, node: Node, steps: StepCatalogue) -> None:
        facts = steps.get(node.step)
        if facts is None:
            self.note(
                node.id, "step.unknown", f"Trinnet '{node.step}' findes ikke.",
                "Vælg et trin fra listen, eller få det lavet.",
            )  # fmt: skip
            return
        wanted, given = set(facts.arguments), set(node.arguments)
        for name in sorted(wanted - given):
            self.note(
                node.id, "step.argument", f"Trinnet '{node.step}' mangler '{name}'.",
                "Tilføj parameteren med den variabel, den skal have.",
            )  # fmt: skip
        for name in sorted(given - wanted):
            self.note(
                node.id, "step.argument", f"Trinnet '{node.step}' kender ikke '{name}'.",
                "Fjern parameteren, eller ret dens navn.",
            )  # fmt: skip

    def errors(self, node: Node) -> None:
        """Judge that what can go wrong is caught, and that what is caught can go wrong."""
        possible: set[str] | None = None
        if node.kind is Kind.SERVICE_TASK and self.catalogue.steps is not None:
            facts = self.catalogue.steps.get(node.step)
            possible = None if facts is None else set(facts.errors)
        elif node.kind is Kind.CALL and node.called in self.diagrams:
            possible = escaping_errors(self.diagrams, node.called)
        if possible is None:
            return
        caught = {each.error_code: each for each in node.boundaries if each.error_code}
        around = set(caught_around(self.diagram, node))
        for code in sorted(possible - set(caught) - around):
            self.note(
                node.id, "error.uncaught", f"Fejlen '{code}' fanges ikke.",
                "Sæt en fejlhændelse på kanten, og tegn, hvem der så gør hvad.",
            )  # fmt: skip
        for code in sorted(set(caught) - possible):
            self.note(
                caught[code].id, "error.never", f"Fejlen '{code}' kan ikke ske her.",
                "Fjern hændelsen, eller ret fejlkoden.",
            )  # fmt: skip

    def circles(self) -> None:
        for circle in circles_without_wait(self.diagrams, self.diagram):
            self.note(
                circle[-1], "circle.no_wait",
                f"Processen kan gå i ring uden at vente på nogen: {' → '.join(circle)}.",
                "Sæt en opgave, en besked eller en tidshændelse i ringen.",
            )  # fmt: skip
        for circle in circles_without_wait(self.diagrams, self.diagram, moves_on):
            if any(is_wait(self.diagram.nodes[key]) for key in circle):
                self.note(
                    circle[-1], "circle.clock_only",
                    f"Processen kan gå i ring, så snart uret siger det: {' → '.join(circle)}.",
                    "Sæt en opgave, en besked, et trin der sætter et nyt tidspunkt, eller en "
                    "varighed på mindst et minut i ringen.",
                )  # fmt: skip
        for event, meeting in side_branches(self.diagram):
            self.note(
                event.id, "branch.rejoins",
                f"Sidegrenen fra '{event.id}' løber ind i hovedsporet ved '{meeting.id}', "
                "så det, der følger, sker to gange.",
                "Lad sidegrenen ende for sig, eller lad hændelsen afbryde.",
            )  # fmt: skip


# ---- all files together --------------------------------------------------------------------


def read_all(
    files: Mapping[str, bytes],
) -> tuple[dict[str, Diagram], dict[str, DecisionTable], list[Finding]]:
    """Read every diagram and table there is; what cannot be read is a finding."""
    diagrams: dict[str, Diagram] = {}
    tables: dict[str, DecisionTable] = {}
    findings: list[Finding] = []
    for file, content in sorted(files.items()):
        try:
            if file.endswith(".bpmn"):
                diagram = read_diagram(file, content)
                findings += schema_findings(file, content)
                diagrams[diagram.id] = diagram
                if not diagram.id:
                    findings += [*diagram.problems, *diagram.remarks]
            elif file.endswith(".dmn"):
                table = parse_table(content, file=file)
                tables[table.id] = table
                findings += [*lint_table(file, table), *coverage_findings(file, table)]
        except DeploymentError as error:
            findings += error.findings
    diagrams.pop("", None)
    return diagrams, tables, findings


def lint(files: Mapping[str, bytes], catalogue: Catalogue) -> list[Finding]:
    """Return all findings on a set of diagrams and tables that belong together."""
    diagrams, tables, findings = read_all(files)
    for diagram in diagrams.values():
        findings += _Judge(diagram, diagrams, tables, catalogue).all()
    findings += shared_parts(diagrams.values())
    used = {node.decision for each in diagrams.values() for node in each.nodes.values()}
    for key, table in tables.items():
        if key not in used:
            findings.append(
                Finding(
                    f"{key}.dmn", key, "decision.unused", ERROR,
                    f"Ingen proces bruger tabellen '{table.name}'.",
                    "Fjern tabellen, eller slå den op i en proces.",
                )
            )  # fmt: skip
    findings += endless_starts(diagrams)
    called = {node.called for each in diagrams.values() for node in each.nodes.values()}
    for main in diagrams:
        bound, problems = closure(diagrams, main)
        findings += problems
        if main not in called and catalogue.steps is not None:
            sound = all(not diagrams[key].problems for key in bound) and not problems
            if sound:
                findings += adverse_without_person(diagrams, main, catalogue.steps)
    return sorted(set(findings))


def endless_starts(diagrams: Mapping[str, Diagram]) -> list[Finding]:
    """Return the messages that, however many processes later, start the process they come from.

    Each start would send the next one: the number of instances would grow without anybody acting.
    """
    starts: dict[str, str] = {}
    for key, diagram in diagrams.items():
        for node in diagram.within(key):
            if node.kind is Kind.START and node.message:
                starts[node.message] = key
    sends = {
        key: {node.sends: node for each in closure(diagrams, key)[0]
              for node in diagrams[each].nodes.values() if node.sends}
        for key in starts.values()
    }  # fmt: skip
    return [
        Finding(
            diagrams[key].file, node.id, "message.endless", ERROR,
            f"Beskeden '{message}' starter, måske gennem andre processer, den proces, der sender "
            "den: der ville komme forløb uden ende.",
            "Send en besked, som noget venter på, eller tegn gentagelsen som en løkke.",
        )
        for key, sent in sends.items()
        for message, node in sent.items()
        if key in _started_by(message, starts, sends)
    ]  # fmt: skip


def _started_by(
    message: str, starts: Mapping[str, str], sends: Mapping[str, Mapping[str, Node]]
) -> set[str]:
    """Return the processes that come of a message, however many processes later."""
    started: set[str] = set()
    todo = [message]
    while todo:
        process = starts.get(todo.pop())
        if process is not None and process not in started:
            started.add(process)
            todo += sends[process]
    return started


def adverse_without_person(
    diagrams: Mapping[str, Diagram], main: str, steps: StepCatalogue
) -> list[Finding]:
    """Return the ways from the start of a process to an adverse step that no person is on."""

    def adverse(node: Node) -> bool:
        facts = steps.get(node.step) if node.kind is Kind.SERVICE_TASK else None
        return facts is not None and facts.adverse

    return [
        Finding(
            diagram.file, node.id, "adverse.no_person", ERROR,
            f"Trinnet '{node.step}' kan være til skade for borgeren og kan nås, uden at et "
            f"menneske har haft sagen: {' → '.join(way)}.",
            "Sæt en brugeropgave på vejen.",
        )
        for diagram, node, way in bare_steps(diagrams, main, adverse)
    ]  # fmt: skip


def errors_in(findings: list[Finding]) -> list[Finding]:
    """Return the findings that stop a deployment."""
    return [finding for finding in findings if finding.level == ERROR]


# ---- the command ---------------------------------------------------------------------------


def registered() -> Catalogue:
    """Return what the stages register.

    The engine may not know the stages, and as a library it does not: only this command, which is
    an entry like any other, loads them by name.
    """
    stages = importlib.import_module("processes.stages")
    for module in pkgutil.iter_modules(stages.__path__, "processes.stages."):
        importlib.import_module(module.name)
    register = importlib.import_module("processes.steps").REGISTER
    return Catalogue(
        {
            key: StepFacts(step.ask is not None, step.adverse, step.arguments, step.errors)
            for key, step in register.steps.items()
        },
        frozenset(register.verbs),
    )


def files_in(folder: Path) -> dict[str, bytes]:
    """Return the diagrams and tables of a folder, by path within it."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.suffix in {".bpmn", ".dmn"}
    }


def _lines(findings: list[Finding]) -> Iterator[str]:
    words = {ERROR: "fejl", WARNING: "advarsel"}
    for finding in findings:
        yield f"{words[finding.level]}: {finding}\n"


def main(arguments: list[str] | None = None) -> int:
    """Lint a folder and tell what was found; the exit code says whether anything stops it."""
    folder = Path((sys.argv[1:] if arguments is None else arguments)[0])
    files = files_in(folder)
    findings = lint(files, registered())
    sys.stdout.writelines(_lines(findings))
    stopping = len(errors_in(findings))
    sys.stdout.write(
        f"{len(files)} diagrammer og tabeller, {stopping} fejl, "
        f"{len(findings) - stopping} advarsler.\n"
    )
    return 1 if stopping else 0


if __name__ == "__main__":
    raise SystemExit(main())
