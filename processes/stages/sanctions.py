"""A request for a sanction, from the jobcentre's word to what is taken (sanktion, P07).

A person answers the conditions, the citizen is heard, a person weighs the ground, and the decision
is made and sent as every other. A time that runs out ends the request; it never lowers anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from processes.domain import hearings, life, payments, sanction_cases
from processes.domain.calculation import HelpKind
from processes.domain.cases import Case, CaseState, PartyRole
from processes.domain.deadlines import ends_at
from processes.domain.decisions import Decision
from processes.domain.deductions import DeductionDecision, DeductionKind, PaymentDeduction
from processes.domain.documents import Direction
from processes.domain.errors import BrokenStateError, RuleError, SafeguardError
from processes.domain.facts import Facts
from processes.domain.gates import Gate
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.rules.prose import day_in_words, month_in_words
from processes.domain.sanction_cases import (
    GROUP_NAMES,
    PARAGRAPH_NAMES,
    SanctionRequest,
    SanctionSource,
    SanctionState,
    Told,
)
from processes.domain.sanctions import Group
from processes.ports.records import UserTask
from processes.steps import StepContext, Variables, receives, step

DAYS_TO_LOOK = 5
"""Working days to answer the conditions."""
WARN_BEFORE = timedelta(days=30)
"""How long before the time runs out the tasks begin to stand out."""
GO_ON, DROP = "gaa_videre", "ingen_sanktion"
NO_GROUND, GROUND = "ingen_rimelig_grund", "rimelig_grund"


# ---- taking it in ------------------------------------------------------------------------------


def receive(
    ctx: StepContext,
    case_id: str,
    party_id: str,
    told: Told,
    *,
    source: SanctionSource,
    message_id: str,
) -> SanctionRequest:
    """Keep a request and start what looks at it (modtag sanktionsanmodning); twice is once."""
    case = ctx.uow.cases.lock(case_id)
    for known in ctx.uow.sanctions.of_case(case_id):
        if (known.party_id, known.message_id) == (party_id, message_id):
            return known
    told.check(ctx.today)
    request = SanctionRequest(
        id=ctx.new_id(),
        case_id=case_id,
        party_id=party_id,
        told=told,
        source=source,
        message_id=message_id,
        received_at=ctx.now,
        received_by=ctx.user if source is SanctionSource.CASEWORKER else "",
    )
    ctx.uow.sanctions.save(request)
    _file(ctx, case, request)
    expires_at = sanction_cases.expires_at(told.from_on, rates=ctx.rates)
    ctx.leave(
        "message",
        case_id,
        {
            "message": "sanction-requested",
            "key": request.id,
            "case_id": case_id,
            "variables": {
                "case_id": case_id,
                "application_id": ctx.uow.cases.application_of_case(case_id).id,
                "sanction_id": request.id,
                "party_id": party_id,
                "sanction_due_at": _due(ctx),
                "sanction_warn_at": (expires_at - WARN_BEFORE).isoformat(),
                "sanction_expires_at": expires_at.isoformat(),
            },
        },
        key=f"sanction-requested:{request.id}:",
        lane=f"sanction:{case_id}",
    )
    return request


def _file(ctx: StepContext, case: Case, request: SanctionRequest) -> None:
    """File what was told, word for word, and note it."""
    told = request.told
    lines = [
        f"{PARAGRAPH_NAMES[told.paragraph]}, {day_in_words(told.from_on)}.",
        f"Paragraf: LAS § {told.paragraph}.",
        f"Målgruppe: {GROUP_NAMES[told.group].lower()}.",
        *([f"Kontakt igen den {day_in_words(told.contact_on)}."] if told.contact_on else []),
        *([told.text] if told.text else []),
    ]
    ctx.file(
        case.id,
        "Anmodning om sanktion",
        "\n".join(lines).encode(),
        direction=Direction.IN,
        media_type="text/plain; charset=utf-8",
        party_id=request.party_id,
        subject_id=request.id,
    )
    by = "jobcentret" if request.source is SanctionSource.JOB_CENTRE else "en sagsbehandler"
    ctx.note(case.id, f"Anmodning om sanktion fra {by}: {sanction_cases.in_words(request)}.")


def _due(ctx: StepContext) -> str:
    last_day = ctx.calendar.working_days_after(ctx.today, DAYS_TO_LOOK)
    return ends_at(last_day).isoformat()


def withdraw(ctx: StepContext, sanction_id: str, reason: str) -> None:
    """Take a request back (træk anmodningen tilbage): the jobcentre was wrong, or changed its mind.

    What waits for the citizen or a colleague stops with it.
    """
    request = ctx.uow.sanctions.get(sanction_id)
    decided = {
        each.calculation_id
        for each in ctx.uow.decisions.of_case(request.case_id, help_kind=HelpKind.SANCTION)
    }
    if not request.is_open or request.calculation_id in decided:
        raise RuleError("Anmodningen er allerede afgjort eller afsluttet. Hent siden igen.")
    if not reason.strip():
        raise RuleError("Skriv, hvorfor anmodningen trækkes tilbage.")
    because = f"Anmodningen er trukket tilbage: {reason.strip()}"
    if ctx.uow.processes.is_awaited("sanction-stopped", sanction_id):
        ctx.leave(
            "message",
            request.case_id,
            {
                "message": "sanction-stopped",
                "key": sanction_id,
                "case_id": request.case_id,
                "variables": {"sanction_stopped_because": because},
            },
            key=f"sanction-stopped:{sanction_id}:",
            lane=f"sanction:{request.case_id}",
        )
        return
    _end(ctx, request, SanctionState.DROPPED, because)


# ---- may one be given --------------------------------------------------------------------------


@step("sanctions.weigh")
def weigh(ctx: StepContext, *, case_id: str, sanction_id: str) -> Variables:
    """Say whether a sanction can be talked of at all (foreløbig prøvelse); only ever to drop one.

    What the records answer by themselves is answered here: help on the day, the time to take it in,
    and days that are in another sanction. The rest is a person's.
    """
    case = ctx.uow.cases.lock(case_id)
    request = ctx.uow.sanctions.get(sanction_id)
    because = _not_at_all(ctx, case, request)
    if because:
        _end(ctx, request, SanctionState.DROPPED, because)
    return {"sanction_relevant": not because}


def _not_at_all(ctx: StepContext, case: Case, request: SanctionRequest) -> str:
    if case.state is CaseState.CLOSED:
        return "Sagen er afsluttet."
    if request.party_id in _dead(ctx, case):
        return "Borgeren er død."
    answered_by_records = ("hjaelp_paa_dagen", "inden_for_frist", "ikke_sanktioneret_for_det")
    return " ".join(
        f"{check.label}: nej. {check.way_out}"
        for check in gate_of(ctx, case, request)
        if check.key in answered_by_records and check.met is False
    )


def gate_of(ctx: StepContext, case: Case, request: SanctionRequest) -> Gate:
    """Return every condition as it stands now (betingelser)."""
    return sanction_cases.conditions(
        request,
        ctx.uow.sanctions.of_case(case.id),
        is_helped=bool(_help_in(ctx, request, Month.of(request.told.from_on))),
        has_spouse=_has_spouse(case),
        today=ctx.today,
        rates=ctx.rates,
    )


def _help_in(ctx: StepContext, request: SanctionRequest, month: Month) -> Money:
    """Return the person's own help for a month, by the newest decision that was sent."""
    sent = [
        each
        for each in ctx.uow.decisions.of_case(request.case_id)
        if each.sent_at is not None
        and payments.decided_amount(each.lines, request.party_id, month) is not None
    ]
    if not sent:
        return Money(0)
    newest = max(sent, key=lambda each: each.issued_at)
    return payments.decided_amount(newest.lines, request.party_id, month) or Money(0)


def _has_spouse(case: Case) -> bool:
    return any(party.role is PartyRole.SPOUSE for party in case.parties)


def _dead(ctx: StepContext, case: Case) -> frozenset[str]:
    known = Facts.as_known(ctx.uow.facts.of_case(case.id), ctx.now)
    return life.dead_parties(case, known, ctx.today)


@receives("sanctions.conditions")
def answer_conditions(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what a person found of each condition, and calculate when all are met (betingelser).

    Law: LAS § 35, stk. 1 and 2. What is not known is not a yes; the ground is for the hearing.
    """
    case = ctx.uow.cases.lock(task.case_id)
    request = _open(ctx, task)
    request = replace(
        request,
        told=replace(
            request.told,
            group=Group(str(values["group"])),
            contact_on=_day(values["contact_on"]),
        ),
        answers=sanction_cases.Answers(
            had_duty=_yes(values["had_duty"]),
            guided_on=_day(values["guided_on"]),
            convened_correctly=_yes(values["convened_correctly"]),
            personal_contact_tried=_yes(values["personal_contact_tried"]),
            furthers_availability=_yes(values["furthers_availability"]),
            reason=str(values["reason"]).strip(),
            sharpened_guided_on=_day(values["sharpened_guided_on"]),
            spouse_guided_on=_day(values["spouse_guided_on"]),
            sanctioned_before=_sanctioned_before(ctx, request),
        ),
    )
    conclusion = str(values["conclusion"]).strip()
    if values["choice"] == DROP:
        if not conclusion:
            raise RuleError("Skriv, hvorfor der ikke gives en sanktion.")
        ctx.uow.sanctions.save(request)
        _end(ctx, request, SanctionState.DROPPED, conclusion)
        return {"sanction_goes_on": False, "calculation_id": None}
    request.told.check(ctx.today)
    found = sanction_cases.before_hearing(gate_of(ctx, case, request))
    found.demand("Borgeren kan ikke høres om en sanktion endnu.")
    calculation = sanction_cases.calculate(
        request,
        found,
        monthly_help=_help_in(ctx, request, Month.of(request.told.from_on)),
        has_spouse=_has_spouse(case),
        rates=ctx.rates,
        calculation_id=ctx.new_id(),
        application_id=ctx.uow.cases.application_of_case(case.id).id,
        at=ctx.now,
    )
    ctx.uow.calculations.add(calculation)
    ctx.uow.sanctions.save(replace(request, calculation_id=calculation.id))
    ctx.note(case.id, f"Betingelserne for en sanktion er gennemgået. {conclusion}".strip())
    return {"sanction_goes_on": True, "calculation_id": calculation.id}


def _sanctioned_before(ctx: StepContext, request: SanctionRequest) -> bool:
    """Tell whether the person was sanctioned before, by our own record."""
    return any(
        each.party_id == request.party_id
        and each.state is SanctionState.DECIDED
        and each.told.from_on < request.told.from_on
        for each in ctx.uow.sanctions.of_case(request.case_id)
    )


def _open(ctx: StepContext, task: UserTask) -> SanctionRequest:
    request = ctx.uow.sanctions.get(str(task.variables["sanction_id"]))
    if not request.is_open:
        raise RuleError(
            "Anmodningen om en sanktion er allerede afsluttet:"
            f" {sanction_cases.STATE_NAMES[request.state].lower()}."
        )
    return request


def _yes(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


@receives("sanctions.ground")
def weigh_ground(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record whether there was a reasonable ground, after the hearing (rimelig grund, LAS § 13)."""
    request = _open(ctx, task)
    conclusion = str(values["conclusion"]).strip()
    if not conclusion:
        raise RuleError("Skriv, hvad du har lagt vægt på.")
    no_ground = values["ground"] == NO_GROUND
    request = replace(request, answers=replace(request.answers, no_reasonable_ground=no_ground))
    ctx.uow.sanctions.save(request)
    if not no_ground:
        _end(ctx, request, SanctionState.DROPPED, f"Der var en rimelig grund. {conclusion}")
        return {"sanction_wanted": False}
    case = ctx.uow.cases.get(task.case_id)
    gate_of(ctx, case, request).demand("Sanktionen kan ikke foreslås.")
    ctx.note(task.case_id, f"Der var ingen rimelig grund. {conclusion}")
    return {"sanction_wanted": True}


# ---- how it ends -------------------------------------------------------------------------------


@step("sanctions.stop")
def stop(ctx: StepContext, *, sanction_id: str, sanction_stopped_because: str) -> Variables:
    """Stop a request: it was withdrawn, or the help or the case ended (frafald)."""
    request = ctx.uow.sanctions.get(sanction_id)
    _end(ctx, request, SanctionState.DROPPED, sanction_stopped_because)
    return {}


@step("sanctions.lapse")
def lapse(ctx: StepContext, *, sanction_id: str) -> Variables:
    """Note that the time to take it in has run out (bortfald): nothing is ever taken.

    Law: LAS § 35, stk. 3.
    """
    request = ctx.uow.sanctions.get(sanction_id)
    because = "Fristen på tre hele kalendermåneder er gået. Der trækkes intet."
    _end(ctx, request, SanctionState.LAPSED, because)
    return {}


def _end(ctx: StepContext, request: SanctionRequest, state: SanctionState, because: str) -> None:
    """Say what came of a request, drop its hearing, and tell the jobcentre."""
    if not request.is_open:
        return
    ctx.uow.sanctions.save(
        sanction_cases.settled(request, state, conclusion=because, by=ctx.user, at=ctx.now)
    )
    for hearing in ctx.uow.hearings.of_case(request.case_id):
        if hearing.calculation_id == request.calculation_id:
            dropped = hearings.drop(hearing)
            if dropped != hearing:
                ctx.uow.hearings.save(dropped)
    what = sanction_cases.STATE_NAMES[state]
    ctx.note(request.case_id, f"{what}: {sanction_cases.in_words(request)}. {because}")
    _tell_jobcentre(ctx, request, state)


def _tell_jobcentre(ctx: StepContext, request: SanctionRequest, state: SanctionState) -> None:
    ctx.leave(
        "send.event",
        request.case_id,
        {"case_id": request.case_id, "kind": f"sanktion.{state}", "subject": request.id},
        key=f"event:{request.id}:sanktion.{state}",
    )


# ---- what is taken -----------------------------------------------------------------------------


@step("sanctions.take", adverse=True)
def take(ctx: StepContext, *, case_id: str, sanction_id: str, decision_id: str) -> Variables:
    """Plan the months a decided sanction is taken in, once its letter has been sent (fradrag).

    Law: LAS § 35, stk. 3. No month that is being paid already, none after the third whole month,
    and no month bears more than its help. What finds no month lapses.
    """
    case = ctx.uow.cases.lock(case_id)
    request = ctx.uow.sanctions.get(sanction_id)
    decision = ctx.uow.decisions.get(decision_id)
    if not request.is_open:
        return {}
    _check_sent(request, decision)
    because = _too_late(ctx, case, request)
    calculation = ctx.uow.calculations.get(decision.calculation_id)
    amount = sanction_cases.amount_in(calculation)
    months, lapsed = ((), amount) if because else plan(ctx, request, amount)
    if not months:
        _end(
            ctx,
            request,
            SanctionState.LAPSED,
            because or "Der er ingen måned tilbage, som beløbet kan trækkes i. Der trækkes intet.",
        )
        return {}
    _decide(ctx, request, decision, months)
    said = " og ".join(f"{part.danish()} i {month_in_words(month)}" for month, part in months)
    rest = f" {lapsed.danish()} kan ikke trækkes i tide og bortfalder." if lapsed else ""
    conclusion = f"Trækkes med {said}.{rest}"
    ctx.uow.sanctions.save(
        sanction_cases.settled(
            replace(request, decision_id=decision.id),
            SanctionState.DECIDED,
            conclusion=conclusion,
            by=ctx.user,
            at=ctx.now,
        )
    )
    ctx.note(case_id, f"Sanktion efter afgørelse {decision.number}. {conclusion}")
    _tell_jobcentre(ctx, request, SanctionState.DECIDED)
    return {}


def _check_sent(request: SanctionRequest, decision: Decision) -> None:
    """Refuse to take anything on a decision that is not this sanction's own, or was not sent."""
    if decision.calculation_id != request.calculation_id or decision.sent_at is None:
        raise SafeguardError(
            "Sanktionen kan ikke trækkes: afgørelsen om den er ikke sendt til alle parter."
        )


def _too_late(ctx: StepContext, case: Case, request: SanctionRequest) -> str:
    if request.party_id in _dead(ctx, case):
        return "Borgeren er død. Der trækkes intet."
    return "Sagen er afsluttet. Der trækkes intet." if case.state is CaseState.CLOSED else ""


def plan(
    ctx: StepContext, request: SanctionRequest, amount: Money
) -> tuple[tuple[tuple[Month, Money], ...], Money]:
    """Return what would be taken in which month if the letter left today, and what would lapse."""
    months = sanction_cases.months_left(request.told.from_on, ctx.today, rates=ctx.rates)
    taken: dict[Month, int] = {}
    for known in ctx.uow.deductions.of_case(request.case_id):
        each = known.deduction
        if each.kind is DeductionKind.SANCTION and each.party_id == request.party_id:
            taken[each.from_month] = taken.get(each.from_month, 0) + each.amount.oere
    helped = {
        month: Money(max(_help_in(ctx, request, month).oere - taken.get(month, 0), 0))
        for month in months
    }
    paid = sanction_cases.paid_months(ctx.uow.payments.of_case(request.case_id), request.party_id)
    closed = [
        month
        for month in months
        if sanction_cases.is_closed(month, ctx.today, paid=paid, calendar=ctx.calendar)
        or _is_frozen(ctx, month)
    ]
    return sanction_cases.planned(
        request, amount, helped=helped, closed=closed, from_day=ctx.today, rates=ctx.rates
    )


def _is_frozen(ctx: StepContext, month: Month) -> bool:
    """Tell whether a month's run has begun: what is calculated already is not lowered."""
    run = ctx.uow.runs.of_month(month)
    return run is not None and run.frozen_at is not None


def _decide(
    ctx: StepContext,
    request: SanctionRequest,
    decision: Decision,
    months: tuple[tuple[Month, Money], ...],
) -> None:
    """Hand a sanction over to the payments: from here they read it, as every other deduction."""
    proposal = ctx.uow.decisions.proposal(decision.proposal_id)
    law = f"LAS § {request.told.paragraph}"
    if decision.sent_at is None:
        raise BrokenStateError("a sanction is taken after its letter was sent")
    ctx.uow.deductions.decide(
        DeductionDecision(
            id=decision.id,
            case_id=decision.case_id,
            party_id=request.party_id,
            kind=DeductionKind.SANCTION,
            number=decision.number,
            law=law,
            reasoning=decision.reasoning,
            hearing_id=decision.hearing_id,
            hearing_exception=decision.hearing_exception,
            decided_by=proposal.proposed_by,
            approved_by=decision.approved_by,
            issued_at=decision.issued_at,
        ),
        [
            PaymentDeduction(
                id=ctx.new_id(),
                decision_id=decision.id,
                case_id=decision.case_id,
                party_id=request.party_id,
                kind=DeductionKind.SANCTION,
                amount=part,
                from_month=month,
                to_month=month,
                law=law,
                label=f"Sanktion for {sanction_cases.in_words(request)}",
                source_id=request.id,
            )
            for month, part in months
        ],
    )
    ctx.uow.deductions.mark_sent(decision.id, decision.sent_at)
