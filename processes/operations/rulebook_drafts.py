"""A process owner changes a rate or a rule: write, check, hand in, let another approve.

What is typed is kept, whatever it is. A draft is handed in when nothing is wrong with it, every
story comes true or the author says why not, and it has been tried on people. Nobody approves what
they wrote; the database holds that too. Each step is audited.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from processes.domain.access import Actor, Role, may, require
from processes.domain.benefits.single import Benefit
from processes.domain.benefits.situations import Situation
from processes.domain.errors import ConflictError, RuleError, TwoPersonError
from processes.domain.law_changes import (
    FIELDS,
    DraftItem,
    DraftState,
    ItemKind,
    Law,
    LawChange,
    LawDraft,
    changes_of,
    danish,
    days_of,
    item_of_rate,
    item_of_rule,
)
from processes.domain.law_checks import Checked, check, field_changes
from processes.domain.law_trials import bars, from_data
from processes.domain.law_uses import Subject
from processes.domain.rates import Confidence, Rate
from processes.domain.rules.book import Rule
from processes.domain.rules.prose import days_in_words
from processes.operations.control import Control
from processes.operations.rulebook_reading import (
    LawReading,
    label_of,
    people_of,
    said_of,
)
from processes.ports.law import DraftEvent, PaidMonth, Trial
from processes.ports.law_pages import DraftPage, ItemView, StoryResult, TrialView
from processes.ports.records import AuditEvent
from processes.ports.stores import UnitOfWork

CONFIRM, END, AGAIN = "bekraeft", "ophaev", "igen"
"""Ways to begin a draft: confirm what was derived, end it, or use an earlier version again."""
SHORTEST_REASON = 5
LONGEST_TEXT = 20_000
MOST_ITEMS = 600
KEPT_RUNS = 8
"""Drafts whose stories are kept as they came out, so that a page is not slow twice."""


class LawWriting(LawReading):
    """Drafts of rules and rates (kladder)."""

    def __init__(
        self,
        control: Control,
        *,
        benefits: Mapping[str, Benefit],
        stories: Callable[[], Sequence[tuple[str, Situation]]],
        situations: Callable[[str], list[Situation]],
        municipalities: Callable[[], Mapping[int, str]],
    ) -> None:
        super().__init__(control, benefits=benefits, stories=stories)
        self._situations = situations
        self._municipalities = municipalities
        self._run: dict[str, list[StoryResult]] = {}

    # ---- writing ---------------------------------------------------------------------------

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
        """Begin a draft with what a rule or rate says now, or said in an earlier version."""
        require(by, "rule.draft")
        with self.env.uow(by.municipality_id) as uow:
            law = self.law(uow)
            item = self._begun(law, kind, subject, first, how=how, name=name)
            label = label_of(law, kind, subject, first)
            title = {
                CONFIRM: f"Bekræft {label}",
                END: f"Ophæv {label}",
                AGAIN: f"Rul {label} tilbage",
            }.get(how, label)
            draft = self._new(title, (item,), by)
            uow.law.save_draft(draft, was=0)
            self._tell(uow, by, draft, "Begyndt", title)
            uow.commit()
        return draft.id

    def _begun(
        self, law: Law, kind: ItemKind, subject: str, first: date, *, how: str, name: str
    ) -> DraftItem:
        row = _row(law, kind, subject, first, name=name if how == AGAIN else "")
        if row is None:
            raise RuleError(f"Intet af '{subject}' gælder {first:%d.%m.%Y}. Vælg en anden dag.")
        item = item_of_rate(row) if isinstance(row, Rate) else item_of_rule(row)
        fields = dict(item.fields)
        if how == CONFIRM and isinstance(row, Rate):
            # The same days and the same value; what is new is that somebody read it.
            fields |= {"derived": "false", "confidence": Confidence.HIGH.value, "source": ""}
        elif how == CONFIRM:
            fields["confidence"] = Confidence.HIGH.value
        else:
            fields["valid_from"] = danish(first)
            if how in {AGAIN, END}:
                fields["valid_to"] = ""
        return replace(item, fields=fields, ends=how == END)

    def _new(self, title: str, items: tuple[DraftItem, ...], by: Actor) -> LawDraft:
        now = self.env.now()
        return LawDraft(
            id=self.env.new_id(),
            title=title,
            reason="",
            state=DraftState.OPEN,
            items=items,
            written_by=by.user,
            written_at=now,
            authors=frozenset({by.user}),
            saved_by=by.user,
            saved_at=now,
        )

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
        """Keep what was typed, whatever it is; only what cannot be text at all is refused."""
        require(by, "rule.draft")
        too_long = [text for text in (*head.values(), *fields.values()) if len(text) > LONGEST_TEXT]
        if too_long:
            raise RuleError(f"Et felt er længere end {LONGEST_TEXT} tegn. Gør det kortere.")
        with self.env.uow(by.municipality_id) as uow:
            draft = self._open_draft(uow, draft_id)
            items = list(draft.items)
            if number is not None and 0 <= number < len(items):
                known = FIELDS[items[number].kind]
                typed = {name: text for name, text in fields.items() if name in known}
                items[number] = replace(items[number], fields={**items[number].fields, **typed})
            changed = replace(
                draft,
                title=head.get("title", draft.title),
                reason=head.get("reason", draft.reason),
                stories=head.get("stories", draft.stories),
                items=tuple(items),
                meant={key: text for key, text in {**draft.meant, **meant}.items() if text.strip()},
            )
            saved = self._save(uow, draft, changed, by, was=revision)
            uow.commit()
            return saved

    def take_out(self, draft_id: str, number: int, revision: int, by: Actor) -> None:
        """Take an item out of a draft."""
        require(by, "rule.draft")
        with self.env.uow(by.municipality_id) as uow:
            draft = self._open_draft(uow, draft_id)
            items = tuple(each for at, each in enumerate(draft.items) if at != number)
            self._save(uow, draft, replace(draft, items=items), by, was=revision)
            uow.commit()

    def put_in(self, draft_id: str, kind: ItemKind, subject: str, revision: int, by: Actor) -> int:
        """Put another rule or rate into a draft, from the same day as the first; its number."""
        require(by, "rule.draft")
        with self.env.uow(by.municipality_id) as uow:
            draft = self._open_draft(uow, draft_id)
            if len(draft.items) >= MOST_ITEMS:
                raise RuleError(f"En kladde har højst {MOST_ITEMS} poster. Begynd en ny.")
            days = next((days for each in draft.items if (days := days_of(each))), None)
            first = days.start if days else self.env.gateways.clock.today()
            law = self.law(uow)
            item = self._begun(law, kind, subject.strip(), first, how="", name="")
            changed = replace(draft, items=(*draft.items, item))
            self._save(uow, draft, changed, by, was=revision)
            uow.commit()
            return len(draft.items)

    def _open_draft(self, uow: UnitOfWork, draft_id: str) -> LawDraft:
        draft = uow.law.draft(draft_id)
        if not draft.is_open:
            raise ConflictError(
                "Kladden er sendt til godkendelse eller afgjort og kan ikke ændres."
                " Få den sendt tilbage, eller begynd en ny."
            )
        return draft

    def _save(
        self, uow: UnitOfWork, before: LawDraft, changed: LawDraft, by: Actor, *, was: int
    ) -> LawDraft:
        if changed == before and was == before.revision:
            return before
        saved = replace(
            changed,
            revision=was + 1,
            authors=before.authors | {by.user},
            saved_by=by.user,
            saved_at=self.env.now(),
        )
        uow.law.save_draft(saved, was=was)
        self.note(uow, by, "rule.draft", f"law_draft:{saved.id}", f"gemt {saved.revision}. gang")
        return saved

    # ---- the page --------------------------------------------------------------------------

    def page(self, draft_id: str, by: Actor) -> DraftPage:
        """Return a draft with its findings, stories, trials and what is left to do."""
        require(by, "rule.read")
        with self.env.uow(by.municipality_id) as uow:
            law = self.law(uow)
            draft = uow.law.draft(draft_id)
            trials = uow.law.trials(draft_id)
            events = uow.law.events(draft_id)
            people = sorted(people_of(draft) | {each.by for each in events})
            names = uow.law.names(people)
            own_paid = self._paid_here(uow, draft)
            self.note(uow, by, "rule.read", f"law_draft:{draft_id}")
            uow.commit()
        checked = self.check(draft, law)
        stories = self._stories_of(draft, checked, law)
        own, trouble = self._own_stories(draft, checked)
        paid = self._paid(draft, by.municipality_id, own_paid)
        views = [self.trial_view(each, draft, law) for each in trials]
        return DraftPage(
            draft=draft,
            checked=checked,
            items=self._items(draft, checked, law),
            stories=stories,
            own_stories=own,
            stories_trouble=trouble,
            trials=views,
            paid=paid,
            events=events,
            missing=_missing(checked, stories, own, trouble, views),
            why_not_approve=_why_not_approve(draft, checked, views, by),
            may_edit=draft.is_open and may(by, "rule.draft"),
            names=names,
            units=sorted({rate.unit for rate in law.rates}),
        )

    def check(self, draft: LawDraft, law: Law) -> Checked:
        """Look a draft through; what was approved is not held against itself."""
        if draft.state is DraftState.APPROVED:
            return Checked((), changes_of(draft, law, known_from=self.env.now()), None)
        return check(draft, law, now=self.env.now(), today=self.env.gateways.clock.today())

    def _items(self, draft: LawDraft, checked: Checked, law: Law) -> list[ItemView]:
        made = {(each.subject, each.valid.start): each.name for each in checked.changes}
        views = []
        for number, item in enumerate(draft.items):
            days = days_of(item)
            day = days.start if days else self.env.gateways.clock.today()
            row = _row(law, item.kind, item.subject, day)
            is_over = draft.state is DraftState.APPROVED
            views.append(
                ItemView(
                    number=number,
                    item=item,
                    label=item.said("label") or label_of(law, item.kind, item.subject, day),
                    findings=checked.of_item(number),
                    changes=() if is_over else field_changes(item, law),
                    days=days,
                    version=made.get((item.subject, day), ""),
                    in_force="" if row is None else f"{said_of(row)}, {days_in_words(row.valid)}",
                )
            )
        return views

    # ---- stories ---------------------------------------------------------------------------

    def _stories_of(self, draft: LawDraft, checked: Checked, law: Law) -> list[StoryResult]:
        """Run the stories a draft can touch by the law as it would be; once for what is saved."""
        if checked.law is None:
            return []
        mark = f"{draft.id}:{draft.revision}:{law.digest}"
        if mark not in self._run:
            while len(self._run) >= KEPT_RUNS:
                self._run.pop(next(iter(self._run)))
            self._run[mark] = self._run_stories(checked.law, checked.changes, law)
        found = [replace(each, meant=draft.meant.get(each.key, "")) for each in self._run[mark]]
        return sorted(found, key=lambda each: (each.passes, each.fails_today))

    def _run_stories(
        self, would_be: Law, changes: Sequence[LawChange], law: Law
    ) -> list[StoryResult]:
        touched: set[Subject] = {(each.kind, each.subject) for each in changes}
        found = []
        for (file, situation), before in zip(self.stories(), self.told(law), strict=True):
            if not before.may_rest_on & touched and not before.result.trouble:
                continue
            after = self.play(file, situation, would_be).result
            same = not after.passes and after.mismatches == before.result.mismatches
            found.append(replace(after, fails_today=same))
        return found

    def _own_stories(self, draft: LawDraft, checked: Checked) -> tuple[list[StoryResult], str]:
        if not draft.stories.strip():
            return [], ""
        try:
            read = self._situations(draft.stories)
        except RuleError as error:
            return [], str(error)
        if checked.law is None:
            return [], ""
        law = checked.law
        told = [self.play("kladden", each, law).result for each in read]
        silent = [each.title for each in read if not each.expect]
        if silent:
            return told, f"Historien “{silent[0]}” siger ikke, hvad den skal give. Skriv expect."
        return told, ""

    # ---- months that are paid --------------------------------------------------------------

    def _paid_here(self, uow: UnitOfWork, draft: LawDraft) -> Sequence[PaidMonth]:
        days = [days for item in draft.items if (days := days_of(item)) is not None]
        return uow.law.paid_from(min(each.start for each in days)) if days else ()

    def _paid(
        self, draft: LawDraft, here: int, own: Sequence[PaidMonth]
    ) -> list[tuple[str, Sequence[PaidMonth]]]:
        """Say what has been paid for the days a draft is about, in every municipality.

        Only how many and how much: whose it is stays behind the wall.
        """
        ends = [days.end for item in draft.items if (days := days_of(item)) is not None]
        last = None if any(end is None for end in ends) else max(end for end in ends if end)
        found: list[tuple[str, Sequence[PaidMonth]]] = []
        for municipality_id, name in self._municipalities().items():
            months = own
            if municipality_id != here:
                with self.env.uow(municipality_id) as uow:
                    months = self._paid_here(uow, draft)
            reached = [each for each in months if last is None or each.month.first_day < last]
            if reached:
                found.append((name, reached))
        return found

    # ---- to and fro ------------------------------------------------------------------------

    def submit(self, draft_id: str, by: Actor, *, recalculates: bool) -> None:
        """Hand a draft in; everything that is still missing is said at once."""
        require(by, "rule.draft")
        page = self.page(draft_id, by)
        if page.missing:
            raise RuleError("Kladden kan ikke sendes endnu. " + " ".join(page.missing))
        _check_recalculation(page.paid, recalculates=recalculates)
        with self.env.uow(by.municipality_id) as uow:
            draft = self._open_draft(uow, draft_id)
            _check_same(draft, page.draft)
            handed_in = replace(
                draft,
                state=DraftState.SUBMITTED,
                submitted_by=by.user,
                submitted_at=self.env.now(),
                authors=draft.authors | {by.user},
                recalculates=recalculates,
            )
            uow.law.save_draft(handed_in, was=draft.revision)
            self._tell(uow, by, draft, "Sendt til godkendelse", draft.reason)
            uow.commit()

    def approve(self, draft_id: str, by: Actor, *, reason: str, recalculates: bool) -> None:
        """Approve what another wrote: from this moment it is in force from its day."""
        require(by, "rule.approve")
        page = self.page(draft_id, by)
        if page.draft.state is not DraftState.SUBMITTED:
            raise ConflictError("Kladden er ikke sendt til godkendelse.")
        if by.user in page.draft.authors | {page.draft.submitted_by}:
            raise TwoPersonError(
                "Du har selv skrevet i kladden. Den skal godkendes af en anden procesejer."
            )
        if page.why_not_approve:
            raise RuleError("Kladden kan ikke godkendes. " + " ".join(page.why_not_approve))
        _check_recalculation(page.paid, recalculates=recalculates)
        with self.env.uow(by.municipality_id) as uow:
            uow.law.hold_law()
            law = self.law(uow)
            draft = uow.law.draft(draft_id)
            _check_same(draft, page.draft)
            checked = self.check(draft, law)
            if checked.errors:
                raise ConflictError(
                    "Loven er ændret, siden siden blev vist. " + str(checked.errors[0])
                )
            now = self.env.now()
            approved = replace(
                draft,
                state=DraftState.APPROVED,
                decided_by=by.user,
                decided_at=now,
                decision=reason.strip(),
            )
            uow.law.save_draft(approved, was=draft.revision)
            changes = changes_of(approved, law, known_from=now, approved_by=by.user)
            uow.law.add_changes(changes)
            again = " Måneder, der er udbetalt, skal regnes om." if page.paid else ""
            self._tell(uow, by, draft, "Godkendt", f"{reason.strip()}{again}")
            self._log(uow, by, changes)
            uow.commit()
        # The law is everybody's: each municipality can read in its own log what came in force.
        for municipality_id in self._municipalities():
            if municipality_id != by.municipality_id:
                with self.env.uow(municipality_id) as uow:
                    self._log(uow, by, changes)
                    uow.commit()
        self.env.wake()

    def _log(self, uow: UnitOfWork, by: Actor, changes: Sequence[LawChange]) -> None:
        for change in changes:
            uow.audit.add(
                AuditEvent(
                    self.env.now(),
                    by.user,
                    str(Role.PROCESS_OWNER),
                    "rule.approve",
                    f"{change.kind}:{change.name}",
                    f"gælder fra {change.valid.start:%d.%m.%Y}, skrevet af {change.written_by}",
                )
            )

    def send_back(self, draft_id: str, by: Actor, *, reason: str) -> None:
        """Send a draft back to who wrote it, with a reason."""
        require(by, "rule.approve")
        said = _reason(reason)
        with self.env.uow(by.municipality_id) as uow:
            draft = uow.law.draft(draft_id)
            if draft.state is not DraftState.SUBMITTED:
                raise ConflictError("Kladden er ikke sendt til godkendelse.")
            returned = replace(
                draft, state=DraftState.OPEN, submitted_by="", submitted_at=None, decision=said
            )
            uow.law.save_draft(returned, was=draft.revision)
            self._tell(uow, by, draft, "Sendt tilbage", said)
            uow.commit()

    def drop(self, draft_id: str, by: Actor, *, reason: str) -> None:
        """Drop a draft; it stays readable in the history."""
        require(by, "rule.draft")
        said = _reason(reason)
        with self.env.uow(by.municipality_id) as uow:
            draft = uow.law.draft(draft_id)
            if draft.is_over:
                raise ConflictError("Kladden er allerede afgjort.")
            dropped = replace(
                draft,
                state=DraftState.DROPPED,
                decided_by=by.user,
                decided_at=self.env.now(),
                decision=said,
            )
            uow.law.save_draft(dropped, was=draft.revision)
            self._tell(uow, by, draft, "Kasseret", said)
            uow.commit()

    def _tell(self, uow: UnitOfWork, by: Actor, draft: LawDraft, what: str, reason: str) -> None:
        uow.law.add_event(DraftEvent(draft.id, self.env.now(), by.user, what, reason.strip()))
        self.note(uow, by, "rule.draft", f"law_draft:{draft.id}", what)

    # ---- trials as they are shown ----------------------------------------------------------

    def trial_view(self, trial: Trial, draft: LawDraft, law: Law) -> TrialView:
        """Return a trial with its distribution, and whether it still says anything."""
        report = None if trial.report is None else from_data(trial.report)
        is_over = draft.state is DraftState.APPROVED
        return TrialView(
            trial=trial,
            report=report,
            bars=() if report is None else bars(report.whole),
            is_current=trial.revision == draft.revision
            and (is_over or trial.digest == law.digest)
            and not (report is not None and report.is_stale),
        )


def _row(
    law: Law, kind: ItemKind, subject: str, day: date, *, name: str = ""
) -> Rate | Rule | None:
    """Return the row in force on a day, or the one of a name, or the newest there is."""
    if name:
        return _named(law, kind, subject, name)
    if kind is ItemKind.RATE:
        rate = law.rates.in_force(day).get(subject)
        rates = law.rates.of(subject)
        return rate or (rates[-1] if rates else None)
    usable = law.rules.in_force(day).get(subject)
    rules = law.rules.versions(subject)
    return usable.rule if usable else (rules[-1] if rules else None)


def _named(law: Law, kind: ItemKind, subject: str, name: str) -> Rate | Rule | None:
    for change in law.versions_of(kind, subject):
        if change.name == name:
            return change.rate() if kind is ItemKind.RATE else change.rule()
    if kind is ItemKind.RATE:
        return next((each for each in law.shipped_rates if each.id == name), None)
    return next((each for each in law.shipped_rules if each.name == name), None)


def _missing(
    checked: Checked,
    stories: Sequence[StoryResult],
    own: Sequence[StoryResult],
    trouble: str,
    trials: Sequence[TrialView],
) -> list[str]:
    """Say what is left before a draft can be handed in, each with the way out."""
    found = []
    if checked.errors:
        found.append(
            "Én fejl skal rettes."
            if len(checked.errors) == 1
            else f"{len(checked.errors)} fejl skal rettes."
        )
    failing = [
        each for each in stories if not each.passes and not each.fails_today and not each.meant
    ]
    if failing:
        number = "Én historie" if len(failing) == 1 else f"{len(failing)} historier"
        found.append(f"{number} passer ikke; ret kladden, eller skriv, hvorfor det er meningen.")
    if trouble:
        found.append(f"Dine egne historier kan ikke bruges: {trouble}")
    broken = [each for each in own if not each.passes]
    if broken:
        found.append(f"Din egen historie “{broken[0].title}” passer ikke.")
    if not any(each.is_current and each.report is not None for each in trials):
        found.append("Prøv kladden på en befolkning, som den er nu.")
    return found


def _why_not_approve(
    draft: LawDraft, checked: Checked, trials: Sequence[TrialView], by: Actor
) -> list[str]:
    found = []
    if draft.state is not DraftState.SUBMITTED:
        found.append("Den er ikke sendt til godkendelse.")
    if not may(by, "rule.approve"):
        found.append("Kun en procesejer kan godkende.")
    if by.user in draft.authors | {draft.submitted_by}:
        found.append("Du har selv skrevet i den, så en anden procesejer skal godkende den.")
    if checked.errors:
        found.append(f"Den passer ikke længere med loven: {checked.errors[0]} Send den tilbage.")
    if not any(each.is_current and each.report is not None for each in trials):
        found.append(
            "Loven er ændret, siden den blev prøvet, eller den er ikke prøvet her."
            " Prøv den igen, så du ser, hvad den gør."
        )
    return found


def _check_recalculation(
    paid: Sequence[tuple[str, Sequence[PaidMonth]]], *, recalculates: bool
) -> None:
    if not paid or recalculates:
        return
    cases = sum(month.cases for _, months in paid for month in months)
    raise RuleError(
        f"Kladden gælder for måneder, der er udbetalt ({cases} betalinger). Sæt kryds ved, at de"
        " skal regnes om, eller vælg en senere dag."
    )


def _check_same(now: LawDraft, seen: LawDraft) -> None:
    if now.revision != seen.revision or now.state is not seen.state:
        raise ConflictError("Kladden er ændret, siden du åbnede den. Se den igen.")


def _reason(text: str) -> str:
    said = text.strip()
    if len(said) < SHORTEST_REASON:
        raise RuleError("Skriv hvorfor, så den, der har skrevet kladden, kan bruge det.")
    return said
