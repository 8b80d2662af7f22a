"""The table of timers in `docs/runbook.md`, made from the diagrams.

`python -m tests.bpmn.timers` writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from processes.domain.access import ROLE_NAMES, Role
from processes.engine.diagrams import Diagram, Kind, Node, Wait
from tests.bpmn import shipped

RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook.md"
START, END = "<!-- timers:start -->\n", "<!-- timers:end -->"
HEAD = (
    "| diagram | timer | on | due | interrupts | then |\n"
    "|---|---|---|---|---|---|\n"
)  # fmt: skip


def timers_table() -> str:
    """Return a row for each timer in the shipped diagrams, in Markdown."""
    rows = (row for key in shipped.PROCESSES for row in _rows(_diagram(key)))
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _diagram(key: str) -> Diagram:
    return shipped.definition(key).diagrams[key]


def _rows(diagram: Diagram) -> Iterator[tuple[str, ...]]:
    for node in diagram.nodes.values():
        if node.wait is None:
            continue
        host = diagram.nodes.get(node.attached_to)
        yield (
            f"`{diagram.id}`",
            f"{node.name} (`{node.id}`)",
            "–" if host is None else f"{host.name} (`{host.id}`)",
            _due(node.wait),
            "yes" if host is None or node.interrupting else "no",
            " → ".join(_label(each) for each in leads_to(diagram, node)),
        )


def _due(wait: Wait) -> str:
    if wait.until is not None:
        return f"at `{wait.until}`"
    days = f"{wait.days} days" if wait.days else ""
    return "after " + " ".join(part for part in (days, _clock(wait.clock)) if part)


def _clock(clock: timedelta) -> str:
    return str(clock) if clock else ""


def leads_to(diagram: Diagram, timer: Node) -> Iterator[Node]:
    """Yield what happens after a timer, up to the first person, split or end."""
    node = timer
    while len(node.outgoing) == 1:
        node = diagram.nodes[node.outgoing[0].target]
        merges = node.kind is Kind.EXCLUSIVE and not node.splits
        if not merges:
            yield node
        if node.kind is Kind.USER_TASK:
            return


def _label(node: Node) -> str:
    return f"{node.name} ({ROLE_NAMES[Role(node.role)]})" if node.role else node.name


def main() -> None:
    """Write the table between its markers."""
    before, rest = RUNBOOK.read_text().split(START)
    RUNBOOK.write_text(before + START + timers_table() + END + rest.split(END)[1])


if __name__ == "__main__":
    main()
