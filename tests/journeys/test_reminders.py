"""What does not come in time is seen by somebody, and what was waited for still counts."""

from processes.domain.payments import PaymentState
from processes.ports.pages import TaskPage
from processes.ports.records import TaskState
from tests.journeys.conftest import World
from tests.journeys.test_straight_path import GRANT, page_of


def looked_into(_page: TaskPage) -> dict[str, object]:
    """Say what was found out."""
    return {"note": "Banken leder efter kvitteringen."}


def test_a_receipt_that_is_lost_is_a_task_of_finance_two_banking_days_after_the_money(
    world: World,
) -> None:
    world.control("settle", {"hold": True})
    case_id = world.apply("anna")
    world.driver.work(case_id, GRANT)
    assert world.driver.rest(case_id) == []
    (row,) = page_of(world, case_id).payments
    assert row.line.disposition_on.isoformat() == "2026-03-31"

    # Maundy Thursday, Good Friday and Easter Monday are no banking days.
    world.move(days=35)
    assert world.clock.today().isoformat() == "2026-04-06"
    assert world.driver.open_tasks(case_id) == []
    world.move(days=2)

    (task,) = world.driver.open_tasks(case_id)
    assert (task.form_key, task.role) == ("payment.no_receipt", "finance")
    assert task.due_at is not None
    assert task.due_at.isoformat() == "2026-04-07T13:30:00+00:00"


def test_looking_into_it_orders_nothing_and_the_late_receipt_still_counts(world: World) -> None:
    world.control("settle", {"hold": True})
    case_id = world.apply("anna")
    world.driver.work(case_id, GRANT)
    world.driver.settle()
    world.move(days=40)

    world.driver.work(case_id, {"payment.no_receipt": looked_into})
    assert world.driver.rest(case_id) == []
    assert [row.state for row in page_of(world, case_id).payments] == [PaymentState.ACCEPTED]

    world.control("settle", {"hold": False})
    world.driver.rest(case_id)
    page = page_of(world, case_id)
    assert [row.state for row in page.payments] == [PaymentState.SETTLED]
    assert len(world.control("received")["payments"]) == 1
    assert page.instances[0].instance.end_element == "end_granted"
    assert any("Banken leder efter kvitteringen." in note.text for note in page.notes)


def test_a_receipt_that_comes_takes_the_task_away(world: World) -> None:
    world.control("settle", {"hold": True})
    case_id = world.apply("anna")
    world.driver.work(case_id, GRANT)
    world.driver.settle()
    world.move(days=40)
    assert world.forms(case_id) == ["payment.no_receipt"]

    world.control("settle", {"hold": False})
    world.driver.settle()

    page = page_of(world, case_id)
    (task,) = [each for each in page.tasks if each.form_key == "payment.no_receipt"]
    assert task.state is TaskState.CANCELLED
    assert page.instances[0].instance.end_element == "end_granted"


def test_a_finance_system_that_is_silent_is_looked_into_and_the_voucher_is_posted_once(
    world: World,
) -> None:
    world.misbehave("oekonomi", "lost")
    case_id = world.apply("anna")
    world.driver.work(case_id, GRANT)
    world.driver.settle()
    for _day in range(3):
        world.move(days=1)

    (task,) = world.driver.open_tasks(case_id)
    assert (task.form_key, task.element_id) == ("payment.no_receipt", "task_no_posting")

    world.misbehave("oekonomi", "normal")
    world.move(days=1)
    (voucher,) = page_of(world, case_id).vouchers
    assert voucher.accepted_at is not None
    assert world.control("effects")["oekonomi"] == {f"voucher:{voucher.id}": 1}
    assert world.driver.open_tasks(case_id) == []


def test_a_cases_open_tasks_stand_out_when_four_fifths_of_the_deadline_are_gone(
    world: World,
) -> None:
    case_id = world.apply("anna")
    (task,) = world.driver.rest(case_id)
    assert task.due_at is not None
    total = task.due_at - world.clock.now()
    assert task.priority == 0

    world.clock.forward(total * 0.79)
    world.driver.settle()
    assert world.driver.open_tasks(case_id)[0].priority == 0

    world.clock.forward(total * 0.02)
    world.driver.settle()

    # Beside it somebody is asked why it takes long (`test_deadlines`).
    (near,) = (each for each in world.driver.open_tasks(case_id) if each.id == task.id)
    assert near.priority == 1
    assert near.reason == f"Fristen nærmer sig · {task.reason}"
    world.driver.work(case_id, GRANT)
    world.driver.rest(case_id)
    ends = {each.instance.end_element for each in page_of(world, case_id).instances}
    assert ends == {"end_granted", "end_decided_in_time"}


def test_the_reason_a_task_was_laid_back_for_stays_when_its_deadline_is_near(world: World) -> None:
    case_id = world.apply("anna")
    (task,) = world.driver.rest(case_id)
    mette = world.driver.team.caseworker
    world.core.inbox.claim(task.id, mette)
    world.core.inbox.release(task.id, "Jeg er på ferie.", mette)

    world.move(days=18)

    (near,) = (each for each in world.driver.open_tasks(case_id) if each.id == task.id)
    assert near.reason == "Fristen nærmer sig · Jeg er på ferie."
