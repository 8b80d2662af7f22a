DO $$
DECLARE
    walled regclass;
BEGIN
    FOR walled IN
        SELECT inhrelid FROM pg_inherits WHERE inhparent = 'history_event'::regclass
    LOOP
        EXECUTE format('DROP TABLE %s', walled);
    END LOOP;
    FOR walled IN SELECT polrelid FROM pg_policy WHERE polname = 'own_municipality' LOOP
        EXECUTE format('DROP POLICY own_municipality ON %s', walled);
        EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', walled);
    END LOOP;
END $$;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ky_app;
DROP FUNCTION ensure_history_months(date, date);
DROP PROCEDURE build_wall(regclass);
