"""Running instances go on under another version: told beforehand, one by one, and back again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import law
from app.calendars import danish_calendar
from app.stores.claims import SqlClaims
from app.stores.unit_of_work import SqlUnitOfWorkFactory
from processes.domain.access import Actor, Role
from processes.domain.errors import ConflictError, NotAllowedError, RuleError
from processes.engine import effects as fx
from processes.engine.runtime import where_is
from processes.operations.control import Control, Environment
from processes.operations.migration import AT_ONCE, TOPIC, Migration
from processes.operations.relay import Relay
from processes.ports.gateways import Gateways
from processes.ports.migrations import MoveState
from processes.ports.records import (
    InstanceState,
    ProcessDefinition,
    ProcessInstance,
    TaskState,
    UserTask,
)
from processes.steps import Register, Step
from tests.conftest import HERE as MUNICIPALITY
from tests.database import Database
from tests.engine.drawing import (
    both,
    define,
    draw,
    end,
    on_message,
    on_timer,
    path,
    receive,
    service,
    start,
    user,
)
from tests.fakes.clock import FrozenClock
from tests.stores import builders as a

HERE = 999
OWNER = Actor("pia", "Pia Lund", Role.PROCESS_OWNER, HERE, frozenset())


class OnlyAClock:
    """A move asks the world for nothing but the time."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock


def first_version() -> bytes:
    return draw(
        "p", start(), both("split"), user("assess"), on_timer("late", "assess", duration="P14D"),
        receive("paper", "paper-came", "case_id"), service("look", "look.up", case_id="case_id"),
        both("met"), user("close"), end(), end("over"),
        path("start", "split", "assess", "met", "close", "end"), path("split", "paper", "met"),
        path("split", "look", "met"), path("late", "over"),
    )  # fmt: skip


def second_version(*, extra: bool = False) -> bytes:
    """The same with another form, another message, a timer less, a message more and a step more."""
    return draw(
        "p", start(), both("split"), user("assess", form="facts.other"),
        on_message("stop", "assess", "case-withdrawn"), receive("paper", "papers-in", "case_id"),
        service("look", "look.up", case_id="case_id"), both("met"), user("check"),
        *([user("more")] if extra else []), user("close"), end(), end("gone"),
        path("start", "split", "assess", "met", "check", *(["more"] if extra else []), "close",
             "end"),
        path("split", "paper", "met"), path("split", "look", "met"), path("stop", "gone"),
    )  # fmt: skip


def without_assess() -> bytes:
    return draw("p", start(), user("close"), end(), path("start", "close", "end"))


class House:
    """One municipality with versions of one process, and a worker that is called by hand."""

    def __init__(self, uow_factory: SqlUnitOfWorkFactory, clock: FrozenClock) -> None:
        self.clock = clock
        self.env = Environment(
            uow=uow_factory,
            gateways=cast(Gateways, OnlyAClock(clock)),
            register=Register(
                {
                    "look.up": Step(
                        "look.up",
                        run=lambda *_, **__: {"looked": True},
                        prepare=lambda *_, **__: 0,
                        ask=lambda *_: 0,
                        arguments=("case_id",),
                    )
                }
            ),
            rules=law.load_rules(),
            postings=law.load_posting_book(),
            calendar=danish_calendar(2025, 2027),
            mode="test",
            wake=lambda: None,
            digest=lambda cpr: cpr.digits,
        )  # fmt: skip
        self.control = Control(self.env)
        self.migration = Migration(self.control)
        self.relay = Relay(self.control, inside={TOPIC: self.migration.carry_on})
        self.claims = SqlClaims(uow_factory.engine)
        self.versions = 0
        with self.env.uow(HERE) as uow:
            a.store_case(uow)  # type: ignore[arg-type]  # the factory makes these
            uow.commit()

    def deploy(self, drawing: bytes, *, valid_from: date = date(2026, 1, 1)) -> int:
        self.versions += 1
        made = define(drawing)
        with self.env.uow(HERE) as uow:
            row = uow.definitions.add(
                ProcessDefinition(
                    0, "p", self.versions, "Prøve", made.digest, dict(made.files), valid_from,
                    "pia", self.clock.now(),
                )
            )  # fmt: skip
            uow.commit()
        return row.id

    def begin(self, definition_id: int) -> int:
        with self.env.uow(HERE) as uow:
            instance = uow.processes.add_instance(
                ProcessInstance(
                    0, definition_id, "p", a.CASE, InstanceState.RUNNING, b"", self.clock.now()
                )
            )
            self.control.advance(
                uow, instance, fx.Start({"case_id": a.CASE}, seed=str(instance.id))
            )
            uow.commit()
        return instance.id

    def settle(self, *, items: int = 10**6) -> None:
        """Let the worker deliver what is in the outbox, and run what waits to be run."""
        while items and (
            claims := self.claims.outbox(now=self.clock.now(), limit=1, lease_seconds=60)
        ):
            items -= 1
            self.relay.deliver(claims[0])

    def run_jobs(self) -> None:
        while claims := self.claims.jobs(now=self.clock.now(), limit=1, lease_seconds=60):
            self.control.run_job(claims[0])

    def fire(self) -> None:
        while claims := self.claims.timers(now=self.clock.now(), limit=1, lease_seconds=60):
            self.control.fire_timer(claims[0])

    def tell(self, message: str) -> None:
        with self.env.uow(HERE) as uow:
            self.control.deliver(uow, message, a.CASE, {"case_id": a.CASE})
            uow.commit()

    def complete(self, instance_id: int, element: str) -> None:
        with self.env.uow(HERE) as uow:
            instance = uow.processes.lock_instance(instance_id)
            (task,) = [
                each
                for each in uow.processes.tasks_of_case(a.CASE)
                if each.state is TaskState.OPEN
                and (each.instance_id, each.element_id) == (instance_id, element)
            ]
            uow.processes.save_task(_done(task, self.clock.now()))
            self.control.advance(uow, instance, fx.TaskCompleted(task.token, {}, "anna"))
            uow.commit()

    def instance(self, instance_id: int) -> ProcessInstance:
        with self.env.uow(HERE) as uow:
            return uow.migrations.instance(instance_id)

    def waits(self, instance_id: int) -> dict[str, dict[str, object]]:
        """What it waits for, by element."""
        with self.env.uow(HERE) as uow:
            waits = uow.migrations.waits(instance_id)
        return {str(wait["element_id"]): dict(wait) for wait in waits.values()}

    def rows(self, instance_id: int) -> dict[str, tuple[str, tuple[tuple[str, object], ...]]]:
        """The same by token, without what counts how often a row was written."""
        with self.env.uow(HERE) as uow:
            return {
                token: (str(wait["element_id"]), tuple(sorted(_plain(dict(wait)))))
                for token, wait in uow.migrations.waits(instance_id).items()
            }

    def history(self, instance_id: int) -> list[str]:
        with self.env.uow(HERE) as uow:
            return [each.what for each in uow.processes.history(instance_id)]


def _plain(wait: dict[str, object]) -> list[tuple[str, object]]:
    return [
        (key, str(value)) for key, value in wait.items() if key != "id" or wait["kind"] != "message"
    ]


def _done(task: UserTask, at: datetime) -> UserTask:
    return replace(task, state=TaskState.DONE, completed_by="anna", completed_at=at)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 3, 10, 12, 0, tzinfo=UTC))


@pytest.fixture
def house(uow_factory: SqlUnitOfWorkFactory, clock: FrozenClock) -> House:
    return House(uow_factory, clock)


# ---- before --------------------------------------------------------------------------------


def test_a_dry_run_says_for_each_what_would_happen_and_changes_nothing(house: House) -> None:
    old, new = house.deploy(first_version()), house.deploy(second_version())
    ids = [house.begin(old) for _ in range(2)]
    before = [house.instance(each) for each in ids], [house.waits(each) for each in ids]

    preview = house.migration.preview(old, new, OWNER)

    assert (preview.total, preview.movable) == (2, 2)
    said = preview.verdicts[0]
    assert said.case_id == a.CASE
    assert set(said.stands_at) == {"assess", "paper", "look"}
    assert any("anden formular" in text for text in said.changes)
    assert any("'late'" in text for text in said.changes)
    assert any("'stop'" in text for text in said.changes)
    assert ([house.instance(each) for each in ids], [house.waits(each) for each in ids]) == before
    assert house.migration.batches(OWNER) == []


def test_a_dry_run_says_why_not_and_a_mapping_by_hand_helps(house: House) -> None:
    old, new = (
        house.deploy(draw("p", start(), user("assess"), end(), path("start", "assess", "end"))),
        (house.deploy(without_assess())),
    )
    house.begin(old)

    (said,) = house.migration.preview(old, new, OWNER).verdicts
    assert not said.movable
    assert [each.element_id for each in said.hindrances] == ["assess"]
    assert said.hindrances[0].way_out

    matching = house.migration.suggest(old, new, OWNER)
    assert [each.key for each in matching.unmatched] == ["p/assess"]
    assert [each.element_id for each in matching.choices["p/assess"]] == ["close"]

    (said,) = house.migration.preview(old, new, OWNER, mapping={"p/assess": "close"}).verdicts
    assert said.movable


@pytest.mark.parametrize(
    ("mapping", "says"),
    [({"p/nothing": "close"}, "flyttes fra"), ({"p/assess": "nothing"}, "flyttes til")],
)
def test_a_mapping_of_elements_that_are_not_there_is_refused(
    house: House, mapping: dict[str, str], says: str
) -> None:
    old, new = house.deploy(first_version()), house.deploy(without_assess())
    house.begin(old)

    with pytest.raises(RuleError, match=says):
        house.migration.preview(old, new, OWNER, mapping=mapping)


def test_nobody_is_moved_to_a_version_before_its_day_or_without_a_reason(house: House) -> None:
    old = house.deploy(first_version())
    new = house.deploy(second_version(), valid_from=date(2026, 6, 1))
    house.begin(old)

    with pytest.raises(RuleError, match=r"gælder først fra 01\.06\.2026"):
        house.migration.start(old, new, OWNER, reason="Ny vejledning")
    with pytest.raises(RuleError, match="hvorfor"):
        house.migration.start(new, old, OWNER, reason=" ")


def test_a_caseworker_moves_nobody(house: House) -> None:
    old, new = house.deploy(first_version()), house.deploy(second_version())
    anna = Actor("anna", "Anna", Role.CASEWORKER, HERE, frozenset({"ydelse"}))

    with pytest.raises(NotAllowedError):
        house.migration.start(old, new, anna, reason="Ny vejledning")


# ---- the move ------------------------------------------------------------------------------


def test_tasks_timers_messages_and_jobs_follow(house: House, clock: FrozenClock) -> None:
    old, new = house.deploy(first_version()), house.deploy(second_version())
    instance_id = house.begin(old)
    task = house.waits(instance_id)["assess"]

    batch = house.migration.start(old, new, OWNER, reason="Ny vejledning")
    house.settle()

    progress = house.migration.progress(batch, OWNER)
    assert progress.finished
    assert (progress.counts.moved, progress.counts.total) == (1, 1)
    assert (progress.from_version, progress.to_version) == (1, 2)
    waits = house.waits(instance_id)
    assert set(waits) == {"assess", "stop", "paper", "look"}
    assert waits["assess"]["form_key"] == "facts.other"
    assert waits["assess"]["id"] == task["id"]
    assert waits["paper"]["message"] == "papers-in"
    assert "migrated" in house.history(instance_id)

    house.run_jobs()
    house.tell("papers-in")
    house.complete(instance_id, "assess")
    assert set(house.waits(instance_id)) == {"check"}
    clock.forward(timedelta(days=30))
    house.fire()  # the timer that is no more does nothing
    house.complete(instance_id, "check")
    house.complete(instance_id, "close")
    assert house.instance(instance_id).state is InstanceState.ENDED


def test_a_move_goes_on_where_it_was_broken_off(house: House) -> None:
    old, new = house.deploy(first_version()), house.deploy(second_version())
    ids = [house.begin(old) for _ in range(AT_ONCE + 3)]
    batch = house.migration.start(old, new, OWNER, reason="Ny vejledning")

    house.settle(items=1)
    halfway = house.migration.progress(batch, OWNER)
    assert (halfway.counts.moved, halfway.counts.waiting) == (AT_ONCE, 3)
    assert not halfway.finished
    # The worker died before it said that it was done: the same part comes once more.
    house.migration.carry_on(HERE, {"batch_id": batch, "part": 0})
    house.settle()

    done = house.migration.progress(batch, OWNER)
    assert done.finished
    assert done.counts.moved == len(ids)
    assert all(house.history(each).count("migrated") == 1 for each in ids)


def test_what_cannot_be_moved_stays_and_says_why_and_the_others_go(house: House) -> None:
    old = house.deploy(first_version())
    new = house.deploy(second_version(extra=True))
    stays = house.begin(old)
    goes = house.begin(old)
    for each in (stays, goes):
        house.run_jobs()
        house.complete(each, "assess")
    house.tell("paper-came")
    house.tell("paper-came")
    house.complete(goes, "close")  # has ended before its turn
    target = house.deploy(draw("p", start(), user("assess"), end(), path("start", "assess", "end")))

    batch = house.migration.start(old, target, OWNER, reason="Ny vejledning")
    house.settle()

    (item,) = house.migration.items(batch, OWNER)
    assert (item.instance_id, item.state) == (stays, MoveState.REFUSED)
    assert "'close'" in item.why
    assert house.instance(stays).definition_id == old
    house.complete(stays, "close")
    assert house.instance(stays).state is InstanceState.ENDED
    assert new


def test_a_move_that_is_stopped_moves_no_more(house: House) -> None:
    old, new = house.deploy(first_version()), house.deploy(second_version())
    for _ in range(AT_ONCE + 2):
        house.begin(old)
    batch = house.migration.start(old, new, OWNER, reason="Ny vejledning")
    house.settle(items=1)

    house.migration.stop(batch, OWNER)
    house.settle()

    done = house.migration.progress(batch, OWNER)
    assert (done.counts.moved, done.counts.passed_over, done.counts.waiting) == (AT_ONCE, 2, 0)
    assert done.batch.stopped_by == "pia"


def test_a_stuck_case_goes_on_in_the_version_that_mends_it(house: House) -> None:
    def waits_for(message: str) -> bytes:
        return draw(
            "p", start(), receive("w", message, "unknown"), user("close"), end(),
            path("start", "w", "close", "end"),
        )  # fmt: skip

    old = house.deploy(waits_for("paper-came"))
    new = house.deploy(
        draw("p", start(), receive("w", "paper-came", "case_id"), user("close"), end(),
             path("start", "w", "close", "end"))
    )  # fmt: skip
    instance_id = house.begin(old)
    assert house.instance(instance_id).state is InstanceState.INCIDENT

    house.migration.start(old, new, OWNER, reason="Nøglen var forkert")
    house.settle()
    lead = Actor("lars", "Lars", Role.TEAM_LEAD, HERE, frozenset())
    (incident,) = house.control.incidents(lead)
    house.control.retry(incident.id, lead)
    house.tell("paper-came")

    assert set(house.waits(instance_id)) == {"close"}


# ---- back ----------------------------------------------------------------------------------


def test_the_way_back_restores_exactly_what_was(house: House) -> None:
    old, new = house.deploy(first_version()), house.deploy(second_version())
    instance_id = house.begin(old)
    before = house.instance(instance_id), house.rows(instance_id)
    batch = house.migration.start(old, new, OWNER, reason="Ny vejledning")
    house.settle()
    assert house.rows(instance_id) != before[1]

    back = house.migration.roll_back(batch, OWNER, reason="Vejledningen blev trukket tilbage")
    house.settle()

    assert house.migration.progress(back, OWNER).counts.moved == 1
    after = house.instance(instance_id)
    assert (after.blob, after.definition_id) == (before[0].blob, old)
    assert house.rows(instance_id) == before[1]
    assert where_is_now(house, after) == where_is_now(house, before[0])


def where_is_now(house: House, instance: ProcessInstance) -> set[str]:
    with house.env.uow(HERE) as uow:
        definition = house.control.definition(uow, instance.definition_id)
    return {each.element_id for each in where_is(definition, instance.blob)}


def test_a_case_that_has_gone_on_is_moved_back_from_where_it_is(house: House) -> None:
    old, new = house.deploy(first_version()), house.deploy(second_version())
    instance_id = house.begin(old)
    batch = house.migration.start(old, new, OWNER, reason="Ny vejledning")
    house.settle()
    house.complete(instance_id, "assess")

    house.migration.roll_back(batch, OWNER, reason="Tilbage")
    house.settle()

    assert house.instance(instance_id).definition_id == old
    house.run_jobs()
    house.tell("paper-came")
    house.complete(instance_id, "close")
    assert house.instance(instance_id).state is InstanceState.ENDED


def test_a_case_that_stands_where_the_old_version_has_no_place_stays_and_says_so(
    house: House,
) -> None:
    old, new = house.deploy(first_version()), house.deploy(second_version())
    instance_id = house.begin(old)
    batch = house.migration.start(old, new, OWNER, reason="Ny vejledning")
    house.settle()
    house.run_jobs()
    house.tell("papers-in")
    house.complete(instance_id, "assess")

    back = house.migration.roll_back(batch, OWNER, reason="Tilbage")
    house.settle()

    (item,) = house.migration.items(back, OWNER)
    assert item.state is MoveState.REFUSED
    assert "'check'" in item.why
    assert house.instance(instance_id).definition_id == new


def test_a_move_under_way_is_not_taken_back(house: House) -> None:
    old, new = house.deploy(first_version()), house.deploy(second_version())
    house.begin(old)
    batch = house.migration.start(old, new, OWNER, reason="Ny vejledning")

    with pytest.raises(ConflictError):
        house.migration.roll_back(batch, OWNER, reason="Tilbage")


ACTS: dict[str, Callable[[House, int], None]] = {
    "assess": lambda house, each: house.complete(each, "assess"),
    "check": lambda house, each: house.complete(each, "check"),
    "close": lambda house, each: house.complete(each, "close"),
    "paper": lambda house, each: house.tell(str(house.waits(each)["paper"]["message"])),
    "look": lambda house, _each: house.run_jobs(),
}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(st.integers(0, 20), min_size=3, max_size=9))
def test_moved_back_and_forth_at_any_time_a_case_comes_to_its_end(
    database: Database, uow_factory: SqlUnitOfWorkFactory, acts: list[int]
) -> None:
    """In any order of what happens and of moves: nothing is lost, nothing is wanted twice."""
    database.empty()
    with uow_factory(HERE) as uow:
        uow.setup.put_municipality(MUNICIPALITY)
        uow.commit()
    house = House(uow_factory, FrozenClock(datetime(2026, 3, 10, 12, 0, tzinfo=UTC)))
    old, new = house.deploy(first_version()), house.deploy(second_version())
    instance_id = house.begin(old)
    for number in [*acts, *range(1, 9)]:
        at = house.instance(instance_id)
        if at.state is InstanceState.ENDED:
            break
        if number % 3 == 0:
            target = new if at.definition_id == old else old
            house.migration.start(at.definition_id, target, OWNER, reason="Prøve")
            house.settle()
            continue
        can = [name for name in sorted(house.waits(instance_id)) if name in ACTS]
        ACTS[can[number % len(can)]](house, instance_id)
        waits = house.waits(instance_id)
        assert len({str(each["element_id"]) for each in waits.values()}) == len(waits)

    assert house.instance(instance_id).state is InstanceState.ENDED
    assert house.waits(instance_id) == {}
