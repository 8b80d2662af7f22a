"""What must be remembered of the law as people change it: drafts, approved changes, trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from processes.domain.cases import Application, Case
from processes.domain.facts import Fact
from processes.domain.law_changes import DraftState, LawChange, LawDraft
from processes.domain.money import Money
from processes.domain.periods import Month


@dataclass(frozen=True)
class DraftEvent:
    """What was done with a draft (hændelse i kladden)."""

    draft_id: str
    at: datetime
    by: str
    what: str
    reason: str = ""


class Population(StrEnum):
    """Whom a draft is tried on (befolkning)."""

    CITIZENS = "borgere"
    """The running grants of the municipality."""
    MADE_UP = "opdigtede"


@dataclass(frozen=True)
class Trial:
    """A draft tried on a population (prøve); the report is kept with the draft."""

    id: str
    draft_id: str
    revision: int
    """What of the draft was tried; a later one needs a trial of its own."""
    digest: str
    """The law it was held against."""
    population: Population
    month: Month
    persons: int
    started_by: str
    started_at: datetime
    ended_at: datetime | None = None
    report: Mapping[str, object] | None = None
    done: int = 0
    """Persons worked through so far."""

    @property
    def is_over(self) -> bool:
        """Whether the report is there."""
        return self.report is not None


@dataclass(frozen=True)
class TrialPart:
    """A portion of a trial (prøvens del)."""

    trial_id: str
    number: int
    persons: int
    cases: tuple[str, ...] = ()
    """The cases of the portion; none of people who are made up."""
    result: Mapping[str, object] | None = None


@dataclass(frozen=True)
class TrialBasis:
    """What the cases of a portion are calculated from (prøvens grundlag)."""

    cases: Mapping[str, Case]
    applications: Mapping[str, Application]
    facts: Mapping[str, Sequence[Fact]]


@dataclass(frozen=True)
class PaidMonth:
    """What has been paid for a month already (udbetalt måned)."""

    month: Month
    cases: int
    gross: Money


class LawStore(Protocol):
    """Drafts and approved changes of the law, which are central; trials, which are not."""

    def digest(self) -> str:
        """Return the fingerprint of everything in force, in one short statement."""

    def changes(self) -> Sequence[LawChange]:
        """Return every approved change, the oldest first."""

    def hold_law(self) -> None:
        """Let one transaction at a time approve, wherever it is."""

    def add_changes(self, changes: Sequence[LawChange]) -> None:
        """Put approved changes in force; they never change."""

    def save_draft(self, draft: LawDraft, *, was: int) -> None:
        """Insert a draft (`was` 0) or write it; a conflict when another saved since `was`."""

    def draft(self, draft_id: str) -> LawDraft:
        """Return a draft."""

    def drafts(self, *states: DraftState) -> Sequence[LawDraft]:
        """Return drafts in these states, the newest first."""

    def add_event(self, event: DraftEvent) -> None:
        """Write what was done with a draft."""

    def events(self, draft_id: str) -> Sequence[DraftEvent]:
        """Return what was done with a draft, the newest first."""

    def names(self, users: Sequence[str]) -> Mapping[str, str]:
        """Return what people are called, wherever they work."""

    def paid_from(self, first: date) -> Sequence[PaidMonth]:
        """Return what the municipality has paid for the month of a day and those after it."""

    def running_cases(self, month: Month) -> Sequence[tuple[str, int]]:
        """Return the cases with a running grant in a month, and how many persons each has."""

    def basis(self, case_ids: Sequence[str]) -> TrialBasis:
        """Return what some cases are calculated from, in the same statements whatever the size."""

    def add_trial(self, trial: Trial, parts: Sequence[TrialPart]) -> None:
        """Save a trial and its portions."""

    def trial(self, trial_id: str) -> Trial:
        """Return a trial with how far it is."""

    def trials(self, draft_id: str) -> Sequence[Trial]:
        """Return the trials of a draft, the newest first."""

    def part(self, trial_id: str, number: int) -> TrialPart:
        """Return one portion."""

    def end_part(
        self, trial_id: str, number: int, result: Mapping[str, object], *, at: datetime
    ) -> int:
        """Save what a portion came to, once; return how many are left."""

    def results(self, trial_id: str) -> Sequence[Mapping[str, object]]:
        """Return what each portion came to."""

    def end_trial(self, trial_id: str, report: Mapping[str, object], *, at: datetime) -> None:
        """Save the report."""
