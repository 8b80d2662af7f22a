DROP INDEX user_task_inbox;
DROP INDEX user_task_mine;
CREATE INDEX user_task_inbox
    ON user_task (municipality_id, unit, role, coalesce(due_at, 'infinity'::timestamptz), id)
    WHERE state = 'open';
CREATE INDEX user_task_mine
    ON user_task (municipality_id, assignee, coalesce(due_at, 'infinity'::timestamptz), id)
    WHERE state = 'open';
DROP TABLE task_move;
DROP TABLE absence;
