"""How long the system tries by itself before a person is asked."""

from datetime import UTC, datetime, timedelta

import pytest

from processes.operations.control import LONGEST_RETRY, MAX_SEND_ATTEMPTS, retry_at

START = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
GIVEN_UP_BY_THE_DIAGRAM = timedelta(days=2)
"""`send_letter` asks a person when a letter has no receipt after two days."""


def waited(*, jitter: float) -> timedelta:
    """Return the time from an item's first try to its last."""
    at = START
    for attempts in range(MAX_SEND_ATTEMPTS - 1):
        at = retry_at(at, attempts, jitter=lambda: jitter)
    return at - START


@pytest.mark.parametrize("jitter", [0.0, 1.0])
def test_a_counterpart_may_be_away_for_a_day_before_a_person_is_asked(jitter: float) -> None:
    assert timedelta(days=1) < waited(jitter=jitter) < GIVEN_UP_BY_THE_DIAGRAM


def test_pauses_double_and_are_never_longer_than_six_hours() -> None:
    pauses = [retry_at(START, attempts, jitter=lambda: 0.0) - START for attempts in range(30)]

    assert pauses[:3] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert max(pauses) == LONGEST_RETRY == timedelta(hours=6)
