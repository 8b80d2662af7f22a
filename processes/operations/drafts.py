"""An application under way (kladde): kept between logins, gone when it is sent or left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

from processes.domain.access import Actor, require
from processes.domain.documents import FILES_KEPT
from processes.domain.errors import NotFoundError
from processes.domain.periods import DENMARK
from processes.operations.control import Environment
from processes.ports.records import (
    DRAFT_LIFETIME,
    DRAFT_NOTICE,
    DRAFT_REGRET,
    ApplicationDraft,
    DraftPart,
)


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
            if draft is None or draft.deleted_at is not None or draft.kept_until < today:
                return None
            return draft

    def thrown_away(self, by: Actor) -> ApplicationDraft | None:
        """Return one's own application that was thrown away and can still be taken back."""
        require(by, "citizen.apply")
        with self.env.uow(by.municipality_id) as uow:
            draft = uow.drafts.get(by.party_cpr_digits)
        if draft is None or draft.deleted_at is None:
            return None
        return draft if draft.deleted_at + DRAFT_REGRET > self.env.now() else None

    def throw_away(self, by: Actor) -> None:
        """Throw one's own application away (slet kladde); it can be taken back for a day."""
        if self.mine(by) is None:
            raise NotFoundError("Du har ingen ansøgning, der venter. Gå til Min side.")
        with self.env.uow(by.municipality_id) as uow:
            uow.drafts.throw_away(by.party_cpr_digits, at=self.env.now())
            uow.commit()

    def take_back(self, by: Actor) -> None:
        """Take one's own application back that was thrown away (fortryd)."""
        if self.thrown_away(by) is None:
            raise NotFoundError("Ansøgningen kan ikke hentes igen. Begynd en ny på Min side.")
        with self.env.uow(by.municipality_id) as uow:
            uow.drafts.take_back(by.party_cpr_digits)
            uow.commit()

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
            if draft is not None and draft.deleted_at is not None:
                # Somebody who begins anew does not get back what was thrown away.
                uow.drafts.delete(by.party_cpr_digits)
                draft = None
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
            count += uow.drafts.delete_thrown_away_before(self.env.now() - DRAFT_REGRET)
            uow.commit()
            return count

    def tell_owners(self, municipality_id: int) -> int:
        """Tell whoever left an application that it will go in some days; return how many."""
        told_from = self.env.gateways.clock.today() - DRAFT_LIFETIME + DRAFT_NOTICE
        with self.env.uow(municipality_id) as uow:
            owners = uow.drafts.unwarned_before(datetime.combine(told_from, time(), DENMARK))
            ctx = self.env.context(uow)
            for cpr_digits in owners:
                notice_id = self.env.new_id()
                uow.drafts.warn(cpr_digits, notice_id)
                ctx.leave(
                    "send.draft_notice",
                    notice_id,
                    {"notice_id": notice_id},
                    key=f"draft-notice:{notice_id}",
                )
            uow.commit()
        if owners:
            self.env.wake()
        return len(owners)

    def forget_files(self, municipality_id: int) -> int:
        """Forget files that were chosen and never sent; returns how many there were."""
        with self.env.uow(municipality_id) as uow:
            count = uow.papers.delete_uploaded_before(self.env.now() - FILES_KEPT)
            uow.commit()
            return count
