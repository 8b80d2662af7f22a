"""One plain question to every operation of every counterpart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from integrations.cpr import PersonLookup
from integrations.events import EventDistributor
from integrations.income import IncomeLookup
from integrations.indexes import CaseIndexWriter
from integrations.ledger import Ledger
from integrations.nemkonto import NemKonto
from integrations.post import DigitalPost
from integrations.taxcard import TaxCardLookup
from processes.domain.accounting import Posting, Voucher
from processes.domain.identifiers import Cpr, Cvr
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.ports.gateways import CaseEvent, CaseIndexEntry, PaymentRequest, PostItem

EGEKOEB = Cvr("99000015")
ANNA = Cpr("7205911142")
NOON = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)


def a_payment(*, key: str = "betaling-1", payee: Cpr = ANNA, oere: int = 812_345) -> PaymentRequest:
    return PaymentRequest(
        idempotency_key=key,
        payee_cpr=payee,
        amount=Money(oere),
        disposition_on=date(2026, 3, 31),
        text="Kontanthjælp marts 2026",
        municipality_cvr=EGEKOEB,
    )


def a_voucher(*, oere: int = 812_345, voucher_id: str = "bilag-1") -> Voucher:
    return Voucher(
        id=voucher_id,
        case_id="sag-1",
        posted_on=date(2026, 3, 16),
        entries=(
            Posting("5.57.73", Money(oere), "Kontanthjælp"),
            Posting("9.55", Money(-oere), "Mellemregning NemKonto"),
        ),
    )


def a_letter(
    *, key: str = "brev-1", receiver: Cpr = ANNA, title: str = "Afgørelse", pdf: bytes = b"%PDF-1.7"
) -> PostItem:
    return PostItem(key, receiver, title, pdf, EGEKOEB, "Egekøb Kommune")


def an_event(*, key: str = "haendelse-1", kind: str = "ydelse.bevilget") -> CaseEvent:
    return CaseEvent(key, kind, "sag-1", "2026-000001", "32.24.04", NOON, EGEKOEB)


def a_registration(
    *, key: str = "index:1", states: tuple[str, ...] = ("opstaaet",), others: tuple[Cpr, ...] = ()
) -> CaseIndexEntry:
    return CaseIndexEntry(
        idempotency_key=key,
        case_id="0b9fd0a6-3f5e-4d11-9d5b-7a1f0c6f4b11",
        case_number="2026-000001",
        title="Ansøgning om kontanthjælp",
        kle_subject="32.24.04",
        kle_facet="G01",
        unit="ydelse",
        states=tuple((state, NOON) for state in states),
        primary_party=ANNA,
        other_parties=others,
        opened_at=NOON,
        registered_at=NOON,
        municipality_cvr=EGEKOEB,
    )


@dataclass(frozen=True)
class Question:
    """An operation: whom it asks, and how."""

    name: str
    service: str
    gateway: Callable[..., Any]
    ask: Callable[[Any], Any]


QUESTIONS = (
    Question("look_up", "cpr", PersonLookup, lambda it: it.look_up(ANNA, municipality_cvr=EGEKOEB)),
    Question(
        "income_of",
        "eindkomst",
        IncomeLookup,
        lambda it: it.income_of(ANNA, months=[Month(2026, 3)], municipality_cvr=EGEKOEB),
    ),
    Question("order", "nemkonto", NemKonto, lambda it: it.order(a_payment())),
    Question(
        "receipts",
        "nemkonto",
        NemKonto,
        lambda it: it.receipts(since=NOON, municipality_cvr=EGEKOEB),
    ),
    Question(
        "post",
        "oekonomi",
        Ledger,
        lambda it: it.post(a_voucher(), idempotency_key="bilag-1", municipality_cvr=EGEKOEB),
    ),
    Question("send", "digital_post", DigitalPost, lambda it: it.send(a_letter())),
    Question("publish", "beskedfordeler", EventDistributor, lambda it: it.publish(an_event())),
    Question(
        "tax_card_of",
        "eskattekort",
        TaxCardLookup,
        lambda it: it.tax_card_of(ANNA, on=date(2026, 3, 1), municipality_cvr=EGEKOEB),
    ),
    Question("register", "sagsindeks", CaseIndexWriter, lambda it: it.register(a_registration())),
)

CHANGING = {"order", "post", "send", "publish", "register"}
CHANGES = tuple(each for each in QUESTIONS if each.name in CHANGING)
"""The operations that change the world."""
