"""Answers: which municipality does this transaction see, and as whom does it act?

The wall itself stands in PostgreSQL: every municipal table compares its rows with the setting made
here. A transaction without the setting gets an error from the first row it touches, not an empty
list. Knows nothing of users.
"""

from sqlalchemy import Connection, text

OWNER_ROLE = "ky_owner"
"""Owns every table; nobody logs in as it."""
CLAIMS_ROLE = "ky_claims"
"""Owns the functions that take work across municipalities; nobody logs in as it."""
APP_ROLE = "ky_app"
"""What web and worker log in as; owns nothing and cannot step over the wall."""

HIGHEST_CODE = 999

_SET = text(
    "SELECT set_config('app.municipality', :municipality, true),"
    " set_config('TimeZone', 'UTC', true)"
)


def enter_municipality(connection: Connection, municipality_id: int) -> None:
    """Let the rest of this transaction see one municipality; the setting ends with it."""
    connection.execute(_SET, {"municipality": str(checked(municipality_id))})


def checked(municipality_id: int | None) -> int:
    """Return the municipality's code; anything else is a bug that must not reach the database."""
    if municipality_id is None or not 0 < municipality_id <= HIGHEST_CODE:
        raise ValueError(f"a unit of work needs a municipality's code, not {municipality_id!r}")
    return municipality_id
