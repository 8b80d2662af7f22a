-- Where each instance stands, written with its state: counting tokens need not read any state.

ALTER TABLE process_instance ADD COLUMN places TEXT[] NOT NULL DEFAULT '{}';
ALTER TABLE process_instance DROP CONSTRAINT process_instance_state_known;
ALTER TABLE process_instance ADD CONSTRAINT process_instance_state_known
    CHECK (state IN ('running', 'ended', 'incident', 'paused'));
CREATE INDEX process_instance_going_on ON process_instance (municipality_id, definition_id, id)
    WHERE state <> 'ended';
CREATE INDEX process_instance_newest ON process_instance (municipality_id, definition_id, id);

-- A paused instance's jobs and timers wait beside the queues: no worker meets them there.

ALTER TABLE job DROP CONSTRAINT job_state_known;
ALTER TABLE job ADD CONSTRAINT job_state_known
    CHECK (state IN ('waiting', 'done', 'failed', 'cancelled', 'paused'));
ALTER TABLE timer DROP CONSTRAINT timer_state_known;
ALTER TABLE timer ADD CONSTRAINT timer_state_known
    CHECK (state IN ('waiting', 'done', 'cancelled', 'paused'));
CREATE INDEX job_waiting ON job (municipality_id, next_at, id) WHERE state = 'waiting';
CREATE INDEX timer_waiting ON timer (municipality_id, due_at, id) WHERE state = 'waiting';

CREATE TABLE instance_pause (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    instance_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    paused_by TEXT NOT NULL,
    paused_at TIMESTAMP WITH TIME ZONE NOT NULL,
    resumed_by TEXT,
    resumed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT instance_pause_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT instance_pause_has_a_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT instance_pause_municipality_id_instance_id_fkey
        FOREIGN KEY(municipality_id, instance_id) REFERENCES process_instance (municipality_id, id),
    CONSTRAINT instance_pause_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX instance_pause_once ON instance_pause (municipality_id, instance_id)
    WHERE resumed_at IS NULL;

CALL build_wall('instance_pause');
GRANT SELECT, INSERT, UPDATE (resumed_by, resumed_at) ON instance_pause TO ky_app;

-- To move a token by hand takes two people, whoever asks the database.

CREATE TABLE token_move (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    instance_id BIGINT NOT NULL,
    token TEXT NOT NULL,
    from_place TEXT NOT NULL,
    from_name TEXT NOT NULL,
    to_place TEXT NOT NULL,
    to_name TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    answered_by TEXT,
    answered_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT token_move_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT token_move_state_known
        CHECK (state IN ('asked', 'moved', 'refused', 'withdrawn', 'lapsed')),
    CONSTRAINT token_move_has_a_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT token_move_answered
        CHECK ((state = 'asked') = (answered_by IS NULL)
               AND (answered_by IS NULL) = (answered_at IS NULL)),
    CONSTRAINT token_move_two_people
        CHECK (state NOT IN ('moved', 'refused') OR answered_by <> asked_by),
    CONSTRAINT token_move_municipality_id_instance_id_fkey
        FOREIGN KEY(municipality_id, instance_id) REFERENCES process_instance (municipality_id, id),
    CONSTRAINT token_move_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX token_move_once ON token_move (municipality_id, instance_id, token)
    WHERE state = 'asked';
CREATE INDEX token_move_of_instance ON token_move (municipality_id, instance_id, asked_at);
CREATE INDEX token_move_waiting ON token_move (municipality_id, asked_at) WHERE state = 'asked';

CREATE FUNCTION check_token_move() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.state <> 'asked' THEN
        PERFORM public.refuse('an answered move is not answered again');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answered_once BEFORE UPDATE ON token_move
    FOR EACH ROW EXECUTE FUNCTION check_token_move();

CALL build_wall('token_move');
GRANT SELECT, INSERT, UPDATE (state, answered_by, answered_at) ON token_move TO ky_app;

-- What was counted last, so that looking costs the same however much there is to count.

CREATE TABLE process_count (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    definition_id BIGINT NOT NULL,
    counted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    took_ms INTEGER NOT NULL,
    counts JSONB NOT NULL,
    CONSTRAINT process_count_pkey PRIMARY KEY (municipality_id, definition_id),
    CONSTRAINT process_count_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);

CALL build_wall('process_count');
GRANT SELECT, INSERT, UPDATE, DELETE ON process_count TO ky_app;

-- A draft tried on recorded cases: which, how far it is, what each came to, and the report.

CREATE TABLE tryout (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    process_key TEXT NOT NULL,
    name TEXT NOT NULL,
    files JSONB NOT NULL,
    population JSONB NOT NULL,
    state TEXT NOT NULL,
    total INTEGER NOT NULL,
    done INTEGER NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    report JSONB,
    why TEXT NOT NULL,
    CONSTRAINT tryout_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT tryout_state_known CHECK (state IN ('waiting', 'running', 'done', 'stopped')),
    CONSTRAINT tryout_counted CHECK (done BETWEEN 0 AND total),
    CONSTRAINT tryout_reported CHECK ((state = 'done') = (report IS NOT NULL)),
    CONSTRAINT tryout_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX tryout_of_subject ON tryout (municipality_id, subject, asked_at);

CREATE TABLE tryout_case (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    tryout_id UUID NOT NULL,
    number INTEGER NOT NULL,
    instance_id BIGINT NOT NULL,
    result JSONB,
    CONSTRAINT tryout_case_pkey PRIMARY KEY (municipality_id, tryout_id, number),
    CONSTRAINT tryout_case_municipality_id_tryout_id_fkey
        FOREIGN KEY(municipality_id, tryout_id) REFERENCES tryout (municipality_id, id),
    CONSTRAINT tryout_case_municipality_id_instance_id_fkey
        FOREIGN KEY(municipality_id, instance_id) REFERENCES process_instance (municipality_id, id),
    CONSTRAINT tryout_case_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);

CALL build_wall('tryout');
CALL build_wall('tryout_case');
GRANT SELECT, INSERT, UPDATE (state, done, ended_at, report, why) ON tryout TO ky_app;
GRANT SELECT, INSERT, UPDATE (result) ON tryout_case TO ky_app;
