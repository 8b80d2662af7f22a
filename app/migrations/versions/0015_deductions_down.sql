DROP TRIGGER lawful_result ON payment;
DROP TRIGGER lawful_contribution ON payment;
DROP TRIGGER adds_up ON payment;
DROP TABLE part_receipt, payment_part, payment_deduction, deduction_decision;
DROP FUNCTION check_payment_is_its_result();
DROP FUNCTION check_contribution();
DROP FUNCTION check_payment_adds_up();
DROP FUNCTION check_payment_part();
DROP FUNCTION check_payment_deduction();
DROP FUNCTION check_deduction_decision();
DROP FUNCTION is_heard(integer, uuid, uuid);
CREATE OR REPLACE FUNCTION check_report_line() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.payment
        WHERE municipality_id = NEW.municipality_id AND id = NEW.payment_id
          AND gross_oere = NEW.gross_oere AND tax_oere = NEW.tax_oere
    ) THEN
        PERFORM public.refuse('what is reported is what was paid');
    END IF;
    RETURN NEW;
END $$;
ALTER TABLE run_result
    DROP CONSTRAINT run_result_net,
    DROP COLUMN sanction_oere,
    DROP COLUMN set_off_gross_oere,
    DROP COLUMN atp_oere,
    DROP COLUMN set_off_oere,
    DROP COLUMN administration_oere,
    DROP COLUMN atp_municipality_oere,
    DROP COLUMN pension_oere,
    DROP COLUMN taken,
    ADD CONSTRAINT run_result_net CHECK (net_oere = gross_oere - tax_oere);
ALTER TABLE payment
    DROP CONSTRAINT payment_net,
    DROP CONSTRAINT payment_no_debt,
    DROP COLUMN sanction_oere,
    DROP COLUMN set_off_gross_oere,
    DROP COLUMN atp_oere,
    DROP COLUMN set_off_oere,
    DROP COLUMN administration_oere,
    DROP COLUMN atp_municipality_oere,
    DROP COLUMN pension_oere,
    ADD CONSTRAINT payment_net CHECK (net_oere = gross_oere - tax_oere),
    ADD CONSTRAINT payment_no_debt CHECK (gross_oere >= 0 AND tax_oere >= 0 AND net_oere >= 0);
