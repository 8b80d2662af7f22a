"""What eSkattekort says of a person, and what the case index learns of a case."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from integrations.indexes import CaseIndexWriter
from integrations.taxcard import TaxCardLookup
from processes.domain.errors import OutsideError
from processes.domain.identifiers import Cpr
from processes.domain.money import Money
from processes.ports.gateways import ReceiptState, TaxCardRecord
from tests.integrations.conftest import EGEKOEB, Outside
from tests.integrations.questions import a_registration

MARCH = date(2026, 3, 1)
NEW_YEAR = date(2026, 1, 1)

Gateway = Callable[..., Any]


@pytest.mark.parametrize(
    ("key", "card"),
    [
        ("jonas", TaxCardRecord("hovedkort", 38, Money.kroner("4358.00"), NEW_YEAR)),
        ("birgit", TaxCardRecord("bikort", 38, None, NEW_YEAR)),
        ("freja", TaxCardRecord("frikort", None, None, NEW_YEAR)),
        ("anna", None),
    ],
)
def test_each_kind_of_card_is_read_as_the_register_has_it(
    outside: Outside, gateway: Gateway, key: str, card: TaxCardRecord | None
) -> None:
    answer = gateway(TaxCardLookup).tax_card_of(
        Cpr(outside.cpr(key)), on=MARCH, municipality_cvr=EGEKOEB
    )

    assert answer.card == card
    assert answer.call.correlation_id


def test_a_card_that_is_not_in_force_yet_is_no_card(outside: Outside, gateway: Gateway) -> None:
    answer = gateway(TaxCardLookup).tax_card_of(
        Cpr(outside.cpr("hjalte")), on=date(2025, 12, 31), municipality_cvr=EGEKOEB
    )

    assert answer.card is None


def test_a_registration_names_the_case_its_states_and_its_parties(
    outside: Outside, gateway: Gateway
) -> None:
    spouse = Cpr(outside.cpr("camilla"))

    receipt = gateway(CaseIndexWriter).register(
        a_registration(states=("opstaaet", "oplyst"), others=(spouse,))
    )

    assert receipt.state is ReceiptState.ACCEPTED
    (taken,) = outside.tell("received")["registrations"]
    assert taken["states"] == ["Opstaaet", "Oplyst"]
    assert ["Primaer klasse", "urn:oio:kle:32.24.04"] in taken["relations"]
    assert ["Sekundaer part", f"urn:oio:cpr-nr:{spouse.digits}"] in taken["relations"]


def test_one_key_never_registers_two_different_things(outside: Outside, gateway: Gateway) -> None:
    index = gateway(CaseIndexWriter)
    index.register(a_registration())

    with pytest.raises(OutsideError) as refused:
        index.register(a_registration(states=("opstaaet", "oplyst")))

    assert refused.value.code == "rejected"
    assert outside.effects("sagsindeks") == {"index:1": 1}
