"""Those who keep processes running see what stands where, and steer it: with reasons, by two."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.local import demo
from app.local.driver import assess
from processes.domain.access import Actor, Role
from processes.domain.errors import (
    ConflictError,
    NotAllowedError,
    NotFoundError,
    RuleError,
    TwoPersonError,
)
from processes.ports.cockpit import IncidentFilter, InstancePage, MoveState, VersionPage
from processes.ports.records import InstanceState
from tests.journeys.conftest import World

OWNER, SECOND = (demo.actor(who, Role.PROCESS_OWNER) for who in ("peter", "gitte"))
LEAD = demo.actor("lars", Role.TEAM_LEAD)
METTE = demo.actor("mette", Role.CASEWORKER)
NEXT_DOOR = replace(OWNER, municipality_id=998)
MAIN = "subsistence_application"
NEVER = "Datacentret har lukket ned"


def main_version(world: World, process: str = "") -> VersionPage:
    """Return the page of the application's version, counted anew."""
    world.core.cockpit.count_again(OWNER)
    versions = world.core.cockpit.overview(OWNER).versions
    (load,) = [each for each in versions if each.head.key == MAIN]
    return world.core.cockpit.version(load.head.id, process, OWNER)


def id_of(world: World, case_id: str) -> int:
    with world.core.env.uow(999) as uow:
        found = [x for x in uow.processes.instances_of_case(case_id) if x.process_key == MAIN]
    return found[0].id


def shown(world: World, case_id: str, by: Actor = OWNER) -> InstancePage:
    return world.core.cockpit.instance(id_of(world, case_id), by)


def settle_with_faults(world: World) -> None:
    """Do what a worker does, which notes what breaks and goes on."""
    it = world.core
    for kind, act, broke in (
        ("outbox", it.relay.deliver, it.relay.broke),
        ("jobs", it.control.run_job, it.control.job_broke),
    ):
        for claim in it.claims_due(kind, limit=50):
            try:
                act(claim)
            except RuntimeError as error:
                broke(claim, error)


@contextmanager
def broken(world: World, step: str) -> Iterator[None]:
    """Let a step fail in a way nobody planned."""

    def fail(*_arguments: object) -> object:
        raise RuntimeError(NEVER)

    steps = world.core.env.register.steps
    sound = steps[step]
    steps[step] = replace(sound, ask=fail)
    try:
        yield
    finally:
        steps[step] = sound


def stop(world: World, *who: str) -> list[str]:
    """Let applications stand still at their first job."""
    with broken(world, "registers.collect"):
        cases = [world.apply(each) for each in who]
        settle_with_faults(world)
    return cases


def test_tokens_and_times_are_counted_at_each_element_of_each_diagram(world: World) -> None:
    for who in ("anna", "yrsa", "ulla"):
        world.driver.rest(world.apply(who))
    world.move(hours=30)

    page = main_version(world)

    at = {each.element_id: each for each in page.elements}
    assert (at["task_assess"].waiting, at["task_assess"].waiting_heat) == (3, 3)
    assert (at["call_collect_register_data"].waiting, page.load.running) == (0, 3)
    assert at["call_collect_register_data"].visits == 3
    assert [each.element_id for each in page.elements][:2] == [
        "rule_deadline_of_case",
        "step_set_deadline",
    ]
    assert page.sampled == 3
    inner = main_version(world, "collect_register_data")
    assert inner.process_id == "collect_register_data"
    assert any(each.visits == 3 for each in inner.elements)


def test_what_is_counted_is_kept_for_a_while_and_counted_anew_when_somebody_asks(
    world: World,
) -> None:
    main_version(world)
    world.driver.rest(world.apply("anna"))
    versions = world.core.cockpit.overview(OWNER).versions
    assert sum(each.total for each in versions) == 0

    assert main_version(world).load.running == 1


def test_a_stopped_case_stands_on_its_element_and_on_the_call_that_leads_there(
    world: World,
) -> None:
    stop(world, "anna", "yrsa")

    outer = {each.element_id: each for each in main_version(world).elements}
    inner = {
        each.element_id: each for each in main_version(world, "collect_register_data").elements
    }

    assert outer["call_collect_register_data"].stopped == 2
    assert inner["step_collect"].stopped == 2
    (cause,) = world.core.cockpit.causes(OWNER)
    assert (cause.element_id, cause.code, cause.cases) == ("step_collect", "step", 2)
    first = world.core.cockpit.stopped(IncidentFilter(limit=1), OWNER)
    last = first[0].incident
    rest = world.core.cockpit.stopped(IncidentFilter(after=(last.raised_at, last.id)), OWNER)
    assert {each.case_number for each in (*first, *rest)} == {"2026-000001", "2026-000002"}
    for nothing in (
        IncidentFilter(process_key="reassessment"),
        IncidentFilter(words="100%"),
        IncidentFilter(code="stuck"),
    ):
        assert world.core.cockpit.stopped(nothing, OWNER) == []


def test_many_are_tried_again_after_a_preview_that_tries_nothing(world: World) -> None:
    cases = stop(world, "anna", "yrsa", "ulla")
    stopped = world.core.cockpit.stopped(IncidentFilter(), OWNER)
    ids = [each.incident.id for each in stopped]
    paused = next(each for each in stopped if each.incident.case_id == cases[2])
    world.core.cockpit.pause(paused.incident.instance_id, "Vi ser på den", OWNER)

    plan = world.core.cockpit.plan_retry(ids, OWNER)
    assert (len(plan.can), len(plan.cannot)) == (2, 1)
    assert len(world.core.cockpit.stopped(IncidentFilter(), OWNER)) == 3

    report = world.core.cockpit.retry(ids, OWNER)
    assert (report.tried, report.still_stopped, report.left) == (2, 0, ())
    assert report.refused[0].startswith(paused.case_number)
    assert world.forms(cases[0]) == []
    world.driver.settle()
    assert world.forms(cases[0]) == ["casework.assess"]
    with world.core.env.uow(999) as uow:
        (noted,) = uow.audit.of_subject(f"instance:{id_of(world, cases[0])}")
    assert (noted.user, noted.action) == ("peter", "incident.retry")


def test_nothing_moves_a_paused_instance_and_what_came_meanwhile_reaches_it(world: World) -> None:
    case = world.apply("anna")
    (task,) = world.driver.rest(case)
    world.core.cockpit.pause(id_of(world, case), "Reglen er under afklaring", LEAD)

    answer = assess(text="Ja.")(world.core.inbox.open(task.id, METTE))
    with pytest.raises(ConflictError, match="pause"):
        world.core.inbox.complete(task.id, answer, METTE)
    world.move(days=60)
    page = shown(world, case)
    assert (page.instance.state, page.pause and page.pause.reason) == (
        InstanceState.PAUSED,
        "Reglen er under afklaring",
    )
    assert world.forms(case) == ["casework.assess"], "no deadline has fired"

    world.core.cockpit.resume(id_of(world, case), OWNER)
    world.driver.settle()
    assert shown(world, case).instance.state is InstanceState.RUNNING
    line = shown(world, case).line
    assert [each.what for each in line].count("paused") == 1
    assert "on_case_warning" in {each.element_id for each in line if each.what == "completed"}


def test_a_message_to_a_paused_instance_waits_until_it_goes_on(world: World) -> None:
    case = world.apply("anna")
    world.driver.rest(case)
    world.core.cockpit.pause(id_of(world, case), "Vi ser på den", OWNER)

    party = world.core.cases.page(case, METTE).case.primary_party.id
    world.core.life.withdraw_for(case, party, "Borgeren ringede", METTE)
    world.driver.settle()
    assert shown(world, case).instance.state is InstanceState.PAUSED
    (kept,) = world.core.cockpit.waiting("kept", OWNER)
    assert kept.what == "application-withdrawn"

    world.core.cockpit.resume(id_of(world, case), OWNER)
    world.driver.settle()
    assert world.core.cockpit.waiting("kept", OWNER) == []
    assert "casework.assess" not in world.forms(case)


def test_a_token_is_moved_when_another_person_agrees(world: World) -> None:
    case = world.apply("anna")
    world.driver.rest(case)
    instance_id = id_of(world, case)
    (token,) = [x for x in shown(world, case).tokens if x.element_id == "task_assess"]
    ask = world.core.cockpit.ask_move

    with pytest.raises(RuleError, match="grund"):
        ask(instance_id, token.token or "", "task_complete_facts", "  ", OWNER)
    move = ask(instance_id, token.token or "", "task_complete_facts", "Sprang over", OWNER)
    assert world.forms(case) == ["casework.assess"], "nothing moves before somebody else agrees"
    with pytest.raises(TwoPersonError):
        world.core.cockpit.answer_move(move.id, OWNER, approved=True)
    with pytest.raises(ConflictError, match="venter allerede"):
        ask(instance_id, token.token or "", "task_complete_facts", "Igen", SECOND)

    done = world.core.cockpit.answer_move(move.id, SECOND, approved=True)

    assert done.state is MoveState.MOVED
    assert world.forms(case) == ["casework.complete_facts"]
    assert world.core.cockpit.overview(OWNER).moves == ()
    with pytest.raises(ConflictError, match="allerede besvaret"):
        world.core.cockpit.answer_move(move.id, SECOND, approved=True)
    with world.core.env.uow(999) as uow:
        actions = [each.action for each in uow.audit.of_subject(f"instance:{instance_id}")]
    assert {"token.ask_move", "token.moved"} <= set(actions)


def test_the_database_too_refuses_that_one_person_moves_a_token_alone(world: World) -> None:
    case = world.apply("anna")
    world.driver.rest(case)
    (token,) = [x for x in shown(world, case).tokens if x.element_id == "task_assess"]
    move = world.core.cockpit.ask_move(
        id_of(world, case), token.token or "", "task_complete_facts", "Sprang over", OWNER
    )

    alone = text(
        "UPDATE token_move SET state = 'moved', answered_by = asked_by, answered_at = now()"
    )
    with world.core.env.uow(999) as uow, pytest.raises(DBAPIError, match="two_people"):
        uow.session.execute(alone)  # type: ignore[attr-defined]  # the test goes past the store
    assert world.core.cockpit.withdraw_move(move.id, OWNER).state is MoveState.WITHDRAWN


def test_a_token_that_has_gone_on_by_itself_is_not_moved(world: World) -> None:
    case = world.apply("anna")
    (task,) = world.driver.rest(case)
    (token,) = [x for x in shown(world, case).tokens if x.element_id == "task_assess"]
    move = world.core.cockpit.ask_move(
        id_of(world, case), token.token or "", "task_complete_facts", "Sprang over", OWNER
    )
    page = world.core.inbox.open(task.id, METTE)
    world.core.inbox.complete(task.id, assess(text="Betingelserne er opfyldt.")(page), METTE)

    answered = world.core.cockpit.answer_move(move.id, SECOND, approved=True)

    assert answered.state is MoveState.LAPSED
    assert "casework.complete_facts" not in world.forms(case)


def test_nothing_is_moved_to_where_harm_follows_without_a_person(world: World) -> None:
    case = world.apply("anna")
    world.driver.work(case, {"casework.assess": assess(text="Opfyldt.")}, until="decision.propose")
    (token,) = [x for x in shown(world, case).tokens if x.element_id == "task_propose"]

    with pytest.raises(RuleError, match="uden at en person"):
        world.core.cockpit.ask_move(
            id_of(world, case), token.token or "", "step_issue", "Det haster", OWNER
        )


def test_variables_are_shown_to_who_may_read_the_case_and_hidden_from_others(
    world: World,
) -> None:
    case = world.apply("anna")
    world.driver.rest(case)

    def variables(by: Actor) -> dict[str, tuple[str, str]]:
        (token,) = [x for x in shown(world, case, by).tokens if x.element_id == "task_assess"]
        return {each.name: (each.value, each.why_hidden) for each in token.variables}

    owners, leads = variables(OWNER), variables(LEAD)
    assert leads["case_id"] == (case, "")
    assert owners["case_id"][0] == ""
    assert "Kræver en rolle med adgang" in owners["case_id"][1]
    with world.core.env.uow(999) as uow:
        protect = text("UPDATE party SET protection = 'beskyttet'")
        uow.session.execute(protect)  # type: ignore[attr-defined]  # as CPR would have it
        uow.commit()
    assert {why for _, why in variables(OWNER).values()} == {"Sagen er beskyttet."}
    assert variables(LEAD)["case_id"] == (case, "")


def test_who_has_looked_at_an_instance_stands_in_the_log(world: World) -> None:
    case = world.apply("anna")
    world.driver.rest(case)

    shown(world, case, LEAD)

    with world.core.env.uow(999) as uow:
        seen = [each.user for each in uow.audit.of_subject(f"instance:{id_of(world, case)}")]
        of_case = [each.action for each in uow.audit.of_subject(f"case:{case}")]
    assert seen == ["lars"]
    assert "instance.read" in of_case


def test_another_municipality_sees_and_steers_nothing(world: World) -> None:
    (case,) = stop(world, "anna")
    instance_id = id_of(world, case)
    (stopped,) = world.core.cockpit.stopped(IncidentFilter(), OWNER)

    assert world.core.cockpit.stopped(IncidentFilter(), NEXT_DOOR) == []
    assert sum(each.total for each in world.core.cockpit.overview(NEXT_DOOR).versions) == 0
    assert world.core.cockpit.plan_retry([stopped.incident.id], NEXT_DOOR).can == ()
    assert world.core.cockpit.waiting("timers", NEXT_DOOR) == []
    for act in (
        lambda: world.core.cockpit.instance(instance_id, NEXT_DOOR),
        lambda: world.core.cockpit.pause(instance_id, "Nej", NEXT_DOOR),
    ):
        with pytest.raises(NotFoundError):
            act()
    with pytest.raises(NotAllowedError):
        world.core.cockpit.overview(METTE)


def test_timers_jobs_and_messages_are_listed_with_what_they_wait_for(world: World) -> None:
    case = world.apply("anna")
    world.driver.rest(case)
    world.core.cockpit.count_again(OWNER)

    (timer, *_) = world.core.cockpit.waiting("timers", OWNER)
    assert timer.at is not None
    assert timer.at > world.clock.now()
    assert timer.element_name
    counts = world.core.cockpit.queues(OWNER)
    assert counts.timers >= 1
    assert counts.messages_waited_for == len(world.core.cockpit.waiting("messages", OWNER)) > 0
    (yrsa,) = stop(world, "yrsa")
    (dead,) = world.core.cockpit.waiting("dead", OWNER)
    assert (dead.what, dead.instance_id) == ("registers.collect", id_of(world, yrsa))
    with pytest.raises(NotFoundError, match="Listen"):
        world.core.cockpit.waiting("elephants", OWNER)


def test_instances_from_before_places_were_written_are_counted_all_the_same(world: World) -> None:
    world.driver.rest(world.apply("anna"))
    with world.core.env.uow(999) as uow:
        forget = text("UPDATE process_instance SET places = '{}'")
        uow.session.execute(forget)  # type: ignore[attr-defined]  # as an older release left it
        uow.commit()

    at = {each.element_id: each for each in main_version(world).elements}

    assert at["task_assess"].waiting == 1
