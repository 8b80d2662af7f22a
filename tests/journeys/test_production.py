"""A team lead reads what the team's work comes to, and finds the tasks behind a figure."""

from datetime import date, timedelta

import pytest

from app.local import demo
from processes.domain.access import Role
from processes.domain.errors import NotAllowedError, NotFoundError
from tests.journeys.conftest import World
from tests.journeys.test_teamlead import METTE, held_by, work

LEAD = demo.actor("lars", Role.TEAM_LEAD)
NEXT_DOOR = demo.actor("nadia", Role.TEAM_LEAD)


def test_what_came_was_done_late_or_is_open_is_counted_and_found_again(world: World) -> None:
    late, in_time, still = held_by(world, METTE, ("anna", "yrsa", "ulla"))
    world.clock.forward(timedelta(hours=5))
    work(world, in_time, METTE)
    assert late.due_at is not None
    world.clock.forward(late.due_at - world.clock.now() + timedelta(hours=2))
    work(world, late, METTE)

    page = world.core.production.page(4, LEAD)
    step = next(each for each in page.steps if each.element_id == late.element_id)
    assert (step.done, step.with_deadline, step.kept, step.open, step.overdue) == (2, 2, 1, 1, 1)
    assert step.name == late.name
    assert step.median_hours is not None
    assert step.slow_hours is not None
    hours = (late.due_at + timedelta(hours=2) - late.created_at).total_seconds() / 3600
    assert 5 <= step.median_hours < step.slow_hours < hours
    assert (page.came, page.done) == (sum(each.open + each.done for each in page.steps), page.done)
    assert page.overdue >= 1

    found = world.core.production.step(step.process_key, step.element_id, 4, LEAD)
    assert [row.task.id for row in found.late] == [late.id]
    assert [row.task.id for row in found.open] == [still.id]


def test_what_falls_due_is_laid_on_working_days(world: World) -> None:
    held_by(world, METTE, ("anna", "yrsa"))

    page = world.core.production.page(4, LEAD)

    assert len(page.ahead) == 10
    assert page.ahead[0].day == date(2026, 3, 2)
    assert all(each.day.weekday() < 5 for each in page.ahead)
    due = [
        row.task.due_at
        for row in world.core.team.page("mette", LEAD).tasks
        if row.task.due_at is not None
    ]
    last = page.ahead[-1].day
    assert sum(each.due for each in page.ahead) == sum(each.date() <= last for each in due)


def test_a_proposal_sent_back_is_counted(world: World) -> None:
    (task,) = held_by(world, METTE, ("anna",))
    karin = demo.actor("karin", Role.APPROVER)
    work(world, task, METTE)
    (proposal,) = world.driver.rest(task.case_id)
    work(world, proposal, METTE)
    (approval,) = world.driver.rest(task.case_id)
    world.core.inbox.claim(approval.id, karin)
    back = {"approved": False, "reason": "Mangler en paragraf"}
    world.core.inbox.complete(approval.id, back, karin)

    page = world.core.production.page(4, LEAD)

    assert (page.approved, page.returned) == (0, 1)


def test_only_the_lead_of_a_unit_sees_its_figures(world: World) -> None:
    (task,) = held_by(world, METTE, ("anna",))
    key = world.core.production.page(4, LEAD).steps[0].process_key

    assert world.core.production.page(4, NEXT_DOOR).steps == []
    with pytest.raises(NotFoundError):
        world.core.production.step(key, task.element_id, 4, NEXT_DOOR)
    with pytest.raises(NotAllowedError):
        world.core.production.page(4, METTE)
