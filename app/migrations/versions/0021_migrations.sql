-- Instances moved to another version of their process: who moved which, why, and what each was
-- before and after, so that a move can be taken back.

CREATE TABLE migration_batch (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    process_key TEXT NOT NULL,
    from_definition BIGINT NOT NULL,
    to_definition BIGINT NOT NULL,
    mapping JSON NOT NULL,
    reason TEXT NOT NULL,
    started_by TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    stopped_by TEXT,
    undoes UUID,
    CONSTRAINT migration_batch_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT migration_batch_from_definition_fkey
        FOREIGN KEY(from_definition) REFERENCES process_definition (id),
    CONSTRAINT migration_batch_to_definition_fkey
        FOREIGN KEY(to_definition) REFERENCES process_definition (id),
    CONSTRAINT migration_batch_municipality_id_undoes_fkey
        FOREIGN KEY(municipality_id, undoes) REFERENCES migration_batch (municipality_id, id),
    CONSTRAINT migration_batch_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX migration_batch_newest ON migration_batch (municipality_id, started_at);

CREATE TABLE migration_item (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    batch_id UUID NOT NULL,
    instance_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    why TEXT NOT NULL,
    changes JSON NOT NULL,
    before BYTEA,
    after BYTEA,
    kept JSON NOT NULL,
    handled_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT migration_item_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT migration_item_municipality_id_batch_id_fkey
        FOREIGN KEY(municipality_id, batch_id) REFERENCES migration_batch (municipality_id, id),
    CONSTRAINT migration_item_municipality_id_instance_id_fkey
        FOREIGN KEY(municipality_id, instance_id) REFERENCES process_instance (municipality_id, id),
    CONSTRAINT migration_item_state_known
        CHECK (state IN ('waiting', 'moved', 'refused', 'passed_over')),
    CONSTRAINT migration_item_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX migration_item_once ON migration_item (municipality_id, batch_id, instance_id);
CREATE INDEX migration_item_waiting
    ON migration_item (municipality_id, batch_id, instance_id) WHERE state = 'waiting';

CALL build_wall('migration_batch');
CALL build_wall('migration_item');

GRANT SELECT, INSERT, UPDATE (finished_at, stopped_by) ON migration_batch TO ky_app;
GRANT SELECT, INSERT, UPDATE (state, why, changes, before, after, kept, handled_at)
    ON migration_item TO ky_app;
