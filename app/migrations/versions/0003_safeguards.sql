-- The last wall behind diagrams, stages and `domain/safeguards.py`. The application's role has no
-- right to change these rows anyway (0002); the triggers hold for every other role as well.
-- Each refuses with SQLSTATE KY001 and a sentence that names the promise, never a person.

CREATE FUNCTION refuse(promise text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'KY001', MESSAGE = promise;
END $$;

-- Rows that never change. The trigger's arguments are the columns that may be noted once: from
-- NULL to a value, and never again.

CREATE FUNCTION keep_as_written() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
    noted_once text;
BEGIN
    FOREACH noted_once IN ARRAY coalesce(TG_ARGV, '{}') LOOP
        IF before -> noted_once = 'null' THEN
            before := before - noted_once;
            after := after - noted_once;
        END IF;
    END LOOP;
    IF before IS DISTINCT FROM after THEN
        PERFORM public.refuse(format('a row of %s never changes', TG_TABLE_NAME));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER kept BEFORE UPDATE ON application
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON assessment
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON audit_event
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON calculation
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON decided_line
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON decision
FOR EACH ROW EXECUTE FUNCTION keep_as_written('sent_at');
CREATE TRIGGER kept BEFORE UPDATE ON document
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON document_content
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON fact
FOR EACH ROW EXECUTE FUNCTION keep_as_written('known_to');
CREATE TRIGGER kept BEFORE UPDATE ON history_event
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON journal_note
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON payment
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON payment_plan
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON payment_receipt
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON voucher_entry
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON process_definition
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON process_definition_file
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON decision_table
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON rate
FOR EACH ROW EXECUTE FUNCTION keep_as_written();

-- A letter's words never change. Its exact copy is noted once.

CREATE FUNCTION keep_letter() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (OLD.id, OLD.batch_id, OLD.case_id, OLD.party_id, OLD.kind, OLD.subject_id, OLD.body::text,
        OLD.composed_at)
       IS DISTINCT FROM
       (NEW.id, NEW.batch_id, NEW.case_id, NEW.party_id, NEW.kind, NEW.subject_id, NEW.body::text,
        NEW.composed_at) THEN
        PERFORM public.refuse('the words of a letter never change');
    END IF;
    IF OLD.sha256 IS NOT NULL
       AND (OLD.sha256, OLD.document_id) IS DISTINCT FROM (NEW.sha256, NEW.document_id) THEN
        PERFORM public.refuse('the exact copy of a letter is kept as it was made');
    END IF;
    IF OLD.delivered_at IS NOT NULL AND NEW.delivered_at IS DISTINCT FROM OLD.delivered_at THEN
        PERFORM public.refuse('a delivered letter stays delivered');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE UPDATE ON letter FOR EACH ROW EXECUTE FUNCTION keep_letter();

-- A voucher's key never changes, and the finance system takes it once.

CREATE FUNCTION keep_voucher() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (OLD.id, OLD.plan_id, OLD.case_id, OLD.posted_on)
       IS DISTINCT FROM (NEW.id, NEW.plan_id, NEW.case_id, NEW.posted_on) THEN
        PERFORM public.refuse('a voucher never changes');
    END IF;
    IF OLD.accepted_at IS NOT NULL
       AND (OLD.accepted_at, OLD.reference) IS DISTINCT FROM (NEW.accepted_at, NEW.reference) THEN
        PERFORM public.refuse('a voucher is accepted once');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE UPDATE ON voucher FOR EACH ROW EXECUTE FUNCTION keep_voucher();

-- A voucher has entries and they balance; checked when the transaction ends.

CREATE FUNCTION check_voucher_balances() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    posted public.voucher.id%TYPE := to_jsonb(NEW) ->> TG_ARGV[0];
    difference numeric;
BEGIN
    SELECT sum(amount_oere) INTO difference FROM public.voucher_entry
    WHERE municipality_id = NEW.municipality_id AND voucher_id = posted;
    IF difference IS DISTINCT FROM 0 THEN
        PERFORM public.refuse('a voucher has entries, and debit and credit are equal');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON voucher DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION check_voucher_balances('id');
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON voucher_entry DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION check_voucher_balances('voucher_id');

-- A decision stands on its own case's proposal and calculation.

CREATE FUNCTION check_decision() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.proposal
        WHERE municipality_id = NEW.municipality_id AND id = NEW.proposal_id
          AND case_id = NEW.case_id AND calculation_id = NEW.calculation_id
          AND outcome = NEW.outcome
    ) THEN
        PERFORM public.refuse('a decision says what was proposed in its own case');
    END IF;
    IF NEW.outcome IN ('afslag', 'delvis') AND NEW.hearing_id IS NULL
       AND NEW.hearing_exception = '' THEN
        PERFORM public.refuse('an adverse decision has a hearing, or says why none was needed');
    END IF;
    IF NEW.outcome IN ('afslag', 'delvis') AND NEW.hearing_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.hearing
        WHERE municipality_id = NEW.municipality_id AND id = NEW.hearing_id
          AND case_id = NEW.case_id AND sent_at IS NOT NULL
    ) THEN
        PERFORM public.refuse('an adverse decision stands on a hearing that was sent');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lawful BEFORE INSERT ON decision FOR EACH ROW EXECUTE FUNCTION check_decision();

CREATE FUNCTION check_decided_line() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- Lines come with their decision, before it is sent; none is slipped in afterwards.
    IF NOT EXISTS (
        SELECT FROM public.decision
        JOIN public.party USING (municipality_id, case_id)
        WHERE municipality_id = NEW.municipality_id AND decision.id = NEW.decision_id
          AND party.id = NEW.party_id AND decision.sent_at IS NULL
    ) THEN
        PERFORM public.refuse('a decided line comes with its decision, for a party of the case');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lawful BEFORE INSERT ON decided_line
FOR EACH ROW EXECUTE FUNCTION check_decided_line();

-- Nothing is paid without a decision that grants it, was sent, and decided this very amount; a
-- lower one would be a reduction nobody decided.

CREATE FUNCTION check_payment() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    decided public.decision%ROWTYPE;
    decided_oere bigint;
BEGIN
    SELECT * INTO decided FROM public.decision
    WHERE municipality_id = NEW.municipality_id AND id = NEW.decision_id;
    IF decided.case_id IS DISTINCT FROM NEW.case_id THEN
        PERFORM public.refuse('a payment belongs to the case that was decided');
    END IF;
    IF decided.outcome NOT IN ('bevilget', 'delvis') THEN
        PERFORM public.refuse('a payment needs a decision that grants');
    END IF;
    IF decided.sent_at IS NULL THEN
        PERFORM public.refuse('a payment needs a decision that was sent');
    END IF;
    IF NOT EXISTS (
        SELECT FROM public.payment_plan
        WHERE municipality_id = NEW.municipality_id AND id = NEW.plan_id
          AND decision_id = NEW.decision_id AND case_id = NEW.case_id
    ) THEN
        PERFORM public.refuse('a payment belongs to a plan of its decision');
    END IF;
    SELECT amount_oere INTO decided_oere FROM public.decided_line
    WHERE municipality_id = NEW.municipality_id AND decision_id = NEW.decision_id
      AND party_id = NEW.party_id AND from_month <= NEW.month
    ORDER BY from_month DESC LIMIT 1;
    IF decided_oere IS DISTINCT FROM NEW.gross_oere THEN
        PERFORM public.refuse('a payment is what was decided, neither more nor less');
    END IF;
    IF NEW.sequence > 0 AND NOT EXISTS (
        SELECT FROM public.payment AS earlier
        JOIN public.payment_receipt AS receipt
          ON receipt.municipality_id = earlier.municipality_id AND receipt.payment_id = earlier.id
        WHERE earlier.municipality_id = NEW.municipality_id
          AND earlier.decision_id = NEW.decision_id AND earlier.party_id = NEW.party_id
          AND earlier.month = NEW.month AND earlier.sequence = NEW.sequence - 1
          AND receipt.state = 'afvist'
    ) THEN
        PERFORM public.refuse('a payment is tried again only after it was rejected');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lawful BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION check_payment();
