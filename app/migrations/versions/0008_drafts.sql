-- An application under way, one a citizen. It is no case and no document: it goes when it is sent,
-- and when nobody has touched it for thirty days.

CREATE TABLE application_draft (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    cpr TEXT NOT NULL,
    parts JSONB NOT NULL,
    saved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT application_draft_pkey PRIMARY KEY (municipality_id, cpr),
    CONSTRAINT application_draft_cpr_digits CHECK (cpr ~ '^\d{10}$'),
    CONSTRAINT application_draft_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX application_draft_by_moment ON application_draft (municipality_id, saved_at);

CALL build_wall('application_draft');
GRANT SELECT, INSERT, UPDATE (parts, saved_at), DELETE ON application_draft TO ky_app;
