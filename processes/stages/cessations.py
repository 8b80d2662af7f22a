"""The end of running help, from a wish or a reason to a closed case (ophør, P09).

A person looks, the citizen is heard unless they asked for it themselves, and help stops by a
decision that was sent: nothing before it, and no time that runs out, ends anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time

from processes.domain import cessations, hearings, payments
from processes.domain.cases import CaseState, check_move
from processes.domain.cessations import (
    GROUND_NAMES,
    Cessation,
    CessationGround,
    CessationSource,
    CessationState,
)
from processes.domain.deadlines import ends_at
from processes.domain.documents import Direction
from processes.domain.errors import ConflictError, RuleError, SafeguardError
from processes.domain.payments import PaymentState
from processes.domain.periods import DENMARK, Month
from processes.domain.rules.prose import day_in_words
from processes.ports.records import UserTask
from processes.steps import StepContext, Variables, receives, step

DAYS_TO_LOOK = 5
GRACE_MONTHS = 3
"""How long a case stays open after help has ended: late reports of income belong to it."""
GO_ON, DROP = "stopper", "fortsaetter"


# ---- taking it in ------------------------------------------------------------------------------


def receive(
    ctx: StepContext,
    case_id: str,
    party_id: str,
    ground: CessationGround,
    ends_on: date,
    text: str,
    *,
    source: CessationSource,
) -> Cessation:
    """Keep a wish or a reason to end help, and start what looks at it (modtag ophør)."""
    case = ctx.uow.cases.lock(case_id)
    if any(each.is_open for each in ctx.uow.cessations.of_case(case_id)):
        raise ConflictError("Der er allerede et ophør under behandling på sagen.")
    if not running(ctx, case_id, Month.of(ends_on)):
        raise RuleError("Der er ingen løbende hjælp at stoppe fra den måned.")
    cessations.check_told(ground, ends_on, text, today=ctx.today)
    cessation = Cessation(
        id=ctx.new_id(),
        case_id=case_id,
        party_id=party_id,
        ground=ground,
        ends_on=ends_on,
        text=text.strip(),
        source=source,
        received_at=ctx.now,
        received_by=ctx.user if source is CessationSource.CASEWORKER else "",
    )
    ctx.uow.cessations.save(cessation)
    said = f"{GROUND_NAMES[ground]}. Hjælpen skal stoppe fra den {day_in_words(ends_on)}."
    ctx.file(
        case_id,
        "Ophør af hjælp",
        "\n".join([said, cessation.text]).strip().encode(),
        direction=Direction.IN,
        media_type="text/plain; charset=utf-8",
        party_id=case.party(party_id).id,
        subject_id=cessation.id,
    )
    by = "borgeren" if source is CessationSource.CITIZEN else "en sagsbehandler"
    ctx.note(case_id, f"Ophør fra {by}: {said}")
    ctx.tell(
        "cessation-wanted",
        cessation.id,
        {
            "case_id": case_id,
            "application_id": ctx.uow.cases.application_of_case(case_id).id,
            "cessation_id": cessation.id,
            "party_id": party_id,
            "cessation_due_at": _due(ctx),
        },
        case_id=case_id,
    )
    return cessation


def _due(ctx: StepContext) -> str:
    last_day = ctx.calendar.working_days_after(ctx.today, DAYS_TO_LOOK)
    return ends_at(last_day).isoformat()


def running(ctx: StepContext, case_id: str, month: Month) -> tuple[str, ...]:
    """Return who has help in a month, by the newest decision that was sent (løbende hjælp)."""
    sent = [each for each in ctx.uow.decisions.of_case(case_id) if each.sent_at is not None]
    found = []
    for party in ctx.uow.cases.get(case_id).parties:
        said = [
            each
            for each in sent
            if payments.decided_amount(each.lines, party.id, month) is not None
        ]
        newest = max(said, key=lambda each: each.issued_at, default=None)
        if newest is not None and payments.decided_amount(newest.lines, party.id, month):
            found.append(party.id)
    return tuple(found)


# ---- what a person makes of it -----------------------------------------------------------------


@receives("cessations.review")
def review(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record whether help is to end, from when and why, and calculate it (gennemgå ophør)."""
    cessation = ctx.uow.cessations.get(str(task.variables["cessation_id"]))
    conclusion = str(values["conclusion"]).strip()
    if not conclusion:
        raise RuleError("Skriv, hvad du har lagt vægt på.")
    ctx.uow.cases.lock(task.case_id)
    if values["choice"] == DROP:
        ctx.uow.cessations.save(
            cessations.settled(
                cessation, CessationState.DROPPED, conclusion=conclusion, by=ctx.user, at=ctx.now
            )
        )
        _as_before(ctx, task.case_id)
        ctx.note(task.case_id, f"Hjælpen fortsætter. {conclusion}")
        return {"cessation_goes_on": False, "calculation_id": None, "is_wished": False}
    ground, ends_on = CessationGround(str(values["ground"])), values["ends_on"]
    if not isinstance(ends_on, date):
        raise RuleError("Skriv den første dag uden hjælp.")
    cessations.check_told(ground, ends_on, cessation.text or conclusion, today=ctx.today)
    # What a caseworker changes is no longer what the citizen asked for, so they are heard.
    is_wished = cessation.is_wished and (ground, ends_on) == (cessation.ground, cessation.ends_on)
    cessation = replace(cessation, ground=ground, ends_on=ends_on)
    people = running(ctx, task.case_id, Month.of(ends_on))
    if not people:
        raise RuleError("Der er ingen løbende hjælp at stoppe fra den måned. Vælg en anden måned.")
    calculation = cessations.calculate(
        cessation,
        people,
        calculation_id=ctx.new_id(),
        application_id=str(task.variables["application_id"]),
        at=ctx.now,
    )
    ctx.uow.calculations.add(calculation)
    ctx.uow.cessations.save(replace(cessation, calculation_id=calculation.id))
    case = ctx.uow.cases.get(task.case_id)
    check_move(case.state, CaseState.INFORMED)
    ctx.uow.cases.set_state(case.id, CaseState.INFORMED)
    ctx.index(case.id)
    ctx.note(task.case_id, f"Ophør er gennemgået. {conclusion}")
    return {
        "cessation_goes_on": True,
        "calculation_id": calculation.id,
        "is_wished": is_wished,
    }


def _as_before(ctx: StepContext, case_id: str) -> None:
    """Let the case stand as far as its decision has been carried out, when nothing comes of it."""
    case = ctx.uow.cases.get(case_id)
    if case.state is not CaseState.INFORMED:
        return
    states = {state for _, state in ctx.uow.payments.of_case(case_id)}
    state = CaseState.DECIDED
    if PaymentState.SETTLED in states:
        state = CaseState.CARRIED_OUT
    elif {PaymentState.ORDERED, PaymentState.ACCEPTED} & states:
        state = CaseState.ORDERED
    ctx.uow.cases.set_state(case_id, state)
    ctx.index(case_id)


# ---- the end -----------------------------------------------------------------------------------


@step("cessations.end")
def end(ctx: StepContext, *, case_id: str, cessation_id: str, decision_id: str) -> Variables:
    """Note that help has ended by a decision that was sent, and tell who must know (ophør)."""
    cessation = ctx.uow.cessations.get(cessation_id)
    decision = ctx.uow.decisions.get(decision_id)
    if decision.sent_at is None or decision.calculation_id != cessation.calculation_id:
        raise SafeguardError(
            "Hjælpen kan ikke noteres som stoppet: afgørelsen om ophør er ikke sendt."
        )
    said = f"Hjælpen er stoppet fra den {day_in_words(cessation.ends_on)}."
    ctx.uow.cessations.save(
        cessations.settled(
            replace(cessation, decision_id=decision_id),
            CessationState.DECIDED,
            conclusion=said,
            by=ctx.user,
            at=ctx.now,
        )
    )
    ctx.note(case_id, said)
    ctx.leave(
        "send.event",
        case_id,
        {"case_id": case_id, "kind": "ydelse.ophoert", "subject": decision_id},
        key=f"event:{decision_id}:ydelse.ophoert",
    )
    month = Month.of(cessation.ends_on)
    for _ in range(GRACE_MONTHS):
        month = month.next()
    closes_at = datetime.combine(month.first_day, time(), DENMARK)
    return {"cessation_closes_at": closes_at.isoformat()}


@step("cessations.close")
def close(ctx: StepContext, *, case_id: str) -> Variables:
    """Close a case whose help has ended, when nothing more is going on in it (afslut sag).

    A case with help again, a payment on its way or an open hearing stays open, and says why.
    """
    case = ctx.uow.cases.lock(case_id)
    because = _still_open(ctx, case_id)
    if case.state is CaseState.CLOSED or because:
        if because:
            ctx.note(case_id, f"Sagen lukkes ikke endnu: {because}")
        return {}
    check_move(case.state, CaseState.CLOSED)
    ctx.uow.cases.set_state(case_id, CaseState.CLOSED)
    ctx.index(case_id)
    ctx.note(case_id, "Sagen er afsluttet: hjælpen er stoppet, og perioden til efterslæb er gået.")
    ctx.leave(
        "send.event",
        case_id,
        {"case_id": case_id, "kind": "sag.afsluttet"},
        key=f"event:{case_id}:sag.afsluttet",
    )
    return {}


def _still_open(ctx: StepContext, case_id: str) -> str:
    if running(ctx, case_id, Month.of(ctx.today)):
        return "der er løbende hjælp igen."
    states = {state for _, state in ctx.uow.payments.of_case(case_id)}
    if {PaymentState.ORDERED, PaymentState.ACCEPTED} & states:
        return "en udbetaling er undervejs."
    if ctx.uow.cases.get(case_id).state is CaseState.INFORMED:
        return "sagen vurderes igen."
    if any(hearings.drop(each) != each for each in ctx.uow.hearings.of_case(case_id)):
        return "en partshøring er ikke afsluttet."
    return ""
