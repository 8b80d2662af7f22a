"""Immediate help, deadlines and notices of delay come back as they were; answers are noted once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.stores.unit_of_work import SqlUnitOfWorkFactory
from processes.domain.calculation import HelpKind
from processes.domain.immediate_help import PayoutWay, QuestionState
from processes.domain.money import Money
from tests.stores import builders as a

HERE = 999
LATER = a.NOW + timedelta(hours=1)


def test_an_answered_question_comes_back_with_its_assessment(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    with uow_factory(HERE) as uow:
        a.store_decision(uow)
        uow.immediate_help.save(a.a_question())
        answered = a.a_question(
            state=QuestionState.ASSESSED,
            reason="Kontoen er tom.",
            means=Money(12_50),
            needs="Husleje",
            until_on=a.a_notice().new_deadline_on,
            payout=PayoutWay.DESK,
            calculation_id=a.CALCULATION,
            answered_by="karin",
            answered_at=LATER,
        )

        uow.immediate_help.save(answered)

        assert uow.immediate_help.of_application(a.APPLICATION) == answered
        assert uow.immediate_help.of_case(a.CASE) == answered


def test_one_application_has_one_question(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(HERE) as uow:
        a.store_decision(uow)
        uow.immediate_help.save(a.a_question())

        with pytest.raises(IntegrityError, match="immediate_help_of_application"):
            uow.immediate_help.save(a.a_question(id=a.an_id("another")))


def test_help_until_the_first_payment_is_no_decision_on_support(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    with uow_factory(HERE) as uow:
        a.store_decision(uow)
        bridge = a.an_id("bridge")
        uow.calculations.add(
            replace(
                uow.calculations.get(a.CALCULATION),
                id=bridge,
                made_at=LATER,
                help_kind=HelpKind.IMMEDIATE,
            )
        )
        uow.decisions.save_proposal(
            replace(
                uow.decisions.proposal(a.PROPOSAL),
                id=a.an_id("bridge proposal"),
                calculation_id=bridge,
                proposed_at=LATER,
                help_kind=HelpKind.IMMEDIATE,
            )
        )

        latest, proposal = uow.calculations.latest(a.CASE), uow.decisions.latest_proposal(a.CASE)

        assert latest is not None
        assert latest.id == a.CALCULATION
        assert proposal is not None
        assert proposal.id == a.PROPOSAL
        assert uow.calculations.get(bridge).help_kind is HelpKind.IMMEDIATE
        assert len(uow.decisions.of_case(a.CASE)) == 1
        assert not uow.decisions.of_case(a.CASE, help_kind=HelpKind.IMMEDIATE)


def test_a_deadline_is_approved_once_and_never_changed(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(HERE) as uow:
        uow.deadlines.add_setting(a.a_deadline())
        approved = a.a_deadline(approved_by="mette", approved_at=LATER)
        uow.deadlines.answer_setting(approved)
        assert uow.deadlines.settings() == [approved]
        assert uow.deadlines.setting(approved.id) == approved

        with pytest.raises(DBAPIError, match="never changes"):
            uow.deadlines.answer_setting(replace(approved, approved_by="ole"))


def test_who_proposes_a_deadline_does_not_approve_it(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(HERE) as uow:
        uow.deadlines.add_setting(a.a_deadline())

        with pytest.raises(IntegrityError, match="two_people"):
            uow.deadlines.answer_setting(a.a_deadline(approved_by="lars", approved_at=LATER))


def test_a_notice_of_delay_is_written_once_a_deadline_and_sent_once(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    with uow_factory(HERE) as uow:
        a.store_decision(uow)
        uow.deadlines.add_notice(a.a_notice())
        uow.deadlines.mark_notice_sent(a.a_notice().id, LATER)
        uow.deadlines.mark_notice_sent(a.a_notice().id, LATER + timedelta(days=1))
        assert uow.deadlines.notices(a.CASE) == [a.a_notice(sent_at=LATER)]
        assert uow.deadlines.notice(a.a_notice().id).sent_at == LATER

        with pytest.raises(IntegrityError, match="delay_notice_of_deadline"):
            uow.deadlines.add_notice(a.a_notice(id=a.an_id("twice")))
