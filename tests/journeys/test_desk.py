"""A caseworker changes many tasks at once, takes it back, and keeps the filters they work by."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.local import demo
from processes.domain.access import Actor, Role
from processes.domain.errors import ConflictError, NotFoundError, RuleError
from processes.ports.pages import DeskAct, DeskChange
from processes.ports.records import InboxWish, TaskFilter, TaskSort, UserTask
from tests.journeys.conftest import World
from tests.journeys.test_teamlead import held_by, make_party

METTE = demo.actor("mette", Role.CASEWORKER)
JONAS = demo.actor("jonas", Role.CASEWORKER)
CLAIM = DeskChange(DeskAct.CLAIM)
TO_JONAS = DeskChange(DeskAct.GIVE, "jonas", reason="Jonas kender borgeren")


def ids(tasks: list[UserTask]) -> list[int]:
    return [each.id for each in tasks]


def mine(world: World, who: Actor, wanted: TaskFilter | None = None) -> set[int]:
    shown = replace(wanted or TaskFilter("mine"), view="mine")
    return {row.task.id for row in world.core.inbox.rows(shown, who)}


def unassigned(world: World, *applicants: str) -> list[UserTask]:
    """Let applications come in; return the first task of each, which nobody has."""
    found = []
    for applicant in applicants:
        tasks = world.driver.rest(world.apply(applicant))
        found.append(next(each for each in tasks if each.form_key == "casework.assess"))
    return found


def test_many_tasks_are_taken_given_laid_back_and_each_can_be_undone(world: World) -> None:
    desk = world.core.desk
    tasks = unassigned(world, "anna", "yrsa")

    taken = desk.change(ids(tasks), CLAIM, METTE)
    assert mine(world, METTE) == set(ids(tasks))
    given = desk.change([tasks[0].id], TO_JONAS, METTE)
    assert (mine(world, METTE), mine(world, JONAS)) == ({tasks[1].id}, {tasks[0].id})
    assert given.shares == (("Jonas Brandt", 1),)

    desk.undo(given.batch_id, METTE)
    assert mine(world, METTE) == set(ids(tasks))
    back = desk.change([tasks[1].id], DeskChange(DeskAct.PUT_BACK, reason="Ikke min sag"), METTE)
    assert world.core.inbox.open(tasks[1].id, METTE).task.assignee is None
    desk.undo(back.batch_id, METTE)
    assert mine(world, METTE) == set(ids(tasks))

    # The first move is not the last: undoing it would take from whoever has the task now.
    desk.change([tasks[0].id], TO_JONAS, METTE)
    undone = desk.undo(taken.batch_id, METTE)
    assert [each.why for each in undone.stays] == ["Opgaven ligger nu hos Jonas Brandt."]
    assert mine(world, JONAS) == {tasks[0].id}


def test_a_task_put_away_keeps_its_deadline_and_comes_back_when_it_is_undone(
    world: World,
) -> None:
    (task,) = held_by(world, METTE, ("anna",))

    away = world.core.desk.change(
        [task.id], DeskChange(DeskAct.FOLLOW_UP, day=date(2026, 3, 9)), METTE
    )
    assert mine(world, METTE) == set()
    kept = world.core.inbox.open(task.id, METTE).task
    assert (kept.follow_up_on, kept.due_at) == (date(2026, 3, 9), task.due_at)

    world.clock.forward(timedelta(minutes=5))
    world.core.inbox.open(task.id, METTE)
    # That she looked at her own task since is nothing to lose.
    world.core.desk.undo(away.batch_id, METTE)
    assert world.core.inbox.open(task.id, METTE).task.follow_up_on is None
    assert mine(world, METTE) == {task.id}


def test_a_day_somebody_chose_since_is_not_undone(world: World) -> None:
    (task,) = held_by(world, METTE, ("anna",))
    away = world.core.desk.change(
        [task.id], DeskChange(DeskAct.FOLLOW_UP, day=date(2026, 3, 9)), METTE
    )
    world.core.inbox.follow_up(task.id, date(2026, 3, 20), METTE)

    undone = world.core.desk.undo(away.batch_id, METTE)

    assert [each.why for each in undone.stays] == ["Opgaven har fået en anden dag til opfølgning."]
    assert world.core.inbox.open(task.id, METTE).task.follow_up_on == date(2026, 3, 20)


def test_what_cannot_follow_is_named_and_the_rest_is_done(world: World) -> None:
    own, other = held_by(world, METTE, ("anna", "yrsa"))
    (jonas_has,) = held_by(world, JONAS, ("ulla",))
    make_party(world, "jonas", own.case_id)

    report = world.core.desk.change(ids([own, other, jonas_has]), TO_JONAS, METTE)

    assert {each.task_id: each.why for each in report.stays} == {
        own.id: "Jonas Brandt er part i sagen og må ikke behandle den.",
        jonas_has.id: "Jonas Brandt har opgaven.",
    }
    assert mine(world, JONAS) == {other.id, jonas_has.id}


def test_giving_away_wants_a_reason_and_the_receiver_reads_it(world: World) -> None:
    (task,) = held_by(world, METTE, ("anna",))
    with pytest.raises(RuleError, match="skifter hænder"):
        world.core.desk.change([task.id], replace(TO_JONAS, reason=" "), METTE)

    world.core.desk.change([task.id], TO_JONAS, METTE)

    assert world.core.inbox.open(task.id, JONAS).task.reason == "Jonas kender borgeren"


def test_what_one_did_is_undone_by_oneself_and_within_a_day(world: World) -> None:
    (task,) = held_by(world, METTE, ("anna",))
    given = world.core.desk.change([task.id], TO_JONAS, METTE)

    with pytest.raises(NotFoundError):
        world.core.desk.undo(given.batch_id, JONAS)
    world.clock.forward(timedelta(hours=24, minutes=1))
    with pytest.raises(ConflictError, match="24 timer"):
        world.core.desk.undo(given.batch_id, METTE)


def test_a_task_of_another_unit_or_role_is_never_changed(world: World) -> None:
    (task,) = unassigned(world, "anna")
    nadia = demo.actor("nadia", Role.CASEWORKER)
    approver = demo.actor("karin", Role.APPROVER)

    assert world.core.desk.change([task.id], CLAIM, nadia).shares == ()
    assert world.core.desk.change([task.id], CLAIM, approver).shares == ()
    assert world.core.inbox.open(task.id, METTE).task.assignee is None


def test_next_goes_through_the_filter_one_looks_through(world: World) -> None:
    anna, yrsa = unassigned(world, "anna", "yrsa")
    name = world.core.inbox.open(yrsa.id, METTE).case.primary_party.name

    wanted = world.core.desk.listed("unassigned", InboxWish(words=name))

    assert world.core.inbox.next(METTE, wanted) == yrsa.id
    assert world.core.inbox.next(METTE, wanted) is None
    assert world.core.inbox.next(METTE) == anna.id


def test_a_filter_is_kept_shared_and_forgotten_but_never_with_a_name_in_it(world: World) -> None:
    desk = world.core.desk
    for_now = desk.want(InboxWish(words="0101901234"), METTE)
    with pytest.raises(RuleError, match="kan ikke gemmes"):
        desk.keep(for_now.id, "Anna", "", METTE)

    week = desk.want(InboxWish(due_within=7, sort=TaskSort.OLDEST), METTE)
    with pytest.raises(NotFoundError):
        desk.filter(week.id, JONAS)
    (unit,) = METTE.units
    desk.keep(week.id, "Denne uge", unit, METTE)
    assert [each.name for each in desk.filters(JONAS)] == ["Denne uge"]
    assert desk.filter(week.id, JONAS).wanted == InboxWish(due_within=7, sort=TaskSort.OLDEST)
    with pytest.raises(ConflictError, match="Der er allerede et filter"):
        desk.keep(desk.want(InboxWish(due_within=2), METTE).id, "denne UGE", "", METTE)
    with pytest.raises(NotFoundError, match="Kun den, der har lavet"):
        desk.forget(week.id, JONAS)

    world.clock.forward(timedelta(days=1, minutes=1))
    assert desk.forget_old(999) == 2
    with pytest.raises(NotFoundError):
        desk.filter(for_now.id, METTE)
    assert desk.forget(week.id, METTE) == "Denne uge"


def test_the_oldest_first_goes_on_page_by_page_without_losing_one(world: World) -> None:
    tasks = unassigned(world, "anna", "yrsa", "ulla")
    every = TaskFilter("unit", sort=TaskSort.OLDEST, form_key="casework.assess")
    first = world.core.inbox.rows(replace(every, limit=1), METTE)
    (last,) = first
    place = (0, last.task.created_at.isoformat(), last.task.id)

    rest = world.core.inbox.rows(replace(every, after=place), METTE)

    assert [row.task.id for row in (*first, *rest)] == sorted(ids(tasks))


def test_who_may_not_see_a_protected_name_does_not_find_by_it(world: World) -> None:
    case_id = world.apply("anna")
    world.driver.rest(case_id)
    with world.core.env.uow(999) as uow:
        case = uow.cases.get(case_id)
        name = case.primary_party.name

        def found(*, show_protected: bool) -> int:
            wanted = TaskFilter("unit", party_tokens=tuple(name.casefold().split()))
            rows = uow.processes.inbox(
                wanted,
                user="x",
                units=METTE.units,
                roles=frozenset({"caseworker"}),
                now=world.clock.now(),
                show_protected=show_protected,
            )
            return len(rows)

        everything = found(show_protected=False)
        uow.session.connection().exec_driver_sql("UPDATE case_file SET protection = 'beskyttet'")
        assert (everything, found(show_protected=False)) == (found(show_protected=True), 0)
