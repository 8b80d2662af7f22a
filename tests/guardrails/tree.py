"""What the guardrails read: the project's own files and their syntax trees."""

import ast
from collections.abc import Iterator
from pathlib import Path

from app.local.places import ROOT

FIRST_PARTY = ("app", "forms", "integrations", "processes", "tasks")
GENERATED = ("app/static/dist",)
IGNORED = frozenset({"__pycache__", "node_modules", "var", "build", "dist"})


def project_files(*suffixes: str) -> Iterator[Path]:
    """Yield the project's own files, without what is built, fetched or remembered."""
    folders = [ROOT]
    while folders:
        for path in sorted(folders.pop().iterdir()):
            name = path.relative_to(ROOT).as_posix()
            if path.is_dir():
                hidden = path.name.startswith(".") and path.name != ".ci"
                if path.name not in IGNORED and not hidden and name not in GENERATED:
                    folders.append(path)
            elif not suffixes or path.suffix in suffixes:
                yield path


def sources(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield each module of some packages by its path from the root, with its syntax tree."""
    for package in packages or FIRST_PARTY:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def module_name(path: str) -> str:
    """Return the dotted name of a module.

    >>> module_name("processes/domain/money.py")
    'processes.domain.money'
    """
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
