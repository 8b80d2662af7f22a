"""Answers: which form did the distributor deliver (SF2900), and what does it say?

The distributor calls us; a view hands the bytes to `parse` and sends `answer_received` back.
The form inside is ours: `application_form` writes it, `parse_application` reads it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from lxml import etree

from integrations.calls import parsed_xml
from processes.domain.errors import BrokenStateError, RuleError
from processes.domain.identifiers import Cpr

CONTRACTS: Final = Path(__file__).parent / "contracts"
SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
TYPES: Final = "http://serviceplatformen.dk/xml/wsdl/soap11/DistributionService/2/types"
APPLICATION: Final = "urn:ky:formular:kontanthjaelp:1"
APPLICATION_ELEMENT: Final = "KontanthjaelpAnsoegning"

UNKNOWN: Final = "ved_ikke"
"""The citizen does not know: a value, not a gap."""
YES: Final = "ja"
NO: Final = "nej"


# --- The delivery ---------------------------------------------------------------------------


@dataclass(frozen=True)
class ReceivedForm:
    """A citizen's form as the distributor delivered it (fordelingsobjekt, FORMULAR)."""

    distribution_id: str
    """The form's own id: the same form delivered twice carries it twice."""
    transaction_id: str
    sender_cvr: str
    municipality_cvr: str
    kle_subject: str
    kle_facet: str
    form_type: str
    title: str
    payload: bytes
    """The form as XML."""


def parse(body: bytes) -> ReceivedForm:
    """Read a `FordelingsobjektModtag` request; `RuleError` when it is not a form we can take."""
    try:
        envelope = parsed_xml(body)
    except ValueError as error:
        raise RuleError("Forsendelsen er ikke XML, der kan læses. Send den igen.") from error
    request = envelope.find(f"{{{SOAP}}}Body/{{{TYPES}}}FordelingsobjektModtagRequest")
    if request is None:
        raise RuleError("Forsendelsen er ikke et FordelingsobjektModtag. Send den til rette sted.")
    place = _first_fault(_schema("sf2900/distribution.xsd"), request)
    if place is not None:
        raise RuleError(f"Forsendelsen følger ikke kontrakten ved {place}. Ret den, og send igen.")
    order = "anmodning/DistributionObject"
    form = _find(request, f"{order}/ObjektIndhold/DistributionFormular")
    kind = _text(request, f"{order}/ObjektType")
    if form is None or kind != "FORMULAR":
        raise RuleError(f"Systemet modtager kun formularer, ikke {kind}.")
    context = _find(request, "anmodning/DistributionContext")
    content = _find(form, "Meddelelse/Formular/FormularXML")
    if context is None or content is None:
        raise BrokenStateError("the contract lets a form through without context or content")
    return ReceivedForm(
        distribution_id=_text(form, "ID").lower(),
        transaction_id=_text(context, "AnvenderTransaktionsID").lower(),
        sender_cvr=_text(context, "AfsendendeMyndighed"),
        municipality_cvr=_text(context, "RoutingMyndighed"),
        kle_subject=_text(form, "KLEEmneForslag"),
        kle_facet=_text(form, "HandlingFacetForslag"),
        form_type=_text(form, "Meddelelse/FormularType"),
        title=_text(form, "Meddelelse/Formular/TitelTekst"),
        payload=_standing_alone(content[0]),
    )


def answer_received() -> bytes:
    """Answer: we have it (MODTAGET); whether it can be used is told later."""
    return _receipt("MODTAGET", "Teknisk", None)


def answer_rejected(reason: str) -> bytes:
    """Answer: it came through, but we cannot take it (AFVIST). The reason names no person."""
    return _receipt("AFVIST", "Forretning", reason)


def fault(reason: str) -> bytes:
    """Answer a delivery that breaks the contract; goes with HTTP status 500."""
    detail = etree.Element(f"{{{TYPES}}}TransportKvittering")
    _add(detail, "TransportValideringsKode", "FEJL")
    _add(detail, "Begrundelse", reason)
    envelope, body = _envelope()
    outer = etree.SubElement(body, f"{{{SOAP}}}Fault")
    etree.SubElement(outer, "faultcode").text = "soap:Client"
    etree.SubElement(outer, "faultstring").text = reason
    etree.SubElement(outer, "detail").append(detail)
    return _written(envelope)


def _receipt(code: str, kind: str, reason: str | None) -> bytes:
    envelope, body = _envelope()
    response = etree.SubElement(body, f"{{{TYPES}}}FordelingsobjektModtagResponse")
    receipt = _add(response, "ForretningsKvittering")
    _add(receipt, "ForretningsValideringsKode", code)
    _add(receipt, "Kvitteringstype", kind)
    if reason is not None:
        _add(receipt, "Begrundelse", reason)
    return _written(envelope)


# --- The application ------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """One field of the application: our key, the element's name, and its Danish name."""

    key: str
    element: str
    label: str
    required: bool = True


FIELDS: Final = (
    Field("application_id", "AnsoegningId", "Ansøgningens id"),
    Field("submitted_at", "IndsendtTidspunkt", "Indsendt"),
    Field("contact_on", "HenvendelseDato", "Dato for første henvendelse"),
    Field("applicant_cpr", "AnsoegerCPR", "Ansøgers CPR-nummer"),
    Field("spouse_cpr", "AegtefaelleCPR", "Ægtefælles CPR-nummer", required=False),
    Field("applies_jointly", "SoegerSammen", "Søger I begge?"),
    Field("cohabitation", "Samlivsform", "Enlig, gift eller samlevende"),
    Field("reason", "Aarsag", "Hvad er der sket?"),
    Field("reason_text", "AarsagTekst", "Uddybning", required=False),
    Field("lives_with_parents", "BorHosForaeldre", "Bor du hos dine forældre?"),
    Field("housing", "Bolig", "Bolig"),
    Field("wealth_applicant_kroner", "FormueAnsoegerKroner", "Din formue"),
    Field(
        "wealth_spouse_kroner", "FormueAegtefaelleKroner", "Din ægtefælles formue", required=False
    ),
    Field("income_this_month_kroner", "IndtaegtDenneMaanedKroner", "Indtægt i denne måned"),
    Field("requested_from", "OenskesFraDato", "Hjælp ønskes fra"),
    Field("residence_9_of_10_years", "OpholdNiAfTiAar", "Ophold i Danmark i 9 af 10 år"),
    Field("work_two_and_a_half_years", "ArbejdeToOgEtHalvtAar", "Arbejde i 2½ år"),
    Field("children_at_home", "HjemmeboendeBoern", "Hjemmeboende børn"),
    Field("acute_need", "AkutBehov", "Akut behov"),
    Field("phone", "Telefon", "Telefon", required=False),
    Field("email", "Email", "E-mail", required=False),
    Field("statement_accepted", "ErklaeringAccepteret", "Erklæring"),
)
"""The fields in the order of the form; values are plain strings in the form's own words."""

_LABELS: Final = {field.element: field.label for field in FIELDS}
_PEOPLE: Final = ("applicant_cpr", "spouse_cpr")


def application_form(values: Mapping[str, str]) -> bytes:
    """Write an application as XML; an optional field may be left out or empty.

    Raises `RuleError` naming the field that is missing or wrong; a key that is no field is a
    bug, and a `ValueError`.
    """
    strange = set(values) - {field.key for field in FIELDS}
    if strange:
        raise ValueError(f"no such field in the application: {', '.join(sorted(strange))}")
    form = etree.Element(f"{{{APPLICATION}}}{APPLICATION_ELEMENT}", nsmap={"ky": APPLICATION})
    for field in FIELDS:
        value = values.get(field.key, "").strip()
        if value:
            etree.SubElement(form, f"{{{APPLICATION}}}{field.element}").text = value
        elif field.required:
            raise RuleError(f"Feltet »{field.label}« mangler. Udfyld det, og send igen.")
    _checked(form)
    return etree.tostring(form, xml_declaration=True, encoding="UTF-8")


def parse_application(payload: bytes) -> dict[str, str]:
    """Read an application; every value is a plain string, and a field left out has no key."""
    try:
        form = parsed_xml(payload)
    except ValueError as error:
        raise RuleError("Ansøgningen er ikke XML, der kan læses. Send den igen.") from error
    if form.tag != f"{{{APPLICATION}}}{APPLICATION_ELEMENT}":
        raise RuleError("Formularen er ikke en ansøgning om kontanthjælp.")
    _checked(form)
    found = {field.key: _text(form, field.element) for field in FIELDS}
    return {key: value for key, value in found.items() if value}


def _checked(form: etree._Element) -> None:
    place = _first_fault(_schema("own/kontanthjaelp_ansoegning.xsd"), form)
    if place is not None:
        label = _LABELS.get(place, place)
        raise RuleError(f"Feltet »{label}« er ikke udfyldt rigtigt. Ret det, og send igen.")
    for field in FIELDS:
        number = _text(form, field.element) if field.key in _PEOPLE else ""
        if number:
            Cpr.parse(number)


# --- XML ------------------------------------------------------------------------------------

_VALIDATING: Final = threading.Lock()


@cache
def _schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(CONTRACTS / name)))


def _first_fault(schema: etree.XMLSchema, element: etree._Element) -> str | None:
    """Return the name of the first element that breaks the contract.

    Never the validator's own words: they quote values, and a value may be a personal number.
    """
    # A copy stands alone: validation reads the whole document an element belongs to.
    alone = etree.fromstring(_standing_alone(element))
    # Assumes: a schema object's log is its last validation's, so only one may run at a time.
    with _VALIDATING:
        if schema.validate(alone):
            return None
        message = str(schema.error_log).partition("\n")[0]
    missing = re.search(r"Missing child element.* \( (?:\{[^}]*\})?(\w+)", message)
    blamed = re.search(r"Element '(?:\{[^}]*\})?(\w+)'", message)
    found = missing or blamed
    return found[1] if found else etree.QName(alone).localname


def _standing_alone(element: etree._Element) -> bytes:
    """Write an element as a document of its own, without the namespaces of what was around it."""
    alone = etree.fromstring(etree.tostring(element, with_tail=False))
    etree.cleanup_namespaces(alone)
    return etree.tostring(alone, encoding="UTF-8", xml_declaration=True)


def _find(element: etree._Element, path: str) -> etree._Element | None:
    return element.find("/".join(f"{{*}}{step}" for step in path.split("/")))


def _text(element: etree._Element, path: str) -> str:
    found = _find(element, path)
    return "" if found is None else (found.text or "").strip()


def _envelope() -> tuple[etree._Element, etree._Element]:
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    return envelope, etree.SubElement(envelope, f"{{{SOAP}}}Body")


def _written(envelope: etree._Element) -> bytes:
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{TYPES}}}{name}")
    element.text = text
    return element
