"""Reads a situation and calculates it (situation): people, facts, a benefit and a period.

A situation is a plain mapping, as a YAML or JSON file gives it; docs/rules.md has the format. What
is wrong in it is an error that names the place and the way out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from processes.domain.benefits.cash_assistance import BENEFIT, assess
from processes.domain.benefits.cash_assistance_stretches import Household
from processes.domain.benefits.single import Benefit, work_out
from processes.domain.calculation import Calculation
from processes.domain.cases import Application, Case, CaseState, Party, PartyRole, Protection
from processes.domain.errors import RuleError
from processes.domain.facts import (
    Fact,
    FactKind,
    Facts,
    FactStatus,
    FactValue,
    Source,
    SourceKind,
)
from processes.domain.identifiers import Cpr, Kle
from processes.domain.money import Money
from processes.domain.periods import DENMARK, ONE_DAY, Month, Period
from processes.domain.rates import RateBook
from processes.domain.rules.book import RuleBook
from processes.domain.rules.language import FACT_KINDS, Kind

UNKNOWN, NONE = "ukendt", "ingen"
"""In place of a value: nobody knows, or it is known to be none."""
ALWAYS = date(2000, 1, 1)
"""A fact without dates is valid and known from here on."""
SOMEBODY = Cpr.parse("6101901234")
"""No situation holds a personal number; this one can belong to nobody."""

KEYS = frozenset(
    {"title", "source", "evidence", "benefit", "period", "start", "until", "jointly",
     "known_at", "people", "expect", "note"}
)  # fmt: skip
FACT_KEYS = frozenset({"value", "from", "to", "known_from", "known_to", "source", "note"})
MOST_MONTHS = 600


class SituationError(RuleError):
    """A situation cannot be read: where, what is wrong, and the way out."""

    def __init__(self, where: str, what: str, way_out: str) -> None:
        super().__init__(f"{where}: {what} {way_out}" if where else f"{what} {way_out}")


@dataclass(frozen=True)
class Situation:
    """Who, what is known of them, which benefit and which months (situation)."""

    benefit: str
    months: tuple[Month, ...]
    start: date
    until: date | None
    jointly: bool
    people: tuple[str, ...]
    """The applicant first, then the spouse if there is one."""
    facts: tuple[Fact, ...]
    known_at: datetime | None = None
    title: str = ""
    expect: Mapping[str, object] = field(default_factory=dict)

    def calculate(
        self,
        *,
        rates: RateBook,
        rules: RuleBook,
        benefits: Mapping[str, Benefit],
        known_at: datetime | None = None,
    ) -> Calculation:
        """Calculate it from the facts as known at a moment; without one, from all of them."""
        at = known_at or self.known_at or self._newest()
        facts = Facts.as_known(self.facts, at)
        application, case = self.application, self.case
        if self.benefit == BENEFIT:
            return assess(
                application,
                case,
                facts,
                rates=rates,
                rules=rules,
                months=self.months,
                calculation_id="beregning",
                made_at=at,
                until=self.until,
            )
        return work_out(
            benefits[self.benefit],
            Household.of(application, case),
            facts,
            rates=rates,
            rules=rules,
            months=self.months,
            start=self.start,
            calculation_id="beregning",
            made_at=at,
        )

    def _newest(self) -> datetime:
        moments = [fact.known_from for fact in self.facts]
        return max(moments, default=datetime.combine(ALWAYS, time(), UTC))

    @property
    def application(self) -> Application:
        """The application the situation is about."""
        return Application(
            id="ansoegning",
            case_id="sag",
            received_at=datetime.combine(self.start, time(), UTC),
            contact_on=self.start,
            requested_from=self.start,
            applies_jointly=self.jointly,
            channel="situation",
            answers={},
            message_id="situation",
        )

    @property
    def case(self) -> Case:
        """The case with its people."""
        roles = (PartyRole.PRIMARY, PartyRole.SPOUSE)
        return Case(
            id="sag",
            number="situation",
            municipality_id=0,
            kle=Kle("32.24.04", "G01"),
            benefit=self.benefit,
            title=self.title,
            state=CaseState.RAISED,
            unit="",
            caseworker="",
            protection=Protection.NORMAL,
            opened_at=datetime.combine(self.start, time(), UTC),
            parties=tuple(
                Party(name, "sag", role, SOMEBODY, name, (), Protection.NORMAL)
                for name, role in zip(self.people, roles, strict=False)
            ),
        )


def read_situation(said: object, *, benefits: Collection[str]) -> Situation:
    """Read a situation (læs en situation)."""
    whole = _mapping(said, "")
    _known_keys(whole, KEYS, "")
    benefit = str(whole.get("benefit", BENEFIT))
    if benefit != BENEFIT and benefit not in benefits:
        known = ", ".join(sorted({BENEFIT, *benefits}))
        raise SituationError(
            "benefit", f"Ydelsen '{benefit}' kan ikke beregnes.", f"Brug en af {known}."
        )
    months = _months(whole)
    people = _mapping(whole.get("people"), "people")
    if not 1 <= len(people) <= (2 if benefit == BENEFIT else 1):
        most = "en ansøger og højst en ægtefælle" if benefit == BENEFIT else "én person"
        raise SituationError(
            "people", f"Der står {len(people)} personer.", f"Skriv {most}, ansøgeren først."
        )
    known_at = whole.get("known_at")
    return Situation(
        benefit=benefit,
        months=months,
        start=_day(whole["start"], "start") if "start" in whole else months[0].first_day,
        until=_day(whole["until"], "until") if whole.get("until") else None,
        jointly=_yes_no(whole.get("jointly", False), "jointly"),
        people=tuple(str(name) for name in people),
        facts=tuple(
            fact
            for name, facts in people.items()
            for fact in _facts(str(name), _mapping(facts or {}, f"people.{name}"))
        ),
        known_at=None if known_at is None else moment(known_at, "known_at"),
        title=str(whole.get("title", "")),
        expect=_mapping(whole.get("expect") or {}, "expect"),
    )


def moment(said: object, where: str) -> datetime:
    """Read a moment; a day is the end of it in Denmark, so that all of its facts are known."""
    try:
        if isinstance(said, str) and len(said) > len("2026-03-09"):
            read = datetime.fromisoformat(said)
            return read if read.tzinfo else read.replace(tzinfo=DENMARK)
        if isinstance(said, datetime):
            return said if said.tzinfo else said.replace(tzinfo=DENMARK)
        day = said if isinstance(said, date) else date.fromisoformat(str(said))
        return datetime.combine(day, time(23, 59, 59), DENMARK)
    except ValueError:
        raise SituationError(
            where, f"'{said}' er ikke en dag.", "Skriv den som 2026-03-09."
        ) from None


def _mapping(said: object, where: str) -> Mapping[str, object]:
    if not isinstance(said, Mapping):
        raise SituationError(
            where or "Situationen",
            "Her mangler navne med værdier.",
            "Skriv navn: værdi på hver sin linje; se docs/rules.md.",
        )
    return {str(name): value for name, value in said.items()}


def _known_keys(said: Mapping[str, object], keys: Collection[str], where: str) -> None:
    strange = [name for name in said if name not in keys]
    if strange:
        raise SituationError(
            f"{where}.{strange[0]}" if where else strange[0],
            "Det navn kendes ikke.",
            f"Brug kun {', '.join(sorted(keys))}.",
        )


def _months(whole: Mapping[str, object]) -> tuple[Month, ...]:
    said = str(whole.get("period", ""))
    first, dots, last = said.partition("..")
    try:
        month, end = Month.parse(first), Month.parse(last if dots else first)
    except ValueError:
        raise SituationError(
            "period",
            f"'{said}' er ikke måneder." if said else "Den mangler.",
            "Skriv 2026-03 eller 2026-03..2026-05.",
        ) from None
    months = [month]
    while months[-1] < end and len(months) <= MOST_MONTHS:
        months.append(months[-1].next())
    if months[-1] != end:
        raise SituationError(
            "period",
            f"'{said}' er ikke en periode på højst {MOST_MONTHS} måneder.",
            "Skriv den første måned først.",
        )
    return tuple(months)


def _day(said: object, where: str) -> date:
    if isinstance(said, date) and not isinstance(said, datetime):
        return said
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        raise SituationError(
            where, f"'{said}' er ikke en dag.", "Skriv den som 2026-03-16."
        ) from None


def _yes_no(said: object, where: str) -> bool:
    if isinstance(said, bool):
        return said
    if str(said).lower() in {"ja", "nej"}:
        return str(said).lower() == "ja"
    raise SituationError(where, f"'{said}' er ikke ja eller nej.", "Skriv true eller false.")


def _facts(name: str, said: Mapping[str, object]) -> Iterator[Fact]:
    for word, what in said.items():
        where = f"people.{name}.{word}"
        kind = KINDS.get(word)
        if kind is None:
            near = sorted(each for each in KINDS if each.startswith(word[:4]))[:3]
            hint = f"Mente du {', '.join(near)}?" if near else "Se listen i docs/rules.md."
            raise SituationError(where, f"Oplysningen '{word}' kendes ikke.", hint)
        for number, one in enumerate(what if isinstance(what, list) else [what]):
            at = f"{where}[{number + 1}]" if isinstance(what, list) else where
            yield _fact(name, kind, one, at, number)


KINDS = {kind.value: kind for kind in FactKind}


def _fact(name: str, kind: FactKind, said: object, where: str, number: int) -> Fact:
    with_dates = _mapping(said, where) if isinstance(said, Mapping) else {"value": said}
    _known_keys(with_dates, FACT_KEYS, where)
    if "value" not in with_dates:
        raise SituationError(where, "Værdien mangler.", "Skriv value: og værdien.")
    status, value = _value(kind, with_dates["value"], where)
    source = str(with_dates.get("source", SourceKind.CITIZEN))
    if source not in list(SourceKind):
        raise SituationError(
            f"{where}.source",
            f"Kilden '{source}' kendes ikke.",
            f"Brug en af {', '.join(SourceKind)}.",
        )
    known_to = with_dates.get("known_to")
    return Fact(
        id=f"{name}-{kind.value}-{number + 1}",
        case_id="sag",
        party_id=name,
        kind=kind,
        status=status,
        value=value,
        valid=_valid(with_dates, where),
        source=Source(SourceKind(source), source, "situation", str(with_dates.get("note", ""))),
        known_from=_known_from(with_dates, where),
        known_to=None if known_to is None else moment(known_to, f"{where}.known_to"),
    )


def _known_from(said: Mapping[str, object], where: str) -> datetime:
    day = said.get("known_from", ALWAYS)
    if isinstance(day, date) and not isinstance(day, datetime):
        return datetime.combine(day, time(), DENMARK)
    if isinstance(day, str) and len(day) == len("2026-03-09"):
        return datetime.combine(_day(day, f"{where}.known_from"), time(), DENMARK)
    return moment(day, f"{where}.known_from")


def _valid(said: Mapping[str, object], where: str) -> Period:
    """Return the days a fact is valid; `to` is the last of them."""
    start = _day(said["from"], f"{where}.from") if said.get("from") else ALWAYS
    end = _day(said["to"], f"{where}.to") + ONE_DAY if said.get("to") else None
    if end is not None and end <= start:
        raise SituationError(
            f"{where}.to", "Den sidste dag er før den første.", "Byt dem om, eller ret dem."
        )
    return Period(start, end)


def _value(kind: FactKind, said: object, where: str) -> tuple[FactStatus, FactValue | None]:
    if said == UNKNOWN:
        return FactStatus.UNKNOWN, None
    if said is None or said == NONE:
        return FactStatus.NONE, None
    return FactStatus.VALUE, _READ[FACT_KINDS[kind]](said, where)


def _money(said: object, where: str) -> Money:
    if isinstance(said, str | int) and not isinstance(said, bool):
        try:
            return Money.kroner(said)
        except RuleError as error:
            raise SituationError(where, str(error), "") from None
    raise SituationError(
        where, f"'{said}' er ikke et beløb.", 'Skriv hele kroner, eller "1.234,50" i anførselstegn.'
    )


def _number(said: object, where: str) -> int:
    if isinstance(said, int) and not isinstance(said, bool) and said >= 0:
        return said
    raise SituationError(where, f"'{said}' er ikke et antal.", "Skriv et helt tal, 0 eller mere.")


def _word(said: object, where: str) -> str:
    if isinstance(said, str) and said:
        return said
    raise SituationError(where, f"'{said}' er ikke et ord.", "Skriv et af de ord, loven bruger.")


_READ: Mapping[Kind, Callable[[object, str], FactValue]] = {
    Kind.MONEY: _money,
    Kind.NUMBER: _number,
    Kind.SHARE: _number,
    Kind.YES_NO: _yes_no,
    Kind.WORD: _word,
    Kind.DAY: _day,
}
