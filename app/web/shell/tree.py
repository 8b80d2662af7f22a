"""From the flat lines of an explanation to branches a page can fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from processes.domain.money import Money
from processes.ports.pages import ExplainLine


@dataclass
class Branch:
    """A line with the lines it rests on (forgrening)."""

    line: ExplainLine
    below: list[Branch] = field(default_factory=list)

    @property
    def is_nothing(self) -> bool:
        """Whether it comes to no money, so that a page can put it last."""
        return self.line.value == Money(0).danish()


def branches(lines: Sequence[ExplainLine]) -> list[Branch]:
    """Return the lines as trees: a line belongs to the nearest one before it with less depth."""
    roots: list[Branch] = []
    trail: list[Branch] = []
    for line in lines:
        branch = Branch(line)
        while trail and trail[-1].line.depth >= line.depth:
            trail.pop()
        (trail[-1].below if trail else roots).append(branch)
        trail.append(branch)
    return roots
