"""Payment plan and execution (effektueringsplan, effektuering): gross, tax, net; owed on a date.

The order is law: gross, then sanctions, tax, set-off and administration, then net. Sanctions,
set-off and administration come with their own laws; their places are here.
Knows decisions and calculations. Knows nothing of banks, ledgers or letters.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum

from processes.domain.calculation import Calculation, Missing, Node, PersonMonth
from processes.domain.decisions import DecidedLine, Decision
from processes.domain.errors import BrokenStateError, RuleError
from processes.domain.facts import FACT_LABELS, QUESTIONS, Fact, FactKind, Facts, FactStatus
from processes.domain.money import ZERO, Money, total
from processes.domain.periods import DENMARK, ONE_DAY, Calendar, Month, danish_day
from processes.domain.rates import Confidence
from processes.domain.rules.book import Rule, RuleBook
from processes.domain.rules.prose import month_in_words
from processes.domain.rules.sharing import DAY_COUNTS, share_of_days
from processes.domain.rules.trace import lowest

PPM_PER_PERCENT = 10_000
WHOLE_PERCENT = 100
PRODUCTION = "production"
WHOLE_DEDUCTION = "helt"
NO_TAX = "ingen_skat"
BY_HAND = "kasse"
"""Words of the choices in law/rules.yaml."""
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
    limit: Money | None = None
    """What is left of an exemption card's amount; None is not said, or another card."""


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


TAXED = "betaling.beskattes"


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
            used[line.party_id] = used.get(line.party_id, Money(0)) + line.gross - taxed
    return used


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
    limit = _limit(facts, party_id, day) if card is TaxCardKind.EXEMPTION else None
    found = (kind, *wanted.values(), limit)
    inputs = tuple(_node(fact) for fact in found if fact is not None)
    left = limit.value if limit is not None and isinstance(limit.value, Money) else None
    return TaxCard(card, percent, monthly, inputs, left)


def _limit(facts: Facts, party_id: str, day: date) -> Fact | None:
    fact = _known(facts, party_id, FactKind.TAX_CARD_LIMIT, day)
    if fact is not None and isinstance(fact.value, Money) and fact.value < Money(0):
        raise RuleError("Resten af frikortets beløb er mindre end 0 kr. Ret den.")
    return fact


def net_of(
    gross: Money,
    card: TaxCard,
    *,
    rules: RuleBook,
    day: date,
    helped: PersonMonth | None = None,
    deduction_used: Money = ZERO,
) -> Net:
    """Take A-tax from the gross help; `helped` is the month it is for, which may be a part month.

    Law: KSL § 48; no AM contribution on this help.
    Units: øre in, øre out; the rate is whole percent.
    Rounds: the tax down to whole kroner (the øre are struck off).
    """
    rule = rules.on("betaling.a_skat", day)
    deduction, read = _deduction(card, rules, day, helped)
    # A month's deduction is had once, however many payments the month has.
    deduction = max(deduction - deduction_used, Money(0))
    taxed = max(gross - deduction, Money(0))
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
        confidence=lowest(iter([rule.confidence, *(each.confidence for each in read)])),
        inputs=(
            *card.inputs,
            *read,
            Node("rule", TAXED, "Beløb, der beskattes", taxed),
        ),
    )
    explanation = Node(
        "rule",
        "betaling.netto",
        "Til udbetaling",
        net,
        source="Hjælpen før skat minus A-skat.",
        confidence=tax_node.confidence,
        inputs=(gross_node, tax_node),
    )
    return Net(gross, tax, net, explanation)


def _deduction(
    card: TaxCard, rules: RuleBook, day: date, helped: PersonMonth | None
) -> tuple[Money, tuple[Node, ...]]:
    """Return what is not taxed, and the readings of the law that was left to configuration."""
    if card.kind is TaxCardKind.EXEMPTION and card.limit is None:
        rule = rules.on("betaling.frikort_uden_graense", day)
        if rule.value != NO_TAX:
            raise BrokenStateError(f"rule {rule.name} names no way we know: {rule.value}")
        return Money(0), (_choice(rule),)
    monthly = card.monthly_deduction
    if not monthly or helped is None or not helped.is_part:
        return monthly, ()
    rule = rules.on("betaling.maanedsfradrag_i_delt_maaned", day)
    if rule.value == WHOLE_DEDUCTION:
        return monthly, (_choice(rule),)
    by = DAY_COUNTS.get(rule.value)
    if by is None:
        raise BrokenStateError(f"rule {rule.name} names no way we know: {rule.value}")
    shares = (share_of_days(monthly, days, helped.month, by) for days in helped.help_periods)
    return min(total(shares), monthly), (_choice(rule),)


def _choice(rule: Rule) -> Node:
    return Node(
        "rule",
        rule.name,
        rule.label,
        rule.value,
        law=rule.law,
        source=rule.says,
        confidence=rule.confidence,
    )


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
) -> Planning:
    """Plan the payments of a decision: one a person and month with anything to pay.

    The amounts are the decision's; the calculation must be the one it was made on. Only the months
    asked for are planned, and when none is asked for the first with anything to pay: the following
    ones are paid when they come. Nothing is planned by halves: if one tax card is unknown, there is
    no plan. What tax leaves nothing of is not ordered. `pays_on` is the day of what cannot wait;
    `earlier` are payments of other help, which may have used the month's deduction.
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
        net = _net(month, gross, day, facts, rules, used)
        if not isinstance(net, Net):
            missing += net
            continue
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
                disposition_on=day,
                explanation=_with_calculation(net.explanation, month),
            )
        )
    if missing:
        said = " ".join(dict.fromkeys(each.sentence for each in missing))
        return Planning(None, tuple(dict.fromkeys(missing)), f"Kan ikke udbetales endnu. {said}")
    made = PaymentPlan(plan_id, decision.case_id, decision.id, made_at, tuple(lines))
    return _planned(made, mode)


def _planned(made: PaymentPlan, mode: str) -> Planning:
    """Leave out what tax leaves nothing of, and stop what rests on a reading nobody confirmed."""
    kept = tuple(line for line in made.lines if line.net)
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
    month: PersonMonth, gross: Money, pays_on: date, facts: Facts, rules: RuleBook, used: Money
) -> Net | tuple[Missing, ...]:
    # The card in force when the money is paid, not in the month it is for.
    card = tax_card(facts, month.party_id, pays_on)
    if not isinstance(card, TaxCard):
        return card
    if card.limit is not None and gross > card.limit:
        return (_card_used_up(month.party_id, card.limit, gross),)
    return net_of(gross, card, rules=rules, day=pays_on, helped=month, deduction_used=used)


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
    """Return the next try of a rejected payment: same amount, payee, month and decision."""
    return replace(
        line,
        id=new_id(),
        sequence=line.sequence + 1,
        disposition_on=disposition_day(line.month, calendar=calendar, today=today),
    )


Paid = Mapping[tuple[str, Month], tuple[Money, Money]]
"""What has left for a person and month: gross and tax, by party and month."""


def paid_before(rows: Iterable[tuple[PaymentLine, PaymentState]], decision_id: str) -> Paid:
    """Add up what other decisions of a case made leave (tidligere udbetalt).

    A rejected payment has not left; one that is planned only may still not leave.
    """
    left = {PaymentState.ORDERED, PaymentState.ACCEPTED, PaymentState.SETTLED}
    found: dict[tuple[str, Month], tuple[Money, Money]] = {}
    for line, state in rows:
        if state in left and line.decision_id != decision_id:
            gross, tax = found.get((line.party_id, line.month), (Money(0), Money(0)))
            found[line.party_id, line.month] = (gross + line.gross, tax + line.tax)
    return found


def difference(line: PaymentLine, paid: Paid) -> PaymentLine | None:
    """Return what is left of a payment when what was paid before is taken off (forskelsbeløb).

    None when nothing more is owed: too much is never taken back here. Tax is what the whole month
    is taxed with, less what was withheld before; never more than the difference.
    """
    gross, tax = paid.get((line.party_id, line.month), (Money(0), Money(0)))
    more = line.gross - gross
    if not gross:
        return line
    if more <= Money(0):
        return None
    more_tax = min(max(line.tax - tax, Money(0)), more)
    net = more - more_tax
    explanation = Node(
        "rule",
        "betaling.forskel",
        "Forskel til udbetaling",
        net,
        source="Det, der er afgjort nu, minus det, der er udbetalt for måneden før.",
        inputs=(
            line.explanation,
            Node("rule", "betaling.udbetalt_foer", "Udbetalt før, før skat", gross),
        ),
    )
    return replace(line, gross=more, tax=more_tax, net=net, explanation=explanation)


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
