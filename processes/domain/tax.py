"""A-tax (A-skat): which card, what of the deduction is used, and how much is withheld.

Knows facts and rules. Knows nothing of what else comes off a payment, nor in which order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from processes.domain.calculation import Missing, Node, PersonMonth
from processes.domain.errors import BrokenStateError, RuleError
from processes.domain.facts import FACT_LABELS, QUESTIONS, Fact, FactKind, Facts, FactStatus
from processes.domain.money import ZERO, Money, total
from processes.domain.rules.book import Rule, RuleBook
from processes.domain.rules.sharing import DAY_COUNTS, share_of_days
from processes.domain.rules.trace import lowest

PPM_PER_PERCENT = 10_000
WHOLE_PERCENT = 100
WHOLE_DEDUCTION = "helt"
NO_TAX = "ingen_skat"
"""Words of the choices in law/rules.yaml."""
TAXED = "betaling.beskattes"
"""The node that says how much of a payment was taxed."""


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
class Withheld:
    """What is withheld of a payment (indeholdt A-skat)."""

    tax: Money
    explanation: Node


def tax_card(facts: Facts, party_id: str, day: date) -> TaxCard | tuple[Missing, ...]:
    """Return the tax card in force on a day, or everything that is not known of it.

    Law: KSL § 48. A main card has a monthly deduction and a rate, a secondary card a rate only,
    an exemption card neither. No card known is no card: it cannot be paid yet.
    """
    kind = _known(facts, party_id, FactKind.TAX_CARD_KIND, day)
    if kind is None or kind.value is None:
        return (missing_card(party_id, FactKind.TAX_CARD_KIND),)
    card = TaxCardKind(str(kind.value))
    wanted = {each: _known(facts, party_id, each, day) for each in _FIGURES[card]}
    unknown = [each for each, fact in wanted.items() if fact is None]
    if unknown:
        return tuple(missing_card(party_id, each) for each in unknown)
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


def withheld(
    income: Money,
    card: TaxCard,
    *,
    rules: RuleBook,
    day: date,
    helped: PersonMonth | None = None,
    deduction_used: Money = ZERO,
) -> Withheld:
    """Withhold A-tax of an income; `helped` is the month it is for, which may be a part month.

    Law: KSL § 48; no AM contribution on this help.
    Units: øre in, øre out; the rate is whole percent.
    Rounds: the tax down to whole kroner (the øre are struck off).
    """
    rule = rules.on("betaling.a_skat", day)
    deduction, read = _deduction(card, rules, day, helped)
    # A month's deduction is had once, however many payments the month has.
    deduction = max(deduction - deduction_used, Money(0))
    taxed = max(income - deduction, Money(0))
    tax = taxed.share(card.rate_percent * PPM_PER_PERCENT).down_to_krone()
    node = Node(
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
    return Withheld(tax, node)


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


def missing_card(party_id: str, kind: FactKind) -> Missing:
    """Say what is not known of a tax card."""
    return Missing(party_id, kind.value, QUESTIONS[kind].format(who="modtageren"))


def _known(facts: Facts, party_id: str, kind: FactKind, day: date) -> Fact | None:
    fact = facts.on(party_id, kind, day)
    return fact if fact is not None and fact.status is not FactStatus.UNKNOWN else None


def _node(fact: Fact) -> Node:
    source = fact.source.name + (f", {fact.source.evidence}" if fact.source.evidence else "")
    return Node("fact", fact.id, FACT_LABELS[fact.kind], fact.value, source=source)
