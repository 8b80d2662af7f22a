"""Answers: what of a rule book would fail later, on some day or with some rate? Changes nothing.

What can be seen in a formula itself is refused when the book is made; this is what takes the
calendar and the rates to see.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from processes.domain.money import Money
from processes.domain.periods import ONE_DAY, Period
from processes.domain.rates import Rate, RateBook, is_share
from processes.domain.rules.book import Rule, RuleBook
from processes.domain.rules.language import RATE_WORDS, RULE, Ask, Kind, asks
from processes.domain.rules.month import LARGEST, SUM
from processes.domain.rules.prose import day_in_words
from processes.domain.rules.sharing import DAY_COUNTS


@dataclass(frozen=True)
class Finding:
    """Something wrong with a rule (fejl i en regel), in Danish, with the way out."""

    rule: str
    what: str
    way_out: str

    def __str__(self) -> str:
        return f"Reglen {self.rule}: {self.what} {self.way_out}"


def lint(book: RuleBook, rates: RateBook) -> tuple[Finding, ...]:
    """Return everything found, rule by rule (regelkontrol)."""
    return tuple(_findings(book, rates))


def kind_of_rate(rate: Rate) -> Kind:
    """Return what a rate is, by its unit."""
    if is_share(rate.unit):
        return Kind.SHARE
    return Kind.MONEY if isinstance(rate.value, Money) else Kind.NUMBER


def _findings(book: RuleBook, rates: RateBook) -> Iterator[Finding]:
    by_key: dict[str, list[Rate]] = {}
    for rate in rates:
        by_key.setdefault(rate.key, []).append(rate)
    for rule_id in dict.fromkeys(rule.id for rule in book):
        yield from _gaps(book.versions(rule_id))
    for rule in book:
        yield from _folding(rule, book)
        for ask in asks(rule.expression) if rule.expression else ():
            if ask.what in RATE_WORDS:
                yield from _rate(rule, ask, by_key.get(ask.name, []))
            elif ask.what == RULE:
                yield from _asked(rule, ask, book)


def _gaps(versions: Sequence[Rule]) -> Iterator[Finding]:
    for earlier, later in pairwise(versions):
        end = earlier.valid.end
        if end is not None and end < later.valid.start:
            yield Finding(
                later.name,
                f"Der er ingen version fra {day_in_words(end)} til"
                f" {day_in_words(later.valid.start - ONE_DAY)}.",
                "Ret valid_to eller valid_from, så versionerne følger efter hinanden.",
            )


def _folding(rule: Rule, book: RuleBook) -> Iterator[Finding]:
    if not rule.folds or rule.folds == SUM:
        return
    ways = book.versions(rule.folds)
    known = {LARGEST, *DAY_COUNTS}
    strange = [way.value for way in ways if way.value not in known]
    if not ways:
        yield Finding(
            rule.name, f"Der er ingen regel '{rule.folds}' at dele måneden efter.", "Ret folds."
        )
    elif strange:
        yield Finding(
            rule.name,
            f"'{strange[0]}' i {rule.folds} er ingen måde at dele en måned på.",
            f"Brug en af {', '.join(sorted(known))}.",
        )


def _rate(rule: Rule, ask: Ask, rows: Sequence[Rate]) -> Iterator[Finding]:
    if not rows:
        yield Finding(
            rule.name,
            f"Der er ingen sats '{ask.name}' ({ask.place}).",
            "Indlæs satsen, eller ret navnet.",
        )
        return
    kind = kind_of_rate(rows[0])
    if RATE_WORDS[ask.what] is not kind:
        word = next(word for word, each in RATE_WORDS.items() if each is kind)
        yield Finding(
            rule.name,
            f"Satsen '{ask.name}' er {kind} ({rows[0].unit}).",
            f"Skriv {word}.{ask.name}.",
        )


def _asked(rule: Rule, ask: Ask, book: RuleBook) -> Iterator[Finding]:
    asked = book.versions(ask.name)
    uncovered = _uncovered(rule.valid, [each.valid for each in asked])
    if uncovered is not None:
        yield Finding(
            rule.name,
            f"Den spørger {ask.name}, som ikke er i kraft fra {day_in_words(uncovered.start)}.",
            "Lad de to gælde i de samme dage.",
        )
    kind = book.types[ask.name].kind
    loose = [each for each in asked if not each.per_month and not each.folds and not each.value]
    if rule.per_month and kind in {Kind.MONEY, Kind.NUMBER} and loose:
        yield Finding(
            rule.name,
            f"Den er for en måned og spørger {loose[0].name}, som kan skifte i måneden.",
            "Giv den folds eller per: month.",
        )


def _uncovered(period: Period, covers: Sequence[Period]) -> Period | None:
    """Return the first days of a period that none of the others covers."""
    day = period.start
    for cover in sorted(covers):
        if cover.start > day:
            break
        if day in cover:
            if cover.end is None:
                return None
            day = cover.end
    if period.end is not None and day >= period.end:
        return None
    return Period(day, period.end)
