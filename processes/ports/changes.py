"""What must be remembered of sanctions, ends of help and the month's income.

Frozen records (poster) and the stores that keep them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from processes.domain.cessations import Cessation
from processes.domain.incomes import IncomeFinding, ReportedIncome
from processes.domain.periods import Month
from processes.domain.sanction_cases import SanctionRequest


@dataclass(frozen=True)
class IncomeCheck:
    """One look at a month's income of everybody with running help (indkomstopgørelse)."""

    id: str
    case_id: str
    """The administrative case it lies on."""
    month: Month
    started_by: str
    started_at: datetime
    classes: Mapping[str, str] = field(default_factory=dict)
    """What the decision table calls each kind of income that was reported."""


@dataclass(frozen=True)
class IncomeBatch:
    """Some cases of a look, asked about together (portion)."""

    check_id: str
    number: int
    case_ids: tuple[str, ...]
    reported: Mapping[str, Sequence[ReportedIncome]] = field(default_factory=dict)
    """What was reported of each party; nobody has a class yet."""
    asked: int = 0
    """How many people the register answered about."""
    unanswered: int = 0
    asked_at: datetime | None = None
    compared_at: datetime | None = None


@dataclass(frozen=True)
class IncomeFigures:
    """How a look came out (tal for indkomstopgørelsen)."""

    batches: int
    compared: int
    asked: int
    unanswered: int
    findings: int
    open_findings: int


class SanctionStore(Protocol):
    """Requests for sanctions."""

    def save(self, request: SanctionRequest) -> None:
        """Insert a request, or write what was found and what came of it."""

    def get(self, sanction_id: str) -> SanctionRequest:
        """Return one request."""

    def of_case(self, case_id: str) -> Sequence[SanctionRequest]:
        """Return a case's requests, newest first."""

    def of_calculation(self, calculation_id: str) -> SanctionRequest | None:
        """Return the request a calculation was made for."""


class CessationStore(Protocol):
    """Ends of running help."""

    def save(self, cessation: Cessation) -> None:
        """Insert an end, or write what came of it."""

    def get(self, cessation_id: str) -> Cessation:
        """Return one."""

    def of_case(self, case_id: str) -> Sequence[Cessation]:
        """Return a case's, newest first."""

    def of_calculation(self, calculation_id: str) -> Cessation | None:
        """Return the end a calculation was made for."""


class IncomeCheckStore(Protocol):
    """The month's income of everybody with running help."""

    def hold_month(self, month: Month) -> None:
        """Hold a month until the transaction ends, so that two cannot begin it."""

    def add(self, check: IncomeCheck) -> None:
        """Insert a look."""

    def get(self, check_id: str) -> IncomeCheck:
        """Return a look."""

    def of_month(self, month: Month) -> IncomeCheck | None:
        """Return the look at a month; None when there was none."""

    def begin(self, check_id: str, month: Month, *, batch_size: int) -> int:
        """Share the cases with running help in a month out on batches; return how many."""

    def batch(self, check_id: str, number: int) -> IncomeBatch:
        """Return a batch, held until the transaction ends."""

    def save_batch(self, batch: IncomeBatch) -> None:
        """Write what a batch has come to."""

    def left(self, check_id: str) -> tuple[int, int]:
        """Count the batches still to be asked about, and still to be compared; one at a time."""

    def classify(self, check_id: str, kind: str, income_class: str) -> None:
        """Keep what the decision table calls a kind of income."""

    def unclassified(self, check_id: str) -> Sequence[str]:
        """Return the kinds that were reported and have no class yet, in order."""

    def figures(self, check_id: str) -> IncomeFigures:
        """Count how a look came out."""

    def save_finding(self, finding: IncomeFinding) -> bool:
        """Insert a finding, or write what was made of it; False when it was there already."""

    def finding(self, finding_id: str) -> IncomeFinding:
        """Return a finding."""

    def findings_of_case(self, case_id: str) -> Sequence[IncomeFinding]:
        """Return a case's findings, newest first."""

    def findings(self, check_id: str, *, limit: int) -> Sequence[IncomeFinding]:
        """Return a look's findings, those nobody has looked at first."""
