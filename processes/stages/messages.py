"""Messages (beskeder) in a case: take in, answer, hold, and tell that there is one.

Each message is filed on the case with its exact words. A message decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from processes.domain import messages
from processes.domain.documents import Direction
from processes.domain.errors import RuleError
from processes.domain.messages import CaseMessage, MessageKind
from processes.domain.periods import DENMARK
from processes.domain.rules.prose import day_in_words
from processes.ports.records import TaskState, UserTask
from processes.steps import StepContext, Variables, receives, step

CLOSING_TIME = time(15, 30)
NO_ANSWER, ANSWER = "no_answer", "answer"
HIGH_PRIORITY = 1
ANSWER_FORM = "casework.answer_message"
OVERDUE = "Borgeren har fået et ventesvar"


@dataclass(frozen=True)
class Attachment:
    """A file that comes with a message, with what it is by its content."""

    name: str
    content: bytes
    media_type: str
    is_scanned: bool


def receive(
    ctx: StepContext,
    case_id: str,
    text: str,
    attachments: Sequence[Attachment],
    *,
    party_id: str,
) -> CaseMessage:
    """Take in what a party wrote (besked fra borgeren); somebody must answer.

    What a party writes before the last message was answered belongs to the same task.
    """
    is_first = not messages.unanswered(ctx.uow.messages.of_case(case_id), party_id)
    message = _add(ctx, case_id, text, party_id=party_id, kind=MessageKind.FROM_CITIZEN)
    _file(ctx, message, attachments)
    ctx.note(case_id, f"Besked fra borgeren på Min side{_with(attachments)}.")
    if is_first:
        ctx.tell(
            "message-received",
            message.id,
            {"case_id": case_id, "party_id": party_id, "message_id": message.id},
            case_id=case_id,
        )
    return message


def write(
    ctx: StepContext,
    case_id: str,
    text: str,
    attachments: Sequence[Attachment],
    *,
    party_id: str,
    kind: MessageKind = MessageKind.FROM_MUNICIPALITY,
) -> CaseMessage:
    """Write to a party (besked til borgeren), and have the party told that there is something."""
    message = _add(ctx, case_id, text, party_id=party_id, kind=kind)
    _file(ctx, message, attachments)
    what = "Ventesvar" if kind is MessageKind.HOLDING else "Besked"
    ctx.note(case_id, f"{what} til borgeren på Min side{_with(attachments)}.")
    ctx.tell(
        "message-written",
        message.id,
        {"case_id": case_id, "party_id": party_id, "message_id": message.id},
        case_id=case_id,
    )
    return message


def _add(
    ctx: StepContext, case_id: str, text: str, *, party_id: str, kind: MessageKind
) -> CaseMessage:
    last = max((each.at for each in ctx.uow.messages.of_case(case_id)), default=None)
    message = CaseMessage(
        id=ctx.new_id(),
        case_id=case_id,
        party_id=party_id,
        kind=kind,
        text=messages.checked_text(text),
        by=ctx.user,
        # They keep the order they were written in, also within one moment.
        at=ctx.now if last is None else max(ctx.now, last + timedelta(microseconds=1)),
    )
    ctx.uow.messages.add(message)
    return message


def _file(ctx: StepContext, message: CaseMessage, attachments: Sequence[Attachment]) -> None:
    """File the words and each file, all found by the message's id."""
    direction = Direction.IN if message.is_from_citizen else Direction.OUT
    ctx.file(
        message.case_id,
        "Besked fra borgeren" if message.is_from_citizen else "Besked til borgeren",
        message.text.encode(),
        direction=direction,
        media_type="text/plain",
        party_id=message.party_id,
        subject_id=message.id,
    )
    for each in attachments:
        ctx.file(
            message.case_id,
            f"Bilag til besked: {each.name}",
            each.content,
            direction=direction,
            media_type=each.media_type,
            party_id=message.party_id,
            subject_id=message.id,
            is_scanned=each.is_scanned,
        )


def _with(attachments: Sequence[Attachment]) -> str:
    return f" med {len(attachments)} fil(er)" if attachments else ""


# ---- the answer -------------------------------------------------------------------------------


@step("messages.set_deadline")
def set_deadline(ctx: StepContext, *, case_id: str) -> Variables:
    """Count the deadline of an answer (svarfrist).

    Units: working days in, an ISO moment out.
    """
    last_day = ctx.calendar.working_days_after(ctx.today, messages.ANSWER_DAYS)
    return {"answer_due_at": _closing(last_day).isoformat()}


@receives(ANSWER_FORM)
def answer(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Answer what a party wrote, or note why it needs no answer (svar på besked)."""
    party_id = str(task.variables["party_id"])
    waiting = messages.unanswered(ctx.uow.messages.of_case(task.case_id), party_id)
    if waiting and values["seen"] != waiting[-1].id:
        raise RuleError(
            "Borgeren har skrevet igen, siden du åbnede opgaven. Din tekst er ikke sendt."
            " Læs den nye besked herunder, og send så svaret."
        )
    if values["choice"] == NO_ANSWER:
        ctx.note(task.case_id, f"Beskeden kræver ikke et svar: {values['text']}")
    else:
        write(ctx, task.case_id, str(values["text"]), (), party_id=party_id)
    ids = [each.id for each in waiting]
    ctx.uow.messages.mark_read(ids, at=ctx.now)
    ctx.uow.messages.mark_answered(ids, at=ctx.now)
    return {}


@step("messages.hold")
def hold(ctx: StepContext, *, case_id: str, party_id: str) -> Variables:
    """Tell a party that the answer takes longer, and until when (ventesvar).

    Units: working days; an ISO moment out. The task stands out from now on.
    """
    last_day = ctx.calendar.working_days_after(ctx.today, messages.HOLDING_DAYS)
    write(ctx, case_id, holding_words(last_day), (), party_id=party_id, kind=MessageKind.HOLDING)
    for task in ctx.uow.processes.tasks_of_case(case_id):
        is_ours = task.form_key == ANSWER_FORM and task.variables.get("party_id") == party_id
        if is_ours and task.state is TaskState.OPEN:
            reason = " · ".join(part for part in (OVERDUE, task.reason) if part)
            priority = max(task.priority, HIGH_PRIORITY)
            ctx.uow.processes.save_task(replace(task, priority=priority, reason=reason))
    return {}


def holding_words(last_day: date) -> str:
    """Return what a holding reply says."""
    return (
        "Vi har fået din besked, og en sagsbehandler er ved at se på den. Det tager længere tid,"
        f" end vi regnede med. Du får svar senest den {day_in_words(last_day)}."
        " Du skal ikke gøre noget imens."
    )


def _closing(day: date) -> datetime:
    return datetime.combine(day, CLOSING_TIME, DENMARK)


# ---- telling that there is one ----------------------------------------------------------------


@step("messages.notice_grounds")
def notice_grounds(ctx: StepContext, *, case_id: str, message_id: str) -> Variables:
    """Read what decides whether a letter is sent: the kind, and what lies unread already."""
    message = ctx.uow.messages.get(message_id)
    earlier = [
        each
        for each in messages.unread(ctx.uow.messages.of_case(case_id), by_party=True)
        if each.party_id == message.party_id and each.at < message.at
    ]
    return {
        "message_kind": str(message.kind),
        "seen_already": message.read_at is not None,
        "earlier_unread": bool(earlier),
    }
