"""Rules and rates as process owners work with them: read, write, try out, approve, export.

Reading is in `rulebook_reading`, drafts in `rulebook_drafts`; here is what a draft is tried on, and
how rates go in and out as a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from processes.domain.access import Actor, may, require
from processes.domain.benefits.cash_assistance import BENEFIT
from processes.domain.benefits.single import Benefit
from processes.domain.benefits.situations import Situation
from processes.domain.errors import NotFoundError, RuleError
from processes.domain.law_changes import ItemKind, Law, LawDraft, days_of
from processes.domain.law_files import drafted, exported
from processes.domain.law_uses import Subject, area_of, roots
from processes.domain.periods import Month
from processes.operations.control import Control
from processes.operations.rulebook_drafts import MOST_ITEMS, LawWriting
from processes.operations.rulebook_reading import people_of
from processes.ports.law import Population, Trial, TrialPart
from processes.ports.law_pages import TrialPage
from processes.ports.records import OutboxItem
from processes.ports.stores import UnitOfWork

CASES_AT_ONCE = 50
"""Cases in a portion: about a second of work."""
MADE_UP_PERSONS = 100_000
MADE_UP_AT_ONCE = 25_000


class Rulebook(LawWriting):
    """Rules and rates (regler og satser)."""

    def __init__(
        self,
        control: Control,
        *,
        benefits: Mapping[str, Benefit],
        stories: Callable[[], Sequence[tuple[str, Situation]]],
        situations: Callable[[str], list[Situation]],
        municipalities: Callable[[], Mapping[int, str]],
        read_file: Callable[[str], object],
        write_file: Callable[[object], str],
    ) -> None:
        super().__init__(
            control,
            benefits=benefits,
            stories=stories,
            situations=situations,
            municipalities=municipalities,
        )
        self._read_file = read_file
        self._write_file = write_file

    # ---- trying out ------------------------------------------------------------------------

    def try_out(self, draft_id: str, population: Population, by: Actor) -> str:
        """Try a draft on a population; the work is done in the background."""
        if not may(by, "rule.draft"):
            require(by, "rule.approve")
        with self.env.uow(by.municipality_id) as uow:
            law = self.law(uow)
            draft = uow.law.draft(draft_id)
            checked = self.check(draft, law)
            if draft.is_over:
                raise RuleError("Kladden er afgjort, så der er intet at prøve.")
            if checked.law is None:
                raise RuleError(
                    "Kladden kan ikke læses endnu, så den kan ikke prøves. Ret fejlene først."
                )
            month = trial_month(draft, self.env.gateways.clock.today())
            parts = self._parts(uow, population, month)
            if not parts:
                raise RuleError(
                    f"Ingen i kommunen får hjælp i {month}. Prøv på opdigtede borgere i stedet."
                )
            trial = Trial(
                id=self.env.new_id(),
                draft_id=draft_id,
                revision=draft.revision,
                digest=law.digest,
                population=population,
                month=month,
                persons=sum(part.persons for part in parts),
                started_by=by.user,
                started_at=self.env.now(),
            )
            mine = [TrialPart(trial.id, part.number, part.persons, part.cases) for part in parts]
            uow.law.add_trial(trial, mine)
            subjects = [(each.kind, each.subject) for each in draft.items]
            wanted = self._wanted(checked.law, subjects)
            reasons = self._parts_that_say_why(checked.law, subjects)
            for part in mine:
                self._leave(uow, trial, part, wanted, reasons)
            self.note(uow, by, "rule.try_out", f"law_draft:{draft_id}", str(population))
            uow.commit()
        self.env.wake()
        return trial.id

    def _parts(self, uow: UnitOfWork, population: Population, month: Month) -> list[TrialPart]:
        if population is Population.MADE_UP:
            return [
                TrialPart("", number, MADE_UP_AT_ONCE)
                for number in range(MADE_UP_PERSONS // MADE_UP_AT_ONCE)
            ]
        cases = list(uow.law.running_cases(month))
        return [
            TrialPart(
                "",
                number,
                sum(persons for _, persons in cases[start : start + CASES_AT_ONCE]),
                tuple(case_id for case_id, _ in cases[start : start + CASES_AT_ONCE]),
            )
            for number, start in enumerate(range(0, len(cases), CASES_AT_ONCE))
        ]

    def _wanted(self, law: Law, subjects: Iterable[Subject]) -> dict[str, list[str]]:
        """Return the benefits the draft can touch, each as its conditions and its amount."""
        touched = self.uses(law).benefits(subjects) or (BENEFIT,)
        begins = roots(self.benefits)
        return {
            benefit: [rule for rule in begins[benefit] if rule not in NOT_IN_COLUMNS]
            for benefit in touched
        }

    def _parts_that_say_why(self, law: Law, subjects: Iterable[Subject]) -> list[str]:
        """Return the rules that are changed, and those that ask a changed rate."""
        asked_by = self.uses(law).asked_by
        found: dict[str, None] = {}
        for kind, subject in subjects:
            if kind is ItemKind.RULE:
                found[subject] = None
            else:
                found.update(dict.fromkeys(asked_by.get((kind, subject), ())))
        return list(found)

    def _leave(
        self,
        uow: UnitOfWork,
        trial: Trial,
        part: TrialPart,
        wanted: Mapping[str, list[str]],
        parts: Sequence[str],
    ) -> None:
        lane = f"law.trial:{trial.id}:{part.number}"
        now = self.env.now()
        uow.outbox.put(
            OutboxItem(
                id=0,
                topic="law.trial",
                ordering_key=lane,
                body={
                    "case_id": trial.id,
                    "trial_id": trial.id,
                    "number": part.number,
                    "benefits": dict(wanted),
                    "parts": list(parts),
                },
                idempotency_key=lane,
                created_at=now,
                available_at=now,
            )
        )

    def trial(self, draft_id: str, trial_id: str, by: Actor) -> TrialPage:
        """Return what a trial came to, or how far it is."""
        require(by, "rule.read")
        with self.env.uow(by.municipality_id) as uow:
            law = self.law(uow)
            draft = uow.law.draft(draft_id)
            trial = uow.law.trial(trial_id)
            if trial.draft_id != draft_id:
                raise NotFoundError("Prøven hører til en anden kladde. Find den fra kladden.")
            names = uow.law.names(sorted(people_of(draft) | {trial.started_by}))
            self.note(uow, by, "rule.read", f"law_trial:{trial_id}")
            uow.commit()
        called = {BENEFIT: "Kontanthjælp"} | {
            each.id: each.label for each in self.benefits.values()
        }
        return TrialPage(draft, self.trial_view(trial, draft, law), names, called)

    # ---- files -----------------------------------------------------------------------------

    def export(self, by: Actor, *, area: str = "") -> str:
        """Return the rates as dated YAML, all of them or those of one area."""
        require(by, "rule.read")
        with self.env.uow(by.municipality_id) as uow:
            law = self.law(uow)
            self.note(uow, by, "rule.read", "law:export")
            uow.commit()
        chosen = [rate for rate in law.rates if not area or area_of(rate.key) == area]
        return self._write_file(exported(chosen))

    def read_in(self, text: str, by: Actor, *, title: str) -> str:
        """Make a draft of dated YAML: what is another than now becomes items, mistakes and all."""
        require(by, "rule.draft")
        said = self._read_file(text)
        with self.env.uow(by.municipality_id) as uow:
            law = self.law(uow)
            items = drafted(said, law)
            if not items:
                raise RuleError("Filen siger det samme som de satser, der gælder. Intet er ændret.")
            if len(items) > MOST_ITEMS:
                raise RuleError(
                    f"Filen ændrer {len(items)} satser; en kladde har højst {MOST_ITEMS}."
                    " Del filen."
                )
            draft = self._new(title.strip() or "Indlæste satser", tuple(items), by)
            uow.law.save_draft(draft, was=0)
            self._tell(uow, by, draft, "Indlæst fra fil", f"{len(items)} satser")
            uow.commit()
        return draft.id


NOT_IN_COLUMNS = frozenset({"kh.betingelse.ferie", "kh.betingelse.behov"})
"""Judged on days of holiday only, or when the amount is known: nobody who is made up has any."""


def trial_month(draft: LawDraft, today: date) -> Month:
    """Return the month a draft is tried in: its first whole one, or this one."""
    days = [days for item in draft.items if (days := days_of(item)) is not None]
    if not days:
        return Month.of(today)
    first = min(each.start for each in days)
    month = Month.of(first)
    return month if first.day == 1 else month.next()
