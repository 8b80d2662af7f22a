"""Answers: which diagrams and tables are in use in this installation?

For `./ky bpmn … --deployed`: reads them from the database, ours in `var/` or the one that
`DATABASE_URL` names, into a folder that the judging child can read. Nothing is written back.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from app.cli import deployed_files
from app.config import Settings
from app.local.installation import Installation
from app.local.places import VAR
from app.local.server_programs import ServerUnavailableError
from app.wiring import build_core
from processes.domain.errors import CoreError, RuleError

NO_PORT = 0
"""No register is asked, so none has an address."""
SOCKET_LINE = 4
"""Of the file in which a running server says where it is."""


@contextmanager
def _settings() -> Iterator[Settings]:
    if os.environ.get("DATABASE_URL"):
        yield Settings.from_environment(os.environ)
        return
    installation = Installation(VAR)
    if not installation.folder.exists():
        raise RuleError("Her er ingen database endnu. Kør ./ky run først, eller sæt DATABASE_URL.")
    try:
        installation.server.start()
    except ServerUnavailableError:
        # Another ./ky has it running: it is only read from, where the server says that it listens.
        said = (installation.server.data / "postmaster.pid").read_text().splitlines()
        installation.server.socket_folder = Path(said[SOCKET_LINE])
        yield installation.settings(simulator_port=NO_PORT)
        return
    try:
        yield installation.settings(simulator_port=NO_PORT)
    finally:
        installation.server.stop()


def copy_deployed(folder: Path, keys: tuple[str, ...] = ()) -> list[str] | str:
    """Write what is in force today to a folder; return the files of the main processes, or why not.

    A sentence, and no error: whoever calls has loaded this by name and knows no error of ours.
    """
    try:
        return _copied(folder, keys)
    except CoreError as error:
        return str(error)
    except (SQLAlchemyError, OSError):
        return "Databasen svarer ikke. Kør ./ky run, eller se på DATABASE_URL."


def _copied(folder: Path, keys: tuple[str, ...]) -> list[str]:
    with _settings() as settings:
        core = build_core(settings)
        try:
            files = deployed_files(core, core.clock.today(), keys)
            with core.env.uow(core.central.municipalities()[0].id) as uow:
                mains = {f"{each.key}.bpmn" for each in uow.process_drafts.versions()}
        finally:
            core.close()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return sorted(name for name in files if name in mains)
