CREATE OR REPLACE FUNCTION keep_voucher() RETURNS trigger LANGUAGE plpgsql
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
ALTER TABLE voucher DROP COLUMN tries;
