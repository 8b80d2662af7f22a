"""Answers: which shapes are our own guess until the real contract is had, and what are they?

The contracts of these services exist, but are not public. What is known of them fills our own
shapes in `contracts/provisional/`; everything that must change with the real contract is listed
here, and used by one adapter each.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Provisional:
    """One shape that waits for its contract."""

    service: str
    adapter: str
    waits_for: str


PROVISIONAL: Final = (
    Provisional("SF1590_E", "nemkonto", "KOMBIT's integration package with the NKS schemas"),
    Provisional("SF1590_A", "ledger", "KOMBIT's integration package; the municipality's accounts"),
    Provisional("SF1590_B", "debtor", "KOMBIT's integration package; the debtor system's types"),
    Provisional(
        "SF0770_B", "income_report", "the record format for those who build income-report systems"
    ),
    Provisional("SF1462", "events", "AMQP access, and the message catalogue's ids"),
    Provisional(
        "SF1462 persons", "person_events", "the subscription to CPR's events, and its message types"
    ),
    Provisional("SF0770_D", "taxcard", "KOMBIT's integration package; its WSDL is not public"),
    Provisional("SF1470", "indexes", "token access, and the municipality's roles and units there"),
    Provisional("SF1520 fault codes", "cpr", "a look at the external test environment"),
    Provisional(
        "SF0770_A subscription", "income", "the municipality's agreement with Skattestyrelsen"
    ),
)

NEMKONTO_PATH: Final = "/provisional/SF1590_E"
LEDGER_PATH: Final = "/provisional/SF1590_A"
DEBTOR_PATH: Final = "/provisional/SF1590_B"
INCOME_REPORT_PATH: Final = "/provisional/SF0770_B"
EVENTS_PATH: Final = "/provisional/SF1462"
TAX_CARD_PATH: Final = "/provisional/SF0770_D"
CASE_INDEX_PATH: Final = "/provisional/SF1470"

KEY_CHARACTERS: Final = 100
"""The longest idempotency key our shapes carry."""

CPR_ERRORS: Final = {"PNR_NOT_FOUND": "not_found", "SERVICE_UNAVAILABLE": "unavailable"}
"""Error codes of SF1520 that mean more than `rejected`."""

INCOME_SUBSCRIBER_TYPE: Final = 3
INCOME_SUBSCRIPTION: Final = 3153
INCOME_PURPOSE: Final = 171
"""AbonnentTypeKode, AbonnementTypeKode, AdgangFormaalTypeKode: examples from other systems."""

SYSTEM_URN: Final = "urn:oio:it-system-uuid:5f1f9a1a-3a1c-5b0e-8f5b-0c6d2f7e4a90"
"""Who registers in the case index; the real id is given with the agreement."""
SENSITIVITY: Final = "FORTROLIGE_PERSONOPLYSNINGER"
DISCARD_CODE: Final = "K"
"""The case is discarded when its time is up, not kept for the archive (kassationskode)."""
INDEX_ROLES: Final = {
    "Ejer": "9e979b84-b846-4472-8622-58007dc63c7e",
    "Ansvarlig": "a1263342-d348-44ba-a566-233f37c4cb67",
    "Primaer part": "d839f26a-d4d1-4441-b2d6-3dbbb12a9404",
    "Sekundaer part": "5b7c6d0e-5b1d-5a44-9a2b-2f4c1a7d9e11",
    "Primaer klasse": "a86c6581-ec85-412d-a655-31a1f1d5b14f",
    "Handlingsklasse": "05ef7011-11a7-4e4c-a46b-3de6aa457fc3",
    "Master": "251c24fd-57b0-4afc-9d73-b063d1957eb3",
}
"""The index's ids of roles, as published with KOMBIT's examples; "Sekundaer part" is made up."""

_EVENT_IDS: Final = uuid.UUID("0d1f6a0e-6a53-5f5b-9a0c-5a2f6d2b7c11")


def event_type_id(kind: str) -> str:
    """Return an id for a kind of event; the catalogue gives the real ones."""
    return str(uuid.uuid5(_EVENT_IDS, f"beskedtype:{kind}"))


def object_type_id(word: str) -> str:
    """Return an id for a type of object or an action; the classification gives the real ones."""
    return str(uuid.uuid5(_EVENT_IDS, f"klasse:{word}"))


def message_id(key: str, municipality: str) -> str:
    """Return the id of a message: the same key of the same municipality gives the same id."""
    return str(uuid.uuid5(_EVENT_IDS, f"besked:{municipality}:{key}"))
