"""An inbox shows the right tasks, in the order of their deadlines, page by page."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from app.stores.unit_of_work import SqlUnitOfWork, SqlUnitOfWorkFactory
from processes.domain.cases import Protection
from processes.domain.errors import NotFoundError
from processes.ports.records import TaskFilter, TaskRow, TaskState, User, UserTask
from tests.stores import builders as a

UNITS, ROLES = frozenset({"ydelse-nord"}), frozenset({"caseworker"})
ME = "karin"


def shown(
    uow: SqlUnitOfWork,
    view: str = "unit",
    *,
    now: datetime = a.NOW,
    show_protected: bool = True,
    **wanted: object,
) -> list[TaskRow]:
    rows = uow.processes.inbox(
        TaskFilter(view, **wanted),  # type: ignore[arg-type]
        user=ME,
        units=UNITS,
        roles=ROLES,
        now=now,
        show_protected=show_protected,
    )
    return list(rows)


def names(rows: list[TaskRow]) -> list[str]:
    return [row.task.name for row in rows]


def counts(uow: SqlUnitOfWork, *, now: datetime = a.NOW) -> Mapping[str, int]:
    return uow.processes.inbox_counts(user=ME, units=UNITS, roles=ROLES, now=now)


def store_tasks(uow: SqlUnitOfWork, **tasks: dict[str, object]) -> dict[str, UserTask]:
    """Store tasks by name, each an ordinary one but for what is said."""
    instance = a.store_instance(uow)
    return {
        name: uow.processes.open_task(a.a_task(instance.id, name=name, **changes))
        for name, changes in tasks.items()
    }


def test_each_view_shows_its_own(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        store_tasks(
            uow,
            free={},
            mine={"assignee": ME},
            mine_elsewhere={"assignee": ME, "unit": "ydelse-syd"},
            colleagues={"assignee": "tove"},
            put_away={"assignee": ME, "follow_up_on": date(2026, 3, 11)},
            back_today={"assignee": ME, "follow_up_on": date(2026, 3, 10)},
            late={"due_at": a.NOW - timedelta(hours=1)},
            other_unit={"unit": "ydelse-syd"},
            other_role={"role": "approver"},
            done={"state": TaskState.DONE},
        )

        views = {
            view: set(names(shown(uow, view)))
            for view in ("mine", "unit", "unassigned", "waiting", "overdue")
        }
        assert views == {
            "mine": {"mine", "mine_elsewhere", "back_today"},
            "unit": {"free", "mine", "colleagues", "back_today", "late"},
            "unassigned": {"free", "late"},
            "waiting": {"put_away"},
            "overdue": {"late"},
        }
        assert counts(uow) == {view: len(tasks) for view, tasks in views.items()}
        with pytest.raises(NotFoundError):
            shown(uow, "everybodys")


def test_a_day_begins_at_danish_midnight(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        store_tasks(uow, back={"follow_up_on": date(2026, 3, 11)})

        before = datetime(2026, 3, 10, 22, 59, tzinfo=UTC)
        assert names(shown(uow, now=before)) == []
        assert names(shown(uow, now=before + timedelta(minutes=1))) == ["back"]


def test_pages_follow_each_other_by_deadline_and_without_one_last(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    hour = timedelta(hours=1)
    with uow_factory(999) as uow:
        store_tasks(
            uow,
            never={"due_at": None},
            third={"due_at": a.NOW + 2 * hour},
            first={"due_at": a.NOW + hour},
            second={"due_at": a.NOW + hour},
            never_too={"due_at": None},
        )

        seen, after = [], None
        while page := shown(uow, limit=2, after=after):
            assert len(page) <= 2
            seen += names(page)
            last = page[-1].task
            after = (last.due_at.isoformat() if last.due_at else "", last.id)
        assert seen == ["first", "second", "third", "never", "never_too"]


def test_filters_narrow_a_view(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        store_tasks(
            uow,
            plain={},
            other_form={"form_key": "decision.propose"},
            sooner={"due_at": a.NOW},
        )

        assert names(shown(uow, form_key="decision.propose")) == ["other_form"]
        assert names(shown(uow, due_before=a.NOW + timedelta(days=1))) == ["sooner"]
        assert names(shown(uow, role="approver")) == []
        for tokens in (("anna",), ("ÅGÅRD", "møll"), ("2026-000123",), ("610190-1234",)):
            assert len(shown(uow, party_tokens=tokens)) == 3, tokens
        for tokens in (("nna",), ("anna", "holm"), ("2026-00012",), ("6101901235",), ("-",)):
            assert shown(uow, party_tokens=tokens) == [], tokens


def test_a_row_shows_its_case_and_never_a_protected_name_to_everybody(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    with uow_factory(999) as uow:
        uow.setup.put_user(User("tove", "Tove Lind", "", ((999, "caseworker", "ydelse-nord"),)))
        store_tasks(uow, one={"assignee": "tove"})

        (row,) = shown(uow)
        assert (row.case_number, row.party_name) == ("2026-000123", "Anna Ågård Møller")
        assert (row.party_born_on, row.assignee_name) == (date(1990, 1, 1), "Tove Lind")
        assert row.protection == "normal"

        uow.cases.update_party(a.a_party(protection=Protection.PROTECTED))
        (open_row,) = shown(uow)
        (closed_row,) = shown(uow, show_protected=False)
        assert (open_row.protection, open_row.party_name) == ("beskyttet", "Anna Ågård Møller")
        assert (closed_row.protection, closed_row.party_name) == ("beskyttet", "")


def test_a_task_keeps_draft_and_progress(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        task = store_tasks(uow, one={})["one"]
        claimed = replace(
            task,
            assignee=ME,
            follow_up_on=date(2026, 4, 1),
            draft={"begrundelse": "Fordi æøå"},
            revision=2,
        )
        uow.processes.save_task(claimed)
        assert uow.processes.task(task.id) == claimed

        done = replace(claimed, state=TaskState.DONE, completed_by=ME, completed_at=a.NOW)
        uow.processes.save_task(done)
        assert uow.processes.tasks_of_case(a.CASE) == [done]


def test_no_task_of_another_municipality_is_shown(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        task = store_tasks(uow, one={})["one"]
        uow.commit()

    with uow_factory(998) as uow:
        assert shown(uow) == []
        assert set(counts(uow).values()) == {0}
        with pytest.raises(NotFoundError):
            uow.processes.lock_task(task.id)


def test_an_inbox_is_read_from_its_index(uow_factory: SqlUnitOfWorkFactory) -> None:
    """Filter and order are those of the index, so a page is read and nothing is sorted."""
    with uow_factory(999) as uow:
        instance = a.store_instance(uow)
        uow.commit()
    with uow_factory(999) as uow:
        uow.session.execute(
            text(
                "INSERT INTO user_task (instance_id, token, element_id, name, form_key, role,"
                " unit, state, due_at, priority, reason, variables, created_at, draft, revision)"
                " SELECT :instance, '', 'e', 'n', 'f', 'caseworker', 'unit-' || n % 50, 'open',"
                " now() + n * interval '1 minute', 0, '', '{}', now(), '{}', 0"
                " FROM generate_series(1, 5000) AS n"
            ),
            {"instance": instance.id},
        )
        uow.session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = uow.session.execute(
            text(
                "EXPLAIN SELECT id FROM user_task WHERE state = 'open' AND unit = 'unit-7'"
                " AND role = 'caseworker'"
                " ORDER BY coalesce(due_at, 'infinity'::timestamptz), id LIMIT 50"
            )
        ).scalars()
        steps = "\n".join(plan)
        assert "user_task_inbox" in steps
        assert "Sort" not in steps
