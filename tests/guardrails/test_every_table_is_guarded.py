"""Every table is municipal and walled, or named as central with what it is."""

from app.models.catalogue import CENTRAL_TABLES, METADATA
from app.security.row_level import APP_ROLE, CLAIMS_ROLE, OWNER_ROLE
from tests.database import ALL_TABLES, Database

WALL = "(municipality_id = (current_setting('app.municipality'::text))::integer)"
MAY_BE_DELETED = {
    "application_draft": "sent, or left for thirty days",
    "inbox_filter": "a search of yesterday, or one its owner no longer keeps",
    "buffered_message": "delivered or lapsed",
    "process_count": "counted anew",
    "party_token": "made again when a name changes",
    "subscription": "taken by its message",
    "uploaded_file": "sent, or taken away before it was sent, or left for thirty days",
    "user_role": "replaced with the user",
    "web_session": "logged out or expired",
}
WRITTEN_ONCE = {
    "application",
    "assessment",
    "audit_event",
    "book_reconciliation",
    "calculation",
    "decided_line",
    "decision_table",
    "document",
    "document_content",
    "history_event",
    "journal_note",
    "law_change",
    "law_draft_event",
    "payment",
    "part_receipt",
    "payment_part",
    "payment_plan",
    "payment_receipt",
    "process_definition",
    "process_definition_file",
    "process_draft_event",
    "process_retirement",
    "income_report",
    "rate",
    "run_difference",
    "run_line",
    "run_reconciliation",
    "run_result",
    "run_ruling",
    "voucher_entry",
}


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    with database.connect() as connection:
        return connection.execute(query).fetchall()


def tables(database: Database) -> set[str]:
    return {str(row[0]) for row in rows(database, ALL_TABLES)}


def test_every_table_is_of_the_models_or_of_the_migrations(migrated: Database) -> None:
    assert tables(migrated) == set(METADATA.tables) | {"alembic_version"}
    assert tables(migrated) >= CENTRAL_TABLES


def test_every_municipal_table_has_its_municipality_first_in_the_key() -> None:
    for table in METADATA.tables.values():
        if table.name not in CENTRAL_TABLES:
            assert table.columns["municipality_id"].nullable is False, table.name
            key = [column.name for column in table.primary_key.columns]
            assert key[0] == "municipality_id", table.name
            assert "municipality" in {
                key.column.table.name for key in table.columns["municipality_id"].foreign_keys
            }, table.name


def test_every_index_within_a_municipality_begins_with_it() -> None:
    """But for those by which work is claimed across municipalities."""
    across = {"job_due", "timer_due", "outbox_waiting"}
    for table in METADATA.tables.values():
        if table.name not in CENTRAL_TABLES:
            for index in table.indexes:
                if index.name not in across:
                    assert next(iter(index.columns)).name == "municipality_id", index.name


def test_every_municipal_table_and_partition_has_a_forced_wall(migrated: Database) -> None:
    walled = {
        str(name): (enabled, forced)
        for name, enabled, forced in rows(
            migrated,
            "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
            " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace",
        )
    }
    for name, wall in walled.items():
        assert wall == ((name not in CENTRAL_TABLES,) * 2), name


def test_the_wall_is_the_same_everywhere_and_both_ways(migrated: Database) -> None:
    policies = rows(
        migrated,
        "SELECT tablename, policyname, permissive, cmd, roles::text, qual, with_check"
        " FROM pg_policies ORDER BY 1, 2",
    )
    claimed = {"job", "timer", "outbox"}
    everywhere = {str(row[0]) for row in policies}
    assert everywhere >= tables(migrated) - CENTRAL_TABLES
    for table, name, permissive, command, roles, sees, writes in policies:
        assert (permissive, command) == ("PERMISSIVE", "ALL")
        if name == "own_municipality":
            assert (sees, writes) == (WALL, WALL), table
            assert roles == f"{{{APP_ROLE},{OWNER_ROLE}}}"
        else:
            assert (name, roles) == ("claimed_across", f"{{{CLAIMS_ROLE}}}")
            assert table in claimed


def test_the_application_owns_nothing_and_has_no_special_power(migrated: Database) -> None:
    owned = rows(
        migrated,
        "SELECT relname FROM pg_class WHERE relowner = 'ky_app'::regrole"
        " UNION SELECT proname FROM pg_proc WHERE proowner = 'ky_app'::regrole",
    )
    powers = rows(
        migrated,
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin"
        " FROM pg_roles WHERE rolname LIKE 'ky\\_%' ORDER BY rolname",
    )
    member_of = rows(migrated, "SELECT 1 FROM pg_auth_members WHERE member = 'ky_app'::regrole")
    assert owned == []
    assert member_of == []
    assert powers == [
        (APP_ROLE, False, False, False, False, True),
        (CLAIMS_ROLE, False, False, False, False, False),
        (OWNER_ROLE, False, False, False, False, False),
    ]


def test_what_is_written_once_can_only_be_inserted_and_read(migrated: Database) -> None:
    rights = {
        str(table): set(str(granted).split(","))
        for table, granted in rows(
            migrated,
            "SELECT table_name, string_agg(DISTINCT privilege_type, ',')"
            " FROM information_schema.role_column_grants"
            " WHERE grantee = 'ky_app' GROUP BY table_name",
        )
    }
    deletable = {
        str(row[0])
        for row in rows(
            migrated,
            "SELECT table_name FROM information_schema.role_table_grants"
            " WHERE grantee = 'ky_app' AND privilege_type = 'DELETE'",
        )
    }
    for table in WRITTEN_ONCE:
        assert rights[table] == {"INSERT", "SELECT"}, table
    assert deletable == set(MAY_BE_DELETED)
    assert not any("TRUNCATE" in granted or "REFERENCES" in granted for granted in rights.values())


def test_every_function_that_acts_as_its_owner_has_a_fixed_path(migrated: Database) -> None:
    acting = rows(
        migrated,
        "SELECT proname, proowner::regrole::text, proconfig, has_function_privilege("
        "'public', oid, 'EXECUTE') FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY proname",
    )
    assert {str(row[0]) for row in acting} == {
        "claim_jobs",
        "claim_outbox",
        "claim_timers",
        "ensure_history_months",
    }
    for name, owner, config, everybody in acting:
        assert owner in {OWNER_ROLE, CLAIMS_ROLE}, name
        assert any(str(each).startswith("search_path=pg_catalog") for each in config or []), name  # type: ignore[attr-defined]
        assert everybody is False, name
