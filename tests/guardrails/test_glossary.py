"""English in code, Danish on the screen, one glossary between."""

import ast
import re
from dataclasses import dataclass

from app.local.places import ROOT
from tests.guardrails.tree import module_name, sources

GLOSSARY = ROOT / "docs" / "glossary.md"
BUILT_IN_ERRORS = {"Exception", "CoreError", "RuleError", "NotAllowedError"}
"""An error is known by its sentence on the screen, so its class needs no term."""


@dataclass(frozen=True)
class Named:
    """A public class with the first line of its docstring."""

    name: str
    module: str
    says: str
    is_error: bool


def classes(package: str) -> list[Named]:
    """Return the public classes of a package."""
    return [
        Named(
            node.name,
            module_name(path),
            (ast.get_docstring(node) or "").split("\n")[0],
            bool({ast.unparse(base) for base in node.bases} & BUILT_IN_ERRORS),
        )
        for path, tree in sources(package)
        for node in tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]


def terms(text: str) -> set[str]:
    """Return the words or phrases of a list in lower case.

    >>> sorted(terms("KLE-emne, handlingsfacet"))
    ['handlingsfacet', 'kle-emne']
    """
    return {part.strip().lower() for part in re.split("[,;/]", text) if part.strip()}


def in_brackets(sentence: str) -> set[str]:
    """Return what a sentence has in brackets."""
    return {term for found in re.findall(r"\(([^)]*)\)", sentence) for term in terms(found)}


def glossary() -> dict[str, set[str]]:
    """Return the Danish terms of each name in the glossary's tables."""
    known: dict[str, set[str]] = {}
    for line in GLOSSARY.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) >= 2:
            for name in re.findall(r"`([^`]+)`", cells[1]):
                known.setdefault(name, set()).update(terms(cells[0]))
    return known


def test_every_domain_class_gives_its_danish_term() -> None:
    silent = [
        f"{each.module}.{each.name}: {each.says}"
        for each in classes("processes/domain")
        if not each.is_error and not in_brackets(each.says)
    ]

    assert silent == []


def test_every_domain_class_is_in_the_glossary_under_that_term() -> None:
    known = glossary()

    strange = [
        f"| {', '.join(sorted(in_brackets(each.says)))} | `{each.name}` | – |"
        for each in classes("processes/domain")
        if not each.is_error and not in_brackets(each.says) & known.get(each.name, set())
    ]

    assert strange == [], "rows that docs/glossary.md lacks"


def test_every_class_of_the_ports_is_in_the_glossary() -> None:
    assert [each.name for each in classes("processes/ports") if each.name not in glossary()] == []


def test_the_glossary_names_no_class_that_is_gone() -> None:
    there = {each.name for each in [*classes("processes/domain"), *classes("processes/ports")]}
    # Below this heading stand words that have no class, or not yet.
    built = GLOSSARY.read_text().split("## Words without a class")[0]
    named = set(re.findall(r"^\| [^|]* \| `([A-Z]\w+)` \|", built, re.MULTILINE))

    assert named - there == set()
