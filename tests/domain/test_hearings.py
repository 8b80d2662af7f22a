"""Hearings: counted from delivery, never ended by a holiday, and a lapse changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.domain.errors import ConflictError, RuleError
from processes.domain.facts import FactKind, SourceKind
from processes.domain.hearings import (
    MOVES,
    HearingState,
    PartyHearing,
    check_move,
    conclude,
    deadline_day,
    draft_statement,
    end_of_day,
    lapse,
    mark_sent,
    open_hearing,
    receive_answer,
    start_deadline,
)
from processes.domain.money import Money
from tests.builders.cases import NOW, a_case
from tests.builders.days import a_calendar
from tests.builders.facts import a_fact, facts_of
from tests.domain.test_cash_assistance import calculate

CALENDAR = a_calendar()


def opened(days: int = 14) -> PartyHearing:
    return open_hearing(
        hearing_id="hoering-1",
        case_id="sag-1",
        calculation_id="beregning-1",
        statement="Kommunen overvejer at give afslag.",
        days=days,
        at=NOW,
    )


def running(days: int = 14, sent_at: datetime = NOW) -> PartyHearing:
    return start_deadline(mark_sent(opened(days), sent_at), at=sent_at, calendar=CALENDAR)


def test_a_hearing_needs_words_and_time_to_answer() -> None:
    with pytest.raises(RuleError, match="hvad kommunen overvejer"):
        open_hearing(
            hearing_id="h", case_id="s", calculation_id="b", statement=" ", days=14, at=NOW
        )
    with pytest.raises(RuleError, match="mindst 7 dage"):
        opened(days=6)


def test_the_day_of_delivery_is_not_counted_and_the_last_day_is_whole() -> None:
    hearing = running()

    # Sent on Tuesday 10 March; 14 days later is Tuesday 24 March, over at midnight in Denmark.
    assert hearing.deadline_at == datetime(2026, 3, 24, 23, 0, tzinfo=UTC)


def test_a_letter_that_arrives_late_in_the_evening_counts_as_the_danish_day() -> None:
    hearing = running(sent_at=datetime(2026, 3, 10, 23, 30, tzinfo=UTC))

    assert hearing.deadline_at == end_of_day(date(2026, 3, 25))


def test_a_deadline_over_easter_moves_to_the_first_working_day() -> None:
    assert deadline_day(date(2026, 3, 20), 14, CALENDAR) == date(2026, 4, 7)


@given(st.dates(date(2026, 1, 1), date(2026, 11, 1)), st.integers(7, 40))
def test_a_party_always_gets_at_least_the_days_they_were_told(sent_on: date, days: int) -> None:
    last = deadline_day(sent_on, days, CALENDAR)

    assert last >= sent_on + timedelta(days=days)
    assert CALENDAR.is_working_day(last)


def test_the_deadline_does_not_run_before_the_letter_was_sent() -> None:
    with pytest.raises(ConflictError, match="først, når høringsbrevet er sendt"):
        start_deadline(opened(), at=NOW, calendar=CALENDAR)


def test_starting_the_deadline_twice_changes_nothing() -> None:
    hearing = running()

    assert start_deadline(hearing, at=NOW + timedelta(days=3), calendar=CALENDAR) == hearing


def test_a_lapse_before_the_deadline_is_refused() -> None:
    with pytest.raises(ConflictError, match="ikke udløbet"):
        lapse(running(), at=NOW + timedelta(days=1))


def test_a_lapse_changes_the_state_and_nothing_else() -> None:
    before = running()

    after = lapse(before, at=NOW + timedelta(days=30))

    assert after == replace(before, state=HearingState.LAPSED)
    assert not after.is_held


def test_an_answer_that_came_first_stands_when_the_deadline_runs_out() -> None:
    answered = receive_answer(running(), answer="Det passer ikke.", at=NOW)

    assert lapse(answered, at=NOW + timedelta(days=30)) == answered


def test_an_answer_that_comes_late_is_still_an_answer() -> None:
    lapsed = lapse(running(), at=NOW + timedelta(days=30))

    assert receive_answer(lapsed, answer="Undskyld.", at=NOW).state is HearingState.ANSWERED


def test_an_empty_answer_is_refused() -> None:
    with pytest.raises(RuleError, match="Svaret er tomt"):
        receive_answer(running(), answer="  ", at=NOW)


def test_a_hearing_is_held_only_when_a_person_has_concluded() -> None:
    answered = receive_answer(running(), answer="Det passer ikke.", at=NOW)

    held = conclude(answered, conclusion="Svaret ændrer intet.", changes_facts=False)

    assert held.is_held
    with pytest.raises(RuleError, match="hvad svaret betyder"):
        conclude(answered, conclusion="", changes_facts=False)


@pytest.mark.parametrize("current", HearingState)
@pytest.mark.parametrize("wanted", HearingState)
def test_only_the_moves_of_the_table_are_made(current: HearingState, wanted: HearingState) -> None:
    if wanted in MOVES[current]:
        check_move(current, wanted)
    else:
        with pytest.raises(ConflictError):
            check_move(current, wanted)


def test_the_draft_names_the_condition_the_facts_and_the_law() -> None:
    calculation = calculate(*facts_of(changes={FactKind.WEALTH: Money.kroner(20000)}))

    text = draft_statement(calculation, a_case())

    assert "afslag" in text
    assert "20.000,00\u00a0kr." in text
    assert "lov om aktiv socialpolitik §\u00a014" in text


def test_the_draft_names_income_with_who_reported_it() -> None:
    wage = a_fact(FactKind.WORK_INCOME, Money.kroner(8799), source=SourceKind.REGISTER)

    text = draft_statement(calculate(*facts_of(), wage), a_case())

    assert "mindre i kontanthjælp" in text
    assert "8.799,00\u00a0kr. (fra eIndkomst)" in text
