"""Answers: does a message keep its contract, and how is an answer written?

Reads the XSDs of `integrations/contracts`; shares them with the adapters, and no code.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from lxml import etree

CONTRACTS: Final = Path(__file__).parent.parent / "contracts"
SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
FAULT: Final = "http://serviceplatformen.dk/xml/schemas/ServiceplatformFault/1/"

_VALIDATING: Final = threading.Lock()


class ContractError(Exception):
    """A message breaks its contract; the text says where."""


@cache
def schema(name: str) -> etree.XMLSchema:
    """Compile one contract."""
    return etree.XMLSchema(etree.parse(str(CONTRACTS / name)))


def checked(element: etree._Element, contract: str) -> etree._Element:
    """Return a copy that stands alone and keeps the contract."""
    alone = etree.fromstring(etree.tostring(element, with_tail=False))
    # A schema object's log is its last validation's, so one at a time.
    with _VALIDATING:
        if not schema(contract).validate(alone):
            raise ContractError(str(schema(contract).error_log).partition("\n")[0])
    return alone


def own(element: etree._Element, contract: str) -> etree._Element:
    """Check what we answer; an answer that breaks its contract is our bug, not the caller's."""
    try:
        return checked(element, contract)
    except ContractError as error:
        raise RuntimeError(f"the simulator's own answer breaks {contract}: {error}") from error


def parsed(body: bytes) -> etree._Element:
    """Parse a request."""
    try:
        return etree.fromstring(
            body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        )
    except etree.XMLSyntaxError as error:
        raise ContractError(f"not XML: {error}") from error


def soap_request(body: bytes, contract: str) -> etree._Element:
    """Return the checked content of a SOAP envelope."""
    content = parsed(body).find(f"{{{SOAP}}}Body/*")
    if content is None:
        raise ContractError("no SOAP body")
    return checked(content, contract)


def soap_answer(content: etree._Element, contract: str) -> bytes:
    """Write an answer; one that breaks its contract is a bug of ours."""
    return _enveloped(own(content, contract))


def soap_fault(code: str, text: str) -> bytes:
    """Write a fault the way Serviceplatformen does."""
    fault = etree.Element(f"{{{SOAP}}}Fault")
    etree.SubElement(fault, "faultcode").text = "soap:Server"
    etree.SubElement(fault, "faultstring").text = text
    said = [text_node(FAULT, "ErrorCode", code), text_node(FAULT, "ErrorText", text)]
    errors = node(FAULT, "ErrorList", [node(FAULT, "Error", said)])
    etree.SubElement(fault, "detail").append(node(FAULT, "ServiceplatformFault", [errors]))
    return _enveloped(fault)


def _enveloped(content: etree._Element) -> bytes:
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    etree.SubElement(envelope, f"{{{SOAP}}}Body").append(content)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def node(
    namespace: str, name: str, children: Iterable[etree._Element | None] = ()
) -> etree._Element:
    """Make an element with children; None is a child that is not there."""
    element = etree.Element(f"{{{namespace}}}{name}" if namespace else name)
    for child in children:
        if child is not None:
            element.append(child)
    return element


def text_node(namespace: str, name: str, text: object) -> etree._Element:
    """Make an element with text."""
    element = node(namespace, name)
    element.text = str(text)
    return element


def text_of(element: etree._Element, path: str) -> str:
    """Return the text at a path of local names; empty when there is none."""
    found = element.find("/".join(f"{{*}}{step}" for step in path.split("/")))
    return "" if found is None else (found.text or "").strip()
