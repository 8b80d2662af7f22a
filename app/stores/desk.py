"""Rows of the filters people keep of their inboxes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, insert, or_, select, update

from app.models.team import InboxFilterRow
from app.stores.rows import Store, known_id, missing
from processes.ports.records import InboxWish, SavedFilter, TaskSort


def filter_of(row: InboxFilterRow) -> SavedFilter:
    """Make a filter of its row."""
    wanted = row.wanted
    days = wanted.get("due_within")
    return SavedFilter(
        id=row.id,
        owner=row.owner,
        name=row.name,
        unit=row.unit,
        wanted=InboxWish(
            form_key=str(wanted["form_key"]),
            due_within=days if isinstance(days, int) else None,
            words=str(wanted["words"]),
            sort=TaskSort(str(wanted["sort"])),
        ),
        saved_at=row.saved_at,
    )


class SqlDeskStore(Store):
    """Filters of inboxes: those for now, and those somebody keeps."""

    def add_filter(self, saved: SavedFilter) -> None:
        """Insert a filter."""
        wanted = saved.wanted
        self.session.execute(
            insert(InboxFilterRow).values(
                id=saved.id,
                owner=saved.owner,
                name=saved.name,
                unit=saved.unit,
                wanted={
                    "form_key": wanted.form_key,
                    "due_within": wanted.due_within,
                    "words": wanted.words,
                    "sort": wanted.sort.value,
                },
                saved_at=saved.saved_at,
            )
        )

    def filter(self, filter_id: str) -> SavedFilter:
        """Return a filter."""
        wanted = select(InboxFilterRow).where(InboxFilterRow.id == known_id(filter_id, "Filteret"))
        return filter_of(self.one(wanted, "Filteret"))

    def kept_filters(self, owner: str, units: frozenset[str]) -> Sequence[SavedFilter]:
        """Return what somebody keeps and what is shared with their units, by name."""
        own = and_(InboxFilterRow.owner == owner, InboxFilterRow.name != "")
        shared = and_(InboxFilterRow.unit != "", InboxFilterRow.unit.in_(sorted(units)))
        wanted = select(InboxFilterRow).where(or_(own, shared))
        ordered = wanted.order_by(InboxFilterRow.name, InboxFilterRow.id)
        return [filter_of(row) for row in self.session.scalars(ordered)]

    def keep_filter(self, filter_id: str, *, name: str, unit: str) -> None:
        """Give a filter a name, and share it or not."""
        named = update(InboxFilterRow).where(InboxFilterRow.id == filter_id)
        if not self.count_changed(named.values(name=name, unit=unit)):
            raise missing("Filteret")

    def delete_filter(self, filter_id: str) -> None:
        """Forget a filter."""
        self.session.execute(delete(InboxFilterRow).where(InboxFilterRow.id == filter_id))

    def forget_filters(self, before: datetime) -> int:
        """Forget what was wanted for now before a moment, and answer how many."""
        old = and_(InboxFilterRow.name == "", InboxFilterRow.saved_at < before)
        return self.count_changed(delete(InboxFilterRow).where(old))
