"""Immediate help is asked about in every application; the amount is a judgment under a ceiling."""

from datetime import date, datetime, timedelta

import pytest

from app import law
from app.calendars import danish_calendar
from processes.domain import immediate_help, payments
from processes.domain.calculation import HelpKind, Outcome
from processes.domain.errors import ConflictError, RuleError, SafeguardError
from processes.domain.facts import FactKind, Facts
from processes.domain.immediate_help import ImmediateHelp, QuestionState
from processes.domain.money import Money
from processes.domain.periods import DENMARK
from processes.domain.safeguards import check_help_answered
from tests.builders.facts import facts_of

RATES, RULES = law.load_rates(), law.load_rules()
CALENDAR = danish_calendar(2025, 2027)
TODAY, LAST = date(2026, 3, 2), date(2026, 3, 30)
NOW = datetime(2026, 3, 2, 9, 14, tzinfo=DENMARK)


def asked(**answers: str) -> ImmediateHelp:
    return immediate_help.ask(answers, help_id="h1", case_id="c1", application_id="a1", at=NOW)


def ceiling(*, born: date, at_home: bool) -> immediate_help.Ceiling:
    known = facts_of("anna", {FactKind.BIRTH_DATE: born, FactKind.LIVES_WITH_PARENTS: at_home})
    return immediate_help.ceiling(
        Facts.as_known(list(known), NOW + timedelta(days=900)),
        "anna",
        today=TODAY,
        until_on=LAST,
        rates=RATES,
        rules=RULES,
    )


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"acute_need": "nej"}, QuestionState.NOT_NEEDED),
        ({"acute_need": "ja"}, QuestionState.OPEN),
        ({}, QuestionState.OPEN),
    ],
    ids=["no", "yes", "not answered"],
)
def test_only_the_citizens_own_no_answers_the_question(
    answer: dict[str, str], state: QuestionState
) -> None:
    assert asked(**answer).state is state


def test_a_question_nobody_answered_stops_the_decision() -> None:
    with pytest.raises(SafeguardError, match="engangshjælp"):
        check_help_answered(asked(acute_need="ja"))

    check_help_answered(asked(acute_need="nej"))


@pytest.mark.parametrize(
    ("born", "at_home", "most"),
    [
        (date(1990, 5, 1), False, "7131"),
        (date(1990, 5, 1), True, "7131"),
        (date(2003, 5, 1), True, "3545"),
        (date(2003, 5, 1), False, "7131"),
        (date(2001, 3, 2), True, "7131"),
    ],
    ids=["old", "old at home", "young at home", "young", "25 today"],
)
def test_the_ceiling_is_lower_for_the_young_who_live_with_parents(
    born: date,
    at_home: bool,  # noqa: FBT001 – a parameter of the test
    most: str,
) -> None:
    found = ceiling(born=born, at_home=at_home)

    assert found.most == Money.kroner(most)
    assert found.is_provisional


def test_the_ceilings_share_of_the_days_is_whole_kroner() -> None:
    # LAS § 89, stk. 2; 7.131 kr. x 29/31 days = 6.670,94 kr.
    assert ceiling(born=date(1990, 5, 1), at_home=False).suggested == Money.kroner("6670")


@pytest.mark.parametrize("amount", ["0", "-5", "7131.01"])
def test_an_amount_that_cannot_be_given_is_refused_with_the_way_out(amount: str) -> None:
    with pytest.raises(RuleError):
        calculated(Money.kroner(amount))


def calculated(amount: Money | None) -> immediate_help.Calculation:
    return immediate_help.calculate(
        asked(acute_need="ja"),
        "anna",
        amount=amount,
        until_on=LAST,
        means=Money(0),
        reason="Du mangler penge til mad.",
        limit=ceiling(born=date(1990, 5, 1), at_home=False),
        rules=RULES,
        today=TODAY,
        calculation_id="b1",
        at=NOW,
    )


def test_a_grant_stands_on_the_ceiling_and_on_what_was_not_read() -> None:
    made = calculated(Money.kroner("3000"))

    assert (made.outcome, made.help_kind) == (Outcome.GRANTED, HelpKind.IMMEDIATE)
    assert made.paragraphs == ("LAS § 25 a",)
    assert [node.id for node in made.provisional_rates] == ["kh.engangshjaelp.maks.2026"]
    assert [node.id for node in made.provisional_rules] == ["kh.engangshjaelp.modregning@1"]


def test_a_refusal_is_adverse_and_says_which_condition_is_not_met() -> None:
    made = calculated(None)

    assert made.is_adverse
    (month,) = made.months
    assert [each.reason for each in month.refused_because] == ["Du mangler penge til mad."]


def test_what_was_answered_is_not_answered_again() -> None:
    with pytest.raises(ConflictError):
        immediate_help.not_needed(
            asked(acute_need="nej"), reason="Lånt af en ven.", by="karin", at=NOW
        )


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-03-02T09:14", "2026-03-02T15:30"),
        ("2026-03-02T15:30", "2026-03-03T15:30"),
        ("2026-03-06T18:00", "2026-03-09T15:30"),
        ("2026-04-02T10:00", "2026-04-07T15:30"),
    ],
    ids=["morning", "closed", "Friday night", "Maundy Thursday"],
)
def test_the_answer_is_due_the_same_day_while_the_desk_is_open(at: str, due: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=DENMARK)

    found = immediate_help.answer_by(moment, calendar=CALENDAR)

    assert found == datetime.fromisoformat(due).replace(tzinfo=DENMARK)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-03-02T13:29", date(2026, 3, 2)),
        ("2026-03-02T13:30", date(2026, 3, 3)),
        ("2026-03-07T09:00", date(2026, 3, 9)),
    ],
    ids=["in time", "too late", "Saturday"],
)
def test_money_is_there_today_until_the_banks_hour(at: str, day: date) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=DENMARK)

    assert payments.same_day(moment, rules=RULES, calendar=CALENDAR) == day
