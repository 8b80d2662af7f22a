"""What the core asks of the world outside: one Protocol a counterpart, and what it answers.

A gateway has its own time limit, retries what is worth retrying, and raises only `OutsideError`.
Whatever changes the world takes an idempotency key: asking twice with one key acts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from processes.domain.accounting import Voucher
from processes.domain.deductions import Payee
from processes.domain.identifiers import Cpr, Cvr
from processes.domain.letters import Letter
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.ports.tryouts import TryoutRunner


class Clock(Protocol):
    """Tells the time; the only one who may."""

    def now(self) -> datetime:
        """Return the moment, with time zone (UTC)."""

    def today(self) -> date:
        """Return the day in Denmark."""


@dataclass(frozen=True)
class CallId:
    """What a register call is remembered by: our correlation id, when it was answered."""

    correlation_id: str
    answered_at: datetime


class MaritalStatus(StrEnum):
    """Civil status in CPR (civilstand)."""

    UNMARRIED = "ugift"
    MARRIED = "gift"
    DIVORCED = "fraskilt"
    WIDOWED = "enke"
    PARTNERSHIP = "registreret_partnerskab"


@dataclass(frozen=True)
class PersonRecord:
    """What CPR knows of one person (personoplysninger)."""

    cpr: Cpr
    name: str
    address_lines: tuple[str, ...]
    municipality_code: int
    protected: bool
    """Name and address protection (navne- og adressebeskyttelse)."""
    marital_status: MaritalStatus
    spouse: Cpr | None
    children: tuple[Cpr, ...]
    dead_on: date | None
    emigrated_on: date | None
    moved_to_denmark_on: date | None
    call: CallId


class PersonRegistry(Protocol):
    """CPR (SF1520)."""

    def look_up(self, cpr: Cpr, *, municipality_cvr: Cvr) -> PersonRecord:
        """Return one person; `OutsideError(code="not_found")` when the number is not in use."""


@dataclass(frozen=True)
class IncomeLine:
    """One income line as an employer reported it (indkomstoplysning)."""

    month: Month
    employer_cvr: str
    employer_name: str
    gross: Money
    """A-income before AM contribution (A-indkomst)."""
    am_contribution: Money
    atp: Money
    withheld_tax: Money
    hours_hundredths: int | None
    """Paid hours in hundredths; None when the employer gave none."""
    kind: str
    """`loen` or the benefit type in the register's words."""
    paid_on: date


@dataclass(frozen=True)
class IncomeAnswer:
    """What eIndkomst holds for one person over some months; no line is "known to be none"."""

    lines: tuple[IncomeLine, ...]
    call: CallId


class IncomeRegistry(Protocol):
    """eIndkomst, read (SF0770_A)."""

    def income_of(
        self, cpr: Cpr, *, months: Sequence[Month], municipality_cvr: Cvr
    ) -> IncomeAnswer:
        """Return every reported line in the months asked for."""


@dataclass(frozen=True)
class TaxCardRecord:
    """A tax card as the register holds it (skattekort)."""

    kind: str
    """`hovedkort`, `bikort` or `frikort`."""
    rate_percent: int | None
    """None on an exemption card (frikort)."""
    monthly_deduction: Money | None
    """None on every card but a main card."""
    valid_from: date


@dataclass(frozen=True)
class TaxCardAnswer:
    """What eSkattekort holds for one person; no card is "known to be none"."""

    card: TaxCardRecord | None
    call: CallId


class TaxCardRegistry(Protocol):
    """eSkattekort, read (SF0770_D)."""

    def tax_card_of(self, cpr: Cpr, *, on: date, municipality_cvr: Cvr) -> TaxCardAnswer:
        """Return the card in force on a day."""


@dataclass(frozen=True)
class PaymentRequest:
    """One payment to be made (udbetalingsanmodning); a third party learns no more than this."""

    idempotency_key: str
    payee_cpr: Cpr | None
    """The citizen, whose NemKonto it goes to; None when somebody else is paid."""
    amount: Money
    disposition_on: date
    text: str
    """At most 40 characters on the payee's bank statement; never the legal ground."""
    municipality_cvr: Cvr
    payee: Payee | None = None
    """Somebody else: landlord, supplier."""

    def __post_init__(self) -> None:
        if (self.payee_cpr is None) == (self.payee is None):
            raise ValueError("a payment has one payee")


class ReceiptState(StrEnum):
    """How far a counterpart is with what it was sent (kvittering)."""

    ACCEPTED = "modtaget"
    SETTLED = "udbetalt"
    REJECTED = "afvist"


@dataclass(frozen=True)
class Receipt:
    """A counterpart's answer about one idempotency key; the same may come twice."""

    idempotency_key: str
    state: ReceiptState
    reference: str
    """The counterpart's own id of what it accepted."""
    reason_code: str
    """Why it was rejected, in the counterpart's words; empty otherwise."""
    at: datetime


class PaymentGateway(Protocol):
    """NemKonto (SF1590_E): an asynchronous pair, ordered first and settled later."""

    def order(self, request: PaymentRequest) -> Receipt:
        """Hand over one payment; the receipt says accepted or rejected, seldom settled."""

    def order_many(self, requests: Sequence[PaymentRequest]) -> Sequence[Receipt]:
        """Hand over many payments of one municipality at once; one receipt each, in any order."""

    def receipts(self, *, since: datetime, municipality_cvr: Cvr) -> Sequence[Receipt]:
        """Return the receipts that came at or after a moment, oldest first."""


class LedgerGateway(Protocol):
    """The finance system (SF1590_A): takes balanced vouchers."""

    def post(self, voucher: Voucher, *, idempotency_key: str, municipality_cvr: Cvr) -> Receipt:
        """Hand over one voucher; accepted or rejected at once."""

    def post_many(
        self, vouchers: Sequence[tuple[str, Voucher]], *, municipality_cvr: Cvr
    ) -> Sequence[Receipt]:
        """Hand over many vouchers, each with its idempotency key; one receipt each."""


@dataclass(frozen=True)
class BenefitReportLine:
    """One payment as the income register takes it (indberetningslinje)."""

    line_id: str
    """The payment's id: the same one twice counts once."""
    cpr: Cpr
    benefit: str
    period: Month
    """The month the help is for (ydelsesperiode)."""
    paid_on: date
    gross: Money
    tax: Money


@dataclass(frozen=True)
class BenefitReport:
    """Benefits paid, reported together (indberetning)."""

    report_id: str
    lines: tuple[BenefitReportLine, ...]
    municipality_cvr: Cvr


@dataclass(frozen=True)
class BenefitReportAnswer:
    """What the income register took (sumkvittering), and what it did not (fejladvis)."""

    reference: str
    count: int
    gross: Money
    tax: Money
    rejected: tuple[tuple[str, str], ...]
    """Line id and reason code."""
    at: datetime


class BenefitReporting(Protocol):
    """eIndkomst, written (SF0770_B): A-income, A-tax and period of each benefit paid."""

    def report(self, report: BenefitReport) -> BenefitReportAnswer:
        """Hand over one report; lines it knows already are counted and not taken twice."""


@dataclass(frozen=True)
class DebtClaimRequest:
    """A claim to be registered with the debtor system (debitorregistrering)."""

    idempotency_key: str
    claim_id: str
    case_number: str
    debtor: Cpr
    claim_type: str
    """The collector's own code (fordringstype)."""
    amount: Money
    from_month: Month
    to_month: Month
    founded_on: date
    limitation_on: date
    municipality_cvr: Cvr


class MovementKind(StrEnum):
    """What lessened a claim (bevægelse)."""

    PAID = "indbetaling"
    SET_OFF = "modregning"
    WRITTEN_OFF = "afskrivning"


@dataclass(frozen=True)
class ClaimMovement:
    """Something that lessened a claim in the debtor system; the same may come twice."""

    claim_id: str
    reference: str
    """The debtor system's own id of the movement."""
    kind: MovementKind
    on: date
    amount: Money


class DebtRegistry(Protocol):
    """The debtor system (SF1590_B): keeps the account of a claim."""

    def register(self, request: DebtClaimRequest) -> Receipt:
        """Hand over one claim; accepted or rejected at once."""

    def transfer(self, claim_id: str, *, idempotency_key: str, municipality_cvr: Cvr) -> Receipt:
        """Let a claim go to the collector (Gældsstyrelsen)."""

    def movements(self, *, since: date, municipality_cvr: Cvr) -> Sequence[ClaimMovement]:
        """Return what lessened claims on or after a day, oldest first."""


class Channel(StrEnum):
    """How a letter reaches its receiver (forsendelseskanal)."""

    DIGITAL_POST = "digital_post"
    PAPER = "fysisk_post"


@dataclass(frozen=True)
class PostItem:
    """One letter on its way to one receiver (forsendelse)."""

    idempotency_key: str
    receiver: Cpr
    title: str
    pdf: bytes
    municipality_cvr: Cvr
    sender_name: str


@dataclass(frozen=True)
class PostReceipt:
    """What became of a letter, and by which channel it went."""

    receipt: Receipt
    channel: Channel


class PostGateway(Protocol):
    """Digital Post or paper (SF1601, MeMo): the service chooses by the receiver's registration."""

    def send(self, item: PostItem) -> PostReceipt:
        """Hand over one letter."""


@dataclass(frozen=True)
class CaseEvent:
    """Something that happened to a case, told to whoever listens (hændelse); no personal data."""

    idempotency_key: str
    kind: str
    """`sag.opstaaet`, `sag.afgjort`, `ydelse.bevilget` …"""
    case_id: str
    case_number: str
    kle_subject: str
    at: datetime
    municipality_cvr: Cvr


class EventGateway(Protocol):
    """Beskedfordeler (SF1462): tells other systems."""

    def publish(self, event: CaseEvent) -> Receipt:
        """Hand over one event."""


@dataclass(frozen=True)
class CaseIndexEntry:
    """One registration of a case for the common index (sagsindeks); no words about the person."""

    idempotency_key: str
    case_id: str
    case_number: str
    title: str
    kle_subject: str
    kle_facet: str
    unit: str
    states: tuple[tuple[str, datetime], ...]
    """Every state the case has been in and since when, oldest first, by OIO's words."""
    primary_party: Cpr
    other_parties: tuple[Cpr, ...]
    opened_at: datetime
    registered_at: datetime
    municipality_cvr: Cvr


class CaseIndex(Protocol):
    """The common case index (SF1470): tells other systems that a case exists and how far it is."""

    def register(self, entry: CaseIndexEntry) -> Receipt:
        """Hand over one registration; it replaces the one before."""


@dataclass(frozen=True)
class ScanAnswer:
    """What a virus scanner says of a file (scanningssvar)."""

    is_scanned: bool
    """False when the installation has no scanner."""
    virus: str = ""
    """The scanner's own name of what it found; empty when it found nothing."""


class ContentScanner(Protocol):
    """A virus scanner (virusscanner)."""

    def scan(self, content: bytes) -> ScanAnswer:
        """Look a file through; `OutsideError` when the scanner does not answer."""


@dataclass(frozen=True)
class RenderedLetter:
    """A letter as it goes out: the exact bytes and their digest."""

    pdf: bytes
    sha256: str


class LetterRenderer(Protocol):
    """Turns paragraphs into PDF/A and PDF/UA."""

    def render(self, letter: Letter) -> RenderedLetter:
        """Render one letter; the same letter gives the same bytes."""


@dataclass(frozen=True)
class Gateways:
    """Every counterpart at once: what an `ask` half gets."""

    clock: Clock
    persons: PersonRegistry
    income: IncomeRegistry
    payments: PaymentGateway
    ledger: LedgerGateway
    post: PostGateway
    events: EventGateway
    renderer: LetterRenderer
    tax_cards: TaxCardRegistry
    case_index: CaseIndex
    scanner: ContentScanner
    reporting: BenefitReporting
    trials: TryoutRunner
    debts: DebtRegistry
