"""A team lead moves a sick colleague's tasks, undoes it, and lets a substitute stand in."""

from datetime import date, timedelta

import pytest

from app.local import demo
from processes.domain.access import Actor, Role
from processes.domain.errors import ConflictError, NotAllowedError, NotFoundError, RuleError
from processes.domain.periods import Period
from processes.ports.pages import MovePlan, MoveReport, TeamMember
from processes.ports.records import User, UserTask
from tests.journeys.conftest import World
from tests.journeys.test_straight_path import GRANT

LEAD = demo.actor("lars", Role.TEAM_LEAD)
METTE = demo.actor("mette", Role.CASEWORKER)
JONAS = demo.actor("jonas", Role.CASEWORKER)
SICK = "Mette er syg"
TODAY = date(2026, 3, 2)


def held_by(world: World, who: Actor, applicants: tuple[str, ...]) -> list[UserTask]:
    """Let applications come in and somebody take what they need; return the tasks."""
    tasks = []
    for applicant in applicants:
        # Who is in acute need has a task about that too.
        (task,) = (
            each
            for each in world.driver.rest(world.apply(applicant))
            if each.form_key == "casework.assess"
        )
        world.core.inbox.claim(task.id, who)
        tasks.append(task)
    return tasks


def member(world: World, user: str) -> TeamMember:
    members = {each.user: each for each in world.core.team.page(None, LEAD).members}
    return members[user]


def open_of(world: World, user: str) -> int:
    return member(world, user).load.open


def move_all(world: World, user: str, receiver: str | None) -> tuple[MovePlan, MoveReport]:
    plan = world.core.team.plan_all(user, receiver, LEAD)
    return plan, world.core.team.move(plan.moves, SICK, LEAD)


def work(world: World, task: UserTask, by: Actor) -> None:
    page = world.core.inbox.open(task.id, by)
    world.core.inbox.complete(task.id, GRANT[task.form_key](page), by)


def test_a_sick_colleagues_tasks_are_moved_and_what_nobody_touched_comes_back(
    world: World,
) -> None:
    first, second, third = held_by(world, METTE, ("anna", "yrsa", "ulla"))

    _, moved = move_all(world, "mette", "jonas")
    assert (moved.givers, moved.shares) == (("Mette Holm",), (("Jonas Brandt", 3),))
    assert (open_of(world, "mette"), open_of(world, "jonas")) == (0, 3)

    world.clock.forward(timedelta(hours=1))
    world.core.inbox.open(first.id, JONAS)
    work(world, second, JONAS)

    (shown,) = world.core.team.page(None, LEAD).moves
    assert shown.can_undo == 1
    assert {(each.task_id, each.why) for each in shown.stays} == {
        (first.id, "Jonas Brandt har åbnet opgaven."),
        (second.id, "Opgaven er afsluttet af Jonas Brandt."),
    }
    undone = world.core.team.undo(shown.batch_id, LEAD)

    assert {each.task_id for each in undone.stays} == {first.id, second.id}
    assert world.core.inbox.open(third.id, METTE).task.assignee == "mette"
    assert world.core.inbox.open(first.id, JONAS).task.assignee == "jonas"


def test_a_task_completed_between_plan_and_move_stays_and_is_named(world: World) -> None:
    done, left = held_by(world, METTE, ("anna", "yrsa"))
    plan = world.core.team.plan_all("mette", "jonas", LEAD)
    work(world, done, METTE)

    report = world.core.team.move(plan.moves, SICK, LEAD)

    (stays,) = report.stays
    assert (stays.task_id, stays.why) == (done.id, "Opgaven er afsluttet af Mette Holm.")
    assert report.shares == (("Jonas Brandt", 1),)
    assert world.core.inbox.open(left.id, JONAS).task.assignee == "jonas"


def test_a_task_somebody_took_between_plan_and_move_stays_with_them(world: World) -> None:
    (task,) = world.driver.rest(world.apply("anna"))
    plan = world.core.team.plan([task.id], "jonas", LEAD)
    world.core.inbox.claim(task.id, METTE)

    report = world.core.team.move(plan.moves, "Jonas har tid", LEAD)

    assert [each.why for each in report.stays] == ["Opgaven ligger nu hos Mette Holm."]
    assert report.shares == ()
    assert world.core.team.page(None, LEAD).moves == []


def test_every_moved_task_is_audited_with_its_reason(world: World) -> None:
    (task,) = held_by(world, METTE, ("anna",))
    _, moved = move_all(world, "mette", "jonas")
    world.core.team.undo(moved.batch_id, LEAD)

    with world.core.env.uow(999) as uow:
        events = [event for event in uow.audit.of_subject(f"task:{task.id}") if event.reason]

    assert [(event.action, event.user, event.reason) for event in events] == [
        ("task.move_back", "lars", SICK),
        ("task.reassign", "lars", SICK),
    ]


def test_shared_evenly_tasks_go_to_whoever_has_the_fewest_and_never_to_who_is_away(
    world: World,
) -> None:
    held_by(world, METTE, ("anna", "yrsa", "ulla"))
    held_by(world, JONAS, ("maria",))
    world.core.team.register_absence("mette", Period(TODAY), None, LEAD)

    plan = world.core.team.plan_all("mette", None, LEAD)

    shares = {share.user: (share.open_before, share.tasks) for share in plan.shares}
    assert shares == {"jonas": (1, 1), "karin": (0, 2)}
    assert all("har færrest åbne opgaver" in share.why for share in plan.shares)


def test_what_somebody_may_not_decide_stays_with_its_reason_and_the_rest_is_moved(
    world: World,
) -> None:
    own, _other = held_by(world, METTE, ("anna", "yrsa"))
    make_party(world, "jonas", own.case_id)

    plan, moved = move_all(world, "mette", "jonas")

    (stays,) = plan.stays
    assert stays.task_id == own.id
    assert stays.why == "Jonas Brandt er part i sagen og må ikke behandle den."
    assert moved.shares == (("Jonas Brandt", 1),)
    evenly = world.core.team.plan([own.id], None, LEAD)
    assert [each.receiver for each in evenly.moves] == ["karin"]


def make_party(world: World, user: str, case_id: str) -> None:
    """Let a member of staff be the person a case is about."""
    with world.core.env.uow(999) as uow:
        person = uow.setup.user(user)
        cpr = uow.cases.get(case_id).primary_party.cpr
        uow.setup.put_user(User(user, person.name, world.core.env.digest(cpr), person.roles))
        uow.commit()


def test_who_worked_on_a_case_is_never_given_its_approval(world: World) -> None:
    karin = demo.actor("karin", Role.CASEWORKER)
    case_id = world.apply("anna")
    world.core.inbox.claim(world.driver.rest(case_id)[0].id, karin)
    work(world, world.driver.rest(case_id)[0], karin)
    (proposal,) = world.driver.rest(case_id)
    work(world, proposal, karin)
    (approval,) = world.driver.rest(case_id)

    to_karin = world.core.team.plan([approval.id], "karin", LEAD)
    to_mette = world.core.team.plan([approval.id], "mette", LEAD)
    evenly = world.core.team.plan([approval.id], None, LEAD)

    assert [each.why for each in to_karin.stays] == [
        "Karin Lund har selv arbejdet på sagen og må ikke godkende afgørelsen."
    ]
    assert [each.why for each in to_mette.stays] == ["Mette Holm er ikke fagleder i enheden."]
    assert [each.receiver for each in evenly.moves] == ["lars"]


def test_a_move_is_undone_within_a_day_and_only_by_who_leads_the_team(world: World) -> None:
    held_by(world, METTE, ("anna",))
    _, moved = move_all(world, "mette", "jonas")

    with pytest.raises(NotAllowedError):
        world.core.team.undo(moved.batch_id, JONAS)
    with pytest.raises(NotFoundError):
        world.core.team.undo(moved.batch_id, demo.actor("nadia", Role.TEAM_LEAD))
    world.clock.forward(timedelta(hours=24, minutes=1))
    with pytest.raises(ConflictError, match="24 timer"):
        world.core.team.undo(moved.batch_id, LEAD)
    assert world.core.team.page(None, LEAD).moves == []


def test_an_absent_caseworkers_new_tasks_go_to_the_substitute(world: World) -> None:
    (task,) = held_by(world, METTE, ("anna",))
    world.core.team.register_absence("mette", Period(TODAY), "jonas", LEAD)
    work(world, task, METTE)

    (proposal,) = world.driver.rest(task.case_id)

    assert proposal.assignee == "jonas"
    assert member(world, "jonas").stands_in_for == ("Mette Holm",)
    assert member(world, "mette").is_away


@pytest.mark.parametrize("reason", ["nobody stands in", "the substitute is away", "own case"])
def test_without_a_substitute_who_may_a_new_task_is_the_units(world: World, reason: str) -> None:
    (task,) = held_by(world, METTE, ("anna",))
    substitute = None if reason == "nobody stands in" else "jonas"
    world.core.team.register_absence("mette", Period(TODAY), substitute, LEAD)
    if reason == "the substitute is away":
        world.core.team.register_absence("jonas", Period(TODAY), None, LEAD)
    if reason == "own case":
        make_party(world, "jonas", task.case_id)
    work(world, task, METTE)

    (proposal,) = world.driver.rest(task.case_id)

    assert proposal.assignee is None


def test_who_is_back_gets_new_tasks_again(world: World) -> None:
    (task,) = held_by(world, METTE, ("anna",))
    absence = world.core.team.register_absence("mette", Period(TODAY), "jonas", LEAD)
    world.core.team.end_absence(absence.id, LEAD)
    work(world, task, METTE)

    (proposal,) = world.driver.rest(task.case_id)

    assert proposal.assignee == "mette"
    assert member(world, "mette").absence is None


def test_an_absence_that_makes_no_sense_is_refused(world: World) -> None:
    team = world.core.team
    week = Period(TODAY, TODAY + timedelta(days=7))
    team.register_absence("mette", week, "jonas", LEAD)

    with pytest.raises(ConflictError, match="allerede fravær"):
        team.register_absence("mette", Period(TODAY + timedelta(days=6)), None, LEAD)
    with pytest.raises(ConflictError, match="Afløseren er selv fraværende"):
        team.register_absence("karin", week, "mette", LEAD)
    with pytest.raises(RuleError, match="afløser for sig selv"):
        team.register_absence("karin", week, "karin", LEAD)
    with pytest.raises(RuleError, match="forbi"):
        team.register_absence("karin", Period(date(2026, 2, 1), TODAY), None, LEAD)
    with pytest.raises(NotFoundError):
        team.register_absence("bente", week, None, LEAD)
    team.register_absence("mette", Period(TODAY + timedelta(days=7)), None, LEAD)


def test_a_team_of_another_municipality_sees_and_moves_nothing(world: World) -> None:
    (task,) = held_by(world, METTE, ("anna",))
    neighbour = demo.actor("nadia", Role.TEAM_LEAD)

    page = world.core.team.page("mette", neighbour)
    plan = world.core.team.plan([task.id], None, neighbour)

    assert {each.user for each in page.members} == {"nadia"}
    assert (list(page.tasks), plan.moves, plan.stays) == ([], (), ())
