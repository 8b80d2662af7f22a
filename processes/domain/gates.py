"""Answers: is everything in place that the law asks for first? What is not known is not a yes.

A gate (betingelser) is conditions in the order of the law, each judged from one named input.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from processes.domain.errors import RuleError


@dataclass(frozen=True)
class Check:
    """One condition as judged (kontrolpunkt)."""

    key: str
    label: str
    """In Danish, as something that is true when it is met."""
    law: str
    met: bool | None
    """None is unknown."""
    way_out: str
    """In Danish: what can be done when it is not met or not known."""


@dataclass(frozen=True)
class Gate:
    """Conditions that must all be met (betingelser)."""

    checks: tuple[Check, ...]

    def __iter__(self) -> Iterator[Check]:
        return iter(self.checks)

    @property
    def passed(self) -> bool | None:
        """No when one is not met, yes when all are, else unknown."""
        if any(check.met is False for check in self.checks):
            return False
        return None if any(check.met is None for check in self.checks) else True

    @property
    def open(self) -> tuple[Check, ...]:
        """What is not met or not known, in the order of the law."""
        return tuple(check for check in self.checks if check.met is not True)

    def demand(self, what: str) -> None:
        """Refuse to go on unless every condition is known to be met; `what` is what is refused."""
        if self.open:
            said = " ".join(
                f"{check.label} ({check.law}): {'ikke opfyldt' if check.met is False else 'uvist'}."
                f" {check.way_out}"
                for check in self.open
            )
            raise RuleError(f"{what} {said}")
