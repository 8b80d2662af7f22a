"""The desk in memory: what was asked for, and answers a test can choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from processes.domain.access import Actor
from processes.domain.errors import NotFoundError, RuleError
from processes.ports.pages import DeskChange, MoveReport, TaskStays
from processes.ports.records import InboxWish, SavedFilter, TaskFilter

AT = datetime(2026, 3, 16, 9, 12, tzinfo=UTC)
BATCH = "0f0d6ad5-6f0c-4b64-8bd4-6a6a9b3a1c11"
COLLEAGUES = {"jonas": "Jonas Brandt", "tina": "Tina Bech"}


@dataclass
class FakeDesk:
    """Filters and changes in memory."""

    saved: dict[str, SavedFilter] = field(default_factory=dict)
    changes: list[tuple[tuple[int, ...], DeskChange]] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    stays: tuple[TaskStays, ...] = ()
    refuse_with: RuleError | None = None

    def colleagues(self, by: Actor) -> Mapping[str, str]:
        return COLLEAGUES

    def change(self, task_ids: Sequence[int], wanted: DeskChange, by: Actor) -> MoveReport:
        self.changes.append((tuple(task_ids), wanted))
        return self._report(len(task_ids) - len(self.stays), wanted.reason)

    def undo(self, batch_id: str, by: Actor) -> MoveReport:
        self.undone.append(batch_id)
        return self._report(1, "")

    def _report(self, done: int, reason: str) -> MoveReport:
        shares = (("Jonas Brandt", done),) if done else ()
        return MoveReport(BATCH, AT, "karin", reason, ("Karin Holm",), shares, self.stays, done)

    def listed(self, view: str, wanted: InboxWish) -> TaskFilter:
        return TaskFilter(
            view=view,
            form_key=wanted.form_key or None,
            party_tokens=tuple(wanted.words.casefold().split()),
            sort=wanted.sort,
        )

    def want(self, wanted: InboxWish, by: Actor) -> SavedFilter:
        made = SavedFilter(f"filter-{len(self.saved) + 1}", by.user, "", "", wanted, AT)
        self.saved[made.id] = made
        return made

    def filters(self, by: Actor) -> Sequence[SavedFilter]:
        return [each for each in self.saved.values() if each.name]

    def filter(self, filter_id: str, by: Actor) -> SavedFilter:
        if filter_id not in self.saved:
            raise NotFoundError("Filteret findes ikke.")
        return self.saved[filter_id]

    def keep(self, filter_id: str, name: str, unit: str, by: Actor) -> SavedFilter:
        if self.refuse_with is not None:
            raise self.refuse_with
        self.saved[filter_id] = replace(self.saved[filter_id], name=name, unit=unit)
        return self.saved[filter_id]

    def forget(self, filter_id: str, by: Actor) -> str:
        return self.saved.pop(filter_id).name
