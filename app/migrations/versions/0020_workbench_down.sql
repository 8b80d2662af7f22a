DROP TABLE process_retirement;
DROP TABLE process_draft_event;
DROP TABLE process_draft_file;
DROP TABLE process_draft;
DROP FUNCTION check_retirement();
DROP FUNCTION keep_process_draft_file();
DROP FUNCTION keep_process_draft();
