"""The months before the demo are made by the real core, once, and nothing lies in the future."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.local import demo, history
from app.local.installation import offset_of_demo
from app.wiring import Core, SystemClock
from integrations.simulator import scenarios
from integrations.simulator.server import Running
from processes.domain.cases import CaseState
from processes.domain.decisions import Decision
from tests.database import Database

FEW_OVER, FEW_WAITING = 4, 5
IN_THE_FUTURE = """
    SELECT c.table_name, c.column_name FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
      AND c.column_name IN
          ('created_at', 'issued_at', 'sent_at', 'at', 'received_at', 'opened_at', 'completed_at',
           'known_from', 'made_at', 'started_at', 'ended_at', 'delivered_at', 'approved_at')
"""


@pytest.fixture
def core(
    make_core: Callable[..., Core], registers: Running, monkeypatch: pytest.MonkeyPatch
) -> Core:
    """A core on the demo's own time, and a history short enough for a test."""
    monkeypatch.setattr(history, "OVER", FEW_OVER)
    monkeypatch.setattr(history, "WAITING", FEW_WAITING)
    # What the simulator does as a program of its own.
    registers.simulator.takers.settle_on_the_day = True
    offset = offset_of_demo()
    core = make_core(registers, SystemClock(timedelta(seconds=offset)))
    core.settings = replace(core.settings, clock_offset_seconds=offset)
    history.begin(core.settings)
    demo.load(core.settings)
    return core


def test_cases_of_every_state_are_made_once_with_decisions_of_their_time(
    core: Core, database: Database
) -> None:
    assert history.make(core.settings) == FEW_OVER + FEW_WAITING
    assert history.make(core.settings) == 0

    by = demo.team(core).caseworker
    planned = list(history.planned(scenarios.load("demo"), core.clock.now()))
    pages = [core.cases.page(core.cases.search(each.who.cpr, by)[0].id, by) for each in planned]
    over, waiting = pages[:FEW_OVER], pages[FEW_OVER:]
    assert [str(only(page.decisions).outcome) for page in over] == [
        "bevilget",
        "bevilget",
        "bevilget",
        "afslag",
    ]
    assert [page.case.state for page in over] == [CaseState.CARRIED_OUT] * 3 + [CaseState.DECIDED]
    assert only(over[0].decisions).issued_at.date() == planned[0].at.date()
    assert len({page.case.state for page in waiting}) > 1
    assert not [incident for page in pages for incident in page.incidents]
    assert later_than_now(core, database) == []


def only(found: object) -> Decision:
    (one,) = found  # type: ignore[misc]  # a sequence of decisions, one long
    return one  # type: ignore[no-any-return]


def later_than_now(core: Core, database: Database) -> list[str]:
    """Return every column of what has happened that holds a moment after now."""
    now = core.clock.now()
    found = []
    with database.connect() as connection:
        for table, column in connection.execute(IN_THE_FUTURE).fetchall():
            newest = connection.execute(f"SELECT max({column}) FROM {table}").fetchone()  # type: ignore[call-overload]  # noqa: S608 – from the catalogue
            if newest and newest[0] and newest[0] > now:
                found.append(f"{table}.{column}")
    return found
