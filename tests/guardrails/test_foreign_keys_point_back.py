"""Data flows one way, and so do keys: a later row points at an earlier one, never the reverse."""

from app.models.catalogue import CENTRAL_TABLES, METADATA

FLOW = (
    ("municipality", "user_account", "process_definition"),
    ("law_draft",),
    ("law_draft_event", "law_change", "law_trial"),
    ("law_trial_part",),
    ("case_file",),
    ("book_reconciliation", "income_check"),
    ("party", "payment_run", "income_batch"),
    ("deduction_decision", "matter", "income_finding"),
    ("run_batch", "run_reconciliation", "income_report"),
    ("application", "document_content", "journal_note", "assessment", "party_token", "fact"),
    ("life_event", "delay_notice", "deadline_setting"),
    ("document", "document_request"),
    ("uploaded_file", "case_message", "spouse_part"),
    ("calculation",),
    ("hearing", "immediate_help", "matter_basis"),
    ("proposal", "matter_proposal"),
    ("decision", "matter_decision"),
    ("debt_claim", "sanction", "cessation"),
    ("claim_event", "claim_arrangement", "payment_deduction"),
    ("run_line",),
    ("run_result", "run_ruling"),
    ("decided_line", "payment_plan", "letter", "complaint"),
    ("payment",),
    ("payment_part",),
    ("part_receipt",),
    ("payment_receipt", "voucher", "income_report_line", "run_difference"),
    ("voucher_entry",),
)
"""The order of a case; tables of one line do not point at each other."""
BESIDE = {
    "process_instance": {"case_file", "process_definition", "municipality"},
    "user_task": {"case_file", "process_instance", "municipality"},
    "job": {"case_file", "process_instance", "municipality"},
    "timer": {"process_instance", "municipality"},
    "subscription": {"process_instance", "municipality"},
    "incident": {"case_file", "process_instance", "municipality"},
    "history_event": {"process_instance", "municipality"},
    "process_definition_file": {"process_definition"},
    "process_draft_file": {"process_draft"},
    "process_draft_event": {"process_draft"},
    "process_retirement": {"process_draft"},
    "user_role": {"user_account", "municipality"},
    "absence": {"user_account", "municipality"},
    "inbox_filter": {"user_account", "municipality"},
    "task_move": {"user_task", "municipality"},
    "instance_pause": {"process_instance", "municipality"},
    "token_move": {"process_instance", "municipality"},
    "process_count": {"municipality"},
    "migration_batch": {"migration_batch", "process_definition", "municipality"},
    "migration_item": {"migration_batch", "process_instance", "municipality"},
    "tryout": {"municipality"},
    "tryout_case": {"tryout", "process_instance", "municipality"},
}
"""Running processes point at the case; nothing of the case points at a process."""

PLACE = {table: place for place, tables in enumerate(FLOW) for table in tables}


def test_a_key_points_back_along_the_flow() -> None:
    for table in METADATA.tables.values():
        for key in table.foreign_key_constraints:
            target = key.referred_table.name
            if table.name in BESIDE:
                assert target in BESIDE[table.name], f"{table.name} points at {target}"
            elif target != "municipality":
                assert PLACE[target] < PLACE[table.name], f"{table.name} points at {target}"


def test_a_key_between_municipal_tables_stays_in_the_municipality() -> None:
    for table in METADATA.tables.values():
        for key in table.foreign_key_constraints:
            target = key.referred_table.name
            if target not in CENTRAL_TABLES:
                assert key.column_keys[0] == "municipality_id", f"{table.name} points at {target}"


def test_no_case_row_points_at_a_running_process() -> None:
    for table in METADATA.tables.values():
        targets = {key.referred_table.name for key in table.foreign_key_constraints}
        if "process_instance" in targets:
            assert table.name in BESIDE, table.name
