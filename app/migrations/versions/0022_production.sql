-- What came and what was done in a period, by unit: read from these, however old the rest is.

CREATE INDEX user_task_done ON user_task (municipality_id, unit, completed_at)
    WHERE state = 'done';
CREATE INDEX user_task_came ON user_task (municipality_id, unit, created_at);
CREATE INDEX process_instance_ended ON process_instance (municipality_id, ended_at)
    WHERE ended_at IS NOT NULL;
CREATE INDEX proposal_by_moment ON proposal (municipality_id, proposed_at);
