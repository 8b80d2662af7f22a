"""Answers: what happens to somebody in a world, and how does Beskedfordeler tell us of it?

The person is changed first, so that CPR says the same as the event when it is asked.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final, cast

import requests
from lxml import etree

from integrations.simulator.scenarios import Address, Person, World

ENVELOPE: Final = "urn:oio:besked:kuvert:1.0"
OIO: Final = "urn:oio:sagdok:3.0.0"
PERSON: Final = "urn:ky:provisional:personhaendelse:1"
SECONDS: Final = 10
ELSEWHERE: Final = Address(
    street="Nabogade",
    number="7",
    floor="",
    door="",
    postcode="9998",
    district="Nabokøb",
    municipality_code=998,
    municipality_cvr="99000023",
    since=None,
)
"""Where somebody moves who moves to another municipality."""
DEATH, MOVE, EMIGRATION, CIVIL_STATUS = "doedsfald", "flytning", "udrejse", "civilstand"


def change(world: World, wanted: Mapping[str, Any]) -> Person:
    """Let something happen to a person: `who`, `kind`, `on`, and `to` for what it becomes."""
    people = cast(dict[str, Person], world.people)
    person = people[wanted["who"]]
    day = date.fromisoformat(wanted["on"])
    kind = wanted["kind"]
    if kind == DEATH:
        changed = replace(person, dead_on=day)
        _widow(people, person)
    elif kind == EMIGRATION:
        changed = replace(person, emigrated_on=day, emigrated_to=int(wanted.get("to", 5120)))
    elif kind == MOVE:
        away = replace(ELSEWHERE, since=day)
        changed = replace(person, address=away) if wanted.get("away", True) else person
    elif kind == CIVIL_STATUS:
        changed = replace(person, civil_status=wanted["to"])
    else:
        raise ValueError(f"no such happening: {kind}")
    people[person.key] = changed
    return changed


def _widow(people: dict[str, Person], dead: Person) -> None:
    """CPR says of whoever was married to the dead that they are widowed."""
    survivor = people.get(dead.spouse or "")
    if survivor is not None:
        people[survivor.key] = replace(survivor, civil_status="E", spouse=None)


def message(
    *, kind: str, cpr: str, on: str, municipality_cvr: str, message_id: str | None = None
) -> bytes:
    """Write the message Beskedfordeler brings; the id is new unless given."""
    root = etree.Element(
        f"{{{ENVELOPE}}}Haendelsesbesked", nsmap={"besked": ENVELOPE, "oio": OIO, "p": PERSON}
    )
    _oio(_add(root, "BeskedId"), "UUIDIdentifikator", message_id or str(uuid.uuid4()))
    _add(root, "BeskedVersion").text = "1.0"
    routing = _add(_add(root, "Beskedkuvert"), "Filtreringsdata")
    _oio(_add(routing, "TilladtModtager"), "URNIdentifikator", f"urn:oio:cvr-nr:{municipality_cvr}")
    event = etree.SubElement(_add(root, "Beskeddata"), f"{{{PERSON}}}Personhaendelse")
    for name, text in (("Type", kind), ("Personnummer", cpr), ("Haendelsesdato", on)):
        etree.SubElement(event, f"{{{PERSON}}}{name}").text = text
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def tell(url: str, body: bytes) -> Mapping[str, Any]:
    """Send a message; return the status and what came back."""
    headers = {"Content-Type": "text/xml; charset=utf-8"}
    answer = requests.post(url, data=body, headers=headers, timeout=SECONDS)
    return {"status": answer.status_code, "body": answer.text}


def _add(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{ENVELOPE}}}{name}")


def _oio(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{OIO}}}{name}").text = text
