"""Sanctions, ends of help and the month's income come back as they were written, and stay."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.stores.unit_of_work import SqlUnitOfWork, SqlUnitOfWorkFactory
from processes.domain import cessations, incomes, sanction_cases
from processes.domain.cessations import CessationState
from processes.domain.incomes import FindingState
from processes.domain.sanction_cases import SanctionState
from tests.stores import builders as a
from tests.stores import changes as it

HERE = 999


@pytest.fixture
def uow(uow_factory: SqlUnitOfWorkFactory) -> SqlUnitOfWork:
    with uow_factory(HERE) as opened:
        a.store_decision(opened)
        opened.commit()
    return uow_factory(HERE)


def test_a_request_comes_back_with_every_answer(uow: SqlUnitOfWork) -> None:
    answered = it.a_sanction(answers=it.ANSWERED, calculation_id=a.a_calculation().id)
    with uow:
        uow.sanctions.save(it.a_sanction())
        assert uow.sanctions.get(it.a_sanction().id) == it.a_sanction()
        uow.sanctions.save(answered)

        assert uow.sanctions.get(answered.id) == answered
        assert list(uow.sanctions.of_case(a.CASE)) == [answered]
        assert uow.sanctions.of_calculation(a.a_calculation().id) == answered


def test_a_message_told_twice_is_one_request(uow: SqlUnitOfWork) -> None:
    with uow:
        uow.sanctions.save(it.a_sanction())
        with pytest.raises(IntegrityError, match="sanction_once"):
            uow.sanctions.save(it.a_sanction(id=a.an_id("told again")))


def test_a_request_that_is_over_stands_as_it_is(uow: SqlUnitOfWork) -> None:
    over = sanction_cases.settled(
        it.a_sanction(), SanctionState.DROPPED, conclusion="Sygdom.", by="karin", at=a.NOW
    )
    with uow:
        uow.sanctions.save(it.a_sanction())
        uow.sanctions.save(over)
        with pytest.raises(DatabaseError, match="stands as it is"):
            uow.sanctions.save(replace(over, conclusion="Noget andet."))


def test_no_sanction_is_given_without_a_decision_on_it_that_was_sent(uow: SqlUnitOfWork) -> None:
    # The decision there is, is about the support and not about a sanction.
    given = replace(
        sanction_cases.settled(
            it.a_sanction(), SanctionState.DECIDED, conclusion="Trækkes.", by="karin", at=a.NOW
        ),
        decision_id=a.a_decision().id,
        calculation_id=a.a_calculation().id,
    )
    with uow:
        uow.sanctions.save(it.a_sanction())
        with pytest.raises(DatabaseError, match="stands on a decision on it"):
            uow.sanctions.save(given)


def test_an_end_comes_back_and_needs_its_own_decision_to_be_one(uow: SqlUnitOfWork) -> None:
    ended = cessations.settled(
        it.a_cessation(), CessationState.DECIDED, conclusion="Stoppet.", by="karin", at=a.NOW
    )
    with uow:
        uow.cessations.save(it.a_cessation())
        assert uow.cessations.get(it.a_cessation().id) == it.a_cessation()
        with pytest.raises(DatabaseError):
            uow.cessations.save(ended)


def test_a_finding_comes_back_and_is_settled_once(uow: SqlUnitOfWork) -> None:
    settled = incomes.settled(
        it.a_finding(), FindingState.TOLD_COUNTS, conclusion="Tastefejl.", by="karin", at=a.NOW
    )
    with uow:
        uow.incomes.add(it.a_check())
        assert uow.incomes.save_finding(it.a_finding())
        assert uow.incomes.finding(it.a_finding().id) == it.a_finding()
        assert not uow.incomes.save_finding(it.a_finding(id=a.an_id("again")))
        uow.incomes.save_finding(settled)

        assert list(uow.incomes.findings_of_case(a.CASE)) == [settled]
        assert uow.incomes.figures(it.a_check().id).open_findings == 0


def test_the_cases_with_running_help_are_shared_out_and_each_kind_is_named_once(
    uow: SqlUnitOfWork,
) -> None:
    with uow:
        uow.incomes.add(it.a_check())
        assert uow.incomes.begin(it.a_check().id, it.MARCH, batch_size=50) == 1
        assert uow.incomes.batch(it.a_check().id, 0) == it.a_batch()
        assert uow.incomes.left(it.a_check().id) == (1, 1)

        uow.incomes.save_batch(it.a_batch(reported={a.ANNA: (it.LINE,)}, asked=1, asked_at=a.NOW))

        assert uow.incomes.left(it.a_check().id) == (0, 1)
        assert uow.incomes.unclassified(it.a_check().id) == ["loen"]
        uow.incomes.classify(it.a_check().id, "loen", "arbejde")
        assert uow.incomes.unclassified(it.a_check().id) == []
        assert uow.incomes.get(it.a_check().id).classes == {"loen": "arbejde"}
