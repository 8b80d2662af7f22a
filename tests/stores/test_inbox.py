"""An inbox shows the right tasks, the most urgent first, page by page."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from app.stores.unit_of_work import SqlUnitOfWork, SqlUnitOfWorkFactory
from processes.domain.cases import Protection
from processes.domain.errors import NotFoundError
from processes.domain.identifiers import Cpr
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
            after = (last.priority, last.due_at.isoformat() if last.due_at else "", last.id)
        assert seen == ["first", "second", "third", "never", "never_too"]


def pages(uow: SqlUnitOfWork, *, limit: int, **wanted: object) -> list[TaskRow]:
    """Return every row of the unit's view, read page by page."""
    seen: list[TaskRow] = []
    after = None
    while page := shown(uow, limit=limit, after=after, **wanted):
        assert len(page) <= limit
        seen += page
        last = page[-1].task
        after = (last.priority, last.due_at.isoformat() if last.due_at else "", last.id)
    return seen


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_what_is_urgent_comes_before_what_is_due_and_no_row_is_lost_between_pages(
    uow_factory: SqlUnitOfWorkFactory, limit: int
) -> None:
    hour = timedelta(hours=1)
    with uow_factory(999) as uow:
        store_tasks(
            uow,
            soon={"due_at": a.NOW},
            never={"due_at": None},
            high_never={"due_at": None, "priority": 1},
            acute_late={"due_at": a.NOW + 2 * hour, "priority": 2},
            high_soon={"due_at": a.NOW, "priority": 1},
            acute={"due_at": a.NOW + hour, "priority": 2},
            later={"due_at": a.NOW + hour},
        )

        assert names(pages(uow, limit=limit)) == [
            "acute",
            "acute_late",
            "high_soon",
            "high_never",
            "soon",
            "later",
            "never",
        ]


def store_second_case(uow: SqlUnitOfWork, name: str, cpr: str) -> str:
    """Store another case, of its own or of the same person; return its id."""
    case_id = a.an_id(name)
    party = a.a_party(id=a.an_id(f"party {name}"), case_id=case_id, cpr=Cpr(cpr))
    uow.cases.add(
        a.a_case(id=case_id, number=f"2026-{len(name):06d}", parties=(party,), municipality_id=999)
    )
    return case_id


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_a_persons_tasks_are_one_row_with_the_others_folded_in_it(
    uow_factory: SqlUnitOfWorkFactory, limit: int
) -> None:
    hour = timedelta(hours=1)
    with uow_factory(999) as uow:
        instance = a.store_instance(uow)
        annas = store_second_case(uow, "anna again", "6101901234")
        bos = store_second_case(uow, "bo", "6202912345")
        for name, changes in {
            "anna_acute": {"case_id": annas, "priority": 2, "due_at": a.NOW + 3 * hour},
            "bo": {"case_id": bos, "due_at": a.NOW},
            "anna_first": {"due_at": a.NOW},
            "anna_never": {"due_at": None},
            "anna_elsewhere": {"unit": "ydelse-syd"},
            "bo_later": {"case_id": bos, "due_at": a.NOW + hour},
            "nobodys": {"case_id": "", "due_at": a.NOW + 2 * hour},
        }.items():
            uow.processes.open_task(a.a_task(instance.id, name=name, **changes))

        rows = pages(uow, limit=limit, is_by_person=True)

        assert [(row.task.name, names(list(row.others))) for row in rows] == [
            ("anna_acute", ["anna_first", "anna_never"]),
            ("bo", ["bo_later"]),
            ("nobodys", []),
        ]
        assert counts(uow)["unit"] == sum(1 + len(row.others) for row in rows)


def test_a_fold_keeps_to_the_filter_of_its_view(uow_factory: SqlUnitOfWorkFactory) -> None:
    """What is filtered away must not hide what is left of the same person."""
    with uow_factory(999) as uow:
        store_tasks(
            uow,
            first={"due_at": a.NOW, "form_key": "decision.propose"},
            second={},
            put_away={"due_at": a.NOW, "follow_up_on": date(2026, 3, 20)},
        )

        (only,) = shown(uow, is_by_person=True, form_key="casework.assess")
        (found,) = shown(uow, is_by_person=True, party_tokens=("anna",))

        assert (only.task.name, only.others) == ("second", ())
        assert (found.task.name, names(list(found.others))) == ("first", ["second"])


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
        # The question is whether the index can give the order, not what the planner thinks of
        # a table this small: without the other ways open, a sort left in the plan is a need.
        uow.session.execute(
            text("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        )
        uow.session.execute(text("SET LOCAL enable_sort = off"))
        plan = uow.session.execute(
            text(
                "EXPLAIN SELECT id FROM user_task WHERE state = 'open' AND unit = 'unit-7'"
                " AND role = 'caseworker'"
                " AND (-priority, coalesce(due_at, 'infinity'::timestamptz), id) > (0, now(), 7)"
                " ORDER BY -priority, coalesce(due_at, 'infinity'::timestamptz), id LIMIT 50"
            )
        ).scalars()
        steps = "\n".join(plan)
        assert "user_task_inbox" in steps
        assert "Sort" not in steps
