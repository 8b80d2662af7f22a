"""Answers: did the finance system take a voucher (SF1590_A)?

Hands over one balanced voucher at a time. Our own shape until the real contract is had
(`provisional.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
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
from integrations.provisional import KEY_CHARACTERS, LEDGER_PATH
from integrations.soap import SoapService
from processes.domain.accounting import Posting, Voucher
from processes.domain.identifiers import Cvr
from processes.domain.money import OERE_PER_KRONE
from processes.ports.gateways import Clock, Receipt, ReceiptState

OPERATION: Final = "FinansbilagModtag"
COLLECTION: Final = "FinansbilagSamlingModtag"
STATES: Final = {"ACCEPTERET": ReceiptState.ACCEPTED, "AFVIST": ReceiptState.REJECTED}


class Ledger:
    """The port `LedgerGateway`; `TransaktionsId` is the idempotency key."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock,
        limits: Limits = STANDARD_LIMITS,
        credentials: Credentials = NO_CREDENTIALS,
        pacing: Pacing = REAL_PACING,
    ) -> None:
        self._finance = Counterpart(
            "oekonomi", "Økonomisystemet", url, clock, limits, credentials, pacing=pacing
        )
        self._service = SoapService(
            self._finance, wsdl="provisional/sf1590a.wsdl", path=LEDGER_PATH
        )

    def post(self, voucher: Voucher, *, idempotency_key: str, municipality_cvr: Cvr) -> Receipt:
        """Hand over one voucher; accepted or rejected at once."""
        if len(idempotency_key) > KEY_CHARACTERS:
            raise ValueError(f"an idempotency key has at most {KEY_CHARACTERS} characters")

        def question(attempt: Attempt) -> Mapping[str, Any]:
            return {
                "MunicipalityCVR": attempt.municipality_cvr.digits,
                "TransaktionsId": idempotency_key,
                "TransaktionsTid": self._finance.clock.now(),
                "Bilag": _bilag(voucher),
            }

        answer, _ = self._service.call(OPERATION, question, municipality_cvr=municipality_cvr)
        with self._finance.reading():
            return _receipt(answer, idempotency_key)

    def post_many(
        self, vouchers: Sequence[tuple[str, Voucher]], *, municipality_cvr: Cvr
    ) -> Sequence[Receipt]:
        """Hand over many vouchers, each with its idempotency key; one receipt each."""
        if not vouchers:
            return ()

        def question(attempt: Attempt) -> Mapping[str, Any]:
            return {
                "MunicipalityCVR": attempt.municipality_cvr.digits,
                "TransaktionsTid": self._finance.clock.now(),
                "Bilag": [{"TransaktionsId": key, **_bilag(voucher)} for key, voucher in vouchers],
            }

        answers, _ = self._service.call(COLLECTION, question, municipality_cvr=municipality_cvr)
        with self._finance.reading():
            receipts = [_receipt(each, each.TransaktionsId) for each in answers or ()]
            if {each.idempotency_key for each in receipts} != {key for key, _ in vouchers}:
                raise ValueError("the answers are about other vouchers")
            return receipts


def _receipt(answer: Any, key: str) -> Receipt:
    state = STATES[answer.Status]
    return Receipt(
        idempotency_key=key,
        state=state,
        reference=answer.Reference,
        reason_code=(answer.AarsagKode or "") if state is ReceiptState.REJECTED else "",
        at=answer.Tidspunkt.astimezone(UTC),
    )


def _bilag(voucher: Voucher) -> dict[str, Any]:
    return {
        "BilagId": voucher.id,
        "SagId": voucher.case_id,
        "BogfoeringsDato": voucher.posted_on,
        "Valuta": "DKK",
        "Linje": [_line(entry) for entry in voucher.entries],
    }


def _line(entry: Posting) -> Mapping[str, Any]:
    return {
        "Konto": entry.account,
        "DebetKredit": "debet" if entry.amount.oere >= 0 else "kredit",
        "Beloeb": Decimal(abs(entry.amount.oere)) / OERE_PER_KRONE,
        "Tekst": entry.text,
    }
