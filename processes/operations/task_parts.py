"""Answers: what does the form of a task start from? Each part is read when it is asked for.

The page of a task shows every part. A form that is handed in asks for few, so that what it does
not ask for is not read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cached_property

from processes.domain import hearings
from processes.domain.calculation import Calculation, Missing
from processes.domain.cases import Application, Case
from processes.domain.cessations import Cessation
from processes.domain.deadlines import DeadlineKind
from processes.domain.decisions import Proposal
from processes.domain.documents import DocumentRequest
from processes.domain.facts import Contradiction, Facts
from processes.domain.gates import Gate
from processes.domain.hearings import PartyHearing
from processes.domain.incomes import IncomeFinding
from processes.domain.matter_views import MatterView
from processes.domain.registers import RegisterName, differences, is_own_answer
from processes.domain.sanction_cases import SanctionRequest
from processes.operations.help_now import calculation_of, hearing_of, help_now, proposal_of
from processes.operations.matters import view_of_task
from processes.ports.pages import FactRow, HelpNow, PaymentRow
from processes.ports.records import UserTask
from processes.ports.stores import UnitOfWork
from processes.stages import sanctions as sanction_stage
from processes.steps import StepContext

RECHECK = "casework.recheck"
REGISTER_DATA = "casework.register_data"

FactRows = Callable[[Case, Facts, date], Sequence[FactRow]]


class TaskParts:
    """What is known of a task's case, for as long as its transaction is open."""

    def __init__(self, ctx: StepContext, task: UserTask, case: Case, fact_rows: FactRows) -> None:
        self.ctx = ctx
        self.uow: UnitOfWork = ctx.uow
        self.task = task
        self.case = case
        self.fact_rows = fact_rows

    @cached_property
    def application(self) -> Application:
        """The application the case is about."""
        return self.uow.cases.application_of_case(self.case.id)

    @cached_property
    def start(self) -> date:
        """The first day help is asked for."""
        return self.application.requested_from.replace(day=1)

    @cached_property
    def known(self) -> Facts:
        """The facts as they are known now."""
        return Facts.as_known(self.uow.facts.of_case(self.case.id), self.ctx.now)

    @cached_property
    def facts(self) -> Sequence[FactRow]:
        """The facts that count, with what else was said."""
        return self.fact_rows(self.case, self.known, self.start)

    @cached_property
    def contradictions(self) -> Sequence[Contradiction]:
        """What sources disagree on; when a register was asked again, what it says differently."""
        if self.task.form_key == RECHECK:
            return _recheck(self.uow, self.task, start=self.start)
        return self.known.contradictions(self.start)

    @cached_property
    def calculation(self) -> Calculation | None:
        """The calculation the task is about."""
        if self.matter is not None:
            return None
        return calculation_of(self.uow, self.task, self.case)

    @property
    def missing(self) -> Sequence[Missing]:
        """What the calculation lacks."""
        return () if self.calculation is None else self.calculation.missing

    @cached_property
    def matter(self) -> MatterView | None:
        """The question of its own the task is about."""
        return view_of_task(self.ctx, self.task, self.case)

    @cached_property
    def hearing(self) -> PartyHearing | None:
        """The newest hearing about the same help, or about the question the task is about."""
        if self.matter is not None:
            return self.matter.hearing
        return hearing_of(self.uow, self.case, self.calculation)

    @cached_property
    def proposal(self) -> Proposal | None:
        """The proposal the task is about."""
        if self.matter is not None:
            return None
        return proposal_of(self.uow, self.task, self.case, self.calculation)

    @cached_property
    def statement_draft(self) -> str:
        """What a hearing would say."""
        calculation = self.calculation
        return "" if calculation is None else hearings.draft_statement(calculation, self.case)

    @cached_property
    def payments(self) -> Sequence[PaymentRow]:
        """The case's payments, newest first."""
        return payment_rows(self.uow, self.case.id)

    @cached_property
    def papers(self) -> Sequence[DocumentRequest]:
        """What the party was asked to send."""
        return self.uow.papers.of_case(self.case.id)

    @cached_property
    def answered_registers(self) -> Sequence[str]:
        """Registers that answered after the task to type in for them was opened."""
        return _answered_since(self.uow, self.task)

    @cached_property
    def help_now(self) -> HelpNow | None:
        """The question of help until the first payment."""
        return help_now(self.ctx, self.case)

    @cached_property
    def sanction(self) -> SanctionRequest | None:
        """The request for a sanction the task is about."""
        own = self.task.variables.get("sanction_id")
        return None if own is None else self.uow.sanctions.get(str(own))

    @cached_property
    def gate(self) -> Gate | None:
        """The conditions of that sanction, as they stand."""
        request = self.sanction
        return None if request is None else sanction_stage.gate_of(self.ctx, self.case, request)

    @cached_property
    def cessation(self) -> Cessation | None:
        """The end of help the task is about."""
        own = self.task.variables.get("cessation_id")
        return None if own is None else self.uow.cessations.get(str(own))

    @cached_property
    def finding(self) -> IncomeFinding | None:
        """What the income register said otherwise, when the task is about that."""
        own = self.task.variables.get("finding_id")
        return None if own is None else self.uow.incomes.finding(str(own))

    @cached_property
    def hearing_days(self) -> int:
        """How long a party usually has to answer a hearing here."""
        return self.ctx.deadline_days(self.case.benefit, DeadlineKind.HEARING)


def payment_rows(uow: UnitOfWork, case_id: str) -> list[PaymentRow]:
    """Return a case's payments with how far each is, newest first."""
    return [
        PaymentRow(line, state, reason_code)
        for line, state, reason_code in uow.payments.progress_of_case(case_id)
    ]


def _recheck(uow: UnitOfWork, task: UserTask, *, start: date) -> list[Contradiction]:
    """Return what a register says differently from what the case rests on, side by side."""
    found = differences(
        uow.facts.of_case(task.case_id),
        register=RegisterName(str(task.variables["register"])),
        checked_at=datetime.fromisoformat(str(task.variables["checked_at"])),
        start=start,
    )
    return [each.as_contradiction for each in found]


def _answered_since(uow: UnitOfWork, task: UserTask) -> tuple[str, ...]:
    """Return the registers that answered after somebody was asked to type in for them."""
    away = task.variables.get("missing_registers")
    if task.form_key != REGISTER_DATA or not isinstance(away, list | tuple):
        return ()
    said = {
        fact.source.name
        for fact in uow.facts.of_case(task.case_id)
        if fact.known_from >= task.created_at
        and fact.source.name in list(RegisterName)
        and is_own_answer(fact, RegisterName(fact.source.name))
    }
    return tuple(str(name) for name in away if str(name) in said)
