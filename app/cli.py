"""Commands for whoever runs the system: `flask deploy-bpmn` and `flask export-bpmn`.

The same gate as in the workbench, and the same two people. What is exported is what is deployed,
byte for byte; deployed again it is no new version.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
from flask import Flask

from app.wiring import Core
from processes.domain.access import Role
from processes.domain.errors import NotFoundError, RuleError
from processes.engine.findings import DeploymentError
from processes.operations.deployment import Deployed


def install(app: Flask, core: Core) -> None:
    """Add the commands to an application."""

    @app.cli.command("deploy-bpmn")
    @click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
    @click.option("--by", required=True, help="Procesejeren, der har tegnet.")
    @click.option("--approved-by", required=True, help="Procesejeren, der har godkendt.")
    @click.option("--from", "valid_from", help="Dagen, det gælder fra (ÅÅÅÅ-MM-DD); ellers i dag.")
    def deploy_bpmn(folder: Path, by: str, approved_by: str, valid_from: str | None) -> None:
        """Tag diagrammer og tabeller i en mappe i brug, når to procesejere står inde for dem."""
        try:
            deployed = _deploy(core, folder, by, approved_by, valid_from)
        except DeploymentError as refused:
            click.echo("\n".join(str(finding) for finding in refused.findings))
            raise SystemExit(1) from refused
        except (RuleError, ValueError) as error:
            raise click.ClickException(str(error)) from error
        click.echo("\n".join(_told(deployed)))

    @app.cli.command("export-bpmn")
    @click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
    @click.argument("keys", nargs=-1)
    @click.option("--on", "day", help="Dagen, det skal gælde på (ÅÅÅÅ-MM-DD); ellers i dag.")
    def export_bpmn(folder: Path, keys: tuple[str, ...], day: str | None) -> None:
        """Skriv de diagrammer og tabeller, der er i brug, til en mappe."""
        try:
            on = core.clock.today() if day is None else date.fromisoformat(day)
            files = deployed_files(core, on, keys)
        except (RuleError, NotFoundError, ValueError) as error:
            raise click.ClickException(str(error)) from error
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in sorted(files.items()):
            (folder / name).write_bytes(content)
            click.echo(name)


def _deploy(
    core: Core, folder: Path, by: str, approved_by: str, valid_from: str | None
) -> Deployed:
    _check_two(core, by, approved_by)
    day = None if valid_from is None else date.fromisoformat(valid_from)
    people = f"{by}, godkendt af {approved_by}"
    return core.deployment.deploy(files_in(folder), by=people, valid_from=day)


def _told(deployed: Deployed) -> Iterator[str]:
    """Yield what a deployment changed, a line each."""
    yield from (f"advarsel: {warning}" for warning in deployed.warnings)
    changed = [(each.key, each.version, each.valid_from) for each in deployed.definitions]
    changed += [(each.key, each.version, each.valid_from) for each in deployed.tables]
    for key, version, day in changed:
        yield f"{key} version {version} gælder fra {day:%d.%m.%Y}"
    if not deployed.changed:
        yield "Intet er ændret."


def files_in(folder: Path) -> dict[str, bytes]:
    """Return the diagrams and tables of a folder and those below it, by name."""
    return {
        file.name: file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.suffix in {".bpmn", ".dmn"}
    }


def deployed_files(core: Core, on: date, keys: tuple[str, ...] = ()) -> dict[str, bytes]:
    """Return the diagrams in force on a day, all or of some processes, and every table."""
    home = _home(core)
    files: dict[str, bytes] = {}
    with core.env.uow(home) as uow:
        known = {each.key for each in uow.process_drafts.versions()}
        for key in keys:
            if key not in known:
                raise NotFoundError(f"Processen '{key}' er ikke taget i brug.")
        for key in sorted(keys or known):
            try:
                files |= uow.definitions.current(key, on).bundle
            except NotFoundError:  # retired, or not in force yet
                if keys:
                    raise
        files |= {f"{key}.dmn": table.xml for key, table in uow.definitions.tables(on).items()}
    return files


def _home(core: Core) -> int:
    municipalities = core.central.municipalities()
    if not municipalities:
        raise RuleError("Der er ingen kommune endnu. Opret en kommune først.")
    return municipalities[0].id


def _check_two(core: Core, by: str, approved_by: str) -> None:
    """Refuse unless two different people may deploy: what one draws another has looked at."""
    if by == approved_by:
        raise RuleError("Den, der godkender, skal være en anden end den, der har tegnet.")
    with core.env.uow(_home(core)) as uow:
        for user_id in (by, approved_by):
            user = uow.setup.user(user_id)
            if not user.active or not any(
                role == str(Role.PROCESS_OWNER) for _, role, _ in user.roles
            ):
                raise RuleError(f"'{user_id}' er ikke procesejer. Vælg en, der er.")
