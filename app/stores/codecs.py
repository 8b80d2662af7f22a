"""Answers: how does a value of the domain look as JSON, and how does it come back?

Every value says its type, so that 1, true and one øre stay apart. Nothing is guessed, and no class
is named in the data. Knows nothing of tables.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from processes.domain.calculation import (
    Calculation,
    ConditionOutcome,
    Line,
    Missing,
    Node,
    NodeValue,
    PersonMonth,
)
from processes.domain.errors import BrokenStateError
from processes.domain.facts import FactValue
from processes.domain.money import Money
from processes.domain.periods import Month, Period
from processes.domain.rates import Confidence

Data = dict[str, Any]


def value_to_data(value: NodeValue) -> Data | None:
    """Write a value with its type; None stays None."""
    match value:
        case None:
            return None
        case Money():
            return {"t": "money", "v": value.oere}
        case bool():
            return {"t": "bool", "v": value}
        case int():
            return {"t": "int", "v": value}
        case str():
            return {"t": "text", "v": value}
        case date():
            return {"t": "date", "v": value.isoformat()}


def value_from_data(data: Mapping[str, Any] | None) -> NodeValue:
    """Read a value back as the type it says."""
    if data is None:
        return None
    kind, value = data["t"], data["v"]
    match kind:
        case "money":
            return Money(value)
        case "date":
            return date.fromisoformat(value)
        case "bool" | "int" | "text":
            return cast(NodeValue, value)
    raise BrokenStateError(f"En gemt værdi har den ukendte type '{kind}'.")


def fact_value_from_data(data: Mapping[str, Any] | None) -> FactValue | None:
    """Read a fact's value back."""
    return value_from_data(data)


def node_to_data(node: Node) -> Data:
    """Write an explanation tree; what says nothing is left out."""
    data: Data = {
        "kind": node.kind,
        "id": node.id,
        "label": node.label,
        "value": value_to_data(node.value),
    }
    if node.law:
        data["law"] = node.law
    if node.source:
        data["source"] = node.source
    if node.confidence is not Confidence.HIGH:
        data["confidence"] = node.confidence.value
    if node.derived:
        data["derived"] = True
    if node.inputs:
        data["inputs"] = [node_to_data(each) for each in node.inputs]
    return data


def node_from_data(data: Mapping[str, Any]) -> Node:
    """Read an explanation tree back."""
    return Node(
        kind=data["kind"],
        id=data["id"],
        label=data["label"],
        value=value_from_data(data["value"]),
        law=data.get("law", ""),
        source=data.get("source", ""),
        confidence=Confidence(data.get("confidence", Confidence.HIGH)),
        derived=data.get("derived", False),
        inputs=tuple(node_from_data(each) for each in data.get("inputs", ())),
    )


def calculation_to_data(calculation: Calculation) -> Data:
    """Write what a calculation was made of and came to; its keys are columns of their own."""
    return {
        "rule_versions": list(calculation.rule_versions),
        "notes": list(calculation.notes),
        "months": [_month_to_data(each) for each in calculation.months],
    }


def calculation_parts(
    data: Mapping[str, Any],
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[PersonMonth, ...]]:
    """Read rule versions, notes and months back."""
    return (
        tuple(data["rule_versions"]),
        tuple(data["notes"]),
        tuple(_month_from_data(each) for each in data["months"]),
    )


def days_to_data(days: Period | None) -> Data:
    """Write the days something is for; the whole month says nothing."""
    if days is None:
        return {}
    end = None if days.end is None else days.end.isoformat()
    return {"days": [days.start.isoformat(), end]}


def days_from_data(data: Mapping[str, Any]) -> Period | None:
    """Read the days something is for; None is the whole month."""
    if "days" not in data:
        return None
    start, end = data["days"]
    return Period(date.fromisoformat(start), None if end is None else date.fromisoformat(end))


def _month_to_data(month: PersonMonth) -> Data:
    return {
        "party_id": month.party_id,
        "month": str(month.month),
        **days_to_data(month.days),
        "conditions": [
            {
                "key": each.key,
                "label": each.label,
                "met": each.met,
                "law": each.law,
                "reason": each.reason,
                "explanation": node_to_data(each.explanation),
                **days_to_data(each.days),
            }
            for each in month.conditions
        ],
        "lines": [
            {
                "key": each.key,
                "label": each.label,
                "amount_oere": each.amount.oere,
                "explanation": node_to_data(each.explanation),
                **days_to_data(each.days),
            }
            for each in month.lines
        ],
        "missing": [
            {"party_id": each.party_id, "what": each.what, "sentence": each.sentence}
            for each in month.missing
        ],
    }


def _month_from_data(data: Mapping[str, Any]) -> PersonMonth:
    return PersonMonth(
        party_id=data["party_id"],
        month=Month.parse(data["month"]),
        days=days_from_data(data),
        conditions=tuple(
            ConditionOutcome(
                key=each["key"],
                label=each["label"],
                met=each["met"],
                law=each["law"],
                reason=each["reason"],
                explanation=node_from_data(each["explanation"]),
                days=days_from_data(each),
            )
            for each in data["conditions"]
        ),
        lines=tuple(
            Line(
                key=each["key"],
                label=each["label"],
                amount=Money(each["amount_oere"]),
                explanation=node_from_data(each["explanation"]),
                days=days_from_data(each),
            )
            for each in data["lines"]
        ),
        missing=tuple(
            Missing(each["party_id"], each["what"], each["sentence"]) for each in data["missing"]
        ),
    )


def plain(value: object) -> object:
    """Return a JSON value of lists and maps, as tuples and mappings may have been handed in."""
    match value:
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case str() | None:
            return value
        case Sequence():
            return [plain(each) for each in value]
    return value


def plain_map(value: Mapping[str, object]) -> dict[str, object]:
    """Return a map as plain JSON."""
    return cast(dict[str, object], plain(value))
