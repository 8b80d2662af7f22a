-- The owner sees every municipality for as long as a state is put back.

DROP TABLE tryout_case;
DROP TABLE tryout;
DROP TABLE process_count;
DROP TABLE token_move;
DROP FUNCTION check_token_move();
DROP TABLE instance_pause;
DROP INDEX timer_waiting;
DROP INDEX job_waiting;
ALTER TABLE timer NO FORCE ROW LEVEL SECURITY;
UPDATE timer SET state = 'waiting' WHERE state = 'paused';
ALTER TABLE timer FORCE ROW LEVEL SECURITY;
ALTER TABLE timer DROP CONSTRAINT timer_state_known;
ALTER TABLE timer ADD CONSTRAINT timer_state_known
    CHECK (state IN ('waiting', 'done', 'cancelled'));
ALTER TABLE job NO FORCE ROW LEVEL SECURITY;
UPDATE job SET state = 'waiting' WHERE state = 'paused';
ALTER TABLE job FORCE ROW LEVEL SECURITY;
ALTER TABLE job DROP CONSTRAINT job_state_known;
ALTER TABLE job ADD CONSTRAINT job_state_known
    CHECK (state IN ('waiting', 'done', 'failed', 'cancelled'));
DROP INDEX process_instance_newest;
DROP INDEX process_instance_going_on;
ALTER TABLE process_instance NO FORCE ROW LEVEL SECURITY;
UPDATE process_instance SET state = 'running' WHERE state = 'paused';
ALTER TABLE process_instance FORCE ROW LEVEL SECURITY;
ALTER TABLE process_instance DROP CONSTRAINT process_instance_state_known;
ALTER TABLE process_instance ADD CONSTRAINT process_instance_state_known
    CHECK (state IN ('running', 'ended', 'incident'));
ALTER TABLE process_instance DROP COLUMN places;
