"""Answers: which rule is in force on a day? Each change in the law is a version of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from processes.domain.errors import BrokenStateError, RuleError
from processes.domain.periods import ONE_DAY, Period
from processes.domain.rates import Confidence
from processes.domain.rules.reading import Body, Reading
from processes.domain.rules.trace import NodeValue


@dataclass(frozen=True)
class Rule:
    """A dated rule (regel) with the paragraph it bore in its interval."""

    id: str
    version: int
    valid: Period
    law: str
    label: str
    """What its value is called: `Børnetillæg`."""
    says: str
    """The rule in one plain Danish sentence."""
    confidence: Confidence
    body: Body
    met: str = ""
    """For a condition: what to say when it is met; `{…}` names something it asked for."""
    unmet: str = ""
    per_month: bool = False
    """Asked once for the whole month, and not once for each stretch of it: income is by month."""
    folds: str = ""
    """How the amounts of a month's stretches become the month's: `sum`, or the id of the rule that
    names the way; empty for what is never an amount."""
    value: str = ""
    """The word of a choice; empty for a rule that is worked out."""

    @property
    def name(self) -> str:
        """Id and version: `kh.sats@1`."""
        return f"{self.id}@{self.version}"


class RuleBook:
    """Every rule, asked by id and day (regelbog)."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_id: dict[str, list[Rule]] = {}
        for rule in rules:
            self._by_id.setdefault(rule.id, []).append(rule)
        for versions in self._by_id.values():
            versions.sort(key=lambda rule: rule.valid.start)
            for earlier, later in pairwise(versions):
                if earlier.valid.clipped(later.valid) or earlier.version == later.version:
                    raise BrokenStateError(f"rules {earlier.name} and {later.name} overlap")

    def on(self, rule_id: str, day: date) -> Rule:
        """Return the version in force on a day, or say that none is."""
        versions = self._by_id.get(rule_id, [])
        for rule in versions:
            if day in rule.valid:
                return rule
        known = "; ".join(f"fra {rule.valid.start:%d.%m.%Y}" for rule in versions)
        raise RuleError(
            f"Der er ingen regel '{rule_id}' på {day:%d.%m.%Y}; kendte: {known or 'ingen'}."
            " Ret den periode, der regnes på, eller indlæs reglen i central opsætning."
        )

    def __iter__(self) -> Iterator[Rule]:
        return iter([rule for versions in self._by_id.values() for rule in versions])


def computed_elsewhere(reading: Reading) -> NodeValue:
    """Stand in for a body: the text is in the book, the sum is a step of the payment."""
    raise BrokenStateError(f"a rule of the payment was asked in the calculation of {reading.month}")


def _always(value: str) -> Body:
    """Return the body of a rule that only says how something open is read (valg)."""
    return lambda _reading: value


def rules_from_rows(
    rows: Iterable[Mapping[str, str]], bodies: Mapping[str, Body]
) -> tuple[Rule, ...]:
    """Join the dated rule texts with their bodies; each must have the other.

    `bodies` are by id and version, `kh.sats@1`; `valid_to` in a row is the last day in force.
    A row with `computed_in` names the module that computes it, and has no body. A row with a
    `value` is a choice: dated configuration other rules ask for, such as how days are counted.
    """
    rules = tuple(_rule(row, bodies) for row in rows)
    unused = set(bodies) - {rule.name for rule in rules}
    if unused:
        raise BrokenStateError(f"no rule text for {', '.join(sorted(unused))}")
    return rules


def _rule(row: Mapping[str, str], bodies: Mapping[str, Body]) -> Rule:
    name = f"{row['id']}@{row['version']}"
    if row.get("computed_in"):
        body: Body = computed_elsewhere
    elif "value" in row:
        body = _always(row["value"])
    elif name in bodies:
        body = bodies[name]
    else:
        raise BrokenStateError(f"no body for rule {name}")
    last_day = row.get("valid_to", "")
    return Rule(
        id=row["id"],
        version=int(row["version"]),
        valid=Period(
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(last_day) + ONE_DAY if last_day else None,
        ),
        law=row["law"],
        label=row["label"],
        says=row["says"],
        confidence=Confidence(row["confidence"]),
        body=body,
        met=row.get("met", ""),
        unmet=row.get("unmet", ""),
        per_month=row.get("per", "") == "month",
        folds=row.get("folds", ""),
        value=row.get("value", ""),
    )
