"""Document content by digest: written once, kept inside the municipality it belongs to."""

import hashlib

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from app.models.cases import DocumentContentRow
from app.stores.rows import Store


class FileStore(Store):
    """The exact bytes of documents."""

    def put(self, sha256: str, content: bytes) -> None:
        """Save bytes under their digest; the same bytes again change nothing."""
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ValueError("the digest is not that of the content")
        self.session.execute(
            upsert(DocumentContentRow)
            .values(sha256=sha256, content=content)
            .on_conflict_do_nothing()
        )

    def get(self, sha256: str) -> bytes:
        """Return the bytes of a digest."""
        wanted = select(DocumentContentRow.content).where(DocumentContentRow.sha256 == sha256)
        return self.one(wanted, "Dokumentets indhold")
