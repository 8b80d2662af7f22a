"""Answers: how is a SOAP operation called by its contract? The only module that knows zeep."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import zeep
from zeep.exceptions import Fault, TransportError, XMLParseError, XMLSyntaxError
from zeep.transports import Transport

from integrations.calls import Attempt, Counterpart, Reported
from processes.domain.identifiers import Cvr
from processes.ports.gateways import CallId

CONTRACTS: Final = Path(__file__).parent / "contracts"
ADDRESS: Final = "ky:counterpart"
"""Stands in zeep's place for an address: the counterpart knows where it is."""

Question = Mapping[str, Any]


@dataclass(frozen=True)
class _Reply:
    """An HTTP answer in the shape zeep reads."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    encoding: str = "utf-8"


class _Wire(Transport):
    """Carries zeep's messages over a counterpart, and reads contracts from our own folder only."""

    def __init__(self, counterpart: Counterpart, path: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # zeep has no type hints
        self.counterpart = counterpart
        self.path = path
        self.attempt: Attempt | None = None

    def load(self, url: str) -> bytes:
        """Read a contract file; a contract never comes from the network."""
        file = Path(url).resolve()
        if not file.is_relative_to(CONTRACTS):
            raise ValueError(f"contracts are read from {CONTRACTS} only, not {url}")
        return file.read_bytes()

    def post(self, address: str, message: bytes, headers: Mapping[str, str]) -> _Reply:
        """Send one envelope; an error in the answer is raised before zeep reads it."""
        del address
        if self.attempt is None:
            raise RuntimeError("a SOAP message is only sent from inside a call")
        answer = self.counterpart.post(self.path, message, headers=headers, attempt=self.attempt)
        self.counterpart.accepted(answer)
        return _Reply(answer.status, answer.headers, answer.body)


class SoapService:
    """One service by its WSDL: `call` gives an answer, or an `OutsideError`.

    Each thread gets its own zeep client: parsing a small local WSDL takes milliseconds, and
    zeep does not promise that a client can be shared.
    """

    def __init__(self, counterpart: Counterpart, *, wsdl: str, path: str) -> None:
        self.counterpart = counterpart
        self._wsdl = CONTRACTS / wsdl
        self._path = path
        self._threads = threading.local()

    def call(
        self, operation: str, question: Callable[[Attempt], Question], *, municipality_cvr: Cvr
    ) -> tuple[Any, CallId]:
        """Ask one operation; `question` makes the arguments of each attempt."""

        def ask(attempt: Attempt) -> Any:
            client = self._client()
            wire: _Wire = client.transport
            wire.attempt = attempt
            try:
                return getattr(client.service, operation)(**question(attempt))
            except (TransportError, XMLParseError, XMLSyntaxError) as error:
                raise self.counterpart.unreadable(retryable=False) from error
            except Fault as error:
                said = Reported(str(error.code or ""), str(error.message or ""))
                raise self.counterpart.refused(said) from error
            finally:
                wire.attempt = None

        return self.counterpart.call(operation, ask, municipality_cvr=municipality_cvr)

    def operations(self) -> Mapping[str, str]:
        """Return the contract's operations with their SOAP actions."""
        service = next(iter(self._client().wsdl.services.values()))
        port = next(iter(service.ports.values()))
        return {operation.name: operation.soapaction for operation in port.binding.all().values()}

    def _client(self) -> Any:
        client = getattr(self._threads, "client", None)
        if client is None:
            client = zeep.Client(  # type: ignore[no-untyped-call]  # zeep has no type hints
                str(self._wsdl),
                transport=_Wire(self.counterpart, self._path),
                settings=zeep.Settings(
                    strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True
                ),
            )
            self._threads.client = client
        return client
