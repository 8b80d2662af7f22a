"""How long the system tries by itself before a person is shown that it does."""

from datetime import UTC, datetime, timedelta

import pytest

from processes.operations.control import LONGEST_RETRY, retry_at
from processes.operations.relay import TRIES_BEFORE_PERSON
from processes.stages.registers import REGISTER_TRIES

START = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def waited(tries: int, *, jitter: float) -> timedelta:
    """Return the time from the first try to the last of so many."""
    at = START
    for attempts in range(tries - 1):
        at = retry_at(at, attempts, jitter=lambda: jitter)
    return at - START


@pytest.mark.parametrize("jitter", [0.0, 1.0])
def test_an_unanswered_delivery_is_shown_to_a_person_within_two_hours(jitter: float) -> None:
    assert timedelta(hours=1) < waited(TRIES_BEFORE_PERSON, jitter=jitter) < timedelta(hours=2)


@pytest.mark.parametrize("jitter", [0.0, 1.0])
def test_a_register_may_restart_before_a_person_must_type(jitter: float) -> None:
    assert timedelta(minutes=10) < waited(REGISTER_TRIES, jitter=jitter) < timedelta(minutes=30)


def test_pauses_double_and_are_never_longer_than_six_hours() -> None:
    pauses = [retry_at(START, attempts, jitter=lambda: 0.0) - START for attempts in range(30)]

    assert pauses[:3] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert max(pauses) == LONGEST_RETRY == timedelta(hours=6)
