"""What the pages of rules and rates show, and what a view may ask the core about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from processes.domain.access import Actor
from processes.domain.benefits.expectations import Mismatch
from processes.domain.law_changes import DraftItem, ItemKind, LawDraft
from processes.domain.law_checks import Checked, DraftFinding, FieldChange
from processes.domain.law_trials import Bar, Report
from processes.domain.periods import Period
from processes.domain.rates import Confidence, Rate
from processes.domain.rules.book import Rule
from processes.ports.law import DraftEvent, PaidMonth, Population, Trial


@dataclass(frozen=True)
class LawFilter:
    """What somebody wants to see of the law (filter)."""

    day: date
    kind: str = ""
    """`regel`, `sats`, or empty for both."""
    act: str = ""
    """The letters of an act: `LAS`."""
    area: str = ""
    words: str = ""
    only_unsure: bool = False


@dataclass(frozen=True)
class LawRow:
    """One rule or rate of the list (række)."""

    kind: ItemKind
    subject: str
    label: str
    law: str
    said: str
    """A rate's value with its unit, or a rule's sentence."""
    valid: Period
    confidence: Confidence
    derived: bool
    area: str
    draft_id: str = ""
    """A draft that changes it, if there is one."""

    @property
    def is_unsure(self) -> bool:
        """Whether two persons must confirm it before it is paid in production."""
        return self.derived or self.confidence is Confidence.LOW


@dataclass(frozen=True)
class LawIndex:
    """The list of rules and rates, and what waits (oversigt)."""

    wanted: LawFilter
    rows: Sequence[LawRow]
    areas: Sequence[str]
    acts: Sequence[str]
    to_approve: Sequence[LawDraft]
    """Handed in, and for the reader to approve."""
    drafts: Sequence[LawDraft]
    """Everything else that is not decided yet."""
    unsure: int
    """How many rates and rules of the day are not confirmed."""
    names: Mapping[str, str]
    may_draft: bool


@dataclass(frozen=True)
class VersionRow:
    """One version of a rule or a rate (version)."""

    name: str
    valid: Period
    law: str
    said: str
    confidence: Confidence
    derived: bool
    source: str
    known_from: datetime | None = None
    """When it was approved; None was shipped."""
    written_by: str = ""
    approved_by: str = ""
    draft_id: str = ""
    is_current: bool = False
    is_replaced: bool = False
    """Another version took its place in all of its days."""
    ends: bool = False


@dataclass(frozen=True)
class StoryResult:
    """What came of a story (historiens udfald)."""

    key: str
    """File and title."""
    title: str
    file: str
    mismatches: tuple[Mismatch, ...] = ()
    trouble: str = ""
    """Why it could not be calculated at all."""
    fails_today: bool = False
    """It fails by the law in force too."""
    meant: str = ""
    """Why it shall come out differently, as the author says."""

    @property
    def passes(self) -> bool:
        """Whether it gives what it says."""
        return not self.mismatches and not self.trouble


@dataclass(frozen=True)
class Asked:
    """A rate, rule or fact a rule asks (spørgsmål)."""

    kind: str
    subject: str
    label: str
    said: str = ""


@dataclass(frozen=True)
class SubjectPage:
    """A rule or a rate (regel, sats): what it says, what uses it, and how it came to be."""

    kind: ItemKind
    subject: str
    label: str
    area: str
    day: date
    rule: Rule | None
    rate: Rate | None
    gives: str
    """What kind of value a rule gives."""
    value: str
    """A rate's value with its unit."""
    versions: Sequence[VersionRow]
    asks: Sequence[Asked]
    asked_by: Sequence[Asked]
    benefits: Sequence[str]
    elsewhere: str
    """The part of the system that asks it besides rules; empty when none does."""
    drafts: Sequence[LawDraft]
    stories: Sequence[StoryResult] | None
    """None until somebody runs them."""
    story_count: int
    names: Mapping[str, str]
    may_draft: bool


@dataclass(frozen=True)
class ItemView:
    """One item of a draft as its page shows it (post)."""

    number: int
    item: DraftItem
    label: str
    findings: tuple[DraftFinding, ...]
    changes: tuple[FieldChange, ...]
    days: Period | None
    version: str
    in_force: str
    """What is in force on the day it begins."""

    @property
    def is_wrong(self) -> bool:
        """Whether it has a mistake."""
        return any(each.level == "fejl" for each in self.findings)


@dataclass(frozen=True)
class TrialView:
    """A trial as a page shows it (prøve)."""

    trial: Trial
    report: Report | None
    bars: Sequence[Bar]
    is_current: bool
    """Tried with the draft as it stands, against the law as it stands."""


@dataclass(frozen=True)
class DraftPage:
    """A draft with everything beside it (kladdeside)."""

    draft: LawDraft
    checked: Checked
    items: Sequence[ItemView]
    stories: Sequence[StoryResult]
    own_stories: Sequence[StoryResult]
    stories_trouble: str
    """Why the draft's own stories cannot be read."""
    trials: Sequence[TrialView]
    paid: Sequence[tuple[str, Sequence[PaidMonth]]]
    """By municipality, months already paid that the draft reaches into."""
    events: Sequence[DraftEvent]
    missing: Sequence[str]
    """What must be done before it can be sent; empty when it can."""
    why_not_approve: Sequence[str]
    """Why the reader cannot approve it; empty when they can."""
    may_edit: bool
    names: Mapping[str, str]
    units: Sequence[str] = field(default_factory=tuple)

    @property
    def failing(self) -> Sequence[StoryResult]:
        """Stories that came out differently because of the draft, and nobody has said why."""
        return [
            each
            for each in self.stories
            if not each.passes and not each.fails_today and not each.meant
        ]


@dataclass(frozen=True)
class TrialPage:
    """The report of a trial (prøverapport)."""

    draft: LawDraft
    view: TrialView
    names: Mapping[str, str]
    benefits: Mapping[str, str]
    """What each benefit is called."""


@dataclass(frozen=True)
class HistoryRow:
    """One approved change (ændring) in the history of the law."""

    kind: ItemKind
    subject: str
    label: str
    version: VersionRow
    title: str
    reason: str


@dataclass(frozen=True)
class HistoryPage:
    """Everything that was approved, the newest first (historik)."""

    rows: Sequence[HistoryRow]
    dropped: Sequence[LawDraft]
    names: Mapping[str, str]


class LawDesk(Protocol):
    """Rules and rates as pages use them."""

    def index(self, wanted: LawFilter, by: Actor) -> LawIndex:
        """Return the list."""

    def rule(self, rule_id: str, day: date, by: Actor, *, stories: bool = False) -> SubjectPage:
        """Return a rule."""

    def rate(self, key: str, day: date, by: Actor, *, stories: bool = False) -> SubjectPage:
        """Return a rate."""

    def history(self, by: Actor) -> HistoryPage:
        """Return what was approved."""

    def begin(
        self,
        kind: ItemKind,
        subject: str,
        by: Actor,
        *,
        first: date,
        how: str = "",
        name: str = "",
    ) -> str:
        """Begin a draft of a rule or rate; return its id."""

    def page(self, draft_id: str, by: Actor) -> DraftPage:
        """Return a draft."""

    def save(
        self,
        draft_id: str,
        by: Actor,
        *,
        revision: int,
        head: Mapping[str, str],
        number: int | None,
        fields: Mapping[str, str],
        meant: Mapping[str, str],
    ) -> LawDraft:
        """Keep what was typed, whatever it is."""

    def take_out(self, draft_id: str, number: int, revision: int, by: Actor) -> None:
        """Take an item out of a draft."""

    def put_in(self, draft_id: str, kind: ItemKind, subject: str, revision: int, by: Actor) -> int:
        """Put another rule or rate into a draft; return its number."""

    def submit(self, draft_id: str, by: Actor, *, recalculates: bool) -> None:
        """Hand a draft in for approval."""

    def approve(self, draft_id: str, by: Actor, *, reason: str, recalculates: bool) -> None:
        """Approve what another wrote."""

    def send_back(self, draft_id: str, by: Actor, *, reason: str) -> None:
        """Send a draft back to who wrote it."""

    def drop(self, draft_id: str, by: Actor, *, reason: str) -> None:
        """Drop a draft."""

    def try_out(self, draft_id: str, population: Population, by: Actor) -> str:
        """Try a draft on a population; return the trial's id."""

    def trial(self, draft_id: str, trial_id: str, by: Actor) -> TrialPage:
        """Return a trial."""

    def export(self, by: Actor, *, area: str = "") -> str:
        """Return the rates as dated YAML."""

    def read_in(self, text: str, by: Actor, *, title: str) -> str:
        """Make a draft of dated YAML; return its id."""
