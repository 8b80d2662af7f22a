"""An application under way (kladde): kept between logins, gone when it is sent or left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

from processes.domain.access import Actor, require
from processes.domain.periods import DENMARK
from processes.operations.control import Environment
from processes.ports.records import DRAFT_LIFETIME, ApplicationDraft, DraftPart


class Drafts:
    """Applications under way, each its citizen's own (kladder)."""

    def __init__(self, env: Environment) -> None:
        self.env = env

    def mine(self, by: Actor) -> ApplicationDraft | None:
        """Return one's own application under way; one that was left too long is gone."""
        require(by, "citizen.apply")
        with self.env.uow(by.municipality_id) as uow:
            draft = uow.drafts.get(by.party_cpr_digits)
            today = self.env.gateways.clock.today()
            return draft if draft is not None and draft.kept_until >= today else None

    def save(
        self, slug: str, answers: Mapping[str, str], *, seen: str, by: Actor
    ) -> datetime | None:
        """Keep one part as typed; the newest counts.

        `seen` is when the part was saved that the page was filled from. Returns when a newer one
        was saved elsewhere that this one replaces.
        """
        require(by, "citizen.apply")
        with self.env.uow(by.municipality_id) as uow:
            draft = uow.drafts.get(by.party_cpr_digits)
            before = None if draft is None else draft.parts.get(slug)
            uow.drafts.save_part(by.party_cpr_digits, slug, DraftPart(answers, self.env.now()))
            uow.commit()
        if before is None or before.saved_at.isoformat() == seen or before.answers == answers:
            return None
        return before.saved_at

    def forget_old(self, municipality_id: int) -> int:
        """Forget what was left for longer than it is kept; returns how many there were."""
        first_kept = self.env.gateways.clock.today() - DRAFT_LIFETIME
        with self.env.uow(municipality_id) as uow:
            count = uow.drafts.delete_saved_before(datetime.combine(first_kept, time(), DENMARK))
            uow.commit()
            return count
