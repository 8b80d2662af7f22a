-- The law is the same in every municipality: drafts and approved changes are central, as the rates
-- and the diagrams are. What a draft does to a municipality's own citizens stands behind its wall.

CREATE TABLE law_draft (
    id UUID NOT NULL,
    title TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    items JSON NOT NULL,
    stories TEXT NOT NULL,
    meant JSON NOT NULL,
    recalculates BOOLEAN NOT NULL,
    revision INTEGER NOT NULL,
    written_by TEXT NOT NULL,
    written_at TIMESTAMP WITH TIME ZONE NOT NULL,
    authors TEXT[] NOT NULL,
    saved_by TEXT NOT NULL,
    saved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    submitted_by TEXT NOT NULL,
    submitted_at TIMESTAMP WITH TIME ZONE,
    decided_by TEXT NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision TEXT NOT NULL,
    CONSTRAINT law_draft_pkey PRIMARY KEY (id),
    CONSTRAINT law_draft_state_known
        CHECK (state IN ('kladde', 'indsendt', 'godkendt', 'kasseret')),
    -- Whoever has written in it, handed it in or made it never approves it.
    CONSTRAINT law_draft_two_people CHECK (
        state <> 'godkendt'
        OR (decided_by <> '' AND decided_by <> written_by AND decided_by <> submitted_by
            AND decided_by <> ALL (authors))
    ),
    CONSTRAINT law_draft_author_named CHECK (written_by = ANY (authors)),
    CONSTRAINT law_draft_handed_in
        CHECK (state NOT IN ('indsendt', 'godkendt') OR submitted_at IS NOT NULL),
    CONSTRAINT law_draft_decided
        CHECK ((state IN ('godkendt', 'kasseret')) = (decided_at IS NOT NULL))
);
CREATE INDEX law_draft_by_state ON law_draft (state, saved_at);

CREATE TABLE law_draft_event (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    draft_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    by_user TEXT NOT NULL,
    what TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT law_draft_event_pkey PRIMARY KEY (id),
    CONSTRAINT law_draft_event_draft_id_fkey FOREIGN KEY(draft_id) REFERENCES law_draft (id)
);
CREATE INDEX law_draft_event_of_draft ON law_draft_event (draft_id, id);

-- What was approved, in the order it was approved. Never changed: what takes its place is a row of
-- its own, so that what was known on a day can be asked for ever after.

CREATE TABLE law_change (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    draft_id UUID NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    version INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    content JSON,
    known_from TIMESTAMP WITH TIME ZONE NOT NULL,
    written_by TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    CONSTRAINT law_change_pkey PRIMARY KEY (id),
    CONSTRAINT law_change_draft_id_fkey FOREIGN KEY(draft_id) REFERENCES law_draft (id),
    CONSTRAINT law_change_kind_known CHECK (kind IN ('sats', 'regel')),
    CONSTRAINT law_change_valid CHECK (valid_to > valid_from),
    CONSTRAINT law_change_two_people CHECK (approved_by <> written_by)
);
CREATE UNIQUE INDEX law_change_version ON law_change (kind, subject, version);
CREATE INDEX law_change_of_draft ON law_change (draft_id);

CREATE TABLE law_trial (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    draft_id UUID NOT NULL,
    revision INTEGER NOT NULL,
    digest TEXT NOT NULL,
    population TEXT NOT NULL,
    month DATE NOT NULL,
    persons INTEGER NOT NULL,
    started_by TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    report JSON,
    CONSTRAINT law_trial_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT law_trial_draft_id_fkey FOREIGN KEY(draft_id) REFERENCES law_draft (id),
    CONSTRAINT law_trial_population_known CHECK (population IN ('borgere', 'opdigtede')),
    CONSTRAINT law_trial_month_first_day CHECK (extract(day FROM month) = 1),
    CONSTRAINT law_trial_ended CHECK ((ended_at IS NULL) = (report IS NULL)),
    CONSTRAINT law_trial_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX law_trial_of_draft ON law_trial (municipality_id, draft_id, started_at);

CREATE TABLE law_trial_part (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    trial_id UUID NOT NULL,
    number INTEGER NOT NULL,
    persons INTEGER NOT NULL,
    cases JSON NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    result JSON,
    CONSTRAINT law_trial_part_pkey PRIMARY KEY (municipality_id, trial_id, number),
    CONSTRAINT law_trial_part_municipality_id_trial_id_fkey
        FOREIGN KEY(municipality_id, trial_id) REFERENCES law_trial (municipality_id, id),
    CONSTRAINT law_trial_part_done CHECK ((done_at IS NULL) = (result IS NULL)),
    CONSTRAINT law_trial_part_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);

CALL build_wall('law_trial');
CALL build_wall('law_trial_part');

GRANT SELECT, INSERT, UPDATE (
    title, reason, state, items, stories, meant, recalculates, revision, authors, saved_by,
    saved_at, submitted_by, submitted_at, decided_by, decided_at, decision
) ON law_draft TO ky_app;
GRANT SELECT, INSERT ON law_draft_event, law_change TO ky_app;
GRANT SELECT, INSERT, UPDATE (ended_at, report) ON law_trial TO ky_app;
GRANT SELECT, INSERT, UPDATE (done_at, result) ON law_trial_part TO ky_app;

-- What was approved or dropped stays as it was; and nobody takes an author out of the list.

CREATE FUNCTION check_law_draft() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.state IN ('godkendt', 'kasseret') THEN
        PERFORM public.refuse('a draft that was decided does not change');
    END IF;
    IF NOT (NEW.authors @> OLD.authors) THEN
        PERFORM public.refuse('whoever wrote in a draft stays its author');
    END IF;
    IF OLD.state = 'indsendt' AND NEW.state <> 'kladde' AND (
        NEW.items::jsonb <> OLD.items::jsonb OR NEW.stories <> OLD.stories
        OR NEW.reason <> OLD.reason OR NEW.title <> OLD.title
    ) THEN
        PERFORM public.refuse('what was handed in is approved as it was handed in');
    END IF;
    IF NEW.state = 'godkendt' AND OLD.state <> 'indsendt' THEN
        PERFORM public.refuse('a draft is handed in before it is approved');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE UPDATE ON law_draft
FOR EACH ROW EXECUTE FUNCTION check_law_draft();

-- A change comes out of an approved draft, by whoever approved it.

CREATE FUNCTION check_law_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    draft public.law_draft%ROWTYPE;
BEGIN
    SELECT * INTO draft FROM public.law_draft WHERE id = NEW.draft_id;
    IF draft.state IS DISTINCT FROM 'godkendt' OR draft.decided_by <> NEW.approved_by THEN
        PERFORM public.refuse('a change of the law comes out of an approved draft');
    END IF;
    IF NEW.approved_by = ANY (draft.authors) THEN
        PERFORM public.refuse('nobody approves a change of the law they wrote');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approved BEFORE INSERT ON law_change
FOR EACH ROW EXECUTE FUNCTION check_law_change();
