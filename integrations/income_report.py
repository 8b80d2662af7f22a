"""Answers: did the income register take what was paid (eIndkomst, SF0770_B)?

Reports A-income, A-tax and period of each benefit. Our own shape until the real record format is
had (`provisional.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
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
from integrations.provisional import INCOME_REPORT_PATH
from integrations.soap import SoapService
from processes.domain.money import OERE_PER_KRONE, Money
from processes.ports.gateways import BenefitReport, BenefitReportAnswer, BenefitReportLine, Clock

OPERATION: Final = "YdelseIndberet"


class IncomeReporting:
    """The port `BenefitReporting`; the payment's id is the line's, so it counts once."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock,
        limits: Limits = STANDARD_LIMITS,
        credentials: Credentials = NO_CREDENTIALS,
        pacing: Pacing = REAL_PACING,
    ) -> None:
        self._register = Counterpart(
            "eindkomst_indberet", "eIndkomst", url, clock, limits, credentials, pacing=pacing
        )
        self._service = SoapService(
            self._register, wsdl="provisional/sf0770b.wsdl", path=INCOME_REPORT_PATH
        )

    def report(self, report: BenefitReport) -> BenefitReportAnswer:
        """Hand over one report; lines it knows already are counted and not taken twice."""

        def question(attempt: Attempt) -> Mapping[str, Any]:
            return {
                "MunicipalityCVR": attempt.municipality_cvr.digits,
                "IndberetningId": report.report_id,
                "IndberetningTid": self._register.clock.now(),
                "Linje": [_line(each) for each in report.lines],
            }

        answer, _ = self._service.call(
            OPERATION, question, municipality_cvr=report.municipality_cvr
        )
        with self._register.reading():
            said = answer.Sumkvittering
            return BenefitReportAnswer(
                reference=said.Reference,
                count=int(said.Antal),
                gross=Money.kroner(said.AIndkomst),
                tax=Money.kroner(said.ASkat),
                rejected=tuple((each.LinjeId, each.AarsagKode) for each in answer.Fejladvis or ()),
                at=said.Tidspunkt.astimezone(UTC),
            )


def _line(line: BenefitReportLine) -> Mapping[str, Any]:
    return {
        "LinjeId": line.line_id,
        "PersonNummer": line.cpr.digits,
        "Ydelsesart": line.benefit,
        "PeriodeFra": line.period.first_day,
        "PeriodeTil": line.period.last_day,
        "DispositionDato": line.paid_on,
        "AIndkomst": Decimal(line.gross.oere) / OERE_PER_KRONE,
        "ASkat": Decimal(line.tax.oere) / OERE_PER_KRONE,
    }
