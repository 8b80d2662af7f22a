"""Answers: is the code in order, do the tests pass, and what do the figures say?

`./ky setup`, `check`, `test` and `bench`. Knows the tools; what they demand is in setup.cfg and
pyproject.toml.
"""

import os
import subprocess
import sys
import time

from app.local.chromium import environment_for_tests
from app.local.frontend import ensure_bundles
from app.local.machine import cores, description
from app.local.places import ROOT
from app.local.terminal import SetupError, say

MOST_TEST_PROCESSES = 4
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"

# Ruff's own cache and mypy's make the second run short; the order is cheapest first.
CHECKS = {
    "ruff": ["-m", "ruff", "check", "."],
    "format": ["-m", "ruff", "format", "--check", "."],
    "imports": ["-c", LINT_IMPORTS, "--no-logo", "--cache-dir", ".cache/import-linter"],
    "bpmn": ["-m", "processes.engine.lint", "bpmn"],
    "mypy": ["-m", "mypy"],
}
GUARDRAILS = ["-m", "pytest", "tests/guardrails", "-q", "-p", "no:cacheprovider"]


def setup(arguments: list[str]) -> int:
    """Fetch and build what the other commands need, and nothing more."""
    ensure_bundles()
    if "--test" in arguments:
        environment_for_tests()
    return 0


def check(arguments: list[str]) -> int:
    """Run the fast part: what can be seen without running a case; named parts when some are."""
    parts = {**CHECKS, "guardrails": GUARDRAILS}
    if unknown := set(arguments) - set(parts):
        raise SetupError(
            f"Kontrollen har ingen del '{sorted(unknown)[0]}'; der er {', '.join(parts)}."
        )
    return _run_checks({name: parts[name] for name in arguments or parts})


def test(arguments: list[str]) -> int:
    """Run the fast part and then every test; arguments go to pytest."""
    environment = _environment(long="--long" in arguments)
    checked = _run_checks(CHECKS) if set(arguments) <= {"--long"} else 0
    if checked:
        say("Kontrollen fandt fejl (se ovenfor). Prøverne køres, men resultatet er fejlet.\n")
    processes = max(2, min(cores(), MOST_TEST_PROCESSES))
    options = ["-n", str(processes), "--dist", "loadgroup"]
    tested = _python(["-m", "pytest", *options, *arguments], environment)
    return tested or checked


def bench(arguments: list[str]) -> int:
    """Print the figures, with the machine they were taken on."""
    say(description())
    options = ["-s", "-q", "-p", "no:xdist", "--long"]
    return _python(["-m", "pytest", "tests/benchmarks", *options, *arguments], _environment())


def _environment(*, long: bool = False) -> dict[str, str]:
    ensure_bundles()
    return {**os.environ, **environment_for_tests(), "KY_LONG": "1" if long else ""}


def _run_checks(checks: dict[str, list[str]]) -> int:
    """Run each check, say how long it took, and return the first failure's code."""
    worst = 0
    for name, command in checks.items():
        started = time.monotonic()
        say(f"{name} …")
        code = _python(command, dict(os.environ))
        say(f"  {time.monotonic() - started:4.0f} s  {'i orden' if code == 0 else 'FEJL'}")
        worst = worst or code
    return worst


def _python(arguments: list[str], environment: dict[str, str]) -> int:
    """Run one of the environment's tools in the project's folder."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, check=False
    ).returncode
