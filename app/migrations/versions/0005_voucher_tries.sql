-- How often a voucher was handed over before: one tried again is a new effect, under a new key.
-- The default is for the release before this one, which does not name the column.

ALTER TABLE voucher ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
GRANT UPDATE (tries) ON voucher TO ky_app;

-- What the finance system has taken is not handed over again.

CREATE OR REPLACE FUNCTION keep_voucher() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (OLD.id, OLD.plan_id, OLD.case_id, OLD.posted_on)
       IS DISTINCT FROM (NEW.id, NEW.plan_id, NEW.case_id, NEW.posted_on) THEN
        PERFORM public.refuse('a voucher never changes');
    END IF;
    IF OLD.accepted_at IS NOT NULL
       AND (OLD.accepted_at, OLD.reference, OLD.tries)
           IS DISTINCT FROM (NEW.accepted_at, NEW.reference, NEW.tries) THEN
        PERFORM public.refuse('a voucher is accepted once');
    END IF;
    RETURN NEW;
END $$;
