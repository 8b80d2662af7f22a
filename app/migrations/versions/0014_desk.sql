-- What somebody wants to see of an inbox: for now (no name), or kept, alone or with the unit.
-- The words somebody searched for are kept no longer than the search: a kept filter has none.

CREATE TABLE inbox_filter (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    wanted JSONB NOT NULL,
    saved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT inbox_filter_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT inbox_filter_kept_without_words
        CHECK (name = '' OR coalesce(wanted ->> 'words', '') = ''),
    CONSTRAINT inbox_filter_shared_with_a_name CHECK (unit = '' OR name <> ''),
    CONSTRAINT inbox_filter_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id),
    CONSTRAINT inbox_filter_owner_fkey FOREIGN KEY(owner) REFERENCES user_account (id)
);
CREATE INDEX inbox_filter_of_owner ON inbox_filter (municipality_id, owner, name);
CREATE INDEX inbox_filter_of_unit ON inbox_filter (municipality_id, unit, name) WHERE unit <> '';
CREATE INDEX inbox_filter_by_moment ON inbox_filter (municipality_id, saved_at) WHERE name = '';

CALL build_wall('inbox_filter');
GRANT SELECT, INSERT, UPDATE (name, unit), DELETE ON inbox_filter TO ky_app;

-- A task is also given to a colleague, laid back for the unit (to nobody), or put away until a day.

ALTER TABLE task_move ALTER COLUMN to_user DROP NOT NULL;
ALTER TABLE task_move ADD COLUMN from_follow_up DATE;
ALTER TABLE task_move ADD COLUMN to_follow_up DATE;

-- The oldest first, read straight from an index too.

CREATE INDEX user_task_oldest ON user_task (municipality_id, unit, role, created_at, id)
    WHERE state = 'open';
CREATE INDEX user_task_mine_oldest ON user_task (municipality_id, assignee, created_at, id)
    WHERE state = 'open';
