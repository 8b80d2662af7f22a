"""Answers: what do the decisions of a DMN model say, each built on the others it requires?

For models as other tools write them: decisions that require inputs, decisions and business
knowledge, written as expressions, tables, maps, lists and invocations. A part outside that subset
is a finding with its id, and a decision that needs it is refused by name; the others can be run.
Processes look up single tables (`tables`); this is what judges and tests whole models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from lxml import etree

from processes.domain.errors import RuleError
from processes.engine.expressions import Budget, Functions, Scope, evaluate_tree, passes_tree
from processes.engine.findings import DMN_NAMESPACES, ERROR, DeploymentError, Finding, read_xml
from processes.engine.hits import Hit, HitConflictError, Outputs, read_hit
from processes.engine.syntax import (
    ExpressionError,
    Literal,
    Node,
    Surroundings,
    names_in,
    parse,
    parse_tests,
)

MAX_STEPS = 100_000
MAX_RULES = 500
MAX_DECISIONS = 200
MAX_DEPTH = 10

Evaluate = Callable[["Asked"], object]
"""What a compiled expression is: it asks for names, and gives a value."""


class RefusedError(RuleError):
    """A decision cannot be run here (afvist); `findings` say what stands against it."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in findings))


@dataclass(frozen=True)
class Asked:
    """One evaluation: the names at hand, the functions, and what is left of the budget."""

    scope: Scope
    functions: Functions
    budget: Budget

    def within(self, more: Scope) -> Asked:
        """Return the same evaluation with more names."""
        return Asked({**self.scope, **more}, self.functions, self.budget)


@dataclass
class Element:
    """A decision, an input or business knowledge (element i modellen)."""

    id: str
    name: str
    kind: str
    node: etree._Element = field(repr=False)
    requires: list[str] = field(default_factory=list)
    evaluate: Evaluate | None = None
    parameters: tuple[str, ...] = ()
    findings: list[Finding] = field(default_factory=list)


class Model:
    """A DMN model that has been read: its elements, and what in them cannot be run."""

    def __init__(self, file: str, elements: Mapping[str, Element], findings: list[Finding]) -> None:
        self.file = file
        self.elements = elements
        self.findings = findings

    @property
    def decisions(self) -> tuple[str, ...]:
        """The names of its decisions."""
        return tuple(each.name for each in self.elements.values() if each.kind == "decision")

    def decide(self, name: str, inputs: Scope) -> object:
        """Return what a decision says of some inputs, by their names."""
        decision = self._named(name)
        standing = [finding for each in self._needed(decision, set()) for finding in each.findings]
        if standing:
            raise RefusedError(standing)
        budget = Budget(MAX_STEPS)
        done: dict[str, object] = {}
        return self._value(decision, inputs, done, budget)

    def _named(self, name: str) -> Element:
        found = [each for each in self.elements.values() if each.kind == "decision"]
        for each in found:
            if name in {each.name, each.id}:
                return each
        way_out = f"Der er: {', '.join(each.name for each in found)}."
        message = f"Beslutningen '{name}' findes ikke."
        raise RefusedError([Finding(self.file, name, "dmn.missing", ERROR, message, way_out)])

    def _needed(self, element: Element, seen: set[str]) -> Iterator[Element]:
        if element.id not in seen:
            seen.add(element.id)
            yield element
            for key in element.requires:
                if key in self.elements:
                    yield from self._needed(self.elements[key], seen)

    def _value(
        self, element: Element, inputs: Scope, done: dict[str, object], budget: Budget
    ) -> object:
        """Return the value of an element, those it requires first."""
        if element.id not in done:
            asked = self._asked(element, inputs, done, budget)
            assert element.evaluate is not None  # noqa: S101 – else it has a finding
            done[element.id] = element.evaluate(asked)
        return done[element.id]

    def _asked(
        self, element: Element, inputs: Scope, done: dict[str, object], budget: Budget
    ) -> Asked:
        scope: dict[str, object] = {}
        functions: dict[str, Callable[[list[object]], object]] = {}
        for key in element.requires:
            required = self.elements[key]
            if required.kind == "inputData":
                scope[required.name] = inputs.get(required.name)
            elif required.kind == "decision":
                scope[required.name] = self._value(required, inputs, done, budget)
            else:
                functions[required.name] = self._function(required, inputs, done, budget)
        return Asked(scope, functions, budget)

    def _function(
        self, knowledge: Element, inputs: Scope, done: dict[str, object], budget: Budget
    ) -> Callable[[list[object]], object]:
        def call(arguments: list[object]) -> object:
            if len(arguments) != len(knowledge.parameters):
                raise ExpressionError(
                    f"'{knowledge.name}' tager {len(knowledge.parameters)} argument(er), "
                    f"ikke {len(arguments)}."
                )
            budget.spend(10)
            asked = self._asked(knowledge, inputs, done, budget)
            given = dict(zip(knowledge.parameters, arguments, strict=True))
            assert knowledge.evaluate is not None  # noqa: S101 – else it has a finding
            return knowledge.evaluate(asked.within(given))

        return call


# ---- reading -------------------------------------------------------------------------------


KINDS = ("decision", "inputData", "businessKnowledgeModel")
BESIDE = {"itemDefinition", "knowledgeSource", "textAnnotation", "association", "group",
          "elementCollection", "performanceIndicator", "organizationUnit", "description",
          "extensionElements", "DMNDI"}  # fmt: skip
AROUND = {"description", "extensionElements", "question", "allowedAnswers", "variable",
          "informationRequirement", "knowledgeRequirement", "authorityRequirement",
          "supportedObjective", "impactedPerformanceIndicator", "decisionMaker", "decisionOwner",
          "usingProcess", "usingTask", "encapsulatedLogic"}  # fmt: skip


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname


class _Reader:
    """Reads one model; what cannot be run is noted on the element it stands in."""

    def __init__(self, file: str, root: etree._Element) -> None:
        self.file = file
        self.root = root
        self.space = etree.QName(root).namespace or ""
        self.elements: dict[str, Element] = {}
        self.loose: list[Finding] = []
        self.here = Element(file, file, "", root)

    def note(self, element: str, rule: str, message: str, way_out: str) -> None:
        finding = Finding(self.file, element or self.here.id, rule, ERROR, message, way_out)
        self.here.findings.append(finding)

    def child(self, node: etree._Element, *names: str) -> etree._Element | None:
        return next((each for each in self.children(node) if _local(each) in names), None)

    def children(self, node: etree._Element, *names: str) -> list[etree._Element]:
        own = [each for each in node if etree.QName(each).namespace == self.space]
        return [each for each in own if not names or _local(each) in names]

    def text(self, node: etree._Element | None, *path: str) -> str:
        for name in path:
            node = None if node is None else self.child(node, name)
        return "" if node is None else (node.text or "").strip()

    def read(self) -> Model:
        if self.space not in DMN_NAMESPACES or _local(self.root) != "definitions":
            finding = Finding(
                self.file, self.file, "dmn.namespace", ERROR,
                "Filen er ikke en DMN-fil i en kendt udgave (1.3, 1.4 eller 1.5).",
                "Gem modellen igen fra tegneværktøjet.",
            )  # fmt: skip
            raise DeploymentError([finding])
        for node in self.children(self.root):
            if _local(node) in KINDS:
                self.declare(node)
            elif _local(node) not in BESIDE:
                self.note(
                    node.get("id") or _local(node), "dmn.unsupported",
                    f"'{_local(node)}' kan ikke bruges i en model her.", "Fjern elementet.",
                )  # fmt: skip
        if len(self.elements) > MAX_DECISIONS:
            self.note(
                self.file, "dmn.size", f"Modellen har {len(self.elements)} elementer.",
                f"Den må højst have {MAX_DECISIONS}; del den op.",
            )  # fmt: skip
            raise DeploymentError(self.here.findings)
        loose = self.here.findings
        for element in self.elements.values():
            self.here = element
            self.requirements(element)
        self.circles()
        for element in self.elements.values():
            self.here = element
            self.compile(element)
        every = [finding for each in self.elements.values() for finding in each.findings]
        return Model(self.file, self.elements, sorted({*loose, *every}))

    def declare(self, node: etree._Element) -> None:
        key, name = node.get("id", ""), " ".join(node.get("name", "").split())
        if not key or not name or key in self.elements:
            self.note(
                key, "id.unique", f"Id'et '{key}' eller navnet mangler, eller id'et er brugt før.",
                "Giv elementet sit eget id og et navn.",
            )  # fmt: skip
        self.elements[key] = Element(key, name, _local(node), node)

    def requirements(self, element: Element) -> None:
        wanted = ("requiredInput", "requiredDecision", "requiredKnowledge")
        for requirement in self.children(
            element.node, "informationRequirement", "knowledgeRequirement"
        ):
            for each in self.children(requirement, *wanted):
                reference = each.get("href", "")
                if reference.startswith("#") and reference[1:] in self.elements:
                    element.requires.append(reference[1:])
                else:
                    self.note(
                        element.id, "dmn.requirement",
                        f"'{element.name}' bygger på '{reference}', som ikke står i filen.",
                        "Læg det, den bygger på, i samme fil.",
                    )  # fmt: skip

    def circles(self) -> None:
        """Note what builds on itself, and then forget that it does: nothing may go round."""
        state: dict[str, str] = {}

        def visit(key: str) -> None:
            state[key] = "open"
            element = self.elements[key]
            for required in list(element.requires):
                if state.get(required) == "open":
                    self.here = element
                    self.note(
                        key, "dmn.circle", f"'{element.name}' bygger på sig selv.",
                        "Fjern det krav, der lukker ringen.",
                    )  # fmt: skip
                    element.requires.remove(required)
                elif required not in state:
                    visit(required)
            state[key] = "done"

        for key in self.elements:
            if key not in state:
                visit(key)

    # -- expressions

    def surroundings(self, element: Element) -> Surroundings:
        required = [self.elements[key] for key in element.requires]
        names = {each.name for each in required if each.kind != "businessKnowledgeModel"}
        knows = {each.name for each in required if each.kind == "businessKnowledgeModel"}
        return Surroundings(frozenset(names), frozenset(knows))

    def compile(self, element: Element) -> None:
        around = self.surroundings(element)
        if element.kind == "inputData":
            element.evaluate = lambda asked: None
            return
        body = element.node
        if element.kind == "businessKnowledgeModel":
            logic = self.child(element.node, "encapsulatedLogic")
            if logic is None or logic.get("kind", "FEEL") != "FEEL":
                self.unsupported(element.id, "en funktion uden FEEL-indhold")
                return
            body = logic
            element.parameters = tuple(
                " ".join(each.get("name", "").split())
                for each in self.children(logic, "formalParameter")
            )
            for parameter in element.parameters:
                around = around.and_name(parameter)
        element.evaluate = self.inside(body, around)

    def inside(self, owner: etree._Element, around: Surroundings, depth: int = 1) -> Evaluate:
        """Compile the one expression in an element."""
        found = [
            each
            for each in self.children(owner)
            if _local(each) not in AROUND and _local(each) not in {"formalParameter", "parameter"}
        ]
        if len(found) != 1:
            self.note(
                owner.get("id", ""), "dmn.logic",
                f"Der er {len(found)} udtryk, hvor der skal være ét.", "Skriv netop ét udtryk.",
            )  # fmt: skip
            return _nothing
        if depth > MAX_DEPTH:
            self.note(
                owner.get("id", ""), "dmn.nesting", f"Udtryk ligger over {MAX_DEPTH} lag dybt.",
                "Del beslutningen op.",
            )  # fmt: skip
            return _nothing
        return self.expression(found[0], around, depth)

    def expression(self, node: etree._Element, around: Surroundings, depth: int) -> Evaluate:
        match _local(node):
            case "literalExpression":
                return self.literal(node, self.text(node, "text"), around)
            case "decisionTable":
                return self.table(node, around)
            case "context":
                return self.context(node, around, depth)
            case "list":
                items = [self.expression(each, around, depth + 1) for each in self.children(node)]
                return lambda asked: [item(asked) for item in items]
            case "invocation":
                return self.invocation(node, around, depth)
            case other:
                self.unsupported(node.get("id", ""), f"'{other}'")
                return _nothing

    def unsupported(self, element: str, what: str) -> None:
        self.note(
            element, "dmn.unsupported", f"{what} kan ikke bruges i en beslutning her.",
            "Skriv det som udtryk, tabel, kontekst eller kald (docs/feel.md).",
        )  # fmt: skip

    def tree(self, owner: etree._Element, text: str, around: Surroundings) -> Node:
        language = owner.get("expressionLanguage", "")
        if language and "feel" not in language.lower():
            self.note(
                owner.get("id", ""), "dmn.language",
                f"Udtrykssproget er sat til '{language}'; kun FEEL kan bruges.",
                "Fjern sprogvalget.",
            )  # fmt: skip
        try:
            read = parse(text, around)
        except ExpressionError as error:
            self.note(owner.get("id", ""), "expression.syntax", str(error), "Ret udtrykket.")
            return Literal(None)
        self.known(owner, read, around)
        return read

    def known(self, owner: etree._Element, tree: Node, around: Surroundings) -> None:
        """Note the names that nothing gives a value: they would be null for ever."""
        for name in sorted(names_in(tree) - around.names):
            self.note(
                owner.get("id", ""), "dmn.name", f"Navnet '{name}' kendes ikke her.",
                "Tilføj et krav til det, navnet hører til, eller ret navnet.",
            )  # fmt: skip

    def literal(self, node: etree._Element, text: str, around: Surroundings) -> Evaluate:
        tree = self.tree(node, text, around)
        return lambda asked: evaluate_tree(tree, asked.scope, asked.functions, asked.budget)

    def context(self, node: etree._Element, around: Surroundings, depth: int) -> Evaluate:
        """Compile a map; an entry without a name is what it all comes to."""
        entries: list[tuple[str, Evaluate]] = []
        for entry in self.children(node, "contextEntry"):
            variable = self.child(entry, "variable")
            name = "" if variable is None else " ".join(variable.get("name", "").split())
            entries.append((name, self.inside(entry, around, depth + 1)))
            around = around.and_name(name) if name else around

        def evaluate(asked: Asked) -> object:
            made: dict[str, object] = {}
            for name, entry in entries:
                value = entry(asked.within(made))
                if not name:
                    return value
                made[name] = value
            return made

        return evaluate

    def invocation(self, node: etree._Element, around: Surroundings, depth: int) -> Evaluate:
        called = self.text(node, "literalExpression", "text")
        knowledge = next(
            (each for each in self.elements.values()
             if each.name == called and each.kind == "businessKnowledgeModel"
             and called in around.functions), None,
        )  # fmt: skip
        if knowledge is None:
            self.note(
                node.get("id", ""), "dmn.invocation", f"'{called}' er ikke viden, der kan kaldes.",
                "Tilføj et krav til den, eller ret navnet.",
            )  # fmt: skip
            return _nothing
        bound: dict[str, Evaluate] = {}
        for binding in self.children(node, "binding"):
            parameter = self.child(binding, "parameter")
            name = "" if parameter is None else " ".join(parameter.get("name", "").split())
            bound[name] = self.inside(binding, around, depth + 1)
        logic = self.child(knowledge.node, "encapsulatedLogic")
        wanted = () if logic is None else tuple(
            " ".join(each.get("name", "").split())
            for each in self.children(logic, "formalParameter")
        )  # fmt: skip
        if set(bound) != set(wanted):
            self.note(
                node.get("id", ""), "dmn.invocation",
                f"'{called}' skal have {', '.join(wanted) or 'intet'}.", "Ret parametrene.",
            )  # fmt: skip
            return _nothing
        return lambda asked: asked.functions[called]([bound[name](asked) for name in wanted])

    # -- tables

    def table(self, node: etree._Element, around: Surroundings) -> Evaluate:
        inputs = [
            self.literal(each, self.text(each, "inputExpression", "text"), around)
            for each in self.children(node, "input")
        ]
        columns = self.children(node, "output")
        names = tuple(each.get("name", "") for each in columns)
        rows = self.children(node, "rule")
        if len(rows) > MAX_RULES or not columns:
            self.note(
                node.get("id", ""), "dmn.rules",
                f"Tabellen har {len(rows)} regler og {len(columns)} uddatakolonner.",
                f"Den skal have uddata og højst {MAX_RULES} regler.",
            )  # fmt: skip
            return _nothing
        rules = [
            self.rule(row, len(inputs), len(columns), around) for row in islice(rows, MAX_RULES)
        ]
        hit = read_hit(
            node.get("hitPolicy", "UNIQUE"), node.get("aggregation", ""),
            lambda: tuple(self.ranks(each) for each in columns), len(columns),
        )  # fmt: skip
        if not isinstance(hit, Hit):
            self.note(node.get("id", ""), "dmn.hit_policy", *hit)
            return _nothing
        otherwise = [self.default(each, around) for each in columns]
        return _Table(self.here.name, hit, tuple(inputs), names, tuple(rules), tuple(otherwise))

    def rule(
        self, row: etree._Element, inputs: int, outputs: int, around: Surroundings
    ) -> tuple[tuple[Node, ...], tuple[Evaluate, ...]]:
        cells = self.children(row, "inputEntry")
        given = self.children(row, "outputEntry")
        if len(cells) != inputs or len(given) != outputs:
            self.note(
                row.get("id", ""), "dmn.cells",
                "Reglen har ikke lige så mange celler som kolonner.",
                "Gem tabellen igen fra tegneværktøjet.",
            )  # fmt: skip
        tests = []
        for cell in cells:
            try:
                tests.append(parse_tests(self.text(cell, "text"), around))
                self.known(cell, tests[-1], around)
            except ExpressionError as error:
                self.note(cell.get("id", ""), "dmn.cell", str(error), "Ret cellen.")
        outputs_of = tuple(self.literal(cell, self.text(cell, "text"), around) for cell in given)
        return tuple(tests), outputs_of

    def default(self, column: etree._Element, around: Surroundings) -> Evaluate | None:
        entry = self.child(column, "defaultOutputEntry")
        return None if entry is None else self.literal(entry, self.text(entry, "text"), around)

    def ranks(self, column: etree._Element) -> tuple[object, ...]:
        nothing = Surroundings()
        text = self.text(column, "outputValues", "text")
        tree = self.tree(column, f"[{text}]", nothing)
        values: Any = evaluate_tree(tree, {}, {}, Budget())
        return tuple(values) if isinstance(values, list) else ()


def _nothing(asked: Asked) -> object:
    """Stand for an expression that has a finding; it is never asked."""
    raise AssertionError(asked)


@dataclass(frozen=True)
class _Table:
    """A compiled decision table."""

    name: str
    hit: Hit
    inputs: tuple[Evaluate, ...]
    outputs: tuple[str, ...]
    rules: tuple[tuple[tuple[Node, ...], tuple[Evaluate, ...]], ...]
    otherwise: tuple[Evaluate | None, ...]

    def __call__(self, asked: Asked) -> object:
        values = [each(asked) for each in self.inputs]
        fitting: list[tuple[int, Outputs]] = [
            (number, tuple(output(asked) for output in outputs))
            for number, (tests, outputs) in enumerate(self.rules, 1)
            if self.fits(tests, values, asked)
        ]
        try:
            rows = [row for _, row in self.hit.settle(fitting)]
        except HitConflictError as conflict:
            raise ExpressionError(
                f"Tabellen '{self.name}' har flere regler ({conflict}), som dens træfregel ikke "
                "tillader sammen."
            ) from conflict
        if not rows and any(self.otherwise):
            defaults = tuple(None if each is None else each(asked) for each in self.otherwise)
            rows = [defaults]
        if self.hit.aggregation:
            return self.hit.aggregate([row[0] for row in rows]) if rows else None
        if self.hit.many:
            return [self.answer(row) for row in rows]
        return self.answer(rows[0]) if rows else None

    def fits(self, tests: tuple[Node, ...], values: list[object], asked: Asked) -> bool:
        return all(
            passes_tree(test, value, asked.scope, asked.functions, asked.budget)
            for test, value in zip(tests, values, strict=True)
        )

    def answer(self, row: Outputs) -> object:
        return row[0] if len(row) == 1 else dict(zip(self.outputs, row, strict=True))


def parse_model(content: bytes, *, file: str = "model.dmn") -> Model:
    """Read a DMN model; what in it cannot be run is in its `findings`."""
    return _Reader(file, read_xml(file, content)).read()
