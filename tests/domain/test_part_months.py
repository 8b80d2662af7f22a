"""Part months: days become amounts in the way the rule book names, and never otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.law import load_rules
from processes.domain.benefits.cash_assistance_rules import birthday
from processes.domain.calculation import DESK_NOTE, UNCONFIRMED_NOTE, Calculation, Outcome
from processes.domain.decisions import DecidedLine, decided_lines
from processes.domain.errors import BrokenStateError, RuleError
from processes.domain.facts import FactKind, SourceKind
from processes.domain.money import Money, total
from processes.domain.periods import ONE_DAY, Month, Period
from processes.domain.rates import Confidence
from processes.domain.rules.book import Rule, RuleBook
from processes.domain.rules.language import ExpressionError
from processes.domain.rules.prose import UNCONFIRMED, days_in_words, mark_of, spoken
from processes.domain.rules.sharing import DAY_COUNTS, DayCount, share_of_days, spread_over
from tests.builders.cases import MARCH
from tests.builders.facts import a_fact, facts_of
from tests.domain.strategies import months, positive_amounts
from tests.domain.test_cash_assistance import calculate

APRIL = Month(2026, 4)
CALENDAR_DAYS = DAY_COUNTS["kalenderdage"]
WEEK_DAYS = DAY_COUNTS["fem_dages_uge_260"]
counts = st.sampled_from([CALENDAR_DAYS, WEEK_DAYS])


@st.composite
def cuts(draw: st.DrawFn) -> tuple[Month, list[Period]]:
    """Draw a month and a way to cut it."""
    month = draw(months)
    period = month.period()
    assert period.end is not None
    inside = st.integers(1, (period.end - period.start).days - 1)
    days = [month.first_day + timedelta(days=each) for each in draw(st.sets(inside, max_size=6))]
    starts = sorted({month.first_day, *days})
    return month, [
        Period(start, end) for start, end in zip(starts, [*starts[1:], period.end], strict=True)
    ]


@given(positive_amounts, cuts())
def test_the_parts_of_a_month_are_the_month_wherever_it_is_cut(
    amount: Money, cut: tuple[Month, list[Period]]
) -> None:
    month, stretches = cut

    shares = [share_of_days(amount, each, month, CALENDAR_DAYS) for each in stretches]

    assert total(shares) == amount
    assert all(share >= Money(0) for share in shares)


@given(positive_amounts, cuts(), counts)
def test_cutting_a_stretch_once_more_changes_no_total(
    amount: Money, cut: tuple[Month, list[Period]], by: DayCount
) -> None:
    month, stretches = cut
    first = stretches[0]
    assert first.end is not None
    middle = first.start + (first.end - first.start) // 2
    if middle == first.start:
        return

    whole = share_of_days(amount, first, month, by)
    parts = [
        share_of_days(amount, days, month, by)
        for days in (Period(first.start, middle), Period(middle, first.end))
    ]

    # Only what is held at a whole month can be less than its parts.
    assert total(parts) == whole or whole == amount


@given(positive_amounts, months, st.integers(1, 27), st.integers(1, 27), counts)
def test_more_days_are_never_less_money(
    amount: Money, month: Month, first: int, more: int, by: DayCount
) -> None:
    few = Period(month.first_day, month.first_day + timedelta(days=min(first, more)))
    many = Period(month.first_day, month.first_day + timedelta(days=max(first, more)))

    assert share_of_days(amount, few, month, by) <= share_of_days(amount, many, month, by) <= amount


@given(positive_amounts, months, st.integers(0, 26), counts)
def test_a_share_is_within_an_oere_of_the_exact_fraction(
    amount: Money, month: Month, offset: int, by: DayCount
) -> None:
    days = Period(month.first_day + timedelta(days=offset), month.next().first_day)

    share = share_of_days(amount, days, month, by)

    numerator, denominator = by.per_day(month)
    exact = amount.oere * by.count(days) * numerator
    assert abs(share.oere * denominator - min(exact, amount.oere * denominator)) <= denominator


@pytest.mark.parametrize(
    ("by", "share", "words"),
    [
        # 16 of 31 days; 12 weekdays from Monday 16 to Tuesday 31 March.
        (CALENDAR_DAYS, "6740.65", "16 af 31 kalenderdage"),
        (WEEK_DAYS, "7233.23", "12 hverdage gange 12/260"),
    ],
    ids=["kalenderdage", "260"],
)
def test_each_way_of_counting_gives_its_amount_by_hand(
    by: DayCount, share: str, words: str
) -> None:
    days = Period(date(2026, 3, 16), APRIL.first_day)

    assert share_of_days(Money.kroner("13060"), days, MARCH, by) == Money.kroner(share)
    assert by.words(days, MARCH) == words


@pytest.mark.parametrize("kroner", [12364, 12519, 12663])
def test_one_weekday_by_260_is_the_day_rate_the_ministry_published(kroner: int) -> None:
    # Periodesanktioner 2018-2020: 571, 578 and 584 kr. a day (bm.dk), rounded to the krone.
    monday = Period(date(2026, 3, 2), date(2026, 3, 3))

    day = share_of_days(Money.kroner(kroner), monday, MARCH, WEEK_DAYS).to_nearest_krone()

    assert (
        day
        == {
            12364: Money.kroner(571),
            12519: Money.kroner(578),
            12663: Money.kroner(584),
        }[kroner]
    )


def test_days_of_another_month_and_negative_amounts_are_mistakes_of_ours() -> None:
    with pytest.raises(ValueError, match="not all in 2026-03"):
        share_of_days(Money(1), Period(date(2026, 3, 30), date(2026, 4, 2)), MARCH, CALENDAR_DAYS)
    with pytest.raises(ValueError, match="not negative"):
        share_of_days(Money(-1), MARCH.period(), MARCH, CALENDAR_DAYS)


@given(positive_amounts, st.integers(1, 90), st.integers(0, 90))
def test_an_amount_for_some_days_is_spread_over_them_and_adds_up(
    amount: Money, length: int, cut: int
) -> None:
    start = date(2026, 3, 20)
    over = Period(start, start + timedelta(days=length))
    before = Period(date(2026, 1, 1), start + timedelta(days=cut))
    after = Period(start + timedelta(days=cut), date(2026, 12, 1))

    parts = [spread_over(amount, over=over, days=days) for days in (before, after)]

    assert total(parts) == amount


# --- through the calculation ----------------------------------------------------------------------


def gross(calculation: Calculation) -> list[Money | None]:
    return [month.gross for month in calculation.months]


@given(st.integers(1, 30))
def test_help_from_one_day_and_help_until_it_are_together_the_month(day: int) -> None:
    edge = MARCH.first_day + timedelta(days=day)

    until = calculate(*facts_of(), until=edge)
    since = calculate(*facts_of(), start=edge)

    first, second = until.months[0].gross, since.months[0].gross
    assert first is not None
    assert second is not None
    assert first + second == Money.kroner("14201")


@given(st.sets(st.integers(1, 30), max_size=5))
def test_facts_that_say_the_same_in_each_stretch_divide_nothing(days: set[int]) -> None:
    edges = [date(2025, 1, 1), *(MARCH.first_day + timedelta(days=each) for each in sorted(days))]
    ends = [*edges[1:], None]
    children = [
        replace(
            a_fact(FactKind.CHILDREN_AT_HOME, 1 + number % 2, valid=Period(start, end)),
            id=f"boern-{number}",
        )
        for number, (start, end) in enumerate(zip(edges, ends, strict=True))
    ]
    others = [fact for fact in facts_of() if fact.kind is not FactKind.CHILDREN_AT_HOME]

    month = calculate(*others, *children).months[0]

    assert month.gross == Money.kroner("15969")
    assert not month.is_part
    assert all(line.days is None for line in month.lines)


@given(st.integers(1, 30), st.integers(1, 30))
def test_an_earlier_start_never_gives_less(one: int, other: int) -> None:
    early, late = sorted((one, other))

    def help_from(offset: int) -> Money:
        start = MARCH.first_day + timedelta(days=offset)
        amount = calculate(*facts_of(), start=start).months[0].gross
        assert amount is not None
        return amount

    assert help_from(early) >= help_from(late)


@given(
    st.integers(1, 30),
    st.integers(0, 2_500_000).map(Money),
    st.integers(0, 2_500_000).map(Money),
)
def test_a_part_month_of_a_couple_adds_up_and_is_never_negative(
    day: int, wage: Money, other: Money
) -> None:
    anna = {FactKind.MARITAL_STATUS: "gift", FactKind.WORK_INCOME: wage}
    bo = {
        FactKind.MARITAL_STATUS: "gift",
        FactKind.OTHER_INCOME: other or None,
        FactKind.SPOUSE_ON_OTHER_BENEFIT: bool(other),
    }
    start = MARCH.first_day + timedelta(days=day)

    calculation = calculate(*facts_of("anna", anna), *facts_of("bo", bo), couple=True, start=start)

    (month,) = calculation.months
    assert month.gross == total(line.amount for line in month.lines)
    assert Money(0) <= month.gross <= Money.kroner(13060)


def test_nothing_is_calculated_before_the_first_day() -> None:
    with pytest.raises(RuleError, match=r"tidligst begynde den 16\. april 2026"):
        calculate(*facts_of(), months=(MARCH, APRIL), start=date(2026, 4, 16))


def test_help_cannot_end_before_it_begins() -> None:
    with pytest.raises(RuleError, match="kan ikke ende før"):
        calculate(*facts_of(), start=date(2026, 3, 16), until=date(2026, 3, 16))


def test_an_end_that_is_not_reached_yet_adds_no_month() -> None:
    calculation = calculate(*facts_of(), until=date(2026, 9, 1))

    assert [month.month for month in calculation.months] == [MARCH]


def test_a_decision_says_the_first_part_and_the_amount_from_then_on() -> None:
    calculation = calculate(*facts_of(), months=(MARCH, APRIL), start=date(2026, 3, 16))

    assert decided_lines(calculation) == (
        DecidedLine("anna", MARCH, Money.kroner("7329.55")),
        DecidedLine("anna", APRIL, Money.kroner("14201")),
    )


def test_a_decision_says_where_help_ends() -> None:
    assert decided_lines(calculate(*facts_of(), until=date(2026, 3, 15))) == (
        DecidedLine("anna", MARCH, Money.kroner("6413.35")),
        DecidedLine("anna", APRIL, Money(0)),
    )


def test_a_condition_that_changes_is_said_with_its_days() -> None:
    available = [
        replace(
            a_fact(FactKind.AVAILABLE, value=value, source=SourceKind.CASEWORKER, valid=valid),
            id=f"raadighed-{value}",
        )
        for value, valid in (
            (True, Period(date(2025, 1, 1), date(2026, 3, 20))),
            (False, Period(date(2026, 3, 20))),
        )
    ]

    month = calculate(*facts_of(), *available).months[0]

    said = [(each.met, each.days) for each in month.conditions if each.key == "raadighed"]
    assert said == [
        (True, Period(date(2026, 3, 1), date(2026, 3, 20))),
        (False, Period(date(2026, 3, 20), date(2026, 4, 1))),
    ]
    assert month.refused_because[0].reason.endswith("Det gælder 20.–31. marts 2026.")
    assert month.help_periods == (Period(date(2026, 3, 1), date(2026, 3, 20)),)


def test_a_part_month_stands_on_the_paragraph_its_days_are_counted_by() -> None:
    whole = calculate(*facts_of())
    part = calculate(*facts_of(), start=date(2026, 3, 16))

    assert set(part.paragraphs) - set(whole.paragraphs) == {"LAS § 89, stk. 1"}


# --- a reading nobody has confirmed is seen wherever its result is --------------------------------


def test_the_mark_is_on_the_line_in_the_tree_and_in_the_notes() -> None:
    calculation = calculate(*facts_of(), start=date(2026, 3, 16))

    (month,) = calculation.months
    assert all(line.label.endswith(f"({UNCONFIRMED})") for line in month.lines)
    for line in month.lines:
        assert mark_of(line.explanation) == UNCONFIRMED
        said = [each for each in spoken(line.explanation) if each.mark == UNCONFIRMED]
        assert any("Sådan regnes en del af en måned: kalenderdage" in each.text for each in said)
        assert "16 af 31 kalenderdage af" in spoken(line.explanation)[0].text
    assert any(note.startswith(UNCONFIRMED_NOTE) for note in calculation.notes)
    assert any(
        note.startswith(DESK_NOTE) and "16.–31. marts 2026" in note for note in calculation.notes
    )
    assert calculation.is_provisional


def test_the_caseworker_is_told_to_leave_income_from_before_the_first_day_out() -> None:
    wage = {FactKind.WORK_INCOME: Money.kroner(6000)}

    notes = calculate(*facts_of(changes=wage), start=date(2026, 3, 16)).notes

    assert any("udbetalt før den 16. marts 2026" in note for note in notes)


def test_a_whole_month_carries_no_mark_of_the_divisor() -> None:
    calculation = calculate(*facts_of())

    assert calculation.provisional_rules == ()
    assert "kh.deling_af_maaned@1" not in calculation.rule_versions


def test_a_rate_of_low_confidence_marks_its_line_too() -> None:
    young = {FactKind.BIRTH_DATE: date(2004, 1, 1), FactKind.LIVES_WITH_PARENTS: True}

    line = calculate(*facts_of(changes=young)).months[0].lines[0]

    assert line.label == "Sats for hjemmeboende under 30 år (ikke bekræftet)"


# --- another reading is another row ---------------------------------------------------------------


def choosing(rule_id: str, value: str, *, since: date) -> RuleBook:
    """Return the shipped rules with one choice made otherwise from a day."""
    rules: list[Rule] = []
    for rule in load_rules():
        if rule.id == rule_id and since in rule.valid:
            rules.append(replace(rule, valid=Period(rule.valid.start, since)))
            rules.append(
                replace(
                    rule,
                    version=rule.version + 1,
                    valid=Period(since, rule.valid.end),
                    value=value,
                    confidence=Confidence.HIGH,
                )
            )
        else:
            rules.append(rule)
    return RuleBook(rules)


def test_a_new_row_counts_days_otherwise_from_its_day_on() -> None:
    rules = choosing("kh.deling_af_maaned", "fem_dages_uge_260", since=date(2026, 4, 1))

    march = calculate(*facts_of(), start=date(2026, 3, 16), rules=rules)
    april = calculate(*facts_of(), months=(APRIL,), start=date(2026, 4, 16), rules=rules)

    # April: 11 of 22 weekdays; 13.060 x (22 - 11) x 12 / 260 and the same of 1.141, each rounded
    # up to the 30th and up to the 15th: 6.630,46 + 579,27.
    assert gross(march) == [Money.kroner("7329.55")]
    assert gross(april) == [Money.kroner("7209.73")]
    assert april.provisional_rules == ()
    assert "kh.deling_af_maaned@2" in april.rule_versions


def test_the_spouse_on_another_benefit_may_be_read_as_if_helped() -> None:
    rules = choosing("kh.kombinationsaegtepar", "som_om_hjaelp", since=date(2026, 3, 1))
    anna = {FactKind.MARITAL_STATUS: "gift"}
    bo = {
        **anna,
        FactKind.SPOUSE_ON_OTHER_BENEFIT: True,
        FactKind.OTHER_INCOME: Money.kroner(15000),
    }

    calculation = calculate(*facts_of("anna", anna), *facts_of("bo", bo), couple=True, rules=rules)

    assert gross(calculation) == [Money.kroner(13060) - Money.kroner(15000 - 13060)]


@pytest.mark.parametrize(
    ("rule_id", "changes"),
    [
        ("kh.deling_af_maaned", {}),
        ("kh.fribeloeb_i_delt_maaned", {FactKind.WORK_INCOME: Money.kroner(6000)}),
    ],
)
def test_a_word_no_program_knows_stops_it(
    rule_id: str, changes: dict[FactKind, Money | str]
) -> None:
    rules = choosing(rule_id, "noget andet", since=date(2026, 3, 1))

    with pytest.raises(BrokenStateError, match="names no way"):
        calculate(*facts_of(changes=changes), start=date(2026, 3, 16), rules=rules)


def test_a_word_no_formula_answers_is_refused_before_anything_is_calculated() -> None:
    with pytest.raises(ExpressionError, match=r"kh\.betingelse\.ferie@[01].*noget andet"):
        choosing("kh.ferieregler", "noget andet", since=date(2026, 3, 1))


def test_every_choice_says_why_it_is_one_and_which_word_it_is() -> None:
    choices = [rule for rule in load_rules() if rule.value]

    assert {rule.id for rule in choices} >= {
        "kh.deling_af_maaned",
        "kh.fribeloeb_i_delt_maaned",
        "kh.ferieregler",
        "kh.kombinationsaegtepar",
        "betaling.maanedsfradrag_i_delt_maaned",
        "betaling.frikort_uden_graense",
    }
    in_force = [rule for rule in choices if date(2026, 3, 1) in rule.valid]
    assert all(rule.confidence is Confidence.LOW for rule in in_force)


def test_the_holiday_rules_before_the_reform_are_known() -> None:
    rule = load_rules().on("kh.ferieregler", date(2025, 6, 30))

    assert rule.confidence is Confidence.HIGH
    assert "4 ugers ferie" in rule.says


# --- words and days -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (Period(date(2026, 3, 16), date(2026, 4, 1)), "16.–31. marts 2026"),
        (Period(date(2026, 3, 16), date(2026, 3, 17)), "16. marts 2026"),
        (Period(date(2026, 3, 25), date(2026, 4, 8)), "25. marts 2026 – 7. april 2026"),
        (Period(date(2026, 3, 16)), "fra 16. marts 2026"),
    ],
)
def test_days_are_said_with_the_last_one_included(days: Period, words: str) -> None:
    assert days_in_words(days) == words


def test_who_is_born_on_the_29th_of_february_has_a_birthday_every_year() -> None:
    assert birthday(date(1996, 2, 29), 30) == date(2026, 3, 1)
    assert birthday(date(1996, 3, 15), 30) == date(2026, 3, 15)


def test_the_birthday_itself_is_the_first_day_of_the_new_age() -> None:
    turns = {
        FactKind.BIRTH_DATE: date(1996, 3, 15),
        FactKind.WORK_MET: False,
        FactKind.REQUIREMENTS_EXEMPT: True,
    }

    month = calculate(*facts_of(changes=turns)).months[0]

    assert [(line.key, line.days and line.days.start) for line in month.lines[:2]] == [
        ("grundsats", date(2026, 3, 1)),
        ("forhoejet_sats", date(2026, 3, 15)),
    ]
    assert month.lines[0].days is not None
    assert month.lines[0].days.end == date(2026, 3, 14) + ONE_DAY


def test_unknown_in_a_part_of_the_month_is_unknown_and_not_zero() -> None:
    known_late = [fact for fact in facts_of() if fact.kind is not FactKind.SINGLE]
    late = a_fact(FactKind.SINGLE, value=True, valid=Period(date(2026, 3, 10)))

    calculation = calculate(*known_late, late)

    assert calculation.outcome is Outcome.UNKNOWN
    assert [each.what for each in calculation.missing] == ["reelt_enlig"]
    assert gross(calculation) == [None]
