"""Who may import whom, and what the core may know.

That no first-party import hides in a function stands in test_configuration.py.
"""

import ast
import json
import subprocess
import sys

from app.local.places import ROOT
from app.local.quality import CHECKS
from tests.guardrails.tree import FIRST_PARTY, sources

LOADED_BY_NAME = {
    # Importing a stage registers its steps; nothing of it is called by name.
    "app/wiring.py": "every stage",
    # The linter asks the register what a diagram may name; the engine must not know the stages.
    "processes/engine/lint.py": "every stage, and the register",
    # Each command loads what it needs when it is given, and no more.
    "app/local/cli.py": "the commands of one machine",
    # Judging a file needs no database; only `--deployed` does, and loads it then.
    "app/local/models.py": "the deployed diagrams, when they are asked for",
}
"""The modules that may load a first-party module by its name, which no import contract sees."""

FRAMEWORKS = ("flask", "sqlalchemy", "psycopg", "celery", "zeep", "wtforms", "requests", "lxml")
LOADS_THE_LAW = """
import importlib, json, pkgutil, sys
import processes.domain, processes.stages
for package in (processes.domain, processes.stages):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def test_every_import_contract_is_kept() -> None:
    checked = subprocess.run(
        [sys.executable, *CHECKS["imports"]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout[-4000:] + checked.stderr[-1000:]


def imported(tree: ast.Module) -> set[str]:
    """Return the top-level names a module imports, wherever it does so."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_the_domain_knows_only_the_standard_library() -> None:
    allowed = sys.stdlib_module_names | {"processes"}

    strangers = {
        path: sorted(imported(tree) - allowed) for path, tree in sources("processes/domain")
    }

    assert {path: names for path, names in strangers.items() if names} == {}


def test_the_law_loads_without_any_framework() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", LOADS_THE_LAW], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert set(json.loads(loaded.stdout)) & {*FRAMEWORKS, "SpiffWorkflow"} == set()


def loads_by_name(tree: ast.Module) -> bool:
    """Tell whether a module calls `import_module` or `__import__`."""
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    return bool(called & {"import_module", "__import__"})


def test_only_named_modules_load_others_by_name() -> None:
    found = {path for path, tree in sources(*FIRST_PARTY) if loads_by_name(tree)}

    assert found == set(LOADED_BY_NAME)
