"""A calendar for tests: the closing days of 2026 and 2027 that the tests meet, as plain data."""

from __future__ import annotations

from datetime import date

from processes.domain.periods import Calendar, Period

PUBLIC = frozenset(
    {
        date(2026, 1, 1),
        date(2026, 4, 2),
        date(2026, 4, 3),
        date(2026, 4, 5),
        date(2026, 4, 6),
        date(2026, 5, 14),
        date(2026, 5, 24),
        date(2026, 5, 25),
        date(2026, 12, 25),
        date(2026, 12, 26),
        date(2027, 1, 1),
    }
)
BANK = frozenset({date(2026, 5, 15), date(2026, 6, 5), date(2026, 12, 24), date(2026, 12, 31)})


def a_calendar() -> Calendar:
    """Return the closing days of 2025 to 2027."""
    return Calendar(PUBLIC, BANK, Period(date(2025, 1, 1), date(2028, 1, 1)))
