"""What a citizen writes is answered by a person, in time or with a word of when."""

import pytest

from app.local import demo
from processes.domain.access import Actor
from processes.domain.errors import NotFoundError, RuleError
from processes.domain.messages import MessageKind
from processes.ports.records import UserTask
from tests.journeys.conftest import World
from tests.journeys.test_straight_path import page_of

QUESTION = "Hvornår får jeg svar på min ansøgning?"
SCAN = b"%PDF-1.7\na scanned paper"


@pytest.fixture
def anna() -> Actor:
    return demo.citizen("7205911142")


@pytest.fixture
def case_id(world: World) -> str:
    """A case that waits for a caseworker's assessment."""
    case_id = world.apply("anna")
    world.driver.settle()
    return case_id


def asked(world: World, case_id: str, who: Actor, text: str = QUESTION) -> None:
    world.core.messages.write(case_id, text, [], who)
    world.driver.settle()


def answer_tasks(world: World, case_id: str) -> list[UserTask]:
    open_tasks = world.driver.open_tasks(case_id)
    return [task for task in open_tasks if task.form_key == "casework.answer_message"]


def answered(world: World, case_id: str, text: str, *, seen: str | None = None) -> None:
    """Answer as the caseworker, having read what the page shows."""
    (task,) = answer_tasks(world, case_id)
    by = world.driver.team.caseworker
    thread = world.core.inbox.open(task.id, by).thread
    assert thread is not None
    newest = thread.unanswered[-1].id if seen is None else seen
    values = {"choice": "answer", "text": text, "seen": newest}
    world.core.inbox.complete(task.id, values, by)
    world.driver.settle()


def notices(world: World, case_id: str) -> list[str]:
    return [
        row.title
        for row in page_of(world, case_id).letters
        if str(row.record.kind) == "meddelelse_ny_besked"
    ]


def test_a_message_is_filed_and_becomes_a_task_with_a_deadline(
    world: World, anna: Actor, case_id: str
) -> None:
    world.core.messages.write(case_id, QUESTION, [("loen.pdf", SCAN)], anna)
    world.driver.settle()

    (task,) = answer_tasks(world, case_id)
    # Eight working days from Monday 2 March.
    assert task.due_at is not None
    assert f"{task.due_at:%d.%m.%Y}" == "12.03.2026"
    titles = {each.title: each for each in page_of(world, case_id).documents}
    assert titles["Bilag til besked: loen.pdf"].is_scanned is False
    assert (
        world.core.cases.document(titles["Besked fra borgeren"].id, world.driver.team.caseworker)[1]
        == QUESTION.encode()
    )
    said = [item.detail for item in page_of(world, case_id).timeline]
    assert "Besked fra borgeren på Min side med 1 fil(er)." in said


def test_an_answer_is_read_on_min_side_and_told_of_without_its_words(
    world: World, anna: Actor, case_id: str
) -> None:
    asked(world, case_id, anna)

    answered(world, case_id, "Du får svar i næste uge.")

    assert answer_tasks(world, case_id) == []
    (mine,) = world.core.citizen.overview(anna)
    assert mine.unread_messages == 1
    (letter,) = [
        row.record
        for row in page_of(world, case_id).letters
        if str(row.record.kind) == "meddelelse_ny_besked"
    ]
    words = str(letter.body)
    assert "Du har fået en besked på Min side" in words
    for private in ("næste uge", "kontanthjælp", QUESTION):
        assert private not in words
    assert [each.text for each in world.core.messages.mine(case_id, anna).messages] == [
        QUESTION,
        "Du får svar i næste uge.",
    ]
    (mine,) = world.core.citizen.overview(anna)
    assert mine.unread_messages == 0


def test_two_messages_in_a_row_are_one_task_and_both_must_be_read(
    world: World, anna: Actor, case_id: str
) -> None:
    asked(world, case_id, anna)
    (first,) = world.core.messages.mine(case_id, anna).messages
    world.move(minutes=1)
    asked(world, case_id, anna, "Jeg har også fået et nyt telefonnummer.")

    with pytest.raises(RuleError, match="har skrevet igen"):
        answered(world, case_id, "Du får svar i næste uge.", seen=first.id)
    answered(world, case_id, "Tak. Du får svar i næste uge.")

    assert answer_tasks(world, case_id) == []
    assert not world.core.messages.mine(case_id, anna).unanswered


def test_a_late_answer_is_held_with_a_new_day_and_the_task_stands_out(
    world: World, anna: Actor, case_id: str
) -> None:
    asked(world, case_id, anna)

    world.move(days=11)

    (task,) = answer_tasks(world, case_id)
    assert task.priority == 1
    assert "ventesvar" in task.reason
    thread = world.core.messages.mine(case_id, anna)
    assert [each.kind for each in thread.messages] == [
        MessageKind.FROM_CITIZEN,
        MessageKind.HOLDING,
    ]
    # Five working days from Friday 13 March.
    assert "20. marts 2026" in thread.messages[-1].text
    assert len(thread.unanswered) == 1, "a holding reply is no answer"
    assert len(notices(world, case_id)) == 1


def test_a_caseworker_writes_unasked_and_the_citizen_is_told(
    world: World, anna: Actor, case_id: str
) -> None:
    by = world.driver.team.caseworker
    (thread,) = world.core.messages.of_case(case_id, by)

    world.core.messages.write_to(case_id, thread.party_id, "Ring til mig.", [], by)
    world.driver.settle()

    assert notices(world, case_id) == ["Du har fået en besked på Min side"]
    (row,) = world.core.messages.mine(case_id, anna).messages
    assert (row.text, row.by) == ("Ring til mig.", by.user)


def test_nobody_reads_or_writes_in_anothers_case(world: World, anna: Actor, case_id: str) -> None:
    bo = demo.citizen("8710034211")
    asked(world, case_id, anna)

    with pytest.raises(NotFoundError):
        world.core.messages.mine(case_id, bo)
    with pytest.raises(NotFoundError):
        world.core.messages.write(case_id, "Hej", [], bo)
