"""No row crosses a municipality, and the application's role cannot take the wall down."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.models.catalogue import CENTRAL_TABLES
from app.stores.unit_of_work import SqlUnitOfWork, SqlUnitOfWorkFactory
from processes.domain.documents import (
    DocumentKind,
    DocumentRequest,
    JournalNote,
    RequestState,
    UploadedFile,
)
from processes.domain.errors import NotFoundError
from processes.domain.messages import CaseMessage, MessageKind
from processes.domain.spouses import SpousePart, SpousePartState
from processes.ports.books import BookReconciliation
from processes.ports.cockpit import Counted, Pause
from processes.ports.migrations import MigrationBatch
from processes.ports.records import (
    AuditEvent,
    DraftPart,
    HistoryEvent,
    Incident,
    Subscription,
    User,
)
from tests.database import ALL_TABLES, Database
from tests.stores import builders as a
from tests.stores import changes, law, matters
from tests.stores import deductions as d
from tests.stores import runs as run

HERE, NEXT_DOOR = 999, 998


def fill_every_table(uow: SqlUnitOfWork) -> None:
    """Put at least one row into every municipal table."""
    a.store_decision(uow)
    uow.cases.next_number(2026)
    uow.cases.add_document(a.a_document(), b"%PDF-1.7")
    uow.cases.add_note(JournalNote(a.an_id("note"), a.CASE, "Ringet op", "karin", a.NOW))
    uow.cases.add_assessment(a.an_assessment("karin"))
    uow.facts.add([a.a_fact()])
    uow.hearings.save(a.a_hearing())
    uow.letters.add([a.a_letter()])
    uow.deductions.decide(d.a_decision(d.KIND), [d.a_deduction(d.KIND)])
    uow.deductions.mark_sent(d.a_decision(d.KIND).id, a.NOW)
    uow.payments.add_plan(a.a_plan(d.a_payment_with_a_part()))
    uow.deductions.append_receipts([(0, d.a_receipt())])
    uow.payments.mark_ordered(a.an_id("payment"), a.NOW)
    uow.payments.save_voucher(a.a_voucher())
    instance = a.store_instance(uow, with_case=False)
    task = uow.processes.open_task(a.a_task(instance.id))
    uow.setup.put_user(User("karin", "Karin Holm", "", ()))
    uow.team.add_absence(a.an_absence())
    uow.team.add_moves([a.a_move(task.id)])
    uow.desk.add_filter(a.a_filter())
    uow.complaints.add(a.a_complaint())
    uow.processes.add_job(a.a_job(instance.id))
    there = instance.definition_id
    uow.migrations.add_batch(
        MigrationBatch(a.an_id("moved"), "p", there, there, {}, "Ny", "pia", a.NOW), None
    )
    uow.processes.add_timer(a.a_timer(instance.id))
    uow.processes.subscribe(Subscription(0, instance.id, "t", "wait_answer", "heard", "k"))
    uow.processes.buffer_message("other", "k", {}, until=a.NOW)
    uow.processes.add_incident(Incident(0, instance.id, a.CASE, "stuck", None, None, "", a.NOW))
    uow.processes.record([HistoryEvent(instance.id, "e", "task", "entered", a.NOW, None, {})])
    uow.outbox.put(a.an_item())
    uow.drafts.save_part("6101901234", "familie", DraftPart({"children_at_home": "0"}, a.NOW))
    paper = DocumentRequest(
        a.an_id("paper"), a.CASE, a.ANNA, DocumentKind.MEDICAL, RequestState.ASKED, a.NOW
    )
    uow.papers.save(paper)
    file = UploadedFile(
        a.an_id("file"), paper.id, a.CASE, a.ANNA, "attest.pdf", "application/pdf", 8, a.NOW
    )
    uow.papers.add_file(file, b"%PDF-1.7")
    uow.messages.add(
        CaseMessage(
            a.an_id("message"), a.CASE, a.ANNA, MessageKind.FROM_CITIZEN, "Hej", "borger", a.NOW
        )
    )
    uow.spouse_parts.save(SpousePart(a.CASE, a.ANNA, SpousePartState.PREPARED, a.NOW))
    uow.life.save(a.a_life_event())
    changes.store_changes(uow)
    uow.immediate_help.save(a.a_question())
    uow.deadlines.add_setting(a.a_deadline())
    uow.deadlines.add_notice(a.a_notice())
    run.store_a_run(uow)
    matters.store_all(uow)
    uow.cockpit.keep_count(0, Counted(a.NOW, 1, {}))
    uow.cockpit.add_pause(Pause(a.an_id("pause"), instance.id, "Ses efter", "eva", a.NOW))
    uow.cockpit.add_move(a.a_token_move(instance.id))
    uow.tryouts.add(a.a_tryout(), [instance.id])
    law.store_a_trial(uow)
    uow.books.add(BookReconciliation(a.an_id("book"), a.CASE, a.NOW, {"differences": 0}, ()))
    uow.audit.add(AuditEvent(a.NOW, "karin", "caseworker", "case.read", f"case:{a.CASE}"))


@pytest.fixture
def filled(database: Database, uow_factory: SqlUnitOfWorkFactory) -> Database:
    with uow_factory(HERE) as uow:
        fill_every_table(uow)
        uow.commit()
    return database


@pytest.fixture
def as_app(filled: Database) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(filled.app_url.replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


def municipal_tables(database: Database) -> list[str]:
    with database.connect() as connection:
        every = {str(row[0]) for row in connection.execute(ALL_TABLES)}
    return sorted(every - CENTRAL_TABLES)


def counted(connection: psycopg.Connection[tuple[object, ...]], table: str) -> object:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    row = connection.execute(query).fetchone()
    return row and row[0]


def enter(connection: psycopg.Connection[tuple[object, ...]], municipality: int) -> None:
    connection.execute("SELECT set_config('app.municipality', %s, false)", [str(municipality)])


def test_another_municipality_sees_no_row_of_any_table(
    filled: Database, as_app: psycopg.Connection[tuple[object, ...]]
) -> None:
    tables = municipal_tables(filled)
    assert len(tables) > 25

    enter(as_app, HERE)
    assert [table for table in tables if counted(as_app, table) == 0] == []
    enter(as_app, NEXT_DOOR)
    assert [table for table in tables if counted(as_app, table) != 0] == []


def test_without_a_municipality_every_table_is_an_error(
    filled: Database, as_app: psycopg.Connection[tuple[object, ...]]
) -> None:
    silent = []
    for table in municipal_tables(filled):
        try:
            counted(as_app, table)
            silent.append(table)
        except (psycopg.errors.UndefinedObject, psycopg.errors.InvalidTextRepresentation):
            continue
    assert silent == []


def test_a_setting_that_ended_with_its_transaction_is_an_error_too(
    as_app: psycopg.Connection[tuple[object, ...]],
) -> None:
    with as_app.transaction():
        as_app.execute("SELECT set_config('app.municipality', '999', true)")
        assert counted(as_app, "case_file") == 1

    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        counted(as_app, "case_file")


def test_a_row_cannot_be_written_into_another_municipality(
    filled: Database, as_app: psycopg.Connection[tuple[object, ...]]
) -> None:
    """Copying each table's own rows under the neighbour's code is refused for every table."""
    enter(as_app, HERE)
    accepted = []
    for table in municipal_tables(filled):
        columns = [
            str(row[0])
            for row in as_app.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
                " AND attidentity = '' AND NOT attisdropped AND attname <> 'municipality_id'",
                [table],
            )
        ]
        names = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
        copy = sql.SQL("INSERT INTO {0} (municipality_id, {1}) SELECT 998, {1} FROM {0}").format(
            sql.Identifier(table), names
        )
        try:
            as_app.execute(copy)
            accepted.append(table)
        except psycopg.errors.InsufficientPrivilege as error:
            assert "row-level security" in str(error)  # noqa: PT017 – all tables in one walk
        except psycopg.Error as error:
            # The safeguards look before the wall does: they find nothing next door.
            assert error.sqlstate == "KY001", (table, error)  # noqa: PT017 – the same
    assert accepted == []


def test_another_municipalitys_rows_cannot_be_changed_or_removed(
    as_app: psycopg.Connection[tuple[object, ...]],
) -> None:
    enter(as_app, NEXT_DOOR)

    assert as_app.execute("UPDATE case_file SET unit = 'taget'").rowcount == 0
    assert as_app.execute("DELETE FROM subscription").rowcount == 0


def test_a_key_cannot_point_across_the_wall(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(HERE) as uow:
        a.store_case(uow)
        uow.commit()

    with uow_factory(NEXT_DOOR) as uow, pytest.raises(DBAPIError, match="foreign key"):
        uow.cases.add_note(JournalNote(a.an_id("note"), a.CASE, "", "karin", a.NOW))


def test_a_unit_of_work_sees_its_own_municipality_only(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    with uow_factory(HERE) as uow:
        a.store_case(uow)
        uow.commit()

    with uow_factory(HERE) as uow:
        assert uow.cases.get(a.CASE).municipality_id == HERE
    with uow_factory(NEXT_DOOR) as uow, pytest.raises(NotFoundError):
        uow.cases.get(a.CASE)


@pytest.mark.parametrize("code", [None, 0, -1, 1000])
def test_a_unit_of_work_needs_a_municipality(
    uow_factory: SqlUnitOfWorkFactory, code: int | None
) -> None:
    with pytest.raises(ValueError, match="municipality"):
        uow_factory(code)  # type: ignore[arg-type]


def test_nothing_can_be_done_after_the_commit(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(HERE) as uow:
        a.store_case(uow)
        uow.commit()
        with pytest.raises(DBAPIError, match=r"app\.municipality|invalid input syntax"):
            uow.cases.get(a.CASE)


def test_a_pooled_connection_carries_nothing_over(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(HERE) as uow:
        a.store_case(uow)
        uow.commit()

    for _ in range(10):
        with uow_factory.engine.begin() as connection, pytest.raises(DBAPIError):
            connection.execute(text("SELECT count(*) FROM case_file"))


@pytest.mark.parametrize(
    "attempt",
    [
        "ALTER TABLE case_file DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE case_file NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY own_municipality ON case_file",
        "CREATE POLICY open ON case_file USING (true)",
        "DROP TRIGGER kept ON payment",
        "ALTER TABLE payment DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "SET ROLE ky_owner",
        "SET ROLE ky_claims",
        "CREATE TABLE public.mine (id integer)",
        "CREATE FUNCTION public.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "SELECT * FROM history_event_default",
        "TRUNCATE case_file",
        "DELETE FROM decision",
        "UPDATE decision SET outcome = 'afslag'",
        "UPDATE payment SET net_oere = 0",
        "DELETE FROM history_event",
        "UPDATE audit_event SET user_id = 'nobody'",
        "UPDATE party SET cpr = '0000000000'",
        "UPDATE case_file SET number = '1'",
        "CALL build_wall('case_file')",
        "UPDATE alembic_version SET version_num = '0'",
    ],
)
def test_the_applications_role_cannot_take_the_wall_down(
    as_app: psycopg.Connection[tuple[object, ...]], attempt: str
) -> None:
    enter(as_app, HERE)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_app.execute(attempt)


def test_row_security_cannot_be_switched_off(
    as_app: psycopg.Connection[tuple[object, ...]],
) -> None:
    enter(as_app, HERE)
    as_app.execute("SET row_security = off")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        counted(as_app, "case_file")


def test_the_owner_is_behind_the_wall_too(filled: Database) -> None:
    with filled.connect() as connection:
        connection.execute("SET ROLE ky_owner")
        with pytest.raises(psycopg.errors.UndefinedObject):
            counted(connection, "case_file")
        enter(connection, NEXT_DOOR)
        assert counted(connection, "case_file") == 0


def test_the_claiming_role_reads_no_content(filled: Database) -> None:
    with filled.connect() as connection:
        connection.execute("SET ROLE ky_claims")
        for query in (
            "SELECT arguments FROM job",
            "SELECT body FROM outbox",
            "SELECT id FROM case_file",
            "SELECT cpr FROM party",
            "SELECT token FROM timer",
            "UPDATE job SET state = 'done'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(query)
