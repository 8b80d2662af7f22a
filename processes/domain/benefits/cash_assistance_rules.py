"""Answers: what do the program and the rules of kontanthjælp have in common? Names and ages only.

The rules themselves are formulas in law/rules.yaml.
"""

from __future__ import annotations

from datetime import date

ADULT = 18
YOUTH_TURNS = 25
YOUTH_ENDS = 30
DECISIVE_AGES = (ADULT, YOUTH_TURNS, YOUTH_ENDS)
"""The birthdays on which something else may be right: they cut a month."""

JOINTLY = "soeger_sammen"
"""What the application says: the spouse applies too."""
SPOUSE_ON_CASE = "aegtefaelle_paa_sagen"
"""What the case says: the spouse is a party."""

SUPPLEMENTS = (
    "kh.boernetillaeg",
    "kh.tillaeg_enlig_forsoerger",
    "kh.tillaeg_enlig_ikke_forsoerger",
    "kh.ungetillaeg",
)


def birthday(born: date, age: int) -> date:
    """Return the day an age is reached; the 29th of February is the 1st of March in other years.

    >>> birthday(date(2004, 2, 29), 18)
    datetime.date(2022, 3, 1)
    """
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
