DROP TRIGGER told ON job;
DROP TRIGGER told ON timer;
DROP TRIGGER told ON outbox;
DROP FUNCTION tell_workers();
SET LOCAL ROLE ky_claims;
DROP FUNCTION claim_jobs(integer, integer, timestamptz);
DROP FUNCTION claim_timers(integer, integer, timestamptz);
DROP FUNCTION claim_outbox(integer, integer, timestamptz);
SET LOCAL ROLE ky_owner;
DROP TYPE claim;
DROP POLICY claimed_across ON job;
DROP POLICY claimed_across ON timer;
DROP POLICY claimed_across ON outbox;
REVOKE ALL (id, municipality_id, instance_id, state, next_at, lease, lease_until) ON job
FROM ky_claims;
REVOKE ALL (id, municipality_id, instance_id, state, due_at, lease, lease_until) ON timer
FROM ky_claims;
REVOKE ALL (id, municipality_id, ordering_key, sent_at, available_at, lease, lease_until) ON outbox
FROM ky_claims;
