"""Answers: what did Beskedfordeler tell us of a person (SF1462), and how do we answer?

The distributor calls us; a view hands the bytes to `parse` and sends `answer_received` back. An
event is only news: what is true of the person is asked of CPR afterwards.
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

CONTRACT: Final = Path(__file__).parent / "contracts" / "provisional" / "sf1462_person.xsd"
ENVELOPE: Final = "urn:oio:besked:kuvert:1.0"
PERSON: Final = "urn:ky:provisional:personhaendelse:1"
RETURN: Final = "urn:oio:sagdok:3.0.0"
MUNICIPALITY_URN: Final = "urn:oio:cvr-nr:"
ACCEPTED: Final = "20"
UNREADABLE: Final = "41"


@dataclass(frozen=True)
class ReceivedPersonEvent:
    """An event of a person as Beskedfordeler delivered it (modtaget personhændelse)."""

    message_id: str
    """The message's own id: the same message delivered twice carries it twice."""
    municipality_cvr: str
    kind: str
    """`doedsfald`, `flytning`, `udrejse` or `civilstand`."""
    cpr: Cpr
    happened_on: date


def parse(body: bytes) -> ReceivedPersonEvent:
    """Read one message; `RuleError` when it is none we can take. No reason quotes a value."""
    try:
        message = parsed_xml(body)
    except ValueError as error:
        raise RuleError("Beskeden er ikke XML, der kan læses. Send den igen.") from error
    if message.tag != f"{{{ENVELOPE}}}Haendelsesbesked":
        raise RuleError("Beskeden er ikke en hændelsesbesked. Send den til rette sted.")
    event = message.find(f"{{{ENVELOPE}}}Beskeddata/{{{PERSON}}}Personhaendelse")
    if event is None or not _schema().validate(_alone(event)):
        raise RuleError("Beskeden indeholder ingen personhændelse, vi kan læse. Ret den.")
    message_id = _text(message, "BeskedId/{*}UUIDIdentifikator").lower()
    receiver = _text(message, "Beskedkuvert/Filtreringsdata/TilladtModtager/{*}URNIdentifikator")
    if not message_id or not receiver.startswith(MUNICIPALITY_URN):
        raise RuleError("Beskeden siger ikke, hvad dens id er, og hvem den er til. Ret den.")
    return ReceivedPersonEvent(
        message_id=message_id,
        municipality_cvr=receiver.removeprefix(MUNICIPALITY_URN),
        kind=event.findtext(f"{{{PERSON}}}Type") or "",
        cpr=Cpr.parse(event.findtext(f"{{{PERSON}}}Personnummer") or ""),
        happened_on=date.fromisoformat(event.findtext(f"{{{PERSON}}}Haendelsesdato") or ""),
    )


def answer_received() -> bytes:
    """Answer: we have it; whether it concerns anybody here is not the distributor's to know."""
    return _answer(ACCEPTED, "")


def answer_unreadable(reason: str) -> bytes:
    """Answer: we cannot take it. The reason names no person."""
    return _answer(UNREADABLE, reason)


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(CONTRACT)))


def _alone(element: etree._Element) -> etree._Element:
    """Return an element as a document of its own: validation reads the whole of one."""
    return etree.fromstring(etree.tostring(element, with_tail=False))


def _text(message: etree._Element, path: str) -> str:
    parts = [part if part.startswith("{") else f"{{{ENVELOPE}}}{part}" for part in path.split("/")]
    return (message.findtext("/".join(parts)) or "").strip()


def _answer(code: str, reason: str) -> bytes:
    answer = etree.Element(f"{{{RETURN}}}StandardRetur", nsmap={"oio": RETURN})
    etree.SubElement(answer, f"{{{RETURN}}}StatusKode").text = code
    if reason:
        etree.SubElement(answer, f"{{{RETURN}}}FejlbeskedTekst").text = reason
    return etree.tostring(answer, xml_declaration=True, encoding="UTF-8")
