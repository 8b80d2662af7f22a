"""Tasks shared among colleagues: who gets which, why, and what nobody may have."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from processes.domain.identifiers import Cpr
from processes.operations.reasons import WHY, why_here
from processes.operations.sharing import FEWEST, HAS_THE_CASE, TOGETHER, Sharing, Team
from processes.ports.records import Absence, TaskRow, TaskState, User
from tests.builders.cases import a_case
from tests.builders.people import an_adult
from tests.web.world import a_task

UNIT = "Ydelse Nord"
PEOPLE = {
    user: User(user, name, "", ((999, "caseworker", UNIT),))
    for user, name in (("anne", "Anne"), ("jonas", "Jonas"), ("karin", "Karin"))
}
CASES = {
    name: replace(
        a_case(id=name, parties=(replace(an_adult(), case_id=name, cpr=Cpr(cpr)),)),
        caseworker=caseworker,
    )
    for name, cpr, caseworker in (
        ("anna-1", "6101901234", None),
        ("anna-2", "6101901234", None),
        ("bo", "6202912345", "karin"),
        ("dorte", "6303923456", None),
    )
}


def a_team(
    open_before: Mapping[str, int] | None = None,
    away: Mapping[str, Absence] | None = None,
    contributors: frozenset[str] = frozenset(),
) -> Team:
    return Team(
        municipality_id=999,
        people=PEOPLE,
        names={user: person.name for user, person in PEOPLE.items()},
        away=away or {},
        open_before=open_before or {},
        cases=CASES,
        contributors=lambda _case: contributors,
        digest=lambda cpr: cpr.digits,
        due_this_week=lambda _task: False,
    )


def rows(*case_ids: str, form_key: str = "casework.assess") -> list[TaskRow]:
    return [
        TaskRow(
            replace(a_task(form_key, id=number), case_id=case_id, role="caseworker"),
            "2026-000123",
            "Kontanthjælp",
            "",
            date(1990, 1, 1),
            "normal",
            "",
        )
        for number, case_id in enumerate(case_ids, start=1)
    ]


def shared(team: Team, tasks: list[TaskRow]) -> Sharing:
    sharing = Sharing(team)
    sharing.share(tasks)
    return sharing


def test_a_citizens_tasks_go_to_one_person_even_from_two_cases() -> None:
    sharing = shared(a_team({"anne": 1}), rows("anna-1", "dorte", "anna-2"))

    assert {move.task_id: move.receiver for move in sharing.moves} == {
        1: "jonas",
        3: "jonas",
        2: "karin",
    }
    why = {share.user: share.why for share in sharing.plan().shares}
    assert set(why["jonas"]) == {f"1 {FEWEST}", f"1 {TOGETHER}"}
    assert why["karin"] == (FEWEST,)


def test_whoever_has_the_case_gets_its_task_however_busy() -> None:
    plan = shared(a_team({"karin": 90}), rows("bo")).plan()

    (share,) = plan.shares
    assert (share.user, share.open_before, share.why) == ("karin", 90, (HAS_THE_CASE,))


def test_each_task_given_counts_when_the_next_is_shared() -> None:
    team = a_team({"anne": 2, "jonas": 1, "karin": 0})

    sharing = shared(team, rows("dorte", "anna-1"))

    assert [move.receiver for move in sharing.moves] == ["karin", "jonas"]


def test_what_one_person_may_not_have_is_shared_task_by_task() -> None:
    tasks = [
        replace(row, task=replace(row.task, assignee=holder))
        for row, holder in zip(rows("anna-1", "anna-2"), ("anne", "jonas"), strict=True)
    ]
    team = replace(a_team(), people={"anne": PEOPLE["anne"], "jonas": PEOPLE["jonas"]})

    sharing = shared(team, tasks)

    assert [(move.holder, move.receiver) for move in sharing.moves] == [
        ("anne", "jonas"),
        ("jonas", "anne"),
    ]


def test_what_nobody_may_have_names_each_and_what_is_in_the_way() -> None:
    team = a_team(contributors=frozenset({"anne", "jonas", "karin"}))

    plan = shared(team, rows("bo", form_key="decision.approve")).plan()

    (stays,) = plan.stays
    assert plan.moves == ()
    assert all(f"{name} har selv arbejdet på sagen" in stays.why for name in ("Anne", "Jonas"))


def test_what_is_done_already_is_given_to_nobody() -> None:
    (row,) = rows("bo")
    done = replace(row, task=replace(row.task, state=TaskState.DONE, completed_by="karin"))

    plan = shared(a_team(), [done]).plan()

    assert [each.why for each in plan.stays] == ["Opgaven er afsluttet af Karin."]


@pytest.mark.parametrize("form_key", sorted(WHY))
def test_every_task_says_why_it_is_here_in_one_line(form_key: str) -> None:
    said = why_here(form_key, {"is_adverse": True, "manual_facts": True})

    assert said.startswith(WHY[form_key])
    assert "\n" not in said


def test_a_reason_says_when_the_citizen_gets_less_than_asked_for() -> None:
    assert "ikke det, der er søgt om" in why_here("decision.approve", {"is_adverse": True})
    assert "ikke det, der er søgt om" not in why_here("decision.approve", {"is_adverse": False})
