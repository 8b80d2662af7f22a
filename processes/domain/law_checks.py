"""Answers: may this draft of a rate or a rule be sent to a second person? What is wrong, and where.

A draft is kept whatever is in it; here is what stands beside it: each mistake with the field, the
place in a formula, and the way out. Changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import combinations, pairwise

from processes.domain.errors import BrokenStateError, RuleError
from processes.domain.law_changes import (
    FIELDS,
    DraftItem,
    ItemKind,
    Law,
    LawChange,
    LawDraft,
    changes_of,
    day_from,
    days_of,
    rate_fields,
    rule_fields,
    with_draft,
)
from processes.domain.money import Money
from processes.domain.periods import ONE_DAY, Period
from processes.domain.rates import AMOUNTS, Confidence, Rate, RateBook, is_share, rate_from_row
from processes.domain.regulation import regulated
from processes.domain.rules.book import Rule
from processes.domain.rules.language import RATE_WORDS, ExpressionError, asks, parse
from processes.domain.rules.linting import lint
from processes.domain.rules.prose import ACTS, day_in_words

LONGEST_SENTENCE = 40
"""Words of the sentence a citizen reads, before it is said to be long."""
SHORTEST_REASON = 10
SURPRISING_PERCENT = 15
"""A rate that moves more than this is asked about."""
PARAGRAPH = re.compile(r"([A-ZÆØÅ]{2,5}) §{1,2} \d+.*")
PERCENT = 100

FIELD_NAMES = {
    "value": "Værdi",
    "unit": "Enhed",
    "valid_from": "Gælder fra",
    "valid_to": "Gælder til og med",
    "law": "Paragraf",
    "source": "Kilde",
    "confidence": "Sikkerhed",
    "derived": "Offentliggjort eller udledt",
    "label": "Navn",
    "says": "Sætning",
    "expression": "Formel",
    "met": "Siges, når betingelsen er opfyldt",
    "unmet": "Siges, når betingelsen ikke er opfyldt",
    "per": "Spørges for",
    "folds": "Dele af en måned",
    "computed_in": "Regnes i",
    "title": "Kladdens navn",
    "reason": "Begrundelse",
    "stories": "Egne historier",
}
"""What each field is called on the page and in a finding."""


class Level(StrEnum):
    """How serious a finding is (alvor)."""

    ERROR = "fejl"
    WARNING = "advarsel"


@dataclass(frozen=True)
class DraftFinding:
    """Something about a draft that must or should be looked at (fund)."""

    item: int | None
    """Which item, counted from 0; None is the draft as a whole."""
    field: str
    level: Level
    what: str
    way_out: str
    place: str = ""
    """Where in a formula: `linje 2, tegn 12`."""

    def __str__(self) -> str:
        where = f"{FIELD_NAMES.get(self.field, self.field)}: " if self.field else ""
        return f"{where}{self.place + ': ' if self.place else ''}{self.what} {self.way_out}".strip()


@dataclass(frozen=True)
class FieldChange:
    """A field that says something else than what is in force (ændret felt)."""

    field: str
    before: str
    after: str

    @property
    def name(self) -> str:
        """What the field is called."""
        return FIELD_NAMES.get(self.field, self.field)


@dataclass(frozen=True)
class Checked:
    """A draft as it was looked through (kontrolleret kladde)."""

    findings: tuple[DraftFinding, ...]
    changes: tuple[LawChange, ...]
    law: Law | None
    """The law as it would be; None while the draft cannot be read."""

    @property
    def errors(self) -> tuple[DraftFinding, ...]:
        """What must be put right before it can be sent."""
        return tuple(each for each in self.findings if each.level is Level.ERROR)

    def of_item(self, number: int | None) -> tuple[DraftFinding, ...]:
        """Return the findings of one item, or of the draft as a whole."""
        return tuple(each for each in self.findings if each.item == number)


def check(draft: LawDraft, law: Law, *, now: datetime, today: date) -> Checked:
    """Look a draft through against the law in force (kontrollér kladden)."""
    found = [*_of_draft(draft), *_of_items(draft, law, today)]
    changes = changes_of(draft, law, known_from=now)
    as_it_would_be: Law | None = None
    if not any(each.level is Level.ERROR and each.item is not None for each in found):
        try:
            as_it_would_be = with_draft(law, changes, digest=f"{law.digest}+{draft.id}")
        except ExpressionError as error:
            found.append(_of_formula(draft, error))
        except (BrokenStateError, RuleError, ValueError) as error:
            found.append(DraftFinding(None, "", Level.ERROR, str(error), "Ret posterne."))
    if as_it_would_be is not None:
        found += _of_law(draft, law, as_it_would_be)
    order = {Level.ERROR: 0, Level.WARNING: 1}
    found.sort(key=lambda each: (order[each.level], -1 if each.item is None else each.item))
    return Checked(tuple(dict.fromkeys(found)), changes, as_it_would_be)


# ---- the draft as a whole ------------------------------------------------------------------


def _of_draft(draft: LawDraft) -> Iterator[DraftFinding]:
    if not draft.items:
        yield _error(None, "", "Kladden er tom.", "Vælg en sats eller en regel, og ret den.")
    if len(draft.reason.strip()) < SHORTEST_REASON:
        yield _error(
            None, "reason", "Den mangler.",
            "Skriv, hvorfor loven skal ændres her, så den, der godkender, kan se det.",
        )  # fmt: skip
    if not draft.title.strip():
        yield _error(None, "title", "Det mangler.", "Giv kladden et navn.")
    for (one, first), (other, second) in combinations(enumerate(draft.items), 2):
        if (first.kind, first.subject) != (second.kind, second.subject):
            continue
        days, later = days_of(first), days_of(second)
        if days is not None and later is not None and days.clipped(later):
            yield _error(
                other, "valid_from",
                f"{second.subject} står allerede i post {one + 1} i nogle af de samme dage.",
                "Lad de to gælde efter hinanden, eller slet den ene.",
            )  # fmt: skip


def _error(item: int | None, name: str, what: str, way_out: str, place: str = "") -> DraftFinding:
    return DraftFinding(item, name, Level.ERROR, what, way_out, place)


def _warning(item: int | None, name: str, what: str, way_out: str) -> DraftFinding:
    return DraftFinding(item, name, Level.WARNING, what, way_out)


# ---- one item ------------------------------------------------------------------------------


def _of_items(draft: LawDraft, law: Law, today: date) -> Iterator[DraftFinding]:
    for number, item in enumerate(draft.items):
        yield from _days(number, item, today)
        if item.ends:
            yield from _ending(number, item, law)
            continue
        yield from _paragraph(number, item, law)
        yield from _confidence(number, item)
        if item.kind is ItemKind.RATE:
            yield from _rate(number, item, law)
        else:
            yield from _rule(number, item, law)
        if says_the_same(item, law):
            yield _error(
                number, "", f"{item.subject} siger det samme som det, der gælder.",
                "Ret noget, eller tag posten ud af kladden.",
            )  # fmt: skip


def _days(number: int, item: DraftItem, today: date) -> Iterator[DraftFinding]:
    typed_from, typed_to = item.said("valid_from"), item.said("valid_to")
    first, last = day_from(typed_from), day_from(typed_to)
    if first is None:
        yield _error(
            number, "valid_from",
            f"'{typed_from}' er ikke en dag." if typed_from else "Dagen mangler.",
            "Skriv den første dag som 01.04.2026.",
        )  # fmt: skip
    if typed_to and last is None:
        yield _error(
            number, "valid_to", f"'{typed_to}' er ikke en dag.",
            "Skriv den sidste dag som 31.12.2026, eller lad feltet stå tomt.",
        )  # fmt: skip
    if first is not None and last is not None and last < first:
        yield _error(
            number, "valid_to", "Den sidste dag er før den første.", "Byt dem om, eller ret dem."
        )
    if first is not None and first.day != 1:
        yield _warning(
            number, "valid_from", "Den første dag er ikke den første i en måned.",
            "Måneden bliver delt efter dage. Se efter, om loven siger det.",
        )  # fmt: skip
    if first is not None and first < today:
        yield _warning(
            number, "valid_from", f"{day_in_words(first)} er gået.",
            "Måneder, der er udbetalt, skal regnes om. Det vises nedenfor.",
        )  # fmt: skip


def _ending(number: int, item: DraftItem, law: Law) -> Iterator[DraftFinding]:
    days = days_of(item)
    if days is None:
        return
    if not any(days.clipped(each.valid) for each in _rows(item, law)):
        yield _error(
            number, "valid_from",
            f"Intet af {item.subject} gælder fra {day_in_words(days.start)}.",
            "Vælg en dag, hvor den gælder.",
        )  # fmt: skip


def _rows(item: DraftItem, law: Law) -> Sequence[Rate] | Sequence[Rule]:
    if item.kind is ItemKind.RATE:
        return law.rates.of(item.subject)
    return law.rules.versions(item.subject)


def _paragraph(number: int, item: DraftItem, law: Law) -> Iterator[DraftFinding]:
    typed = item.said("law")
    if not typed:
        if any(row.law for row in _rows(item, law)) or not _rows(item, law):
            yield _error(
                number, "law", "Den mangler.",
                "Skriv loven og paragraffen, for eksempel LAS § 16, stk. 1, nr. 1.",
            )  # fmt: skip
        return
    found = PARAGRAPH.fullmatch(typed)
    if found is None:
        yield _error(
            number, "law", f"'{typed}' kan ikke læses som en paragraf.",
            "Skriv lovens bogstaver, § og nummeret: LAS § 17, stk. 2.",
        )  # fmt: skip
    elif found.group(1) not in ACTS:
        yield _error(
            number, "law", f"Loven '{found.group(1)}' kendes ikke.",
            f"Brug en af {', '.join(ACTS)}.",
        )  # fmt: skip


def _confidence(number: int, item: DraftItem) -> Iterator[DraftFinding]:
    typed = item.said("confidence")
    if typed not in set(Confidence):
        yield _error(
            number, "confidence", f"'{typed}' kendes ikke." if typed else "Den mangler.",
            "Vælg høj, mellem eller lav.",
        )  # fmt: skip
    elif typed == Confidence.LOW:
        yield _warning(
            number, "confidence", "Med lav sikkerhed bliver intet udbetalt i drift.",
            "Bekræft teksten i loven, og vælg høj eller mellem.",
        )  # fmt: skip


# ---- a rate --------------------------------------------------------------------------------


def _rate(number: int, item: DraftItem, law: Law) -> Iterator[DraftFinding]:
    rows = law.rates.of(item.subject)
    yield from _unit(number, item, rows)
    if not item.said("source"):
        yield _error(
            number, "source", "Den mangler.", "Skriv, hvor satsen er læst: bekendtgørelse og link."
        )
    made = _read(number, item)
    if isinstance(made, DraftFinding):
        yield made
        return
    if not rows:
        yield _warning(
            number, "", f"Satsen '{item.subject}' er ny, og ingen regel spørger om den endnu.",
            "Se efter, om navnet er skrevet rigtigt.",
        )  # fmt: skip
        return
    yield from _compared(number, made, law)


def _unit(number: int, item: DraftItem, rows: Sequence[Rate]) -> Iterator[DraftFinding]:
    unit = item.said("unit")
    if not unit:
        yield _error(
            number, "unit", "Den mangler.", "Skriv DKK/month, percent of … eller lignende."
        )
    elif rows and unit != rows[-1].unit:
        yield _error(
            number, "unit", f"Satsen står i {rows[-1].unit}, men her står {unit}.",
            "Regn om, eller giv den nye sats et navn for sig.",
        )  # fmt: skip


def _read(number: int, item: DraftItem) -> Rate | DraftFinding:
    typed = item.said("value")
    unit = item.said("unit")
    days = days_of(item)
    example = "12,5" if is_share(unit) else "7.529,00" if unit.startswith(AMOUNTS) else "3"
    if not typed:
        return _error(number, "value", "Den mangler.", f"Skriv den som {example}.")
    row = {**item.fields, "id": f"{item.subject}.1900", "value": typed, "confidence": "hoej"}
    row["valid_from"] = "1900-01-01" if days is None else days.start.isoformat()
    row["valid_to"] = ""
    row.setdefault("derived", "false")
    try:
        made = rate_from_row(row)
    except (RuleError, ValueError):
        return _error(number, "value", f"'{typed}' kan ikke læses.", f"Skriv den som {example}.")
    if made.whole < 0:
        return _error(number, "value", "En sats er ikke under 0.", "Ret tallet.")
    return made if days is None else replace(made, valid=days)


def _compared(number: int, made: Rate, law: Law) -> Iterator[DraftFinding]:
    """Hold a rate against the one before it: what is likely a slip is asked about."""
    before = _before(made, law.rates)
    if before is None:
        return
    if before.derived and not made.derived and made.source == before.source:
        yield _error(
            number, "source", "Kilden er den, satsen blev udledt af.",
            "Skriv, hvor den offentliggjorte sats er læst.",
        )  # fmt: skip
    moved = abs(made.whole - before.whole) * PERCENT
    if before.whole and moved > SURPRISING_PERCENT * before.whole:
        yield _warning(
            number, "value",
            f"Den er {moved // before.whole} procent fra den, der gælder dagen før.",
            "Se efter, om alle cifre er rigtige.",
        )  # fmt: skip
    yield from _regulation(number, made, law)


def _before(made: Rate, rates: RateBook) -> Rate | None:
    """Return what is in force on the same day, or on the day before it."""
    for day in (made.valid.start, made.valid.start - ONE_DAY):
        found = rates.in_force(day).get(made.key)
        if found is not None:
            return found
    return None


def _regulation(number: int, made: Rate, law: Law) -> Iterator[DraftFinding]:
    """Say when a new year's amount is another than this year's regulated (LAS § 109)."""
    first = made.valid.start
    growth = law.rates.in_force(first).get("regulering.las")
    last_year = law.rates.in_force(first - ONE_DAY).get(made.key)
    if (first.month, first.day) != (1, 1) or growth is None or last_year is None:
        return
    if not isinstance(made.value, Money) or not isinstance(last_year.value, Money):
        return
    expected = regulated(last_year.value, growth.ppm)
    if expected != made.value:
        yield _warning(
            number, "value",
            f"Reguleret efter LAS § 109 bliver {last_year.value.danish()} til"
            f" {expected.danish()}.",
            "Sammenlign med kilden. Det offentliggjorte tal gælder.",
        )  # fmt: skip


# ---- a rule --------------------------------------------------------------------------------


def _rule(number: int, item: DraftItem, law: Law) -> Iterator[DraftFinding]:
    for name, missing in (
        ("label", ("Det mangler.", "Skriv, hvad reglens værdi hedder i et brev.")),
        ("says", ("Den mangler.", "Skriv reglen i én sætning, som borgeren kan læse.")),
    ):
        if not item.said(name):
            yield _error(number, name, *missing)
    words = len(item.said("says").split())
    if words > LONGEST_SENTENCE:
        yield _warning(
            number, "says", f"Den er på {words} ord.",
            f"Skriv den på højst {LONGEST_SENTENCE}, så den kan læses højt.",
        )  # fmt: skip
    text, choice = item.said("expression"), item.said("value")
    if text and choice:
        yield _error(
            number, "expression", "En regel har en formel eller et ord, ikke begge.",
            "Slet det ene.",
        )  # fmt: skip
    elif not text and not choice and not item.said("computed_in"):
        yield _error(
            number, "expression", "Reglen har ingen formel.", "Skriv den; se docs/rules.md."
        )
    elif text:
        yield from _formula(number, text)
    for name in ("met", "unmet"):
        yield from _named(number, name, item, text)


def _formula(number: int, text: str) -> Iterator[DraftFinding]:
    try:
        parse(text)
    except ExpressionError as error:
        yield _error(number, "expression", error.what, error.way_out, str(error.place or ""))


def _named(number: int, name: str, item: DraftItem, text: str) -> Iterator[DraftFinding]:
    """Look that each `{…}` of a sentence names something the formula asks."""
    wanted = re.findall(r"\{([^}]+)\}", item.said(name))
    if not wanted:
        return
    try:
        asked = {each.name for each in asks(parse(text))} if text else set()
    except ExpressionError:
        return
    strange = [each for each in wanted if each not in asked]
    if strange:
        yield _warning(
            number, name, f"Formlen spørger ikke selv om '{strange[0]}'.",
            "Den vises, hvis en af de regler, den spørger, gør. Ellers står der “ved ikke”.",
        )  # fmt: skip


def _of_formula(draft: LawDraft, error: ExpressionError) -> DraftFinding:
    """Put what the rule book says at the item it is about, when it is one of the draft's."""
    rule_id = error.rule.partition("@")[0]
    for number, item in enumerate(draft.items):
        if item.kind is ItemKind.RULE and item.subject == rule_id:
            return _error(number, "expression", error.what, error.way_out, str(error.place or ""))
    about = f"Reglen {error.rule}: " if error.rule else ""
    return _error(None, "", f"{about}{error.what}", error.way_out, str(error.place or ""))


# ---- the law as it would be ----------------------------------------------------------------


def _of_law(draft: LawDraft, law: Law, would_be: Law) -> Iterator[DraftFinding]:
    numbers = {item.subject: number for number, item in reversed(list(enumerate(draft.items)))}
    known = {(each.rule, each.what) for each in lint(law.rules, law.rates)}
    for each in lint(would_be.rules, would_be.rates):
        if (each.rule, each.what) not in known:
            rule_id = each.rule.partition("@")[0]
            about = "" if rule_id in numbers else f"Reglen {each.rule}: "
            yield _error(
                numbers.get(rule_id), "expression" if rule_id in numbers else "",
                f"{about}{each.what}", each.way_out,
            )  # fmt: skip
    for number, item in enumerate(draft.items):
        if item.kind is ItemKind.RATE and item.ends:
            yield from _asked_for(number, item, would_be)
        elif item.kind is ItemKind.RATE:
            yield from _holes(number, item, law, would_be)
        yield from _displaced(number, item, law)


def _holes(number: int, item: DraftItem, law: Law, would_be: Law) -> Iterator[DraftFinding]:
    """Look for days that had a rate, or lie between two, and would have none."""
    before, after = law.rates.of(item.subject), would_be.rates.of(item.subject)
    gaps = [
        Period(earlier.valid.end, later.valid.start)
        for earlier, later in pairwise(after)
        if earlier.valid.end is not None and earlier.valid.end < later.valid.start
    ]
    old = {
        (earlier.valid.end, later.valid.start)
        for earlier, later in pairwise(before)
        if earlier.valid.end is not None and earlier.valid.end < later.valid.start
    }
    for gap in gaps:
        if (gap.start, gap.end) in old:
            continue
        last = gap.start if gap.end is None else gap.end - ONE_DAY
        yield _error(
            number, "valid_from",
            f"Der ville ingen sats være fra {day_in_words(gap.start)} til {day_in_words(last)}.",
            "Ret dagene, så satserne følger efter hinanden.",
        )  # fmt: skip
    yield from _lost_end(number, before, after)


def _lost_end(number: int, before: Sequence[Rate], after: Sequence[Rate]) -> Iterator[DraftFinding]:
    if not before or not after:
        return
    was, now = before[-1].valid.end, after[-1].valid.end
    if now is not None and (was is None or now < was):
        yield _error(
            number, "valid_to",
            f"Fra {day_in_words(now)} ville der ingen sats være, hvor der er en i dag.",
            "Lad den gælde lige så længe, eller skriv en post til for dagene efter.",
        )  # fmt: skip


def _asked_for(number: int, item: DraftItem, would_be: Law) -> Iterator[DraftFinding]:
    days = days_of(item)
    if days is None:
        return
    users = [
        rule.name
        for rule in would_be.rules
        if rule.expression is not None
        and rule.valid.clipped(days)
        and any(
            ask.what in RATE_WORDS and ask.name == item.subject for ask in asks(rule.expression)
        )
    ]
    if users:
        yield _error(
            number, "", f"Reglen {users[0]} spørger stadig om satsen.",
            "Ret reglen i samme kladde, eller lad satsen gælde.",
        )  # fmt: skip


def _displaced(number: int, item: DraftItem, law: Law) -> Iterator[DraftFinding]:
    """Say which later rows a change takes the place of, too."""
    days = days_of(item)
    if days is None:
        return
    later = [
        row for row in _rows(item, law) if row.valid.start > days.start and days.clipped(row.valid)
    ]
    if later:
        yield _warning(
            number, "valid_to",
            f"Den træder også i stedet for det, der gælder fra"
            f" {day_in_words(later[0].valid.start)}.",
            "Skriv en sidste dag, hvis det ikke er meningen.",
        )  # fmt: skip


# ---- what is another than now --------------------------------------------------------------


def field_changes(item: DraftItem, law: Law) -> tuple[FieldChange, ...]:
    """Return what an item changes in what is in force on its first day, field by field."""
    days = days_of(item)
    before = {} if days is None else fields_in_force(item.kind, item.subject, days.start, law)
    if item.ends:
        return tuple(
            FieldChange(name, text, "")
            for name, text in before.items()
            if text and name in {"value", "label", "law", "expression"}
        )
    found = []
    for name in FIELDS[item.kind]:
        if name in {"valid_from", "valid_to", "computed_in"}:
            continue
        was, now = before.get(name, "").strip(), item.said(name)
        if _plain(name, was, item.kind) != _plain(name, now, item.kind):
            found.append(FieldChange(name, was, now))
    return tuple(found)


def says_the_same(item: DraftItem, law: Law) -> bool:
    """Tell whether an item changes nothing: what is in force says it, on all of its days."""
    days = days_of(item)
    if days is None or item.ends or field_changes(item, law):
        return False
    row = next((row for row in _rows(item, law) if days.start in row.valid), None)
    return row is not None and row.valid.covers(days)


def fields_in_force(kind: ItemKind, subject: str, day: date, law: Law) -> Mapping[str, str]:
    """Return what is in force on a day, each field as people type it; nothing when none is."""
    if kind is ItemKind.RATE:
        rate = law.rates.in_force(day).get(subject)
        return {} if rate is None else rate_fields(rate)
    usable = law.rules.in_force(day).get(subject)
    return {} if usable is None else rule_fields(usable.rule)


def _plain(name: str, text: str, kind: ItemKind) -> str:
    """Return a text so that two ways of typing the same are the same."""
    if name == "value" and kind is ItemKind.RATE:
        try:
            return str(Money.kroner(text).oere) if text else ""
        except RuleError:
            return text
    return " ".join(text.split())
