"""Files on their way in: scanned or marked as not, infected ones refused, forgotten when unsent."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.local import demo
from integrations.clamd import Clamd
from processes.domain.access import Actor
from processes.domain.errors import RuleError
from tests.integrations import clamd_server
from tests.integrations.clamd_server import EICAR, Daemon
from tests.journeys.conftest import World
from tests.journeys.test_documents import PHOTOGRAPH, SCAN, applied, goes_on, sent
from tests.journeys.test_straight_path import page_of


@pytest.fixture
def anna() -> Actor:
    return demo.citizen("7205911142")


@pytest.fixture
def daemon(world: World) -> Iterator[Daemon]:
    """The installation has a scanner."""
    with clamd_server.running() as running:
        env = world.core.env
        env.gateways = replace(env.gateways, scanner=Clamd(running.url, seconds=2))
        yield running


def paper_of(world: World, case_id: str, who: Actor) -> str:
    return world.core.citizen.papers(case_id, who).papers[0].id


def test_a_scanned_file_is_marked_so_all_the_way_to_the_document(
    world: World, anna: Actor, daemon: Daemon
) -> None:
    case_id = applied(world, anna)

    sent(world, case_id, anna, PHOTOGRAPH)

    assert daemon.seen == [PHOTOGRAPH]
    (came,) = (
        each
        for each in page_of(world, case_id).documents
        if each.sha256 == hashlib.sha256(PHOTOGRAPH).hexdigest()
    )
    assert came.is_scanned is True


def test_an_infected_file_is_refused_in_danish_noted_and_not_kept(
    world: World, anna: Actor, daemon: Daemon
) -> None:
    case_id = applied(world, anna)
    files = [("1.jpg", PHOTOGRAPH), ("regning.pdf", SCAN + EICAR)]

    with pytest.raises(RuleError, match=r"Der er virus i “regning\.pdf”"):
        world.core.citizen.choose_files(paper_of(world, case_id, anna), files, anna)

    assert not world.core.citizen.papers(case_id, anna).chosen
    with world.core.env.uow(anna.municipality_id) as uow:
        looks = uow.audit.of_subject(f"case:{case_id}")
    found = next(each for each in looks if each.action == "file.infected")
    assert (found.user, found.reason) == (anna.user, "Eicar-Signature")


def test_a_scanner_that_is_away_keeps_files_out_and_says_the_way_out(
    world: World, anna: Actor, daemon: Daemon
) -> None:
    case_id = applied(world, anna)
    env = world.core.env
    env.gateways = replace(env.gateways, scanner=Clamd("tcp://127.0.0.1:9", seconds=1))

    with pytest.raises(RuleError, match=r"Prøv igen om lidt"):
        world.core.citizen.choose_files(
            paper_of(world, case_id, anna), [("1.jpg", PHOTOGRAPH)], anna
        )


def test_a_file_that_is_never_sent_is_forgotten_after_thirty_days(
    world: World, anna: Actor
) -> None:
    case_id = applied(world, anna)
    municipality = anna.municipality_id
    world.core.citizen.choose_files(paper_of(world, case_id, anna), [("1.jpg", PHOTOGRAPH)], anna)

    world.clock.forward(timedelta(days=29))
    assert world.core.drafts.forget_files(municipality) == 0
    world.clock.forward(timedelta(days=2))
    assert world.core.drafts.forget_files(municipality) == 1
    assert not world.core.citizen.papers(case_id, anna).chosen


def test_a_paper_that_comes_when_nobody_waits_any_more_is_one_task_of_its_own(
    world: World, anna: Actor
) -> None:
    case_id = applied(world, anna)
    world.move(days=15)
    world.move(days=8)
    world.driver.work(case_id, {"casework.documents_lapsed": goes_on})
    assert "casework.late_paper" not in world.forms(case_id)

    sent(world, case_id, anna, PHOTOGRAPH)
    sent_again = world.core.citizen.papers(case_id, anna).papers[0]
    assert sent_again.state == "modtaget"
    world.core.citizen.choose_files(sent_again.id, [("2.jpg", PHOTOGRAPH)], anna)
    world.core.citizen.send_papers(case_id, anna)
    world.driver.settle()

    assert world.forms(case_id).count("casework.late_paper") == 1
    task = next(
        each for each in world.driver.open_tasks(case_id) if each.form_key == "casework.late_paper"
    )
    world.core.inbox.complete(
        task.id, {"matters": False, "text": "Det samme som før."}, world.driver.team.caseworker
    )
    world.driver.settle()
    assert "casework.late_paper" not in world.forms(case_id)
    assert page_of(world, case_id).papers[0].state == "godtaget"
