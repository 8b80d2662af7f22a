"""Nothing is claimed back without a heard, approved and sent decision, whoever writes the row."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from app.stores.unit_of_work import SqlUnitOfWork, SqlUnitOfWorkFactory
from processes.domain.hearings import HearingState
from processes.domain.matters import MatterKind, MatterState
from processes.domain.money import Money
from tests.stores import builders as a
from tests.stores.matters import (
    BASIS,
    CLAIM,
    DECISION,
    HEARING,
    MATTER,
    a_basis,
    a_claim,
    a_decision,
    a_matter,
    an_event,
    propose,
)

Work = Callable[[SqlUnitOfWork], object]


def done(uow_factory: SqlUnitOfWorkFactory, *works: Work) -> None:
    with uow_factory(999) as uow:
        for work in works:
            work(uow)
        uow.commit()


def refused(uow_factory: SqlUnitOfWorkFactory, *works: Work, saying: str) -> None:
    with pytest.raises(DBAPIError, match=saying) as caught:
        done(uow_factory, *works)
    assert getattr(caught.value.orig, "sqlstate", "") == "KY001"


def decide(**changes: Any) -> Work:
    return lambda uow: uow.matters.add_decision(a_decision(**changes))


def send(uow: SqlUnitOfWork) -> None:
    uow.matters.mark_sent(DECISION, a.NOW)


def claim(**changes: Any) -> Work:
    return lambda uow: uow.claims.add(a_claim(**changes))


def hear(**changes: Any) -> Work:
    told = {"sent_at": a.NOW, "state": HearingState.CONCLUDED, "subject_id": BASIS}
    return lambda uow: uow.hearings.save(a.a_hearing(id=HEARING, **{**told, **changes}))


def test_a_claim_stands_on_a_decision_that_was_sent(uow_factory: SqlUnitOfWorkFactory) -> None:
    done(uow_factory, propose, decide(), send, claim())

    with uow_factory(999) as uow:
        assert uow.claims.get(CLAIM) == a_claim()
        assert uow.claims.of_decision(DECISION) == a_claim()


def test_without_a_letter_nothing_is_claimed(uow_factory: SqlUnitOfWorkFactory) -> None:
    refused(uow_factory, propose, decide(), claim(), saying="without a decision that was sent")


@pytest.mark.parametrize(
    "changes",
    [{"amount": Money.kroner(4001)}, {"made_at": a.NOW - timedelta(days=1)}],
    ids=["more than decided", "before the letter left"],
)
def test_a_claim_is_what_was_decided_and_comes_after_the_letter(
    uow_factory: SqlUnitOfWorkFactory, changes: dict[str, Any]
) -> None:
    refused(
        uow_factory, propose, decide(), send, claim(**changes), saying="a decision that was sent"
    )


def test_against_somebody_a_hearing_about_this_very_question_is_needed(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    heard = decide(hearing_id=HEARING, hearing_exception="")

    refused(uow_factory, propose, hear(subject_id=None), heard, saying="stands on a hearing")
    refused(uow_factory, propose, hear(state=HearingState.SENT), heard, saying="stands on a hear")
    done(uow_factory, propose, hear(), heard)


def test_a_hearing_about_a_question_is_no_hearing_about_the_help(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    done(uow_factory, propose, hear())

    with uow_factory(999) as uow:
        assert uow.hearings.of_case(a.CASE) == []
        assert [each.id for each in uow.hearings.beside(a.CASE, BASIS)] == [HEARING]


def test_who_proposed_does_not_approve(uow_factory: SqlUnitOfWorkFactory) -> None:
    with pytest.raises(DBAPIError):
        done(uow_factory, propose, decide(contributors=("gerda", "karin")))


def test_what_was_paid_on_a_claim_counts_once(uow_factory: SqlUnitOfWorkFactory) -> None:
    done(uow_factory, propose, decide(), send, claim())

    with uow_factory(999) as uow:
        assert uow.claims.append(an_event())
        assert not uow.claims.append(an_event())
        assert uow.claims.events(CLAIM) == [an_event()]


def test_a_question_goes_on_as_it_was_written(uow_factory: SqlUnitOfWorkFactory) -> None:
    done(uow_factory, propose)

    with uow_factory(999) as uow:
        uow.matters.save(replace(a_matter(), state=MatterState.DROPPED, closed_because="God tro."))
        assert uow.matters.get(MATTER).closed_because == "God tro."
        assert uow.matters.basis(BASIS) == a_basis()
        assert uow.matters.of_case(a.CASE, MatterKind.MANAGEMENT) == []
