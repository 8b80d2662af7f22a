"""Answers: what does this decision table say about these variables?

The hit policy says which rule counts when several fit; under UNIQUE exactly one must. No rule is
"cannot be decided", one too many is a conflict, and both are incidents; never a default. Tables
are bound by legal date, so the caller says which one applies.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from lxml import etree

from processes.domain.errors import RuleError
from processes.engine.expressions import (
    MAX_STEPS_TOGETHER,
    Budget,
    Scope,
    as_variable,
    evaluate,
    passes,
)
from processes.engine.findings import (
    DMN_NAMESPACES,
    ERROR,
    WARNING,
    DeploymentError,
    Finding,
    read_xml,
)
from processes.engine.hits import Hit, HitConflictError, read_hit
from processes.engine.syntax import (
    Anything,
    ExpressionError,
    Node,
    names_in,
    parse,
    parse_tests,
)

MAX_RULES = 500


class TableError(RuleError):
    """A decision table gives no single answer; `code` is `table_no_row` or `table_conflict`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Rule:
    """One row (regel): its cells, what it gives, and the source that says so."""

    number: int
    tests: tuple[Node, ...]
    cells: tuple[str, ...]
    """The tests as written, for people."""
    outputs: tuple[object, ...]
    source: str


@dataclass(frozen=True)
class DecisionTable:
    """A decision table (beslutningstabel): one question, its inputs, its rows."""

    id: str
    name: str
    inputs: tuple[str, ...]
    """FEEL expressions over the process variables."""
    labels: tuple[str, ...]
    outputs: tuple[str, ...]
    """The variables a row sets."""
    rules: tuple[Rule, ...]
    hit: Hit = field(default_factory=Hit)
    allowed: tuple[Node, ...] = ()
    """For each input what can come at all (`inputValues`); empty or `-` where anything can."""

    @property
    def reads(self) -> frozenset[str]:
        """The process variables the table reads."""
        return frozenset().union(*(names_in(parse(text)) for text in self.inputs))


@dataclass(frozen=True)
class Decided:
    """What a table answered, and by which row: enough to explain it later."""

    outputs: dict[str, object]
    rule: int
    """The first of them, when there are several."""
    source: str
    rules: tuple[int, ...] = ()


def decide(table: DecisionTable, scope: Scope) -> Decided:
    """Return the answer of the rows that fit; none, or some not allowed together, is an error."""
    budget = Budget(MAX_STEPS_TOGETHER)
    values = [evaluate(text, scope, budget) for text in table.inputs]
    fitting = [
        rule
        for rule in table.rules
        if all(
            passes(test, value, scope, budget)
            for test, value in zip(rule.tests, values, strict=True)
        )
    ]
    shown = ", ".join(
        f"{label} = {_shown(value)}" for label, value in zip(table.labels, values, strict=True)
    )
    if not fitting:
        raise TableError(
            "table_no_row",
            f"Tabellen '{table.name}' ({table.id}) har ingen regel for {shown}. "
            "Tilføj reglen, eller ret oplysningen, og prøv igen.",
        )
    try:
        chosen = table.hit.settle([(rule.number, rule.outputs) for rule in fitting])
    except HitConflictError as conflict:
        raise TableError(
            "table_conflict",
            f"Tabellen '{table.name}' ({table.id}) har flere regler ({conflict}) for {shown}. "
            f"Ret tabellen, så den følger sin træfregel ({table.hit.policy}), og prøv igen.",
        ) from conflict
    numbers = tuple(number for number, _ in chosen)
    sources = dict.fromkeys(table.rules[number - 1].source for number in numbers)
    return Decided(
        _together(table, [outputs for _, outputs in chosen]),
        numbers[0],
        " · ".join(source for source in sources if source),
        numbers,
    )


def _together(table: DecisionTable, rows: list[tuple[object, ...]]) -> dict[str, object]:
    """Return what a table sets: values of the one row, lists of many, or what they add up to."""
    if table.hit.aggregation:
        value = as_variable(table.hit.aggregate([row[0] for row in rows]))
        if value is None:
            raise TableError(
                "table_aggregate",
                f"Tabellen '{table.name}' ({table.id}) kan ikke lægge sine svar sammen. "
                "Ret uddata, så alle er af samme slags.",
            )
        return {table.outputs[0]: value}
    if table.hit.many:
        columns = zip(*rows, strict=True)
        return dict(zip(table.outputs, map(list, columns), strict=True))
    return dict(zip(table.outputs, rows[0], strict=True))


def _shown(value: object) -> str:
    if value is None:
        return "ukendt"
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return str(value)


# ---- reading -------------------------------------------------------------------------------


class _Reader:
    """Reads one DMN file, and notes all that is wrong before it gives up."""

    def __init__(self, file: str, root: etree._Element) -> None:
        self.file = file
        self.root = root
        self.namespace = {"d": etree.QName(root).namespace or ""}
        self.findings: list[Finding] = []

    def note(self, element: str, rule: str, message: str, way_out: str) -> None:
        self.findings.append(Finding(self.file, element, rule, ERROR, message, way_out))

    def all(self, node: etree._Element, path: str) -> list[etree._Element]:
        found: Any = node.xpath(path, namespaces=self.namespace)
        return list(found)

    def text(self, node: etree._Element, path: str) -> str:
        found = self.all(node, path)
        return (found[0].text or "").strip() if found else ""

    def table(self) -> DecisionTable:
        if self.namespace["d"] not in DMN_NAMESPACES or etree.QName(self.root).localname != (
            "definitions"
        ):
            self.note(
                self.file, "dmn.namespace",
                "Filen er ikke en DMN-fil i en kendt udgave (1.3, 1.4 eller 1.5).",
                "Gem tabellen igen fra tegneværktøjet.",
            )  # fmt: skip
            raise DeploymentError(self.findings)
        decisions = self.all(self.root, "./d:decision")
        tables = self.all(self.root, "./d:decision/d:decisionTable")
        if len(decisions) != 1 or len(tables) != 1:
            self.note(
                self.file, "dmn.one_decision",
                f"Filen har {len(decisions)} beslutninger og {len(tables)} tabeller.",
                "En fil skal have netop én beslutning med én tabel.",
            )  # fmt: skip
            raise DeploymentError(self.findings)
        decision, table = decisions[0], tables[0]
        key = decision.get("id", "")
        self.check_decision(key, decision)
        inputs, labels = self.inputs(key, table)
        outputs = self.outputs(key, table)
        rules = tuple(
            self.rule(number, row, len(inputs), len(outputs))
            for number, row in enumerate(islice(self.all(table, "./d:rule"), MAX_RULES + 1), 1)
        )
        if not 1 <= len(rules) <= MAX_RULES:
            self.note(
                key, "dmn.rules", f"Tabellen har {len(rules)} regler.",
                f"En tabel skal have mellem 1 og {MAX_RULES} regler.",
            )  # fmt: skip
        allowed = tuple(self.allowed(key, node) for node in self.all(table, "./d:input"))
        hit = self.hit(key, table, len(outputs))
        if self.findings or hit is None:
            raise DeploymentError(self.findings)
        name = decision.get("name", key)
        return DecisionTable(key, name, inputs, labels, outputs, rules, hit, allowed)

    def allowed(self, key: str, node: etree._Element) -> Node:
        """Read what an input can be; it is checked when gaps are looked for, not when it is run."""
        text = self.text(node, "./d:inputValues/d:text")
        try:
            return parse_tests(text) if text else Anything()
        except ExpressionError as error:
            self.note(node.get("id", key), "dmn.input", str(error), "Ret de tilladte værdier.")
            return Anything()

    def hit(self, key: str, table: etree._Element, outputs: int) -> Hit | None:
        read = read_hit(
            table.get("hitPolicy", "UNIQUE"),
            table.get("aggregation", ""),
            lambda: tuple(self.ranks(key, node) for node in self.all(table, "./d:output")),
            outputs,
        )
        if isinstance(read, Hit):
            return read
        self.note(key, "dmn.hit_policy", *read)
        return None

    def ranks(self, key: str, output: etree._Element) -> tuple[object, ...]:
        """Read the values of an output in their order."""
        text = self.text(output, "./d:outputValues/d:text")
        try:
            listed = parse(f"[{text}]")
            return tuple(as_variable(evaluate(f"[{text}]", {}))) if not names_in(listed) else ()  # type: ignore[arg-type]  # a list
        except ExpressionError as error:
            self.note(output.get("id", key), "dmn.output", str(error), "Ret værdierne.")
            return ()

    def check_decision(self, key: str, decision: etree._Element) -> None:
        if not decision.get("name", "").strip():
            self.note(key, "dmn.name", "Tabellen har intet navn.", "Giv den et dansk navn.")
        for kind in ("informationRequirement", "knowledgeRequirement", "variable"):
            for extra in self.all(decision, f"./d:{kind}"):
                if kind != "variable":
                    self.note(
                        extra.get("id", key), "dmn.requirement",
                        "Tabellen bygger på en anden beslutning; det er ikke understøttet.",
                        "Lad processen slå den anden tabel op først.",
                    )  # fmt: skip

    def inputs(self, key: str, table: etree._Element) -> tuple[tuple[str, ...], tuple[str, ...]]:
        inputs: list[str] = []
        labels: list[str] = []
        for node in self.all(table, "./d:input"):
            text = self.text(node, "./d:inputExpression/d:text")
            self.language(node, "./d:inputExpression")
            try:
                parse(text)
            except ExpressionError as error:
                self.note(node.get("id", key), "dmn.input", str(error), "Ret udtrykket.")
                text = "null"
            inputs.append(text)
            labels.append(node.get("label") or text)
        if not inputs:
            self.note(key, "dmn.inputs", "Tabellen har ingen inddata.", "Tilføj mindst én kolonne.")
        return tuple(inputs), tuple(labels)

    def outputs(self, key: str, table: etree._Element) -> tuple[str, ...]:
        names = tuple(node.get("name") or "" for node in self.all(table, "./d:output"))
        if not names or not all(name.isidentifier() for name in names):
            self.note(
                key, "dmn.outputs",
                "Hver uddatakolonne skal have et navn uden mellemrum (navnet på en variabel).",
                "Sæt kolonnens navn til den variabel, tabellen giver processen.",
            )  # fmt: skip
        return names

    def language(self, node: etree._Element, path: str = ".") -> None:
        for found in self.all(node, path):
            language = found.get("expressionLanguage", "")
            if language and "feel" not in language.lower():
                self.note(
                    found.get("id", self.file), "dmn.language",
                    f"Udtrykssproget er sat til '{language}'; kun FEEL kan bruges.",
                    "Fjern sprogvalget.",
                )  # fmt: skip

    def rule(self, number: int, row: etree._Element, inputs: int, outputs: int) -> Rule:
        place = row.get("id") or f"regel {number}"
        cells = [self.text(cell, "./d:text") for cell in self.all(row, "./d:inputEntry")]
        given = [self.text(cell, "./d:text") for cell in self.all(row, "./d:outputEntry")]
        for entry in self.all(row, "./d:inputEntry | ./d:outputEntry"):
            self.language(entry)
        if len(cells) != inputs or len(given) != outputs:
            self.note(
                place, "dmn.cells", f"Regel {number} har ikke lige så mange celler som kolonner.",
                "Gem tabellen igen fra tegneværktøjet.",
            )  # fmt: skip
        tests: list[Node] = []
        for cell in cells:
            try:
                tests.append(parse_tests(cell))
            except ExpressionError as error:
                self.note(place, "dmn.cell", f"Regel {number}: {error}", "Ret cellen.")
                tests.append(Anything())
        values: list[object] = []
        for text in given:
            try:
                node = parse(text)
                if names_in(node):
                    raise ExpressionError(f"'{text}' er ikke en fast værdi.")
                values.append(as_variable(evaluate(text, {})))
            except ExpressionError as error:
                self.note(
                    place, "dmn.output", f"Regel {number}: {error}",
                    "Skriv en tekst i anførselstegn, et helt tal, true, false eller null.",
                )  # fmt: skip
                values.append(None)
        annotation = " · ".join(
            part
            for part in (
                self.text(row, "./d:description"),
                *(self.text(each, "./d:text") for each in self.all(row, "./d:annotationEntry")),
            )
            if part
        )
        return Rule(number, tuple(tests), tuple(cells), tuple(values), annotation)


def parse_table(content: bytes, *, file: str = "tabel.dmn") -> DecisionTable:
    """Read a decision table from DMN; what cannot be run is refused by name, all at once."""
    return _Reader(file, read_xml(file, content)).table()


def lint_table(file: str, table: DecisionTable) -> list[Finding]:
    """Return what breaks the house rules in a table that can be run."""
    findings = [
        Finding(
            file, table.id, "dmn.source", WARNING, f"Regel {rule.number} har ingen kilde.",
            "Skriv paragraf eller retningslinje i reglens bemærkning.",
        )
        for rule in table.rules
        if not rule.source
    ]  # fmt: skip
    stem = file.rsplit("/", 1)[-1].removesuffix(".dmn")
    if table.id != stem:
        findings.append(
            Finding(
                file, table.id, "dmn.file_name", ERROR,
                f"Beslutningen hedder '{table.id}', men filen '{stem}.dmn'.",
                "Giv dem samme navn.",
            )
        )  # fmt: skip
    return findings
