"""Answers: who else lives in a world, besides those somebody has written a story about?

Households made up from a seed: the same every time, on every machine. Each number has 60 added to
the day, so that nobody can have it. Speaks the words of the world files and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any, Final

Source = dict[str, Any]

WOMEN: Final = (
    *("Agnete", "Bodil", "Cecilie", "Dorthe", "Ellen", "Fie", "Gry", "Helle", "Inge", "Julie"),
    *("Kirsten", "Lone", "Merete", "Nanna", "Oda", "Pia", "Rikke", "Signe", "Tine", "Vibeke"),
)
MEN: Final = (
    *("Anders", "Bent", "Carl", "Daniel", "Erik", "Finn", "Gorm", "Henrik", "Ivan", "Jens"),
    *("Kasper", "Leif", "Martin", "Nis", "Otto", "Poul", "Rune", "Simon", "Troels", "Villy"),
)
SURNAMES: Final = (
    *("Agerskov", "Birkemose", "Dalgård", "Elkær", "Fuglsang", "Granhøj", "Hedelund", "Kildevang"),
    *(
        "Lyngholm",
        "Mosegård",
        "Nørrekær",
        "Overby",
        "Rosenkær",
        "Skovsende",
        "Toftegård",
        "Vestermark",
    ),
)
STREETS: Final = (
    *("Bøgevænget", "Egeskellet", "Havnegade", "Kirkestien", "Lindealle", "Møllegade"),
    *("Skovbrynet", "Solbakken", "Stationsvej", "Torvet"),
)
SINGLE, PARENT, COUPLE = "enlig", "enlig forsørger", "ægtepar"
HOUSEHOLDS: Final = ((SINGLE, 55), (PARENT, 15), (COUPLE, 30))
"""Kind of household, and how many in a hundred."""
OLDEST, YOUNGEST, YOUNGEST_PARENT, OLDEST_CHILD = 64, 19, 24, 16
WITH_WAGES_PERCENT: Final = 25
SYNTHETIC_DAY: Final = 60
LATE_CENTURY: Final = 2000


@dataclass
class Numbers:
    """Gives out personal numbers that nobody has, each once."""

    chance: Random
    taken: set[str] = field(default_factory=set)

    def of(self, born: date, *, woman: bool) -> str:
        """Return a number for somebody born that day."""
        while True:
            # The seventh digit says the century: CPR's own table.
            century = self.chance.randint(4, 9) if born.year >= LATE_CENTURY else 0
            century = century or self.chance.randint(0, 3)
            last = self.chance.randrange(0, 10, 2) + (0 if woman else 1)
            number = (
                f"{born.day + SYNTHETIC_DAY:02}{born.month:02}{born.year % 100:02}"
                f"{century}{self.chance.randint(10, 99)}{last}"
            )
            if number not in self.taken:
                self.taken.add(number)
                return number


def made_up(
    wanted: Mapping[str, int], *, as_of: date, taken: set[str], employers: list[str]
) -> dict[str, Source]:
    """Return people by key, in the form of a world file: `seed` and `households` say which."""
    town = _Town(Random(wanted["seed"]), as_of, employers)  # noqa: S311 – the same each time, no secret
    town.numbers = Numbers(town.chance, set(taken))
    people: dict[str, Source] = {}
    for number in range(1, wanted["households"] + 1):
        people.update(town.household(f"h{number:03}"))
    return people


@dataclass
class _Town:
    """What a household is made from."""

    chance: Random
    as_of: date
    employers: list[str]
    numbers: Numbers = field(init=False)

    def household(self, key: str) -> Iterator[tuple[str, Source]]:
        """Yield the people of one address."""
        (kind,) = self.chance.choices(
            [each for each, _ in HOUSEHOLDS], [percent for _, percent in HOUSEHOLDS]
        )
        surname = self.chance.choice(SURNAMES)
        address = {
            "street": self.chance.choice(STREETS),
            "number": str(self.chance.randint(1, 90)),
            "since": date(self.as_of.year - self.chance.randint(1, 12), 5, 1),
        }
        children = 0 if kind == SINGLE else self.chance.randint(kind == PARENT, 3)
        youngest = YOUNGEST_PARENT if children else YOUNGEST
        adults = [f"{key}_a", f"{key}_b"][: 2 if kind == COUPLE else 1]
        others = [f"{key}_{number}" for number in range(1, children + 1)]
        ages = {adult: self.chance.randint(youngest, OLDEST) for adult in adults}
        oldest_child = min(OLDEST_CHILD, min(ages.values()) - YOUNGEST)
        for adult, age in ages.items():
            person = self._person(surname, address, age)
            spouse = next((each for each in adults if each != adult), None)
            extra = {"civil_status": "G", "spouse": spouse} if spouse else {}
            wages = {} if spouse is None or adult == adults[0] else self._wages()
            yield adult, {**person, **extra, "children": others, **wages, "says": _says(kind)}
        for child in others:
            person = self._person(surname, address, self.chance.randint(1, oldest_child))
            parents = dict(zip(("mother", "father"), adults, strict=False))
            yield child, {**person, **parents, "says": "Barn"}

    def _person(self, surname: str, address: Source, age: int) -> Source:
        woman = self.chance.random() < 1 / 2
        born = date(
            self.as_of.year - age - 1, self.chance.randint(1, 12), self.chance.randint(1, 28)
        )
        return {
            "cpr": self.numbers.of(born, woman=woman),
            "name": [self.chance.choice(WOMEN if woman else MEN), "", surname],
            "address": address,
            "generated": True,
        }

    def _wages(self) -> Source:
        """Return part-time wages for some."""
        if self.chance.randrange(100) >= WITH_WAGES_PERCENT:
            return {}
        hours = self.chance.choice((20, 30, 45))
        gross = hours * 160
        before = self.as_of.year, self.as_of.month
        months = [f"{before[0] - 1}-{month:02}" for month in range(7, 13)]
        months += [f"{before[0]}-{month:02}" for month in range(1, before[1])]
        return {
            "income": [
                {
                    "employer": self.chance.choice(self.employers),
                    "months": months,
                    "gross": f"{gross}.00",
                    "am": f"{gross * 8 // 100}.00",
                    "atp": "0.00",
                    "tax": f"{gross * 30 // 100}.00",
                    "hours": f"{hours}.00",
                }
            ]
        }


def _says(kind: str) -> str:
    return f"Opdigtet beboer, {kind}"
