"""A whole month, from planned to reconciled, with what goes wrong on the way."""

from tests.journeys.conftest import World
from app.local.month import MonthPlay


def a_month(world: World, citizens: int = 30) -> MonthPlay:
    play = MonthPlay(world.core, world.driver, world.clock.move_to, world.control)
    play.settle_in(citizens)
    return play


def test_a_month_is_paid_posted_reported_and_agrees(world: World) -> None:
    figures = a_month(world).play()

    assert figures["lines"] == 30
    assert figures["differences"] == 0
