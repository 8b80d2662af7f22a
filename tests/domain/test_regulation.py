"""Yearly regulation (LAS § 109): the growth, the rounding, and the check against the new table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.law import load_rates
from processes.domain.errors import RateMissingError
from processes.domain.money import Money
from processes.domain.periods import Period
from processes.domain.rates import RATE_LABELS, Confidence, Rate, RateBook
from processes.domain.regulation import (
    Standing,
    as_regulated,
    check_next_year,
    las_growth,
    regulated,
    regulated_rates,
)
from tests.domain.strategies import positive_amounts

BOOK = load_rates()
YEARS = (2021, 2022, 2023, 2024, 2025, 2026)
REGULATED = sorted(
    key for key in RATE_LABELS if key.split(".")[0] in {"kh_pre", "uh_pre", "sho", "loft"}
)
"""What the yearly regulation of LAS moves and what has been read for more than one year."""


@pytest.mark.parametrize("year", YEARS)
def test_the_growth_of_a_year_is_that_of_psl_less_three_tenths_and_the_years_deduction(
    year: int,
) -> None:
    day = date(year, 1, 1)
    growth = BOOK.on("regulering.vaekst", day).ppm
    less = BOOK.on("regulering.nedslag", day).ppm

    assert las_growth(growth, less_ppm=less) == BOOK.on("regulering.las", day).ppm


def test_2026_is_derived_and_is_marked() -> None:
    assert BOOK.on("regulering.las", date(2026, 1, 1)).is_provisional
    assert not BOOK.on("regulering.las", date(2025, 1, 1)).is_provisional


@pytest.mark.parametrize("key", REGULATED)
@pytest.mark.parametrize("year", [2024, 2025])
def test_each_rate_is_that_of_the_year_before_regulated_to_the_nearest_krone(
    key: str, year: int
) -> None:
    before = BOOK.on(key, date(year - 1, 6, 30)).amount
    growth = BOOK.on("regulering.las", date(year, 1, 1)).ppm

    # The first figures of SHO were moved in one step from 2021: they may be off by one krone.
    slack = 100 if key.startswith("sho.") else 0
    assert abs(BOOK.on(key, date(year, 1, 1)).amount.oere - regulated(before, growth).oere) <= slack


@pytest.mark.parametrize(
    ("before", "growth_ppm", "after"),
    [
        # https://bm.dk/satser/satser-for-2020/uddannelseshjaelp/ and https://jcenter.dk/satser/
        (15355, 12_500, 15547),
        (15547, 1_500, 15570),
        (15570, 19_500, 15874),
        # https://bm.dk/satser/satser-for-2023/kontanthjaelpsloft/ and the page of 2024
        (16941, 32_000, 17483),
        (15874, 32_000, 16382),
        # Aftaleniveau 2024 to the published figures of 2025
        (6553, 36_000, 6789),
        (6955, 36_000, 7205),
        (2687, 36_000, 2784),
        (1581, 36_000, 1638),
        (1000, 36_000, 1036),
        (2500, 36_000, 2590),
    ],
)
def test_published_rates_are_hit(before: int, growth_ppm: int, after: int) -> None:
    assert regulated(Money.kroner(before), growth_ppm) == Money.kroner(after)


def test_a_half_krone_goes_up() -> None:
    assert regulated(Money.kroner(500), 1_000) == Money.kroner(501)
    assert regulated(Money.kroner(499), 1_000) == Money.kroner(499)


def test_limits_may_be_rounded_coarser() -> None:
    # helbredstillæg: 95.800 (2023) to 99.200 (2024) and, over 103.100, to 108.000 (2026)
    hundred = Money.kroner(100)
    assert regulated(Money.kroner(95800), 35_000, nearest=hundred) == Money.kroner(99200)
    year_2025 = regulated(Money.kroner(99200), 39_000, nearest=hundred)
    assert year_2025 == BOOK.on("helbredstillaeg.formuegraense", date(2025, 1, 1)).amount
    assert regulated(year_2025, 48_000, nearest=hundred) == Money.kroner(108000)


@given(positive_amounts, st.integers(0, 100_000), st.integers(0, 100_000))
def test_more_growth_never_gives_less(amount: Money, one: int, more: int) -> None:
    assert regulated(amount, one) <= regulated(amount, one + more)


@given(st.integers(1, 100_000))
def test_no_growth_leaves_whole_kroner_alone(kroner: int) -> None:
    assert regulated(Money.kroner(kroner), 0) == Money.kroner(kroner)


def _new_year(book: RateBook) -> list[Rate]:
    return [rate for rate in book if rate.valid.start == date(2026, 1, 1)]


def test_the_table_of_next_year_agrees_with_ours() -> None:
    small = RateBook(rate for rate in BOOK if rate.key in {"kh.grundsats", "kh.mindstesats"})

    found = check_next_year(small, _new_year(small), first_day=date(2026, 1, 1), growth_ppm=45_000)

    assert found == ()


def test_a_table_that_differs_or_lacks_a_rate_is_told_with_both_figures() -> None:
    small = RateBook(rate for rate in BOOK if rate.key in {"kh.grundsats", "kh.mindstesats"})
    wrong = [
        replace(rate, value=Money.kroner(7530))
        for rate in _new_year(small)
        if rate.key == "kh.grundsats"
    ]

    found = check_next_year(small, wrong, first_day=date(2026, 1, 1), growth_ppm=45_000)

    assert [each.key for each in found] == ["kh.grundsats", "kh.mindstesats"]
    assert "7.530,00" in found[0].sentence
    assert "7.529,00" in found[0].sentence
    assert "står ikke i den nye tabel" in found[1].sentence


def test_2027_is_missing_until_somebody_loads_it() -> None:
    with pytest.raises(RateMissingError, match="2027"):
        BOOK.on("regulering.las", date(2027, 1, 1))


NEXT = date(2027, 1, 1)


def test_next_years_rates_are_this_years_regulated_and_marked_until_a_table_is_read() -> None:
    rates = {
        each.before.key: each for each in regulated_rates(BOOK, first_day=NEXT, growth_ppm=40_500)
    }

    raised = rates["kh.forhoejet_sats"]
    # 13.060 x 1,0405 = 13.588,93
    assert raised.expected == Money.kroner(13589)
    assert raised.standing is Standing.IS_MISSING
    row = raised.proposed(NEXT, 40_500)
    assert (row.id, row.derived, row.confidence) == (
        "kh.forhoejet_sats.2027",
        True,
        Confidence.MEDIUM,
    )
    assert row.valid == Period(NEXT, date(2028, 1, 1))
    assert "4,05 pct." in row.source


def test_a_table_that_is_there_is_held_against_the_regulation() -> None:
    # 2024: 3,2 percent of the rates of 2023, as published.
    found = regulated_rates(BOOK, first_day=date(2024, 1, 1), growth_ppm=32_000)

    groups = {
        standing: [each for each in found if each.standing is standing] for standing in Standing
    }
    keys = {each.before.key for each in groups[Standing.AGREES]}
    assert {"kh_pre.over30_forsoerger", "kh_pre.over30_andre", "uh_pre.u25_udeboende"} <= keys
    assert len(keys) > 40


def test_before_and_after_differ_in_the_regulated_rates_only() -> None:
    rates = regulated_rates(BOOK, first_day=NEXT, growth_ppm=40_500)

    before, after = as_regulated(BOOK, rates, first_day=NEXT, percent_ppm=40_500)

    assert before.on("kh.forhoejet_sats", NEXT).amount == Money.kroner(13060)
    assert after.on("kh.forhoejet_sats", NEXT).amount == Money.kroner(13589)
    december = date(2026, 12, 31)
    assert before.in_force(december).keys() == after.in_force(december).keys()
    assert all(
        before.on(key, december).value == rate.value
        for key, rate in after.in_force(december).items()
    )
