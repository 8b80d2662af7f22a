"""Open, send, and close a party hearing (partshøring, FVL § 19).

A deadline that runs out changes nothing: the hearing is marked lapsed, and a person goes on.
"""

from __future__ import annotations

from collections.abc import Mapping

from processes.domain import hearings, safeguards
from processes.domain.documents import Direction
from processes.domain.errors import NotFoundError, RuleError
from processes.domain.hearings import HearingState, PartyHearing
from processes.ports.records import UserTask
from processes.steps import StepContext, Variables, receives, step


@receives("casework.prepare_hearing")
def prepare(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record the words a caseworker has checked; nothing is sent on unverified data."""
    statement = str(values["statement"]).strip()
    days = values["hearing_days"]
    if not statement:
        raise RuleError("Skriv, hvad parten skal høres om.")
    if not isinstance(days, int):
        raise TypeError("hearing_days is a whole number")
    if not values["facts_unknown_to_party"]:
        # FVL § 19 asks for a hearing on what the party does not know; the proposal says why not.
        ctx.note(task.case_id, "Partshøring er ikke påkrævet: parten kender oplysningerne.")
        return {"facts_unknown_to_party": False, "hearing_days": days}
    hearing = hearings.open_hearing(
        hearing_id=ctx.new_id(),
        case_id=task.case_id,
        calculation_id=str(task.variables["calculation_id"]),
        statement=statement,
        days=days,
        at=ctx.now,
    )
    ctx.uow.hearings.save(hearing)
    return {
        "prepared_hearing_id": hearing.id,
        "facts_unknown_to_party": True,
        "hearing_days": days,
    }


@step("hearings.open")
def open_hearing(ctx: StepContext, *, case_id: str, calculation_id: str) -> Variables:
    """Name the hearing that was prepared, so that its letter can be written."""
    for hearing in ctx.uow.hearings.of_case(case_id):
        if hearing.state is HearingState.PREPARED and hearing.calculation_id == calculation_id:
            return {"hearing_id": hearing.id}
    raise NotFoundError("Høringsbrevet er ikke gennemgået endnu. Åbn opgaven igen.")


@step("hearings.start_deadline")
def start_deadline(ctx: StepContext, *, hearing_id: str) -> Variables:
    """Count the deadline from the day the letters were delivered."""
    hearing = ctx.uow.hearings.get(hearing_id)
    started = hearings.start_deadline(hearing, at=ctx.now, calendar=ctx.calendar)
    ctx.uow.hearings.save(started)
    if started.deadline_at is None:
        raise RuleError("Høringsfristen kunne ikke beregnes. Se kalenderen efter.")
    return {"hearing_deadline_at": started.deadline_at.isoformat()}


@step("hearings.lapse")
def lapse(ctx: StepContext, *, hearing_id: str) -> Variables:
    """Note that the deadline passed without an answer; to the citizen's harm it changes nothing."""
    hearing = ctx.uow.hearings.get(hearing_id)
    if hearing.state is HearingState.ANSWERED:
        # The answer came in the moment the deadline passed: the answer counts.
        return {"answered": True}
    lapsed = hearings.lapse(hearing, at=ctx.now)
    safeguards.check_lapse(hearing, lapsed)
    ctx.uow.hearings.save(lapsed)
    ctx.note(hearing.case_id, "Høringsfristen er udløbet uden svar. Intet er ændret.")
    return {"answered": False}


def receive_answer(ctx: StepContext, hearing_id: str, text: str, *, party_id: str) -> PartyHearing:
    """Take in a party's answer (høringssvar), and tell the process that waits for it."""
    text = text.strip()
    if not text:
        raise RuleError("Skriv dit svar, før du sender det.")
    hearing = hearings.receive_answer(ctx.uow.hearings.get(hearing_id), answer=text, at=ctx.now)
    ctx.uow.hearings.save(hearing)
    ctx.file(
        hearing.case_id,
        "Svar på partshøring",
        text.encode(),
        direction=Direction.IN,
        media_type="text/plain; charset=utf-8",
        party_id=party_id,
        subject_id=hearing.id,
    )
    ctx.note(hearing.case_id, "Svar på partshøring modtaget.")
    ctx.tell("hearing-answered", hearing.id, {}, case_id=hearing.case_id)
    return hearing


@receives("casework.hearing_reply")
@receives("casework.hearing_lapsed")
def conclude(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what a caseworker made of the answer, or of none."""
    hearing = ctx.uow.hearings.get(str(task.variables["hearing_id"]))
    conclusion = str(values["conclusion"]).strip()
    if not conclusion:
        raise RuleError("Skriv, hvad du lægger vægt på efter høringen.")
    changes = bool(values["changes_facts"])
    ctx.uow.hearings.save(hearings.conclude(hearing, conclusion=conclusion, changes_facts=changes))
    return {"hearing_changes_facts": changes}
