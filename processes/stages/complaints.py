"""Take in a complaint, have other eyes look at it, and send on what is not met (klage).

Nothing here decides anything about the help: a complaint that is met starts a reassessment, and
its decision is made and sent as every other.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from processes.domain import complaints
from processes.domain.complaints import (
    BOARD_MONTHS,
    BOARD_NAMES,
    CHANNEL_NAMES,
    ESCALATE_DAYS,
    TO_BE_CARRIED_OUT,
    VERDICT_NAMES,
    WARN_DAYS,
    BoardOutcome,
    Complaint,
    ComplaintChannel,
    ComplaintState,
    ReviewOutcome,
    Shortcoming,
)
from processes.domain.deadlines import ends_at
from processes.domain.documents import Direction
from processes.domain.errors import NotFoundError, RuleError
from processes.domain.periods import DENMARK
from processes.domain.rules.prose import day_in_words
from processes.ports.records import InstanceState, TaskState, UserTask
from processes.steps import StepContext, Variables, receives, step

REASSESS_FORM = "complaint.reassess"
REASSESSMENT = "reassessment"
PRECEDENCE = 1
DAYS_TO_REASSESS = 10
"""Working days to make the new decision."""
DAYS_TO_FORWARD = 3
"""Working days to send the papers when the four weeks are over already."""
EARLIEST = datetime(1980, 1, 1, tzinfo=DENMARK)
"""Every file of a bundle has this time, so that the same papers make the same bundle."""


# ---- taking it in -----------------------------------------------------------------------------


def receive(
    ctx: StepContext,
    case_id: str,
    decision_id: str,
    text: str,
    *,
    party_id: str,
    channel: ComplaintChannel,
    received_on: date,
) -> Complaint:
    """Keep a complaint word for word, and start what looks at it (modtag klage)."""
    decision = ctx.uow.decisions.get(decision_id)
    if decision.case_id != case_id:
        raise NotFoundError("Afgørelsen hører ikke til sagen. Vælg en af sagens afgørelser.")
    complaints.check_can_complain(decision)
    if any(
        each.is_open and (each.decision_id, each.party_id) == (decision_id, party_id)
        for each in ctx.uow.complaints.of_case(case_id)
    ):
        raise RuleError(
            "Der er allerede en klage over afgørelsen, som vi ser på. Skriv en besked, hvis der er"
            " mere at sige."
        )
    if received_on > ctx.today:
        raise RuleError("Klagen kan ikke være kommet efter i dag. Ret datoen.")
    complaint = Complaint(
        id=ctx.new_id(),
        case_id=case_id,
        decision_id=decision_id,
        party_id=party_id,
        channel=channel,
        text=complaints.checked_text(text),
        received_on=received_on,
        is_late=complaints.is_late(decision, received_on),
        state=ComplaintState.RECEIVED,
        registered_by=ctx.user,
        registered_at=ctx.now,
    )
    ctx.uow.complaints.add(complaint)
    ctx.file(
        case_id,
        f"Klage over afgørelse {decision.number}",
        complaint.text.encode(),
        direction=Direction.IN,
        media_type="text/plain; charset=utf-8",
        party_id=party_id,
        subject_id=complaint.id,
    )
    late = (
        " Den er kommet for sent; det tager Ankestyrelsen stilling til."
        if complaint.is_late
        else ""
    )
    ctx.note(
        case_id,
        f"Klage over afgørelse {decision.number} modtaget den {day_in_words(received_on)}"
        f" ({CHANNEL_NAMES[channel].lower()}).{late}",
    )
    ctx.tell(
        "complaint-received",
        complaint.id,
        {"case_id": case_id, "complaint_id": complaint.id, "party_id": party_id},
        case_id=case_id,
    )
    return complaint


def maintain(ctx: StepContext, complaint: Complaint) -> None:
    """Let a complaint that was met in part go on (fasthold klagen)."""
    if complaint.state is not ComplaintState.ASKED:
        raise RuleError("Klagen venter ikke på svar om, hvorvidt den fastholdes.")
    ctx.note(complaint.case_id, "Klagen fastholdes. Den sendes til Ankestyrelsen.")
    ctx.tell("complaint-maintained", complaint.id, {}, case_id=complaint.case_id)


@step("complaints.set_deadlines")
def set_deadlines(ctx: StepContext, *, complaint_id: str) -> Variables:
    """Count the deadlines of a new look (genvurderingsfrister); ISO moments out.

    Law: RSL § 66.
    """
    complaint = ctx.uow.complaints.get(complaint_id)
    day = complaint.received_on
    return {
        "complaint_due_at": _closing(_working_day_by(ctx, complaint.forward_by)),
        "complaint_warn_at": _closing(day + timedelta(days=WARN_DAYS)),
        "complaint_escalate_at": _closing(day + timedelta(days=ESCALATE_DAYS)),
        "complaint_overdue_at": _closing(complaint.forward_by + timedelta(days=1)),
    }


def _working_day_by(ctx: StepContext, day: date) -> date:
    """Return the last working day that is not after a day."""
    while not ctx.calendar.is_working_day(day):
        day -= timedelta(days=1)
    return day


def _closing(day: date) -> str:
    return ends_at(day).isoformat()


# ---- the new look -----------------------------------------------------------------------------


@receives(REASSESS_FORM)
def reassess(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Say what a new look came to (genvurdering); never by whoever made the decision."""
    complaint = ctx.uow.complaints.get(str(task.variables["complaint_id"]))
    verdict = ReviewOutcome(str(values["verdict"]))
    judged = complaints.judged(
        complaint,
        verdict,
        reasons=str(values.get("reasons") or ""),
        cause=_cause(values),
        by=ctx.user,
        at=ctx.now,
    )
    ctx.uow.complaints.save(judged)
    ctx.note(complaint.case_id, f"Genvurdering af klage: {VERDICT_NAMES[verdict].lower()}.")
    return {"verdict": str(verdict)}


def _cause(values: Mapping[str, object]) -> Shortcoming | None:
    said = str(values.get("cause") or "")
    return Shortcoming(said) if said else None


@step("complaints.give_precedence")
def give_precedence(ctx: StepContext, *, case_id: str, complaint_id: str) -> Variables:
    """Let the new look go before other work (forrang): 20 days have passed."""
    for task in ctx.uow.processes.tasks_of_case(case_id):
        if (
            task.state is TaskState.OPEN
            and task.form_key == REASSESS_FORM
            and task.variables.get("complaint_id") == complaint_id
        ):
            locked = ctx.uow.processes.lock_task(task.id)
            if locked.state is TaskState.OPEN and locked.priority < PRECEDENCE:
                ctx.uow.processes.save_task(
                    replace(locked, priority=PRECEDENCE, reason="Fristen for klagen nærmer sig")
                )
    return {}


@receives("complaint.escalated")
def escalated(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Note what the team lead does about a complaint that is near its deadline."""
    ctx.note(task.case_id, f"Klage tæt på fristen: {values['note']}")
    return {}


@step("complaints.decide_anew")
def decide_anew(ctx: StepContext, *, case_id: str, complaint_id: str) -> Variables:
    """Have the case reassessed, since the complaint is met (ny afgørelse)."""
    if _is_reassessed(ctx, case_id):
        # What is under way ends in a decision too, and tells the complaint.
        return {}
    application = ctx.uow.cases.application_of_case(case_id)
    due = ctx.calendar.working_days_after(ctx.today, DAYS_TO_REASSESS)
    ctx.note(case_id, "Klagen har fået medhold. Sagen skal afgøres igen.")
    ctx.tell(
        "reassessment-wanted",
        f"{complaint_id}:{ctx.now.isoformat()}",
        {
            "case_id": case_id,
            "application_id": application.id,
            "deadline_at": _closing(due),
        },
        case_id=case_id,
    )
    return {}


def _is_reassessed(ctx: StepContext, case_id: str) -> bool:
    return any(
        each.process_key == REASSESSMENT and each.state is not InstanceState.ENDED
        for each in ctx.uow.processes.instances_of_case(case_id)
    )


@step("complaints.ask_whether_it_stands")
def ask_whether_it_stands(ctx: StepContext, *, complaint_id: str) -> Variables:
    """Note that the citizen is asked whether the rest of the complaint stands."""
    _move(ctx, complaint_id, ComplaintState.ASKED)
    return {}


@step("complaints.close")
def close(ctx: StepContext, *, complaint_id: str) -> Variables:
    """Close a complaint that is met, or withdrawn (afslut klagen)."""
    complaint = _move(ctx, complaint_id, ComplaintState.CLOSED)
    ctx.note(complaint.case_id, "Klagen er afsluttet.")
    return {}


def _move(ctx: StepContext, complaint_id: str, state: ComplaintState) -> Complaint:
    complaint = replace(ctx.uow.complaints.get(complaint_id), state=state)
    ctx.uow.complaints.save(complaint)
    return complaint


# ---- on to Ankestyrelsen ----------------------------------------------------------------------


@step("complaints.bundle")
def bundle(ctx: StepContext, *, case_id: str, complaint_id: str) -> Variables:
    """File the papers Ankestyrelsen needs as one file with an index (sagens akter).

    Letters are the exact copies of what was sent; the journal and the calculation stand beside.
    """
    complaint = _move(ctx, complaint_id, ComplaintState.FORWARDING)
    decision = ctx.uow.decisions.get(complaint.decision_id)
    ctx.file(
        case_id,
        f"Sagens akter til Ankestyrelsen, afgørelse {decision.number}",
        _papers(ctx, complaint),
        direction=Direction.INTERNAL,
        media_type="application/zip",
        party_id=complaint.party_id,
        subject_id=complaint.id,
    )
    by = max(
        _working_day_by(ctx, complaint.forward_by),
        ctx.calendar.working_days_after(ctx.today, DAYS_TO_FORWARD),
    )
    return {"forward_due_at": _closing(by)}


def _papers(ctx: StepContext, complaint: Complaint) -> bytes:
    case = ctx.uow.cases.get(complaint.case_id)
    decision = ctx.uow.decisions.get(complaint.decision_id)
    calculation = ctx.uow.calculations.get(decision.calculation_id)
    files: list[tuple[str, str, bytes]] = [
        ("klagen.txt", "Klagen, ord for ord", complaint.text.encode()),
        ("genvurdering.txt", "Genvurderingen", complaint.reasons.encode()),
        ("beregning.json", "Beregningen bag afgørelsen", _as_json(calculation)),
        ("journal.txt", "Journalen", _journal(ctx, case.id).encode()),
    ]
    for document in sorted(ctx.uow.cases.documents(case.id), key=lambda each: each.recorded_at):
        if document.media_type == "application/zip":
            continue
        content = ctx.uow.cases.content(document.id)
        files.append((_name(document.title, document.media_type), document.title, content))
    index = [
        f"Klage over afgørelse {decision.number} i sag {case.number}",
        f"Modtaget {complaint.received_on:%d.%m.%Y}"
        + (" – efter klagefristen" if complaint.is_late else ""),
        "",
        *(f"{number:03d}  {title}" for number, (_, title, _) in enumerate(files, start=1)),
    ]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "000-indhold.txt", "\r\n".join(index).encode())
        for number, (name, _, content) in enumerate(files, start=1):
            _put(archive, f"{number:03d}-{name}", content)
    return out.getvalue()


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, EARLIEST.timetuple()[:6]), content)


def _name(title: str, media_type: str) -> str:
    """Make a file name of a title."""
    ending = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}.get(
        media_type, "txt"
    )
    plain = "".join(each if each.isalnum() or each in " -" else "" for each in title)
    return f"{'-'.join(plain.split())[:60] or 'dokument'}.{ending}"


def _journal(ctx: StepContext, case_id: str) -> str:
    notes = sorted(ctx.uow.cases.notes(case_id), key=lambda each: each.at)
    return "\r\n".join(
        f"{each.at.astimezone(DENMARK):%d.%m.%Y %H.%M}  {each.text}" for each in notes
    )


def _as_json(calculation: object) -> bytes:
    return json.dumps(calculation, default=_plain, ensure_ascii=False, indent=1).encode()


def _plain(value: object) -> object:
    """Write a domain value as plain data: its fields, or its words."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    return str(value)


@receives("complaint.forward")
def forward(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Note the day the papers were sent to Ankestyrelsen, and the reference they gave."""
    complaint = ctx.uow.complaints.get(str(task.variables["complaint_id"]))
    on = values["sent_on"]
    if not isinstance(on, date):
        raise RuleError("Skriv den dag, sagen blev sendt, som 24.11.2026.")
    sent = complaints.forwarded(complaint, on, today=ctx.today)
    reference = str(values.get("reference") or "").strip()
    ctx.uow.complaints.save(replace(sent, board_reference=reference))
    ctx.note(complaint.case_id, f"Klagen er sendt til Ankestyrelsen den {day_in_words(on)}.")
    asked = date.fromordinal(on.toordinal() + BOARD_MONTHS * 30)
    return {"board_due_at": _closing(_working_day_by(ctx, asked))}


@receives("complaint.board")
def board_answered(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Take in Ankestyrelsen's decision (Ankestyrelsens afgørelse)."""
    complaint = ctx.uow.complaints.get(str(task.variables["complaint_id"]))
    outcome, on = BoardOutcome(str(values["outcome"])), values["decided_on"]
    if not isinstance(on, date):
        raise RuleError("Skriv datoen på Ankestyrelsens afgørelse som 24.11.2026.")
    answered = complaints.answered_by_board(
        complaint,
        outcome,
        on,
        reference=str(values.get("reference") or "") or complaint.board_reference,
        cause=_cause(values),
        today=ctx.today,
    )
    ctx.uow.complaints.save(answered)
    ctx.note(complaint.case_id, f"Ankestyrelsen: {BOARD_NAMES[outcome].lower()}.")
    return {"is_to_be_carried_out": outcome in TO_BE_CARRIED_OUT}
