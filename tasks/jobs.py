"""Run queued steps; success, retry or incident is written by the core."""

from __future__ import annotations

from tasks.celery_app import celery, core, drain


@celery.task(name="tasks.jobs")
def run_jobs() -> int:
    """Run every due job."""
    it = core()
    return drain("jobs", it.control.run_job, it.control.job_broke)
