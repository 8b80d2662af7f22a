"""One call: its limits, its retries, its errors, and what it shows in a log."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.calls import (
    Attempt,
    Counterpart,
    HttpAnswer,
    Limits,
    Pacing,
    RedactingFilter,
    Reported,
    parsed_xml,
    redacted,
    reported_error,
)
from processes.domain.errors import OutsideError, RuleError
from processes.domain.identifiers import Cvr
from tests.integrations.conftest import EGEKOEB, Outside, Pauses, StoppedClock


def a_counterpart(
    url: str = "http://127.0.0.1:9",
    *,
    limits: Limits = Limits(),  # noqa: B008 – frozen
    pacing: Pacing = Pacing(),  # noqa: B008 – frozen
    meanings: Mapping[str, str] | None = None,
) -> Counterpart:
    return Counterpart(
        "proeve", "Prøven", url, StoppedClock(), limits, pacing=pacing, meanings=meanings or {}
    )


# --- Retries --------------------------------------------------------------------------------


def test_only_what_may_help_is_asked_again() -> None:
    asked: list[Attempt] = []
    pauses = Pauses()
    it = a_counterpart(pacing=pauses.pacing())

    def refuse(attempt: Attempt) -> None:
        asked.append(attempt)
        raise it.refused(Reported("4711", "Nej"))

    with pytest.raises(OutsideError):
        it.call("spoerg", refuse, municipality_cvr=EGEKOEB)

    assert len(asked) == 1
    assert pauses.seconds == []


def test_pauses_double_and_chance_only_lengthens_them() -> None:
    waited: list[float] = []
    it = a_counterpart(
        limits=Limits(attempts=4, pause_seconds=1.0, seconds=60),
        pacing=Pacing(sleep=waited.append, jitter=lambda: 1.0),
    )

    def fail(attempt: Attempt) -> None:
        raise it.unavailable()

    with pytest.raises(OutsideError):
        it.call("spoerg", fail, municipality_cvr=EGEKOEB)

    assert waited == [1.0, 2.0, 4.0]


def test_no_attempt_begins_after_the_time_is_up() -> None:
    seconds = itertools.count()
    asked: list[Attempt] = []
    it = a_counterpart(
        limits=Limits(seconds=4, attempts=100, pause_seconds=0.001),
        pacing=Pacing(sleep=lambda _: None, ticks=lambda: float(next(seconds))),
    )

    def fail(attempt: Attempt) -> None:
        asked.append(attempt)
        raise it.unavailable()

    with pytest.raises(OutsideError):
        it.call("spoerg", fail, municipality_cvr=EGEKOEB)

    assert len(asked) < 4


def test_an_answer_that_drips_past_the_time_limit_is_a_timeout(outside: Outside) -> None:
    seconds = itertools.count()
    it = a_counterpart(
        outside.url,
        limits=Limits(seconds=3, attempts=1),
        pacing=Pacing(ticks=lambda: float(next(seconds))),
    )

    with pytest.raises(OutsideError) as raised:
        it.call(
            "spoerg",
            lambda attempt: it.post("/__control/health", b"", headers={}, attempt=attempt),
            municipality_cvr=EGEKOEB,
        )

    assert raised.value.code == "timeout"


def test_an_answer_larger_than_the_limit_is_not_read_to_the_end(outside: Outside) -> None:
    it = a_counterpart(outside.url, limits=Limits(answer_bytes=10))

    with pytest.raises(OutsideError) as raised:
        it.call(
            "spoerg",
            lambda attempt: it.post("/__control/health", b"", headers={}, attempt=attempt),
            municipality_cvr=EGEKOEB,
        )

    assert (raised.value.code, raised.value.retryable) == ("invalid_answer", False)


def test_a_bug_of_ours_keeps_its_traceback() -> None:
    it = a_counterpart()

    def stumble(attempt: Attempt) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        it.call("spoerg", stumble, municipality_cvr=EGEKOEB)


def test_a_call_is_remembered_by_the_id_that_was_sent() -> None:
    it = a_counterpart()

    sent, call = it.call("spoerg", lambda attempt: attempt.correlation_id, municipality_cvr=EGEKOEB)

    assert call.correlation_id == sent
    assert call.answered_at == StoppedClock().now()


def test_credentials_prove_which_municipality_calls(outside: Outside) -> None:
    class Badge:
        asked: list[tuple[str, str]]

        def __init__(self) -> None:
            self.asked = []

        def headers(self, system: str, municipality_cvr: Cvr) -> Mapping[str, str]:
            self.asked.append((system, municipality_cvr.digits))
            return {"Authorization": "Holder-of-key x"}

        def certificate(self, system: str) -> None:
            return None

    badge = Badge()
    it = Counterpart("proeve", "Prøven", outside.url, StoppedClock(), credentials=badge)

    it.call(
        "spoerg",
        lambda attempt: it.post("/__control/health", b"", headers={}, attempt=attempt),
        municipality_cvr=EGEKOEB,
    )

    assert badge.asked == [("proeve", "99000015")]


# --- The five error shapes ------------------------------------------------------------------

SP_FAULT = b"""
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>
  <faultcode>s:Server</faultcode><faultstring>Fejl</faultstring><detail>
  <ServiceplatformFault xmlns="http://serviceplatformen.dk/xml/schemas/ServiceplatformFault/1/">
    <ErrorList><Error><ErrorCode>PNR_NOT_FOUND</ErrorCode><ErrorText>Ukendt</ErrorText></Error>
  </ErrorList></ServiceplatformFault></detail></s:Fault></s:Body></s:Envelope>"""
OIO_RETURN = b"""
<StandardRetur xmlns="urn:oio:sagdok:3.0.0">
  <StatusKode>44</StatusKode><FejlbeskedTekst>Findes ikke</FejlbeskedTekst></StandardRetur>"""
CONTEXT_ERROR = b"""
<Svar xmlns="http://kombit.dk/xml/schemas/kontekst/2017/01/01/"><HovedOplysningerSvar>
  <SvarReaktion><Fejl><FejlId>4804</FejlId><FejlTekst>Ingen adgang</FejlTekst></Fejl></SvarReaktion>
</HovedOplysningerSvar></Svar>"""
TRANSPORT_RECEIPT = b"""
<TransportKvittering
  xmlns="http://serviceplatformen.dk/xml/wsdl/soap11/DistributionService/2/types">
  <TransportValideringsKode>FEJL</TransportValideringsKode>
  <Begrundelse>Ukendt modtager</Begrundelse>
</TransportKvittering>"""
TOKEN_FAULT = b"""
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>
  <faultcode>s:Client</faultcode><faultstring>Security model was not provided</faultstring>
</s:Fault></s:Body></s:Envelope>"""


@pytest.mark.parametrize(
    ("body", "code", "text"),
    [
        (SP_FAULT, "PNR_NOT_FOUND", "Ukendt"),
        (OIO_RETURN, "44", "Findes ikke"),
        (CONTEXT_ERROR, "4804", "Ingen adgang"),
        (TRANSPORT_RECEIPT, "FEJL", "Ukendt modtager"),
        (TOKEN_FAULT, "s:Client", "Security model was not provided"),
    ],
    ids=["serviceplatform", "standard_retur", "kontekst", "transport", "token"],
)
def test_every_error_shape_is_read(body: bytes, code: str, text: str) -> None:
    assert reported_error(parsed_xml(body.strip())) == Reported(code, text)


@pytest.mark.parametrize(
    "body",
    [
        b"<StandardRetur xmlns='urn:oio:sagdok:3.0.0'><StatusKode>20</StatusKode></StandardRetur>",
        b"<Svar><SvarReaktion><Advis><AdvisId>1</AdvisId></Advis></SvarReaktion></Svar>",
        b"<a><TransportKvittering><TransportValideringsKode>OK</TransportValideringsKode>\
</TransportKvittering></a>",
    ],
    ids=["20", "advis", "ok"],
)
def test_a_good_answer_and_a_warning_are_no_errors(body: bytes) -> None:
    assert reported_error(parsed_xml(body)) is None


def test_a_systems_own_code_can_mean_more_than_rejected() -> None:
    it = a_counterpart(meanings={"PNR_NOT_FOUND": "not_found", "LUKKET": "unavailable"})

    unknown = it.refused(Reported("PNR_NOT_FOUND", ""))
    closed = it.refused(Reported("LUKKET", ""))

    assert (unknown.code, unknown.retryable) == ("not_found", False)
    assert (closed.code, closed.retryable) == ("unavailable", True)


def test_an_error_never_quotes_a_personal_number() -> None:
    error = a_counterpart().refused(Reported("9", "Nummeret 720591-1142 (7205911142) er spærret"))

    assert "7205911142" not in str(error)
    assert "720591-1142" not in str(error)
    assert "er spærret" in str(error)


@pytest.mark.parametrize(
    ("status", "code"), [(500, "unavailable"), (404, "rejected"), (200, "invalid_answer")]
)
def test_an_answer_that_is_no_xml_is_judged_by_its_status(status: int, code: str) -> None:
    with pytest.raises(OutsideError) as raised:
        a_counterpart().accepted(HttpAnswer(status, {}, b"<html>oops"))

    assert raised.value.code == code


def test_an_error_status_without_a_known_error_is_still_an_error() -> None:
    with pytest.raises(OutsideError, match="HTTP 403"):
        a_counterpart().accepted(HttpAnswer(403, {}, b"<forbidden/>"))


@pytest.mark.parametrize(
    "surprise", [ValueError, KeyError, AttributeError, TypeError, ArithmeticError, RuleError]
)
def test_a_surprise_in_an_answer_is_an_outside_error(surprise: type[Exception]) -> None:
    with pytest.raises(OutsideError) as raised, a_counterpart().reading():
        raise surprise("?")

    assert (raised.value.code, raised.value.retryable) == ("invalid_answer", False)


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b'<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
    ],
)
def test_a_document_type_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="document type"):
        parsed_xml(body)


# --- Redaction ------------------------------------------------------------------------------

digits = st.text("0123456789", min_size=10, max_size=10)


@given(number=digits, separator=st.sampled_from(["", "-", " "]), before=st.text(), after=st.text())
def test_no_personal_number_survives_redaction(
    number: str, separator: str, before: str, after: str
) -> None:
    written = number[:6] + separator + number[6:]
    # Next to another digit it is part of a longer number, and no personal number.
    text = f"{before}|{written}|{after}"

    assert f"|{written}|" not in redacted(text)


@given(st.uuids())
def test_a_correlation_id_stays_readable(correlation_id: object) -> None:
    assert redacted(f"correlation={correlation_id} ok") == f"correlation={correlation_id} ok"


def test_a_longer_number_is_left_alone() -> None:
    assert redacted("felt 100000000000057") == "felt 100000000000057"


def test_the_log_filter_hides_numbers_in_arguments_and_tracebacks() -> None:
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "PNR %s", ("7205911142",), None)
    try:
        raise ValueError("720591-1142")
    except ValueError as error:
        record.exc_info = (type(error), error, error.__traceback__)

    kept = RedactingFilter().filter(record)

    assert kept
    shown = logging.Formatter().format(record)
    assert "7205911142" not in shown
    assert "720591-1142" not in shown
    assert "ValueError" in shown
