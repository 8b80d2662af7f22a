-- What was sent held against what was answered, and everything decided against what came of it:
-- every day, with each difference, and the case somebody has a task about it in.

CREATE TABLE book_reconciliation (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    figures JSON NOT NULL,
    differences JSON NOT NULL,
    CONSTRAINT book_reconciliation_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT book_reconciliation_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT book_reconciliation_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX book_reconciliation_by_moment ON book_reconciliation (municipality_id, at);

CALL build_wall('book_reconciliation');
GRANT SELECT, INSERT ON book_reconciliation TO ky_app;
CREATE TRIGGER kept BEFORE UPDATE ON book_reconciliation
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
