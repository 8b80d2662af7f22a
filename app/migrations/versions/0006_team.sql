-- Who is away, and who stands in. Why somebody is away is not the system's business.

CREATE TABLE absence (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    user_id TEXT NOT NULL,
    away_from DATE NOT NULL,
    away_to DATE,
    substitute TEXT,
    registered_by TEXT NOT NULL,
    registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT absence_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT absence_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id),
    CONSTRAINT absence_user_id_fkey FOREIGN KEY(user_id) REFERENCES user_account (id),
    CONSTRAINT absence_substitute_fkey FOREIGN KEY(substitute) REFERENCES user_account (id),
    CONSTRAINT absence_in_order CHECK (away_to IS NULL OR away_to >= away_from),
    CONSTRAINT absence_needs_another CHECK (substitute <> user_id)
);
CREATE INDEX absence_of_user ON absence (municipality_id, user_id, away_from);

-- What a team lead moved, one row a task, so that it can be undone and explained.

CREATE TABLE task_move (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    batch_id UUID NOT NULL,
    task_id BIGINT NOT NULL,
    from_user TEXT,
    to_user TEXT NOT NULL,
    revision INTEGER NOT NULL,
    reason TEXT NOT NULL,
    moved_by TEXT NOT NULL,
    moved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    undone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT task_move_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT task_move_municipality_id_task_id_fkey
        FOREIGN KEY(municipality_id, task_id) REFERENCES user_task (municipality_id, id),
    CONSTRAINT task_move_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX task_move_of_batch ON task_move (municipality_id, batch_id, id);
CREATE INDEX task_move_by_moment ON task_move (municipality_id, moved_at);

CALL build_wall('absence');
CALL build_wall('task_move');
GRANT SELECT, INSERT, UPDATE (away_to) ON absence TO ky_app;
GRANT SELECT, INSERT, UPDATE (undone_at) ON task_move TO ky_app;

-- An inbox is read by priority and then by deadline, straight from its index.

DROP INDEX user_task_inbox;
DROP INDEX user_task_mine;
CREATE INDEX user_task_inbox
    ON user_task (municipality_id, unit, role, (- priority),
                  coalesce(due_at, 'infinity'::timestamptz), id)
    WHERE state = 'open';
CREATE INDEX user_task_mine
    ON user_task (municipality_id, assignee, (- priority),
                  coalesce(due_at, 'infinity'::timestamptz), id)
    WHERE state = 'open';
