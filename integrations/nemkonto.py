"""Answers: was a payment taken, and did it reach its payee (NemKonto, SF1590_E)?

Hands over one payment at a time and asks later for answers. Our own shape until the real
contract is had (`provisional.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
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
from integrations.provisional import KEY_CHARACTERS, NEMKONTO_PATH
from integrations.soap import SoapService
from processes.domain.identifiers import Cvr
from processes.domain.money import OERE_PER_KRONE
from processes.ports.gateways import Clock, PaymentRequest, Receipt, ReceiptState

ORDER: Final = "NKSBetalingsanmodningAfsend"
GROUP: Final = "NKSBetalingsgruppeAfsend"
ANSWERS: Final = "NKSForretningssvarHent"

NAME_LENGTH: Final = 70
ACCEPTED: Final = "ACPT"
REJECTED: Final = "RJCT"
SETTLED_MESSAGE: Final = "NKSResponse8"
"""The message that brings the account the money went to."""


class NemKonto:
    """The port `PaymentGateway`; `EndToEndId` is the idempotency key."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock,
        limits: Limits = STANDARD_LIMITS,
        credentials: Credentials = NO_CREDENTIALS,
        pacing: Pacing = REAL_PACING,
    ) -> None:
        self._nks = Counterpart(
            "nemkonto", "NemKonto", url, clock, limits, credentials, pacing=pacing
        )
        self._service = SoapService(self._nks, wsdl="provisional/sf1590e.wsdl", path=NEMKONTO_PATH)

    def order(self, request: PaymentRequest) -> Receipt:
        """Hand over one payment; the receipt says accepted or rejected, seldom settled."""
        if len(request.idempotency_key) > KEY_CHARACTERS:
            raise ValueError(f"an idempotency key has at most {KEY_CHARACTERS} characters")

        def question(attempt: Attempt) -> Mapping[str, Any]:
            return {
                "MunicipalityCVR": attempt.municipality_cvr.digits,
                "OrgnlMsgTp": "NKSBetaling",
                "GrpId": attempt.correlation_id,
                "CreDtTm": self._nks.clock.now(),
                "PmtId": {
                    "InstrId": request.idempotency_key,
                    "EndToEndId": request.idempotency_key,
                },
                "InstdAmt": {
                    "_value_1": Decimal(request.amount.oere) / OERE_PER_KRONE,
                    "Ccy": "DKK",
                },
                "ReqdExctnDt": request.disposition_on,
                "IncompletePaymentIndicator": 1,
                "Cdtr": _creditor(request),
                "AddtlInf": request.text,
            }

        answer, _ = self._service.call(ORDER, question, municipality_cvr=request.municipality_cvr)
        with self._nks.reading():
            receipt = _receipt(answer)
            if receipt.idempotency_key != request.idempotency_key:
                raise ValueError("the answer is about another payment")
            return receipt

    def order_many(self, requests: Sequence[PaymentRequest]) -> Sequence[Receipt]:
        """Hand over many payments of one municipality at once; one receipt each, in any order."""
        if not requests:
            return ()
        (cvr,) = {each.municipality_cvr.digits for each in requests}

        def question(attempt: Attempt) -> Mapping[str, Any]:
            return {
                "MunicipalityCVR": cvr,
                "GrpId": attempt.correlation_id,
                "CreDtTm": self._nks.clock.now(),
                "Betaling": [
                    {
                        "EndToEndId": each.idempotency_key,
                        "InstdAmt": Decimal(each.amount.oere) / OERE_PER_KRONE,
                        "ReqdExctnDt": each.disposition_on,
                        "SclSctyNb": _citizen(each),
                        "AddtlInf": each.text,
                    }
                    for each in requests
                ],
            }

        answers, _ = self._service.call(
            GROUP, question, municipality_cvr=requests[0].municipality_cvr
        )
        with self._nks.reading():
            receipts = [_receipt(each) for each in answers or ()]
            asked = {each.idempotency_key for each in requests}
            if {each.idempotency_key for each in receipts} != asked:
                raise ValueError("the answers are about other payments")
            return receipts

    def receipts(self, *, since: datetime, municipality_cvr: Cvr) -> Sequence[Receipt]:
        """Return the receipts that came at or after a moment, oldest first."""

        def question(attempt: Attempt) -> Mapping[str, Any]:
            return {
                "MunicipalityCVR": attempt.municipality_cvr.digits,
                "CreDtTm": self._nks.clock.now(),
                "FraTidspunkt": since,
            }

        answers, _ = self._service.call(ANSWERS, question, municipality_cvr=municipality_cvr)
        with self._nks.reading():
            return sorted((_receipt(each) for each in answers or ()), key=lambda each: each.at)


def _creditor(request: PaymentRequest) -> Mapping[str, Any]:
    if request.payee is None:
        return {"SclSctyNb": _citizen(request)}
    payee = request.payee
    return {
        "Othr": {"SchmeNm": payee.kind.value, "Id": payee.number, "Nm": payee.name[:NAME_LENGTH]}
    }


def _citizen(request: PaymentRequest) -> str:
    if request.payee_cpr is None:
        raise ValueError("a group of payments is to citizens; others are paid one at a time")
    return request.payee_cpr.digits


def _receipt(answer: Any) -> Receipt:
    if answer.TxSts == REJECTED:
        state = ReceiptState.REJECTED
    elif answer.TxSts != ACCEPTED:
        raise ValueError("a payment is accepted or rejected")
    elif answer.OrgnlMsgTp == SETTLED_MESSAGE:
        state = ReceiptState.SETTLED
    else:
        state = ReceiptState.ACCEPTED
    return Receipt(
        idempotency_key=answer.EndToEndId,
        state=state,
        reference=answer.PmtInitnStsId,
        reason_code=(answer.StsRsn or "") if state is ReceiptState.REJECTED else "",
        at=answer.CreDtTm.astimezone(UTC),
    )
