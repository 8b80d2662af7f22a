"""Answers: does a story give what it says it must? Each difference, expected and found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from processes.domain.benefits.situations import Situation
from processes.domain.calculation import Calculation, Outcome, PersonMonth
from processes.domain.money import Money
from processes.domain.rules.prose import month_in_words

OUTCOMES = {
    "bevilget": "bevilget",
    "delvis": "delvis bevilget",
    "afslag": "afslag",
    "ukendt": "kan ikke afgøres endnu",
}
"""What each outcome is called."""
NOT_KNOWN = "kan ikke beregnes"
OF_A_STORY = frozenset({"outcome", "lines", "missing", "unmet", "unconfirmed"})
"""What `expect` may name besides its persons."""


@dataclass(frozen=True)
class Mismatch:
    """One thing a story did not give (afvigelse)."""

    what: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.what}: forventet {self.expected}, fik {self.found}".removesuffix(".") + "."


def mismatches(situation: Situation, calculation: Calculation) -> tuple[Mismatch, ...]:
    """Return everything that came out otherwise than the story says (historiens afvigelser)."""
    return tuple(_all(situation.expect, calculation))


def _all(expect: Mapping[str, object], calculation: Calculation) -> Iterator[Mismatch]:
    outcome = str(calculation.outcome)
    if "outcome" in expect and outcome != expect["outcome"]:
        said = str(expect["outcome"])
        yield Mismatch("Udfald", OUTCOMES.get(said, said), OUTCOMES.get(outcome, outcome))
    for party_id in calculation.party_ids:
        if party_id in expect:
            yield from _amounts(party_id, expect[party_id], calculation.of(party_id))
    first = calculation.months[0] if calculation.months else None
    if first is not None:
        yield from _lines(_mapping(expect.get("lines")), first)
    if "missing" in expect or outcome != Outcome.UNKNOWN:
        yield from _words(
            "Mangler", expect.get("missing"), {each.what for each in calculation.missing}
        )
    if "unmet" in expect and first is not None:
        yield from _words(
            "Ikke opfyldt", expect["unmet"], {each.key for each in first.refused_because}
        )
    if "unconfirmed" in expect:
        unsure = {rule.id.partition("@")[0] for rule in calculation.provisional_rules}
        yield from _words("Ikke bekræftede regler", expect["unconfirmed"], unsure)


def _amounts(
    party_id: str, said: object, months: tuple[PersonMonth, ...] | list[PersonMonth]
) -> Iterator[Mismatch]:
    wanted = said if isinstance(said, list) else [said]
    for number, month in enumerate(months):
        expected = _money(wanted[number]) if number < len(wanted) else None
        if number < len(wanted) and expected == month.gross:
            continue
        what = f"{party_id.capitalize()}, {month_in_words(month.month)}"
        there = _said(expected) if number < len(wanted) else "intet"
        yield Mismatch(what, there, _said(month.gross))
    if len(wanted) > len(months):
        yield Mismatch(party_id.capitalize(), f"{len(wanted)} måneder", f"{len(months)} måneder")


def _lines(said: Mapping[str, object], month: PersonMonth) -> Iterator[Mismatch]:
    lines = {line.label if line.days else line.key: line.amount for line in month.lines}
    for key, amount in said.items():
        expected = _money(amount)
        if lines.get(key) != expected:
            found = "ingen linje" if key not in lines else _said(lines[key])
            yield Mismatch(f"Linjen {key}", _said(expected), found)


def _words(what: str, said: object, found: set[str]) -> Iterator[Mismatch]:
    wanted = {str(each) for each in said} if isinstance(said, list) else set()
    if wanted != found:
        yield Mismatch(what, _joined(wanted), _joined(found))


def _joined(words: set[str]) -> str:
    return ", ".join(sorted(words)) or "intet"


def _money(said: object) -> Money | None:
    return None if said is None else Money.kroner(str(said))


def _said(amount: Money | None) -> str:
    return NOT_KNOWN if amount is None else amount.danish()


def _mapping(said: object) -> Mapping[str, object]:
    return said if isinstance(said, Mapping) else {}
