"""Answers: what does the expression of a rule say? Reads text, checks it against a white list.

An expression is a formula: it asks facts, rates and other rules, and always ends. It is read with
Python's own grammar for expressions, and everything that is not named here is refused. Nothing is
run from the text: it becomes the small tree below, and only that is compiled. See docs/rules.md.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from processes.domain.errors import RuleError
from processes.domain.facts import FactKind
from processes.domain.money import OERE_PER_KRONE, PPM


class Kind(StrEnum):
    """What a value is (slags værdi); there are no others, and money is never a number."""

    MONEY = "beløb"
    NUMBER = "tal"
    SHARE = "andel"
    YES_NO = "ja/nej"
    WORD = "ord"
    DAY = "dag"


Raw = int | str | bool | date
"""A value inside a formula: money is øre and a share is parts per million, both whole numbers."""

FACT_KINDS: dict[FactKind, Kind] = {
    FactKind.BIRTH_DATE: Kind.DAY,
    FactKind.MARITAL_STATUS: Kind.WORD,
    FactKind.SPOUSE: Kind.WORD,
    FactKind.CHILDREN_AT_HOME: Kind.NUMBER,
    FactKind.LIVES_WITH_PARENTS: Kind.YES_NO,
    FactKind.SINGLE: Kind.YES_NO,
    FactKind.EXTRA_CHILD_SUBSIDY: Kind.YES_NO,
    FactKind.RESIDENCE_MET: Kind.YES_NO,
    FactKind.WORK_MET: Kind.YES_NO,
    FactKind.REQUIREMENTS_EXEMPT: Kind.YES_NO,
    FactKind.ACTIVITY_READY: Kind.YES_NO,
    FactKind.SOCIAL_EVENT: Kind.WORD,
    FactKind.CANNOT_SUPPORT: Kind.YES_NO,
    FactKind.OTHER_BENEFIT_COVERS: Kind.YES_NO,
    FactKind.LAWFUL_STAY: Kind.YES_NO,
    FactKind.AVAILABLE: Kind.YES_NO,
    FactKind.WEALTH: Kind.MONEY,
    FactKind.WORK_INCOME: Kind.MONEY,
    FactKind.OTHER_INCOME: Kind.MONEY,
    FactKind.SPOUSE_ON_OTHER_BENEFIT: Kind.YES_NO,
    FactKind.HOLIDAY: Kind.WORD,
    FactKind.HOLIDAY_PAY: Kind.MONEY,
    FactKind.TAX_CARD_RATE: Kind.NUMBER,
    FactKind.TAX_CARD_DEDUCTION: Kind.MONEY,
    FactKind.TAX_CARD_KIND: Kind.WORD,
    FactKind.TAX_CARD_LIMIT: Kind.MONEY,
    FactKind.DEAD: Kind.DAY,
    FactKind.EMIGRATED: Kind.DAY,
    FactKind.VOCATIONAL: Kind.YES_NO,
    FactKind.PREGNANT: Kind.YES_NO,
    FactKind.MENTAL_ILLNESS: Kind.YES_NO,
    FactKind.WORK_HOURS: Kind.NUMBER,
    FactKind.HOURS_RULE: Kind.YES_NO,
    FactKind.MONTHS_ON_HELP: Kind.NUMBER,
    FactKind.CHILDREN_ELSEWHERE: Kind.NUMBER,
    FactKind.HOUSING_COST: Kind.MONEY,
    FactKind.HOUSING_REASONABLE: Kind.MONEY,
    FactKind.HOUSING_SUPPORT: Kind.MONEY,
    FactKind.NET_INCOME: Kind.MONEY,
    FactKind.NET_HELP: Kind.MONEY,
    FactKind.COST: Kind.MONEY,
    FactKind.COST_AFTER_APPLYING: Kind.YES_NO,
    FactKind.UNFORESEEABLE: Kind.YES_NO,
    FactKind.DECISIVE: Kind.YES_NO,
    FactKind.REASONABLY_FOUNDED: Kind.YES_NO,
    FactKind.MEDICALLY_FOUNDED: Kind.YES_NO,
    FactKind.EVICTION: Kind.YES_NO,
    FactKind.CONTACT: Kind.YES_NO,
    FactKind.CUSTODIAN: Kind.YES_NO,
    FactKind.BETTER_HOME: Kind.YES_NO,
    FactKind.FIXED_COSTS: Kind.MONEY,
    FactKind.GUIDE_AMOUNT: Kind.MONEY,
    FactKind.SAVINGS: Kind.MONEY,
    FactKind.DENTAL_COST: Kind.MONEY,
    FactKind.OWN_SHARE: Kind.MONEY,
    FactKind.PRICE_AGREEMENT: Kind.MONEY,
    FactKind.SUPPLEMENT_PERCENT: Kind.NUMBER,
    FactKind.LIQUID_WEALTH: Kind.MONEY,
    FactKind.PENSIONER: Kind.YES_NO,
    FactKind.HARD_PRESSED: Kind.YES_NO,
    FactKind.EXTRA_COST: Kind.MONEY,
    FactKind.EXTRA_COST_PROVED: Kind.YES_NO,
    FactKind.EXTRA_COST_YEAR: Kind.MONEY,
    FactKind.LISTED_COST_YEAR: Kind.MONEY,
    FactKind.COMPENSATION_GROUP: Kind.WORD,
    FactKind.IN_TARGET_GROUP: Kind.YES_NO,
    FactKind.CHILD_AT_HOME_CARE: Kind.YES_NO,
    FactKind.LOST_WAGE: Kind.MONEY,
    FactKind.SAVED_COST: Kind.MONEY,
}
"""What each fact is; a new kind of fact gets its row here before a rule can ask for it."""

SPOUSE = "spouse"
FACT, RATE, PERCENT, COUNT, GIVEN, RULE = "fact", "rate", "percent", "count", "given", "rule"
RATE_WORDS = {RATE: Kind.MONEY, PERCENT: Kind.SHARE, COUNT: Kind.NUMBER}
"""How a rate is asked for: `rate.` is money, `percent.` a share and `count.` a number."""
RESERVED = frozenset({SPOUSE, FACT, RATE, PERCENT, COUNT, GIVEN})
"""What a rule id never begins with."""

NAMES = {
    "yes": Kind.YES_NO,
    "no": Kind.YES_NO,
    "first_day": Kind.DAY,
    "days": Kind.NUMBER,
    "days_in_month": Kind.NUMBER,
}
"""Words that stand alone."""

LONGEST = 6_000
DEEPEST = 40
LARGEST = 10**12
"""Whole numbers in a formula stay far inside 64 bits."""
PPM_PER_PERCENT = PPM // 100


@dataclass(frozen=True)
class Place:
    """Where in the text (sted), both counted from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"linje {self.line}, tegn {self.column}"


class ExpressionError(RuleError):
    """A formula cannot be used: which rule, where, what is wrong, and the way out, in Danish."""

    def __init__(self, what: str, way_out: str, *, place: Place | None = None) -> None:
        self.what = what
        self.way_out = way_out
        self.place = place
        self.rule = ""
        super().__init__(what)

    def of(self, rule: str) -> ExpressionError:
        """Return the same error with the rule and version it is in."""
        self.rule = self.rule or rule
        return self

    def __str__(self) -> str:
        where = [f"Reglen {self.rule}"] if self.rule else ["Formlen"]
        if self.place:
            where.append(str(self.place))
        return f"{', '.join(where)}: {self.what} {self.way_out}"


@dataclass(frozen=True)
class Literal:
    """A value written in the formula (skrevet værdi)."""

    kind: Kind
    value: Raw
    place: Place


@dataclass(frozen=True)
class Ask:
    """A question to a fact, a rate or another rule (spørgsmål); of the spouse if so said."""

    what: str
    name: str
    spouse: bool
    place: Place

    @property
    def spelled(self) -> str:
        """How it is written: `spouse.fact.formue`."""
        own = self.name if self.what == RULE else f"{self.what}.{self.name}"
        return f"{SPOUSE}.{own}" if self.spouse else own


@dataclass(frozen=True)
class Call:
    """A function or an operator with what it works on (funktion)."""

    name: str
    args: tuple[Expression, ...]
    place: Place
    words: tuple[str, ...] = ()
    """The words of `choose` (an empty one is `otherwise`) and of `in`."""
    text: str = ""
    """The sentence of `require`; the way of `round_to`."""


Expression = Literal | Ask | Call

FUNCTIONS: dict[str, tuple[int, int | None]] = {
    "if_": (3, None),
    "min": (2, None),
    "max": (2, None),
    "choose": (1, 1),
    "share": (2, 2),
    "part": (3, 3),
    "how_many": (2, 2),
    "round_to": (3, 3),
    "all_of": (1, None),
    "any_of": (1, None),
    "is_none": (1, 1),
    "said": (1, 1),
    "happened": (1, 1),
    "spread": (1, 1),
    "age": (1, 1),
    "days_since": (1, 1),
    "months_since": (1, 1),
    "for_days": (1, 1),
    "steady": (2, 2),
    "require": (4, 4),
}
"""Every function with the fewest and the most values it takes."""

MAKERS = ("kr", "oere", "percent", "ppm", "day")
"""What makes a value from something written: `kr(100)`, `kr("12,50")`, `day("2025-07-01")`."""

ROUNDINGS = ("nearest", "up", "down")

ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
COMPARISONS = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


def parse(text: str) -> Expression:
    """Read a formula, or say where and why it is none (læs en formel)."""
    if len(text) > LONGEST:
        raise ExpressionError(
            f"Formlen er på {len(text)} tegn.", f"Del den i regler på højst {LONGEST} tegn."
        )
    try:
        # In parentheses, so that a formula may go over several lines.
        tree = ast.parse(f"(\n{text}\n)", mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line, column = getattr(error, "lineno", None) or 2, getattr(error, "offset", None) or 1
        raise ExpressionError(
            "Det er ikke en formel.",
            "Se efter en parentes, et komma eller et anførselstegn, der mangler.",
            place=Place(max(line - 1, 1), max(column, 1)),
        ) from None
    if not text.isascii():
        _count_characters(tree, text)
    return _read(tree.body, 0)


def _count_characters(tree: ast.Expression, text: str) -> None:
    """Let columns count characters: Python counts bytes, and a Danish letter is two of them."""
    lines = [line.encode() for line in f"(\n{text}\n)".split("\n")]
    for node in ast.walk(tree):
        if isinstance(node, ast.expr):
            before = lines[node.lineno - 1][: node.col_offset]
            node.col_offset = len(before.decode(errors="ignore"))


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield a formula and everything in it."""
    yield expression
    if isinstance(expression, Call):
        for arg in expression.args:
            yield from walk(arg)


def asks(expression: Expression) -> tuple[Ask, ...]:
    """Return everything a formula may ask, once each, in the order it stands."""
    found = (each for each in walk(expression) if isinstance(each, Ask))
    return tuple({(each.what, each.name, each.spouse): each for each in found}.values())


def _place(node: ast.expr) -> Place:
    return Place(node.lineno - 1, node.col_offset + 1)


def _refuse(node: ast.expr, what: str, way_out: str) -> ExpressionError:
    return ExpressionError(what, way_out, place=_place(node))


def _read(node: ast.expr, depth: int) -> Expression:
    reader = READERS.get(type(node))
    if reader is None:
        raise _refuse(
            node,
            "Sådan kan der ikke skrives i en formel.",
            "Brug kun navne, tal, + - *, sammenligninger, and, or, not og funktionerne i"
            " docs/rules.md.",
        )
    if depth > DEEPEST:
        raise _refuse(node, "Formlen er for indviklet.", "Læg en del af den i en regel for sig.")
    return reader(node, depth + 1)


def _constant(node: ast.Constant, _depth: int) -> Expression:
    value = node.value
    if isinstance(value, str):
        return Literal(Kind.WORD, value, _place(node))
    if isinstance(value, int) and not isinstance(value, bool) and value <= LARGEST:
        return Literal(Kind.NUMBER, value, _place(node))
    raise _refuse(
        node,
        f"'{ast.unparse(node)}' kan ikke bruges.",
        'Skriv hele tal som 18, beløb som kr(100) eller kr("12,50"), og yes eller no.',
    )


def _named(node: ast.Name | ast.Attribute, _depth: int) -> Expression:
    parts = _dotted(node)
    if len(parts) == 1 and parts[0] in NAMES:
        if parts[0] in {"yes", "no"}:
            return Literal(Kind.YES_NO, parts[0] == "yes", _place(node))
        return Call(parts[0], (), _place(node))
    spouse = parts[0] == SPOUSE
    own = parts[1:] if spouse else parts
    what = own[0] if own and own[0] in RESERVED else RULE
    name = ".".join(own if what == RULE else own[1:])
    if not name or what == SPOUSE or (what == RULE and len(own) == 1):
        raise _refuse(
            node,
            f"'{'.'.join(parts)}' er ikke et navn.",
            "Skriv fact.…, rate.…, percent.…, count.…, given.… eller en regels id; foran kan stå"
            " spouse.",
        )
    return Ask(what, name, spouse, _place(node))


def _dotted(node: ast.expr) -> tuple[str, ...]:
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute):
        return (*_dotted(node.value), node.attr)
    raise _refuse(node, "Her skal stå et navn.", "Skriv et navn med punktummer: fact.formue.")


def _binary(node: ast.BinOp, depth: int) -> Expression:
    name = ARITHMETIC.get(type(node.op))
    if name is None:
        raise _refuse(
            node,
            "Det regnetegn findes ikke her.",
            "Brug + - * og funktionerne share, part, how_many og round_to; de siger, hvordan der"
            " rundes af.",
        )
    return Call(name, (_read(node.left, depth), _read(node.right, depth)), _place(node))


def _unary(node: ast.UnaryOp, depth: int) -> Expression:
    if isinstance(node.op, ast.Not):
        return Call("not", (_read(node.operand, depth),), _place(node))
    if isinstance(node.op, ast.USub):
        return Call("neg", (_read(node.operand, depth),), _place(node))
    raise _refuse(node, "Det tegn findes ikke her.", "Brug not eller minus.")


def _boolean(node: ast.BoolOp, depth: int) -> Expression:
    name = "and" if isinstance(node.op, ast.And) else "or"
    return Call(name, tuple(_read(each, depth) for each in node.values), _place(node))


def _compare(node: ast.Compare, depth: int) -> Expression:
    sides = [node.left, *node.comparators]
    found: list[Expression] = []
    for left, sign, right in zip(sides, node.ops, sides[1:], strict=False):
        if isinstance(sign, ast.In | ast.NotIn):
            one = Call("in", (_read(left, depth),), _place(node), words=_words(right))
            found.append(one if isinstance(sign, ast.In) else Call("not", (one,), _place(node)))
            continue
        name = COMPARISONS.get(type(sign))
        if name is None:
            raise _refuse(node, "Det tegn findes ikke her.", "Brug == i stedet for is.")
        found.append(Call(name, (_read(left, depth), _read(right, depth)), _place(node)))
    return found[0] if len(found) == 1 else Call("and", tuple(found), _place(node))


def _words(node: ast.expr) -> tuple[str, ...]:
    items = node.elts if isinstance(node, ast.Tuple) else []
    words = [each.value for each in items if isinstance(each, ast.Constant)]
    if not words or len(words) != len(items) or not all(isinstance(each, str) for each in words):
        raise _refuse(node, "Efter in skal stå ord.", 'Skriv dem som ("gift", "enke").')
    return tuple(str(each) for each in words)


def _call(node: ast.Call, depth: int) -> Expression:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name in MAKERS:
        return _made(node, name)
    if name not in FUNCTIONS:
        raise _refuse(
            node,
            f"Funktionen '{name or ast.unparse(node.func)}' findes ikke.",
            f"Brug en af {', '.join([*FUNCTIONS, *MAKERS])}.",
        )
    _count(node, name)
    if name == "choose":
        return _choose(node, depth)
    if node.keywords:
        raise _refuse(node, f"{name} har ingen navngivne værdier.", "Skriv dem uden navn.")
    args, text = list(node.args), ""
    if name in TEXTS:
        text = _text(args.pop(TEXTS[name]), name)
    if name == "if_" and len(args) % 2 == 0:
        raise _refuse(
            node,
            f"if_ har {len(args)} værdier.",
            "Skriv betingelse, værdi, … og til sidst værdien ellers.",
        )
    return Call(name, tuple(_read(each, depth) for each in args), _place(node), text=text)


TEXTS = {"require": 2, "round_to": 2}
"""Functions with a plain text among what they take, and which one it is."""


def _text(node: ast.expr, name: str) -> str:
    text = node.value if isinstance(node, ast.Constant) else None
    if not isinstance(text, str) or (name == "round_to" and text not in ROUNDINGS):
        way_out = (
            f"Skriv en af {', '.join(ROUNDINGS)} i anførselstegn."
            if name == "round_to"
            else "Skriv sætningen i anførselstegn: hvad der mangler, og hvad der kan gøres."
        )
        raise _refuse(node, f"{name} mangler sin tekst.", way_out)
    return text


def _count(node: ast.Call, name: str) -> None:
    fewest, most = FUNCTIONS[name]
    given = len(node.args)
    if given < fewest or (most is not None and given > most):
        wanted = str(fewest) if fewest == most else f"mindst {fewest}"
        raise _refuse(node, f"{name} tager {wanted} værdier og fik {given}.", "Se docs/rules.md.")


def _choose(node: ast.Call, depth: int) -> Expression:
    words = [each.arg for each in node.keywords]
    if not words or None in words:
        raise _refuse(
            node,
            "choose har ingen ord at vælge mellem.",
            "Skriv choose(regel, ord=værdi, andet_ord=værdi).",
        )
    return Call(
        "choose",
        (_read(node.args[0], depth), *(_read(each.value, depth) for each in node.keywords)),
        _place(node),
        words=tuple("" if word == "otherwise" else str(word) for word in words),
    )


def _made(node: ast.Call, name: str) -> Expression:
    given = node.args[0] if len(node.args) == 1 and not node.keywords else None
    value = given.value if isinstance(given, ast.Constant) else None
    made = _make(name, value) if isinstance(value, int | str) else None
    if made is None or isinstance(value, bool):
        raise _refuse(
            node,
            f"{name} kan ikke læse sin værdi.",
            'Skriv kr(100), kr("12,50"), oere(5), percent("2,1"), ppm(500) eller'
            ' day("2025-07-01").',
        )
    return Literal(made[0], made[1], _place(node))


def _make(name: str, value: int | str) -> tuple[Kind, Raw] | None:
    if name == "day":
        try:
            return Kind.DAY, date.fromisoformat(str(value))
        except ValueError:
            return None
    kind, times = MADE[name]
    try:
        exact = Decimal(str(value).replace(",", ".")) * times
    except InvalidOperation:
        return None
    if not exact.is_finite() or exact != exact.to_integral_value() or abs(exact) > LARGEST:
        return None
    return kind, int(exact)


MADE = {
    "kr": (Kind.MONEY, OERE_PER_KRONE),
    "oere": (Kind.MONEY, 1),
    "percent": (Kind.SHARE, PPM_PER_PERCENT),
    "ppm": (Kind.SHARE, 1),
}

READERS: dict[type[ast.expr], Callable[..., Expression]] = {
    ast.Constant: _constant,
    ast.Name: _named,
    ast.Attribute: _named,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.Call: _call,
}
"""The white list: each kind of syntax there is, and who reads it."""
