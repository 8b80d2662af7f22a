"""The embedded PostgreSQL: real, private, and hard to lose data with."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.local import server_programs
from app.local.postgres import EmbeddedServer
from app.local.server_programs import ServerUnavailableError


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    made = EmbeddedServer(tmp_path / "pg", throw_away=True)
    yield made
    made.stop()


def kill(server: EmbeddedServer) -> None:
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait(20)


def write_a_row(server: EmbeddedServer) -> None:
    with server.connect() as connection:
        connection.execute("CREATE TABLE remembered AS SELECT 42 AS answer")


def answer(server: EmbeddedServer) -> object:
    with server.connect() as connection:
        row = connection.execute("SELECT answer FROM remembered").fetchone()
    assert row is not None
    return row[0]


def test_data_is_still_there_after_stop_and_start(server: EmbeddedServer) -> None:
    server.start()
    write_a_row(server)
    server.stop()

    server.start()

    assert answer(server) == 42


def test_a_killed_server_recovers_what_was_committed(server: EmbeddedServer) -> None:
    server.start()
    write_a_row(server)
    kill(server)

    server.start()

    assert answer(server) == 42


def test_the_lock_file_of_a_dead_server_does_not_stop_a_new_one(server: EmbeddedServer) -> None:
    server.start()
    write_a_row(server)
    kill(server)
    # As after a restart of a container: the number belongs to another living program, this one.
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")

    server.start()

    assert answer(server) == 42


def test_two_owners_of_one_folder_are_refused(server: EmbeddedServer) -> None:
    server.start()

    with pytest.raises(ServerUnavailableError, match="i brug af en anden"):
        EmbeddedServer(server.data).start()


def test_nothing_but_the_private_socket_listens(server: EmbeddedServer) -> None:
    server.start()

    assert server.socket_folder is not None
    assert server.socket_folder.stat().st_mode & 0o077 == 0
    assert len(str(server.socket_folder / ".s.PGSQL.5432")) <= 107
    with server.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    with socket.socket() as probe, pytest.raises(OSError, match="refused"):
        probe.connect(("127.0.0.1", 5432))


def test_the_server_is_not_root(server: EmbeddedServer) -> None:
    server.start()
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    capabilities = next(line for line in status.splitlines() if line.startswith("CapEff"))

    assert int(capabilities.split()[1], 16) == 0


def test_an_interrupted_first_start_is_begun_again(server: EmbeddedServer) -> None:
    half_made = server.data.with_name("pg-unfinished")
    half_made.mkdir()
    (half_made / "base").mkdir()

    server.start()
    write_a_row(server)

    assert answer(server) == 42
    assert not half_made.exists()


def test_data_of_another_major_version_is_refused_with_a_way_out(server: EmbeddedServer) -> None:
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("9\n")

    with pytest.raises(ServerUnavailableError, match="--ny"):
        server.start()


def test_erasing_leaves_nothing(server: EmbeddedServer) -> None:
    server.start()
    write_a_row(server)
    server.stop()

    server.erase()
    assert not server.data.exists()

    server.start()
    with pytest.raises(psycopg.errors.UndefinedTable):
        answer(server)


def test_without_any_server_program_the_message_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server_programs, "_candidates", lambda: iter(()))

    with pytest.raises(ServerUnavailableError, match="DATABASE_URL"):
        server_programs.binaries()


@pytest.fixture
def _namespaces_forbidden(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if os.geteuid() != 0:
        pytest.skip("only root has two ways to give up its rights")
    monkeypatch.setenv("KY_NO_USER_NAMESPACE", "1")
    server_programs.namespace_allowed.cache_clear()
    yield
    server_programs.namespace_allowed.cache_clear()


@pytest.mark.usefixtures("_namespaces_forbidden")
def test_where_namespaces_are_forbidden_the_server_runs_as_nobody(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path / "pg", throw_away=True) as server:
        write_a_row(server)

        assert answer(server) == 42
        assert server.data.stat().st_uid == server_programs.NOBODY


@pytest.mark.usefixtures("_namespaces_forbidden")
def test_data_kept_for_nobody_goes_when_its_folder_is_gone(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with EmbeddedServer(closed / "pg", throw_away=True) as server:
        kept = server.data
    assert kept.is_relative_to(server_programs.FOLDER_FOR_NOBODY)
    assert closed.stat().st_mode & 0o777 == 0o700
    assert kept.exists()

    closed.rmdir()
    EmbeddedServer(tmp_path / "pg")

    assert not kept.exists()
