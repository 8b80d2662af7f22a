DO $$
DECLARE
    kept record;
BEGIN
    FOR kept IN
        SELECT tgname, tgrelid::regclass AS kept_table FROM pg_trigger
        WHERE tgname IN ('kept', 'balanced', 'lawful') AND tgparentid = 0 AND NOT tgisinternal
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', kept.tgname, kept.kept_table);
    END LOOP;
END $$;
DROP FUNCTION keep_as_written();
DROP FUNCTION keep_letter();
DROP FUNCTION keep_voucher();
DROP FUNCTION check_voucher_balances();
DROP FUNCTION check_decision();
DROP FUNCTION check_decided_line();
DROP FUNCTION check_payment();
DROP FUNCTION refuse(text);
