DROP INDEX user_task_mine_oldest;
DROP INDEX user_task_oldest;
-- The owner sees every municipality for as long as what the old table cannot hold is taken out.
ALTER TABLE task_move NO FORCE ROW LEVEL SECURITY;
DELETE FROM task_move WHERE to_user IS NULL;
ALTER TABLE task_move FORCE ROW LEVEL SECURITY;
ALTER TABLE task_move DROP COLUMN to_follow_up;
ALTER TABLE task_move DROP COLUMN from_follow_up;
ALTER TABLE task_move ALTER COLUMN to_user SET NOT NULL;
DROP TABLE inbox_filter;
