"""Answers: how does the distributor deliver a citizen's form to us (SF2900)?"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from typing import Any, Final

import requests
from lxml import etree

from integrations.simulator.contracts import SOAP, checked, node, parsed, text_node

TYPES: Final = "http://serviceplatformen.dk/xml/wsdl/soap11/DistributionService/2/types"
CONTRACT: Final = "sf2900/distribution.xsd"
SENDER_CVR: Final = "97100004"
"""The form's supplier."""
KLE_SUBJECT: Final = "32.24.04"
KLE_FACET: Final = "G01"
FORM_TYPE: Final = "KontanthjaelpAnsoegning"
TITLE: Final = "Ansøgning om kontanthjælp"
SECONDS: Final = 10


def delivery(
    form: bytes,
    *,
    municipality_cvr: str,
    form_id: str | None = None,
    transaction_id: str | None = None,
) -> bytes:
    """Write the SOAP request that brings one form; the ids are new unless given."""

    def t(name: str, text: str) -> etree._Element:
        return text_node(TYPES, name, text)

    content = parsed(form)
    context = node(
        TYPES,
        "DistributionContext",
        [
            t("AnvenderTransaktionsID", transaction_id or str(uuid.uuid4())),
            t("AfsendendeMyndighed", SENDER_CVR),
            t("RoutingMyndighed", municipality_cvr),
            node(
                TYPES,
                "RoutingValg",
                [
                    node(
                        TYPES,
                        "RoutingKLEEmneHandling",
                        [t("RoutingKLEEmne", KLE_SUBJECT), t("RoutingHandlingFacet", KLE_FACET)],
                    )
                ],
            ),
        ],
    )
    inner = node(
        TYPES,
        "Formular",
        [
            t("TitelTekst", TITLE),
            t("FormatNavn", "XML"),
            t("FormularIndhold", base64.b64encode(form).decode("ascii")),
            node(TYPES, "FormularXML", [content]),
        ],
    )
    formular = node(
        TYPES,
        "DistributionFormular",
        [
            t("ID", form_id or str(uuid.uuid4())),
            t("KLEEmneForslag", KLE_SUBJECT),
            t("HandlingFacetForslag", KLE_FACET),
            node(TYPES, "Meddelelse", [t("FormularType", FORM_TYPE), inner]),
        ],
    )
    what = node(
        TYPES,
        "DistributionObject",
        [t("ObjektType", "FORMULAR"), node(TYPES, "ObjektIndhold", [formular])],
    )
    request = node(
        TYPES, "FordelingsobjektModtagRequest", [node(TYPES, "anmodning", [context, what])]
    )
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    etree.SubElement(envelope, f"{{{SOAP}}}Body").append(checked(request, CONTRACT))
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def deliver(url: str, body: bytes) -> Mapping[str, Any]:
    """Send a delivery; return the status and the receipt code that came back."""
    answer = requests.post(
        url,
        data=body,
        headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'},
        timeout=SECONDS,
    )
    try:
        code = parsed(answer.content).findtext(".//{*}ForretningsValideringsKode")
    except Exception:
        code = None
    return {"status": answer.status_code, "code": code, "body": answer.text}
