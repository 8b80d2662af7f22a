"""Take in what happens in a citizen's life, weigh it, and let the case it concerns know.

An event is news. It is kept with who told it; what it means is for facts, rules and people. A case
that waits for such news hears it at once, ahead of whatever else is on its way out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from processes.domain import hearings, life
from processes.domain.calculation import HelpKind
from processes.domain.cases import Case, CaseState, Party, check_move
from processes.domain.documents import Direction, RequestState
from processes.domain.errors import NotAllowedError, RuleError, SafeguardError
from processes.domain.facts import Fact, FactKind, Facts, FactStatus, Source, SourceKind
from processes.domain.life import EventKind, EventSource, EventState, LifeEvent, Told
from processes.domain.payments import PaymentState
from processes.domain.periods import DENMARK, Period
from processes.domain.rules.prose import day_in_words
from processes.ports.records import InstanceState, LetterState, UserTask
from processes.steps import StepContext, Variables, receives, step

CLOSING_TIME = time(15, 30)
DAYS_TO_LOOK = 5
"""Working days to look at an event."""
DAYS_TO_REASSESS = 20
"""Working days to assess anew what was decided."""
SAME_EVENT_WITHIN = timedelta(days=3)
"""Two sources that tell of one thing name the same day, or nearly."""
LEFT_STATES = {PaymentState.ORDERED, PaymentState.ACCEPTED, PaymentState.SETTLED}
"""A payment in one of these may have left the municipality."""
REASSESSMENT = "reassessment"
IMMEDIATE_HELP = "consider_immediate_help"
NOTHING, DEATH, MOVED, CHANGE = "intet", "doed", "flyttet", "aendring"
"""What an event calls for, as the diagram tells it apart."""


# ---- taking it in -----------------------------------------------------------------------------


def receive(
    ctx: StepContext,
    case_id: str,
    party_id: str,
    told: Told,
    *,
    source: EventSource,
    message_id: str,
) -> LifeEvent:
    """Keep an event and start what looks at it (modtag hændelse); the same one twice is one."""
    case = ctx.uow.cases.lock(case_id)
    known = _known_event(ctx, case_id, party_id, message_id)
    if known is not None:
        return known
    event = _event(ctx, case_id, party_id, told, source=source, message_id=message_id)
    ctx.uow.life.save(event)
    if source is not EventSource.CPR:
        _file(ctx, case.party(party_id), told, event)
        _state_facts(ctx, told, event)
    ctx.note(case_id, _what_came(case, event))
    _tell_now(
        ctx,
        "person-event-received",
        event.id,
        case_id,
        {
            "case_id": case_id,
            "event_id": event.id,
            "party_id": party_id,
            "ask_register": source is EventSource.CPR,
            "event_due_at": _due(ctx, DAYS_TO_LOOK),
        },
    )
    return event


def _known_event(
    ctx: StepContext, case_id: str, party_id: str, message_id: str
) -> LifeEvent | None:
    return next(
        (
            each
            for each in ctx.uow.life.of_case(case_id)
            if (each.party_id, each.message_id) == (party_id, message_id)
        ),
        None,
    )


def _event(
    ctx: StepContext,
    case_id: str,
    party_id: str,
    told: Told,
    *,
    source: EventSource,
    message_id: str,
) -> LifeEvent:
    return LifeEvent(
        id=ctx.new_id(),
        case_id=case_id,
        party_id=party_id,
        kind=told.kind,
        source=source,
        happened_on=told.happened_on,
        text=told.text.strip(),
        message_id=message_id,
        received_at=ctx.now,
        received_by=ctx.user if source is EventSource.CASEWORKER else "",
        place=told.place.strip(),
    )


def _file(ctx: StepContext, party: Party, told: Told, event: LifeEvent) -> None:
    """File what was told, word for word."""
    lines = [
        f"{life.EVENT_NAMES[told.kind]} den {day_in_words(told.happened_on)}.",
        *([f"Til og med {day_in_words(told.until)}."] if told.until else []),
        *([f"Beløb i måneden før skat: {told.amount.danish()}."] if told.amount else []),
        *([f"Hvor: {event.place}."] if event.place else []),
        *([event.text] if event.text else []),
    ]
    ctx.file(
        event.case_id,
        f"Ændring: {life.EVENT_NAMES[told.kind].lower()}",
        "\n".join(lines).encode(),
        direction=Direction.IN,
        media_type="text/plain; charset=utf-8",
        party_id=party.id,
        subject_id=event.id,
    )


def _state_facts(ctx: StepContext, told: Told, event: LifeEvent) -> None:
    """Keep what the teller said as facts by the citizen, or by whoever has seen it."""
    by_citizen = event.source is EventSource.CITIZEN
    said = list(told.stated())
    if told.kind is EventKind.DEATH:
        said.append((FactKind.DEAD, told.happened_on, Period(_start(ctx, event.case_id))))
    ctx.uow.facts.add(
        [
            Fact(
                id=ctx.new_id(),
                case_id=event.case_id,
                party_id=event.party_id,
                kind=kind,
                status=FactStatus.VALUE,
                value=value,
                valid=valid,
                # A caseworker who writes down what a citizen tells gives the citizen's word; a
                # death they have seen the papers of is their own.
                source=Source(
                    SourceKind.CASEWORKER if kind is FactKind.DEAD else SourceKind.CITIZEN,
                    "Ændring fra borgeren" if by_citizen else f"Ændring, ved {_by_name(ctx)}",
                    event.id,
                    event.text,
                ),
                known_from=ctx.now,
            )
            for kind, value, valid in said
        ]
    )


def _by_name(ctx: StepContext) -> str:
    return ctx.require_actor().name


def _start(ctx: StepContext, case_id: str) -> date:
    return ctx.uow.cases.application_of_case(case_id).requested_from.replace(day=1)


def _what_came(case: Case, event: LifeEvent) -> str:
    who = case.party(event.party_id).name or "en part, hvis navn ikke er hentet endnu"
    name = life.EVENT_NAMES[event.kind]
    by = {"CPR": "CPR", "borger": "borgeren", "sagsbehandler": "en sagsbehandler"}[event.source]
    return f"Hændelse fra {by}: {name.lower()} den {day_in_words(event.happened_on)} ({who})."


def _due(ctx: StepContext, days: int) -> str:
    last_day = ctx.calendar.working_days_after(ctx.today, days)
    return datetime.combine(last_day, CLOSING_TIME, DENMARK).isoformat()


def _tell_now(
    ctx: StepContext, message: str, key: str, case_id: str, variables: Variables, *, once: str = ""
) -> None:
    """Send a BPMN message in a lane of its own: a letter that waits for the post is no reason."""
    ctx.leave(
        "message",
        case_id,
        {"message": message, "key": key, "variables": dict(variables), "case_id": case_id},
        key=f"{message}:{key}:{once}",
        lane=f"life:{case_id}",
    )


# ---- withdrawal -------------------------------------------------------------------------------


def withdraw(
    ctx: StepContext, case_id: str, party_id: str, reason: str, *, source: EventSource
) -> LifeEvent:
    """Stop a case on the citizen's wish (tilbagetrækning), until the decision has left.

    One of two applicants stops the application they share; the other is told, and may apply alone.
    """
    if len(reason) > life.MOST_WORDS:
        raise RuleError(f"Skriv højst {life.MOST_WORDS} tegn.")
    running = [
        ctx.uow.processes.lock_instance(each.id)
        for each in reversed(ctx.uow.processes.instances_of_case(case_id))
        if each.state is not InstanceState.ENDED
    ]
    case = ctx.uow.cases.lock(case_id)
    application = ctx.uow.cases.application_of_case(case_id)
    if party_id not in {each.id for each in life.applicants(case, application)}:
        raise NotAllowedError("Kun den, der har søgt, kan trække ansøgningen tilbage.")
    life.check_can_withdraw(
        ctx.uow.life.of_case(case_id),
        decision_left=_decision_left(ctx, case_id),
        ended=case.state is CaseState.CLOSED or not running,
    )
    told = Told(EventKind.WITHDRAWAL, ctx.today, reason)
    event = _event(ctx, case_id, party_id, told, source=source, message_id="tilbagetraekning")
    ctx.uow.life.save(event)
    ctx.file(
        case_id,
        "Ansøgningen er trukket tilbage",
        (reason.strip() or "Ingen grund er angivet.").encode(),
        direction=Direction.IN,
        media_type="text/plain; charset=utf-8",
        party_id=party_id,
        subject_id=event.id,
    )
    ctx.note(case_id, _what_came(case, event))
    _drop_hearings(ctx, case_id)
    _stop_immediate_help(ctx, case_id)
    _tell_now(ctx, "application-withdrawn", case_id, case_id, {"event_id": event.id})
    return event


def _stop_immediate_help(ctx: StepContext, case_id: str) -> None:
    """Stop help until the first payment; money that may have left is for finance to follow.

    A question that was put a moment ago may not have its process yet: the message waits for it.
    """
    running = any(
        each.process_key == IMMEDIATE_HELP and each.state is not InstanceState.ENDED
        for each in ctx.uow.processes.instances_of_case(case_id)
    )
    application = ctx.uow.cases.application_of_case(case_id)
    asked = ctx.uow.immediate_help.of_application(application.id)
    if not running and (asked is None or not asked.is_open):
        return
    given = ctx.uow.decisions.of_case(case_id, help_kind=HelpKind.IMMEDIATE)
    if not _money_left(ctx, case_id, {each.id for each in given}):
        _tell_now(ctx, "immediate-help-stopped", case_id, case_id, {})


def _money_left(ctx: StepContext, case_id: str, decided: Collection[str]) -> bool:
    """Tell whether a payment of one of these decisions may have left."""
    return any(
        state in LEFT_STATES and line.decision_id in decided
        for line, state in ctx.uow.payments.of_case(case_id)
    )


def _stop_sanctions(
    ctx: StepContext, case_id: str, because: str, *, of: Collection[str] | None = None
) -> None:
    """Stop the requests for sanctions that wait for somebody, of some parties or of all.

    One whose decision is on its way asks again itself, before anything is taken.
    """
    for request in ctx.uow.sanctions.of_case(case_id):
        if not request.is_open or (of is not None and request.party_id not in of):
            continue
        if ctx.uow.processes.is_awaited("sanction-stopped", request.id):
            _tell_now(
                ctx,
                "sanction-stopped",
                request.id,
                case_id,
                {"sanction_stopped_because": because},
            )


def _decision_left(ctx: StepContext, case_id: str) -> bool:
    """Tell whether a decision's letter has been handed to the post, to one party or to all."""
    issued = {each.id for each in ctx.uow.decisions.of_case(case_id)}
    left = {LetterState.ORDERED, LetterState.DELIVERED}
    return any(
        each.subject_id in issued and each.state in left
        for each in ctx.uow.letters.of_case(case_id)
    )


def _drop_hearings(ctx: StepContext, case_id: str) -> None:
    for hearing in ctx.uow.hearings.of_case(case_id):
        dropped = hearings.drop(hearing)
        if dropped != hearing:
            ctx.uow.hearings.save(dropped)


@step("life.close_case")
def close_case(ctx: StepContext, *, case_id: str, event_id: str) -> Variables:
    """Close a case that has stopped (afslut sag): on the citizen's wish, or as another's to decide.

    The safeguard is here and not on the way: whoever draws the diagram, a case is closed on a wish
    that was noted, or on a move that a person has judged.
    """
    event = ctx.uow.life.event(event_id)
    case = ctx.uow.cases.lock(case_id)
    _check_may_close(event, case)
    _drop_hearings(ctx, case_id)
    for paper in ctx.uow.papers.of_case(case_id):
        if paper.state is RequestState.ASKED:
            ctx.uow.papers.save(replace(paper, state=RequestState.DROPPED, changed_at=ctx.now))
    if case.state is not CaseState.CLOSED:
        check_move(case.state, CaseState.CLOSED)
        ctx.uow.cases.set_state(case_id, CaseState.CLOSED)
        ctx.index(case_id)
    _stop_sanctions(ctx, case_id, "Sagen er afsluttet.")
    why = life.EVENT_NAMES[event.kind].lower()
    ctx.note(case_id, f"Sagen er afsluttet: {why}. Der er ikke truffet afgørelse.")
    if event.kind is EventKind.WITHDRAWAL:
        ctx.uow.life.save(
            life.settle(event, conclusion="Sagen er stoppet.", by=ctx.user, at=ctx.now)
        )
    else:
        _stop_immediate_help(ctx, case_id)
    return {"closing_id": event.id}


def _check_may_close(event: LifeEvent, case: Case) -> None:
    judged = event.state is EventState.SETTLED and event.settled_by not in {"", "system"}
    wished = event.kind is EventKind.WITHDRAWAL
    if event.case_id != case.id or not (wished or judged):
        raise SafeguardError(
            "Sagen kan ikke lukkes: ingen har trukket ansøgningen tilbage, og ingen sagsbehandler"
            " har vurderet hændelsen."
        )


# ---- weighing ---------------------------------------------------------------------------------


@step("life.weigh")
def weigh(ctx: StepContext, *, case_id: str, event_id: str, lives_here: bool | None) -> Variables:
    """Say what an event calls for (hændelsens betydning): nothing, or whom to ask what.

    Nothing to the citizen's harm follows from an event: the most it does is to open a task.
    """
    event = ctx.uow.life.event(event_id)
    case = ctx.uow.cases.lock(case_id)
    calls_for, because = _weighed(ctx, case, event, lives_here=lives_here)
    if calls_for == NOTHING:
        ctx.uow.life.save(life.settle(event, conclusion=because, by=ctx.user, at=ctx.now))
        ctx.note(case_id, f"{life.EVENT_NAMES[event.kind]}: {because}")
    return {"event_class": calls_for, "event_matters": False, "municipality_left": False}


def _weighed(
    ctx: StepContext, case: Case, event: LifeEvent, *, lives_here: bool | None
) -> tuple[str, str]:
    if case.state is CaseState.CLOSED:
        return NOTHING, "Sagen er afsluttet, så hændelsen ændrer intet."
    if _is_told_before(ctx, event):
        return NOTHING, "Hændelsen er allerede kendt fra en anden kilde."
    applicants = life.applicants(case, ctx.uow.cases.application_of_case(case.id))
    is_applicant = event.party_id in {each.id for each in applicants}
    known = Facts.as_known(ctx.uow.facts.of_case(case.id), ctx.now)
    if event.kind is EventKind.DEATH and event.party_id in life.dead_parties(
        case, known, ctx.today
    ):
        return DEATH, ""
    if event.kind is EventKind.MOVE and is_applicant:
        if event.source is EventSource.CPR and lives_here is True:
            return NOTHING, "CPR siger, at borgeren stadig bor i kommunen. Adressen er opdateret."
        return MOVED, ""
    return CHANGE, ""


def _is_told_before(ctx: StepContext, event: LifeEvent) -> bool:
    """Tell whether another source has told of the same thing, on nearly the same day."""
    return any(
        each.kind is event.kind
        and each.party_id == event.party_id
        and each.source is not event.source
        and abs(each.happened_on - event.happened_on) <= SAME_EVENT_WITHIN
        and (each.received_at, each.id) < (event.received_at, event.id)
        for each in ctx.uow.life.of_case(event.case_id)
    )


# ---- death ------------------------------------------------------------------------------------


@step("life.stop_for_death")
def stop_for_death(ctx: StepContext, *, case_id: str) -> Variables:
    """Stop what would go to somebody who has died (dødsfald); a survivor's own part goes on.

    Nothing is decided by it. A payment that may have left is for finance to follow, so the process
    that waits for its receipt goes on waiting.
    """
    case = ctx.uow.cases.lock(case_id)
    application = ctx.uow.cases.application_of_case(case_id)
    known = Facts.as_known(ctx.uow.facts.of_case(case_id), ctx.now)
    dead = life.dead_parties(case, known, ctx.today)
    _stop_sanctions(ctx, case_id, "Borgeren er død.", of=dead)
    alive = life.survivors(case, application, dead)
    if alive:
        ctx.note(case_id, "En part er død. Den anden ansøgers egen del af sagen går videre.")
        return {"case_goes_on": True}
    _drop_hearings(ctx, case_id)
    decided = {each.id for each in ctx.uow.decisions.of_case(case_id)}
    if not _money_left(ctx, case_id, decided) and ctx.uow.processes.is_awaited(
        "party-died", case_id
    ):
        _tell_now(ctx, "party-died", case_id, case_id, {})
    _stop_immediate_help(ctx, case_id)
    ctx.note(case_id, "Ansøgeren er død. Der sendes og udbetales ikke mere i sagen.")
    return {"case_goes_on": False}


@receives("casework.death")
def conclude_death(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what was looked at after a death (dage levet, bo, ægtefælle)."""
    goes_on = task.variables["case_goes_on"] is True
    conclusion = _settled(ctx, task, values)
    case = ctx.uow.cases.lock(task.case_id)
    ctx.note(case.id, f"Dødsfald behandlet: {conclusion}")
    if not goes_on and CaseState.CLOSED is not case.state:
        _close_after_death(ctx, case)
    return {"event_matters": goes_on}


def _close_after_death(ctx: StepContext, case: Case) -> None:
    if case.state is CaseState.ORDERED:
        ctx.note(case.id, "En udbetaling er undervejs. Luk sagen, når økonomi har fulgt den op.")
        return
    check_move(case.state, CaseState.CLOSED)
    ctx.uow.cases.set_state(case.id, CaseState.CLOSED)
    ctx.index(case.id)
    ctx.note(case.id, "Sagen er afsluttet, fordi ansøgeren er død.")


# ---- what people conclude ---------------------------------------------------------------------


@receives("casework.assess_move")
def conclude_move(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record whether we are still the municipality that must help (opholdskommune, RSL § 9)."""
    still_ours = bool(values["still_ours"])
    place = str(values["place"]).strip()
    if not still_ours and not place:
        raise RuleError("Skriv, hvilken kommune borgeren skal søge i.")
    conclusion = _settled(ctx, task, values, place=place)
    consent = "Borgeren har givet samtykke til, at sagen sendes videre."
    no_consent = "Borgeren har ikke givet samtykke til, at sagen sendes videre."
    said = "" if still_ours else f" {consent if values['has_consent'] else no_consent}"
    who = "Vi er stadig opholdskommune" if still_ours else f"Opholdskommunen er nu {place}"
    ctx.note(task.case_id, f"{who}: {conclusion}{said}")
    return {"event_matters": False, "municipality_left": not still_ours}


@receives("casework.change")
def conclude_change(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record whether a change can matter for the help (ændring i forhold)."""
    matters = bool(values["matters"])
    conclusion = _settled(ctx, task, values)
    then = "Kan betyde noget for hjælpen." if matters else "Betyder ikke noget for hjælpen."
    ctx.note(task.case_id, f"Ændring behandlet: {conclusion} {then}")
    return {"event_matters": matters}


def _settled(
    ctx: StepContext, task: UserTask, values: Mapping[str, object], *, place: str | None = None
) -> str:
    conclusion = str(values["conclusion"]).strip()
    if not conclusion:
        raise RuleError("Skriv, hvad du har lagt vægt på.")
    event = ctx.uow.life.event(str(task.variables["event_id"]))
    by = ctx.require_actor().user
    ctx.uow.life.save(life.settle(event, conclusion=conclusion, by=by, at=ctx.now, place=place))
    return conclusion


# ---- letting the case know --------------------------------------------------------------------


@step("life.let_case_know")
def let_case_know(
    ctx: StepContext, *, case_id: str, event_id: str, event_matters: bool, municipality_left: bool
) -> Variables:
    """Bring what was concluded to the case, as far as it has come (sagen får besked)."""
    case = ctx.uow.cases.lock(case_id)
    if case.state is CaseState.CLOSED:
        return {}
    if municipality_left and ctx.uow.processes.is_awaited("municipality-left", case_id):
        _tell_now(ctx, "municipality-left", case_id, case_id, {"event_id": event_id})
    elif municipality_left or event_matters or _changed(ctx, case):
        _assess_again(ctx, case, because=event_id)
    return {}


@step("life.assess_again")
def assess_again(ctx: StepContext, *, case_id: str) -> Variables:
    """Let a case be assessed again, because a person found that it must be (fornyet vurdering)."""
    _assess_again(ctx, ctx.uow.cases.lock(case_id), because=ctx.new_id())
    return {}


def _changed(ctx: StepContext, case: Case) -> bool:
    """Tell whether the newest calculation rests on facts that count otherwise now."""
    calculation = ctx.uow.calculations.latest(case.id)
    if calculation is None:
        return False
    facts = ctx.uow.facts.of_case(case.id)
    return bool(
        life.changed_kinds(
            Facts.as_known(facts, calculation.made_at),
            Facts.as_known(facts, ctx.now),
            parties=[party.id for party in case.parties],
            months=[month.month for month in calculation.months],
        )
    )


def _assess_again(ctx: StepContext, case: Case, *, because: str) -> None:
    """Send an open case back to assessment, or start a reassessment of a decided one.

    Where somebody is assessing already, the new facts are before their eyes.
    """
    if ctx.uow.processes.is_awaited("facts-changed", case.id):
        _drop_hearings(ctx, case.id)
        _tell_now(ctx, "facts-changed", case.id, case.id, {}, once=because)
        ctx.note(case.id, "Oplysningerne er ændret. Sagen vurderes og beregnes igen.")
        return
    if not ctx.uow.decisions.of_case(case.id) or _is_reassessed(ctx, case.id):
        return
    application = ctx.uow.cases.application_of_case(case.id)
    ctx.note(case.id, "Sagen er afgjort. En revurdering er sat i gang.")
    _tell_now(
        ctx,
        "reassessment-wanted",
        because,
        case.id,
        {
            "case_id": case.id,
            "application_id": application.id,
            "deadline_at": _due(ctx, DAYS_TO_REASSESS),
        },
    )


def _is_reassessed(ctx: StepContext, case_id: str) -> bool:
    return any(
        each.process_key == REASSESSMENT and each.state is not InstanceState.ENDED
        for each in ctx.uow.processes.instances_of_case(case_id)
    )
