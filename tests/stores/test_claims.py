"""Work is taken once, in order, by whoever is there; what a dead worker held is taken again."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import psycopg
import pytest
from sqlalchemy import Engine

from app.stores.claims import SqlClaims
from app.stores.listener import Listener
from app.stores.unit_of_work import SqlUnitOfWorkFactory
from processes.ports.records import Claim
from tests.database import Database
from tests.stores import builders as a

TOKEN = a.an_id("token")
KINDS = ("jobs", "timers", "outbox")


@pytest.fixture
def claims(engine: Engine) -> SqlClaims:
    return SqlClaims(engine)


def take(
    claims: SqlClaims, kind: str, *, limit: int = 100, now: datetime = a.NOW, seconds: int = 60
) -> Sequence[Claim]:
    function: Callable[..., Sequence[Claim]] = getattr(claims, kind)
    return function(now=now, limit=limit, lease_seconds=seconds)


def store_work(uow_factory: SqlUnitOfWorkFactory, *, instances: int, each: int) -> None:
    """Store due jobs, timers and items for some instances of both municipalities."""
    for municipality in (999, 998):
        with uow_factory(municipality) as uow:
            for number in range(instances):
                instance = a.store_instance(uow, with_case=number == 0)
                for turn in range(each):
                    name = f"{number}-{turn}"
                    uow.processes.add_job(a.a_job(instance.id, name))
                    uow.processes.add_timer(a.a_timer(instance.id, token=name))
                    uow.outbox.put(a.an_item(name, ordering_key=f"key-{number}"))
            uow.commit()


@pytest.mark.parametrize("kind", KINDS)
def test_one_of_an_instance_or_key_is_leased_at_a_time(
    uow_factory: SqlUnitOfWorkFactory, claims: SqlClaims, kind: str
) -> None:
    store_work(uow_factory, instances=3, each=2)

    taken = take(claims, kind)
    assert Counter(claim.municipality_id for claim in taken) == {999: 3, 998: 3}
    assert take(claims, kind) == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_more_than_wanted_is_taken(
    uow_factory: SqlUnitOfWorkFactory, claims: SqlClaims, kind: str
) -> None:
    store_work(uow_factory, instances=3, each=1)

    first, rest = take(claims, kind, limit=4), take(claims, kind)
    assert (len(first), len(rest)) == (4, 2)
    assert len({(claim.municipality_id, claim.id) for claim in (*first, *rest)}) == 6


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_due_by_our_clock_is_left(
    uow_factory: SqlUnitOfWorkFactory, claims: SqlClaims, kind: str
) -> None:
    store_work(uow_factory, instances=1, each=1)

    assert take(claims, kind, now=a.NOW - timedelta(seconds=1)) == []
    assert len(take(claims, kind, now=a.NOW)) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_an_expired_lease_is_taken_again_and_the_old_one_opens_nothing(
    uow_factory: SqlUnitOfWorkFactory, claims: SqlClaims, kind: str
) -> None:
    store_work(uow_factory, instances=1, each=1)

    dead = {claim.municipality_id: claim for claim in take(claims, kind, seconds=0)}[999]
    alive = {claim.municipality_id: claim for claim in take(claims, kind)}[999]
    assert alive.id == dead.id
    assert alive.lease != dead.lease
    with uow_factory(999) as uow:
        open_with = {
            "jobs": uow.processes.job,
            "timers": uow.processes.timer,
            "outbox": uow.outbox.item,
        }[kind]
        assert open_with(dead) is None
        assert open_with(alive) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_a_lease_is_given_back_at_once(
    uow_factory: SqlUnitOfWorkFactory, claims: SqlClaims, kind: str
) -> None:
    store_work(uow_factory, instances=1, each=1)
    for claim in take(claims, kind):
        claims.release(kind, claim)

    assert len(take(claims, kind)) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_many_workers_take_everything_once(
    uow_factory: SqlUnitOfWorkFactory, claims: SqlClaims, kind: str
) -> None:
    store_work(uow_factory, instances=30, each=1)
    taken: list[Claim] = []
    start = threading.Barrier(6)

    def work() -> None:
        start.wait()
        while batch := take(claims, kind, limit=3):
            taken.extend(batch)

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    # A worker that lost every race of its last look ends; what it left is still there.
    taken.extend(take(claims, kind))

    keys = Counter((claim.municipality_id, claim.id) for claim in taken)
    assert len(keys) == 60
    assert set(keys.values()) == {1}


def test_many_workers_never_hold_two_jobs_of_an_instance(
    uow_factory: SqlUnitOfWorkFactory, claims: SqlClaims
) -> None:
    store_work(uow_factory, instances=2, each=10)
    held: Counter[tuple[int, int]] = Counter()
    seen_together: list[tuple[int, int]] = []
    done: list[int] = []
    guard = threading.Lock()

    def work() -> None:
        idle = 0
        while idle < 20:
            batch = take(claims, "jobs", limit=5)
            idle = 0 if batch else idle + 1
            for claim in batch:
                with uow_factory(claim.municipality_id) as uow:
                    job = uow.processes.job(claim)
                    assert job is not None
                    key = (claim.municipality_id, job.instance_id)
                    with guard:
                        held[key] += 1
                        if held[key] > 1:
                            seen_together.append(key)
                    uow.processes.finish_job(job.id)
                    with guard:
                        held[key] -= 1
                        done.append(job.id)
                    uow.commit()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert seen_together == []
    assert len(done) == len(set(done)) == 40


def test_items_of_one_key_leave_in_order_even_when_the_first_must_wait(
    uow_factory: SqlUnitOfWorkFactory, claims: SqlClaims
) -> None:
    later = a.NOW + timedelta(hours=1)
    with uow_factory(999) as uow:
        a.store_case(uow)
        for name in ("first", "second"):
            uow.outbox.put(a.an_item(name))
        uow.outbox.put(a.an_item("elsewhere", ordering_key="other"))
        uow.commit()

    def leave(now: datetime) -> list[str]:
        names = []
        for claim in take(claims, "outbox", now=now):
            with uow_factory(claim.municipality_id) as uow:
                item = uow.outbox.item(claim)
                assert item is not None
                names.append(item.idempotency_key)
                if item.idempotency_key == "first" and not item.attempts:
                    uow.outbox.retry(item.id, available_at=later, error="nede")
                else:
                    uow.outbox.sent(item.id, at=now)
                uow.commit()
        return names

    assert leave(a.NOW) == ["first", "elsewhere"]
    assert leave(a.NOW) == []
    assert leave(later) == ["first"]
    assert leave(later) == ["second"]
    with uow_factory(999) as uow:
        assert uow.outbox.waiting() == 0
        assert [item.attempts for item in uow.outbox.of_case(a.CASE)] == [1, 0]


def test_the_same_effect_is_put_out_once(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        uow.outbox.put(a.an_item())
        uow.outbox.put(replace(a.an_item(), body={"other": True}))

        assert [item.body for item in uow.outbox.of_case(a.CASE)] == [a.an_item().body]


def test_a_job_that_fails_is_tried_again_given_up_and_revived(
    uow_factory: SqlUnitOfWorkFactory, claims: SqlClaims
) -> None:
    later = a.NOW + timedelta(minutes=1)
    with uow_factory(999) as uow:
        instance = a.store_instance(uow)
        job = uow.processes.add_job(a.a_job(instance.id))
        assert uow.processes.add_job(a.a_job(instance.id)) == job
        uow.commit()

    def opened(now: datetime) -> Claim:
        (claim,) = take(claims, "jobs", now=now)
        return claim

    claim = opened(a.NOW)
    with uow_factory(999) as uow:
        uow.processes.retry_job(job.id, next_at=later, error="nede")
        uow.commit()
    assert take(claims, "jobs", now=a.NOW) == []
    with uow_factory(999) as uow:
        assert uow.processes.job(claim) is None

    claim = opened(later)
    with uow_factory(999) as uow:
        tried = uow.processes.job(claim)
        assert tried == replace(job, attempts=1, next_at=later, last_error="nede")
        uow.processes.fail_job(job.id, error="afvist")
        uow.commit()
    assert take(claims, "jobs", now=later) == []

    with uow_factory(999) as uow:
        uow.processes.revive_job(job.id, next_at=a.NOW)
        revived = uow.processes.job_of_token(instance.id, job.token)
        assert revived == replace(job, last_error="afvist")
        uow.commit()
    claim = opened(a.NOW)
    with uow_factory(999) as uow:
        assert uow.processes.job(claim) == revived
        uow.processes.finish_job(job.id)
        uow.commit()
    assert take(claims, "jobs", now=later) == []


def test_what_was_withdrawn_is_not_taken(
    uow_factory: SqlUnitOfWorkFactory, claims: SqlClaims
) -> None:
    with uow_factory(999) as uow:
        instance = a.store_instance(uow)
        uow.processes.add_job(a.a_job(instance.id, token=TOKEN))
        uow.processes.add_timer(a.a_timer(instance.id, token=TOKEN))
        uow.commit()
    (claim,) = take(claims, "jobs")
    with uow_factory(999) as uow:
        uow.processes.withdraw(instance.id, TOKEN)
        uow.commit()

    assert take(claims, "timers") == []
    with uow_factory(999) as uow:
        assert uow.processes.job(claim) is None


def test_only_the_application_may_claim(database: Database) -> None:
    with database.connect() as connection:
        connection.execute("CREATE ROLE somebody_else NOLOGIN")
        try:
            connection.execute("SET ROLE somebody_else")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("SELECT claim_jobs(1, 1, now())")
        finally:
            connection.execute("RESET ROLE")
            connection.execute("DROP ROLE somebody_else")


def test_a_commit_with_new_work_is_heard_and_a_rollback_is_not(
    uow_factory: SqlUnitOfWorkFactory, engine: Engine
) -> None:
    listener = Listener(engine)
    listener.wait(0.01)

    with uow_factory(999) as uow:
        uow.outbox.put(a.an_item("lost"))
    assert listener.wait(0.05) is False

    with uow_factory(999) as uow:
        uow.outbox.put(a.an_item("kept"))
        uow.outbox.put(a.an_item("kept too"))
        uow.commit()
    assert listener.wait(5) is True
    assert listener.wait(0.05) is False
    listener.close()
