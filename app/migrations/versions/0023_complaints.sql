-- What somebody complained of never changes; what became of it is added, and never taken back.

CREATE TABLE complaint (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    decision_id UUID NOT NULL,
    party_id UUID NOT NULL,
    channel TEXT NOT NULL,
    text TEXT NOT NULL,
    received_on DATE NOT NULL,
    is_late BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    registered_by TEXT NOT NULL,
    registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    verdict TEXT,
    reasons TEXT NOT NULL,
    cause TEXT,
    judged_by TEXT NOT NULL,
    judged_at TIMESTAMP WITH TIME ZONE,
    forwarded_on DATE,
    board_reference TEXT NOT NULL,
    board_outcome TEXT,
    board_answered_on DATE,
    CONSTRAINT complaint_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT complaint_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id),
    CONSTRAINT complaint_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT complaint_municipality_id_decision_id_fkey
        FOREIGN KEY(municipality_id, decision_id) REFERENCES decision (municipality_id, id),
    CONSTRAINT complaint_channel_known
        CHECK (channel IN ('min_side', 'brev', 'telefon', 'fremmoede')),
    CONSTRAINT complaint_state_known
        CHECK (state IN ('modtaget', 'genvurderet', 'spurgt', 'sendes_videre',
                         'hos_ankestyrelsen', 'afsluttet')),
    CONSTRAINT complaint_verdict_known
        CHECK (verdict IN ('medhold', 'delvist', 'fastholdt', 'trukket')),
    CONSTRAINT complaint_cause_known
        CHECK (cause IN ('oplysning', 'begrundelse', 'lovanvendelse', 'beregning', 'skoen', 'nyt')),
    CONSTRAINT complaint_board_outcome_known
        CHECK (board_outcome IN ('stadfaestet', 'aendret', 'hjemvist', 'afvist')),
    CONSTRAINT complaint_judged_whole
        CHECK ((verdict IS NULL) = (judged_at IS NULL))
);
CREATE INDEX complaint_of_case ON complaint (municipality_id, case_id, registered_at);
CREATE INDEX complaint_of_decision ON complaint (municipality_id, decision_id);

CALL build_wall('complaint');
GRANT SELECT, INSERT,
      UPDATE (state, verdict, reasons, cause, judged_by, judged_at, forwarded_on,
              board_reference, board_outcome, board_answered_on)
      ON complaint TO ky_app;
