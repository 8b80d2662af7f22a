"""Who has what, who is away, and what was moved, as the database holds it."""

from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.stores.unit_of_work import SqlUnitOfWork, SqlUnitOfWorkFactory
from processes.domain.errors import NotFoundError
from processes.domain.periods import Period
from processes.ports.records import AuditEvent, TaskLoad, TaskState, User
from tests.stores import builders as a

UNITS = frozenset({"ydelse-nord"})


@pytest.fixture
def uow(uow_factory: SqlUnitOfWorkFactory):  # type: ignore[no-untyped-def]  # pytest knows
    with uow_factory(999) as opened:
        for user, name in (("karin", "Karin Holm"), ("jonas", "Jonas Brandt")):
            opened.setup.put_user(User(user, name, "", ((999, "caseworker", "ydelse-nord"),)))
        yield opened


def test_loads_count_what_each_holds_over_and_due_this_week(uow: SqlUnitOfWork) -> None:
    instance = a.store_instance(uow)
    hour = timedelta(hours=1)
    week_ends = a.NOW + timedelta(days=5)
    for changes in (
        {"assignee": "karin", "due_at": a.NOW - hour},
        {"assignee": "karin", "due_at": a.NOW},
        {"assignee": "karin", "due_at": week_ends},
        {"assignee": "karin", "due_at": None, "role": "approver"},
        {"assignee": "karin", "state": TaskState.DONE},
        {"assignee": "jonas", "unit": "ydelse-syd"},
        {"due_at": week_ends - hour},
    ):
        uow.processes.open_task(a.a_task(instance.id, **changes))

    loads = uow.team.loads(UNITS, now=a.NOW, week_ends=week_ends)

    assert {load.user: load for load in loads} == {
        "karin": TaskLoad("karin", 4, 1, 1),
        None: TaskLoad(None, 1, 0, 1),
    }


def test_what_somebody_holds_comes_the_most_urgent_first(uow: SqlUnitOfWork) -> None:
    instance = a.store_instance(uow)
    for name, changes in {
        "plain": {"assignee": "karin"},
        "acute": {"assignee": "karin", "priority": 2, "role": "approver"},
        "put_away": {"assignee": "karin", "follow_up_on": date(2026, 3, 20), "due_at": None},
        "free": {},
    }.items():
        uow.processes.open_task(a.a_task(instance.id, name=name, **changes))

    def held(user: str | None, limit: int = 9) -> list[str]:
        rows = uow.team.held_by(user, units=UNITS, limit=limit, show_protected=True)
        return [row.task.name for row in rows]

    assert held("karin") == ["acute", "plain", "put_away"]
    assert held("karin", limit=1) == ["acute"]
    assert held(None) == ["free"]


def test_an_absence_lasts_from_its_first_day_to_before_its_end(uow: SqlUnitOfWork) -> None:
    held = uow.team.add_absence(a.an_absence(substitute="jonas"))

    def away(day: int) -> bool:
        return uow.team.absent("karin", date(2026, 3, day)) is not None

    assert [away(day) for day in (8, 9, 15, 16)] == [False, True, True, False]
    assert uow.team.absent("jonas", date(2026, 3, 9)) is None
    assert uow.team.absence(held.id) == held
    assert list(uow.team.absences(since=date(2026, 3, 15))) == [held]
    assert list(uow.team.absences(since=date(2026, 3, 16))) == []


def test_an_absence_without_an_end_ends_when_the_person_is_back(uow: SqlUnitOfWork) -> None:
    held = uow.team.add_absence(a.an_absence(days=Period(date(2026, 3, 9))))
    assert uow.team.absent("karin", date(2027, 3, 9)) == held

    uow.team.end_absence(held.id, on=date(2026, 3, 12))

    assert uow.team.absent("karin", date(2026, 3, 11)) is not None
    assert uow.team.absent("karin", date(2026, 3, 12)) is None


def test_an_absence_taken_back_before_it_began_never_was(uow: SqlUnitOfWork) -> None:
    held = uow.team.add_absence(a.an_absence())

    uow.team.end_absence(held.id, on=date(2026, 3, 1))

    assert list(uow.team.absences(since=date(2026, 1, 1))) == []
    with pytest.raises(NotFoundError):
        uow.team.absence(held.id)


def test_nobody_stands_in_for_themselves(uow: SqlUnitOfWork) -> None:
    with pytest.raises(IntegrityError, match="needs_another"):
        uow.team.add_absence(a.an_absence(substitute="karin"))


def test_a_move_is_kept_with_who_and_why_and_noted_when_it_is_undone(uow: SqlUnitOfWork) -> None:
    instance = a.store_instance(uow)
    tasks = [uow.processes.open_task(a.a_task(instance.id)) for _ in range(2)]
    uow.team.add_moves([a.a_move(task.id) for task in tasks])

    first, second = uow.team.moves(a.an_id("move"))
    assert (first.from_user, first.to_user, first.reason) == ("karin", "jonas", "Karin er syg")
    assert list(uow.team.moves_since(a.NOW - timedelta(hours=1))) == [first, second]
    assert list(uow.team.moves_since(a.NOW)) == []

    uow.team.undo_moves([first.id], at=a.NOW + timedelta(hours=1))

    assert [move.undone_at is None for move in uow.team.moves(a.an_id("move"))] == [False, True]


def test_what_was_moved_can_never_be_changed_afterwards(uow: SqlUnitOfWork) -> None:
    instance = a.store_instance(uow)
    uow.team.add_moves([a.a_move(uow.processes.open_task(a.a_task(instance.id)).id)])

    with pytest.raises(ProgrammingError, match="permission denied"):
        uow.session.connection().exec_driver_sql("UPDATE task_move SET reason = 'andet'")


def test_what_somebody_looked_at_since_a_moment_is_known(uow: SqlUnitOfWork) -> None:
    later = a.NOW + timedelta(minutes=1)
    uow.audit.add(AuditEvent(a.NOW, "karin", "caseworker", "task.read", "task:1"))
    uow.audit.add(AuditEvent(later, "jonas", "caseworker", "task.read", "task:1"))
    uow.audit.add(AuditEvent(later, "jonas", "caseworker", "task.read", "task:3"))

    assert uow.audit.touched(["task:1", "task:2"], since=a.NOW) == {("task:1", "jonas")}


def test_a_team_next_door_is_not_seen(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        uow.setup.put_user(User("karin", "Karin Holm", "", ()))
        task = uow.processes.open_task(a.a_task(a.store_instance(uow).id, assignee="karin"))
        absence = uow.team.add_absence(a.an_absence())
        uow.team.add_moves([a.a_move(task.id)])
        uow.commit()

    with uow_factory(998) as uow:
        assert list(uow.team.loads(UNITS, now=a.NOW, week_ends=a.NOW)) == []
        assert list(uow.team.rows([task.id], show_protected=True)) == []
        assert list(uow.team.cases([a.CASE])) == []
        assert uow.team.absent("karin", date(2026, 3, 10)) is None
        assert list(uow.team.moves(a.an_id("move"))) == []
        with pytest.raises(NotFoundError):
            uow.team.end_absence(absence.id, on=date(2026, 3, 10))
