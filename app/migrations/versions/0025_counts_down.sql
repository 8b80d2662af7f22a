DROP INDEX user_task_inbox;
DROP INDEX user_task_mine;
CREATE INDEX user_task_inbox
    ON user_task (municipality_id, unit, role, (- priority),
                  coalesce(due_at, 'infinity'::timestamptz), id)
    WHERE state = 'open';
CREATE INDEX user_task_mine
    ON user_task (municipality_id, assignee, (- priority),
                  coalesce(due_at, 'infinity'::timestamptz), id)
    WHERE state = 'open';
