"""compose.yaml and the hooks name only what there is: settings, words of the image, services."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.config import Mode, Settings, settings_table
from app.local import container, quality
from app.local.places import ROOT
from app.local.terminal import SetupError

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if "build" in service)
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
IN_THE_RUNBOOK = set(re.findall(r"`([A-Z_]{3,})`", (ROOT / "docs" / "runbook.md").read_text()))


def environment_of(service: str) -> dict[str, str]:
    """Return a service's variables as compose fills them in when nobody has set anything."""
    return {
        name: re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", value)
        for name, value in SERVICES[service].get("environment", {}).items()
    }


def test_there_is_a_service_for_each_program_and_what_they_need() -> None:
    assert set(SERVICES) == {"database", "broker", *container.WORDS}
    assert set(OURS) == set(container.WORDS)


@pytest.mark.parametrize("service", OURS)
def test_each_service_is_a_word_the_image_knows(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    def begin(*_command: object) -> int:
        begun.append(service)
        return 0

    for name in ("become", "migrate", "example"):
        monkeypatch.setattr(container, name, begin)

    container.main(SERVICES[service]["command"])

    assert SERVICES[service]["command"] == [service]
    assert begun == [service]


def test_the_image_says_which_words_it_knows(capsys: pytest.CaptureFixture[str]) -> None:
    assert container.main(["kaffe"]) == 2
    assert capsys.readouterr().err == f"Name one of: {', '.join(container.WORDS)}\n"


@pytest.mark.parametrize("service", OURS)
def test_every_variable_is_one_that_somebody_reads(service: str) -> None:
    known = set(re.findall(r"`([A-Z_]{3,})`", settings_table())) | IN_THE_RUNBOOK

    assert set(environment_of(service)) <= known


@pytest.mark.parametrize("service", ["web", "worker", "example"])
def test_what_serves_has_every_setting_it_needs_and_none_that_contradicts(service: str) -> None:
    settings = Settings.from_environment(environment_of(service))

    assert settings.mode is Mode.TEST
    assert settings.simulator
    assert settings.owner_url is None


def test_only_migrate_may_change_tables() -> None:
    assert [name for name in OURS if "KY_OWNER_URL" in environment_of(name)] == ["migrate"]
    assert "ky_release" in environment_of("migrate")["KY_OWNER_URL"]


def test_every_address_is_a_service_on_the_port_it_listens_on() -> None:
    ports = {
        "database": "5432",
        "broker": "5672",
        "simulator": environment_of("simulator")["KY_SIMULATOR_PORT"],
    }
    for service in OURS:
        for name, value in environment_of(service).items():
            if "://" in value:
                host, port = re.search(r"(?:@|://)([a-z]+):(\d+)", value).groups()  # type: ignore[union-attr]  # no match is a failure
                assert ports.get(host) == port, f"{service}: {name}"


def test_what_is_waited_for_is_there_and_can_be_waited_for() -> None:
    for name, service in SERVICES.items():
        for other, wish in service.get("depends_on", {}).items():
            condition = wish["condition"]
            if condition == "service_healthy":
                assert "healthcheck" in SERVICES[other], f"{name} waits for {other}"
            if condition == "service_completed_successfully":
                assert other in {"migrate", "example"}, f"{name} waits for {other}"


def test_files_and_volumes_exist_and_only_the_web_is_published_to_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:8000:8000"]}
    for service in SERVICES.values():
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).is_file()


def test_the_logins_are_made_with_a_script_the_shell_can_read(tmp_path: Path) -> None:
    script = COMPOSE["configs"]["logins"]["content"].replace("$$", "$")
    psql = tmp_path / "psql"
    psql.write_text('#!/bin/sh\necho "$@" >&2\ncat\n')
    psql.chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        **environment_of("database"),
    }

    said = subprocess.run(
        ["/bin/sh", "-c", script], env=environment, capture_output=True, text=True, check=True
    )

    assert "-v app=only-for-trying-out" in said.stderr
    assert "GRANT ky_owner TO ky_release;" in said.stdout


def test_hooks_fetch_nothing_and_call_parts_of_the_check_that_exist() -> None:
    hooks = [hook for repository in HOOKS for hook in repository["hooks"]]

    assert [repository["repo"] for repository in HOOKS] == ["local"]
    assert {hook["language"] for hook in hooks} == {"system"}
    parts = [hook["entry"].removeprefix("./ky check ") for hook in hooks]
    assert set(parts) == set(quality.CHECKS)


def test_a_part_of_the_check_runs_alone_and_an_unknown_one_is_named(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert quality.check(["bpmn"]) == 0
    said = capfd.readouterr().out

    assert "bpmn …" in said
    assert "ruff" not in said
    with pytest.raises(SetupError, match="ingen del 'stavning'"):
        quality.check(["stavning"])


def test_made_up_people_are_refused_where_the_registers_are_real(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {**environment_of("example"), "KY_SIMULATOR": "0"}.items():
        monkeypatch.setenv(name, value)

    assert container.example() == 1
