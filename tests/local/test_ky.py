"""The script: needs only Python, lists every command, and notices an interrupted set-up."""

import importlib
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

from app.local import cli
from app.local.places import ROOT


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all tests here: an environment takes two seconds to make."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "requirements").mkdir()
    return folder


@pytest.fixture
def ky(project: Path) -> ModuleType:
    """The script as a module, with another folder as its project and empty lock files."""
    spec = spec_from_loader("ky_script", SourceFileLoader("ky_script", str(ROOT / "ky")))
    assert spec is not None
    assert spec.loader is not None
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    script.ROOT = project
    script.CACHE = project / ".cache"
    script.VENV = project / ".venv"
    script.VENV_PYTHON = script.VENV / "bin" / "python"
    script.STAMP = script.VENV / "ky.json"
    script.UNDER_WAY = script.VENV / "ky-under-way"
    for name in ("run", "test"):
        (project / "requirements" / f"{name}.txt").write_text("")
    return script


def run_bare(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script without any installed package."""
    command = [sys.executable, "-S", "-E", str(ROOT / "ky"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_help_needs_nothing_but_python() -> None:
    answer = run_bare("help")

    assert answer.returncode == 0
    assert answer.stderr == ""


def test_help_lists_every_command_there_is(ky: ModuleType) -> None:
    assert set(ky.COMMANDS) == {*cli.COMMANDS, "help"}
    for name in cli.COMMANDS:
        assert f"./ky {name} " in ky.usage()


@pytest.mark.parametrize("command", sorted(cli.COMMANDS))
def test_every_command_has_its_function(command: str) -> None:
    module, function = cli.COMMANDS[command]

    assert callable(getattr(importlib.import_module(module), function))


def test_an_unknown_command_is_an_error_with_the_list() -> None:
    answer = run_bare("rum")

    assert answer.returncode == 2
    assert "Kommandoen 'rum' findes ikke." in answer.stderr
    assert "./ky run" in answer.stderr


def test_a_finished_set_up_is_not_done_again(ky: ModuleType) -> None:
    ky.ensure_packages(["run"])
    made = ky.STAMP.stat().st_mtime_ns

    ky.ensure_packages(["run"])

    assert ky.STAMP.stat().st_mtime_ns == made
    assert not ky.UNDER_WAY.exists()


def test_an_interrupted_set_up_is_begun_from_nothing(ky: ModuleType) -> None:
    ky.ensure_packages(["run"])
    ky.UNDER_WAY.touch()
    half_installed = ky.VENV / "half-installed"
    half_installed.touch()

    ky.ensure_packages(["run"])

    assert not half_installed.exists()
    assert not ky.UNDER_WAY.exists()
    assert set(ky.installed()) == {"run"}


def test_a_changed_lock_file_is_installed_again(ky: ModuleType) -> None:
    ky.ensure_packages(["run"])
    before = ky.installed()
    (ky.ROOT / "requirements" / "run.txt").write_text("# another lock\n")

    ky.ensure_packages(["run"])

    assert ky.installed()["run"] != before["run"]


def test_a_failing_install_leaves_a_marker_and_names_its_log(ky: ModuleType) -> None:
    lock = ky.ROOT / "requirements" / "run.txt"
    lock.write_text(f"--no-index\nnot-to-be-had==1 --hash=sha256:{'0' * 64}\n")

    with pytest.raises(ky.SetupError, match=r"pip-run\.log"):
        ky.ensure_packages(["run"])

    assert ky.UNDER_WAY.exists()
    assert ky.installed() == {}
