#!/usr/bin/env python3
"""Checks a replay file (genberegningsfil): does the decision follow from what stands in the file?

Stands alone: the standard library only, and nothing of the system that made the file. It reads the
formulas itself, works the months out from the facts and rates, and compares to the øre. So it is a
second opinion, and whoever is handed a file can read all of it. The format is in docs/replay.md.

    python3 check_replay.py FIL [--hash sha256:…]

0: everything agrees. 1: something does not, and it is named. 2: the file cannot be read.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

FORMAT = "ky-replay-1"
DAY = timedelta(days=1)
PPM = 1_000_000
MONTHS, WORKING_DAYS, SATURDAY = 12, 260, 5
MONEY, NUMBER, YES_NO, WORD, A_DAY = "beloeb", "tal", "ja_nej", "ord", "dag"
NOTHING = {MONEY: 0, NUMBER: 0, YES_NO: False, WORD: ""}
"""What known to be none is, by the type of a fact; there is no day that is none."""
OWN_WORD_FIRST = ("borger", "sagsbehandler", "register")
PARTS = ("facts", "rates", "rules", "result")
HOLDS, FAILS, CANNOT = 0, 1, 2

Value = Any
"""Of a formula: øre, a number, parts per million, yes or no, a word, a day; None is unknown."""
Days = tuple[date, date]
"""From the first day to before the second."""
Row = dict[str, Any]


class UnreadableError(Exception):
    """The file is no replay file, or a formula in it means nothing."""


# --- days -----------------------------------------------------------------------------------------


def day(text: str) -> date:
    """Read a day."""
    return date.fromisoformat(text)


def month_days(month: str) -> Days:
    """Return the days of a month written as 2026-03."""
    first = day(f"{month}-01")
    return first, day(f"{first.year + first.month // 12}-{first.month % 12 + 1:02d}-01")


def count(days: Days) -> int:
    """Count calendar days."""
    return (days[1] - days[0]).days


def working_days(days: Days) -> int:
    """Count Mondays to Fridays."""
    return sum((days[0] + DAY * n).weekday() < SATURDAY for n in range(count(days)))


def valid(row: Row) -> Days:
    """Return the days a row holds; `valid_to` in it is the last day, nothing is until ever."""
    end = day(row["valid_to"]) + DAY if row["valid_to"] else date.max
    return day(row["valid_from"]), end


def years(born: date, on: date) -> int:
    """Return whole years between two days."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def birthday(born: date, age: int) -> date:
    """Return the day an age is reached; 29 February is 1 March in other years."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


# --- numbers --------------------------------------------------------------------------------------


def half_up(over: int, under: int) -> int:
    """Divide and round half away from zero."""
    sign = -1 if over < 0 else 1
    return sign * ((2 * abs(over) + under) // (2 * under))


def rounded(amount: int, step: int, way: str) -> int:
    """Round to whole steps."""
    if way == "nearest":
        return half_up(amount, step) * step
    sign = -1 if amount < 0 else 1
    steps = abs(amount) // step if way == "down" else -(-abs(amount) // step)
    return sign * steps * step


def share_of_days(amount: int, days: Days, month: Days, way: str) -> int:
    """Return what some days are of a month's amount; the parts of a month add up."""

    def up_to(end: date) -> int:
        if end == month[0]:
            return 0
        part = (month[0], end)
        if way == "kalenderdage":
            return half_up(amount * count(part), count(month))
        if way == "fem_dages_uge_260":
            return half_up(amount * working_days(part) * MONTHS, WORKING_DAYS)
        raise UnreadableError(f"Dage kan ikke deles som '{way}'.")

    return min(up_to(days[1]) - up_to(days[0]), amount)


def spread_over(amount: int, over: Days, days: Days) -> int:
    """Return what falls on some days of an amount that covers others, each day alike."""
    start, end = max(over[0], days[0]), min(over[1], days[1])
    if end <= start:
        return 0

    def up_to(until: date) -> int:
        return (2 * amount * (until - over[0]).days + count(over)) // (2 * count(over))

    return up_to(end) - up_to(start)


def kroner(oere: int | None) -> str:
    """Write an amount for people."""
    if oere is None:
        return "ukendt"
    whole, rest = divmod(abs(oere), 100)
    return f"{'-' if oere < 0 else ''}{whole:,}".replace(",", ".") + f",{rest:02d} kr."


# --- what the file says ---------------------------------------------------------------------------


class Book:
    """Facts by one order of whose word counts, with rates and rules (grundlag)."""

    def __init__(self, said: Row, facts: Sequence[Row], ranks: Sequence[str]) -> None:
        self.method: Row = said["method"]
        self.kinds: dict[str, Row] = said["kinds"]
        self.people: list[Row] = said["question"]["people"]
        self.given: dict[str, bool] = said["question"]["given"]
        self.breaks = {day(each) for each in said["question"]["breaks"]}
        self.ranks = list(ranks)
        self.facts = by_name((f"{fact['party']} {fact['kind']}", fact) for fact in facts)
        self.rates = by_name((rate["key"], rate) for rate in said["rates"])
        self.rules = by_name((rule["id"], rule) for rule in said["rules"])
        rows = (*said["rates"], *said["rules"])
        self.breaks.update(edge for row in rows for edge in valid(row))

    def rule(self, rule_id: str, on: date) -> Row | None:
        """Return the version of a rule in force on a day."""
        return next(
            (row for (start, end), row in self.rules.get(rule_id, ()) if start <= on < end), None
        )

    def rate(self, key: str, on: date) -> Row | None:
        """Return the rate in force on a day."""
        return next(
            (row for (start, end), row in self.rates.get(key, ()) if start <= on < end), None
        )

    def of(self, party: str, kind: str) -> list[tuple[Days, Row]]:
        """Return everything anybody said about one thing, with its days."""
        return self.facts.get(f"{party} {kind}", [])

    def fact(self, party: str, kind: str, on: date) -> Row | None:
        """Return the fact that counts on a day: known before unknown, then by whose word it is."""
        said = [row for (start, end), row in self.of(party, kind) if start <= on < end]
        return max(said, key=self._weight, default=None)

    def _weight(self, fact: Row) -> tuple[bool, int, datetime, str]:
        moment = datetime.fromisoformat(fact["known_from"])
        known = fact["status"] != "ukendt"
        return known, -self.ranks.index(fact["source"]), moment, fact["id"]

    def said(self, party: str, kind: str, on: date) -> tuple[str, Value]:
        """Return status and value of a day."""
        fact = self.fact(party, kind, on)
        return ("ukendt", None) if fact is None else (fact["status"], fact["value"])

    def value(self, fact: Row) -> Value:
        """Return a fact's value as a formula reads it."""
        what = self.kinds[fact["kind"]]["type"]
        if fact["status"] == "ingen":
            return NOTHING.get(what)
        return day(fact["value"]) if what == A_DAY else fact["value"]

    def cuts(self, span: Days) -> list[date]:
        """Return every day of a span from which something may be another than the day before."""
        first, end = span
        found = {first, *self.breaks, *self._said_days(end - DAY)}
        for name, rows in self.facts.items():
            party, kind = name.split(" ")
            if kind in self.method["never_cut"]:
                continue
            edges = {edge for days, _ in rows for edge in days if first < edge < end}
            found |= {
                e for e in edges if self.said(party, kind, e - DAY) != self.said(party, kind, e)
            }
        return sorted(each for each in found if first <= each < end)

    def _said_days(self, last: date) -> Iterator[date]:
        for party in (each["party"] for each in self.people):
            born = self.fact(party, self.method["birth"], last)
            if born and born["status"] == "vaerdi":
                yield from (birthday(self.value(born), age) for age in self.method["ages"])
            for kind in self.method["ends"]:
                fact = self.fact(party, kind, last)
                if fact and fact["status"] == "vaerdi":
                    yield self.value(fact)


def by_name(rows: Iterable[tuple[str, Row]]) -> dict[str, list[tuple[Days, Row]]]:
    """Return rows with their days, by what they are asked for as."""
    found: dict[str, list[tuple[Days, Row]]] = {}
    for name, row in rows:
        found.setdefault(name, []).append((valid(row), row))
    return found


def book_of(said: Row) -> Book:
    """Return the facts as they count."""
    return Book(said, said["facts"], said["method"]["ranks"])


def book_of_the_own_word(said: Row) -> Book:
    """Return the same with the citizen's own word first, income by that word only."""
    stated = {
        (f["party"], f["kind"])
        for f in said["facts"]
        if f["source"] == "borger" and f["status"] != "ukendt"
    }
    facts = [
        {**f, "status": "ingen", "value": None}
        if said["kinds"][f["kind"]]["income"]
        and f["source"] != "borger"
        and (f["party"], f["kind"]) not in stated
        else f
        for f in said["facts"]
    ]
    return Book(said, facts, OWN_WORD_FIRST)


# --- formulas -------------------------------------------------------------------------------------


class Stretch:
    """One person in days in which nothing that is asked for changes (strækning)."""

    def __init__(self, book: Book, party: str, month: Days, days: Days, span: Days) -> None:
        self.book, self.party = book, party
        self.month, self.days, self.span = month, days, span
        self.partner: Stretch | None = None
        self.found: dict[str, Value] = {}

    def row(self, rule_id: str) -> Row:
        """Return the rule in force."""
        row = self.book.rule(rule_id, self.days[0])
        if row is None:
            raise UnreadableError(f"Reglen {rule_id} er ikke i filen for {self.days[0]}.")
        return row

    def result(self, rule_id: str) -> Value:
        """Work a rule out, once."""
        if rule_id not in self.found:
            self.found[rule_id] = self.work_out(self.row(rule_id))
        return self.found[rule_id]

    def work_out(self, row: Row) -> Value:
        """Work a rule out: a choice is its word, everything else its formula."""
        if row["value"]:
            return row["value"]
        return evaluate(parsed(row["expression"]), self)

    def standing(self, kind: str) -> Row | None:
        """Return the fact that counts all these days; income is of the whole month."""
        days = self.span if self.book.kinds[kind]["by_month"] else self.days
        first = self.book.fact(self.party, kind, days[0])
        if first is None or first["status"] == "ukendt":
            return None
        edges = {edge for each, _ in self.book.of(self.party, kind) for edge in each}
        said = (first["status"], first["value"])
        inside = (each for each in edges if days[0] < each < days[1])
        is_one = all(self.book.said(self.party, kind, each) == said for each in inside)
        return first if is_one else None

    def fact(self, kind: str) -> Value:
        """Return a fact as a formula reads it."""
        found = self.standing(kind)
        return None if found is None else self.book.value(found)

    def said(self, kind: str, on: date) -> Row | None:
        """Return a fact of a day that somebody said a value of."""
        fact = self.book.fact(self.party, kind, on)
        return fact if fact and fact["status"] == "vaerdi" else None

    def part(self, rule_id: str, amount: int, days: Days) -> int:
        """Return what days are of an amount for a month, in the way the rule names."""
        return share_of_days(amount, days, self.month, self.result(self.row(rule_id)["folds"]))

    def changes(self, _rule_id: str) -> bool:
        """Tell whether a rule says more than one thing."""
        return False

    def shares(self, rule_id: str) -> list[tuple[Days | None, int]]:
        """Return what a rule gives, one share wherever its amount changes."""
        return [(None, self.result(rule_id))]


class WholeMonth(Stretch):
    """One person over the stretches of a month (måned)."""

    def __init__(self, parts: Sequence[Stretch]) -> None:
        first = parts[0]
        days = (first.days[0], parts[-1].days[1])
        super().__init__(first.book, first.party, first.month, days, first.span)
        self.parts = parts

    def work_out(self, row: Row) -> Value:
        """Work out a rule of the month, or make the month of what the stretches gave."""
        if row["per_month"]:
            return super().work_out(row)
        values = [part.result(row["id"]) for part in self.parts]
        if any(value is None for value in values):
            return None
        whole = joined([(part.days, True) for part in self.parts])
        amount = bool(row["folds"]) and not isinstance(values[0], bool)
        if all(value == values[0] for value in values) and (
            not amount or not values[0] or [days for days, _ in whole] == [self.month]
        ):
            return values[0]
        if isinstance(values[0], bool):
            return any(values)
        if not amount:
            raise UnreadableError(
                f"Reglen {row['id']} skifter i måneden og kan ikke lægges sammen."
            )
        return self._sum(row, values)

    def _sum(self, row: Row, values: Sequence[int]) -> int:
        if row["folds"] == "sum":
            return sum(values)
        if self.parts[0].result(row["folds"]) == "stoerste":
            return max(values)
        return sum(share for _, share in self.shares(row["id"]))

    def shares(self, rule_id: str) -> list[tuple[Days | None, int]]:
        """Return what a rule gives, one share wherever its amount changes."""
        found: list[tuple[Days | None, int]] = []
        for days, amount in joined([(part.days, part.result(rule_id)) for part in self.parts]):
            if days == self.month:
                found.append((None, amount))
            else:
                part = next(each for each in self.parts if each.days[0] == days[0])
                found.append((days, part.part(rule_id, amount, days) if amount else 0))
        return found

    def changes(self, rule_id: str) -> bool:
        """Tell whether a rule says more than one thing."""
        return len({part.result(rule_id) for part in self.parts}) > 1


def joined(values: Sequence[tuple[Days, Value]]) -> list[tuple[Days, Value]]:
    """Join days that follow each other and say the same."""
    found: list[tuple[Days, Value]] = []
    for days, value in values:
        if found and found[-1][0][1] == days[0] and found[-1][1] == value:
            days = (found.pop()[0][0], days[1])
        found.append((days, value))
    return found


@lru_cache(maxsize=1024)
def parsed(text: str) -> ast.expr:
    """Read a formula with the grammar of expressions; nothing is run from it."""
    try:
        return ast.parse(f"(\n{text}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        raise UnreadableError(f"Det er ikke en formel: {text}") from None


def evaluate(node: ast.expr, run: Stretch) -> Value:
    """Work a formula out; None is unknown."""
    reader = READERS.get(type(node))
    if reader is None:
        raise UnreadableError(f"Sådan kan der ikke skrives i en formel: {ast.unparse(node)}")
    return reader(node, run)


def _constant(node: ast.Constant, _run: Stretch) -> Value:
    return node.value


def _named(node: ast.Name | ast.Attribute, run: Stretch) -> Value:
    name = dotted(node)
    if name in ALONE:
        return ALONE[name](run)
    who, name = _whose(name, run)
    what, _, rest = name.partition(".")
    if what in {"rate", "percent", "count"}:
        rate = run.book.rate(rest, run.days[0])
        return None if rate is None else rate["value"]
    if what == "given":
        return run.book.given[rest]
    if who is None:
        return None
    return who.fact(rest) if what == "fact" else who.result(name)


@lru_cache(maxsize=8192)
def dotted(node: ast.expr) -> str:
    """Return a name as it is written."""
    return ast.unparse(node)


def _whose(name: str, run: Stretch) -> tuple[Stretch | None, str]:
    if name.startswith("spouse."):
        return run.partner, name.removeprefix("spouse.")
    return run, name


ALONE: dict[str, Callable[[Stretch], Value]] = {
    "yes": lambda _run: True,
    "no": lambda _run: False,
    "first_day": lambda run: run.days[0],
    "days": lambda run: count(run.days),
    "days_in_month": lambda run: count(run.month),
}


def _binary(node: ast.BinOp, run: Stretch) -> Value:
    left, right = evaluate(node.left, run), evaluate(node.right, run)
    if left is None or right is None:
        return None
    work = ARITHMETIC.get(type(node.op))
    if work is None:
        raise UnreadableError(f"Det regnetegn findes ikke: {ast.unparse(node)}")
    return work(left, right)


ARITHMETIC: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
}


def _unary(node: ast.UnaryOp, run: Stretch) -> Value:
    value = evaluate(node.operand, run)
    if value is None:
        return None
    return not value if isinstance(node.op, ast.Not) else -value


def _boolean(node: ast.BoolOp, run: Stretch) -> Value:
    return _until(
        (evaluate(each, run) for each in node.values), decisive=isinstance(node.op, ast.Or)
    )


def _until(values: Iterator[Value], *, decisive: bool) -> Value:
    """One part that decides decides, whatever is not known of the others."""
    unknown = False
    for value in values:
        if value is decisive:
            return decisive
        unknown = unknown or value is None
    return None if unknown else not decisive


def _compare(node: ast.Compare, run: Stretch) -> Value:
    sides = [node.left, *node.comparators]

    def each() -> Iterator[Value]:
        for left, sign, right in zip(sides, node.ops, sides[1:], strict=False):
            yield _pair(evaluate(left, run), sign, right, run)

    return _until(each(), decisive=False)


def _pair(one: Value, sign: ast.cmpop, right: ast.expr, run: Stretch) -> Value:
    if isinstance(sign, ast.In | ast.NotIn):
        words = (
            [e.value for e in right.elts if isinstance(e, ast.Constant)]
            if isinstance(right, ast.Tuple)
            else []
        )
        return None if one is None else (one in words) is isinstance(sign, ast.In)
    two = evaluate(right, run)
    if one is None or two is None:
        return None
    return COMPARED[type(sign)](one, two)


COMPARED: dict[type[ast.cmpop], Callable[[Value, Value], bool]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
}


def _call(node: ast.Call, run: Stretch) -> Value:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name in MADE:
        return MADE[name](ast.literal_eval(node.args[0]))
    if name in OF_VALUES:
        values = [evaluate(each, run) for each in node.args if not _is_text(each)]
        texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
        if any(value is None for value in values):
            return None
        return OF_VALUES[name](run, values, texts)
    if name in LAZY:
        return LAZY[name](node, run)
    raise UnreadableError(f"Funktionen '{name}' findes ikke.")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _whole(value: int | str, times: int) -> int:
    return int(Decimal(str(value).replace(",", ".")) * times)


MADE: dict[str, Callable[[Value], Value]] = {
    "kr": lambda value: _whole(value, 100),
    "oere": lambda value: _whole(value, 1),
    "percent": lambda value: _whole(value, PPM // 100),
    "ppm": lambda value: _whole(value, 1),
    "day": day,
}

OF_VALUES: dict[str, Callable[[Stretch, list[Value], list[Value]], Value]] = {
    "min": lambda _run, values, _: min(values),
    "max": lambda _run, values, _: max(values),
    "all_of": lambda _run, values, _: all(values),
    "any_of": lambda _run, values, _: any(values),
    "share": lambda _run, values, _: half_up(values[0] * values[1], PPM),
    "part": lambda _run, values, _: half_up(values[0] * values[1], values[2]),
    "how_many": lambda _run, values, _: values[0] // values[1] if values[1] > 0 else None,
    "round_to": lambda _run, values, texts: rounded(values[0], values[1], texts[-1]),
    "age": lambda run, values, _: years(values[0], run.days[0]),
    "days_since": lambda run, values, _: (run.days[0] - values[0]).days,
    "months_since": lambda run, values, _: (
        (run.days[0].year - values[0].year) * MONTHS + run.days[0].month - values[0].month
    ),
}
"""Functions that need all of their values."""


def _if(node: ast.Call, run: Stretch) -> Value:
    *pairs, otherwise = node.args
    for condition, value in zip(pairs[::2], pairs[1::2], strict=True):
        holds = evaluate(condition, run)
        if holds is None:
            return None
        if holds:
            return evaluate(value, run)
    return evaluate(otherwise, run)


def _choose(node: ast.Call, run: Stretch) -> Value:
    word = evaluate(node.args[0], run)
    if word is None:
        return None
    answers = {each.arg: each.value for each in node.keywords}
    answer = answers.get(word, answers.get("otherwise"))
    if answer is None:
        raise UnreadableError(f"choose har intet svar på '{word}'.")
    return evaluate(answer, run)


def _asked(node: ast.expr, run: Stretch) -> tuple[Stretch | None, str]:
    who, name = _whose(ast.unparse(node), run)
    return who, name.removeprefix("fact.")


def _is_none(node: ast.Call, run: Stretch) -> Value:
    who, kind = _asked(node.args[0], run)
    found = None if who is None else who.standing(kind)
    return None if found is None else found["status"] == "ingen"


def _said(node: ast.Call, run: Stretch) -> Value:
    who, kind = _asked(node.args[0], run)
    return who is not None and who.said(kind, who.days[0]) is not None


def _happened(node: ast.Call, run: Stretch) -> Value:
    who, kind = _asked(node.args[0], run)
    fact = None if who is None else who.said(kind, who.month[1] - DAY)
    return fact is not None and day(fact["value"]) < run.days[1]


def _spread(node: ast.Call, run: Stretch) -> Value:
    who, kind = _asked(node.args[0], run)
    fact = None if who is None else who.said(kind, who.days[0])
    if who is None or fact is None:
        return 0
    if not fact["valid_to"]:
        return None
    over = (day(fact["valid_from"]), day(fact["valid_to"]) + DAY)
    return spread_over(fact["value"], over, who.days)


def _for_days(node: ast.Call, run: Stretch) -> Value:
    value = evaluate(node.args[0], run)
    if not value or run.days == run.month:
        return value
    return run.part(ast.unparse(node.args[0]), value, run.days)


def _steady(node: ast.Call, run: Stretch) -> Value:
    name = ast.unparse(node.args[0])
    return None if run.changes(name) else run.result(name)


def _require(node: ast.Call, run: Stretch) -> Value:
    return evaluate(node.args[3], run) if evaluate(node.args[0], run) else None


LAZY: dict[str, Callable[[ast.Call, Stretch], Value]] = {
    "if_": _if,
    "choose": _choose,
    "is_none": _is_none,
    "said": _said,
    "happened": _happened,
    "spread": _spread,
    "for_days": _for_days,
    "steady": _steady,
    "require": _require,
}
"""Functions that ask for some of their values only, or for how a fact stands."""

READERS: dict[type[ast.expr], Callable[..., Value]] = {
    ast.Constant: _constant,
    ast.Name: _named,
    ast.Attribute: _named,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.Call: _call,
}


# --- months ---------------------------------------------------------------------------------------


def month_of(book: Book, party: str, month: str, span: Days | None) -> Row:
    """Work out one person's month: lines, conditions, and the amount before tax."""
    if span is None:
        return {"gross": 0, "lines": {}, "conditions": {}, "unmet": [], "missing": False}
    runs, others = stretches(book, party, month, span)
    judged = [(run, {rule: run.result(rule) for rule in conditions(run)}) for run in runs]
    met: Row = {}
    for run, found in judged:
        for rule, value in found.items():
            met.setdefault(rule, []).append((run.days, value))
    stand: Row = {
        rule: [[str(days[0]), value] for days, value in joined(values)]
        for rule, values in met.items()
    }
    unmet = [rule for rule, values in met.items() if any(v is False for _, v in values)]
    granted = [run for run, found in judged if not any(v is False for v in found.values())]
    if not granted:
        return {"gross": 0, "lines": {}, "conditions": stand, "unmet": unmet, "missing": False}
    whole = granted[0]
    if not (len(runs) == 1 and span == whole.month):
        whole = WholeMonth(granted)
        whole.partner = WholeMonth(others) if others else None
    need = whole.result(book.method["need"])
    stand[book.method["need"]] = [[str(span[0]), need]]
    if need is False:
        unmet.append(book.method["need"])
    missing = is_missing(book.method, granted, whole)
    lines = {} if missing else lines_of(book.method, whole)
    gross = None if missing else max(sum(lines.values()), 0)
    return {
        "gross": gross,
        "lines": lines,
        "conditions": stand,
        "unmet": unmet,
        "missing": missing,
    }


def stretches(
    book: Book, party: str, month: str, span: Days
) -> tuple[list[Stretch], list[Stretch]]:
    """Return a person's stretches of a month, and the spouse's beside them."""
    starts = book.cuts(span)
    found: dict[str, list[Stretch]] = {each["party"]: [] for each in book.people}
    for days in zip(starts, [*starts[1:], span[1]], strict=True):
        runs = [Stretch(book, who, month_days(month), days, span) for who in found]
        for run in runs:
            run.partner = next((each for each in runs if each is not run), None)
            found[run.party].append(run)
    others = [runs for who, runs in found.items() if who != party]
    return found[party], others[0] if others else []


def conditions(run: Stretch) -> list[str]:
    """Return the conditions of these days; some are asked where something was said only."""
    extra = [
        rule
        for rule, kind in run.book.method["conditions_if_said"].items()
        if (run.book.fact(run.party, kind, run.days[0]) or {}).get("value")
    ]
    return [*run.book.method["conditions"], *extra]


def is_missing(method: Row, granted: Sequence[Stretch], whole: Stretch) -> bool:
    """Tell whether anything the amount rests on is unknown."""
    of_days = [
        run.result(rule) for run in granted for rule in (*conditions(run), *method["needs_of_days"])
    ]
    of_month = [whole.result(rule) for rule in method["needs_of_month"]]
    return any(value is None for value in (*of_days, *of_month))


def lines_of(method: Row, whole: Stretch) -> dict[str, int]:
    """Return the lines of a month: by rule, and by their first day when they are for some days."""
    lines: dict[str, int] = {}
    for rule in method["adds"]:
        for days, amount in whole.shares(rule):
            if amount or rule == method["adds"][0]:
                lines[f"{rule} fra {days[0]}" if days else rule] = amount
    for rule in method["takes"]:
        if whole.book.rule(rule, whole.days[0]) is not None and whole.result(rule):
            lines[rule] = -whole.result(rule)
    return lines


def outcome_of(ours: Sequence[Row], own_word: Sequence[Row], need: str) -> str:
    """Say what comes out: bevilget, delvis, afslag or ukendt."""
    if not ours or any(each["missing"] for each in ours):
        return "ukendt"
    if all(each["gross"] == 0 for each in ours):
        return "afslag"
    got = {each["party"] for each in ours if each["gross"]}
    nothing_for_one = got != {each["party"] for each in ours}
    is_short = any(map(lambda a, b: short(a, b, need), ours, own_word))
    return "delvis" if is_short or nothing_for_one else "bevilget"


def short(ours: Row, own_word: Row, need: str) -> bool:
    """Tell whether a month gives less than the citizen's own word would."""
    if any(rule != need for rule in ours["unmet"]):
        return True
    if ours["gross"] is None:
        return False
    if own_word["gross"] is None:
        return any(amount < 0 for amount in ours["lines"].values())
    return bool(ours["gross"] < own_word["gross"])


# --- the check ------------------------------------------------------------------------------------


def canonical(value: object) -> bytes:
    """Write a value in the one way that is hashed: sorted, without spaces, in UTF-8."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def digest(value: object) -> str:
    """Return the fingerprint of a value."""
    return f"sha256:{hashlib.sha256(canonical(value)).hexdigest()}"


def pieces(said: Row) -> dict[str, object]:
    """Return everything in the file that has a fingerprint of its own, by its name."""
    found: dict[str, object] = {
        name: said[name] for name in ("format", "decision", "question", "method", "kinds")
    }
    for part in PARTS:
        for row in said[part] if part != "result" else said["result"]["months"]:
            found[f"{part}/{row_name(part, row)}"] = row
    found["result/outcome"] = said["result"]["outcome"]
    return found


def row_name(part: str, row: Row) -> str:
    """Return what a row is called among its own kind."""
    if part == "rules":
        return f"{row['id']}@{row['version']}"
    return f"{row['party']}/{row['month']}" if part == "result" else str(row["id"])


def altered(said: Row) -> Iterator[str]:
    """Name everything that is another than when the file was made."""
    marks: dict[str, str] = said["digests"]
    there = pieces(said)
    for name, piece in there.items():
        if name not in marks:
            yield f"{in_words(said, name)} er føjet til, efter at filen blev lavet."
        elif digest(piece) != marks[name]:
            yield f"{in_words(said, name)} er ændret, efter at filen blev lavet."
    for name in marks:
        if name not in there:
            yield f"{in_words(said, name)} er taget ud, efter at filen blev lavet."
    if digest(marks) != said["hash"]:
        yield "Fingeraftrykkene er ændret, efter at filen blev lavet."


def in_words(said: Row, name: str) -> str:
    """Say to people which part of the file a name is."""
    part, _, rest = name.partition("/")
    if part == "facts":
        return f"Oplysningen {fact_in_words(said, rest)}"
    if part == "rates":
        rate: Row = next((each for each in said["rates"] if each["id"] == rest), {})
        return f"Satsen {rest}" + (f" ({rate['label']})" if rate else "")
    if part == "rules":
        return f"Reglen {rest}"
    if name == "result/outcome":
        return "Resultatets udfald"
    if part == "result":
        party, _, month = rest.partition("/")
        return f"Resultatet for {who(said, party)} i {month}"
    return f"Delen '{name}'"


def fact_in_words(said: Row, fact_id: str) -> str:
    """Say which fact it is."""
    fact = next((each for each in said["facts"] if each["id"] == fact_id), None)
    if fact is None:
        return fact_id
    label = said["kinds"].get(fact["kind"], {}).get("label", fact["kind"])
    return f"'{label}' ({who(said, fact['party'])}, fra {fact['valid_from']}, {fact['source']})"


def who(said: Row, party: str) -> str:
    """Say which person it is; no names stand in the file."""
    roles = {each["party"]: each["role"] for each in said["question"]["people"]}
    return str(roles.get(party, party))


def not_known_then(said: Row) -> Iterator[str]:
    """Name facts that were not known when it was calculated."""
    at = datetime.fromisoformat(said["question"]["known_at"])
    for fact in said["facts"]:
        since = datetime.fromisoformat(fact["known_from"])
        until = fact["known_to"] and datetime.fromisoformat(fact["known_to"])
        if since > at or (until and until <= at):
            yield f"{in_words(said, 'facts/' + fact['id'])} var ikke kendt den {at}."


def worked_out(said: Row) -> Iterator[str]:
    """Work every month out again, and name what comes out another."""
    books = book_of(said), book_of_the_own_word(said)
    made: tuple[list[Row], list[Row]] = ([], [])
    for month in said["result"]["months"]:
        first, end = (day(str(each)) for each in month["days"] or month_days(month["month"]))
        span = (first, end) if month["days"] else None
        for rows, book in zip(made, books, strict=True):
            found = month_of(book, month["party"], month["month"], span)
            rows.append({"party": month["party"], **found})
        yield from differences(said, month, made[0][-1])
    outcome = outcome_of(*made, said["method"]["need"])
    if outcome != said["result"]["outcome"]:
        yield f"Udfaldet er '{outcome}', og filen siger '{said['result']['outcome']}'."
    yield from decided(said, made[0])


def differences(said: Row, month: Row, found: Row) -> Iterator[str]:
    """Name what differs in one month."""
    where = f"{who(said, month['party'])}, {month['month']}"
    labels = {rule["id"]: rule["label"] for rule in said["rules"]}
    stated = {
        f"{each['rule']} fra {each['from']}" if each["from"] else each["rule"]: each["oere"]
        for each in month["lines"]
    }
    for line in sorted({*stated, *found["lines"]}):
        ours, theirs = found["lines"].get(line), stated.get(line)
        if ours != theirs:
            label = labels.get(line.partition(" ")[0], "")
            yield (
                f"{where}: {line} ({label}) giver {kroner(ours or 0)}, og filen siger"
                f" {kroner(theirs or 0)}"
            )
    for each in month["conditions"]:
        stand = found["conditions"].get(each["rule"], [])
        mine = dict(map(tuple, stand)).get(each["from"])
        if mine is not each["met"]:
            yield (
                f"{where}: {each['rule']} er {yes_no(mine)}, og filen siger {yes_no(each['met'])}."
            )
    if found["gross"] != month["gross"]:
        yield (
            f"{where}: hjælpen er {kroner(found['gross'])}, og filen siger {kroner(month['gross'])}"
        )


def yes_no(value: bool | None) -> str:  # noqa: FBT001 – it is what is said
    """Say yes, no or unknown."""
    return {True: "opfyldt", False: "ikke opfyldt", None: "ukendt"}[value]


def decided(said: Row, months: Sequence[Row]) -> Iterator[str]:
    """Name months the decision gives another amount for than comes out."""
    decision = said["decision"]
    if not decision or decision["outcome"] == "afslag":
        return
    for month, found in zip(said["result"]["months"], months, strict=True):
        lines = [
            line
            for line in decision["lines"]
            if line["party"] == month["party"] and line["from_month"] <= month["month"]
        ]
        amount = max(lines, key=lambda line: str(line["from_month"]))["oere"] if lines else 0
        if amount != (found["gross"] or 0):
            yield (
                f"Afgørelsen giver {who(said, month['party'])} {kroner(amount)} i {month['month']},"
                f" og der kommer {kroner(found['gross'])} ud."
            )


def check(said: Row, expected: str = "") -> list[str]:
    """Return everything that does not agree; nothing is right."""
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise UnreadableError(f"Filen er ikke i formatet {FORMAT}.")
    try:
        found = [*altered(said), *not_known_then(said), *worked_out(said)]
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise UnreadableError(f"En del af filen kan ikke læses ({error!r}).") from None
    if expected and expected != said["hash"]:
        found.append(f"Filens fingeraftryk er {said['hash']}, og der skulle stå {expected}.")
    return found


def main(arguments: Sequence[str]) -> int:
    """Check the file that is named, and say what was found."""
    if len(arguments) not in {1, 3} or (len(arguments) > 1 and arguments[1] != "--hash"):
        sys.stderr.write("Brug: python3 check_replay.py FIL [--hash sha256:…]\n")
        return CANNOT
    try:
        with open(arguments[0], encoding="utf-8") as file:  # noqa: PTH123 – a file as it is named
            said = json.load(file)
        found = check(said, arguments[2] if len(arguments) > 1 else "")
    except (OSError, ValueError, UnreadableError) as error:
        sys.stderr.write(f"{arguments[0]}: {error}\n")
        return CANNOT
    for line in found:
        sys.stdout.write(f"FEJL: {line}\n")
    if found:
        return FAILS
    months = said["result"]["months"]
    sys.stdout.write(
        f"Alt stemmer: {len(said['facts'])} oplysninger, {len(said['rates'])} satser og"
        f" {len(said['rules'])} regler giver de samme beløb i {len(months)} måneder.\n"
        f"{said['hash']}\n"
    )
    return HOLDS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
