"""Login by choosing a person, for demonstration and tests; cannot be switched on in production.

Knows who may be chosen and which actor a choice becomes. Knows nothing of pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.config import Mode, Settings
from processes.domain.access import ROLE_NAMES, Actor, Role
from processes.domain.errors import NotAllowedError, RuleError
from processes.domain.identifiers import Cpr
from processes.ports.records import Municipality, User


@dataclass(frozen=True)
class DemoCitizen:
    """A made-up citizen somebody may log in as (demoborger)."""

    name: str
    cpr_digits: str
    municipality_id: int
    note: str


@dataclass(frozen=True)
class JobFunction:
    """One role in one municipality, with the units it covers (jobfunktion)."""

    municipality_id: int
    role: Role
    units: tuple[str, ...]

    @property
    def key(self) -> str:
        """What a form calls it."""
        return f"{self.municipality_id}-{self.role.value}"

    @property
    def name(self) -> str:
        """What people call it."""
        return ROLE_NAMES[self.role]


class UserStore(Protocol):
    """Knows users and municipalities; not municipal."""

    def user(self, user_id: str) -> User:
        """Return a user with every role, inactive ones too; `NotFoundError` when there is none."""

    def all_users(self) -> Sequence[User]:
        """Return every active user, by name."""

    def municipalities(self) -> Sequence[Municipality]:
        """Return every municipality."""


def check(settings: Settings) -> None:
    """Refuse in production, whatever else is set."""
    if settings.mode is Mode.PRODUCTION:
        raise NotAllowedError(
            "Login ved valg af person findes ikke i drift. Brug den fælles login."
        )


def job_functions(user: User) -> list[JobFunction]:
    """Return a user's roles, one for each municipality and role, with all its units."""
    units: dict[tuple[int, Role], list[str]] = {}
    for municipality_id, role, unit in user.roles:
        units.setdefault((municipality_id, Role(role)), []).append(unit)
    return [
        JobFunction(municipality_id, role, tuple(each))
        for (municipality_id, role), each in units.items()
    ]


def staff_actor(user: User, key: str) -> Actor | None:
    """Return who acts when a user works in a role, or None when the user no longer has it."""
    if not user.active:
        return None
    for job in job_functions(user):
        if job.key == key:
            return Actor(user.id, user.name, job.role, job.municipality_id, frozenset(job.units))
    return None


def citizen_actor(cpr_digits: str, name: str, municipality_id: int, user_id: str) -> Actor:
    """Return who acts when a citizen has logged in."""
    return Actor(user_id, name, Role.CITIZEN, municipality_id, frozenset(), cpr_digits)


def synthetic(text: str) -> Cpr:
    """Return a personal number nobody can have, or refuse: no real person is borrowed."""
    cpr = Cpr.parse(text)
    if not cpr.is_synthetic:
        raise RuleError("Brug kun opdigtede CPR-numre her: læg 60 til dagen, som 6101901234.")
    return cpr
