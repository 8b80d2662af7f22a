ALTER TABLE application_draft DROP COLUMN notice_id;
ALTER TABLE application_draft DROP COLUMN deleted_at;
DROP INDEX uploaded_file_by_moment;
ALTER TABLE document DROP COLUMN is_scanned;
ALTER TABLE uploaded_file DROP COLUMN is_scanned;
DROP TABLE spouse_part;
DROP TABLE case_message;
