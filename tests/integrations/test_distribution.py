"""A citizen's form comes in by the distributor and is read as plain strings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from integrations.distribution import (
    FIELDS,
    Field,
    ReceivedForm,
    answer_received,
    answer_rejected,
    application_form,
    fault,
    parse,
    parse_application,
)
from integrations.simulator.contracts import soap_request
from integrations.simulator.deliveries import delivery
from integrations.simulator.scenarios import load
from processes.domain.errors import RuleError
from tests.integrations.conftest import Outside

FORM_ID = "0b6f1c2e-58a7-4b6e-9d3f-6f1f0f5b7a10"
TRANSACTION = "5f0e8a34-0c1d-4f0a-8b2e-3d1a9c7e6b55"


def fields(**changed: str) -> dict[str, str]:
    return {
        "application_id": "7d8c1f0a-2b3c-4d5e-8f90-a1b2c3d4e5f6",
        "submitted_at": "2026-03-02T09:14:00+01:00",
        "contact_on": "2026-03-02",
        "applicant_cpr": "7205911142",
        "applies_jointly": "nej",
        "cohabitation": "enlig",
        "reason": "ledig",
        "lives_with_parents": "nej",
        "housing": "lejebolig",
        "wealth_applicant_kroner": "2400",
        "income_this_month_kroner": "ved_ikke",
        "requested_from": "2026-03-01",
        "residence_9_of_10_years": "ved_ikke",
        "work_two_and_a_half_years": "ja",
        "children_at_home": "0",
        "acute_need": "nej",
        "statement_accepted": "ja",
        **changed,
    }


# --- The application ------------------------------------------------------------------------


def test_an_application_is_read_as_it_was_written() -> None:
    written = fields(reason_text="Æble & <gren>", phone="70000001", spouse_cpr="8109901238")

    assert parse_application(application_form(written)) == written


@given(
    reason=st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=200
    )
)
def test_whatever_a_citizen_writes_survives(reason: str) -> None:
    written = fields(reason_text=reason)

    assert parse_application(application_form(written)).get("reason_text", "") == reason.strip()


def test_an_optional_field_left_empty_is_left_out() -> None:
    read = parse_application(application_form(fields(phone="", email="  ")))

    assert "phone" not in read
    assert "email" not in read


def test_do_not_know_is_a_value_and_not_a_gap() -> None:
    read = parse_application(application_form(fields(income_this_month_kroner="ved_ikke")))

    assert read["income_this_month_kroner"] == "ved_ikke"


@pytest.mark.parametrize(
    "field", [field for field in FIELDS if field.required], ids=lambda f: f.key
)
def test_a_missing_field_is_named_in_danish(field: Field) -> None:
    left = fields()
    del left[field.key]

    with pytest.raises(RuleError, match=re.escape(f"»{field.label}« mangler")):
        application_form(left)


@pytest.mark.parametrize(
    ("key", "value", "label"),
    [
        ("applicant_cpr", "720591", "Ansøgers CPR-nummer"),
        ("spouse_cpr", "abc", "Ægtefælles CPR-nummer"),
        ("submitted_at", "2026-03-02T09:14:00", "Indsendt"),
        ("wealth_applicant_kroner", "2400.50", "Din formue"),
        ("income_this_month_kroner", "-5", "Indtægt i denne måned"),
        ("residence_9_of_10_years", "måske", "Ophold i Danmark i 9 af 10 år"),
        ("children_at_home", "to", "Hjemmeboende børn"),
        ("reason", "ukendt", "Hvad er der sket?"),
        ("application_id", "12", "Ansøgningens id"),
    ],
)
def test_a_wrong_field_is_named_and_never_quoted(key: str, value: str, label: str) -> None:
    with pytest.raises(RuleError) as raised:
        application_form(fields(**{key: value}))

    assert label in str(raised.value)
    assert value not in str(raised.value)


def test_a_personal_number_must_begin_with_a_day() -> None:
    with pytest.raises(RuleError, match="begynder ikke med en dato"):
        application_form(fields(applicant_cpr="9913911142"))


def test_a_key_that_is_no_field_is_a_bug() -> None:
    with pytest.raises(ValueError, match="shoe_size"):
        application_form(fields(shoe_size="44"))


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"no xml", "ikke XML"),
        (b"<hilsen/>", "ikke en ansøgning"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "ikke XML"),
    ],
)
def test_what_is_no_application_is_refused(payload: bytes, says: str) -> None:
    with pytest.raises(RuleError, match=says):
        parse_application(payload)


@pytest.mark.parametrize("key", load("demo").applications)
def test_every_application_of_the_demo_can_be_handed_in(key: str) -> None:
    world = load("demo")
    written = {**world.applications[key], "application_id": FORM_ID}

    read = parse_application(application_form(written))

    assert read == written
    assert read["applicant_cpr"] == world.people[key].cpr


# --- The delivery ---------------------------------------------------------------------------


def a_delivery() -> bytes:
    return delivery(
        application_form(fields()),
        municipality_cvr="99000015",
        form_id=FORM_ID,
        transaction_id=TRANSACTION,
    )


def test_a_delivery_brings_the_form_and_who_it_is_for() -> None:
    form = parse(a_delivery())

    assert form == ReceivedForm(
        distribution_id=FORM_ID,
        transaction_id=TRANSACTION,
        sender_cvr="97100004",
        municipality_cvr="99000015",
        kle_subject="32.24.04",
        kle_facet="G01",
        form_type="KontanthjaelpAnsoegning",
        title="Ansøgning om kontanthjælp",
        payload=form.payload,
    )
    assert parse_application(form.payload) == fields()


def test_the_same_form_delivered_twice_has_the_same_id() -> None:
    assert parse(a_delivery()).distribution_id == parse(a_delivery()).distribution_id


def test_an_id_is_made_when_none_is_given() -> None:
    form = parse(delivery(application_form(fields()), municipality_cvr="99000015"))

    assert UUID(form.distribution_id) != UUID(form.transaction_id)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "ikke XML"),
        (b"<x/>", "FordelingsobjektModtag"),
        (a_delivery().replace(b"FORMULAR", b"BREV"), "ObjektType"),
        (a_delivery().replace(b"99000015", b"9900"), "RoutingMyndighed"),
        (a_delivery().replace(b">FORMULAR<", b">DOKUMENT<"), "ikke DOKUMENT"),
    ],
    ids=["empty", "other", "unknown-type", "bad-cvr", "document"],
)
def test_a_delivery_we_cannot_take_says_why(body: bytes, says: str) -> None:
    with pytest.raises(RuleError, match=says):
        parse(body)


@pytest.mark.parametrize(
    ("answer", "code"),
    [(answer_received(), "MODTAGET"), (answer_rejected("Formularen er ukendt."), "AFVIST")],
)
def test_an_answer_keeps_the_contract(answer: bytes, code: str) -> None:
    content = soap_request(answer, "sf2900/distribution.xsd")

    assert content.findtext(".//{*}ForretningsValideringsKode") == code


def test_a_fault_keeps_the_contract() -> None:
    envelope = etree.fromstring(fault("Forsendelsen er ikke XML."))

    detail = envelope.find(".//detail/{*}TransportKvittering")
    assert detail is not None
    assert detail.findtext("{*}TransportValideringsKode") == "FEJL"


class _Inbox(BaseHTTPRequestHandler):
    """Takes a delivery the way our own entry does."""

    forms: list[ReceivedForm]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            _Inbox.forms.append(parse(body))
            status, answer = 200, answer_received()
        except RuleError as error:
            status, answer = 500, fault(str(error))
        self.send_response(status)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 – the library's name
        pass


@pytest.fixture
def inbox() -> Iterator[str]:
    _Inbox.forms = []
    server = HTTPServer(("127.0.0.1", 0), _Inbox)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_distributor_delivers_over_http_and_hears_that_we_have_it(
    inbox: str, outside: Outside
) -> None:
    form = application_form(fields()).decode()

    answer = outside.tell("deliver", url=inbox, form=form, form_id=FORM_ID)

    assert (answer["status"], answer["code"]) == (200, "MODTAGET")
    assert [it.distribution_id for it in _Inbox.forms] == [FORM_ID]
    assert parse_application(_Inbox.forms[0].payload) == fields()
