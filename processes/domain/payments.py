"""Payment plan and execution (effektueringsplan, effektuering): gross, tax, net; owed on a date.

The order is law: gross, then sanctions, tax, set-off and administration, then net. Sanctions,
set-off and administration come with their own laws; their places are here.
Knows decisions and calculations. Knows nothing of banks, ledgers or letters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum

from processes.domain.calculation import Calculation, Missing, Node, PersonMonth
from processes.domain.decisions import DecidedLine, Decision
from processes.domain.errors import RuleError
from processes.domain.facts import FACT_LABELS, QUESTIONS, Fact, FactKind, Facts, FactStatus
from processes.domain.money import Money, total
from processes.domain.periods import DENMARK, ONE_DAY, Calendar, Month
from processes.domain.rules.book import RuleBook
from processes.domain.rules.prose import month_in_words

PPM_PER_PERCENT = 10_000
WHOLE_PERCENT = 100
PRODUCTION = "production"
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


class TaxCardKind(StrEnum):
    """Which tax card it is (skattekorttype)."""

    MAIN = "hovedkort"
    SECONDARY = "bikort"
    EXEMPTION = "frikort"


_FIGURES = {
    TaxCardKind.MAIN: (FactKind.TAX_CARD_RATE, FactKind.TAX_CARD_DEDUCTION),
    TaxCardKind.SECONDARY: (FactKind.TAX_CARD_RATE,),
    TaxCardKind.EXEMPTION: (),
}
"""What each card says; a deduction on another card than the main one is not used."""


@dataclass(frozen=True)
class TaxCard:
    """A tax card (skattekort) as known for a month, with where each figure comes from."""

    kind: TaxCardKind
    rate_percent: int
    """0 on an exemption card."""
    monthly_deduction: Money
    """Zero on any card but the main one."""
    inputs: tuple[Node, ...]


@dataclass(frozen=True)
class Net:
    """A payment from gross to net (fra brutto til netto)."""

    gross: Money
    tax: Money
    net: Money
    explanation: Node


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


def tax_card(facts: Facts, party_id: str, day: date) -> TaxCard | tuple[Missing, ...]:
    """Return the tax card in force on a day, or everything that is not known of it.

    Law: KSL § 48. A main card has a monthly deduction and a rate, a secondary card a rate only,
    an exemption card neither. No card known is no card: it cannot be paid yet.
    """
    kind = _known(facts, party_id, FactKind.TAX_CARD_KIND, day)
    if kind is None or kind.value is None:
        return (_missing(party_id, FactKind.TAX_CARD_KIND),)
    card = TaxCardKind(str(kind.value))
    wanted = {each: _known(facts, party_id, each, day) for each in _FIGURES[card]}
    unknown = [each for each, fact in wanted.items() if fact is None]
    if unknown:
        return tuple(_missing(party_id, each) for each in unknown)
    said = {each: fact.value for each, fact in wanted.items() if fact is not None}
    percent = said.get(FactKind.TAX_CARD_RATE) or 0
    if not isinstance(percent, int) or not 0 <= percent <= WHOLE_PERCENT:
        raise RuleError(f"Trækprocenten '{percent}' er ikke et helt tal fra 0 til 100. Ret den.")
    monthly = said.get(FactKind.TAX_CARD_DEDUCTION) or Money(0)
    if not isinstance(monthly, Money) or monthly < Money(0):
        raise RuleError("Månedsfradraget er ikke et beløb på 0 kr. eller mere. Ret det.")
    inputs = tuple(_node(fact) for fact in (kind, *wanted.values()) if fact is not None)
    return TaxCard(card, percent, monthly, inputs)


def net_of(gross: Money, card: TaxCard, *, rules: RuleBook, day: date) -> Net:
    """Take A-tax from the gross help.

    Law: KSL § 48; no AM contribution on this help.
    Units: øre in, øre out; the rate is whole percent.
    Rounds: the tax down to whole kroner (the øre are struck off).
    """
    rule = rules.on("betaling.a_skat", day)
    taxed = max(gross - card.monthly_deduction, Money(0))
    tax = taxed.share(card.rate_percent * PPM_PER_PERCENT).down_to_krone()
    net = gross - tax
    gross_node = Node("rule", "betaling.brutto", "Hjælp før skat", gross)
    tax_node = Node(
        "rule",
        rule.name,
        rule.label,
        tax,
        law=rule.law,
        source=rule.says,
        confidence=rule.confidence,
        inputs=(*card.inputs, Node("rule", "betaling.beskattes", "Beløb, der beskattes", taxed)),
    )
    explanation = Node(
        "rule",
        "betaling.netto",
        "Til udbetaling",
        net,
        source="Hjælpen før skat minus A-skat.",
        inputs=(gross_node, tax_node),
    )
    return Net(gross, tax, net, explanation)


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
) -> Planning:
    """Plan the payments of a decision: one a person and month with anything to pay.

    The amounts are the decision's; the calculation must be the one it was made on. Nothing is
    planned by halves: if one tax card is unknown, there is no plan.
    """
    if calculation.id != decision.calculation_id:
        raise RuleError("Afgørelsen bygger på en anden beregning. Hent den, der er afgjort på.")
    if mode == PRODUCTION and calculation.is_provisional:
        names = ", ".join(rate.label for rate in calculation.provisional_rates)
        return Planning(
            None,
            (),
            f"Satser, der ikke er bekræftet, kan ikke udbetales: {names}."
            " Få dem bekræftet af en anden i central opsætning.",
        )
    missing: list[Missing] = []
    lines: list[PaymentLine] = []
    for month in calculation.months:
        gross = decided_amount(decision.lines, month.party_id, month.month)
        if not gross:
            continue
        pays_on = disposition_day(month.month, calendar=calendar, today=today)
        # The card in force when the money is paid, not in the month it is for.
        card = tax_card(facts, month.party_id, pays_on)
        if not isinstance(card, TaxCard):
            missing += card
            continue
        net = net_of(gross, card, rules=rules, day=pays_on)
        lines.append(
            PaymentLine(
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
                disposition_on=pays_on,
                explanation=_with_calculation(net.explanation, month),
            )
        )
    if missing:
        said = " ".join(dict.fromkeys(each.sentence for each in missing))
        return Planning(None, tuple(dict.fromkeys(missing)), f"Kan ikke udbetales endnu. {said}")
    if not lines:
        return Planning(None, (), "Der er ikke noget at udbetale efter afgørelsen.")
    made = PaymentPlan(plan_id, decision.case_id, decision.id, made_at, tuple(lines))
    return Planning(made, (), "")


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


def receipt_expected_by(day: date, *, calendar: Calendar) -> datetime:
    """Return when an answer about what happens on a day must have come (kvitteringsfrist).

    Assumes: a bank or finance system that says nothing for two banking days has lost something.
    """
    last_day = calendar.banking_days_after(day, RECEIPT_BANKING_DAYS)
    return datetime.combine(last_day, RECEIPT_TIME, DENMARK)


def try_again(
    line: PaymentLine, *, new_id: Callable[[], str], calendar: Calendar, today: date
) -> PaymentLine:
    """Return the next try of a rejected payment: same amount, payee, month and decision."""
    return replace(
        line,
        id=new_id(),
        sequence=line.sequence + 1,
        disposition_on=disposition_day(line.month, calendar=calendar, today=today),
    )


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


def _known(facts: Facts, party_id: str, kind: FactKind, day: date) -> Fact | None:
    fact = facts.on(party_id, kind, day)
    return fact if fact is not None and fact.status is not FactStatus.UNKNOWN else None


def _missing(party_id: str, kind: FactKind) -> Missing:
    return Missing(party_id, kind.value, QUESTIONS[kind].format(who="modtageren"))


def _node(fact: Fact) -> Node:
    source = fact.source.name + (f", {fact.source.evidence}" if fact.source.evidence else "")
    return Node("fact", fact.id, FACT_LABELS[fact.kind], fact.value, source=source)
