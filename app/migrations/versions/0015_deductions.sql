-- What may come off a payment: decided, heard or excepted with a reason, and sent first. A payment
-- says what came off it, deduction by deduction, and who else got a part of it.

CREATE TABLE deduction_decision (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    party_id UUID NOT NULL,
    kind TEXT NOT NULL,
    number TEXT NOT NULL,
    law TEXT NOT NULL,
    reasoning TEXT NOT NULL,
    hearing_id UUID,
    hearing_exception TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    approved_by TEXT,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT deduction_decision_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT deduction_decision_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT deduction_decision_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT deduction_decision_kind_known
        CHECK (kind IN ('sanktion', 'modregning_brutto', 'modregning', 'administration')),
    CONSTRAINT deduction_decision_reasoned CHECK (law <> '' AND reasoning <> ''),
    CONSTRAINT deduction_decision_by_a_person CHECK (decided_by NOT IN ('', 'system')),
    CONSTRAINT deduction_decision_two_people
        CHECK (approved_by IS NULL OR approved_by <> decided_by),
    CONSTRAINT deduction_decision_heard
        CHECK (hearing_id IS NOT NULL OR length(trim(hearing_exception)) >= 20),
    CONSTRAINT deduction_decision_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX deduction_decision_of_case ON deduction_decision (municipality_id, case_id, issued_at);

CREATE TABLE payment_deduction (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    decision_id UUID NOT NULL,
    case_id UUID NOT NULL,
    party_id UUID NOT NULL,
    kind TEXT NOT NULL,
    amount_oere BIGINT NOT NULL,
    from_month DATE NOT NULL,
    to_month DATE,
    law TEXT NOT NULL,
    label TEXT NOT NULL,
    source_id TEXT NOT NULL,
    payee_kind TEXT,
    payee_number TEXT NOT NULL,
    payee_name TEXT NOT NULL,
    reference TEXT NOT NULL,
    stopped_from DATE,
    CONSTRAINT payment_deduction_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT payment_deduction_municipality_id_decision_id_fkey
        FOREIGN KEY(municipality_id, decision_id) REFERENCES deduction_decision (municipality_id, id),
    CONSTRAINT payment_deduction_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT payment_deduction_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT payment_deduction_something CHECK (amount_oere > 0),
    CONSTRAINT payment_deduction_months CHECK (to_month IS NULL OR to_month >= from_month),
    CONSTRAINT payment_deduction_sanction_in_one_month
        CHECK (kind <> 'sanktion' OR to_month IS NOT DISTINCT FROM from_month),
    CONSTRAINT payment_deduction_paid_to_somebody
        CHECK (kind <> 'administration' OR payee_kind IS NOT NULL),
    CONSTRAINT payment_deduction_payee_kind_known
        CHECK (payee_kind IN ('konto', 'cvr', 'ean', 'cpr')),
    CONSTRAINT payment_deduction_from_month_first_day CHECK (extract(day FROM from_month) = 1),
    CONSTRAINT payment_deduction_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX payment_deduction_of_case ON payment_deduction (municipality_id, case_id, from_month);
CREATE INDEX payment_deduction_of_decision ON payment_deduction (municipality_id, decision_id);
CREATE INDEX payment_deduction_of_source ON payment_deduction (municipality_id, source_id);

ALTER TABLE payment
    ADD COLUMN sanction_oere BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN set_off_gross_oere BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN atp_oere BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN set_off_oere BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN administration_oere BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN atp_municipality_oere BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN pension_oere BIGINT NOT NULL DEFAULT 0,
    DROP CONSTRAINT payment_net,
    DROP CONSTRAINT payment_no_debt,
    ADD CONSTRAINT payment_net CHECK (
        net_oere = gross_oere - sanction_oere - set_off_gross_oere - tax_oere - atp_oere
                   - set_off_oere - administration_oere
    ),
    ADD CONSTRAINT payment_no_debt CHECK (
        gross_oere >= 0 AND sanction_oere >= 0 AND set_off_gross_oere >= 0 AND tax_oere >= 0
        AND atp_oere >= 0 AND set_off_oere >= 0 AND administration_oere >= 0 AND net_oere >= 0
        AND atp_municipality_oere >= 0 AND pension_oere >= 0
    );

ALTER TABLE run_result
    ADD COLUMN sanction_oere BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN set_off_gross_oere BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN atp_oere BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN set_off_oere BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN administration_oere BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN atp_municipality_oere BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN pension_oere BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN taken JSON NOT NULL DEFAULT '[]',
    DROP CONSTRAINT run_result_net,
    ADD CONSTRAINT run_result_net CHECK (
        net_oere = gross_oere - sanction_oere - set_off_gross_oere - tax_oere - atp_oere
                   - set_off_oere - administration_oere
    );

CREATE TABLE payment_part (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    payment_id UUID NOT NULL,
    deduction_id UUID NOT NULL,
    kind TEXT NOT NULL,
    amount_oere BIGINT NOT NULL,
    CONSTRAINT payment_part_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT payment_part_municipality_id_payment_id_fkey
        FOREIGN KEY(municipality_id, payment_id) REFERENCES payment (municipality_id, id),
    CONSTRAINT payment_part_municipality_id_deduction_id_fkey
        FOREIGN KEY(municipality_id, deduction_id) REFERENCES payment_deduction (municipality_id, id),
    CONSTRAINT payment_part_something CHECK (amount_oere > 0),
    CONSTRAINT payment_part_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX payment_part_once ON payment_part (municipality_id, payment_id, deduction_id);
CREATE INDEX payment_part_of_deduction ON payment_part (municipality_id, deduction_id);

CREATE TABLE part_receipt (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    part_id UUID NOT NULL,
    tries INTEGER NOT NULL,
    state TEXT NOT NULL,
    reference TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT part_receipt_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT part_receipt_municipality_id_part_id_fkey
        FOREIGN KEY(municipality_id, part_id) REFERENCES payment_part (municipality_id, id),
    CONSTRAINT part_receipt_state_known
        CHECK (state IN ('bestilt', 'modtaget', 'udbetalt', 'afvist')),
    CONSTRAINT part_receipt_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX part_receipt_once
    ON part_receipt (municipality_id, part_id, tries, state, reference);

CALL build_wall('deduction_decision');
CALL build_wall('payment_deduction');
CALL build_wall('payment_part');
CALL build_wall('part_receipt');

GRANT SELECT, INSERT ON deduction_decision, payment_deduction, payment_part, part_receipt TO ky_app;
GRANT UPDATE (sent_at) ON deduction_decision TO ky_app;
GRANT UPDATE (stopped_from) ON payment_deduction TO ky_app;

CREATE TRIGGER kept BEFORE UPDATE ON deduction_decision
FOR EACH ROW EXECUTE FUNCTION keep_as_written('sent_at');
CREATE TRIGGER kept BEFORE UPDATE ON payment_deduction
FOR EACH ROW EXECUTE FUNCTION keep_as_written('stopped_from');
CREATE TRIGGER kept BEFORE UPDATE ON payment_part
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON part_receipt
FOR EACH ROW EXECUTE FUNCTION keep_as_written();

-- A decision to take something is of a party of the case; its hearing was sent before it was made.
-- A process whose hearings are in a table of its own replaces this function with one that knows it.

CREATE FUNCTION is_heard(municipality integer, of_case uuid, of_hearing uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.hearing
        WHERE municipality_id = municipality AND id = of_hearing AND case_id = of_case
          AND sent_at IS NOT NULL
    )
$$;
REVOKE EXECUTE ON FUNCTION is_heard(integer, uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_heard(integer, uuid, uuid) TO ky_app;

CREATE FUNCTION check_deduction_decision() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.sent_at IS NOT NULL THEN
        PERFORM public.refuse('a decision is sent after it was made');
    END IF;
    IF NOT EXISTS (
        SELECT FROM public.party WHERE municipality_id = NEW.municipality_id
          AND id = NEW.party_id AND case_id = NEW.case_id
    ) THEN
        PERFORM public.refuse('a decision to take something is about a party of the case');
    END IF;
    IF NEW.hearing_id IS NOT NULL
       AND NOT public.is_heard(NEW.municipality_id, NEW.case_id, NEW.hearing_id) THEN
        PERFORM public.refuse('a decision to take something stands on a hearing that was sent');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lawful BEFORE INSERT ON deduction_decision
FOR EACH ROW EXECUTE FUNCTION check_deduction_decision();

CREATE FUNCTION check_payment_deduction() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.stopped_from IS NOT NULL OR NOT EXISTS (
        SELECT FROM public.deduction_decision AS decision
        WHERE decision.municipality_id = NEW.municipality_id AND decision.id = NEW.decision_id
          AND decision.case_id = NEW.case_id AND decision.party_id = NEW.party_id
          AND decision.kind = NEW.kind AND decision.sent_at IS NULL
    ) THEN
        PERFORM public.refuse('a deduction comes with its decision, before that is sent');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lawful BEFORE INSERT ON payment_deduction
FOR EACH ROW EXECUTE FUNCTION check_payment_deduction();

-- What comes off a payment is what was decided and sent before the money is there, in its months,
-- and no more of it than was decided for the month.

CREATE FUNCTION check_payment_part() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    paid public.payment%ROWTYPE;
    taken public.payment_deduction%ROWTYPE;
    decided public.deduction_decision%ROWTYPE;
    other_oere bigint;
BEGIN
    SELECT * INTO paid FROM public.payment
    WHERE municipality_id = NEW.municipality_id AND id = NEW.payment_id;
    SELECT * INTO taken FROM public.payment_deduction
    WHERE municipality_id = NEW.municipality_id AND id = NEW.deduction_id;
    SELECT * INTO decided FROM public.deduction_decision
    WHERE municipality_id = NEW.municipality_id AND id = taken.decision_id;
    IF (taken.case_id, taken.party_id, taken.kind)
       IS DISTINCT FROM (paid.case_id, paid.party_id, NEW.kind) THEN
        PERFORM public.refuse('what comes off a payment was decided about its own payee');
    END IF;
    IF decided.sent_at IS NULL
       OR (decided.sent_at AT TIME ZONE 'Europe/Copenhagen')::date >= paid.disposition_on THEN
        PERFORM public.refuse('nothing comes off a payment without a decision that was sent first');
    END IF;
    IF paid.month < taken.from_month OR paid.month > taken.to_month
       OR paid.month >= taken.stopped_from THEN
        PERFORM public.refuse('what comes off a payment was decided for its month');
    END IF;
    SELECT coalesce(sum(other.amount_oere), 0) INTO other_oere
    FROM public.payment_part AS other
    JOIN public.payment AS before
      ON before.municipality_id = other.municipality_id AND before.id = other.payment_id
    WHERE other.municipality_id = NEW.municipality_id AND other.deduction_id = NEW.deduction_id
      AND before.month = paid.month AND other.id <> NEW.id;
    IF NEW.amount_oere + other_oere > taken.amount_oere THEN
        PERFORM public.refuse('no more comes off a payment than was decided for its month');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lawful BEFORE INSERT ON payment_part
FOR EACH ROW EXECUTE FUNCTION check_payment_part();

-- The parts are what the payment says came off, and nothing else did; a payment that is tried again
-- is the same amounts, and its parts are those of the first try. Checked when all of it is there.

CREATE FUNCTION check_payment_adds_up() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    paid public.payment%ROWTYPE;
    wanted uuid := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
    sums bigint[];
BEGIN
    SELECT * INTO paid FROM public.payment
    WHERE municipality_id = NEW.municipality_id AND id = wanted;
    IF paid.sequence > 0 THEN
        IF EXISTS (
            SELECT FROM public.payment_part
            WHERE municipality_id = NEW.municipality_id AND payment_id = wanted
        ) OR NOT EXISTS (
            SELECT FROM public.payment AS first
            WHERE first.municipality_id = paid.municipality_id
              AND first.decision_id = paid.decision_id AND first.party_id = paid.party_id
              AND first.month = paid.month AND first.sequence = 0
              AND (first.gross_oere, first.sanction_oere, first.set_off_gross_oere,
                   first.tax_oere, first.atp_oere, first.set_off_oere, first.administration_oere)
                  = (paid.gross_oere, paid.sanction_oere, paid.set_off_gross_oere,
                     paid.tax_oere, paid.atp_oere, paid.set_off_oere, paid.administration_oere)
        ) THEN
            PERFORM public.refuse('a payment that is tried again is the same payment');
        END IF;
        RETURN NULL;
    END IF;
    SELECT array[
        coalesce(sum(amount_oere) FILTER (WHERE kind = 'sanktion'), 0),
        coalesce(sum(amount_oere) FILTER (WHERE kind = 'modregning_brutto'), 0),
        coalesce(sum(amount_oere) FILTER (WHERE kind = 'modregning'), 0),
        coalesce(sum(amount_oere) FILTER (WHERE kind = 'administration'), 0)
    ] INTO sums
    FROM public.payment_part
    WHERE municipality_id = NEW.municipality_id AND payment_id = wanted;
    IF sums IS DISTINCT FROM array[paid.sanction_oere, paid.set_off_gross_oere, paid.set_off_oere,
                                   paid.administration_oere] THEN
        PERFORM public.refuse('what comes off a payment is what its deductions say');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER adds_up AFTER INSERT ON payment DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION check_payment_adds_up('id');
CREATE CONSTRAINT TRIGGER adds_up AFTER INSERT ON payment_part DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION check_payment_adds_up('payment_id');

-- The contribution that is held back is the rate of the month, or nothing; what is held back before
-- tax is not taxed and not reported as income.

CREATE FUNCTION check_contribution() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.atp_oere > 0 AND NOT EXISTS (
        SELECT FROM public.rate
        WHERE key = 'atp.modtager' AND amount_oere = NEW.atp_oere
          AND valid_from <= NEW.month AND (valid_to IS NULL OR valid_to > NEW.month)
    ) THEN
        PERFORM public.refuse('the contribution to ATP is the rate of the month');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lawful_contribution BEFORE INSERT ON payment
FOR EACH ROW EXECUTE FUNCTION check_contribution();

CREATE OR REPLACE FUNCTION check_report_line() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.payment
        WHERE municipality_id = NEW.municipality_id AND id = NEW.payment_id
          AND gross_oere - sanction_oere - set_off_gross_oere = NEW.gross_oere
          AND tax_oere = NEW.tax_oere
    ) THEN
        PERFORM public.refuse('what is reported is what was paid');
    END IF;
    RETURN NEW;
END $$;

-- A payment of a run is what its newest calculation came to, with everything that comes off.

CREATE FUNCTION check_payment_is_its_result() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    came_to public.run_result%ROWTYPE;
BEGIN
    SELECT * INTO came_to FROM public.run_result
    WHERE municipality_id = NEW.municipality_id AND line_id = NEW.id
    ORDER BY version DESC LIMIT 1;
    IF came_to.line_id IS NOT NULL AND
       (came_to.sanction_oere, came_to.set_off_gross_oere, came_to.atp_oere, came_to.set_off_oere,
        came_to.administration_oere, came_to.atp_municipality_oere, came_to.pension_oere)
       IS DISTINCT FROM
       (NEW.sanction_oere, NEW.set_off_gross_oere, NEW.atp_oere, NEW.set_off_oere,
        NEW.administration_oere, NEW.atp_municipality_oere, NEW.pension_oere) THEN
        PERFORM public.refuse('a payment of a run is what its newest calculation came to');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lawful_result BEFORE INSERT ON payment
FOR EACH ROW EXECUTE FUNCTION check_payment_is_its_result();
