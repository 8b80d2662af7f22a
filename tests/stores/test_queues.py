"""Messages, waits and locks: nothing falls between two transactions, and none wait in a ring."""

import threading
from dataclasses import replace
from datetime import timedelta

from app.stores.unit_of_work import SqlUnitOfWorkFactory
from processes.ports.records import Incident, Subscription
from tests.stores import builders as a

TOKEN, OTHER = a.an_id("token"), a.an_id("other token")
HEARD = "hearing-answered"


def a_wait(instance_id: int, token: str = TOKEN) -> Subscription:
    return Subscription(0, instance_id, token, "wait_answer", HEARD, a.HEARING)


def test_a_message_finds_its_wait_once(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        instance = a.store_instance(uow)
        uow.processes.subscribe(a_wait(instance.id))

        taken = uow.processes.take_subscription(HEARD, a.HEARING)
        assert taken is not None
        assert (taken.instance_id, taken.token) == (instance.id, TOKEN)
        assert uow.processes.take_subscription(HEARD, a.HEARING) is None


def test_a_message_finds_no_wait_of_another_municipality(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    with uow_factory(999) as uow:
        uow.processes.subscribe(a_wait(a.store_instance(uow).id))
        uow.commit()

    with uow_factory(998) as uow:
        assert uow.processes.take_subscription(HEARD, a.HEARING) is None


def test_a_message_nobody_waits_for_is_kept_until_it_lapses(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    until = a.NOW + timedelta(days=1)
    with uow_factory(999) as uow:
        keep = uow.processes.buffer_message
        keep(HEARD, "k", {"undelivered": 1}, until=until)
        keep(HEARD, "k", {"undelivered": 0}, until=until)
        keep(HEARD, "old", {}, until=a.NOW)

        assert uow.processes.take_buffered(HEARD, "k", now=a.NOW) == {"undelivered": 0}
        assert uow.processes.take_buffered(HEARD, "k", now=a.NOW) is None
        assert uow.processes.take_buffered(HEARD, "old", now=a.NOW) is None


def test_a_message_and_its_wait_cannot_miss_each_other(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    """Whichever comes first, the second sees it: many rounds of both at once."""
    with uow_factory(999) as uow:
        instance = a.store_instance(uow)
        uow.commit()
    met: list[str] = []

    def wait(key: str, start: threading.Barrier) -> None:
        start.wait()
        with uow_factory(999) as uow:
            uow.processes.lock_instance(instance.id)
            uow.processes.subscribe(Subscription(0, instance.id, key, "w", HEARD, key))
            if uow.processes.take_buffered(HEARD, key, now=a.NOW) is not None:
                met.append(key)
            uow.commit()

    def deliver(key: str, start: threading.Barrier) -> None:
        start.wait()
        with uow_factory(999) as uow:
            if uow.processes.take_subscription(HEARD, key) is not None:
                met.append(key)
            else:
                until = a.NOW + timedelta(days=1)
                uow.processes.buffer_message(HEARD, key, {}, until=until)
            uow.commit()

    keys = [f"key-{number}" for number in range(25)]
    for key in keys:
        start = threading.Barrier(2)
        both = [threading.Thread(target=each, args=(key, start)) for each in (wait, deliver)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()

    assert met == keys


def test_a_case_and_a_task_are_changed_by_one_at_a_time(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    """Twenty additions by four threads, each read under the lock: none is lost."""
    with uow_factory(999) as uow:
        instance = a.store_instance(uow)
        task = uow.processes.open_task(a.a_task(instance.id))
        uow.commit()

    def add_five() -> None:
        for _ in range(5):
            with uow_factory(999) as uow:
                held = uow.processes.lock_task(task.id)
                uow.cases.lock(a.CASE)
                uow.processes.save_task(replace(held, revision=held.revision + 1))
                uow.commit()

    threads = [threading.Thread(target=add_five) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with uow_factory(999) as uow:
        assert uow.processes.task(task.id).revision == 20


def test_withdrawing_cancels_everything_a_token_had_open(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    with uow_factory(999) as uow:
        instance = a.store_instance(uow)
        gone = uow.processes.open_task(a.a_task(instance.id, token=TOKEN))
        kept = uow.processes.open_task(a.a_task(instance.id, token=OTHER))
        uow.processes.subscribe(a_wait(instance.id))
        uow.processes.withdraw(instance.id, TOKEN)

        assert uow.processes.task(gone.id).state == "cancelled"
        assert uow.processes.task(kept.id).state == "open"
        assert uow.processes.take_subscription(HEARD, a.HEARING) is None


def test_an_incident_is_dealt_with_once(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        instance = a.store_instance(uow)
        raised = uow.processes.add_incident(
            Incident(0, instance.id, a.CASE, "stuck", "when_done", "t", "Ingen vej videre.", a.NOW)
        )
        assert uow.processes.incidents() == [raised]
        uow.processes.resolve_incident(raised.id, by="tina", at=a.NOW)
        uow.processes.resolve_incident(raised.id, by="karin", at=a.NOW)

        assert uow.processes.incidents() == []
        assert [each.resolved_by for each in uow.processes.incidents(open_only=False)] == ["tina"]
