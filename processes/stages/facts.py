"""Collect and refresh facts from registers and people; note what contradicts.

Registers give facts, people give facts; nothing is overwritten. What no register gives and nobody
has said stays unknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from processes.domain.cases import (
    Application,
    Case,
    CaseState,
    Party,
    PartyRole,
    Protection,
    check_move,
)
from processes.domain.documents import Direction
from processes.domain.errors import RuleError
from processes.domain.facts import (
    Fact,
    FactAnswer,
    FactKind,
    Facts,
    FactStatus,
    FactValue,
    Source,
    SourceKind,
)
from processes.domain.identifiers import Cpr, Cvr
from processes.domain.money import Money, total
from processes.domain.periods import Month, Period
from processes.ports.gateways import (
    Gateways,
    IncomeAnswer,
    MaritalStatus,
    PersonRecord,
)
from processes.ports.records import Assessment, UserTask
from processes.steps import StepContext, Variables, receives, step

MONTHS_BACK = 3
"""How many months before the first one asked for that income is looked up."""
ADULT_AGE = 18
WAGE = "loen"
REGISTER_TRIES = 10
"""About a quarter of an hour with its pauses; then a person types in what they can prove."""


# ---- asking the registers ---------------------------------------------------------------------


@dataclass(frozen=True)
class RegisterRequest:
    """Whom to ask about, and for which months."""

    applicant: Cpr
    spouse: Cpr | None
    months: tuple[Month, ...]
    municipality_cvr: Cvr


@dataclass(frozen=True)
class RegisterAnswers:
    """What the registers answered (registersvar)."""

    applicant: PersonRecord
    spouse: PersonRecord | None
    children: tuple[PersonRecord, ...]
    applicant_income: IncomeAnswer
    spouse_income: IncomeAnswer | None


def prepare_collect(ctx: StepContext, *, case_id: str) -> RegisterRequest:
    """Read whom to ask about."""
    case = ctx.uow.cases.get(case_id)
    application = ctx.uow.cases.application_of_case(case_id)
    spouse = next((p.cpr for p in case.parties if p.role is PartyRole.SPOUSE), None)
    return RegisterRequest(
        applicant=case.primary_party.cpr,
        spouse=spouse,
        months=_months_around(Month.of(application.requested_from)),
        municipality_cvr=Cvr(ctx.uow.setup.municipality().cvr),
    )


def _months_around(first: Month) -> tuple[Month, ...]:
    year, number = first.year, first.number - MONTHS_BACK
    if number < 1:
        year, number = year - 1, number + 12
    months = [Month(year, number)]
    while months[-1] < first:
        months.append(months[-1].next())
    return tuple(months)


def ask_registers(gateways: Gateways, request: RegisterRequest) -> RegisterAnswers:
    """Ask CPR about the family and eIndkomst about the adults; no transaction is open."""
    cvr = request.municipality_cvr
    applicant = gateways.persons.look_up(request.applicant, municipality_cvr=cvr)
    # A spouse the citizen did not name still has a duty to support (LAS § 2).
    spouse_cpr = request.spouse or applicant.spouse
    spouse = (
        None if spouse_cpr is None else gateways.persons.look_up(spouse_cpr, municipality_cvr=cvr)
    )
    children = tuple(
        gateways.persons.look_up(child, municipality_cvr=cvr) for child in applicant.children
    )
    return RegisterAnswers(
        applicant=applicant,
        spouse=spouse,
        children=children,
        applicant_income=gateways.income.income_of(
            request.applicant, months=request.months, municipality_cvr=cvr
        ),
        spouse_income=None
        if spouse_cpr is None
        else gateways.income.income_of(spouse_cpr, months=request.months, municipality_cvr=cvr),
    )


@step(
    "facts.collect",
    prepare=prepare_collect,
    ask=ask_registers,
    errors=("register_unavailable",),
    max_attempts=REGISTER_TRIES,
)
def collect(ctx: StepContext, answers: RegisterAnswers, *, case_id: str) -> Variables:
    """Record what the registers answered, and what they did not (registeroplysninger)."""
    case = ctx.uow.cases.lock(case_id)
    application = ctx.uow.cases.application_of_case(case_id)
    case = _refresh_parties(ctx, case, answers)
    spouse = next((p for p in case.parties if p.role is PartyRole.SPOUSE), None)
    start = application.requested_from.replace(day=1)
    facts = _person_facts(ctx, case.primary_party, answers.applicant, start, spouse=spouse)
    facts += _children_facts(ctx, case.primary_party, answers, start)
    facts += _income_facts(ctx, case.primary_party, answers.applicant_income, application)
    if spouse is not None and answers.spouse is not None and answers.spouse_income is not None:
        facts += _person_facts(ctx, spouse, answers.spouse, start, spouse=case.primary_party)
        facts += _children_facts(ctx, spouse, answers, start)
        facts += _income_facts(ctx, spouse, answers.spouse_income, application)
    ctx.uow.facts.add(facts)
    snapshot_id = _snapshot(ctx, case, facts)
    return {
        "register_snapshot_id": snapshot_id,
        "missing": 0,
        "contradictions": len(_known(ctx, case_id).contradictions(start)),
        "manual_facts": False,
    }


def _refresh_parties(ctx: StepContext, case: Case, answers: RegisterAnswers) -> Case:
    parties = list(case.parties)
    primary = _refreshed(case.primary_party, answers.applicant)
    parties[parties.index(case.primary_party)] = primary
    ctx.uow.cases.update_party(primary)
    if answers.spouse is not None:
        known = next((p for p in parties if p.role is PartyRole.SPOUSE), None)
        if known is None:
            blank = Party(
                ctx.new_id(),
                case.id,
                PartyRole.SPOUSE,
                answers.spouse.cpr,
                "",
                (),
                Protection.NORMAL,
            )
            spouse = _refreshed(blank, answers.spouse)
            ctx.uow.cases.add_party(spouse)
            parties.append(spouse)
        else:
            spouse = _refreshed(known, answers.spouse)
            ctx.uow.cases.update_party(spouse)
            parties[parties.index(known)] = spouse
    return replace(case, parties=tuple(parties))


def _refreshed(party: Party, record: PersonRecord) -> Party:
    return replace(
        party,
        name=record.name,
        address_lines=record.address_lines,
        protection=Protection.PROTECTED if record.protected else Protection.NORMAL,
    )


def _register_fact(
    ctx: StepContext,
    party: Party,
    kind: FactKind,
    value: FactValue | None,
    *,
    valid: Period,
    register: str,
    reference: str,
) -> Fact:
    """Return a register's fact; no value is "known to be none", since the register answered."""
    return Fact(
        id=ctx.new_id(),
        case_id=party.case_id,
        party_id=party.id,
        kind=kind,
        status=FactStatus.NONE if value is None else FactStatus.VALUE,
        value=value,
        valid=valid,
        source=Source(SourceKind.REGISTER, register, reference),
        known_from=ctx.now,
    )


def _person_facts(
    ctx: StepContext, party: Party, record: PersonRecord, start: date, *, spouse: Party | None
) -> list[Fact]:
    lives_with_spouse = record.marital_status in {
        MaritalStatus.MARRIED,
        MaritalStatus.PARTNERSHIP,
    }
    values: list[tuple[FactKind, FactValue | None]] = [
        (FactKind.BIRTH_DATE, record.cpr.birth_date),
        (FactKind.MARITAL_STATUS, str(record.marital_status)),
        (FactKind.SPOUSE, spouse.id if spouse is not None and lives_with_spouse else None),
        (FactKind.DEAD, record.dead_on),
        (FactKind.EMIGRATED, record.emigrated_on),
    ]
    return [
        _register_fact(
            ctx,
            party,
            kind,
            value,
            valid=Period(start),
            register="CPR",
            reference=record.call.correlation_id,
        )
        for kind, value in values
    ]


def _children_facts(
    ctx: StepContext, party: Party, answers: RegisterAnswers, start: date
) -> list[Fact]:
    at_home = [
        child
        for child in answers.children
        if child.address_lines == answers.applicant.address_lines
        and _age(child.cpr.birth_date, start) < ADULT_AGE
        and child.dead_on is None
    ]
    return [
        _register_fact(
            ctx,
            party,
            FactKind.CHILDREN_AT_HOME,
            len(at_home),
            valid=Period(start),
            register="CPR",
            reference=answers.applicant.call.correlation_id,
        )
    ]


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _income_facts(
    ctx: StepContext, party: Party, answer: IncomeAnswer, application: Application
) -> list[Fact]:
    """Turn employers' reports into facts by month.

    Law: LAS § 30; principafgørelse 42-19: work income counts after ATP and AM contribution.
    A month that is not over and has no report yet is not "none": nobody can know it.
    """
    facts = []
    for month in _months_around(Month.of(application.requested_from)):
        lines = [line for line in answer.lines if line.month == month]
        over = month.last_day < ctx.today
        wages = [
            line.gross - line.am_contribution - line.atp for line in lines if line.kind == WAGE
        ]
        other = [line.gross for line in lines if line.kind != WAGE]
        amounts = ((FactKind.WORK_INCOME, wages), (FactKind.OTHER_INCOME, other))
        facts += [
            _register_fact(
                ctx,
                party,
                kind,
                _sum_or_none(found),
                valid=month.period(),
                register="eIndkomst",
                reference=answer.call.correlation_id,
            )
            for kind, found in amounts
            if found or over
        ]
    return facts


def _sum_or_none(amounts: Sequence[Money]) -> Money | None:
    return total(amounts) if amounts else None


def _snapshot(ctx: StepContext, case: Case, facts: Iterable[Fact]) -> str:
    """Keep what the registers said as one document that never changes."""
    content = json.dumps(
        [
            {
                "party": fact.party_id,
                "kind": fact.kind,
                "status": fact.status,
                "value": None if fact.value is None else str(_plain(fact.value)),
                "valid_from": fact.valid.start.isoformat(),
                "valid_to": None if fact.valid.end is None else fact.valid.end.isoformat(),
                "register": fact.source.name,
                "call": fact.source.reference,
                "known_from": fact.known_from.isoformat(),
            }
            for fact in facts
        ],
        ensure_ascii=False,
        indent=1,
    ).encode()
    return ctx.file(
        case.id,
        "Registeroplysninger",
        content,
        direction=Direction.INTERNAL,
        media_type="application/json",
    )


def _plain(value: FactValue) -> object:
    return value.oere if isinstance(value, Money) else value


def _known(ctx: StepContext, case_id: str) -> Facts:
    return Facts.as_known(ctx.uow.facts.of_case(case_id), ctx.now)


# ---- what people say --------------------------------------------------------------------------


@receives("casework.assess")
def record_assessment(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what the caseworker made of facts and conditions (vurdering)."""
    case = ctx.uow.cases.lock(task.case_id)
    application = ctx.uow.cases.application_of_case(case.id)
    start = application.requested_from.replace(day=1)
    _add_answers(ctx, task, values, valid_from=start, source="Vurdering", evidence="")
    assessment = Assessment(
        id=ctx.new_id(),
        case_id=case.id,
        by=ctx.require_actor().user,
        at=ctx.now,
        discretion=bool(values["discretion"]),
        text=str(values["text"]),
    )
    ctx.uow.cases.add_assessment(assessment)
    if case.caseworker is None:
        ctx.uow.cases.set_caseworker(case.id, assessment.by)
    if case.state is not CaseState.INFORMED:
        check_move(case.state, CaseState.INFORMED)
        ctx.uow.cases.set_state(case.id, CaseState.INFORMED)
    return {
        "assessment_id": assessment.id,
        "discretion": assessment.discretion,
        "contradictions": len(_known(ctx, case.id).contradictions(start)),
    }


@receives("casework.register_data")
@receives("casework.complete_facts")
def record_manual(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record facts a person typed in, with what they saw (indtastede oplysninger med kilde)."""
    valid_from = values["valid_from"]
    evidence = str(values["evidence"]).strip()
    if not isinstance(valid_from, date):
        raise RuleError("Skriv, fra hvilken dag oplysningerne gælder.")
    if not evidence:
        raise RuleError("Skriv, hvad du har set som dokumentation.")
    answers = _add_answers(
        ctx, task, values, valid_from=valid_from, source=str(values["source"]), evidence=evidence
    )
    ctx.note(task.case_id, f"Oplysninger indtastet med kilde {values['source']}: {evidence}")
    return {
        "manual_facts": True,
        "missing": sum(1 for answer in answers if answer.status is FactStatus.UNKNOWN),
    }


def _add_answers(
    ctx: StepContext,
    task: UserTask,
    values: Mapping[str, object],
    *,
    valid_from: date,
    source: str,
    evidence: str,
) -> tuple[FactAnswer, ...]:
    answers = values["answers"]
    if not isinstance(answers, tuple):
        raise TypeError("a form's answers are a tuple of FactAnswer")
    name = ctx.require_actor().name
    ctx.uow.facts.add(
        [
            Fact(
                id=ctx.new_id(),
                case_id=task.case_id,
                party_id=answer.party_id,
                kind=answer.kind,
                status=answer.status,
                value=answer.value,
                valid=Period(valid_from),
                source=Source(
                    SourceKind.CASEWORKER,
                    name,
                    f"task:{task.id}",
                    f"{source}: {evidence}" if evidence else source,
                ),
                known_from=ctx.now,
            )
            for answer in answers
        ]
    )
    return answers
