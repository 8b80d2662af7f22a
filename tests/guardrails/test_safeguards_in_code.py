"""Nothing decides, plans or orders money without asking the safeguards on the way.

Read from the syntax trees: each function that writes a decision or a payment must ask
`domain.safeguards` before it does, or be reached only through functions of its module that asked.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.guardrails.tree import sources

WRITES = {
    ("decisions", "add"): "a decision",
    ("payments", "add_plan"): "a payment plan",
    ("payments", "add_lines"): "payments",
    ("payments", "mark_ordered"): "an order",
    ("runs", "order"): "payments of a run",
}
"""Store and method of a unit of work that bind the municipality or the citizen."""
SEND_TOPICS = {"send.payment"}
"""What leaves for the bank counts as an order too."""

MAY_WRITE = {
    "processes/stages/decisions.py",
    "processes/stages/payments.py",
    "processes/stages/runs.py",
}
"""The only modules that may do any of it."""
THE_DEMOS_TOWN = "app/local/town.py"
"""People with running help, for `./ky month`; made up, and past the database's own constraints."""

UNCHECKED = {
    # Plans a rejected payment again under the next number; `order` checks it before it leaves.
    ("processes/stages/payments.py", "resolve_rejection"): {"payments"},
}
"""What may be written unchecked, with the reason."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def written(call: ast.Call) -> str | None:
    """Return what a call writes, or None."""
    target = call.func
    if not isinstance(target, ast.Attribute):
        return None
    if isinstance(target.value, ast.Attribute | ast.Name):
        store = target.value.attr if isinstance(target.value, ast.Attribute) else target.value.id
        if (store, target.attr) in WRITES:
            return WRITES[(store, target.attr)]
    first = call.args[0] if call.args else None
    if target.attr == "leave" and isinstance(first, ast.Constant) and first.value in SEND_TOPICS:
        return "an order"
    return None


def calls(function: Function) -> list[ast.Call]:
    """Return the calls in a function, in the order they are written."""
    found = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    return sorted(found, key=lambda call: (call.lineno, call.col_offset))


def called(call: ast.Call) -> str:
    """Return the name of a plain call, `safeguards.…` for one of those, or nothing."""
    match call.func:
        case ast.Name(name):
            return name
        case ast.Attribute(ast.Name("safeguards"), name):
            return f"safeguards.{name}"
    return ""


def asks(function: Function, functions: dict[str, Function], before: int) -> bool:
    """Tell whether a function asks the safeguards above a line, itself or through a helper."""
    for call in calls(function):
        if call.lineno >= before:
            return False
        name = called(call)
        if name.startswith("safeguards.check_"):
            return True
        if name in functions and name != function.name:
            helper = functions[name]
            if asks(helper, {}, before=(helper.end_lineno or 0) + 1):
                return True
    return False


def unguarded(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield function and what it writes, for each write that can be reached without asking."""
    functions = {node.name: node for node in tree.body if isinstance(node, Function)}
    for function in functions.values():
        for call in calls(function):
            what = written(call)
            if what is None or asks(function, functions, call.lineno):
                continue
            callers = [
                (caller, each.lineno)
                for caller in functions.values()
                for each in calls(caller)
                if called(each) == function.name
            ]
            is_inner = function.name.startswith("_") and not function.decorator_list
            if not (
                is_inner
                and callers
                and all(asks(caller, functions, line) for caller, line in callers)
            ):
                yield function.name, what


def test_only_three_stages_decide_and_pay() -> None:
    found = {
        path
        for path, tree in sources()
        if not path.startswith("app/stores/") and path != THE_DEMOS_TOWN
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and written(node)
    }

    assert found == MAY_WRITE


def test_each_of_their_writes_asks_the_safeguards_first() -> None:
    trees = dict(sources("processes/stages"))

    open_doors = {
        (path, function, what)
        for path in MAY_WRITE
        for function, what in unguarded(trees[path])
        if what not in UNCHECKED.get((path, function), set())
    }

    assert open_doors == set()


@pytest.mark.parametrize(
    ("code", "open_doors"),
    [
        ("def issue(ctx):\n    ctx.uow.decisions.add(d)", [("issue", "a decision")]),
        ("def issue(ctx):\n    safeguards.check_issue(p)\n    ctx.uow.decisions.add(d)", []),
        (
            "def issue(ctx):\n    ctx.uow.decisions.add(d)\n    safeguards.check_issue(p)",
            [("issue", "a decision")],
        ),
        (
            (
                "def issue(ctx):\n    safeguards.check_issue(p)\n    _issue(ctx)\n"
                "def _issue(ctx):\n    ctx.uow.decisions.add(d)"
            ),
            [],
        ),
        (
            (
                "def issue(ctx):\n    safeguards.check_issue(p)\n    _issue(ctx)\n"
                "def hasty(ctx):\n    _issue(ctx)\n"
                "def _issue(ctx):\n    ctx.uow.decisions.add(d)"
            ),
            [("_issue", "a decision")],
        ),
        (
            (
                "def order(ctx):\n    _check(ctx)\n    ctx.leave('send.payment', c, {})\n"
                "def _check(ctx):\n    safeguards.check_payment(line)"
            ),
            [],
        ),
        ("def order(ctx):\n    ctx.leave('send.payment', c, {})", [("order", "an order")]),
    ],
)
def test_a_write_that_passes_the_safeguards_by_is_found(
    code: str, open_doors: list[tuple[str, str]]
) -> None:
    assert list(unguarded(ast.parse(code))) == open_doors
