"""Answers: how are the lock files made anew after a dependency changed?

uv resolves for every platform and Python from 3.11 on; npm does the same for the browser.
"""

import os
import subprocess
import sys
from pathlib import Path

from app.local.frontend import npm_command, npm_environment
from app.local.places import CACHE, ROOT
from app.local.terminal import long_step, say

UV = "uv==0.13.9"
UV_OPTIONS = [
    *("--generate-hashes", "--universal", "--python-version", "3.11"),
    *("--custom-compile-command", "./ky lock"),
]


def lock(_arguments: list[str]) -> int:
    """Resolve requirements/*.in and both package.json files, and write the lock files."""
    uv = _uv()
    for name in ("run", "test"):
        lock_file = Path("requirements", f"{name}.txt")
        long_step(
            f"Låser requirements/{name}.txt",
            [uv, "pip", "compile", *UV_OPTIONS, "-o", lock_file, lock_file.with_suffix(".in")],
            log=CACHE / "log" / f"lock-{name}.log",
            cwd=ROOT,
        )
    for folder in (ROOT, ROOT / "requirements" / "chromium"):
        long_step(
            f"Låser {(folder / 'package.json').relative_to(ROOT)}",
            npm_command("install", "--package-lock-only", "--ignore-scripts"),
            log=CACHE / "log" / "lock-npm.log",
            env=npm_environment(),
            cwd=folder,
        )
    say("Se forskellen igennem (git diff), før den gemmes.")
    return 0


def _uv() -> Path:
    """Return uv, installed in an environment of its own: the system does not depend on it."""
    home = CACHE / "uv"
    program = home / "bin" / "uv"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        long_step(
            "Henter uv",
            [home / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check", UV],
            log=CACHE / "log" / "uv.log",
            env=dict(os.environ),
        )
    return program
