"""Answers: what must the reader of a calculation of kontanthjælp know besides the amounts?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from processes.domain.benefits.cash_assistance_rules import YOUTH_ENDS
from processes.domain.calculation import (
    DEMO_NOTE,
    DESK_NOTE,
    UNCONFIRMED_NOTE,
    Calculation,
    ConditionOutcome,
    PersonMonth,
)
from processes.domain.facts import FACT_LABELS, MONTHLY_KINDS
from processes.domain.money import Money
from processes.domain.periods import ONE_DAY, Month
from processes.domain.rules.prose import day_in_words, days_in_words, in_words, law_in_words

TRANSITION_ENDS = date(2027, 7, 1)
"""The temporary transition supplement (tilpasningstillæg) lapses."""

_INCOMES = {FACT_LABELS[kind] for kind in MONTHLY_KINDS}


def notes_of(calculation: Calculation, *, start: date, until: date | None) -> tuple[str, ...]:
    """Return the notes of a calculation, once each (bemærkninger)."""
    return tuple(dict.fromkeys(_notes(calculation, start, until)))


def _notes(calculation: Calculation, start: date, until: date | None) -> Iterator[str]:
    if not calculation.months:
        yield "Der er ingen måneder at beregne."
    rates = calculation.provisional_rates
    if rates:
        listed = "; ".join(f"{rate.label} {in_words(rate.value)}" for rate in rates)
        yield (
            f"{DEMO_NOTE}: {listed}. De er beregnet og ikke fundet offentliggjort,"
            " og de må ikke udbetales i drift, før en anden har bekræftet dem."
        )
    for rule in calculation.provisional_rules:
        law = f" ({law_in_words(rule.law)})" if rule.law else ""
        yield f"{UNCONFIRMED_NOTE}: {rule.label}, {in_words(rule.value)}{law}. {rule.source}"
    if until is not None:
        yield f"{DESK_NOTE}: Hjælpen er beregnet til og med den {day_in_words(until - ONE_DAY)}."
    for person_month in calculation.months:
        yield from _part(person_month, start)
        yield from _not_yet(person_month)


def _part(person_month: PersonMonth, start: date) -> Iterator[str]:
    if person_month.is_part:
        days = " og ".join(days_in_words(each) for each in person_month.help_periods)
        yield f"{DESK_NOTE}: Hjælpen er beregnet for en del af en måned: {days}."
    begins_inside = Month.of(start) == person_month.month and start != person_month.month.first_day
    if begins_inside and any(
        node.kind == "fact" and node.label in _INCOMES and isinstance(node.value, Money)
        for line in person_month.lines
        for node in line.explanation.walk()
        if node.value
    ):
        yield (
            f"{DESK_NOTE}: Indtægt, der er udbetalt før den {day_in_words(start)}, regnes ikke med."
            " Se efter, at månedens indtægt er uden den."
        )


def _not_yet(person_month: PersonMonth) -> Iterator[str]:
    """Name what the law gives and these rules do not calculate yet, where it could matter."""
    if not person_month.lines:
        return
    sentence = "er ikke beregnet endnu og skal vurderes særskilt."
    keys = {line.key for line in person_month.lines}
    age = _found(person_month.conditions, "kh.alder@")
    in_window = person_month.month.first_day < TRANSITION_ENDS
    if "grundsats" in keys and isinstance(age, int) and age < YOUTH_ENDS and in_window:
        yield f"Midlertidigt tilpasningstillæg ({law_in_words('LAS § 20')}) {sentence}"
    if "boernetillaeg" in keys:
        yield f"Fritidstillæg, som tidligst kan gives efter tre måneder i træk, {sentence}"


def _found(conditions: Sequence[ConditionOutcome], rule: str) -> object:
    nodes = (node for condition in conditions for node in condition.explanation.walk())
    return next((node.value for node in nodes if node.id.startswith(rule)), None)
