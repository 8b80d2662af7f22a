"""What was decided, paid, written and posted: PostgreSQL itself refuses to let it be otherwise."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from app.models.decisions import DecidedLineRow
from app.stores.unit_of_work import SqlUnitOfWork, SqlUnitOfWorkFactory
from processes.domain.calculation import Outcome
from processes.domain.cases import Party, PartyRole
from processes.domain.errors import NotFoundError
from processes.domain.identifiers import Cpr
from processes.domain.money import Money
from processes.domain.payments import PaymentReceipt, PaymentState
from processes.domain.periods import Month
from processes.ports.records import LetterState
from tests.database import Database
from tests.stores import builders as a
from tests.stores.test_walls import fill_every_table

Work = Callable[[SqlUnitOfWork], object]


def refused(uow_factory: SqlUnitOfWorkFactory, work: Work, *, saying: str) -> None:
    """Do it and commit; it must be refused in these words."""
    with pytest.raises(DBAPIError, match=saying) as caught:
        done(uow_factory, work)
    assert caught.value.orig is not None
    assert getattr(caught.value.orig, "sqlstate", "") == "KY001"


def done(uow_factory: SqlUnitOfWorkFactory, work: Work) -> None:
    with uow_factory(999) as uow:
        work(uow)
        uow.commit()


def a_spouse() -> Party:
    return a.a_party(id=a.BO, role=PartyRole.SPOUSE, cpr=Cpr("6202881235"), name="Bo")


# ---- payments ------------------------------------------------------------------------------


def pay(**changes: Any) -> Work:
    def work(uow: SqlUnitOfWork) -> None:
        uow.payments.add_plan(a.a_plan(a.a_payment(**changes)))

    return work


def test_what_was_decided_and_sent_can_be_paid(uow_factory: SqlUnitOfWorkFactory) -> None:
    done(uow_factory, a.store_decision)
    done(uow_factory, pay())


def test_a_decision_that_was_not_sent_pays_nothing(uow_factory: SqlUnitOfWorkFactory) -> None:
    done(uow_factory, lambda uow: a.store_decision(uow, sent=False))

    refused(uow_factory, pay(), saying="was sent")


@pytest.mark.parametrize("gross", [a.AMOUNT - Money(1), a.AMOUNT + Money(1), Money(0)])
def test_a_payment_is_neither_less_nor_more_than_decided(
    uow_factory: SqlUnitOfWorkFactory, gross: Money
) -> None:
    done(uow_factory, a.store_decision)

    refused(uow_factory, pay(gross=gross, tax=Money(0), net=gross), saying="what was decided")


def test_a_month_before_the_decision_is_not_paid(uow_factory: SqlUnitOfWorkFactory) -> None:
    done(uow_factory, a.store_decision)

    refused(uow_factory, pay(month=Month(2026, 2)), saying="what was decided")


def test_a_refusal_pays_nothing(uow_factory: SqlUnitOfWorkFactory) -> None:
    def refuse(uow: SqlUnitOfWork) -> None:
        a.store_case(uow)
        uow.calculations.add(a.a_calculation())
        uow.decisions.save_proposal(a.a_proposal(outcome=Outcome.REFUSED))
        exception = "Parten kender oplysningerne"
        uow.decisions.add(a.a_decision(outcome=Outcome.REFUSED, hearing_exception=exception))
        uow.decisions.mark_sent(a.DECISION, a.NOW)

    done(uow_factory, refuse)

    refused(uow_factory, pay(), saying="decision that grants")


def test_a_person_the_decision_does_not_name_is_not_paid(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    def with_spouse(uow: SqlUnitOfWork) -> None:
        a.store_decision(uow)
        uow.cases.add_party(a_spouse())

    done(uow_factory, with_spouse)

    refused(uow_factory, pay(party_id=a.BO), saying="what was decided")


def test_a_payment_belongs_to_the_case_that_was_decided(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    other = a.an_id("other case")

    def two_cases(uow: SqlUnitOfWork) -> None:
        a.store_decision(uow)
        uow.cases.add(a.a_case(id=other, number="2026-000124", parties=()))

    done(uow_factory, two_cases)

    refused(uow_factory, pay(case_id=other), saying="the case that was decided")


def test_a_payment_is_tried_again_only_after_it_was_rejected(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    def settled(uow: SqlUnitOfWork) -> None:
        a.store_decision(uow)
        pay()(uow)
        receipt = PaymentReceipt(a.an_id("payment"), PaymentState.SETTLED, "1", "", a.NOW)
        uow.payments.append_receipt(receipt)

    done(uow_factory, settled)

    def again(uow: SqlUnitOfWork) -> None:
        uow.payments.add_lines([a.a_payment("again", sequence=1)])

    refused(uow_factory, again, saying="only after it was rejected")


def test_a_month_is_paid_once_a_decision_whatever_the_plan(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    second_plan = a.an_id("second plan")
    done(uow_factory, a.store_decision)
    done(uow_factory, pay())

    line = a.a_payment("double", plan_id=second_plan)
    with uow_factory(999) as uow, pytest.raises(DBAPIError, match="payment_once"):
        uow.payments.add_plan(replace(a.a_plan(line), id=second_plan))


# ---- decisions -----------------------------------------------------------------------------


def decide(outcome: Outcome, **changes: object) -> Work:
    def work(uow: SqlUnitOfWork) -> None:
        a.store_case(uow)
        uow.calculations.add(a.a_calculation())
        if changes.get("hearing_id"):
            uow.hearings.save(a.a_hearing())
        uow.decisions.save_proposal(a.a_proposal(outcome=outcome))
        uow.decisions.add(a.a_decision(**{"outcome": outcome, **changes}))

    return work


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.PARTIAL])
def test_an_adverse_decision_needs_a_hearing_or_a_reasoned_exception(
    uow_factory: SqlUnitOfWorkFactory, outcome: Outcome
) -> None:
    refused(uow_factory, decide(outcome), saying="has a hearing")


def test_a_hearing_nobody_was_sent_is_no_hearing(uow_factory: SqlUnitOfWorkFactory) -> None:
    refused(
        uow_factory,
        decide(Outcome.REFUSED, hearing_id=a.HEARING),
        saying="hearing that was sent",
    )


def test_a_decision_says_what_was_proposed(uow_factory: SqlUnitOfWorkFactory) -> None:
    def otherwise(uow: SqlUnitOfWork) -> None:
        a.store_case(uow)
        uow.calculations.add(a.a_calculation())
        uow.decisions.save_proposal(a.a_proposal(outcome=Outcome.GRANTED))
        uow.decisions.add(a.a_decision(outcome=Outcome.REFUSED, hearing_exception="Ingen"))

    refused(uow_factory, otherwise, saying="what was proposed")


def test_a_proposal_becomes_one_decision(uow_factory: SqlUnitOfWorkFactory) -> None:
    done(uow_factory, a.store_decision)

    with uow_factory(999) as uow, pytest.raises(DBAPIError, match="decision_of_proposal"):
        uow.decisions.add(a.a_decision(id=a.an_id("again"), number="2026-000123-2"))


def test_the_approver_is_none_of_the_contributors(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow, pytest.raises(DBAPIError, match="decision_two_people"):
        decide(Outcome.GRANTED, approved_by="karin")(uow)


def test_no_line_is_slipped_into_a_decision_that_was_sent(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    done(uow_factory, a.store_decision)

    def late(uow: SqlUnitOfWork) -> None:
        uow.session.execute(
            insert(DecidedLineRow).values(
                decision_id=a.DECISION,
                party_id=a.ANNA,
                from_month=date(2026, 9, 1),
                position=1,
                amount_oere=1,
            )
        )

    refused(uow_factory, late, saying="comes with its decision")


def test_when_a_decision_was_sent_is_noted_once(
    uow_factory: SqlUnitOfWorkFactory, database: Database
) -> None:
    done(uow_factory, a.store_decision)

    with (
        database.connect() as connection,
        pytest.raises(psycopg.Error, match="decision never changes") as caught,
    ):
        connection.execute("UPDATE decision SET sent_at = sent_at + interval '1 day'")
    assert caught.value.sqlstate == "KY001"


# ---- everything that is written once -------------------------------------------------------

NEVER = (
    "application SET channel = 'x'",
    "assessment SET text = 'x'",
    "audit_event SET user_id = 'x'",
    "calculation SET outcome = 'afslag'",
    "decided_line SET amount_oere = amount_oere - 1",
    "decision SET reasoning = 'x'",
    "document SET title = 'x'",
    "document_content SET sha256 = 'x'",
    "fact SET value = NULL",
    "history_event SET what = 'x'",
    "journal_note SET text = 'x'",
    "letter SET body = '{}'",
    "payment SET net_oere = net_oere - 1",
    "payment SET disposition_on = disposition_on + 1",
    "payment_plan SET made_at = now()",
    "payment_receipt SET state = 'udbetalt'",
    "process_definition SET name = 'x'",
    "process_definition_file SET content = 'x'",
    "voucher SET posted_on = posted_on + 1",
    "voucher_entry SET amount_oere = 0",
)


@pytest.mark.parametrize("change", NEVER)
def test_what_is_written_once_is_not_changed_even_by_a_superuser(
    uow_factory: SqlUnitOfWorkFactory, database: Database, change: str
) -> None:
    done(uow_factory, fill_every_table)

    with database.connect() as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(f"UPDATE {change}")
    assert caught.value.sqlstate == "KY001"


def test_a_fact_is_closed_once(uow_factory: SqlUnitOfWorkFactory, database: Database) -> None:
    def closed(uow: SqlUnitOfWork) -> None:
        a.store_case(uow)
        uow.facts.add([a.a_fact("1")])
        uow.facts.add([a.a_fact("2", known_from=a.NOW + timedelta(days=1))])

    done(uow_factory, closed)

    with database.connect() as connection, pytest.raises(psycopg.Error, match="never changes"):
        connection.execute("UPDATE fact SET known_to = NULL WHERE known_to IS NOT NULL")


def test_the_exact_copy_of_a_letter_is_kept(uow_factory: SqlUnitOfWorkFactory) -> None:
    first, second = a.a_document(), a.a_document(b"another", id=a.an_id("another"))
    rendered = a.a_letter(state=LetterState.RENDERED, document_id=first.id, sha256=first.sha256)

    def render(uow: SqlUnitOfWork) -> None:
        a.store_case(uow)
        uow.cases.add_document(first, b"%PDF-1.7")
        uow.cases.add_document(second, b"another")
        uow.letters.add([a.a_letter()])
        uow.letters.save(rendered)

    done(uow_factory, render)
    done(uow_factory, lambda uow: uow.letters.save(replace(rendered, state=LetterState.ORDERED)))

    changed = replace(rendered, document_id=second.id, sha256=second.sha256)
    refused(uow_factory, lambda uow: uow.letters.save(changed), saying="exact copy")


def test_a_letter_that_was_not_rendered_does_not_leave(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    def unrendered(uow: SqlUnitOfWork) -> None:
        a.store_case(uow)
        uow.letters.add([a.a_letter(state=LetterState.ORDERED)])

    with uow_factory(999) as uow, pytest.raises(DBAPIError, match="letter_copy_kept"):
        unrendered(uow)


def test_content_must_have_its_digest(
    uow_factory: SqlUnitOfWorkFactory, database: Database
) -> None:
    with database.connect() as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(
            "INSERT INTO document_content (municipality_id, sha256, content)"
            " VALUES (999, repeat('0', 64), 'x')"
        )


# ---- vouchers ------------------------------------------------------------------------------


@pytest.mark.parametrize("entries", [(), ({"account": "1", "amount_oere": 1, "text": ""},)])
def test_a_voucher_balances_when_the_transaction_ends(
    uow_factory: SqlUnitOfWorkFactory, entries: tuple[dict[str, object], ...]
) -> None:
    done(uow_factory, a.store_decision)
    done(uow_factory, pay())

    refused(
        uow_factory,
        lambda uow: uow.payments.save_voucher(a.a_voucher(entries=entries)),
        saying="debit and credit are equal",
    )


def test_a_voucher_is_accepted_once(uow_factory: SqlUnitOfWorkFactory) -> None:
    accepted = a.a_voucher(accepted_at=a.NOW, reference="b-1")
    done(uow_factory, a.store_decision)
    done(uow_factory, pay())
    done(uow_factory, lambda uow: uow.payments.save_voucher(accepted))

    again = replace(accepted, reference="b-2")
    refused(uow_factory, lambda uow: uow.payments.save_voucher(again), saying="accepted once")


def test_a_voucher_that_was_accepted_is_not_tried_again(uow_factory: SqlUnitOfWorkFactory) -> None:
    accepted = a.a_voucher(accepted_at=a.NOW, reference="b-1")
    done(uow_factory, a.store_decision)
    done(uow_factory, pay())
    done(uow_factory, lambda uow: uow.payments.save_voucher(accepted))

    again = replace(accepted, tries=1)
    refused(uow_factory, lambda uow: uow.payments.save_voucher(again), saying="accepted once")


def test_a_refused_transaction_leaves_nothing(uow_factory: SqlUnitOfWorkFactory) -> None:
    done(uow_factory, lambda uow: a.store_decision(uow, sent=False))
    refused(uow_factory, pay(), saying="was sent")

    with uow_factory(999) as uow:
        assert uow.payments.plan_of_decision(a.DECISION) is None
        with pytest.raises(NotFoundError):
            uow.payments.line(a.an_id("payment"))
