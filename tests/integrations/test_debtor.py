"""Claims go to the debtor system once, go to the collector, and are paid down by its movements."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from integrations.debtor import Debtors
from processes.domain.errors import OutsideError
from processes.domain.identifiers import Cpr
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.ports.gateways import DebtClaimRequest, MovementKind, ReceiptState
from tests.integrations.conftest import EGEKOEB, Outside, StoppedClock


@pytest.fixture
def debtors(outside: Outside) -> Iterator[Debtors]:
    outside.tell("reset")
    yield Debtors(outside.url, clock=StoppedClock())
    outside.tell("reset")


def a_claim(outside: Outside) -> DebtClaimRequest:
    return DebtClaimRequest(
        idempotency_key="claim:1:0",
        claim_id="0d0f4a0c-6a35-5c5c-9f5f-2b5d5b3f6b11",
        case_number="2026-000123",
        debtor=Cpr(outside.world.people["anna"].cpr),
        claim_type="KTTIBAK",
        amount=Money.kroner("4000,50"),
        from_month=Month(2026, 2),
        to_month=Month(2026, 3),
        founded_on=date(2026, 3, 16),
        limitation_on=date(2029, 3, 16),
        municipality_cvr=EGEKOEB,
    )


def test_a_claim_asked_for_twice_is_there_once(debtors: Debtors, outside: Outside) -> None:
    first, second = (debtors.register(a_claim(outside)) for _ in range(2))

    (kept,) = outside.tell("received")["claims"]
    assert (first.state, first.reference) == (ReceiptState.ACCEPTED, second.reference)
    assert kept["amount_oere"] == 400_050
    assert kept["period"] == ["2026-02-01", "2026-03-31"]
    assert kept["limitation_on"] == "2029-03-16"


def test_one_key_is_never_another_claim(debtors: Debtors, outside: Outside) -> None:
    debtors.register(a_claim(outside))

    with pytest.raises(OutsideError):
        debtors.register(replace(a_claim(outside), amount=Money.kroner(1)))


def test_a_type_it_does_not_know_is_turned_down_with_a_reason(
    debtors: Debtors, outside: Outside
) -> None:
    outside.tell("debtor", refuse_type="KTTIBAK")

    answer = debtors.register(a_claim(outside))

    assert (answer.state, answer.reason_code) == (ReceiptState.REJECTED, "FORDRINGSTYPE_UKENDT")
    assert outside.tell("received")["claims"] == []


def test_what_was_paid_since_a_day_is_told_with_its_own_id(
    debtors: Debtors, outside: Outside
) -> None:
    claim_id = a_claim(outside).claim_id
    outside.tell("debtor", claim=claim_id, on="2026-03-01", oere=100)
    outside.tell("debtor", claim=claim_id, on="2026-03-20", oere=50_025)
    outside.tell("debtor", claim=claim_id, on="2026-03-21", oere=7, kind="AFSKRIVNING")

    found = debtors.movements(since=date(2026, 3, 16), municipality_cvr=EGEKOEB)

    assert [(each.kind, each.amount) for each in found] == [
        (MovementKind.PAID, Money.kroner("500,25")),
        (MovementKind.WRITTEN_OFF, Money(7)),
    ]
    assert len({each.reference for each in found}) == 2


def test_a_claim_handed_over_says_which(debtors: Debtors, outside: Outside) -> None:
    answer = debtors.transfer("krav-1", idempotency_key="t:1", municipality_cvr=EGEKOEB)

    assert answer.state is ReceiptState.ACCEPTED
    assert outside.tell("received")["claims"][-1]["transfer"] == "krav-1"
