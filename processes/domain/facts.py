"""Dated facts (oplysninger) on two time axes, each with its source. Unknown is a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from processes.domain.money import Money
from processes.domain.periods import Period


class FactKind(StrEnum):
    """What a fact is about (oplysningstype); values are the Danish words shown."""

    BIRTH_DATE = "foedselsdato"
    MARITAL_STATUS = "civilstand"
    SPOUSE = "aegtefaelle"
    CHILDREN_AT_HOME = "hjemmeboende_boern"
    """How many children the person supports at home: a whole number."""
    LIVES_WITH_PARENTS = "bor_hos_foraeldre"
    SINGLE = "reelt_enlig"
    """Whether the person is in truth single, as judged for child benefit: yes or no."""
    EXTRA_CHILD_SUBSIDY = "ret_til_ekstra_boernetilskud"
    """Acquired right to ekstra børnetilskud (decided by Udbetaling Danmark): yes or no."""
    RESIDENCE_MET = "opholdskrav_opfyldt"
    """9 of the last 10 years in the realm: yes or no."""
    WORK_MET = "beskaeftigelseskrav_opfyldt"
    """2½ years of ordinary full-time work in 10 years: yes or no."""
    ACTIVITY_READY = "aktivitetsparat"
    """Judged activity ready (visitation): yes or no; decides the youth supplement."""
    SOCIAL_EVENT = "social_begivenhed"
    """What happened (text): `ledig`, `sygdom`, `samlivsophoer` …"""
    CANNOT_SUPPORT = "kan_ikke_forsoerge_sig"
    """Because of it the person cannot provide for self or family: yes or no."""
    OTHER_BENEFIT_COVERS = "anden_ydelse_daekker"
    """Another benefit covers the need: yes or no."""
    LAWFUL_STAY = "lovligt_ophold"
    AVAILABLE = "staar_til_raadighed"
    WEALTH = "formue"
    """Wealth that counts: money."""
    WORK_INCOME = "arbejdsindtaegt"
    """Income from work in a month, after ATP, AM contribution and pension: money."""
    OTHER_INCOME = "anden_indtaegt"
    """Any other income that counts in a month: money."""
    SPOUSE_ON_OTHER_BENEFIT = "aegtefaelle_paa_anden_ydelse"
    TAX_CARD_RATE = "traekprocent"
    """Withholding rate in whole percent."""
    TAX_CARD_DEDUCTION = "maanedsfradrag"
    """Monthly deduction on the tax card: money."""
    TAX_CARD_KIND = "skattekort"
    """`hovedkort`, `bikort` or `frikort`."""
    DEAD = "doed"
    EMIGRATED = "udrejst"


class FactStatus(StrEnum):
    """Whether a fact is known (oplysningsstatus)."""

    UNKNOWN = "ukendt"
    NONE = "ingen"
    """Known to be none: nobody reported income, there is no spouse."""
    VALUE = "vaerdi"


class SourceKind(StrEnum):
    """Who said it (kilde)."""

    REGISTER = "register"
    CITIZEN = "borger"
    CASEWORKER = "sagsbehandler"


FactValue = Money | int | str | bool | date


@dataclass(frozen=True)
class Source:
    """Where a fact comes from (kilde): who, which call or document, when."""

    kind: SourceKind
    name: str
    """`CPR`, `eIndkomst`, `Ansøgning`, or the user."""
    reference: str
    """Correlation id, document id or application id."""
    evidence: str = ""
    """What was seen, in words, when a person typed it in."""


@dataclass(frozen=True)
class Fact:
    """A dated fact (oplysning); nothing is overwritten, a newer one closes the older.

    `valid` is when it is true of the world; `known_from`/`known_to` when the system held it.
    """

    id: str
    case_id: str
    party_id: str
    kind: FactKind
    status: FactStatus
    value: FactValue | None
    valid: Period
    source: Source
    known_from: datetime
    known_to: datetime | None = None

    def __post_init__(self) -> None:
        if (self.status is FactStatus.VALUE) != (self.value is not None):
            raise ValueError(f"fact {self.kind}: a value goes with status 'vaerdi', and only then")


@dataclass(frozen=True)
class FactAnswer:
    """What a person answered about one fact on a form (svar), before it becomes a fact.

    Status and value go together as in `Fact`; who answered and from when is the receiver's to add.
    """

    party_id: str
    kind: FactKind
    status: FactStatus
    value: FactValue | None = None

    def __post_init__(self) -> None:
        if (self.status is FactStatus.VALUE) != (self.value is not None):
            raise ValueError(f"answer {self.kind}: a value goes with 'vaerdi', and only then")


@dataclass(frozen=True)
class Contradiction:
    """Two sources say different things of the same day (modstrid)."""

    kind: FactKind
    party_id: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Facts:
    """The facts of a case as known at one moment, ready to be asked.

    When several sources speak of the same day, a caseworker's word goes before a register's,
    and a register's before the citizen's; among equals the newest counts.
    """

    known_at: datetime
    all: tuple[Fact, ...]

    @classmethod
    def as_known(cls, facts: Iterable[Fact], at: datetime) -> Facts:
        """Keep what the system held at that moment."""
        return cls(
            at,
            tuple(
                fact
                for fact in facts
                if fact.known_from <= at and (fact.known_to is None or at < fact.known_to)
            ),
        )

    def on(self, party_id: str, kind: FactKind, day: date) -> Fact | None:
        """Return the fact that counts on a day, or None when nobody said anything."""
        rank = {SourceKind.CASEWORKER: 2, SourceKind.REGISTER: 1, SourceKind.CITIZEN: 0}
        said = [
            fact
            for fact in self.all
            if fact.party_id == party_id and fact.kind is kind and day in fact.valid
        ]
        # What is known counts before what is not: an unanswered register must not hide an answer.
        return max(
            said,
            key=lambda fact: (
                fact.status is not FactStatus.UNKNOWN,
                rank[fact.source.kind],
                fact.known_from,
                fact.id,
            ),
            default=None,
        )

    def contradictions(self, day: date) -> tuple[Contradiction, ...]:
        """Return what different kinds of source say differently of a day."""
        groups: dict[tuple[str, FactKind], dict[SourceKind, Fact]] = {}
        for fact in sorted(self.all, key=lambda each: each.known_from):
            if day in fact.valid and fact.status is not FactStatus.UNKNOWN:
                groups.setdefault((fact.party_id, fact.kind), {})[fact.source.kind] = fact
        return tuple(
            Contradiction(kind, party_id, tuple(by_source.values()))
            for (party_id, kind), by_source in groups.items()
            # A caseworker who has chosen has settled it.
            if SourceKind.CASEWORKER not in by_source
            and len({(fact.status, fact.value) for fact in by_source.values()}) > 1
        )
