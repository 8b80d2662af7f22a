"""What runs is counted and listed by the database, and looking costs no more when there is more."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.stores.unit_of_work import SqlUnitOfWork, SqlUnitOfWorkFactory
from processes.ports.cockpit import Counted, IncidentFilter, MoveState, Pause, TokenMove
from processes.ports.records import Claim, HistoryEvent, Incident, ProcessInstance
from processes.ports.tryouts import Population, TryoutState
from tests.stores import builders as a

LATER = a.NOW + timedelta(hours=2)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements that are sent."""
    statements: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def placed(uow: SqlUnitOfWork, *places: str, with_case: bool = True) -> ProcessInstance:
    instance = a.store_instance(uow, with_case=with_case)
    instance = replace(instance, places=places)
    uow.processes.save_instance(instance)
    return instance


def filled(uow: SqlUnitOfWork, many: int) -> ProcessInstance:
    a.store_decision(uow)
    instance = placed(uow, "p/task_a", "p/call_q", "q/wait", with_case=False)
    for number in range(many):
        uow.processes.add_incident(
            Incident(0, instance.id, a.CASE, "step", "task_a", f"t{number}", "Fejl", a.NOW)
        )
        uow.processes.add_timer(replace(a.a_timer(instance.id), token=f"t{number}"))
        uow.processes.record(
            [
                HistoryEvent(instance.id, "task_a", "userTask", "entered", a.NOW, None, {}, "p"),
                HistoryEvent(instance.id, "task_a", "userTask", "completed", LATER, "x", {}, "p"),
            ]
        )
    return instance


def test_places_states_and_times_are_counted_by_version(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        instance = filled(uow, 3)
        store = uow.cockpit

        assert store.count_places(instance.definition_id) == {
            "p/task_a": 1, "p/call_q": 1, "q/wait": 1,
        }  # fmt: skip
        assert store.count_states() == {instance.definition_id: {"running": 1}}
        assert store.count_stopped(instance.definition_id) == [("task_a", instance.places, 3)]
        assert store.durations(instance.definition_id, sample=10) == (
            1, [("p", "task_a", 3, 7200.0, 7200.0)],
        )  # fmt: skip
        (cause,) = store.causes(limit=5)
        assert (cause.message, cause.cases) == ("Fejl", 3)


def test_a_page_asks_the_same_however_much_there_is(uow_factory: SqlUnitOfWorkFactory) -> None:
    asked = []
    for many in (1, 40):
        with uow_factory(999) as uow:
            instance = filled(uow, many)
            with counted(uow.session.get_bind()) as statements:  # type: ignore[arg-type]  # ours
                uow.cockpit.stopped(IncidentFilter())
                uow.cockpit.waits_of(instance.id)
                uow.cockpit.queue_counts(now=a.NOW, tonight=LATER)
                for kind in ("jobs", "running", "dead", "timers", "messages", "kept"):
                    uow.cockpit.queue(kind, now=a.NOW, process_key="", limit=50)
                uow.tryouts.recordings([instance.id])
            asked.append(len(statements))
    assert asked[0] == asked[1] <= 14


@pytest.mark.parametrize(
    ("index", "query"),
    [
        (
            "timer_(waiting|due)",
            "SELECT id, due_at FROM timer WHERE state = 'waiting' ORDER BY due_at, id",
        ),
        ("job_waiting", "SELECT id, next_at FROM job WHERE state = 'waiting' ORDER BY next_at, id"),
        (
            "process_instance_(going_on|newest)",
            (
                "SELECT definition_id, count(*) FROM process_instance WHERE state <> 'ended'"
                " GROUP BY definition_id"
            ),
        ),
        ("incident_open", "SELECT id FROM incident WHERE resolved_at IS NULL ORDER BY raised_at"),
    ],
)
def test_lists_and_counts_are_read_from_an_index(
    uow_factory: SqlUnitOfWorkFactory, index: str, query: str
) -> None:
    with uow_factory(999) as uow:
        filled(uow, 30)
        uow.session.execute(text("SET LOCAL enable_seqscan = off"))
        # Whether an index can give it is asked, not what the planner thinks of a few rows.
        uow.session.execute(text("SET LOCAL enable_bitmapscan = off"))
        uow.session.execute(text("SET LOCAL enable_sort = off"))
        uow.session.execute(text("SET LOCAL enable_hashagg = off"))
        walled = query.replace(" WHERE ", " WHERE municipality_id = 999 AND ")
        plan = "\n".join(
            str(row[0]) for row in uow.session.execute(text(f"EXPLAIN {walled} LIMIT 50"))
        )

    assert re.search(index, plan)
    assert "Sort" not in plan


def test_a_pause_takes_jobs_and_timers_out_of_the_queues_and_puts_them_back(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    with uow_factory(999) as uow:
        instance = placed(uow, "p/task_a")
        job = uow.processes.add_job(a.a_job(instance.id))
        uow.processes.add_timer(a.a_timer(instance.id))
        pause = Pause(a.an_id("pause"), instance.id, "Ses efter", "eva", a.NOW)

        uow.cockpit.add_pause(pause)
        counts = uow.cockpit.queue_counts(now=LATER, tonight=LATER)
        assert (counts.jobs_waiting, counts.timers) == (0, 0)
        assert uow.processes.job(Claim(job.id, 999, a.an_id("lease"))) is None
        assert {each.process_key for each in uow.cockpit.waits_of(instance.id)} == {"job", "timer"}
        with pytest.raises(IntegrityError), uow.session.begin_nested():
            uow.cockpit.add_pause(replace(pause, id=a.an_id("second")))

        uow.cockpit.end_pause(replace(pause, resumed_by="bo", resumed_at=LATER))
        counts = uow.cockpit.queue_counts(now=LATER, tonight=LATER)
        assert (counts.jobs_waiting, counts.timers) == (1, 1)
        assert uow.cockpit.pause_of(instance.id) is None


@pytest.mark.parametrize(
    ("changes", "promise"),
    [
        ({"state": MoveState.MOVED, "answered_by": "eva"}, "two_people"),
        ({"state": MoveState.REFUSED, "answered_by": "eva"}, "two_people"),
        ({"state": MoveState.MOVED, "answered_by": None, "answered_at": None}, "answered"),
    ],
)
def test_the_database_wants_two_people_for_a_move(
    uow_factory: SqlUnitOfWorkFactory, changes: dict[str, object], promise: str
) -> None:
    with uow_factory(999) as uow:
        move = a.a_token_move(placed(uow, "p/task_a").id)
        uow.cockpit.add_move(move)
        answered: TokenMove = replace(move, answered_at=LATER)

        with pytest.raises(DBAPIError, match=promise):
            uow.cockpit.answer(replace(answered, **changes))  # type: ignore[arg-type]  # by name


def test_an_answered_move_is_not_answered_again(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        move = a.a_token_move(placed(uow, "p/task_a").id)
        uow.cockpit.add_move(move)
        moved = replace(move, state=MoveState.MOVED, answered_by="bo", answered_at=LATER)
        uow.cockpit.answer(moved)
        assert uow.cockpit.moves(move.instance_id) == [moved]

        with pytest.raises(DBAPIError, match="not answered again"):
            uow.cockpit.answer(replace(moved, state=MoveState.REFUSED))


def test_what_was_counted_is_kept_and_forgotten(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        for took in (3, 5):
            uow.cockpit.keep_count(7, Counted(a.NOW, took, {"places": {"p/task_a": took}}))
        assert uow.cockpit.counted(7) == Counted(a.NOW, 5, {"places": {"p/task_a": 5}})
        assert uow.cockpit.counted(8) is None

        uow.cockpit.forget_counts()
        assert uow.cockpit.counted(7) is None


def test_a_tryout_is_kept_with_its_files_and_population(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        instance = placed(uow, "p/task_a")
        tryout = a.a_tryout()
        uow.tryouts.add(tryout, [instance.id])

        assert uow.tryouts.get(tryout.id) == tryout
        assert uow.tryouts.of_subject("draft:1") == [replace(tryout, files={})]
        assert uow.tryouts.next_batch(tryout.id, 5) == [instance.id]
        assert uow.tryouts.instances(instance.process_key, Population()) == [instance.id]
        stopped = replace(tryout, state=TryoutState.STOPPED, ended_at=LATER, why="Nej")
        uow.tryouts.save(stopped)
        assert uow.tryouts.lock(tryout.id) == stopped
        with pytest.raises(IntegrityError), uow.session.begin_nested():
            uow.tryouts.save(replace(tryout, state=TryoutState.DONE))
