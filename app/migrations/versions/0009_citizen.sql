-- What a citizen and the municipality write to each other about a case. The words never change;
-- only that they were read, and that a message was answered, is noted afterwards.

CREATE TABLE case_message (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    party_id UUID NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    answered_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT case_message_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT case_message_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT case_message_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT case_message_kind_known
        CHECK (kind IN ('fra_borger', 'fra_kommune', 'ventesvar')),
    CONSTRAINT case_message_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX case_message_of_case ON case_message (municipality_id, case_id, at);

-- The part of an application that is the spouse's own: one a case.

CREATE TABLE spouse_part (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    case_id UUID NOT NULL,
    party_id UUID NOT NULL,
    state TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_on DATE,
    changed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT spouse_part_pkey PRIMARY KEY (municipality_id, case_id),
    CONSTRAINT spouse_part_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT spouse_part_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT spouse_part_state_known
        CHECK (state IN ('forberedt', 'oensket', 'underskrevet', 'udloebet', 'ikke_spurgt')),
    CONSTRAINT spouse_part_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);

-- Whether a file somebody sent was looked through for viruses; what we made ourselves was not.

ALTER TABLE uploaded_file ADD COLUMN is_scanned BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE uploaded_file ALTER COLUMN is_scanned DROP DEFAULT;
ALTER TABLE document ADD COLUMN is_scanned BOOLEAN;
CREATE INDEX uploaded_file_by_moment ON uploaded_file (municipality_id, uploaded_at);

-- A draft thrown away can be taken back for a day; its owner is told before it goes by itself.

ALTER TABLE application_draft ADD COLUMN deleted_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE application_draft ADD COLUMN notice_id UUID;

CALL build_wall('case_message');
CALL build_wall('spouse_part');
GRANT SELECT, INSERT, UPDATE (read_at, answered_at) ON case_message TO ky_app;
GRANT SELECT, INSERT, UPDATE (state, due_on, changed_at) ON spouse_part TO ky_app;
GRANT UPDATE (deleted_at, notice_id) ON application_draft TO ky_app;
