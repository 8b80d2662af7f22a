"""Every error ends in a Danish page with a way out, and says nothing it should not."""

import logging

import pytest
from flask import Flask

from app import errors
from processes.domain.errors import (
    BrokenStateError,
    ConflictError,
    NotAllowedError,
    NotFoundError,
    OutsideError,
    RateMissingError,
    RuleError,
    SafeguardError,
    TwoPersonError,
)
from tests.web.client import Client
from tests.web.fake_core import FakeCore


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RuleError("Ret det."), 422),
        (NotFoundError("Findes ikke."), 404),
        (NotAllowedError("Må ikke."), 403),
        (TwoPersonError("Fire øjne."), 403),
        (ConflictError("Nogen kom først."), 409),
        (RateMissingError("Ingen sats."), 422),
        (SafeguardError("Værn."), 422),
        (OutsideError("nede", system="CPR", code="timeout", retryable=True), 503),
        (BrokenStateError("i stykker"), 500),
        (ZeroDivisionError("bug"), 500),
    ],
)
def test_each_kind_of_error_has_its_page(
    karin: Client, world: FakeCore, error: Exception, status: int
) -> None:
    def fail(*_: object) -> None:
        raise error

    world.cases.page = fail  # type: ignore[method-assign,assignment]  # the core fails

    page = karin.get("/sager/sag-1", status=status)

    assert "Gå til forsiden" in page.links()


def test_a_bug_shows_a_number_and_logs_its_traceback_without_what_was_typed(
    karin: Client, world: FakeCore, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("oops")

    world.cases.search = fail  # type: ignore[method-assign,assignment]  # the core fails

    with caplog.at_level(logging.ERROR):
        page = karin.send_and_see(
            karin.get("/sager"), "/sager/soeg", {"text": "610190-1234"}, status=500
        )

    [record] = caplog.records
    assert record.exc_info is not None
    assert str(record.args[0]) in page.text  # type: ignore[index]  # the reference
    assert "610190" not in caplog.text.replace("610190", "", 0)


def test_an_outside_error_does_not_tell_the_counterparts_words(
    karin: Client, world: FakeCore
) -> None:
    def fail(*_: object) -> None:
        raise OutsideError("SOAP fault 6101901234", system="CPR", code="x", retryable=False)

    world.cases.page = fail  # type: ignore[method-assign,assignment]  # the core fails

    page = karin.get("/sager/sag-1", status=503)

    assert "SOAP" not in page.text


def test_an_unknown_address_is_told_in_danish(karin: Client) -> None:
    assert karin.get("/findes-ikke", status=404).heading == "Siden findes ikke"


def test_an_unknown_address_is_told_to_strangers_too(client: Client) -> None:
    assert client.get("/findes-ikke", status=404).heading == "Siden findes ikke"


def test_too_much_is_refused(karin: Client, app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 100
    page = karin.get("/sager")

    answer = karin.send_and_see(page, "/sager/soeg", {"text": "x" * 200}, status=413)

    assert answer.heading == "Det fylder for meget"


def test_the_table_asks_for_the_narrowest_kind_first() -> None:
    kinds = [kind for kind, _ in errors.PAGES]

    for place, kind in enumerate(kinds):
        assert not any(issubclass(kind, wider) for wider in kinds[:place]), kind
