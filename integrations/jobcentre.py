"""Answers: what does the jobcentre ask for through Beskedfordeler (SF1462), and how do we answer?

The distributor calls us; a view hands the bytes to `parse` and sends `answer_received` back. A
request is only news: whether there is a sanction is decided by a person, after a hearing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from lxml import etree

from integrations.calls import parsed_xml
from processes.domain.errors import RuleError
from processes.domain.identifiers import Cpr

CONTRACT: Final = Path(__file__).parent / "contracts" / "provisional" / "sf1462_sanction.xsd"
ENVELOPE: Final = "urn:oio:besked:kuvert:1.0"
SANCTION: Final = "urn:ky:provisional:sanktionsanmodning:1"
RETURN: Final = "urn:oio:sagdok:3.0.0"
MUNICIPALITY_URN: Final = "urn:oio:cvr-nr:"
ACCEPTED: Final = "20"
UNREADABLE: Final = "41"


@dataclass(frozen=True)
class ReceivedSanctionRequest:
    """A request for a sanction as Beskedfordeler delivered it (modtaget sanktionsanmodning)."""

    message_id: str
    """The message's own id: the same message delivered twice carries it twice."""
    municipality_cvr: str
    cpr: Cpr
    paragraph: str
    from_on: date
    contact_on: date | None
    group: str
    text: str


def parse(body: bytes) -> ReceivedSanctionRequest:
    """Read one message; `RuleError` when it is none we can take. No reason quotes a value."""
    try:
        message = parsed_xml(body)
    except ValueError as error:
        raise RuleError("Beskeden er ikke XML, der kan læses. Send den igen.") from error
    asked = message.find(f"{{{ENVELOPE}}}Beskeddata/{{{SANCTION}}}Sanktionsanmodning")
    if message.tag != f"{{{ENVELOPE}}}Haendelsesbesked" or asked is None:
        raise RuleError("Beskeden er ikke en anmodning om en sanktion. Send den til rette sted.")
    if not _schema().validate(etree.fromstring(etree.tostring(asked, with_tail=False))):
        raise RuleError("Anmodningen om en sanktion kan ikke læses. Ret den, og send den igen.")
    message_id = _text(message, "BeskedId/{*}UUIDIdentifikator").lower()
    receiver = _text(message, "Beskedkuvert/Filtreringsdata/TilladtModtager/{*}URNIdentifikator")
    if not message_id or not receiver.startswith(MUNICIPALITY_URN):
        raise RuleError("Beskeden siger ikke, hvad dens id er, og hvem den er til. Ret den.")
    contact_on = asked.findtext(f"{{{SANCTION}}}KontaktGenoprettetDato")
    return ReceivedSanctionRequest(
        message_id=message_id,
        municipality_cvr=receiver.removeprefix(MUNICIPALITY_URN),
        cpr=Cpr.parse(_said(asked, "Personnummer")),
        paragraph=_said(asked, "Paragraf"),
        from_on=date.fromisoformat(_said(asked, "Haendelsesdato")),
        contact_on=date.fromisoformat(contact_on) if contact_on else None,
        group=_said(asked, "Maalgruppe"),
        text=_said(asked, "Beskrivelse").strip(),
    )


def answer_received() -> bytes:
    """Answer: we have it; what comes of it is told in an event of its own."""
    return _answer(ACCEPTED, "")


def answer_unreadable(reason: str) -> bytes:
    """Answer: we cannot take it. The reason names no person."""
    return _answer(UNREADABLE, reason)


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(CONTRACT)))


def _said(asked: etree._Element, name: str) -> str:
    return asked.findtext(f"{{{SANCTION}}}{name}") or ""


def _text(message: etree._Element, path: str) -> str:
    parts = [part if part.startswith("{") else f"{{{ENVELOPE}}}{part}" for part in path.split("/")]
    return (message.findtext("/".join(parts)) or "").strip()


def _answer(code: str, reason: str) -> bytes:
    answer = etree.Element(f"{{{RETURN}}}StandardRetur", nsmap={"oio": RETURN})
    etree.SubElement(answer, f"{{{RETURN}}}StatusKode").text = code
    if reason:
        etree.SubElement(answer, f"{{{RETURN}}}FejlbeskedTekst").text = reason
    return etree.tostring(answer, xml_declaration=True, encoding="UTF-8")
