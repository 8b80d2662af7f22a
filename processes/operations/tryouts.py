"""Answers: what would a draft have done to the cases we know? Nothing it does is real.

A try-out runs recorded cases through today's version and through the draft, each in a throw-away
instance with the answers that were once given, and compares. No case is read for writing, no step
is run, nothing leaves: an instance of a try-out is bytes in a process of its own, with an end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from processes.domain.access import Actor, require
from processes.operations.control import Control
from processes.ports.tryouts import Population, Tryout


class Tryouts:
    """Tries drafts on recorded cases (prøver)."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.env = control.env

    def count(self, process_key: str, population: Population, by: Actor) -> int:
        """Return how many cases a population holds."""
        require(by, "tryout.run")
        raise NotImplementedError

    def begin(
        self,
        files: Mapping[str, bytes],
        population: Population,
        by: Actor,
        *,
        process_key: str,
        subject: str,
        digest: str,
    ) -> str:
        """Ask for a try-out, and return its id; workers run it, and `tryout` tells how far it is.

        `files` are the draft's diagrams and tables by name (`<key>.bpmn`, `<key>.dmn`); what they
        call or look up and do not hold is taken as in force today. `process_key` is the process
        whose cases are run: the draft's own, or one that calls it or looks the table up.
        `subject` names the draft and `digest` exactly what was tried, as their owner has them.
        """
        require(by, "tryout.run")
        raise NotImplementedError

    def tryout(self, tryout_id: str, by: Actor) -> Tryout:
        """Return one try-out, with its report when it is done."""
        require(by, "tryout.read")
        raise NotImplementedError

    def of_subject(self, subject: str, by: Actor) -> Sequence[Tryout]:
        """Return the try-outs of a draft, newest first, for its page and for who approves it."""
        require(by, "tryout.read")
        raise NotImplementedError

    def stop(self, tryout_id: str, by: Actor) -> None:
        """Give a try-out up; what it has found so far is kept, without a report."""
        require(by, "tryout.run")
        raise NotImplementedError
