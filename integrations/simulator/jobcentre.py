"""Answers: how does the jobcentre ask for a sanction through Beskedfordeler?"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from lxml import etree

from integrations.simulator.happenings import ENVELOPE, OIO

SANCTION: Final = "urn:ky:provisional:sanktionsanmodning:1"


def request(wanted: Mapping[str, Any], *, cpr: str, municipality_cvr: str) -> bytes:
    """Write the message: `paragraph`, `on`, `contact_on`, `group`, `text`; the id may be given."""
    root = etree.Element(
        f"{{{ENVELOPE}}}Haendelsesbesked", nsmap={"besked": ENVELOPE, "oio": OIO, "s": SANCTION}
    )
    message_id = _add(root, ENVELOPE, "BeskedId")
    _add(message_id, OIO, "UUIDIdentifikator").text = wanted.get("message_id", str(uuid.uuid4()))
    _add(root, ENVELOPE, "BeskedVersion").text = "1.0"
    routing = _add(_add(root, ENVELOPE, "Beskedkuvert"), ENVELOPE, "Filtreringsdata")
    receiver = _add(_add(routing, ENVELOPE, "TilladtModtager"), OIO, "URNIdentifikator")
    receiver.text = f"urn:oio:cvr-nr:{wanted.get('municipality_cvr', municipality_cvr)}"
    asked = _add(_add(root, ENVELOPE, "Beskeddata"), SANCTION, "Sanktionsanmodning")
    said = {
        "Personnummer": cpr,
        "Paragraf": wanted.get("paragraph", "37"),
        "Haendelsesdato": wanted["on"],
        "KontaktGenoprettetDato": wanted.get("contact_on"),
        "Maalgruppe": wanted.get("group", "jobparat"),
        "Beskrivelse": wanted.get("text", "Borgeren mødte ikke til jobsamtalen."),
    }
    for name, text in said.items():
        if text is not None:
            _add(asked, SANCTION, name).text = text
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _add(parent: etree._Element, namespace: str, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{namespace}}}{name}")
