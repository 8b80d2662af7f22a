"""Answers: who lives in a simulated world, and what do the registers know of them?

Reads one YAML file a world; knows nothing of contracts, HTTP or the system under test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from integrations.simulator import inhabitants

WORLDS: Final = Path(__file__).parent / "worlds"
SYNTHETIC_DAY: Final = 60
ADULT_YEARS: Final = 18
SATURDAY: Final = 5
DECEMBER: Final = 12


@dataclass(frozen=True)
class Address:
    """Where somebody lives (adresse)."""

    street: str
    number: str
    floor: str
    door: str
    postcode: str
    district: str
    municipality_code: int
    municipality_cvr: str
    since: date | None

    def written(self) -> str:
        """Write street, number, floor and door as CPR does: `Bøgevænget 4, 2. tv`."""
        storey = "st" if self.floor == "00" else self.floor.lstrip("0")
        place = f", {storey}. {self.door}".rstrip() if storey else ""
        return f"{self.street} {self.number}{place}"


@dataclass(frozen=True)
class Income:
    """What one employer reported for one month (indkomstoplysning); amounts as written."""

    year: int
    month: int
    employer_se: str
    gross: str
    am: str
    atp: str
    tax: str
    hours: str | None
    income_type: str
    income_kind: str
    taken_back: bool

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """The last day of the month."""
        following = (
            date(self.year + 1, 1, 1)
            if self.month == DECEMBER
            else date(self.year, self.month + 1, 1)
        )
        return following - timedelta(days=1)

    @property
    def paid_on(self) -> date:
        """The last weekday of the month; 31 December is no banking day."""
        day = self.last_day
        if self.month == DECEMBER:
            day -= timedelta(days=1)
        while day.weekday() >= SATURDAY:
            day -= timedelta(days=1)
        return day


@dataclass(frozen=True)
class TaxCard:
    """A tax card (skattekort); amounts as written."""

    kind: str
    """`hovedkort`, `bikort` or `frikort`."""
    rate: int | None
    deduction: str | None
    valid_from: date


@dataclass(frozen=True)
class Person:
    """One person, and what every register knows of them."""

    key: str
    cpr: str
    says: str
    first_name: str
    middle_name: str
    last_name: str
    sex: str
    address: Address | None
    civil_status: str
    spouse: str | None
    children: tuple[str, ...]
    mother: str | None
    father: str | None
    protected: bool
    digital_post: bool
    citizenship: int
    dead_on: date | None
    emigrated_on: date | None
    emigrated_to: int | None
    moved_to_denmark_on: date | None
    income: tuple[Income, ...]
    payment_rejected: str | None
    """The reason NemKonto gives when it cannot pay this person; None when it can."""
    tax_card: TaxCard | None = None
    is_generated: bool = False
    """Made up from the world's seed; nobody has written a story about them."""

    @property
    def name(self) -> str:
        """The whole name."""
        return " ".join(
            part for part in (self.first_name, self.middle_name, self.last_name) if part
        )

    @property
    def born_on(self) -> date:
        """The day of birth, by the number and the century in its seventh digit."""
        day, month, year = int(self.cpr[:2]) - SYNTHETIC_DAY, int(self.cpr[2:4]), int(self.cpr[4:6])
        # Our people are born after 1936, so digits 4 and up mean 2000 where 2000 is possible.
        century = 2000 if int(self.cpr[6]) >= 4 and year <= 36 else 1900  # noqa: PLR2004 – CPR's own table
        return date(century + year, month, day)


@dataclass(frozen=True)
class World:
    """One municipality with its people."""

    name: str
    about: str
    as_of: date
    municipality_name: str
    municipality_code: int
    municipality_cvr: str
    employers: Mapping[str, str]
    """SE number to name."""
    people: Mapping[str, Person]
    """By key."""
    not_in_use: tuple[str, ...]
    applications: Mapping[str, Mapping[str, str]]
    """By the applicant's key: a form's fields, without its id."""

    def by_cpr(self, cpr: str) -> Person | None:
        """Find a person by number."""
        return next((each for each in self.people.values() if each.cpr == cpr), None)

    def number_of(self, key: str | None) -> str | None:
        """Return the personal number behind a key."""
        return self.people[key].cpr if key else None


def names() -> list[str]:
    """Return the worlds there are."""
    return sorted(file.stem for file in WORLDS.glob("*.yaml"))


def load(name: str = "demo") -> World:
    """Return one world with people of its own: who moves in one, stays in another."""
    world = _read(name)
    return replace(world, people=dict(world.people))


def move_in(
    world: World,
    *,
    cpr: str,
    first_name: str,
    last_name: str,
    rejected: str | None = None,
    income: Mapping[str, Any] | None = None,
) -> None:
    """Let somebody made up live in a world, for as long as the program runs.

    `income` is one as in the file of a world, from the first employer there is.
    """
    first = {"se": next(iter(world.employers), "")}
    earned = () if income is None else ({**income, "employer": "any"},)
    world.people[cpr] = Person(  # type: ignore[index]  # each load has a dict of its own
        key=cpr,
        cpr=cpr,
        says="",
        first_name=first_name,
        middle_name="",
        last_name=last_name,
        sex="K" if int(cpr[-1]) % 2 == 0 else "M",
        address=None,
        civil_status="U",
        spouse=None,
        children=(),
        mother=None,
        father=None,
        protected=False,
        digital_post=True,
        citizenship=5100,
        dead_on=None,
        emigrated_on=None,
        emigrated_to=None,
        moved_to_denmark_on=None,
        income=tuple(_incomes(earned, {"any": first})),
        payment_rejected=rejected,
        is_generated=True,
    )


@lru_cache
def _read(name: str) -> World:
    """Read one world's file; it never changes while a program runs."""
    if name not in names():
        raise ValueError(f"no world '{name}'; there are {', '.join(names())}")
    source: dict[str, Any] = yaml.safe_load((WORLDS / f"{name}.yaml").read_text("utf-8"))
    home = source["municipality"]
    if wanted := source.get("generated"):
        taken = {each["cpr"] for each in source["people"].values()} | set(source["not_in_use"])
        source["people"] |= inhabitants.made_up(
            wanted, as_of=source["as_of"], taken=taken, employers=list(source["employers"])
        )
    people = {
        key: _person(
            key,
            {**each, "tax_card": source.get("tax_cards", {}).get(key)},
            home,
            source["employers"],
        )
        for key, each in source["people"].items()
    }
    return World(
        name=name,
        about=source["about"],
        as_of=source["as_of"],
        municipality_name=home["name"],
        municipality_code=home["code"],
        municipality_cvr=home["cvr"],
        employers={each["se"]: each["name"] for each in source["employers"].values()},
        people=people,
        not_in_use=tuple(source.get("not_in_use", ())),
        applications=source.get("applications", {}),
    )


def _person(
    key: str, source: Mapping[str, Any], home: Mapping[str, Any], employers: Mapping[str, Any]
) -> Person:
    first, middle, last = source["name"]
    payment = source.get("payment") or {}
    return Person(
        key=key,
        cpr=source["cpr"],
        says=source["says"],
        first_name=first,
        middle_name=middle,
        last_name=last,
        sex="K" if int(source["cpr"][-1]) % 2 == 0 else "M",
        address=_address(source["address"], home) if "address" in source else None,
        civil_status=source.get("civil_status", "U"),
        spouse=source.get("spouse"),
        children=tuple(source.get("children", ())),
        mother=source.get("mother"),
        father=source.get("father"),
        protected=source.get("protected", False),
        digital_post=source.get("digital_post", True),
        citizenship=source.get("citizenship", 5100),
        dead_on=source.get("dead_on"),
        emigrated_on=source.get("emigrated_on"),
        emigrated_to=source.get("emigrated_to"),
        moved_to_denmark_on=source.get("moved_to_denmark_on"),
        income=tuple(_incomes(source.get("income", ()), employers)),
        payment_rejected=payment.get("reason") if payment.get("rejected") else None,
        is_generated=source.get("generated", False),
        tax_card=_tax_card(source["tax_card"]) if source.get("tax_card") else None,
    )


def _tax_card(source: Mapping[str, Any]) -> TaxCard:
    return TaxCard(
        source["kind"], source.get("rate"), source.get("deduction"), source["valid_from"]
    )


def _address(source: Mapping[str, Any], home: Mapping[str, Any]) -> Address:
    return Address(
        street=source["street"],
        number=source["number"],
        floor=source.get("floor", ""),
        door=source.get("door", ""),
        postcode=source.get("postcode", home["postcode"]),
        district=source.get("district", home["district"]),
        municipality_code=source.get("municipality_code", home["code"]),
        municipality_cvr=source.get("municipality_cvr", home["cvr"]),
        since=source.get("since"),
    )


def _incomes(source: Any, employers: Mapping[str, Any]) -> Iterator[Income]:
    for each in source:
        for month in each["months"]:
            year, number = str(month).split("-")
            yield Income(
                year=int(year),
                month=int(number),
                employer_se=employers[each["employer"]]["se"],
                gross=each["gross"],
                am=each["am"],
                atp=each["atp"],
                tax=each["tax"],
                hours=each.get("hours"),
                income_type=each.get("kind", "0"),
                income_kind=each.get("art", ""),
                taken_back=each.get("taken_back", False),
            )
