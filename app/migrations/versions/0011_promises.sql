-- Which help a calculation, proposal or decision is about: the monthly support, or what bridges to
-- it. What is here already is support.

ALTER TABLE calculation ADD COLUMN help_kind TEXT NOT NULL DEFAULT 'forsoergelse'
    CONSTRAINT calculation_help_kind_known CHECK (help_kind IN ('forsoergelse', 'engangshjaelp'));
ALTER TABLE proposal ADD COLUMN help_kind TEXT NOT NULL DEFAULT 'forsoergelse'
    CONSTRAINT proposal_help_kind_known CHECK (help_kind IN ('forsoergelse', 'engangshjaelp'));
ALTER TABLE decision ADD COLUMN help_kind TEXT NOT NULL DEFAULT 'forsoergelse'
    CONSTRAINT decision_help_kind_known CHECK (help_kind IN ('forsoergelse', 'engangshjaelp'));

-- The question of immediate help: one an application, answered in every one.

CREATE TABLE immediate_help (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    application_id UUID NOT NULL,
    state TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT NOT NULL,
    means_oere BIGINT,
    needs TEXT NOT NULL,
    until_on DATE,
    payout TEXT NOT NULL,
    calculation_id UUID,
    answered_by TEXT NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT immediate_help_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT immediate_help_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT immediate_help_municipality_id_application_id_fkey
        FOREIGN KEY(municipality_id, application_id)
        REFERENCES application (municipality_id, id),
    CONSTRAINT immediate_help_municipality_id_calculation_id_fkey
        FOREIGN KEY(municipality_id, calculation_id)
        REFERENCES calculation (municipality_id, id),
    CONSTRAINT immediate_help_state_known
        CHECK (state IN ('stillet', 'ikke_noedvendig', 'vurderet')),
    CONSTRAINT immediate_help_payout_known CHECK (payout IN ('nemkonto', 'kasse')),
    CONSTRAINT immediate_help_answered CHECK ((state = 'stillet') = (answered_at IS NULL)),
    CONSTRAINT immediate_help_assessment_whole
        CHECK ((state = 'vurderet') = (calculation_id IS NOT NULL)),
    CONSTRAINT immediate_help_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX immediate_help_of_application
    ON immediate_help (municipality_id, application_id);
CREATE INDEX immediate_help_of_case ON immediate_help (municipality_id, case_id, asked_at);

-- How many days a municipality gives itself or a party. A row is proposed by one and approved by
-- another; days, benefit and first day never change afterwards.

CREATE TABLE deadline_setting (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    benefit TEXT NOT NULL,
    kind TEXT NOT NULL,
    days INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    approved_by TEXT,
    approved_at TIMESTAMP WITH TIME ZONE,
    dropped_by TEXT,
    dropped_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT deadline_setting_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT deadline_setting_kind_known
        CHECK (kind IN ('sagsbehandling', 'dokumentation', 'rykker', 'partshoering', 'ny_frist')),
    CONSTRAINT deadline_setting_days_sensible CHECK (days BETWEEN 1 AND 366),
    CONSTRAINT deadline_setting_two_people CHECK (approved_by <> proposed_by),
    CONSTRAINT deadline_setting_approval_whole
        CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CONSTRAINT deadline_setting_drop_whole CHECK ((dropped_by IS NULL) = (dropped_at IS NULL)),
    CONSTRAINT deadline_setting_one_answer CHECK (approved_at IS NULL OR dropped_at IS NULL),
    CONSTRAINT deadline_setting_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX deadline_setting_of_benefit
    ON deadline_setting (municipality_id, benefit, kind, valid_from);

-- What a citizen is told when a deadline is not kept: once a deadline.

CREATE TABLE delay_notice (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    deadline_at TIMESTAMP WITH TIME ZONE NOT NULL,
    new_deadline_on DATE NOT NULL,
    reason TEXT NOT NULL,
    written_by TEXT NOT NULL,
    written_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT delay_notice_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT delay_notice_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT delay_notice_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX delay_notice_of_deadline
    ON delay_notice (municipality_id, case_id, deadline_at);

CALL build_wall('immediate_help');
CALL build_wall('deadline_setting');
CALL build_wall('delay_notice');
GRANT SELECT, INSERT, UPDATE (
    state, reason, means_oere, needs, until_on, payout, calculation_id, answered_by, answered_at
) ON immediate_help TO ky_app;
GRANT SELECT, INSERT, UPDATE (approved_by, approved_at, dropped_by, dropped_at)
ON deadline_setting TO ky_app;
GRANT SELECT, INSERT, UPDATE (sent_at) ON delay_notice TO ky_app;

CREATE TRIGGER kept BEFORE UPDATE ON deadline_setting
FOR EACH ROW EXECUTE FUNCTION keep_as_written(
    'approved_by', 'approved_at', 'dropped_by', 'dropped_at'
);
CREATE TRIGGER kept BEFORE UPDATE ON delay_notice
FOR EACH ROW EXECUTE FUNCTION keep_as_written('sent_at');
