"""A complaint is seen by other eyes, met or sent on in four weeks, and never forgotten."""

import io
import zipfile
from datetime import timedelta

import pytest

from app.local import demo
from processes.domain.access import Actor, Role
from processes.domain.complaints import ComplaintChannel, ComplaintState, ReviewOutcome
from processes.domain.errors import NotAllowedError, NotFoundError, RuleError
from processes.ports.records import UserTask
from tests.journeys.conftest import World
from tests.journeys.test_straight_path import GRANT

METTE = demo.actor("mette", Role.CASEWORKER)
JONAS = demo.actor("jonas", Role.CASEWORKER)
LARS = demo.actor("lars", Role.TEAM_LEAD)
WORDS = "Jeg forstår ikke, hvorfor min husleje ikke tæller med."
REASONS = "Huslejen indgår ikke i beregningen efter aktivlovens § 16."


def decided(world: World, applicant: str = "anna") -> tuple[str, str]:
    """Let a case be decided and paid; return the case and its decision."""
    case_id = world.apply(applicant)
    world.driver.work(case_id, GRANT)
    world.driver.settle()
    with world.core.env.uow(999) as uow:
        return case_id, uow.decisions.of_case(case_id)[0].id


def citizen_of(world: World, case_id: str) -> Actor:
    with world.core.env.uow(999) as uow:
        cpr = uow.cases.get(case_id).primary_party.cpr.digits
    return Actor("borger", "Borger", Role.CITIZEN, 999, frozenset(), cpr)


def complaint_task(world: World, case_id: str, form: str = "complaint.reassess") -> UserTask:
    world.driver.settle()
    (task,) = [each for each in world.driver.open_tasks(case_id) if each.form_key == form]
    return task


def kinds(world: World, case_id: str) -> list[str]:
    with world.core.env.uow(999) as uow:
        return [each.kind for each in uow.letters.of_case(case_id)]


def state(world: World, case_id: str) -> ComplaintState:
    with world.core.env.uow(999) as uow:
        return uow.complaints.of_case(case_id)[0].state


def test_a_decision_that_stands_goes_to_the_board_with_every_paper(world: World) -> None:
    case_id, decision_id = decided(world)
    citizen = citizen_of(world, case_id)
    made = world.core.complaints.complain(case_id, decision_id, WORDS, citizen)
    assert not made.is_late

    task = complaint_task(world, case_id)
    assert "klage_kvittering" in kinds(world, case_id)
    assert task.due_at is not None
    assert task.due_at.date() <= made.received_on + timedelta(weeks=4)
    upheld = {"verdict": str(ReviewOutcome.UPHELD), "reasons": REASONS, "cause": ""}
    world.core.inbox.claim(task.id, JONAS)
    world.core.inbox.complete(task.id, upheld, JONAS)

    forward = complaint_task(world, case_id, "complaint.forward")
    assert "genvurdering_fastholdt" in kinds(world, case_id)
    page = world.core.inbox.open(forward.id, METTE)
    (papers,) = [each for each in page.documents if each.media_type == "application/zip"]
    _, content = world.core.cases.document(papers.id, JONAS)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        index = archive.read("000-indhold.txt").decode()
        assert archive.read("001-klagen.txt").decode() == WORDS
        assert REASONS in archive.read("002-genvurdering.txt").decode()
        assert any(name.endswith(".pdf") for name in names), "the letters as they were sent"
    assert "Klage over afgørelse" in index
    assert len(index.splitlines()) == len(names) - 1 + 3

    today = world.clock.today()
    ahead = {"sent_on": today + timedelta(days=1), "reference": ""}
    with pytest.raises(RuleError, match="den dag, sagen blev sendt"):
        world.core.inbox.complete(forward.id, ahead, METTE)
    world.core.inbox.complete(forward.id, {"sent_on": today, "reference": "26-1234"}, METTE)
    assert state(world, case_id) is ComplaintState.FORWARDED

    world.clock.forward(timedelta(days=90))
    board = complaint_task(world, case_id, "complaint.board")
    answer = {"outcome": "stadfaestet", "decided_on": world.clock.today(), "reference": ""}
    world.core.inbox.complete(board.id, answer, METTE)
    world.driver.settle()
    assert state(world, case_id) is ComplaintState.CLOSED
    assert world.driver.open_tasks(case_id) == []


def test_whoever_made_the_decision_never_judges_it_anew(world: World) -> None:
    case_id, decision_id = decided(world)
    world.core.complaints.complain(case_id, decision_id, WORDS, citizen_of(world, case_id))
    task = complaint_task(world, case_id)

    assert "selv været med til afgørelsen" in world.core.inbox.open(task.id, METTE).deciding_refused
    with pytest.raises(NotAllowedError, match="En anden skal gøre det"):
        world.core.inbox.complete(task.id, {"verdict": "fastholdt", "reasons": REASONS}, METTE)
    assert task.assignee != "mette", "it is not laid on the desk of who may not do it"


def test_a_complaint_that_is_met_ends_in_a_new_decision(world: World) -> None:
    case_id, decision_id = decided(world)
    world.core.complaints.complain(case_id, decision_id, WORDS, citizen_of(world, case_id))
    task = complaint_task(world, case_id)
    met = {"verdict": str(ReviewOutcome.MET), "reasons": "Du har ret.", "cause": "oplysning"}
    world.core.inbox.complete(task.id, met, JONAS)
    assert state(world, case_id) is ComplaintState.REASSESSED

    # Nothing was changed by the new look: the complaint is not over because of that.
    assess = complaint_task(world, case_id, "casework.assess")
    same = GRANT["casework.assess"](world.core.inbox.open(assess.id, METTE))
    world.core.inbox.complete(assess.id, same, METTE)
    again = complaint_task(world, case_id)
    assert again.name.startswith("Genvurdér igen")
    assert "genvurdering_fastholdt" not in kinds(world, case_id)

    withdrawn = {"verdict": str(ReviewOutcome.WITHDRAWN), "reasons": "", "cause": ""}
    world.core.inbox.complete(again.id, withdrawn, JONAS)
    world.driver.settle()
    assert state(world, case_id) is ComplaintState.CLOSED


def test_a_late_complaint_is_taken_and_said_to_be_late(world: World) -> None:
    case_id, decision_id = decided(world)
    world.clock.forward(timedelta(weeks=5))

    made = world.core.complaints.register(
        case_id,
        decision_id,
        WORDS,
        channel=ComplaintChannel.PHONE,
        received_on=world.clock.today(),
        by=METTE,
    )

    assert made.is_late
    complaint_task(world, case_id)
    with world.core.env.uow(999) as uow:
        (letter,) = [e for e in uow.letters.of_case(case_id) if e.kind == "klage_kvittering"]
    assert "Ankestyrelsen, der bestemmer" in str(letter.body)


def test_as_the_deadline_nears_it_gets_precedence_then_a_lead_then_it_is_said(
    world: World,
) -> None:
    case_id, decision_id = decided(world)
    made = world.core.complaints.complain(case_id, decision_id, WORDS, citizen_of(world, case_id))
    complaint_task(world, case_id)

    world.clock.forward(timedelta(days=21))
    assert complaint_task(world, case_id).priority == 1
    world.clock.forward(timedelta(days=5))
    assert complaint_task(world, case_id, "complaint.escalated").role == "team_lead"
    assert "klage_forsinket" not in kinds(world, case_id)
    world.clock.forward(timedelta(days=4))
    task = complaint_task(world, case_id)
    assert world.clock.today() > made.forward_by
    assert kinds(world, case_id).count("klage_forsinket") == 1
    assert task.assignee is None, "a deadline that passes decides nothing"


def test_a_citizen_complains_of_what_is_theirs_and_once(world: World) -> None:
    case_id, decision_id = decided(world)
    other, _ = decided(world, "ulla")
    stranger = citizen_of(world, other)
    with pytest.raises(NotFoundError):
        world.core.complaints.complain(case_id, decision_id, WORDS, stranger)
    citizen = citizen_of(world, case_id)
    with pytest.raises(RuleError, match="Skriv, hvad du er utilfreds med"):
        world.core.complaints.complain(case_id, decision_id, "  ", citizen)
    made = world.core.complaints.complain(case_id, decision_id, WORDS, citizen)
    with pytest.raises(RuleError, match="allerede en klage"):
        world.core.complaints.complain(case_id, decision_id, WORDS, citizen)
    with pytest.raises(NotFoundError):
        world.core.complaints.maintain(made.id, stranger)
    assert made.received_on == world.clock.today()
