"""Nobody decides their own case, whoever they are that day, and whatever key signs the forms."""

from dataclasses import replace

import pytest

from app.local import demo
from app.wiring import build_core
from processes.domain.access import Role
from processes.domain.errors import NotAllowedError
from tests.journeys.conftest import World

JONAS = demo.actor("jonas", Role.CASEWORKER)


def own_task(world: World) -> int:
    case_id = world.apply("brandt")
    (task,) = world.driver.rest(case_id)
    return task.id


def test_a_caseworker_may_not_take_their_own_case_and_a_colleague_may(world: World) -> None:
    task_id = own_task(world)

    assert "en sag om dig selv" in world.core.inbox.open(task_id, JONAS).deciding_refused
    with pytest.raises(NotAllowedError):
        world.core.inbox.claim(task_id, JONAS)
    assert world.core.inbox.next(JONAS) is None
    world.core.inbox.claim(task_id, world.driver.team.caseworker)


def test_a_new_secret_key_changes_nobody_s_own_case(
    world: World,
) -> None:
    task_id = own_task(world)
    before = world.core.settings
    after = replace(before, secret_key="n" * 40, digest_key=before.secret_key)

    rotated = build_core(after, clock=world.clock)
    try:
        assert "en sag om dig selv" in rotated.inbox.open(task_id, JONAS).deciding_refused
    finally:
        rotated.close()
