-- A sanction is a decision of its own kind: it takes from the monthly support once, and decides no
-- month. It stands on the same paper as every other decision.

ALTER TABLE calculation DROP CONSTRAINT calculation_help_kind_known;
ALTER TABLE calculation ADD CONSTRAINT calculation_help_kind_known
    CHECK (help_kind IN ('forsoergelse', 'engangshjaelp', 'sanktion'));
ALTER TABLE proposal DROP CONSTRAINT proposal_help_kind_known;
ALTER TABLE proposal ADD CONSTRAINT proposal_help_kind_known
    CHECK (help_kind IN ('forsoergelse', 'engangshjaelp', 'sanktion'));
ALTER TABLE decision DROP CONSTRAINT decision_help_kind_known;
ALTER TABLE decision ADD CONSTRAINT decision_help_kind_known
    CHECK (help_kind IN ('forsoergelse', 'engangshjaelp', 'sanktion'));

-- What the jobcentre asks for, or a caseworker types in, and what came of it. What was told never
-- changes; told twice, it is one request.

CREATE TABLE sanction (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    party_id UUID NOT NULL,
    paragraph TEXT NOT NULL,
    from_on DATE NOT NULL,
    contact_on DATE,
    target_group TEXT NOT NULL,
    text TEXT NOT NULL,
    source TEXT NOT NULL,
    message_id TEXT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_by TEXT NOT NULL,
    state TEXT NOT NULL,
    had_duty BOOLEAN,
    guided_on DATE,
    convened_correctly BOOLEAN,
    personal_contact_tried BOOLEAN,
    furthers_availability BOOLEAN,
    reason TEXT NOT NULL,
    sharpened_guided_on DATE,
    spouse_guided_on DATE,
    sanctioned_before BOOLEAN,
    no_reasonable_ground BOOLEAN,
    calculation_id UUID,
    decision_id UUID,
    conclusion TEXT NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    settled_by TEXT NOT NULL,
    CONSTRAINT sanction_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT sanction_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT sanction_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT sanction_municipality_id_calculation_id_fkey
        FOREIGN KEY(municipality_id, calculation_id) REFERENCES calculation (municipality_id, id),
    CONSTRAINT sanction_municipality_id_decision_id_fkey
        FOREIGN KEY(municipality_id, decision_id) REFERENCES decision (municipality_id, id),
    CONSTRAINT sanction_paragraph_known
        CHECK (paragraph IN ('36', '37', '37 a', '38', '39', '40', '40 a')),
    CONSTRAINT sanction_target_group_known
        CHECK (target_group IN ('jobparat', 'uddannelsesparat', 'aktivitetsparat')),
    CONSTRAINT sanction_source_known CHECK (source IN ('jobcenter', 'sagsbehandler')),
    CONSTRAINT sanction_state_known
        CHECK (state IN ('modtaget', 'afgjort', 'ingen_sanktion', 'bortfaldet')),
    CONSTRAINT sanction_contact_after CHECK (contact_on > from_on),
    CONSTRAINT sanction_settled CHECK ((state = 'modtaget') = (settled_at IS NULL)),
    CONSTRAINT sanction_decided CHECK (state <> 'afgjort' OR decision_id IS NOT NULL),
    CONSTRAINT sanction_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX sanction_once ON sanction (municipality_id, case_id, party_id, message_id);
CREATE INDEX sanction_of_case ON sanction (municipality_id, case_id, received_at);

CALL build_wall('sanction');
GRANT SELECT, INSERT, UPDATE (
    contact_on, target_group, state, had_duty, guided_on, convened_correctly,
    personal_contact_tried, furthers_availability, reason, sharpened_guided_on, spouse_guided_on,
    sanctioned_before, no_reasonable_ground, calculation_id, decision_id, conclusion, settled_at,
    settled_by
) ON sanction TO ky_app;

-- One that is over stands as it is, and one that was given stands on a decision on a sanction, of
-- its own case, that was sent.

CREATE FUNCTION keep_sanction() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.state <> 'modtaget' AND to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD) THEN
        PERFORM public.refuse('a request for a sanction that is over stands as it is');
    END IF;
    IF NEW.state = 'afgjort' AND NOT EXISTS (
        SELECT FROM public.decision
        WHERE municipality_id = NEW.municipality_id AND id = NEW.decision_id
          AND case_id = NEW.case_id AND help_kind = 'sanktion' AND sent_at IS NOT NULL
          AND calculation_id = NEW.calculation_id
    ) THEN
        PERFORM public.refuse('a sanction stands on a decision on it that was sent');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE UPDATE ON sanction FOR EACH ROW EXECUTE FUNCTION keep_sanction();

-- A wish or a reason to end running help, and what came of it.

CREATE TABLE cessation (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    party_id UUID NOT NULL,
    ground TEXT NOT NULL,
    ends_on DATE NOT NULL,
    text TEXT NOT NULL,
    source TEXT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_by TEXT NOT NULL,
    state TEXT NOT NULL,
    calculation_id UUID,
    decision_id UUID,
    conclusion TEXT NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    settled_by TEXT NOT NULL,
    CONSTRAINT cessation_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT cessation_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT cessation_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT cessation_municipality_id_calculation_id_fkey
        FOREIGN KEY(municipality_id, calculation_id) REFERENCES calculation (municipality_id, id),
    CONSTRAINT cessation_municipality_id_decision_id_fkey
        FOREIGN KEY(municipality_id, decision_id) REFERENCES decision (municipality_id, id),
    CONSTRAINT cessation_ground_known CHECK (ground IN (
        'eget_oenske', 'job', 'uddannelse', 'anden_ydelse', 'formue', 'flyttet', 'udland',
        'ikke_raadighed', 'andet'
    )),
    CONSTRAINT cessation_source_known CHECK (source IN ('borger', 'sagsbehandler')),
    CONSTRAINT cessation_state_known CHECK (state IN ('modtaget', 'afgjort', 'frafaldet')),
    CONSTRAINT cessation_ends_on_first_day CHECK (extract(day FROM ends_on) = 1),
    CONSTRAINT cessation_settled CHECK ((state = 'modtaget') = (settled_at IS NULL)),
    CONSTRAINT cessation_decided CHECK (state <> 'afgjort' OR decision_id IS NOT NULL),
    CONSTRAINT cessation_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX cessation_of_case ON cessation (municipality_id, case_id, received_at);

CALL build_wall('cessation');
GRANT SELECT, INSERT, UPDATE (
    ground, ends_on, state, calculation_id, decision_id, conclusion, settled_at, settled_by
) ON cessation TO ky_app;

-- The month's income of everybody with running help, asked of eIndkomst in batches; a row of its
-- own only where the register says something else than the help was calculated from.

CREATE TABLE income_check (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    month DATE NOT NULL,
    classes JSON NOT NULL,
    started_by TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT income_check_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT income_check_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT income_check_month_first_day CHECK (extract(day FROM month) = 1),
    CONSTRAINT income_check_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX income_check_of_month ON income_check (municipality_id, month);

CREATE TABLE income_batch (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    check_id UUID NOT NULL,
    number INTEGER NOT NULL,
    case_ids UUID[] NOT NULL,
    reported JSON NOT NULL,
    asked INTEGER NOT NULL,
    unanswered INTEGER NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE,
    compared_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT income_batch_pkey PRIMARY KEY (municipality_id, check_id, number),
    CONSTRAINT income_batch_municipality_id_check_id_fkey
        FOREIGN KEY(municipality_id, check_id) REFERENCES income_check (municipality_id, id),
    CONSTRAINT income_batch_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);

CREATE TABLE income_finding (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    check_id UUID NOT NULL,
    case_id UUID NOT NULL,
    party_id UUID NOT NULL,
    month DATE NOT NULL,
    difference TEXT NOT NULL,
    lines JSON NOT NULL,
    work_oere BIGINT NOT NULL,
    other_oere BIGINT NOT NULL,
    hours_hundredths INTEGER,
    known_work_oere BIGINT,
    known_other_oere BIGINT,
    found_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    conclusion TEXT NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    settled_by TEXT NOT NULL,
    CONSTRAINT income_finding_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT income_finding_municipality_id_check_id_fkey
        FOREIGN KEY(municipality_id, check_id) REFERENCES income_check (municipality_id, id),
    CONSTRAINT income_finding_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT income_finding_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT income_finding_difference_known
        CHECK (difference IN ('mere', 'mindre', 'ukendt_slags')),
    CONSTRAINT income_finding_state_known
        CHECK (state IN ('fundet', 'register_gaelder', 'oplyst_gaelder')),
    CONSTRAINT income_finding_settled CHECK ((state = 'fundet') = (settled_at IS NULL)),
    CONSTRAINT income_finding_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX income_finding_once
    ON income_finding (municipality_id, check_id, case_id, party_id);
CREATE INDEX income_finding_of_case ON income_finding (municipality_id, case_id, found_at);

CALL build_wall('income_check');
CALL build_wall('income_batch');
CALL build_wall('income_finding');
GRANT SELECT, INSERT, UPDATE (classes) ON income_check TO ky_app;
GRANT SELECT, INSERT, UPDATE (reported, asked, unanswered, asked_at, compared_at)
ON income_batch TO ky_app;
GRANT SELECT, INSERT, UPDATE (state, conclusion, settled_at, settled_by)
ON income_finding TO ky_app;

-- An end or a finding that is over stands as it is; help ends on a decision that was sent.

CREATE FUNCTION keep_settled() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.settled_at IS NOT NULL AND to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD) THEN
        PERFORM public.refuse(format('a settled row of %s stands as it is', TG_TABLE_NAME));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE UPDATE ON income_finding
FOR EACH ROW EXECUTE FUNCTION keep_settled();
CREATE TRIGGER kept BEFORE UPDATE ON cessation FOR EACH ROW EXECUTE FUNCTION keep_settled();

CREATE FUNCTION check_cessation() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state = 'afgjort' AND NOT EXISTS (
        SELECT FROM public.decision
        WHERE municipality_id = NEW.municipality_id AND id = NEW.decision_id
          AND case_id = NEW.case_id AND calculation_id = NEW.calculation_id
          AND sent_at IS NOT NULL
    ) THEN
        PERFORM public.refuse('help ends on a decision to it that was sent');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lawful BEFORE UPDATE ON cessation FOR EACH ROW EXECUTE FUNCTION check_cessation();
