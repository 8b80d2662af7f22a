"""`flask deploy-bpmn` and `export-bpmn`: the same gate, two people, and the same bytes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.cli import files_in
from app.factory import create_app
from tests.bpmn import shipped
from tests.engine.drawing import draw, end, path, start, user
from tests.journeys.conftest import World


@pytest.fixture
def app(world: World) -> Flask:
    return create_app(world.core.settings, world.core)


def call(app: Flask, *words: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=[str(word) for word in words])


def owners(world: World) -> tuple[str, str]:
    with world.core.env.uow(999) as uow:
        users = uow.setup.users(999)
    found = [user.id for user in users if any(role == "process_owner" for _, role, _ in user.roles)]
    return found[0], found[1]


def test_what_is_exported_is_what_was_deployed_and_deploys_as_nothing_new(
    app: Flask, world: World, tmp_path: Path
) -> None:
    by, approved_by = owners(world)

    assert call(app, "export-bpmn", tmp_path / "out").exit_code == 0
    assert files_in(tmp_path / "out") == {**shipped.files(), **shipped.table_files()}

    again = call(app, "deploy-bpmn", tmp_path / "out", "--by", by, "--approved-by", approved_by)
    assert (again.exit_code, again.output.strip()) == (0, "Intet er ændret.")


def test_nobody_deploys_alone_or_without_being_a_process_owner(
    app: Flask, world: World, tmp_path: Path
) -> None:
    by, _ = owners(world)

    alone = call(app, "deploy-bpmn", tmp_path, "--by", by, "--approved-by", by)
    other = call(app, "deploy-bpmn", tmp_path, "--by", by, "--approved-by", "mette")

    assert "en anden" in alone.output
    assert "ikke procesejer" in other.output
    assert alone.exit_code == other.exit_code == 1


def test_the_gate_says_all_that_is_wrong(app: Flask, world: World, tmp_path: Path) -> None:
    by, approved_by = owners(world)
    (tmp_path / "p.bpmn").write_bytes(
        draw("p", start(), user("a"), end(), path("start", "a", "end"))
    )

    refused = call(app, "deploy-bpmn", tmp_path, "--by", by, "--approved-by", approved_by)

    assert refused.exit_code == 1
    assert "[id.prefix]" in refused.output


def test_a_process_nobody_has_is_said_to_be_none(app: Flask, tmp_path: Path) -> None:
    asked = call(app, "export-bpmn", tmp_path, "nothing")

    assert asked.exit_code == 1
    assert "'nothing'" in asked.output
