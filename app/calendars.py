"""Danish closing days from the `holidays` library, as dated data for the domain.

The library's public holidays are the law's (Store bededag is gone since 2024). Banks are shut
besides on the Friday after Ascension, 5 June, 24 and 31 December: Finans Danmark's list.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays

from processes.domain.periods import Calendar, Period

ASCENSION = "Kristi himmelfartsdag"
CONSTITUTION_DAY = (6, 5)
CHRISTMAS_EVE = (12, 24)
NEW_YEARS_EVE = (12, 31)


@lru_cache(maxsize=4)
def danish_calendar(first_year: int, last_year: int) -> Calendar:
    """Return the closing days of whole years, both ends included."""
    years = range(first_year, last_year + 1)
    public = country_holidays("DK", years=years, language="da")
    bank = {
        date(year, *month_day)
        for year in years
        for month_day in (CONSTITUTION_DAY, CHRISTMAS_EVE, NEW_YEARS_EVE)
    } | {day + timedelta(days=1) for day, name in public.items() if ASCENSION in name}
    return Calendar(
        public=frozenset(public),
        bank=frozenset(bank),
        covers=Period(date(first_year, 1, 1), date(last_year + 1, 1, 1)),
    )
