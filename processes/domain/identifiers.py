"""Answers: who or what is it, by its official number? Never shows a personal number by accident."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from processes.domain.errors import RuleError

CPR_LENGTH = 10
TEST_MONTH_OFFSET = 60
"""Synthetic CPR numbers carry day + 60, which no real person can have."""


@dataclass(frozen=True)
class Cpr:
    """A personal number (CPR-nummer), masked wherever it is shown by accident.

    The check digit is not tested: since 2007 numbers are issued without it.
    Synthetic numbers for demo and test have 60 added to the day.

    >>> Cpr.parse("610190-1234")
    Cpr(******-****)
    >>> Cpr.parse("6101901234").birth_date
    datetime.date(1990, 1, 1)
    """

    digits: str

    def __repr__(self) -> str:
        return "Cpr(******-****)"

    __str__ = __repr__

    @classmethod
    def parse(cls, text: str) -> Cpr:
        """Parse ten digits, with or without hyphen; the date part must be a day."""
        digits = re.sub(r"[\s-]", "", text)
        if not re.fullmatch(r"[0-9]{10}", digits):
            raise RuleError("Et CPR-nummer har 10 cifre. Skriv det som 010190-1234.")
        cpr = cls(digits)
        try:
            _ = cpr.birth_date
        except ValueError as error:
            raise RuleError("CPR-nummeret begynder ikke med en dato. Se cifrene efter.") from error
        return cpr

    @property
    def is_synthetic(self) -> bool:
        """Tell whether no real person can have it."""
        return int(self.digits[:2]) > TEST_MONTH_OFFSET

    @property
    def birth_date(self) -> date:
        """The day of birth, with the century from the seventh digit (CPR-kontorets regel)."""
        day, month, year = int(self.digits[:2]), int(self.digits[2:4]), int(self.digits[4:6])
        if self.is_synthetic:
            day -= TEST_MONTH_OFFSET
        return date(_century(int(self.digits[6]), year) + year, month, day)

    def written(self) -> str:
        """Write it for a form or a wire, on purpose: `010190-1234`."""
        return f"{self.digits[:6]}-{self.digits[6:]}"


def _century(seventh: int, year: int) -> int:
    if seventh <= 3:  # noqa: PLR2004 – the table of the CPR office reads best as numbers
        return 1900
    if seventh in {4, 9}:
        return 2000 if year <= 36 else 1900  # noqa: PLR2004
    return 2000 if year <= 57 else 1800  # noqa: PLR2004


@dataclass(frozen=True)
class Cvr:
    """A company number (CVR-nummer): eight digits with a check digit.

    >>> Cvr.parse("29189854").digits
    '29189854'
    """

    digits: str

    @classmethod
    def parse(cls, text: str) -> Cvr:
        """Parse eight digits; the weighted sum must be divisible by 11."""
        digits = re.sub(r"\s", "", text)
        weights = (2, 7, 6, 5, 4, 3, 2, 1)
        if (
            not re.fullmatch(r"[0-9]{8}", digits)
            or sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11
        ):
            raise RuleError(f"'{text}' er ikke et CVR-nummer. Se de 8 cifre efter.")
        return cls(digits)


@dataclass(frozen=True)
class Kle:
    """A KLE subject with action facet (KLE-emne, handlingsfacet): `32.24.04`, `G01`."""

    subject: str
    facet: str
