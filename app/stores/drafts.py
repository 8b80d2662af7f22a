"""Rows to applications under way, and back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.models.drafts import ApplicationDraftRow
from app.stores.rows import Store
from processes.ports.records import ApplicationDraft, DraftPart


def draft_of(row: ApplicationDraftRow) -> ApplicationDraft:
    """Make an application under way of its row."""
    parts = {
        slug: DraftPart(kept["answers"], datetime.fromisoformat(kept["saved_at"]))
        for slug, kept in row.parts.items()
    }
    return ApplicationDraft(parts, row.saved_at, row.deleted_at)


class SqlDraftStore(Store):
    """Applications under way, one a citizen."""

    def get(self, cpr_digits: str) -> ApplicationDraft | None:
        """Return somebody's application under way; the row is held until the transaction ends."""
        wanted = select(ApplicationDraftRow).where(ApplicationDraftRow.cpr == cpr_digits)
        row = self.session.scalars(wanted.with_for_update()).first()
        return None if row is None else draft_of(row)

    def save_part(self, cpr_digits: str, slug: str, part: DraftPart) -> None:
        """Write one part; the others stay as they are, whoever writes them meanwhile."""
        kept = {"answers": dict(part.answers), "saved_at": part.saved_at.isoformat()}
        new = insert(ApplicationDraftRow).values(
            cpr=cpr_digits, parts={slug: kept}, saved_at=part.saved_at
        )
        merged = ApplicationDraftRow.parts.concat(new.excluded.parts)
        self.session.execute(
            new.on_conflict_do_update(
                index_elements=["municipality_id", "cpr"],
                set_={
                    "parts": merged,
                    "saved_at": new.excluded.saved_at,
                    "deleted_at": None,
                    "notice_id": None,
                },
            )
        )

    def delete(self, cpr_digits: str) -> None:
        """Forget somebody's application under way."""
        mine = ApplicationDraftRow.cpr == cpr_digits
        self.session.execute(delete(ApplicationDraftRow).where(mine))

    def delete_saved_before(self, moment: datetime) -> int:
        """Forget what nobody has touched since; returns how many there were."""
        old = ApplicationDraftRow.saved_at < moment
        return self.count_changed(delete(ApplicationDraftRow).where(old))

    def throw_away(self, cpr_digits: str, *, at: datetime) -> None:
        """Say that somebody threw their application away; it can be taken back."""
        mine = ApplicationDraftRow.cpr == cpr_digits
        self.session.execute(update(ApplicationDraftRow).where(mine).values(deleted_at=at))

    def take_back(self, cpr_digits: str) -> None:
        """Take an application back that was thrown away."""
        mine = ApplicationDraftRow.cpr == cpr_digits
        self.session.execute(update(ApplicationDraftRow).where(mine).values(deleted_at=None))

    def delete_thrown_away_before(self, moment: datetime) -> int:
        """Forget what was thrown away before a moment; returns how many there were."""
        gone = ApplicationDraftRow.deleted_at < moment
        return self.count_changed(delete(ApplicationDraftRow).where(gone))

    def unwarned_before(self, moment: datetime) -> Sequence[str]:
        """Return whose application was left before a moment and who is not told yet."""
        left = (
            select(ApplicationDraftRow.cpr)
            .where(
                ApplicationDraftRow.saved_at < moment,
                ApplicationDraftRow.deleted_at.is_(None),
                ApplicationDraftRow.notice_id.is_(None),
            )
            .order_by(ApplicationDraftRow.saved_at)
            .with_for_update()
        )
        return self.session.scalars(left).all()

    def warn(self, cpr_digits: str, notice_id: str) -> None:
        """Say under which id its owner is told that an application will go."""
        mine = ApplicationDraftRow.cpr == cpr_digits
        self.session.execute(update(ApplicationDraftRow).where(mine).values(notice_id=notice_id))

    def by_notice(self, notice_id: str) -> tuple[str, ApplicationDraft] | None:
        """Return whose application a notice is about; None when it was saved again or sent."""
        told = ApplicationDraftRow.notice_id == notice_id
        wanted = select(ApplicationDraftRow).where(told, ApplicationDraftRow.deleted_at.is_(None))
        row = self.session.scalars(wanted).first()
        return None if row is None else (row.cpr, draft_of(row))
