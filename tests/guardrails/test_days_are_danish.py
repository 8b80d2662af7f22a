"""A moment becomes a day only in Danish time: `moment.date()` alone gives the day in UTC.

Between midnight in Denmark and midnight in UTC that is the day before: a deadline, a rate or the
effect of a decision would be a day wrong, and only at night.
"""

import ast

import pytest

from tests.guardrails.tree import sources

ALREADY_DANISH = {
    # The register writes Danish wall time; the day is the one it wrote.
    "integrations/cpr.py": {"status.statusdato.dato", "left.udrejsedato.dato"},
    # FEEL's date() takes the day as it is written in the moment.
    "processes/engine/expressions.py": {"text"},
    # Put into Danish time in the line above.
    "processes/stages/applications.py": {"received"},
}
"""What may be turned into a day as it is, by module."""


def bare_days(tree: ast.Module) -> set[str]:
    """Return what is turned into a day without having been put into Danish time."""
    found = set()
    for node in ast.walk(tree):
        is_day = (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "date"
            and not node.args
        )
        if is_day and not is_local(node.func.value):  # type: ignore[attr-defined]  # asked above
            found.add(ast.unparse(node.func.value))  # type: ignore[attr-defined]  # asked above
    return found


def is_local(value: ast.expr) -> bool:
    """Tell whether a moment was just put into another zone, or read from the clock in one."""
    match value:
        case ast.Call(ast.Attribute(_, "astimezone")) | ast.Call(ast.Name("local")):
            return True
    return False


def test_no_moment_becomes_a_day_in_utc() -> None:
    found = {
        f"{path}: {value}.date()"
        for path, tree in sources()
        for value in bare_days(tree) - ALREADY_DANISH.get(path, set())
    }

    assert found == set()


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("decision.sent_at.date()", {"decision.sent_at"}),
        ("decision.sent_at.astimezone(DENMARK).date()", set()),
        ("local(at).date()", set()),
        ("date(2026, 3, 1)", set()),
    ],
)
def test_a_bare_day_is_found(code: str, found: set[str]) -> None:
    assert bare_days(ast.parse(code)) == found
