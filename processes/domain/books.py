"""What does not agree between days and cases (bogafvigelser), besides the months of the runs.

Two layers: what was sent and has had no answer in time, and what was decided and has not become
what it should: a payment, a letter, a next step. The third layer, the months, is in `runs`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from processes.domain.money import ZERO, Money
from processes.domain.periods import ONE_DAY, Calendar

ANSWER_BANKING_DAYS = 2
"""A counterpart that says nothing for two banking days has lost something."""
LETTER_DAYS = timedelta(days=5)
NEXT_STEP_DAYS = timedelta(days=1)


class BookLayer(StrEnum):
    """Which layer of the reconciliation it is (afstemningslag)."""

    DAILY = "dagligt"
    """What we sent against the receipts."""
    CONSISTENCY = "sammenhaeng"
    """Every decision has its payment and letter, every payment its decision, every case a step."""


class BookDifferenceKind(StrEnum):
    """What does not agree (bogafvigelse)."""

    PAYMENT_UNANSWERED = "betaling_uden_kvittering"
    PART_UNANSWERED = "andre_uden_kvittering"
    VOUCHER_UNANSWERED = "bilag_uden_svar"
    REPORT_UNANSWERED = "indberetning_uden_svar"
    LETTER_UNANSWERED = "brev_uden_kvittering"
    DECISION_UNPAID = "afgoerelse_uden_udbetaling"
    DECISION_WITHOUT_LETTER = "afgoerelse_uden_brev"
    DEDUCTION_WITHOUT_LETTER = "fradrag_uden_afgoerelsesbrev"
    PAYMENT_UNDECIDED = "udbetaling_uden_afgoerelse"
    NO_NEXT_STEP = "sag_uden_naeste_skridt"


LAYERS: Mapping[BookDifferenceKind, BookLayer] = {
    BookDifferenceKind.PAYMENT_UNANSWERED: BookLayer.DAILY,
    BookDifferenceKind.PART_UNANSWERED: BookLayer.DAILY,
    BookDifferenceKind.VOUCHER_UNANSWERED: BookLayer.DAILY,
    BookDifferenceKind.REPORT_UNANSWERED: BookLayer.DAILY,
    BookDifferenceKind.LETTER_UNANSWERED: BookLayer.DAILY,
    BookDifferenceKind.DECISION_UNPAID: BookLayer.CONSISTENCY,
    BookDifferenceKind.DECISION_WITHOUT_LETTER: BookLayer.CONSISTENCY,
    BookDifferenceKind.DEDUCTION_WITHOUT_LETTER: BookLayer.CONSISTENCY,
    BookDifferenceKind.PAYMENT_UNDECIDED: BookLayer.CONSISTENCY,
    BookDifferenceKind.NO_NEXT_STEP: BookLayer.CONSISTENCY,
}

BOOK_DIFFERENCE_NAMES: Mapping[BookDifferenceKind, str] = {
    BookDifferenceKind.PAYMENT_UNANSWERED: "Banken har ikke svaret om en udbetaling",
    BookDifferenceKind.PART_UNANSWERED: "Banken har ikke svaret om en betaling til andre",
    BookDifferenceKind.VOUCHER_UNANSWERED: "Økonomisystemet har ikke svaret om et bilag",
    BookDifferenceKind.REPORT_UNANSWERED: "eIndkomst har ikke svaret om en indberetning",
    BookDifferenceKind.LETTER_UNANSWERED: "Et brev er sendt og ikke kvitteret for",
    BookDifferenceKind.DECISION_UNPAID: "Bevilget, men aldrig udbetalt",
    BookDifferenceKind.DECISION_WITHOUT_LETTER: "Afgjort og sendt, men uden brev på sagen",
    BookDifferenceKind.DEDUCTION_WITHOUT_LETTER: "Trukket i en udbetaling uden sendt afgørelse",
    BookDifferenceKind.PAYMENT_UNDECIDED: "Udbetalt uden en sendt afgørelse",
    BookDifferenceKind.NO_NEXT_STEP: "Åben sag uden næste skridt",
}


@dataclass(frozen=True)
class BookDifference:
    """One thing that does not agree (bogafvigelse), and the case it is in."""

    kind: BookDifferenceKind
    case_id: str
    case_number: str
    subject_id: str
    """The payment, voucher, letter, decision or case."""
    amount: Money = ZERO

    @property
    def layer(self) -> BookLayer:
        """Which layer it is found in."""
        return LAYERS[self.kind]


def answered_by(today: date, *, calendar: Calendar) -> date:
    """Return the last day whose answers must have come (svarfrist)."""
    day, left = today, ANSWER_BANKING_DAYS
    while left:
        day -= ONE_DAY
        if calendar.is_banking_day(day):
            left -= 1
    return day - ONE_DAY


def counted(found: Sequence[BookDifference]) -> dict[str, int]:
    """Count what does not agree, by kind and in all."""
    figures = {kind.value: 0 for kind in BookDifferenceKind}
    for each in found:
        figures[each.kind.value] += 1
    return figures | {"differences": len(found)}
