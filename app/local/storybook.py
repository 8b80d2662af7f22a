"""Answers: what does a story say, before anybody plays it?

A story (fortælling) is YAML in Danish that a lawyer can read and correct: who applies, what
happens, what each person answers, and what must come out. A word that nobody knows is refused.
Knows nothing of the core: `app.local.player` plays what is read here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from processes.domain.errors import RuleError
from processes.domain.facts import FACT_LABELS, FactKind, FactValue
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.rules.prose import MONTHS

DENMARK = ZoneInfo("Europe/Copenhagen")
FOLDER = Path(__file__).parent / "stories"
USUAL_ANSWERS = Path(__file__).parent / "usual_answers.yaml"
"""What a caseworker finds when a story does not say otherwise."""

KINDS = {label: kind for kind, label in FACT_LABELS.items()}
NUMBERS = {FactKind.CHILDREN_AT_HOME, FactKind.TAX_CARD_RATE}
AMOUNTS = {
    FactKind.WEALTH,
    FactKind.WORK_INCOME,
    FactKind.OTHER_INCOME,
    FactKind.TAX_CARD_DEDUCTION,
}
WORDS = {FactKind.MARITAL_STATUS, FactKind.SOCIAL_EVENT, FactKind.TAX_CARD_KIND}
DAYS = {FactKind.BIRTH_DATE, FactKind.DEAD, FactKind.EMIGRATED}
YES_NO = {"ja": True, "nej": False}
APPLICANT, SPOUSE = "ansøger", "ægtefælle"
PEOPLE = (APPLICANT, SPOUSE)
"""How a story calls the adults of a case."""

Answers = Mapping[str, Mapping[FactKind, FactValue]]
"""Facts by the person they are about: `ansøger`, `ægtefælle`."""


class StoryError(Exception):
    """A story says something nobody understands, or something that cannot happen."""


@dataclass(frozen=True)
class Happening:
    """One thing that happens (hændelse): a known phrase and what goes with it."""

    phrase: str
    details: Mapping[str, Any]
    text: str
    """What stands after the colon when it is words only."""


@dataclass(frozen=True)
class ExpectedMonth:
    """What one person must get for one month (ventet beløb)."""

    person: str
    month: Month
    lines: Mapping[str, Money]
    """By the line's Danish label; in the order of the story."""
    gross: Money
    tax: Money | None
    """None when nothing must be paid."""
    net: Money | None


@dataclass(frozen=True)
class ExpectedHelp:
    """What must be paid as immediate help (ventet engangshjælp), and when it must be there."""

    gross: Money
    net: Money
    on: date


@dataclass(frozen=True)
class ExpectedSource:
    """Where a fact must be said to come from (ventet kilde)."""

    person: str
    kind: FactKind
    name: str
    """`CPR`, `eIndkomst`, or the person who typed it in."""
    evidence: str
    """Words that must stand in the evidence; empty when a register said it."""


@dataclass(frozen=True)
class ExpectedLetter:
    """A letter that must have been delivered (ventet brev)."""

    person: str
    title: str
    channel: str


@dataclass(frozen=True)
class Ending:
    """What must come out (slutning)."""

    outcome: str
    because: tuple[str, ...]
    """Labels of the conditions that must be the ones not met."""
    months: tuple[ExpectedMonth, ...]
    letters: tuple[ExpectedLetter, ...]
    sources: tuple[ExpectedSource, ...]
    notes: tuple[str, ...]
    """Words that must stand in the journal."""
    protected: bool
    help_now: ExpectedHelp | None
    """Help until the first payment; None when none must be paid."""
    reasoning: str
    """Why the author expects this: the sum worked out by hand, and the source of each figure."""


@dataclass(frozen=True)
class Story:
    """One story (fortælling)."""

    name: str
    """The file's name without its ending."""
    title: str
    shows: str
    citizen: str
    """The applicant's key in the demo municipality."""
    starts_at: datetime
    answers: Mapping[str, str]
    """Changes to the application that lies ready, by its own field names."""
    happenings: tuple[Happening, ...]
    ending: Ending


def names() -> list[str]:
    """Return the stories there are, in the order they are told."""
    return sorted(file.stem for file in FOLDER.glob("*.yaml"))


def load(name: str) -> Story:
    """Read one story."""
    return read(name, (FOLDER / f"{name}.yaml").read_text("utf-8"))


def read(name: str, text: str) -> Story:
    """Read a story from its text; `StoryError` says what is not understood, and where."""
    try:
        return _story(name, yaml.safe_load(text))
    except (StoryError, RuleError) as error:
        raise StoryError(str(error)) from error


def usual_answers() -> Answers:
    """Return what a caseworker finds when a story does not say otherwise."""
    source = yaml.safe_load(USUAL_ANSWERS.read_text("utf-8"))
    return facts_by_person(source, of="de sædvanlige svar")


# ---- the parts of a story -----------------------------------------------------------------------


def _story(name: str, source: Mapping[str, Any]) -> Story:
    must = ("titel", "viser", "borger", "begynder", "sker", "ender")
    known(source, must=must, may=("ansøgningen siger",), of="fortællingen")
    return Story(
        name=name,
        title=source["titel"],
        shows=" ".join(source["viser"].split()),
        citizen=source["borger"],
        starts_at=_moment(source["begynder"]),
        answers={key: str(value) for key, value in source.get("ansøgningen siger", {}).items()},
        happenings=tuple(_happening(each) for each in source["sker"]),
        ending=_ending(source["ender"]),
    )


def _happening(source: object) -> Happening:
    if isinstance(source, str):
        return Happening(source, {}, "")
    if not isinstance(source, dict) or len(source) != 1:
        raise StoryError(f"hver hændelse er én sætning, ikke {source!r}")
    ((phrase, said),) = source.items()
    if isinstance(said, dict):
        return Happening(phrase, said, "")
    return Happening(phrase, {}, " ".join(str(said).split()))


def _ending(source: Mapping[str, Any]) -> Ending:
    may = ("fordi", "beløb", "engangshjælp", "kilder", "i journalen", "beskyttet")
    known(source, must=("afgørelse", "breve", "begrundelse"), may=may, of="ender")
    return Ending(
        outcome=source["afgørelse"],
        because=tuple(source.get("fordi", ())),
        months=tuple(_month(each) for each in source.get("beløb", ())),
        letters=tuple(_letter(each) for each in source["breve"]),
        sources=tuple(_source(each) for each in source.get("kilder", ())),
        notes=tuple(source.get("i journalen", ())),
        protected=yes_or_no(source.get("beskyttet", "nej")),
        help_now=_help(source["engangshjælp"]) if "engangshjælp" in source else None,
        reasoning=" ".join(source["begrundelse"].split()),
    )


def _help(source: Mapping[str, Any]) -> ExpectedHelp:
    known(source, must=("før skat", "til udbetaling", "til disposition"), of="engangshjælp")
    return ExpectedHelp(
        gross=Money.kroner(source["før skat"]),
        net=Money.kroner(source["til udbetaling"]),
        on=day(source["til disposition"]),
    )


def _month(source: Mapping[str, Any]) -> ExpectedMonth:
    may = ("skat", "til udbetaling")
    known(source, must=("til", "måned", "linjer", "før skat"), may=may, of="beløb")
    return ExpectedMonth(
        person=_person(source["til"]),
        month=_named_month(source["måned"]),
        lines={label: Money.kroner(amount) for label, amount in source["linjer"].items()},
        gross=Money.kroner(source["før skat"]),
        tax=Money.kroner(source["skat"]) if "skat" in source else None,
        net=Money.kroner(source["til udbetaling"]) if "til udbetaling" in source else None,
    )


def _letter(source: Mapping[str, Any]) -> ExpectedLetter:
    known(source, must=("til", "brev", "sendt som"), of="breve")
    channel = {"Digital Post": "digital_post", "papir": "fysisk_post"}.get(source["sendt som"])
    if channel is None:
        raise StoryError(f"'{source['sendt som']}' er hverken Digital Post eller papir")
    return ExpectedLetter(_person(source["til"]), source["brev"], channel)


def _source(source: Mapping[str, Any]) -> ExpectedSource:
    known(source, must=("om", "oplysning", "kommer fra"), may=("dokumentation",), of="kilder")
    return ExpectedSource(
        _person(source["om"]),
        fact_kind(source["oplysning"]),
        source["kommer fra"],
        source.get("dokumentation", ""),
    )


# ---- words and figures --------------------------------------------------------------------------


def known(
    source: Mapping[str, Any], *, must: Sequence[str], may: Sequence[str] = (), of: str
) -> None:
    """Refuse what is missing and what nobody knows."""
    for word in must:
        if word not in source:
            raise StoryError(f"{of}: '{word}' mangler")
    for word in source:
        if word not in {*must, *may}:
            raise StoryError(f"{of}: '{word}' er ikke et kendt ord")


def facts_by_person(source: Mapping[str, Mapping[str, Any]], *, of: str) -> Answers:
    """Read what is answered about each person."""
    return {_person(person): facts(said, of=of) for person, said in source.items()}


def facts(source: Mapping[str, Any], *, of: str) -> dict[FactKind, FactValue]:
    """Read facts by the labels a page shows them with."""
    try:
        return {fact_kind(label): _value(fact_kind(label), said) for label, said in source.items()}
    except StoryError as error:
        raise StoryError(f"{of}: {error}") from error


def fact_kind(label: str) -> FactKind:
    """Return which fact a label names."""
    if label not in KINDS:
        raise StoryError(f"'{label}' er ikke en oplysning; der er {', '.join(KINDS)}")
    return KINDS[label]


def _value(kind: FactKind, said: object) -> FactValue:
    if kind in AMOUNTS:
        return Money.kroner(str(said))
    if kind in NUMBERS and isinstance(said, int):
        return said
    if kind in DAYS:
        return day(str(said))
    if kind in WORDS:
        return str(said)
    return yes_or_no(said)


def yes_or_no(said: object) -> bool:
    """Read ja or nej."""
    if not isinstance(said, str) or said not in YES_NO:
        raise StoryError(f"'{said}' er hverken ja eller nej")
    return YES_NO[said]


def day(said: str) -> date:
    """Read a day written as `01.03.2026`."""
    try:
        number, month, year = said.split(".")
        return date(int(year), int(month), int(number))
    except ValueError as error:
        raise StoryError(f"'{said}' er ikke en dag skrevet som 01.03.2026") from error


def _moment(said: str) -> datetime:
    try:
        return datetime.strptime(said, "%d.%m.%Y kl. %H.%M").replace(tzinfo=DENMARK)
    except ValueError as error:
        raise StoryError(
            f"'{said}' er ikke et tidspunkt skrevet som 02.03.2026 kl. 09.14"
        ) from error


def _named_month(said: str) -> Month:
    name, _, year = said.partition(" ")
    if name not in MONTHS or not year.isdigit():
        raise StoryError(f"'{said}' er ikke en måned skrevet som marts 2026")
    return Month(int(year), MONTHS.index(name) + 1)


def _person(said: str) -> str:
    if said not in PEOPLE:
        raise StoryError(f"'{said}' er hverken {' eller '.join(PEOPLE)}")
    return said
