"""Answers: which rules and rates are there, what do they say on a day, and what uses them?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from processes.domain.access import SYSTEM_NAME, Actor, may, require
from processes.domain.benefits.expectations import mismatches
from processes.domain.benefits.single import Benefit
from processes.domain.benefits.situations import Situation
from processes.domain.calculation import Calculation
from processes.domain.errors import CoreError, NotFoundError
from processes.domain.facts import FACT_LABELS, FactKind
from processes.domain.law_changes import (
    DraftState,
    ItemKind,
    Law,
    LawChange,
    LawDraft,
    value_in_figures,
)
from processes.domain.law_uses import STEPS, Subject, Uses, area_of, asked_of, facts_of, uses
from processes.domain.periods import Period
from processes.domain.rate_labels import RATE_LABELS, unit_in_words
from processes.domain.rates import YEAR_OF_AN_ID, Confidence, Rate
from processes.domain.rules.book import Rule
from processes.domain.rules.prose import in_words
from processes.operations.control import Control
from processes.ports.law_pages import (
    Asked,
    HistoryPage,
    HistoryRow,
    LawFilter,
    LawIndex,
    LawRow,
    StoryResult,
    SubjectPage,
    VersionRow,
)
from processes.ports.records import AuditEvent
from processes.ports.stores import UnitOfWork

UNDER_WAY = (DraftState.OPEN, DraftState.SUBMITTED)
KEPT_TRACES = 4


@dataclass(frozen=True)
class Told:
    """A story as it comes out by a law (udfald), and what it rested on."""

    result: StoryResult
    rests_on: frozenset[Subject]
    may_rest_on: frozenset[Subject] = frozenset()
    """Also what its rules may have asked: when none of it changes, nothing else can come out."""


class LawReading:
    """Rules and rates to be read (regler og satser)."""

    def __init__(
        self,
        control: Control,
        *,
        benefits: Mapping[str, Benefit],
        stories: Callable[[], Sequence[tuple[str, Situation]]],
    ) -> None:
        self.control = control
        self.env = control.env
        self.benefits = benefits
        self._read_stories = stories
        self._stories: Sequence[tuple[str, Situation]] | None = None
        self._told: dict[str, Sequence[Told]] = {}
        self._uses: dict[str, Uses] = {}

    # ---- lists -----------------------------------------------------------------------------

    def index(self, wanted: LawFilter, by: Actor) -> LawIndex:
        """Return the rules and rates in force on a day, and the drafts that wait."""
        require(by, "rule.read")
        with self.env.uow(by.municipality_id) as uow:
            law = self.law(uow)
            drafts = uow.law.drafts(*UNDER_WAY)
            rows = self._rows(law, wanted.day, drafts)
            shown = [row for row in rows if _is_wanted(row, wanted)]
            to_approve = [each for each in drafts if _waits_for(each, by)]
            names = self._names(uow, drafts)
            self.note(uow, by, "rule.read", f"law:{wanted.day}")
            uow.commit()
        return LawIndex(
            wanted=wanted,
            rows=shown,
            areas=list(dict.fromkeys(row.area for row in rows)),
            acts=sorted({row.law.partition(" ")[0] for row in rows if row.law}),
            to_approve=to_approve,
            drafts=[each for each in drafts if each not in to_approve],
            unsure=sum(row.is_unsure for row in rows),
            names=names,
            may_draft=may(by, "rule.draft"),
        )

    def _rows(self, law: Law, day: date, drafts: Iterable[LawDraft]) -> list[LawRow]:
        changing = {(item.kind, item.subject): draft.id for draft in drafts for item in draft.items}
        rows = [
            LawRow(
                ItemKind.RULE, rule.id, rule.label, rule.law, rule.says, rule.valid,
                rule.confidence, derived=False, area=area_of(rule.id),
                draft_id=changing.get((ItemKind.RULE, rule.id), ""),
            )
            for rule in (each.rule for each in law.rules.in_force(day).values())
        ]  # fmt: skip
        rows += [
            LawRow(
                ItemKind.RATE, rate.key, label_of_rate(rate.key), rate.law, value_of(rate),
                rate.valid, rate.confidence, rate.derived, area_of(rate.key),
                changing.get((ItemKind.RATE, rate.key), ""),
            )
            for rate in law.rates.in_force(day).values()
        ]  # fmt: skip
        return rows

    # ---- one of them -----------------------------------------------------------------------

    def rule(self, rule_id: str, day: date, by: Actor, *, stories: bool = False) -> SubjectPage:
        """Return a rule as it is on a day, with its versions, its users and its stories."""
        return self._subject(ItemKind.RULE, rule_id, day, by, stories=stories)

    def rate(self, key: str, day: date, by: Actor, *, stories: bool = False) -> SubjectPage:
        """Return a rate as it is on a day, with its versions, its users and its stories."""
        return self._subject(ItemKind.RATE, key, day, by, stories=stories)

    def _subject(
        self, kind: ItemKind, subject: str, day: date, by: Actor, *, stories: bool
    ) -> SubjectPage:
        require(by, "rule.read")
        with self.env.uow(by.municipality_id) as uow:
            law = self.law(uow)
            versions = versions_of(law, kind, subject, day)
            if not versions:
                what = "reglen" if kind is ItemKind.RULE else "satsen"
                raise NotFoundError(f"Der er ingen af navnet '{subject}'. Find {what} på listen.")
            drafts = [
                draft
                for draft in uow.law.drafts(*UNDER_WAY)
                if any((item.kind, item.subject) == (kind, subject) for item in draft.items)
            ]
            names = self._names(uow, drafts, [row.approved_by for row in versions])
            self.note(uow, by, "rule.read", f"{kind}:{subject}")
            uow.commit()
        return self._page(law, kind, subject, day, by, versions, drafts, names, stories=stories)

    def _page(
        self,
        law: Law,
        kind: ItemKind,
        subject: str,
        day: date,
        by: Actor,
        versions: Sequence[VersionRow],
        drafts: Sequence[LawDraft],
        names: Mapping[str, str],
        *,
        stories: bool,
    ) -> SubjectPage:
        rule = _rule_on(law, subject, day) if kind is ItemKind.RULE else None
        rate = _rate_on(law, subject, day) if kind is ItemKind.RATE else None
        used = self.uses(law)
        label = rule.label if rule else label_of_rate(subject)
        area = area_of(subject)
        told = [each for each in self.told(law) if (kind, subject) in each.rests_on]
        asked_by = used.asked_by.get((kind, subject), ())
        gives = law.rules.types.get(subject)
        return SubjectPage(
            kind=kind,
            subject=subject,
            label=label,
            area=area,
            day=day,
            rule=rule,
            rate=rate,
            gives="" if rule is None or gives is None else str(gives),
            value="" if rate is None else value_of(rate),
            versions=versions,
            asks=self._asks(law, rule, day),
            asked_by=[Asked("regel", each, label_of_rule(law, each, day)) for each in asked_by],
            benefits=self.benefit_names(used.benefits([(kind, subject)])),
            elsewhere=STEPS.get(area, "") if not asked_by else "",
            drafts=drafts,
            stories=[each.result for each in told] if stories else None,
            story_count=len(told),
            names=names,
            may_draft=may(by, "rule.draft"),
        )

    def _asks(self, law: Law, rule: Rule | None, day: date) -> list[Asked]:
        if rule is None:
            return []
        found = []
        for kind, subject in asked_of(rule, law):
            if kind is ItemKind.RATE:
                rate = law.rates.in_force(day).get(subject)
                said = "ingen sats den dag" if rate is None else value_of(rate)
                found.append(Asked("sats", subject, label_of_rate(subject), said))
            else:
                found.append(Asked("regel", subject, label_of_rule(law, subject, day)))
        return [
            Asked("oplysning", fact, FACT_LABELS[FactKind(fact)])
            for fact in dict.fromkeys(facts_of(rule))
        ] + list(dict.fromkeys(found))

    def history(self, by: Actor) -> HistoryPage:
        """Return everything that was approved, the newest first, and what was dropped."""
        require(by, "rule.read")
        with self.env.uow(by.municipality_id) as uow:
            law = self.law(uow)
            approved = {each.id: each for each in uow.law.drafts(DraftState.APPROVED)}
            dropped = uow.law.drafts(DraftState.DROPPED)
            names = self._names(uow, [*approved.values(), *dropped])
            self.note(uow, by, "rule.read", "law:history")
            uow.commit()
        rows = [
            HistoryRow(
                change.kind,
                change.subject,
                label_of(law, change.kind, change.subject, change.valid.start),
                _version_of_change(change, law, self.env.gateways.clock.today()),
                approved[change.draft_id].title,
                approved[change.draft_id].reason,
            )
            for change in reversed(law.changes)
            if change.draft_id in approved
        ]
        return HistoryPage(rows, dropped, names)

    # ---- stories ---------------------------------------------------------------------------

    def stories(self) -> Sequence[tuple[str, Situation]]:
        """Return the shipped stories, read when first asked for."""
        if self._stories is None:
            self._stories = self._read_stories()
        return self._stories

    def told(self, law: Law) -> Sequence[Told]:
        """Return how every shipped story comes out by a law; worked out once a law."""
        known = self._told.get(law.digest)
        if known is None:
            known = [self.play(file, situation, law) for file, situation in self.stories()]
            while len(self._told) >= KEPT_TRACES:
                self._told.pop(next(iter(self._told)))
            self._told[law.digest] = known
        return known

    def play(self, file: str, situation: Situation, law: Law) -> Told:
        """Calculate a story by a law, and compare with what it says must come out."""
        key = f"{file}: {situation.title}"
        try:
            calculation = situation.calculate(
                rates=law.rates, rules=law.rules, benefits=self.benefits
            )
        except CoreError as error:
            return Told(StoryResult(key, situation.title, file, trouble=str(error)), frozenset())
        found = mismatches(situation, calculation)
        rests = rests_on(calculation)
        asked = self.uses(law).asks
        perhaps = {
            subject
            for kind, name in rests
            if kind is ItemKind.RULE
            for subject in asked.get(name, ())
        }
        return Told(StoryResult(key, situation.title, file, found), rests, rests | perhaps)

    def uses(self, law: Law) -> Uses:
        """Return who asks what by a law; worked out once a law."""
        known = self._uses.get(law.digest)
        if known is None:
            known = uses(law, self.benefits)
            while len(self._uses) >= KEPT_TRACES:
                self._uses.pop(next(iter(self._uses)))
            self._uses[law.digest] = known
        return known

    # ---- parts -----------------------------------------------------------------------------

    def law(self, uow: UnitOfWork) -> Law:
        """Return the law in force now."""
        return self.env.context(uow).law

    def note(self, uow: UnitOfWork, by: Actor, action: str, subject: str, reason: str = "") -> None:
        """Write who saw or did what."""
        uow.audit.add(AuditEvent(self.env.now(), by.user, str(by.role), action, subject, reason))

    def benefit_names(self, benefits: Iterable[str]) -> list[str]:
        """Return what benefits are called."""
        return [
            self.benefits[each].label if each in self.benefits else "Kontanthjælp"
            for each in benefits
        ]

    def _names(
        self, uow: UnitOfWork, drafts: Iterable[LawDraft], more: Iterable[str] = ()
    ) -> Mapping[str, str]:
        people = {name for draft in drafts for name in people_of(draft)} | set(more)
        people -= {"", SYSTEM_NAME}
        return uow.law.names(sorted(people)) if people else {}


def people_of(draft: LawDraft) -> frozenset[str]:
    """Return everybody who has had to do with a draft."""
    return draft.authors | {draft.written_by, draft.submitted_by, draft.decided_by} - {""}


def _waits_for(draft: LawDraft, by: Actor) -> bool:
    return (
        draft.state is DraftState.SUBMITTED
        and may(by, "rule.approve")
        and by.user not in draft.authors | {draft.submitted_by}
    )


def _is_wanted(row: LawRow, wanted: LawFilter) -> bool:
    words = wanted.words.strip().lower()
    return all(
        (
            not wanted.kind or row.kind == wanted.kind,
            not wanted.act or row.law.startswith(f"{wanted.act} "),
            not wanted.area or row.area == wanted.area,
            not wanted.only_unsure or row.is_unsure,
            not words
            or any(words in text.lower() for text in (row.label, row.subject, row.law, row.said)),
        )
    )


def rests_on(calculation: Calculation) -> frozenset[Subject]:
    """Return every rule and rate a calculation used."""
    found: set[Subject] = {
        (ItemKind.RULE, name.partition("@")[0]) for name in calculation.rule_versions
    }
    for month in calculation.months:
        trees = [line.explanation for line in month.lines]
        trees += [condition.explanation for condition in month.conditions]
        found |= {
            (ItemKind.RATE, YEAR_OF_AN_ID.sub("", node.id))
            for tree in trees
            for node in tree.walk()
            if node.kind == "rate"
        }
    found |= {(ItemKind.RATE, each.what) for each in calculation.missing if "." in each.what}
    return frozenset(found)


def _rule_on(law: Law, rule_id: str, day: date) -> Rule | None:
    found = law.rules.in_force(day).get(rule_id)
    return None if found is None else found.rule


def _rate_on(law: Law, key: str, day: date) -> Rate | None:
    return law.rates.in_force(day).get(key)


def label_of_rate(key: str) -> str:
    """Return what a rate is called; a new one by its name."""
    return RATE_LABELS.get(key, key)


def label_of_rule(law: Law, rule_id: str, day: date) -> str:
    """Return what a rule is called on a day, else by its newest version."""
    rule = _rule_on(law, rule_id, day)
    if rule is None:
        versions = law.rules.versions(rule_id)
        rule = versions[-1] if versions else None
    return rule_id if rule is None else rule.label


def label_of(law: Law, kind: ItemKind, subject: str, day: date) -> str:
    """Return what a rule or rate is called."""
    if kind is ItemKind.RATE:
        return label_of_rate(subject)
    return label_of_rule(law, subject, day)


def value_of(rate: Rate) -> str:
    """Write a rate's value with its unit: `7.529,00 kr. om måneden`."""
    return f"{value_in_figures(rate)}\u00a0{unit_in_words(rate.unit)}"


def said_of(row: Rate | Rule) -> str:
    """Write what a version says: the value, the choice, or the sentence."""
    if isinstance(row, Rate):
        return value_of(row)
    return in_words(row.value) if row.value else row.says


def versions_of(law: Law, kind: ItemKind, subject: str, day: date) -> list[VersionRow]:
    """Return every version there ever was, shipped and approved, the latest days first."""
    shipped: Sequence[Rate | Rule]
    if kind is ItemKind.RATE:
        shipped = [rate for rate in law.shipped_rates if rate.key == subject]
        now: Sequence[Rate | Rule] = law.rates.of(subject)
    else:
        shipped = [rule for rule in law.shipped_rules if rule.id == subject]
        now = law.rules.versions(subject)
    left = {_name(row): row for row in now}
    current = next((_name(row) for row in now if day in row.valid), "")
    rows = [
        _version_row(row, left.get(_name(row)), is_current=_name(row) == current) for row in shipped
    ]
    for change in law.versions_of(kind, subject):
        made = _version_of_change(change, law, day)
        rows.append(
            replace(
                made,
                is_current=change.name == current,
                is_replaced=not made.ends and change.name not in left,
            )
        )
    return sorted(rows, key=lambda row: (row.valid.start, row.known_from is not None), reverse=True)


def _name(row: Rate | Rule) -> str:
    return row.id if isinstance(row, Rate) else row.name


def _version_row(row: Rate | Rule, left: Rate | Rule | None, *, is_current: bool) -> VersionRow:
    return VersionRow(
        name=_name(row),
        valid=row.valid if left is None else left.valid,
        law=row.law,
        said=said_of(row),
        confidence=row.confidence,
        derived=isinstance(row, Rate) and row.derived,
        source=row.source if isinstance(row, Rate) else "",
        is_current=is_current,
        is_replaced=left is None,
    )


def _version_of_change(change: LawChange, law: Law, day: date) -> VersionRow:
    row: Rate | Rule | None = change.rate() if change.kind is ItemKind.RATE else change.rule()
    now = law.rates.of(change.subject) if change.kind is ItemKind.RATE else None
    left: Period | None = None
    if now is not None:
        left = next((each.valid for each in now if each.id == change.name), None)
    else:
        versions = law.rules.versions(change.subject)
        left = next((each.valid for each in versions if each.name == change.name), None)
    return VersionRow(
        name=change.name,
        valid=left or change.valid,
        law="" if row is None else row.law,
        said="Ophævet" if row is None else said_of(row),
        confidence=Confidence.HIGH if row is None else row.confidence,
        derived=isinstance(row, Rate) and row.derived,
        source=row.source if isinstance(row, Rate) else "",
        known_from=change.known_from,
        written_by=change.written_by,
        approved_by=change.approved_by,
        draft_id=change.draft_id,
        is_current=left is not None and day in left,
        is_replaced=row is not None and left is None,
        ends=row is None,
    )
