"""Answers: which conditions are met, on which facts, and on what ground?

A condition is a rule that gives yes or no. Unknown is an answer of its own and never a no.
"""

from __future__ import annotations

from collections.abc import Sequence

from processes.domain.calculation import ConditionOutcome
from processes.domain.rules.run import Result, Run
from processes.domain.rules.trace import once


def judge(run: Run, rule_ids: Sequence[str]) -> tuple[ConditionOutcome, ...]:
    """Judge conditions for one person in one month (betingelser)."""
    return tuple(outcome_of(run.result(rule_id)) for rule_id in rule_ids)


def outcome_of(result: Result) -> ConditionOutcome:
    """Say what came of one condition, in words fit for a letter."""
    rule, node = result.rule, result.node
    met = node.value if isinstance(node.value, bool) else None
    if met is None:
        reason = " ".join(missing.sentence for missing in result.missing)
    else:
        reason = result.sentence(rule.met if met else rule.unmet)
    key = rule.id.rpartition(".")[2]
    return ConditionOutcome(key, rule.label, met, rule.law, reason, once(node))
