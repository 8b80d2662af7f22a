"""The virus scanner over its own protocol: clean, found, not judged, and not there."""

import pytest

from integrations.clamd import CHUNK_BYTES, Clamd, NoScanner, scanner_at
from processes.domain.errors import OutsideError
from processes.ports.gateways import ScanAnswer
from tests.integrations import clamd_server
from tests.integrations.clamd_server import EICAR


def test_a_clean_file_is_scanned_whole_whatever_its_size() -> None:
    content = b"%PDF-1.7\n" + b"x" * (2 * CHUNK_BYTES + 7)

    with clamd_server.running() as daemon:
        answer = Clamd(daemon.url, seconds=2).scan(content)

    assert answer == ScanAnswer(is_scanned=True)
    assert daemon.seen == [content]


def test_a_virus_is_named() -> None:
    with clamd_server.running() as daemon:
        answer = Clamd(daemon.url, seconds=2).scan(b"%PDF-1.7\n" + EICAR)

    assert answer == ScanAnswer(is_scanned=True, virus="Eicar-Signature")


@pytest.mark.parametrize(
    "says", [b"INSTREAM size limit exceeded. ERROR\0", b"stream: \0", b"UNKNOWN COMMAND\0"]
)
def test_what_the_scanner_could_not_judge_is_never_clean(says: bytes) -> None:
    with (
        clamd_server.running(says) as daemon,
        pytest.raises(OutsideError) as refused,
    ):
        Clamd(daemon.url, seconds=2).scan(b"%PDF-1.7")

    assert refused.value.code == "invalid_answer"


def test_a_scanner_that_is_not_there_is_an_outside_error() -> None:
    with clamd_server.running() as daemon:
        url = daemon.url

    with pytest.raises(OutsideError) as away:
        Clamd(url, seconds=1).scan(b"%PDF-1.7")

    assert (away.value.code, away.value.retryable) == ("unavailable", True)


def test_without_a_setting_nothing_is_scanned_and_that_is_said() -> None:
    scanner = scanner_at(None, seconds=1)

    assert isinstance(scanner, NoScanner)
    assert scanner.scan(EICAR) == ScanAnswer(is_scanned=False)


def test_an_address_that_is_none_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="tcp://host:port"):
        Clamd("http://scanner", seconds=1)
