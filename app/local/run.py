"""Answers: how does the whole system run on one machine?

`./ky run` and `./ky demo`. Reads like a list: database, simulator, web, worker.
"""

import os
import signal
import tempfile
import time
from pathlib import Path

from app.config import Settings
from app.local import all_stories, story
from app.local.database import create_database, create_tables, prepare
from app.local.demo import logins
from app.local.frontend import ensure_bundles
from app.local.installation import DATABASE, Installation, demo_settings, offset_of_demo
from app.local.machine import LOOPBACK, answers, free_port, is_open
from app.local.places import VAR
from app.local.postgres import EmbeddedServer
from app.local.programs import WORKER_COMMAND, Program, simulator_command, web_command
from app.local.supervisor import Service, Supervisor
from app.local.terminal import say

WEB_PORT = 8000
SIMULATOR_PORT = 8100


def run(arguments: list[str]) -> int:
    """Run everything until Ctrl-C."""
    ensure_bundles()
    if os.environ.get("DATABASE_URL"):
        return _run_on_a_given_database()
    if "--ny" in arguments:
        Installation(VAR).erase()
    return _run_the_demo(Installation(VAR))


def _run_the_demo(installation: Installation) -> int:
    started = time.monotonic()
    server = installation.server
    web_port = free_port(int(os.environ.get("KY_PORT", WEB_PORT)))
    simulator_port = free_port(int(os.environ.get("KY_SIMULATOR_PORT", SIMULATOR_PORT)))
    try:
        with Supervisor() as supervisor:
            say("Starter databasen …")
            server.start()  # the first time an error must reach the person, not be tried again
            supervisor.start(Service("databasen", server.running, stop_signal=signal.SIGINT))
            create_database(server, DATABASE)
            settings = installation.settings(simulator_port=simulator_port)
            supervisor.start(_simulator(settings, simulator_port, installation.folder))
            say("Klargør tabeller og demokommune …")
            prepare(settings)
            say("Starter web og arbejder …")
            for service in _web_and_worker(settings, web_port, installation.logs):
                supervisor.start(service)
            say(f"\nKlar efter {time.monotonic() - started:.1f} s. Ctrl-C stopper det hele.\n")
            say(f"  Ydelsessystemet   http://{LOOPBACK}:{web_port}/")
            say(f"  Simulatoren       http://{LOOPBACK}:{simulator_port}/")
            say(f"  Logge             {installation.logs}\n")
            say(logins())
            supervisor.watch()
            say("Stopper …")
    finally:
        server.stop()
    say("Stoppet. Data er gemt i var/ og er der igen næste gang.")
    return 0


def _run_on_a_given_database() -> int:
    """Run web and worker on the database and the registers that the environment names."""
    settings = Settings.from_environment(os.environ)
    prepare(settings)
    port = free_port(int(os.environ.get("KY_PORT", WEB_PORT)))

    with Supervisor() as supervisor:
        for service in _web_and_worker(settings, port, VAR / "log"):
            supervisor.start(service)
        say(f"Klar: http://{LOOPBACK}:{port}/")
        supervisor.watch()
    return 0


def _web_and_worker(settings: Settings, port: int, logs: Path) -> list[Service]:
    web = Program(web_command(port), settings, log=logs / "web.log")
    worker = Program(WORKER_COMMAND, settings, log=logs / "worker.log")
    return [
        Service(
            "web", web.start, ready=lambda: answers(port, "/sundhed"), last_words=web.last_words
        ),
        Service("arbejderen", worker.start, last_words=worker.last_words),
    ]


def _simulator(settings: Settings, port: int, folder: Path) -> Service:
    command = simulator_command(port, folder / "simulator.json")
    program = Program(command, settings, log=folder / "log" / "simulator.log")
    return Service(
        "simulatoren",
        program.start,
        ready=lambda: is_open(port),
        last_words=program.last_words,
    )


def demo(arguments: list[str]) -> int:
    """Tell one case from application to letter, on a database that is thrown away afterwards.

    `--all` plays every story instead.
    """
    as_json = "--json" in arguments
    if "--all" in arguments:
        return _demo_of_all(as_json=as_json)
    with tempfile.TemporaryDirectory(prefix="ky-demo-") as folder:
        home = Path(folder)
        port = free_port(SIMULATOR_PORT)
        with EmbeddedServer(home / "pg", throw_away=True) as server:
            create_database(server, DATABASE)
            settings = demo_settings(
                server,
                DATABASE,
                files_dir=home / "files",
                simulator_port=port,
                secret_key="only-for-one-demonstration-then-gone",  # noqa: S106 - guards nothing
                clock_offset_seconds=offset_of_demo(),
            )
            with Supervisor() as supervisor:
                supervisor.start(_simulator(settings, port, home))
                create_tables(settings)
                return story.run(settings, as_json=as_json)


def _demo_of_all(*, as_json: bool) -> int:
    with tempfile.TemporaryDirectory(prefix="ky-stories-") as folder:
        home = Path(folder)
        with EmbeddedServer(home / "pg", throw_away=True) as server:
            return all_stories.run(home, server, as_json=as_json)
