-- Every table of the first release. A column without NULL must be given, except where a default
-- stands; `municipality_id` defaults to the municipality the transaction has entered.

CREATE TABLE decision_table (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    digest TEXT NOT NULL,
    xml BYTEA NOT NULL,
    valid_from DATE NOT NULL,
    deployed_by TEXT NOT NULL,
    deployed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT decision_table_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX decision_table_version ON decision_table (key, version);

CREATE TABLE municipality (
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    cvr TEXT NOT NULL,
    address_lines TEXT[] NOT NULL,
    phone TEXT NOT NULL,
    CONSTRAINT municipality_pkey PRIMARY KEY (id)
);

CREATE TABLE process_definition (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    start_message TEXT,
    valid_from DATE NOT NULL,
    deployed_by TEXT NOT NULL,
    deployed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT process_definition_pkey PRIMARY KEY (id)
);
CREATE INDEX process_definition_by_message ON process_definition (start_message);
CREATE UNIQUE INDEX process_definition_version ON process_definition (key, version);

CREATE TABLE rate (
    id TEXT NOT NULL,
    key TEXT NOT NULL,
    amount_oere BIGINT NOT NULL,
    unit TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    law TEXT NOT NULL,
    source TEXT NOT NULL,
    confidence TEXT NOT NULL,
    derived BOOLEAN NOT NULL,
    loaded_by TEXT NOT NULL,
    loaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT rate_pkey PRIMARY KEY (id),
    CONSTRAINT rate_confidence_known CHECK (confidence IN ('hoej', 'mellem', 'lav')),
    CONSTRAINT rate_valid CHECK (valid_to > valid_from)
);
CREATE UNIQUE INDEX rate_by_key ON rate (key, valid_from);

CREATE TABLE user_account (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    cpr_digest TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    CONSTRAINT user_account_pkey PRIMARY KEY (id)
);

CREATE TABLE web_session (
    token_digest TEXT NOT NULL,
    user_id TEXT,
    body BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT web_session_pkey PRIMARY KEY (token_digest)
);
CREATE INDEX web_session_by_expiry ON web_session (expires_at);
CREATE INDEX web_session_by_user ON web_session (user_id);

CREATE TABLE audit_event (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT audit_event_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT audit_event_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX audit_event_by_subject ON audit_event (municipality_id, subject, id);
CREATE INDEX audit_event_by_user ON audit_event (municipality_id, user_id, at);

CREATE TABLE buffered_message (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    message TEXT NOT NULL,
    key TEXT NOT NULL,
    result JSON NOT NULL,
    until TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT buffered_message_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT buffered_message_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX buffered_message_once ON buffered_message (municipality_id, message, key);

CREATE TABLE case_counter (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    year INTEGER NOT NULL,
    last_number INTEGER NOT NULL,
    CONSTRAINT case_counter_pkey PRIMARY KEY (municipality_id, year),
    CONSTRAINT case_counter_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);

CREATE TABLE case_file (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    kle_subject TEXT NOT NULL,
    kle_facet TEXT NOT NULL,
    benefit TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    unit TEXT NOT NULL,
    caseworker TEXT,
    protection TEXT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT case_file_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT case_file_state_known
        CHECK (state IN ('opstaaet', 'oplyst', 'afgjort', 'bestilt', 'udfoert', 'afsluttet')),
    CONSTRAINT case_file_protection_known CHECK (protection IN ('normal', 'beskyttet')),
    CONSTRAINT case_file_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX case_file_by_number ON case_file (municipality_id, number);
CREATE INDEX case_file_newest ON case_file (municipality_id, opened_at);

CREATE TABLE document_content (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    sha256 TEXT NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT document_content_pkey PRIMARY KEY (municipality_id, sha256),
    CONSTRAINT document_content_digest CHECK (encode(sha256(content), 'hex') = sha256),
    CONSTRAINT document_content_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);

CREATE TABLE outbox (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    topic TEXT NOT NULL,
    ordering_key TEXT NOT NULL,
    body JSON NOT NULL,
    idempotency_key TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    available_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts INTEGER NOT NULL,
    last_error TEXT NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    lease UUID,
    lease_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT outbox_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT outbox_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX outbox_of_key ON outbox (municipality_id, ordering_key, id);
CREATE UNIQUE INDEX outbox_once ON outbox (municipality_id, idempotency_key);
CREATE INDEX outbox_waiting ON outbox (id) WHERE sent_at IS NULL;
CREATE INDEX outbox_waiting_of_key
    ON outbox (municipality_id, ordering_key, id) WHERE sent_at IS NULL;

CREATE TABLE process_definition_file (
    definition_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT process_definition_file_pkey PRIMARY KEY (definition_id, name),
    CONSTRAINT process_definition_file_definition_id_fkey
        FOREIGN KEY(definition_id) REFERENCES process_definition (id)
);

CREATE TABLE user_role (
    user_id TEXT NOT NULL,
    municipality_id INTEGER NOT NULL,
    role TEXT NOT NULL,
    unit TEXT NOT NULL,
    CONSTRAINT user_role_pkey PRIMARY KEY (user_id, municipality_id, role, unit),
    CONSTRAINT user_role_user_id_fkey FOREIGN KEY(user_id) REFERENCES user_account (id),
    CONSTRAINT user_role_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX user_role_by_municipality ON user_role (municipality_id);

CREATE TABLE application (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    contact_on DATE NOT NULL,
    requested_from DATE NOT NULL,
    applies_jointly BOOLEAN NOT NULL,
    channel TEXT NOT NULL,
    answers JSON NOT NULL,
    message_id TEXT NOT NULL,
    CONSTRAINT application_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT application_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT application_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX application_of_case ON application (municipality_id, case_id, received_at);
CREATE UNIQUE INDEX application_once ON application (municipality_id, channel, message_id);

CREATE TABLE assessment (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    discretion BOOLEAN NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT assessment_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT assessment_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT assessment_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX assessment_of_case ON assessment (municipality_id, case_id, at);

CREATE TABLE journal_note (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    text TEXT NOT NULL,
    by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT journal_note_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT journal_note_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT journal_note_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX journal_note_of_case ON journal_note (municipality_id, case_id, at);

CREATE TABLE party (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    position INTEGER NOT NULL,
    role TEXT NOT NULL,
    cpr TEXT NOT NULL,
    name TEXT NOT NULL,
    address_lines TEXT[] NOT NULL,
    protection TEXT NOT NULL,
    CONSTRAINT party_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT party_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT party_role_known
        CHECK (role IN ('primaer_part', 'aegtefaelle', 'barn', 'partsrepraesentant', 'vaerge')),
    CONSTRAINT party_protection_known CHECK (protection IN ('normal', 'beskyttet')),
    CONSTRAINT party_cpr_digits CHECK (cpr ~ '^\d{10}$'),
    CONSTRAINT party_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX party_by_cpr ON party (municipality_id, cpr);
CREATE UNIQUE INDEX party_of_case ON party (municipality_id, case_id, position);
CREATE UNIQUE INDEX party_once ON party (municipality_id, case_id, cpr, role);
CREATE UNIQUE INDEX party_primary ON party (municipality_id, case_id) WHERE role = 'primaer_part';

CREATE TABLE process_instance (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    definition_id BIGINT NOT NULL,
    process_key TEXT NOT NULL,
    case_id UUID,
    state TEXT NOT NULL,
    blob BYTEA NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    end_element TEXT,
    CONSTRAINT process_instance_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT process_instance_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT process_instance_state_known CHECK (state IN ('running', 'ended', 'incident')),
    CONSTRAINT process_instance_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id),
    CONSTRAINT process_instance_definition_id_fkey
        FOREIGN KEY(definition_id) REFERENCES process_definition (id)
);
CREATE INDEX process_instance_of_case ON process_instance (municipality_id, case_id);

CREATE TABLE calculation (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    application_id UUID NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    outcome TEXT NOT NULL,
    body JSON NOT NULL,
    CONSTRAINT calculation_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT calculation_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT calculation_municipality_id_application_id_fkey
        FOREIGN KEY(municipality_id, application_id) REFERENCES application (municipality_id, id),
    CONSTRAINT calculation_outcome_known
        CHECK (outcome IN ('bevilget', 'delvis', 'afslag', 'ukendt')),
    CONSTRAINT calculation_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX calculation_of_case ON calculation (municipality_id, case_id, made_at);

CREATE TABLE document (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    title TEXT NOT NULL,
    direction TEXT NOT NULL,
    media_type TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    party_id UUID,
    subject_id TEXT,
    CONSTRAINT document_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT document_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT document_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT document_municipality_id_sha256_fkey
        FOREIGN KEY(municipality_id, sha256) REFERENCES document_content (municipality_id, sha256),
    CONSTRAINT document_direction_known
        CHECK (direction IN ('indgaaende', 'udgaaende', 'internt')),
    CONSTRAINT document_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX document_of_case ON document (municipality_id, case_id, recorded_at);

CREATE TABLE fact (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    party_id UUID NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    value JSON,
    valid_from DATE NOT NULL,
    valid_to DATE,
    source_kind TEXT NOT NULL,
    source_name TEXT NOT NULL,
    source_reference TEXT NOT NULL,
    evidence TEXT NOT NULL,
    known_from TIMESTAMP WITH TIME ZONE NOT NULL,
    known_to TIMESTAMP WITH TIME ZONE,
    CONSTRAINT fact_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT fact_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT fact_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT fact_status_known CHECK (status IN ('ukendt', 'ingen', 'vaerdi')),
    CONSTRAINT fact_source_kind_known
        CHECK (source_kind IN ('register', 'borger', 'sagsbehandler')),
    CONSTRAINT fact_value_with_status CHECK ((status = 'vaerdi') = (value IS NOT NULL)),
    CONSTRAINT fact_valid CHECK (valid_to > valid_from),
    CONSTRAINT fact_known CHECK (known_to >= known_from),
    CONSTRAINT fact_municipality_id_fkey FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX fact_held_once
    ON fact (municipality_id, party_id, kind, source_kind, valid_from) WHERE known_to IS NULL;
CREATE INDEX fact_of_case ON fact (municipality_id, case_id, known_from);

CREATE TABLE history_event (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    instance_id BIGINT NOT NULL,
    process_id TEXT NOT NULL,
    element_id TEXT NOT NULL,
    element_kind TEXT NOT NULL,
    what TEXT NOT NULL,
    by TEXT,
    result JSON NOT NULL,
    CONSTRAINT history_event_pkey PRIMARY KEY (municipality_id, id, at),
    CONSTRAINT history_event_municipality_id_instance_id_fkey
        FOREIGN KEY(municipality_id, instance_id) REFERENCES process_instance (municipality_id, id),
    CONSTRAINT history_event_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
)
PARTITION BY RANGE (at);
CREATE INDEX history_event_of_instance ON history_event (municipality_id, instance_id, id);

CREATE TABLE incident (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    instance_id BIGINT NOT NULL,
    case_id UUID,
    code TEXT NOT NULL,
    element_id TEXT,
    token TEXT,
    message TEXT NOT NULL,
    raised_at TIMESTAMP WITH TIME ZONE NOT NULL,
    resolved_at TIMESTAMP WITH TIME ZONE,
    resolved_by TEXT,
    CONSTRAINT incident_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT incident_municipality_id_instance_id_fkey
        FOREIGN KEY(municipality_id, instance_id) REFERENCES process_instance (municipality_id, id),
    CONSTRAINT incident_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT incident_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX incident_of_instance ON incident (municipality_id, instance_id);
CREATE INDEX incident_open ON incident (municipality_id, raised_at) WHERE resolved_at IS NULL;

CREATE TABLE job (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    instance_id BIGINT NOT NULL,
    case_id UUID,
    token TEXT NOT NULL,
    element_id TEXT NOT NULL,
    step TEXT NOT NULL,
    arguments JSON NOT NULL,
    attempts INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE NOT NULL,
    idempotency_key TEXT NOT NULL,
    last_error TEXT NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    lease UUID,
    lease_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT job_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT job_municipality_id_instance_id_fkey
        FOREIGN KEY(municipality_id, instance_id) REFERENCES process_instance (municipality_id, id),
    CONSTRAINT job_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT job_state_known CHECK (state IN ('waiting', 'done', 'failed', 'cancelled')),
    CONSTRAINT job_municipality_id_fkey FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX job_due ON job (next_at, id) WHERE state = 'waiting';
CREATE INDEX job_of_token ON job (municipality_id, instance_id, token);
CREATE UNIQUE INDEX job_once ON job (municipality_id, idempotency_key);
CREATE INDEX job_waiting_of_instance ON job (municipality_id, instance_id) WHERE state = 'waiting';

CREATE TABLE party_token (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    token TEXT COLLATE "C" NOT NULL,
    party_id UUID NOT NULL,
    case_id UUID NOT NULL,
    CONSTRAINT party_token_pkey PRIMARY KEY (municipality_id, token, party_id),
    CONSTRAINT party_token_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT party_token_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX party_token_of_case ON party_token (municipality_id, case_id);

CREATE TABLE subscription (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    instance_id BIGINT NOT NULL,
    token TEXT NOT NULL,
    element_id TEXT NOT NULL,
    message TEXT NOT NULL,
    key TEXT NOT NULL,
    CONSTRAINT subscription_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT subscription_municipality_id_instance_id_fkey
        FOREIGN KEY(municipality_id, instance_id) REFERENCES process_instance (municipality_id, id),
    CONSTRAINT subscription_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX subscription_by_key ON subscription (municipality_id, message, key);
CREATE INDEX subscription_of_token ON subscription (municipality_id, instance_id, token);

CREATE TABLE timer (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    instance_id BIGINT NOT NULL,
    token TEXT NOT NULL,
    element_id TEXT NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    lease UUID,
    lease_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT timer_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT timer_municipality_id_instance_id_fkey
        FOREIGN KEY(municipality_id, instance_id) REFERENCES process_instance (municipality_id, id),
    CONSTRAINT timer_state_known CHECK (state IN ('waiting', 'done', 'cancelled')),
    CONSTRAINT timer_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX timer_due ON timer (due_at, id) WHERE state = 'waiting';
CREATE INDEX timer_of_token ON timer (municipality_id, instance_id, token);

CREATE TABLE user_task (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    instance_id BIGINT NOT NULL,
    case_id UUID,
    token TEXT NOT NULL,
    element_id TEXT NOT NULL,
    name TEXT NOT NULL,
    form_key TEXT NOT NULL,
    role TEXT NOT NULL,
    unit TEXT NOT NULL,
    state TEXT NOT NULL,
    assignee TEXT,
    due_at TIMESTAMP WITH TIME ZONE,
    follow_up_on DATE,
    priority INTEGER NOT NULL,
    reason TEXT NOT NULL,
    variables JSON NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    completed_at TIMESTAMP WITH TIME ZONE,
    completed_by TEXT,
    draft JSON NOT NULL,
    revision INTEGER NOT NULL,
    CONSTRAINT user_task_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT user_task_municipality_id_instance_id_fkey
        FOREIGN KEY(municipality_id, instance_id) REFERENCES process_instance (municipality_id, id),
    CONSTRAINT user_task_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT user_task_state_known CHECK (state IN ('open', 'done', 'cancelled')),
    CONSTRAINT user_task_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX user_task_inbox
    ON user_task (municipality_id, unit, role, coalesce(due_at, 'infinity'::timestamptz), id)
    WHERE state = 'open';
CREATE INDEX user_task_mine
    ON user_task (municipality_id, assignee, coalesce(due_at, 'infinity'::timestamptz), id)
    WHERE state = 'open';
CREATE INDEX user_task_of_case ON user_task (municipality_id, case_id);
CREATE INDEX user_task_of_token ON user_task (municipality_id, instance_id, token);

CREATE TABLE hearing (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    calculation_id UUID NOT NULL,
    state TEXT NOT NULL,
    statement TEXT NOT NULL,
    days INTEGER NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    deadline_at TIMESTAMP WITH TIME ZONE,
    answer TEXT NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    conclusion TEXT NOT NULL,
    changes_facts BOOLEAN,
    CONSTRAINT hearing_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT hearing_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT hearing_municipality_id_calculation_id_fkey
        FOREIGN KEY(municipality_id, calculation_id) REFERENCES calculation (municipality_id, id),
    CONSTRAINT hearing_state_known
        CHECK (state IN ('forberedt', 'sendt', 'besvaret', 'frist_udloebet', 'afsluttet')),
    CONSTRAINT hearing_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX hearing_of_case ON hearing (municipality_id, case_id, opened_at);

CREATE TABLE letter (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    batch_id UUID NOT NULL,
    case_id UUID NOT NULL,
    party_id UUID NOT NULL,
    kind TEXT NOT NULL,
    subject_id UUID NOT NULL,
    body JSON NOT NULL,
    state TEXT NOT NULL,
    composed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    document_id UUID,
    sha256 TEXT,
    channel TEXT,
    ordered_at TIMESTAMP WITH TIME ZONE,
    delivered_at TIMESTAMP WITH TIME ZONE,
    receipt_reference TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    tries INTEGER NOT NULL,
    CONSTRAINT letter_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT letter_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT letter_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT letter_municipality_id_document_id_fkey
        FOREIGN KEY(municipality_id, document_id) REFERENCES document (municipality_id, id),
    CONSTRAINT letter_state_known
        CHECK (state IN ('skrevet', 'dannet', 'bestilt', 'afleveret', 'afvist')),
    CONSTRAINT letter_copy_whole CHECK ((document_id IS NULL) = (sha256 IS NULL)),
    CONSTRAINT letter_copy_kept CHECK (state = 'skrevet' OR sha256 IS NOT NULL),
    CONSTRAINT letter_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX letter_of_batch ON letter (municipality_id, batch_id);
CREATE INDEX letter_of_case ON letter (municipality_id, case_id, composed_at);

CREATE TABLE proposal (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    calculation_id UUID NOT NULL,
    outcome TEXT NOT NULL,
    reasoning TEXT NOT NULL,
    legal_basis TEXT[] NOT NULL,
    repayment_condition TEXT NOT NULL,
    hearing_id UUID,
    hearing_exception TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    second_person_needed BOOLEAN,
    approved_by TEXT,
    approved_at TIMESTAMP WITH TIME ZONE,
    returned_reason TEXT NOT NULL,
    CONSTRAINT proposal_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT proposal_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT proposal_municipality_id_calculation_id_fkey
        FOREIGN KEY(municipality_id, calculation_id) REFERENCES calculation (municipality_id, id),
    CONSTRAINT proposal_municipality_id_hearing_id_fkey
        FOREIGN KEY(municipality_id, hearing_id) REFERENCES hearing (municipality_id, id),
    CONSTRAINT proposal_outcome_known
        CHECK (outcome IN ('bevilget', 'delvis', 'afslag', 'ukendt')),
    CONSTRAINT proposal_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX proposal_of_case ON proposal (municipality_id, case_id, proposed_at);

CREATE TABLE decision (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    proposal_id UUID NOT NULL,
    calculation_id UUID NOT NULL,
    number TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reasoning TEXT NOT NULL,
    legal_basis TEXT[] NOT NULL,
    repayment_condition TEXT NOT NULL,
    appeal_instruction TEXT NOT NULL,
    valid_from DATE,
    hearing_id UUID,
    hearing_exception TEXT NOT NULL,
    contributors TEXT[] NOT NULL,
    approved_by TEXT,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT decision_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT decision_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT decision_municipality_id_proposal_id_fkey
        FOREIGN KEY(municipality_id, proposal_id) REFERENCES proposal (municipality_id, id),
    CONSTRAINT decision_municipality_id_calculation_id_fkey
        FOREIGN KEY(municipality_id, calculation_id) REFERENCES calculation (municipality_id, id),
    CONSTRAINT decision_municipality_id_hearing_id_fkey
        FOREIGN KEY(municipality_id, hearing_id) REFERENCES hearing (municipality_id, id),
    CONSTRAINT decision_outcome_known
        CHECK (outcome IN ('bevilget', 'delvis', 'afslag', 'ukendt')),
    CONSTRAINT decision_outcome_decided CHECK (outcome <> 'ukendt'),
    CONSTRAINT decision_two_people CHECK (NOT approved_by = ANY (contributors)),
    CONSTRAINT decision_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX decision_by_number ON decision (municipality_id, number);
CREATE INDEX decision_of_case ON decision (municipality_id, case_id, issued_at);
CREATE UNIQUE INDEX decision_of_proposal ON decision (municipality_id, proposal_id);

CREATE TABLE decided_line (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    decision_id UUID NOT NULL,
    party_id UUID NOT NULL,
    from_month DATE NOT NULL,
    position INTEGER NOT NULL,
    amount_oere BIGINT NOT NULL,
    CONSTRAINT decided_line_pkey PRIMARY KEY (municipality_id, decision_id, party_id, from_month),
    CONSTRAINT decided_line_municipality_id_decision_id_fkey
        FOREIGN KEY(municipality_id, decision_id) REFERENCES decision (municipality_id, id),
    CONSTRAINT decided_line_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT decided_line_from_month_first_day CHECK (extract(day FROM from_month) = 1),
    CONSTRAINT decided_line_amount_not_negative CHECK (amount_oere >= 0),
    CONSTRAINT decided_line_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);

CREATE TABLE payment_plan (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    decision_id UUID NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT payment_plan_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT payment_plan_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT payment_plan_municipality_id_decision_id_fkey
        FOREIGN KEY(municipality_id, decision_id) REFERENCES decision (municipality_id, id),
    CONSTRAINT payment_plan_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX payment_plan_of_decision ON payment_plan (municipality_id, decision_id, made_at);

CREATE TABLE payment (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    plan_id UUID NOT NULL,
    case_id UUID NOT NULL,
    decision_id UUID NOT NULL,
    party_id UUID NOT NULL,
    month DATE NOT NULL,
    sequence INTEGER NOT NULL,
    gross_oere BIGINT NOT NULL,
    tax_oere BIGINT NOT NULL,
    net_oere BIGINT NOT NULL,
    disposition_on DATE NOT NULL,
    explanation JSON NOT NULL,
    CONSTRAINT payment_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT payment_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT payment_municipality_id_plan_id_fkey
        FOREIGN KEY(municipality_id, plan_id) REFERENCES payment_plan (municipality_id, id),
    CONSTRAINT payment_municipality_id_decision_id_fkey
        FOREIGN KEY(municipality_id, decision_id) REFERENCES decision (municipality_id, id),
    CONSTRAINT payment_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT payment_month_first_day CHECK (extract(day FROM month) = 1),
    CONSTRAINT payment_no_debt CHECK (gross_oere >= 0 AND tax_oere >= 0 AND net_oere >= 0),
    CONSTRAINT payment_net CHECK (net_oere = gross_oere - tax_oere),
    CONSTRAINT payment_sequence_counted CHECK (sequence >= 0),
    CONSTRAINT payment_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX payment_of_case ON payment (municipality_id, case_id, month);
CREATE INDEX payment_of_plan ON payment (municipality_id, plan_id);
CREATE UNIQUE INDEX payment_once
    ON payment (municipality_id, decision_id, party_id, month, sequence);

CREATE TABLE voucher (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    plan_id UUID NOT NULL,
    case_id UUID NOT NULL,
    posted_on DATE NOT NULL,
    accepted_at TIMESTAMP WITH TIME ZONE,
    reference TEXT NOT NULL,
    rejected_reason TEXT NOT NULL,
    CONSTRAINT voucher_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT voucher_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT voucher_municipality_id_plan_id_fkey
        FOREIGN KEY(municipality_id, plan_id) REFERENCES payment_plan (municipality_id, id),
    CONSTRAINT voucher_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX voucher_of_case ON voucher (municipality_id, case_id, posted_on);
CREATE INDEX voucher_of_plan ON voucher (municipality_id, plan_id);

CREATE TABLE payment_receipt (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    payment_id UUID NOT NULL,
    state TEXT NOT NULL,
    reference TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT payment_receipt_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT payment_receipt_municipality_id_payment_id_fkey
        FOREIGN KEY(municipality_id, payment_id) REFERENCES payment (municipality_id, id),
    CONSTRAINT payment_receipt_state_known
        CHECK (state IN ('bestilt', 'modtaget', 'udbetalt', 'afvist')),
    CONSTRAINT payment_receipt_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX payment_receipt_once
    ON payment_receipt (municipality_id, payment_id, state, reference);

CREATE TABLE voucher_entry (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    voucher_id UUID NOT NULL,
    position INTEGER NOT NULL,
    account TEXT NOT NULL,
    amount_oere BIGINT NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT voucher_entry_pkey PRIMARY KEY (municipality_id, voucher_id, position),
    CONSTRAINT voucher_entry_municipality_id_voucher_id_fkey
        FOREIGN KEY(municipality_id, voucher_id) REFERENCES voucher (municipality_id, id),
    CONSTRAINT voucher_entry_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
