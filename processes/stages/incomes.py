"""The month's income of everybody with running help, held against what the help rests on (P06).

One process a municipality and month. The register is asked in batches that leave through the
outbox, each in a lane of its own; what each kind of income is, the decision table says, once a
kind. Only where something differs there is a process about the case, and a person looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from processes.domain import incomes, life
from processes.domain.cases import PartyRole
from processes.domain.deadlines import ends_at
from processes.domain.errors import RuleError
from processes.domain.facts import Fact, FactKind, Facts, FactStatus, Source, SourceKind
from processes.domain.identifiers import Cpr, Cvr
from processes.domain.incomes import FindingState, IncomeFinding, ReportedIncome
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.registers import RegisterName
from processes.domain.rules.prose import month_in_words
from processes.ports.changes import IncomeBatch
from processes.ports.gateways import Gateways, IncomeAnswer, IncomeLine
from processes.ports.records import UserTask
from processes.steps import StepContext, Variables, receives, sends, step

BATCH_SIZE = 50
"""Cases in a batch: some seconds of calls, so that little is lost with a worker."""
DAYS_TO_LOOK = 10
"""Working days to look at a difference."""
WAGE = "loen"
ADULTS = {PartyRole.PRIMARY, PartyRole.SPOUSE}
REGISTER, TOLD, OTHER = "register", "oplyst", "andet"
"""What the form answers: whose amounts count."""


@step("incomes.begin")
def begin(ctx: StepContext, *, check_id: str) -> Variables:
    """Share the running grants out, and let the register be asked about each (indhent indkomst)."""
    check = ctx.uow.incomes.get(check_id)
    count = ctx.uow.incomes.begin(check_id, check.month, batch_size=BATCH_SIZE)
    for number in range(count):
        _leave(ctx, check.case_id, "incomes.ask", check_id, number)
    if count == 0:
        ctx.tell("incomes-asked", check_id, _next_kind(ctx, check_id), case_id=check.case_id)
    return {}


def _leave(ctx: StepContext, case_id: str, topic: str, check_id: str, number: int) -> None:
    key = f"{topic}:{check_id}:{number}"
    body = {"case_id": case_id, "check_id": check_id, "batch": number}
    ctx.leave(topic, case_id, body, key=key, lane=key)


# ---- asking ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class IncomeRequest:
    """Whom a batch asks about (forespørgsel om indkomst)."""

    people: tuple[tuple[str, Cpr], ...]
    """Party id and number."""
    month: Month
    municipality_cvr: Cvr


def prepare_ask(ctx: StepContext, body: Mapping[str, object]) -> IncomeRequest:
    """Read whom to ask about: the adults of each case who live."""
    batch = _batch(ctx, body)
    people: list[tuple[str, Cpr]] = []
    for case_id in batch.case_ids:
        case = ctx.uow.cases.get(case_id)
        known = Facts.as_known(ctx.uow.facts.of_case(case_id), ctx.now)
        dead = life.dead_parties(case, known, ctx.today)
        people += [
            (party.id, party.cpr)
            for party in case.parties
            if party.role in ADULTS and party.id not in dead
        ]
    month = ctx.uow.incomes.get(batch.check_id).month
    return IncomeRequest(tuple(people), month, Cvr(ctx.uow.setup.municipality().cvr))


def ask_register(gateways: Gateways, request: IncomeRequest) -> Mapping[str, IncomeAnswer]:
    """Ask about each; slow enough to be done with no transaction open."""
    return {
        party_id: gateways.income.income_of(
            cpr, months=[request.month], municipality_cvr=request.municipality_cvr
        )
        for party_id, cpr in request.people
    }


def register_away(ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """The register does not answer: the batch is noted as not asked, for a person to follow."""
    batch = _batch(ctx, body)
    ctx.uow.incomes.save_batch(replace(batch, unanswered=len(batch.case_ids), asked_at=ctx.now))
    _asked(ctx, batch.check_id)


@sends("incomes.ask", prepare=prepare_ask, ask=ask_register, given_up=register_away)
def answered(
    ctx: StepContext, answer: Mapping[str, IncomeAnswer], body: Mapping[str, object]
) -> None:
    """Keep what was reported of each person; nobody has looked at it yet."""
    batch = _batch(ctx, body)
    month = ctx.uow.incomes.get(batch.check_id).month
    reported = {
        party_id: tuple(_line(each) for each in said.lines if each.month == month)
        for party_id, said in answer.items()
    }
    ctx.uow.incomes.save_batch(
        replace(batch, reported=reported, asked=len(answer), unanswered=0, asked_at=ctx.now)
    )
    _asked(ctx, batch.check_id)


def _line(line: IncomeLine) -> ReportedIncome:
    """Return a reported line as it counts.

    Law: LAS § 30; principafgørelse 42-19: work income after ATP and AM contribution.
    """
    is_wage = line.kind == WAGE
    return ReportedIncome(
        employer=line.employer_name,
        kind=line.kind,
        counted=line.gross - line.am_contribution - line.atp if is_wage else line.gross,
        hours_hundredths=line.hours_hundredths,
        income_class=incomes.UNKNOWN,
    )


def _batch(ctx: StepContext, body: Mapping[str, object]) -> IncomeBatch:
    return ctx.uow.incomes.batch(str(body["check_id"]), int(str(body["batch"])))


def _asked(ctx: StepContext, check_id: str) -> None:
    to_ask, _ = ctx.uow.incomes.left(check_id)
    if to_ask == 0:
        check = ctx.uow.incomes.get(check_id)
        ctx.tell("incomes-asked", check_id, _next_kind(ctx, check_id), case_id=check.case_id)


# ---- naming each kind --------------------------------------------------------------------------


def _next_kind(ctx: StepContext, check_id: str) -> Variables:
    """Return a kind of income the table was not asked about yet (næste indkomstart)."""
    left = ctx.uow.incomes.unclassified(check_id)
    return {"income_kind": left[0] if left else "", "kinds_left": bool(left)}


@step("incomes.classify")
def classify(ctx: StepContext, *, check_id: str, income_kind: str, income_class: str) -> Variables:
    """Keep what the table calls a kind of income, and say the next one (klassificér indkomst).

    The next comes as a message, so that the process rests between two.
    """
    check = ctx.uow.incomes.get(check_id)
    ctx.uow.incomes.classify(check_id, income_kind, income_class)
    ctx.tell(
        "income-kind-found",
        check_id,
        _next_kind(ctx, check_id),
        case_id=check.case_id,
        tries=income_kind,
    )
    return {}


# ---- comparing ---------------------------------------------------------------------------------


@step("incomes.compare")
def compare(ctx: StepContext, *, check_id: str) -> Variables:
    """Let every batch be held against what the help rests on (afstem indkomst)."""
    check = ctx.uow.incomes.get(check_id)
    figures = ctx.uow.incomes.figures(check_id)
    for number in range(figures.batches):
        _leave(ctx, check.case_id, "incomes.compare", check_id, number)
    if figures.batches == 0:
        ctx.tell("incomes-compared", check_id, {"unanswered": 0}, case_id=check.case_id)
    return {}


def nothing_to_read(_ctx: StepContext, _body: Mapping[str, object]) -> str:
    """Read nothing: everything is read where it is written."""
    return ""


def ask_nobody(_gateways: Gateways, _request: str) -> str:
    """Ask nobody."""
    return ""


def batch_broke(ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """A batch that asks nobody is never given up by anybody outside."""
    raise RuleError(f"Portion {body['batch']} kunne ikke afstemmes: {reason}")


@sends("incomes.compare", prepare=nothing_to_read, ask=ask_nobody, given_up=batch_broke)
def compare_batch(ctx: StepContext, _answer: str, body: Mapping[str, object]) -> None:
    """Hold one batch against the facts: equal is kept as the register's word, the rest is found."""
    batch = _batch(ctx, body)
    if batch.compared_at is None:
        check = ctx.uow.incomes.get(batch.check_id)
        for case_id in batch.case_ids:
            case = ctx.uow.cases.get(case_id)
            facts = Facts.as_known(ctx.uow.facts.of_case(case_id), ctx.now)
            for party in case.parties:
                if party.id in batch.reported:
                    lines = incomes.classes_of(batch.reported[party.id], check.classes)
                    _compare_person(ctx, batch, facts, case_id, party.id, lines)
        ctx.uow.incomes.save_batch(replace(batch, compared_at=ctx.now))
    _, to_compare = ctx.uow.incomes.left(batch.check_id)
    if to_compare == 0:
        check = ctx.uow.incomes.get(batch.check_id)
        figures = ctx.uow.incomes.figures(batch.check_id)
        ctx.tell(
            "incomes-compared",
            batch.check_id,
            {"unanswered": figures.unanswered},
            case_id=check.case_id,
        )


def _compare_person(
    ctx: StepContext,
    batch: IncomeBatch,
    facts: Facts,
    case_id: str,
    party_id: str,
    lines: Sequence[ReportedIncome],
) -> None:
    month = ctx.uow.incomes.get(batch.check_id).month
    difference, work, other, known_work, known_other = incomes.compared(
        lines, facts, party_id, month
    )
    if difference is None:
        return
    finding = IncomeFinding(
        id=ctx.new_id(),
        check_id=batch.check_id,
        case_id=case_id,
        party_id=party_id,
        month=month,
        difference=difference,
        lines=tuple(lines),
        work=work,
        other=other,
        known_work=known_work,
        known_other=known_other,
        found_at=ctx.now,
    )
    if not ctx.uow.incomes.save_finding(finding):
        return
    said = incomes.DIFFERENCE_NAMES[difference]
    ctx.note(case_id, f"Indkomst for {month_in_words(month)}: {said.lower()}.")
    ctx.tell(
        "income-differs",
        finding.id,
        {
            "case_id": case_id,
            "finding_id": finding.id,
            "party_id": party_id,
            "finding_due_at": _due(ctx),
        },
        case_id=case_id,
    )


def _due(ctx: StepContext) -> str:
    last_day = ctx.calendar.working_days_after(ctx.today, DAYS_TO_LOOK)
    return ends_at(last_day).isoformat()


@receives("incomes.unanswered")
def note_unanswered(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what is done about those the register did not answer about."""
    ctx.note(task.case_id, f"Indkomst, der ikke kunne hentes: {values['note']}")
    return {}


# ---- what a person makes of it -----------------------------------------------------------------


@receives("incomes.difference")
def settle(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record whose amounts count for the month (afgør forskellen); the help is assessed after.

    Nothing is lower by it: the facts are the month's, and a lower help needs its own decision.
    """
    finding = ctx.uow.incomes.finding(str(task.variables["finding_id"]))
    conclusion = str(values["conclusion"]).strip()
    if not conclusion:
        raise RuleError("Skriv, hvad du har lagt vægt på.")
    choice = values["choice"]
    if choice == REGISTER and any(it.income_class == incomes.UNKNOWN for it in finding.lines):
        raise RuleError(
            "En af indtægterne er af en slags, tabellen ikke kender. Vælg «Andre beløb», og skriv,"
            " hvad der skal regnes med."
        )
    told = choice == TOLD
    if not told:
        work, other = finding.work, finding.other
        if choice == OTHER:
            work, other = _money(values["work"]), _money(values["other"])
        _keep(ctx, finding, work, other, conclusion)
    state = FindingState.TOLD_COUNTS if told else FindingState.REGISTER_COUNTS
    ctx.uow.incomes.save_finding(
        incomes.settled(finding, state, conclusion=conclusion, by=ctx.user, at=ctx.now)
    )
    ctx.note(task.case_id, f"Indkomst for {month_in_words(finding.month)}: {conclusion}")
    return {"income_changes": not told}


def _money(value: object) -> Money:
    if not isinstance(value, Money):
        raise RuleError("Skriv begge beløb, eller vælg et andet svar. Skriv 0, hvis der intet er.")
    return value


def _keep(
    ctx: StepContext, finding: IncomeFinding, work: Money, other: Money, evidence: str
) -> None:
    """Keep the month's amounts as facts a caseworker has settled, with where they were seen."""
    ctx.uow.facts.add(
        [
            Fact(
                id=ctx.new_id(),
                case_id=finding.case_id,
                party_id=finding.party_id,
                kind=kind,
                status=FactStatus.VALUE if amount else FactStatus.NONE,
                value=amount or None,
                valid=finding.month.period(),
                source=Source(
                    SourceKind.CASEWORKER, RegisterName.INCOME.value, finding.id, evidence
                ),
                known_from=ctx.now,
            )
            for kind, amount in (
                (FactKind.WORK_INCOME, work),
                (FactKind.OTHER_INCOME, other),
            )
        ]
    )
