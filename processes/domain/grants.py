"""Running help (løbende bevilling): what a decision makes a month worth, line by line.

A decision that grants help until further notice gives a line every month. The amount is the
decided one; the month is calculated again, by its own law and today's facts, to see whether it
still fits. Where it does not, the line says so and pays what was decided: less needs a decision,
and so does more.
Knows decisions, calculations and tax. Knows nothing of runs, banks or letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from processes.domain.calculation import Missing, Node, PersonMonth
from processes.domain.decisions import DecidedLine, Decision
from processes.domain.deductions import DecidedDeduction, due
from processes.domain.errors import RuleError
from processes.domain.facts import FactKind, Facts
from processes.domain.money import Money
from processes.domain.payments import PRODUCTION, decided_amount
from processes.domain.periods import Month
from processes.domain.pipeline import NO_CONTRIBUTIONS, Net, contributions, net_of
from processes.domain.rates import RateBook
from processes.domain.rules.book import RuleBook
from processes.domain.rules.prose import day_in_words, month_in_words
from processes.domain.tax import TaxCard, tax_card


@dataclass(frozen=True)
class RunningGrant:
    """What one person was granted for one month by the newest sent decision (bevilling)."""

    case_id: str
    party_id: str
    decision_id: str
    decision_number: str
    month: Month
    amount: Money
    """Before tax."""


class RemarkKind(StrEnum):
    """Why a line is looked at before it is paid (bemærkning); values are shown and stored."""

    LOWER = "lavere"
    HIGHER = "hoejere"
    NOT_CALCULATED = "ikke_beregnet"
    GUARD = "retssikkerhed"
    NO_TAX_CARD = "skattekort"
    NOTHING_LEFT = "intet_tilbage"
    UNCONFIRMED = "ikke_bekraeftet"
    DEAD = "doed"
    EMIGRATED = "udrejst"
    CHANGED = "aendret"
    LARGE = "stor"
    SHARED = "flere_steder"
    DEDUCTED = "fradrag"
    NOTHING_PAID = "intet_til_borgeren"


class Weight(StrEnum):
    """How much a remark weighs (alvor)."""

    NOTED = "noteret"
    """Shown, and paid as decided."""
    LOOK = "skal_ses"
    """Paid only when a person has released it."""
    SERIOUS = "alvorlig"
    """Paid only when a person has released it; the run is not approved before."""


WEIGHTS: dict[RemarkKind, Weight] = {
    # Paid as decided: a decision is to be made, which is not the run's business.
    RemarkKind.LOWER: Weight.NOTED,
    RemarkKind.HIGHER: Weight.NOTED,
    RemarkKind.NOT_CALCULATED: Weight.NOTED,
    RemarkKind.GUARD: Weight.SERIOUS,
    RemarkKind.NO_TAX_CARD: Weight.SERIOUS,
    RemarkKind.NOTHING_LEFT: Weight.LOOK,
    RemarkKind.UNCONFIRMED: Weight.SERIOUS,
    RemarkKind.DEAD: Weight.SERIOUS,
    RemarkKind.EMIGRATED: Weight.SERIOUS,
    RemarkKind.CHANGED: Weight.LOOK,
    RemarkKind.LARGE: Weight.LOOK,
    RemarkKind.SHARED: Weight.LOOK,
    # Decided and sent: it is carried out as it was decided.
    RemarkKind.DEDUCTED: Weight.NOTED,
    RemarkKind.NOTHING_PAID: Weight.LOOK,
}

REMARK_NAMES: dict[RemarkKind, str] = {
    RemarkKind.LOWER: "Ny beregning giver mindre end afgjort",
    RemarkKind.HIGHER: "Ny beregning giver mere end afgjort",
    RemarkKind.NOT_CALCULATED: "Måneden kan ikke beregnes igen",
    RemarkKind.GUARD: "Nedsat uden sendt afgørelse",
    RemarkKind.NO_TAX_CARD: "Mangler skattekort",
    RemarkKind.NOTHING_LEFT: "Skatten tager hele beløbet",
    RemarkKind.UNCONFIRMED: "Bygger på satser eller regler, der ikke er bekræftet",
    RemarkKind.DEAD: "Død",
    RemarkKind.EMIGRATED: "Udrejst",
    RemarkKind.CHANGED: "Ændret meget siden sidste måned",
    RemarkKind.LARGE: "Stort beløb til én person",
    RemarkKind.SHARED: "Samme person i flere sager",
    RemarkKind.DEDUCTED: "Fradrag efter afgørelse",
    RemarkKind.NOTHING_PAID: "Fradrag tager hele beløbet",
}
"""What each remark is called on the page."""

UNPAYABLE = frozenset(
    {
        RemarkKind.GUARD,
        RemarkKind.NO_TAX_CARD,
        RemarkKind.NOTHING_LEFT,
        RemarkKind.UNCONFIRMED,
    }
)
"""What nobody can release: it must be put right, and the line calculated again."""


@dataclass(frozen=True)
class Remark:
    """One thing about a line that somebody should know (bemærkning)."""

    kind: RemarkKind
    text: str

    @property
    def weight(self) -> Weight:
        """How much it weighs."""
        return WEIGHTS[self.kind]


@dataclass(frozen=True)
class MonthLine:
    """What one person is paid for one month, and why (effektueringslinje)."""

    grant: RunningGrant
    calculated: Money | None
    """What the month comes to by its own law and today's facts; None when it is not known."""
    net: Net | None
    """From the decided amount to what is paid out; None when it cannot be paid."""
    card: TaxCard | None
    remarks: tuple[Remark, ...]

    @property
    def is_payable(self) -> bool:
        """Whether it could be paid, if somebody said so."""
        return self.net is not None and not any(each.kind in UNPAYABLE for each in self.remarks)


def newest(decisions: Iterable[Decision], party_id: str, month: Month) -> Decision | None:
    """Return the newest sent decision that gives a person anything, or nothing, for a month."""
    sent = [
        each
        for each in decisions
        if each.sent_at is not None and decided_amount(each.lines, party_id, month) is not None
    ]
    return max(sent, key=lambda each: each.issued_at, default=None)


def before(
    decision: Decision, decisions: Iterable[Decision], party_id: str
) -> tuple[DecidedLine, ...]:
    """Return what the newest decision sent before this one gave the same person."""
    earlier = [
        each
        for each in decisions
        if each.sent_at is not None
        and each.issued_at < decision.issued_at
        and any(line.party_id == party_id for line in each.lines)
    ]
    held = max(earlier, key=lambda each: each.issued_at, default=None)
    return () if held is None else tuple(line for line in held.lines if line.party_id == party_id)


def month_line(
    grant: RunningGrant,
    calculated: PersonMonth | None,
    *,
    facts: Facts,
    rules: RuleBook,
    pays_on: date,
    mode: str,
    trouble: str = "",
    rates: RateBook | None = None,
    deductions: Iterable[DecidedDeduction] = (),
) -> MonthLine:
    """Make the line of a month: the decided amount, all that comes off, and where it does not fit.

    `trouble` is why the month could not be calculated again, when it could not. `deductions` are
    those decided about the case. Without `rates` there are no contributions.
    Law: LAS § 89, stk. 1 (in arrears); KSL § 48 (the card in force when the money is paid).
    """
    amount = None if calculated is None else calculated.gross
    remarks = [*_person(grant, facts, pays_on), *_fits(grant, calculated, amount, trouble)]
    try:
        card = tax_card(facts, grant.party_id, pays_on)
    except RuleError as error:
        # A figure nobody can withhold by: as if there were no card.
        card = (Missing(grant.party_id, FactKind.TAX_CARD_KIND.value, str(error)),)
    if not isinstance(card, TaxCard):
        said = " ".join(dict.fromkeys(each.sentence for each in card))
        remarks.append(Remark(RemarkKind.NO_TAX_CARD, said))
        return MonthLine(grant, amount, None, None, tuple(remarks))
    if card.limit is not None and grant.amount > card.limit:
        said = (
            f"Der er {card.limit.danish()} tilbage på frikortet, og hjælpen er"
            f" {grant.amount.danish()} Hent et nyt skattekort."
        )
        remarks.append(Remark(RemarkKind.NO_TAX_CARD, said))
        return MonthLine(grant, amount, None, card, tuple(remarks))
    helped = calculated if amount == grant.amount else None
    off = due(deductions, grant.party_id, grant.month, pays_on)
    net = net_of(
        grant.amount,
        card,
        rules=rules,
        day=pays_on,
        helped=helped,
        deductions=off,
        contributions=NO_CONTRIBUTIONS
        if rates is None
        else contributions(grant.amount, grant.month, rates=rates, rules=rules, helped=helped),
    )
    remarks += _taken(net, off)
    if not net.net and not net.taken:
        said = f"Trækprocenten er {card.rate_percent}. Se efter, om den er rigtig."
        remarks.append(Remark(RemarkKind.NOTHING_LEFT, said))
    explained = replace(net, explanation=explain(net, grant, calculated))
    if mode == PRODUCTION and any(node.is_provisional for node in explained.explanation.walk()):
        said = "Få satserne og reglerne bekræftet af en anden i central opsætning."
        remarks.append(Remark(RemarkKind.UNCONFIRMED, said))
    return MonthLine(grant, amount, explained, card, tuple(remarks))


def _taken(net: Net, off: Sequence[DecidedDeduction]) -> Iterator[Remark]:
    named = {each.deduction.id: each for each in off}
    for taken in net.taken:
        found = named[taken.deduction_id]
        yield Remark(
            RemarkKind.DEDUCTED,
            f"{found.deduction.label}: {taken.amount.danish()} efter afgørelse"
            f" {found.decision.number}.",
        )
    if net.taken and not net.net:
        said = "Se efter, om borgeren har noget at leve af denne måned."
        yield Remark(RemarkKind.NOTHING_PAID, said)


def _person(grant: RunningGrant, facts: Facts, pays_on: date) -> Iterator[Remark]:
    for kind, said in ((FactKind.DEAD, "Død"), (FactKind.EMIGRATED, "Udrejst")):
        fact = facts.on(grant.party_id, kind, pays_on)
        if fact is not None and isinstance(fact.value, date):
            remark = RemarkKind.DEAD if kind is FactKind.DEAD else RemarkKind.EMIGRATED
            yield Remark(remark, f"{said} den {day_in_words(fact.value)}.")


def _fits(
    grant: RunningGrant, calculated: PersonMonth | None, amount: Money | None, trouble: str
) -> Iterator[Remark]:
    if calculated is None or amount is None:
        missing = () if calculated is None else calculated.missing
        said = trouble or " ".join(dict.fromkeys(each.sentence for each in missing))
        yield Remark(RemarkKind.NOT_CALCULATED, f"{said} Der betales som sidst afgjort.".strip())
    elif amount < grant.amount:
        yield Remark(
            RemarkKind.LOWER,
            f"Beregnet til {amount.danish()}, afgjort {grant.amount.danish()}"
            " Der betales som sidst afgjort, til der er sendt en ny afgørelse.",
        )
    elif amount > grant.amount:
        yield Remark(
            RemarkKind.HIGHER,
            f"Beregnet til {amount.danish()}, afgjort {grant.amount.danish()}"
            " Der betales som sidst afgjort; resten kræver en ny afgørelse.",
        )


def explain(net: Net, grant: RunningGrant, calculated: PersonMonth | None) -> Node:
    """Return the tree of a line: gross by the decision, what the month comes to, tax and net."""
    gross, *rest = net.explanation.inputs
    lines = (
        ()
        if calculated is None
        else tuple(
            Node("rule", f"linje.{line.key}", line.label, line.amount, inputs=(line.explanation,))
            for line in calculated.lines
        )
    )
    decided = Node(
        "fact",
        grant.decision_id,
        f"Afgjort i {grant.decision_number}",
        grant.amount,
        source=f"Afgørelse {grant.decision_number}",
    )
    again = Node(
        "rule",
        AGAIN,
        f"Beregnet igen for {month_in_words(grant.month)}",
        None if calculated is None else calculated.gross,
        inputs=lines,
    )
    label = f"Hjælp før skat for {month_in_words(grant.month)}"
    return replace(
        net.explanation, inputs=(replace(gross, label=label, inputs=(decided, again)), *rest)
    )


AGAIN = "beregning.igen"
"""The node of what a month comes to now, with the reasons under it."""


def in_full(explanation: Node, calculated: PersonMonth) -> Node:
    """Return a line's tree with a month's own reasons in full, down to facts and rates."""
    if explanation.id == AGAIN:
        lines = tuple(
            Node("rule", f"linje.{line.key}", line.label, line.amount, inputs=(line.explanation,))
            for line in calculated.lines
        )
        return replace(explanation, inputs=lines)
    return replace(
        explanation, inputs=tuple(in_full(each, calculated) for each in explanation.inputs)
    )


@dataclass(frozen=True)
class Limits:
    """What makes a person look (grænser), from the decision table of the month."""

    change_percent: int
    """How far one person's payment may be from last month's."""
    largest: Money
    """The most to one person that nobody looks at."""


def compared(
    line: MonthLine, *, last_gross: Money | None, is_shared: bool, limits: Limits
) -> MonthLine:
    """Add what only shows beside others: last month, and the same person in another case."""
    remarks = list(line.remarks)
    gross = line.grant.amount
    if last_gross is not None and last_gross:
        change = abs(gross.oere - last_gross.oere)
        if change * 100 > last_gross.oere * limits.change_percent:
            remarks.append(
                Remark(
                    RemarkKind.CHANGED,
                    f"{last_gross.danish()} sidste måned, {gross.danish()} nu."
                    f" Grænsen er {limits.change_percent} procent.",
                )
            )
    if gross > limits.largest:
        remarks.append(
            Remark(RemarkKind.LARGE, f"{gross.danish()} Grænsen er {limits.largest.danish()}")
        )
    if is_shared:
        remarks.append(Remark(RemarkKind.SHARED, "Personen får penge fra mere end én sag."))
    return replace(line, remarks=tuple(remarks))


def heaviest(remarks: Sequence[Remark]) -> Weight:
    """Return the weight of the heaviest remark; nothing remarked weighs nothing."""
    order = list(Weight)
    return max((each.weight for each in remarks), key=order.index, default=Weight.NOTED)
