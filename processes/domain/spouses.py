"""The spouse's own part (ægtefællens del) of an application: asked for, signed, or not.

Spouses support each other (LAS § 2), so what the spouse has and earns counts. Only the spouse can
say it. A spouse who says nothing costs the applicant neither the day nor the application.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from processes.domain.errors import ConflictError

SPOUSE_DAYS = 7
"""Calendar days the spouse has, counted from the day the application was sent."""
REMINDER_AFTER_DAYS = 4
"""Calendar days until the spouse is reminded, once."""


class SpousePartState(StrEnum):
    """How far the spouse's part is (tilstand for ægtefællens del)."""

    PREPARED = "forberedt"
    """CPR has not been asked yet whether the two are married, so nobody was written to."""
    ASKED = "oensket"
    SIGNED = "underskrevet"
    LAPSED = "udloebet"
    """Not signed in time: what it would say is not known. It can still be signed."""
    NOT_ASKED = "ikke_spurgt"
    """CPR does not know them as married, or did not answer: nobody was written to."""


MOVES: dict[SpousePartState, frozenset[SpousePartState]] = {
    SpousePartState.PREPARED: frozenset({SpousePartState.ASKED, SpousePartState.NOT_ASKED}),
    SpousePartState.ASKED: frozenset({SpousePartState.SIGNED, SpousePartState.LAPSED}),
    SpousePartState.LAPSED: frozenset({SpousePartState.SIGNED}),
    SpousePartState.SIGNED: frozenset(),
    SpousePartState.NOT_ASKED: frozenset(),
}
"""Which state may follow which; what was signed stands."""


@dataclass(frozen=True)
class SpousePart:
    """The part of an application only the spouse can give (ægtefællens del), one a case."""

    case_id: str
    party_id: str
    state: SpousePartState
    asked_at: datetime
    due_on: date | None = None
    changed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the spouse has something to do."""
        return self.state in {SpousePartState.ASKED, SpousePartState.LAPSED}


def move(part: SpousePart, wanted: SpousePartState, *, at: datetime) -> SpousePart:
    """Return the part in its next state; a move the table does not have is refused."""
    if wanted not in MOVES[part.state]:
        raise ConflictError(
            "Ægtefællens del er allerede sendt, eller der er ikke bedt om den."
            " Gå til Min side, og se, hvordan det står nu."
        )
    return replace(part, state=wanted, changed_at=at)
