DROP TRIGGER lawful_in_a_run ON payment;
DROP FUNCTION check_payment_of_running_help();
DROP INDEX payment_by_day;
DROP TABLE run_difference, run_reconciliation, income_report_line, income_report, run_ruling,
    run_result, run_line, run_batch, payment_run;
DROP FUNCTION keep_run();
DROP FUNCTION keep_report_line();
DROP FUNCTION check_report_line();
DROP FUNCTION check_run_line();
DROP FUNCTION check_run_result();
DROP FUNCTION newest_decision(integer, uuid, uuid, date);
DROP FUNCTION decided_before(integer, uuid, uuid, date, timestamptz);
