"""What the pages people live in cost at full size: a country's tasks and cases in one municipality.

Served by the application with its guards and row-level security on. Writing a million tasks takes
minutes, so the large size is for `./ky bench`; the small one keeps the test alive. Prints
milliseconds; asserts what is on the pages.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from lxml import html

from app.factory import create_app
from tests.benchmarks.test_inbox_bench import spread, timed
from tests.database import Database
from tests.journeys.conftest import World

FEW, MANY = (2_000, 600), (1_000_000, 300_000)
"""Tasks and cases."""
CASES = """
WITH many AS (
    SELECT n, gen_random_uuid() AS case_id, gen_random_uuid() AS party_id
    FROM generate_series(1, %(cases)s) AS n
), made AS (
    INSERT INTO case_file (municipality_id, id, number, kle_subject, kle_facet, benefit, title,
        state, unit, caseworker, protection, opened_at)
    SELECT municipality_id, case_id, '2025-' || lpad(n::text, 6, '0'), kle_subject, kle_facet,
        benefit, title, state, CASE WHEN n %% 40 = 0 THEN unit ELSE 'enhed-' || n %% 40 END,
        caseworker, CASE WHEN n %% 50 = 0 THEN 'beskyttet' ELSE 'normal' END, opened_at
    FROM case_file, many WHERE case_file.id = %(case)s
    RETURNING id
), people AS (
    INSERT INTO party (municipality_id, id, case_id, position, role, cpr, name, address_lines,
        protection)
    SELECT municipality_id, many.party_id, many.case_id, 0, role,
        '0101' || lpad((n %% 1000000)::text, 6, '0'), 'Borger Nummer ' || n, address_lines,
        'normal'
    FROM party, many WHERE party.case_id = %(case)s AND role = 'primaer_part'
    RETURNING id, case_id
)
INSERT INTO party_token (municipality_id, token, party_id, case_id)
SELECT 999, word, id, case_id FROM people, unnest(ARRAY['borger', 'nummer']) AS word
"""
TASKS = """
INSERT INTO user_task (municipality_id, instance_id, case_id, token, element_id, name, form_key,
    role, unit, state, assignee, due_at, priority, reason, variables, created_at, draft, revision)
SELECT task.municipality_id, instance_id, spread.id, 'many-' || spread.n, element_id, name,
    form_key, role, spread.unit, 'open',
    CASE WHEN spread.n %% 3 = 0 THEN NULL WHEN spread.n %% 300 = 1 THEN %(user)s
         ELSE 'sb-' || spread.n %% 500 END,
    created_at + spread.n %% 90 * interval '1 day', spread.n %% 3, reason, variables,
    created_at - spread.n %% 200 * interval '1 hour', draft, 0
FROM user_task AS task, (
    SELECT cases.id, cases.unit, row_number() OVER () AS n
    FROM case_file AS cases, generate_series(1, %(each)s)
    WHERE cases.number LIKE '2025-%%'
) AS spread
WHERE task.id = %(task)s AND spread.n <= %(tasks)s
"""


@pytest.fixture
def full(
    world: World, database: Database, request: pytest.FixtureRequest
) -> tuple[World, str, int, int]:
    """A municipality as full as the country, with one case that has come a long way."""
    tasks, cases = MANY if request.config.getoption("--long") else FEW
    case_id = world.apply("anna")
    world.driver.rest(case_id)
    values = {
        "cases": cases,
        "case": case_id,
        "tasks": tasks,
        "each": -(-tasks // cases),
        "task": world.driver.open_tasks(case_id)[0].id,
        "user": "mette",
    }
    with database.connect() as connection:
        for statement in (CASES, TASKS):
            wanted = {key: values[key] for key in values if f"%({key})s" in statement}
            connection.execute(statement.encode(), wanted)
        # As the database does by itself at night: a table just written is read page by page.
        for table in ("case_file", "party", "party_token", "user_task"):
            connection.execute(f"VACUUM ANALYZE {table}".encode())
    return world, case_id, tasks, cases


def logged_in(world: World, who: str) -> FlaskClient:
    """Somebody at work, by the pages themselves."""
    web = create_app(world.core.settings, world.core).test_client()
    login = html.fromstring(web.get("/log-ind").data)
    token = login.xpath("//input[@name='csrf_token']/@value")[0]
    web.post("/log-ind/medarbejder", data={"csrf_token": token, "chosen": who})
    return web


def test_inbox_and_case_are_read_at_once_however_much_there_is(
    full: tuple[World, str, int, int],
) -> None:
    world, case_id, tasks, cases = full
    web = logged_in(world, "mette")
    token = html.fromstring(web.get("/opgaver").data).xpath("//input[@name='csrf_token']/@value")[0]

    def page(path: str) -> Callable[[], bytes]:
        def fetch() -> bytes:
            answer = web.get(path)
            assert answer.status_code == 200, path
            return answer.data

        return fetch

    def filtered(**asked: str) -> str:
        answer = web.post("/opgaver/filter?visning=enhed", data={"csrf_token": token, **asked})
        return str(answer.headers["Location"])

    pages = {
        "inbox, mine": "/opgaver?visning=mine",
        "inbox, the unit's": "/opgaver?visning=enhed",
        "inbox, nobody's": "/opgaver?visning=ufordelte",
        "inbox, overdue": "/opgaver?visning=overskredne",
        "inbox, oldest first": filtered(sort="oldest"),
        "inbox, due in a week": filtered(due_within="7"),
        "inbox, by a name": filtered(words="Borger Nummer"),
        "case, overview": f"/sager/{case_id}",
        "case, time line": f"/sager/{case_id}/tidslinje",
        "case, documents": f"/sager/{case_id}/dokumenter",
    }
    sys.stdout.write(f"\npages among {tasks} open tasks and {cases} cases\n")
    for name, path in pages.items():
        fetch = page(path)
        fetch()
        sys.stdout.write(f"  {name}: {spread(timed(fetch))}\n")
    assert b"Borger Nummer" in page(pages["inbox, by a name"])()
    assert b"Anna" in page(pages["case, overview"])()
