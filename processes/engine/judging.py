"""Answers: can this element be entered or left as things are, and with what?

Pure functions of an element, the variables at hand and the moment. They run before anything is
changed, so an element without an answer can be left standing exactly where it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from processes.engine.diagrams import Flow, Node, Wait
from processes.engine.expressions import (
    MAX_STEPS_TOGETHER,
    Budget,
    Scope,
    as_variable,
    evaluate,
    truth,
)
from processes.engine.tables import Decided, DecisionTable, decide

MAX_SCOPE_BYTES = 64_000
SMALL_SCOPE = 2_000
"""So few bytes that no number of tokens makes them many: the others are not counted then."""
MAX_KEY = 200
DENMARK = ZoneInfo("Europe/Copenhagen")


class Fault(Exception):  # noqa: N818 – caught in `machine`, always: it becomes an incident
    """An element cannot be entered or left as things are; nothing has been changed by it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def mapped(mapping: Mapping[str, str], scope: Scope) -> dict[str, object]:
    """Return what named expressions say, as variables."""
    budget = Budget(MAX_STEPS_TOGETHER)
    return {name: as_variable(evaluate(text, scope, budget)) for name, text in mapping.items()}


def fitting(scope: dict[str, object], others: Iterable[Scope] = ()) -> dict[str, object]:
    """Return variables that, with those of the other tokens, an instance may carry."""
    text = _written(scope)
    texts = {text} | ({_written(other) for other in others} if len(text) > SMALL_SCOPE else set())
    size = sum(len(each.encode()) for each in texts)
    if size > MAX_SCOPE_BYTES:
        raise Fault(
            "data",
            f"Processens oplysninger ville fylde {size} byte; de må højst fylde "
            f"{MAX_SCOPE_BYTES}. Lad trin give id'er, og behold oplysningerne på sagen.",
        )
    return scope


def _written(scope: Scope) -> str:
    return json.dumps(scope, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def moment(wait: Wait, scope: Scope, now: datetime) -> datetime:
    """Return the absolute moment a timer is due; days are counted on the Danish clock."""
    if wait.until is None:
        wall = now.astimezone(DENMARK).replace(tzinfo=None) + timedelta(days=wait.days)
        return wall.replace(tzinfo=DENMARK).astimezone(UTC) + wait.clock
    value = evaluate(wait.until, scope)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise Fault(
            "timer",
            f"Tidspunktet '{wait.until}' er {_shown(value)}; det skal være et tidspunkt med "
            "tidszone. Lad et trin beregne det.",
        )
    return value.astimezone(UTC)


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return f"'{value.isoformat()}' uden tidszone"
    if isinstance(value, date):
        return f"dagen {value} uden klokkeslæt"
    return "ukendt eller ikke et tidspunkt"


def deadline(node: Node, scope: Scope, now: datetime) -> str | None:
    """Return a user task's deadline; None when it has none, or none is known yet."""
    if node.due is None or evaluate(node.due, scope) is None:
        return None
    return moment(Wait(until=node.due), scope, now).isoformat()


def message_key(node: Node, scope: Scope) -> str:
    """Return the key a message must carry to be the one waited for."""
    key = as_variable(evaluate(node.key, scope))
    if isinstance(key, str) and len(key) > MAX_KEY:
        raise Fault("expression", f"Nøglen til beskeden '{node.message}' er over {MAX_KEY} tegn.")
    if isinstance(key, bool) or not isinstance(key, (str, int)) or key == "":
        raise Fault(
            "expression",
            f"Nøglen '{node.key}' til beskeden '{node.message}' er ikke kendt. "
            "Sørg for, at den er sat, før processen når hertil.",
        )
    return str(key)


def answer(node: Node, scope: Scope, tables: Mapping[str, DecisionTable]) -> Decided:
    """Return what the decision table of a rule task says."""
    table = tables.get(node.decision)
    if table is None:
        raise Fault(
            "table_missing",
            f"Beslutningstabellen '{node.decision}' findes ikke i en udgave, der gælder nu. "
            "Idriftsæt tabellen, og prøv igen.",
        )
    return decide(table, scope)


def _true(ways: Mapping[str, Flow], scope: Scope) -> list[str]:
    budget = Budget(MAX_STEPS_TOGETHER)
    return [
        name
        for name, flow in ways.items()
        if flow.condition is not None and truth(flow.condition, scope, budget)
    ]


def chosen(node: Node, ways: Mapping[str, Flow], scope: Scope) -> str:
    """Return the way an exclusive gateway takes; two true answers are no answer."""
    taken = _true(ways, scope)
    if len(taken) > 1:
        answers = " og ".join(f"'{ways[name].name or ways[name].id}'" for name in taken)
        raise Fault(
            "ambiguous",
            f"'{node.name}' har flere sande svar: {answers}. Ret betingelserne, så kun ét kan "
            "være sandt.",
        )
    default = next(name for name, flow in ways.items() if flow.id == node.default)
    return taken[0] if taken else default


def several(node: Node, ways: Mapping[str, Flow], scope: Scope) -> list[str]:
    """Return the ways an inclusive gateway takes: all that are true, or else the default."""
    return _true(ways, scope) or [name for name, flow in ways.items() if flow.id == node.default]
