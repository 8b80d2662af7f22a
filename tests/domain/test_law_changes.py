"""The law as people change it: what lies on what, what is wrong with a draft, what a file says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from app.law import load_benefits, load_rules, load_stories, rate_rows, read_rate_file
from app.law import write_rate_file as written
from processes.domain.benefits.expectations import mismatches
from processes.domain.errors import RuleError
from processes.domain.facts import FactKind
from processes.domain.law_changes import (
    DraftItem,
    DraftState,
    ItemKind,
    Law,
    LawBooks,
    LawChange,
    LawDraft,
    item_of_rate,
    item_of_rule,
    law_of,
    value_in_figures,
    with_draft,
    without,
)
from processes.domain.law_checks import Checked, Level, check
from processes.domain.law_files import drafted, exported
from processes.domain.law_trials import (
    GRANTED,
    REFUSED,
    UNKNOWN,
    Report,
    Said,
    Story,
    Tally,
    bars,
    description,
    from_data,
    joined,
    to_data,
)
from processes.domain.law_uses import ELSEWHERE, area_of, uses
from processes.domain.money import Money
from processes.domain.periods import Period
from processes.domain.rate_labels import UNIT_WORDS
from processes.domain.rates import Rate
from processes.domain.regulation import regulated

LAW = law_of(rate_rows(), list(load_rules()), (), digest="shipped")
BENEFITS = load_benefits()
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = NOW.date()
MAY = date(2026, 5, 1)
KEY = "kh.grundsats"


def a_change(number: int, valid: Period, value: str | None = "7600", **more: object) -> LawChange:
    row = {
        "value": value or "", "unit": "DKK/month", "valid_from": "2026-05-01", "valid_to": "",
        "law": "LAS § 16 a", "source": "BEK 1", "confidence": "hoej", "derived": "false",
    }  # fmt: skip
    values: dict[str, object] = {
        "id": number,
        "draft_id": "d",
        "kind": ItemKind.RATE,
        "subject": KEY,
        "version": number,
        "valid": valid,
        "row": None if value is None else row,
        "known_from": NOW + timedelta(minutes=number),
        "written_by": "peter",
        "approved_by": "gitte",
        **more,
    }
    return LawChange(**values)  # type: ignore[arg-type]  # the caller says what a change takes


def changed(*changes: LawChange) -> Law:
    return law_of(rate_rows(), list(load_rules()), changes, digest="changed")


def a_draft(*items: DraftItem, **more: object) -> LawDraft:
    values: dict[str, object] = {
        "id": "kladde",
        "title": "Ny sats",
        "reason": "Folketinget har vedtaget den.",
        "state": DraftState.OPEN,
        "items": items,
        "written_by": "peter",
        "written_at": NOW,
        "authors": frozenset({"peter"}),
        "saved_by": "peter",
        "saved_at": NOW,
        **more,
    }
    return LawDraft(**values)  # type: ignore[arg-type]  # the caller says what a draft takes


def a_rate_item(**fields: str) -> DraftItem:
    item = item_of_rate(LAW.rates.on(KEY, MAY), first=MAY)
    return replace(
        item,
        fields={
            **item.fields,
            "value": "7.600,00",
            "source": "BEK 1",
            "derived": "false",
            **fields,
        },
    )


def a_rule_item(rule_id: str = "kh.boernetillaeg", **fields: str) -> DraftItem:
    item = item_of_rule(LAW.rules.on(rule_id, MAY), first=MAY)
    return replace(item, fields={**item.fields, **fields})


def checked(*items: DraftItem, law: Law = LAW, **more: object) -> Checked:
    return check(a_draft(*items, **more), law, now=NOW, today=TODAY)


def said(found: Checked, field: str) -> str:
    return " ".join(str(each) for each in found.findings if each.field == field)


# ---- what lies on what ---------------------------------------------------------------------


def test_a_change_takes_the_place_of_what_stood_in_its_days_and_of_nothing_else() -> None:
    june = date(2026, 6, 1)
    law = changed(a_change(2, Period(MAY, june)))

    rows = [(rate.id, rate.valid.start, rate.valid.end) for rate in law.rates.of(KEY)[1:]]
    assert rows == [
        (f"{KEY}.2026", date(2026, 1, 1), MAY),
        (f"{KEY}.2026_v2", MAY, june),
        (f"{KEY}.2026", june, date(2027, 1, 1)),
    ]
    untouched = [rate for rate in law.rates if rate.key != KEY]
    assert untouched == [rate for rate in LAW.rates if rate.key != KEY]


def test_what_is_approved_last_counts_and_an_end_leaves_nothing() -> None:
    law = changed(
        a_change(2, Period(MAY)), a_change(3, Period(MAY), "7700"), a_change(4, MAY_2027, None)
    )

    assert law.rates.on(KEY, MAY).amount == Money.kroner(7700)
    assert law.rates.in_force(MAY_2027.start).get(KEY) is None


MAY_2027 = Period(date(2027, 5, 1))


def test_many_changes_leave_one_value_a_day_the_one_approved_last() -> None:
    """Laid on each other in any order of days, by brute force over the days."""
    random = Random(20260502)  # noqa: S311 – the same changes every time
    for _ in range(40):
        changes = []
        for number in range(2, 9):
            start = date(2025, 7, 1) + timedelta(days=random.randrange(700))
            end = start + timedelta(days=random.randrange(1, 300))
            valid = Period(start, end if random.random() < 0.8 else None)
            value = None if random.random() < 0.2 else str(random.randrange(1, 9_999))
            changes.append(a_change(number, valid, value))
        law = changed(*random.sample(changes, len(changes)))
        for _ in range(30):
            day = date(2025, 7, 1) + timedelta(days=random.randrange(900))
            last = next((each for each in reversed(changes) if day in each.valid), None)
            found = law.rates.in_force(day).get(KEY)
            if last is None:
                shipped = LAW.rates.in_force(day).get(KEY)
                assert (found and found.value) == (shipped and shipped.value)
            else:
                made = last.rate()
                assert (found and found.id) == (made and made.id)


def test_days_are_taken_out_of_days() -> None:
    year = Period(date(2026, 1, 1), date(2027, 1, 1))
    assert list(without(year, Period(date(2027, 1, 1)))) == [year]
    assert list(without(year, year)) == []
    assert list(without(Period(MAY), Period(MAY, date(2026, 6, 1)))) == [Period(date(2026, 6, 1))]


def test_the_law_of_a_moment_leaves_out_what_was_approved_later() -> None:
    books = LawBooks(tuple(load_rules()))
    changes = [a_change(2, Period(MAY)), a_change(3, Period(MAY), "7700")]
    law = books.at(lambda: "x", rate_rows, lambda: changes)

    early = books.known_at(law, NOW)
    between = books.known_at(law, NOW + timedelta(minutes=2))
    assert early.rates.on(KEY, MAY).amount == LAW.rates.on(KEY, MAY).amount
    assert between.rates.on(KEY, MAY).amount == Money.kroner(7600)
    assert books.known_at(law, NOW + timedelta(minutes=3)) is law
    assert books.known_at(law, NOW + timedelta(minutes=2)) is between


def test_the_law_is_read_once_for_a_fingerprint_and_again_for_another() -> None:
    books = LawBooks(tuple(load_rules()))
    read: list[str] = []

    def rates() -> list[Rate]:
        read.append("rates")
        return list(rate_rows())

    first = books.at(lambda: "a", rates, list)
    assert books.at(lambda: "a", rates, list) is first
    assert books.at(lambda: "b", rates, list) is not first
    assert read == ["rates", "rates"]


def test_what_is_approved_between_two_readings_is_not_kept_under_the_old_fingerprint() -> None:
    books = LawBooks(tuple(load_rules()))
    marks = iter(["a", "b", "b", "b"])
    law = books.at(lambda: next(marks), rate_rows, list)

    assert law.digest == "b"


# ---- what is wrong -------------------------------------------------------------------------


def test_a_right_rate_has_no_mistake_and_shows_what_it_would_be() -> None:
    found = checked(a_rate_item(law="LAS § 16 a, stk. 1"))

    assert found.errors == ()
    assert found.law is not None
    assert found.law.rates.on(KEY, MAY).amount == Money.kroner(7600)
    assert LAW.rates.on(KEY, MAY).amount != Money.kroner(7600)


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"value": "7.6x"}, "value", "'7.6x' kan ikke læses. Skriv den som 7.529,00."),
        ({"value": ""}, "value", "Den mangler."),
        ({"value": "-1"}, "value", "ikke under 0"),
        ({"value": "76000"}, "value", "procent fra den, der gælder dagen før"),
        ({"unit": "DKK/year"}, "unit", "Satsen står i DKK/month, men her står DKK/year."),
        ({"unit": ""}, "unit", "Den mangler."),
        ({"law": ""}, "law", "Skriv loven og paragraffen"),
        ({"law": "paragraf 16"}, "law", "kan ikke læses som en paragraf"),
        ({"law": "XYZ § 1"}, "law", "Loven 'XYZ' kendes ikke."),
        ({"source": ""}, "source", "hvor satsen er læst"),
        ({"confidence": "vist"}, "confidence", "Vælg høj, mellem eller lav."),
        ({"confidence": "lav"}, "confidence", "intet udbetalt i drift"),
        ({"valid_from": "31.02.2026"}, "valid_from", "'31.02.2026' er ikke en dag."),
        ({"valid_from": ""}, "valid_from", "Skriv den første dag"),
        ({"valid_from": "15.05.2026"}, "valid_from", "bliver delt efter dage"),
        ({"valid_from": "01.01.2026"}, "valid_from", "er gået"),
        ({"valid_to": "01.04.2026"}, "valid_to", "før den første"),
        ({"valid_to": "31.10.2026"}, "", ""),
        ({"valid_from": "01.03.2027", "valid_to": ""}, "valid_from", "ingen sats være fra"),
    ],
)  # fmt: skip
def test_each_mistake_stands_at_its_field_with_the_way_out(
    fields: dict[str, str], field: str, words: str
) -> None:
    assert words in said(checked(a_rate_item(**fields)), field)


def test_a_derived_rate_is_confirmed_by_another_source_than_the_one_it_was_made_of() -> None:
    before = LAW.rates.on(KEY, MAY)
    assert before.derived
    assert "udledt af" in said(checked(a_rate_item(source=before.source)), "source")


def test_what_says_the_same_is_no_change() -> None:
    item = item_of_rate(LAW.rates.on(KEY, MAY), first=MAY)
    assert "siger det samme" in " ".join(str(each) for each in checked(item).errors)
    longer = replace(item, fields={**item.fields, "valid_to": ""})
    assert checked(longer).errors == ()


def test_a_new_years_amount_is_held_against_the_regulation_of_the_law() -> None:
    growth = a_rate_item(value="2,0", unit="percent on the year before")
    law = LAW
    if "regulering.las" not in law.rates.in_force(date(2027, 1, 1)):
        row = law.rates.on("regulering.las", MAY)
        next_year = replace(row, valid=Period(date(2027, 1, 1)), id="regulering.las.2027")
        law = law_of([*law.shipped_rates, next_year], law.shipped_rules, (), digest="2027")
    item = a_rate_item(value="7.000,00", valid_from="01.01.2027", valid_to="31.12.2027")
    expected = regulated(
        law.rates.on(KEY, date(2026, 12, 31)).amount,
        law.rates.on("regulering.las", date(2027, 1, 1)).ppm,
    )
    assert growth.said("value") == "2,0"
    assert expected.danish() in said(checked(item, law=law), "value")


def test_two_items_of_one_rate_do_not_stand_on_each_other() -> None:
    found = checked(a_rate_item(), a_rate_item(value="7.700,00"))
    assert "står allerede i post 1" in said(found, "valid_from")


def test_an_end_is_refused_while_a_rule_asks_and_taken_when_none_does() -> None:
    asked = replace(a_rate_item(), ends=True)
    assert any("spørger stadig om satsen" in str(each) for each in checked(asked).errors)
    rate = LAW.rates.on("tilbagebetaling.politianmeldelse", MAY)
    unasked = replace(item_of_rate(rate, first=MAY), ends=True)
    assert checked(unasked).errors == ()


@pytest.mark.parametrize(
    ("formula", "place", "words"),
    [
        ("if_(kh.forsoerger, rate.kh.boernetillaeg, 0)", "linje 1, tegn 43", "kan ikke bruges"),
        ("kr(1) +\n  +* 2", "linje 2, tegn 4", "ikke en formel"),
        ("rate.kh.findes_ikke", "", "Der er ingen sats 'kh.findes_ikke'"),
        ("kh.findes_ikke", "linje 1, tegn 1", "Der er ingen regel"),
        ("kh.hjaelp", "", "i ring"),
        ("", "", "Reglen har ingen formel."),
        ("__import__('os')", "linje 1, tegn 1", "findes ikke"),
    ],
)
def test_a_formula_that_cannot_be_used_is_told_with_its_place(
    formula: str, place: str, words: str
) -> None:
    found = checked(a_rule_item(expression=formula))

    (error,) = [each for each in found.errors if each.field == "expression"]
    assert words in error.what
    if place:
        assert error.place == place
    assert error.way_out


def test_a_rule_says_itself_in_one_sentence_and_asks_what_it_names() -> None:
    found = checked(a_rule_item(says="", label="", unmet="Fordi {fact.formue}."))
    assert "borgeren kan læse" in said(found, "says")
    assert "hedder i et brev" in said(found, "label")
    assert "spørger ikke selv" in said(found, "unmet")
    assert "40" in said(checked(a_rule_item(says="ord " * 41)), "says")


def test_a_draft_says_why_and_has_a_name_and_something_in_it() -> None:
    found = checked(title=" ", reason="kort")
    assert {each.field for each in found.errors} == {"", "title", "reason"}
    assert all(each.level is Level.ERROR for each in found.errors)


# ---- files ---------------------------------------------------------------------------------


def test_every_rate_goes_out_and_in_again_unchanged() -> None:
    text = written(exported(LAW.rates))
    assert drafted(read_rate_file(text), LAW) == []


def test_a_file_is_read_without_ever_making_a_float() -> None:
    said_in_file = f"{KEY}:\n  values:\n    2027-01-01: 7868.50\n    2028-01-01: null\n"
    (item,) = drafted(read_rate_file(said_in_file), LAW)
    assert item.fields["value"] == "7868.50"
    assert item.fields["valid_to"] == "31.12.2027"
    found = with_draft(LAW, checked(replace(item, fields={**item.fields, "source": "x"})).changes,
                       digest="y")  # fmt: skip
    assert found.rates.on(KEY, date(2027, 2, 1)).amount == Money.kroner("7868,50")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- 1", "Filen: Her mangler navne"),
        (f"{KEY}: 7", f"{KEY}: Her mangler navne"),
        (f"{KEY}:\n  vals: 1", "'vals' kendes ikke"),
        (f"{KEY}:\n  values:\n    2027-01-01: {{vaerdi: 1}}", "'vaerdi' kendes ikke"),
    ],
)
def test_a_file_of_another_shape_is_refused_by_name(text: str, words: str) -> None:
    with pytest.raises(RuleError, match=words):
        drafted(read_rate_file(text), LAW)


def test_every_value_is_typed_as_it_is_read() -> None:
    for rate in LAW.rates:
        item = item_of_rate(rate)
        assert item.fields["value"] == value_in_figures(rate)
        change = a_change(9, rate.valid, subject=rate.key, row={**item.fields,
            "valid_from": rate.valid.start.isoformat(), "valid_to": ""})  # fmt: skip
        made = change.rate()
        assert made is not None
        assert (made.value, made.key) == (rate.value, rate.key)


# ---- who uses it, and stories --------------------------------------------------------------


def test_every_rule_and_rate_belongs_somewhere_and_every_unit_has_danish_words() -> None:
    names = [rule.id for rule in LAW.rules] + [rate.key for rate in LAW.rates]
    assert [name for name in names if area_of(name) == ELSEWHERE] == []
    assert {rate.unit for rate in LAW.rates} - set(UNIT_WORDS) == set()


def test_a_benefit_rests_on_the_rates_its_rules_ask_down_to_the_last() -> None:
    used = uses(LAW, BENEFITS)
    assert "kontanthjaelp" in used.benefits([(ItemKind.RATE, KEY)])
    assert used.asked_by[(ItemKind.RATE, KEY)] == ("kh.sats",)
    assert used.benefits([(ItemKind.RATE, "refusion.trin1")]) == ()


def test_every_shipped_story_comes_true_and_another_rate_shows_in_those_it_touches() -> None:
    other = changed(a_change(2, Period(date(2026, 1, 1)), "7530"))
    broken = 0
    for _, story in load_stories():
        calculation = story.calculate(rates=LAW.rates, rules=LAW.rules, benefits=BENEFITS)
        assert mismatches(story, calculation) == ()
        after = story.calculate(rates=other.rates, rules=other.rules, benefits=BENEFITS)
        found = mismatches(story, after)
        broken += bool(found)
        assert all("forventet" in str(each) for each in found)
    assert broken > 5


# ---- reports -------------------------------------------------------------------------------


def test_what_portions_came_to_is_added_up_and_kept_as_it_was() -> None:
    one, other = Tally(), Tally()
    one.count(Said(GRANTED, Money(100_00)), Said(GRANTED, Money(150_01)))
    one.count(Said(GRANTED, Money(100_00)), Said(REFUSED, Money(0)))
    other.count(Said(GRANTED, Money(100_00)), Said(UNKNOWN, Money(0)))
    other.count(Said(REFUSED, Money(0)), Said(REFUSED, Money(0)))
    story = Story("Enlig, 20-24 år", "b", Said(GRANTED, Money(1)), Said(REFUSED, Money(0)), ("x",))
    parts = [Report({"b": one}, (story,), {"fejl": 1}), Report({"b": other}, (story,), {})]

    report = joined(to_data(each) for each in parts)

    tally = report.tallies["b"]
    assert (tally.persons, tally.up, tally.down, tally.same) == (4, 1, 1, 2)
    assert (tally.up_oere, tally.down_oere) == (50_01, 100_00)
    assert [(bar.words, bar.count, bar.is_up) for bar in bars(tally)] == [
        ("op til 100", 1, False), ("op til 100", 1, True),
    ]  # fmt: skip
    assert report.stories == (story,)
    assert report.harms == (
        "1 person ville miste hjælpen",
        "1 person ville ikke kunne afgøres mere",
        "1 person kan ikke beregnes",
    )
    assert to_data(from_data(to_data(report))) == to_data(report)


def test_bars_hold_everybody_who_moved_once() -> None:
    tally = Tally()
    random = Random(7)  # noqa: S311 – the same every time
    for _ in range(500):
        tally.count(
            Said(GRANTED, Money(random.randrange(0, 9_000_00))),
            Said(GRANTED, Money(random.randrange(0, 9_000_00))),
        )
    assert sum(bar.count for bar in bars(tally)) == tally.changed


def test_real_people_are_described_by_five_years_and_never_by_an_amount() -> None:
    facts = {
        FactKind.BIRTH_DATE: date(2002, 5, 2),
        FactKind.MARITAL_STATUS: "gift",
        FactKind.CHILDREN_AT_HOME: 2,
        FactKind.WORK_INCOME: Money(4_000_00),
    }
    assert description(facts, MAY, is_real=True) == "Gift, 20-24 år, 2 børn, løn"
    assert description(facts, MAY, is_real=False) == "Gift, 23 år, 2 børn, løn 4.000 kr."
    assert description({}, MAY, is_real=True) == "Civilstand ukendt, alder ukendt"
