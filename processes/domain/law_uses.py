"""Answers: what uses a rate or a rule – which rules, which benefits, which part of the payment?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from processes.domain.benefits.cash_assistance import BENEFIT, CONDITIONS, HOLIDAY, NEED
from processes.domain.benefits.single import Benefit
from processes.domain.law_changes import ItemKind, Law
from processes.domain.rules.book import Rule
from processes.domain.rules.language import FACT, RATE_WORDS, RULE, asks

Subject = tuple[ItemKind, str]

AREAS: tuple[tuple[str, str], ...] = (
    ("kh.engangshjaelp", "Engangshjælp"),
    ("engangshjaelp.", "Engangshjælp"),
    ("tilpasningstillaeg.", "Midlertidigt tilpasningstillæg"),
    ("kh.fritidstillaeg", "Fritidstillæg"),
    ("kh.tilpasningstillaeg", "Midlertidigt tilpasningstillæg"),
    ("kh_pre.", "Hjælp før 1. juli 2025"),
    ("uh_pre.", "Hjælp før 1. juli 2025"),
    ("sho.", "Hjælp før 1. juli 2025"),
    ("loft.", "Hjælp før 1. juli 2025"),
    ("foer.", "Hjælp før 1. juli 2025"),
    ("timefradrag.", "Hjælp før 1. juli 2025"),
    ("kh.", "Kontanthjælp"),
    ("formue.", "Kontanthjælp"),
    ("fribeloeb.", "Kontanthjælp"),
    ("beskaeftigelseskrav.", "Kontanthjælp"),
    ("opholdskrav.", "Kontanthjælp"),
    ("timeregel.", "225-timersreglen"),
    ("saerlig_stoette.", "Særlig støtte"),
    ("enkeltydelser.", "Enkeltydelser"),
    ("helbredstillaeg.", "Pensionisters tillæg"),
    ("tillaegsprocent.", "Pensionisters tillæg"),
    ("pension.", "Pensionisters tillæg"),
    ("sel100.", "Merudgifter og tabt løn"),
    ("kompensationsydelse.", "Merudgifter og tabt løn"),
    ("bl8", "Merudgifter og tabt løn"),
    ("merudgift.", "Merudgifter og tabt løn"),
    ("tabt_arbejdsfortjeneste.", "Merudgifter og tabt løn"),
    ("sanktion.", "Sanktioner"),
    ("atp.", "Skat, ATP og pension"),
    ("obligatorisk_pension", "Skat, ATP og pension"),
    ("bidrag.", "Skat, ATP og pension"),
    ("betaling.", "Skat, ATP og pension"),
    ("tilbagebetaling.", "Tilbagebetaling"),
    ("refusion.", "Refusion fra staten"),
    ("regulering.", "Årets regulering"),
)
"""Where a rate or a rule belongs, by how its name begins; the first that fits."""
ELSEWHERE = "Andet"
STEPS = {
    "Sanktioner": "Sanktioner: hvor meget der trækkes",
    "Skat, ATP og pension": "Udbetalingen: fra hjælp før skat til penge på kontoen",
    "Tilbagebetaling": "Krav om tilbagebetaling",
    "Refusion fra staten": "Refusion: hvad staten betaler",
    "Årets regulering": "Kontrollen af næste års satser",
    "225-timersreglen": "225-timersreglen: tælling af timer og måneder",
    "Engangshjælp": "Engangshjælp samme dag",
}
"""What asks rates and rules besides other rules, by where they belong."""


def area_of(subject: str) -> str:
    """Return where a rate or a rule belongs (område)."""
    return next((name for begins, name in AREAS if subject.startswith(begins)), ELSEWHERE)


@dataclass(frozen=True)
class Uses:
    """Who asks what (brug)."""

    asked_by: Mapping[Subject, tuple[str, ...]]
    """The rules that ask a rate or a rule, by id."""
    asks: Mapping[str, tuple[Subject, ...]]
    """The rates and rules a rule asks."""
    facts: Mapping[str, tuple[str, ...]]
    """The facts a rule asks."""
    reach: Mapping[str, frozenset[Subject]]
    """Everything a benefit rests on, by benefit."""

    def benefits(self, subjects: Iterable[Subject]) -> tuple[str, ...]:
        """Return the benefits that rest on any of these."""
        wanted = set(subjects)
        return tuple(benefit for benefit, rests in self.reach.items() if rests & wanted)


def roots(benefits: Mapping[str, Benefit]) -> dict[str, tuple[str, ...]]:
    """Return the rules each benefit begins with: its conditions, then its amount."""
    made: dict[str, tuple[str, ...]] = {BENEFIT: (*CONDITIONS, HOLIDAY, NEED, "kh.hjaelp")}
    for benefit in benefits.values():
        made[benefit.id] = (*benefit.conditions, benefit.amount)
    return made


def uses(law: Law, benefits: Mapping[str, Benefit]) -> Uses:
    """Work out who asks what, all versions of a rule taken together."""
    asked: dict[str, dict[Subject, None]] = {}
    facts: dict[str, dict[str, None]] = {}
    for rule in law.rules:
        asked.setdefault(rule.id, {}).update(dict.fromkeys(asked_of(rule, law)))
        facts.setdefault(rule.id, {}).update(dict.fromkeys(facts_of(rule)))
    asked_by: dict[Subject, list[str]] = {}
    for rule_id, subjects in asked.items():
        for subject in subjects:
            asked_by.setdefault(subject, []).append(rule_id)
    return Uses(
        {subject: tuple(rules) for subject, rules in asked_by.items()},
        {rule_id: tuple(subjects) for rule_id, subjects in asked.items()},
        {rule_id: tuple(told) for rule_id, told in facts.items()},
        {benefit: _reach(begins, asked) for benefit, begins in roots(benefits).items()},
    )


def asked_of(rule: Rule, law: Law) -> Iterator[Subject]:
    """Yield the rates and rules one version of a rule asks."""
    for ask in asks(rule.expression) if rule.expression is not None else ():
        if ask.what in RATE_WORDS:
            yield ItemKind.RATE, ask.name
        elif ask.what == RULE:
            yield ItemKind.RULE, ask.name
    if rule.folds and law.rules.versions(rule.folds):
        yield ItemKind.RULE, rule.folds


def facts_of(rule: Rule) -> Iterator[str]:
    """Yield the facts one version of a rule asks."""
    for ask in asks(rule.expression) if rule.expression is not None else ():
        if ask.what == FACT:
            yield ask.name


def _reach(
    begins: Sequence[str], asked: Mapping[str, Mapping[Subject, None]]
) -> frozenset[Subject]:
    found: set[Subject] = set()
    waiting: list[Subject] = [(ItemKind.RULE, each) for each in begins]
    while waiting:
        subject = waiting.pop()
        if subject not in found:
            found.add(subject)
            if subject[0] is ItemKind.RULE:
                waiting += asked.get(subject[1], {})
    return frozenset(found)
