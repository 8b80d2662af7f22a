"""Answers: how do the stretches of a month become the month? Knows no law and no benefit.

A rule of the month (income) runs once, over the month's amounts. Every other rule has run in each
stretch: what is the same all month stands whole, what is not is divided by the days, in the way the
rule book says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from processes.domain.errors import BrokenStateError
from processes.domain.money import Money, total
from processes.domain.periods import Period
from processes.domain.rules.book import Usable
from processes.domain.rules.language import Kind, Raw
from processes.domain.rules.run import Result, Run, rule_node, shown
from processes.domain.rules.sharing import DAY_COUNTS
from processes.domain.rules.trace import Missing, Node
from processes.domain.timeline import Timeline

SUM = "sum"
LARGEST = "stoerste"


@dataclass(frozen=True)
class Share:
    """What a rule gives for some days of a month (andel); no days is the whole month."""

    days: Period | None
    run: Run
    """The stretch it was worked out in, the first of those that say the same."""
    node: Node


class MonthRun(Run):
    """The rules of one person over the stretches of a month (månedskørsel)."""

    def __init__(self, parts: Sequence[Run]) -> None:
        first, last = parts[0], parts[-1]
        super().__init__(
            first.party_id,
            who=first.who,
            month=first.month,
            facts=first.facts,
            rates=first.rates,
            rules=first.rules,
            given=first.given,
            days=Period(first.days.start, last.days.end),
            span=first.span,
        )
        self.parts = tuple(parts)
        self._folded: dict[str, Result] = {}

    def result(self, rule_id: str) -> Result:
        """Run a rule of the month, or fold what the stretches gave."""
        rule = self.rules.on(rule_id, self.days.start)
        if rule.per_month:
            return super().result(rule_id)
        if rule_id not in self._folded:
            self._folded[rule_id] = self._fold(rule_id)
        return self._folded[rule_id]

    def shares(self, rule_id: str) -> tuple[Share, ...]:
        """Return what a rule gives, one share wherever its amount changes."""
        line = Timeline((part.days, part.result(rule_id).raw) for part in self.parts)
        return tuple(self._share(rule_id, stretch.period) for stretch in line)

    def first_change(self, rule_id: str) -> date | None:
        """Return the day a rule says something else than before."""
        first, *later = self.parts
        before = first.result(rule_id).raw
        changed = (each for each in later if each.result(rule_id).raw != before)
        return next((each.days.start for each in changed), None)

    def _share(self, rule_id: str, days: Period) -> Share:
        part = next(each for each in self.parts if each.days.start == days.start)
        result = part.result(rule_id)
        if days == self.month.period():
            return Share(None, part, result.node)
        if not result.raw:
            return Share(days, part, result.node)
        return Share(days, part, part.shared(result.rule, result.node, days))

    def _fold(self, rule_id: str) -> Result:
        results = [part.result(rule_id) for part in self.parts]
        first = results[0]
        values = [each.raw for each in results]
        if any(value is None for value in values):
            missing = dict.fromkeys(each for result in results for each in result.missing)
            return _folded(first, None, [each.node for each in results], tuple(missing))
        whole = Timeline((part.days, True) for part in self.parts)
        if all(value == values[0] for value in values) and (
            first.kind is not Kind.MONEY
            or not values[0]
            or [each.period for each in whole] == [self.month.period()]
        ):
            return first
        if first.kind is Kind.YES_NO:
            return _folded(first, any(values), [each.node for each in results])
        return self._amount(rule_id, results)

    def _amount(self, rule_id: str, results: Sequence[Result]) -> Result:
        first = results[0]
        folds = first.rule.folds
        if first.kind is not Kind.MONEY or not folds:
            raise BrokenStateError(
                f"rule {rule_id} changes inside {self.month} and cannot be added"
            )
        if folds == SUM:
            return _folded(first, _added(results), [each.node for each in results])
        choice = self.parts[0].result(folds).node
        if choice.value == LARGEST:
            largest = max(results, key=_oere)
            return _folded(first, largest.raw, [choice, largest.node])
        if choice.value not in DAY_COUNTS:
            raise BrokenStateError(f"rule {folds} names no way to fold: {choice.value}")
        nodes = [share.node for share in self.shares(rule_id)]
        amounts = [node.value for node in nodes if isinstance(node.value, Money)]
        return _folded(first, total(amounts).oere, nodes)


def _oere(result: Result) -> int:
    return result.raw if isinstance(result.raw, int) else 0


def _added(results: Sequence[Result]) -> int:
    return sum(_oere(each) for each in results)


def _folded(
    first: Result, raw: Raw | None, inputs: Sequence[Node], missing: tuple[Missing, ...] = ()
) -> Result:
    usable = Usable(first.rule, first.kind, None)
    node = rule_node(first.rule, shown(raw, first.kind), dict.fromkeys(inputs))
    return Result(usable, raw, first.asked, missing, node)
