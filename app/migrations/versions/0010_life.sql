-- What happened to a party of a case, who told it, and what it came to. One row for each message of
-- a channel, party and case: told twice, it is one event.

CREATE TABLE life_event (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    party_id UUID NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    happened_on DATE NOT NULL,
    text TEXT NOT NULL,
    place TEXT NOT NULL,
    message_id TEXT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_by TEXT NOT NULL,
    state TEXT NOT NULL,
    conclusion TEXT NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    settled_by TEXT NOT NULL,
    CONSTRAINT life_event_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT life_event_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT life_event_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT life_event_source_known CHECK (source IN ('CPR', 'borger', 'sagsbehandler')),
    CONSTRAINT life_event_state_known CHECK (state IN ('modtaget', 'behandlet')),
    CONSTRAINT life_event_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX life_event_once
    ON life_event (municipality_id, case_id, party_id, message_id);

CALL build_wall('life_event');
GRANT SELECT, INSERT, UPDATE (state, place, conclusion, settled_at, settled_by) ON life_event TO ky_app;

-- A hearing whose case stops, or is assessed anew, falls away.

ALTER TABLE hearing DROP CONSTRAINT hearing_state_known;
ALTER TABLE hearing ADD CONSTRAINT hearing_state_known CHECK (
    state IN ('forberedt', 'sendt', 'besvaret', 'frist_udloebet', 'afsluttet', 'bortfaldet')
);
