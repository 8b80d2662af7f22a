"""Where the rules are read from, and what has to be in step with what."""

import ast
import configparser
from pathlib import Path

import pytest

from app.config import settings_table
from app.local.places import ROOT

FIRST_PARTY = ("app", "forms", "integrations", "processes", "tasks")


def test_pytest_reads_setup_cfg(pytestconfig: pytest.Config) -> None:
    # An empty pytest table in pyproject.toml would switch setup.cfg off without a word.
    assert pytestconfig.inipath is not None
    assert pytestconfig.inipath.name == "setup.cfg"


def test_every_first_party_package_is_under_contract() -> None:
    configuration = configparser.ConfigParser()
    configuration.read(ROOT / "setup.cfg")

    assert set(configuration["importlinter"]["root_packages"].split()) == set(FIRST_PARTY)
    for package in FIRST_PARTY:
        assert (ROOT / package / "__init__.py").exists()


def hidden_imports(path: Path) -> list[str]:
    """Return the first-party imports that stand inside a function."""
    found = []
    for outer in ast.walk(ast.parse(path.read_text())):
        if not isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for inner in ast.walk(outer):
            names = []
            if isinstance(inner, ast.ImportFrom) and inner.module:
                names = [inner.module]
            elif isinstance(inner, ast.Import):
                names = [alias.name for alias in inner.names]
            found += [
                f"{path.relative_to(ROOT)}:{inner.lineno} imports {name}"
                for name in names
                if name.split(".")[0] in FIRST_PARTY
            ]
    return found


def test_no_first_party_import_hides_in_a_function() -> None:
    sources = [path for package in FIRST_PARTY for path in (ROOT / package).rglob("*.py")]

    assert [line for path in sources for line in hidden_imports(path)] == []


def test_the_runbook_shows_every_setting() -> None:
    runbook = (ROOT / "docs" / "runbook.md").read_text()

    assert settings_table() in runbook


def test_package_init_files_are_empty() -> None:
    for package in FIRST_PARTY:
        for path in (ROOT / package).rglob("__init__.py"):
            assert path.read_text() == "", path
