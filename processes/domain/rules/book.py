"""Answers: which rule is in force on a day? Each change in the law is a version of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from processes.domain.errors import BrokenStateError, RuleError
from processes.domain.periods import ONE_DAY, Period
from processes.domain.rates import Confidence
from processes.domain.rules.checking import Checker
from processes.domain.rules.language import Expression, ExpressionError, Kind, parse
from processes.domain.rules.scalar import Formula, compiled
from processes.domain.timeline import InForce


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
    expression: Expression | None = None
    """The formula; None for a choice, and for what the payment works out."""
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
    text: str = ""
    """The formula as it was written."""

    @property
    def name(self) -> str:
        """Id and version: `kh.sats@1`."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True)
class Usable:
    """A rule ready to be asked (regel i brug): what its value is, and what works it out."""

    rule: Rule
    kind: Kind | None
    """None for what the payment works out."""
    formula: Formula | None
    """None for a choice."""


class RuleBook:
    """Every rule, asked by id and day (regelbog).

    Making one checks every formula: a name, a type or a circle that is wrong is an error that names
    the rule, the place and the way out.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_id: dict[str, list[Rule]] = {}
        for rule in rules:
            self._by_id.setdefault(rule.id, []).append(rule)
        for versions in self._by_id.values():
            versions.sort(key=lambda rule: rule.valid.start)
            for earlier, later in pairwise(versions):
                if earlier.valid.clipped(later.valid) or earlier.version == later.version:
                    raise BrokenStateError(f"rules {earlier.name} and {later.name} overlap")
        self.types = Checker(self._by_id).check()
        """What each rule gives."""
        self._in_force = InForce((rule.id, rule.valid, self._usable(rule)) for rule in self)

    def on(self, rule_id: str, day: date) -> Rule:
        """Return the version in force on a day, or say that none is."""
        found = self.in_force(day).get(rule_id)
        if found is not None:
            return found.rule
        known = "; ".join(
            f"fra {rule.valid.start:%d.%m.%Y}" for rule in self._by_id.get(rule_id, [])
        )
        raise RuleError(
            f"Der er ingen regel '{rule_id}' på {day:%d.%m.%Y}; kendte: {known or 'ingen'}."
            " Ret den periode, der regnes på, eller indlæs reglen i central opsætning."
        )

    def in_force(self, day: date) -> Mapping[str, Usable]:
        """Return every rule in force on a day, by id."""
        return self._in_force.on(day)

    def changes(self, within: Period) -> tuple[date, ...]:
        """Return the days inside a period on which a rule begins or ends."""
        return self._in_force.changes(within)

    def versions(self, rule_id: str) -> tuple[Rule, ...]:
        """Return every version of a rule, the oldest first."""
        return tuple(self._by_id.get(rule_id, ()))

    def __iter__(self) -> Iterator[Rule]:
        return iter([rule for versions in self._by_id.values() for rule in versions])

    def _usable(self, rule: Rule) -> Usable:
        found = self.types.get(rule.id) if rule.expression is not None or rule.value else None
        formula = None if rule.expression is None else compiled(rule.expression)
        return Usable(rule, found.kind if found else None, formula)


def rules_from_rows(rows: Iterable[Mapping[str, str]]) -> tuple[Rule, ...]:
    """Read the dated rules: words, paragraph and formula in one row.

    `valid_to` in a row is the last day in force. A row has an `expression`; or a `value`, which
    makes it a choice: dated configuration other rules ask for, such as how days are counted; or
    `computed_in`, which names the module that works it out.
    """
    return tuple(_rule(row) for row in rows)


def _rule(row: Mapping[str, str]) -> Rule:
    name = f"{row['id']}@{row['version']}"
    text = row.get("expression", "").strip()
    if not text and "value" not in row and not row.get("computed_in"):
        raise ExpressionError(
            "Reglen har ingen formel.", "Skriv den under expression; se docs/rules.md."
        ).of(name)
    try:
        expression = parse(text) if text else None
    except ExpressionError as error:
        raise error.of(name) from None
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
        expression=expression,
        met=row.get("met", ""),
        unmet=row.get("unmet", ""),
        per_month=row.get("per", "") == "month",
        folds=row.get("folds", ""),
        value=row.get("value", ""),
        text=text,
    )
