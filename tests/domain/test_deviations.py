"""Why a month is paid otherwise: the reasons add up to the difference, to the øre."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from processes.domain.deviations import (
    Deviation,
    DeviationKind,
    PaidOut,
    by_kind,
    deviations,
)
from processes.domain.money import Money, total

oere = st.integers(min_value=0, max_value=2_000_000).map(Money)
paid = st.builds(PaidOut, oere, oere, oere, oere, oere, oere, oere)


@given(now=st.none() | paid, before=st.none() | paid)
def test_the_reasons_add_up_to_the_difference(now: PaidOut | None, before: PaidOut | None) -> None:
    found = deviations(now, before)

    difference = (now or PaidOut()).net - (before or PaidOut()).net
    assert total(each.amount for each in found) == difference
    assert all(each.amount for each in found)


@given(months=st.lists(st.tuples(st.none() | paid, st.none() | paid), max_size=8))
def test_over_everybody_they_add_up_as_well(
    months: list[tuple[PaidOut | None, PaidOut | None]],
) -> None:
    sums = by_kind(deviations(now, before) for now, before in months)

    difference = total((now or PaidOut()).net - (before or PaidOut()).net for now, before in months)
    assert total(each.amount for each in sums) == difference


def test_a_reason_that_takes_is_negative_and_named() -> None:
    before = PaidOut(gross=Money(1_000_00), tax=Money(300_00))
    now = PaidOut(gross=Money(1_000_00), sanction=Money(100_00), tax=Money(262_00))

    assert deviations(now, before) == (
        Deviation(DeviationKind.SANCTION, Money(-100_00)),
        Deviation(DeviationKind.TAX, Money(38_00)),
    )
