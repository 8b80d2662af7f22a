"""Answers: does every formula of a book make sense – names, types, circles? Runs nothing.

A type is what a value is; money is never added to a number. A word's type is the words it may be,
so that `choose` can be seen to answer all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from processes.domain.rules.language import (
    FACT,
    FACT_KINDS,
    GIVEN,
    NAMES,
    RATE_WORDS,
    RULE,
    Ask,
    Call,
    Expression,
    ExpressionError,
    Kind,
    Literal,
    Place,
)


@dataclass(frozen=True)
class Type:
    """What a value is, and which words it may be (værditype); no words named is any word."""

    kind: Kind
    words: frozenset[str] | None = None

    def __str__(self) -> str:
        return str(self.kind)


class Checkable(Protocol):
    """What is asked of a rule here (regel til kontrol)."""

    @property
    def name(self) -> str:
        """Id and version."""

    @property
    def id(self) -> str:
        """Id."""

    @property
    def expression(self) -> Expression | None:
        """The formula; None for a choice, and for what is worked out elsewhere."""

    @property
    def value(self) -> str:
        """The word of a choice."""


GIVEN_NAMES = frozenset({"soeger_sammen", "aegtefaelle_paa_sagen"})
"""What the application and the case themselves say, yes or no."""

FACTS = {fact.value: kind for fact, kind in FACT_KINDS.items()}

ORDERED = (Kind.MONEY, Kind.NUMBER, Kind.SHARE, Kind.DAY)
SUMMED = (Kind.MONEY, Kind.NUMBER, Kind.SHARE)


class Checker:
    """Works out the type of every rule (typekontrol); the first mistake stops it, by name."""

    def __init__(self, rules: Mapping[str, Sequence[Checkable]]) -> None:
        self.rules = rules
        self.types: dict[str, Type] = {}
        self._under_way: list[str] = []

    def check(self) -> Mapping[str, Type]:
        """Return the type of each rule that can be asked for."""
        for rule_id, versions in self.rules.items():
            if any(each.expression is not None or each.value for each in versions):
                self.type_of_rule(rule_id)
        return self.types

    def type_of_rule(self, rule_id: str) -> Type:
        """Return what a rule gives, all its versions taken together."""
        if rule_id in self.types:
            return self.types[rule_id]
        if rule_id in self._under_way:
            circle = [*self._under_way[self._under_way.index(rule_id) :], rule_id]
            raise ExpressionError(
                f"Reglerne spørger hinanden i ring: {' → '.join(circle)}.",
                "Lad en af dem spørge om oplysninger og satser i stedet.",
            )
        self._under_way.append(rule_id)
        found = [self._type_of_version(each) for each in self.rules[rule_id]]
        self._under_way.pop()
        self.types[rule_id] = _joined(found, self.rules[rule_id])
        return self.types[rule_id]

    def _type_of_version(self, rule: Checkable) -> Type:
        try:
            if rule.expression is None:
                return Type(Kind.WORD, frozenset({rule.value}))
            return self.type_of(rule.expression)
        except ExpressionError as error:
            raise error.of(rule.name) from None

    def type_of(self, expression: Expression) -> Type:
        """Return what a formula gives."""
        if isinstance(expression, Literal):
            word = expression.value if isinstance(expression.value, str) else None
            return Type(expression.kind, frozenset({word}) if word is not None else None)
        if isinstance(expression, Ask):
            return self._asked(expression)
        if expression.name in NAMES:
            return Type(NAMES[expression.name])
        return CHECKS[expression.name](self, expression)

    def _asked(self, ask: Ask) -> Type:
        if ask.what == FACT:
            kind = FACTS.get(ask.name)
            if kind is None:
                raise _unknown(ask, "oplysning", FACTS)
            return Type(kind)
        if ask.what in RATE_WORDS:
            return Type(RATE_WORDS[ask.what])
        if ask.what == GIVEN:
            if ask.name not in GIVEN_NAMES or ask.spouse:
                raise _unknown(ask, "oplysning i ansøgningen", GIVEN_NAMES)
            return Type(Kind.YES_NO)
        versions = self.rules.get(ask.name)
        if versions is None:
            raise _unknown(ask, "regel", self.rules)
        if all(each.expression is None and not each.value for each in versions):
            raise ExpressionError(
                f"Reglen {ask.name} regnes et andet sted og kan ikke bruges i en formel.",
                "Spørg en regel, der har en formel.",
                place=ask.place,
            )
        return self.type_of_rule(ask.name)

    def one_of(self, expression: Expression, *kinds: Kind) -> Type:
        """Return the type of a part that must be one of these kinds."""
        found = self.type_of(expression)
        if found.kind not in kinds:
            wanted = " eller ".join(kinds)
            raise ExpressionError(
                f"Her skal stå {wanted}, men her står {found}.",
                f"Brug {_hint(kinds)}.",
                place=expression.place,
            )
        return found

    def alike(self, parts: Sequence[Expression], *kinds: Kind) -> Type:
        """Return the type of parts that must be of one and the same kind."""
        found = [self.one_of(each, *(kinds or tuple(Kind))) for each in parts]
        for part, other in zip(parts, found, strict=True):
            if other.kind is not found[0].kind:
                raise ExpressionError(
                    f"{other} og {found[0]} kan ikke bruges sammen.",
                    "Gør dem til det samme, for eksempel kr(0) i stedet for 0.",
                    place=part.place,
                )
        return Type(found[0].kind, _all_words(found))


def _hint(kinds: Iterable[Kind]) -> str:
    return " eller ".join(dict.fromkeys(HINTS[each] for each in kinds))


HINTS = {
    Kind.MONEY: 'kr(100), kr("12,50"), rate.… eller et andet beløb',
    Kind.NUMBER: "et helt tal eller count.…",
    Kind.SHARE: 'percent("2,1") eller percent.…',
    Kind.YES_NO: "en sammenligning, yes eller no",
    Kind.WORD: "et ord i anførselstegn",
    Kind.DAY: 'first_day, day("2025-07-01") eller en oplysning, der er en dag',
}


def _all_words(types: Sequence[Type]) -> frozenset[str] | None:
    if any(each.words is None for each in types):
        return None
    return frozenset().union(*(each.words or () for each in types))


def _joined(types: Sequence[Type], versions: Sequence[Checkable]) -> Type:
    for found, rule in zip(types, versions, strict=True):
        if found.kind is not types[0].kind:
            raise ExpressionError(
                f"Versionen giver {found}, og {versions[0].name} giver {types[0]}.",
                "Giv det, der er noget andet, et id for sig.",
            ).of(rule.name)
    return Type(types[0].kind, _all_words(types))


def _unknown(ask: Ask, what: str, known: Iterable[str]) -> ExpressionError:
    near = sorted(each for each in known if _alike(each, ask.name))[:3]
    hint = f"Mente du {', '.join(near)}?" if near else "Se efter, om navnet er skrevet rigtigt."
    return ExpressionError(f"Der er ingen {what} '{ask.spelled}'.", hint, place=ask.place)


def _alike(one: str, other: str) -> bool:
    first, second = one.rpartition(".")[2], other.rpartition(".")[2]
    return first.startswith(second[:5]) or second in first or first in second


def _sum(checker: Checker, call: Call) -> Type:
    return Type(checker.alike(call.args, *SUMMED).kind)


def _product(checker: Checker, call: Call) -> Type:
    left, right = (checker.one_of(each, Kind.MONEY, Kind.NUMBER) for each in call.args)
    if left.kind is right.kind is Kind.MONEY:
        raise ExpressionError(
            "To beløb kan ikke ganges.", "Gang med et tal, eller brug share.", place=call.place
        )
    return Type(Kind.MONEY if Kind.MONEY in {left.kind, right.kind} else Kind.NUMBER)


def _negative(checker: Checker, call: Call) -> Type:
    return Type(checker.one_of(call.args[0], Kind.MONEY, Kind.NUMBER).kind)


def _ordered(checker: Checker, call: Call) -> Type:
    checker.alike(call.args, *ORDERED)
    return Type(Kind.YES_NO)


def _equal(checker: Checker, call: Call) -> Type:
    if checker.alike(call.args).kind is Kind.WORD:
        for one, other in (call.args, call.args[::-1]):
            if isinstance(other, Literal):
                _known_words(checker, one, (str(other.value),), call.place)
    return Type(Kind.YES_NO)


def _among(checker: Checker, call: Call) -> Type:
    checker.one_of(call.args[0], Kind.WORD)
    _known_words(checker, call.args[0], call.words, call.place)
    return Type(Kind.YES_NO)


def _known_words(checker: Checker, asked: Expression, words: Iterable[str], place: Place) -> None:
    known = checker.type_of(asked).words
    strange = [each for each in words if known is not None and each not in known]
    if strange and not _is_choice(checker, asked):
        raise ExpressionError(
            f"Ordet '{strange[0]}' kommer aldrig her; det gør {', '.join(sorted(known or ()))}.",
            "Ret ordet.",
            place=place,
        )


def _is_choice(checker: Checker, asked: Expression) -> bool:
    """Tell whether it is a choice, whose other words are right to name before they are chosen."""
    versions = checker.rules.get(asked.name, ()) if isinstance(asked, Ask) else ()
    return any(each.value for each in versions)


def _truths(checker: Checker, call: Call) -> Type:
    for each in call.args:
        checker.one_of(each, Kind.YES_NO)
    return Type(Kind.YES_NO)


def _if(checker: Checker, call: Call) -> Type:
    for each in call.args[:-1:2]:
        checker.one_of(each, Kind.YES_NO)
    return checker.alike([*call.args[1::2], call.args[-1]])


def _extreme(checker: Checker, call: Call) -> Type:
    return Type(checker.alike(call.args, *ORDERED).kind)


def _choose(checker: Checker, call: Call) -> Type:
    selector, *values = call.args
    checker.one_of(selector, Kind.WORD)
    known = checker.type_of(selector).words
    named = [each for each in call.words if each]
    _known_words(checker, selector, named, call.place)
    left = sorted((known or frozenset({"alle andre ord"})) - set(named))
    if left and "" not in call.words:
        raise ExpressionError(
            f"choose svarer ikke på: {', '.join(left)}.",
            "Tilføj ordet med en værdi, eller otherwise=værdi.",
            place=call.place,
        )
    return checker.alike(values)


def _share(checker: Checker, call: Call) -> Type:
    checker.one_of(call.args[0], Kind.MONEY)
    checker.one_of(call.args[1], Kind.SHARE)
    return Type(Kind.MONEY)


def _part(checker: Checker, call: Call) -> Type:
    checker.one_of(call.args[0], Kind.MONEY)
    checker.one_of(call.args[1], Kind.NUMBER)
    checker.one_of(call.args[2], Kind.NUMBER)
    under = call.args[2]
    whole_month = isinstance(under, Call) and under.name == "days_in_month"
    if not whole_month and not _is_positive(under):
        raise ExpressionError(
            "part deles med et tal, der kan være 0.",
            "Skriv et tal over 0 eller days_in_month som det sidste.",
            place=under.place,
        )
    return Type(Kind.MONEY)


def _is_positive(expression: Expression) -> bool:
    return (
        isinstance(expression, Literal)
        and isinstance(expression.value, int)
        and expression.value > 0
    )


def _how_many(checker: Checker, call: Call) -> Type:
    checker.alike(call.args, Kind.MONEY, Kind.NUMBER)
    return Type(Kind.NUMBER)


def _round(checker: Checker, call: Call) -> Type:
    checker.one_of(call.args[0], Kind.MONEY)
    checker.one_of(call.args[1], Kind.MONEY)
    if not _is_positive(call.args[1]):
        raise ExpressionError(
            "Der rundes af til et beløb, der skrives ud.",
            "Skriv kr(1), kr(50) eller lignende.",
            place=call.args[1].place,
        )
    return Type(Kind.MONEY)


def _fact(checker: Checker, call: Call, *kinds: Kind) -> Ask:
    asked = call.args[0]
    if not isinstance(asked, Ask) or asked.what != FACT:
        raise ExpressionError(
            f"{call.name} spørger om en oplysning.", "Skriv fact.…", place=call.place
        )
    checker.one_of(asked, *(kinds or tuple(Kind)))
    return asked


def _whether(checker: Checker, call: Call) -> Type:
    _fact(checker, call)
    return Type(Kind.YES_NO)


def _happened(checker: Checker, call: Call) -> Type:
    _fact(checker, call, Kind.DAY)
    return Type(Kind.YES_NO)


def _spread(checker: Checker, call: Call) -> Type:
    _fact(checker, call, Kind.MONEY)
    return Type(Kind.MONEY)


def _since(checker: Checker, call: Call) -> Type:
    checker.one_of(call.args[0], Kind.DAY)
    return Type(Kind.NUMBER)


def _own_rule(checker: Checker, call: Call, kind: Kind) -> Ask:
    asked = call.args[0]
    if not isinstance(asked, Ask) or asked.what != RULE or asked.spouse:
        raise ExpressionError(
            f"{call.name} spørger om en regel for samme person.",
            "Skriv reglens id.",
            place=call.place,
        )
    checker.one_of(asked, kind)
    return asked


def _for_days(checker: Checker, call: Call) -> Type:
    _own_rule(checker, call, Kind.MONEY)
    return Type(Kind.MONEY)


def _steady(checker: Checker, call: Call) -> Type:
    _own_rule(checker, call, Kind.YES_NO)
    _reason(checker, call.args[1], call)
    return Type(Kind.YES_NO)


def _require(checker: Checker, call: Call) -> Type:
    condition, what, value = call.args
    checker.one_of(condition, Kind.YES_NO)
    _reason(checker, what, call)
    return checker.type_of(value)


def _reason(checker: Checker, what: Expression, call: Call) -> None:
    if not isinstance(what, Ask) or what.what != FACT:
        raise ExpressionError(
            f"{call.name} siger, hvilken oplysning der mangler.",
            "Skriv den som fact.…",
            place=what.place,
        )
    checker.type_of(what)


CHECKS: dict[str, Callable[[Checker, Call], Type]] = {
    "+": _sum,
    "-": _sum,
    "*": _product,
    "neg": _negative,
    **dict.fromkeys(("<", "<=", ">", ">="), _ordered),
    "==": _equal,
    "!=": _equal,
    "in": _among,
    **dict.fromkeys(("not", "and", "or", "all_of", "any_of"), _truths),
    "if_": _if,
    "min": _extreme,
    "max": _extreme,
    "choose": _choose,
    "share": _share,
    "part": _part,
    "how_many": _how_many,
    "round_to": _round,
    "is_none": _whether,
    "said": _whether,
    "happened": _happened,
    "spread": _spread,
    "age": _since,
    "days_since": _since,
    "months_since": _since,
    "for_days": _for_days,
    "steady": _steady,
    "require": _require,
}
