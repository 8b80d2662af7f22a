"""Nothing comes off a payment but what was decided and sent: whatever anybody inserts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.stores.unit_of_work import SqlUnitOfWork, SqlUnitOfWorkFactory
from processes.domain.deductions import (
    DeductionKind,
)
from processes.domain.money import Money
from processes.domain.payments import PaymentReceipt, PaymentState, part_id
from processes.domain.periods import Month
from processes.domain.pipeline import Taken
from tests.stores import builders as a
from tests.stores.deductions import LANDLORD, MARCH, SIX_HUNDRED, a_decision, a_deduction

Work = Callable[[SqlUnitOfWork], object]
SENT = datetime(2026, 3, 9, 8, tzinfo=UTC)


def done(uow_factory: SqlUnitOfWorkFactory, work: Work) -> None:
    with uow_factory(999) as uow:
        work(uow)
        uow.commit()


def refused(uow_factory: SqlUnitOfWorkFactory, work: Work, *, saying: str) -> None:
    with pytest.raises(DBAPIError, match=saying) as caught:
        done(uow_factory, work)
    assert caught.value.orig is not None
    assert getattr(caught.value.orig, "sqlstate", "") == "KY001"


def decide(
    uow: SqlUnitOfWork, kind: DeductionKind, *, sent_at: datetime | None = SENT, **changes: Any
) -> None:
    """Decide to take something of March, and send it unless nobody does."""
    decision = a_decision(kind)
    uow.deductions.decide(decision, [a_deduction(kind, **changes)])
    if sent_at is not None:
        uow.deductions.mark_sent(decision.id, sent_at)


COLUMN = {
    DeductionKind.SANCTION: "sanction",
    DeductionKind.SET_OFF_GROSS: "set_off_gross",
    DeductionKind.SET_OFF: "set_off",
    DeductionKind.ADMINISTRATION: "administration",
}


def pay(kind: DeductionKind, amount: Money = SIX_HUNDRED, **changes: Any) -> Work:
    """Pay March with something taken of it."""
    line = a.a_payment()
    taken = (Taken(a.an_id(f"deduction-{kind.value}"), kind, amount),)
    columns = {COLUMN[kind]: amount, "net": line.net - amount, "taken": taken}

    def work(uow: SqlUnitOfWork) -> None:
        uow.payments.add_plan(a.a_plan(replace(line, **{**columns, **changes})))

    return work


@pytest.fixture
def case(uow_factory: SqlUnitOfWorkFactory) -> SqlUnitOfWorkFactory:
    done(uow_factory, a.store_decision)
    return uow_factory


@pytest.mark.parametrize("kind", list(DeductionKind))
def test_what_was_decided_and_sent_comes_off(
    case: SqlUnitOfWorkFactory, kind: DeductionKind
) -> None:
    done(case, lambda uow: decide(uow, kind))
    done(case, pay(kind))

    with case(999) as uow:
        ((line, _),) = uow.payments.of_case(a.CASE)
        (decided,) = uow.deductions.of_case(a.CASE)
        taken = uow.deductions.taken([decided.deduction.id])
    assert line.taken == (Taken(decided.deduction.id, kind, SIX_HUNDRED),)
    assert line.net == a.a_payment().net - SIX_HUNDRED
    assert taken == {decided.deduction.id: {MARCH: SIX_HUNDRED}}


@pytest.mark.parametrize("kind", list(DeductionKind))
@pytest.mark.parametrize("sent_at", [None, datetime(2026, 3, 31, 6, tzinfo=UTC)])
def test_nothing_comes_off_by_a_decision_that_was_not_sent_first(
    case: SqlUnitOfWorkFactory, kind: DeductionKind, sent_at: datetime | None
) -> None:
    done(case, lambda uow: decide(uow, kind, sent_at=sent_at))

    refused(case, pay(kind), saying="without a decision that was sent first")


@pytest.mark.parametrize("column", COLUMN.values())
def test_an_amount_that_no_deduction_says_is_refused(
    case: SqlUnitOfWorkFactory, column: str
) -> None:
    line = a.a_payment()
    lower = replace(line, **{column: Money(100)}, net=line.net - Money(100))

    refused(
        case, lambda uow: uow.payments.add_plan(a.a_plan(lower)), saying="what its deductions say"
    )


def test_a_part_slipped_in_afterwards_is_refused(case: SqlUnitOfWorkFactory) -> None:
    kind = DeductionKind.SANCTION
    done(case, lambda uow: decide(uow, kind))
    done(case, lambda uow: uow.payments.add_plan(a.a_plan(a.a_payment())))

    refused(
        case,
        lambda uow: uow.session.execute(
            text(
                "INSERT INTO payment_part (id, payment_id, deduction_id, kind, amount_oere)"
                " VALUES (gen_random_uuid(), :payment, :deduction, 'sanktion', 100)"
            ),
            {"payment": a.an_id("payment"), "deduction": a.an_id("deduction-sanktion")},
        ),
        saying="what its deductions say",
    )


@pytest.mark.parametrize(
    ("changes", "saying"),
    [
        ({"amount": SIX_HUNDRED - Money(1)}, "no more comes off"),
        ({"from_month": Month(2026, 4), "to_month": Month(2026, 4)}, "for its month"),
    ],
)
def test_no_more_and_no_other_month_than_decided(
    case: SqlUnitOfWorkFactory, changes: dict[str, Any], saying: str
) -> None:
    done(case, lambda uow: decide(uow, DeductionKind.SANCTION, **changes))

    refused(case, pay(DeductionKind.SANCTION), saying=saying)


def test_what_was_stopped_comes_off_no_more(case: SqlUnitOfWorkFactory) -> None:
    kind = DeductionKind.ADMINISTRATION
    done(case, lambda uow: decide(uow, kind, to_month=None))
    done(case, lambda uow: uow.deductions.stop([a.an_id(f"deduction-{kind.value}")], month=MARCH))

    refused(case, pay(kind), saying="for its month")


def test_a_stop_is_noted_once_and_never_moved(case: SqlUnitOfWorkFactory) -> None:
    kind = DeductionKind.ADMINISTRATION
    done(case, lambda uow: decide(uow, kind, to_month=None))
    done(case, lambda uow: uow.deductions.stop([a.an_id(f"deduction-{kind.value}")], month=MARCH))

    refused(
        case,
        lambda uow: uow.session.execute(
            text("UPDATE payment_deduction SET stopped_from = '2027-01-01'")
        ),
        saying="never changes",
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payment_deduction SET amount_oere = 1",
        "UPDATE deduction_decision SET reasoning = 'en anden'",
        "UPDATE payment_part SET amount_oere = 1",
        "DELETE FROM payment_part",
        "DELETE FROM deduction_decision",
    ],
)
def test_what_was_decided_and_taken_never_changes(
    case: SqlUnitOfWorkFactory, statement: str
) -> None:
    done(case, lambda uow: decide(uow, DeductionKind.SANCTION))
    done(case, pay(DeductionKind.SANCTION))

    with pytest.raises(DBAPIError):
        done(case, lambda uow: uow.session.execute(text(statement)))


def test_a_deduction_is_not_slipped_under_a_decision_that_was_sent(
    case: SqlUnitOfWorkFactory,
) -> None:
    done(case, lambda uow: decide(uow, DeductionKind.SANCTION))

    refused(
        case,
        lambda uow: uow.session.execute(
            text(
                "INSERT INTO payment_deduction (id, decision_id, case_id, party_id, kind,"
                " amount_oere, from_month, to_month, law, label, source_id, payee_number,"
                " payee_name, reference) SELECT gen_random_uuid(), decision_id, case_id, party_id,"
                " kind, 99900, from_month, to_month, law, label, '', '', '', ''"
                " FROM payment_deduction"
            )
        ),
        saying="comes with its decision",
    )


def test_a_hearing_that_was_not_sent_is_no_hearing(case: SqlUnitOfWorkFactory) -> None:
    hearing = a.a_hearing(sent_at=None)
    decision = a_decision(DeductionKind.SANCTION, hearing_id=hearing.id, hearing_exception="")
    done(case, lambda uow: uow.hearings.save(hearing))

    refused(case, lambda uow: uow.deductions.decide(decision, []), saying="a hearing that was sent")


def test_a_contribution_is_the_rate_of_the_month(case: SqlUnitOfWorkFactory) -> None:
    line = a.a_payment()
    lower = replace(line, atp=Money(100_00), net=line.net - Money(100_00))

    refused(
        case, lambda uow: uow.payments.add_plan(a.a_plan(lower)), saying="the rate of the month"
    )


def test_a_payment_tried_again_is_the_same_amounts(case: SqlUnitOfWorkFactory) -> None:
    kind = DeductionKind.SET_OFF
    done(case, lambda uow: decide(uow, kind))
    done(case, pay(kind))
    first = a.a_payment()
    done(
        case,
        lambda uow: uow.payments.append_receipt(
            PaymentReceipt(first.id, PaymentState.REJECTED, "", "AC04", a.NOW)
        ),
    )
    again = replace(
        first,
        id=a.an_id("again"),
        sequence=1,
        set_off=SIX_HUNDRED,
        net=first.net - SIX_HUNDRED,
        disposition_on=date(2026, 4, 8),
    )
    other = replace(again, set_off=Money(0), net=first.net)

    refused(case, lambda uow: uow.payments.add_lines([other]), saying="is the same payment")
    done(case, lambda uow: uow.payments.add_lines([again]))


def test_what_others_get_has_receipts_of_its_own(case: SqlUnitOfWorkFactory) -> None:
    kind = DeductionKind.ADMINISTRATION
    done(case, lambda uow: decide(uow, kind, reference="Husleje marts"))
    done(case, pay(kind))
    wanted = part_id(a.an_id("payment"), a.an_id(f"deduction-{kind.value}"))

    def receipt(tries: int, state: PaymentState, hours: int) -> tuple[int, PaymentReceipt]:
        at = a.NOW + timedelta(hours=hours)
        return tries, PaymentReceipt(wanted, state, "", "", at)

    with case(999) as uow:
        (planned,) = uow.deductions.parts_of_case(a.CASE)
        came = [receipt(0, PaymentState.ORDERED, 1), receipt(0, PaymentState.REJECTED, 2)]
        first = uow.deductions.append_receipts(came)
        twice = uow.deductions.append_receipts(came)
        (rejected,) = uow.deductions.parts([wanted])
        uow.deductions.append_receipts([receipt(1, PaymentState.SETTLED, 3)])
        (paid,) = uow.deductions.parts([wanted])

    assert (planned.state, planned.amount, planned.payee, planned.reference) == (
        PaymentState.PLANNED,
        SIX_HUNDRED,
        LANDLORD,
        "Husleje marts",
    )
    assert (len(first), len(twice)) == (2, 0)
    assert (rejected.state, rejected.tries) == (PaymentState.REJECTED, 0)
    assert (paid.state, paid.tries) == (PaymentState.SETTLED, 1)
