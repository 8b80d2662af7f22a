"""Answers: does the common case index know of our case (Sagsindeks, SF1470)?

A registration is the whole case as it stands, with every state it has been in; the same key again
changes nothing. Parties are there by number, since that is what the index is for; no words about
them are. Our own shape until token access and the licence of the contract are had
(`provisional.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from integrations.calls import (
    NO_CREDENTIALS,
    REAL_PACING,
    STANDARD_LIMITS,
    STATUS_ACCEPTED,
    Attempt,
    Counterpart,
    Credentials,
    Limits,
    Pacing,
    Reported,
)
from integrations.provisional import (
    CASE_INDEX_PATH,
    DISCARD_CODE,
    INDEX_ROLES,
    KEY_CHARACTERS,
    SENSITIVITY,
    SYSTEM_URN,
)
from integrations.soap import SoapService
from processes.ports.gateways import CaseIndexEntry, Clock, Receipt, ReceiptState

OPERATION: Final = "importer"
STATES: Final = {
    "opstaaet": "Opstaaet",
    "oplyst": "Oplyst",
    "afgjort": "Afgjort",
    "bestilt": "Bestilt",
    "udfoert": "Udfoert",
    "afsluttet": "Afsluttet",
}
"""Our states by OIO's words (sagsfremdrift)."""


class CaseIndexWriter:
    """The port `CaseIndex`; `TransaktionsId` is the idempotency key."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock,
        limits: Limits = STANDARD_LIMITS,
        credentials: Credentials = NO_CREDENTIALS,
        pacing: Pacing = REAL_PACING,
    ) -> None:
        self._index = Counterpart(
            "sagsindeks", "Sagsindekset", url, clock, limits, credentials, pacing=pacing
        )
        self._service = SoapService(
            self._index, wsdl="provisional/sf1470.wsdl", path=CASE_INDEX_PATH
        )

    def register(self, entry: CaseIndexEntry) -> Receipt:
        """Hand over one registration; it replaces the one before."""
        if len(entry.idempotency_key) > KEY_CHARACTERS:
            raise ValueError(f"an idempotency key has at most {KEY_CHARACTERS} characters")

        def question(attempt: Attempt) -> Mapping[str, Any]:
            return {
                "MunicipalityCVR": attempt.municipality_cvr.digits,
                "TransaktionsId": entry.idempotency_key,
                "TransaktionsTid": self._index.clock.now(),
                "Sag": _case(entry),
            }

        answer, call = self._service.call(
            OPERATION, question, municipality_cvr=entry.municipality_cvr
        )
        with self._index.reading():
            status, text = str(answer.StatusKode), answer.FejlbeskedTekst or ""
            if answer.UUIDIdentifikator != entry.case_id:
                raise ValueError("the answer is about another case")
        if status != STATUS_ACCEPTED:
            raise self._index.refused(Reported(status, text))
        return Receipt(
            idempotency_key=entry.idempotency_key,
            state=ReceiptState.ACCEPTED,
            reference=entry.case_id,
            reason_code="",
            at=call.answered_at.astimezone(UTC),
        )


def _case(entry: CaseIndexEntry) -> Mapping[str, Any]:
    return {
        "UUIDIdentifikator": entry.case_id,
        "Registrering": {
            "Tidspunkt": entry.registered_at,
            "LivscyklusKode": "Importeret",
            "BrugerRef": SYSTEM_URN,
        },
        "Egenskaber": {
            "Virkning": {"FraTidspunkt": entry.opened_at},
            "BrugervendtNoegle": entry.case_number,
            "Sagsnummer": entry.case_number,
            "Titel": entry.title,
            "Kassationskode": DISCARD_CODE,
            "Foelsomhed": SENSITIVITY,
            "OprettetTidspunkt": entry.opened_at,
        },
        "Fremdrift": [
            {"Virkning": {"FraTidspunkt": since}, "FremdriftStatusKode": STATES[state]}
            for state, since in entry.states
        ],
        "Relation": [
            _relation(role, urn, since=entry.opened_at) for role, urn in _relations(entry)
        ],
    }


def _relations(entry: CaseIndexEntry) -> list[tuple[str, str]]:
    municipality = f"urn:oio:cvr-nr:{entry.municipality_cvr.digits}"
    return [
        ("Ejer", municipality),
        ("Ansvarlig", f"urn:ky:enhed:{entry.unit}"),
        ("Primaer part", f"urn:oio:cpr-nr:{entry.primary_party.digits}"),
        *(("Sekundaer part", f"urn:oio:cpr-nr:{each.digits}") for each in entry.other_parties),
        ("Primaer klasse", f"urn:oio:kle:{entry.kle_subject}"),
        ("Handlingsklasse", f"urn:oio:kle:{entry.kle_facet}"),
        ("Master", SYSTEM_URN),
    ]


def _relation(role: str, urn: str, *, since: datetime) -> Mapping[str, Any]:
    return {
        "Virkning": {"FraTidspunkt": since},
        "Rolle": INDEX_ROLES[role],
        "RolleNavn": role,
        "ReferenceID": urn,
    }
