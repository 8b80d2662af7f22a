"""Record what people say of the facts: assessed, typed in with a source, or checked again.

People give facts and nothing is overwritten. What nobody has said stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import cast

from processes.domain.cases import Case, CaseState, Party, PartyRole, check_move
from processes.domain.errors import RuleError
from processes.domain.facts import (
    MONTHLY_KINDS,
    Fact,
    FactAnswer,
    FactKind,
    Facts,
    FactStatus,
    FactValue,
    Source,
    SourceKind,
)
from processes.domain.periods import Period
from processes.domain.registers import (
    PersonAnswer,
    RegisterName,
    SpouseAnswer,
    differences,
)
from processes.ports.records import Assessment, UserTask
from processes.steps import StepContext, Variables, receives


def _known(ctx: StepContext, case_id: str) -> Facts:
    return Facts.as_known(ctx.uow.facts.of_case(case_id), ctx.now)


@receives("casework.assess")
def record_assessment(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what the caseworker made of facts and conditions (vurdering)."""
    case = ctx.uow.cases.lock(task.case_id)
    application = ctx.uow.cases.application_of_case(case.id)
    asked = ctx.uow.immediate_help.of_application(application.id)
    if asked is not None and asked.is_open:
        raise RuleError(
            "Svar først på, om borgeren skal have engangshjælp. Opgaven «Vurdér behovet for"
            " engangshjælp» ligger øverst i indbakken."
        )
    start = application.requested_from.replace(day=1)
    said_from = values.get("valid_from")
    valid_from = said_from if isinstance(said_from, date) else start
    _add_answers(ctx, task, values, valid_from=valid_from, source="Vurdering", evidence="")
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
        ctx.index(case.id)
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
    _check_seen(ctx, task, values)
    answers = _add_answers(
        ctx, task, values, valid_from=valid_from, source=str(values["source"]), evidence=evidence
    )
    for person in cast(tuple[PersonAnswer, ...], values.get("people", ())):
        _fill_in(ctx, ctx.uow.cases.get(task.case_id), person)
    spouse = values.get("spouse")
    if isinstance(spouse, SpouseAnswer):
        _add_spouse(ctx, task, spouse, valid_from=valid_from, evidence=evidence)
    ctx.note(task.case_id, f"Oplysninger indtastet med kilde {values['source']}: {evidence}")
    return {
        "manual_facts": True,
        "missing": sum(1 for answer in answers if answer.status is FactStatus.UNKNOWN),
    }


def _check_seen(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> None:
    """Refuse what was typed without seeing a register's answer that came meanwhile."""
    seen = values.get("answered_registers")
    if seen is None:
        return
    came = {
        fact.source.name
        for fact in ctx.uow.facts.of_case(task.case_id)
        if fact.known_from >= task.created_at
        and fact.source.kind is SourceKind.REGISTER
        and not fact.source.evidence
    }
    away = task.variables.get("missing_registers")
    unseen = (came & set(cast(list[str], away or []))) - set(cast(tuple[str, ...], seen))
    if unseen:
        raise RuleError(
            f"{', '.join(sorted(unseen))} har svaret, siden du åbnede opgaven."
            " Svaret står herunder. Se det efter, og afslut så opgaven."
            " Det, du har skrevet, er her endnu."
        )


def _fill_in(ctx: StepContext, case: Case, person: PersonAnswer) -> None:
    """Write name, address and protection of a party CPR has not told of; a letter needs them."""
    if not person.name.strip() or not person.address_lines:
        raise RuleError("Skriv navn og adresse, som de står i det, du har set.")
    ctx.uow.cases.update_party(
        replace(
            case.party(person.party_id),
            name=person.name.strip(),
            address_lines=person.address_lines,
            protection=person.protection,
        )
    )


def _add_spouse(
    ctx: StepContext, task: UserTask, spouse: SpouseAnswer, *, valid_from: date, evidence: str
) -> None:
    """Make a spouse nobody named party to the case (ægtefælle med kilde).

    Law: LAS § 2: spouses support each other, whether the applicant names the other or not.
    """
    case = ctx.uow.cases.lock(task.case_id)
    if any(each.role is PartyRole.SPOUSE for each in case.parties):
        raise RuleError("Sagen har allerede en ægtefælle. Åbn opgaven igen, og se, hvem det er.")
    if spouse.cpr == case.primary_party.cpr:
        raise RuleError("CPR-nummeret er ansøgerens eget. Skriv ægtefællens.")
    if spouse.cpr.is_synthetic == (ctx.mode == "production"):
        raise RuleError("CPR-nummeret kan ikke bruges her. Se cifrene efter.")
    if not spouse.name.strip() or not spouse.address_lines:
        raise RuleError("Skriv ægtefællens navn og adresse, som de står i det, du har set.")
    party = Party(
        id=ctx.new_id(),
        case_id=case.id,
        role=PartyRole.SPOUSE,
        cpr=spouse.cpr,
        name=spouse.name.strip(),
        address_lines=spouse.address_lines,
        protection=spouse.protection,
    )
    ctx.uow.cases.add_party(party)
    name = ctx.require_actor().name
    known: list[tuple[str, FactKind, FactValue]] = [
        (case.primary_party.id, FactKind.SPOUSE, party.id),
        (party.id, FactKind.SPOUSE, case.primary_party.id),
        (party.id, FactKind.MARITAL_STATUS, "gift"),
        (party.id, FactKind.BIRTH_DATE, party.birth_date),
    ]
    ctx.uow.facts.add(
        [
            Fact(
                id=ctx.new_id(),
                case_id=case.id,
                party_id=party_id,
                kind=kind,
                status=FactStatus.VALUE,
                value=value,
                valid=Period(valid_from),
                source=Source(SourceKind.CASEWORKER, name, f"task:{task.id}", evidence),
                known_from=ctx.now,
            )
            for party_id, kind, value in known
        ]
    )
    ctx.index(case.id)
    ctx.note(case.id, "Ægtefællen er gjort til part i sagen. CPR svarede ikke.")


@receives("casework.recheck")
def conclude_recheck(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record which of two answers holds, now that the register is back (genkontrol).

    What was decided or paid stays as it is: a fact that proves wrong is at most a reason to
    assess the case again, with hearing and a new decision.
    """
    chosen = cast(Mapping[tuple[str, FactKind], str], values["chosen"])
    conclusion = str(values["conclusion"]).strip()
    start = ctx.uow.cases.application_of_case(task.case_id).requested_from.replace(day=1)
    name = RegisterName(str(task.variables["register"]))
    found = differences(
        ctx.uow.facts.of_case(task.case_id),
        register=name,
        checked_at=datetime.fromisoformat(str(task.variables["checked_at"])),
        start=start,
    )
    facts = []
    for each in found:
        choice = chosen.get((each.after.party_id, each.after.kind), "")
        if choice not in {"register", "before"}:
            raise RuleError("Vælg for hver oplysning, hvilken af de to der gælder.")
        held = each.after if choice == "register" else each.before
        facts.append(
            Fact(
                id=ctx.new_id(),
                case_id=task.case_id,
                party_id=each.after.party_id,
                kind=each.after.kind,
                status=FactStatus.UNKNOWN if held is None else held.status,
                value=None if held is None else held.value,
                valid=each.after.valid,
                source=Source(
                    SourceKind.CASEWORKER,
                    ctx.require_actor().name,
                    f"task:{task.id}",
                    f"Sammenlignet med {name}: {conclusion}",
                ),
                known_from=ctx.now,
            )
        )
    ctx.uow.facts.add(facts)
    reassess = bool(values["reassess"])
    then = "Sagen skal vurderes igen." if reassess else "Sagen skal ikke vurderes igen."
    ctx.note(task.case_id, f"Oplysninger sammenlignet med {name}: {conclusion} {then}")
    return {"recheck_changes_facts": reassess}


def _first_day(kind: FactKind, said: date) -> date:
    """Return the first day of an answer; a sum of a whole month begins with the month."""
    return said.replace(day=1) if kind in MONTHLY_KINDS else said


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
                valid=answer.valid or Period(_first_day(answer.kind, valid_from)),
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
