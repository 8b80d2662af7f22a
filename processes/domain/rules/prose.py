"""Answers: how is a value or a tree said to people? Words only; knows no markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from processes.domain.facts import VALUE_WORDS
from processes.domain.money import Money
from processes.domain.periods import ONE_DAY, Month, Period
from processes.domain.rates import Confidence
from processes.domain.rules.trace import Node, NodeValue

MONTHS = (
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
)

ACTS = {
    "LAS": "lov om aktiv socialpolitik",
    "RSL": "lov om retssikkerhed og administration på det sociale område",
    "FVL": "forvaltningsloven",
    "KSL": "kildeskatteloven",
    "LSP": "lov om social pension",
    "SEL": "serviceloven",
    "BL": "barnets lov",
    "PSL": "personskatteloven",
}
"""The acts by the letters the rules and rates call them."""

WORDS = {
    **VALUE_WORDS,
    "mindstesats": "mindstesatsen",
    "grundsats": "grundsatsen",
    "forhoejet_sats": "den forhøjede sats",
    "hjemmeboende": "satsen for hjemmeboende under 30 år",
    "hovedkort": "hovedkort",
    "bikort": "bikort",
    "frikort": "frikort",
    "kalenderdage": "kalenderdage",
    "fem_dages_uge_260": "hverdage, 260 om året",
    "stoerste": "helt, og det største beløb",
    "kun_aftalt": "kun aftalt ferie",
    "ingen_egen_hjaelp": "ingen hjælp regnet for ægtefællen",
    "som_om_hjaelp": "den hjælp, ægtefællen kunne have fået",
    "helt": "helt",
    "ingen_skat": "ingen skat",
}


@dataclass(frozen=True)
class ProseLine:
    """One line of an explanation that can be read aloud (forklaringslinje)."""

    depth: int
    text: str
    law: str
    source: str
    provisional: bool
    """Rests on a rate or rule that somebody must confirm before it is used for real."""
    mark: str = ""
    """What to show beside it: `demosats`, `ikke bekræftet`, or nothing."""
    label: str = ""
    """What it is, when the value stands in a column of its own."""
    value: str = ""
    why: str = ""
    """What a rule does, in a sentence or two; empty for facts and rates."""


UNCONFIRMED = "ikke bekræftet"
"""The mark of what rests on a rate or reading of low confidence."""
DERIVED = "demosats"
"""The mark of what rests on a rate we worked out ourselves."""


def mark_of(node: Node) -> str:
    """Return the mark a value is shown with; the weaker ground counts."""
    if node.confidence is Confidence.LOW:
        return UNCONFIRMED
    return DERIVED if node.derived else ""


def month_in_words(month: Month) -> str:
    """Write a month: `marts 2026`."""
    return f"{MONTHS[month.number - 1]} {month.year}"


def day_in_words(day: date) -> str:
    """Write a day: `1. marts 2026`."""
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"


def days_in_words(days: Period) -> str:
    """Write the days of a period, the last one included.

    >>> days_in_words(Period(date(2026, 3, 16), date(2026, 4, 1)))
    '16.–31. marts 2026'
    """
    if days.end is None:
        return f"fra {day_in_words(days.start)}"
    last = days.end - ONE_DAY
    if last == days.start:
        return day_in_words(last)
    if (last.year, last.month) == (days.start.year, days.start.month):
        return f"{days.start.day}.–{day_in_words(last)}"
    return f"{day_in_words(days.start)} – {day_in_words(last)}"


def law_in_words(law: str) -> str:
    """Write a paragraph with the name of its act.

    >>> law_in_words("LAS § 17")
    'lov om aktiv socialpolitik §\\xa017'
    """
    act, _, rest = law.partition(" ")
    return _unbroken(f"{ACTS.get(act, act)} {rest}".strip())


def paragraph_of(law: str) -> str:
    """Write a paragraph without its act: `§ 17`."""
    return _unbroken(law.partition(" ")[2])


def _unbroken(law: str) -> str:
    """Keep each number on the line of its sign."""
    for sign in ("§ ", "stk. ", "nr. "):
        law = law.replace(sign, sign.replace(" ", "\u00a0"))
    return law


def laws_in_words(laws: Iterable[str]) -> str:
    """Write several paragraphs, each act named once.

    >>> laws_in_words(["LAS § 16, stk. 2", "LAS § 17"])
    'lov om aktiv socialpolitik §\\xa016, stk.\\xa02; §\\xa017'
    """
    by_act: dict[str, list[str]] = {}
    for law in dict.fromkeys(laws):
        by_act.setdefault(law.partition(" ")[0], []).append(paragraph_of(law))
    return " og ".join(
        f"{ACTS.get(act, act)} {'; '.join(paragraphs)}" for act, paragraphs in by_act.items()
    )


def in_words(value: NodeValue) -> str:
    """Write a value for people; what is unknown is said, never zero."""
    match value:
        case None:
            return "ved ikke"
        case bool():
            return "ja" if value else "nej"
        case Money():
            return value.danish()
        case date():
            return f"{value:%d.%m.%Y}"
        case str():
            return WORDS.get(value, value)
        case _:
            return str(value)


def percent_in_words(ppm: int) -> str:
    """Write a share: `37 %`."""
    percent = Decimal(ppm) / 10_000
    return f"{percent.normalize():f}".replace(".", ",") + "\u00a0%"


def spoken(node: Node, depth: int = 0) -> tuple[ProseLine, ...]:
    """Say a tree in Danish, depth first: what it is, how much, and on what ground."""
    return tuple(_lines(node, depth))


def _lines(node: Node, depth: int) -> Iterator[ProseLine]:
    yield ProseLine(
        depth,
        _sentence(node),
        law_in_words(node.law) if node.law else "",
        node.source if node.kind != "rule" else "",
        node.is_provisional,
        mark_of(node),
        node.label,
        in_words(node.value),
        node.source if node.kind == "rule" else "",
    )
    for child in node.inputs:
        yield from _lines(child, depth + 1)


def _sentence(node: Node) -> str:
    said = f"{node.label}: {in_words(node.value)}"
    if node.kind == "rate":
        return f"{said} (sats)"
    if node.kind == "fact":
        return f"{said} (kilde: {node.source})"
    return f"{said if said.endswith('.') else said + '.'} {node.source}".strip()
