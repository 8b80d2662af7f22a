-- A draft of a process or of a decision table. Definitions belong to no municipality, and so do
-- their drafts. What was approved is kept as it was; whoever drew it never approves it.

CREATE TABLE process_draft (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    base_version INTEGER,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT NOT NULL,
    valid_from DATE,
    running TEXT NOT NULL,
    digest TEXT NOT NULL,
    submitted_by TEXT,
    submitted_at TIMESTAMP WITH TIME ZONE,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    version INTEGER,
    CONSTRAINT process_draft_pkey PRIMARY KEY (id),
    CONSTRAINT process_draft_kind_known CHECK (kind IN ('process', 'table', 'retirement')),
    CONSTRAINT process_draft_state_known
        CHECK (state IN ('open', 'submitted', 'approved', 'discarded')),
    CONSTRAINT process_draft_running_known CHECK (running IN ('stay', 'move')),
    CONSTRAINT process_draft_two_persons CHECK (decided_by <> submitted_by),
    CONSTRAINT process_draft_approved_by_somebody CHECK (
        state <> 'approved' OR (
            submitted_by IS NOT NULL AND decided_by IS NOT NULL AND valid_from IS NOT NULL
            AND reason <> ''
        )
    )
);
CREATE INDEX process_draft_by_key ON process_draft (key);
CREATE INDEX process_draft_by_state ON process_draft (state);

CREATE TABLE process_draft_file (
    draft_id UUID NOT NULL,
    name TEXT NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT process_draft_file_pkey PRIMARY KEY (draft_id, name),
    CONSTRAINT process_draft_file_draft_id_fkey
        FOREIGN KEY(draft_id) REFERENCES process_draft (id)
);

CREATE TABLE process_draft_event (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    draft_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    by TEXT NOT NULL,
    what TEXT NOT NULL,
    words TEXT NOT NULL,
    CONSTRAINT process_draft_event_pkey PRIMARY KEY (id),
    CONSTRAINT process_draft_event_draft_id_fkey
        FOREIGN KEY(draft_id) REFERENCES process_draft (id),
    CONSTRAINT process_draft_event_what_known CHECK (
        what IN ('created', 'uploaded', 'saved', 'submitted', 'taken_back', 'sent_back',
                 'approved', 'discarded')
    )
);
CREATE INDEX process_draft_event_of_draft ON process_draft_event (draft_id, id);

-- From this day no case begins on the process; a version approved later takes it up again.
CREATE TABLE process_retirement (
    draft_id UUID NOT NULL,
    key TEXT NOT NULL,
    from_day DATE NOT NULL,
    after_version INTEGER NOT NULL,
    CONSTRAINT process_retirement_pkey PRIMARY KEY (draft_id),
    CONSTRAINT process_retirement_draft_id_fkey
        FOREIGN KEY(draft_id) REFERENCES process_draft (id)
);
CREATE INDEX process_retirement_by_key ON process_retirement (key);

CREATE FUNCTION keep_process_draft() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.state IN ('approved', 'discarded') THEN
        PERFORM public.refuse('a draft that was approved or thrown away never changes');
    END IF;
    IF NEW.state = 'approved' THEN
        IF OLD.state <> 'submitted' OR NEW.digest IS DISTINCT FROM OLD.digest
           OR NEW.submitted_by IS DISTINCT FROM OLD.submitted_by THEN
            PERFORM public.refuse('a draft is approved as it was submitted');
        END IF;
        IF EXISTS (
            SELECT FROM public.process_draft_event
            WHERE draft_id = NEW.id AND by = NEW.decided_by
              AND what IN ('created', 'uploaded', 'saved', 'submitted')
        ) THEN
            PERFORM public.refuse('whoever drew a process does not approve it');
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE UPDATE ON process_draft
FOR EACH ROW EXECUTE FUNCTION keep_process_draft();

CREATE FUNCTION keep_process_draft_file() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.process_draft
        WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.draft_id ELSE NEW.draft_id END
          AND state = 'open'
    ) THEN
        PERFORM public.refuse('only an open draft can be drawn in');
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER kept BEFORE INSERT OR UPDATE OR DELETE ON process_draft_file
FOR EACH ROW EXECUTE FUNCTION keep_process_draft_file();

CREATE TRIGGER kept BEFORE UPDATE ON process_draft_event
FOR EACH ROW EXECUTE FUNCTION keep_as_written();

CREATE FUNCTION check_retirement() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.process_draft
        WHERE id = NEW.draft_id AND kind = 'retirement' AND state = 'approved' AND key = NEW.key
    ) THEN
        PERFORM public.refuse('two persons take a process out of use');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE INSERT OR UPDATE ON process_retirement
FOR EACH ROW EXECUTE FUNCTION check_retirement();

GRANT SELECT, INSERT, UPDATE ON process_draft TO ky_app;
GRANT SELECT, INSERT, UPDATE (content) ON process_draft_file TO ky_app;
GRANT SELECT, INSERT ON process_draft_event, process_retirement TO ky_app;
