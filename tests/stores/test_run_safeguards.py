"""Running help is paid as decided, by two people, once: whatever the application's role inserts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.stores.unit_of_work import SqlUnitOfWork, SqlUnitOfWorkFactory
from processes.domain.calculation import Outcome
from processes.domain.decisions import DecidedLine
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.runs import Verdict
from processes.ports.runs import RunLine, RunRuling
from tests.stores import builders as a
from tests.stores import runs as r

HERE = 999
LOWER = Money.kroner("9000.00")
INSERT_LINE = """
    INSERT INTO run_line (id, run_id, batch, case_id, party_id, decision_id, month, decided_oere)
    VALUES (gen_random_uuid(), :run, 0, :case, :party, :decision, '2026-04-01', :oere)
"""


def refused(act: Callable[[], object], promise: str) -> None:
    with pytest.raises(DBAPIError) as caught:
        act()
    assert promise in str(caught.value.orig)
    assert getattr(caught.value.orig, "sqlstate", "") == "KY001"


def decide_again(
    uow: SqlUnitOfWork, amount: Money, *, outcome: Outcome, hearing_exception: str = ""
) -> str:
    """Decide the case anew a day later, and send it."""
    later = a.NOW + timedelta(days=1)
    proposal = a.a_proposal(
        id=a.an_id("proposal-2"), outcome=outcome, hearing_exception=hearing_exception
    )
    uow.decisions.save_proposal(proposal)
    decision = a.a_decision(
        id=a.an_id("decision-2"),
        proposal_id=proposal.id,
        number="2026-000123-2",
        outcome=outcome,
        hearing_exception=hearing_exception,
        lines=(DecidedLine(a.ANNA, r.APRIL, amount),),
        issued_at=later,
    )
    uow.decisions.add(decision)
    uow.decisions.mark_sent(decision.id, later)
    return decision.id


@pytest.fixture
def decided(uow_factory: SqlUnitOfWorkFactory) -> SqlUnitOfWorkFactory:
    with uow_factory(HERE) as uow:
        a.store_decision(uow)
        uow.commit()
    return uow_factory


def insert_line(uow: SqlUnitOfWork, decision_id: str, oere: int) -> None:
    uow.session.execute(
        text(INSERT_LINE),
        {"run": r.RUN, "case": a.CASE, "party": a.ANNA, "decision": decision_id, "oere": oere},
    )


def test_a_month_is_frozen_as_the_newest_sent_decision_says(decided: SqlUnitOfWorkFactory) -> None:
    with decided(HERE) as uow:
        newest = decide_again(uow, a.AMOUNT + Money(10_000), outcome=Outcome.GRANTED)
        line = r.frozen(uow)

    assert line.grant.decision_id == newest
    assert line.grant.amount == a.AMOUNT + Money(10_000)


def test_a_decision_that_was_not_sent_changes_nothing(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(HERE) as uow:
        a.store_decision(uow, sent=False)
        uow.runs.add(r.a_run())

        assert uow.runs.freeze(uow.runs.get(r.RUN), batch_size=100) == 0


def test_the_first_month_is_paid_by_itself_and_not_by_the_run(
    decided: SqlUnitOfWorkFactory,
) -> None:
    with decided(HERE) as uow:
        march = r.a_run(month=Month(2026, 3))
        uow.runs.add(march)

        assert uow.runs.freeze(march, batch_size=100) == 0


def test_months_nobody_has_paid_are_caught_up_with(decided: SqlUnitOfWorkFactory) -> None:
    with decided(HERE) as uow:
        june = r.a_run(month=Month(2026, 6))
        uow.runs.add(june)
        uow.runs.freeze(june, batch_size=100)
        months = sorted(line.grant.month for line in uow.runs.basis(r.RUN, 0).lines)

    assert months == [Month(2026, 4), Month(2026, 5), Month(2026, 6)]


def test_freezing_again_changes_nothing(decided: SqlUnitOfWorkFactory) -> None:
    with decided(HERE) as uow:
        line = r.frozen(uow)
        uow.runs.freeze(uow.runs.get(r.RUN), batch_size=100)

        assert [each.id for each in uow.runs.basis(r.RUN, 0).lines] == [line.id]


@pytest.mark.parametrize("oere", [a.AMOUNT.oere - 1, a.AMOUNT.oere + 1])
def test_a_line_of_another_amount_is_refused(decided: SqlUnitOfWorkFactory, oere: int) -> None:
    with decided(HERE) as uow:
        uow.runs.add(r.a_run())

        refused(lambda: insert_line(uow, a.DECISION, oere), "neither more nor less")


def test_a_line_by_an_older_decision_is_refused(decided: SqlUnitOfWorkFactory) -> None:
    with decided(HERE) as uow:
        uow.runs.add(r.a_run())
        decide_again(uow, a.AMOUNT + Money(10_000), outcome=Outcome.GRANTED)

        refused(lambda: insert_line(uow, a.DECISION, a.AMOUNT.oere), "newest decision")


def test_a_result_lower_than_decided_is_refused(decided: SqlUnitOfWorkFactory) -> None:
    with decided(HERE) as uow:
        result = r.a_result(r.frozen(uow))
        less = replace(result, gross=LOWER, net=LOWER - result.tax)

        refused(lambda: uow.runs.add_results([less]), "paid as it was decided")


def pay(uow: SqlUnitOfWork, line: RunLine, **changes: object) -> None:
    result = uow.runs.item(line.id).result
    assert result is not None
    uow.runs.order(uow.runs.get(r.RUN), [r.a_payment_of(line, result, **changes)], at=a.NOW)


def test_a_run_nobody_has_approved_pays_nothing(decided: SqlUnitOfWorkFactory) -> None:
    with decided(HERE) as uow:
        line = r.frozen(uow)
        uow.runs.add_results([r.a_result(line)])

        refused(lambda: pay(uow, line), "another person has approved it")


def test_who_prepared_a_run_cannot_approve_it(decided: SqlUnitOfWorkFactory) -> None:
    with decided(HERE) as uow:
        r.frozen(uow)
        alone = replace(r.approve(uow), approved_by="sanne")

        with pytest.raises(DBAPIError, match="payment_run_two_people"):
            uow.runs.save(alone)


def test_a_remarked_payment_that_nobody_released_is_refused(
    decided: SqlUnitOfWorkFactory,
) -> None:
    with decided(HERE) as uow:
        line = r.frozen(uow)
        uow.runs.add_results([r.a_result(line, weight="skal_ses")])
        r.approve(uow)

        refused(lambda: pay(uow, line), "released by a person first")


def test_a_held_payment_is_refused_and_a_released_one_is_paid(
    decided: SqlUnitOfWorkFactory,
) -> None:
    with decided(HERE) as uow:
        line = r.frozen(uow)
        uow.runs.add_results([r.a_result(line)])
        r.approve(uow)
        uow.runs.add_ruling(RunRuling(line.id, 0, Verdict.HELD, "Adressen", "sanne", a.NOW))
        held = uow.session.begin_nested()
        refused(lambda: pay(uow, line), "released by a person first")
        held.rollback()
        uow.runs.add_ruling(RunRuling(line.id, 0, Verdict.RELEASED, "Afklaret", "sanne", a.NOW))

        pay(uow, line)

        assert uow.runs.item(line.id).payment == "bestilt"


@pytest.mark.parametrize("tax", [Money(299_999), Money(300_001)])
def test_a_payment_that_is_not_what_was_calculated_is_refused(
    decided: SqlUnitOfWorkFactory, tax: Money
) -> None:
    with decided(HERE) as uow:
        line = r.frozen(uow)
        uow.runs.add_results([r.a_result(line)])
        r.approve(uow)

        refused(lambda: pay(uow, line, tax=tax, net=a.AMOUNT - tax), "newest calculation")


def test_a_line_is_paid_once_however_often_it_is_ordered(decided: SqlUnitOfWorkFactory) -> None:
    with decided(HERE) as uow:
        line = r.frozen(uow)
        uow.runs.add_results([r.a_result(line)])
        r.approve(uow)
        pay(uow, line)
        pay(uow, line)

        assert len(uow.payments.of_case(a.CASE)) == 1


def test_less_than_before_needs_a_decision_to_lower_it(decided: SqlUnitOfWorkFactory) -> None:
    """A grant of less is no decision to lower: it was not heard, and says nothing of less."""
    with decided(HERE) as uow:
        decide_again(uow, LOWER, outcome=Outcome.GRANTED)
        line = r.frozen(uow)
        uow.runs.add_results(
            [r.a_result(line, gross=LOWER, tax=Money(0), net=LOWER, calculated=LOWER)]
        )
        r.approve(uow)

        refused(lambda: pay(uow, line, decision_id=line.grant.decision_id), "without a decision")


def test_less_by_a_decision_that_was_heard_and_sent_is_paid(
    decided: SqlUnitOfWorkFactory,
) -> None:
    with decided(HERE) as uow:
        why = "Parten har selv oplyst lønnen, § 19, stk. 2, nr. 1."
        decide_again(uow, LOWER, outcome=Outcome.PARTIAL, hearing_exception=why)
        line = r.frozen(uow)
        uow.runs.add_results(
            [r.a_result(line, gross=LOWER, tax=Money(0), net=LOWER, calculated=LOWER)]
        )
        r.approve(uow)

        pay(uow, line, decision_id=line.grant.decision_id)

        assert uow.runs.figures(r.RUN).ordered_net == LOWER


def test_a_payment_lower_than_the_newest_decision_is_refused_outside_runs_too(
    decided: SqlUnitOfWorkFactory,
) -> None:
    with decided(HERE) as uow:
        decide_again(uow, a.AMOUNT + Money(10_000), outcome=Outcome.GRANTED)
        old = a.a_payment(month=r.APRIL, disposition_on=r.PAYS_ON)

        refused(lambda: uow.payments.add_plan(a.a_plan(old)), "newest decision that was sent")


def test_a_run_that_was_sent_stays_sent_by_those_who_approved_it(
    decided: SqlUnitOfWorkFactory,
) -> None:
    with decided(HERE) as uow:
        r.frozen(uow)
        run = r.approve(uow)
        uow.runs.save(replace(run, sent_at=a.NOW))

        refused(
            lambda: uow.runs.save(replace(run, sent_at=a.NOW, approved_by="karin")), "stays sent"
        )


def test_income_is_reported_once(decided: SqlUnitOfWorkFactory) -> None:
    with decided(HERE) as uow:
        uow.payments.add_plan(a.a_plan(a.a_payment()))
        uow.session.execute(
            text(
                "INSERT INTO payment_receipt (payment_id, state, reference, reason_code, at)"
                " VALUES (:id, 'udbetalt', 'r', '', now())"
            ),
            {"id": a.an_id("payment")},
        )
        everything = {"until": r.PAYS_ON, "limit": 10, "run_id": None, "plan_id": None}

        assert uow.runs.open_report(a.an_id("first"), **everything) == 1
        assert uow.runs.open_report(a.an_id("second"), **everything) == 0
