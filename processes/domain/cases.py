"""Case (sag), its parties and states, and which moves between states are lawful."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from processes.domain.errors import ConflictError
from processes.domain.identifiers import Cpr, Kle


class CaseState(StrEnum):
    """How far a case is (sagstilstand); values are OIO's."""

    RAISED = "opstaaet"
    INFORMED = "oplyst"
    DECIDED = "afgjort"
    ORDERED = "bestilt"
    CARRIED_OUT = "udfoert"
    CLOSED = "afsluttet"


MOVES: dict[CaseState, frozenset[CaseState]] = {
    CaseState.RAISED: frozenset({CaseState.INFORMED, CaseState.CLOSED}),
    CaseState.INFORMED: frozenset({CaseState.INFORMED, CaseState.DECIDED, CaseState.CLOSED}),
    CaseState.DECIDED: frozenset({CaseState.ORDERED, CaseState.INFORMED, CaseState.CLOSED}),
    CaseState.ORDERED: frozenset({CaseState.CARRIED_OUT, CaseState.INFORMED}),
    CaseState.CARRIED_OUT: frozenset({CaseState.INFORMED, CaseState.CLOSED}),
    CaseState.CLOSED: frozenset(),
}
"""Which state may follow which; a case that is reopened becomes informed again."""


def check_move(current: CaseState, wanted: CaseState) -> None:
    """Refuse a move the table does not have."""
    if wanted not in MOVES[current]:
        raise ConflictError(
            f"Sagen er '{current}' og kan ikke blive '{wanted}'. Åbn sagen igen, før du går videre."
        )


class PartyRole(StrEnum):
    """What a person is to a case (partsrolle)."""

    PRIMARY = "primaer_part"
    SPOUSE = "aegtefaelle"
    CHILD = "barn"
    REPRESENTATIVE = "partsrepraesentant"
    GUARDIAN = "vaerge"


class Protection(StrEnum):
    """How carefully a person or case is shown (beskyttelse)."""

    NORMAL = "normal"
    PROTECTED = "beskyttet"


@dataclass(frozen=True)
class Party:
    """A party (part): one person in one case, as known now."""

    id: str
    """The person in this case; facts and payments point at it."""
    case_id: str
    role: PartyRole
    cpr: Cpr
    name: str
    address_lines: tuple[str, ...]
    protection: Protection

    @property
    def birth_date(self) -> date:
        """The day of birth, which lists show instead of the personal number."""
        return self.cpr.birth_date


@dataclass(frozen=True)
class Case:
    """A case (sag): what documents one work process, decisions included."""

    id: str
    number: str
    """The number people use (brugervendt nøgle), e.g. `2026-000123`."""
    municipality_id: int
    kle: Kle
    benefit: str
    """The benefit type (ydelsesart) by its Danish key: `kontanthjaelp`."""
    title: str
    state: CaseState
    unit: str
    """The unit whose inbox it is in."""
    caseworker: str | None
    """The user who has the case."""
    protection: Protection
    opened_at: datetime
    parties: tuple[Party, ...]

    @property
    def primary_party(self) -> Party:
        """The person the case is about (primær part)."""
        return next(party for party in self.parties if party.role is PartyRole.PRIMARY)

    def party(self, party_id: str) -> Party:
        """Return one party; the id must be of this case."""
        return next(party for party in self.parties if party.id == party_id)


@dataclass(frozen=True)
class Application:
    """An application (ansøgning) as it was received; never changed afterwards."""

    id: str
    case_id: str
    received_at: datetime
    contact_on: date
    """First contact (henvendelsesdato): the earliest day help can start."""
    requested_from: date
    applies_jointly: bool
    """Whether the spouse applies too."""
    channel: str
    """`selvbetjening`, `sf2900`, `fremmoede`."""
    answers: dict[str, str]
    """Every answer by its form key, as the citizen gave it."""
    message_id: str
    """The channel's own id: the same one twice makes one case."""
