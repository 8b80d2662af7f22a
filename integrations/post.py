"""Answers: was a letter taken, and by which channel (SF1601 KombiPostAfsend with MeMo)?

Hands the same PDF over twice in one request: as a MeMo message for Digital Post, and as a letter
to print. The service uses the one that the receiver's registration asks for.
"""

from __future__ import annotations

import base64
import re
import unicodedata
import uuid
from typing import Final

from lxml import etree

from integrations.calls import (
    HTTP_OK,
    NO_CREDENTIALS,
    REAL_PACING,
    STANDARD_LIMITS,
    Attempt,
    Counterpart,
    Credentials,
    HttpAnswer,
    Limits,
    Pacing,
    Reported,
    reported_error,
)
from processes.ports.gateways import (
    Channel,
    Clock,
    PostItem,
    PostReceipt,
    Receipt,
    ReceiptState,
)

PATH: Final = "/service/KombiPostAfsend_1/kombi"
CHOICE: Final = "Automatisk Valg"
MEMO: Final = "https://DigitalPost.dk/MeMo-1"
PRINT: Final = "urn:oio:fjernprint:1.0.0"
DKAL: Final = "urn:oio:dkal:1.0.0"
DAGPENGE: Final = "urn:oio:adir:dagpenge:2009.07.01"
SAGDOK: Final = "urn:oio:sagdok:3.0.0"
MEMO_VERSION: Final = "1.1"
MEMO_SCHEMA_VERSION: Final = "1.1.0"
LABEL_CHARACTERS: Final = 255
FILENAME_CHARACTERS: Final = 80

_SPELLED: Final = {
    ord(letter): spelled
    for letter, spelled in zip("æøåÆØÅ", ("ae", "oe", "aa", "Ae", "Oe", "Aa"), strict=True)
}
_LETTERS: Final = uuid.UUID("b3a1f5ce-0c0b-5d8a-8f2e-7f7f0f8f4c21")
"""The space of our message ids: the same key gives the same id."""


class DigitalPost:
    """The port `PostGateway`, by SF1601."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock,
        limits: Limits = STANDARD_LIMITS,
        credentials: Credentials = NO_CREDENTIALS,
        pacing: Pacing = REAL_PACING,
    ) -> None:
        self._post = Counterpart(
            "digital_post", "Digital Post", url, clock, limits, credentials, pacing=pacing
        )

    def send(self, item: PostItem) -> PostReceipt:
        """Hand over one letter."""
        body = self.request(item)

        def ask(attempt: Attempt) -> PostReceipt:
            answer = self._post.post(
                PATH,
                body,
                headers={"Content-Type": "application/xml", "Accept": "application/xml"},
                attempt=attempt,
            )
            return self._receipt(item, answer)

        receipt, _ = self._post.call("KombiPostAfsend", ask, municipality_cvr=item.municipality_cvr)
        return receipt

    def _receipt(self, item: PostItem, answer: HttpAnswer) -> PostReceipt:
        document = self._post.parsed(answer)
        reported = reported_error(document)
        if answer.status != HTTP_OK:
            raise self._post.refused(reported or Reported(f"HTTP {answer.status}", ""))
        if document.tag != "kombi_response":
            raise self._post.unreadable(retryable=False)
        accepted = (document.findtext("Result") or "").strip().lower() in {"true", "1"}
        transmission = (document.findtext("TransmissionID") or "").strip()
        # Assumes: only Digital Post gives a transmission id; a print order is accepted without.
        return PostReceipt(
            Receipt(
                idempotency_key=item.idempotency_key,
                state=ReceiptState.ACCEPTED if accepted else ReceiptState.REJECTED,
                reference=transmission or _message_id(item),
                reason_code="" if accepted else (reported.code if reported else "UKENDT"),
                at=self._post.clock.now(),
            ),
            Channel.DIGITAL_POST if transmission else Channel.PAPER,
        )

    def request(self, item: PostItem) -> bytes:
        """Write the request for one letter."""
        request = etree.Element("kombi_request")
        etree.SubElement(request, "KombiValgKode").text = CHOICE
        content = base64.b64encode(item.pdf).decode("ascii")
        request.append(_printed(item, content))
        request.append(_memo(item, content, self._post.clock.now().isoformat()))
        return etree.tostring(request, xml_declaration=True, encoding="UTF-8")


def _message_id(item: PostItem) -> str:
    return str(uuid.uuid5(_LETTERS, f"{item.municipality_cvr.digits}:{item.idempotency_key}"))


def filename(title: str) -> str:
    """Make a file name of a title: Digital Post takes plain letters, digits, `-` and `_`.

    >>> filename("Afgørelse om kontanthjælp (maj)")
    'Afgoerelse_om_kontanthjaelp_maj.pdf'
    """
    plain = (
        unicodedata.normalize("NFKD", title.translate(_SPELLED))
        .encode("ascii", "ignore")
        .decode("ascii")
    )
    name = re.sub(r"[^A-Za-z0-9-]+", "_", plain).strip("_")[:FILENAME_CHARACTERS]
    return f"{name or 'brev'}.pdf"


def _memo(item: PostItem, content: str, created: str) -> etree._Element:
    message = etree.Element(_in(MEMO, "Message"), nsmap={"memo": MEMO})
    message.set("memoVersion", MEMO_VERSION)
    message.set("memoSchVersion", MEMO_SCHEMA_VERSION)
    header = _add(message, MEMO, "MessageHeader")
    _add(header, MEMO, "messageType", "DIGITALPOST")
    _add(header, MEMO, "messageUUID", _message_id(item))
    _add(header, MEMO, "messageID", item.idempotency_key)
    _add(header, MEMO, "label", item.title[:LABEL_CHARACTERS])
    _add(header, MEMO, "mandatory", "false")
    _add(header, MEMO, "legalNotification", "false")
    sender = _add(header, MEMO, "Sender")
    _add(sender, MEMO, "senderID", item.municipality_cvr.digits)
    _add(sender, MEMO, "idType", "CVR")
    _add(sender, MEMO, "label", item.sender_name[:LABEL_CHARACTERS])
    recipient = _add(header, MEMO, "Recipient")
    _add(recipient, MEMO, "recipientID", item.receiver.digits)
    _add(recipient, MEMO, "idType", "CPR")
    body = _add(message, MEMO, "MessageBody")
    _add(body, MEMO, "createdDateTime", created)
    file = _add(_add(body, MEMO, "MainDocument"), MEMO, "File")
    _add(file, MEMO, "encodingFormat", "application/pdf")
    _add(file, MEMO, "filename", filename(item.title))
    _add(file, MEMO, "language", "da")
    _add(file, MEMO, "content", content)
    return message


def _printed(item: PostItem, content: str) -> etree._Element:
    collection = etree.Element("ForsendelseISamling")
    letter = _add(collection, PRINT, "ForsendelseI")
    _add(letter, PRINT, "AfsendelseIdentifikator", _message_id(item))
    receiver = _add(_add(letter, PRINT, "ForsendelseModtager"), DKAL, "AfsendelseModtager")
    _add(receiver, DAGPENGE, "CPRnummerIdentifikator", item.receiver.digits)
    _add(letter, DKAL, "FilformatNavn", "pdf")
    _add(letter, DKAL, "MeddelelseIndholdData", content)
    _add(_add(letter, PRINT, "DokumentParametre"), SAGDOK, "TitelTekst", item.title)
    return collection


def _in(namespace: str, name: str) -> str:
    return f"{{{namespace}}}{name}"


def _add(
    parent: etree._Element, namespace: str, name: str, text: str | None = None
) -> etree._Element:
    element = etree.SubElement(parent, _in(namespace, name))
    element.text = text
    return element
