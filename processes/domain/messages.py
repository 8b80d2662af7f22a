"""Messages (beskeder) between a citizen and the municipality about a case.

The municipality answers within a number of working days or says when it will; an answer changes
nothing for the citizen, and a message is never a decision.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from processes.domain.errors import RuleError

ANSWER_DAYS = 8
"""Working days to answer in; assumes: the municipality's own aim, no statute counts the days."""
HOLDING_DAYS = 5
"""Working days more, once the citizen has been told that the answer takes longer."""
LONGEST_TEXT = 10_000
"""Characters; a letter can be attached."""


class MessageKind(StrEnum):
    """Who wrote a message, and what for (beskedtype)."""

    FROM_CITIZEN = "fra_borger"
    FROM_MUNICIPALITY = "fra_kommune"
    HOLDING = "ventesvar"
    """Sent by itself: the message has come, and the answer takes longer."""


@dataclass(frozen=True)
class CaseMessage:
    """One message in a case (besked i sagen), between one party and the municipality."""

    id: str
    case_id: str
    party_id: str
    """The party it is from or to; no other party sees it."""
    kind: MessageKind
    text: str
    by: str
    """The user who wrote it, or `system`."""
    at: datetime
    read_at: datetime | None = None
    """When the receiver first saw it."""
    answered_at: datetime | None = None
    """When the municipality answered it; a holding reply is no answer."""

    @property
    def is_from_citizen(self) -> bool:
        """Whether the party wrote it."""
        return self.kind is MessageKind.FROM_CITIZEN


def checked_text(text: str) -> str:
    """Return a message's words without space around them; an empty one is refused."""
    words = text.strip()
    if not words:
        raise RuleError("Skriv beskeden, før du sender den.")
    if len(words) > LONGEST_TEXT:
        most = f"{LONGEST_TEXT:,}".replace(",", ".")
        raise RuleError(
            f"Beskeden er for lang. Der er plads til {most} tegn. Send resten som en fil."
        )
    return words


def unanswered(messages: Iterable[CaseMessage], party_id: str) -> tuple[CaseMessage, ...]:
    """Return what a party wrote and the municipality has not answered, oldest first."""
    waiting = [
        each
        for each in messages
        if each.is_from_citizen and each.party_id == party_id and each.answered_at is None
    ]
    return tuple(sorted(waiting, key=lambda each: each.at))


def unread(messages: Iterable[CaseMessage], *, by_party: bool) -> tuple[CaseMessage, ...]:
    """Return what the party, or the municipality, has not seen yet."""
    return tuple(
        each for each in messages if each.read_at is None and each.is_from_citizen != by_party
    )
