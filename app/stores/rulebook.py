"""Rows to drafts, approved changes and trials of the law, and back.

Drafts and changes belong to no municipality. Who may see and do what stands in the operations; that
nobody approves what they wrote stands in the database too.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from app.models.cases import ApplicationRow, CaseRow, FactRow
from app.models.rulebook import (
    LawChangeRow,
    LawDraftEventRow,
    LawDraftRow,
    LawTrialPartRow,
    LawTrialRow,
)
from app.models.security import UserRow
from app.stores.cases import application_of, cases_of
from app.stores.facts import fact_of
from app.stores.rows import Store, known_id, missing
from processes.domain.errors import ConflictError
from processes.domain.facts import Fact
from processes.domain.law_changes import DraftItem, DraftState, ItemKind, LawChange, LawDraft
from processes.domain.money import Money
from processes.domain.periods import Month, Period
from processes.ports.law import DraftEvent, PaidMonth, Population, Trial, TrialBasis, TrialPart

DIGEST = text(
    """
    SELECT md5(
        coalesce((SELECT string_agg(rate::text, '|' ORDER BY id) FROM rate), '') || '#' ||
        coalesce((SELECT string_agg(id::text, ',' ORDER BY id) FROM law_change), '')
    )
    """
)
"""What is in force, in one word. By content, so that nothing that was rolled back can pass for it.

Some hundred rows that stay in memory: half a millisecond, where reading them took ten.
"""

RUNNING_CASES = text(
    """
    WITH granted AS (
        SELECT DISTINCT ON (line.party_id) decision.case_id, line.party_id, line.amount_oere
        FROM decided_line AS line
        JOIN decision ON decision.id = line.decision_id
        WHERE decision.sent_at IS NOT NULL AND decision.help_kind = 'forsoergelse'
          AND line.from_month <= :month
        ORDER BY line.party_id, decision.issued_at DESC, line.from_month DESC
    )
    SELECT granted.case_id::text AS case_id, count(*) AS persons
    FROM granted
    JOIN case_file ON case_file.id = granted.case_id AND case_file.state <> 'afsluttet'
    WHERE granted.amount_oere > 0
    GROUP BY granted.case_id ORDER BY granted.case_id
    """
)
"""Who has help in a month by the newest decision that was sent."""

PAID_FROM = text(
    """
    SELECT payment.month, count(DISTINCT payment.case_id) AS cases,
           sum(payment.gross_oere)::bigint AS gross
    FROM payment
    WHERE payment.month >= :first AND EXISTS (
        SELECT FROM payment_receipt AS receipt WHERE receipt.payment_id = payment.id
    ) AND NOT EXISTS (
        SELECT FROM payment_receipt AS receipt
        WHERE receipt.payment_id = payment.id AND receipt.state = 'afvist'
    )
    GROUP BY payment.month ORDER BY payment.month
    """
)


def change_of(row: LawChangeRow) -> LawChange:
    """Make an approved change of its row."""
    return LawChange(
        id=row.id,
        draft_id=row.draft_id,
        kind=ItemKind(row.kind),
        subject=row.subject,
        version=row.version,
        valid=Period(row.valid_from, row.valid_to),
        row=row.content,
        known_from=row.known_from,
        written_by=row.written_by,
        approved_by=row.approved_by,
    )


def draft_of(row: LawDraftRow) -> LawDraft:
    """Make a draft of its row."""
    return LawDraft(
        id=row.id,
        title=row.title,
        reason=row.reason,
        state=DraftState(row.state),
        items=tuple(
            DraftItem(
                ItemKind(each["kind"]), each["subject"], each["fields"], each.get("ends", False)
            )
            for each in row.items
        ),
        written_by=row.written_by,
        written_at=row.written_at,
        authors=frozenset(row.authors),
        saved_by=row.saved_by,
        saved_at=row.saved_at,
        revision=row.revision,
        stories=row.stories,
        meant=row.meant,
        recalculates=row.recalculates,
        submitted_by=row.submitted_by,
        submitted_at=row.submitted_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision=row.decision,
    )


def _written(draft: LawDraft) -> dict[str, object]:
    return {
        "title": draft.title,
        "reason": draft.reason,
        "state": draft.state.value,
        "items": [
            {
                "kind": item.kind.value,
                "subject": item.subject,
                "fields": dict(item.fields),
                "ends": item.ends,
            }
            for item in draft.items
        ],
        "stories": draft.stories,
        "meant": dict(draft.meant),
        "recalculates": draft.recalculates,
        "revision": draft.revision,
        "authors": sorted(draft.authors),
        "saved_by": draft.saved_by,
        "saved_at": draft.saved_at,
        "submitted_by": draft.submitted_by,
        "submitted_at": draft.submitted_at,
        "decided_by": draft.decided_by,
        "decided_at": draft.decided_at,
        "decision": draft.decision,
    }


class SqlLawStore(Store):
    """Drafts and approved changes of the law, and what was tried."""

    def digest(self) -> str:
        """Return the fingerprint of everything in force."""
        return str(self.session.execute(DIGEST).scalar_one())

    def changes(self) -> Sequence[LawChange]:
        """Return every approved change, the oldest first."""
        rows = self.session.scalars(
            select(LawChangeRow).order_by(LawChangeRow.known_from, LawChangeRow.id)
        )
        return [change_of(row) for row in rows]

    def hold_law(self) -> None:
        """Let one transaction at a time approve; the law is one for every municipality."""
        self.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("law", 0))))

    def add_changes(self, changes: Sequence[LawChange]) -> None:
        """Put approved changes in force."""
        rows = [
            {
                "draft_id": each.draft_id,
                "kind": each.kind.value,
                "subject": each.subject,
                "version": each.version,
                "valid_from": each.valid.start,
                "valid_to": each.valid.end,
                "content": None if each.row is None else dict(each.row),
                "known_from": each.known_from,
                "written_by": each.written_by,
                "approved_by": each.approved_by,
            }
            for each in changes
        ]
        for row in rows:
            # One at a time: the numbers are the order in which they take each other's place.
            self.session.execute(insert(LawChangeRow).values(row))

    def save_draft(self, draft: LawDraft, *, was: int) -> None:
        """Insert a draft, or write it when nobody else has meanwhile."""
        values = _written(draft)
        if was == 0:
            self.session.execute(
                insert(LawDraftRow).values(
                    id=draft.id,
                    written_by=draft.written_by,
                    written_at=draft.written_at,
                    **values,
                )
            )
            return
        wanted = (
            update(LawDraftRow)
            .where(LawDraftRow.id == draft.id, LawDraftRow.revision == was)
            .values(values)
        )
        try:
            met = self.count_changed(wanted)
        except IntegrityError as error:
            raise ConflictError(
                "Kladden kan ikke godkendes af den, der har skrevet i den."
            ) from error
        if met == 0:
            raise ConflictError(
                "En anden har gemt kladden, siden du åbnede den. Det, du skrev, står nedenfor;"
                " sammenlign det med den nyeste, og gem igen."
            )

    def draft(self, draft_id: str) -> LawDraft:
        """Return a draft."""
        wanted = select(LawDraftRow).where(LawDraftRow.id == known_id(draft_id, "Kladden"))
        return draft_of(self.one(wanted, "Kladden"))

    def drafts(self, *states: DraftState) -> Sequence[LawDraft]:
        """Return drafts in these states, the newest first."""
        wanted = select(LawDraftRow).where(LawDraftRow.state.in_([each.value for each in states]))
        rows = self.session.scalars(wanted.order_by(LawDraftRow.saved_at.desc(), LawDraftRow.id))
        return [draft_of(row) for row in rows]

    def add_event(self, event: DraftEvent) -> None:
        """Write what was done with a draft."""
        self.session.execute(
            insert(LawDraftEventRow).values(
                draft_id=event.draft_id,
                at=event.at,
                by_user=event.by,
                what=event.what,
                reason=event.reason,
            )
        )

    def events(self, draft_id: str) -> Sequence[DraftEvent]:
        """Return what was done with a draft, the newest first."""
        wanted = select(LawDraftEventRow).where(
            LawDraftEventRow.draft_id == known_id(draft_id, "Kladden")
        )
        rows = self.session.scalars(wanted.order_by(LawDraftEventRow.id.desc()))
        return [DraftEvent(row.draft_id, row.at, row.by_user, row.what, row.reason) for row in rows]

    def names(self, users: Sequence[str]) -> Mapping[str, str]:
        """Return what people are called, wherever they work."""
        found = select(UserRow.id, UserRow.name).where(UserRow.id.in_(users))
        return {row.id: row.name for row in self.session.execute(found)}

    def paid_from(self, first: date) -> Sequence[PaidMonth]:
        """Return what has been paid for the month of a day and those after it."""
        rows = self.session.execute(PAID_FROM, {"first": first.replace(day=1)})
        return [PaidMonth(Month.of(row.month), row.cases, Money(row.gross)) for row in rows]

    def running_cases(self, month: Month) -> Sequence[tuple[str, int]]:
        """Return the cases with a running grant in a month, and how many persons each has."""
        rows = self.session.execute(RUNNING_CASES, {"month": month.first_day})
        return [(row.case_id, row.persons) for row in rows]

    def basis(self, case_ids: Sequence[str]) -> TrialBasis:
        """Return what some cases are calculated from."""
        rows = self.session.scalars(select(CaseRow).where(CaseRow.id.in_(case_ids))).all()
        applications = self.session.scalars(
            select(ApplicationRow)
            .where(ApplicationRow.case_id.in_(case_ids))
            .order_by(ApplicationRow.received_at, ApplicationRow.id)
        )
        facts: dict[str, list[Fact]] = {}
        for row in self.session.scalars(
            select(FactRow)
            .where(FactRow.case_id.in_(case_ids), FactRow.known_to.is_(None))
            .order_by(FactRow.known_from, FactRow.id)
        ):
            facts.setdefault(row.case_id, []).append(fact_of(row))
        return TrialBasis(
            cases={each.id: each for each in cases_of(self.session, rows)},
            applications={each.case_id: application_of(each) for each in applications},
            facts=facts,
        )

    # ---- trials ----------------------------------------------------------------------------

    def add_trial(self, trial: Trial, parts: Sequence[TrialPart]) -> None:
        """Save a trial and its portions."""
        self.insert(
            LawTrialRow,
            [
                {
                    "id": trial.id,
                    "draft_id": trial.draft_id,
                    "revision": trial.revision,
                    "digest": trial.digest,
                    "population": trial.population.value,
                    "month": trial.month.first_day,
                    "persons": trial.persons,
                    "started_by": trial.started_by,
                    "started_at": trial.started_at,
                }
            ],
        )
        self.insert(
            LawTrialPartRow,
            [
                {
                    "trial_id": trial.id,
                    "number": each.number,
                    "persons": each.persons,
                    "cases": list(each.cases),
                }
                for each in parts
            ],
        )

    def trial(self, trial_id: str) -> Trial:
        """Return a trial with how far it is."""
        found = self._trials(LawTrialRow.id == known_id(trial_id, "Prøven"))
        if not found:
            raise missing("Prøven")
        return found[0]

    def trials(self, draft_id: str) -> Sequence[Trial]:
        """Return the trials of a draft, the newest first."""
        return self._trials(LawTrialRow.draft_id == known_id(draft_id, "Kladden"))

    def _trials(self, which: Any) -> list[Trial]:
        done = (
            select(func.coalesce(func.sum(LawTrialPartRow.persons), 0))
            .where(LawTrialPartRow.trial_id == LawTrialRow.id, LawTrialPartRow.done_at.is_not(None))
            .scalar_subquery()
        )
        rows = self.session.execute(
            select(LawTrialRow, done).where(which).order_by(LawTrialRow.started_at.desc())
        )
        return [_trial_of(row, int(persons)) for row, persons in rows]

    def part(self, trial_id: str, number: int) -> TrialPart:
        """Return one portion."""
        wanted = select(LawTrialPartRow).where(
            LawTrialPartRow.trial_id == known_id(trial_id, "Prøven"),
            LawTrialPartRow.number == number,
        )
        row = self.one(wanted, "Prøvens del")
        return TrialPart(row.trial_id, row.number, row.persons, tuple(row.cases), row.result)

    def end_part(
        self, trial_id: str, number: int, result: Mapping[str, object], *, at: datetime
    ) -> int:
        """Save what a portion came to, once; return how many are left."""
        self.session.execute(
            select(LawTrialRow.id).where(LawTrialRow.id == trial_id).with_for_update()
        )
        self.session.execute(
            update(LawTrialPartRow)
            .where(
                LawTrialPartRow.trial_id == trial_id,
                LawTrialPartRow.number == number,
                LawTrialPartRow.done_at.is_(None),
            )
            .values(done_at=at, result=dict(result))
        )
        left = select(func.count()).where(
            LawTrialPartRow.trial_id == trial_id, LawTrialPartRow.done_at.is_(None)
        )
        return int(self.session.execute(left).scalar_one())

    def results(self, trial_id: str) -> Sequence[Mapping[str, object]]:
        """Return what each portion came to."""
        wanted = (
            select(LawTrialPartRow.result)
            .where(LawTrialPartRow.trial_id == trial_id, LawTrialPartRow.done_at.is_not(None))
            .order_by(LawTrialPartRow.number)
        )
        return [dict(each) for each in self.session.scalars(wanted) if each is not None]

    def end_trial(self, trial_id: str, report: Mapping[str, object], *, at: datetime) -> None:
        """Save the report."""
        self.session.execute(
            update(LawTrialRow)
            .where(LawTrialRow.id == trial_id, LawTrialRow.ended_at.is_(None))
            .values(ended_at=at, report=dict(report))
        )


def _trial_of(row: LawTrialRow, done: int) -> Trial:
    return Trial(
        id=row.id,
        draft_id=row.draft_id,
        revision=row.revision,
        digest=row.digest,
        population=Population(row.population),
        month=Month.of(row.month),
        persons=row.persons,
        started_by=row.started_by,
        started_at=row.started_at,
        ended_at=row.ended_at,
        report=row.report,
        done=done,
    )
