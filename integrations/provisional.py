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
    Provisional("SF1462", "events", "AMQP access, and the message catalogue's ids"),
    Provisional("SF1520 fault codes", "cpr", "a look at the external test environment"),
    Provisional(
        "SF0770_A subscription", "income", "the municipality's agreement with Skattestyrelsen"
    ),
)

NEMKONTO_PATH: Final = "/provisional/SF1590_E"
LEDGER_PATH: Final = "/provisional/SF1590_A"
EVENTS_PATH: Final = "/provisional/SF1462"

KEY_CHARACTERS: Final = 100
"""The longest idempotency key our shapes carry."""

CPR_ERRORS: Final = {"PNR_NOT_FOUND": "not_found", "SERVICE_UNAVAILABLE": "unavailable"}
"""Error codes of SF1520 that mean more than `rejected`."""

INCOME_SUBSCRIBER_TYPE: Final = 3
INCOME_SUBSCRIPTION: Final = 3153
INCOME_PURPOSE: Final = 171
"""AbonnentTypeKode, AbonnementTypeKode, AdgangFormaalTypeKode: examples from other systems."""

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
