"""What a try-out runs on and comes to, to JSON and back: for the database and the child process.

Amounts are whole øre. Nothing here knows a database.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from processes.domain.money import Money
from processes.ports.tryouts import (
    AmountStep,
    Bench,
    CountedChange,
    Harm,
    Recording,
    StopGroup,
    TriedCase,
    TriedCourse,
    TryoutReport,
)

Json = dict[str, Any]


def _oere(amount: Money | None) -> int | None:
    return None if amount is None else amount.oere


def _money(oere: int | None) -> Money | None:
    return None if oere is None else Money(oere)


def course_out(course: TriedCourse) -> Json:
    """Return a course as JSON."""
    return {
        "end": course.end,
        "end_name": course.end_name,
        "how": course.how,
        "path": list(course.path),
        "tasks": dict(course.tasks),
        "decision": course.decision,
        "amount": _oere(course.amount),
        "assumed": list(course.assumed),
        "why": course.why,
        "is_against": course.is_against,
        "is_heard": course.is_heard,
        "is_by_person": course.is_by_person,
    }


def course_in(said: Json) -> TriedCourse:
    """Read a course."""
    return TriedCourse(
        end=said["end"],
        end_name=said["end_name"],
        how=said["how"],
        path=tuple(said["path"]),
        tasks=said["tasks"],
        decision=said["decision"],
        amount=_money(said["amount"]),
        assumed=tuple(said["assumed"]),
        why=said["why"],
        is_against=said["is_against"],
        is_heard=said["is_heard"],
        is_by_person=said["is_by_person"],
    )


def case_out(case: TriedCase) -> Json:
    """Return a tried case as JSON."""
    return {
        "instance_id": case.instance_id,
        "case_id": case.case_id,
        "case_number": case.case_number,
        "today": course_out(case.today),
        "draft": course_out(case.draft),
        "is_as_recorded": case.is_as_recorded,
        "harms": [harm.value for harm in case.harms],
    }


def case_in(said: Json) -> TriedCase:
    """Read a tried case."""
    return TriedCase(
        instance_id=said["instance_id"],
        case_id=said["case_id"],
        case_number=said["case_number"],
        today=course_in(said["today"]),
        draft=course_in(said["draft"]),
        is_as_recorded=said["is_as_recorded"],
        harms=tuple(Harm(each) for each in said["harms"]),
    )


def _changes_out(changes: tuple[CountedChange, ...]) -> list[Json]:
    return [dict(vars(each)) for each in changes]


def _changes_in(said: list[Json]) -> tuple[CountedChange, ...]:
    return tuple(CountedChange(**each) for each in said)


def report_out(report: TryoutReport) -> Json:
    """Return a report as JSON."""
    return {
        "tried": report.tried,
        "same": report.same,
        "as_recorded": report.as_recorded,
        "paths": _changes_out(report.paths),
        "tasks": _changes_out(report.tasks),
        "harms": _changes_out(report.harms),
        "stops": [dict(vars(each)) for each in report.stops],
        "decisions": report.decisions,
        "more": report.more,
        "less": report.less,
        "money_more": report.money_more.oere,
        "money_less": report.money_less.oere,
        "steps": [dict(vars(each)) for each in report.steps],
        "assumed": report.assumed,
        "unknown": report.unknown,
        "minutes": report.minutes,
    }


def report_in(said: Json) -> TryoutReport:
    """Read a report."""
    return TryoutReport(
        tried=said["tried"],
        same=said["same"],
        as_recorded=said["as_recorded"],
        paths=_changes_in(said["paths"]),
        tasks=_changes_in(said["tasks"]),
        harms=_changes_in(said["harms"]),
        stops=tuple(StopGroup(**each) for each in said["stops"]),
        decisions=said["decisions"],
        more=said["more"],
        less=said["less"],
        money_more=Money(said["money_more"]),
        money_less=Money(said["money_less"]),
        steps=tuple(AmountStep(**each) for each in said["steps"]),
        assumed=said["assumed"],
        unknown=said["unknown"],
        minutes=said["minutes"],
    )


def _files_out(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: base64.b64encode(content).decode() for name, content in files.items()}


def _files_in(said: Mapping[str, str]) -> dict[str, bytes]:
    return {name: base64.b64decode(text) for name, text in said.items()}


def request_out(bench: Bench, recordings: Sequence[Recording]) -> Json:
    """Return what a child process is asked to run."""
    return {
        "process_key": bench.process_key,
        "today": _files_out(bench.today),
        "draft": _files_out(bench.draft),
        "steps": dict(bench.steps),
        "until": bench.until.isoformat(),
        "recordings": [
            {
                "instance_id": each.instance_id,
                "case_id": each.case_id,
                "case_number": each.case_number,
                "started_at": each.started_at.isoformat(),
                "ended_at": None if each.ended_at is None else each.ended_at.isoformat(),
                "start": dict(each.start),
                "events": list(each.events),
                "definition_id": each.definition_id,
                "decisions": {
                    key: [outcome, _oere(amount)]
                    for key, (outcome, amount) in each.decisions.items()
                },
            }
            for each in recordings
        ],
    }


def request_in(said: Json) -> tuple[Bench, list[Recording]]:
    """Read what is to be run."""
    bench = Bench(
        process_key=said["process_key"],
        today=_files_in(said["today"]),
        draft=_files_in(said["draft"]),
        steps=said["steps"],
        until=datetime.fromisoformat(said["until"]),
    )
    return bench, [
        Recording(
            instance_id=each["instance_id"],
            case_id=each["case_id"],
            case_number=each["case_number"],
            started_at=datetime.fromisoformat(each["started_at"]),
            ended_at=None if each["ended_at"] is None else datetime.fromisoformat(each["ended_at"]),
            start=each["start"],
            events=each["events"],
            definition_id=each["definition_id"],
            decisions={
                key: (outcome, _money(oere)) for key, (outcome, oere) in each["decisions"].items()
            },
        )
        for each in said["recordings"]
    ]
