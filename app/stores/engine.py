"""How the application connects: one engine a process, sessions that always read what is there."""

from sqlalchemy import Engine, create_engine

# Rows are read anew by every statement: what one store writes, another must see at once, and a row
# that is locked is shown as it is now and not as it was first read.
ALWAYS_FRESH = {"populate_existing": True, "synchronize_session": False}


def make_engine(url: str, *, pool_size: int = 5, max_overflow: int = 10) -> Engine:
    """Return an engine for the application's role; a connection is tried before it is used.

    So that a restarted server costs one failed transaction, not one for every pooled connection.
    """
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
    )
