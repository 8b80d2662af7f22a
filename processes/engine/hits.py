"""Answers: which of the rows that fit is the answer, or how are they put together?

The hit policies of the DMN standard, and the aggregations of COLLECT. What a policy rules out (two
rows under UNIQUE, different answers under ANY) is a conflict, never the first of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from processes.domain.errors import RuleError
from processes.engine.expressions import compare, over_list


class Policy(StrEnum):
    """How many rows may fit, and which of them counts (træfregel)."""

    UNIQUE = "UNIQUE"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    FIRST = "FIRST"
    OUTPUT_ORDER = "OUTPUT ORDER"
    RULE_ORDER = "RULE ORDER"
    COLLECT = "COLLECT"


AGGREGATIONS = {"SUM": "sum", "MIN": "min", "MAX": "max", "COUNT": "count"}
RANKED = {Policy.PRIORITY, Policy.OUTPUT_ORDER}
"""The policies that ask in which order the values of the outputs are listed."""
MANY = {Policy.OUTPUT_ORDER, Policy.RULE_ORDER, Policy.COLLECT}
"""The policies whose answer is a list."""

Outputs = tuple[object, ...]


class HitConflictError(RuleError):
    """Rows fit that the hit policy does not allow together (modstridende regler)."""


@dataclass(frozen=True)
class Hit:
    """The hit policy of a table, with what it needs to know."""

    policy: Policy = Policy.UNIQUE
    aggregation: str = ""
    """`SUM`, `MIN`, `MAX`, `COUNT`; only with COLLECT."""
    ranks: tuple[tuple[object, ...], ...] = ()
    """For each output its values, the one that counts most first; empty where none are listed."""

    @property
    def many(self) -> bool:
        """Tell whether the answer is a list."""
        return self.policy in MANY and not self.aggregation

    def settle(self, rows: Sequence[tuple[int, Outputs]]) -> list[tuple[int, Outputs]]:
        """Return the rows that count, in order; one of them unless the policy takes many."""
        match self.policy:
            case Policy.UNIQUE if len(rows) > 1:
                raise HitConflictError(_numbers(rows))
            case Policy.ANY if any(not _same(row[1], rows[0][1]) for row in rows):
                raise HitConflictError(_numbers(rows))
            case Policy.PRIORITY | Policy.OUTPUT_ORDER:
                ranked = sorted(rows, key=self._rank)
                return ranked if self.policy is Policy.OUTPUT_ORDER else ranked[:1]
            case Policy.RULE_ORDER | Policy.COLLECT:
                return list(rows)
            case _:
                return list(rows[:1])

    def _rank(self, row: tuple[int, Outputs]) -> tuple[int, ...]:
        return tuple(
            next((place for place, each in enumerate(rank) if _equal(each, value)), len(rank))
            for rank, value in zip(self.ranks, row[1], strict=True)
        )

    def aggregate(self, values: list[object]) -> object:
        """Put the values of the one output together; None when that cannot be said."""
        return over_list(AGGREGATIONS[self.aggregation], values)


def read_hit(
    policy: str, aggregation: str, ranks: Callable[[], tuple[tuple[object, ...], ...]], outputs: int
) -> Hit | tuple[str, str]:
    """Return the hit policy as written, or what is wrong with it and the way out."""
    if policy not in set(Policy):
        return f"Træfreglen '{policy}' findes ikke.", f"Vælg en af: {', '.join(Policy)}."
    if aggregation and (policy != Policy.COLLECT or aggregation not in AGGREGATIONS):
        return (
            f"Sammenlægningen '{aggregation}' kan ikke bruges med {policy}.",
            f"Brug COLLECT med en af: {', '.join(AGGREGATIONS)}, eller fjern den.",
        )
    if aggregation and outputs != 1:
        return "En sammenlægning kan kun have én uddatakolonne.", "Del tabellen op."
    hit = Hit(Policy(policy), aggregation)
    if hit.policy not in RANKED:
        return hit
    ranked = Hit(hit.policy, "", ranks())
    if any(ranked.ranks):
        return ranked
    return (
        f"Træfreglen {policy} mangler uddatakolonnernes værdier i rækkefølge.",
        "Skriv værdierne i kolonnens 'outputValues', den vigtigste først.",
    )


def _numbers(rows: Sequence[tuple[int, Outputs]]) -> str:
    return " og ".join(str(number) for number, _ in rows)


def _equal(one: object, other: object) -> bool:
    return compare("=", one, other) is True


def _same(one: Outputs, other: Outputs) -> bool:
    return all(_equal(a, b) for a, b in zip(one, other, strict=True))
