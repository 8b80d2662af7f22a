"""A test that reaches out fails: the outside is the simulator, on this machine."""

import http.server
import socket
import threading
import urllib.request

import pytest
import requests

NOWHERE = "192.0.2.1"
"""An address kept for documentation: nobody answers there, so nobody is bothered if this fails."""


def test_a_connection_that_leaves_the_machine_is_refused() -> None:
    with pytest.raises(AssertionError, match=NOWHERE):
        socket.create_connection((NOWHERE, 80), timeout=1)


def test_a_connection_asked_for_by_its_error_code_is_refused_too() -> None:
    with socket.socket() as outward:
        outward.settimeout(1)
        with pytest.raises(AssertionError, match=NOWHERE):
            outward.connect_ex((NOWHERE, 80))


def test_a_call_over_http_is_refused_whatever_makes_it() -> None:
    with pytest.raises(AssertionError, match=NOWHERE):
        requests.get(f"http://{NOWHERE}/", timeout=1)
    with pytest.raises(AssertionError, match=NOWHERE):
        urllib.request.urlopen(f"http://{NOWHERE}/", timeout=1)


class Answering(http.server.BaseHTTPRequestHandler):
    """Answers every GET."""

    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 – the library's name
        """Say nothing."""


def test_this_machine_may_be_called() -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        answer = requests.get(f"http://127.0.0.1:{server.server_port}/", timeout=5)
        thread.join()

    assert answer.status_code == 204
