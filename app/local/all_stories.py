"""`./ky demo --all`: plays every story on a database of its own and prints what came of each.

The tables are made once; each story begins on a copy of them, with registers and a clock of its
own, so that no story can be helped or hindered by another.
"""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from app.config import Settings
from app.local import demo, storybook
from app.local.database import create_database, create_tables
from app.local.installation import demo_settings
from app.local.player import Played, StoryPlayer
from app.local.postgres import EmbeddedServer
from app.local.story import StoryClock
from app.local.storybook import StoryError
from app.wiring import build_core
from integrations.calls import Limits
from integrations.simulator.server import start
from processes.domain.errors import OutsideError, RuleError

TEMPLATE = "ky_stories"
PATIENCE = Limits(seconds=5, attempts=1, pause_seconds=0.01)
"""A register that a story switches off shall not be waited for in real time."""
WIDTH = 110
TITLE_WIDTH, OUTCOME_WIDTH, AMOUNT_WIDTH = 50, 10, 16


def run(home: Path, server: EmbeddedServer, *, as_json: bool, out: TextIO = sys.stdout) -> int:
    """Play every story; returns 0 when each came true."""
    create_database(server, TEMPLATE)
    create_tables(_settings(server, TEMPLATE, home, simulator_port=0))
    tell = _json_line if as_json else _table_row
    if not as_json:
        out.write(_head())
    failed = 0
    for name in storybook.names():
        try:
            played = play(name, server, home)
        except (StoryError, RuleError, OutsideError) as error:
            failed += 1
            print(f"✗ {name}: {error}", file=sys.stderr)
            continue
        failed += not played.came_true
        out.write(tell(played))
        out.flush()
        for difference in played.differences:
            print(f"✗ {name}: {difference}", file=sys.stderr)
    if not as_json:
        out.write(_foot(len(storybook.names()), failed))
    return 1 if failed else 0


def play(name: str, server: EmbeddedServer, home: Path) -> Played:
    """Play one story on a copy of the tables."""
    story = storybook.load(name)
    database = f"ky_story_{name[:2]}"
    with server.connect() as connection:
        # The name is two characters of a file of ours behind a fixed beginning.
        connection.execute(f'CREATE DATABASE "{database}" TEMPLATE {TEMPLATE}'.encode())
    clock = StoryClock(story.starts_at)
    with start("demo") as registers:
        port = int(registers.url.rpartition(":")[2])
        settings = _settings(server, database, home, simulator_port=port)
        core = build_core(settings, clock=clock, limits=PATIENCE)
        try:
            demo.load_setup(core)
            return StoryPlayer(story, core, demo.team(core), clock, registers.url).play()
        finally:
            core.close()


def _settings(
    server: EmbeddedServer, database: str, home: Path, *, simulator_port: int
) -> Settings:
    return demo_settings(
        server,
        database,
        files_dir=home / "files",
        simulator_port=simulator_port,
        secret_key="only-for-the-stories-and-then-gone",  # noqa: S106 - guards nothing
        clock_offset_seconds=0,
    )


def _json_line(played: Played) -> str:
    return json.dumps(played.as_json(), ensure_ascii=False) + "\n"


def _head() -> str:
    cells = ("Fortælling", "Udfald", "Før skat", "Udbetalt")
    return f"  {_columns(*cells)}\n{'-' * WIDTH}\n"


def _table_row(played: Played) -> str:
    mark = "✓" if played.came_true else "✗"
    cells = (played.story.title, played.outcome, played.gross.danish(), played.net.danish())
    return f"{mark} {_columns(*cells)}\n{_indented([played.why])}\n"


def _columns(title: str, outcome: str, gross: str, net: str) -> str:
    return (
        f"{title:<{TITLE_WIDTH}}  {outcome:<{OUTCOME_WIDTH}}"
        f"{gross:>{AMOUNT_WIDTH}}{net:>{AMOUNT_WIDTH}}"
    )


def _indented(lines: Iterable[str]) -> str:
    return "\n".join(
        textwrap.fill(line, WIDTH, initial_indent="    ", subsequent_indent="    ")
        for line in lines
    )


def _foot(count: int, failed: int) -> str:
    came_true = f"{count - failed} af {count} fortællinger endte, som de skulle."
    return f"{'-' * WIDTH}\n{came_true}\n"
