"""From gross to net (fra brutto til netto): one place, and the order of the law.

Gross, sanctions, § 94 set-off before tax, A-tax and ATP, set-off of debt, administration, net. Each
step is an amount, a paragraph and a reason; together they are the gross to the øre, and none leaves
less than nothing. What stands on no decision that was sent does not come here at all.
Knows tax and decided deductions. Knows nothing of plans, runs or banks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from processes.domain.calculation import Node, PersonMonth
from processes.domain.deductions import (
    BEFORE_TAX,
    DEDUCTION_NAMES,
    DecidedDeduction,
    DeductionKind,
)
from processes.domain.money import ZERO, Money, total
from processes.domain.periods import Month, danish_day
from processes.domain.rates import RateBook
from processes.domain.rules.book import RuleBook
from processes.domain.rules.prose import day_in_words
from processes.domain.tax import TaxCard, withheld

PROVIDER = "kh.forsoerger"
"""The rule of the help that says whether somebody provides for a child."""
FLOOR_OF_PROVIDERS, FLOOR_OF_OTHERS = "atp.gulv_forsoerger", "atp.gulv_andre"


@dataclass(frozen=True)
class Taken:
    """What one decided deduction takes of one payment (indeholdt fradrag)."""

    deduction_id: str
    kind: DeductionKind
    amount: Money


@dataclass(frozen=True)
class Contributions:
    """What is paid beside the help (bidrag): a part held back, the rest on top of it."""

    atp: Money = ZERO
    """The recipient's part: held back from the help."""
    atp_municipality: Money = ZERO
    pension: Money = ZERO
    """Mandatory pension: on top, never from the help."""
    nodes: tuple[Node, ...] = ()


NO_CONTRIBUTIONS = Contributions()


@dataclass(frozen=True)
class Net:
    """A payment from gross to net (fra brutto til netto), step by step."""

    gross: Money
    tax: Money
    net: Money
    explanation: Node
    sanction: Money = ZERO
    set_off_gross: Money = ZERO
    atp: Money = ZERO
    set_off: Money = ZERO
    administration: Money = ZERO
    atp_municipality: Money = ZERO
    pension: Money = ZERO
    taken: tuple[Taken, ...] = ()

    @property
    def income(self) -> Money:
        """What is A-income: the gross less what comes off before tax."""
        return self.gross - self.sanction - self.set_off_gross


class _Purse:
    """What is left of a payment while the steps take from it; never less than nothing."""

    def __init__(self, gross: Money) -> None:
        self.left = gross
        self.taken: list[Taken] = []

    def take(self, wanted: Money) -> Money:
        """Take what is wanted, or what there is."""
        amount = min(max(wanted, ZERO), self.left)
        self.left = self.left - amount
        return amount

    def deduct(
        self,
        kind: DeductionKind,
        deductions: Iterable[DecidedDeduction],
        already: Mapping[str, Money],
    ) -> Iterator[Node]:
        """Take the deductions of a kind in their order; yields the reason of each that got some."""
        for each in deductions:
            deduction = each.deduction
            if deduction.kind is not kind:
                continue
            amount = self.take(deduction.amount - already.get(deduction.id, ZERO))
            if amount:
                self.taken.append(Taken(deduction.id, kind, amount))
                yield _node_of(each, amount)

    def sum_of(self, kind: DeductionKind) -> Money:
        """Add up what a kind took."""
        return total(each.amount for each in self.taken if each.kind is kind)


def net_of(
    gross: Money,
    card: TaxCard,
    *,
    rules: RuleBook,
    day: date,
    helped: PersonMonth | None = None,
    deduction_used: Money = ZERO,
    deductions: Sequence[DecidedDeduction] = (),
    already: Mapping[str, Money] | None = None,
    contributions: Contributions = NO_CONTRIBUTIONS,
) -> Net:
    """Take everything that comes off the gross help, in the order of the law.

    `deductions` are those due this month, decided and sent (`deductions.due`); `already` is what an
    earlier payment of the month took of them. A month that cannot bear it all takes what it can.

    Law: LAS § 35, stk. 3 (sanctions), § 94 (gross against gross), KSL § 48 (A-tax), LAS §§ 79-80
    (ATP), § 80 c (mandatory pension, on top).
    Units: øre in, øre out.
    """
    before, purse = already or {}, _Purse(gross)
    steps = [
        node
        for kind in DeductionKind
        if kind in BEFORE_TAX
        for node in purse.deduct(kind, deductions, before)
    ]
    held = withheld(
        purse.left, card, rules=rules, day=day, helped=helped, deduction_used=deduction_used
    )
    tax = purse.take(held.tax)
    steps.append(held.explanation)
    atp = purse.take(contributions.atp)
    steps += contributions.nodes
    for kind in DeductionKind:
        if kind not in BEFORE_TAX:
            steps += purse.deduct(kind, deductions, before)
    explanation = Node(
        "rule",
        "betaling.netto",
        "Til udbetaling",
        purse.left,
        source="Hjælpen før skat minus " + _in_a_row(purse, atp) + ".",
        confidence=held.explanation.confidence,
        inputs=(Node("rule", "betaling.brutto", "Hjælp før skat", gross), *steps),
    )
    return Net(
        gross=gross,
        tax=tax,
        net=purse.left,
        explanation=explanation,
        sanction=purse.sum_of(DeductionKind.SANCTION),
        set_off_gross=purse.sum_of(DeductionKind.SET_OFF_GROSS),
        atp=atp,
        set_off=purse.sum_of(DeductionKind.SET_OFF),
        administration=purse.sum_of(DeductionKind.ADMINISTRATION),
        atp_municipality=contributions.atp_municipality,
        pension=contributions.pension,
        taken=tuple(purse.taken),
    )


def _in_a_row(purse: _Purse, atp: Money) -> str:
    kinds = [kind for kind in DeductionKind if purse.sum_of(kind)]
    named = {
        DeductionKind.SANCTION: "sanktion",
        DeductionKind.SET_OFF_GROSS: "modregning før skat",
        DeductionKind.SET_OFF: "modregning af gæld",
        DeductionKind.ADMINISTRATION: "det, der betales til andre",
    }
    words = [named[kind] for kind in kinds if kind in BEFORE_TAX]
    words += ["A-skat", *(["ATP"] if atp else [])]
    words += [named[kind] for kind in kinds if kind not in BEFORE_TAX]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " og " + words[-1]


def _node_of(each: DecidedDeduction, amount: Money) -> Node:
    sent_at = each.decision.sent_at
    sent = f", sendt den {day_in_words(danish_day(sent_at))}" if sent_at is not None else ""
    decided = Node(
        "fact",
        each.decision.id,
        f"Afgjort i {each.decision.number}",
        each.deduction.amount,
        source=f"Afgørelse {each.decision.number}{sent}",
    )
    payee = each.deduction.payee
    label = each.deduction.label or DEDUCTION_NAMES[each.deduction.kind]
    return Node(
        "rule",
        f"betaling.{each.deduction.kind.value}",
        label if payee is None else f"{label} (til {payee.name})",
        amount,
        law=each.deduction.law,
        source="Højst det, der er afgjort, og aldrig mere, end der er tilbage af måneden.",
        inputs=(decided,),
    )


def contributions(
    income: Money,
    month: Month,
    *,
    rates: RateBook,
    rules: RuleBook,
    helped: PersonMonth | None = None,
) -> Contributions:
    """Return what is paid to ATP and mandatory pension for a month's help (bidrag af hjælpen).

    A month without a floor in the rates has no ATP: what is not known is not held back. Whether
    somebody provides is read from the month itself, and where it is not known the higher floor
    counts, in the citizen's favour.

    Law: LAS §§ 79-80 (ATP when the help reaches the floor), § 80 c (pension on top).
    Rounds: the pension half up to the øre.
    """
    day = month.first_day
    pension = ZERO
    percent = rates.in_force(day).get("obligatorisk_pension")
    nodes: list[Node] = []
    if percent is not None and income:
        pension = income.share(percent.ppm)
    atp = atp_municipality = ZERO
    floor = _floor(day, rates, helped)
    own = rates.in_force(day).get("atp.modtager")
    theirs = rates.in_force(day).get("atp.kommune")
    if floor is not None and own is not None and theirs is not None and income >= floor:
        rule = rules.on("bidrag.atp_modtager", day)
        atp, atp_municipality = own.amount, theirs.amount
        nodes.append(
            Node(
                "rule",
                rule.name,
                rule.label,
                atp,
                law=rule.law,
                source=rule.says,
                confidence=rule.confidence,
            )
        )
    return Contributions(atp, atp_municipality, pension, tuple(nodes))


def _floor(day: date, rates: RateBook, helped: PersonMonth | None) -> Money | None:
    in_force = rates.in_force(day)
    provides = _provides(helped)
    keys = {
        True: (FLOOR_OF_PROVIDERS,),
        False: (FLOOR_OF_OTHERS,),
        None: (FLOOR_OF_PROVIDERS, FLOOR_OF_OTHERS),
    }[provides]
    found = [in_force[key].amount for key in keys if key in in_force]
    return max(found) if len(found) == len(keys) else None


def _provides(helped: PersonMonth | None) -> bool | None:
    if helped is None:
        return None
    for line in helped.lines:
        for node in line.explanation.walk():
            if node.id.partition("@")[0] == PROVIDER and isinstance(node.value, bool):
                return node.value
    return None
