"""Answers: does a DMN model say what the test cases beside it expect?

The cases are in the XML format of the DMN TCK: inputs by name, and for each decision what it must
say. A case is passed, failed or refused; refused is one that asks something outside the subset.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from lxml import etree

from processes.domain.errors import RuleError
from processes.engine.decisions import Model, RefusedError, parse_model
from processes.engine.findings import ERROR, XSI, DeploymentError, Finding, read_xml
from processes.engine.syntax import ExpressionError, UnsupportedError

SPACE = "http://www.omg.org/spec/DMN/20160719/testcase"
NEARLY = Decimal("0.00000001")
"""How far two numbers may be apart, as in the TCK."""
CPU_SECONDS = 5.0
MOST_FILES = 3_000
NUMBERS = {"decimal", "double", "float", "integer", "int", "long", "short", "byte"}

PASSED, FAILED, REFUSED = "passed", "failed", "refused"


class UnreadValueError(RuleError):
    """A case has a value of a kind that the language does not have (ukendt værdi)."""


@dataclass(frozen=True)
class Outcome:
    """What became of one case (prøve)."""

    name: str
    result: str
    why: str = ""


def run_folder(folder: Path) -> Iterator[Outcome]:
    """Run all cases in a folder and below it; a file that is no such file is passed over."""
    until = time.process_time() + CPU_SECONDS
    for number, file in enumerate(sorted(folder.rglob("*.xml"))):
        if number >= MOST_FILES:
            return
        try:
            root = read_xml(str(file), _content(file))
        except DeploymentError as error:
            yield Outcome(file.stem, REFUSED, str(error))
            continue
        if root.tag == f"{{{SPACE}}}testCases":
            yield from _run_file(file, root, until=until)


def _content(file: Path) -> bytes:
    if not file.is_file():
        raise DeploymentError(
            [Finding(file.name, file.name, "file.kind", ERROR, "Det er ikke en fil.", "Fjern den.")]
        )
    with file.open("rb") as stream:
        return stream.read(2_000_001)


def _run_file(file: Path, root: etree._Element, *, until: float) -> Iterator[Outcome]:
    named = (root.findtext(f"{{{SPACE}}}modelName") or "").strip()
    cases = root.findall(f"{{{SPACE}}}testCase")
    try:
        beside = file.parent / Path(named).name  # a name only: no way out of the folder
        model = parse_model(_content(beside), file=beside.name)
    except DeploymentError as error:
        model, why = None, str(error)
    for number, case in enumerate(cases, 1):
        name = f"{file.stem}/{case.get('id') or number}"
        if model is None:
            yield Outcome(name, REFUSED, why)
        elif time.process_time() > until:
            yield Outcome(name, REFUSED, "Tiden slap op; kør færre prøver ad gangen.")
        else:
            yield _run_case(name, model, case)


def _run_case(name: str, model: Model, case: etree._Element) -> Outcome:
    try:
        inputs = {
            " ".join(node.get("name", "").split()): _value(node)
            for node in case.findall(f"{{{SPACE}}}inputNode")
        }
        wrong = [text for text in _wrong(model, case, inputs) if text]
    except (RefusedError, UnreadValueError, UnsupportedError) as refused:
        return Outcome(name, REFUSED, str(refused))
    return Outcome(name, FAILED if wrong else PASSED, "; ".join(wrong))


def _wrong(model: Model, case: etree._Element, inputs: Mapping[str, object]) -> Iterator[str]:
    for node in case.findall(f"{{{SPACE}}}resultNode"):
        decision = " ".join(node.get("name", "").split())
        if node.get("type", "decision") != "decision":
            raise UnreadValueError(f"'{decision}' er ikke en beslutning, men {node.get('type')}.")
        expected_node = node.find(f"{{{SPACE}}}expected")
        expected = None if expected_node is None else _value(expected_node)
        try:
            actual = model.decide(decision, inputs)
        except UnsupportedError:
            raise
        except ExpressionError as error:
            # The standard's answer to a decision that cannot be made is null.
            yield "" if expected is None else f"{decision}: {error}"
            continue
        if not same(expected, actual):
            yield f"{decision}: ventede {expected!r}, fik {actual!r}"


def same(expected: object, actual: object) -> bool:
    """Tell whether a value is the one expected; numbers may differ in the ninth decimal."""
    match expected, actual:
        case bool(), _:
            return actual is expected
        case Decimal(), Decimal():
            return abs(expected - actual) <= NEARLY
        case list(), list():
            return len(expected) == len(actual) and all(map(same, expected, actual))
        case dict(), dict():
            return expected.keys() == actual.keys() and all(
                same(value, actual[key]) for key, value in expected.items()
            )
        case _:
            return type(expected) is type(actual) and expected == actual


# ---- values --------------------------------------------------------------------------------


def _value(node: etree._Element) -> object:
    """Read a value, a list of values, or a map of them."""
    components = node.findall(f"{{{SPACE}}}component")
    if components:
        return {" ".join(each.get("name", "").split()): _value(each) for each in components}
    many = node.find(f"{{{SPACE}}}list")
    if many is not None:
        return [_value(item) for item in many.findall(f"{{{SPACE}}}item")]
    single = node.find(f"{{{SPACE}}}value")
    if single is None or single.get(f"{{{XSI}}}nil") in {"true", "1"}:
        return None
    kind = (single.get(f"{{{XSI}}}type") or "string").rpartition(":")[2]
    return _scalar(kind, single.text or "")


def _scalar(kind: str, text: str) -> object:
    try:
        if kind in NUMBERS:
            return Decimal(text.strip())
        match kind:
            case "string":
                return text
            case "boolean":
                return text.strip() in {"true", "1"}
            case "date":
                return date.fromisoformat(text.strip())
            case "dateTime":
                return datetime.fromisoformat(text.strip())
            case _:
                raise UnreadValueError(f"Værdier af typen '{kind}' kan ikke bruges.")
    except (InvalidOperation, ValueError) as error:
        raise UnreadValueError(f"Værdien '{text}' er ikke af typen '{kind}'.") from error
