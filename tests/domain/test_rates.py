"""Rates: a day without a rate is an error that names the gap."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.law import load_rates, rate_rows
from processes.domain.errors import RateMissingError
from processes.domain.money import Money
from processes.domain.rates import RATE_LABELS, Confidence, RateBook, rate_from_row

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

    assert {rate.key for rate in rows} == set(RATE_LABELS)
    assert all(rate.law and rate.source.startswith("https://") for rate in rows)
    assert len({rate.id for rate in rows}) == len(rows)


def test_each_monthly_rate_holds_from_the_reform_to_the_end_of_2026_without_a_gap() -> None:
    book = load_rates()

    for key in RATE_LABELS:
        assert book.on(key, date(2025, 7, 1)).valid.start == date(2025, 7, 1)
        assert book.on(key, date(2026, 12, 31)).amount > Money(0)


@pytest.mark.parametrize(
    ("day", "kroner"), [(date(2025, 12, 31), "7205"), (date(2026, 1, 1), "7529")]
)
def test_the_grundsats_changes_with_the_year(day: date, kroner: str) -> None:
    assert load_rates().on("kh.grundsats", day).amount == Money.kroner(kroner)


@pytest.mark.parametrize(
    "key",
    [
        "kh.mindstesats",
        "kh.grundsats",
        "kh.boernetillaeg",
        "kh.tillaeg_enlig_forsoerger",
        "kh.tillaeg_enlig_ikke_forsoerger",
        "kh.ungetillaeg_18_24_ikke_forsoerger",
        "kh.ungetillaeg_25_29_ikke_forsoerger",
    ],
)
def test_a_derived_2026_rate_is_the_published_one_regulated_by_four_and_a_half_percent(
    key: str,
) -> None:
    book = load_rates()
    before, after = book.on(key, date(2025, 12, 31)), book.on(key, date(2026, 1, 1))

    assert not before.is_provisional
    assert after.is_provisional
    # LAS § 109: rounded to the nearest krone; the order of rounding may differ by one.
    exact = before.amount.share(1_045_000)
    assert abs(after.amount.oere - exact.to_nearest_krone().oere) <= 100


def test_a_rate_of_low_confidence_is_provisional_too() -> None:
    assert replace(rate_from_row(ROW), confidence=Confidence.LOW).is_provisional
