"""A value for each of many persons, and for whom it is known. Whole numbers only, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Whole: TypeAlias = npt.NDArray[np.int64]
Truth: TypeAlias = npt.NDArray[np.bool_]
Values: TypeAlias = Whole | Truth | int | bool
"""An array, or one value that is the same for everybody."""
Mask: TypeAlias = Truth | bool
"""For whom a value is known; True is for everybody, False for nobody."""


@dataclass(frozen=True)
class Column:
    """What a formula gives for everybody (kolonne); where it is not known the value means nothing.

    Money is øre, a share parts per million, a word its code and a day its number.
    """

    values: Values
    known: Mask = True

    def whole(self, rows: int) -> Whole:
        """Return the values as an array of whole numbers."""
        return np.broadcast_to(np.asarray(self.values, dtype=np.int64), (rows,))

    def mask(self, rows: int) -> Truth:
        """Return for whom it is known as an array."""
        return np.broadcast_to(np.asarray(self.known, dtype=np.bool_), (rows,))


NOTHING_KNOWN = Column(0, known=False)


def both(one: Mask, other: Mask) -> Mask:
    """Return where both are known; costs nothing where everything is."""
    if one is True or other is False:
        return other
    if other is True or one is False:
        return one
    return np.logical_and(one, other)


def either(one: Mask, other: Mask) -> Mask:
    """Return where one of them holds."""
    if one is False or other is True:
        return other
    if other is False or one is True:
        return one
    return np.logical_or(one, other)


def where(condition: Mask, one: Mask, other: Mask) -> Mask:
    """Return one mask where the condition holds, and the other elsewhere."""
    if one is other or condition is True:
        return one
    if condition is False:
        return other
    return np.where(condition, one, other)
