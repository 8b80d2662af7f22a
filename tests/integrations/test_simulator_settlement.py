"""When the simulated bank pays: on the day, at once, or when told."""

from datetime import UTC, date, datetime

from integrations.nemkonto import NemKonto
from integrations.simulator.server import start
from processes.domain.identifiers import Cpr, Cvr
from processes.domain.money import Money
from processes.ports.gateways import PaymentRequest, ReceiptState
from tests.fakes.clock import FrozenClock

CVR = Cvr("99000015")
ORDERED_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PAY_DAY = datetime(2026, 3, 31, 5, 0, tzinfo=UTC)


def test_money_that_waits_for_its_day_arrives_on_that_day() -> None:
    clock = FrozenClock(ORDERED_AT)
    with start() as running:
        running.simulator.takers.settle_on_the_day = True
        bank = NemKonto(running.url, clock=clock)
        bank.order(
            PaymentRequest(
                "payment:1", Cpr("7205911142"), Money.kroner("100"), date(2026, 3, 31), "Test", CVR
            )
        )

        before = [each.state for each in bank.receipts(since=ORDERED_AT, municipality_cvr=CVR)]
        clock.moment = PAY_DAY
        after = [each.state for each in bank.receipts(since=ORDERED_AT, municipality_cvr=CVR)]

    assert before == [ReceiptState.ACCEPTED]
    assert after == [ReceiptState.ACCEPTED, ReceiptState.SETTLED]
