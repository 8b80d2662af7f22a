"""Answers: was an event handed to whoever listens (Beskedfordeler, SF1462)?

The envelope is the published one; how it travels is our own guess until the AMQP access is had
(`provisional.py`). No personal data leaves here: an event names a case, never a person.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from integrations.calls import (
    NO_CREDENTIALS,
    REAL_PACING,
    STANDARD_LIMITS,
    Attempt,
    Counterpart,
    Credentials,
    Limits,
    Pacing,
)
from integrations.provisional import EVENTS_PATH, event_type_id, message_id, object_type_id
from processes.ports.gateways import CaseEvent, Clock, Receipt, ReceiptState

ENVELOPE: Final = "urn:oio:besked:kuvert:1.0"
OIO: Final = "urn:oio:sagdok:3.0.0"
SOURCE_SYSTEM: Final = "ky"


class EventDistributor:
    """The port `EventGateway`; the same key gives the same `BeskedId`."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock,
        limits: Limits = STANDARD_LIMITS,
        credentials: Credentials = NO_CREDENTIALS,
        pacing: Pacing = REAL_PACING,
    ) -> None:
        self._distributor = Counterpart(
            "beskedfordeler", "Beskedfordeler", url, clock, limits, credentials, pacing=pacing
        )

    def publish(self, event: CaseEvent) -> Receipt:
        """Hand over one event."""
        body = envelope(event)

        def ask(attempt: Attempt) -> etree._Element:
            answer = self._distributor.post(
                EVENTS_PATH, body, headers={"Content-Type": "text/xml"}, attempt=attempt
            )
            return self._distributor.accepted(answer)

        document, call = self._distributor.call(
            "BeskedAfsend", ask, municipality_cvr=event.municipality_cvr
        )
        if document.find("{*}StatusKode") is None:
            raise self._distributor.unreadable(retryable=False)
        return Receipt(
            idempotency_key=event.idempotency_key,
            state=ReceiptState.ACCEPTED,
            reference=_message_id(event),
            reason_code="",
            at=call.answered_at,
        )


def envelope(event: CaseEvent) -> bytes:
    """Write one event as a Haendelsesbesked."""
    municipality = f"urn:oio:cvr-nr:{event.municipality_cvr.digits}"
    moment = event.at.isoformat()
    message = etree.Element(
        f"{{{ENVELOPE}}}Haendelsesbesked", nsmap={"besked": ENVELOPE, "oio": OIO}
    )
    _uuid(_add(message, "BeskedId"), _message_id(event))
    _add(message, "BeskedVersion", "1.0")
    cover = _add(message, "Beskedkuvert")
    routing = _add(cover, "Filtreringsdata")
    _uuid(_add(routing, "Beskedtype"), event_type_id(event.kind))
    _urn(_add(routing, "BeskedAnsvarligAktoer"), municipality)
    _urn(_add(routing, "TilladtModtager"), municipality)
    case = _add(routing, "ObjektRegistrering")
    _uuid(_add(case, "ObjektRegistreringId"), _message_id(event))
    _urn(_add(case, "RegistreringsAktoer"), municipality)
    _moment(_add(case, "Registreringstidspunkt"), moment)
    _urn(_add(case, "ObjektAnsvarligMyndighed"), municipality)
    _urn(_add(case, "ObjektId"), f"urn:ky:sag:{event.case_id}")
    _uuid(_add(case, "ObjektType"), object_type_id("sag"))
    _uuid(_add(case, "ObjektHandling"), object_type_id(event.kind))
    _urn(_add(case, "OpgaveEmne"), f"urn:oio:kle:{event.kle_subject}")
    delivery = _add(cover, "Leveranceinformation")
    _moment(_add(delivery, "Dannelsestidspunkt"), moment)
    _add(delivery, "TransaktionsId", event.idempotency_key)
    _add(delivery, "Kildesystem", SOURCE_SYSTEM)
    what = _add(_add(message, "Beskeddata"), "Sagshaendelse")
    _add(what, "Type", event.kind)
    _add(what, "Sagsnummer", event.case_number)
    return etree.tostring(message, xml_declaration=True, encoding="UTF-8")


def _message_id(event: CaseEvent) -> str:
    return message_id(event.idempotency_key, event.municipality_cvr.digits)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ENVELOPE}}}{name}")
    element.text = text
    return element


def _uuid(parent: etree._Element, value: str) -> None:
    etree.SubElement(parent, f"{{{OIO}}}UUIDIdentifikator").text = value


def _urn(parent: etree._Element, value: str) -> None:
    etree.SubElement(parent, f"{{{OIO}}}URNIdentifikator").text = value


def _moment(parent: etree._Element, value: str) -> None:
    etree.SubElement(parent, f"{{{OIO}}}TidsstempelDatoTid").text = value
