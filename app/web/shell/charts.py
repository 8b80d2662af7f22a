"""Drawings of figures as SVG: where each bar stands, worked out here so a template only draws it.

Every drawing has its table beside it, so it says nothing that is not also words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 180
"""Of the field the bars stand in, in units of the drawing."""
LABELS = 22
"""Room for words under the bars."""
MOST_LABELS = 13
GAP = 0.3
"""How much of a group's width is empty."""


@dataclass(frozen=True)
class Bar:
    """One bar."""

    x: float
    y: float
    width: float
    height: float
    series: int
    """0 for the first, and so on: its colour and pattern."""


@dataclass(frozen=True)
class Label:
    """Words under a group of bars."""

    x: float
    text: str


@dataclass(frozen=True)
class Bars:
    """A drawing of bars in groups."""

    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]
    line_y: float | None
    """Where a line across stands, or none."""
    top: int
    """What the top of the field is worth."""
    width: int = WIDTH
    height: int = HEIGHT
    full_height: int = HEIGHT + LABELS


def grouped_bars(groups: Sequence[tuple[str, Sequence[int]]], *, line: float | None = None) -> Bars:
    """Return where bars stand: each group's side by side, all on one scale from zero.

    >>> grouped_bars([("1", (2, 4)), ("2", (0, 1))]).top
    4
    """
    most = max([1, *(value for _, values in groups for value in values)])
    top = max(most, int(line or 0) + 1) if line else most
    step = WIDTH / max(1, len(groups))
    every = -(-len(groups) // MOST_LABELS)
    bars, labels = [], []
    for at, (words, values) in enumerate(groups):
        wide = step * (1 - GAP) / max(1, len(values))
        for series, value in enumerate(values):
            tall = HEIGHT * value / top
            left = at * step + step * GAP / 2 + series * wide
            bars.append(
                Bar(_round(left), _round(HEIGHT - tall), _round(wide), _round(tall), series)
            )
        if at % every == 0:
            labels.append(Label(_round(at * step + step / 2), words))
    line_y = None if line is None else _round(HEIGHT - HEIGHT * line / top)
    return Bars(tuple(bars), tuple(labels), line_y, top)


def _round(value: float) -> float:
    return round(value, 1)
