"""How a case was calculated, as it was known on any day (forklaring).

What was known, the law as it was known, and the decision that stood: all three of the same moment,
so what is said of a day that is over stays the same, whatever comes later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from processes.domain.access import Actor, require
from processes.domain.benefits.cash_assistance import assess, first_day
from processes.domain.calculation import Calculation, Outcome, PersonMonth
from processes.domain.cases import Application, Case, CaseState, PartyRole
from processes.domain.comparison import month_by_month
from processes.domain.decisions import Decision
from processes.domain.errors import RuleError
from processes.domain.facts import FACT_LABELS, Fact, Facts
from processes.domain.money import Money
from processes.domain.payments import decided_amount
from processes.domain.periods import DENMARK, Month, danish_day
from processes.domain.recalculation import Calculate, Inputs, Recalculation, recalculate
from processes.domain.rules.prose import day_in_words
from processes.operations.casework import check_may_see, explain_lines
from processes.operations.control import Control
from processes.ports.explaining import CalculationView, KnownDay, PersonMonths
from processes.ports.records import AuditEvent
from processes.steps import StepContext

MOST_MONTHS = 36
"""Of a long case the newest months are shown; older ones are asked for one by one."""
MOST_DAYS = 40
END_OF_DAY = time(23, 59, 59, 999999)


class Explaining:
    """How cases were calculated (forklaring)."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.env = control.env

    def view(self, case_id: str, by: Actor, *, known_on: date | None = None) -> CalculationView:
        """Return every month as it was known at the end of a day; without one, as it is now."""
        require(by, "case.read")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            check_may_see(case, by)
            made = view_of(self.env.context(uow, by), case, known_on)
            action = "calculation.read"
            uow.audit.add(
                AuditEvent(self.env.now(), by.user, str(by.role), action, f"case:{case_id}")
            )
            uow.commit()
            return made


def view_of(ctx: StepContext, case: Case, known_on: date | None) -> CalculationView:
    """Read a case's months as they were known at the end of a day."""
    uow = ctx.uow
    opened = danish_day(case.opened_at)
    day = known_on or ctx.today
    _check(day, opened, ctx.today)
    at = ctx.now if day == ctx.today else datetime.combine(day, END_OF_DAY, DENMARK)
    decisions = tuple(uow.decisions.of_case(case.id))
    decision = standing(decisions, at)
    application = uow.cases.application_of_case(case.id)
    history = uow.facts.of_case(case.id)
    months = _months(ctx, case, application, decision, day)
    household = as_known(case, Facts.as_known(history, at))
    calculate = calculator(application, household, at)
    law = ctx.law_known_at(at)
    after = Inputs(Facts.as_known(history, at), law.rates, law.rules)
    found = (
        None if decision is None else _compared(ctx, calculate, decision, after, history, months)
    )
    calculation = calculate(after, months) if found is None else found.calculation
    return CalculationView(
        case=case,
        known_on=day,
        is_today=day == ctx.today,
        first_on=opened,
        days=tuple(_days(history, decisions, opened, ctx.today)),
        decision=decision,
        decisions=decisions,
        calculation=calculation,
        people=tuple(_people(calculation, decision, found)),
        explanation=explain_lines(case, calculation),
    )


def _check(day: date, opened: date, today: date) -> None:
    if day > today:
        raise RuleError(
            f"Den {day_in_words(day)} er ikke kommet endnu. Vælg en dag til og med i dag."
        )
    if day < opened:
        raise RuleError(
            f"Sagen blev oprettet den {day_in_words(opened)}; før den dag vidste vi ikke noget."
            " Vælg den dag eller en senere."
        )


def standing(decisions: Sequence[Decision], at: datetime) -> Decision | None:
    """Return the decision that stood at a moment: the newest one issued by then."""
    issued = [each for each in decisions if each.issued_at <= at]
    return max(issued, key=lambda each: each.issued_at, default=None)


def as_known(case: Case, facts: Facts) -> Case:
    """Return a case with the spouse only when anything was known of the spouse by then."""
    kept = tuple(
        party
        for party in case.parties
        if party.role is not PartyRole.SPOUSE or facts.of_party(party.id)
    )
    return replace(case, parties=kept)


def calculator(application: Application, case: Case, at: datetime) -> Calculate:
    """Return how a case's months are calculated from inputs."""

    def calculate(inputs: Inputs, months: Sequence[Month]) -> Calculation:
        return assess(
            application,
            case,
            inputs.facts,
            rates=inputs.rates,
            rules=inputs.rules,
            months=months,
            calculation_id="",
            made_at=at,
        )

    return calculate


def _months(
    ctx: StepContext, case: Case, application: Application, decision: Decision | None, day: date
) -> tuple[Month, ...]:
    """Return the months worth showing: from the first day of help to the month after the day.

    Of help that was refused or is over, only what was calculated or decided.
    """
    is_over = day == ctx.today and case.state is CaseState.CLOSED
    first = Month.of(first_day(application))
    last = {first, first.next()}
    if decision is not None:
        calculated = ctx.uow.calculations.get(decision.calculation_id)
        last = {each.month for each in calculated.months} or last
    runs = decision is not None and decision.outcome in {Outcome.GRANTED, Outcome.PARTIAL}
    if runs and not is_over:
        last.add(Month.of(day).next())
    months = [first]
    while months[-1] < max(last):
        months.append(months[-1].next())
    return tuple(months[-MOST_MONTHS:])


def _compared(
    ctx: StepContext,
    calculate: Calculate,
    decision: Decision,
    after: Inputs,
    history: Sequence[Fact],
    months: Sequence[Month],
) -> Recalculation:
    """Hold what was known against what the decision that stood was made of."""
    then = ctx.uow.calculations.get(decision.calculation_id).known_at
    law = ctx.law_known_at(then)
    before = Inputs(Facts.as_known(history, then), law.rates, law.rules)
    people = {line.party_id for line in decision.lines}
    decided = {
        (party_id, month): amount
        for party_id in people
        for month in months
        if (amount := decided_amount(decision.lines, party_id, month)) is not None
    }
    return recalculate(calculate, before=before, after=after, decided=decided, months=months)


def _people(
    calculation: Calculation, decision: Decision | None, found: Recalculation | None
) -> Iterator[PersonMonths]:
    for party_id in calculation.party_ids:
        months: tuple[PersonMonth, ...] = calculation.of(party_id)
        yield PersonMonths(
            party_id,
            month_by_month(months),
            decided={each.month: _decided(decision, party_id, each.month) for each in months},
            differences={
                each.month: each
                for each in (found.changed if found else ())
                if each.party_id == party_id
            },
        )


def _decided(decision: Decision | None, party_id: str, month: Month) -> Money | None:
    """Return what a decision gives a person in a month; a refusal gives nothing in every month."""
    if decision is None:
        return None
    if decision.outcome is Outcome.REFUSED:
        return Money(0)
    return decided_amount(decision.lines, party_id, month)


def _days(
    history: Sequence[Fact], decisions: Sequence[Decision], opened: date, today: date
) -> Iterator[KnownDay]:
    """Yield the days on which something was decided or learned, the newest first."""
    said: dict[date, list[str]] = {}
    for decision in decisions:
        said.setdefault(danish_day(decision.issued_at), []).append(f"afgørelse {decision.number}")
    for fact in history:
        label = FACT_LABELS[fact.kind]
        labels = said.setdefault(danish_day(fact.known_from), [])
        if label not in labels:
            labels.append(label)
    shown = sorted((day for day in said if opened <= day <= today), reverse=True)[:MOST_DAYS]
    for day in shown:
        first, *more = said[day]
        others = f" og {len(more)} mere" if more else ""
        yield KnownDay(day, f"{first}{others}")
