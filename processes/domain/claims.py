"""A claim for repayment (krav) from its decision until it is paid, handed over or lapsed.

What becomes of a claim is appended, never written over; its standing is worked out from that.
Knows repayment's law. Knows nothing of the debtor system that keeps the account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from processes.domain.errors import RuleError, SafeguardError
from processes.domain.matters import Basis, MatterDecision, MatterKind
from processes.domain.money import ZERO, Money, total
from processes.domain.periods import Calendar, Month, danish_day
from processes.domain.rates import RateBook
from processes.domain.recovery import ClaimFacts, Ground, Recovered, Standing, lapse_day, standing

RECHECK_DAYS = 365
"""Income and deferral are looked at anew at least once a year."""
REMIND_AFTER_DAYS = 10
"""How long after its day an instalment is missed; a habit of ours, not the law's."""
MOST_REMINDERS = 2
REMINDER_DAYS = 14
FEBRUARY_29 = (2, 29)


# ---- what is claimed, and why ----------------------------------------------------------------


@dataclass(frozen=True)
class ClaimMonth:
    """A month of help and what of it is claimed (kravets måned), before tax."""

    month: Month
    paid: Money
    claimed: Money
    compensation: Money = ZERO
    """§ 94 only: what came later for the same month."""


@dataclass(frozen=True)
class RepaymentBasis:
    """Why and how much is claimed back (kravets grundlag)."""

    facts: ClaimFacts
    months: tuple[ClaimMonth, ...]
    evidence: str
    """What the citizen was told and when, and what shows the rest."""
    days_abroad: int = 0

    @property
    def amount(self) -> Money:
        """All months together."""
        return total(month.claimed for month in self.months)

    @property
    def law(self) -> str:
        """The paragraph it stands on."""
        return f"LAS § {self.facts.ground.value}"


def check_months(months: Sequence[ClaimMonth], ground: Ground) -> None:
    """Refuse to claim more than was paid, or under § 94 more than what came later.

    Law: LAS § 94: gross against gross, never more than either of the two.
    """
    if not any(each.claimed for each in months):
        raise RuleError("Der er intet beløb i kravet. Skriv det, eller vælg «Intet krav».")
    for each in months:
        if each.claimed > each.paid:
            raise RuleError(
                f"Der er betalt {each.paid.danish()} for {each.month}, så der kan ikke kræves"
                f" {each.claimed.danish()}. Ret beløbet."
            )
        if ground is Ground.COMPENSATED and each.claimed > each.compensation:
            raise RuleError(
                f"Der kom {each.compensation.danish()} for {each.month}, så der kan ikke kræves"
                f" {each.claimed.danish()}. Ret beløbet."
            )


_ANSWERS = (
    "withheld_information",
    "against_better_knowledge",
    "told_at_payment",
    "situation_met",
    "same_time_and_purpose",
    "reserved_in_writing",
)


def to_body(basis: RepaymentBasis) -> dict[str, object]:
    """Return the grounds as plain data; `from_body` gives them back."""
    return {
        "ground": basis.facts.ground.value,
        "answers": {key: getattr(basis.facts, key) for key in _ANSWERS},
        "months": [
            {
                "month": str(each.month),
                "paid": each.paid.oere,
                "claimed": each.claimed.oere,
                "compensation": each.compensation.oere,
            }
            for each in basis.months
        ],
        "evidence": basis.evidence,
        "days_abroad": basis.days_abroad,
    }


def from_body(basis: Basis) -> RepaymentBasis:
    """Return the grounds `to_body` made plain."""
    body = basis.body
    answers, months = body["answers"], body["months"]
    if not isinstance(answers, Mapping) or not isinstance(months, list):
        raise TypeError("a basis of repayment has answers and months")
    return RepaymentBasis(
        facts=ClaimFacts(Ground(str(body["ground"])), **{key: answers[key] for key in _ANSWERS}),
        months=tuple(
            ClaimMonth(
                Month.parse(each["month"]),
                Money(each["paid"]),
                Money(each["claimed"]),
                Money(each["compensation"]),
            )
            for each in months
        ),
        evidence=str(body["evidence"]),
        days_abroad=int(str(body["days_abroad"])),
    )


# ---- the claim -------------------------------------------------------------------------------


@dataclass(frozen=True)
class DebtClaim:
    """A claim as the debtor system keeps it (debitorkrav); never changed once it is there."""

    id: str
    decision_id: str
    case_id: str
    party_id: str
    """Who owes: spouses are not liable for each other."""
    amount: Money
    claim_type: str
    """The collector's own code (fordringstype)."""
    from_month: Month
    to_month: Month
    founded_on: date
    """When it became due (stiftelsesdato)."""
    limitation_on: date
    """When it is time-barred unless something stops it (forældelsesdato)."""
    made_at: datetime


class ClaimEventKind(StrEnum):
    """What can become of a claim (kravhændelse)."""

    REGISTERED = "registreret"
    REJECTED = "afvist"
    """The debtor system did not take it; somebody puts it right and it goes again."""
    PAID = "indbetalt"
    SET_OFF = "modregnet"
    WRITTEN_OFF = "afskrevet"
    REMINDED = "rykket"
    TRANSFERRED = "overdraget"
    LAPSED = "bortfaldet"
    REPORTED = "politianmeldt"
    NOT_REPORTED = "ikke_politianmeldt"


EVENT_NAMES: Mapping[ClaimEventKind, str] = {
    ClaimEventKind.REGISTERED: "Registreret i debitorsystemet",
    ClaimEventKind.REJECTED: "Ikke taget imod af debitorsystemet",
    ClaimEventKind.PAID: "Indbetalt",
    ClaimEventKind.SET_OFF: "Modregnet",
    ClaimEventKind.WRITTEN_OFF: "Afskrevet",
    ClaimEventKind.REMINDED: "Rykket",
    ClaimEventKind.TRANSFERRED: "Overdraget til Gældsstyrelsen",
    ClaimEventKind.LAPSED: "Bortfaldet",
    ClaimEventKind.REPORTED: "Anmeldt til politiet",
    ClaimEventKind.NOT_REPORTED: "Ikke anmeldt til politiet",
}
LESSENING = frozenset({ClaimEventKind.PAID, ClaimEventKind.SET_OFF, ClaimEventKind.WRITTEN_OFF})


@dataclass(frozen=True)
class ClaimEvent:
    """One thing that became of a claim (kravhændelse); appended."""

    claim_id: str
    kind: ClaimEventKind
    on: date
    amount: Money
    reference: str
    """The counterpart's own id, or ours: the same one twice counts once."""
    by: str
    at: datetime
    note: str = ""


class ArrangementKind(StrEnum):
    """How a claim is paid (betalingsordning)."""

    DEFERRED = "henstand"
    INSTALMENTS = "afdrag"
    AT_ONCE = "samlet"


@dataclass(frozen=True)
class Arrangement:
    """How a claim is paid from a day on (betalingsordning); the newest holds."""

    id: str
    claim_id: str
    kind: ArrangementKind
    monthly: Money
    first_due_on: date | None
    """When the first instalment, or the whole, is due; none while it is deferred."""
    recheck_on: date
    reason: str
    """Which rule or table, or what was agreed and why."""
    source: str
    """Where the rule or table was read, with its confidence; a person's own words otherwise."""
    by: str
    at: datetime


def check_claim(decision: MatterDecision, *, now: datetime) -> None:
    """Refuse a claim that no sent decision carries: nothing is reclaimed without one.

    Law: FVL §§ 19 and 22-25; LAS § 95.
    """
    if decision.kind is not MatterKind.REPAYMENT or not decision.amount:
        raise SafeguardError("Afgørelsen kræver ikke noget tilbage, så der kan ikke rejses krav.")
    if decision.sent_at is None or decision.sent_at > now:
        raise SafeguardError(
            "Afgørelsen om tilbagebetaling er ikke sendt, så der kan ikke kræves noget."
            " Send brevet først."
        )
    if decision.hearing_id is None and not decision.hearing_exception.strip():
        raise SafeguardError(
            "Parten er ikke hørt om kravet, og der står ingen grund til det. Træf en ny afgørelse."
        )


def years_after(day: date, years: int) -> date:
    """Return the same day some years later; a leap day becomes the first of March."""
    if (day.month, day.day) == FEBRUARY_29:
        return date(day.year + years, 3, 1)
    return day.replace(year=day.year + years)


def limitation_day(due_on: date, *, rates: RateBook) -> date:
    """Return when a claim is time-barred (forældelsesdato), counted from when it is due."""
    return years_after(due_on, rates.on("tilbagebetaling.foraeldelse_aar", due_on).number)


def stands(
    claim: DebtClaim,
    events: Sequence[ClaimEvent],
    *,
    help_ended_on: date | None,
    day: date,
    rates: RateBook,
) -> Standing:
    """Return what is left of a claim on a day, and whether it has lapsed (saldo)."""
    lapsed = next((each for each in events if each.kind is ClaimEventKind.LAPSED), None)
    if lapsed is not None:
        return Standing(Money(0), lapsed.on)
    paid = [Recovered(each.on, each.amount) for each in events if each.kind in LESSENING]
    return standing(claim.amount, paid, help_ended_on=help_ended_on, day=day, rates=rates)


def left_of(claim: DebtClaim, events: Sequence[ClaimEvent]) -> Money:
    """Return what has not been paid, set off or written off of a claim."""
    return max(
        claim.amount - total(each.amount for each in events if each.kind in LESSENING), Money(0)
    )


def lapsed_amount(events: Sequence[ClaimEvent]) -> Money:
    """Return how much was lapsed."""
    return total(each.amount for each in events if each.kind is ClaimEventKind.LAPSED)


def last_reminded(events: Sequence[ClaimEvent]) -> Money:
    """Return what the newest reminder asks for."""
    asked = [each.amount for each in events if each.kind is ClaimEventKind.REMINDED]
    return asked[-1] if asked else Money(0)


def pay_by(today: date, *, calendar: Calendar) -> date:
    """Return until when a reminder asks for payment (betalingsfrist)."""
    return calendar.first_working_day_from(today + timedelta(days=REMINDER_DAYS))


def is_over(events: Sequence[ClaimEvent]) -> bool:
    """Tell whether a claim has left us: handed over to be collected, or lapsed."""
    over = {ClaimEventKind.LAPSED, ClaimEventKind.TRANSFERRED}
    return any(each.kind in over for each in events)


def expected(arrangement: Arrangement, claim: DebtClaim, day: date) -> Money:
    """Return what should have been paid since an arrangement began, to and with a day."""
    due = arrangement.first_due_on
    if due is None or day < due:
        return Money(0)
    if arrangement.kind is ArrangementKind.AT_ONCE:
        return claim.amount
    months = (day.year - due.year) * 12 + day.month - due.month + (1 if day.day >= due.day else 0)
    return min(arrangement.monthly * months, claim.amount)


def paid_since(events: Sequence[ClaimEvent], since: datetime) -> Money:
    """Return what has lessened a claim since a moment."""
    day = danish_day(since)
    return total(each.amount for each in events if each.kind in LESSENING and each.on >= day)


def arrears(
    arrangement: Arrangement, claim: DebtClaim, events: Sequence[ClaimEvent], left: Money, day: date
) -> Money:
    """Return what is behind on a day, some days after it was due (restance)."""
    by_now = expected(arrangement, claim, day - timedelta(days=REMIND_AFTER_DAYS))
    paid = paid_since(events, arrangement.at)
    if arrangement.kind is ArrangementKind.AT_ONCE:
        paid = claim.amount - left
    return min(max(by_now - paid, Money(0)), left)


def next_look(
    arrangement: Arrangement, day: date, *, help_ended_on: date | None, rates: RateBook
) -> date:
    """Return when a claim must be looked at next: an instalment, the year's recheck, its lapse.

    While it is put off it is looked at every month: whoever owes may have stopped to live on help.
    """
    wanted = [max(arrangement.recheck_on, day + timedelta(days=1))]
    if arrangement.kind is ArrangementKind.DEFERRED:
        wanted.append(Month.of(day).next().first_day + timedelta(days=REMIND_AFTER_DAYS))
    due = arrangement.first_due_on
    if due is not None:
        wanted.append(_next_instalment(due, day) + timedelta(days=REMIND_AFTER_DAYS))
    if help_ended_on is not None:
        lapses = lapse_day(help_ended_on, rates=rates)
        if lapses > day:
            wanted.append(lapses)
    return min(wanted)


def _next_instalment(first: date, day: date) -> date:
    """Return the first due day whose check lies after a day."""
    due = first
    month = Month.of(first)
    while due + timedelta(days=REMIND_AFTER_DAYS) <= day:
        month = month.next()
        due = month.first_day.replace(day=min(first.day, month.last_day.day))
    return due
