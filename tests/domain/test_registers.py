"""What counts as a difference when a register that was away answers after all."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from processes.domain.facts import Fact, FactKind, FactStatus, FactValue, Source, SourceKind
from processes.domain.money import Money
from processes.domain.periods import Period
from processes.domain.registers import Difference, RegisterName, differences
from tests.builders.facts import a_fact

START = date(2026, 3, 1)
TYPED_AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
BACK_AT = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


def typed(kind: FactKind, value: FactValue | None) -> Fact:
    return a_fact(
        kind, value, source=SourceKind.CASEWORKER, valid=Period(START), known_from=TYPED_AT
    )


def answered(kind: FactKind, value: FactValue | None, *, valid: Period | None = None) -> Fact:
    fact = a_fact(kind, value, valid=valid or Period(START), known_from=BACK_AT)
    return replace(fact, source=Source(SourceKind.REGISTER, "CPR", "kald-2"))


def found(*facts: Fact) -> tuple[Difference, ...]:
    return differences(facts, register=RegisterName.CPR, checked_at=BACK_AT, start=START)


def test_another_answer_than_the_typed_one_is_a_difference() -> None:
    before = typed(FactKind.MARITAL_STATUS, "ugift")
    after = answered(FactKind.MARITAL_STATUS, "gift")

    assert found(before, after) == (Difference(before, after),)


@pytest.mark.parametrize(
    ("kind", "said", "answer"),
    [
        (FactKind.MARITAL_STATUS, "gift", "gift"),
        (FactKind.WORK_INCOME, Money(0), None),
        (FactKind.CHILDREN_AT_HOME, 0, None),
    ],
)
def test_the_same_said_in_another_way_is_no_difference(
    kind: FactKind, said: FactValue, answer: FactValue | None
) -> None:
    assert found(typed(kind, said), answered(kind, answer)) == ()


def test_what_nobody_had_said_is_a_difference_when_it_is_something() -> None:
    died = answered(FactKind.DEAD, date(2026, 2, 20))
    alive = answered(FactKind.EMIGRATED, None)

    assert found(died, alive) == (Difference(None, died),)


def test_earlier_months_are_not_what_the_case_is_about() -> None:
    february = Period(date(2026, 2, 1), START)

    assert found(answered(FactKind.WORK_INCOME, Money(480000), valid=february)) == ()


def test_an_outdated_copy_is_what_the_new_answer_is_compared_with() -> None:
    copy = replace(
        answered(FactKind.CHILDREN_AT_HOME, 2),
        source=Source(SourceKind.REGISTER, "CPR", "kald-1", "forældet, fra 12.02.2026"),
        known_from=TYPED_AT,
        known_to=BACK_AT,
    )
    after = answered(FactKind.CHILDREN_AT_HOME, 1)

    (difference,) = found(copy, after)

    assert difference.before == copy
    assert [fact.value for fact in difference.as_contradiction.facts] == [2, 1]


def test_an_unknown_that_becomes_known_is_a_difference() -> None:
    unknown = replace(
        typed(FactKind.MARITAL_STATUS, "ugift"), status=FactStatus.UNKNOWN, value=None
    )
    after = answered(FactKind.MARITAL_STATUS, "ugift")

    assert [each.after for each in found(unknown, after)] == [after]
