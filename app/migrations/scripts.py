"""How a migration runs the SQL file beside it, as it stands."""

from typing import Any

from sqlalchemy import Connection

from app.migrations.run import FOLDER


def run_script(connection: Connection, name: str) -> None:
    """Run every statement of a file in `versions`; nothing is put into it, so `%` is just `%`."""
    script = (FOLDER / "versions" / name).read_text(encoding="utf-8")
    driver: Any = connection.connection.driver_connection
    driver.execute(script)
