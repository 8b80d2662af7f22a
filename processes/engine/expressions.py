"""Answers: what does this expression from a diagram or a table say, given these variables?

The language is a published subset of FEEL (`docs/feel.md`). It has its own small parser and a
walker over the tree it makes: no Python is ever run, there are no attributes to reach through,
only the functions listed here exist, and every expression ends within a step budget. Missing
names are `null`, and `null` spreads; what may not be `null` is for the caller to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal, DecimalException
from typing import Any, NoReturn

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

from processes.engine.syntax import (
    COMPARISONS,
    AnyOf,
    Anything,
    Binary,
    Call,
    Choice,
    Compared,
    ContextOf,
    ExpressionError,
    Interval,
    ListOf,
    Literal,
    Name,
    Node,
    Part,
    Unary,
    UnsupportedError,
    Use,
    Within,
    names_in,
    parse,
)

Scope = Mapping[str, object]

MAX_STEPS = 5_000
MAX_STEPS_TOGETHER = 100_000
"""What all the conditions of one gateway, or all the cells of one table, may use together."""
MAX_LIST = 1_000
MAX_TEXT = 10_000
DECIMALS = Context(prec=34)
"""The number range of the DMN standard (decimal128)."""


# ---- evaluation ----------------------------------------------------------------------------


@dataclass
class Budget:
    """What is left for one evaluation, shared by all that it calls."""

    steps: int = MAX_STEPS

    def spend(self, steps: int = 1) -> None:
        """Take some of it; more than there is ends the evaluation."""
        self.steps -= steps
        if self.steps < 0:
            raise ExpressionError(
                "Udtrykket bruger flere skridt, end det må. Del det op, eller brug en tabel."
            )


Functions = Mapping[str, Callable[[list[object]], object]]
"""What a decision model can call by name: its business knowledge models."""


class _Walker:
    """One evaluation: the variables, and what is left of the budget."""

    def __init__(
        self,
        scope: Scope,
        *,
        at_hand: object = None,
        functions: Functions | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.scope = scope
        self.at_hand = at_hand
        self.functions = functions or {}
        self.budget = budget or Budget()

    def value(self, node: Node) -> object:  # noqa: C901 – one case for each kind of node
        self.budget.spend()
        match node:
            case Literal(value):
                return value
            case Name("?"):
                return self.at_hand
            case Name(name):
                known = _known(self.scope.get(name))
                if isinstance(known, list):
                    self.budget.spend(len(known) // 10)
                return known
            case ListOf(items):
                return self.sized([self.value(item) for item in items])
            case Part(whole, name):
                return _part(self.value(whole), name)
            case ContextOf(entries):
                return self.context(entries)
            case Use(function, arguments):
                return self.functions[function]([self.value(each) for each in arguments])
            case Unary(operator, operand):
                value = self.value(operand)
                if operator == "not":
                    return (not value) if isinstance(value, bool) else None
                return DECIMALS.minus(value) if isinstance(value, Decimal) else None
            case Binary("and" | "or" as operator, left, right):
                return self.logic(operator, left, right)
            case Binary(operator, left, right) if operator in COMPARISONS:
                return compare(operator, self.value(left), self.value(right))
            case Binary(operator, left, right):
                return _arithmetic(operator, self.value(left), self.value(right))
            case Choice(condition, then, otherwise):
                # Only `true` is true, as the DMN standard has it; a null condition takes `else`.
                return self.value(then if self.value(condition) is True else otherwise)
            case Call("is defined", arguments):
                self.count_arguments("is defined", arguments, 1)
                return self.value(arguments[0]) is not None
            case Call(function, arguments):
                return self.call(function, arguments)
            case Within(value, test):
                return self.passes(self.value(value), test)
            case _:
                raise UnsupportedError(
                    "Et interval eller en test kan kun stå efter 'in' og i en tabelcelle."
                )

    def sized(self, value: object) -> object:
        """Pass a list or map on, if it is no larger than one may be, all that is in it counted."""
        todo, count = [value], 0
        while todo:
            each = todo.pop()
            count += 1
            if count > MAX_LIST:
                raise ExpressionError(f"En liste har, med alt i den, over {MAX_LIST} led.")
            if isinstance(each, list):
                todo += each
            elif isinstance(each, dict):
                todo += each.values()
        self.budget.spend(count // 10)
        return value

    def context(self, entries: tuple[tuple[str, Node], ...]) -> object:
        """Make a map; an entry reads those before it."""
        outside, made = self.scope, {}
        try:
            for name, entry in entries:
                made[name] = self.value(entry)
                self.scope = {**outside, **made}
        finally:
            self.scope = outside
        return self.sized(made)

    def logic(self, operator: str, left: Node, right: Node) -> bool | None:
        """Three-valued logic: what is known decides, else it is unknown."""
        decides = operator == "or"
        one = self.value(left)
        if one is decides:
            return decides
        two = self.value(right)
        if two is decides:
            return decides
        return (not decides) if isinstance(one, bool) and isinstance(two, bool) else None

    def passes(self, value: object, test: Node) -> bool | None:  # noqa: C901 – as above
        """Put a value to a test; None when that cannot be said."""
        self.budget.spend()
        match test:
            case Anything():
                return True
            case AnyOf(tests, negated):
                outcomes = [self.passes(value, each) for each in tests]
                if True in outcomes:
                    return not negated
                return None if None in outcomes else negated
            case Compared(operator, operand):
                return compare(operator, value, self.value(operand))
            case Interval(low, high, low_counts, high_counts):
                above = compare(">=" if low_counts else ">", value, self.value(low))
                below = compare("<=" if high_counts else "<", value, self.value(high))
                if above is False or below is False:
                    return False
                return True if above and below else None
            case _:
                self.at_hand, before = value, self.at_hand
                wanted = self.value(test)
                self.at_hand = before
                if isinstance(wanted, list) and not isinstance(value, list):
                    self.budget.spend(len(wanted))
                    return any(compare("=", value, item) is True for item in wanted)
                if isinstance(wanted, bool) and _asks(test):
                    return wanted
                return compare("=", value, wanted)

    def count_arguments(self, name: str, arguments: tuple[Node, ...], wanted: int) -> None:
        if len(arguments) != wanted:
            raise UnsupportedError(
                f"Funktionen '{name}' tager {wanted} argument(er), ikke {len(arguments)}."
            )

    def call(self, name: str, arguments: tuple[Node, ...]) -> object:
        values = [self.value(argument) for argument in arguments]
        if name in _OVER_LISTS:
            if len(values) == 1 and isinstance(values[0], list):
                values = values[0]
            self.budget.spend(len(values))
            return _OVER_LISTS[name](values)
        self.budget.spend(sum(len(value) for value in values if isinstance(value, list)))
        wanted, function = _PLAIN[name]
        self.count_arguments(name, arguments, wanted)
        return function(*values)


def _part(whole: object, name: str) -> object:
    """Return an entry of a map; the parts of dates and lists are not in the language."""
    if isinstance(whole, (date, list)):
        raise UnsupportedError(f"'.{name}' kan kun bruges på en kontekst, ikke på dage og lister.")
    return _known(whole.get(name)) if isinstance(whole, dict) else None


def _asks(test: Node) -> bool:
    """Tell whether a cell is a question of its own (`? > 3 and …`) rather than a value."""
    return isinstance(test, (Within, Binary)) or (
        isinstance(test, (Unary, Call)) and "?" in repr(test)
    )


def _known(value: object) -> object:
    """Bring a process variable into the language: whole numbers are decimals there."""
    if isinstance(value, bool) or value is None or isinstance(value, (str, Decimal, date)):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, list):
        if len(value) > MAX_LIST:
            raise ExpressionError(f"Listen har {len(value)} led; den må højst have {MAX_LIST}.")
        return [_known(item) for item in value]
    if isinstance(value, dict):
        return value  # can be passed on whole; there is no way into it
    raise ExpressionError(f"En værdi af typen {type(value).__name__} hører ikke til i en proces.")


def compare(operator: str, left: object, right: object) -> bool | None:
    """Compare two values; None when they are of different kinds, or one is null and it matters."""
    if operator in {"=", "!="}:
        if left is None or right is None:
            same = left is right
        elif _kind(left) != _kind(right):
            return None
        else:
            same = left == right
        return same if operator == "=" else not same
    if left is None or right is None or _kind(left) != _kind(right) or _kind(left) not in _ORDERED:
        return None
    one: Any = left
    two: Any = right
    if isinstance(one, datetime) and (one.tzinfo is None) != (two.tzinfo is None):
        return None
    return bool({"<": one < two, "<=": one <= two, ">": one > two, ">=": one >= two}[operator])


_ORDERED = {"number", "text", "date", "moment"}


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, Decimal):
        return "number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, datetime):
        return "moment"
    if isinstance(value, date):
        return "date"
    return type(value).__name__


_SUMS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": DECIMALS.add,
    "-": DECIMALS.subtract,
    "*": DECIMALS.multiply,
    "/": DECIMALS.divide,
    "**": DECIMALS.power,
}


def _arithmetic(operator: str, left: object, right: object) -> object:
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        try:
            return None if operator == "/" and right == 0 else _SUMS[operator](left, right)
        except DecimalException as error:
            raise ExpressionError("Et tal i udtrykket bliver for stort.") from error
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > MAX_TEXT:
            raise ExpressionError(f"Teksten bliver længere end {MAX_TEXT} tegn.")
        return left + right
    return None


def _date(text: object) -> date | None:
    if isinstance(text, datetime):
        return text.date()
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _numbers(values: list[object]) -> list[Decimal] | None:
    numbers = [value for value in values if isinstance(value, Decimal)]
    return numbers if numbers and len(numbers) == len(values) else None


def _sum(values: list[object]) -> Decimal | None:
    numbers = _numbers(values)
    if numbers is None:
        return None
    total = Decimal(0)
    for number in numbers:
        total = DECIMALS.add(total, number)
    return total


def _extreme(values: list[object], operator: str) -> object:
    if not values:
        return None
    best = values[0]
    for value in values[1:]:
        better = compare(operator, value, best)
        if better is None:
            return None
        best = value if better else best
    return best if compare("=", best, best) is True and best is not None else None


def _texts(test: Callable[[str, str], bool]) -> Callable[[object, object], bool | None]:
    def function(text: object, part: object) -> bool | None:
        both = isinstance(text, str) and isinstance(part, str)
        return test(str(text), str(part)) if both else None

    return function


def _rounded(rounding: str) -> Callable[[object], Decimal | None]:
    def function(number: object) -> Decimal | None:
        if not isinstance(number, Decimal):
            return None
        return number.to_integral_value(rounding=rounding)

    return function


def _list_contains(items: object, wanted: object) -> bool | None:
    if not isinstance(items, list):
        return None
    return any(compare("=", item, wanted) is True for item in items)


_OVER_LISTS: dict[str, Callable[[list[object]], object]] = {
    "count": lambda values: Decimal(len(values)),
    "sum": _sum,
    "min": lambda values: _extreme(values, "<"),
    "max": lambda values: _extreme(values, ">"),
}
_PLAIN: dict[str, tuple[int, Callable[..., object]]] = {
    "date": (1, _date),
    "date and time": (1, _moment),
    "string length": (1, lambda text: Decimal(len(text)) if isinstance(text, str) else None),
    "starts with": (2, _texts(lambda text, part: text.startswith(part))),
    "ends with": (2, _texts(lambda text, part: text.endswith(part))),
    "contains": (2, _texts(lambda text, part: part in text)),
    "list contains": (2, _list_contains),
    "floor": (1, _rounded("ROUND_FLOOR")),
    "ceiling": (1, _rounded("ROUND_CEILING")),
    "abs": (1, lambda number: DECIMALS.abs(number) if isinstance(number, Decimal) else None),
}


def over_list(function: str, values: list[object]) -> object:
    """Return what `sum`, `min`, `max` or `count` says of a list."""
    return _OVER_LISTS[function]([_known(value) for value in values])


def evaluate_tree(node: Node, scope: Scope, functions: Functions, budget: Budget) -> object:
    """Return what an expression of a decision model says."""
    return _Walker(scope, functions=functions, budget=budget).value(node)


def passes_tree(
    test: Node, value: object, scope: Scope, functions: Functions, budget: Budget
) -> bool:
    """Tell whether a value passes a cell of a decision model."""
    walker = _Walker(scope, at_hand=value, functions=functions, budget=budget)
    return walker.passes(value, test) is True


def evaluate(text: str, scope: Scope, budget: Budget | None = None) -> object:
    """Return what an expression says; the value is in the language (numbers are `Decimal`)."""
    return _Walker(scope, budget=budget).value(parse(text))


def truth(text: str, scope: Scope, budget: Budget | None = None) -> bool:
    """Return the truth of a condition; one that is neither true nor false is an error.

    Unknown is never "no": a flow must not be chosen because something was missing.
    """
    value = evaluate(text, scope, budget)
    if not isinstance(value, bool):
        missing = sorted(name for name in names_in(parse(text)) if scope.get(name) is None)
        because = f" ({', '.join(missing)} er ikke kendt)" if missing else ""
        raise ExpressionError(
            f"Betingelsen '{text}' er hverken sand eller falsk{because}. "
            "Sørg for, at oplysningen er sat, før processen når hertil, eller ret betingelsen."
        )
    return value


def passes(test: Node, value: object, scope: Scope, budget: Budget | None = None) -> bool:
    """Tell whether a value passes a table cell; what cannot be said does not pass.

    The unknown passes `not("a")`, as the standard has it: it is not "a". A cell that must keep it
    out says `not("a", null)`.
    """
    known = _known(value)
    return _Walker(scope, at_hand=known, budget=budget).passes(known, test) is True


def as_variable(value: object) -> object:
    """Bring a value back to what a process may carry: text, whole number, truth, null, lists."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        if value != value.to_integral_value():
            raise ExpressionError(
                f"Tallet {value} har decimaler; en proces bærer kun hele tal. "
                "Brug 'floor' eller 'ceiling', eller læg beregningen i et trin."
            )
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [as_variable(item) for item in value]
    if isinstance(value, dict):
        return {str(key): as_variable(item) for key, item in value.items()}
    if isinstance(value, int):
        return value
    raise ExpressionError(f"En værdi af typen {type(value).__name__} hører ikke til i en proces.")


# ---- the seam to the library ---------------------------------------------------------------


class FeelEnvironment(BasePythonScriptEngineEnvironment):  # type: ignore[misc]  # untyped library
    """What SpiffWorkflow evaluates with: this language, and nothing else.

    Some parts of the library go to the environment directly, so it is the environment that is
    replaced, not only the engine around it.
    """

    def evaluate(
        self, expression: str, context: Scope, external_context: Scope | None = None
    ) -> object:
        """Evaluate an expression over a task's variables."""
        return evaluate(expression, {**(external_context or {}), **context})

    def execute(
        self, script: str, context: Scope, external_context: Scope | None = None
    ) -> NoReturn:
        """Refuse: no diagram runs code."""
        raise ExpressionError("Et diagram kan ikke køre kode; brug et trin i stedet for et script.")

    def call_service(self, context: Scope, **_arguments: object) -> NoReturn:
        """Refuse: a step is run by the worker, never from inside the engine."""
        raise ExpressionError("Et trin køres af arbejderen, ikke af processmaskinen.")


SCRIPT_ENGINE = PythonScriptEngine(environment=FeelEnvironment())
