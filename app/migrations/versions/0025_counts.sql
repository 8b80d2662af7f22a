-- What is mine, ours, put away or late is counted without reading a single task.

DROP INDEX user_task_inbox;
DROP INDEX user_task_mine;
CREATE INDEX user_task_inbox
    ON user_task (municipality_id, unit, role, (- priority),
                  coalesce(due_at, 'infinity'::timestamptz), id)
    INCLUDE (assignee, follow_up_on, due_at)
    WHERE state = 'open';
CREATE INDEX user_task_mine
    ON user_task (municipality_id, assignee, (- priority),
                  coalesce(due_at, 'infinity'::timestamptz), id)
    INCLUDE (unit, role, follow_up_on, due_at)
    WHERE state = 'open';
