"""What is shipped in `bpmn/`, read once: files, tables, and the steps the core registers."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache
from pathlib import Path

import processes.stages
from processes.engine.definitions import Definition, parse_bundle
from processes.engine.tables import DecisionTable, parse_table
from processes.steps import REGISTER, Register

BPMN = Path(__file__).parents[2] / "bpmn"
PROCESSES = tuple(sorted(path.stem for path in (BPMN / "processes").glob("*.bpmn")))
DECISIONS = tuple(sorted(path.stem for path in (BPMN / "decisions").glob("*.dmn")))
MAIN = "subsistence_application"


@lru_cache
def files() -> dict[str, bytes]:
    """Return every shipped diagram by file name."""
    return {f"{key}.bpmn": (BPMN / "processes" / f"{key}.bpmn").read_bytes() for key in PROCESSES}


@lru_cache
def table_files() -> dict[str, bytes]:
    """Return every shipped decision table by file name."""
    return {f"{key}.dmn": (BPMN / "decisions" / f"{key}.dmn").read_bytes() for key in DECISIONS}


@lru_cache
def tables() -> dict[str, DecisionTable]:
    """Return every shipped decision table by id."""
    return {
        file.removesuffix(".dmn"): parse_table(content, file=file)
        for file, content in table_files().items()
    }


@lru_cache
def definition(process: str = MAIN) -> Definition:
    """Return a shipped process with every process it calls."""
    return parse_bundle(files(), key=process)


@lru_cache
def register() -> Register:
    """Return the register with every stage's steps and verbs in it."""
    for module in pkgutil.iter_modules(processes.stages.__path__):
        importlib.import_module(f"processes.stages.{module.name}")
    return REGISTER
