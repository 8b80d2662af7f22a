"""Answers: does the debtor system keep a claim, and what lessened it (SF1590_B)?

Registers a claim, lets it go to the collector, and reads payments, set-offs and write-offs. Our own
shape until the real contract is had (`provisional.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date
from decimal import Decimal
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
from integrations.provisional import DEBTOR_PATH, KEY_CHARACTERS
from integrations.soap import SoapService
from processes.domain.identifiers import Cvr
from processes.domain.money import OERE_PER_KRONE, Money
from processes.ports.gateways import (
    ClaimMovement,
    Clock,
    DebtClaimRequest,
    MovementKind,
    Receipt,
    ReceiptState,
)

REGISTER: Final = "DebitorRegistrering"
TRANSFER: Final = "DebitorOverdragelse"
ASK: Final = "DebitorForespoergsel"
STATES: Final = {"ACCEPTERET": ReceiptState.ACCEPTED, "AFVIST": ReceiptState.REJECTED}
MOVEMENTS: Final = {
    "INDBETALING": MovementKind.PAID,
    "MODREGNING": MovementKind.SET_OFF,
    "AFSKRIVNING": MovementKind.WRITTEN_OFF,
}


class Debtors:
    """The port `DebtRegistry`; `TransaktionsId` is the idempotency key."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock,
        limits: Limits = STANDARD_LIMITS,
        credentials: Credentials = NO_CREDENTIALS,
        pacing: Pacing = REAL_PACING,
    ) -> None:
        self._debtors = Counterpart(
            "debitor", "Debitorsystemet", url, clock, limits, credentials, pacing=pacing
        )
        self._service = SoapService(
            self._debtors, wsdl="provisional/sf1590b.wsdl", path=DEBTOR_PATH
        )

    def register(self, request: DebtClaimRequest) -> Receipt:
        """Hand over one claim; accepted or rejected at once."""
        key = _checked(request.idempotency_key)

        def question(attempt: Attempt) -> Mapping[str, Any]:
            return {
                "MunicipalityCVR": attempt.municipality_cvr.digits,
                "TransaktionsId": key,
                "TransaktionsTid": self._debtors.clock.now(),
                "Fordring": {
                    "FordringId": request.claim_id,
                    "Sagsnummer": request.case_number,
                    "PersonNummer": request.debtor.digits,
                    "FordringTypeKode": request.claim_type,
                    "Beloeb": Decimal(request.amount.oere) / OERE_PER_KRONE,
                    "PeriodeFra": request.from_month.first_day,
                    "PeriodeTil": request.to_month.last_day,
                    "StiftelseDato": request.founded_on,
                    "ForaeldelseDato": request.limitation_on,
                },
            }

        return self._receipt(REGISTER, question, key, request.municipality_cvr)

    def transfer(self, claim_id: str, *, idempotency_key: str, municipality_cvr: Cvr) -> Receipt:
        """Let a claim go to the collector."""
        key = _checked(idempotency_key)

        def question(attempt: Attempt) -> Mapping[str, Any]:
            return {
                "MunicipalityCVR": attempt.municipality_cvr.digits,
                "TransaktionsId": key,
                "TransaktionsTid": self._debtors.clock.now(),
                "FordringId": claim_id,
            }

        return self._receipt(TRANSFER, question, key, municipality_cvr)

    def _receipt(self, operation: str, question: Any, key: str, municipality_cvr: Cvr) -> Receipt:
        answer, _ = self._service.call(operation, question, municipality_cvr=municipality_cvr)
        with self._debtors.reading():
            state = STATES[answer.Status]
            return Receipt(
                idempotency_key=key,
                state=state,
                reference=answer.Reference,
                reason_code=(answer.AarsagKode or "") if state is ReceiptState.REJECTED else "",
                at=answer.Tidspunkt.astimezone(UTC),
            )

    def movements(self, *, since: date, municipality_cvr: Cvr) -> Sequence[ClaimMovement]:
        """Return what lessened claims on or after a day, oldest first."""

        def question(attempt: Attempt) -> Mapping[str, Any]:
            return {
                "MunicipalityCVR": attempt.municipality_cvr.digits,
                "TransaktionsTid": self._debtors.clock.now(),
                "FraDato": since,
            }

        answers, _ = self._service.call(ASK, question, municipality_cvr=municipality_cvr)
        with self._debtors.reading():
            return [
                ClaimMovement(
                    claim_id=each.FordringId,
                    reference=each.Reference,
                    kind=MOVEMENTS[each.Art],
                    on=each.Dato,
                    amount=Money.kroner(each.Beloeb),
                )
                for each in answers or ()
            ]


def _checked(key: str) -> str:
    if len(key) > KEY_CHARACTERS:
        raise ValueError(f"an idempotency key has at most {KEY_CHARACTERS} characters")
    return key
