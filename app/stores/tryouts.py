"""Rows of try-outs, and what has happened in instances as recordings to try drafts on."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import and_, func, insert, select, update

from app.models.cases import CaseRow
from app.models.cockpit import TryoutCaseRow, TryoutRow
from app.models.decisions import DecidedLineRow, DecisionRow
from app.models.processes import (
    DefinitionRow,
    HistoryEventRow,
    InstanceRow,
    OutboxRow,
    UserTaskRow,
)
from app.stores.rows import Store, known_id
from processes.domain.money import Money
from processes.domain.periods import DENMARK
from processes.ports.records import InstanceState
from processes.ports.tryout_json import case_in, case_out, report_in, report_out
from processes.ports.tryouts import (
    Population,
    Recording,
    TriedCase,
    Tryout,
    TryoutState,
)

Json = dict[str, Any]


class SqlTryoutStore(Store):
    """Try-outs, what each case came to, and the recordings they run on."""

    def add(self, tryout: Tryout, instance_ids: Sequence[int]) -> None:
        """Insert a try-out with the instances it will run."""
        self.session.execute(
            insert(TryoutRow).values(
                id=tryout.id,
                subject=tryout.subject,
                digest=tryout.digest,
                process_key=tryout.process_key,
                name=tryout.name,
                files={
                    name: base64.b64encode(content).decode()
                    for name, content in tryout.files.items()
                },
                population=_population_out(tryout.population),
                state=tryout.state.value,
                total=tryout.total,
                done=tryout.done,
                asked_by=tryout.asked_by,
                asked_at=tryout.asked_at,
                why=tryout.why,
            )
        )
        self.insert(
            TryoutCaseRow,
            [
                {"tryout_id": tryout.id, "number": number, "instance_id": instance_id}
                for number, instance_id in enumerate(instance_ids, 1)
            ],
        )

    def get(self, tryout_id: str) -> Tryout:
        """Return a try-out."""
        wanted = select(TryoutRow).where(TryoutRow.id == known_id(tryout_id, "Prøven"))
        return _tryout_of(self.one(wanted, "Prøven"))

    def lock(self, tryout_id: str) -> Tryout:
        """Return a try-out and hold its row until the transaction ends."""
        wanted = select(TryoutRow).where(TryoutRow.id == known_id(tryout_id, "Prøven"))
        return _tryout_of(self.one(wanted.with_for_update(), "Prøven"))

    def save(self, tryout: Tryout) -> None:
        """Write how far it is, and what came of it."""
        self.session.execute(
            update(TryoutRow)
            .where(TryoutRow.id == tryout.id)
            .values(
                state=tryout.state.value,
                done=tryout.done,
                ended_at=tryout.ended_at,
                report=None if tryout.report is None else report_out(tryout.report),
                why=tryout.why,
            )
        )

    def of_subject(self, subject: str) -> Sequence[Tryout]:
        """Return the try-outs of a draft, newest first, without their files."""
        columns = [column for column in TryoutRow.__table__.columns if column.name != "files"]
        wanted = (
            select(*columns).where(TryoutRow.subject == subject).order_by(TryoutRow.asked_at.desc())
        )
        return [_tryout_of(row) for row in self.session.execute(wanted)]

    def instances(self, process_key: str, population: Population) -> Sequence[int]:
        """Return the instances a population holds, newest first."""
        wanted = (
            select(InstanceRow.id)
            .where(InstanceRow.process_key == process_key)
            .order_by(InstanceRow.id.desc())
            .limit(population.most)
        )
        if population.since is not None:
            wanted = wanted.where(InstanceRow.started_at >= _midnight(population.since))
        if population.until is not None:
            wanted = wanted.where(InstanceRow.started_at < _midnight(population.until))
        ended = InstanceRow.state == InstanceState.ENDED.value
        if not population.is_open:
            wanted = wanted.where(ended)
        if not population.is_closed:
            wanted = wanted.where(~ended)
        if population.case_numbers:
            named = select(CaseRow.id).where(CaseRow.number.in_(population.case_numbers))
            wanted = wanted.where(InstanceRow.case_id.in_(named))
        return list(self.session.scalars(wanted))

    def next_batch(self, tryout_id: str, most: int) -> Sequence[int]:
        """Return instances that are not run yet."""
        wanted = (
            select(TryoutCaseRow.instance_id)
            .where(TryoutCaseRow.tryout_id == tryout_id, TryoutCaseRow.result.is_(None))
            .order_by(TryoutCaseRow.number)
            .limit(most)
        )
        return list(self.session.scalars(wanted))

    # ---- recordings --------------------------------------------------------------------

    def recordings(self, instance_ids: Sequence[int]) -> Sequence[Recording]:
        """Return what happened in some instances, in a few statements however many."""
        if not instance_ids:
            return []
        found = self.session.execute(
            select(
                InstanceRow.id,
                InstanceRow.case_id,
                InstanceRow.started_at,
                InstanceRow.ended_at,
                InstanceRow.definition_id,
                DefinitionRow.start_message,
                CaseRow.number,
            )
            .join(DefinitionRow, DefinitionRow.id == InstanceRow.definition_id)
            .outerjoin(
                CaseRow,
                and_(
                    CaseRow.municipality_id == InstanceRow.municipality_id,
                    CaseRow.id == InstanceRow.case_id,
                ),
            )
            .where(InstanceRow.id.in_(instance_ids))
        ).all()
        ids = [row.id for row in found]
        cases = sorted({row.case_id for row in found if row.case_id is not None})
        events = self._events(ids, min(row.started_at for row in found)) if found else {}
        starts = self._starts(cases, {row.start_message for row in found if row.start_message})
        firsts = self._first_scopes(ids)
        decisions = self._decisions(cases)
        recordings = [
            Recording(
                instance_id=row.id,
                case_id=row.case_id or "",
                case_number=row.number or "",
                started_at=row.started_at,
                ended_at=row.ended_at,
                start=_start_of(
                    starts.get((row.case_id or "", row.start_message or ""), []), row.started_at
                )
                or firsts.get(row.id)
                or {"case_id": row.case_id},
                events=events.get(row.id, []),
                definition_id=row.definition_id,
                decisions=decisions.get(row.case_id or "", {}),
            )
            for row in found
        ]
        order = {instance_id: place for place, instance_id in enumerate(instance_ids)}
        return sorted(recordings, key=lambda each: order[each.instance_id])

    def _events(self, ids: Sequence[int], since: datetime) -> dict[int, list[Mapping[str, object]]]:
        wanted = (
            select(
                HistoryEventRow.instance_id,
                HistoryEventRow.process_id,
                HistoryEventRow.element_id,
                HistoryEventRow.element_kind,
                HistoryEventRow.what,
                HistoryEventRow.at,
                HistoryEventRow.result,
            )
            .where(HistoryEventRow.instance_id.in_(ids), HistoryEventRow.at >= since)
            .order_by(HistoryEventRow.id)
        )
        events: dict[int, list[Mapping[str, object]]] = {}
        for instance_id, process, element, kind, what, at, result in self.session.execute(wanted):
            events.setdefault(instance_id, []).append(
                {
                    "process": process,
                    "element": element,
                    "kind": kind,
                    "what": what,
                    "at": at.isoformat(),
                    "result": result,
                }
            )
        return events

    def _starts(
        self, cases: Sequence[str], messages: set[str]
    ) -> dict[tuple[str, str], list[tuple[datetime, Mapping[str, object]]]]:
        """Return the messages that started something in each case, with their variables."""
        if not cases or not messages:
            return {}
        wanted = (
            select(OutboxRow.ordering_key, OutboxRow.created_at, OutboxRow.body)
            .where(
                OutboxRow.ordering_key.in_([str(each) for each in cases]),
                OutboxRow.topic == "message",
            )
            .order_by(OutboxRow.id)
        )
        starts: dict[tuple[str, str], list[tuple[datetime, Mapping[str, object]]]] = {}
        for case_id, at, body in self.session.execute(wanted):
            if body["message"] in messages:
                starts.setdefault((case_id, str(body["message"])), []).append(
                    (at, cast(Mapping[str, object], body["variables"]))
                )
        return starts

    def _first_scopes(self, ids: Sequence[int]) -> dict[int, Mapping[str, object]]:
        """Return what each instance's first task was opened with, should its start be unknown."""
        first = (
            select(func.min(UserTaskRow.id))
            .where(UserTaskRow.instance_id.in_(ids))
            .group_by(UserTaskRow.instance_id)
        )
        wanted = select(UserTaskRow.instance_id, UserTaskRow.variables).where(
            UserTaskRow.id.in_(first)
        )
        return {row[0]: row[1] for row in self.session.execute(wanted)}

    def _decisions(self, cases: Sequence[str]) -> dict[str, dict[str, tuple[str, Money | None]]]:
        """Return by case what each decision came to, and a month's help by it."""
        if not cases:
            return {}
        amount = (
            select(func.sum(DecidedLineRow.amount_oere))
            .where(
                DecidedLineRow.municipality_id == DecisionRow.municipality_id,
                DecidedLineRow.decision_id == DecisionRow.id,
                DecidedLineRow.from_month
                == select(func.max(DecidedLineRow.from_month))
                .where(
                    DecidedLineRow.municipality_id == DecisionRow.municipality_id,
                    DecidedLineRow.decision_id == DecisionRow.id,
                )
                .correlate(DecisionRow)
                .scalar_subquery(),
            )
            .correlate(DecisionRow)
            .scalar_subquery()
        )
        wanted = select(DecisionRow.case_id, DecisionRow.id, DecisionRow.outcome, amount).where(
            DecisionRow.case_id.in_(cases)
        )
        decisions: dict[str, dict[str, tuple[str, Money | None]]] = {}
        for case_id, decision_id, outcome, oere in self.session.execute(wanted):
            money = None if oere is None else Money(int(oere))
            decisions.setdefault(case_id, {})[decision_id] = (outcome, money)
        return decisions

    # ---- what cases came to ------------------------------------------------------------

    def add_cases(self, tryout_id: str, cases: Sequence[TriedCase]) -> None:
        """Write how cases went; the same case again changes nothing."""
        for case in cases:
            self.session.execute(
                update(TryoutCaseRow)
                .where(
                    TryoutCaseRow.tryout_id == tryout_id,
                    TryoutCaseRow.instance_id == case.instance_id,
                    TryoutCaseRow.result.is_(None),
                )
                .values(result=case_out(case))
            )

    def cases(self, tryout_id: str) -> Sequence[TriedCase]:
        """Return every case that has been run."""
        wanted = (
            select(TryoutCaseRow.result)
            .where(
                TryoutCaseRow.tryout_id == known_id(tryout_id, "Prøven"),
                TryoutCaseRow.result.is_not(None),
            )
            .order_by(TryoutCaseRow.number)
        )
        return [case_in(cast(Json, result)) for result in self.session.scalars(wanted)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), DENMARK)


def _start_of(
    known: Sequence[tuple[datetime, Mapping[str, object]]], started_at: datetime
) -> Mapping[str, object] | None:
    """Return the variables of the last message that came before the instance began."""
    before = [variables for at, variables in known if at <= started_at]
    return before[-1] if before else None


def _tryout_of(row: Any) -> Tryout:
    files = getattr(row, "files", None) or {}
    return Tryout(
        id=str(row.id),
        subject=row.subject,
        digest=row.digest,
        process_key=row.process_key,
        name=row.name,
        files={name: base64.b64decode(text) for name, text in files.items()},
        population=_population_in(row.population),
        state=TryoutState(row.state),
        total=row.total,
        done=row.done,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
        report=None if row.report is None else report_in(row.report),
        why=row.why,
    )


def _population_out(population: Population) -> Json:
    return {
        **asdict(population),
        "since": None if population.since is None else population.since.isoformat(),
        "until": None if population.until is None else population.until.isoformat(),
        "case_numbers": list(population.case_numbers),
    }


def _population_in(said: Json) -> Population:
    return Population(
        since=date.fromisoformat(said["since"]) if said["since"] else None,
        until=date.fromisoformat(said["until"]) if said["until"] else None,
        is_open=said["is_open"],
        is_closed=said["is_closed"],
        case_numbers=tuple(said["case_numbers"]),
        most=said["most"],
        minutes_per_task=said["minutes_per_task"],
    )
