"""Receive an application: make the case, file it, send the message that starts a process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from processes.domain.cases import Application, Case, CaseState, Party, PartyRole, Protection
from processes.domain.deadlines import DeadlineKind
from processes.domain.documents import Direction
from processes.domain.errors import RuleError
from processes.domain.facts import Fact, FactKind, FactStatus, FactValue, Source, SourceKind
from processes.domain.identifiers import Cpr, Kle
from processes.domain.money import Money
from processes.domain.periods import Period
from processes.ports.records import TaskState
from processes.steps import StepContext, Variables, step

DENMARK = ZoneInfo("Europe/Copenhagen")
CASH_ASSISTANCE = Kle("32.24.04", "G01")
CLOSING_TIME = time(15, 30)
"""When a deadline's last day is over for the citizen and the desk."""
WARN_PERCENT = 80
HIGH_PRIORITY = 1
DEADLINE_NEAR = "Fristen nærmer sig"


@dataclass(frozen=True)
class Received:
    """An application as a channel hands it over, parsed but not judged (modtaget ansøgning)."""

    channel: str
    message_id: str
    contact_on: date
    requested_from: date
    applicant: Cpr
    spouse: Cpr | None
    applies_jointly: bool
    answers: Mapping[str, str]
    original: bytes
    media_type: str


def from_fields(
    fields: Mapping[str, str], *, channel: str, message_id: str, original: bytes, media_type: str
) -> Received:
    """Read the fields every channel's form has; an impossible one is a Danish error.

    `fields` are the keys of the application form (`contact_on`, `applicant_cpr` …), all text.
    """
    spouse = fields.get("spouse_cpr", "")
    try:
        contact_on = date.fromisoformat(fields["contact_on"])
        requested_from = date.fromisoformat(fields["requested_from"])
    except (KeyError, ValueError) as error:
        raise RuleError(
            "Ansøgningen mangler en gyldig dato for henvendelse eller ønsket start."
            " Skriv datoen, og send ansøgningen igen."
        ) from error
    return Received(
        channel=channel,
        message_id=message_id,
        contact_on=contact_on,
        # Law: LAS § 88: nothing is granted for the time before the application.
        requested_from=max(contact_on, requested_from),
        applicant=Cpr.parse(fields.get("applicant_cpr", "")),
        spouse=Cpr.parse(spouse) if spouse else None,
        applies_jointly=fields.get("applies_jointly") == "ja",
        answers=dict(fields),
        original=original,
        media_type=media_type,
    )


def receive(ctx: StepContext, received: Received, *, begins: bool = True) -> Case:
    """Make a case of an application (modtag ansøgning); the same message twice makes one.

    It begins at once, unless somebody else's part of it is waited for first.

    Synthetic personal numbers are taken outside production only: a real case about a person who
    cannot exist would never be found again.
    """
    known = ctx.uow.cases.application_by_message(received.channel, received.message_id)
    if known is not None:
        return ctx.uow.cases.get(known.case_id)
    for cpr in (received.applicant, received.spouse):
        if cpr is not None and cpr.is_synthetic == (ctx.mode == "production"):
            raise RuleError(
                "CPR-nummeret kan ikke bruges her. Se cifrene efter, og send ansøgningen igen."
            )
    case = _make_case(ctx, received)
    ctx.uow.cases.add(case)
    application = Application(
        id=ctx.new_id(),
        case_id=case.id,
        received_at=ctx.now,
        contact_on=received.contact_on,
        requested_from=received.requested_from,
        applies_jointly=received.applies_jointly,
        channel=received.channel,
        answers=dict(received.answers),
        message_id=received.message_id,
    )
    ctx.uow.cases.add_application(application)
    _file(ctx, case, application, received)
    ctx.uow.facts.add(_stated_facts(ctx, case, application))
    if begins:
        _start(ctx, case, application)
    _publish(ctx, case)
    return case


def _make_case(ctx: StepContext, received: Received) -> Case:
    case_id = ctx.new_id()
    people = [(PartyRole.PRIMARY, received.applicant)]
    if received.spouse is not None:
        people.append((PartyRole.SPOUSE, received.spouse))
    parties = tuple(
        # Names and addresses come from CPR in the first step; until then nobody has said them.
        Party(ctx.new_id(), case_id, role, cpr, "", (), Protection.NORMAL)
        for role, cpr in people
    )
    return Case(
        id=case_id,
        number=ctx.uow.cases.next_number(ctx.today.year),
        municipality_id=ctx.uow.municipality_id,
        kle=CASH_ASSISTANCE,
        benefit="kontanthjaelp",
        title="Ansøgning om kontanthjælp",
        state=CaseState.RAISED,
        unit="ydelse",
        caseworker=None,
        protection=Protection.NORMAL,
        opened_at=ctx.now,
        parties=parties,
    )


def _file(ctx: StepContext, case: Case, application: Application, received: Received) -> None:
    ctx.file(
        case.id,
        "Ansøgning om kontanthjælp",
        received.original,
        direction=Direction.IN,
        media_type=received.media_type,
        party_id=case.primary_party.id,
        subject_id=application.id,
    )
    ctx.note(case.id, f"Ansøgning modtaget via {received.channel}.")


def _start(ctx: StepContext, case: Case, application: Application) -> None:
    ctx.tell(
        "application-received",
        application.id,
        {
            "case_id": case.id,
            "application_id": application.id,
            "acute": application.answers.get("acute_need") == "ja",
            "benefit": case.benefit,
        },
        case_id=case.id,
    )


def _publish(ctx: StepContext, case: Case) -> None:
    ctx.leave(
        "send.event",
        case.id,
        {"case_id": case.id, "kind": "sag.opstaaet"},
        key=f"event:{case.id}:sag.opstaaet",
    )
    ctx.index(case.id)


# ---- what the citizen stated ------------------------------------------------------------------

_YES_NO = {"ja": True, "nej": False}


def _stated_facts(ctx: StepContext, case: Case, application: Application) -> list[Fact]:
    """Turn answers into facts with the citizen as source; `ved_ikke` is unknown, never a value."""
    answers = application.answers
    primary = case.primary_party.id
    facts = [
        _stated(ctx, application, primary, FactKind.SOCIAL_EVENT, answers.get("reason", "")),
        _stated_yes_no(
            ctx,
            application,
            primary,
            FactKind.LIVES_WITH_PARENTS,
            answers.get("lives_with_parents", ""),
        ),
        _stated_yes_no(
            ctx,
            application,
            primary,
            FactKind.RESIDENCE_MET,
            answers.get("residence_9_of_10_years", ""),
        ),
        _stated_yes_no(
            ctx,
            application,
            primary,
            FactKind.WORK_MET,
            answers.get("work_two_and_a_half_years", ""),
        ),
        _stated_money(
            ctx, application, primary, FactKind.WEALTH, answers.get("wealth_applicant_kroner", "")
        ),
        _stated_money(
            ctx,
            application,
            primary,
            FactKind.WORK_INCOME,
            answers.get("income_this_month_kroner", ""),
        ),
        _stated(
            ctx,
            application,
            primary,
            FactKind.CHILDREN_AT_HOME,
            _whole(answers.get("children_at_home", "")),
        ),
    ]
    for party in case.parties:
        if party.role is PartyRole.SPOUSE:
            facts.append(
                _stated_money(
                    ctx,
                    application,
                    party.id,
                    FactKind.WEALTH,
                    answers.get("wealth_spouse_kroner", ""),
                )
            )
    return facts


def _stated(
    ctx: StepContext,
    application: Application,
    party_id: str,
    kind: FactKind,
    value: FactValue | None,
) -> Fact:
    known = value is not None and value != "" and value != "ved_ikke"
    return Fact(
        id=ctx.new_id(),
        case_id=application.case_id,
        party_id=party_id,
        kind=kind,
        status=FactStatus.VALUE if known else FactStatus.UNKNOWN,
        value=value if known else None,
        valid=Period(application.requested_from.replace(day=1)),
        source=Source(SourceKind.CITIZEN, "Ansøgning", application.id),
        known_from=ctx.now,
    )


def _stated_yes_no(
    ctx: StepContext, application: Application, party_id: str, kind: FactKind, answer: str
) -> Fact:
    return _stated(ctx, application, party_id, kind, _YES_NO.get(answer))


def _stated_money(
    ctx: StepContext, application: Application, party_id: str, kind: FactKind, answer: str
) -> Fact:
    money = None if answer in {"", "ved_ikke"} else Money.kroner(answer)
    return _stated(ctx, application, party_id, kind, money)


def _whole(answer: str) -> int | None:
    return int(answer) if answer.isdigit() else None


# ---- steps ------------------------------------------------------------------------------------


@step("applications.set_deadline")
def set_deadline(ctx: StepContext, *, case_id: str, deadline_days: int) -> Variables:
    """Count the case's deadline (sagsbehandlingsfrist) from the day it was received.

    Law: RSL § 3, stk. 2: the municipality sets and publishes the deadline.
    Units: working days in, an ISO moment out.
    """
    application = ctx.uow.cases.application_of_case(case_id)
    received = application.received_at.astimezone(DENMARK)
    benefit = ctx.uow.cases.get(case_id).benefit
    days = ctx.deadline_days(benefit, DeadlineKind.CASE, usual=deadline_days)
    last_day = ctx.calendar.working_days_after(received.date(), days)
    deadline_at = datetime.combine(last_day, CLOSING_TIME, DENMARK)
    warn_at = received + (deadline_at - received) * WARN_PERCENT // 100
    return {
        "deadline_at": deadline_at.isoformat(),
        "warn_at": warn_at.replace(microsecond=0).isoformat(),
    }


@step("applications.raise_priority")
def raise_priority(ctx: StepContext, *, case_id: str) -> Variables:
    """Let a case's open tasks stand out, and say why (prioritet); nothing else changes."""
    for task in ctx.uow.processes.tasks_of_case(case_id):
        if task.state is TaskState.OPEN and task.priority < HIGH_PRIORITY:
            reason = " · ".join(part for part in (DEADLINE_NEAR, task.reason) if part)
            ctx.uow.processes.save_task(replace(task, priority=HIGH_PRIORITY, reason=reason))
    return {}
