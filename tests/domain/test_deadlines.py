"""A deadline is the municipality's own, from a day on, set by two; a missed one is told."""

from datetime import date, datetime, timedelta

import pytest

from app.calendars import danish_calendar
from processes.domain import deadlines
from processes.domain.deadlines import DeadlineKind, DeadlineSetting
from processes.domain.errors import ConflictError, RuleError, TwoPersonError
from processes.domain.periods import DENMARK

NOW = datetime(2026, 3, 2, 9, 14, tzinfo=DENMARK)
CALENDAR = danish_calendar(2025, 2027)
APRIL = date(2026, 4, 1)


def proposed(*, days: int = 20, valid_from: date = APRIL, key: str = "d1") -> DeadlineSetting:
    return deadlines.propose(
        setting_id=key,
        benefit="kontanthjaelp",
        kind=DeadlineKind.CASE,
        days=days,
        valid_from=valid_from,
        by="lars",
        at=NOW,
    )


def days_on(settings: list[DeadlineSetting], day: date) -> int:
    return deadlines.days_of(settings, benefit="kontanthjaelp", kind=DeadlineKind.CASE, day=day)


def test_what_one_proposes_holds_when_another_has_approved_it_and_its_day_has_come() -> None:
    waiting = proposed()
    approved = deadlines.approve(waiting, [waiting], by="mette", at=NOW)

    assert days_on([waiting], APRIL) == 15
    assert days_on([approved], APRIL - timedelta(days=1)) == 15
    assert days_on([approved], APRIL) == 20


def test_who_proposed_does_not_approve() -> None:
    with pytest.raises(TwoPersonError):
        deadlines.approve(proposed(), [], by="lars", at=NOW)


def test_the_past_is_never_changed() -> None:
    with pytest.raises(RuleError, match="tidligst"):
        proposed(valid_from=date(2026, 3, 2))
    late = proposed()
    with pytest.raises(RuleError, match="begyndt"):
        deadlines.approve(late, [], by="mette", at=NOW + timedelta(days=40))


def test_one_day_has_one_deadline_and_an_answer_is_given_once() -> None:
    first = deadlines.approve(proposed(), [], by="mette", at=NOW)
    with pytest.raises(ConflictError, match="allerede godkendt"):
        deadlines.approve(proposed(key="d2"), [first], by="mette", at=NOW)
    with pytest.raises(ConflictError, match="allerede behandlet"):
        deadlines.drop(first, by="lars", at=NOW)


@pytest.mark.parametrize("days", [0, 91])
def test_a_deadline_nobody_means_is_refused(days: int) -> None:
    with pytest.raises(RuleError, match="fra 1 til 90 dage"):
        proposed(days=days)


def test_a_notice_says_why_and_a_day_ahead() -> None:
    passed = datetime(2026, 3, 23, 15, 30, tzinfo=DENMARK)

    def write(*, reason: str = "Vi venter.", day: date = APRIL) -> deadlines.DelayNotice:
        return deadlines.write_notice(
            notice_id="n1",
            case_id="c1",
            deadline_at=passed,
            new_deadline_on=day,
            reason=reason,
            by="karin",
            at=NOW,
        )

    assert not write().is_plain
    with pytest.raises(RuleError, match="hvorfor"):
        write(reason=" ")
    with pytest.raises(RuleError, match="efter den gamle"):
        write(day=date(2026, 3, 23))


def test_the_notice_nobody_wrote_counts_danish_working_days_over_easter() -> None:
    passed = datetime(2026, 3, 23, 15, 30, tzinfo=DENMARK)

    notice = deadlines.plain_notice(
        notice_id="n1", case_id="c1", deadline_at=passed, days=10, at=passed, calendar=CALENDAR
    )

    assert notice.is_plain
    # 24-27 and 30-31 March, 1 April, then 7-9 April: Easter is 2-6 April.
    assert notice.new_deadline_on == date(2026, 4, 9)


def test_the_next_reason_is_asked_for_two_working_days_before_the_new_day() -> None:
    asked = deadlines.ask_again_at(date(2026, 4, 8), now=NOW, calendar=CALENDAR)

    assert asked == datetime(2026, 4, 1, 8, tzinfo=DENMARK)
