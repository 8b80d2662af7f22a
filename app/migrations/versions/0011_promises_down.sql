DROP TABLE delay_notice;
DROP TABLE deadline_setting;
DROP TABLE immediate_help;
ALTER TABLE decision DROP COLUMN help_kind;
ALTER TABLE proposal DROP COLUMN help_kind;
ALTER TABLE calculation DROP COLUMN help_kind;
