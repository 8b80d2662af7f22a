"""Runs rules for one person in some days of a month and keeps how each value came about.

Each rule runs once; what it asked becomes the inputs of its node. What is not known makes the
value unknown, all the way up, and is written down once. Nothing here knows any law.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from processes.domain.errors import BrokenStateError, RateMissingError
from processes.domain.facts import (
    FACT_LABELS,
    QUESTIONS,
    Fact,
    FactKind,
    Facts,
    FactStatus,
)
from processes.domain.money import Money
from processes.domain.periods import Month, Period
from processes.domain.rates import RATE_LABELS, Confidence, Rate, RateBook, is_share
from processes.domain.rules.book import Rule, RuleBook, Usable
from processes.domain.rules.language import Kind, Raw
from processes.domain.rules.prose import day_in_words, days_in_words, in_words, percent_in_words
from processes.domain.rules.scalar import Asked, Notes
from processes.domain.rules.sharing import DAY_COUNTS, share_of_days
from processes.domain.rules.trace import Missing, Node, NodeValue, lowest

if TYPE_CHECKING:
    from processes.domain.rules.scalar import Item


class Known:
    """What is known of one fact in the days that are calculated (kendt oplysning)."""

    __slots__ = ("fact", "missing", "raw")

    def __init__(self, fact: Fact | None, raw: Raw | None, missing: Missing | None) -> None:
        self.fact = fact
        self.raw = raw
        self.missing = missing


class Result:
    """What came of one rule (regelresultat): its value, what it asked for, what was missing.

    The explanation is kept as references to what was asked and written out when somebody reads it.
    """

    __slots__ = ("_node", "asked", "kind", "missing", "raw", "rule")

    def __init__(
        self,
        usable: Usable,
        raw: Raw | None,
        asked: Mapping[str, Item],
        missing: tuple[Missing, ...] = (),
        node: Node | None = None,
    ) -> None:
        self.rule: Rule = usable.rule
        self.kind = usable.kind
        self.raw = raw
        self.asked = asked
        self.missing = missing
        self._node = node

    @property
    def value(self) -> NodeValue:
        """The value as it is shown: money as money."""
        return shown(self.raw, self.kind)

    @property
    def node(self) -> Node:
        """The step of the explanation tree, with everything under it."""
        if self._node is None:
            inputs: dict[tuple[str, str], Node] = {}
            doubles: list[Node] = []
            for item in self.asked.values():
                node = node_of(item)
                # Equal nodes stand once; only those of one id can be equal, and that is rare.
                if inputs.setdefault((node.kind, node.id), node) != node:
                    doubles.append(node)
            self._node = rule_node(self.rule, self.value, (*inputs.values(), *doubles))
        return self._node

    @property
    def named(self) -> dict[str, NodeValue]:
        """What it asked for, by fact kind, rate key and rule id."""
        return {
            name: item.value if isinstance(item, Result) else node_of(item).value
            for name, item in self.asked.items()
        }

    def sentence(self, template: str) -> str:
        """Fill a sentence with what the rule asked for."""
        named = self.named
        said = re.sub(r"\{([^}]+)\}", lambda match: in_words(named.get(match.group(1))), template)
        return said.replace("kr..", "kr.")


def shown(raw: Raw | None, kind: Kind | None) -> NodeValue:
    """Return a value as it stands in an explanation."""
    if raw is None or not isinstance(raw, int):
        return raw
    if kind is Kind.MONEY:
        return Money(raw)
    return percent_in_words(raw) if kind is Kind.SHARE else raw


def rule_node(rule: Rule, value: NodeValue, inputs: Iterable[Node]) -> Node:
    """Return the node of a rule; a sum is no surer than its least sure part."""
    inputs = tuple(inputs)
    return Node(
        kind="rule",
        id=rule.name,
        label=rule.label,
        value=value,
        law=rule.law,
        source=rule.says,
        confidence=_least_sure(rule.confidence, inputs),
        derived=any(each.derived for each in inputs),
        inputs=inputs,
    )


def _least_sure(own: Confidence, inputs: Iterable[Node]) -> Confidence:
    """Return the lowest confidence; as `lowest`, for what is asked for every value there is."""
    least = own
    for each in inputs:
        if each.confidence is Confidence.LOW:
            return Confidence.LOW
        if each.confidence is Confidence.MEDIUM and least is Confidence.HIGH:
            least = Confidence.MEDIUM
    return least


def node_of(item: Item) -> Node:
    """Return the node of something that was asked for."""
    if isinstance(item, Node):
        return item
    if isinstance(item, Result):
        return item.node
    return _fact_node(item) if isinstance(item, Fact) else _rate_node(item)


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
        self._usable = rules.in_force(self.days.start)
        self._rates = rates.in_force(self.days.start)
        self.results: dict[str, Result] = {}
        """What each rule gave, by id."""
        self.facts_known: dict[str, Known] = {}
        """What is known of each fact that was asked for."""
        self._said = facts.of_party(party_id)

    def result(self, rule_id: str) -> Result:
        """Run a rule, or return what it gave before."""
        found = self.results.get(rule_id)
        if found is not None:
            return found
        usable = self._usable.get(rule_id)
        if usable is None:
            self.rules.on(rule_id, self.days.start)
            raise BrokenStateError(f"rule {rule_id} is in force and cannot be used")
        if usable.formula is None:
            found = self._choice(usable)
        else:
            found = self._worked_out(usable, Notes())
        self.results[rule_id] = found
        return found

    def _choice(self, usable: Usable) -> Result:
        if usable.kind is None:
            raise BrokenStateError(
                f"rule {usable.rule.id} of the payment was asked in the calculation of {self.month}"
            )
        return Result(usable, usable.rule.value, {})

    def _worked_out(self, usable: Usable, notes: Notes) -> Result:
        if usable.formula is None:
            raise BrokenStateError(f"rule {usable.rule.id} has no formula")
        raw = usable.formula(self, notes)
        if raw is None:
            return Result(usable, None, notes.asked, tuple(dict.fromkeys(notes.missing)))
        if notes.overruled:
            # What was not known and did not matter is no ground for the value.
            notes.asked = {
                name: item
                for name, item in notes.asked.items()
                if not (isinstance(item, Result) and item.raw is None)
            }
        return Result(usable, raw, notes.asked)

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
        mine = {each.rule.name for each in self.results.values()}
        return tuple(sorted(mine | set(self.partner.used_alone if self.partner else ())))

    @property
    def used_alone(self) -> tuple[str, ...]:
        """Name every rule version that ran for this person."""
        return tuple(each.rule.name for each in self.results.values())

    # --- what a formula asks ----------------------------------------------------------------------

    def known(self, asked: Asked) -> Known:
        """Return what is known of a fact in these days, or what is missing."""
        found = self.facts_known.get(asked.key)
        if found is None:
            found = self.facts_known[asked.key] = self._look_up(asked)
        return found

    def said(self, kind: FactKind, day: date) -> Fact | None:
        """Return a fact of a day if anybody said it; None also when it is known to be none."""
        fact = self.facts.on(self.party_id, kind, day)
        return fact if fact is not None and fact.status is FactStatus.VALUE else None

    def rate(self, key: str) -> Rate | Missing:
        """Return the rate in force; a gap in the table is something missing."""
        found = self._rates.get(key)
        if found is not None:
            return found
        try:
            return self.rates.on(key, self.days.start)
        except RateMissingError as error:
            return Missing(self.party_id, key, str(error))

    def _look_up(self, asked: Asked) -> Known:
        kind = asked.kind
        days = self.span if asked.by_month else self.days
        said = self._said.get(asked.key, ())
        if len(said) == 1 and said[0].valid.covers(days):
            return self._counted(asked, said[0])
        line = self.facts.timeline(self.party_id, kind, days)
        values = line.map(lambda fact: (fact.status, fact.value))
        first = line.on(days.start)
        if first is None or first.status is FactStatus.UNKNOWN:
            return self._counted(asked, None)
        if values.changes() == (days.start, days.end):
            return self._counted(asked, first)
        changed = next(day for day in values.changes() if day != days.start)
        return self._missing(
            kind,
            f"'{FACT_LABELS[kind]}' ændrer sig den {day_in_words(changed)}, men en måned har"
            " ét beløb. Læg månedens beløb sammen, og skriv det fra den første dag.",
        )

    def _counted(self, asked: Asked, fact: Fact | None) -> Known:
        kind = asked.kind
        if fact is None or fact.status is FactStatus.UNKNOWN:
            return self._missing(kind, QUESTIONS[kind].format(who=self.who))
        if fact.status is FactStatus.NONE:
            if asked.none is None:
                sentence = f"'{FACT_LABELS[kind]}' er ikke en dato; ret oplysningen."
                return Known(fact, None, Missing(self.party_id, kind.value, sentence))
            return Known(fact, asked.none, None)
        value = fact.value
        if not isinstance(value, asked.python) or (asked.python is int and isinstance(value, bool)):
            holds = type(value).__name__
            raise BrokenStateError(f"fact {kind.value} holds {holds}, not {asked.words}")
        return Known(fact, value.oere if isinstance(value, Money) else value, None)

    def _missing(self, kind: FactKind, sentence: str) -> Known:
        return Known(None, None, Missing(self.party_id, kind.value, sentence))


def linked(runs: Iterable[Run]) -> None:
    """Make two persons each other's spouse."""
    first, second = runs
    first.partner, second.partner = second, first


def _rate_node(rate: Rate) -> Node:
    value: NodeValue = percent_in_words(rate.ppm) if is_share(rate.unit) else rate.value
    return Node(
        kind="rate",
        id=rate.id,
        label=RATE_LABELS.get(rate.key, rate.key),
        value=value,
        law=rate.law,
        source=rate.source,
        confidence=rate.confidence,
        derived=rate.derived,
    )


def _fact_node(fact: Fact) -> Node:
    source = fact.source.name
    if fact.source.evidence:
        source += f", {fact.source.evidence}"
    # Known to be none is said as none; unknown never gets here.
    value = "ingen" if fact.status is FactStatus.NONE else fact.value
    return Node("fact", fact.id, FACT_LABELS[fact.kind], value, source=source)
