"""Rows to drafts of processes, and what is told of versions, and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.models.processes import DecisionTableRow, DefinitionRow, InstanceRow
from app.models.workbench import (
    ProcessDraftEventRow,
    ProcessDraftFileRow,
    ProcessDraftRow,
    ProcessRetirementRow,
)
from app.stores.rows import Store, known_id
from processes.ports.workbench import (
    DraftEvent,
    DraftKind,
    DraftStage,
    Files,
    ProcessDraft,
    Retired,
    Running,
    Underway,
    VersionLine,
)


def draft_of(row: ProcessDraftRow, files: Files) -> ProcessDraft:
    """Make a draft of its row and its files."""
    return ProcessDraft(
        id=row.id,
        kind=DraftKind(row.kind),
        key=row.key,
        name=row.name,
        files=files,
        base_version=row.base_version,
        revision=row.revision,
        stage=DraftStage(row.state),
        created_by=row.created_by,
        created_at=row.created_at,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
        reason=row.reason,
        valid_from=row.valid_from,
        running=Running(row.running),
        digest=row.digest,
        submitted_by=row.submitted_by,
        submitted_at=row.submitted_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        version=row.version,
    )


def _values(draft: ProcessDraft) -> dict[str, object]:
    return {
        "kind": draft.kind.value,
        "key": draft.key,
        "name": draft.name,
        "base_version": draft.base_version,
        "revision": draft.revision,
        "state": draft.stage.value,
        "created_by": draft.created_by,
        "created_at": draft.created_at,
        "changed_by": draft.changed_by,
        "changed_at": draft.changed_at,
        "reason": draft.reason,
        "valid_from": draft.valid_from,
        "running": draft.running.value,
        "digest": draft.digest,
        "submitted_by": draft.submitted_by,
        "submitted_at": draft.submitted_at,
        "decided_by": draft.decided_by,
        "decided_at": draft.decided_at,
        "version": draft.version,
    }


class SqlProcessDraftStore(Store):
    """Drafts of processes and tables; central, except who runs on which version."""

    def add(self, draft: ProcessDraft) -> None:
        """Insert a draft with its files."""
        self.insert(ProcessDraftRow, [{"id": draft.id, **_values(draft)}])
        self.insert(
            ProcessDraftFileRow,
            [
                {"draft_id": draft.id, "name": name, "content": content}
                for name, content in draft.files.items()
            ],
        )

    def get(self, draft_id: str) -> ProcessDraft:
        """Return a draft with its files."""
        wanted = select(ProcessDraftRow).where(ProcessDraftRow.id == known_id(draft_id, "Kladden"))
        return self._whole(self.one(wanted, "Kladden"))

    def lock(self, draft_id: str) -> ProcessDraft:
        """Return a draft, its row held until the transaction ends."""
        wanted = select(ProcessDraftRow).where(ProcessDraftRow.id == known_id(draft_id, "Kladden"))
        return self._whole(self.one(wanted.with_for_update(), "Kladden"))

    def _whole(self, row: ProcessDraftRow) -> ProcessDraft:
        files = self.session.execute(
            select(ProcessDraftFileRow.name, ProcessDraftFileRow.content)
            .where(ProcessDraftFileRow.draft_id == row.id)
            .order_by(ProcessDraftFileRow.name)
        )
        return draft_of(row, {file.name: file.content for file in files})

    def save(self, draft: ProcessDraft) -> None:
        """Write everything about a draft but its files."""
        self.session.execute(
            update(ProcessDraftRow).where(ProcessDraftRow.id == draft.id).values(**_values(draft))
        )

    def save_file(self, draft_id: str, name: str, content: bytes) -> None:
        """Write one file of a draft."""
        new = upsert(ProcessDraftFileRow).values(draft_id=draft_id, name=name, content=content)
        self.session.execute(
            new.on_conflict_do_update(
                index_elements=["draft_id", "name"], set_={"content": new.excluded.content}
            )
        )

    def unfinished(self) -> Sequence[ProcessDraft]:
        """Return the drafts that are open or wait for approval, without files, newest first."""
        unfinished = [DraftStage.OPEN.value, DraftStage.SUBMITTED.value]
        rows = self.session.scalars(
            select(ProcessDraftRow)
            .where(ProcessDraftRow.state.in_(unfinished))
            .order_by(ProcessDraftRow.changed_at.desc(), ProcessDraftRow.id)
        )
        return [draft_of(row, {}) for row in rows]

    def of_key(self, key: str) -> Sequence[ProcessDraft]:
        """Return every draft of a process or table, without files, newest first."""
        rows = self.session.scalars(
            select(ProcessDraftRow)
            .where(ProcessDraftRow.key == key)
            .order_by(ProcessDraftRow.changed_at.desc(), ProcessDraftRow.id)
        )
        return [draft_of(row, {}) for row in rows]

    def note(self, event: DraftEvent) -> None:
        """Append to a draft's course."""
        self.insert(
            ProcessDraftEventRow,
            [
                {
                    "draft_id": event.draft_id,
                    "at": event.at,
                    "by": event.by,
                    "what": event.what,
                    "words": event.words,
                }
            ],
        )

    def events(self, draft_id: str) -> Sequence[DraftEvent]:
        """Return a draft's course, oldest first."""
        rows = self.session.scalars(
            select(ProcessDraftEventRow)
            .where(ProcessDraftEventRow.draft_id == draft_id)
            .order_by(ProcessDraftEventRow.id)
        )
        return [DraftEvent(row.draft_id, row.at, row.by, row.what, row.words) for row in rows]

    def versions(self, key: str | None = None) -> Sequence[VersionLine]:
        """Return the versions of a process or of all, newest first."""
        wanted = select(DefinitionRow).order_by(DefinitionRow.key, DefinitionRow.version.desc())
        if key is not None:
            wanted = wanted.where(DefinitionRow.key == key)
        return [
            VersionLine(
                row.id, row.key, row.version, row.name, row.digest, row.valid_from,
                row.deployed_by, row.deployed_at, row.start_message,
            )
            for row in self.session.scalars(wanted)
        ]  # fmt: skip

    def table_versions(self, key: str | None = None) -> Sequence[VersionLine]:
        """Return the versions of a table or of all, newest first."""
        wanted: Any = select(
            DecisionTableRow.id, DecisionTableRow.key, DecisionTableRow.version,
            DecisionTableRow.digest, DecisionTableRow.valid_from, DecisionTableRow.deployed_by,
            DecisionTableRow.deployed_at,
        ).order_by(DecisionTableRow.key, DecisionTableRow.version.desc())  # fmt: skip
        if key is not None:
            wanted = wanted.where(DecisionTableRow.key == key)
        return [
            VersionLine(
                row.id, row.key, row.version, row.key, row.digest, row.valid_from,
                row.deployed_by, row.deployed_at,
            )
            for row in self.session.execute(wanted)
        ]  # fmt: skip

    def table_xml(self, key: str, version: int) -> bytes:
        """Return one version of a table."""
        wanted = select(DecisionTableRow.xml).where(
            DecisionTableRow.key == key, DecisionTableRow.version == version
        )
        return self.one(wanted, "Tabellens version")

    def underway(self) -> Mapping[int, Underway]:
        """Return what runs on each version in this municipality, by the version's id."""
        rows = self.session.execute(
            select(
                InstanceRow.definition_id,
                func.count().label("running"),
                func.count().filter(InstanceRow.state == "incident").label("stopped"),
            )
            .where(InstanceRow.ended_at.is_(None))
            .group_by(InstanceRow.definition_id)
        )
        return {row.definition_id: Underway(row.running, row.stopped) for row in rows}

    def retire(self, draft_id: str, retired: Retired) -> None:
        """Say from when no case begins on a process."""
        self.session.execute(
            insert(ProcessRetirementRow).values(
                draft_id=draft_id,
                key=retired.key,
                from_day=retired.from_day,
                after_version=retired.after_version,
            )
        )

    def retired(self) -> Sequence[Retired]:
        """Return every process that is, or will be, taken out of use."""
        rows = self.session.scalars(
            select(ProcessRetirementRow).order_by(
                ProcessRetirementRow.key, ProcessRetirementRow.after_version
            )
        )
        return [Retired(row.key, row.from_day, row.after_version) for row in rows]
