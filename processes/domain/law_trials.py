"""Answers: what would a draft of the law do to people? Counts and shows; names nobody.

A trial is worked in portions; what each came to is added up here, and said as figures, as a
distribution, and as the stories of those it moves most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from processes.domain.calculation import PersonMonth
from processes.domain.facts import FactKind
from processes.domain.money import OERE_PER_KRONE, Money

GRANTED, REFUSED, UNKNOWN = "bevilget", "afslag", "ukendt"
OUTCOME_NAMES = {
    GRANTED: "Får hjælp",
    REFUSED: "Får ikke hjælp",
    UNKNOWN: "Kan ikke afgøres endnu",
}
"""What can come of a person's month, in the order it is shown."""
EDGES = (100, 250, 500, 1_000, 2_500)
"""Whole kroner between the bars of the distribution, both ways."""
MOST_HIT = 10
AGE_BAND = 5
"""Real people are told apart by no less than five years."""


@dataclass(frozen=True)
class Said:
    """What a calculation gives one person in a month (svar): an outcome and an amount."""

    outcome: str
    amount: Money

    @classmethod
    def of(cls, month: PersonMonth | None) -> Said:
        """Return what a calculated month says."""
        if month is None:
            return cls(UNKNOWN, Money(0))
        if month.refused_because:
            return cls(REFUSED, Money(0))
        if month.gross is None:
            return cls(UNKNOWN, Money(0))
        return cls(GRANTED if month.gross else REFUSED, month.gross)


@dataclass(frozen=True)
class Story:
    """One of those a draft moves most, without name or number (historie)."""

    who: str
    benefit: str
    before: Said
    after: Said
    why: tuple[str, ...] = ()
    """What became another amount, line by line."""

    @property
    def moved(self) -> Money:
        """How much more it is; what is unknown on one side counts as nothing there."""
        return self.after.amount - self.before.amount

    @property
    def weight(self) -> tuple[int, int]:
        """Sort by what matters: whoever loses or cannot be decided first, then the amount."""
        is_lost = self.after.outcome != GRANTED and self.before.outcome == GRANTED
        return (0 if is_lost else 1, -abs(self.moved.oere))


@dataclass
class Tally:
    """What a draft does to one benefit's people (optælling); portions are added together."""

    persons: int = 0
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    moves: Counter[str] = field(default_factory=Counter)
    """Changes of outcome: `bevilget>afslag`."""
    up: int = 0
    down: int = 0
    up_oere: int = 0
    down_oere: int = 0
    before_oere: int = 0
    after_oere: int = 0
    kroner: Counter[int] = field(default_factory=Counter)
    """How many by the difference in whole kroner, away from zero; those that moved only."""

    def count(self, before: Said, after: Said) -> None:
        """Count one person."""
        self.add(before, after, 1)

    def add(self, before: Said, after: Said, times: int) -> None:
        """Count some persons to whom the same happens."""
        self.persons += times
        self.before[before.outcome] += times
        self.after[after.outcome] += times
        self.before_oere += before.amount.oere * times
        self.after_oere += after.amount.oere * times
        if before.outcome != after.outcome:
            self.moves[f"{before.outcome}>{after.outcome}"] += times
        if UNKNOWN in {before.outcome, after.outcome}:
            # Nothing to compare: it is shown as a change of outcome, never as kroner.
            return
        moved = after.amount.oere - before.amount.oere
        if moved:
            self._moved(moved, times)

    def _moved(self, moved: int, times: int) -> None:
        whole = -(-abs(moved) // OERE_PER_KRONE)
        self.kroner[whole if moved > 0 else -whole] += times
        if moved > 0:
            self.up += times
            self.up_oere += moved * times
        else:
            self.down += times
            self.down_oere -= moved * times

    def merge(self, other: Tally) -> None:
        """Add what another portion came to."""
        self.persons += other.persons
        for mine, theirs in (
            (self.before, other.before),
            (self.after, other.after),
            (self.moves, other.moves),
        ):
            mine.update(theirs)
        self.kroner.update(other.kroner)
        self.up += other.up
        self.down += other.down
        self.up_oere += other.up_oere
        self.down_oere += other.down_oere
        self.before_oere += other.before_oere
        self.after_oere += other.after_oere

    @property
    def same(self) -> int:
        """How many the draft moves neither up nor down."""
        return self.persons - self.up - self.down

    @property
    def changed(self) -> int:
        """How many get another amount."""
        return self.up + self.down


@dataclass(frozen=True)
class Bar:
    """One bar of a distribution (søjle): its words, how many, and which way."""

    words: str
    count: int
    is_up: bool


def bars(tally: Tally) -> tuple[Bar, ...]:
    """Return the distribution of those who get another amount, from most down to most up."""
    found = [*_side(tally, up=False)[::-1], *_side(tally, up=True)]
    return tuple(found)


def _side(tally: Tally, *, up: bool) -> list[Bar]:
    limits = [0, *EDGES]
    made = []
    for number, lower in enumerate(limits):
        upper = limits[number + 1] if number + 1 < len(limits) else None
        count = sum(
            times
            for kroner, times in tally.kroner.items()
            if (kroner > 0) is up
            and lower < abs(kroner)
            and (upper is None or abs(kroner) <= upper)
        )
        made.append(Bar(_range(lower, upper), count, up))
    while made and not made[-1].count:
        made.pop()
    return made


def _range(lower: int, upper: int | None) -> str:
    def dotted(kroner: int) -> str:
        return f"{kroner:,}".replace(",", ".")

    if upper is None:
        return f"over {dotted(lower)}"
    return f"op til {dotted(upper)}" if not lower else f"{dotted(lower)}–{dotted(upper)}"


@dataclass(frozen=True)
class Report:
    """What a trial came to (prøverapport)."""

    tallies: Mapping[str, Tally]
    """By benefit."""
    stories: tuple[Story, ...]
    troubles: Mapping[str, int]
    """What could not be calculated, and how many it is."""
    is_stale: bool = False
    """The draft was changed while it was tried."""

    @property
    def whole(self) -> Tally:
        """Every benefit the draft does something to; the first when it does nothing.

        People who would get two benefits are counted in both.
        """
        moved = [tally for tally in self.tallies.values() if tally.changed or tally.moves]
        made = Tally()
        for tally in moved or list(self.tallies.values())[:1]:
            made.merge(tally)
        return made

    @property
    def harms(self) -> tuple[str, ...]:
        """What must be looked at before anybody approves, in Danish."""
        found = []
        lost = sum(
            count
            for tally in self.tallies.values()
            for move, count in tally.moves.items()
            if move == f"{GRANTED}>{REFUSED}"
        )
        stuck = sum(
            count
            for tally in self.tallies.values()
            for move, count in tally.moves.items()
            if move.endswith(f">{UNKNOWN}")
        )
        if lost:
            found.append(f"{_people(lost)} ville miste hjælpen")
        if stuck:
            found.append(f"{_people(stuck)} ville ikke kunne afgøres mere")
        if self.troubles:
            found.append(f"{_people(sum(self.troubles.values()))} kan ikke beregnes")
        return tuple(found)


def _people(count: int) -> str:
    dotted = f"{count:,}".replace(",", ".")
    return f"{dotted} {'person' if count == 1 else 'personer'}"


def joined(portions: Iterable[Mapping[str, Any]]) -> Report:
    """Put what each portion came to together."""
    tallies: dict[str, Tally] = {}
    stories: list[Story] = []
    troubles: Counter[str] = Counter()
    is_stale = False
    for portion in portions:
        found = from_data(portion)
        is_stale = is_stale or found.is_stale
        stories += found.stories
        troubles.update(found.troubles)
        for benefit, tally in found.tallies.items():
            tallies.setdefault(benefit, Tally()).merge(tally)
    return Report(tallies, most_hit(stories), dict(troubles), is_stale)


def most_hit(stories: Sequence[Story]) -> tuple[Story, ...]:
    """Return the ten a draft moves most; several to whom the same happens are told once."""
    told: dict[tuple[str, str, int, int], Story] = {}
    for story in sorted(stories, key=lambda each: each.weight):
        if story.before == story.after:
            continue
        told.setdefault(
            (story.who, story.benefit, story.before.amount.oere, story.after.amount.oere), story
        )
    return tuple(told.values())[:MOST_HIT]


# ---- in words ------------------------------------------------------------------------------


def description(facts: Mapping[FactKind, object], on: date, *, is_real: bool) -> str:
    """Say who somebody is without telling who: `Enlig, 20-24 år, 2 børn, løn` (pseudonym)."""
    parts = [_household(facts), _age(facts.get(FactKind.BIRTH_DATE), on, is_real=is_real)]
    children = facts.get(FactKind.CHILDREN_AT_HOME)
    if isinstance(children, int) and children:
        parts.append("1 barn" if children == 1 else f"{children} børn")
    for kind, words in ((FactKind.WORK_INCOME, "løn"), (FactKind.OTHER_INCOME, "anden indtægt")):
        amount = facts.get(kind)
        if isinstance(amount, Money) and amount:
            parts.append(words if is_real else f"{words} {_rounded(amount)} kr.")
    if facts.get(FactKind.LIVES_WITH_PARENTS) is True:
        parts.append("hos forældre")
    return ", ".join(part for part in parts if part)


def _household(facts: Mapping[FactKind, object]) -> str:
    word = facts.get(FactKind.MARITAL_STATUS)
    if word in {"gift", "registreret_partnerskab"}:
        return "Gift"
    return "Enlig" if word is not None else "Civilstand ukendt"


def _age(born: object, on: date, *, is_real: bool) -> str:
    if not isinstance(born, date):
        return "alder ukendt"
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    if not is_real:
        return f"{years} år"
    first = years - years % AGE_BAND
    return f"{first}-{first + AGE_BAND - 1} år"


def _rounded(amount: Money) -> str:
    return f"{amount.oere // OERE_PER_KRONE:,}".replace(",", ".")


def line_changes(before: PersonMonth | None, after: PersonMonth | None) -> tuple[str, ...]:
    """Say which lines of a month became another amount."""
    was = {} if before is None else {line.label: line.amount for line in before.lines}
    now = {} if after is None else {line.label: line.amount for line in after.lines}
    said = []
    for label in dict.fromkeys((*was, *now)):
        one, other = was.get(label), now.get(label)
        if one != other:
            said.append(
                f"{label}: {'ingen' if one is None else one.danish()} →"
                f" {'ingen' if other is None else other.danish()}"
            )
    return tuple(said)


# ---- kept ----------------------------------------------------------------------------------


def to_data(report: Report) -> dict[str, Any]:
    """Write a report so that it can be kept with the draft."""
    return {
        "tallies": {
            benefit: {
                "persons": tally.persons,
                "before": dict(tally.before),
                "after": dict(tally.after),
                "moves": dict(tally.moves),
                "up": tally.up,
                "down": tally.down,
                "up_oere": tally.up_oere,
                "down_oere": tally.down_oere,
                "before_oere": tally.before_oere,
                "after_oere": tally.after_oere,
                "kroner": {str(kroner): count for kroner, count in tally.kroner.items()},
            }
            for benefit, tally in report.tallies.items()
        },
        "stories": [
            {
                "who": story.who,
                "benefit": story.benefit,
                "before": [story.before.outcome, story.before.amount.oere],
                "after": [story.after.outcome, story.after.amount.oere],
                "why": list(story.why),
            }
            for story in report.stories
        ],
        "troubles": dict(report.troubles),
        "is_stale": report.is_stale,
    }


def from_data(data: Mapping[str, Any]) -> Report:
    """Read a report that was kept."""
    return Report(
        {
            benefit: Tally(
                persons=kept["persons"],
                before=Counter(kept["before"]),
                after=Counter(kept["after"]),
                moves=Counter(kept["moves"]),
                up=kept["up"],
                down=kept["down"],
                up_oere=kept["up_oere"],
                down_oere=kept["down_oere"],
                before_oere=kept["before_oere"],
                after_oere=kept["after_oere"],
                kroner=Counter({int(kroner): count for kroner, count in kept["kroner"].items()}),
            )
            for benefit, kept in data.get("tallies", {}).items()
        },
        tuple(
            Story(
                kept["who"],
                kept["benefit"],
                Said(kept["before"][0], Money(kept["before"][1])),
                Said(kept["after"][0], Money(kept["after"][1])),
                tuple(kept["why"]),
            )
            for kept in data.get("stories", [])
        ),
        data.get("troubles", {}),
        bool(data.get("is_stale", False)),
    )
