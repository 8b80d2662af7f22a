"""What we hand over is taken once, and what became of it is told."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

from integrations.events import EventDistributor, envelope
from integrations.ledger import Ledger
from integrations.nemkonto import NemKonto
from integrations.post import DigitalPost, filename
from processes.domain.accounting import Posting
from processes.domain.errors import OutsideError
from processes.domain.identifiers import Cpr
from processes.domain.money import Money
from processes.ports.gateways import Channel, ReceiptState
from tests.integrations.conftest import EGEKOEB, NABOKOEB, NOON, Outside, StoppedClock
from tests.integrations.questions import a_letter, a_payment, a_voucher, an_event

Gateway = Callable[..., Any]


# --- NemKonto -------------------------------------------------------------------------------


def test_a_payment_is_taken_at_once_and_settled_later(
    gateway: Gateway, clock: StoppedClock
) -> None:
    nemkonto = gateway(NemKonto)

    taken = nemkonto.order(a_payment())
    clock.pass_time(hours=1)
    receipts = nemkonto.receipts(since=NOON, municipality_cvr=EGEKOEB)

    assert (taken.state, taken.at) == (ReceiptState.ACCEPTED, NOON)
    assert [(it.state, it.at) for it in receipts] == [
        (ReceiptState.ACCEPTED, NOON),
        (ReceiptState.SETTLED, NOON + timedelta(hours=1)),
    ]
    assert {it.idempotency_key for it in receipts} == {"betaling-1"}
    assert {it.reference for it in receipts} == {taken.reference}


def test_the_same_receipt_comes_as_often_as_it_is_asked_for(gateway: Gateway) -> None:
    nemkonto = gateway(NemKonto)
    nemkonto.order(a_payment())

    first = nemkonto.receipts(since=NOON, municipality_cvr=EGEKOEB)
    again = nemkonto.receipts(since=NOON, municipality_cvr=EGEKOEB)

    assert first == again


def test_receipts_from_before_a_moment_are_left_out(gateway: Gateway, clock: StoppedClock) -> None:
    nemkonto = gateway(NemKonto)
    nemkonto.order(a_payment())
    nemkonto.receipts(since=NOON, municipality_cvr=EGEKOEB)

    clock.pass_time(seconds=1)

    assert nemkonto.receipts(since=clock.now(), municipality_cvr=EGEKOEB) == []


def test_another_municipality_sees_no_receipts_of_ours(gateway: Gateway) -> None:
    nemkonto = gateway(NemKonto)
    nemkonto.order(a_payment())

    assert nemkonto.receipts(since=NOON, municipality_cvr=NABOKOEB) == []


def test_a_closed_account_rejects_after_the_payment_was_taken(
    gateway: Gateway, outside: Outside
) -> None:
    nemkonto = gateway(NemKonto)
    to_thomas = a_payment(payee=Cpr(outside.cpr("thomas")))

    taken = nemkonto.order(to_thomas)
    answer = nemkonto.receipts(since=NOON, municipality_cvr=EGEKOEB)[-1]

    assert taken.state is ReceiptState.ACCEPTED
    assert (answer.state, answer.reason_code) == (ReceiptState.REJECTED, "KONTO_LUKKET")


def test_a_new_account_lets_a_new_payment_through(gateway: Gateway, outside: Outside) -> None:
    nemkonto = gateway(NemKonto)
    thomas = Cpr(outside.cpr("thomas"))
    outside.tell("account", cpr=thomas.digits, open=True)

    nemkonto.order(a_payment(payee=thomas, key="betaling-2"))

    receipts = nemkonto.receipts(since=NOON, municipality_cvr=EGEKOEB)
    assert receipts[-1].state is ReceiptState.SETTLED


def test_an_unknown_payee_is_rejected_on_sight(gateway: Gateway, outside: Outside) -> None:
    receipt = gateway(NemKonto).order(a_payment(payee=Cpr(outside.world.not_in_use[0])))

    assert (receipt.state, receipt.reason_code) == (ReceiptState.REJECTED, "MODTAGER_UKENDT")
    assert outside.effects("nemkonto") == {}


def test_held_payments_wait_until_they_are_settled(gateway: Gateway, outside: Outside) -> None:
    nemkonto = gateway(NemKonto)
    outside.tell("settle", hold=True)
    nemkonto.order(a_payment())

    before = nemkonto.receipts(since=NOON, municipality_cvr=EGEKOEB)
    outside.tell("settle", at=NOON.isoformat())
    after = nemkonto.receipts(since=NOON, municipality_cvr=EGEKOEB)

    assert [it.state for it in before] == [ReceiptState.ACCEPTED]
    assert [it.state for it in after] == [ReceiptState.ACCEPTED, ReceiptState.SETTLED]


def test_a_key_used_for_another_amount_is_refused(gateway: Gateway, outside: Outside) -> None:
    nemkonto = gateway(NemKonto)
    nemkonto.order(a_payment(oere=100))

    with pytest.raises(OutsideError, match="KEY_REUSED"):
        nemkonto.order(a_payment(oere=200))

    assert outside.effects("nemkonto") == {"betaling-1": 1}


def test_the_amount_is_handed_over_to_the_oere(gateway: Gateway, outside: Outside) -> None:
    gateway(NemKonto).order(a_payment(oere=1_208_301))

    (payment,) = outside.tell("received")["payments"]
    assert payment["amount_oere"] == 1_208_301
    assert payment["disposition_on"] == "2026-03-31"
    assert payment["text"] == "Kontanthjælp marts 2026"


def test_no_payment_of_nothing_leaves_the_house(gateway: Gateway, outside: Outside) -> None:
    with pytest.raises(OutsideError, match="VALIDATION"):
        gateway(NemKonto).order(a_payment(oere=0))

    assert outside.effects("nemkonto") == {}


def test_a_key_too_long_for_the_contract_is_a_bug(gateway: Gateway) -> None:
    with pytest.raises(ValueError, match="100 characters"):
        gateway(NemKonto).order(a_payment(key="x" * 101))


# --- The finance system ---------------------------------------------------------------------


def test_a_voucher_is_taken_line_by_line(gateway: Gateway, outside: Outside) -> None:
    receipt = gateway(Ledger).post(a_voucher(), idempotency_key="bilag-1", municipality_cvr=EGEKOEB)

    (voucher,) = outside.tell("received")["vouchers"]
    assert receipt.state is ReceiptState.ACCEPTED
    assert [(line["account"], line["amount_oere"]) for line in voucher["lines"]] == [
        ("5.57.73", 812_345),
        ("9.55", -812_345),
    ]


def test_the_finance_system_turns_down_what_does_not_balance(
    gateway: Gateway, outside: Outside
) -> None:
    voucher = a_voucher()
    # Assumes: such a voucher cannot exist in the core; it is bent here to see the other side.
    object.__setattr__(voucher, "entries", (Posting("5.57.73", Money(1), ""),))

    receipt = gateway(Ledger).post(voucher, idempotency_key="b", municipality_cvr=EGEKOEB)

    assert (receipt.state, receipt.reason_code) == (ReceiptState.REJECTED, "BILAG_STEMMER_IKKE")
    assert outside.effects("oekonomi") == {}


def test_a_closed_ledger_account_turns_a_voucher_down_for_good_under_that_key(
    gateway: Gateway, outside: Outside
) -> None:
    ledger = gateway(Ledger)
    outside.tell("ledger_account", account="5.57.73", open=False)
    first = ledger.post(a_voucher(), idempotency_key="bilag-1", municipality_cvr=EGEKOEB)
    outside.tell("ledger_account", account="5.57.73", open=True)

    again = ledger.post(a_voucher(), idempotency_key="bilag-1", municipality_cvr=EGEKOEB)
    anew = ledger.post(a_voucher(), idempotency_key="bilag-1:1", municipality_cvr=EGEKOEB)

    assert (first.state, first.reason_code) == (ReceiptState.REJECTED, "KONTO_LUKKET")
    assert (again.state, again.reason_code) == (ReceiptState.REJECTED, "KONTO_LUKKET")
    assert anew.state is ReceiptState.ACCEPTED
    assert outside.effects("oekonomi") == {"bilag-1:1": 1}


def test_what_the_finance_system_took_stays_taken_when_the_account_is_closed(
    gateway: Gateway, outside: Outside
) -> None:
    ledger = gateway(Ledger)
    first = ledger.post(a_voucher(), idempotency_key="bilag-1", municipality_cvr=EGEKOEB)
    outside.tell("ledger_account", account="5.57.73", open=False)

    again = ledger.post(a_voucher(), idempotency_key="bilag-1", municipality_cvr=EGEKOEB)

    assert again == first


# --- Digital Post ---------------------------------------------------------------------------


def test_a_letter_goes_by_digital_post_as_the_exact_bytes(
    gateway: Gateway, outside: Outside
) -> None:
    pdf = b"%PDF-1.7 " + bytes(range(256))

    answer = gateway(DigitalPost).send(a_letter(pdf=pdf))

    (letter,) = outside.tell("received")["letters"]
    assert (answer.channel, answer.receipt.state) == (Channel.DIGITAL_POST, ReceiptState.ACCEPTED)
    assert letter["pdf_sha256"] == hashlib.sha256(pdf).hexdigest()
    assert letter["sender"] == "Egekøb Kommune"
    assert letter["title"] == "Afgørelse"


def test_a_receiver_without_digital_post_gets_paper(gateway: Gateway, outside: Outside) -> None:
    answer = gateway(DigitalPost).send(a_letter(receiver=Cpr(outside.cpr("yrsa"))))

    assert answer.channel is Channel.PAPER
    assert answer.receipt.state is ReceiptState.ACCEPTED


def test_a_receiver_without_address_gets_nothing(gateway: Gateway, outside: Outside) -> None:
    answer = gateway(DigitalPost).send(a_letter(receiver=Cpr(outside.cpr("oskar"))))

    assert answer.receipt.state is ReceiptState.REJECTED
    assert answer.receipt.reason_code == "ADRESSE_UKENDT"
    assert outside.effects("digital_post") == {}


def test_another_letter_under_the_same_key_is_refused(gateway: Gateway, outside: Outside) -> None:
    post = gateway(DigitalPost)
    post.send(a_letter())

    answer = post.send(a_letter(pdf=b"%PDF-1.7 another"))

    assert answer.receipt.reason_code == "KEY_REUSED"
    assert outside.effects("digital_post") == {"brev-1": 1}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Afgørelse om kontanthjælp", "Afgoerelse_om_kontanthjaelp.pdf"),
        ("../../etc/passwd", "etc_passwd.pdf"),
        ("Årsopgørelse 2025", "Aarsopgoerelse_2025.pdf"),
        ("é", "e.pdf"),
        ("§", "brev.pdf"),
    ],
)
def test_a_file_name_has_plain_letters_only(title: str, name: str) -> None:
    assert filename(title) == name


def test_a_letter_with_markup_in_its_title_is_sent_as_text(
    gateway: Gateway, outside: Outside
) -> None:
    gateway(DigitalPost).send(a_letter(title="Svar på <klage> & bilag"))

    assert outside.tell("received")["letters"][0]["title"] == "Svar på <klage> & bilag"


# --- Events ---------------------------------------------------------------------------------


def test_an_event_names_the_case_and_no_person(gateway: Gateway, outside: Outside) -> None:
    receipt = gateway(EventDistributor).publish(an_event())

    (event,) = outside.tell("received")["events"]
    assert receipt.state is ReceiptState.ACCEPTED
    assert event["kind"] == "ydelse.bevilget"
    assert event["case"] == "urn:ky:sag:sag-1"
    assert event["kle"] == "urn:oio:kle:32.24.04"
    assert b"cpr" not in envelope(an_event())


def test_an_event_keeps_its_message_id_when_it_is_sent_again() -> None:
    assert envelope(an_event()) == envelope(an_event())
    assert envelope(an_event()) != envelope(an_event(key="haendelse-2"))


def test_the_memo_is_the_published_minimum(outside: Outside, clock: StoppedClock) -> None:
    request = etree.fromstring(DigitalPost(outside.url, clock=clock).request(a_letter()))

    memo = request.find("{https://DigitalPost.dk/MeMo-1}Message")
    assert memo is not None
    assert memo.get("memoVersion") == "1.1"
    content = memo.findtext(".//{*}MainDocument/{*}File/{*}content")
    assert base64.b64decode(content or "") == b"%PDF-1.7"
    assert memo.findtext(".//{*}Recipient/{*}idType") == "CPR"
