"""Rows of the monthly payment run, and what a store must remember of it.

Frozen records (poster); amounts are `Money`, moments are aware, days are Danish.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from processes.domain.access import Actor
from processes.domain.calculation import Node
from processes.domain.cases import Application, Case
from processes.domain.decisions import Decision
from processes.domain.deductions import DecidedDeduction
from processes.domain.deviations import Deviation, DeviationSum, PaidOut
from processes.domain.facts import Fact
from processes.domain.grants import RunningGrant
from processes.domain.money import Money
from processes.domain.payments import PaymentLine, PaymentReceipt, PaymentState
from processes.domain.periods import Month
from processes.domain.pipeline import Taken
from processes.domain.reimbursement import MonthRefund
from processes.domain.runs import Accounted, Difference, Verdict
from processes.ports.pages import ExplainLine
from processes.ports.records import UserTask, VoucherRecord

NOTHING = Money(0)


@dataclass(frozen=True)
class PaymentRun:
    """One municipality's run for one month (udbetalingskørsel)."""

    id: str
    case_id: str
    """The administrative case its tasks lie on."""
    month: Month
    blockers_at: datetime
    freeze_at: datetime
    review_by: datetime
    send_at: datetime
    disposition_on: date
    started_by: str
    started_at: datetime
    frozen_at: datetime | None = None
    change_percent: int = 0
    """The month's limits, as the decision table gave them when it was frozen."""
    largest: Money = NOTHING
    stop_reason: str = ""
    """Why the whole run must be looked at, by the decision table; empty when it need not."""
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    sent_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class RunLine:
    """One frozen grant of a run (kørselslinje)."""

    id: str
    """Also the id of its payment, so that it can be paid once and no more."""
    run_id: str
    batch: int
    grant: RunningGrant


@dataclass(frozen=True)
class RunResult:
    """What one line came to (kørselsresultat); a later version is another calculation."""

    line_id: str
    version: int
    calculated: Money | None
    gross: Money
    tax: Money
    net: Money
    is_payable: bool
    weight: str
    remarks: tuple[Mapping[str, str], ...]
    """Each with `kind`, `text` and `weight`."""
    card_kind: str
    """Empty without a card."""
    allowance: Money
    explanation: Node | None
    made_at: datetime
    sanction: Money = NOTHING
    set_off_gross: Money = NOTHING
    atp: Money = NOTHING
    set_off: Money = NOTHING
    administration: Money = NOTHING
    atp_municipality: Money = NOTHING
    pension: Money = NOTHING
    taken: tuple[Taken, ...] = ()


@dataclass(frozen=True)
class RunRuling:
    """What a person decided about a line (beslutning), and why."""

    line_id: str
    version: int
    """The result it was decided on; a later one is another matter."""
    verdict: Verdict
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class RunBasis:
    """Everything a batch of lines is calculated from (beregningsgrundlag)."""

    lines: Sequence[RunLine]
    cases: Mapping[str, Case]
    applications: Mapping[str, Application]
    """The newest of each case."""
    facts: Mapping[str, Sequence[Fact]]
    decisions: Mapping[str, Sequence[Decision]]
    last_gross: Mapping[str, Money]
    """What each person was paid for the month before, before tax, by party."""
    shared: frozenset[str]
    """Parties whose personal number stands on more than one line of the run."""
    deductions: Mapping[str, Sequence[DecidedDeduction]] = field(default_factory=dict)
    """What was decided and sent to come off, by case."""


@dataclass(frozen=True)
class RunItem:
    """A line as it stands (kørselslinje med status): frozen, calculated, judged, paid."""

    line: RunLine
    result: RunResult | None
    ruling: RunRuling | None
    """Of the newest result; None when nobody has decided."""
    payment: PaymentState | None
    """None until it is ordered."""
    name: str = ""
    protection: str = ""
    case_number: str = ""

    @property
    def is_open(self) -> bool:
        """Whether a person must decide before anything happens."""
        return (
            self.result is not None
            and self.ruling is None
            and (self.result.weight != "noteret" or not self.result.is_payable)
        )

    @property
    def is_held(self) -> bool:
        """Whether a person has held it back."""
        return self.ruling is not None and self.ruling.verdict is Verdict.HELD

    @property
    def may_go(self) -> bool:
        """Whether it is paid when the run is."""
        return (
            self.result is not None
            and self.result.is_payable
            and not self.is_open
            and not self.is_held
        )


@dataclass(frozen=True)
class RunFigures:
    """A run in figures (kørslens tal), read in one statement."""

    lines: int = 0
    calculated: int = 0
    gross: Money = NOTHING
    tax: Money = NOTHING
    net: Money = NOTHING
    """What the calculated lines come to."""
    sanction: Money = NOTHING
    set_off: Money = NOTHING
    """Before and after tax."""
    atp: Money = NOTHING
    administration: Money = NOTHING
    pension: Money = NOTHING
    """On top, and the municipality's part of ATP with it."""
    open: int = 0
    held: int = 0
    held_net: Money = NOTHING
    serious: int = 0
    """Open lines with a serious remark."""
    to_pay: int = 0
    to_pay_net: Money = NOTHING
    main_cards: int = 0
    without_allowance: int = 0
    ordered: int = 0
    ordered_net: Money = NOTHING
    accepted: int = 0
    settled: int = 0
    settled_net: Money = NOTHING
    rejected: int = 0
    rejected_net: Money = NOTHING


@dataclass(frozen=True)
class RemarkCount:
    """How often something was remarked (undtagelser af en slags)."""

    kind: str
    weight: str
    lines: int
    gross: Money
    open: int
    held: int


@dataclass(frozen=True)
class MonthOfBenefit:
    """One benefit's month beside the one before (sammenligning)."""

    benefit: str
    count: int
    gross: Money
    last_count: int
    last_gross: Money


@dataclass(frozen=True)
class PhaseProgress:
    """How far the batches of one phase are (fremdrift)."""

    phase: str
    batches: int
    done: int
    last_done_at: datetime | None


@dataclass(frozen=True)
class ReportLine:
    """One payment on its way to the income register (indberetningslinje)."""

    payment_id: str
    case_id: str
    cpr_digits: str
    benefit: str
    month: Month
    paid_on: date
    gross: Money
    tax: Money


@dataclass(frozen=True)
class ReconciliationRow:
    """One time a run was reconciled (afstemning): its sums, and what did not agree."""

    number: int
    at: datetime
    figures: Mapping[str, int]
    """Counts, and sums in øre, by name."""
    differences: tuple[Difference, ...] = field(default=())


@dataclass(frozen=True)
class Blocker:
    """What stands in the way of somebody's payment before the run (blokering)."""

    kind: str
    case_id: str
    case_number: str
    text: str


class RunStore(Protocol):
    """Monthly runs: lines, results, rulings, batches, reports, reconciliations."""

    def add(self, run: PaymentRun) -> None:
        """Save a new run; a second one of the same month is refused by the database."""

    def get(self, run_id: str) -> PaymentRun:
        """Return a run."""

    def lock(self, run_id: str) -> PaymentRun:
        """Return a run and hold its row until the transaction ends."""

    def hold_month(self, month: Month) -> None:
        """Let one transaction at a time plan a month."""

    def of_month(self, month: Month) -> PaymentRun | None:
        """Return the run of a month, if there is one."""

    def all(self) -> Sequence[PaymentRun]:
        """Return every run, the newest month first."""

    def save(self, run: PaymentRun) -> None:
        """Write how far a run is."""

    def freeze(self, run: PaymentRun, *, batch_size: int) -> int:
        """Write a line for each running grant of the month, in batches; returns how many batches.

        What already has a payment for the month has no line. Again changes nothing.
        """

    def has_running(self, month: Month) -> bool:
        """Tell whether anybody has running help that nobody has paid for a month."""

    def blockers(self, month: Month, *, pays_on: date) -> Sequence[Blocker]:
        """Return what stands in the way of the month's running grants."""

    def basis(self, run_id: str, batch: int | None, *, line_id: str | None = None) -> RunBasis:
        """Return what a batch, or one line, is calculated from, in the same few statements."""

    def running(self, month: Month) -> Sequence[RunLine]:
        """Return what would be frozen if the month's run began now; nothing is written."""

    def basis_of(self, lines: Sequence[RunLine], month: Month) -> RunBasis:
        """Return what some lines are calculated from, whether or not they are in a run."""

    def paid_out(self, month: Month) -> Mapping[str, PaidOut]:
        """Return what each party was paid for a month of running help, by party."""

    def refunded(self, until: Month) -> Mapping[str, Sequence[tuple[Month, Money]]]:
        """Return what each party was paid of kontanthjælp, month by month up to one, at cost.

        The cost is before tax and less sanctions; what is paid on top of the help is not refunded
        by these steps.
        """

    def people(self, party_ids: Sequence[str]) -> Mapping[str, tuple[str, str, str, str]]:
        """Return name, protection, case and case number of some parties."""

    def checks(self, run_id: str, batch: int) -> RunBasis:
        """Return what the safeguards ask about a batch: its lines, decisions and deductions."""

    def add_results(self, results: Sequence[RunResult]) -> None:
        """Save what lines came to; the same version twice is kept once."""

    def add_ruling(self, ruling: RunRuling) -> None:
        """Append what a person decided about a line."""

    def rulers(self, run_id: str) -> frozenset[str]:
        """Return everybody who has decided about a line of a run."""

    def item(self, line_id: str) -> RunItem:
        """Return one line as it stands."""

    def items(
        self, run_id: str, *, batch: int | None = None, kind: str = "", which: str = "", limit: int
    ) -> Sequence[RunItem]:
        """Return lines as they stand; `which` is `aabne`, `holdt`, `afvist` or all."""

    def figures(self, run_id: str) -> RunFigures:
        """Return a run in figures, in one statement."""

    def remarks(self, run_id: str) -> Sequence[RemarkCount]:
        """Return what was remarked, by kind, in one statement."""

    def compared(self, run_id: str) -> Sequence[MonthOfBenefit]:
        """Return the run beside what was paid for the month before, by benefit."""

    def add_batches(self, run_id: str, phase: str, count: int) -> None:
        """Say how many batches a phase has."""

    def finish_batch(self, run_id: str, phase: str, number: int, *, at: datetime) -> int:
        """Say a batch is done; returns how many of its phase are left. Holds the run."""

    def phases(self, run_id: str) -> Sequence[PhaseProgress]:
        """Return how far each phase is."""

    def order(self, run: PaymentRun, lines: Sequence[PaymentLine], *, at: datetime) -> None:
        """Save one plan and payment a line, ordered; what is there stays as it is."""

    def ordered(self, run_id: str, batch: int) -> Sequence[PaymentLine]:
        """Return a batch's payments that the bank has not answered yet."""

    def payees(self, case_ids: Sequence[str]) -> Mapping[str, str]:
        """Return the personal number of each party of some cases."""

    def is_waiting(self) -> bool:
        """Tell whether any run waits for the bank."""

    def of_run(self, payment_ids: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """Return run and case of those payments that a run sent."""

    def append_receipts(self, receipts: Sequence[PaymentReceipt]) -> Sequence[PaymentReceipt]:
        """Append receipts in one statement; returns those that were new."""

    def unanswered(self, run_id: str) -> int:
        """Return how many payments of a run the bank has neither settled nor rejected."""

    def to_post(self, run_id: str, batch: int) -> Sequence[tuple[PaymentLine, str]]:
        """Return a batch's settled payments without a voucher, each with its benefit."""

    def add_vouchers(self, vouchers: Sequence[VoucherRecord]) -> None:
        """Insert vouchers with their entries; the same one twice is kept once."""

    def to_book(self, run_id: str, batch: int) -> Sequence[VoucherRecord]:
        """Return a batch's vouchers the finance system has neither taken nor rejected."""

    def book(
        self, accepted: Mapping[str, str], rejected: Mapping[str, str], *, at: datetime
    ) -> None:
        """Write the finance system's answers: reference or reason, by voucher."""

    def rejected_vouchers(self, run_id: str) -> int:
        """Return how many of a run's vouchers stand rejected."""

    def retry_vouchers(self, run_id: str) -> int:
        """Give a run's rejected vouchers another try; returns how many."""

    def batches(self, run_id: str) -> int:
        """Return how many batches of lines a run has."""

    def open_report(
        self, report_id: str, *, until: date, limit: int, run_id: str | None, plan_id: str | None
    ) -> int:
        """Put settled, unreported payments into a report; returns how many there were."""

    def report_lines(self, report_id: str) -> Sequence[ReportLine]:
        """Return a report's lines without an answer."""

    def answer_report(
        self,
        report_id: str,
        *,
        accepted: Sequence[str],
        rejected: Mapping[str, str],
        reference: str,
        at: datetime,
    ) -> None:
        """Write what the income register answered, by payment."""

    def accounted(self, run: PaymentRun) -> Sequence[Accounted]:
        """Return every payment of a run's month with what must agree with it, in one statement."""

    def add_reconciliation(self, run_id: str, row: ReconciliationRow) -> None:
        """Append a reconciliation with its differences."""

    def reconciliations(self, run_id: str) -> Sequence[ReconciliationRow]:
        """Return a run's reconciliations, the newest first."""


# ---- what the pages show -------------------------------------------------------------------


@dataclass(frozen=True)
class RunPhase:
    """One phase as the page shows it (fase): how far, in words."""

    name: str
    state: str
    """`done`, `busy` or `todo`."""
    said: str
    at: datetime | None = None
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class RunPage:
    """Everything the page of a run shows (kørslens side)."""

    run: PaymentRun
    figures: RunFigures
    phases: Sequence[RunPhase]
    remarks: Sequence[RemarkCount]
    compared: Sequence[MonthOfBenefit]
    blockers: Sequence[Blocker]
    items: Sequence[RunItem]
    reconciliations: Sequence[ReconciliationRow]
    tasks: Sequence[UserTask]
    """What people must do in the run now."""
    names: Mapping[str, str]
    ruled: Sequence[str]
    """Who has released or held a payment in it."""
    may_stop: bool


@dataclass(frozen=True)
class RunLinePage:
    """Everything the page of one payment of a run shows (betalingens side)."""

    run: PaymentRun
    item: RunItem
    explanation: Sequence[ExplainLine]
    last_gross: Money | None
    names: Mapping[str, str]


@dataclass(frozen=True)
class SimulatedLine:
    """What one person would be paid today, and why it is another than last month (prøvelinje)."""

    party_id: str
    case_id: str
    case_number: str
    name: str
    protection: str
    now: PaidOut | None
    """None when nothing would be paid."""
    before: PaidOut | None
    deviations: tuple[Deviation, ...]
    remarks: tuple[Mapping[str, str], ...]

    @property
    def difference(self) -> Money:
        """How much more the citizen would get than last month."""
        return (self.now or PaidOut()).net - (self.before or PaidOut()).net


@dataclass(frozen=True)
class SimulatedRun:
    """What would be paid today (prøvekørsel), beside the month before."""

    month: Month
    pays_on: date
    people: int
    people_before: int
    now: PaidOut
    before: PaidOut
    causes: tuple[DeviationSum, ...]
    remarks: tuple[tuple[str, str, int], ...]
    """Kind, weight and how many."""
    lines: tuple[SimulatedLine, ...]
    """Those that differ most."""
    hidden: int
    """How many others differ."""


class RunDesk(Protocol):
    """What the pages of monthly runs ask for."""

    def plan(self, month: Month, by: Actor) -> str:
        """Plan the run of a month; the one that is there is returned."""

    def all(self, by: Actor) -> Sequence[tuple[PaymentRun, RunFigures]]:
        """Return every run with its figures, the newest first."""

    def page(self, run_id: str, by: Actor, *, which: str = "bemaerket", kind: str = "") -> RunPage:
        """Return what the page of a run shows."""

    def line(self, line_id: str, by: Actor) -> RunLinePage:
        """Return what the page of one payment shows."""

    def refund(self, month: Month, by: Actor) -> MonthRefund:
        """Estimate the state's share of a month's kontanthjælp."""

    def simulate(self, by: Actor) -> SimulatedRun:
        """Work out what would be paid today, and why it differs from last month."""

    def rule(self, line_id: str, verdict: Verdict, reason: str, by: Actor) -> None:
        """Release or hold one payment, with a reason."""

    def calculate_again(self, line_id: str, by: Actor) -> None:
        """Calculate one line again, now that something was put right."""

    def stop(self, run_id: str, reason: str, by: Actor) -> None:
        """Stop an approved run before the bank gets it."""
