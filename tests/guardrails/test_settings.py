"""Every setting is in the runbook, no secret has a value of its own, and one place reads them.

That the runbook's table is the one the code makes stands in test_configuration.py; here it is
compared both ways, so that nothing in it is left over.
"""

import ast
import re
from dataclasses import MISSING, fields
from typing import get_type_hints

from app.config import Setting, Settings, settings_table
from app.local.places import ROOT
from tests.guardrails.tree import sources

RUNBOOK = ROOT / "docs" / "runbook.md"
READS_THE_ENVIRONMENT = {
    "app/factory.py": "builds the settings when gunicorn starts it",
    "tasks/celery_app.py": "the same for the worker, and the broker before any core is there",
    "integrations/simulator/server.py": "the simulator is no part of the system",
}
"""Who may read variables besides `app/config.py` and the programs of one machine, `app/local`."""


def settings() -> dict[str, tuple[Setting, object]]:
    """Return each setting by its variable, with its default."""
    hints = get_type_hints(Settings, include_extras=True)
    declared = [(hints[field.name].__metadata__[0], field.default) for field in fields(Settings)]
    return {setting.variable: (setting, default) for setting, default in declared}


def between(markers: str, text: str) -> str:
    """Return what stands between two markers of a document."""
    return text.split(f"<!-- {markers}:start -->\n")[1].split(f"<!-- {markers}:end -->")[0]


def test_the_runbook_has_exactly_the_settings_there_are() -> None:
    assert between("settings", RUNBOOK.read_text()) == settings_table()


def test_no_secret_has_a_default() -> None:
    secrets = {name: default for name, (setting, default) in settings().items() if setting.secret}

    assert "KY_SECRET_KEY" in secrets
    assert {name for name, default in secrets.items() if default not in {MISSING, None}} == set()


def test_what_sounds_secret_is_marked_secret() -> None:
    telling = re.compile("SECRET|PASSWORD|TOKEN|KEY|DATABASE|BROKER|OWNER")

    unmarked = {
        name
        for name, (setting, _) in settings().items()
        if telling.search(name) and not setting.secret
    }

    assert unmarked == set()


def variables(tree: ast.Module) -> set[str]:
    """Return what looks like one of our variables in a module's texts."""
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    found = [re.findall(r"\bKY_[A-Z][A-Z_]*\b", text) for text in texts if isinstance(text, str)]
    return {name for names in found for name in names}


def test_every_variable_in_the_code_is_in_the_runbook() -> None:
    runbook = RUNBOOK.read_text()

    named = {name for _, tree in sources() for name in variables(tree)}

    assert "KY_MODE" in named
    assert {name for name in named if f"`{name}`" not in runbook} == set()


def reads_the_environment(tree: ast.Module) -> bool:
    """Tell whether a module touches `os.environ` or `os.getenv`."""
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "os"
        for alias in node.names
    }
    return bool(names & {"environ", "getenv"})


def test_only_named_modules_read_the_environment() -> None:
    found = {
        path
        for path, tree in sources()
        if reads_the_environment(tree) and not path.startswith("app/local/")
    }

    assert found == set(READS_THE_ENVIRONMENT)
