"""The letter on a task's page is the letter that is sent, word for word."""

from dataclasses import replace

from app.local.driver import approve, assess, conclude_hearing, prepare_hearing, propose
from processes.domain.letters import Letter, from_body
from processes.domain.money import Money
from processes.ports.pages import GAP, TaskPage
from tests.journeys.conftest import World

REASONS = "Du er blevet ledig og kan ikke forsørge dig selv."


def open_page(world: World, case_id: str, form_key: str) -> TaskPage:
    world.driver.rest(case_id)
    (task,) = [each for each in world.driver.open_tasks(case_id) if each.form_key == form_key]
    return world.core.inbox.open(task.id, world.driver.team.for_role(task.role))


def sent(world: World, case_id: str, kind: str) -> Letter:
    world.driver.rest(case_id)
    page = world.core.cases.page(case_id, world.driver.team.caseworker)
    (row,) = [each for each in page.letters if str(each.record.kind) == kind]
    return from_body(row.record.body)


def preview(page: TaskPage) -> Letter:
    assert page.letter_preview is not None
    return page.letter_preview


def test_the_proposer_sees_the_letter_with_a_gap_for_the_reasons(world: World) -> None:
    case_id = world.apply("anna")
    world.driver.work(case_id, {"casework.assess": assess(text="Opfyldt.")})

    page = open_page(world, case_id, "decision.propose")

    reasons = {each.heading: each.paragraphs for each in preview(page).sections}["Begrundelse"]
    assert reasons == (GAP,)
    assert world.core.cases.page(case_id, world.driver.team.caseworker).letters == []


def test_what_is_saved_of_the_reasons_stands_in_the_letter(world: World) -> None:
    case_id = world.apply("anna")
    world.driver.work(case_id, {"casework.assess": assess(text="Opfyldt.")})
    page = open_page(world, case_id, "decision.propose")
    by = world.driver.team.caseworker
    world.core.inbox.claim(page.task.id, by)

    world.core.inbox.save_draft(page.task.id, {"reasoning": REASONS}, page.revision, by)

    assert REASONS in preview(open_page(world, case_id, "decision.propose")).text


def test_the_approver_sees_the_letter_that_is_sent(world: World) -> None:
    case_id = world.apply("anna")
    world.driver.work(
        case_id, {"casework.assess": assess(text="Opfyldt."), "decision.propose": propose(REASONS)}
    )
    seen = preview(open_page(world, case_id, "decision.approve"))

    world.driver.work(case_id, {"decision.approve": approve})

    letter = sent(world, case_id, "bevilling_forsoergelse")
    assert seen == replace(letter, id=seen.id)


def test_the_hearing_letter_is_seen_before_it_is_sent(world: World) -> None:
    case_id = world.apply("ulla")
    wealthy = assess(text="Formuen er over grænsen.", wealth=Money.kroner("64000"))
    world.driver.work(case_id, {"casework.assess": wealthy})
    seen = preview(open_page(world, case_id, "casework.prepare_hearing"))

    world.driver.work(case_id, {"casework.prepare_hearing": prepare_hearing})

    letter = sent(world, case_id, "partshoering_afslag")
    assert seen == replace(letter, id=seen.id)


def test_a_task_that_sends_no_letter_shows_none(world: World) -> None:
    case_id = world.apply("ulla")
    page = open_page(world, case_id, "casework.assess")
    assert page.letter_preview is None

    wealthy = assess(text="Formuen er over grænsen.", wealth=Money.kroner("64000"))
    world.driver.work(
        case_id, {"casework.assess": wealthy, "casework.prepare_hearing": prepare_hearing}
    )
    world.move(days=25)

    assert open_page(world, case_id, "casework.hearing_lapsed").letter_preview is None
    world.driver.work(case_id, {"casework.hearing_lapsed": conclude_hearing("Intet svar.")})
    assert "afslag" in str(preview(open_page(world, case_id, "decision.propose")).kind)
