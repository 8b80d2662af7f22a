"""Every day what was sent is held against what was answered; what differs is finance's task."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.local import town
from app.local.month import SILENT, MonthPlay
from processes.domain.books import BookDifferenceKind, BookLayer
from processes.ports.books import BookReconciliation
from tests.journeys.conftest import World

HERE = 999


@pytest.fixture
def play(world: World) -> MonthPlay:
    """A month that was sent, and a bank that says nothing of one payment."""
    play = MonthPlay(world.core, world.driver, world.clock.move_to, world.control)
    play.settle_in(6)
    world.control("bank", {"silent": {play.people[SILENT].cpr: True}})
    play.look_for_blockers()
    play.freeze()
    play.review()
    play.approve()
    play.send()
    return play


def newest(play: MonthPlay) -> BookReconciliation:
    return play.core.books.page(play.finance)[0]


def test_what_may_still_be_answered_is_no_difference(play: MonthPlay) -> None:
    assert play.core.books.reconcile(HERE) == 0
    assert newest(play).case_id is None


def test_an_answer_that_does_not_come_is_a_task_until_it_does(
    play: MonthPlay, world: World
) -> None:
    play.take_receipts()
    world.clock.forward(timedelta(days=5))

    assert play.core.books.reconcile(HERE) == 1
    world.driver.settle()
    found = newest(play)
    (difference,) = found.differences
    assert difference.kind is BookDifferenceKind.PAYMENT_UNANSWERED
    assert difference.layer is BookLayer.DAILY
    assert difference.case_id == town.case_id(play.people[SILENT])
    # The next day adds to the same case: one task, however many days.
    world.clock.forward(timedelta(days=1))
    assert play.core.books.reconcile(HERE) == 1
    assert newest(play).case_id == found.case_id
    assert found.case_id is not None
    assert world.forms(found.case_id) == ["books.differences"]

    note = {"note": "Banken er ringet op."}
    world.clock.forward(timedelta(hours=1))
    assert play.work("books.differences", note, play.finance, case_id=found.case_id)
    assert world.forms(found.case_id) == ["books.differences"]
    world.control("bank", {"silent": {play.people[SILENT].cpr: False}})
    world.clock.forward(timedelta(days=1))
    world.driver.settle()
    assert play.work("books.differences", note, play.finance, case_id=found.case_id)

    assert world.forms(found.case_id) == []
    assert newest(play).differences == ()


def test_an_open_case_nothing_happens_in_is_seen(world: World) -> None:
    case_id = world.apply("anna")
    with world.core.env.uow(HERE) as uow:
        uow.session.execute(  # type: ignore[attr-defined]
            text("UPDATE process_instance SET state = 'ended'")
        )
        uow.commit()
    world.clock.forward(timedelta(days=3))

    assert world.core.books.reconcile(HERE) >= 1
    found = world.core.books.page(world.driver.team.finance)[0].differences
    assert (BookDifferenceKind.NO_NEXT_STEP, case_id) in {(e.kind, e.case_id) for e in found}
