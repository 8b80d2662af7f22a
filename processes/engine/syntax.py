"""Answers: what does an expression say, as a tree, and is it in the language at all?

The grammar of `docs/feel.md`, by recursive descent. Nothing is evaluated here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NoReturn

from processes.domain.errors import RuleError

MAX_CHARACTERS = 2_000
MAX_DEPTH = 40


class ExpressionError(RuleError):
    """An expression is not in the language, or has no answer here (udtryksfejl)."""


class UnsupportedError(ExpressionError):
    """An expression asks something that FEEL has and this language has not."""


# ---- the tree ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Literal:
    """A value as written."""

    value: object


@dataclass(frozen=True)
class Name:
    """A variable."""

    name: str


@dataclass(frozen=True)
class ListOf:
    """A list of expressions."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Unary:
    """Minus, or `not`."""

    operator: str
    operand: Node


@dataclass(frozen=True)
class Binary:
    """Two operands: arithmetic, comparison, `and`, `or`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Choice:
    """`if … then … else …`."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True)
class Call:
    """One of the listed functions."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Interval:
    """`[1..14]`, `(1..14]`, `[1..14)`, `(1..14)`."""

    low: Node
    high: Node
    low_counts: bool
    high_counts: bool


@dataclass(frozen=True)
class Compared:
    """A test of the value at hand against an end point: `< 14`."""

    operator: str
    operand: Node


@dataclass(frozen=True)
class Anything:
    """`-`: every value passes, unknown ones too."""


@dataclass(frozen=True)
class AnyOf:
    """The value at hand passes one of the tests; or none of them when `negated`."""

    tests: tuple[Node, ...]
    negated: bool = False


@dataclass(frozen=True)
class Within:
    """`x in …`: a value put to a test."""

    value: Node
    test: AnyOf


@dataclass(frozen=True)
class ContextOf:
    """`{a: 1, b: a + 1}`; an entry can read those before it. In decision models only."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Part:
    """`loan.rate`: an entry of a map. In decision models only."""

    whole: Node
    name: str


@dataclass(frozen=True)
class Use:
    """A business knowledge model put to use. In decision models only."""

    function: str
    arguments: tuple[Node, ...]


Node = (
    Literal
    | Name
    | ListOf
    | Unary
    | Binary
    | Choice
    | Call
    | Interval
    | Compared
    | Anything
    | AnyOf
    | Within
    | ContextOf
    | Part
    | Use
)


@dataclass(frozen=True)
class Surroundings:
    """What a decision model adds to the language: names of its own, functions, ways into maps."""

    names: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()

    def and_name(self, name: str) -> Surroundings:
        """Return the surroundings of what can read one name more."""
        return Surroundings(self.names | {name}, self.functions)


# ---- words ---------------------------------------------------------------------------------

FUNCTIONS = (
    "date and time",
    "string length",
    "starts with",
    "ends with",
    "list contains",
    "is defined",
    "contains",
    "ceiling",
    "floor",
    "count",
    "date",
    "abs",
    "max",
    "min",
    "sum",
)
KEYWORDS = {"and", "or", "in", "if", "then", "else", "true", "false", "null", "not", "between"}
COMPARISONS = ("!=", "<=", ">=", "=", "<", ">")

_TOKENS = r"""\s*(?:
      (?P<own>{own})
    | (?P<function>(?:{functions})(?=\s*\())
    | (?P<number>\d+(?:\.(?!\.)\d+)?|\.(?!\.)\d+)
    | (?P<text>"(?:[^"\\]|\\.)*")
    | (?P<name>[^\W\d]\w*)
    | (?P<symbol>\.\.|!=|<=|>=|{more}[-=<>+*/()\[\],?])
    )""".replace("{functions}", "|".join(name.replace(" ", r"\s+") for name in FUNCTIONS))
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}


@lru_cache(maxsize=256)
def _pattern(around: Surroundings | None) -> re.Pattern[str]:
    """Return what reads one word; names of a model's own may have spaces and signs in them."""
    if around is None:
        return re.compile(_TOKENS.replace("{own}", "(?!)").replace("{more}", ""), re.VERBOSE)
    odd = [name for name in around.names | around.functions if not name.isidentifier()]
    spelled = [r"\s+".join(map(re.escape, name.split())) for name in odd if name.split()]
    longest_first = sorted(spelled, key=len, reverse=True)
    own = "(?:" + "|".join(longest_first) + r")(?!\w)" if spelled else "(?!)"
    return re.compile(_TOKENS.replace("{own}", own).replace("{more}", r"\*\*|[.{}:]|"), re.VERBOSE)


@dataclass(frozen=True)
class Word:
    """One token, and where it stands."""

    kind: str
    text: str
    at: int


def _words(text: str, around: Surroundings | None) -> list[Word]:
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(
            f"Udtrykket er på {len(text)} tegn; det må højst være {MAX_CHARACTERS}. Del det op, "
            "eller læg reglen i en beslutningstabel."
        )
    words: list[Word] = []
    at = 0
    pattern = _pattern(around)
    while text[at:].strip():
        match = pattern.match(text, at)
        if match is None or match.lastgroup is None:
            rest = text[at:].strip()
            raise ExpressionError(
                f"Tegnet '{rest[0]}' i '{text}' hører ikke til udtrykssproget. Se docs/feel.md."
            )
        word = match.group(match.lastgroup)
        kind = match.lastgroup
        if kind in {"function", "own"}:
            word = " ".join(word.split())
        words.append(Word(kind, word, match.start(kind)))
        at = match.end()
    return words


# ---- parser --------------------------------------------------------------------------------


class _Parser:
    """Recursive descent over the words of one expression."""

    def __init__(self, text: str, around: Surroundings | None = None) -> None:
        self.text = text
        self.around = around
        self.words = _words(text, around)
        self.at = 0
        self.depth = 0

    def fail(self, expected: str) -> NoReturn:
        found = f"'{self.words[self.at].text}'" if self.at < len(self.words) else "slutningen"
        raise ExpressionError(
            f"Udtrykket '{self.text}' kan ikke læses: ventede {expected}, men fandt {found}."
        )

    def peek(self, *texts: str) -> bool:
        """Tell whether the next word is one of these symbols or keywords."""
        if self.at >= len(self.words):
            return False
        word = self.words[self.at]
        return word.kind in {"symbol", "name"} and word.text in texts

    def take(self, *texts: str) -> str | None:
        if not self.peek(*texts):
            return None
        self.at += 1
        return self.words[self.at - 1].text

    def need(self, text: str) -> None:
        if self.take(text) is None:
            self.fail(f"'{text}'")

    def end(self) -> None:
        if self.at < len(self.words):
            self.fail("slutningen")

    # -- expressions, weakest first

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(
                f"Udtrykket '{self.text[:60]}…' er indlejret mere end {MAX_DEPTH} gange. "
                "Del det op."
            )
        node = self.if_then_else() if self.peek("if") else self.either()
        self.depth -= 1
        return node

    def if_then_else(self) -> Node:
        self.need("if")
        condition = self.expression()
        self.need("then")
        then = self.expression()
        self.need("else")
        return Choice(condition, then, self.expression())

    def either(self) -> Node:
        node = self.both()
        while self.take("or"):
            node = Binary("or", node, self.both())
        return node

    def both(self) -> Node:
        node = self.comparison()
        while self.take("and"):
            node = Binary("and", node, self.comparison())
        return node

    def comparison(self) -> Node:
        node = self.sum()
        if self.take("in"):
            return Within(node, self.membership())
        if self.take("between"):
            low = self.sum()
            self.need("and")
            between = Interval(low, self.sum(), low_counts=True, high_counts=True)
            return Within(node, AnyOf((between,)))
        operator = self.take(*COMPARISONS)
        return node if operator is None else Binary(operator, node, self.sum())

    def membership(self) -> AnyOf:
        """Read what stands after `in`: one test, or several in parentheses."""
        start = self.at
        if self.take("("):
            tests = [self.test()]
            while self.take(","):
                tests.append(self.test())
            if self.take(")"):
                return AnyOf(tuple(tests))
            self.at = start  # it was an interval open at its lower end: (1..14]
        return AnyOf((self.test(),))

    def sum(self) -> Node:
        node = self.product()
        while operator := self.take("+", "-"):
            node = Binary(operator, node, self.product())
        return node

    def product(self) -> Node:
        node = self.power()
        while operator := self.take("*", "/"):
            node = Binary(operator, node, self.power())
        return node

    def power(self) -> Node:
        node = self.signed()
        while self.take("**"):
            node = Binary("**", node, self.signed())
        return node

    def signed(self) -> Node:
        if self.take("-"):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                self.fail("et tal")
            negative = Unary("-", self.signed())
            self.depth -= 1
            return negative
        node = self.atom()
        while self.around is not None and self.take("."):
            node = Part(node, self.key())
        return node

    def key(self) -> str:
        """Read the name of an entry of a map."""
        if self.at == len(self.words) or self.words[self.at].kind not in {"own", "name", "text"}:
            self.fail("et navn")
        word = self.words[self.at]
        self.at += 1
        return _unquoted(word.text) if word.kind == "text" else word.text

    def context(self) -> Node:
        """Read `{a: 1, b: 2}` after its first brace."""
        entries: list[tuple[str, Node]] = []
        while not self.peek("}"):
            if entries:
                self.need(",")
            name = self.key()
            self.need(":")
            entries.append((name, self.expression()))
        self.need("}")
        return ContextOf(tuple(entries))

    def atom(self) -> Node:
        word = self.words[self.at] if self.at < len(self.words) else Word("end", "", 0)
        match word.kind:
            case "number":
                self.at += 1
                return Literal(Decimal(word.text))
            case "text":
                self.at += 1
                return Literal(_unquoted(word.text))
            case "function":
                self.at += 1
                return Call(word.text, self.arguments())
            case "name":
                return self.word()
            case "own":
                self.at += 1
                return self.named(word.text)
            case _:
                return self.symbol()

    def named(self, text: str) -> Node:
        """Read what follows a name: arguments, when it is a function of the model's own."""
        if self.around is not None and text in self.around.functions and self.peek("("):
            return Use(text, self.arguments())
        return Name(text)

    def symbol(self) -> Node:
        if self.take("?"):
            return Name("?")
        if self.take("["):
            return self.list_or_interval()
        if self.take("{"):
            return self.context()
        if not self.take("("):
            self.fail("en værdi")
        node = self.expression()
        if self.take(".."):
            return self.upper(node, low_counts=False)
        self.need(")")
        return node

    def word(self) -> Node:
        text = self.words[self.at].text
        if text in {"true", "false", "null"}:
            self.at += 1
            return Literal({"true": True, "false": False, "null": None}[text])
        if text == "not":
            self.at += 1
            self.need("(")
            node = Unary("not", self.expression())
            self.need(")")
            return node
        if text in KEYWORDS:
            self.fail("en værdi")
        self.at += 1
        if self.around is not None and text in self.around.functions:
            return self.named(text)
        if self.peek("("):
            raise ExpressionError(
                f"Funktionen '{text}' findes ikke i udtrykssproget. Brug en af: "
                + ", ".join(sorted(FUNCTIONS))
                + "."
            )
        return Name(text)

    def arguments(self) -> tuple[Node, ...]:
        self.need("(")
        if self.take(")"):
            return ()
        found = [self.expression()]
        while self.take(","):
            found.append(self.expression())
        self.need(")")
        return tuple(found)

    def list_or_interval(self) -> Node:
        if self.take("]"):
            return ListOf(())
        first = self.expression()
        if self.take(".."):
            return self.upper(first, low_counts=True)
        items = [first]
        while self.take(","):
            items.append(self.expression())
        self.need("]")
        return ListOf(tuple(items))

    def upper(self, low: Node, *, low_counts: bool) -> Node:
        high = self.expression()
        closing = self.take("]", ")")
        if closing is None:
            self.fail("']' eller ')'")
        return Interval(low, high, low_counts, closing == "]")

    # -- unary tests

    def test(self) -> Node:
        operator = self.take(*COMPARISONS)
        if operator is not None:
            return Compared(operator, self.sum())
        return self.expression()

    def tests(self) -> Node:
        if self.peek("-") and len(self.words) == 1:
            self.at += 1
            return Anything()
        start = self.at
        negated = self.take("not") is not None
        if negated:
            self.need("(")
        found = [self.test()]
        while self.take(","):
            found.append(self.test())
        if negated:
            self.need(")")
            if self.at < len(self.words):  # `not(a) and b`: an expression, not a negated list
                self.at = start
                return AnyOf((self.expression(),))
        return AnyOf(tuple(found), negated)


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), text[1:-1])


@lru_cache(maxsize=4096)
def parse(text: str, around: Surroundings | None = None) -> Node:
    """Parse an expression; what is not in the language is refused with its place."""
    parser = _Parser(text, around)
    node = parser.expression()
    parser.end()
    return node


@lru_cache(maxsize=4096)
def parse_tests(text: str, around: Surroundings | None = None) -> Node:
    """Parse the unary tests of a table cell (`-`, `"a", "b"`, `< 14`, `[1..14]`, `not("x")`)."""
    if not text.strip():
        return Anything()
    parser = _Parser(text, around)
    node = parser.tests()
    parser.end()
    return node


def names_in(node: Node) -> frozenset[str]:  # noqa: C901 – one case for each kind of node
    """Return the variables an expression reads."""
    match node:
        case Name(name):
            return frozenset() if name == "?" else frozenset({name})
        case Literal() | Anything():
            return frozenset()
        case ListOf(parts) | Call(_, parts) | AnyOf(parts, _):
            return frozenset().union(*(names_in(part) for part in parts))
        case Unary(_, operand) | Compared(_, operand):
            return names_in(operand)
        case Binary(_, left, right):
            return names_in(left) | names_in(right)
        case Interval(low, high):
            return names_in(low) | names_in(high)
        case Choice(condition, then, otherwise):
            return names_in(condition) | names_in(then) | names_in(otherwise)
        case Within(value, test):
            return names_in(value) | names_in(test)
        case Part(whole, _):
            return names_in(whole)
        case Use(_, parts):
            return frozenset().union(*(names_in(part) for part in parts))
        case ContextOf(entries):
            return _names_in_entries(entries)


def _names_in_entries(entries: tuple[tuple[str, Node], ...]) -> frozenset[str]:
    """Return the names a map reads from outside: not those of its own earlier entries."""
    own: set[str] = set()
    read: set[str] = set()
    for name, node in entries:
        read |= names_in(node) - own
        own.add(name)
    return frozenset(read)
