"""Ask why a deadline is not kept, and tell the citizen: why, and when the answer comes.

Nothing changes for the citizen because a deadline passed. Being told is a favour and needs nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from processes.domain import deadlines
from processes.domain.cases import CaseState
from processes.domain.deadlines import DeadlineKind, DelayNotice
from processes.domain.errors import RuleError
from processes.ports.records import UserTask
from processes.steps import StepContext, Variables, receives, step

STILL_OPEN = frozenset({CaseState.RAISED, CaseState.INFORMED})
"""States in which nothing has been decided and nothing has stopped the case."""
IN_TIME = "naar_det"


@step("delays.start")
def start(ctx: StepContext, *, case_id: str, deadline_at: str) -> Variables:
    """Ask for a reason before the deadline, in a process of its own."""
    ctx.tell(
        "deadline-near",
        f"{case_id}:{deadline_at}",
        {"case_id": case_id, "deadline_at": deadline_at},
        case_id=case_id,
    )
    return {}


@receives("casework.delay_reason")
def write(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record why the deadline will not be kept and the new day, or that it will be kept."""
    if values["choice"] == IN_TIME:
        ctx.note(task.case_id, "Fristen ventes overholdt.")
        return {"reason_written": False}
    deadline_at = datetime.fromisoformat(str(task.variables["deadline_at"]))
    new_day = values["new_deadline_on"]
    if not isinstance(new_day, date):
        raise RuleError("Skriv den dag, borgeren kan regne med svar.")
    notice = deadlines.write_notice(
        notice_id=ctx.new_id(),
        case_id=task.case_id,
        deadline_at=deadline_at,
        new_deadline_on=new_day,
        reason=str(values["reason"]),
        by=ctx.require_actor().user,
        at=ctx.now,
    )
    ctx.uow.deadlines.add_notice(notice)
    ctx.note(
        task.case_id,
        f"Fristen kan ikke holdes. Ny forventet dato: {new_day:%d.%m.%Y}. {notice.reason}",
    )
    return {"reason_written": True}


@step("delays.prepare")
def prepare(ctx: StepContext, *, case_id: str, deadline_at: str) -> Variables:
    """Find what the citizen must be told now that the deadline has passed; nothing when decided.

    Law: RSL § 3, stk. 2. Where nobody wrote why, a plain notice is written.
    """
    if not _is_undecided(ctx, case_id):
        return {"notice_needed": False, "notice_id": None, "notice_is_plain": False}
    passed = datetime.fromisoformat(deadline_at)
    notice = _notice(ctx, case_id, passed)
    if notice is None:
        notice = deadlines.plain_notice(
            notice_id=ctx.new_id(),
            case_id=case_id,
            deadline_at=passed,
            days=_days(ctx, case_id),
            at=ctx.now,
            calendar=ctx.calendar,
        )
        ctx.uow.deadlines.add_notice(notice)
    return {
        "notice_needed": True,
        "notice_id": notice.id,
        "notice_is_plain": notice.is_plain,
        "deadline_at": deadlines.ends_at(notice.new_deadline_on).isoformat(),
        "ask_again_at": deadlines.ask_again_at(
            notice.new_deadline_on, now=ctx.now, calendar=ctx.calendar
        ).isoformat(),
    }


@step("delays.check")
def check(ctx: StepContext, *, case_id: str) -> Variables:
    """Tell whether the case still waits for its decision."""
    return {"is_undecided": _is_undecided(ctx, case_id)}


@receives("casework.deadline_passed")
def note_deadline_passed(
    ctx: StepContext, task: UserTask, values: Mapping[str, object]
) -> Variables:
    """Record what the team lead did about a deadline nobody gave a reason for."""
    note = str(values["note"]).strip()
    if not note:
        raise RuleError("Skriv, hvad der sker, så sagen bliver afgjort til den nye dato.")
    ctx.note(task.case_id, f"Fristen blev overskredet uden begrundelse. {note}")
    return {}


def _is_undecided(ctx: StepContext, case_id: str) -> bool:
    if ctx.uow.decisions.of_case(case_id):
        return False
    return ctx.uow.cases.get(case_id).state in STILL_OPEN


def _notice(ctx: StepContext, case_id: str, deadline_at: datetime) -> DelayNotice | None:
    return next(
        (each for each in ctx.uow.deadlines.notices(case_id) if each.deadline_at == deadline_at),
        None,
    )


def _days(ctx: StepContext, case_id: str) -> int:
    return ctx.deadline_days(ctx.uow.cases.get(case_id).benefit, DeadlineKind.EXTENSION)
