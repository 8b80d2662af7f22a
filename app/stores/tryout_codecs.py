"""What a case came to in a try-out, and its report, to JSON and back; also for the child process.

Amounts are whole øre. Nothing here knows a database.
"""

from __future__ import annotations

from typing import Any

from processes.domain.money import Money
from processes.ports.tryouts import (
    AmountStep,
    CountedChange,
    Harm,
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
