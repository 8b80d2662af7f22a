"""What an instance waits for besides people: jobs, timers and messages.

A claimed row is touched only with its instance's row held first, and a message only with its name
and key held, so that two workers never wait for each other in a ring and no message falls between
a wait that is being written and a delivery that did not see it.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.models.processes import (
    BufferedMessageRow,
    JobRow,
    SubscriptionRow,
    TimerRow,
    UserTaskRow,
)
from app.stores.codecs import plain_map
from app.stores.tasks import SqlTaskStore
from processes.ports.records import Claim, Job, Subscription, TaskState, Timer

WAITING, DONE, FAILED, CANCELLED = "waiting", "done", "failed", "cancelled"
LONGEST_ERROR = 2000
FREE = {"lease": None, "lease_until": None}


def job_of(row: JobRow) -> Job:
    """Make a job of its row."""
    return Job(
        id=row.id,
        instance_id=row.instance_id,
        case_id=row.case_id or "",
        token=row.token,
        element_id=row.element_id,
        step=row.step,
        arguments=row.arguments,
        attempts=row.attempts,
        max_attempts=row.max_attempts,
        next_at=row.next_at,
        idempotency_key=row.idempotency_key,
        last_error=row.last_error,
    )


def timer_of(row: TimerRow) -> Timer:
    """Make a timer of its row."""
    return Timer(row.id, row.instance_id, row.token, row.element_id, row.due_at)


def subscription_of(row: SubscriptionRow) -> Subscription:
    """Make a wait for a message of its row."""
    return Subscription(row.id, row.instance_id, row.token, row.element_id, row.message, row.key)


class SqlQueueStore(SqlTaskStore):
    """Jobs, timers, waits and buffered messages."""

    # ---- jobs --------------------------------------------------------------------------

    def add_job(self, job: Job) -> Job:
        """Insert a job; the same idempotency key twice inserts one, and the first is returned."""
        added = (
            upsert(JobRow)
            .values(
                instance_id=job.instance_id,
                case_id=job.case_id or None,
                token=job.token,
                element_id=job.element_id,
                step=job.step,
                arguments=plain_map(job.arguments),
                attempts=job.attempts,
                max_attempts=job.max_attempts,
                next_at=job.next_at,
                idempotency_key=job.idempotency_key,
                last_error=job.last_error,
            )
            .on_conflict_do_nothing(index_elements=["municipality_id", "idempotency_key"])
        )
        self.session.execute(added)
        there = select(JobRow).where(JobRow.idempotency_key == job.idempotency_key)
        return job_of(self.one(there, "Kørslen"))

    def job(self, claim: Claim) -> Job | None:
        """Return a claimed job, row held; None when the lease is no longer ours or it is done."""
        wanted = select(JobRow).where(
            JobRow.id == claim.id, JobRow.lease == claim.lease, JobRow.state == WAITING
        )
        found = self.session.scalars(wanted).first()
        if found is None:
            return None
        self.lock_instance(found.instance_id)
        held = self.session.scalars(wanted.with_for_update(key_share=True)).first()
        return None if held is None else job_of(held)

    def finish_job(self, job_id: int) -> None:
        """Say the job is done."""
        self._change_job(job_id, state=DONE, last_error="", **FREE)

    def retry_job(self, job_id: int, *, next_at: datetime, error: str) -> None:
        """Give the job back, to be tried again at a moment; one more attempt has failed."""
        self._change_job(
            job_id,
            attempts=JobRow.attempts + 1,
            next_at=next_at,
            last_error=error[:LONGEST_ERROR],
            **FREE,
        )

    def fail_job(self, job_id: int, *, error: str) -> None:
        """Say the job is given up; its incident or boundary goes on from here."""
        self._change_job(
            job_id,
            state=FAILED,
            attempts=JobRow.attempts + 1,
            last_error=error[:LONGEST_ERROR],
            **FREE,
        )

    def revive_job(self, job_id: int, *, next_at: datetime) -> None:
        """Let a given-up job be tried afresh, once a person has looked at its incident."""
        self.session.execute(
            update(JobRow)
            .where(JobRow.id == job_id, JobRow.state == FAILED)
            .values(state=WAITING, attempts=0, next_at=next_at)
        )

    def _change_job(self, job_id: int, **values: object) -> None:
        self.session.execute(
            update(JobRow).where(JobRow.id == job_id, JobRow.state == WAITING).values(values)
        )

    def job_of_token(self, instance_id: int, token: str) -> Job | None:
        """Return the newest job of a token."""
        newest = (
            select(JobRow)
            .where(JobRow.instance_id == instance_id, JobRow.token == token)
            .order_by(JobRow.id.desc())
            .limit(1)
        )
        row = self.session.scalars(newest).first()
        return None if row is None else job_of(row)

    # ---- timers ------------------------------------------------------------------------

    def add_timer(self, timer: Timer) -> None:
        """Insert a timer."""
        self.insert(
            TimerRow,
            [
                {
                    "instance_id": timer.instance_id,
                    "token": timer.token,
                    "element_id": timer.element_id,
                    "due_at": timer.due_at,
                }
            ],
        )

    def timer(self, claim: Claim) -> Timer | None:
        """Return a claimed timer, row held; None when it is no longer wanted."""
        wanted = select(TimerRow).where(
            TimerRow.id == claim.id, TimerRow.lease == claim.lease, TimerRow.state == WAITING
        )
        found = self.session.scalars(wanted).first()
        if found is None:
            return None
        self.lock_instance(found.instance_id)
        held = self.session.scalars(wanted.with_for_update(key_share=True)).first()
        return None if held is None else timer_of(held)

    def finish_timer(self, timer_id: int) -> None:
        """Say the timer has fired."""
        self.session.execute(
            update(TimerRow)
            .where(TimerRow.id == timer_id, TimerRow.state == WAITING)
            .values(state=DONE, **FREE)
        )

    # ---- messages ----------------------------------------------------------------------

    def subscribe(self, subscription: Subscription) -> None:
        """Insert a wait for a message."""
        self.hold("message", subscription.message, subscription.key)
        self.insert(
            SubscriptionRow,
            [
                {
                    "instance_id": subscription.instance_id,
                    "token": subscription.token,
                    "element_id": subscription.element_id,
                    "message": subscription.message,
                    "key": subscription.key,
                }
            ],
        )

    def take_subscription(self, message: str, key: str) -> Subscription | None:
        """Remove and return the wait for a message, its instance held; None when nobody waits."""
        if (taken := self._take(message, key)) is not None:
            return taken
        # Somebody may be writing the wait this moment: let them finish, and look again.
        self.hold("message", message, key)
        return self._take(message, key)

    def _take(self, message: str, key: str) -> Subscription | None:
        waits = (
            select(SubscriptionRow)
            .where(SubscriptionRow.message == message, SubscriptionRow.key == key)
            .order_by(SubscriptionRow.id)
            .limit(1)
        )
        while (row := self.session.scalars(waits).first()) is not None:
            found = subscription_of(row)
            self.lock_instance(found.instance_id)
            gone = delete(SubscriptionRow).where(SubscriptionRow.id == found.id)
            if self.count_changed(gone):
                return found
        return None

    def is_awaited(self, message: str, key: str) -> bool:
        """Tell whether somebody waits for a message."""
        waits = select(SubscriptionRow.id).where(
            SubscriptionRow.message == message, SubscriptionRow.key == key
        )
        return self.session.scalars(waits.limit(1)).first() is not None

    def buffer_message(
        self, message: str, key: str, result: Mapping[str, object], *, until: datetime
    ) -> None:
        """Keep a message nobody waits for yet; the same one twice is kept once, as it came last."""
        self.hold("message", message, key)
        kept = upsert(BufferedMessageRow).values(
            message=message, key=key, result=plain_map(result), until=until
        )
        self.session.execute(
            kept.on_conflict_do_update(
                index_elements=["municipality_id", "message", "key"],
                set_={"result": kept.excluded.result, "until": kept.excluded.until},
            )
        )

    def take_buffered(
        self, message: str, key: str, *, now: datetime
    ) -> Mapping[str, object] | None:
        """Remove and return a buffered message that has not lapsed."""
        self.hold("message", message, key)
        taken = (
            delete(BufferedMessageRow)
            .where(
                BufferedMessageRow.message == message,
                BufferedMessageRow.key == key,
                BufferedMessageRow.until > now,
            )
            .returning(BufferedMessageRow.result)
        )
        return self.session.execute(taken).scalars().first()

    def forget_messages(self, *, before: datetime) -> int:
        """Forget kept messages that lapsed before a moment; return how many there were."""
        return self.count_changed(
            delete(BufferedMessageRow).where(BufferedMessageRow.until <= before)
        )

    # ---- all of them -------------------------------------------------------------------

    def withdraw(self, instance_id: int, token: str) -> None:
        """Cancel whatever was open for a token: task, job, timer, wait."""
        self.session.execute(
            update(UserTaskRow)
            .where(
                UserTaskRow.instance_id == instance_id,
                UserTaskRow.token == token,
                UserTaskRow.state == TaskState.OPEN.value,
            )
            .values(state=TaskState.CANCELLED.value)
        )
        for table in (JobRow, TimerRow):
            self.session.execute(
                update(table)
                .where(
                    table.instance_id == instance_id,
                    table.token == token,
                    table.state == WAITING,
                )
                .values(state=CANCELLED, **FREE)
            )
        self.session.execute(
            delete(SubscriptionRow).where(
                SubscriptionRow.instance_id == instance_id, SubscriptionRow.token == token
            )
        )
