"""Rates: a day without a rate is an error that names the gap."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from app.law import load_rates, rate_rows, shipped_rows
from processes.domain.errors import BrokenStateError, RateMissingError
from processes.domain.money import Money
from processes.domain.periods import ONE_DAY
from processes.domain.rates import RATE_LABELS, Confidence, Rate, RateBook, rate_from_row

BOOK = load_rates()
ROW = {
    "id": "kh.grundsats.2025",
    "value": "7205",
    "unit": "DKK/month",
    "valid_from": "2025-07-01",
    "valid_to": "2025-12-31",
    "law": "LAS § 16, stk. 1, nr. 1",
    "source": "https://example.invalid",
    "confidence": "hoej",
    "derived": "false",
}


def test_the_last_day_in_force_counts_and_the_next_does_not() -> None:
    rate = rate_from_row(ROW)

    assert date(2025, 12, 31) in rate.valid
    assert date(2026, 1, 1) not in rate.valid


def test_the_key_is_the_id_without_its_year() -> None:
    assert rate_from_row(ROW).key == "kh.grundsats"
    assert rate_from_row({**ROW, "id": "formue.par"}).key == "formue.par"


def test_a_rate_without_an_end_holds_until_further_notice() -> None:
    assert rate_from_row({**ROW, "valid_to": ""}).valid.end is None


def test_a_day_without_a_rate_names_the_gap_and_the_periods_that_are_known() -> None:
    with pytest.raises(RateMissingError, match=r"01\.01\.2027.*2025-07-01"):
        load_rates().on("kh.grundsats", date(2027, 1, 1))


def test_an_unknown_key_is_missing_and_never_zero() -> None:
    with pytest.raises(RateMissingError, match="ingen"):
        load_rates().on("kh.findes_ikke", date(2026, 1, 1))


def test_two_rates_on_one_day_are_refused() -> None:
    rate = rate_from_row(ROW)

    with pytest.raises(ValueError, match="overlap"):
        RateBook([rate, replace(rate, id="kh.grundsats.anden")])


def test_the_shipped_rates_have_names_law_and_source_and_no_two_share_an_id() -> None:
    rows = rate_rows()

    assert {rate.key for rate in rows} <= set(RATE_LABELS)
    assert all(rate.law and rate.source.startswith(("https://", "http://")) for rate in rows)
    assert len({rate.id for rate in rows}) == len(rows)


REFORM = date(2025, 7, 1)
SEEN_FROM = date(2023, 1, 1)
"""Recalculation goes back to here."""
GAPS_WE_KNOW = {
    # Udbetaling Danmark works the percentage out; it reaches us as a fact, and these limits
    # are for checking it. Only the tables of 2023 and 2026 were read.
    "tillaegsprocent.fradrag_enlig",
    "tillaegsprocent.fradrag_par",
    "tillaegsprocent.bortfald_enlig",
    "tillaegsprocent.bortfald_par",
}


def test_each_rate_of_cash_assistance_holds_from_the_reform_to_the_end_of_2026() -> None:
    book = load_rates()
    keys = {rate.key for rate in book if rate.key.startswith(("kh.", "formue.p", "fribeloeb."))}

    for key in keys:
        assert book.on(key, REFORM).valid.start <= REFORM
        assert book.on(key, date(2026, 12, 31)).whole > 0


def test_no_rate_has_a_hole_in_the_years_that_may_be_recalculated() -> None:
    holes = set()
    rows: dict[str, list[Rate]] = {}
    for rate in load_rates():
        rows.setdefault(rate.key, []).append(rate)
    for key, held in rows.items():
        for earlier, later in pairwise(sorted(held, key=lambda rate: rate.valid.start)):
            hole = earlier.valid.end != later.valid.start
            if hole and (earlier.valid.end is None or earlier.valid.end >= SEEN_FROM):
                holes.add(key)

    assert holes == GAPS_WE_KNOW


@pytest.mark.parametrize("rate", rate_rows(), ids=lambda rate: rate.id)
def test_a_rate_holds_from_its_first_day_to_its_last(rate: Rate) -> None:
    book = BOOK

    assert book.on(rate.key, rate.valid.start) == rate
    assert book.in_force(rate.valid.start - ONE_DAY).get(rate.key) != rate
    if rate.valid.end is not None:
        assert book.on(rate.key, rate.valid.end - ONE_DAY) == rate
        assert book.in_force(rate.valid.end).get(rate.key) != rate


def test_what_the_reform_repealed_ends_on_its_eve() -> None:
    book = load_rates()

    for key in RATE_LABELS:
        if key.split(".")[0] in {"kh_pre", "uh_pre", "sho", "loft", "timeregel"}:
            assert REFORM - ONE_DAY in book.on(key, REFORM - ONE_DAY).valid
            with pytest.raises(RateMissingError, match=r"01\.07\.2025"):
                book.on(key, REFORM)


def test_a_derived_rate_says_how_it_was_derived() -> None:
    for row in shipped_rows("rates"):
        if row["derived"] == "true" or row["confidence"] == "lav":
            assert len(row.get("note", "")) > 10, row["id"]


@pytest.mark.parametrize(
    ("key", "day", "value"),
    [
        ("obligatorisk_pension", date(2026, 6, 1), 21_000),
        ("refusion.trin1", date(2026, 6, 1), 800_000),
        ("regulering.las", date(2021, 6, 1), 12_500),
        ("timeregel.timer", date(2024, 6, 1), 225),
        ("timefradrag.omregningssats", date(2024, 6, 1), Money.kroner("277,76")),
    ],
)
def test_a_rate_is_an_amount_a_share_or_a_number(key: str, day: date, value: Money | int) -> None:
    assert load_rates().on(key, day).value == value


def test_a_share_is_never_taken_for_money_nor_money_for_a_number() -> None:
    share = load_rates().on("obligatorisk_pension", date(2026, 6, 1))
    number = load_rates().on("timeregel.timer", date(2024, 6, 1))
    amount = load_rates().on("kh.grundsats", date(2026, 6, 1))

    assert (share.ppm, number.number, amount.amount) == (21_000, 225, Money.kroner(7529))
    for wrong in (
        lambda: share.amount,
        lambda: share.number,
        lambda: number.ppm,
        lambda: number.amount,
        lambda: amount.ppm,
        lambda: amount.number,
    ):
        with pytest.raises(BrokenStateError):
            wrong()


@pytest.mark.parametrize(
    ("day", "kroner"), [(date(2025, 12, 31), "7205"), (date(2026, 1, 1), "7529")]
)
def test_the_grundsats_changes_with_the_year(day: date, kroner: str) -> None:
    assert load_rates().on("kh.grundsats", day).amount == Money.kroner(kroner)


def test_a_rate_of_low_confidence_is_provisional_too() -> None:
    assert replace(rate_from_row(ROW), confidence=Confidence.LOW).is_provisional
