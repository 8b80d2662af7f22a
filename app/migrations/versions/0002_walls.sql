-- Every municipal table gets one wall: a row is seen and written only inside its municipality.
-- `current_setting` without a second argument is meant: without a municipality it is an error.
--
-- The policy names its roles, so that the role that owns the claim functions (0004) is held by a
-- policy of its own and never evaluates this one.

CREATE PROCEDURE build_wall(walled regclass) LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', walled);
    EXECUTE format(
        'CREATE POLICY own_municipality ON %s TO ky_app, ky_owner'
        ' USING (municipality_id = current_setting(''app.municipality'')::integer)'
        ' WITH CHECK (municipality_id = current_setting(''app.municipality'')::integer)',
        walled
    );
END $$;
REVOKE EXECUTE ON PROCEDURE build_wall(regclass) FROM PUBLIC;

DO $$
DECLARE
    walled regclass;
BEGIN
    FOR walled IN
        SELECT attrelid FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE attname = 'municipality_id' AND NOT attisdropped
          AND relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
          AND relname <> 'user_role'
    LOOP
        CALL build_wall(walled);
    END LOOP;
END $$;

-- History is kept by month. Rows of a month without a partition of its own land in the default one,
-- so that nothing is lost; housekeeping makes the months ahead.

CREATE TABLE history_event_default PARTITION OF history_event DEFAULT;
CALL build_wall('history_event_default');

CREATE FUNCTION ensure_history_months(first_on date, last_on date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    month date;
    partition text;
    made integer := 0;
BEGIN
    FOR month IN
        SELECT generate_series(date_trunc('month', first_on), last_on, interval '1 month')::date
    LOOP
        partition := 'history_event_' || to_char(month, 'YYYY_MM');
        CONTINUE WHEN to_regclass('public.' || partition) IS NOT NULL;
        EXECUTE format(
            'CREATE TABLE public.%I PARTITION OF public.history_event FOR VALUES FROM (%L) TO (%L)',
            partition, month::timestamp AT TIME ZONE 'UTC',
            (month + interval '1 month') AT TIME ZONE 'UTC'
        );
        EXECUTE format('CALL public.build_wall(%L)', 'public.' || partition);
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
REVOKE EXECUTE ON FUNCTION ensure_history_months(date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_history_months(date, date) TO ky_app;

SELECT ensure_history_months('2026-01-01', '2027-12-31');

-- What the application may do. What is written once can be inserted and read, no more; where one
-- thing is noted later, that column can be updated, no other.

GRANT SELECT ON alembic_version TO ky_app;

GRANT SELECT, INSERT ON
    application, assessment, audit_event, calculation, decided_line, decision, decision_table,
    document, document_content, fact, hearing, history_event, journal_note, letter, payment,
    payment_plan, payment_receipt, process_definition, process_definition_file, proposal, rate,
    voucher, voucher_entry
TO ky_app;

GRANT UPDATE (sent_at) ON decision TO ky_app;
GRANT UPDATE (known_to) ON fact TO ky_app;
GRANT UPDATE (state, document_id, sha256, channel, ordered_at, delivered_at, receipt_reference,
              reason_code, tries) ON letter TO ky_app;
GRANT UPDATE (second_person_needed, approved_by, approved_at, returned_reason) ON proposal
TO ky_app;
GRANT UPDATE (state, statement, days, sent_at, deadline_at, answer, answered_at, conclusion,
              changes_facts) ON hearing TO ky_app;
GRANT UPDATE (accepted_at, reference, rejected_reason) ON voucher TO ky_app;

GRANT SELECT, INSERT, UPDATE ON
    case_counter, incident, job, municipality, outbox, process_instance, timer, user_account,
    user_task
TO ky_app;
GRANT SELECT, INSERT, UPDATE (state, unit, caseworker, protection) ON case_file TO ky_app;
GRANT SELECT, INSERT, UPDATE (role, name, address_lines, protection) ON party TO ky_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON
    buffered_message, party_token, subscription, user_role, web_session
TO ky_app;
