-- A question of its own in a case: shall help be paid back, shall others be paid with it? Each has a
-- basis somebody made, a proposal, a second person, and a decision that was sent. What is claimed,
-- and what is paid to others, stands on such a decision and on nothing else.

-- A hearing may be about the basis of such a question instead of the application's calculation.
ALTER TABLE hearing ADD COLUMN subject_id UUID;

CREATE TABLE matter (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    party_id UUID NOT NULL,
    kind TEXT NOT NULL,
    cause TEXT NOT NULL,
    raised_by TEXT NOT NULL,
    raised_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    closed_because TEXT NOT NULL,
    CONSTRAINT matter_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT matter_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT matter_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT matter_kind_known CHECK (kind IN ('tilbagebetaling', 'administration')),
    CONSTRAINT matter_state_known
        CHECK (state IN ('rejst', 'frafaldet', 'afgjort', 'ophoert')),
    CONSTRAINT matter_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX matter_of_case ON matter (municipality_id, case_id, raised_at);

CREATE TABLE matter_basis (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    matter_id UUID NOT NULL,
    case_id UUID NOT NULL,
    calculation_id UUID NOT NULL,
    amount_oere BIGINT NOT NULL,
    is_adverse BOOLEAN NOT NULL,
    legal_basis TEXT[] NOT NULL,
    body JSON NOT NULL,
    made_by TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT matter_basis_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT matter_basis_municipality_id_matter_id_fkey
        FOREIGN KEY(municipality_id, matter_id) REFERENCES matter (municipality_id, id),
    CONSTRAINT matter_basis_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT matter_basis_municipality_id_calculation_id_fkey
        FOREIGN KEY(municipality_id, calculation_id) REFERENCES calculation (municipality_id, id),
    CONSTRAINT matter_basis_amount_not_negative CHECK (amount_oere >= 0),
    CONSTRAINT matter_basis_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX matter_basis_of_matter ON matter_basis (municipality_id, matter_id, made_at);

CREATE TABLE matter_proposal (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    matter_id UUID NOT NULL,
    basis_id UUID NOT NULL,
    case_id UUID NOT NULL,
    reasoning TEXT NOT NULL,
    hearing_id UUID,
    hearing_exception TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    approved_by TEXT,
    approved_at TIMESTAMP WITH TIME ZONE,
    returned_reason TEXT NOT NULL,
    CONSTRAINT matter_proposal_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT matter_proposal_municipality_id_matter_id_fkey
        FOREIGN KEY(municipality_id, matter_id) REFERENCES matter (municipality_id, id),
    CONSTRAINT matter_proposal_municipality_id_basis_id_fkey
        FOREIGN KEY(municipality_id, basis_id) REFERENCES matter_basis (municipality_id, id),
    CONSTRAINT matter_proposal_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT matter_proposal_municipality_id_hearing_id_fkey
        FOREIGN KEY(municipality_id, hearing_id) REFERENCES hearing (municipality_id, id),
    CONSTRAINT matter_proposal_two_people CHECK (approved_by <> proposed_by),
    CONSTRAINT matter_proposal_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX matter_proposal_of_matter ON matter_proposal (municipality_id, matter_id, proposed_at);

CREATE TABLE matter_decision (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    matter_id UUID NOT NULL,
    proposal_id UUID NOT NULL,
    basis_id UUID NOT NULL,
    case_id UUID NOT NULL,
    party_id UUID NOT NULL,
    kind TEXT NOT NULL,
    number TEXT NOT NULL,
    amount_oere BIGINT NOT NULL,
    is_adverse BOOLEAN NOT NULL,
    legal_basis TEXT[] NOT NULL,
    reasoning TEXT NOT NULL,
    appeal_instruction TEXT NOT NULL,
    hearing_id UUID,
    hearing_exception TEXT NOT NULL,
    contributors TEXT[] NOT NULL,
    approved_by TEXT NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT matter_decision_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT matter_decision_municipality_id_matter_id_fkey
        FOREIGN KEY(municipality_id, matter_id) REFERENCES matter (municipality_id, id),
    CONSTRAINT matter_decision_municipality_id_proposal_id_fkey
        FOREIGN KEY(municipality_id, proposal_id) REFERENCES matter_proposal (municipality_id, id),
    CONSTRAINT matter_decision_municipality_id_basis_id_fkey
        FOREIGN KEY(municipality_id, basis_id) REFERENCES matter_basis (municipality_id, id),
    CONSTRAINT matter_decision_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT matter_decision_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT matter_decision_municipality_id_hearing_id_fkey
        FOREIGN KEY(municipality_id, hearing_id) REFERENCES hearing (municipality_id, id),
    CONSTRAINT matter_decision_kind_known CHECK (kind IN ('tilbagebetaling', 'administration')),
    CONSTRAINT matter_decision_two_people CHECK (NOT approved_by = ANY (contributors)),
    CONSTRAINT matter_decision_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX matter_decision_by_number ON matter_decision (municipality_id, number);
CREATE UNIQUE INDEX matter_decision_of_proposal ON matter_decision (municipality_id, proposal_id);
CREATE INDEX matter_decision_of_matter ON matter_decision (municipality_id, matter_id, issued_at);

-- A claim for repayment, what became of it, and how it is paid.

CREATE TABLE debt_claim (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    decision_id UUID NOT NULL,
    case_id UUID NOT NULL,
    party_id UUID NOT NULL,
    amount_oere BIGINT NOT NULL,
    claim_type TEXT NOT NULL,
    from_month DATE NOT NULL,
    to_month DATE NOT NULL,
    founded_on DATE NOT NULL,
    limitation_on DATE NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT debt_claim_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT debt_claim_municipality_id_decision_id_fkey
        FOREIGN KEY(municipality_id, decision_id) REFERENCES matter_decision (municipality_id, id),
    CONSTRAINT debt_claim_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT debt_claim_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT debt_claim_from_month_first_day CHECK (extract(day FROM from_month) = 1),
    CONSTRAINT debt_claim_to_month_first_day CHECK (extract(day FROM to_month) = 1),
    CONSTRAINT debt_claim_something CHECK (amount_oere > 0),
    CONSTRAINT debt_claim_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX debt_claim_once ON debt_claim (municipality_id, decision_id);
CREATE INDEX debt_claim_of_case ON debt_claim (municipality_id, case_id, made_at);

CREATE TABLE claim_event (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    claim_id UUID NOT NULL,
    kind TEXT NOT NULL,
    on_day DATE NOT NULL,
    amount_oere BIGINT NOT NULL,
    reference TEXT NOT NULL,
    by_user TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT claim_event_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT claim_event_municipality_id_claim_id_fkey
        FOREIGN KEY(municipality_id, claim_id) REFERENCES debt_claim (municipality_id, id),
    CONSTRAINT claim_event_kind_known CHECK (kind IN (
        'registreret', 'afvist', 'indbetalt', 'modregnet', 'afskrevet', 'rykket', 'overdraget',
        'bortfaldet', 'politianmeldt', 'ikke_politianmeldt')),
    CONSTRAINT claim_event_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX claim_event_once ON claim_event (municipality_id, claim_id, kind, reference);

CREATE TABLE claim_arrangement (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    claim_id UUID NOT NULL,
    kind TEXT NOT NULL,
    monthly_oere BIGINT NOT NULL,
    first_due_on DATE,
    recheck_on DATE NOT NULL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    by_user TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT claim_arrangement_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT claim_arrangement_municipality_id_claim_id_fkey
        FOREIGN KEY(municipality_id, claim_id) REFERENCES debt_claim (municipality_id, id),
    CONSTRAINT claim_arrangement_kind_known CHECK (kind IN ('henstand', 'afdrag', 'samlet')),
    CONSTRAINT claim_arrangement_due CHECK ((kind = 'henstand') = (first_due_on IS NULL)),
    CONSTRAINT claim_arrangement_monthly CHECK ((kind = 'afdrag') = (monthly_oere > 0)),
    CONSTRAINT claim_arrangement_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX claim_arrangement_of_claim ON claim_arrangement (municipality_id, claim_id, at);

CALL build_wall('matter');
CALL build_wall('matter_basis');
CALL build_wall('matter_proposal');
CALL build_wall('matter_decision');
CALL build_wall('debt_claim');
CALL build_wall('claim_event');
CALL build_wall('claim_arrangement');

GRANT SELECT, INSERT ON
    matter, matter_basis, matter_proposal, matter_decision, debt_claim, claim_event,
    claim_arrangement
TO ky_app;
GRANT UPDATE (state, closed_because) ON matter TO ky_app;
GRANT UPDATE (approved_by, approved_at, returned_reason) ON matter_proposal TO ky_app;
GRANT UPDATE (sent_at) ON matter_decision TO ky_app;

CREATE TRIGGER kept BEFORE UPDATE ON matter_basis FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON matter_decision
FOR EACH ROW EXECUTE FUNCTION keep_as_written('sent_at');
CREATE TRIGGER kept BEFORE UPDATE ON debt_claim FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON claim_event FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON claim_arrangement
FOR EACH ROW EXECUTE FUNCTION keep_as_written();

-- A decision says what another person approved, on its own basis; one that goes against the citizen
-- stands on a hearing about that very basis that was sent and assessed, or on a reasoned exception.

CREATE FUNCTION check_matter_decision() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.matter_proposal AS proposal
        JOIN public.matter_basis AS basis
          ON basis.municipality_id = proposal.municipality_id AND basis.id = proposal.basis_id
        WHERE proposal.municipality_id = NEW.municipality_id AND proposal.id = NEW.proposal_id
          AND proposal.matter_id = NEW.matter_id AND proposal.case_id = NEW.case_id
          AND proposal.approved_by = NEW.approved_by
          AND basis.id = NEW.basis_id AND basis.amount_oere = NEW.amount_oere
          AND basis.is_adverse = NEW.is_adverse
    ) THEN
        PERFORM public.refuse('a decision says what was proposed and approved in its own case');
    END IF;
    IF NEW.is_adverse AND length(NEW.hearing_exception) < 20 AND NOT EXISTS (
        SELECT FROM public.hearing
        WHERE municipality_id = NEW.municipality_id AND id = NEW.hearing_id
          AND case_id = NEW.case_id AND subject_id = NEW.basis_id
          AND sent_at IS NOT NULL AND state = 'afsluttet'
    ) THEN
        PERFORM public.refuse('an adverse decision stands on a hearing about it, or says why not');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lawful BEFORE INSERT ON matter_decision
FOR EACH ROW EXECUTE FUNCTION check_matter_decision();

-- Nothing is claimed back without a decision that was sent, or more than it says.

CREATE FUNCTION check_debt_claim() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.matter_decision AS decision
        WHERE decision.municipality_id = NEW.municipality_id AND decision.id = NEW.decision_id
          AND decision.case_id = NEW.case_id AND decision.party_id = NEW.party_id
          AND decision.kind = 'tilbagebetaling' AND decision.amount_oere = NEW.amount_oere
          AND decision.sent_at IS NOT NULL AND decision.sent_at <= NEW.made_at
    ) THEN
        PERFORM public.refuse('nothing is claimed back without a decision that was sent');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lawful BEFORE INSERT ON debt_claim
FOR EACH ROW EXECUTE FUNCTION check_debt_claim();
