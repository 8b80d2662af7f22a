"""Instances that stand still and messages never taken are looked after; what is sent arrives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.stores.unit_of_work import SqlUnitOfWorkFactory
from processes.operations.control import MESSAGE_LIFETIME
from processes.operations.upkeep import Upkeep
from processes.ports.records import InstanceState
from tests.engine.drawing import draw, end, path, receive, start, thrown, user
from tests.fakes.clock import FrozenClock
from tests.operations.test_migration import HERE, House
from tests.stores import builders as a


@pytest.fixture
def house(uow_factory: SqlUnitOfWorkFactory) -> House:
    return House(uow_factory, FrozenClock(datetime(2026, 3, 10, 12, 0, tzinfo=UTC)))


def plain() -> bytes:
    return draw("p", start(), user("a"), end(), path("start", "a", "end"))


def test_an_instance_whose_rows_are_gone_becomes_an_incident_once(house: House) -> None:
    upkeep = Upkeep(house.control)
    well, stuck = (house.begin(house.deploy(plain())) for _ in range(2))
    with house.env.uow(HERE) as uow:
        for task in uow.processes.tasks_of_case(a.CASE):
            if task.instance_id == stuck:
                uow.processes.withdraw(stuck, task.token)
        uow.commit()

    assert upkeep.find_stuck(HERE) == 1
    assert upkeep.find_stuck(HERE) == 0

    assert house.instance(stuck).state is InstanceState.INCIDENT
    assert house.instance(well).state is InstanceState.RUNNING
    with house.env.uow(HERE) as uow:
        (incident,) = uow.processes.incidents()
    assert (incident.instance_id, incident.code) == (stuck, "stuck")


def test_a_message_nobody_took_is_kept_for_its_time_and_then_forgotten(house: House) -> None:
    upkeep = Upkeep(house.control)
    house.tell("paper-came")
    house.tell("paper-came")  # the same again is kept once

    house.clock.forward(MESSAGE_LIFETIME - timedelta(minutes=1))
    assert upkeep.forget_messages(HERE) == 0
    house.clock.forward(timedelta(minutes=1))
    assert upkeep.forget_messages(HERE) == 1


def test_a_message_that_came_first_is_taken_by_the_wait_that_follows(house: House) -> None:
    house.tell("paper-came")

    waits = draw("p", start(), receive("w", "paper-came", "case_id"), user("a"), end(),
                 path("start", "w", "a", "end"))  # fmt: skip
    instance = house.begin(house.deploy(waits))
    house.settle()

    assert set(house.waits(instance)) == {"a"}


def test_a_message_that_a_diagram_sends_reaches_the_process_that_waits_once(house: House) -> None:
    waits = draw("p", start(), receive("w", "case-looked-at", "case_id"), user("a"), end(),
                 path("start", "w", "a", "end"))  # fmt: skip
    sends = draw("p", start(), thrown("tell", "case-looked-at", seen="true"), user("b"), end(),
                 path("start", "tell", "b", "end"))  # fmt: skip
    waiting = house.begin(house.deploy(waits))

    house.begin(house.deploy(sends))
    assert set(house.waits(waiting)) == {"w"}  # it leaves when the state is saved, not before
    house.settle()

    assert set(house.waits(waiting)) == {"a"}
