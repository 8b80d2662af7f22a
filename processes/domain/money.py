"""Answers: how much is it, to the øre? Knows nothing of why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from processes.domain.errors import RuleError

OERE_PER_KRONE = 100
PPM = 1_000_000
"""Shares are integer parts per million."""


@dataclass(frozen=True, order=True)
class Money:
    """An amount (beløb) in whole øre; no float can enter.

    >>> Money.kroner("12.083,50").oere
    1208350
    >>> [part.oere for part in Money(100).shared(3)]
    [34, 33, 33]
    >>> Money(123456) - Money(456)
    Money(123000)
    """

    oere: int

    def __post_init__(self) -> None:
        if not isinstance(self.oere, int) or isinstance(self.oere, bool):
            raise TypeError(f"Money takes whole øre as int, not {type(self.oere).__name__}")

    def __repr__(self) -> str:
        return f"Money({self.oere})"

    @classmethod
    def kroner(cls, text: str | int | Decimal) -> Money:
        """Parse kroner: an int, a Decimal, `"1234.50"` or Danish `"1.234,50"`."""
        if isinstance(text, bool | float):
            raise TypeError("Money.kroner takes text, int or Decimal, never a float")
        if isinstance(text, str):
            cleaned = (
                text.strip()
                .replace("\u00a0", "")
                .replace("\u2212", "-")
                .removesuffix("kr.")
                .strip()
            )
            if "," in cleaned or re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{3})+", cleaned):
                cleaned = cleaned.replace(".", "").replace(",", ".")
            if not re.fullmatch(r"-?[0-9]+(\.[0-9]{1,2})?", cleaned):
                raise RuleError(f"'{text}' er ikke et beløb. Skriv det som 1.234,50.")
            text = Decimal(cleaned)
        oere = Decimal(text) * OERE_PER_KRONE
        if oere != oere.to_integral_value():
            raise RuleError(f"{text} kr. har mere end to decimaler. Skriv beløbet i hele øre.")
        return cls(int(oere))

    def __add__(self, other: Money) -> Money:
        return Money(self.oere + other.oere)

    def __sub__(self, other: Money) -> Money:
        return Money(self.oere - other.oere)

    def __neg__(self) -> Money:
        return Money(-self.oere)

    def __mul__(self, times: int) -> Money:
        if not isinstance(times, int) or isinstance(times, bool):
            raise TypeError("Money is multiplied by whole numbers; use share() for parts")
        return Money(self.oere * times)

    def __bool__(self) -> bool:
        return self.oere != 0

    def share(self, ppm: int) -> Money:
        """Return a share in parts per million, rounded half up to the øre.

        >>> Money(28_69).share(500_000)
        Money(1435)
        """
        exact = Decimal(self.oere) * ppm / PPM
        return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)))

    def down_to_krone(self) -> Money:
        """Round towards zero to whole kroner (nedrunding)."""
        return self._rounded(ROUND_DOWN)

    def to_nearest_krone(self) -> Money:
        """Round half away from zero to whole kroner."""
        return self._rounded(ROUND_HALF_UP)

    def _rounded(self, rounding: str) -> Money:
        kroner = (Decimal(self.oere) / OERE_PER_KRONE).quantize(Decimal(1), rounding=rounding)
        return Money(int(kroner) * OERE_PER_KRONE)

    def shared(self, parts: int) -> list[Money]:
        """Share out evenly; the leftover øre go one by one to the first parts."""
        if parts < 1:
            raise ValueError("an amount is shared into at least one part")
        sign = -1 if self.oere < 0 else 1
        each, left = divmod(abs(self.oere), parts)
        return [Money(sign * (each + (1 if part < left else 0))) for part in range(parts)]

    def danish(self) -> str:
        """Write it for people: true minus, dots, comma, no-break space before `kr.`.

        >>> Money(-227724).danish()
        '−2.277,24\\xa0kr.'
        """
        kroner, oere = divmod(abs(self.oere), OERE_PER_KRONE)
        grouped = f"{kroner:,}".replace(",", ".")
        return f"{'−' if self.oere < 0 else ''}{grouped},{oere:02d}\u00a0kr."


ZERO = Money(0)


def total(amounts: Iterable[Money]) -> Money:
    """Add amounts up; no amounts is zero kroner."""
    return Money(sum(amount.oere for amount in amounts))


def largest(amounts: Sequence[Money]) -> Money:
    """Return the largest amount; there must be one."""
    return max(amounts)
