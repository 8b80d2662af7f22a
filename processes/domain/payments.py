"""Payment plan and execution (effektueringsplan, effektuering): gross, tax, net; owed on a date.

The order inside a payment is law, and stands in `pipeline`; what is planned, tried again and owed
stands here.
Knows decisions and calculations. Knows nothing of banks, ledgers or letters.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from uuid import NAMESPACE_OID, uuid5

from processes.domain.calculation import Calculation, HelpKind, Missing, Node, PersonMonth
from processes.domain.decisions import DecidedLine, Decision
from processes.domain.deductions import BEFORE_TAX, DecidedDeduction, DeductionKind, due
from processes.domain.errors import RuleError
from processes.domain.facts import FactKind, Facts
from processes.domain.money import ZERO, Money, total
from processes.domain.periods import DENMARK, ONE_DAY, Calendar, Month, danish_day
from processes.domain.pipeline import (
    NO_CONTRIBUTIONS,
    Contributions,
    Net,
    Taken,
    contributions,
    net_of,
)
from processes.domain.rates import Confidence, RateBook
from processes.domain.rules.book import RuleBook
from processes.domain.rules.prose import month_in_words
from processes.domain.tax import TAXED, TaxCard, tax_card

PRODUCTION = "production"
BY_HAND = "kasse"
"""The reason code of what was handed over at the desk."""
NO_BANK = "intet_til_borgeren"
"""The reference of a payment that leaves the citizen nothing: it is settled without a bank."""
RECEIPT_BANKING_DAYS = 2
RECEIPT_TIME = time(15, 30)
"""When the desk closes: whoever is to look into it has the next day."""


class PaymentState(StrEnum):
    """How far a payment is (udbetalingstilstand); derived from appended receipts."""

    PLANNED = "planlagt"
    ORDERED = "bestilt"
    ACCEPTED = "modtaget"
    SETTLED = "udbetalt"
    REJECTED = "afvist"


@dataclass(frozen=True)
class PaymentLine:
    """One payment (udbetaling) to one payee for one month; never changed once planned."""

    id: str
    plan_id: str
    case_id: str
    decision_id: str
    party_id: str
    """The payee (betalingsmodtager)."""
    month: Month
    sequence: int
    """0 for the first try; a rejected payment is tried again as the next."""
    gross: Money
    tax: Money
    """A-tax withheld, as a positive amount."""
    net: Money
    disposition_on: date
    explanation: Node
    """Gross to net, on top of the calculation's own tree."""
    sanction: Money = ZERO
    set_off_gross: Money = ZERO
    atp: Money = ZERO
    set_off: Money = ZERO
    administration: Money = ZERO
    """What somebody else is paid of it."""
    atp_municipality: Money = ZERO
    pension: Money = ZERO
    """Paid on top of the help, not from it."""
    taken: tuple[Taken, ...] = ()
    """The deductions it comes from; none on a later try, whose parts are the first one's."""

    @property
    def income(self) -> Money:
        """What is A-income and is reported: the gross less what comes off before tax."""
        return self.gross - self.sanction - self.set_off_gross

    @property
    def cost(self) -> Money:
        """What the month costs the municipality (udgift): no sanction, and what is on top."""
        return self.gross - self.sanction + self.atp_municipality + self.pension


def with_net(line: PaymentLine, net: Net) -> PaymentLine:
    """Return a line with the amounts of a payment worked out."""
    return replace(
        line,
        gross=net.gross,
        tax=net.tax,
        net=net.net,
        explanation=net.explanation,
        sanction=net.sanction,
        set_off_gross=net.set_off_gross,
        atp=net.atp,
        set_off=net.set_off,
        administration=net.administration,
        atp_municipality=net.atp_municipality,
        pension=net.pension,
        taken=net.taken,
    )


@dataclass(frozen=True)
class PaymentPlan:
    """A payment plan (effektueringsplan): what one decision makes the municipality pay."""

    id: str
    case_id: str
    decision_id: str
    made_at: datetime
    lines: tuple[PaymentLine, ...]


@dataclass(frozen=True)
class PaymentReceipt:
    """An appended receipt (kvittering) of one payment; the same may come twice."""

    payment_id: str
    state: PaymentState
    reference: str
    reason_code: str
    at: datetime


@dataclass(frozen=True)
class Planning:
    """What came of planning: a plan, or why there cannot be one yet (planlægning)."""

    plan: PaymentPlan | None
    missing: tuple[Missing, ...]
    reason: str
    """In Danish, for the task; empty when it can be paid."""

    @property
    def payable(self) -> bool:
        """Whether it can be ordered."""
        return self.plan is not None


def deduction_used(lines: Iterable[PaymentLine], *, month: Month) -> dict[str, Money]:
    """Return how much of a month's deduction payments of that month have taken, by party.

    A payment belongs to the month its money is there, whichever month the help is for (KSL § 48).
    """
    used: dict[str, Money] = {}
    for line in lines:
        if Month.of(line.disposition_on) != month:
            continue
        taxed = next((node.value for node in line.explanation.walk() if node.id == TAXED), None)
        if isinstance(taxed, Money):
            used[line.party_id] = used.get(line.party_id, Money(0)) + line.income - taxed
    return used


def plan(
    decision: Decision,
    calculation: Calculation,
    *,
    facts: Facts,
    rules: RuleBook,
    calendar: Calendar,
    today: date,
    plan_id: str,
    new_id: Callable[[], str],
    made_at: datetime,
    mode: str,
    months: Collection[Month] | None = None,
    pays_on: date | None = None,
    earlier: Collection[PaymentLine] = (),
    rates: RateBook | None = None,
    deductions: Collection[DecidedDeduction] = (),
) -> Planning:
    """Plan the payments of a decision: one a person and month with anything to pay.

    The amounts are the decision's; the calculation must be the one it was made on. Only the months
    asked for are planned, and when none is asked for the first with anything to pay: the following
    ones are paid when they come. Nothing is planned by halves: if one tax card is unknown, there is
    no plan. What tax leaves nothing of is not ordered. `pays_on` is the day of what cannot wait;
    `earlier` are payments of other help, which may have used the month's deduction. `deductions`
    are those decided about the case; nothing comes off help until the first payment. Without
    `rates` there are no contributions.
    """
    if calculation.id != decision.calculation_id:
        raise RuleError("Afgørelsen bygger på en anden beregning. Hent den, der er afgjort på.")
    if mode == PRODUCTION and calculation.is_provisional:
        return _unconfirmed((*calculation.provisional_rates, *calculation.provisional_rules))
    wanted = _wanted(months, decision, calculation)
    missing: list[Missing] = []
    lines: list[PaymentLine] = []
    for month in calculation.months:
        gross = decided_amount(decision.lines, month.party_id, month.month)
        if not gross or month.month not in wanted:
            continue
        day = pays_on or disposition_day(month.month, calendar=calendar, today=today)
        used = deduction_used(earlier, month=Month.of(day)).get(month.party_id, Money(0))
        is_support = decision.help_kind is HelpKind.SUPPORT
        beside = NO_CONTRIBUTIONS
        if rates is not None and is_support:
            beside = contributions(gross, month.month, rates=rates, rules=rules, helped=month)
        off = due(deductions, month.party_id, month.month, day) if is_support else []
        net = _net(month, gross, day, facts, rules, used, off, beside)
        if not isinstance(net, Net):
            missing += net
            continue
        line = PaymentLine(
            id=new_id(),
            plan_id=plan_id,
            case_id=decision.case_id,
            decision_id=decision.id,
            party_id=month.party_id,
            month=month.month,
            sequence=0,
            gross=net.gross,
            tax=net.tax,
            net=net.net,
            disposition_on=day,
            explanation=net.explanation,
        )
        explained = replace(net, explanation=_with_calculation(net.explanation, month))
        lines.append(with_net(line, explained))
    if missing:
        said = " ".join(dict.fromkeys(each.sentence for each in missing))
        return Planning(None, tuple(dict.fromkeys(missing)), f"Kan ikke udbetales endnu. {said}")
    made = PaymentPlan(plan_id, decision.case_id, decision.id, made_at, tuple(lines))
    return _planned(made, mode)


def _planned(made: PaymentPlan, mode: str) -> Planning:
    """Leave out what tax leaves nothing of, and stop what rests on a reading nobody confirmed."""
    # What others get, or a sanction took, is carried out though nothing is left for the citizen.
    kept = tuple(line for line in made.lines if line.net or line.taken)
    read = [node for line in kept for node in line.explanation.walk() if _is_unsure(node)]
    if mode == PRODUCTION and read:
        return _unconfirmed(read)
    if not kept:
        return Planning(None, (), _NOTHING_LEFT if made.lines else _NOTHING_DECIDED)
    return Planning(replace(made, lines=kept), (), "")


_NOTHING_DECIDED = "Der er ikke noget at udbetale efter afgørelsen."
_NOTHING_LEFT = (
    "Skatten tager hele beløbet, så der er ikke noget at udbetale."
    " Se efter, om trækprocenten er rigtig."
)


def _net(
    month: PersonMonth,
    gross: Money,
    pays_on: date,
    facts: Facts,
    rules: RuleBook,
    used: Money,
    off: list[DecidedDeduction],
    beside: Contributions,
) -> Net | tuple[Missing, ...]:
    # The card in force when the money is paid, not in the month it is for.
    card = tax_card(facts, month.party_id, pays_on)
    if not isinstance(card, TaxCard):
        return card
    if card.limit is not None and gross > card.limit:
        return (_card_used_up(month.party_id, card.limit, gross),)
    return net_of(
        gross,
        card,
        rules=rules,
        day=pays_on,
        helped=month,
        deduction_used=used,
        deductions=off,
        contributions=beside,
    )


def _wanted(
    months: Collection[Month] | None, decision: Decision, calculation: Calculation
) -> frozenset[Month]:
    """Return the months asked for, or the first with anything to pay."""
    if months is not None:
        return frozenset(months)
    paid = {
        month.month
        for month in calculation.months
        if decided_amount(decision.lines, month.party_id, month.month)
    }
    return frozenset([min(paid)]) if paid else frozenset()


def _is_unsure(node: Node) -> bool:
    return node.kind == "rule" and not node.inputs and node.confidence is Confidence.LOW


def _unconfirmed(nodes: Collection[Node]) -> Planning:
    names = ", ".join(dict.fromkeys(node.label for node in nodes))
    return Planning(
        None,
        (),
        f"Satser og regler, der ikke er bekræftet, kan ikke udbetales: {names}."
        " Få dem bekræftet af en anden i central opsætning.",
    )


def _card_used_up(party_id: str, limit: Money, gross: Money) -> Missing:
    return Missing(
        party_id,
        FactKind.TAX_CARD_KIND.value,
        f"Der er {limit.danish()} tilbage på frikortet, og hjælpen er {gross.danish()}."
        " Hent et nyt skattekort.",
    )


def disposition_day(month: Month, *, calendar: Calendar, today: date) -> date:
    """Return the day the money is there (dispositionsdag).

    Law: LAS § 89, stk. 1 (paid in arrears for a month). The last banking day of the month; when
    that day is gone or is today, the next banking day after today.
    """
    day = calendar.last_banking_day(month)
    if day > today:
        return day
    day = today + ONE_DAY
    while not calendar.is_banking_day(day):
        day += ONE_DAY
    return day


def same_day(now: datetime, *, rules: RuleBook, calendar: Calendar) -> date:
    """Return the day money that is ordered now is there, at the earliest (samme dag).

    Before the bank's cut-off on a banking day it is today, else the next banking day. The hour is
    dated configuration: it stands in the municipality's agreement with its bank.
    """
    today, hour = danish_day(now), now.astimezone(DENMARK).time()
    if calendar.is_banking_day(today) and hour < cut_off(rules, today):
        return today
    return calendar.banking_days_after(today, 1)


def cut_off(rules: RuleBook, day: date) -> time:
    """Return until when the bank takes what must be there the same day (bankens frist)."""
    hour, _, minute = rules.on("betaling.samme_dag_frist", day).value.partition(".")
    return time(int(hour), int(minute))


def receipt_expected_by(day: date, *, calendar: Calendar) -> datetime:
    """Return when an answer about what happens on a day must have come (kvitteringsfrist).

    Assumes: a bank or finance system that says nothing for two banking days has lost something.
    """
    last_day = calendar.banking_days_after(day, RECEIPT_BANKING_DAYS)
    return datetime.combine(last_day, RECEIPT_TIME, DENMARK)


def try_again(
    line: PaymentLine, *, new_id: Callable[[], str], calendar: Calendar, today: date
) -> PaymentLine:
    """Return the next try of a rejected payment: same amounts, payee, month and decision.

    What others get of it left with the first try.
    """
    return replace(
        line,
        id=new_id(),
        sequence=line.sequence + 1,
        disposition_on=disposition_day(line.month, calendar=calendar, today=today),
        taken=(),
    )


@dataclass(frozen=True)
class PaidMonth:
    """What has left for a person and month (udbetalt for måneden)."""

    gross: Money = ZERO
    tax: Money = ZERO
    atp: Money = ZERO
    atp_municipality: Money = ZERO
    pension: Money = ZERO
    taken: Mapping[str, Money] = field(default_factory=dict)
    """What each deduction took, by its id."""

    def plus(self, line: PaymentLine) -> PaidMonth:
        """Return it with one more payment."""
        taken = dict(self.taken)
        for each in line.taken:
            taken[each.deduction_id] = taken.get(each.deduction_id, ZERO) + each.amount
        return PaidMonth(
            self.gross + line.gross,
            self.tax + line.tax,
            self.atp + line.atp,
            self.atp_municipality + line.atp_municipality,
            self.pension + line.pension,
            taken,
        )


NOTHING_PAID = PaidMonth()


def part_id(payment_id: str, deduction_id: str) -> str:
    """Return the id of what a deduction takes of a payment: the same, however often it is made."""
    return str(uuid5(NAMESPACE_OID, f"part:{payment_id}:{deduction_id}"))


Paid = Mapping[tuple[str, Month], PaidMonth]
"""What has left for a person and month, by party and month."""


def paid_before(rows: Iterable[tuple[PaymentLine, PaymentState]], decision_id: str) -> Paid:
    """Add up what other decisions of a case made leave (tidligere udbetalt).

    A rejected payment has not left; one that is planned only may still not leave. What others got
    of a payment left with its first try, whatever became of the rest.
    """
    left = {PaymentState.ORDERED, PaymentState.ACCEPTED, PaymentState.SETTLED}
    found: dict[tuple[str, Month], PaidMonth] = {}
    for line, state in rows:
        if state in left and line.decision_id != decision_id:
            key = (line.party_id, line.month)
            found[key] = found.get(key, NOTHING_PAID).plus(line)
    return found


def difference(line: PaymentLine, paid: Paid) -> PaymentLine | None:
    """Return what is left of a payment when what was paid before is taken off (forskelsbeløb).

    None when nothing more is owed: too much is never taken back here. Everything that comes off is
    what comes off the whole month, less what came off before; never more than the difference, and
    in the same order.
    """
    before = paid.get((line.party_id, line.month), NOTHING_PAID)
    more = line.gross - before.gross
    if not before.gross:
        return line
    if more <= Money(0):
        return None
    left, taken = more, []
    for each in line.taken:
        if each.kind in BEFORE_TAX:
            amount = _rest(each.amount, before.taken.get(each.deduction_id, ZERO), left)
            left = left - amount
            taken += [replace(each, amount=amount)] if amount else []
    tax = _rest(line.tax, before.tax, left)
    atp = _rest(line.atp, before.atp, left - tax)
    left = left - tax - atp
    for each in line.taken:
        if each.kind not in BEFORE_TAX:
            amount = _rest(each.amount, before.taken.get(each.deduction_id, ZERO), left)
            left = left - amount
            taken += [replace(each, amount=amount)] if amount else []
    explanation = Node(
        "rule",
        "betaling.forskel",
        "Forskel til udbetaling",
        left,
        source="Det, der er afgjort nu, minus det, der er udbetalt for måneden før.",
        inputs=(
            line.explanation,
            Node("rule", "betaling.udbetalt_foer", "Udbetalt før, før skat", before.gross),
        ),
    )
    sums = {
        kind: total(each.amount for each in taken if each.kind is kind) for kind in DeductionKind
    }
    return replace(
        line,
        gross=more,
        tax=tax,
        net=left,
        explanation=explanation,
        sanction=sums[DeductionKind.SANCTION],
        set_off_gross=sums[DeductionKind.SET_OFF_GROSS],
        atp=atp,
        set_off=sums[DeductionKind.SET_OFF],
        administration=sums[DeductionKind.ADMINISTRATION],
        atp_municipality=max(line.atp_municipality - before.atp_municipality, ZERO),
        pension=max(line.pension - before.pension, ZERO),
        taken=tuple(taken),
    )


def _rest(whole: Money, before: Money, left: Money) -> Money:
    """Return what is still to come off, and not more than there is."""
    return min(max(whole - before, ZERO), left)


def decided_amount(lines: tuple[DecidedLine, ...], party_id: str, month: Month) -> Money | None:
    """Return what was decided for a person in a month; None when nothing was."""
    mine = [line for line in lines if line.party_id == party_id and line.from_month <= month]
    return max(mine, key=lambda line: line.from_month).amount if mine else None


def owed(plan_lines: Iterator[PaymentLine]) -> Money:
    """Add up the net of each month once, however often it was tried."""
    newest: dict[tuple[str, Month], PaymentLine] = {}
    for line in plan_lines:
        held = newest.get((line.party_id, line.month))
        if held is None or held.sequence < line.sequence:
            newest[line.party_id, line.month] = line
    return total(line.net for line in newest.values())


def _with_calculation(explanation: Node, month: PersonMonth) -> Node:
    """Hang the calculation's own tree under the gross amount."""
    gross, *rest = explanation.inputs
    lines = tuple(
        Node("rule", f"linje.{line.key}", line.label, line.amount, inputs=(line.explanation,))
        for line in month.lines
    )
    label = f"Hjælp før skat for {month_in_words(month.month)}"
    return replace(explanation, inputs=(replace(gross, label=label, inputs=lines), *rest))
