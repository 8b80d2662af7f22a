"""A monthly run fit for the real tables: April of the case that the other builders make."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import text

from app.stores.unit_of_work import SqlUnitOfWork
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.runs import Difference, DifferenceKind, Verdict
from processes.ports.runs import (
    PaymentRun,
    ReconciliationRow,
    RunLine,
    RunResult,
    RunRuling,
)
from tests.stores import builders as a

RUN, APRIL = a.an_id("run"), Month(2026, 4)
PAYS_ON = date(2026, 4, 30)


def a_run(**changes: Any) -> PaymentRun:
    """Return the run of April, planned and not frozen."""
    run = PaymentRun(
        id=RUN,
        case_id=a.CASE,
        month=APRIL,
        blockers_at=a.NOW,
        freeze_at=a.NOW,
        review_by=a.NOW,
        send_at=a.NOW,
        disposition_on=PAYS_ON,
        started_by="sanne",
        started_at=a.NOW,
    )
    return replace(run, **changes)


def a_result(line: RunLine, **changes: Any) -> RunResult:
    """Return what a line came to: as decided, and nothing remarked."""
    tax = Money(300_000)
    result = RunResult(
        line_id=line.id,
        version=0,
        calculated=line.grant.amount,
        gross=line.grant.amount,
        tax=tax,
        net=line.grant.amount - tax,
        is_payable=True,
        weight="noteret",
        remarks=(),
        card_kind="hovedkort",
        allowance=Money(435_800),
        explanation=a.a_tree(),
        made_at=a.NOW,
    )
    return replace(result, **changes)


def frozen(uow: SqlUnitOfWork, run: PaymentRun | None = None) -> RunLine:
    """Store a run, freeze it, and return its one line."""
    run = run or a_run()
    uow.runs.add(run)
    assert uow.runs.freeze(run, batch_size=100) == 1
    (line,) = uow.runs.basis(run.id, 0).lines
    return line


def approve(uow: SqlUnitOfWork) -> PaymentRun:
    """Let two people stand in for the run."""
    run = replace(
        uow.runs.get(RUN),
        reviewed_by="sanne",
        reviewed_at=a.NOW,
        approved_by="lars",
        approved_at=a.NOW,
    )
    uow.runs.save(run)
    return run


def a_payment_of(line: RunLine, result: RunResult, **changes: Any) -> Any:
    """Return a line's payment."""
    payment = a.a_payment(
        id=line.id,
        plan_id=line.id,
        month=line.grant.month,
        gross=result.gross,
        tax=result.tax,
        net=result.net,
        disposition_on=PAYS_ON,
    )
    return replace(payment, **changes)


def store_a_run(uow: SqlUnitOfWork) -> None:
    """Put at least one row into every table of runs; the case is decided and sent."""
    line = frozen(uow)
    uow.runs.add_results([a_result(line)])
    uow.runs.add_ruling(RunRuling(line.id, 0, Verdict.RELEASED, "Set efter", "sanne", a.NOW))
    uow.runs.add_batches(RUN, "beregn", 1)
    uow.runs.add_reconciliation(
        RUN,
        ReconciliationRow(
            1,
            a.NOW,
            {"differences": 1},
            (
                Difference(
                    DifferenceKind.NOT_POSTED, a.an_id("payment"), a.CASE, a.AMOUNT, Money(0)
                ),
            ),
        ),
    )
    uow.session.execute(
        text(
            "INSERT INTO payment_receipt (payment_id, state, reference, reason_code, at)"
            " VALUES (:id, 'udbetalt', 'r', '', now())"
        ),
        {"id": a.an_id("payment")},
    )
    uow.runs.open_report(
        a.an_id("report"), until=date(2026, 12, 31), limit=10, run_id=RUN, plan_id=None
    )
