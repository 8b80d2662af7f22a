"""What the documentation says of itself holds: links lead somewhere, decisions have their parts."""

import re
from pathlib import Path

import pytest

from app.local.places import ROOT
from tests.guardrails.tree import project_files

DECISIONS = ROOT / "docs" / "decisions"
PARTS = ["Context", "Decision", "Price", "What would change it"]

FOREIGN_PATHS = re.compile(r"(?<![\w.:/-])/(?:home|work|Users|mnt|media|workspace)/\w")
"""A folder of somebody's machine: what stands there is nowhere else."""
SIGNATURES = re.compile(
    r"co-authored[-]by:|generated (?:with|by) \[|\bai[- ](?:assistant|generated|written)"
    r"|\blanguage[ ]model\b|\bas an ai\b",
    re.IGNORECASE,
)
"""What a writing tool leaves behind."""


def documents() -> list[Path]:
    """Return every Markdown file of the project."""
    return list(project_files(".md"))


def links(path: Path) -> list[str]:
    """Return the targets of the relative links and pictures of a document."""
    without_code = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", without_code)
    return [target for target in targets if not re.match(r"[a-z]+:|#", target)]


def heading_ids(path: Path) -> set[str]:
    """Return what a link's fragment may be in a document."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_relative_link_leads_to_a_file() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in documents()
        for target in links(path)
        if not (path.parent / target.split("#")[0]).resolve().exists()
    ]

    assert broken == []


def test_every_link_to_a_heading_finds_it() -> None:
    broken = []
    for path in documents():
        for target in links(path):
            file, _, fragment = target.partition("#")
            if fragment and fragment not in heading_ids((path.parent / file).resolve()):
                broken.append(f"{path.relative_to(ROOT)}: {target}")

    assert broken == []


def decisions() -> list[Path]:
    """Return the pages of decisions."""
    return sorted(path for path in DECISIONS.glob("*.md") if path.name != "README.md")


@pytest.mark.parametrize("page", decisions(), ids=lambda page: page.stem)
def test_a_decision_has_context_decision_price_and_what_would_change_it(page: Path) -> None:
    text = page.read_text()

    assert re.match(rf"# {page.stem[:4]} \S", text), "the title begins with the page's number"
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == PARTS
    for part in PARTS:
        body = text.split(f"## {part}\n")[1].split("\n## ")[0]
        assert body.strip(), f"{part} is empty"


def test_every_decision_has_a_number_of_its_own_and_stands_in_the_index() -> None:
    names = [page.name for page in decisions()]
    index = (DECISIONS / "README.md").read_text()

    assert len({name[:4] for name in names}) == len(names)
    titles = {page.name: page.read_text().splitlines()[0][7:] for page in decisions()}
    rows = {f"| [{name[:4]}]({name}) | {title} |" for name, title in titles.items()}
    assert {row for row in rows if row not in index} == set()


def test_every_document_in_docs_is_linked_from_the_readme() -> None:
    linked = {(ROOT / target).resolve() for target in links(ROOT / "README.md")}
    linked |= {
        (ROOT / "docs" / target.split("#")[0]).resolve()
        for page in (ROOT / "docs" / "architecture.md", ROOT / "docs" / "runbook.md")
        for target in links(page)
    }

    assert {path.name for path in (ROOT / "docs").glob("*.md") if path not in linked} == set()


def texts() -> list[Path]:
    """Return what somebody may read as text."""
    readable = project_files(
        ".md", ".py", ".toml", ".cfg", ".yaml", ".yml", ".json", ".html", ".js", ".mjs", ".css",
        ".sql", ".xsd", ".wsdl", ".xml", ".bpmn", ".dmn", ".typ", ".in", ".txt", "",
    )  # fmt: skip
    return [path for path in readable if path != Path(__file__)]


@pytest.mark.parametrize("pattern", [FOREIGN_PATHS, SIGNATURES], ids=["path", "signature"])
def test_no_file_names_somebodys_machine_or_a_writing_tool(pattern: re.Pattern[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in texts()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]

    assert found == []


def test_the_patterns_find_what_they_are_for() -> None:
    machine = "see /" + "home/anna/notes.md"
    signed = "Co-Authored-" + "By: a tool"

    assert FOREIGN_PATHS.search(machine)
    assert SIGNATURES.search(signed)
    assert not FOREIGN_PATHS.search("https://example.dk/home/x and app/web/home/x")
