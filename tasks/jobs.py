"""Run queued steps; success, retry or incident is written by the core."""

from __future__ import annotations

from functools import partial

from tasks.celery_app import BATCH, LEASE_SECONDS, celery, core, drain


@celery.task(name="tasks.jobs")
def run_jobs() -> int:
    """Run every due job."""
    it = core()
    return drain(
        partial(it.claims_due, "jobs", limit=BATCH, lease_seconds=LEASE_SECONDS),
        it.control.run_job,
        it.control.job_broke,
    )
