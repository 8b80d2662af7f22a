"""Answers: which rate (sats) is in force on a day? A day without a rate is an error, never zero."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from processes.domain.errors import RateMissingError
from processes.domain.money import Money
from processes.domain.periods import ONE_DAY, Period


class Confidence(StrEnum):
    """How sure a rate or rule is (sikkerhed)."""

    HIGH = "hoej"
    MEDIUM = "mellem"
    LOW = "lav"


RATE_LABELS: dict[str, str] = {
    "kh.mindstesats": "Mindstesats",
    "kh.grundsats": "Grundsats",
    "kh.forhoejet_sats": "Forhøjet sats",
    "kh.hjemmeboende": "Sats for hjemmeboende under 30 år",
    "kh.boernetillaeg": "Børnetillæg",
    "kh.tillaeg_enlig_forsoerger": "Tillæg til enlige forsørgere",
    "kh.tillaeg_enlig_ikke_forsoerger": "Tillæg til enlige, der ikke forsørger børn",
    "kh.ungetillaeg_18_24_ikke_forsoerger": "Særligt ungetillæg, 18-24 år uden børn",
    "kh.ungetillaeg_25_29_ikke_forsoerger": "Særligt ungetillæg, 25-29 år uden børn",
    "kh.ungetillaeg_u30_forsoerger": "Særligt ungetillæg, under 30 år med børn",
    "kh.fritidstillaeg.par": "Fritidstillæg pr. barn",
    "kh.fritidstillaeg.enlig": "Fritidstillæg pr. barn, enlig forsørger",
    "formue.person": "Formuegrænse for en person",
    "formue.par": "Formuegrænse for et ægtepar",
    "fribeloeb.mindste_grundsats": "Fribeløb ved arbejde, mindstesats og grundsats",
    "fribeloeb.forhoejet_sats": "Fribeløb ved arbejde, forhøjet sats",
}
"""What each rate is called, by the key it is asked for."""


@dataclass(frozen=True)
class Rate:
    """A dated rate (sats) with its legal source."""

    id: str
    """The row: `kh.grundsats.2026`."""
    key: str
    """What is asked for: `kh.grundsats`."""
    amount: Money
    unit: str
    valid: Period
    law: str
    source: str
    confidence: Confidence
    derived: bool
    """Computed by us, not read in a published table: marked, and not paid in production."""

    @property
    def is_provisional(self) -> bool:
        """Whether a second person must confirm it before it is paid in production."""
        return self.derived or self.confidence is Confidence.LOW


class RateBook:
    """Every rate, asked by key and day (satsbog)."""

    def __init__(self, rates: Iterable[Rate]) -> None:
        self._by_key: dict[str, list[Rate]] = {}
        for rate in rates:
            self._by_key.setdefault(rate.key, []).append(rate)
        for key, rows in self._by_key.items():
            rows.sort(key=lambda rate: rate.valid.start)
            for earlier, later in pairwise(rows):
                if earlier.valid.clipped(later.valid):
                    raise ValueError(f"rate '{key}': {earlier.id} and {later.id} overlap")

    def on(self, key: str, day: date) -> Rate:
        """Return the rate in force on a day, or say which gap the day falls in."""
        rows = self._by_key.get(key, [])
        for rate in rows:
            if day in rate.valid:
                return rate
        known = "; ".join(f"{rate.valid.start}–{rate.valid.end or 'videre'}" for rate in rows)
        raise RateMissingError(
            f"Der er ingen sats '{key}' på {day:%d.%m.%Y}; kendte perioder: {known or 'ingen'}."
            " Indlæs satsen i central opsætning, eller ret den periode, der regnes på."
        )

    def __iter__(self) -> Iterator[Rate]:
        return iter([rate for rows in self._by_key.values() for rate in rows])


def rate_from_row(row: Mapping[str, str]) -> Rate:
    """Read one row of the rate table; `valid_to` there is the last day in force.

    The key is the id without its year: `kh.grundsats.2026` is asked for as `kh.grundsats`.
    """
    last_day = row.get("valid_to", "")
    return Rate(
        id=row["id"],
        key=re.sub(r"\.\d{4}$", "", row["id"]),
        amount=Money.kroner(row["value"]),
        unit=row["unit"],
        valid=Period(
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(last_day) + ONE_DAY if last_day else None,
        ),
        law=row["law"],
        source=row["source"],
        confidence=Confidence(row["confidence"]),
        derived=row["derived"] == "true",
    )


def rates_from_rows(rows: Iterable[Mapping[str, str]]) -> RateBook:
    """Read the rate table; overlapping rows of one key are refused."""
    return RateBook(rate_from_row(row) for row in rows)
