-- What a party is asked to send. One row for each kind of paper of a party: asked again, it is the
-- same row, so that nobody is asked for one thing twice.

CREATE TABLE document_request (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    party_id UUID NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_on DATE,
    changed_at TIMESTAMP WITH TIME ZONE,
    note TEXT NOT NULL,
    CONSTRAINT document_request_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT document_request_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT document_request_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT document_request_state_known
        CHECK (state IN ('oensket', 'modtaget', 'godtaget', 'frafaldet')),
    CONSTRAINT document_request_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX document_request_once
    ON document_request (municipality_id, case_id, party_id, kind);

-- A file that was chosen and not yet sent. It is no document of the case: whoever chose it can take
-- it away again, and it goes when it is sent.

CREATE TABLE uploaded_file (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    request_id UUID NOT NULL,
    case_id UUID NOT NULL,
    party_id UUID NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    content BYTEA NOT NULL,
    uploaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT uploaded_file_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT uploaded_file_municipality_id_request_id_fkey
        FOREIGN KEY(municipality_id, request_id)
        REFERENCES document_request (municipality_id, id),
    CONSTRAINT uploaded_file_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX uploaded_file_of_case ON uploaded_file (municipality_id, case_id, uploaded_at);

CALL build_wall('document_request');
CALL build_wall('uploaded_file');
GRANT SELECT, INSERT, UPDATE (state, asked_at, due_on, changed_at, note) ON document_request
TO ky_app;
GRANT SELECT, INSERT, DELETE ON uploaded_file TO ky_app;
