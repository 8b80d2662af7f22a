"""Answers: may this file be kept? What it is by its content, and whether a scanner found a virus.

The scanner is asked with no transaction open. A virus is refused and noted, never stored.
"""

from __future__ import annotations

from collections.abc import Sequence

from processes.domain.access import Actor
from processes.domain.documents import CheckedFile, media_type_of
from processes.domain.errors import OutsideError, RuleError
from processes.operations.control import Environment
from processes.ports.records import AuditEvent

LONGEST_NAME = 120


class Uploads:
    """Files on their way in (filer på vej ind)."""

    def __init__(self, env: Environment) -> None:
        self.env = env

    def checked(
        self, files: Sequence[tuple[str, bytes]], by: Actor, *, subject: str
    ) -> tuple[CheckedFile, ...]:
        """Return files that may be kept; all of them, or none when one cannot be used.

        `subject` is what the look into them is noted on: `case:<id>`.
        """
        named = [(name.strip()[-LONGEST_NAME:] or "Uden navn", content) for name, content in files]
        # What it is, is cheap to see: nothing is scanned that would be refused anyway.
        types = [media_type_of(content, name=name) for name, content in named]
        return tuple(
            CheckedFile(
                name, content, media_type, self._is_scanned(name, content, by, subject=subject)
            )
            for (name, content), media_type in zip(named, types, strict=True)
        )

    def _is_scanned(self, name: str, content: bytes, by: Actor, *, subject: str) -> bool:
        try:
            answer = self.env.gateways.scanner.scan(content)
        except OutsideError as error:
            raise RuleError(
                f"Vi kan ikke se “{name}” efter for virus lige nu, så den er ikke gemt."
                " Prøv igen om lidt, eller aflevér papiret i Borgerservice."
            ) from error
        if answer.virus:
            self._note(by, subject, answer.virus)
            raise RuleError(
                f"Der er virus i “{name}”, så vi har ikke taget imod den. Tag et nyt billede"
                " af papiret med telefonen, eller send det fra en anden computer."
            )
        return answer.is_scanned

    def _note(self, by: Actor, subject: str, virus: str) -> None:
        with self.env.uow(by.municipality_id) as uow:
            uow.audit.add(
                AuditEvent(
                    self.env.now(), by.user, str(by.role), "file.infected", subject, virus[:200]
                )
            )
            uow.commit()
