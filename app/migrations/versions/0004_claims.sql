-- Workers take due rows of every municipality, and learn no more than id, municipality and lease.
--
-- The functions run as ky_claims, which may read the columns below of three tables and write two.
-- What is due is judged against the caller's clock; how long a lease lasts, against this server's.
-- One instance (or ordering key) is leased once at a time: an advisory lock, held while claiming,
-- makes the look at its other leases and the new lease one step.

GRANT SELECT (id, municipality_id, instance_id, state, next_at, lease, lease_until),
      UPDATE (lease, lease_until) ON job TO ky_claims;
GRANT SELECT (id, municipality_id, instance_id, state, due_at, lease, lease_until),
      UPDATE (lease, lease_until) ON timer TO ky_claims;
GRANT SELECT (id, municipality_id, ordering_key, sent_at, available_at, lease, lease_until),
      UPDATE (lease, lease_until) ON outbox TO ky_claims;

CREATE POLICY claimed_across ON job TO ky_claims USING (true) WITH CHECK (true);
CREATE POLICY claimed_across ON timer TO ky_claims USING (true) WITH CHECK (true);
CREATE POLICY claimed_across ON outbox TO ky_claims USING (true) WITH CHECK (true);

CREATE TYPE claim AS (id bigint, municipality_id integer, lease uuid);

CREATE FUNCTION claim_jobs(wanted integer, lease_seconds integer, moment timestamptz)
RETURNS SETOF claim LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    due record;
    taken public.claim;
    started timestamptz := clock_timestamp();
    found_so_far integer := 0;
BEGIN
    FOR due IN
        SELECT id, municipality_id, instance_id FROM public.job
        WHERE state = 'waiting' AND next_at <= moment
          AND (lease_until IS NULL OR lease_until <= started)
        ORDER BY next_at, id
    LOOP
        EXIT WHEN found_so_far >= wanted;
        CONTINUE WHEN NOT pg_try_advisory_xact_lock(hashtextextended('job', due.instance_id));
        UPDATE public.job SET lease = gen_random_uuid(),
                              lease_until = started + make_interval(secs => lease_seconds)
        WHERE (municipality_id, id) IN (
            SELECT municipality_id, id FROM public.job AS free
            WHERE free.municipality_id = due.municipality_id AND free.id = due.id
              AND free.state = 'waiting'
              AND (free.lease_until IS NULL OR free.lease_until <= started)
              AND NOT EXISTS (
                  SELECT FROM public.job AS other
                  WHERE other.municipality_id = due.municipality_id
                    AND other.instance_id = due.instance_id
                    AND other.state = 'waiting' AND other.lease_until > started
              )
            FOR UPDATE SKIP LOCKED
        )
        RETURNING job.id, job.municipality_id, job.lease INTO taken;
        IF FOUND THEN
            found_so_far := found_so_far + 1;
            RETURN NEXT taken;
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION claim_timers(wanted integer, lease_seconds integer, moment timestamptz)
RETURNS SETOF claim LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    due record;
    taken public.claim;
    started timestamptz := clock_timestamp();
    found_so_far integer := 0;
BEGIN
    FOR due IN
        SELECT id, municipality_id, instance_id FROM public.timer
        WHERE state = 'waiting' AND due_at <= moment
          AND (lease_until IS NULL OR lease_until <= started)
        ORDER BY due_at, id
    LOOP
        EXIT WHEN found_so_far >= wanted;
        CONTINUE WHEN NOT pg_try_advisory_xact_lock(hashtextextended('timer', due.instance_id));
        UPDATE public.timer SET lease = gen_random_uuid(),
                                lease_until = started + make_interval(secs => lease_seconds)
        WHERE (municipality_id, id) IN (
            SELECT municipality_id, id FROM public.timer AS free
            WHERE free.municipality_id = due.municipality_id AND free.id = due.id
              AND free.state = 'waiting'
              AND (free.lease_until IS NULL OR free.lease_until <= started)
              AND NOT EXISTS (
                  SELECT FROM public.timer AS other
                  WHERE other.municipality_id = due.municipality_id
                    AND other.instance_id = due.instance_id
                    AND other.state = 'waiting' AND other.lease_until > started
              )
            FOR UPDATE SKIP LOCKED
        )
        RETURNING timer.id, timer.municipality_id, timer.lease INTO taken;
        IF FOUND THEN
            found_so_far := found_so_far + 1;
            RETURN NEXT taken;
        END IF;
    END LOOP;
END $$;

-- In order: only the oldest item of a key that has not left, even if a younger one is due.

CREATE FUNCTION claim_outbox(wanted integer, lease_seconds integer, moment timestamptz)
RETURNS SETOF claim LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    due record;
    taken public.claim;
    started timestamptz := clock_timestamp();
    found_so_far integer := 0;
BEGIN
    FOR due IN
        SELECT id, municipality_id, ordering_key FROM public.outbox AS item
        WHERE sent_at IS NULL AND available_at <= moment
          AND (lease_until IS NULL OR lease_until <= started)
          AND NOT EXISTS (
              SELECT FROM public.outbox AS earlier
              WHERE earlier.municipality_id = item.municipality_id
                AND earlier.ordering_key = item.ordering_key
                AND earlier.sent_at IS NULL AND earlier.id < item.id
          )
        ORDER BY id
    LOOP
        EXIT WHEN found_so_far >= wanted;
        CONTINUE WHEN NOT pg_try_advisory_xact_lock(
            hashtextextended('outbox' || due.ordering_key, due.municipality_id)
        );
        UPDATE public.outbox SET lease = gen_random_uuid(),
                                 lease_until = started + make_interval(secs => lease_seconds)
        WHERE (municipality_id, id) IN (
            SELECT municipality_id, id FROM public.outbox AS free
            WHERE free.municipality_id = due.municipality_id AND free.id = due.id
              AND free.sent_at IS NULL
              AND (free.lease_until IS NULL OR free.lease_until <= started)
              AND NOT EXISTS (
                  SELECT FROM public.outbox AS earlier
                  WHERE earlier.municipality_id = due.municipality_id
                    AND earlier.ordering_key = due.ordering_key
                    AND earlier.sent_at IS NULL AND earlier.id < due.id
              )
            FOR UPDATE SKIP LOCKED
        )
        RETURNING outbox.id, outbox.municipality_id, outbox.lease INTO taken;
        IF FOUND THEN
            found_so_far := found_so_far + 1;
            RETURN NEXT taken;
        END IF;
    END LOOP;
END $$;

GRANT CREATE ON SCHEMA public TO ky_claims;
ALTER FUNCTION claim_jobs(integer, integer, timestamptz) OWNER TO ky_claims;
ALTER FUNCTION claim_timers(integer, integer, timestamptz) OWNER TO ky_claims;
ALTER FUNCTION claim_outbox(integer, integer, timestamptz) OWNER TO ky_claims;
REVOKE CREATE ON SCHEMA public FROM ky_claims;

-- The functions are ky_claims' now: their rights are given and taken as that role.
SET LOCAL ROLE ky_claims;
REVOKE EXECUTE ON FUNCTION claim_jobs(integer, integer, timestamptz) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION claim_timers(integer, integer, timestamptz) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION claim_outbox(integer, integer, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION claim_jobs(integer, integer, timestamptz) TO ky_app;
GRANT EXECUTE ON FUNCTION claim_timers(integer, integer, timestamptz) TO ky_app;
GRANT EXECUTE ON FUNCTION claim_outbox(integer, integer, timestamptz) TO ky_app;
SET LOCAL ROLE ky_owner;

-- Workers are told at the commit, once a transaction, that there is something new.

CREATE FUNCTION tell_workers() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('ky_work', '');
    RETURN NULL;
END $$;
CREATE TRIGGER told AFTER INSERT OR UPDATE OF next_at ON job
FOR EACH STATEMENT EXECUTE FUNCTION tell_workers();
CREATE TRIGGER told AFTER INSERT ON timer FOR EACH STATEMENT EXECUTE FUNCTION tell_workers();
CREATE TRIGGER told AFTER INSERT OR UPDATE OF sent_at ON outbox
FOR EACH STATEMENT EXECUTE FUNCTION tell_workers();
