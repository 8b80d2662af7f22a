"""A moment is kept in UTC, but a day is a day in Denmark: the two part ways around midnight."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from processes.domain.calculation import Outcome
from processes.domain.decisions import DecidedLine
from processes.domain.errors import SafeguardError
from processes.domain.hearings import HearingState, start_deadline
from processes.domain.money import Money
from processes.domain.periods import danish_day
from processes.domain.safeguards import check_payment
from tests.builders.cases import MARCH, a_decision, a_hearing
from tests.builders.days import a_calendar
from tests.domain.test_decisions import a_calculation, a_month
from tests.domain.test_safeguards import a_line

LATE_IN_UTC = datetime(2026, 3, 30, 22, 30, tzinfo=UTC)
"""Half past midnight on the 31st in Denmark, which has summer time from the 29th."""


def test_a_moment_shortly_after_midnight_lies_in_the_day_that_has_begun_in_denmark() -> None:
    assert danish_day(LATE_IN_UTC) == date(2026, 3, 31)
    assert danish_day(datetime(2026, 1, 31, 22, 59, tzinfo=UTC)) == date(2026, 1, 31)


def test_the_last_day_to_answer_is_the_day_that_ends_with_the_deadline() -> None:
    sent = replace(a_hearing(state=HearingState.SENT), sent_at=LATE_IN_UTC)

    hearing = start_deadline(sent, at=LATE_IN_UTC, calendar=a_calendar())
    as_stored = replace(hearing, deadline_at=hearing.deadline_at.astimezone(UTC))  # type: ignore[union-attr]  # set above

    assert hearing.last_day == as_stored.last_day == date(2026, 4, 14)


def test_a_reduction_sent_after_midnight_on_the_day_of_payment_came_too_late() -> None:
    lower = Money.kroner("10000")
    decision = replace(
        a_decision(outcome=Outcome.PARTIAL, lines=[DecidedLine("anna", MARCH, lower)]),
        sent_at=LATE_IN_UTC,
    )
    line = a_line(lower, decision)
    assert line.disposition_on == date(2026, 3, 31)

    with pytest.raises(SafeguardError, match="hidtidige beløb"):
        check_payment(
            line,
            decision=decision,
            last_decided=[DecidedLine("anna", MARCH, Money.kroner("14201"))],
            calculation=a_calculation(a_month(10000)),
            provisional_allowed=False,
        )
