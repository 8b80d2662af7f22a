"""Money: whole øre, and nothing is lost or made."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.domain.errors import RuleError
from processes.domain.money import PPM, Money, total
from tests.domain.strategies import amounts


@pytest.mark.parametrize("wrong", [1.5, True, "12"])
def test_only_whole_oere_become_money(wrong: object) -> None:
    with pytest.raises(TypeError):
        Money(wrong)  # type: ignore[arg-type] – the point of the test


def test_a_float_never_becomes_kroner() -> None:
    with pytest.raises(TypeError):
        Money.kroner(12.5)  # type: ignore[arg-type] – the point of the test


@pytest.mark.parametrize(
    ("text", "oere"),
    [
        ("7529", 752900),
        ("1.234,50", 123450),
        ("1234.5", 123450),
        ("1.234", 123400),
        ("−12,00 kr.", -1200),
        ("0", 0),
    ],
)
def test_kroner_are_read_as_people_write_them(text: str, oere: int) -> None:
    assert Money.kroner(text).oere == oere


@pytest.mark.parametrize("text", ["", "12,345", "kr.", "12 34x", "1e3", "٣"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        Money.kroner(text)


@given(amounts)
def test_what_is_written_is_read_back_the_same(amount: Money) -> None:
    assert Money.kroner(amount.danish()) == amount


@given(amounts, st.integers(min_value=1, max_value=50))
def test_sharing_out_loses_nothing_and_differs_by_one_oere(amount: Money, parts: int) -> None:
    shares = amount.shared(parts)

    assert total(shares) == amount
    assert max(shares).oere - min(shares).oere <= 1


@given(amounts, st.integers(min_value=0, max_value=PPM))
def test_a_share_is_within_half_an_oere(amount: Money, ppm: int) -> None:
    exact = Decimal(amount.oere) * ppm / PPM

    assert abs(Decimal(amount.share(ppm).oere) - exact) <= Decimal("0.5")


@given(amounts)
def test_rounding_down_goes_towards_zero_by_less_than_a_krone(amount: Money) -> None:
    rounded = amount.down_to_krone()

    assert rounded.oere % 100 == 0
    assert 0 <= abs(amount.oere) - abs(rounded.oere) < 100
