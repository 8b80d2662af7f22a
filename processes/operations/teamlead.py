"""Answers: who has what, how is it moved, and who stands in? The team lead's desk (hold).

Every moved task is audited with its reason, and can be moved back for a day by whoever leads the
team, as long as nobody has touched it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from processes.domain.access import Actor, Role, may, require
from processes.domain.errors import ConflictError, NotFoundError, RuleError
from processes.domain.periods import Period
from processes.operations.control import Control
from processes.operations.moves import (
    Names,
    changed,
    give_back,
    in_lock_order,
    recent,
    report,
)
from processes.operations.sharing import Sharing
from processes.operations.teams import loads_of, names_of, people_of, roles_of, team_of
from processes.ports.pages import (
    MovePlan,
    MoveReport,
    PlannedMove,
    TaskStays,
    TeamMember,
    TeamPage,
)
from processes.ports.records import (
    Absence,
    AuditEvent,
    TaskLoad,
    TaskMove,
    TaskRow,
)
from processes.ports.stores import UnitOfWork

UNDO_WITHIN = timedelta(hours=24)
LIST_LIMIT = 200
"""How many tasks a page lists and a plan moves at once."""
WORKING = (Role.CASEWORKER, Role.APPROVER, Role.TEAM_LEAD, Role.FINANCE)
"""Roles that tasks are for."""


class TeamLead:
    """A team, seen by its lead (hold)."""

    def __init__(self, control: Control) -> None:
        self.env = control.env

    # ---- who has what ------------------------------------------------------------------

    def page(self, chosen: str | None, by: Actor) -> TeamPage:
        """Return who has what; `chosen` lists one person's tasks, empty those of nobody."""
        require(by, "team.read")
        today = self.env.gateways.clock.today()
        with self.env.uow(by.municipality_id) as uow:
            users = uow.setup.users(by.municipality_id)
            people, names = people_of(users, by), names_of(users)
            loads = loads_of(self.env, uow, by)
            # Whoever left the unit with tasks in hand stands in the list until they are moved.
            held = {*people, *(user for user in loads if user is not None)}
            absences = [each for each in uow.team.absences(since=today) if each.user in held]
            members = [
                _member(
                    loads.get(user, TaskLoad(user, 0, 0, 0)),
                    roles_of(people[user], by) if user in people else (),
                    names,
                    absences,
                    on=today,
                )
                for user in held
            ]
            tasks = () if chosen is None else self._held(uow, chosen or None, by)
            shown = loads.get(chosen or None) if chosen is not None else None
            return TeamPage(
                members=sorted(members, key=lambda member: (member.name, member.user)),
                unassigned=loads.get(None, TaskLoad(None, 0, 0, 0)),
                chosen=chosen,
                tasks=tasks,
                total=shown.open if shown else 0,
                moves=self._recent(uow, names, by),
                absences=absences,
                names=names,
            )

    def _held(self, uow: UnitOfWork, holder: str | None, by: Actor) -> Sequence[TaskRow]:
        return uow.team.held_by(
            holder,
            units=by.units,
            limit=LIST_LIMIT,
            show_protected=may(by, "protected.read"),
        )

    # ---- moving ------------------------------------------------------------------------

    def plan(self, task_ids: Sequence[int], receiver: str | None, by: Actor) -> MovePlan:
        """Return how tasks would go to somebody, or to everybody evenly; moves nothing."""
        require(by, "task.reassign")
        with self.env.uow(by.municipality_id) as uow:
            return self._plan(uow, self._ours(uow, task_ids, by), receiver, by)

    def plan_all(self, holder: str, receiver: str | None, by: Actor) -> MovePlan:
        """Return the same for everything somebody has, or nobody when `holder` is empty."""
        require(by, "task.reassign")
        with self.env.uow(by.municipality_id) as uow:
            return self._plan(uow, self._held(uow, holder or None, by), receiver, by)

    def _plan(
        self, uow: UnitOfWork, rows: Sequence[TaskRow], receiver: str | None, by: Actor
    ) -> MovePlan:
        sharing = Sharing(team_of(self.env, uow, rows, by))
        if receiver is None:
            sharing.share(rows)
        else:
            sharing.give(rows, receiver)
        return sharing.plan()

    def move(self, moves: Sequence[PlannedMove], reason: str, by: Actor) -> MoveReport:
        """Move tasks; one that was changed meanwhile stays and is named."""
        require(by, "task.reassign")
        planned = {each.task_id: each for each in moves}
        batch, why_moved = self.env.new_id(), reason.strip()
        stays: list[TaskStays] = []
        done: list[TaskMove] = []
        with self.env.uow(by.municipality_id) as uow:
            rows = self._ours(uow, list(planned), by)
            team = team_of(self.env, uow, rows, by)
            for row in in_lock_order(rows):
                wanted = planned[row.task.id]
                task = uow.processes.lock_task(row.task.id)
                why = changed(task, wanted.holder, team.names)
                if why := why or team.why_not(task, wanted.receiver):
                    stays.append(TaskStays(task.id, task.name, row.case_number, why))
                    continue
                uow.processes.save_task(replace(task, assignee=wanted.receiver))
                self._audit(uow, by, "task.reassign", f"task:{task.id}", why_moved)
                done.append(
                    TaskMove(
                        id=0,
                        batch_id=batch,
                        task_id=task.id,
                        from_user=task.assignee,
                        to_user=wanted.receiver,
                        revision=task.revision,
                        reason=why_moved,
                        moved_by=by.user,
                        moved_at=self.env.now(),
                        from_follow_up=task.follow_up_on,
                        to_follow_up=task.follow_up_on,
                    )
                )
            uow.team.add_moves(done)
            uow.commit()
        if not done:
            return MoveReport("", self.env.now(), by.user, why_moved, (), (), tuple(stays))
        return report(done, team.names, stays=stays, can_undo=len(done))

    def undo(self, batch_id: str, by: Actor) -> MoveReport:
        """Give back what nobody has touched since it was moved, for a day."""
        require(by, "task.reassign")
        now = self.env.now()
        with self.env.uow(by.municipality_id) as uow:
            moves = {each.task_id: each for each in uow.team.moves(batch_id)}
            rows = self._ours(uow, list(moves), by)
            if not rows:
                raise NotFoundError("Flytningen findes ikke i dine enheder. Se holdet.")
            if any(now - each.moved_at > UNDO_WITHIN for each in moves.values()):
                raise ConflictError(
                    "Flytningen er mere end 24 timer gammel og kan ikke fortrydes."
                    " Flyt opgaverne igen i stedet."
                )
            names = names_of(uow.setup.users(by.municipality_id))
            back, stays = give_back(uow, moves, rows, names)
            for each in back:
                self._audit(uow, by, "task.move_back", f"task:{each.task_id}", each.reason)
            uow.team.undo_moves([each.id for each in back], at=now)
            uow.commit()
        if not back:
            return MoveReport(batch_id, now, by.user, "", (), (), tuple(stays))
        return report(back, names, stays=stays, can_undo=0)

    def _ours(self, uow: UnitOfWork, task_ids: Sequence[int], by: Actor) -> list[TaskRow]:
        """Return these tasks as far as they are the team's."""
        rows = uow.team.rows(task_ids[:LIST_LIMIT], show_protected=may(by, "protected.read"))
        return [row for row in rows if row.task.unit in by.units]

    def _recent(self, uow: UnitOfWork, names: Names, by: Actor) -> list[MoveReport]:
        """Return the moves of the last day that can still be undone, newest first."""
        since = self.env.now() - UNDO_WITHIN
        moves = [
            each
            for each in uow.team.moves_since(since)
            if each.undone_at is None and each.from_user != each.to_user
        ]
        if not moves:
            return []
        found = uow.team.rows([each.task_id for each in moves], show_protected=False)
        rows = {row.task.id: row for row in found if row.task.unit in by.units}
        return recent(uow, moves, rows, names)

    # ---- absence -----------------------------------------------------------------------

    def register_absence(
        self, user: str, days: Period, substitute: str | None, by: Actor
    ) -> Absence:
        """Say that somebody is away, and who stands in."""
        require(by, "absence.register")
        today = self.env.gateways.clock.today()
        with self.env.uow(by.municipality_id) as uow:
            people = people_of(uow.setup.users(by.municipality_id), by)
            if user not in people or (substitute is not None and substitute not in people):
                raise NotFoundError("Personen arbejder ikke i dine enheder. Vælg en på listen.")
            if substitute == user:
                raise RuleError("Ingen kan være afløser for sig selv. Vælg en anden.")
            if days.end is not None and days.end <= today:
                raise RuleError(
                    "Fraværet er forbi. Skriv en sidste dag, der er i dag eller senere."
                )
            known = uow.team.absences(since=min(today, days.start))
            if any(each.user == user and each.days.clipped(days) for each in known):
                raise ConflictError(
                    "Der er allerede fravær på nogle af dagene. Afslut det, før du skriver nyt."
                )
            if any(each.user == substitute and each.days.clipped(days) for each in known):
                raise ConflictError(
                    "Afløseren er selv fraværende på nogle af dagene. Vælg en anden."
                )
            added = uow.team.add_absence(
                Absence(0, user, days, substitute, by.user, self.env.now())
            )
            self._audit(uow, by, "absence.register", f"user:{user}")
            uow.commit()
        return added

    def end_absence(self, absence_id: int, by: Actor) -> Absence:
        """Say that somebody is back today."""
        require(by, "absence.register")
        with self.env.uow(by.municipality_id) as uow:
            absence = uow.team.absence(absence_id)
            if absence.user not in people_of(uow.setup.users(by.municipality_id), by):
                raise NotFoundError("Personen arbejder ikke i dine enheder. Vælg en på listen.")
            uow.team.end_absence(absence_id, on=self.env.gateways.clock.today())
            self._audit(uow, by, "absence.end", f"user:{absence.user}")
            uow.commit()
        return absence

    def _audit(
        self, uow: UnitOfWork, by: Actor, action: str, subject: str, reason: str = ""
    ) -> None:
        uow.audit.add(AuditEvent(self.env.now(), by.user, str(by.role), action, subject, reason))


def _member(
    load: TaskLoad,
    roles: tuple[str, ...],
    names: Names,
    absences: Sequence[Absence],
    *,
    on: date,
) -> TeamMember:
    """Return one person of the team; absences come in the order they begin."""
    user = load.user or ""
    own = next((each for each in absences if each.user == user), None)
    return TeamMember(
        user=user,
        name=names.get(user, user),
        roles=roles,
        load=load,
        absence=own,
        is_away=own is not None and on in own.days,
        stands_in_for=tuple(
            names.get(each.user, each.user)
            for each in absences
            if each.substitute == user and on in each.days
        ),
    )
