"""Answers: who works in these units, and what must be known to give one of them a task?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from processes.domain.access import Actor, Role
from processes.operations.control import Environment
from processes.operations.holders import works_as
from processes.operations.sharing import Team
from processes.ports.records import TaskLoad, TaskRow, User, UserTask
from processes.ports.stores import UnitOfWork

WORKING = (Role.CASEWORKER, Role.APPROVER, Role.TEAM_LEAD, Role.FINANCE)
"""Roles that tasks are for."""


def team_of(env: Environment, uow: UnitOfWork, rows: Sequence[TaskRow], by: Actor) -> Team:
    """Return who can get these tasks, and what decides it."""
    today, now, ends = env.gateways.clock.today(), env.now(), week_ends(env)
    users = uow.setup.users(by.municipality_id)
    case_ids = sorted({row.task.case_id for row in rows if row.task.case_id})
    known: dict[str, frozenset[str]] = {}

    def contributors(case_id: str) -> frozenset[str]:
        if case_id not in known:
            known[case_id] = uow.decisions.contributors(case_id)
        return known[case_id]

    def due_this_week(task: UserTask) -> bool:
        return task.due_at is not None and now <= task.due_at < ends

    return Team(
        municipality_id=by.municipality_id,
        people=people_of(users, by),
        names=names_of(users),
        away={each.user: each for each in uow.team.absences(since=today) if today in each.days},
        open_before={
            user: load.open for user, load in loads_of(env, uow, by).items() if user is not None
        },
        cases={case.id: case for case in uow.team.cases(case_ids)},
        contributors=contributors,
        digest=env.digest,
        due_this_week=due_this_week,
    )


def loads_of(env: Environment, uow: UnitOfWork, by: Actor) -> dict[str | None, TaskLoad]:
    """Return how much each person holds in the units, and nobody."""
    loads = uow.team.loads(by.units, now=env.now(), week_ends=week_ends(env))
    return {load.user: load for load in loads}


def week_ends(env: Environment) -> datetime:
    """Return when the week is over."""
    today = env.gateways.clock.today()
    monday = today + timedelta(days=7 - today.weekday())
    return datetime.combine(monday, time(), env.zone)


def people_of(users: Sequence[User], by: Actor) -> dict[str, User]:
    """Return everybody whom the units' tasks can be for, by id."""
    return {user.id: user for user in users if roles_of(user, by)}


def roles_of(user: User, by: Actor) -> tuple[str, ...]:
    """Return the roles somebody has in the units."""
    return tuple(
        str(role)
        for role in WORKING
        if any(works_as(user, role, unit, municipality_id=by.municipality_id) for unit in by.units)
    )


def names_of(users: Sequence[User]) -> dict[str, str]:
    """Return what everybody is called, by id."""
    return {user.id: user.name for user in users}
