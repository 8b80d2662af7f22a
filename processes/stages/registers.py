"""Ask CPR, eIndkomst and eSkattekort; remember what they said; ask again when they were away.

Every register is asked at once and answers for itself: one that is away costs only its own facts.
Nothing is overwritten, and nothing is guessed: a copy of an earlier answer says from which day.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from processes.domain.cases import Application, Case, CaseState, Party, PartyRole, Protection
from processes.domain.documents import Direction
from processes.domain.errors import OutsideError
from processes.domain.facts import (
    FACT_LABELS,
    Fact,
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
from processes.domain.registers import (
    BIRTH_DATE_EVIDENCE,
    NEEDED,
    RegisterName,
    differences,
    is_own_answer,
    outdated,
)
from processes.ports.gateways import (
    Gateways,
    IncomeAnswer,
    MaritalStatus,
    PersonRecord,
    TaxCardAnswer,
)
from processes.ports.records import TaskState
from processes.steps import StepContext, Variables, sends, step

MONTHS_BACK = 3
"""How many months before the first one asked for that income is looked up."""
ADULT_AGE = 18
WAGE = "loen"
ADULTS = (PartyRole.PRIMARY, PartyRole.SPOUSE)
CALLS_AT_ONCE = 6
"""A couple, each asked about in three registers."""
REGISTER_TRIES = 10
"""About half an hour with its pauses; then a person types in what they can prove."""
STILL_FRESH = timedelta(hours=6)
"""An answer so new is this time's answer: whoever answered is not asked again in a retry."""
RECHECK_DAYS = 5
"""Working days to look at what a register changed."""
DENMARK = ZoneInfo("Europe/Copenhagen")
CLOSING_TIME = time(15, 30)


# ---- asking -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class RegisterRequest:
    """Which registers to ask, about whom, and for which months."""

    registers: frozenset[RegisterName]
    adults: tuple[Cpr, ...]
    """The applicant first."""
    months: tuple[Month, ...]
    municipality_cvr: Cvr


@dataclass(frozen=True)
class RegisterAnswers:
    """What the registers answered (registersvar), and who did not."""

    adults: tuple[Cpr, ...]
    children: tuple[Cpr, ...] = ()
    people: Mapping[Cpr, PersonRecord] = field(default_factory=dict)
    incomes: Mapping[Cpr, IncomeAnswer] = field(default_factory=dict)
    tax_cards: Mapping[Cpr, TaxCardAnswer] = field(default_factory=dict)
    failed: Mapping[RegisterName, OutsideError] = field(default_factory=dict)


class _Round:
    """One round of calls, all on their way at once; a register that fails, fails as a whole."""

    def __init__(
        self, pool: ThreadPoolExecutor, gateways: Gateways, request: RegisterRequest
    ) -> None:
        self.pool = pool
        self.gateways = gateways
        self.request = request
        self.calls: dict[RegisterName, dict[Cpr, Future[Any]]] = {
            name: {} for name in request.registers
        }

    def ask_about(self, cpr: Cpr) -> None:
        """Send the calls about one adult."""
        cvr, months = self.request.municipality_cvr, self.request.months
        self.ask_person(cpr)
        if RegisterName.INCOME in self.calls:
            self.calls[RegisterName.INCOME][cpr] = self.pool.submit(
                self.gateways.income.income_of, cpr, months=months, municipality_cvr=cvr
            )
        if RegisterName.TAX_CARD in self.calls:
            self.calls[RegisterName.TAX_CARD][cpr] = self.pool.submit(
                self.gateways.tax_cards.tax_card_of,
                cpr,
                on=months[-1].first_day,
                municipality_cvr=cvr,
            )

    def ask_person(self, cpr: Cpr) -> None:
        """Send the call to CPR about one person."""
        if RegisterName.CPR in self.calls:
            self.calls[RegisterName.CPR][cpr] = self.pool.submit(
                self.gateways.persons.look_up, cpr, municipality_cvr=self.request.municipality_cvr
            )

    def family(self, applicant: Cpr) -> PersonRecord | None:
        """Wait for what CPR says of the applicant; None when it says nothing."""
        call = self.calls.get(RegisterName.CPR, {}).get(applicant)
        if call is None or isinstance(call.exception(), OutsideError):
            return None
        return cast(PersonRecord, call.result())

    def answers(self, name: RegisterName) -> dict[Cpr, Any] | OutsideError:
        """Wait for one register: all it said, or why it said nothing."""
        calls = self.calls.get(name, {})
        errors = [call.exception() for call in calls.values()]
        failed = next((each for each in errors if isinstance(each, OutsideError)), None)
        if failed is not None:
            return failed
        return {cpr: call.result() for cpr, call in calls.items()}


def ask_all(gateways: Gateways, request: RegisterRequest) -> RegisterAnswers:
    """Ask every register at once; no transaction is open. A failure is an answer here."""
    adults = request.adults
    children: tuple[Cpr, ...] = ()
    with ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix="register") as pool:
        calls = _Round(pool, gateways, request)
        for cpr in adults:
            calls.ask_about(cpr)
        applicant = calls.family(adults[0])
        if applicant is not None:
            if len(adults) == 1 and applicant.spouse is not None:
                # A spouse the citizen did not name still has a duty to support (LAS § 2).
                adults = (*adults, applicant.spouse)
                calls.ask_about(applicant.spouse)
            children = applicant.children
            for child in children:
                calls.ask_person(child)
        said = {name: calls.answers(name) for name in RegisterName}
    failed = {name: each for name, each in said.items() if isinstance(each, OutsideError)}
    good = {name: each for name, each in said.items() if not isinstance(each, OutsideError)}
    return RegisterAnswers(
        adults=adults,
        children=children,
        people=good.get(RegisterName.CPR, {}),
        incomes=good.get(RegisterName.INCOME, {}),
        tax_cards=good.get(RegisterName.TAX_CARD, {}),
        failed=failed,
    )


def ask_registers(gateways: Gateways, request: RegisterRequest) -> RegisterAnswers:
    """Ask every register; raise when one that is needed is away, with what the others said."""
    answers = ask_all(gateways, request)
    failed = [answers.failed[name] for name in NEEDED if name in answers.failed]
    if failed:
        told = next((error for error in failed if error.retryable), failed[0])
        raise OutsideError(
            str(told),
            system=told.system,
            code=told.code,
            retryable=told.retryable,
            answered=answers,
        ) from told
    return answers


def prepare_collect(ctx: StepContext, *, case_id: str) -> RegisterRequest:
    """Read whom to ask about, and which registers have not answered yet."""
    return _request(ctx, case_id, _unanswered(ctx, ctx.uow.cases.get(case_id)))


def _request(ctx: StepContext, case_id: str, registers: Iterable[RegisterName]) -> RegisterRequest:
    application = ctx.uow.cases.application_of_case(case_id)
    return RegisterRequest(
        registers=frozenset(registers),
        adults=tuple(party.cpr for party in _adults(ctx.uow.cases.get(case_id))),
        months=_months_around(Month.of(application.requested_from)),
        municipality_cvr=Cvr(ctx.uow.setup.municipality().cvr),
    )


def _adults(case: Case) -> list[Party]:
    return [party for role in ADULTS for party in case.parties if party.role is role]


def _unanswered(ctx: StepContext, case: Case) -> list[RegisterName]:
    """Return the registers that have not answered about every adult lately."""
    lately = [
        fact for fact in ctx.uow.facts.of_case(case.id) if fact.known_from > ctx.now - STILL_FRESH
    ]
    return [
        name
        for name in RegisterName
        if any(
            not any(fact.party_id == adult.id and is_own_answer(fact, name) for fact in lately)
            for adult in _adults(case)
        )
    ]


def _months_around(first: Month) -> tuple[Month, ...]:
    year, number = first.year, first.number - MONTHS_BACK
    if number < 1:
        year, number = year - 1, number + 12
    months = [Month(year, number)]
    while months[-1] < first:
        months.append(months[-1].next())
    return tuple(months)


# ---- collecting -------------------------------------------------------------------------------


def keep_answers(ctx: StepContext, answered: RegisterAnswers, *, case_id: str) -> None:
    """Record what some registers said though another is away; only that one is asked again."""
    _record(ctx, case_id, answered)


@step(
    "registers.collect",
    prepare=prepare_collect,
    ask=ask_registers,
    errors=("register_unavailable",),
    max_attempts=REGISTER_TRIES,
    keep=keep_answers,
)
def collect(ctx: StepContext, answers: RegisterAnswers, *, case_id: str) -> Variables:
    """Record what the registers answered, and what they did not (registeroplysninger)."""
    snapshot_id = _record(ctx, case_id, answers)
    if answers.failed:
        # None that is needed, or the step would not have come here.
        _ask_later(ctx, case_id, answers.failed, collection_id=ctx.new_id())
    start = _start(ctx.uow.cases.application_of_case(case_id))
    known = Facts.as_known(ctx.uow.facts.of_case(case_id), ctx.now)
    return {
        "register_snapshot_id": snapshot_id,
        "missing": 0,
        "missing_registers": [],
        "contradictions": len(known.contradictions(start)),
        "manual_facts": False,
    }


def prepare_refresh(ctx: StepContext, *, case_id: str, party_id: str) -> RegisterRequest:
    """Read whom to ask CPR about, now that it has told of an event."""
    return _request(ctx, case_id, [RegisterName.CPR])


@step(
    "registers.refresh",
    prepare=prepare_refresh,
    ask=ask_registers,
    errors=("register_unavailable",),
    max_attempts=REGISTER_TRIES,
)
def refresh(
    ctx: StepContext, answers: RegisterAnswers, *, case_id: str, party_id: str
) -> Variables:
    """Record what CPR says after an event (opslag efter hændelse); the event itself is only news.

    `lives_here` is whether the person lives in this municipality; null when CPR does not say.
    """
    _record(ctx, case_id, answers)
    record = answers.people.get(ctx.uow.cases.get(case_id).party(party_id).cpr)
    gone = record is None or record.dead_on is not None or record.emigrated_on is not None
    here = None if gone or record is None else record.municipality_code == ctx.uow.municipality_id
    return {"lives_here": here}


@step("registers.fall_back")
def fall_back(ctx: StepContext, *, case_id: str, snapshot_days: int) -> Variables:
    """Take earlier answers in place of registers that are away (forældede oplysninger).

    Law: RSL § 10: a case must be informed well enough; how old an answer may be is the
    municipality's to say. Units: days.
    """
    case = ctx.uow.cases.lock(case_id)
    application = ctx.uow.cases.application_of_case(case_id)
    start = _start(application)
    away = _unanswered(ctx, case)
    facts = _birth_dates(ctx, case, application)
    missing = []
    for name in away:
        oldest = ctx.now - timedelta(days=snapshot_days)
        copied = {
            adult.id: _earlier_answers(ctx, case, adult, name, oldest=oldest, start=start)
            for adult in _adults(case)
        }
        if all(copied.values()):
            facts += [fact for found in copied.values() for fact in found]
            ctx.note(case_id, f"{name} svarer ikke. Et tidligere svar er brugt, til det svarer.")
        elif name in NEEDED:
            missing.append(name)
            ctx.note(case_id, f"{name} svarer ikke. Oplysningerne skal indtastes med kilde.")
    ctx.uow.facts.add(facts)
    return {
        "collection_id": ctx.new_id(),
        "registers_away": [str(name) for name in away],
        "missing_registers": [str(name) for name in missing],
        "missing": len(missing),
        "manual_facts": True,
    }


def _birth_dates(ctx: StepContext, case: Case, application: Application) -> list[Fact]:
    """Return the day of birth of every adult nobody has said it of: it is in the number."""
    known = Facts.as_known(ctx.uow.facts.of_case(case.id), ctx.now)
    start = _start(application)
    return [
        Fact(
            id=ctx.new_id(),
            case_id=case.id,
            party_id=adult.id,
            kind=FactKind.BIRTH_DATE,
            status=FactStatus.VALUE,
            value=adult.cpr.birth_date,
            valid=Period(start),
            source=Source(SourceKind.CITIZEN, "Ansøgning", application.id, BIRTH_DATE_EVIDENCE),
            known_from=ctx.now,
        )
        for adult in _adults(case)
        if known.on(adult.id, FactKind.BIRTH_DATE, start) is None
    ]


def _earlier_answers(
    ctx: StepContext,
    case: Case,
    adult: Party,
    name: RegisterName,
    *,
    oldest: datetime,
    start: date,
) -> list[Fact]:
    """Return the newest answer of a register about a person, copied from any of their cases."""
    said = [
        fact
        for other in ctx.uow.cases.of_person(adult.cpr.digits)
        for fact in ctx.uow.facts.of_case(other.id)
        if fact.known_to is None
        and fact.known_from >= oldest
        and is_own_answer(fact, name)
        and fact.kind is not FactKind.SPOUSE
        and other.party(fact.party_id).cpr == adult.cpr
        and (fact.valid.end is None or fact.valid.end > start or name is RegisterName.INCOME)
    ]
    newest = max((fact.known_from for fact in said), default=None)
    copies = []
    for fact in said:
        if fact.known_from != newest:
            continue
        if fact.kind is FactKind.MARITAL_STATUS and not _spouse_is_known(case, fact.value):
            # A copy cannot say who the spouse is; that a person must find out.
            return []
        copies.append(
            replace(
                fact,
                id=ctx.new_id(),
                case_id=case.id,
                party_id=adult.id,
                source=replace(fact.source, evidence=outdated(fact.known_from)),
                known_from=ctx.now,
            )
        )
    return copies


def _spouse_is_known(case: Case, marital_status: FactValue | None) -> bool:
    lives_with_spouse = marital_status in {MaritalStatus.MARRIED, MaritalStatus.PARTNERSHIP}
    return not lives_with_spouse or len(_adults(case)) > 1


# ---- what the answers become ------------------------------------------------------------------


def _start(application: Application) -> date:
    return application.requested_from.replace(day=1)


def _record(ctx: StepContext, case_id: str, answers: RegisterAnswers) -> str | None:
    """Turn answers into facts and one document; returns the document, None without an answer."""
    case = ctx.uow.cases.lock(case_id)
    application = ctx.uow.cases.application_of_case(case_id)
    start = _start(application)
    if answers.people:
        case = _refresh_parties(ctx, case, answers)
    adults = _adults(case)
    facts: list[Fact] = []
    for party in adults:
        spouse = next((each for each in adults if each.id != party.id), None)
        person = answers.people.get(party.cpr)
        if person is not None:
            facts += _person_facts(ctx, party, person, start, spouse=spouse)
            facts += _children_facts(ctx, party, answers, start)
        if party.cpr in answers.incomes:
            facts += _income_facts(ctx, party, answers.incomes[party.cpr], application)
        if party.cpr in answers.tax_cards:
            facts += _tax_card_facts(ctx, party, answers.tax_cards[party.cpr], start)
    if not facts:
        return None
    ctx.uow.facts.add(facts)
    return _snapshot(ctx, case, facts)


def _refresh_parties(ctx: StepContext, case: Case, answers: RegisterAnswers) -> Case:
    parties = list(case.parties)
    for cpr in answers.adults:
        record = answers.people[cpr]
        known = next((p for p in parties if p.cpr == cpr and p.role in ADULTS), None)
        if known is not None:
            refreshed = _refreshed(known, record)
            ctx.uow.cases.update_party(refreshed)
            parties[parties.index(known)] = refreshed
        else:
            blank = Party(ctx.new_id(), case.id, PartyRole.SPOUSE, cpr, "", (), Protection.NORMAL)
            spouse = _refreshed(blank, record)
            ctx.uow.cases.add_party(spouse)
            parties.append(spouse)
            ctx.index(case.id)
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
    register: RegisterName,
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
        source=Source(SourceKind.REGISTER, str(register), reference),
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
            register=RegisterName.CPR,
            reference=record.call.correlation_id,
        )
        for kind, value in values
    ]


def _children_facts(
    ctx: StepContext, party: Party, answers: RegisterAnswers, start: date
) -> list[Fact]:
    applicant = answers.people[answers.adults[0]]
    at_home = [
        child
        for child in (answers.people[cpr] for cpr in answers.children)
        if child.address_lines == applicant.address_lines
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
            register=RegisterName.CPR,
            reference=applicant.call.correlation_id,
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
                register=RegisterName.INCOME,
                reference=answer.call.correlation_id,
            )
            for kind, found in amounts
            if found or over
        ]
    return facts


def _sum_or_none(amounts: Sequence[Money]) -> Money | None:
    return total(amounts) if amounts else None


def _tax_card_facts(
    ctx: StepContext, party: Party, answer: TaxCardAnswer, start: date
) -> list[Fact]:
    """Turn a tax card into facts from the day it is valid; no card is known to be none."""
    card = answer.card
    values: list[tuple[FactKind, FactValue | None]] = [
        (FactKind.TAX_CARD_KIND, None if card is None else card.kind)
    ]
    if card is not None and card.rate_percent is not None:
        values.append((FactKind.TAX_CARD_RATE, card.rate_percent))
    if card is not None and card.monthly_deduction is not None:
        values.append((FactKind.TAX_CARD_DEDUCTION, card.monthly_deduction))
    return [
        _register_fact(
            ctx,
            party,
            kind,
            value,
            valid=Period(start if card is None else card.valid_from),
            register=RegisterName.TAX_CARD,
            reference=answer.call.correlation_id,
        )
        for kind, value in values
    ]


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


# ---- when the register is back ----------------------------------------------------------------


@step("registers.recheck_later")
def recheck_later(
    ctx: StepContext, *, case_id: str, collection_id: str, registers_away: list[str]
) -> Variables:
    """Ask the registers that were away until they answer (genkontrol); the case does not wait."""
    _ask_later(ctx, case_id, map(RegisterName, registers_away), collection_id=collection_id)
    return {}


def _ask_later(
    ctx: StepContext, case_id: str, registers: Iterable[RegisterName], *, collection_id: str
) -> None:
    for name in registers:
        key = f"recheck:{collection_id}:{name}"
        ctx.leave(
            "ask.register",
            case_id,
            {"case_id": case_id, "register": str(name), "key": key},
            key=key,
            lane=key,
        )


def prepare_recheck(ctx: StepContext, body: Mapping[str, object]) -> RegisterRequest | None:
    """Read whom to ask about now; a closed case is nobody's to change any more."""
    case_id = str(body["case_id"])
    if ctx.uow.cases.get(case_id).state is CaseState.CLOSED:
        return None
    return _request(ctx, case_id, [RegisterName(str(body["register"]))])


def ask_again(gateways: Gateways, request: RegisterRequest) -> RegisterAnswers:
    """Ask the one register."""
    answers = ask_all(gateways, request)
    for error in answers.failed.values():
        raise error
    return answers


def register_refused(ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """The register is back and will not answer about this person: somebody must look."""
    ctx.note(str(body["case_id"]), f"{body['register']} er tilbage, men afviste: {reason}.")
    _tell_answered(ctx, body, differing=1)


@sends(
    "ask.register",
    prepare=prepare_recheck,
    ask=ask_again,
    given_up=register_refused,
    patient=True,
)
def register_answered(
    ctx: StepContext, answer: RegisterAnswers, body: Mapping[str, object]
) -> None:
    """Record what a register says now that it is back, and start a check of what it changes.

    Nothing that was decided or paid changes by itself: a person looks at every difference.
    """
    case_id, name = str(body["case_id"]), RegisterName(str(body["register"]))
    _record(ctx, case_id, answer)
    found = differences(
        ctx.uow.facts.of_case(case_id),
        register=name,
        checked_at=ctx.now,
        start=_start(ctx.uow.cases.application_of_case(case_id)),
    )
    if _is_being_typed(ctx, case_id, name):
        # Whoever types sees the answer in the task, and says there what holds.
        ctx.note(case_id, f"{name} svarer igen. Svaret er sat ind i den opgave, der er åben.")
        _tell_answered(ctx, body, differing=0)
        return
    kinds = dict.fromkeys(FACT_LABELS[each.after.kind] for each in found)
    said = f"Anderledes: {', '.join(kinds)}." if found else "Svaret ændrer ingen oplysninger."
    ctx.note(case_id, f"{name} svarer igen og er spurgt. {said}")
    _tell_answered(ctx, body, differing=len(found))


def _is_being_typed(ctx: StepContext, case_id: str, name: RegisterName) -> bool:
    """Tell whether somebody is asked to type in for a register just now."""
    return any(
        task.form_key == "casework.register_data"
        and task.state is TaskState.OPEN
        and str(name) in cast(list[str], task.variables.get("missing_registers") or [])
        for task in ctx.uow.processes.tasks_of_case(case_id)
    )


def _tell_answered(ctx: StepContext, body: Mapping[str, object], *, differing: int) -> None:
    last_day = ctx.calendar.working_days_after(ctx.today, RECHECK_DAYS)
    ctx.tell(
        "register-answered",
        str(body["key"]),
        {
            "case_id": body["case_id"],
            "register": body["register"],
            "checked_at": ctx.now.isoformat(),
            "differences": differing,
            "recheck_due_at": datetime.combine(last_day, CLOSING_TIME, DENMARK).isoformat(),
        },
        case_id=str(body["case_id"]),
    )
