"""Answers: which tax card has a person (eSkattekort, SF0770_D)? Reads; changes nothing.

Our own shape until the real contract is had (`provisional.py`). The service is for looking up; the
cards for reporting to the income register come with the reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from integrations.calls import (
    NO_CREDENTIALS,
    REAL_PACING,
    STANDARD_LIMITS,
    Attempt,
    Counterpart,
    Credentials,
    Limits,
    Pacing,
)
from integrations.provisional import TAX_CARD_PATH
from integrations.soap import SoapService
from processes.domain.identifiers import Cpr, Cvr
from processes.domain.money import Money
from processes.ports.gateways import Clock, TaxCardAnswer, TaxCardRecord

OPERATION: Final = "SkattekortHent"
KINDS: Final = {"HOVEDKORT": "hovedkort", "BIKORT": "bikort", "FRIKORT": "frikort"}


class TaxCardLookup:
    """The port `TaxCardRegistry`, by SF0770_D."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock,
        limits: Limits = STANDARD_LIMITS,
        credentials: Credentials = NO_CREDENTIALS,
        pacing: Pacing = REAL_PACING,
    ) -> None:
        self._skat = Counterpart(
            "eskattekort", "eSkattekort", url, clock, limits, credentials, pacing=pacing
        )
        self._service = SoapService(self._skat, wsdl="provisional/sf0770d.wsdl", path=TAX_CARD_PATH)

    def tax_card_of(self, cpr: Cpr, *, on: date, municipality_cvr: Cvr) -> TaxCardAnswer:
        """Return the card in force on a day."""

        def question(attempt: Attempt) -> Mapping[str, Any]:
            return {
                "MunicipalityCVR": attempt.municipality_cvr.digits,
                "TransaktionsId": attempt.correlation_id,
                "TransaktionsTid": self._skat.clock.now(),
                "VirksomhedSENummer": attempt.municipality_cvr.digits,
                "GaelderFra": on,
                "Person": [{"PNR": cpr.digits}],
            }

        answer, call = self._service.call(OPERATION, question, municipality_cvr=municipality_cvr)
        with self._skat.reading():
            cards = [_card(each, cpr) for each in answer or ()]
            in_force = [card for card in cards if card.valid_from <= on]
            newest = max(in_force, key=lambda card: card.valid_from, default=None)
        return TaxCardAnswer(newest, call)


def _card(card: Any, cpr: Cpr) -> TaxCardRecord:
    if cpr.digits != card.PNR:
        raise ValueError("the answer is about somebody else")
    return TaxCardRecord(
        kind=KINDS[card.Korttype],
        rate_percent=None if card.Traekprocent is None else int(card.Traekprocent),
        monthly_deduction=None
        if card.MaanedsFradrag is None
        else Money.kroner(card.MaanedsFradrag),
        valid_from=card.GyldigFra,
    )
