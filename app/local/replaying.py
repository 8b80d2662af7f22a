"""Answers: what was a decision made of? Writes it as one file that can be checked without us.

`./ky replay SAG|AFGOERELSE`. Needs the database, and says so in Danish when it is not there. See
docs/replay.md.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NoReturn

from sqlalchemy.exc import OperationalError

from app.config import ConfigurationError, Settings
from app.local.installation import Installation
from app.local.places import VAR
from app.local.terminal import SetupError
from app.wiring import Core, build_core
from processes.domain.access import Actor, Role
from processes.domain.decisions import Decision
from processes.domain.errors import CoreError

CANNOT = 2
SIMULATOR_PORT = 8201
"""Nothing is asked of it here; settings name an address."""


class _Parser(argparse.ArgumentParser):
    """Says in Danish what is wrong with a call."""

    def error(self, message: str) -> NoReturn:
        """Say how it is called, and stop."""
        print(f"Brug: {self.usage}\nKaldet kan ikke læses ({message}).", file=sys.stderr)
        sys.exit(CANNOT)


def replay(arguments: list[str]) -> int:
    """Write a decision's file; 0 is written, 2 is a call that cannot be answered."""
    parser = _Parser(add_help=False, usage="./ky replay SAG|AFGOERELSE [--out FIL]")
    parser.add_argument("reference")
    parser.add_argument("--out", default="")
    options = parser.parse_args(arguments)
    try:
        with settings_here() as settings, closing(build_core(settings)) as core:
            name, content = handed_out(core, options.reference)
    except (CoreError, ConfigurationError) as error:
        print(f"{options.reference}: {error}", file=sys.stderr)
        return CANNOT
    except OperationalError:
        print(f"{options.reference}: {NO_DATABASE}", file=sys.stderr)
        return CANNOT
    file = Path(os.environ.get("KY_CALLED_FROM", ".")) / (options.out or name)
    file.write_bytes(content)
    print(f"{file}\nKontrollér den med: python3 -I -S processes/law/check_replay.py {file}")
    return 0


NO_DATABASE = "Databasen svarer ikke. Se efter, om den er startet, og prøv igen."
NOTHING_THERE = "Der er ingen demo på denne maskine endnu. Start den med ./ky run."


def handed_out(core: Core, reference: str) -> tuple[str, bytes]:
    """Return the file of a decision, looked for in every municipality."""
    for municipality in core.central.municipalities():
        decision: Decision | None = core.replays.find(municipality.id, reference)
        if decision is not None:
            by = Actor(getpass.getuser(), "./ky replay", Role.AUDITOR, municipality.id, frozenset())
            return core.replays.file(decision.id, by)
    raise CoreError(
        "Der er ingen sag eller afgørelse med det nummer. Skriv fx 2026-000123 eller 2026-000123-1."
    )


@contextmanager
def settings_here() -> Iterator[Settings]:
    """Return what the environment says, or the demo's own while its database is started for us."""
    if os.environ.get("DATABASE_URL"):
        yield Settings.from_environment(os.environ)
        return
    installation = Installation(VAR)
    if not installation.folder.exists():
        raise SetupError(NOTHING_THERE)
    with installation.server:
        yield installation.settings(simulator_port=SIMULATOR_PORT)
