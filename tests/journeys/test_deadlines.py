"""A deadline is the municipality's own; one that passes is told, by a person or else by itself."""

from datetime import date

import pytest

from app.local.driver import approve, assess, delay_reason, note_passed, propose, tax_card
from processes.domain.access import Actor, Role
from processes.domain.deadlines import DeadlineKind
from processes.domain.errors import NotAllowedError, TwoPersonError
from processes.domain.letters import from_body
from processes.ports.pages import CasePage
from tests.journeys.conftest import World

GRANT = {
    "casework.assess": assess(text="Betingelserne er opfyldt."),
    "decision.propose": propose("Du er blevet ledig og kan ikke forsørge dig selv."),
    "decision.approve": approve,
    "payment.tax_card": tax_card(rate=38, deduction="4358"),
}
TITLE = "Du må vente lidt længere på svar"


def page_of(world: World, case_id: str) -> CasePage:
    return world.core.cases.page(case_id, world.driver.team.caseworker)


def told(page: CasePage) -> list[str]:
    return [from_body(each.record.body).text for each in page.letters if each.title == TITLE]


def local_admin(world: World, user: str) -> Actor:
    municipality = world.driver.team.caseworker.municipality_id
    return Actor(user, user.title(), Role.LOCAL_ADMIN, municipality, frozenset())


def test_before_the_deadline_a_person_is_asked_why_and_the_letter_says_it_at_the_deadline(
    world: World,
) -> None:
    case_id = world.apply("anna")
    world.driver.rest(case_id)
    # 15 working days from 2 March end on 23 March; four fifths of it are gone on the 19th.
    world.move(days=17, hours=2)
    assert "casework.delay_reason" in world.forms(case_id)
    world.driver.work(
        case_id,
        {
            "casework.delay_reason": delay_reason(
                "Vi venter på svar fra en anden myndighed.", new_deadline_on=date(2026, 4, 7)
            )
        },
    )
    assert told(page_of(world, case_id)) == []

    world.move(days=5)

    (letter,) = told(page_of(world, case_id))
    assert "Vi venter på svar fra en anden myndighed." in letter
    assert "7. april 2026" in letter
    assert "23. marts 2026" in letter
    assert world.forms(case_id) == ["casework.assess"]


def test_where_nobody_wrote_why_a_plain_letter_leaves_and_the_team_lead_is_told(
    world: World,
) -> None:
    case_id = world.apply("anna")
    world.driver.rest(case_id)
    world.move(days=18)

    world.move(days=4)

    page = page_of(world, case_id)
    (letter,) = told(page)
    assert "Vi har ikke nået at behandle sagen færdig" in letter
    # Ten working days from 24 March, when the worker came to it, with Easter between.
    assert "10. april 2026" in letter
    assert world.forms(case_id) == ["casework.assess", "casework.deadline_passed"]
    assert page.decisions == []
    world.driver.work(case_id, {"casework.deadline_passed": note_passed("Tages i dag.")})
    assert world.forms(case_id) == ["casework.assess"]


def test_the_new_day_is_asked_about_and_told_as_the_first_was(world: World) -> None:
    case_id = world.apply("anna")
    world.driver.rest(case_id)
    world.move(days=18)
    world.move(days=4)
    world.driver.work(case_id, {"casework.deadline_passed": note_passed("Tages i dag.")})

    world.move(days=15)
    assert "casework.delay_reason" in world.forms(case_id)
    world.move(days=4)

    assert len(told(page_of(world, case_id))) == 2


def test_a_decision_in_time_takes_the_question_away_and_nothing_is_told(world: World) -> None:
    case_id = world.apply("anna")
    world.driver.rest(case_id)
    world.move(days=18)
    assert "casework.delay_reason" in world.forms(case_id)

    world.driver.work(case_id, GRANT)
    world.driver.rest(case_id)

    assert "casework.delay_reason" not in world.forms(case_id)
    world.move(days=10)
    assert told(page_of(world, case_id)) == []


def test_a_municipality_sets_its_own_deadline_and_another_approves_it(world: World) -> None:
    lars, mette = local_admin(world, "lars"), local_admin(world, "mette")
    desk = world.core.deadlines
    desk.propose("kontanthjaelp", DeadlineKind.CASE, 20, date(2026, 3, 3), lars)
    (waiting,) = desk.page(lars).waiting

    with pytest.raises(TwoPersonError):
        desk.approve(waiting.id, lars)
    with pytest.raises(NotAllowedError):
        desk.approve(waiting.id, world.driver.team.caseworker)
    desk.approve(waiting.id, mette)

    before = world.apply("anna")
    world.driver.rest(before)
    assert due_of(world, before) == date(2026, 3, 23)
    world.move(days=1)
    after = world.apply("hjalte")
    world.driver.rest(after)
    # Twenty working days from 3 March.
    assert due_of(world, after) == date(2026, 3, 31)
    (case, *_) = desk.published(lars.municipality_id)
    assert (case.kind, case.days) == (DeadlineKind.CASE, 20)


def due_of(world: World, case_id: str) -> date:
    (task,) = [each for each in world.driver.open_tasks(case_id) if each.due_at]
    assert task.due_at is not None
    return task.due_at.date()


def test_the_days_to_answer_a_hearing_are_the_municipalitys_own(world: World) -> None:
    lars, mette = local_admin(world, "lars"), local_admin(world, "mette")
    desk = world.core.deadlines
    desk.propose("kontanthjaelp", DeadlineKind.HEARING, 21, date(2026, 3, 3), lars)
    desk.approve(desk.page(lars).waiting[0].id, mette)
    case_id = world.apply("ulla")
    world.driver.rest(case_id)
    world.move(days=1)

    (task, *_) = world.driver.open_tasks(case_id)
    page = world.core.inbox.open(task.id, world.driver.team.caseworker)

    assert page.hearing_days == 21
