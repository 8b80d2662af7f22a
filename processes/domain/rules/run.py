"""Runs rules for one person in some days of a month and keeps how each value came about.

Each rule runs once; what it asked becomes the inputs of its node. What is not known makes the
value unknown, all the way up, and is written down once. Nothing here knows any law.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NoReturn

from processes.domain.errors import BrokenStateError, RateMissingError
from processes.domain.facts import (
    FACT_LABELS,
    MONTHLY_KINDS,
    QUESTIONS,
    Fact,
    FactKind,
    Facts,
    FactStatus,
    FactValue,
)
from processes.domain.money import Money
from processes.domain.periods import Month, Period
from processes.domain.rates import RATE_LABELS, RateBook
from processes.domain.rules.book import Rule, RuleBook
from processes.domain.rules.prose import day_in_words, days_in_words, in_words
from processes.domain.rules.sharing import DAY_COUNTS, share_of_days, spread_over
from processes.domain.rules.trace import Missing, Node, NodeValue, lowest


class _Stop(Exception):  # noqa: N818 – a jump out of a rule's body, never an error anybody sees
    """What the rule asked for is not known."""


@dataclass(frozen=True)
class Result:
    """What came of one rule (regelresultat): its node, what was missing, words for a sentence."""

    rule: Rule
    node: Node
    missing: tuple[Missing, ...]
    named: Mapping[str, NodeValue]
    """What it asked for, by fact kind, rate key and rule id."""

    def sentence(self, template: str) -> str:
        """Fill a sentence with what the rule asked for."""
        said = re.sub(
            r"\{([^}]+)\}", lambda match: in_words(self.named.get(match.group(1))), template
        )
        return said.replace("kr..", "kr.")


@dataclass
class Notebook:
    """What a rule asked for while it ran (opslagsliste)."""

    inputs: list[Node] = field(default_factory=list)
    missing: dict[Missing, None] = field(default_factory=dict)
    named: dict[str, NodeValue] = field(default_factory=dict)

    def note(self, name: str, node: Node) -> None:
        """Keep a node, once."""
        if node not in self.inputs:
            self.inputs.append(node)
        self.named[name] = node.value

    def swap(self, name: str, old: Node, new: Node) -> None:
        """Keep a node in place of another."""
        self.inputs = [each for each in self.inputs if each != old]
        self.note(name, new)


class Run:
    """The rules of one person in one stretch of a month, or in a whole month (regelkørsel).

    `days` is the stretch, in which nothing that is asked for changes; `span` is everything that is
    calculated of the month, over which its income is looked for.
    """

    def __init__(
        self,
        party_id: str,
        *,
        who: str,
        month: Month,
        facts: Facts,
        rates: RateBook,
        rules: RuleBook,
        given: Mapping[str, Node],
        days: Period | None = None,
        span: Period | None = None,
    ) -> None:
        self.party_id = party_id
        self.who = who
        self.month = month
        self.facts = facts
        self.rates = rates
        self.rules = rules
        self.given = given
        self.days = days or month.period()
        self.span = span or self.days
        self.partner: Run | None = None
        self._results: dict[str, Result | None] = {}

    def result(self, rule_id: str) -> Result:
        """Run a rule, or return what it gave before."""
        if rule_id in self._results:
            known = self._results[rule_id]
            if known is None:
                raise BrokenStateError(f"rule {rule_id} asks for itself")
            return known
        self._results[rule_id] = None
        rule = self.rules.on(rule_id, self.days.start)
        book = Notebook()
        try:
            value = rule.body(View(self, book))
        except _Stop:
            value = None
        node = Node(
            kind="rule",
            id=rule.name,
            label=rule.label,
            value=value,
            law=rule.law,
            source=rule.says,
            confidence=lowest(iter([rule.confidence, *(each.confidence for each in book.inputs)])),
            derived=any(each.derived for each in book.inputs),
            inputs=tuple(book.inputs),
        )
        result = Result(rule, node, tuple(book.missing), dict(book.named))
        self._results[rule_id] = result
        return result

    def shared(self, rule: Rule, node: Node, days: Period) -> Node:
        """Return what some days are of a month's amount, with how they were counted."""
        if not isinstance(node.value, Money):
            raise BrokenStateError(f"rule {rule.id} gives no amount that days could be a part of")
        choice = self.result(rule.folds).node
        by = DAY_COUNTS.get(str(choice.value))
        if by is None:
            raise BrokenStateError(f"rule {rule.folds} names no way to count days: {choice.value}")
        return Node(
            kind="rule",
            id=rule.name,
            label=f"{node.label}, {days_in_words(days)}",
            value=share_of_days(node.value, days, self.month, by),
            law=choice.law,
            source=f"{by.words(days, self.month)} af {node.value.danish()}",
            confidence=lowest(iter([choice.confidence, node.confidence])),
            derived=node.derived,
            inputs=(choice, node),
        )

    def first_change(self, _rule_id: str) -> date | None:
        """Return the day a rule says something else than before; in one stretch never."""
        return None

    @property
    def used(self) -> tuple[str, ...]:
        """Name every rule version that ran, the spouse's included."""
        mine = {each.rule.name for each in self._results.values() if each is not None}
        return tuple(sorted(mine | set(self.partner.used_alone if self.partner else ())))

    @property
    def used_alone(self) -> tuple[str, ...]:
        """Name every rule version that ran for this person."""
        return tuple(each.rule.name for each in self._results.values() if each is not None)


def linked(runs: Iterable[Run]) -> None:
    """Make two persons each other's spouse."""
    first, second = runs
    first.partner, second.partner = second, first


class View:
    """A rule's view of a person (opslag): the `Reading` its body gets."""

    def __init__(self, run: Run, book: Notebook, prefix: str = "") -> None:
        self._run = run
        self._book = book
        self._prefix = prefix

    @property
    def month(self) -> Month:
        """The month that is calculated."""
        return self._run.month

    @property
    def day(self) -> date:
        """The first of the days."""
        return self._run.days.start

    @property
    def days(self) -> Period:
        """The days that are calculated."""
        return self._run.days

    def need(self, *kinds: FactKind) -> None:
        """Stop unless every one of these facts is known; all that is missing is written down."""
        unknown = [kind for kind in kinds if self._known(kind) is None]
        if unknown:
            raise _Stop

    def fact(self, kind: FactKind) -> FactValue | None:
        """Return a known fact; None when it is known to be none."""
        fact = self._known(kind)
        if fact is None:
            raise _Stop
        self._book.note(self._prefix + kind.value, _fact_node(fact))
        return fact.value

    def said(self, kind: FactKind) -> FactValue | None:
        """Return a fact of the month if anybody said it; None also when nobody did."""
        fact = self._said_on(kind, self.month.last_day)
        return None if fact is None else fact.value

    def said_now(self, kind: FactKind) -> FactValue | None:
        """Return a fact of these days if anybody said it; None also when nobody did."""
        fact = self._said_on(kind, self.day)
        return None if fact is None else fact.value

    def spread(self, kind: FactKind) -> Money:
        """Return what falls on these days of an amount that covers its own days; none said is 0."""
        fact = self._said_on(kind, self.day)
        if fact is None:
            return Money(0)
        if not isinstance(fact.value, Money):
            raise BrokenStateError(f"fact {kind.value} is no amount that days could be a part of")
        if fact.valid.end is None:
            self.stop(
                kind.value,
                f"'{FACT_LABELS[kind]}' har ingen slutdato. Skriv, til og med hvilken dag beløbet"
                " dækker.",
            )
        return spread_over(fact.value, over=fact.valid, days=self.days)

    def yes(self, kind: FactKind) -> bool:
        """Return a known yes or no; known to be none is no."""
        value = self.fact(kind)
        if value is not None and not isinstance(value, bool):
            raise BrokenStateError(f"fact {kind.value} holds {type(value).__name__}, not yes or no")
        return bool(value)

    def money(self, kind: FactKind) -> Money:
        """Return a known amount; known to be none is zero kroner."""
        value = self.fact(kind)
        if value is not None and not isinstance(value, Money):
            raise BrokenStateError(f"fact {kind.value} holds {type(value).__name__}, not an amount")
        return value or Money(0)

    def number(self, kind: FactKind) -> int:
        """Return a known number; known to be none is zero."""
        value = self.fact(kind)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise BrokenStateError(f"fact {kind.value} holds {type(value).__name__}, not a number")
        return value or 0

    def given(self, name: str) -> bool:
        """Return something the application itself says."""
        node = self._run.given[name]
        self._book.note(self._prefix + name, node)
        return node.value is True

    def rate(self, key: str) -> Money:
        """Return the rate in force; a gap in the table stops the rule."""
        try:
            rate = self._run.rates.on(key, self.day)
        except RateMissingError as error:
            self.stop(key, str(error))
        node = Node(
            kind="rate",
            id=rate.id,
            label=RATE_LABELS.get(key, key),
            value=rate.amount,
            law=rate.law,
            source=rate.source,
            confidence=rate.confidence,
            derived=rate.derived,
        )
        self._book.note(self._prefix + key, node)
        return rate.amount

    def amount(self, rule_id: str) -> Money:
        """Return another rule's amount."""
        value = self._rule(rule_id)
        if not isinstance(value, Money):
            raise BrokenStateError(f"rule {rule_id} gives no amount")
        return value

    def for_days(self, rule_id: str) -> Money:
        """Return what these days are of another rule's amount, which is for a month."""
        whole = self.amount(rule_id)
        if not whole or self.days == self.month.period():
            return whole
        result = self._run.result(rule_id)
        node = self._run.shared(result.rule, result.node, self.days)
        self._book.swap(self._prefix + rule_id, result.node, node)
        return node.value if isinstance(node.value, Money) else whole

    def holds(self, rule_id: str) -> bool:
        """Return another rule's yes or no; of a month, whether it holds on any of its days."""
        value = self._rule(rule_id)
        if not isinstance(value, bool):
            raise BrokenStateError(f"rule {rule_id} gives no yes or no")
        return value

    def word(self, rule_id: str) -> str:
        """Return another rule's word."""
        value = self._rule(rule_id)
        if not isinstance(value, str):
            raise BrokenStateError(f"rule {rule_id} gives no word")
        return value

    def whole(self, rule_id: str) -> int:
        """Return another rule's number."""
        value = self._rule(rule_id)
        if isinstance(value, bool) or not isinstance(value, int):
            raise BrokenStateError(f"rule {rule_id} gives no number")
        return value

    def steady(self, rule_id: str, kind: FactKind) -> None:
        """Stop when another rule's yes or no is not the same on every day; `kind` is why."""
        day = self._run.first_change(rule_id)
        if day is not None:
            self.stop(
                kind.value,
                f"'{FACT_LABELS[kind]}' ændrer sig den {day_in_words(day)}. Hvad det betyder for"
                " månedens indtægter, er ikke afklaret; beregn måneden manuelt.",
            )

    def spouse(self) -> View:
        """Return the same view of the spouse; what is asked there becomes an input here."""
        if self._run.partner is None:
            raise BrokenStateError("a rule asks for a spouse that is not there")
        return View(self._run.partner, self._book, "aegtefaelle.")

    def stop(self, what: str, sentence: str) -> NoReturn:
        """Stop: it cannot be decided yet, and this is why."""
        self._book.missing[Missing(self._run.party_id, what, sentence)] = None
        raise _Stop

    def _rule(self, rule_id: str) -> NodeValue:
        result = self._run.result(rule_id)
        self._book.note(self._prefix + rule_id, result.node)
        self._book.missing.update(dict.fromkeys(result.missing))
        if result.node.value is None:
            raise _Stop
        return result.node.value

    def _said_on(self, kind: FactKind, day: date) -> Fact | None:
        fact = self._run.facts.on(self._run.party_id, kind, day)
        if fact is None or fact.status is not FactStatus.VALUE:
            return None
        self._book.note(self._prefix + kind.value, _fact_node(fact))
        return fact

    def _known(self, kind: FactKind) -> Fact | None:
        """Return the fact of the days, or write down that it is missing."""
        run = self._run
        days = run.span if kind in MONTHLY_KINDS else run.days
        said = run.facts.timeline(run.party_id, kind, days)
        values = said.map(lambda fact: (fact.status, fact.value))
        first = said.on(days.start)
        if first is None or first.status is FactStatus.UNKNOWN:
            sentence = QUESTIONS[kind].format(who=run.who)
        elif values.changes() != (days.start, days.end):
            changed = next(day for day in values.changes() if day != days.start)
            sentence = (
                f"'{FACT_LABELS[kind]}' ændrer sig den {day_in_words(changed)}, men en måned har"
                " ét beløb. Læg månedens beløb sammen, og skriv det fra den første dag."
            )
        else:
            return first
        self._book.missing[Missing(run.party_id, kind.value, sentence)] = None
        return None


def _fact_node(fact: Fact) -> Node:
    source = fact.source.name
    if fact.source.evidence:
        source += f", {fact.source.evidence}"
    # Known to be none is said as none; unknown never gets here.
    value = "ingen" if fact.status is FactStatus.NONE else fact.value
    return Node("fact", fact.id, FACT_LABELS[fact.kind], value, source=source)
