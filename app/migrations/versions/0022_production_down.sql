DROP INDEX proposal_by_moment;
DROP INDEX process_instance_ended;
DROP INDEX user_task_came;
DROP INDEX user_task_done;
