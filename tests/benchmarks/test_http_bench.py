"""What it costs to complete a task in the browser, and that an old case costs no more.

The whole way: the form read and checked, its receiver run, the process moved on, history and the
next task written. Prints milliseconds; asserts the number of statements.
"""

from __future__ import annotations

import sys
import time

import pytest
from flask.testing import FlaskClient
from lxml import html

from app.factory import create_app
from tests.benchmarks.test_inbox_bench import spread
from tests.benchmarks.test_pages_bench import counted
from tests.engine.drawing import draw, either, end, path, start, user
from tests.journeys.conftest import World

MESSAGE = "bench-rounds-begun"
FEW, MANY = 6, 60
MOST_STATEMENTS = 15
"""All of it, the municipality of the transaction included; the plan says twelve besides that."""


@pytest.fixture
def rounds(world: World) -> tuple[World, FlaskClient, str]:
    """A case that goes round with one task, and somebody who is logged in to do it."""
    asked = user("task_note", form="casework.deadline_passed").replace("caseworker", "team_lead")
    drawn = draw(
        "bench_rounds", start("start_rounds", MESSAGE), either("when_again"), asked,
        either("when_more", default="when_more_to_when_again"), end("end_rounds"),
        path("start_rounds", "when_again", "task_note", "when_more", "when_again"),
        path("when_more", "[case_id = null]", "end_rounds"), name="En prøve i ring",
    )  # fmt: skip
    for name in ("task_note", "start_rounds", "end_rounds"):
        drawn = drawn.replace(f'name="{name}"'.encode(), f'name="Prøve {name}"'.encode())
    drawn = drawn.replace(b'name="when_more"', b'name="Slut?"')
    core = world.core
    core.deployment.deploy({**core.deployment.shipped(), "bench_rounds.bpmn": drawn}, by="bench")
    case_id = world.apply("anna")
    with core.env.uow(999) as uow:
        core.control.deliver(uow, MESSAGE, "k", {"case_id": case_id})
        uow.commit()
    web = create_app(core.settings, core).test_client()
    for page, answer, chosen in (
        ("/log-ind", "/log-ind/medarbejder", "lars"),
        ("/rolle", "/rolle", "999-team_lead"),
    ):
        token = html.fromstring(web.get(page).data).xpath("//input[@name='csrf_token']/@value")[0]
        web.post(answer, data={"csrf_token": token, "chosen": chosen})
    return world, web, case_id


def complete(world: World, web: FlaskClient, case_id: str) -> tuple[float, int]:
    """Complete the one task as a browser does; how long the answer took, and its statements."""
    task = next(each for each in world.driver.open_tasks(case_id) if each.element_id == "task_note")
    page = html.fromstring(web.get(f"/opgaver/{task.id}").data)
    token = page.xpath("//input[@name='csrf_token']/@value")[0]
    data = {"csrf_token": token, "note": "Der er set på det i dag."}
    with counted(world.core.engine) as statements:
        begun = time.perf_counter()
        answer = web.post(f"/opgaver/{task.id}", data=data)
        spent = time.perf_counter() - begun
    assert answer.status_code == 302, answer.get_data(as_text=True)[:2000]
    return spent, len(statements)


def test_completing_a_task_costs_the_same_however_old_the_case(
    rounds: tuple[World, FlaskClient, str], request: pytest.FixtureRequest
) -> None:
    world, web, case_id = rounds
    many = MANY if request.config.getoption("--long") else FEW
    done = [complete(world, web, case_id) for _ in range(many)]
    spent, statements = [each for each, _ in done], [number for _, number in done]

    sys.stdout.write(
        f"\ncompleting a task over HTTP, {many} rounds: {spread(spent)}; "
        f"first rounds {spread(spent[: many // 3])}, last rounds {spread(spent[-many // 3 :])}; "
        f"{statements[1]} statements, {statements[-1]} at the end\n"
    )
    assert max(statements[1:]) == min(statements[1:]) <= MOST_STATEMENTS


def test_a_form_to_correct_changes_nothing_and_every_look_is_noted(
    rounds: tuple[World, FlaskClient, str],
) -> None:
    world, web, case_id = rounds
    task = next(each for each in world.driver.open_tasks(case_id) if each.element_id == "task_note")
    page = html.fromstring(web.get(f"/opgaver/{task.id}").data)
    token = page.xpath("//input[@name='csrf_token']/@value")[0]
    noted = []
    for said, answered in (("", 422), ("Der er set på det i dag.", 302)):
        answer = web.post(f"/opgaver/{task.id}", data={"csrf_token": token, "note": said})
        assert answer.status_code == answered
        with world.core.env.uow(999) as uow:
            noted.append([each.action for each in uow.audit.of_subject(f"task:{task.id}")])
            assert (uow.processes.task(task.id).state == "open") is (answered == 422)

    assert noted == [
        ["task.read", "task.read"],
        ["task.complete", "task.read", "task.read", "task.read"],
    ]
