"""Rows to applications under way, and back."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.models.drafts import ApplicationDraftRow
from app.stores.rows import Store
from processes.ports.records import ApplicationDraft, DraftPart


class SqlDraftStore(Store):
    """Applications under way, one a citizen."""

    def get(self, cpr_digits: str) -> ApplicationDraft | None:
        """Return somebody's application under way; the row is held until the transaction ends."""
        wanted = select(ApplicationDraftRow).where(ApplicationDraftRow.cpr == cpr_digits)
        row = self.session.scalars(wanted.with_for_update()).first()
        if row is None:
            return None
        parts = {
            slug: DraftPart(kept["answers"], datetime.fromisoformat(kept["saved_at"]))
            for slug, kept in row.parts.items()
        }
        return ApplicationDraft(parts, row.saved_at)

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
                set_={"parts": merged, "saved_at": new.excluded.saved_at},
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
