"""Rows to the papers a party is asked for, and to the files chosen but not yet sent."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from app.models.papers import DocumentRequestRow, UploadedFileRow
from app.stores.rows import Store, known_id
from processes.domain.documents import DocumentKind, DocumentRequest, RequestState, UploadedFile


def request_of(row: DocumentRequestRow) -> DocumentRequest:
    """Make a request of its row."""
    return DocumentRequest(
        id=row.id,
        case_id=row.case_id,
        party_id=row.party_id,
        kind=DocumentKind(row.kind),
        state=RequestState(row.state),
        asked_at=row.asked_at,
        due_on=row.due_on,
        changed_at=row.changed_at,
        note=row.note,
    )


def file_of(row: UploadedFileRow) -> UploadedFile:
    """Make a chosen file's record of its row, without its bytes."""
    return UploadedFile(
        id=row.id,
        request_id=row.request_id,
        case_id=row.case_id,
        party_id=row.party_id,
        name=row.name,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        uploaded_at=row.uploaded_at,
        is_scanned=row.is_scanned,
    )


class SqlPaperStore(Store):
    """Requests for papers, and files chosen but not yet sent."""

    def save(self, request: DocumentRequest) -> None:
        """Insert a request or write its next state."""
        state: dict[str, object] = {
            "state": request.state.value,
            "asked_at": request.asked_at,
            "due_on": request.due_on,
            "changed_at": request.changed_at,
            "note": request.note,
        }
        changed = self.count_changed(
            update(DocumentRequestRow).where(DocumentRequestRow.id == request.id).values(state)
        )
        if not changed:
            key: dict[str, object] = {
                "id": request.id,
                "case_id": request.case_id,
                "party_id": request.party_id,
                "kind": request.kind.value,
            }
            self.insert(DocumentRequestRow, [key | state])

    def request(self, request_id: str) -> DocumentRequest:
        """Return a request."""
        wanted = known_id(request_id, "Papiret")
        statement = select(DocumentRequestRow).where(DocumentRequestRow.id == wanted)
        return request_of(self.one(statement, "Papiret"))

    def of_case(self, case_id: str) -> Sequence[DocumentRequest]:
        """Return what was asked for in a case, in the order it was first asked for."""
        rows = self.session.scalars(
            select(DocumentRequestRow)
            .where(DocumentRequestRow.case_id == known_id(case_id, "Sagen"))
            .order_by(DocumentRequestRow.asked_at, DocumentRequestRow.kind)
        )
        return [request_of(row) for row in rows]

    def add_file(self, file: UploadedFile, content: bytes) -> None:
        """Keep a file until it is sent or taken away."""
        row = {
            "id": file.id,
            "request_id": file.request_id,
            "case_id": file.case_id,
            "party_id": file.party_id,
            "name": file.name,
            "media_type": file.media_type,
            "size_bytes": file.size_bytes,
            "content": content,
            "uploaded_at": file.uploaded_at,
            "is_scanned": file.is_scanned,
        }
        self.insert(UploadedFileRow, [row])

    def files(self, case_id: str) -> Sequence[UploadedFile]:
        """Return the files that wait to be sent in a case, oldest first."""
        rows = self.session.scalars(
            select(UploadedFileRow)
            .where(UploadedFileRow.case_id == known_id(case_id, "Sagen"))
            .order_by(UploadedFileRow.uploaded_at, UploadedFileRow.id)
        )
        return [file_of(row) for row in rows]

    def file(self, file_id: str) -> UploadedFile:
        """Return one file's record."""
        wanted = known_id(file_id, "Filen")
        statement = select(UploadedFileRow).where(UploadedFileRow.id == wanted)
        return file_of(self.one(statement, "Filen"))

    def take_file(self, file_id: str) -> bytes:
        """Remove a file and return its bytes."""
        wanted = known_id(file_id, "Filen")
        content = self.one(
            select(UploadedFileRow.content).where(UploadedFileRow.id == wanted), "Filen"
        )
        self.session.execute(delete(UploadedFileRow).where(UploadedFileRow.id == wanted))
        return content

    def delete_uploaded_before(self, moment: datetime) -> int:
        """Forget files that were chosen before a moment and never sent; return how many."""
        return self.count_changed(
            delete(UploadedFileRow).where(UploadedFileRow.uploaded_at < moment)
        )
